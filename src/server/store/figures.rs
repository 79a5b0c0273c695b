//! What the calls of a room add to each day, and the sums of the days: written as differences.
//!
//! A window of a room is reckoned anew by `domain`; what stands here is compared with it, and only what differs is written, to the sums of the
//! days too. So a change costs what is new, however much has happened on a day. Figures and sums must never be written apart.

use super::rollups::{RoomOf, Window};
use super::{Change, Stored, by_rows, placeholders};
use crate::domain::days::Day;
use crate::domain::ids::{SdkAppId, Uin};
use crate::domain::usage::CallDay;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::QueryAs;
use sqlx::{Any, FromRow};
use std::collections::{BTreeMap, BTreeSet};

/// What a call adds to a day, with the beginning of the call.
pub type CallFigures = (i64, Day, CallDay);

/// Figures that can be added and taken away, in the order of the columns: audio, video, entries, in progress, silent.
type Figures = [i64; 5];

/// How the sums of days change. Gathered over the rooms of one change and written at its end, in the order of the keys and for as short as can
/// be: on PostgreSQL every written row is a lock, and the rows of a day are everybody's.
#[derive(Debug, Default)]
pub struct Differences {
    days: BTreeMap<(Uin, SdkAppId, Day), DayDifference>,
    /// By how many calls more or less a user was in.
    users: BTreeMap<(Uin, SdkAppId, Day, String), i64>,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct DayDifference {
    figures: Figures,
    users: i64,
    rooms: i64,
}

/// Replaces the settled instants and the figures of the calls that begin in a window, and notes by what that changes the sums of the days.
pub async fn replace(
    change: &mut Change,
    room: &RoomOf,
    window: Window,
    settled_ms: &[i64],
    figures: &[CallFigures],
    differences: &mut Differences,
) -> Stored<()> {
    replace_settled(change, room, window, settled_ms).await?;
    replace_calls(change, room, window, figures, differences).await?;
    replace_users(change, room, window, figures, differences).await
}

/// A query for what a room has in a window: application, room, both ends of the window, owner.
fn in_window<'q, R>(sql: &'static str, room: &'q RoomOf, window: Window) -> QueryAs<'q, Any, R, AnyArguments>
where
    R: for<'r> FromRow<'r, AnyRow>,
{
    sqlx::query_as(sql).bind(room.app.0).bind(&room.room).bind(window.after_ms).bind(window.until_ms).bind(room.owner.0)
}

async fn replace_settled(change: &mut Change, room: &RoomOf, window: Window, settled_ms: &[i64]) -> Stored<()> {
    let before: Vec<(i64,)> = in_window(
        "SELECT settled_ms FROM rooms_settled WHERE sdk_app_id = $1 AND room = $2 AND settled_ms > $3 AND settled_ms <= $4 AND owner_uin = $5",
        room,
        window,
    )
    .fetch_all(&mut **change)
    .await?;
    let before: BTreeSet<i64> = before.into_iter().map(|(settled_ms,)| settled_ms).collect();
    let after: BTreeSet<i64> = settled_ms.iter().copied().collect();
    for gone_ms in before.difference(&after) {
        sqlx::query("DELETE FROM rooms_settled WHERE sdk_app_id = $1 AND room = $2 AND settled_ms = $3 AND owner_uin = $4")
            .bind(room.app.0)
            .bind(&room.room)
            .bind(gone_ms)
            .bind(room.owner.0)
            .execute(&mut **change)
            .await?;
    }
    let new: Vec<i64> = after.difference(&before).copied().collect();
    for some in by_rows(&new) {
        let sql =
            format!("INSERT INTO rooms_settled (owner_uin, sdk_app_id, room, settled_ms) VALUES {}", placeholders(change, 4, some.len()));
        let mut insert = sqlx::query(sqlx::AssertSqlSafe(sql));
        for settled_ms in some {
            insert = insert.bind(room.owner.0).bind(room.app.0).bind(&room.room).bind(settled_ms);
        }
        insert.execute(&mut **change).await?;
    }
    Ok(())
}

async fn replace_calls(
    change: &mut Change,
    room: &RoomOf,
    window: Window,
    figures: &[CallFigures],
    differences: &mut Differences,
) -> Stored<()> {
    let before: Vec<(i64, i64, i64, i64, i64, i64, i64)> = in_window(
        "SELECT call_ms, day, audio_ms, video_ms, entries, in_progress, silent FROM call_days
         WHERE sdk_app_id = $1 AND room = $2 AND call_ms > $3 AND call_ms <= $4 AND owner_uin = $5",
        room,
        window,
    )
    .fetch_all(&mut **change)
    .await?;
    let before: BTreeMap<(i64, Day), Figures> = before
        .into_iter()
        .map(|(call_ms, day, audio, video, entries, in_progress, silent)| {
            ((call_ms, Day::from_number(day)), [audio, video, entries, in_progress, silent])
        })
        .collect();
    let after: BTreeMap<(i64, Day), Figures> = figures
        .iter()
        .map(|(call_ms, day, of)| ((*call_ms, *day), [of.audio_ms, of.video_ms, of.entries, of.in_progress, of.silent]))
        .collect();
    for ((call_ms, day), gone) in before.iter().filter(|(key, _)| !after.contains_key(key)) {
        differences.day(room, *day).add(gone, -1);
        sqlx::query("DELETE FROM call_days WHERE sdk_app_id = $1 AND day = $2 AND room = $3 AND call_ms = $4 AND owner_uin = $5")
            .bind(room.app.0)
            .bind(day.number())
            .bind(&room.room)
            .bind(call_ms)
            .bind(room.owner.0)
            .execute(&mut **change)
            .await?;
    }
    let new: Vec<(&(i64, Day), &Figures)> = after.iter().filter(|(key, figures)| before.get(key) != Some(figures)).collect();
    for some in by_rows(&new) {
        let sql = format!(
            "INSERT INTO call_days (owner_uin, sdk_app_id, day, room, call_ms, audio_ms, video_ms, entries, in_progress, silent) VALUES {}
             ON CONFLICT (sdk_app_id, day, room, call_ms) DO UPDATE SET audio_ms = excluded.audio_ms, video_ms = excluded.video_ms,
             entries = excluded.entries, in_progress = excluded.in_progress, silent = excluded.silent",
            placeholders(change, 10, some.len())
        );
        let mut insert = sqlx::query(sqlx::AssertSqlSafe(sql));
        for ((call_ms, day), figures) in some {
            insert = insert.bind(room.owner.0).bind(room.app.0).bind(day.number()).bind(&room.room).bind(call_ms);
            insert = figures.iter().fold(insert, |insert, figure| insert.bind(*figure));
            let difference = differences.day(room, *day);
            difference.add(figures, 1);
            if let Some(was) = before.get(&(*call_ms, *day)) {
                difference.add(was, -1);
            }
        }
        insert.execute(&mut **change).await?;
    }
    let days = |calls: &BTreeMap<(i64, Day), Figures>| calls.keys().map(|(_, day)| *day).collect::<BTreeSet<Day>>();
    let (days_before, days_after) = (days(&before), days(&after));
    for (changed, by) in [(days_after.difference(&days_before), 1), (days_before.difference(&days_after), -1)] {
        for day in changed {
            if !has_call_beside(change, room, window, *day).await? {
                differences.day(room, *day).rooms += by;
            }
        }
    }
    Ok(())
}

/// Whether a room has a call on a day that begins outside of a window: it counts as a room of that day whatever happens inside.
async fn has_call_beside(change: &mut Change, room: &RoomOf, window: Window, day: Day) -> Stored<bool> {
    let beside: Option<(i64,)> = sqlx::query_as(
        "SELECT call_ms FROM call_days WHERE sdk_app_id = $1 AND day = $2 AND room = $3 AND (call_ms <= $4 OR call_ms > $5) AND owner_uin = $6
         LIMIT 1",
    )
    .bind(room.app.0)
    .bind(day.number())
    .bind(&room.room)
    .bind(window.after_ms)
    .bind(window.until_ms)
    .bind(room.owner.0)
    .fetch_optional(&mut **change)
    .await?;
    Ok(beside.is_some())
}

/// A busy room has thousands of users, of whom one is new.
async fn replace_users(
    change: &mut Change,
    room: &RoomOf,
    window: Window,
    figures: &[CallFigures],
    differences: &mut Differences,
) -> Stored<()> {
    let before: Vec<(i64, i64, String)> = in_window(
        "SELECT call_ms, day, user_id FROM call_users WHERE sdk_app_id = $1 AND room = $2 AND call_ms > $3 AND call_ms <= $4 AND owner_uin = $5",
        room,
        window,
    )
    .fetch_all(&mut **change)
    .await?;
    let before: BTreeSet<(i64, Day, &str)> =
        before.iter().map(|(call_ms, day, user)| (*call_ms, Day::from_number(*day), user.as_str())).collect();
    let after: BTreeSet<(i64, Day, &str)> =
        figures.iter().flat_map(|(call_ms, day, figures)| figures.users.iter().map(move |user| (*call_ms, *day, user.as_str()))).collect();
    for (call_ms, day, user) in before.difference(&after) {
        differences.user(room, *day, user, -1);
        sqlx::query(
            "DELETE FROM call_users WHERE sdk_app_id = $1 AND day = $2 AND user_id = $3 AND room = $4 AND call_ms = $5 AND owner_uin = $6",
        )
        .bind(room.app.0)
        .bind(day.number())
        .bind(*user)
        .bind(&room.room)
        .bind(call_ms)
        .bind(room.owner.0)
        .execute(&mut **change)
        .await?;
    }
    let new: Vec<&(i64, Day, &str)> = after.difference(&before).collect();
    for some in by_rows(&new) {
        let sql = format!(
            "INSERT INTO call_users (owner_uin, sdk_app_id, day, user_id, room, call_ms) VALUES {}",
            placeholders(change, 6, some.len())
        );
        let mut insert = sqlx::query(sqlx::AssertSqlSafe(sql));
        for (call_ms, day, user) in some {
            differences.user(room, *day, user, 1);
            insert = insert.bind(room.owner.0).bind(room.app.0).bind(day.number()).bind(*user).bind(&room.room).bind(call_ms);
        }
        insert.execute(&mut **change).await?;
    }
    Ok(())
}

impl Differences {
    fn day(&mut self, room: &RoomOf, day: Day) -> &mut DayDifference {
        self.days.entry((room.owner, room.app, day)).or_default()
    }

