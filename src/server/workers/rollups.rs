//! Roll-ups: works out the figures of the rooms that are due, from the last settled instant before what is new.
//!
//! The rules are those of `domain::stays`. A window is worked out anew and compared with what is there, and the differences are written, in one
//! change with the note that they are: an event that comes late or twice, or a crash in between, can never make a figure wrong. Events are read
//! and figures reckoned before that change begins: the intake waits for few rows to be written, never for arithmetic.

use super::driver::Driver;
use crate::domain::calls::Reckoning;
use crate::domain::events::RoomKey;
use crate::domain::stays::{Fact, MAX_SILENCE_MS, misdirected_ends};
use crate::domain::usage::call_days;
use crate::server::bus::Bus;
use crate::server::clock::Clock;
use crate::server::store::figures::{CallFigures, Differences, replace};
use crate::server::store::rollups::{Due, DueRoom, RoomOf, Window, gather, mark, take};
use crate::server::store::{Change, Store, StoreError, Stored};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// The worker, and beside it the rooms that it cannot work out: they hold up no other, so nothing else would tell of them.
const NAME: &str = "rollups";
const ROOMS: &str = "rollups-rooms";
/// Rooms that are looked at in a row.
const MAX_ROOMS: i64 = 200;
/// Rooms of one change, and facts after which it takes no further room: writing them takes some ten milliseconds.
const ROOMS_A_CHANGE: usize = 50;
const FACTS_A_CHANGE: usize = 2_000;
/// A change that has been open for so long takes no further room.
const LONGEST_CHANGE: Duration = Duration::from_millis(20);
/// While events come in faster than they are written, each step of the work is followed by a rest so many times as long: at least a fifth of
/// the time is left for working figures out.
const LET_GO_FIRST: u32 = 4;
/// A rest ends so soon after the events do.
const LOOK_WHO_WAITS: Duration = Duration::from_millis(2);
/// Notes of what is new that are gathered in one change: some ten milliseconds.
const NOTES_A_CHANGE: i64 = 2_000;
/// What is new waits so long for more of the same rooms, unless a reader waits for it: a busy room is worked out for all of it together. In a
/// stream no reader does.
const GATHER: Duration = Duration::from_millis(250);
const GATHER_IN_A_STREAM: Duration = Duration::from_millis(750);
/// Stays in progress count up to the last time they were worked out, which is at most this long ago.
const REFRESH_MS: i64 = 60_000;
/// A room that could not be worked out is tried again after this.
const RETRY_MS: i64 = 60_000;
/// The worker looks for what is due at least this often.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// A room that is never empty gets an ever longer window. One with more facts than this rests before it is worked out again.
const LARGE_WINDOW: usize = 5_000;
/// A fact costs some 5 µs; with this rest for each, such a room takes at most a twentieth of the time.
const REST_US_A_FACT: i64 = 100;

/// What a room adds up to, reckoned and not yet written.
struct Reckoned<'a> {
    due: &'a DueRoom,
    window: Window,
    settled_ms: Vec<i64>,
    figures: Vec<CallFigures>,
    /// The beginning of a call in progress, which is to be worked out again.
    again: Option<i64>,
    /// How many facts were looked at.
    facts: usize,
}

/// What a pass over everything due came upon.
struct Passed {
    notes: usize,
    rooms: usize,
}

/// The worker that keeps figures up. Cheap to clone.
#[derive(Clone)]
pub struct Rollups {
    store: Store,
    bus: Arc<Bus>,
    clock: Clock,
    driver: Driver,
    /// When a room last could not be worked out.
    room_failed_ms: Arc<AtomicI64>,
    /// Expensive rooms, and until when they are left alone.
    resting: Arc<Mutex<HashMap<RoomOf, i64>>>,
}

impl Rollups {
    pub(crate) fn new(store: Store, bus: Arc<Bus>, clock: Clock, driver: Driver) -> Self {
        let room_failed_ms = Arc::new(AtomicI64::new(i64::MIN));
        Self { store, bus, clock, driver, room_failed_ms, resting: Arc::default() }
    }

    /// Starts the worker; abort it to stop, nothing is lost.
    pub(crate) fn start(&self) -> JoinHandle<()> {
        self.driver.add(ROOMS);
        let (resting, working) = (self.clone(), self.clone());
        let rest = move || {
            let rollups = resting.clone();
            async move { rollups.until_worth_it().await }
        };
        let work = move || {
            let rollups = working.clone();
            async move { rollups.keep_up().await }
        };
        self.driver.when(NAME, rest, "usage figures could not be calculated", work)
    }

    /// Waits until something is new and for a moment more, in which more of the same rooms comes in; a reader who waits is not kept.
    async fn until_worth_it(&self) {
        let bus = &self.bus;
        let something = async {
            tokio::select! { () = bus.stored.notified() => {} () = bus.asked.notified() => bus.asked.notify_one() }
        };
        // Another server may have noted what is due.
        if tokio::time::timeout(LOOK_EVERY, something).await.is_ok() {
            let gather = if bus.is_streaming() { GATHER_IN_A_STREAM } else { GATHER };
            drop(tokio::time::timeout(gather, bus.asked.notified()).await);
        }
    }

