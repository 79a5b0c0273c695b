//! Reading the sums of the days.
//!
//! Statistics come from here alone; events must never be added up for a reader.

use super::{Store, Stored};
use crate::domain::days::{Day, Period};
use crate::domain::ids::{SdkAppId, Uin};
use crate::domain::usage::{UsageRow, minutes};

#[derive(sqlx::FromRow)]
struct DayColumns {
    sdk_app_id: i64,
    day: i64,
    audio_ms: i64,
    video_ms: i64,
    users: i64,
    entries: i64,
    rooms: i64,
    in_progress: i64,
    silent: i64,
}

impl From<DayColumns> for UsageRow {
    fn from(c: DayColumns) -> Self {
        Self {
            day: Day::from_number(c.day),
            app: SdkAppId(c.sdk_app_id),
            audio_minutes: minutes(c.audio_ms),
            video_minutes: minutes(c.video_ms),
            users: c.users,
            entries: c.entries,
            rooms: c.rooms,
            in_progress: c.in_progress,
            silent: c.silent,
        }
    }
}

impl Store {
    /// The figures of some applications, by day and number; days on which nothing happened have no row.
    pub async fn usage_days(&self, owner: Uin, apps: &[SdkAppId], period: Period) -> Stored<Vec<UsageRow>> {
        let (Some(first), Some(last)) = (apps.iter().min(), apps.iter().max()) else { return Ok(Vec::new()) };
        let rows: Vec<DayColumns> = sqlx::query_as(
            "SELECT sdk_app_id, day, audio_ms, video_ms, users, entries, rooms, in_progress, silent FROM usage_days
             WHERE owner_uin = $1 AND sdk_app_id >= $2 AND sdk_app_id <= $3 AND day >= $4 AND day <= $5 ORDER BY day, sdk_app_id",
        )
        .bind(owner.0)
        .bind(first.0)
        .bind(last.0)
        .bind(period.from.number())
        .bind(period.to.number())
        .fetch_all(&self.read)
        .await?;
        // An owner has at most 100 applications, so the few rows between that are not asked for cost nothing.
        Ok(rows.into_iter().filter(|row| apps.contains(&SdkAppId(row.sdk_app_id))).map(UsageRow::from).collect())
    }

    /// Whether anything was counted for some applications on a day or before, so that a later day without a row is a day without use.
    pub async fn counted_until(&self, owner: Uin, apps: &[SdkAppId], day: Day) -> Stored<bool> {
        for app in apps {
            let row: Option<(i64,)> =
                sqlx::query_as("SELECT day FROM usage_days WHERE owner_uin = $1 AND sdk_app_id = $2 AND day <= $3 LIMIT 1")
                    .bind(owner.0)
                    .bind(app.0)
                    .bind(day.number())
                    .fetch_optional(&self.read)
                    .await?;
            if row.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// When the first event of some applications was received that their figures lack, up to an instant; `None` when they hold everything. Of
    /// others it must tell nothing.
    pub async fn behind_since(&self, owner: Uin, apps: &[SdkAppId], now_ms: i64) -> Stored<Option<i64>> {
        let (Some(first), Some(last)) = (apps.iter().min(), apps.iter().max()) else { return Ok(None) };
        let behind: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT sdk_app_id, MIN(due_ms) FROM rooms_due
             WHERE owner_uin = $1 AND sdk_app_id >= $2 AND sdk_app_id <= $3 AND due_ms <= $4 GROUP BY sdk_app_id
             UNION ALL SELECT sdk_app_id, MIN(due_ms) FROM room_marks
             WHERE owner_uin = $1 AND sdk_app_id >= $2 AND sdk_app_id <= $3 AND due_ms <= $4 GROUP BY sdk_app_id",
        )
        .bind(owner.0)
        .bind(first.0)
        .bind(last.0)
        .bind(now_ms)
        .fetch_all(&self.read)
        .await?;
        Ok(behind.into_iter().filter(|(app, _)| apps.contains(&SdkAppId(*app))).map(|(_, due_ms)| due_ms).min())
    }
}
