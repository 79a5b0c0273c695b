//! Roll-ups: works out the figures of the rooms that are due, from the last settled instant before what is new, and adds up the days.
//!
//! The rules are those of `domain::stays`. Nothing is counted up or down: a window is worked out anew and replaces what was there, so an
//! event that comes late or twice, or a crash in between, can never make a figure wrong.

use crate::domain::calls::Reckoning;
use crate::domain::days::Day;
use crate::domain::ids::{SdkAppId, Uin};
use crate::domain::usage::call_days;
use crate::server::clock::Clock;
use crate::server::store::retention::purged_until;
use crate::server::store::rollups::{CallFigures, Due, RoomOf, Window, claim, facts, mark, replace, settled_before, settled_from, sum_day};
use crate::server::store::{Change, Store, StoreError, Stored};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;

/// Rooms of one transaction.
const MAX_ROOMS: i64 = 200;
/// Stays in progress count up to the last time they were worked out, which is at most this long ago.
const REFRESH_MS: i64 = 60_000;
/// A room that could not be worked out is tried again after this.
const RETRY_MS: i64 = 60_000;
/// The worker looks for what is due at least this often: another server may have noted it.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// A room that is never empty gets an ever longer window. One with more facts than this rests before it is worked out again.
const LARGE_WINDOW: usize = 5_000;
/// A fact costs some 5 µs; with this rest for each, such a room takes at most a twentieth of the time.
const REST_US_A_FACT: i64 = 100;

/// The worker that keeps figures up. Cheap to clone.
#[derive(Clone)]
pub struct Rollups {
    store: Store,
    clock: Clock,
    /// Expensive rooms, and until when they are left alone.
    resting: Arc<Mutex<HashMap<RoomOf, i64>>>,
}

impl Rollups {
    pub(crate) fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock, resting: Arc::default() }
    }

    /// Starts the worker; abort it to stop, nothing is lost.
    pub(crate) fn start(&self) -> JoinHandle<()> {
        let rollups = self.clone();
        tokio::spawn(async move {
            loop {
                if let Err(error) = rollups.catch_up().await {
                    tracing::error!(%error, "figures could not be worked out; they will be");
                }
                let _ = tokio::time::timeout(LOOK_EVERY, rollups.store.due.notified()).await;
            }
        })
    }

    /// Works out everything that is due.
    pub(crate) async fn catch_up(&self) -> Stored<()> {
        loop {
            let now_ms = self.clock.now_ms();
            let rooms = self.store.rooms_due(now_ms, MAX_ROOMS).await?;
            if rooms.is_empty() {
                return Ok(());
            }
            match self.work_out(&rooms, now_ms).await {
                Ok(()) => {}
                Err(StoreError::Unavailable(error)) => return Err(StoreError::Unavailable(error)),
                Err(_) => self.one_by_one(&rooms, now_ms).await?,
            }
        }
    }

    /// One of the rooms is a problem: the others go on, it waits.
    async fn one_by_one(&self, rooms: &[(RoomOf, i64)], now_ms: i64) -> Stored<()> {
        for room in rooms {
            if let Err(error) = self.work_out(std::slice::from_ref(room), now_ms).await {
                tracing::error!(app = room.0.app.0, %error, "the figures of a room could not be worked out");
                self.store.put_off(&room.0, now_ms + RETRY_MS).await?;
            }
        }
        Ok(())
    }

    /// Works out some rooms and the sums of their days in one change.
    async fn work_out(&self, rooms: &[(RoomOf, i64)], now_ms: i64) -> Stored<()> {
        let mut rooms: Vec<&(RoomOf, i64)> = rooms.iter().collect();
        // In the order of the keys, so that two servers never wait for each other crosswise.
        rooms.sort_unstable();
        let mut change = self.store.change().await?;
        let mut days: BTreeSet<(SdkAppId, Day, Uin)> = BTreeSet::new();
        for (room, utc_offset_mins) in rooms {
            let Some(due) = claim(&mut change, room).await? else { continue };
            if let Some(rested_ms) = self.rests_until(room, now_ms) {
                mark(&mut change, room, Due { not_before_ms: rested_ms, ..due }).await?;
                continue;
            }
            let (touched, facts) = work_out_room(&mut change, room, due, *utc_offset_mins, now_ms).await?;
            days.extend(touched.into_iter().map(|day| (room.app, day, room.owner)));
            self.rest(room, now_ms, facts);
        }
        for (app, day, owner) in days {
            sum_day(&mut change, owner, app, day, now_ms).await?;
        }
        change.commit().await?;
        Ok(())
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

/// Works out a room from the last settled instant before what is new to the first one after it. Gives the days that may have changed, and
/// how many facts were looked at.
async fn work_out_room(change: &mut Change, room: &RoomOf, due: Due, utc_offset_mins: i64, now_ms: i64) -> Stored<(BTreeSet<Day>, usize)> {
    // Up to there events may be gone and figures are final: what comes late for that time is stored and counts no more.
    let final_ms = purged_until(change, room).await?.unwrap_or(i64::MIN);
    if due.last_ms <= final_ms {
        return Ok((BTreeSet::new(), 0));
    }
    let after_ms = settled_before(change, room, due.first_ms).await?.unwrap_or(i64::MIN).max(final_ms);
    let mut skip = 0;
    loop {
        // A settled instant to come moves on with every event of the people there, and nothing lies beyond it.
        let until_ms = settled_from(change, room, due.last_ms, skip).await?.filter(|until_ms| *until_ms <= now_ms);
        let window = Window { after_ms, until_ms: until_ms.unwrap_or(i64::MAX) };
        let facts = facts(change, room, window).await?;
        let looked_at = facts.len();
        let reckoning = Reckoning::of(facts, now_ms);
        if !reckoning.is_complete(until_ms) {
            // An entry waits for an end beyond the window. Each attempt reaches twice as far.
            skip = skip * 2 + 1;
            continue;
        }
        if let Some(call) = reckoning.calls.iter().find(|call| call.in_progress) {
            let again = Due { first_ms: call.start_ms, last_ms: call.start_ms, due_ms: now_ms + REFRESH_MS, not_before_ms: 0 };
            mark(change, room, again).await?;
        }
        let of_call = |call| call_days(call, utc_offset_mins).into_iter().map(|(day, figures)| (call.start_ms, day, figures));
        let figures: Vec<CallFigures> = reckoning.calls.iter().flat_map(of_call).collect();
        return Ok((replace(change, room, window, &reckoning.settled_ms, &figures).await?, looked_at));
    }
}
