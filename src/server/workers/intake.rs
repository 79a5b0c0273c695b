//! The intake: signed callbacks in, durable events out.
//!
//! Many requests share one transaction, and each is answered only when that transaction is committed. Figures are worked out by
//! `rollups`; here it is only noted in which rooms something is new, in the same transaction, which waits for no roll-up.

use super::driver::Driver;
use super::refusals::Refusals;
use crate::domain::callback_config::Unregistered;
use crate::domain::events::{Event, Refusal, RefusalReason, RoomKey};
use crate::domain::ids::{SdkAppId, Uin};
use crate::domain::stays::MAX_SILENCE_MS;
use crate::server::bus::Bus;
use crate::server::clock::{Clock, OnceAMinute, random_number};
use crate::server::gate::Signed;
use crate::server::store::callback_keys::in_force;
use crate::server::store::events::{NewEvent, keep};
use crate::server::store::rollups::{Due, RoomOf, note};
use crate::server::store::{Store, StoreError, Stored};
use crate::text::Text;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

/// The name of the worker.
const NAME: &str = "intake";
/// Events of one transaction.
const MAX_BATCH: usize = 1_024;
/// Fewer events than this wait for more of them while another batch is written, for so long.
const FEW: usize = 128;
const GATHER: Duration = Duration::from_millis(1);
/// Events that wait for a transaction; beyond that the sender is asked to try again.
const MAX_WAITING: usize = 10_000;
/// Memory of the events that wait: 64 MiB, whatever their number.
const MAX_WAITING_BYTES: usize = 64 << 20;
/// What an event takes beside its body, at most: ids, times and the keys of tables.
const BESIDE_THE_BODY_BYTES: usize = 2_048;
/// The sender waits 5 s; whoever waits longer than this is told to try again, which is harmless.
const PATIENCE: Duration = Duration::from_millis(4_500);
/// Refusals are counted in memory and written this often.
const WRITE_REFUSALS_EVERY: Duration = Duration::from_secs(1);
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
    /// The key that the body is signed with is not the one in force any more, nothing was stored; the gate is to look again.
    KeyReplaced,
}

/// Where callbacks are handed in. Cheap to clone.
#[derive(Clone)]
pub struct Intake {
    queue: mpsc::Sender<Waiting>,
    /// Bytes that may still wait.
    room: Arc<Semaphore>,
    refusals: Arc<Refusals>,
    clock: Clock,
}

struct Waiting {
    new: NewEvent,
    answer: oneshot::Sender<Result<(), IntakeError>>,
    /// Given back when the event is stored or given up.
    _room: OwnedSemaphorePermit,
}

impl Intake {
    /// An intake, and the worker that writes; it ends when the last intake is dropped and everything is written.
    pub(crate) fn start(store: Store, bus: Arc<Bus>, clock: Clock, driver: Driver) -> (Self, JoinHandle<()>) {
        let (queue, waiting) = mpsc::channel(MAX_WAITING);
        let refusals = Arc::new(Refusals::of(store.clone()));
        let writer = Arc::new(Writer {
            waiting: Mutex::new(waiting),
            under_way: AtomicUsize::new(0),
            store,
            bus,
            clock: clock.clone(),
            driver: driver.clone(),
            refusals: refusals.clone(),
            failing: OnceAMinute::unsaid(),
        });
        let write = move || {
            let writer = writer.clone();
            async move { writer.write().await }
        };
        let worker = driver.until_done(NAME, "events could not be taken in", write);
        (Self { queue, room: Arc::new(Semaphore::new(MAX_WAITING_BYTES)), refusals, clock }, worker)
    }

    /// Writes what was counted and not written yet: for the last moment before the store closes.
    pub(crate) async fn flush(&self) {
        self.refusals.write(self.clock.now_ms()).await;
    }

