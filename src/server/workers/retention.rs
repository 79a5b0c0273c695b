//! Retention: deletes events once they are older than the installation keeps them. Figures stay as they are, also when an event comes late.
//!
//! In small portions: one change would keep everybody waiting who reports an event.

use super::driver::Driver;
use crate::domain::days::DAY_MS;
use crate::server::clock::Clock;
use crate::server::store::retention::{close_room, purge_events};
use crate::server::store::{Store, Stored};
use std::time::Duration;
use tokio::task::JoinHandle;

/// How often the worker looks for what is too old.
const LOOK_EVERY: Duration = Duration::from_secs(3_600);
/// Rooms that are looked at together; each is closed in a change of its own.
const ROOMS: i64 = 500;
/// Events of one change: a few milliseconds, in which nothing else can be written on SQLite.
const PURGED_EVENTS: i64 = 500;
/// Callbacks have the database for themselves so long between two changes.
const PAUSE: Duration = Duration::from_millis(20);

/// An event is stored at most this long after it was received, its transaction may be open meanwhile, and the clocks of servers differ by less.
/// What nobody can see yet of a room must not be late by the time it is committed, so nothing is closed or deleted within this.
const LONGEST_INTAKE_MS: i64 = 3_600_000;

/// Starts the worker that keeps events for so many days; abort it to stop, it goes on after the next start.
pub(crate) fn start(store: Store, clock: Clock, driver: &Driver, days: i64) -> JoinHandle<()> {
    let work = move || {
        let (store, now_ms) = (store.clone(), clock.now_ms());
        async move {
            let events = purge(&store, now_ms, days).await?;
            if events > 0 {
                tracing::info!(events, days, "events past the retention period were deleted; usage figures are kept");
            }
            Ok(())
        }
    };
    driver.every("event-retention", LOOK_EVERY, "old events could not be deleted", work)
}

/// Deletes what was received more than so many days ago, and longer ago than any intake under way. Gives how many events that were.
pub(crate) async fn purge(store: &Store, now_ms: i64, days: i64) -> Stored<u64> {
    let before_ms = now_ms - days.saturating_mul(DAY_MS) - LONGEST_INTAKE_MS;
    loop {
        let mut closed = 0;
        for room in store.rooms_to_close(before_ms, ROOMS).await? {
            let mut change = store.change().await?;
            closed += u64::from(close_room(&mut change, &room, before_ms).await?);
            change.commit_unrecorded().await?;
        }
        // Rooms that are due wait for the next look.
        if closed == 0 {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    let mut purged = 0;
    for (owner, app) in store.apps_with_events_before(before_ms).await? {
        loop {
            let mut change = store.change().await?;
            let events = purge_events(&mut change, owner, app, before_ms, PURGED_EVENTS).await?;
            change.commit_unrecorded().await?;
            purged += events;
            if events == 0 {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(purged)
}
