//! The histories of applications from before there were operation records become such records, once, when a server starts.

use super::{Store, StoreError, Stored};
use crate::domain::app_changes::Setting;
use crate::domain::audit::{ActionType, ActorType, AuditEvent, EVENT_VERSION, Identity, Outcome};
use crate::domain::audit_change::Done;
use crate::domain::ids::{SdkAppId, Uin};
use crate::server::clock::random_bytes;

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
        let id = uuid::Builder::from_unix_timestamp_millis(self.at_ms.unsigned_abs(), &random_bytes::<10>()).into_uuid();
        Ok(AuditEvent {
            seq: 0,
            event_id: id.to_string(),
            event_version: EVENT_VERSION,
            time_ms: self.at_ms,
            event_source: source.to_owned(),
            event_name: name.to_owned(),
            operation: String::new(),
            action_type: ActionType::Write,
            event_type: "ConsoleCall".to_owned(),
            sensitive_action: 0,
            result: Outcome::Success,
            error_code: String::new(),
            error_message: String::new(),
            user_identity: Identity {
                kind: if self.uin == owner.0 { ActorType::Root } else { ActorType::CAMUser },
                account_id: owner.to_string(),
                principal_id: self.uin.to_string(),
                user_name: self.name.clone(),
                ..Identity::default()
            },
            source_ip_address: String::new(),
            user_agent: String::new(),
            request_id: String::new(),
            resources: done.resources,
            changes: done.changes,
            decision: None,
            count: 1,
        })
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