    /// Takes a signed callback; it is durable when this returns.
    ///
    /// # Errors
    /// [`IntakeError`]. After an error the event may still have been stored, which a second attempt does not do again.
    pub async fn accept(&self, signed: &Signed) -> Result<(), IntakeError> {
        let (event, identity) = Event::read(signed.body()).map_err(IntakeError::NotAnEvent)?;
        let id = URL_SAFE_NO_PAD.encode(Sha256::digest(identity.as_bytes()));
        drop(identity);
        // INVARIANT: JSON is UTF-8, so this loses nothing.
        let body = String::from_utf8_lossy(signed.body()).into_owned();
        let room = reserve(&self.room, body.len()).ok_or(IntakeError::Unavailable)?;
        let (owner, app, key) = (signed.owner(), signed.app(), signed.key().to_owned());
        let new = NewEvent { owner, app, id, received_ms: self.clock.now_ms(), event, body, key };
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Waiting { new, answer, _room: room }).map_err(|_| IntakeError::Unavailable)?;
        match tokio::time::timeout(PATIENCE, answered).await {
            Ok(Ok(done)) => done,
            Ok(Err(_)) | Err(_) => Err(IntakeError::Unavailable),
        }
    }

    /// Counts a callback that the gate refused, for the administrators of the application.
    pub fn refused(&self, owner: Uin, app: SdkAppId, reason: RefusalReason, address: String) {
        let now_ms = self.clock.now_ms();
        let hour_ms = now_ms - now_ms.rem_euclid(HOUR_MS);
        let refusal = Refusal { hour_ms, reason, count: 1, last_ms: now_ms, last_address: address };
        self.refusals.add(owner, app, refusal);
    }

    /// Counts a callback for a number that no application here has, for the root account. Anybody can send one.
    pub fn unregistered(&self, app: SdkAppId, address: String) {
        let now_ms = self.clock.now_ms();
        self.refusals.add_unregistered(Unregistered { id: app, count: 1, first_ms: now_ms, last_ms: now_ms, last_address: address });
    }
}

/// Room for a body among those that wait; `None` when there is none.
fn reserve(room: &Arc<Semaphore>, body_bytes: usize) -> Option<OwnedSemaphorePermit> {
    let bytes = u32::try_from(body_bytes + BESIDE_THE_BODY_BYTES).ok()?;
    room.clone().try_acquire_many_owned(bytes).ok()
}

/// The worker.
struct Writer {
    /// Held by the worker alone. What it has taken out when it panics is dropped, and the senders are told to try again.
    waiting: Mutex<mpsc::Receiver<Waiting>>,
    /// Batches that are being written.
    under_way: AtomicUsize,
    store: Store,
    bus: Arc<Bus>,
    clock: Clock,
    driver: Driver,
    refusals: Arc<Refusals>,
    failing: OnceAMinute,
}

impl Writer {
    /// Writes what comes in, and now and then what was refused.
    async fn write(&self) {
        self.under_way.store(0, Ordering::Relaxed);
        let second = async {
            if self.store.takes_in_side_by_side() {
                self.write_events().await;
            }
        };
        let lanes = async { tokio::join!(self.write_events(), second) };
        let refusals = async {
            let mut due = tokio::time::interval(WRITE_REFUSALS_EVERY);
            due.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                due.tick().await;
                self.refusals.write(self.clock.now_ms()).await;
            }
        };
        tokio::select! { _ = lanes => {} () = refusals => {} }
        self.refusals.write(self.clock.now_ms()).await;
    }

    /// Writes events until the last intake is gone: while a transaction is under way the next batch gathers. Two lanes never
    /// wait for each other crosswise: each writes in the order of the keys.
    async fn write_events(&self) {
        loop {
            let mut batch = Vec::with_capacity(MAX_BATCH);
            let mut waiting = self.waiting.lock().await;
            if waiting.recv_many(&mut batch, MAX_BATCH).await == 0 {
                return;
            }
            if batch.len() < FEW && self.under_way.load(Ordering::Relaxed) > 0 {
                tokio::time::sleep(GATHER).await;
                while batch.len() < MAX_BATCH
                    && let Ok(another) = waiting.try_recv()
                {
                    batch.push(another);
                }
            }
            drop(waiting);
            let received = batch.len();
            self.under_way.fetch_add(1, Ordering::Relaxed);
            self.write_batch(batch).await;
            self.under_way.fetch_sub(1, Ordering::Relaxed);
            self.bus.came_in(received);
        }
    }

    /// Stores a batch and answers everybody in it. If the database refuses it, each event is tried alone, so that none holds up the others.
    async fn write_batch(&self, batch: Vec<Waiting>) {
        let (news, answers): (Vec<NewEvent>, Vec<_>) =
            batch.into_iter().map(|waiting| (waiting.new, (waiting.answer, waiting._room))).unzip();
        let mut together = store_events(&self.store, &news).await;
        if together.as_ref().is_err_and(StoreError::is_conflict) {
            // Not after the same time as the other one.
            tokio::time::sleep(Duration::from_millis(random_number(5, 45).unsigned_abs())).await;
            together = store_events(&self.store, &news).await;
        }
        // What the intake is told to be like is what is left after each was tried alone.
        let alone = matches!(together, Err(StoreError::Taken(_) | StoreError::Broken(_))) && news.len() > 1;
        if !alone {
            self.report(together.as_ref().err(), news.len());
        }
        let (mut failed, mut last) = (0, None);
        for (at, (new, (answer, _room))) in news.iter().zip(answers).enumerate() {
            let stored = if alone {
                let stored = store_events(&self.store, std::slice::from_ref(new)).await;
                let outcome = outcome(&stored, 0);
                failed += usize::from(stored.is_err());
                last = stored.err().or(last);
                outcome
            } else {
                outcome(&together, at)
            };
            // Who does not wait any more will send it again.
            let _ = answer.send(stored);
        }
        if alone {
            self.report(last.as_ref(), failed);
        }
    }

    /// A batch was stored, or so many of its events were not, the last of them for this reason.
    fn report(&self, error: Option<&StoreError>, events: usize) {
        self.driver.report(NAME, error.is_none());
        if let Some(error) = error
            && let Some(times) = self.failing.due(self.clock.now_ms())
        {
            tracing::error!(times, %error, events, "events could not be stored; senders were asked to send them again");
        }
    }
}

