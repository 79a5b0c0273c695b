//! Roll-ups: rooms in which something is new, rooms that are due, and what their figures are made from.
//!
//! The intake only appends what is new ([`note`]); the roll-ups make rooms due for it ([`gather`]). The arithmetic is `domain`'s; the figures are in `figures`, reading their sums in `usage`. What figures are made from is read before the
//! change that writes them, so that nobody waits for arithmetic; the change begins with [`take`], so that figures and the note that they are
//! due can never disagree.

use super::callback_keys::in_force;
use super::{Change, Store, Stored, by_rows, placeholders};
use crate::domain::ids::{SdkAppId, Uin};
use crate::domain::stays::Fact;
use crate::server::clock::random_number;
use std::collections::{BTreeMap, BTreeSet};

/// A room of an application, as the keys of these tables have it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomOf {
    pub app: SdkAppId,
    /// See `RoomKey::tag`.
    pub room: String,
    pub owner: Uin,
}

/// A stretch of a room's time: later than the one end, up to the other.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub after_ms: i64,
    pub until_ms: i64,
}

/// A time within which something is new, and when it is to be worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    pub first_ms: i64,
    pub last_ms: i64,
    /// From then on the figures are behind.
    pub due_ms: i64,
}

impl Due {
    /// Takes in what is new beside.
    pub fn widen(&mut self, other: Self) {
        self.first_ms = self.first_ms.min(other.first_ms);
        self.last_ms = self.last_ms.max(other.last_ms);
        self.due_ms = self.due_ms.min(other.due_ms);
    }
}

/// A room that is due, as it was noted when it was looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DueRoom {
    pub room: RoomOf,
    /// Within these something is new.
    pub first_ms: i64,
    pub last_ms: i64,
    /// The owner's offset from UTC.
    pub utc_offset_mins: i64,
    noted: i64,
    marks: i64,
}

/// Owner, application, room, first and last time, offset, and the two marks of a [`DueRoom`].
type DueColumns = (i64, i64, String, i64, i64, i64, i64, i64);

/// Nothing waits longer. What is to wait until later was noted under a clock that was ahead, and is due.
const LONGEST_WAIT_MS: i64 = 3_600_000;

impl Store {
    /// Whether anything was noted that no room is due for yet.
    pub async fn is_anything_noted(&self) -> Stored<bool> {
        let row: Option<(i64,)> = sqlx::query_as("SELECT mark_id FROM room_marks LIMIT 1").fetch_optional(&self.read).await?;
        Ok(row.is_some())
    }

    /// The rooms that are due, the longest waiting first.
    pub async fn rooms_due(&self, now_ms: i64, limit: i64) -> Stored<Vec<DueRoom>> {
        let rows: Vec<DueColumns> = sqlx::query_as(
            "SELECT d.owner_uin, d.sdk_app_id, d.room, d.first_ms, d.last_ms, o.utc_offset_mins, d.noted, d.marks
             FROM rooms_due d JOIN owners o ON o.owner_uin = d.owner_uin
             WHERE (d.due_ms <= $1 OR d.due_ms > $2) AND (d.not_before_ms <= $1 OR d.not_before_ms > $2) ORDER BY d.due_ms LIMIT $3",
        )
        .bind(now_ms)
        .bind(now_ms + LONGEST_WAIT_MS)
        .bind(limit)
        .fetch_all(&self.read)
        .await?;
        let due = |(owner, app, room, first_ms, last_ms, utc_offset_mins, noted, marks)| {
            let room = RoomOf { app: SdkAppId(app), room, owner: Uin(owner) };
            DueRoom { room, first_ms, last_ms, utc_offset_mins, noted, marks }
        };
        Ok(rows.into_iter().map(due).collect())
    }

    /// Puts off a room that could not be worked out, so that it does not hold up the others. It stays due.
    pub async fn put_off(&self, room: &RoomOf, not_before_ms: i64) -> Stored<()> {
        self.writer
            .carry_out(
                sqlx::query("UPDATE rooms_due SET not_before_ms = $1 WHERE owner_uin = $2 AND sdk_app_id = $3 AND room = $4")
                    .bind(not_before_ms)
                    .bind(room.owner.0)
                    .bind(room.app.0)
                    .bind(&room.room),
            )
            .await?;
        Ok(())
    }

