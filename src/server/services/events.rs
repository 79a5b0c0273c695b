//! The intake: signed callbacks in, durable events out; and what an application's administrators see of it.
//!
//! Many requests share one transaction, and each is answered only when that transaction is committed. Figures are worked out by
//! `rollups`; here a room is only noted as due, in the same transaction. Refused callbacks are counted in memory first: they must never
//! keep an event waiting, nor let anybody fill the log.

use crate::catalog::action::trtc::ModifyCallbackConf;
use crate::catalog::operations;
use crate::catalog::rule::Rule;
use crate::domain::callback_config::Unregistered;
use crate::domain::events::{CallbackLog, Event, Refusal, RefusalReason, RoomKey};
use crate::domain::fault::Fault;
use crate::domain::ids::{SdkAppId, Uin};
use crate::domain::stays::MAX_SILENCE_MS;
use crate::server::clock::{Clock, OnceAMinute};
use crate::server::gate::{App, Permit, Signed};
use crate::server::store::events::{NewEvent, keep, refuse};
use crate::server::store::rollups::{Due, RoomOf, mark};
use crate::server::store::{Store, StoreError, Stored, unregistered};
use crate::text::Text;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

/// Events of one transaction.
const MAX_BATCH: usize = 500;
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
/// The log names an application whose callbacks are refused at most this often.
const SAY_REFUSALS_EVERY_MS: i64 = 60_000;
/// Numbers without an application that are counted at a time, in memory; of more, none is kept.
const MAX_UNREGISTERED: usize = 50;
/// A number without an application is forgotten after so long without a callback.
const UNREGISTERED_FORGOTTEN_AFTER_MS: i64 = 7 * 24 * 3_600_000;
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
    pub(crate) fn start(store: Store, clock: Clock) -> (Self, JoinHandle<()>) {
        let (queue, waiting) = mpsc::channel(MAX_WAITING);
        let refusals = Arc::new(Refusals::of(store.clone()));
        let worker = tokio::spawn(write(store, clock.clone(), waiting, refusals.clone()));
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
    pub async fn accept(&self, signed: Signed) -> Result<(), IntakeError> {
        let (event, identity) = Event::read(signed.body()).map_err(IntakeError::NotAnEvent)?;
        let id = URL_SAFE_NO_PAD.encode(Sha256::digest(identity.as_bytes()));
        drop(identity);
        // INVARIANT: JSON is UTF-8, so this loses nothing.
        let body = String::from_utf8_lossy(signed.body()).into_owned();
        let room = reserve(&self.room, body.len()).ok_or(IntakeError::Unavailable)?;
        let new = NewEvent { owner: signed.owner(), app: signed.app(), id, received_ms: self.clock.now_ms(), event, body };
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

type Counted = HashMap<(Uin, SdkAppId, i64, RefusalReason), Refusal>;

/// Refused callbacks, counted in memory until they are written.
struct Refusals {
    store: Store,
    counted: Mutex<Counted>,
    unregistered: Mutex<BTreeMap<SdkAppId, Unregistered>>,
    /// When the log last named refusals, and how many there were since, by application.
    said: Mutex<(i64, BTreeMap<SdkAppId, i64>)>,
    failing: OnceAMinute,
}

impl Refusals {
    fn of(store: Store) -> Self {
        Self { store, counted: Mutex::default(), unregistered: Mutex::default(), said: Mutex::default(), failing: OnceAMinute::unsaid() }
    }

    fn add_unregistered(&self, new: Unregistered) {
        let mut counted = self.unregistered.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.len() >= MAX_UNREGISTERED && !counted.contains_key(&new.id) {
            return;
        }
        let known = counted.entry(new.id).or_insert_with(|| Unregistered { count: 0, ..new.clone() });
        *known = Unregistered { count: known.count + new.count, first_ms: known.first_ms, ..new };
    }

    /// Writes what was counted for numbers without an application. What cannot be written is given up: it is a hint, and senders go on.
    async fn write_unregistered(&self, now_ms: i64) {
        let counted = std::mem::take(&mut *self.unregistered.lock().unwrap_or_else(PoisonError::into_inner));
        let mut taken = TakenNumbers { counted, home: self };
        if taken.counted.is_empty() {
            return;
        }
        let written = async {
            let mut change = self.store.change().await?;
            unregistered::forget(&mut change, now_ms - UNREGISTERED_FORGOTTEN_AFTER_MS).await?;
            for count in taken.counted.values() {
                unregistered::count(&mut change, count).await?;
            }
            change.commit().await?;
            Stored::Ok(())
        };
        if let Err(error) = written.await {
            tracing::debug!(%error, "callbacks without an application could not be counted");
        }
        taken.counted.clear();
    }

    fn add(&self, owner: Uin, app: SdkAppId, new: Refusal) {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let known = counted.entry((owner, app, new.hour_ms, new.reason)).or_insert_with(|| Refusal { count: 0, ..new.clone() });
        let last = if new.last_ms >= known.last_ms { (new.last_ms, new.last_address) } else { (known.last_ms, known.last_address.clone()) };
        (known.last_ms, known.last_address) = last;
        known.count += new.count;
    }

    /// Writes what was counted. What could not be written stays counted; what belongs to an application that is gone is forgotten.
    async fn write(&self, now_ms: i64) {
        self.write_unregistered(now_ms).await;
        let mut taken = Taken { counted: std::mem::take(&mut *self.counted.lock().unwrap_or_else(PoisonError::into_inner)), home: self };
        if taken.counted.is_empty() {
            return;
        }
        let written = async {
            let mut change = self.store.change().await?;
            for ((owner, app, _, _), refusal) in &taken.counted {
                refuse(&mut change, *owner, *app, refusal).await?;
            }
            change.commit().await?;
            Stored::Ok(())
        };
        match written.await {
            Ok(()) => self.say(std::mem::take(&mut taken.counted), now_ms),
            Err(error) => {
                if let Some(times) = self.failing.due(now_ms) {
                    tracing::warn!(times, %error, "refused callbacks could not be stored; will retry");
                }
            }
        }
    }

    /// One line an application and minute: whoever sends nonsense must not be able to fill the log.
    fn say(&self, written: Counted, now_ms: i64) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        for ((_, app, _, _), refusal) in written {
            *said.1.entry(app).or_default() += refusal.count;
        }
        if now_ms - said.0 >= SAY_REFUSALS_EVERY_MS {
            said.0 = now_ms;
            for (app, count) in std::mem::take(&mut said.1) {
                tracing::warn!(app = app.0, count, "callbacks were refused; see the callback page of the application for the reasons");
            }
        }
    }
}

/// Numbers without an application on their way into the database. What is left when this is dropped, by a stop, is counted again.
struct TakenNumbers<'a> {
    counted: BTreeMap<SdkAppId, Unregistered>,
    home: &'a Refusals,
}

