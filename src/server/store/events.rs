//! Events as received, and the callbacks that were refused.
//!
//! What events add up to stands in `rollups` and `usage`. Nothing here may change an event; old ones are deleted by `retention` alone.

use super::{Change, Store, Stored, by_rows, placeholders};
use crate::domain::events::{Event, ReceivedEvent, Refusal, RefusalReason, RoomKey, SHOWN_BODY_CHARS};
use crate::domain::ids::{SdkAppId, Uin};
use crate::domain::stays::Fact;

/// An event on its way into the database.
#[derive(Clone, Debug)]
pub struct NewEvent {
    pub owner: Uin,
    pub app: SdkAppId,
    /// Names the event, however often it is sent.
    pub id: String,
    pub received_ms: i64,
    pub event: Event,
    /// As it was sent.
    pub body: String,
    /// The sealed callback key that it is signed with.
    pub key: String,
}

/// A time, group or type that an event does not have.
const NO_TIME: i64 = 0;
const NO_NUMBER: i64 = -1;

impl NewEvent {
    /// What it says about stays; `None` when it has no bearing on figures.
    #[must_use]
    pub fn fact(&self) -> Option<Fact> {
        let event = &self.event;
        Fact::new(event.event_type?, event.at_ms?, self.received_ms, event.user.as_deref(), event.unique.as_deref())
    }
}

impl Store {
    /// The last events of an application, newest first.
    pub async fn received_events(&self, owner: Uin, app: SdkAppId, limit: i64) -> Stored<Vec<ReceivedEvent>> {
        type Row = (i64, i64, String, i64, i64, String, String, i64);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT received_ms, at_ms, room, event_group, event_type, user_id, SUBSTR(body, 1, CAST($4 AS INTEGER)), CAST(LENGTH(body) AS BIGINT)
             FROM events WHERE owner_uin = $1 AND sdk_app_id = $2 ORDER BY received_ms DESC, event_id LIMIT $3",
        )
        .bind(owner.0)
        .bind(app.0)
        .bind(limit)
        .bind(SHOWN_BODY_CHARS)
        .fetch_all(&self.read)
        .await?;
        let event = |(received_ms, at_ms, room, group, event_type, user, body, body_chars): Row| ReceivedEvent {
            received_ms,
            at_ms: (at_ms != NO_TIME).then_some(at_ms),
            group: (group != NO_NUMBER).then_some(group),
            event_type: (event_type != NO_NUMBER).then_some(event_type),
            room: RoomKey::from_tag(&room),
            user: (!user.is_empty()).then_some(user),
            body: Some(body),
            body_chars,
        };
        Ok(rows.into_iter().map(event).collect())
    }

    /// When the last event of relay and the last one of recording arrived since an instant.
    pub async fn relay_and_recording_seen(&self, owner: Uin, app: SdkAppId, since_ms: i64) -> Stored<(Option<i64>, Option<i64>)> {
        // Each group as a constant, so that its own small index serves.
        let last = |group: &str| {
            format!(
                "(SELECT MAX(received_ms) FROM events WHERE owner_uin = $1 AND sdk_app_id = $2 AND event_group = {group} AND received_ms > $3)"
            )
        };
        let query = format!("SELECT {}, {}", last("4"), last("3"));
        let seen = sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(owner.0).bind(app.0).bind(since_ms);
        Ok(seen.fetch_one(&self.read).await?)
    }

    /// The callbacks of an application that were refused, by hour, newest first.
    pub async fn refusals(&self, owner: Uin, app: SdkAppId, limit: i64) -> Stored<Vec<Refusal>> {
        let rows: Vec<(i64, String, i64, i64, String)> = sqlx::query_as(
            "SELECT hour_ms, reason, refused, last_ms, last_address FROM callback_refusals
             WHERE owner_uin = $1 AND sdk_app_id = $2 ORDER BY hour_ms DESC, reason LIMIT $3",
        )
        .bind(owner.0)
        .bind(app.0)
        .bind(limit)
        .fetch_all(&self.read)
        .await?;
        let refusal = |(hour_ms, reason, count, last_ms, last_address): (i64, String, i64, i64, String)| Refusal {
            hour_ms,
            reason: RefusalReason::from_tag(&reason),
            count,
            last_ms,
            last_address,
        };
        Ok(rows.into_iter().map(refusal).collect())
    }
}

/// Columns of an event.
const COLUMNS: usize = 11;

/// Stores events; one that is there already is left as it is. In the order of their keys, so that what lies together is written together, and
/// two servers never wait for each other crosswise.
pub async fn keep(change: &mut Change, events: &[&NewEvent]) -> Stored<()> {
    let mut rows: Vec<(String, &NewEvent)> =
        events.iter().map(|new| (new.event.room.as_ref().map_or_else(String::new, RoomKey::tag), *new)).collect();
    rows.sort_unstable_by(|(room, new), (other_room, other)| {
        (new.app, room, new.event.at_ms, &new.id).cmp(&(other.app, other_room, other.event.at_ms, &other.id))
    });
    for some in by_rows(&rows) {
        let sql = format!(
            "INSERT INTO events (owner_uin, sdk_app_id, event_id, received_ms, at_ms, room, event_group, event_type, user_id, unique_id, body)
             VALUES {} ON CONFLICT (sdk_app_id, room, at_ms, event_id) DO NOTHING",
            placeholders(change, COLUMNS, some.len())
        );
        let mut insert = sqlx::query(sqlx::AssertSqlSafe(sql));
        for (room, new) in some {
            let event = &new.event;
            insert = insert
                .bind(new.owner.0)
                .bind(new.app.0)
                .bind(&new.id)
                .bind(new.received_ms)
                .bind(event.at_ms.unwrap_or(NO_TIME))
                .bind(room)
                .bind(event.group.unwrap_or(NO_NUMBER))
                .bind(event.event_type.unwrap_or(NO_NUMBER))
                .bind(event.user.as_deref().unwrap_or_default())
                .bind(event.unique.as_deref().unwrap_or_default())
                .bind(&new.body);
        }
        insert.execute(&mut **change).await?;
    }
    Ok(())
}

/// Adds to the count of refused callbacks of an hour; does nothing when the application is gone.
pub async fn refuse(change: &mut Change, owner: Uin, app: SdkAppId, refusal: &Refusal) -> Stored<()> {
    sqlx::query(
        "INSERT INTO callback_refusals (owner_uin, sdk_app_id, hour_ms, reason, refused, last_ms, last_address)
         SELECT owner_uin, sdk_app_id, $3, $4, $5, $6, $7 FROM applications
         WHERE owner_uin = $1 AND sdk_app_id = $2 AND deleted_ms = 0
         ON CONFLICT (sdk_app_id, hour_ms, reason) DO UPDATE SET refused = callback_refusals.refused + excluded.refused,
         last_ms = excluded.last_ms, last_address = excluded.last_address",
    )
    .bind(owner.0)
    .bind(app.0)
    .bind(refusal.hour_ms)
    .bind(refusal.reason.tag())
    .bind(refusal.count)
    .bind(refusal.last_ms)
    .bind(&refusal.last_address)
    .execute(&mut **change)
    .await?;
    Ok(())
}
