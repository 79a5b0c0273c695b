//! Deleting events that are older than the installation keeps them, without touching a figure.
//!
//! First a room is closed up to a settled instant, from which on it owes nothing to what was before; then events up to that instant may go.
//! Roll-ups begin no window before it (`purged_until`).

use super::rollups::RoomOf;
use super::{Change, Store, Stored};
use crate::domain::ids::{SdkAppId, Uin};
use crate::domain::stays::Fact;

impl Store {
    /// Rooms that can be closed up to an instant before `before_ms`, a few of them.
    pub async fn rooms_to_close(&self, before_ms: i64, limit: i64) -> Stored<Vec<RoomOf>> {
        let rows: Vec<(i64, i64, String)> =
            sqlx::query_as("SELECT DISTINCT owner_uin, sdk_app_id, room FROM rooms_settled WHERE purged = 0 AND settled_ms < $1 LIMIT $2")
                .bind(before_ms)
                .bind(limit)
                .fetch_all(&self.read)
                .await?;
        Ok(rows.into_iter().map(|(owner, app, room)| RoomOf { app: SdkAppId(app), room, owner: Uin(owner) }).collect())
    }

    /// The instant up to which events of a room may be gone. While the room is due, nobody can move it.
    pub async fn purged_until(&self, room: &RoomOf) -> Stored<Option<i64>> {
        let (until_ms,): (Option<i64>,) = sqlx::query_as(
            "SELECT MAX(settled_ms) FROM rooms_settled WHERE owner_uin = $1 AND sdk_app_id = $2 AND room = $3 AND purged = 1",
        )
        .bind(room.owner.0)
        .bind(room.app.0)
        .bind(&room.room)
        .fetch_one(&self.read)
        .await?;
        Ok(until_ms)
    }

    /// Every application of everybody that has an event received before an instant.
    pub async fn apps_with_events_before(&self, before_ms: i64) -> Stored<Vec<(Uin, SdkAppId)>> {
        let rows: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT owner_uin, sdk_app_id FROM applications a
             WHERE EXISTS (SELECT 1 FROM events e WHERE e.sdk_app_id = a.sdk_app_id AND e.received_ms < $1) ORDER BY sdk_app_id",
        )
        .bind(before_ms)
        .fetch_all(&self.read)
        .await?;
        Ok(rows.into_iter().map(|(owner, app)| (Uin(owner), SdkAppId(app))).collect())
    }
}

/// Closes a room up to its last settled instant before `before_ms`; the earlier ones are of no use then. `false` when the room is due, or
/// something new was noted of it: it is worked out first.
///
/// The note that a room is due serves as its lock: until the change ends nobody else can have it worked out or make it due. What a change of
/// the intake has noted that is still open cannot be seen here: `before_ms` must be longer ago than such a change can have begun.
pub async fn close_room(change: &mut Change, room: &RoomOf, before_ms: i64) -> Stored<bool> {
    let locked = sqlx::query(
        "INSERT INTO rooms_due (owner_uin, sdk_app_id, room, first_ms, last_ms, due_ms)
         SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS TEXT), 0, 0, 0
         WHERE NOT EXISTS (SELECT 1 FROM room_marks WHERE owner_uin = $1 AND sdk_app_id = $2 AND room = $3)
         ON CONFLICT (sdk_app_id, room) DO NOTHING",
    );
    if locked.bind(room.owner.0).bind(room.app.0).bind(&room.room).execute(&mut **change).await?.rows_affected() == 0 {
        return Ok(false);
    }
    let of_room = "owner_uin = $1 AND sdk_app_id = $2 AND room = $3";
    for sql in [
        format!(
            "DELETE FROM rooms_settled WHERE {of_room} AND settled_ms <
             (SELECT MAX(s.settled_ms) FROM rooms_settled s WHERE s.sdk_app_id = $2 AND s.room = $3 AND s.settled_ms < $4)"
        ),
        format!("UPDATE rooms_settled SET purged = 1 WHERE {of_room} AND settled_ms < $4"),
    ] {
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(room.owner.0).bind(room.app.0).bind(&room.room).bind(before_ms);
        query.execute(&mut **change).await?;
    }
    sqlx::query("DELETE FROM rooms_due WHERE owner_uin = $1 AND sdk_app_id = $2 AND room = $3")
        .bind(room.owner.0)
        .bind(room.app.0)
        .bind(&room.room)
        .execute(&mut **change)
        .await?;
    Ok(true)
}

/// Deletes so many events at most that an application received before an instant: those that no figure is made of, and those of closed
/// rooms. Gives how many.
pub async fn purge_events(change: &mut Change, owner: Uin, app: SdkAppId, before_ms: i64, max_rows: i64) -> Stored<u64> {
    let counted = Fact::EVENT_TYPES.map(|event_type| event_type.to_string()).join(", ");
    let sql = format!(
        "DELETE FROM events WHERE owner_uin = $1 AND sdk_app_id = $2 AND (room, at_ms, event_id) IN (
             SELECT e.room, e.at_ms, e.event_id FROM events e WHERE e.sdk_app_id = $2 AND e.received_ms < $3
             AND (e.room = '' OR e.at_ms = 0 OR e.event_type NOT IN ({counted}) OR EXISTS (
                 SELECT 1 FROM rooms_settled s
                 WHERE s.sdk_app_id = e.sdk_app_id AND s.room = e.room AND s.purged = 1 AND s.settled_ms >= e.at_ms))
             LIMIT $4)"
    );
    let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(owner.0).bind(app.0).bind(before_ms).bind(max_rows);
    Ok(query.execute(&mut **change).await?.rows_affected())
}

#[cfg(test)]
mod tests {
    use super::super::rollups::{Due, gather, note};
    use super::*;
    use std::collections::BTreeMap;

    #[tokio::test]
    async fn a_room_of_which_something_new_was_noted_is_not_closed() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}?mode=rwc", dir.path().join("console.db").display())).await.unwrap();
        let room = RoomOf { app: SdkAppId(7), room: "n:1".to_owned(), owner: Uin(1) };
        let mut change = store.change().await.unwrap();
        for sql in [
            "INSERT INTO owners VALUES (1, 1, 0, 480, 0, 0)",
            "INSERT INTO applications (sdk_app_id, owner_uin, name, description, status, created_by, created_ms, callback_key_sealed)
             VALUES (7, 1, 'school', '', 'normal', 1, 1, '')",
            "INSERT INTO rooms_settled (owner_uin, sdk_app_id, room, settled_ms) VALUES (1, 7, 'n:1', 5)",
        ] {
            sqlx::query(sql).execute(&mut *change).await.unwrap();
        }
        let due = Due { first_ms: 3, last_ms: 3, due_ms: 9 };
        note(&mut change, &BTreeMap::from([(room.clone(), due)])).await.unwrap();
        assert!(!close_room(&mut change, &room, 8).await.unwrap(), "noted");
        assert_eq!((gather(&mut change, 10).await.unwrap(), gather(&mut change, 10).await.unwrap()), (1, 0));
        assert!(!close_room(&mut change, &room, 8).await.unwrap(), "due");
        sqlx::query("DELETE FROM rooms_due").execute(&mut *change).await.unwrap();
        assert!(close_room(&mut change, &room, 8).await.unwrap());
        change.commit_unrecorded().await.unwrap();
        assert_eq!(store.purged_until(&room).await.unwrap(), Some(5));
    }
}
