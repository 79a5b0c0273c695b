//! The links of the chain of an owner's operation records: how one is hashed, and how one is appended at the end of a change.

use super::{StoreError, Stored};
use crate::domain::audit::{ActionType, AuditEvent};
use crate::domain::ids::Uin;
use crate::server::clock::random_bytes;
use crate::server::hex::hex;
use sha2::{Digest as _, Sha256};
use sqlx::AnyConnection;

/// The hash of an event: of its owner, its number, the hash before it and its text.
pub(super) fn chain_hash(owner: Uin, seq: i64, prev: &str, body: &str) -> String {
    let mut sum = Sha256::new();
    sum.update(format!("trtc-audit-1\0{owner}\0{seq}\0{prev}\0"));
    sum.update(body);
    hex(&sum.finalize())
}

/// Appends an event, which gets its number and its id here. The head's row is locked by it, so that two never follow the same one.
pub(super) async fn append(connection: &mut AnyConnection, owner: Uin, mut event: AuditEvent) -> Stored<()> {
    let head: (i64, String) = sqlx::query_as("UPDATE audit_heads SET seq = seq + 1 WHERE owner_uin = $1 RETURNING seq, hash")
        .bind(owner.0)
        .fetch_one(&mut *connection)
        .await?;
    let (seq, prev) = head;
    event.seq = seq;
    // An id that nothing else in the world has, and that sorts by time.
    let id = uuid::Builder::from_unix_timestamp_millis(event.time_ms.unsigned_abs(), &random_bytes::<10>()).into_uuid();
    event.event_id = id.to_string();
    let body = event.to_json().map_err(|error| StoreError::Broken(sqlx::Error::Encode(error.into())))?;
    let hash = chain_hash(owner, seq, &prev, &body);
    sqlx::query(
        "INSERT INTO audit_events (owner_uin, seq, body, prev, hash, event_id, time_ms, event_name, result, writes, sensitive, uin, address,
             request_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(owner.0)
    .bind(seq)
    .bind(body)
    .bind(prev)
    .bind(&hash)
    .bind(&event.event_id)
    .bind(event.time_ms)
    .bind(event.full_name())
    .bind(event.result.tag())
    .bind(i64::from(event.action_type == ActionType::Write))
    .bind(i64::from(event.sensitive_action))
    .bind(principal(&event))
    .bind(&event.source_ip_address)
    .bind(&event.request_id)
    .execute(&mut *connection)
    .await?;
    for thing in &event.resources {
        sqlx::query("INSERT INTO audit_resources (owner_uin, type, id, seq) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
            .bind(owner.0)
            .bind(thing.kind.tag())
            .bind(&thing.id)
            .bind(seq)
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query("UPDATE audit_heads SET hash = $1 WHERE owner_uin = $2").bind(hash).bind(owner.0).execute(&mut *connection).await?;
    Ok(())
}

/// The account that did it, 0 for nobody.
pub(super) fn principal(event: &AuditEvent) -> i64 {
    event.user_identity.principal_id.parse().unwrap_or(0)
}
