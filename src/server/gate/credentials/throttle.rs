//! Back-off for whoever keeps guessing: by the name that is asked and the network in the database, by address in memory.
//!
//! A name that no account has must be treated like one that an account has. Guesses must never get through because they come at the same
//! time, from many places, or because nobody waits for their answer. Strangers must never keep an account's own people out: networks that
//! the account has logged in from have an allowance of their own.

use crate::server::hex::hex;
use crate::server::store::login_failures::{Count, Failures};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OwnedMutexGuard;

/// Failed attempts before the first wait.
const FREE_TRIES: i64 = 5;
/// Failed attempts from all networks that an account does not come from, before the first wait of all of them.
const FREE_TRIES_ELSEWHERE: i64 = 50;
/// The first wait; each further failure doubles it.
const FIRST_WAIT_MS: i64 = 30_000;
/// No wait is longer.
const LONGEST_WAIT_MS: i64 = 15 * 60_000;
/// Failures are forgotten after so long without another one.
const FORGOTTEN_AFTER_MS: i64 = 24 * 3_600_000;
/// Networks are forgotten after so long without a login.
const NETWORK_FORGOTTEN_AFTER_MS: i64 = 90 * 24 * 3_600_000;
/// The clocks of two servers differ by less. What lies further ahead was written by a clock that was wrong, and is not believed.
const CLOCKS_DIFFER_MS: i64 = 60_000;
/// Many people may share one address, so it has more tries than one account.
const ADDRESS_TRIES_FACTOR: i64 = 6;
/// Attempts of one address that may be under way at the same time; what they come to is not known yet.
const MAX_UNDER_WAY: i64 = 64;
/// Addresses remembered at most.
const MAX_ADDRESSES: usize = 10_000;
/// Queues in which attempts wait; some names share one, and nobody outside can tell which.
const QUEUES: usize = 1024;

/// How long the next attempt waits after so many failures in a row.
fn wait_ms(failures: i64) -> i64 {
    if failures < FREE_TRIES {
        return 0;
    }
    let doublings = u32::try_from((failures - FREE_TRIES).min(10)).unwrap_or(10);
    (FIRST_WAIT_MS << doublings).min(LONGEST_WAIT_MS)
}

/// What is left of the wait that began with the last failure.
fn left_ms(wait_ms: i64, last_ms: i64, now_ms: i64) -> i64 {
    if last_ms > now_ms + CLOCKS_DIFFER_MS { 0 } else { (last_ms + wait_ms - now_ms).max(0) }
}

/// The name that an attempt asks for, as it is counted and queued: not what is found under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked(String);

impl Asked {
    /// The name as the login form gives it. A root account is asked for by its e-mail address, with its UIN or without.
    #[must_use]
    pub fn of(owner: &str, name: &str) -> Self {
        let name = name.trim().to_lowercase();
        let owner = if name.contains('@') { String::new() } else { Self::owner(owner) };
        // The length keeps owner and name apart.
        let text = format!("{} {owner} {name}", owner.len());
        Self(hex(&Sha256::digest(text.as_bytes())))
    }

    /// A UIN however it is written, with zeros or a plus before it: the same account is found under all of them.
    fn owner(owner: &str) -> String {
        owner.trim().parse::<i64>().map_or_else(|_| owner.trim().to_owned(), |uin| uin.to_string())
    }

    /// A hash: what the database and the queues know of the name.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.0
    }
}

/// The instant since which failures count.
#[must_use]
pub const fn failures_since_ms(now_ms: i64) -> i64 {
    now_ms - FORGOTTEN_AFTER_MS
}

/// The instant since which networks are known.
#[must_use]
pub const fn networks_since_ms(now_ms: i64) -> i64 {
    now_ms - NETWORK_FORGOTTEN_AFTER_MS
}

/// The seconds the next attempt has to wait, if it has to.
#[must_use]
pub fn wait_secs(failures: &Failures, now_ms: i64) -> Option<i64> {
    let left_ms = lock_ms(failures, now_ms);
    (left_ms > 0).then_some((left_ms + 999) / 1_000)
}

fn lock_ms(Failures { here, elsewhere, network_is_known }: &Failures, now_ms: i64) -> i64 {
    let here = left_ms(wait_ms(here.failures), here.last_ms, now_ms);
    let all = wait_ms(elsewhere.failures - FREE_TRIES_ELSEWHERE + FREE_TRIES);
    let elsewhere = if *network_is_known { 0 } else { left_ms(all, elsewhere.last_ms, now_ms) };
    here.max(elsewhere)
}

/// Until when the next attempt waits once another one has failed now; 0 when it need not.
#[must_use]
pub fn next_lock_ms(failures: &Failures, now_ms: i64) -> i64 {
    let one_more = |count: Count| Count { failures: count.failures + 1, last_ms: now_ms };
    let after = Failures { here: one_more(failures.here), elsewhere: one_more(failures.elsewhere), ..*failures };
    match lock_ms(&after, now_ms) {
        0 => 0,
        wait_ms => now_ms + wait_ms,
    }
}