impl Drop for TakenNumbers<'_> {
    fn drop(&mut self) {
        for new in std::mem::take(&mut self.counted).into_values() {
            self.home.add_unregistered(new);
        }
    }
}

/// Counts on their way into the database. What is left when this is dropped, by a failure or a stop, is counted again.
struct Taken<'a> {
    counted: Counted,
    home: &'a Refusals,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        for ((owner, app, _, _), refusal) in self.counted.drain() {
            self.home.add(owner, app, refusal);
        }
    }
}

/// What arrived lately for an application: for who may see its callback configuration, without bodies unless they may change it.
///
/// # Errors
/// When the database gives none.
pub async fn callback_log(permit: &Permit<operations::ReadEvents, App>) -> Result<CallbackLog, Fault> {
    let (owner, app) = (permit.owner(), permit.target().id());
    let log = CallbackLog {
        events: permit.stored(permit.store().received_events(owner, app, LISTED).await)?,
        refusals: permit.stored(permit.store().refusals(owner, app, LISTED).await)?,
        whole: true,
    };
    let may_see_bodies = permit.caller().holds_on_app(Rule::may::<ModifyCallbackConf>(), app);
    Ok(if may_see_bodies { log } else { log.without_bodies() })
}

/// The worker: while one transaction is under way the next batch gathers.
async fn write(store: Store, clock: Clock, mut waiting: mpsc::Receiver<Waiting>, refusals: Arc<Refusals>) {
    let mut batch = Vec::with_capacity(MAX_BATCH);
    let failing = OnceAMinute::unsaid();
    let mut refusals_due = tokio::time::interval(WRITE_REFUSALS_EVERY);
    refusals_due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            received = waiting.recv_many(&mut batch, MAX_BATCH) => {
                // The last intake is gone.
                if received == 0 {
                    return refusals.write(clock.now_ms()).await;
                }
                write_batch(&store, &clock, &failing, std::mem::take(&mut batch)).await;
                store.due.notify_one();
            }
            _ = refusals_due.tick() => refusals.write(clock.now_ms()).await,
        }
    }
}

