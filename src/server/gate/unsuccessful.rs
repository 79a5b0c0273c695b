//! Attempts that came to nothing, on their way into the records. They wait here, so that a slow disk makes nobody wait for an answer.
//!
//! The first of its kind is recorded as it is. Its repetitions within ten minutes are counted, and recorded as one. Nobody can crowd out the
//! attempts of others: each organisation has a share of its own, those who are not logged in together have one, and what one account tries
//! on ever more things is counted by operation alone.

use super::Gate;
use super::record::Happened;
use crate::domain::audit::{AuditEvent, Outcome};
use crate::domain::ids::Uin;
use crate::server::bus::Bus;
use crate::server::store::Stored;
use std::collections::HashMap;
use std::mem::take;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Repetitions are counted for so long.
const WINDOW_MS: i64 = 600_000;
/// Events of one organisation that wait to be written, and its kinds that are counted. What comes beyond is counted as lost.
const MAX_WAITING: usize = 500;
const MAX_KINDS: usize = 2_000;
/// Kinds of one account, after which its attempts on further things are no kinds of their own.
const MAX_KINDS_OF_ONE: usize = 200;

/// What makes two attempts the same.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Kind {
    owner: Uin,
    principal: String,
    network: String,
    operation: String,
    code: String,
    resources: Vec<String>,
}

struct Counted {
    since_ms: i64,
    /// The last of them; its count is how many came after the first.
    last: AuditEvent,
}

#[derive(Default)]
struct State {
    waiting: Vec<(Uin, AuditEvent)>,
    counted: HashMap<Kind, Counted>,
    shares: HashMap<Uin, Share>,
}

/// What an organisation takes of the room there is.
#[derive(Default)]
struct Share {
    waiting: usize,
    kinds: usize,
    /// Kinds by account.
    kinds_of: HashMap<String, usize>,
    lost: i64,
}

impl State {
    fn wait(&mut self, owner: Uin, event: AuditEvent) {
        self.shares.entry(owner).or_default().waiting += 1;
        self.waiting.push((owner, event));
    }

    fn count(&mut self, kind: Kind, event: AuditEvent) {
        let share = self.shares.entry(kind.owner).or_default();
        share.kinds += 1;
        *share.kinds_of.entry(kind.principal.clone()).or_default() += 1;
        self.counted.insert(kind, Counted { since_ms: event.time_ms, last: AuditEvent { count: 0, ..event } });
    }

    /// Ends the counting of a kind; what repeated it waits to be written.
    fn end(&mut self, kind: &Kind) {
        let Some(counted) = self.counted.remove(kind) else { return };
        let share = self.shares.entry(kind.owner).or_default();
        share.kinds -= 1;
        if let Some(kinds) = share.kinds_of.get_mut(&kind.principal) {
            *kinds -= 1;
        }
        if let Some((owner, event)) = summary(kind, counted) {
            self.wait(owner, event);
        }
    }
}

/// The attempts of a server.
#[derive(Default)]
pub(super) struct Unsuccessful {
    state: Mutex<State>,
    /// Its bell rings when there is something to write.
    bus: Arc<Bus>,
    /// One writes at a time: whoever has waited knows that what was noted before is recorded.
    writing: tokio::sync::Mutex<()>,
}

