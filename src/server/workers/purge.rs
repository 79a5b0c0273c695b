//! Purge: deletes what is left of deleted applications, their events and figures.
//!
//! In small portions: one change would keep everybody waiting who reports an event.

use super::driver::Driver;
use crate::server::store::applications;
use crate::server::store::{Store, Stored};
use std::time::Duration;
use tokio::task::JoinHandle;

/// Rows that are deleted in one change: a few milliseconds, in which nothing else can be written on SQLite.
const ROWS: i64 = 500;
/// Callbacks have the database for themselves so long between two portions.
const PAUSE: Duration = Duration::from_millis(20);
/// How often the worker looks for a deleted application, and waits after a failure.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Starts the worker; abort it to stop, the rest is deleted after the next start.
pub(crate) fn start(store: Store, driver: &Driver) -> JoinHandle<()> {
    let work = move || {
        let store = store.clone();
        async move { purge(&store).await }
    };
    driver.every("purge", LOOK_EVERY, "deleted applications could not be purged", work)
}

/// Deletes what is left of deleted applications.
pub(crate) async fn purge(store: &Store) -> Stored<()> {
    while let Some((owner, id)) = store.deleted_application().await? {
        let mut change = store.change().await?;
        let more = applications::purge(&mut change, owner, id, ROWS).await?;
        change.commit_unrecorded().await?;
        if more {
            tokio::time::sleep(PAUSE).await;
        } else {
            tracing::info!(app = id.0, "a deleted application was purged");
        }
    }
    Ok(())
}