    fn user(&mut self, room: &RoomOf, day: Day, user: &str, by: i64) {
        *self.users.entry((room.owner, room.app, day, user.to_owned())).or_default() += by;
    }

    /// Adds the differences to the sums of the days. A day on which nothing happened after all has no sums.
    pub async fn write(mut self, change: &mut Change, now_ms: i64) -> Stored<()> {
        self.write_users(change).await?;
        self.days.retain(|_, difference| *difference != DayDifference::default());
        let days: Vec<_> = self.days.iter().collect();
        for some in by_rows(&days) {
            let sql = format!(
                "INSERT INTO usage_days (owner_uin, sdk_app_id, day, audio_ms, video_ms, entries, in_progress, silent, users, rooms, updated_ms)
                 VALUES {} ON CONFLICT (sdk_app_id, day) DO UPDATE SET audio_ms = usage_days.audio_ms + excluded.audio_ms,
                 video_ms = usage_days.video_ms + excluded.video_ms, entries = usage_days.entries + excluded.entries,
                 in_progress = usage_days.in_progress + excluded.in_progress, silent = usage_days.silent + excluded.silent,
                 users = usage_days.users + excluded.users, rooms = usage_days.rooms + excluded.rooms, updated_ms = excluded.updated_ms",
                placeholders(change, 11, some.len())
            );
            let mut insert = sqlx::query(sqlx::AssertSqlSafe(sql));
            for ((owner, app, day), difference) in some {
                insert = insert.bind(owner.0).bind(app.0).bind(day.number());
                insert = difference.figures.iter().fold(insert, |insert, figure| insert.bind(*figure));
                insert = insert.bind(difference.users).bind(difference.rooms).bind(now_ms);
            }
            insert.execute(&mut **change).await?;
        }
        for ((owner, app, day), _) in self.days.iter().filter(|(_, difference)| difference.rooms < 0) {
            sqlx::query("DELETE FROM usage_days WHERE sdk_app_id = $1 AND day = $2 AND rooms = 0 AND owner_uin = $3")
                .bind(app.0)
                .bind(day.number())
                .bind(owner.0)
                .execute(&mut **change)
                .await?;
        }
        Ok(())
    }

