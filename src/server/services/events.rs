//! The intake: signed callbacks in, durable events out; and what an application's administrators see of it.
//!
//! Many requests share one transaction, and each is answered only when that transaction is committed. Figures are worked out by
//! `rollups`; here a room is only noted as due, in the same transaction.

use crate::catalog::pages::AppCallbacks;
use crate::domain::events::{CallbackLog, Event, Refusal, RefusalReason};
use crate::domain::fault::Fault;
use crate::domain::ids::{SdkAppId, Uin};
use crate::server::clock::Clock;
use crate::server::gate::{App, Permit, Signed};
use crate::server::store::events::{NewEvent, keep, refuse};
use crate::server::store::rollups::{Due, RoomOf, mark};
use crate::server::store::{Store, StoreError, Stored};
use crate::text::Text;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// Events of one transaction.
const MAX_BATCH: usize = 500;
/// Events that wait for a transaction; beyond that the sender is asked to try again.
const MAX_WAITING: usize = 10_000;
/// The sender waits 5 s; whoever waits longer than this is told to try again, which is harmless.
const PATIENCE: Duration = Duration::from_millis(4_500);
/// Refusals are counted in memory and written at least this often.
const WRITE_REFUSALS_EVERY: Duration = Duration::from_secs(1);
/// Rows of each list an administrator sees.
const LISTED: i64 = 50;
const HOUR_MS: i64 = 3_600_000;

/// Why a callback was not taken.
#[derive(Debug, PartialEq, Eq)]
pub enum IntakeError {
    /// The body is no event, and never will be.
    NotAnEvent(Text),
    /// The database is down or too slow; the sender is to try again.
    Unavailable,
    /// A fault of ours; the sender is to try again.
    Broken,
}

/// Where callbacks are handed in. Cheap to clone.
#[derive(Clone)]
pub struct Intake {
    queue: mpsc::Sender<Waiting>,
    refusals: Arc<Mutex<Refusals>>,
    clock: Clock,
}

struct Waiting {
    new: NewEvent,
    answer: oneshot::Sender<Result<(), IntakeError>>,
}

type Refusals = HashMap<(Uin, SdkAppId, i64, RefusalReason), Refusal>;

impl Intake {
    /// An intake, and the worker that writes; it ends when the last intake is dropped and everything is written.
    pub(crate) fn start(store: Store, clock: Clock) -> (Self, JoinHandle<()>) {
        let (queue, waiting) = mpsc::channel(MAX_WAITING);
        let refusals = Arc::<Mutex<Refusals>>::default();
        let worker = tokio::spawn(write(store, clock.clone(), waiting, refusals.clone()));
        (Self { queue, refusals, clock }, worker)
    }

    /// Takes a signed callback; it is durable when this returns.
    ///
    /// # Errors
    /// [`IntakeError`]. After an error the event may still have been stored, which a second attempt does not do again.
    pub async fn accept(&self, signed: Signed) -> Result<(), IntakeError> {
        let event = Event::read(signed.body()).map_err(IntakeError::NotAnEvent)?;
        // INVARIANT: JSON is UTF-8, so this loses nothing.
        let body = String::from_utf8_lossy(signed.body()).into_owned();
        let id = URL_SAFE_NO_PAD.encode(Sha256::digest(event.identity().as_bytes()));
        let new = NewEvent { owner: signed.owner(), app: signed.app(), id, received_ms: self.clock.now_ms(), event, body };
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Waiting { new, answer }).map_err(|_| IntakeError::Unavailable)?;
        match tokio::time::timeout(PATIENCE, answered).await {
            Ok(Ok(done)) => done,
            Ok(Err(_)) | Err(_) => Err(IntakeError::Unavailable),
        }
    }

    /// Counts a callback that the gate refused, for the administrators of the application.
    pub fn refused(&self, owner: Uin, app: SdkAppId, reason: RefusalReason, address: String) {
        let now_ms = self.clock.now_ms();
        let hour_ms = now_ms - now_ms.rem_euclid(HOUR_MS);
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        let refusal = refusals.entry((owner, app, hour_ms, reason)).or_insert(Refusal {
            hour_ms,
            reason,
            count: 0,
            last_ms: now_ms,
            last_address: String::new(),
        });
        refusal.count += 1;
        refusal.last_ms = now_ms;
        refusal.last_address = address;
    }
}

