//! Back-off for whoever keeps guessing: by account in the database, by address in memory.
//!
//! Must never tell whether what was guessed at exists, nor let more guesses through because they come at the same time.

use crate::domain::ids::Uin;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OwnedMutexGuard;

/// Failed attempts before the first wait.
const FREE_TRIES: i64 = 5;
/// The first wait; each further failure doubles it.
const FIRST_WAIT_MS: i64 = 30_000;
/// No wait is longer.
const LONGEST_WAIT_MS: i64 = 15 * 60_000;
/// Many people may share one address, so it has more tries than one account.
const ADDRESS_TRIES_FACTOR: i64 = 6;
/// Attempts of one address that may be under way at the same time; what they come to is not known yet.
const MAX_UNDER_WAY: i64 = 64;
/// Addresses remembered at most.
const MAX_ADDRESSES: usize = 10_000;
/// Queues in which attempts on accounts wait; some accounts share one.
const QUEUES: usize = 64;

/// How long an account waits after so many failures in a row, this one included.
#[must_use]
pub fn wait_ms(failures: i64) -> i64 {
    if failures < FREE_TRIES {
        return 0;
    }
    let doublings = u32::try_from((failures - FREE_TRIES).min(10)).unwrap_or(10);
    (FIRST_WAIT_MS << doublings).min(LONGEST_WAIT_MS)
}

/// Attempts on one account wait for each other, so that each is judged by what those before it came to.
#[derive(Debug)]
pub struct Turns(Vec<Arc<tokio::sync::Mutex<()>>>);

impl Default for Turns {
    fn default() -> Self {
        Self((0..QUEUES).map(|_| Arc::default()).collect())
    }
}

impl Turns {
    /// Waits for one's turn at an account; it ends when the guard is dropped. A name that no account has takes its turn like one that an
    /// account has: were all of them in one queue, the wait would tell, and whoever makes names up could keep others waiting.
    pub async fn of(&self, account: Result<Uin, &str>) -> Option<OwnedMutexGuard<()>> {
        Some(self.queue(account)?.clone().lock_owned().await)
    }

    fn queue(&self, account: Result<Uin, &str>) -> Option<&Arc<tokio::sync::Mutex<()>>> {
        let mut hasher = DefaultHasher::new();
        account.hash(&mut hasher);
        self.0.get(usize::try_from(hasher.finish() % QUEUES as u64).unwrap_or(0))
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Tries {
    failures: i64,
    last_ms: i64,
    under_way: i64,
}

impl Tries {
    fn wait_ms(self, now_ms: i64) -> i64 {
        (self.last_ms + wait_ms(self.failures / ADDRESS_TRIES_FACTOR) - now_ms).max(0)
    }
}

/// Failures by address; of IPv6 the network of one site counts as one. An address is forgotten after the longest wait without a failure.
#[derive(Debug, Default)]
pub struct Addresses(Mutex<HashMap<IpAddr, Tries>>);

/// An attempt under way.
#[derive(Debug)]
pub struct Attempt<'a> {
    addresses: &'a Addresses,
    key: IpAddr,
}

impl Addresses {
    /// Begins an attempt, or gives the seconds this address has to wait before the next one.
    ///
    /// # Errors
    /// The seconds, at least one.
    pub fn begin(&self, address: IpAddr, now_ms: i64) -> Result<Attempt<'_>, i64> {
        let key = network(address);
        let mut known = self.known();
        if !known.contains_key(&key) && known.len() >= MAX_ADDRESSES {
            make_room(&mut known, now_ms);
        }
        let tries = known.entry(key).or_default();
        let wait_ms = tries.wait_ms(now_ms);
        if wait_ms > 0 || tries.under_way >= MAX_UNDER_WAY {
            return Err(((wait_ms + 999) / 1_000).max(1));
        }
        tries.under_way += 1;
        Ok(Attempt { addresses: self, key })
    }

    fn known(&self) -> MutexGuard<'_, HashMap<IpAddr, Tries>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt<'_> {
    /// It failed.
    pub fn failed(self, now_ms: i64) {
        if let Some(tries) = self.addresses.known().get_mut(&self.key) {
            tries.failures = if now_ms - tries.last_ms >= LONGEST_WAIT_MS { 1 } else { tries.failures + 1 };
            tries.last_ms = now_ms;
        }
    }
}

/// Failed, succeeded or given up by the client: it is over.
impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let mut known = self.addresses.known();
        if let Some(tries) = known.get_mut(&self.key) {
            tries.under_way -= 1;
            if tries.under_way == 0 && tries.failures == 0 {
                known.remove(&self.key);
            }
        }
    }
}