    /// The last settled instant before another.
    pub async fn settled_before(&self, room: &RoomOf, at_ms: i64) -> Stored<Option<i64>> {
        let row: Option<(i64,)> = sqlx::query_as(
            "SELECT settled_ms FROM rooms_settled WHERE sdk_app_id = $1 AND room = $2 AND settled_ms < $3 AND owner_uin = $4
             ORDER BY settled_ms DESC LIMIT 1",
        )
        .bind(room.app.0)
        .bind(&room.room)
        .bind(at_ms)
        .bind(room.owner.0)
        .fetch_optional(&self.read)
        .await?;
        Ok(row.map(|(settled_ms,)| settled_ms))
    }

    /// A settled instant at or after another: the first, or the one so many later.
    pub async fn settled_from(&self, room: &RoomOf, at_ms: i64, skip: i64) -> Stored<Option<i64>> {
        let row: Option<(i64,)> = sqlx::query_as(
            "SELECT settled_ms FROM rooms_settled WHERE sdk_app_id = $1 AND room = $2 AND settled_ms >= $3 AND owner_uin = $5
             ORDER BY settled_ms LIMIT 1 OFFSET $4",
        )
        .bind(room.app.0)
        .bind(&room.room)
        .bind(at_ms)
        .bind(skip)
        .bind(room.owner.0)
        .fetch_optional(&self.read)
        .await?;
        Ok(row.map(|(settled_ms,)| settled_ms))
    }

    /// Everything that happened in a window.
    pub async fn facts(&self, room: &RoomOf, window: Window) -> Stored<Vec<Fact>> {
        let rows: Vec<(i64, i64, i64, String, String)> = sqlx::query_as(
            "SELECT event_type, at_ms, received_ms, user_id, unique_id FROM events
             WHERE sdk_app_id = $1 AND room = $2 AND at_ms > $3 AND at_ms <= $4 AND owner_uin = $5 AND event_type >= $6 AND event_type <= $7",
        )
        .bind(room.app.0)
        .bind(&room.room)
        .bind(window.after_ms)
        .bind(window.until_ms)
        .bind(room.owner.0)
        .bind(Fact::EVENT_TYPES[0])
        .bind(Fact::EVENT_TYPES[Fact::EVENT_TYPES.len() - 1])
        .fetch_all(&self.read)
        .await?;
        let text = |text: &'_ str| (!text.is_empty()).then(|| text.to_owned());
        let fact = |(event_type, at_ms, received_ms, user, unique): &(i64, i64, i64, String, String)| {
            Fact::new(*event_type, *at_ms, *received_ms, text(user).as_deref(), text(unique).as_deref())
        };
        Ok(rows.iter().filter_map(fact).collect())
    }
}

/// Notes in which rooms something is new. Only appends, so it never waits for anybody who works a room out.
pub async fn note(change: &mut Change, rooms: &BTreeMap<RoomOf, Due>) -> Stored<()> {
    let mark_id = random_number(0, i64::MAX);
    let rooms: Vec<(&RoomOf, &Due)> = rooms.iter().collect();
    for some in by_rows(&rooms) {
        let sql = format!(
            "INSERT INTO room_marks (owner_uin, sdk_app_id, room, mark_id, first_ms, last_ms, due_ms) VALUES {}",
            placeholders(change, 7, some.len())
        );
        let mut insert = sqlx::query(sqlx::AssertSqlSafe(sql));
        for (room, due) in some {
            insert = insert.bind(room.owner.0).bind(room.app.0).bind(&room.room).bind(mark_id);
            insert = insert.bind(due.first_ms).bind(due.last_ms).bind(due.due_ms);
        }
        insert.execute(&mut **change).await?;
    }
    Ok(())
}