/// What arrived lately for an application: for who may see its callback configuration.
///
/// # Errors
/// When the database gives none.
pub async fn callback_log(permit: &Permit<AppCallbacks, App>) -> Result<CallbackLog, Fault> {
    let (owner, app) = (permit.owner(), permit.target().id());
    Ok(CallbackLog {
        events: permit.stored(permit.store().received_events(owner, app, LISTED).await)?,
        refusals: permit.stored(permit.store().refusals(owner, app, LISTED).await)?,
    })
}

/// The worker: while one transaction is under way the next batch gathers.
async fn write(store: Store, clock: Clock, mut waiting: mpsc::Receiver<Waiting>, refusals: Arc<Mutex<Refusals>>) {
    let mut batch = Vec::with_capacity(MAX_BATCH);
    loop {
        let received = tokio::time::timeout(WRITE_REFUSALS_EVERY, waiting.recv_many(&mut batch, MAX_BATCH)).await;
        write_refusals(&store, &refusals).await;
        match received {
            // The last intake is gone.
            Ok(0) => return,
            Ok(_) => {
                write_batch(&store, &clock, std::mem::take(&mut batch)).await;
                store.due.notify_one();
            }
            Err(_) => {}
        }
    }
}

/// Stores a batch and answers everybody in it. If the database refuses it, each event is tried alone, so that none holds up the others.
async fn write_batch(store: &Store, clock: &Clock, batch: Vec<Waiting>) {
    let (news, answers): (Vec<NewEvent>, Vec<_>) = batch.into_iter().map(|waiting| (waiting.new, waiting.answer)).unzip();
    let together = store_events(store, clock, &news).await;
    let alone = matches!(together, Err(StoreError::Taken(_) | StoreError::Broken(_))) && news.len() > 1;
    for (new, answer) in news.iter().zip(answers) {
        let stored = if alone { outcome(&store_events(store, clock, std::slice::from_ref(new)).await) } else { outcome(&together) };
        // Who does not wait any more will send it again.
        let _ = answer.send(stored);
    }
}

fn outcome(stored: &Stored<()>) -> Result<(), IntakeError> {
    match stored {
        Ok(()) => Ok(()),
        Err(StoreError::Unavailable(cause)) => {
            tracing::error!(%cause, "events cannot be stored: the database cannot be reached");
            Err(IntakeError::Unavailable)
        }
        Err(error) => {
            tracing::error!(%error, "an event cannot be stored");
            Err(IntakeError::Broken)
        }
    }
}

/// Events and the rooms that are due because of them, in one change.
async fn store_events(store: &Store, clock: &Clock, news: &[NewEvent]) -> Stored<()> {
    let mut due: BTreeMap<RoomOf, Due> = BTreeMap::new();
    for new in news {
        let Some((room, fact)) = new.fact() else { continue };
        let fresh = Due { first_ms: fact.at_ms(), last_ms: fact.at_ms(), due_ms: clock.now_ms(), not_before_ms: 0 };
        let due = due.entry(RoomOf { app: new.app, room, owner: new.owner }).or_insert(fresh);
        due.first_ms = due.first_ms.min(fact.at_ms());
        due.last_ms = due.last_ms.max(fact.at_ms());
    }
    // Both in the order of their keys, so that two servers never wait for each other crosswise.
    let mut ordered: Vec<&NewEvent> = news.iter().collect();
    ordered.sort_unstable_by_key(|new| (new.app, &new.id));
    let mut change = store.change().await?;
    keep(&mut change, &ordered).await?;
    for (room, due) in &due {
        mark(&mut change, room, *due).await?;
    }
    change.commit().await?;
    Ok(())
}

async fn write_refusals(store: &Store, refusals: &Mutex<Refusals>) {
    let counted = std::mem::take(&mut *refusals.lock().unwrap_or_else(PoisonError::into_inner));
    if counted.is_empty() {
        return;
    }
    let written = async {
        let mut change = store.change().await?;
        for ((owner, app, _, _), refusal) in &counted {
            refuse(&mut change, *owner, *app, refusal).await?;
        }
        change.commit().await?;
        Stored::Ok(())
    };
    if let Err(error) = written.await {
        tracing::warn!(%error, "refused callbacks could not be counted");
    }
}
