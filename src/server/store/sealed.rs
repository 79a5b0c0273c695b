//! Sealed texts of every table, for whoever replaces the sealing key, and the canary that tells whether a key is the right one.
//!
//! Everything stays sealed here; only `services::sealing` opens it.

use super::{Change, Store, Stored};
use crate::domain::ids::{SdkAppId, Uin};

/// A column that holds sealed texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    CallbackKey,
    RecordingKey,
}

impl Column {
    /// Every column that holds sealed texts.
    pub const ALL: [Self; 2] = [Self::CallbackKey, Self::RecordingKey];

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::CallbackKey => ("applications", "callback_key_sealed"),
            Self::RecordingKey => ("app_features", "recording_key_sealed"),
        }
    }
}

/// A sealed text of an application.
#[derive(Clone, Debug)]
pub struct SealedText {
    pub column: Column,
    pub owner: Uin,
    pub app: SdkAppId,
    pub sealed: String,
}

impl Store {
    /// The sealed canary; `None` in a database that has none yet.
    pub async fn seal_canary(&self) -> Stored<Option<String>> {
        let row: Option<(String,)> = sqlx::query_as("SELECT sealed FROM seal_canary").fetch_optional(&self.read).await?;
        Ok(row.map(|(sealed,)| sealed))
    }

    /// The sealed texts that do not begin with a prefix; all of them with an empty one. Of every owner: the key is the installation's.
    pub async fn sealed_texts_without(&self, prefix: &str) -> Stored<Vec<SealedText>> {
        let mut found = Vec::new();
        for column in Column::ALL {
            let (table, name) = column.names();
            let sql = format!(
                "SELECT owner_uin, sdk_app_id, {name} FROM {table}
                 WHERE {name} <> '' AND (CAST($1 AS TEXT) = '' OR SUBSTR({name}, 1, LENGTH(CAST($1 AS TEXT))) <> $1)
                 ORDER BY sdk_app_id"
            );
            let rows: Vec<(i64, i64, String)> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(prefix).fetch_all(&self.read).await?;
            found.extend(rows.into_iter().map(|(owner, app, sealed)| SealedText { column, owner: Uin(owner), app: SdkAppId(app), sealed }));
        }
        Ok(found)
    }
}

/// Replaces a sealed text, if it still is the one that was read; an empty one leaves the application without the secret.
pub async fn replace(change: &mut Change, was: &SealedText, sealed: &str) -> Stored<()> {
    let (table, name) = was.column.names();
    let sql = format!("UPDATE {table} SET {name} = $1 WHERE owner_uin = $2 AND sdk_app_id = $3 AND {name} = $4");
    sqlx::query(sqlx::AssertSqlSafe(sql)).bind(sealed).bind(was.owner.0).bind(was.app.0).bind(&was.sealed).execute(&mut **change).await?;
    Ok(())
}

/// Sets the canary if it still is the one that was read; `None` for one that was not there. `false` when another server was quicker.
pub async fn set_canary(change: &mut Change, was: Option<&str>, sealed: &str) -> Stored<bool> {
    let query = match was {
        None => sqlx::query("INSERT INTO seal_canary (only_row, sealed) VALUES (1, $1) ON CONFLICT (only_row) DO NOTHING").bind(sealed),
        Some(was) => sqlx::query("UPDATE seal_canary SET sealed = $1 WHERE sealed = $2").bind(sealed).bind(was),
    };
    Ok(query.execute(&mut **change).await?.rows_affected() > 0)
}

/// Forgets the canary, so that the next start takes the key it finds.
pub async fn forget_canary(change: &mut Change) -> Stored<()> {
    sqlx::query("DELETE FROM seal_canary").execute(&mut **change).await?;
    Ok(())
}