/// Stores a batch and answers everybody in it. If the database refuses it, each event is tried alone, so that none holds up the others.
async fn write_batch(store: &Store, clock: &Clock, failing: &OnceAMinute, batch: Vec<Waiting>) {
    let (news, answers): (Vec<NewEvent>, Vec<_>) = batch.into_iter().map(|waiting| (waiting.new, (waiting.answer, waiting._room))).unzip();
    let together = store_events(store, clock, &news).await;
    if let Err(error) = &together
        && let Some(times) = failing.due(clock.now_ms())
    {
        tracing::error!(times, %error, events = news.len(), "events could not be stored; senders were asked to send them again");
    }
    let alone = matches!(together, Err(StoreError::Taken(_) | StoreError::Broken(_))) && news.len() > 1;
    for (new, (answer, _room)) in news.iter().zip(answers) {
        let stored = if alone { outcome(&store_events(store, clock, std::slice::from_ref(new)).await) } else { outcome(&together) };
        // Who does not wait any more will send it again.
        let _ = answer.send(stored);
    }
}

fn outcome(stored: &Stored<()>) -> Result<(), IntakeError> {
    match stored {
        Ok(()) => Ok(()),
        Err(StoreError::Unavailable(_)) => Err(IntakeError::Unavailable),
        Err(StoreError::Taken(_) | StoreError::Broken(_)) => Err(IntakeError::Broken),
    }
}

/// Events and the rooms that are due because of them, in one change.
async fn store_events(store: &Store, clock: &Clock, news: &[NewEvent]) -> Stored<()> {
    let mut due: BTreeMap<RoomOf, Due> = BTreeMap::new();
    for new in news {
        let (Some(room), Some(fact)) = (&new.event.room, new.fact()) else { continue };
        let mut note = |room: &RoomKey, until_ms: i64| {
            let fresh = Due { first_ms: fact.at_ms(), last_ms: until_ms, due_ms: clock.now_ms(), not_before_ms: 0 };
            let due = due.entry(RoomOf { app: new.app, room: room.tag(), owner: new.owner }).or_insert(fresh);
            due.first_ms = due.first_ms.min(fact.at_ms());
            due.last_ms = due.last_ms.max(until_ms);
        };
        note(room, fact.at_ms());
        // What is heard of a text room tells whether its ends are those of the room with the number (rule 7 of stays).
        if let Some(number @ RoomKey::Number(_)) = room.of_same_digits() {
            note(&number, fact.at_ms() + MAX_SILENCE_MS);
        }
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

    #[tokio::test]
    async fn refusals_that_cannot_be_written_stay_counted() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}?mode=rwc", dir.path().join("console.db").display())).await.unwrap();
        let refusals = Refusals::of(store.clone());
        let refusal =
            |last_ms, last: &str| Refusal { hour_ms: 0, reason: RefusalReason::NoKey, count: 2, last_ms, last_address: last.to_owned() };
        let counted = || refusals.counted.lock().unwrap().values().cloned().collect::<Vec<_>>();
        refusals.add(Uin(1), SdkAppId(1), refusal(7, "b"));
        refusals.add(Uin(1), SdkAppId(1), refusal(5, "a"));
        store.close().await;
        refusals.write(9).await;
        assert_eq!(counted(), [Refusal { count: 4, ..refusal(7, "b") }]);
    }
}
