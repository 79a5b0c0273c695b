//! Applications and their tags.
//!
//! Callback keys come and go sealed; they must never be opened here.

use super::{Store, Stored};
use crate::domain::ids::{SdkAppId, Uin};

/// What a decision needs to know of an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppFacts {
    pub id: SdkAppId,
    pub name: String,
    pub created_by: Uin,
    /// `key&value`, as `qcs:resource_tag` has them.
    pub tags: Vec<String>,
}

impl Store {
    /// What decisions need of every application of an owner, by number.
    pub async fn app_facts(&self, owner: Uin) -> Stored<Vec<AppFacts>> {
        let rows: Vec<(i64, String, i64, String, String)> = sqlx::query_as(
            "SELECT a.sdk_app_id, a.name, a.created_by, COALESCE(t.tag_key, ''), COALESCE(t.tag_value, '')
             FROM applications a LEFT JOIN application_tags t ON t.sdk_app_id = a.sdk_app_id
             WHERE a.owner_uin = $1 ORDER BY a.sdk_app_id, t.tag_key",
        )
        .bind(owner.0)
        .fetch_all(&self.read)
        .await?;
        let mut apps: Vec<AppFacts> = Vec::new();
        for (id, name, created_by, key, value) in rows {
            if apps.last().is_none_or(|app| app.id.0 != id) {
                apps.push(AppFacts { id: SdkAppId(id), name, created_by: Uin(created_by), tags: Vec::new() });
            }
            if let (Some(app), false) = (apps.last_mut(), key.is_empty()) {
                app.tags.push(format!("{key}&{value}"));
            }
        }
        Ok(apps)
    }
}
