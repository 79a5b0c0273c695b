//! The sealed callback keys of applications: as they are stored, and as they were last seen.
//!
//! What is remembered saves the question for each event, but never decides alone: the change that stores events asks again which keys are in
//! force ([`in_force`]), and who does not fit what is remembered is compared with what is stored. Nothing is remembered unsealed.

use super::{Change, Store, Stored, by_rows, placeholders};
use crate::domain::ids::{SdkAppId, Uin};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// The owner of an application and its sealed callback key, empty when it has none.
pub type KeyOf = (Uin, String);

/// Keys as they were last seen. There are no more of them than applications.
#[derive(Clone, Debug, Default)]
pub(super) struct SeenKeys(Arc<Mutex<HashMap<SdkAppId, KeyOf>>>);

impl SeenKeys {
    fn see(&self, app: SdkAppId, key: Option<&KeyOf>) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match key {
            Some(key) => seen.insert(app, key.clone()),
            None => seen.remove(&app),
        };
    }
}

impl Store {
    /// The key of an application as it was last seen here. It may have been replaced since.
    #[must_use]
    pub fn seen_callback_key(&self, app: SdkAppId) -> Option<KeyOf> {
        self.seen_keys.0.lock().unwrap_or_else(PoisonError::into_inner).get(&app).cloned()
    }

    /// The key of an application. Asked before anybody is known, so it names no owner.
    pub async fn callback_key(&self, app: SdkAppId) -> Stored<Option<KeyOf>> {
        let row: Option<(i64, String)> =
            sqlx::query_as("SELECT owner_uin, callback_key_sealed FROM applications WHERE sdk_app_id = $1 AND deleted_ms = 0")
                .bind(app.0)
                .fetch_optional(&self.read)
                .await?;
        let key = row.map(|(owner, sealed)| (Uin(owner), sealed));
        self.seen_keys.see(app, key.as_ref());
        Ok(key)
    }
}

/// The keys of those of some applications that are there, as a change finds them.
pub async fn in_force(change: &mut Change, apps: &BTreeSet<SdkAppId>) -> Stored<BTreeMap<SdkAppId, KeyOf>> {
    let mut keys = BTreeMap::new();
    let apps: Vec<&SdkAppId> = apps.iter().collect();
    for some in by_rows(&apps) {
        let sql = format!(
            "SELECT sdk_app_id, owner_uin, callback_key_sealed FROM applications WHERE deleted_ms = 0 AND sdk_app_id IN {}",
            placeholders(change, some.len(), 1)
        );
        let query = some.iter().fold(sqlx::query_as(sqlx::AssertSqlSafe(sql)), |query, app| query.bind(app.0));
        let rows: Vec<(i64, i64, String)> = query.fetch_all(&mut **change).await?;
        keys.extend(rows.into_iter().map(|(app, owner, sealed)| (SdkAppId(app), (Uin(owner), sealed))));
    }
    Ok(keys)
}
