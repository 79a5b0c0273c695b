//! How often one account may ask for what costs the server much: files, checks and drafts of policies, proofs of the password.
//!
//! Counted by account and minute, in memory and for each server alone: this bounds what one person costs the others. Guessing is bounded
//! elsewhere, and must never be bounded by this alone.

use super::caller::Caller;
use crate::domain::fault::Fault;
use crate::domain::ids::Uin;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

const MINUTE_MS: i64 = 60_000;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RateLimited {
    /// A draft of a policy that is kept, as often as the editor does while somebody types.
    Draft,
    /// A file with figures.
    Export,
    /// A policy that is read and checked, as often as the editor does while somebody types.
    PolicyCheck,
    /// What others may do, worked out for everyone.
    Rights,
    /// What a draft of a policy changes for everyone whom it reaches.
    Review,
    /// A password that is verified for somebody who is logged in.
    Proof,
}

impl RateLimited {
    /// How often in a minute.
    const fn a_minute(self) -> u32 {
        match self {
            Self::Draft => 120,
            Self::Export => 60,
            Self::PolicyCheck => 240,
            Self::Rights => 120,
            Self::Review => 60,
            Self::Proof => 20,
        }
    }
}

/// What was asked for in the minute under way.
#[derive(Debug, Default)]
pub(super) struct Rates(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    minute: i64,
    times: HashMap<(Uin, RateLimited), u32>,
}

impl Rates {
    /// Counts one more, or gives the seconds until the next minute.
    fn count(&self, uin: Uin, what: RateLimited, now_ms: i64) -> Result<(), i64> {
        let minute = now_ms.div_euclid(MINUTE_MS);
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.minute != minute {
            *counted = Counted { minute, times: HashMap::new() };
        }
        let times = counted.times.entry((uin, what)).or_default();
        if *times >= what.a_minute() {
            return Err((MINUTE_MS - now_ms.rem_euclid(MINUTE_MS) + 999) / 1_000);
        }
        *times += 1;
        Ok(())
    }
}

impl Caller {
    /// Counts one more.
    ///
    /// # Errors
    /// [`Fault::TooMany`] when this account has had its share of the minute.
    pub fn within_rate(&self, what: RateLimited) -> Result<(), Fault> {
        let gate = self.gate();
        // Who sees the console as another account takes nothing from that one's share.
        let asking = if self.viewing().is_some() { self.owner() } else { self.uin() };
        gate.0.rates.count(asking, what, gate.now_ms()).map_err(|retry_secs| Fault::TooMany { retry_secs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_account_has_its_share_of_a_minute() {
        let (rates, ana, ben) = (Rates::default(), Uin(1), Uin(2));
        for _ in 0..60 {
            assert_eq!(rates.count(ana, RateLimited::Export, 90_000), Ok(()));
        }
        assert_eq!(rates.count(ana, RateLimited::Export, 90_000), Err(30));
        assert_eq!(rates.count(ana, RateLimited::Proof, 90_000), Ok(()));
        assert_eq!(rates.count(ben, RateLimited::Export, 90_000), Ok(()));
        assert_eq!(rates.count(ana, RateLimited::Export, 119_999), Err(1));
        assert_eq!(rates.count(ana, RateLimited::Export, 120_000), Ok(()));
    }
}