    /// Works out what is due now, once, and tells those who wait for it.
    async fn keep_up(&self) -> Stored<()> {
        self.bus.begin_pass();
        let passed = self.pass().await;
        self.bus.end_pass(passed.is_ok());
        passed.map(drop)
    }

    /// Works out everything that is due.
    pub(crate) async fn catch_up(&self) -> Stored<()> {
        loop {
            let passed = self.pass().await?;
            if passed.notes == 0 && passed.rooms == 0 {
                return Ok(());
            }
        }
    }

    /// Works out what is due.
    async fn pass(&self) -> Stored<Passed> {
        let mut passed = Passed { notes: self.gather().await?, rooms: 0 };
        loop {
            let now_ms = self.clock.now_ms();
            let rooms = self.store.rooms_due(now_ms, MAX_ROOMS).await?;
            if rooms.is_empty() {
                // Whatever fails is tried again, here or on another server, before twice that time is over.
                if now_ms.saturating_sub(self.room_failed_ms.load(Ordering::Relaxed)) > 2 * RETRY_MS {
                    self.driver.report(ROOMS, true);
                }
                return Ok(passed);
            }
            passed.rooms += rooms.len();
            match self.work_out(&rooms, now_ms).await {
                Ok(()) => {}
                Err(StoreError::Unavailable(error)) => return Err(StoreError::Unavailable(error)),
                Err(_) => self.one_by_one(&rooms, now_ms).await?,
            }
        }
    }

    /// Makes the rooms due in which something is new, and gives how many notes said so.
    async fn gather(&self) -> Stored<usize> {
        let mut notes = 0;
        while self.store.is_anything_noted().await? {
            let mut change = self.store.change().await?;
            let gathered = gather(&mut change, NOTES_A_CHANGE).await?;
            change.commit_unrecorded().await?;
            notes += gathered;
            if i64::try_from(gathered).is_ok_and(|gathered| gathered < NOTES_A_CHANGE) {
                break;
            }
        }
        Ok(notes)
    }

    /// One of the rooms is a problem: the others go on, it waits.
    async fn one_by_one(&self, rooms: &[DueRoom], now_ms: i64) -> Stored<()> {
        for due in rooms {
            if let Err(error) = self.work_out(std::slice::from_ref(due), now_ms).await {
                tracing::error!(app = due.room.app.0, %error, "the usage figures of a room could not be calculated");
                self.room_failed_ms.store(now_ms, Ordering::Relaxed);
                self.driver.report(ROOMS, false);
                self.store.put_off(&due.room, now_ms + RETRY_MS).await?;
            }
        }
        Ok(())
    }

    /// Works out some rooms and the sums of their days, in changes that hold up nobody.
    async fn work_out(&self, rooms: &[DueRoom], now_ms: i64) -> Stored<()> {
        let mut rooms: Vec<&DueRoom> = rooms.iter().collect();
        // In the order of the keys, so that two servers never wait for each other crosswise.
        rooms.sort_unstable();
        let (mut reckoned, mut begun) = (Vec::new(), Instant::now());
        for due in rooms {
            if let Some(rested_ms) = self.rests_until(&due.room, now_ms) {
                self.store.put_off(&due.room, rested_ms).await?;
                continue;
            }
            reckoned.push(self.reckon(due, now_ms).await?);
            if reckoned.len() >= ROOMS_A_CHANGE || reckoned.iter().map(|room| room.facts).sum::<usize>() >= FACTS_A_CHANGE {
                self.let_events_go_first(begun.elapsed()).await;
                self.write(std::mem::take(&mut reckoned), now_ms).await?;
                begun = Instant::now();
            }
        }
        if reckoned.is_empty() { Ok(()) } else { self.write(reckoned, now_ms).await }
    }