/// Forgets what is over; if that is nothing, the address with the fewest failures.
fn make_room(known: &mut HashMap<IpAddr, Tries>, now_ms: i64) {
    known.retain(|_, tries| tries.under_way > 0 || now_ms - tries.last_ms < LONGEST_WAIT_MS);
    if known.len() >= MAX_ADDRESSES {
        let least = known.iter().filter(|(_, tries)| tries.under_way == 0).min_by_key(|(_, tries)| (tries.failures, tries.last_ms));
        if let Some(key) = least.map(|(key, _)| *key) {
            known.remove(&key);
        }
    }
}

/// One site has a whole /64 of IPv6 addresses to itself.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait_secs(addresses: &Addresses, ip: IpAddr, now_ms: i64) -> i64 {
        addresses.begin(ip, now_ms).map_or_else(|secs| secs, |_| 0)
    }

    #[test]
    fn the_wait_doubles_and_ends() {
        assert_eq!([1, 4, 5, 6, 7].map(wait_ms), [0, 0, 30_000, 60_000, 120_000]);
        assert_eq!(wait_ms(1_000_000), LONGEST_WAIT_MS);
    }

    #[test]
    fn names_that_no_account_has_wait_in_many_queues_and_an_account_always_in_its_own() {
        let turns = Turns::default();
        let queue = |account| Arc::as_ptr(turns.queue(account).unwrap());
        let names: Vec<String> = (0..200).map(|number| format!("nobody{number}")).collect();
        let used: std::collections::HashSet<_> = names.iter().map(|name| queue(Err(name))).collect();
        assert!(used.len() > QUEUES / 2, "{}", used.len());
        assert_eq!(queue(Ok(Uin(7))), queue(Ok(Uin(7))));
    }

    #[test]
    fn an_address_waits_after_many_failures_and_is_forgiven() {
        let (addresses, ip) = (Addresses::default(), IpAddr::from([127, 0, 0, 1]));
        for _ in 0..29 {
            addresses.begin(ip, 1_000).unwrap().failed(1_000);
        }
        assert_eq!(wait_secs(&addresses, ip, 1_000), 0);
        addresses.begin(ip, 1_000).unwrap().failed(1_000);
        assert_eq!(wait_secs(&addresses, ip, 1_000), 30);
        assert_eq!(wait_secs(&addresses, IpAddr::from([127, 0, 0, 2]), 1_000), 0);
        assert_eq!(wait_secs(&addresses, ip, 31_000), 0);
        addresses.begin(ip, 31_000).unwrap().failed(1_000 + LONGEST_WAIT_MS);
        assert_eq!(wait_secs(&addresses, ip, 1_000 + LONGEST_WAIT_MS), 0);
    }

    #[test]
    fn guesses_at_the_same_time_are_bounded_and_one_site_is_one_guesser() {
        let addresses = Addresses::default();
        let of_site = |host: u16| IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, host]);
        let under_way: Vec<_> = (0..64).map(|host| addresses.begin(of_site(host), 0).unwrap()).collect();
        assert!(addresses.begin(of_site(64), 0).is_err());
        assert!(addresses.begin(IpAddr::from([0x2001, 0xdb8, 0, 2, 0, 0, 0, 0]), 0).is_ok(), "the site beside it");
        drop(under_way);
        assert!(addresses.begin(of_site(64), 0).is_ok());
        assert!(addresses.known().is_empty(), "who has never failed is not remembered");
    }

    #[test]
    fn a_flood_of_addresses_takes_no_more_memory() {
        let addresses = Addresses::default();
        let worst = IpAddr::from([10, 0, 0, 1]);
        for _ in 0..60 {
            if let Ok(attempt) = addresses.begin(worst, 0) {
                attempt.failed(0);
            }
        }
        for number in 0..u32::try_from(MAX_ADDRESSES + 50).unwrap() {
            addresses.begin(IpAddr::from(number.to_be_bytes()), 0).unwrap().failed(0);
        }
        assert!(addresses.known().len() <= MAX_ADDRESSES);
        assert!(wait_secs(&addresses, worst, 0) > 0, "who guesses most is remembered longest");
    }
}
