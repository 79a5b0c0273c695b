//! Removes attachments that have come to their end, each with a record that says so. Nothing waits for it: from its end on an attachment counts
//! nowhere, whether it has been removed or not.

use super::driver::Driver;
use crate::catalog::preset;
use crate::domain::audit::utc;
use crate::domain::audit_change::{Done, Field};
use crate::domain::ids::{GroupId, PolicyId, Uin};
use crate::server::clock::Clock;
use crate::server::gate::ended_event;
use crate::server::store::attachments::{Ended, remove_ended};
use crate::server::store::{Store, Stored};
use std::time::Duration;
use tokio::task::JoinHandle;

/// How often the worker looks for what has ended.
const LOOK_EVERY: Duration = Duration::from_secs(20);
/// Attachments of one look; each is removed in a change of its own.
const REMOVED: i64 = 200;

/// Starts the worker; abort it to stop, it goes on after the next start.
pub(crate) fn start(store: Store, clock: Clock, driver: &Driver) -> JoinHandle<()> {
    let work = move || {
        let (store, now_ms) = (store.clone(), clock.now_ms());
        async move { remove(&store, now_ms).await.map(drop) }
    };
    driver.every("attachments", LOOK_EVERY, "attachments that have ended could not be removed", work)
}

/// Removes what has ended by that time. Gives how many attachments that were.
pub(crate) async fn remove(store: &Store, now_ms: i64) -> Stored<u64> {
    let mut removed = 0;
    for ended in store.ended_attachments(now_ms, REMOVED).await? {
        let mut change = store.change().await?;
        // It may have been attached anew since; what is not committed is rolled back.
        if remove_ended(&mut change, &ended, now_ms).await? {
            let owner = Uin(ended.owner_uin);
            change.commit(owner, ended_event(owner, done(&ended), now_ms)).await?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// What has ended, as the record tells it.
fn done(ended: &Ended) -> Done {
    let name = preset::find(ended.policy_id).map_or(ended.policy_name.as_str(), |preset| preset.name);
    let of =
        if ended.group_id == 0 { Done::to(Uin(ended.uin), &ended.user_name) } else { Done::to(GroupId(ended.group_id), &ended.group_name) };
    of.and(PolicyId(ended.policy_id), name).text(Field::Until, &utc(ended.until_ms), "")
}