    /// Counts in how many calls users were, and who is new on a day or was not there after all. What the database gives back is the count
    /// after everybody else who wrote it, so of two servers exactly one finds a user new.
    async fn write_users(&mut self, change: &mut Change) -> Stored<()> {
        self.users.retain(|_, by| *by != 0);
        let users: Vec<_> = self.users.iter().collect();
        for some in by_rows(&users) {
            let sql = format!(
                "INSERT INTO day_users (owner_uin, sdk_app_id, day, user_id, calls) VALUES {}
                 ON CONFLICT (sdk_app_id, day, user_id) DO UPDATE SET calls = day_users.calls + excluded.calls
                 RETURNING owner_uin, sdk_app_id, day, user_id, calls",
                placeholders(change, 5, some.len())
            );
            let mut insert = sqlx::query_as(sqlx::AssertSqlSafe(sql));
            for ((owner, app, day, user), by) in some {
                insert = insert.bind(owner.0).bind(app.0).bind(day.number()).bind(user).bind(**by);
            }
            let counted: Vec<(i64, i64, i64, String, i64)> = insert.fetch_all(&mut **change).await?;
            for (owner, app, day, user, calls) in counted {
                let (owner, app, day) = (Uin(owner), SdkAppId(app), Day::from_number(day));
                let key = (owner, app, day, user);
                let before = calls - self.users.get(&key).copied().unwrap_or(0);
                let counted = |calls: i64| i64::from(calls > 0);
                self.days.entry((owner, app, day)).or_default().users += counted(calls) - counted(before);
                if calls == 0 {
                    sqlx::query(
                        "DELETE FROM day_users WHERE sdk_app_id = $1 AND day = $2 AND user_id = $3 AND calls = 0 AND owner_uin = $4",
                    )
                    .bind(app.0)
                    .bind(day.number())
                    .bind(&key.3)
                    .bind(owner.0)
                    .execute(&mut **change)
                    .await?;
                }
            }
        }
        Ok(())
    }
}

impl DayDifference {
    fn add(&mut self, figures: &Figures, times: i64) {
        for (sum, figure) in self.figures.iter_mut().zip(figures) {
            *sum += figure * times;
        }
    }
}
