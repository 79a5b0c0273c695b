//! Callbacks for SDKAppIDs that no application here has.
//!
//! They come from anybody, so there are few rows, whatever is sent, and nothing of a body is kept.

use super::{Change, Store, Stored};
use crate::domain::callback_config::Unregistered;
use crate::domain::ids::SdkAppId;

/// Numbers that are remembered; while there are so many, others are not.
const MAX_NUMBERS: i64 = 50;

impl Store {
    /// Numbers whose callbacks arrive although nobody has them, the latest first; none when several root accounts share the installation,
    /// since no number here tells whose it is.
    pub async fn unregistered(&self) -> Stored<Vec<Unregistered>> {
        let rows: Vec<(i64, i64, i64, i64, String)> = sqlx::query_as(
            "SELECT u.sdk_app_id, u.callbacks, u.first_ms, u.last_ms, u.last_address FROM unregistered_callbacks u
             WHERE (SELECT COUNT(*) FROM owners) = 1
               AND NOT EXISTS (SELECT 1 FROM applications a WHERE a.sdk_app_id = u.sdk_app_id)
             ORDER BY u.last_ms DESC, u.sdk_app_id",
        )
        .fetch_all(&self.read)
        .await?;
        let row = |(id, count, first_ms, last_ms, last_address)| Unregistered { id: SdkAppId(id), count, first_ms, last_ms, last_address };
        Ok(rows.into_iter().map(row).collect())
    }
}

/// Adds to the count of a number.
pub async fn count(change: &mut Change, new: &Unregistered) -> Stored<()> {
    let known =
        sqlx::query("UPDATE unregistered_callbacks SET callbacks = callbacks + $1, last_ms = $2, last_address = $3 WHERE sdk_app_id = $4")
            .bind(new.count)
            .bind(new.last_ms)
            .bind(&new.last_address)
            .bind(new.id.0)
            .execute(&mut **change)
            .await?;
    if known.rows_affected() > 0 {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO unregistered_callbacks (sdk_app_id, callbacks, first_ms, last_ms, last_address)
         SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS TEXT)
         WHERE (SELECT COUNT(*) FROM unregistered_callbacks) < $6 ON CONFLICT (sdk_app_id) DO NOTHING",
    )
    .bind(new.id.0)
    .bind(new.count)
    .bind(new.first_ms)
    .bind(new.last_ms)
    .bind(&new.last_address)
    .bind(MAX_NUMBERS)
    .execute(&mut **change)
    .await?;
    Ok(())
}

/// Forgets numbers from which nothing came since an instant.
pub async fn forget(change: &mut Change, before_ms: i64) -> Stored<()> {
    sqlx::query("DELETE FROM unregistered_callbacks WHERE last_ms < $1").bind(before_ms).execute(&mut **change).await?;
    Ok(())
}