/// Makes rooms due for what was noted of them, of at most so many notes, and gives how many those were. What was noted for an application that
/// is gone is dropped.
pub async fn gather(change: &mut Change, max_notes: i64) -> Stored<usize> {
    let notes: Vec<(i64, i64, String, i64, i64, i64)> = sqlx::query_as(
        "DELETE FROM room_marks WHERE (owner_uin, sdk_app_id, room, mark_id) IN (
             SELECT owner_uin, sdk_app_id, room, mark_id FROM room_marks ORDER BY owner_uin, sdk_app_id, room, mark_id LIMIT $1)
         RETURNING owner_uin, sdk_app_id, room, first_ms, last_ms, due_ms",
    )
    .bind(max_notes)
    .fetch_all(&mut **change)
    .await?;
    let gathered = notes.len();
    let apps: BTreeSet<SdkAppId> = notes.iter().map(|(_, app, ..)| SdkAppId(*app)).collect();
    let living = in_force(change, &apps).await?;
    let mut rooms: BTreeMap<RoomOf, Due> = BTreeMap::new();
    for (owner, app, room, first_ms, last_ms, due_ms) in notes {
        let room = RoomOf { app: SdkAppId(app), room, owner: Uin(owner) };
        if living.get(&room.app).is_some_and(|(owner, _)| *owner == room.owner) {
            let new = Due { first_ms, last_ms, due_ms };
            rooms.entry(room).and_modify(|due| due.widen(new)).or_insert(new);
        }
    }
    mark(change, &rooms).await?;
    Ok(gathered)
}

/// Makes rooms due, in the order of their keys, so that two servers never wait for each other crosswise. What made a room due before is widened,
/// and a rest lasts as long as it was to last.
pub async fn mark(change: &mut Change, rooms: &BTreeMap<RoomOf, Due>) -> Stored<()> {
    let rooms: Vec<(&RoomOf, &Due)> = rooms.iter().collect();
    for some in by_rows(&rooms) {
        let sql = format!(
            "INSERT INTO rooms_due (owner_uin, sdk_app_id, room, first_ms, last_ms, due_ms, noted) VALUES {}
             ON CONFLICT (sdk_app_id, room) DO UPDATE SET marks = rooms_due.marks + 1,
             first_ms = CASE WHEN excluded.first_ms < rooms_due.first_ms THEN excluded.first_ms ELSE rooms_due.first_ms END,
             last_ms = CASE WHEN excluded.last_ms > rooms_due.last_ms THEN excluded.last_ms ELSE rooms_due.last_ms END,
             due_ms = CASE WHEN excluded.due_ms < rooms_due.due_ms THEN excluded.due_ms ELSE rooms_due.due_ms END",
            placeholders(change, 7, some.len())
        );
        let mut insert = sqlx::query(sqlx::AssertSqlSafe(sql));
        for (room, due) in some {
            insert = insert.bind(room.owner.0).bind(room.app.0).bind(&room.room);
            insert = insert.bind(due.first_ms).bind(due.last_ms).bind(due.due_ms).bind(random_number(0, i64::MAX));
        }
        insert.execute(&mut **change).await?;
    }
    Ok(())
}

/// Takes a room off the list, if nobody has worked it out since it was looked at; `false` when somebody has. With something new it stays on
/// the list, and what was reckoned without that is written all the same. Until the change ends nobody else can take it or make it due again: on
/// PostgreSQL the written row is a lock.
pub async fn take(change: &mut Change, due: &DueRoom) -> Stored<bool> {
    let held: Option<(i64,)> = sqlx::query_as(
        "UPDATE rooms_due SET noted = $5 WHERE owner_uin = $1 AND sdk_app_id = $2 AND room = $3 AND noted = $4 RETURNING marks",
    )
    .bind(due.room.owner.0)
    .bind(due.room.app.0)
    .bind(&due.room.room)
    .bind(due.noted)
    .bind(random_number(0, i64::MAX))
    .fetch_optional(&mut **change)
    .await?;
    if held == Some((due.marks,)) {
        sqlx::query("DELETE FROM rooms_due WHERE owner_uin = $1 AND sdk_app_id = $2 AND room = $3")
            .bind(due.room.owner.0)
            .bind(due.room.app.0)
            .bind(&due.room.room)
            .execute(&mut **change)
            .await?;
    }
    Ok(held.is_some())
}