/// Attempts on one name wait for each other, so that each is judged by what those before it came to.
#[derive(Debug)]
pub struct AttemptQueues {
    queues: Vec<Arc<tokio::sync::Mutex<()>>>,
    /// Random with each start, so that nobody can work out who shares a queue with whom.
    keyed: RandomState,
}

impl Default for AttemptQueues {
    fn default() -> Self {
        Self { queues: (0..QUEUES).map(|_| Arc::default()).collect(), keyed: RandomState::new() }
    }
}

impl AttemptQueues {
    /// Waits for one's turn at a name, among those who come from the same network that the account is known by, or among all others. It
    /// ends when the guard is dropped.
    pub async fn of(&self, asked: &Asked, known_network: Option<&String>) -> Option<OwnedMutexGuard<()>> {
        let key = known_network.map_or_else(|| asked.hash().to_owned(), |network| format!("{} {network}", asked.hash()));
        Some(self.queue(&key)?.clone().lock_owned().await)
    }

    /// Waits for one's turn within a session.
    pub async fn of_session(&self, session_id: &str) -> Option<OwnedMutexGuard<()>> {
        Some(self.queue(session_id)?.clone().lock_owned().await)
    }

    fn queue(&self, key: &str) -> Option<&Arc<tokio::sync::Mutex<()>>> {
        self.queues.get(usize::try_from(self.keyed.hash_one(key) % QUEUES as u64).unwrap_or(0))
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
        left_ms(wait_ms(self.failures / ADDRESS_TRIES_FACTOR), self.last_ms, now_ms)
    }
}

/// Failures by address; of IPv6 the network of one site counts as one. An address is forgotten after the longest wait without a failure.
#[derive(Debug, Default)]
pub struct Addresses(Mutex<HashMap<IpAddr, Tries>>);

/// An attempt under way. It counts as failed unless it is said to have passed: giving up is no way to guess for nothing.
#[derive(Debug)]
pub struct Attempt<'a> {
    addresses: &'a Addresses,
    key: IpAddr,
    begun_ms: i64,
    failed: bool,
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
        Ok(Attempt { addresses: self, key, begun_ms: now_ms, failed: true })
    }

    fn known(&self) -> MutexGuard<'_, HashMap<IpAddr, Tries>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt<'_> {
    /// It succeeded, or nothing was tried at all.
    pub fn passed(mut self) {
        self.failed = false;
    }
}

