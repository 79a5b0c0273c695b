//! Attempts that came to nothing, on their way into the records. They wait here, so that a slow disk makes nobody wait for an answer.
//!
//! The first of its kind is recorded as it is. Its repetitions within ten minutes are counted, and recorded as one.

use super::Gate;
use super::record::Happened;
use crate::domain::audit::{AuditEvent, Outcome};
use crate::domain::ids::Uin;
use crate::server::bus::Bus;
use crate::server::store::Stored;
use crate::server::store::audit::NOBODY;
use std::collections::HashMap;
use std::mem::take;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Repetitions are counted for so long.
const WINDOW_MS: i64 = 600_000;
/// Events that wait to be written, and kinds that are counted. What comes beyond is counted as lost.
const MAX_WAITING: usize = 1_000;
const MAX_KINDS: usize = 10_000;

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
    lost: i64,
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
    pub fn note(&self, owner: Uin, network: String, event: AuditEvent) {
        let kind = Kind {
            owner,
            principal: event.user_identity.principal_id.clone(),
            network,
            operation: event.operation.clone(),
            code: event.error_code.clone(),
            resources: event.resources.iter().map(|thing| thing.id.clone()).collect(),
        };
        let mut state = self.state();
        if let Some(counted) = state.counted.get_mut(&kind).filter(|counted| event.time_ms - counted.since_ms < WINDOW_MS) {
            let count = counted.last.count + 1;
            counted.last = AuditEvent { count, ..event };
            return;
        }
        if state.waiting.len() >= MAX_WAITING || state.counted.len() >= MAX_KINDS {
            state.lost += 1;
            return;
        }
        if let Some(ended) =
            state.counted.insert(kind.clone(), Counted { since_ms: event.time_ms, last: AuditEvent { count: 0, ..event.clone() } })
        {
            state.waiting.extend(summary(&kind, ended));
        }
        state.waiting.push((owner, event));
        drop(state);
        self.bus.unsuccessful.notify_one();
    }

    /// What is to be written now, in the order of the owners; everything when the server stops.
    pub fn take(&self, now_ms: i64, stopping: bool) -> Vec<(Uin, AuditEvent)> {
        let mut state = self.state();
        let over = |counted: &Counted| stopping || (now_ms - counted.since_ms).unsigned_abs() >= WINDOW_MS.unsigned_abs();
        let ended: Vec<Kind> = state.counted.iter().filter(|(_, counted)| over(counted)).map(|(kind, _)| kind.clone()).collect();
        for kind in ended {
            if let Some(counted) = state.counted.remove(&kind) {
                state.waiting.extend(summary(&kind, counted));
            }
        }
        let mut events = take(&mut state.waiting);
        let lost = take(&mut state.lost);
        drop(state);
        if lost > 0 {
            let gap = Happened::own("AuditGap", Outcome::Error).by_the_console(NOBODY, now_ms);
            events.push((NOBODY, AuditEvent { count: lost, ..gap }));
        }
        events.sort_by_key(|(owner, event)| (*owner, event.time_ms));
        events
    }

    /// Takes back what could not be written; as much as there is room for.
    pub fn take_back(&self, events: Vec<(Uin, AuditEvent)>) {
        let mut state = self.state();
        let room = MAX_WAITING.saturating_sub(state.waiting.len());
        state.lost += i64::try_from(events.len().saturating_sub(room)).unwrap_or(0);
        state.waiting.extend(events.into_iter().take(room));
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
