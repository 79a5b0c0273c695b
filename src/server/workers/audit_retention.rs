//! Cuts off operation records past their retention. In small portions, so that nobody waits for it; each says so in a record of its own, which is
//! written together with the cut.

use super::driver::Driver;
use crate::catalog::limits::MAX_AUDIT_EVENTS;
use crate::domain::audit_change::{Done, Field};
use crate::domain::days::DAY_MS;
use crate::domain::ids::Uin;
use crate::server::clock::Clock;
use crate::server::gate::cut_event;
use crate::server::store::{Store, Stored, audit};
use std::time::Duration;
use tokio::task::JoinHandle;

/// How often the worker looks for what is too old.
const LOOK_EVERY: Duration = Duration::from_secs(600);
/// Records of one change: a few milliseconds, in which nothing else can be written on SQLite.
const CUT_EVENTS: i64 = 500;
/// Changes of one look.
const CUTS: usize = 20;
/// Others have the database for themselves so long between two changes.
const PAUSE: Duration = Duration::from_millis(20);

/// Starts the worker; abort it to stop, it goes on after the next start.
pub(crate) fn start(store: Store, clock: Clock, driver: &Driver) -> JoinHandle<()> {
    let work = move || {
        let (store, now_ms) = (store.clone(), clock.now_ms());
        async move { cut(&store, now_ms).await.map(drop) }
    };
    driver.every("audit-retention", LOOK_EVERY, "old operation records could not be deleted", work)
}

/// Cuts off what is past its retention. Gives how many records that were.
pub(crate) async fn cut(store: &Store, now_ms: i64) -> Stored<u64> {
    let mut gone = 0;
    for head in store.audit_heads(None).await? {
        let owner = Uin(head.owner_uin);
        let mut head = head;
        if head.shorter_from_ms > 0 && head.shorter_from_ms <= now_ms {
            let mut change = store.change().await?;
            audit::shorten_retention(&mut change, owner, now_ms).await?;
            let (longer, shorter) = (head.retention_days.to_string(), head.shorter_days.to_string());
            let done = Done::default().text(Field::Retention, &longer, &shorter);
            change.commit(owner, cut_event(owner, done, now_ms)).await?;
            head.retention_days = head.shorter_days;
        }
        let before_ms = now_ms - head.retention_days.saturating_mul(DAY_MS);
        for _ in 0..CUTS {
            let Some((seq, hash)) = store.audit_cut(&head, before_ms, MAX_AUDIT_EVENTS, CUT_EVENTS).await? else { break };
            let mut change = store.change().await?;
            gone += audit::cut(&mut change, owner, seq, &hash).await?;
            let done = Done::default().text(Field::Retention, &format!("{}..{seq}", head.cut_seq + 1), "");
            change.commit(owner, cut_event(owner, done, now_ms)).await?;
            head.cut_seq = seq;
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(gone)
}
