//! The histories of applications from before there were operation records become such records, once, when a server starts.

use super::{Store, StoreError, Stored};
use crate::domain::app_changes::Setting;
use crate::domain::audit::{ActorType, AuditEvent, Identity};
use crate::domain::audit_change::Done;
use crate::domain::ids::{SdkAppId, Uin};

#[derive(sqlx::FromRow)]
struct Old {
    sdk_app_id: i64,
    seq: i64,
    at_ms: i64,
    uin: i64,
    name: String,
    before_json: String,
    after_json: String,
}

impl Old {
    fn event(&self, owner: Uin) -> Result<AuditEvent, serde_json::Error> {
        let (before, after): (Setting, Setting) = (serde_json::from_str(&self.before_json)?, serde_json::from_str(&self.after_json)?);
        let (source, name) = after.action().split_once(':').unwrap_or_default();
        let done = Done::to(SdkAppId(self.sdk_app_id), "").setting(before, after.clone());
        let by = Identity {
            kind: if self.uin == owner.0 { ActorType::Root } else { ActorType::CAMUser },
            account_id: owner.to_string(),
            principal_id: self.uin.to_string(),
            user_name: self.name.clone(),
            ..Identity::default()
        };
        Ok(AuditEvent { resources: done.resources, changes: done.changes, ..AuditEvent::new(source, name, by, self.at_ms) })
    }
}

impl Store {
    /// Carries the histories over; a second server, or a second start, finds nothing left.
    pub async fn carry_over_histories(&self) -> Stored<()> {
        let owners: Vec<(i64,)> = sqlx::query_as("SELECT DISTINCT owner_uin FROM app_changes").fetch_all(&self.read).await?;
        for (owner,) in owners {
            let mut change = self.change().await?;
            let mut rows: Vec<Old> = sqlx::query_as(
                "DELETE FROM app_changes WHERE owner_uin = $1
                 RETURNING sdk_app_id, seq, at_ms, uin, name, before_json, after_json",
            )
            .bind(owner)
            .fetch_all(&mut *change)
            .await?;
            rows.sort_by_key(|row| (row.at_ms, row.sdk_app_id, row.seq));
            let events = rows.iter().map(|row| row.event(Uin(owner)).map(|event| (Uin(owner), event)));
            let events = events.collect::<Result<_, _>>().map_err(|error| StoreError::Broken(sqlx::Error::Decode(error.into())))?;
            change.commit_all(events).await?;
        }
        Ok(())
    }
}