    /// Reckons a room from the last settled instant before what is new to the first one after it. Nothing is written.
    async fn reckon<'a>(&self, due: &'a DueRoom, now_ms: i64) -> Stored<Reckoned<'a>> {
        let room = &due.room;
        // Up to there events may be gone and figures are final: what comes late for that time is stored and counts no more.
        let final_ms = self.store.purged_until(room).await?.unwrap_or(i64::MIN);
        if due.last_ms <= final_ms {
            let nothing = Window { after_ms: final_ms, until_ms: final_ms };
            return Ok(Reckoned { due, window: nothing, settled_ms: Vec::new(), figures: Vec::new(), again: None, facts: 0 });
        }
        let after_ms = self.store.settled_before(room, due.first_ms).await?.unwrap_or(i64::MIN).max(final_ms);
        let mut skip = 0;
        loop {
            // A settled instant to come moves on with every event of the people there, and nothing lies beyond it.
            let until_ms = self.store.settled_from(room, due.last_ms, skip).await?.filter(|until_ms| *until_ms <= now_ms);
            let window = Window { after_ms, until_ms: until_ms.unwrap_or(i64::MAX) };
            let facts = self.facts_of_call(room, window).await?;
            let looked_at = facts.len();
            let reckoning = Reckoning::of(facts, now_ms);
            if !reckoning.is_complete(until_ms) {
                // An entry waits for an end beyond the window. Each attempt reaches twice as far.
                skip = skip * 2 + 1;
                continue;
            }
            let again = reckoning.calls.iter().find(|call| call.in_progress).map(|call| call.start_ms);
            let of_call = |call| call_days(call, due.utc_offset_mins).into_iter().map(|(day, figures)| (call.start_ms, day, figures));
            let figures = reckoning.calls.iter().flat_map(of_call).collect();
            return Ok(Reckoned { due, window, settled_ms: reckoning.settled_ms, figures, again, facts: looked_at });
        }
    }

    /// Everything that happened in a window, with the ends of the text room of the same digits that were meant for this one (rule 7 of
    /// stays).
    async fn facts_of_call(&self, room: &RoomOf, window: Window) -> Stored<Vec<Fact>> {
        let mut facts = self.store.facts(room, window).await?;
        let text_room =
            RoomKey::from_tag(&room.room).and_then(|key| key.of_same_digits()).filter(|other| matches!(other, RoomKey::Name(_)));
        // Where nothing happened an end has no bearing.
        if let Some(text_room) = text_room.filter(|_| !facts.is_empty()) {
            let text_room = RoomOf { room: text_room.tag(), ..room.clone() };
            let heard = Window { after_ms: window.after_ms.saturating_sub(MAX_SILENCE_MS), ..window };
            let ends = misdirected_ends(self.store.facts(&text_room, heard).await?);
            facts.extend(ends.into_iter().filter(|end| end.at_ms() > window.after_ms));
        }
        Ok(facts)
    }

    /// Writes what was reckoned, but for the rooms that another server has worked out meanwhile. A change that has taken its time is committed
    /// and another one begun.
    async fn write(&self, rooms: Vec<Reckoned<'_>>, now_ms: i64) -> Stored<()> {
        let mut left = rooms.as_slice();
        while !left.is_empty() {
            let mut change = self.store.change().await?;
            let begun = Instant::now();
            let mut differences = Differences::default();
            let mut written = 0;
            for reckoned in left {
                write_room(&mut change, reckoned, now_ms, &mut differences).await?;
                written += 1;
                if begun.elapsed() >= LONGEST_CHANGE {
                    break;
                }
            }
            differences.write(&mut change, now_ms).await?;
            change.commit_unrecorded().await?;
            self.let_events_go_first(begun.elapsed()).await;
            let (done, rest) = left.split_at(written);
            for reckoned in done {
                self.rest(&reckoned.due.room, now_ms, reckoned.facts);
            }
            left = rest;
        }
        Ok(())
    }

    /// A rest after a step that took so long, while events press.
    async fn let_events_go_first(&self, step: Duration) {
        let begun = Instant::now();
        while self.bus.is_pressed() && begun.elapsed() < step * LET_GO_FIRST {
            tokio::time::sleep(LOOK_WHO_WAITS).await;
        }
    }

    fn rests_until(&self, room: &RoomOf, now_ms: i64) -> Option<i64> {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.retain(|_, until_ms| *until_ms > now_ms);
        resting.get(room).copied()
    }

    fn rest(&self, room: &RoomOf, now_ms: i64, facts: usize) {
        if facts > LARGE_WINDOW {
            let until_ms = now_ms + i64::try_from(facts).unwrap_or(0).saturating_mul(REST_US_A_FACT) / 1_000;
            self.resting.lock().unwrap_or_else(PoisonError::into_inner).insert(room.clone(), until_ms);
        }
    }
}

/// Writes a room, unless another server has worked it out meanwhile.
async fn write_room(change: &mut Change, reckoned: &Reckoned<'_>, now_ms: i64, differences: &mut Differences) -> Stored<()> {
    let room = &reckoned.due.room;
    if !take(change, reckoned.due).await? {
        return Ok(());
    }
    if let Some(start_ms) = reckoned.again {
        let again = Due { first_ms: start_ms, last_ms: start_ms, due_ms: now_ms + REFRESH_MS };
        mark(change, &BTreeMap::from([(room.clone(), again)])).await?;
    }
    replace(change, room, reckoned.window, &reckoned.settled_ms, &reckoned.figures, differences).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn readers_are_called_when_figures_were_worked_out_and_only_then() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}?mode=rwc", dir.path().join("console.db").display())).await.unwrap();
        let bus = Arc::new(Bus::default());
        let clock = Clock::fixed(0);
        let rollups = Rollups::new(store.clone(), bus.clone(), clock.clone(), Driver::new(clock));
        let mut worked = std::pin::pin!(bus.worked.notified());
        assert!(!worked.as_mut().enable());
        rollups.keep_up().await.unwrap();
        assert!(worked.as_mut().enable());
        worked.set(bus.worked.notified());
        assert!(!worked.as_mut().enable());
        store.close().await;
        assert!(rollups.keep_up().await.is_err());
        assert!(!worked.as_mut().enable());
    }
}
