//! Back-off for whoever keeps guessing: by account in the database, by address in memory.
//!
//! Must never tell whether what was guessed at exists.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Failed attempts before the first wait.
const FREE_TRIES: i64 = 5;
/// The first wait; each further failure doubles it.
const FIRST_WAIT_MS: i64 = 30_000;
/// No wait is longer.
const LONGEST_WAIT_MS: i64 = 15 * 60_000;
/// Many people may share one address, so it has more tries than one account.
const ADDRESS_TRIES_FACTOR: i64 = 6;
/// Addresses remembered at most; beyond that those whose wait is over are forgotten.
const MAX_ADDRESSES: usize = 10_000;

/// How long an account waits after so many failures in a row, this one included.
#[must_use]
pub fn wait_ms(failures: i64) -> i64 {
    if failures < FREE_TRIES {
        return 0;
    }
    let doublings = u32::try_from((failures - FREE_TRIES).min(10)).unwrap_or(10);
    (FIRST_WAIT_MS << doublings).min(LONGEST_WAIT_MS)
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: i64,
    last_ms: i64,
}

/// Failures by address. An address is forgotten after the longest wait without a failure.
#[derive(Debug, Default)]
pub struct Addresses(Mutex<HashMap<IpAddr, Failures>>);

impl Addresses {
    /// Seconds this address has to wait, 0 for none.
    pub fn wait_secs(&self, address: IpAddr, now_ms: i64) -> i64 {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left_ms = known.get(&address).map_or(0, |f| f.last_ms + wait_ms(f.count / ADDRESS_TRIES_FACTOR) - now_ms);
        (left_ms.max(0) + 999) / 1000
    }

    /// Notes a failure.
    pub fn note(&self, address: IpAddr, now_ms: i64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_ADDRESSES {
            known.retain(|_, f| now_ms - f.last_ms < LONGEST_WAIT_MS);
        }
        let entry = known.entry(address).or_insert(Failures { count: 0, last_ms: now_ms });
        entry.count = if now_ms - entry.last_ms >= LONGEST_WAIT_MS { 1 } else { entry.count + 1 };
        entry.last_ms = now_ms;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_and_ends() {
        assert_eq!([1, 4, 5, 6, 7].map(wait_ms), [0, 0, 30_000, 60_000, 120_000]);
        assert_eq!(wait_ms(1_000_000), LONGEST_WAIT_MS);
    }

    #[test]
    fn an_address_waits_after_many_failures_and_is_forgiven() {
        let (addresses, ip) = (Addresses::default(), IpAddr::from([127, 0, 0, 1]));
        for _ in 0..29 {
            addresses.note(ip, 1_000);
        }
        assert_eq!(addresses.wait_secs(ip, 1_000), 0);
        addresses.note(ip, 1_000);
        assert_eq!(addresses.wait_secs(ip, 1_000), 30);
        assert_eq!(addresses.wait_secs(IpAddr::from([127, 0, 0, 2]), 1_000), 0);
        assert_eq!(addresses.wait_secs(ip, 31_000), 0);
        addresses.note(ip, 1_000 + LONGEST_WAIT_MS);
        assert_eq!(addresses.wait_secs(ip, 1_000 + LONGEST_WAIT_MS), 0);
    }
}