impl Unsuccessful {
    /// None yet.
    pub fn new(bus: Arc<Bus>) -> Self {
        Self { bus, ..Self::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes an attempt that came from a network.
    pub fn note(&self, owner: Uin, network: String, mut event: AuditEvent) {
        let mut kind = Kind {
            owner,
            principal: event.user_identity.principal_id.clone(),
            network,
            operation: event.operation.clone(),
            code: event.error_code.clone(),
            resources: event.resources.iter().map(|thing| thing.id.clone()).collect(),
        };
        let mut state = self.state();
        let share = state.shares.entry(owner).or_default();
        let is_many = share.kinds_of.get(&kind.principal).is_some_and(|kinds| *kinds >= MAX_KINDS_OF_ONE);
        if is_many && !state.counted.contains_key(&kind) {
            kind.resources.clear();
            event.resources.clear();
        }
        if let Some(counted) = state.counted.get_mut(&kind).filter(|counted| event.time_ms - counted.since_ms < WINDOW_MS) {
            let count = counted.last.count + 1;
            counted.last = AuditEvent { count, ..event };
            return;
        }
        state.end(&kind);
        let share = state.shares.entry(owner).or_default();
        if share.waiting >= MAX_WAITING || share.kinds >= MAX_KINDS {
            share.lost += 1;
            return;
        }
        state.count(kind, event.clone());
        state.wait(owner, event);
        drop(state);
        self.bus.unsuccessful.notify_one();
    }

    /// What is to be written now, in the order of the owners; everything when the server stops.
    pub fn take(&self, now_ms: i64, stopping: bool) -> Vec<(Uin, AuditEvent)> {
        let mut state = self.state();
        let over = |counted: &Counted| stopping || (now_ms - counted.since_ms).unsigned_abs() >= WINDOW_MS.unsigned_abs();
        let ended: Vec<Kind> = state.counted.iter().filter(|(_, counted)| over(counted)).map(|(kind, _)| kind.clone()).collect();
        for kind in ended {
            state.end(&kind);
        }
        let mut events = take(&mut state.waiting);
        for (owner, share) in &mut state.shares {
            share.waiting = 0;
            share.kinds_of.retain(|_, kinds| *kinds > 0);
            let lost = take(&mut share.lost);
            if lost > 0 {
                let gap = Happened::own("AuditGap", Outcome::Error).by_the_console(*owner, now_ms);
                events.push((*owner, AuditEvent { count: lost, ..gap }));
            }
        }
        state.shares.retain(|_, share| share.kinds > 0);
        drop(state);
        events.sort_by_key(|(owner, event)| (*owner, event.time_ms));
        events
    }

    /// Takes back what could not be written; as much as there is room for.
    pub fn take_back(&self, events: Vec<(Uin, AuditEvent)>) {
        let mut state = self.state();
        for (owner, event) in events {
            let share = state.shares.entry(owner).or_default();
            if share.waiting < MAX_WAITING {
                state.wait(owner, event);
            } else {
                share.lost += 1;
            }
        }
    }
}

impl Gate {
    /// Records the attempts that came to nothing; all of them when the server stops.
    pub(crate) async fn record_unsuccessful(&self, stopping: bool) -> Stored<()> {
        let _turn = self.0.unsuccessful.writing.lock().await;
        let events = self.0.unsuccessful.take(self.now_ms(), stopping);
        if events.is_empty() {
            return Ok(());
        }
        let recorded = async { self.0.store.change().await?.commit_all(events.clone()).await }.await;
        recorded.inspect_err(|_| self.0.unsuccessful.take_back(events))
    }
}

/// One event for the repetitions of a kind, if there were any. They need not have come from one address.
fn summary(kind: &Kind, counted: Counted) -> Option<(Uin, AuditEvent)> {
    (counted.last.count > 0).then(|| (kind.owner, AuditEvent { source_ip_address: kind.network.clone(), ..counted.last }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit::Identity;
    use crate::domain::audit_change::{AuditedResource, ResourceType};

    fn attempt(owner: i64, principal: &str, resource: usize) -> (Uin, AuditEvent) {
        let who = Identity { principal_id: principal.to_owned(), account_id: owner.to_string(), ..Identity::default() };
        let mut event = AuditEvent::new("cam", "DeleteUser", who, 0);
        event.resources = vec![AuditedResource { kind: ResourceType::User, id: resource.to_string(), name: String::new() }];
        (Uin(owner), event)
    }

    #[test]
    fn nobody_crowds_out_the_attempts_of_others() {
        let attempts = Unsuccessful::new(Arc::default());
        let note = |(owner, event): (Uin, AuditEvent)| attempts.note(owner, "192.0.2.0/24".to_owned(), event);
        (0..20_000).for_each(|resource| note(attempt(1, "flood", resource)));
        note(attempt(1, "quiet", 7));
        note(attempt(2, "flood", 7));
        let taken = attempts.take(0, false);
        let of = |owner: i64, principal: &str| {
            taken.iter().filter(|(of, event)| *of == Uin(owner) && event.user_identity.principal_id == principal).count()
        };
        assert_eq!((of(1, "flood"), of(1, "quiet"), of(2, "flood")), (MAX_KINDS_OF_ONE + 1, 1, 1));

        // What was counted comes once the time is over, and nothing is left behind.
        let summed = attempts.take(WINDOW_MS, false);
        assert_eq!(summed.len(), 1);
        assert_eq!((summed[0].1.count, summed[0].1.resources.len()), (20_000 - MAX_KINDS_OF_ONE as i64 - 1, 0));
        let state = attempts.state();
        assert!(state.counted.is_empty() && state.shares.is_empty());
    }

    #[test]
    fn what_finds_no_room_is_counted_for_its_organisation() {
        let attempts = Unsuccessful::new(Arc::default());
        for number in 0..MAX_WAITING + 30 {
            let (owner, event) = attempt(1, &format!("account-{number}"), 0);
            attempts.note(owner, String::new(), event);
        }
        let (owner, event) = attempt(2, "other", 0);
        attempts.note(owner, String::new(), event);
        let taken = attempts.take(0, false);
        assert_eq!(taken.len(), MAX_WAITING + 2);
        let gap = taken.iter().find(|(_, event)| event.event_name == "AuditGap").unwrap();
        assert_eq!((gap.0, gap.1.count), (Uin(1), 30));
        attempts.take_back(taken);
        assert_eq!(attempts.take(0, false).iter().filter(|(owner, _)| *owner == Uin(2)).count(), 1, "what could not be written is kept");
    }
}