/// What became of one event of those that were stored together.
fn outcome(stored: &Stored<Vec<bool>>, at: usize) -> Result<(), IntakeError> {
    match stored {
        Ok(stored) => stored[at].then_some(()).ok_or(IntakeError::KeyReplaced),
        Err(StoreError::Unavailable(_)) => Err(IntakeError::Unavailable),
        Err(StoreError::Taken(_) | StoreError::Broken(_)) => Err(IntakeError::Broken),
    }
}

/// Events and the rooms in which something is new because of them, in one change. Gives for each event whether it was stored: those are not
/// whose key is not in force any more.
async fn store_events(store: &Store, news: &[NewEvent]) -> Stored<Vec<bool>> {
    let apps: BTreeSet<SdkAppId> = news.iter().map(|new| new.app).collect();
    let mut change = store.intake_change().await?;
    let keys = in_force(&mut change, &apps).await?;
    let is_in_force = |new: &NewEvent| keys.get(&new.app).is_some_and(|(owner, key)| *owner == new.owner && *key == new.key);
    let in_force: Vec<bool> = news.iter().map(is_in_force).collect();
    let signed: Vec<&NewEvent> = news.iter().zip(&in_force).filter_map(|(new, in_force)| in_force.then_some(new)).collect();
    keep(&mut change, &signed).await?;
    note(&mut change, &rooms(&signed)).await?;
    change.commit_unrecorded().await?;
    Ok(in_force)
}

/// The rooms in which something is new.
fn rooms(news: &[&NewEvent]) -> BTreeMap<RoomOf, Due> {
    let mut rooms: BTreeMap<RoomOf, Due> = BTreeMap::new();
    for new in news {
        let (Some(room), Some(fact)) = (&new.event.room, new.fact()) else { continue };
        let mut add = |room: &RoomKey, last_ms: i64| {
            let due = Due { first_ms: fact.at_ms(), last_ms, due_ms: new.received_ms };
            let room = RoomOf { app: new.app, room: room.tag(), owner: new.owner };
            rooms.entry(room).and_modify(|known| known.widen(due)).or_insert(due);
        };
        add(room, fact.at_ms());
        // What is heard of a text room tells whether its ends are those of the room with the number (rule 7 of stays).
        if let Some(number @ RoomKey::Number(_)) = room.of_same_digits() {
            add(&number, fact.at_ms() + MAX_SILENCE_MS);
        }
    }
    rooms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_that_wait_are_bounded_by_their_size() {
        let room = Arc::new(Semaphore::new(MAX_WAITING_BYTES));
        let body = crate::domain::events::MAX_BODY_BYTES;
        let held: Vec<_> = std::iter::from_fn(|| reserve(&room, body)).collect();
        assert_eq!(held.len(), MAX_WAITING_BYTES / (body + BESIDE_THE_BODY_BYTES));
        drop(held);
        assert!(reserve(&room, body).is_some(), "given back");
    }
}
