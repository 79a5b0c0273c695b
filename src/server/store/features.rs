//! Function configurations.
//!
//! The key of the recording callback comes and goes sealed; it must never be part of the configuration.

use super::{Change, Store, StoreError, Stored};
use crate::domain::features::Features;
use crate::domain::ids::{SdkAppId, Uin};

/// A function configuration as stored.
#[derive(Clone, Debug, Default)]
pub struct StoredFeatures {
    /// 0 for one that was never saved.
    pub version: i64,
    pub features: Features,
    /// Empty without a key.
    pub recording_key_sealed: String,
}

/// What was stored does not read as what it should be; a fault of ours.
fn unreadable(error: serde_json::Error) -> StoreError {
    StoreError::Broken(sqlx::Error::Decode(Box::new(error)))
}

impl Store {
    /// The function configuration of an application; the default until one is saved.
    pub async fn features(&self, owner: Uin, id: SdkAppId) -> Stored<StoredFeatures> {
        let row: Option<(i64, String, String)> =
            sqlx::query_as("SELECT version, config, recording_key_sealed FROM app_features WHERE owner_uin = $1 AND sdk_app_id = $2")
                .bind(owner.0)
                .bind(id.0)
                .fetch_optional(&self.read)
                .await?;
        row.map_or_else(
            || Ok(StoredFeatures::default()),
            |(version, config, recording_key_sealed)| {
                let features = serde_json::from_str(&config).map_err(unreadable)?;
                Ok(StoredFeatures { version, features, recording_key_sealed })
            },
        )
    }
}

/// Saves a function configuration that was based on `stored.version` and raises that; `false` when another save came first.
pub async fn save(change: &mut Change, owner: Uin, id: SdkAppId, stored: &StoredFeatures) -> Stored<bool> {
    let config = serde_json::to_string(&stored.features).map_err(unreadable)?;
    sqlx::query(
        "INSERT INTO app_features (sdk_app_id, owner_uin, version, config, recording_key_sealed) VALUES ($1, $2, 0, '', '')
         ON CONFLICT (sdk_app_id) DO NOTHING",
    )
    .bind(id.0)
    .bind(owner.0)
    .execute(&mut **change)
    .await?;
    let done = sqlx::query(
        "UPDATE app_features SET version = version + 1, config = $1, recording_key_sealed = $2
         WHERE owner_uin = $3 AND sdk_app_id = $4 AND version = $5",
    )
    .bind(config)
    .bind(&stored.recording_key_sealed)
    .bind(owner.0)
    .bind(id.0)
    .bind(stored.version)
    .execute(&mut **change)
    .await?;
    Ok(done.rows_affected() > 0)
}