/// Failed, passed or given up: it is over.
impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let mut known = self.addresses.known();
        if let Some(tries) = known.get_mut(&self.key) {
            tries.under_way -= 1;
            if self.failed {
                tries.failures = if self.begun_ms - tries.last_ms >= LONGEST_WAIT_MS { 1 } else { tries.failures + 1 };
                tries.last_ms = self.begun_ms;
            }
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

    fn wait_secs_of(addresses: &Addresses, ip: IpAddr, now_ms: i64) -> i64 {
        addresses.begin(ip, now_ms).map_or_else(
            |secs| secs,
            |attempt| {
                attempt.passed();
                0
            },
        )
    }

    #[test]
    fn the_wait_doubles_and_ends() {
        assert_eq!([1, 4, 5, 6, 7].map(wait_ms), [0, 0, 30_000, 60_000, 120_000]);
        assert_eq!(wait_ms(1_000_000), LONGEST_WAIT_MS);
    }

    #[test]
    fn a_known_network_waits_only_for_its_own_failures() {
        let count = |failures| Count { failures, last_ms: 1_000 };
        let failures = |here, elsewhere, network_is_known| Failures { here: count(here), elsewhere: count(elsewhere), network_is_known };
        assert_eq!(wait_secs(&failures(0, 10_000, true), 1_000), None, "strangers do not keep the account's people out");
        assert_eq!(wait_secs(&failures(0, 10_000, false), 1_000), Some(900));
        assert_eq!(wait_secs(&failures(5, 5, false), 1_000), Some(30));
        assert_eq!(wait_secs(&failures(5, 0, true), 1_001), Some(30));
        assert_eq!(wait_secs(&failures(5, 0, true), 31_000), None);
        assert_eq!(wait_secs(&failures(4, 49, false), 1_000), None);
        assert_eq!(wait_secs(&failures(4, 50, false), 1_000), Some(30), "many networks with few guesses each");
        assert_eq!(next_lock_ms(&failures(4, 4, false), 2_000), 32_000);
        assert_eq!(next_lock_ms(&failures(3, 3, false), 2_000), 0);
    }

    #[test]
    fn a_failure_of_the_far_future_keeps_nobody_waiting() {
        let year_ms = 366 * 24 * 3_600_000;
        let failures = Failures { here: Count { failures: 9, last_ms: year_ms }, ..Failures::default() };
        assert_eq!(wait_secs(&failures, 0), None);
        assert_eq!(wait_secs(&failures, year_ms - CLOCKS_DIFFER_MS), Some(540), "the other server's clock is a little ahead");
    }

    #[test]
    fn what_is_asked_is_one_name_however_it_is_written() {
        let asked = |owner, name| Asked::of(owner, name);
        assert_eq!(asked(" 100 ", "Ana "), asked("100", "ana"));
        assert_eq!(asked("0100", "ana"), asked("100", "ana"));
        assert_eq!(asked("+100", "ana"), asked("100", "ana"));
        assert_ne!(asked("-100", "ana"), asked("100", "ana"));
        assert_eq!(asked("", "root@acme.example"), asked("100000000001", "Root@acme.example"));
        assert_ne!(asked("100", "ana"), asked("1001", "ana"));
        assert_ne!(asked("1", "2 ana"), asked("1 2", "ana"));
        assert!(!asked("100", "ana").hash().contains("ana"));
    }

    #[test]
    fn queues_differ_between_starts_and_are_many() {
        let queue = |attempts: &AttemptQueues, name: &str| {
            let asked = Asked::of("1", name);
            attempts.queues.iter().position(|queue| Arc::ptr_eq(queue, attempts.queue(asked.hash()).unwrap())).unwrap()
        };
        let (one, other) = (AttemptQueues::default(), AttemptQueues::default());
        let names: Vec<String> = (0..200).map(|number| format!("name{number}")).collect();
        let of = |attempts: &AttemptQueues| names.iter().map(|name| queue(attempts, name)).collect::<Vec<_>>();
        assert_eq!(of(&one), of(&one), "a name has its queue");
        assert_ne!(of(&one), of(&other), "which one cannot be worked out");
        assert!(of(&one).into_iter().collect::<std::collections::HashSet<_>>().len() > 150);
    }

    #[tokio::test]
    async fn who_comes_from_a_known_network_does_not_wait_behind_strangers() {
        let (turns, asked) = (AttemptQueues::default(), Asked::of("1", "ana"));
        let strangers = turns.of(&asked, None).await;
        let at_once = (0..20).filter(|number| {
            let network = format!("203.0.{number}.0/24");
            let turn = std::pin::pin!(turns.of(&asked, Some(&network)));
            turn.poll(&mut std::task::Context::from_waker(std::task::Waker::noop())).is_ready()
        });
        assert!(at_once.count() > 15, "some names share a queue");
        drop(strangers);
    }

    #[test]
    fn an_address_waits_after_many_failures_and_is_forgiven() {
        let (addresses, ip) = (Addresses::default(), IpAddr::from([127, 0, 0, 1]));
        for _ in 0..29 {
            drop(addresses.begin(ip, 1_000).unwrap());
        }
        assert_eq!(wait_secs_of(&addresses, ip, 1_000), 0);
        drop(addresses.begin(ip, 1_000).unwrap());
        assert_eq!(wait_secs_of(&addresses, ip, 1_000), 30, "whoever gives up has failed");
        assert_eq!(wait_secs_of(&addresses, IpAddr::from([127, 0, 0, 2]), 1_000), 0);
        assert_eq!(wait_secs_of(&addresses, ip, 31_000), 0);
        drop(addresses.begin(ip, 1_000 + LONGEST_WAIT_MS).unwrap());
        assert_eq!(wait_secs_of(&addresses, ip, 1_000 + LONGEST_WAIT_MS), 0);
    }

    #[test]
    fn guesses_at_the_same_time_are_bounded_and_one_site_is_one_guesser() {
        let addresses = Addresses::default();
        let of_site = |host: u16| IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, host]);
        let under_way: Vec<_> = (0..64).map(|host| addresses.begin(of_site(host), 0).unwrap()).collect();
        assert!(addresses.begin(of_site(64), 0).is_err());
        assert_eq!(wait_secs_of(&addresses, IpAddr::from([0x2001, 0xdb8, 0, 2, 0, 0, 0, 0]), 0), 0, "the site beside it");
        under_way.into_iter().for_each(Attempt::passed);
        assert_eq!(wait_secs_of(&addresses, of_site(64), 0), 0);
        assert!(addresses.known().is_empty(), "who has never failed is not remembered");
    }

    #[test]
    fn a_flood_of_addresses_takes_no_more_memory() {
        let addresses = Addresses::default();
        let worst = IpAddr::from([10, 0, 0, 1]);
        for _ in 0..60 {
            drop(addresses.begin(worst, 0));
        }
        for number in 0..u32::try_from(MAX_ADDRESSES + 50).unwrap() {
            drop(addresses.begin(IpAddr::from(number.to_be_bytes()), 0).unwrap());
        }
        assert!(addresses.known().len() <= MAX_ADDRESSES);
        assert!(wait_secs_of(&addresses, worst, 0) > 0, "who guesses most is remembered longest");
    }
}
