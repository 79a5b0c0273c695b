//! Reading the sums of the days.
//!
//! Statistics come from here alone; events must never be added up for a reader.

use super::{Store, StoreError, Stored};
use crate::domain::days::{Day, Period};
use crate::domain::ids::{SdkAppId, Uin};
use crate::domain::usage::{UsageRow, minutes};

/// Rows of numbers out of one text, `1 2 3;4 5 6`. Each row that comes as such costs the thread of the database and the one that waits a turn, and
/// each of its values a copy or two; a page of figures reads some hundred.
fn numbers<const COLUMNS: usize>(text: &str) -> Stored<Vec<[i64; COLUMNS]>> {
    let broken = || StoreError::Broken(sqlx::Error::Decode("no rows of numbers".into()));
    let row = |row: &str| {
        let mut columns = [0; COLUMNS];
        let mut values = row.split(' ');
        for column in &mut columns {
            *column = values.next()?.parse().ok()?;
        }
        values.next().is_none().then_some(columns)
    };
    text.split(';').filter(|part| !part.is_empty()).map(|part| row(part).ok_or_else(broken)).collect()
}

impl Store {
    /// The figures of some applications, by day and number; days on which nothing happened have no row.
    pub async fn usage_days(&self, owner: Uin, apps: &[SdkAppId], period: Period) -> Stored<Vec<UsageRow>> {
        let (Some(first), Some(last)) = (apps.iter().min(), apps.iter().max()) else { return Ok(Vec::new()) };
        let (text,): (String,) = sqlx::query_as(
            "SELECT COALESCE(string_agg(CAST(day AS TEXT) || ' ' || CAST(sdk_app_id AS TEXT) || ' ' || CAST(audio_ms AS TEXT)
                 || ' ' || CAST(video_ms AS TEXT) || ' ' || CAST(users AS TEXT) || ' ' || CAST(entries AS TEXT) || ' ' || CAST(rooms AS TEXT)
                 || ' ' || CAST(in_progress AS TEXT) || ' ' || CAST(silent AS TEXT), ';'), '')
             FROM usage_days WHERE owner_uin = $1 AND sdk_app_id >= $2 AND sdk_app_id <= $3 AND day >= $4 AND day <= $5",
        )
        .bind(owner.0)
        .bind(first.0)
        .bind(last.0)
        .bind(period.from.number())
        .bind(period.to.number())
        .fetch_one(&self.read)
        .await?;
        let row = |[day, app, audio_ms, video_ms, users, entries, rooms, in_progress, silent]: [i64; 9]| UsageRow {
            day: Day::from_number(day),
            app: SdkAppId(app),
            audio_minutes: minutes(audio_ms),
            video_minutes: minutes(video_ms),
            users,
            entries,
            rooms,
            in_progress,
            silent,
        };
        // An owner has at most 100 applications, so the few rows between that are not asked for cost nothing.
        let mut rows: Vec<UsageRow> = numbers(&text)?.into_iter().map(row).filter(|row| apps.contains(&row.app)).collect();
        rows.sort_unstable_by_key(|row| (row.day, row.app));
        Ok(rows)
    }

    /// Whether anything was counted for some applications on a day or before, so that a later day without a row is a day without use.
    pub async fn counted_until(&self, owner: Uin, apps: &[SdkAppId], day: Day) -> Stored<bool> {
        let (Some(first), Some(last)) = (apps.iter().min(), apps.iter().max()) else { return Ok(false) };
        let (counted,): (String,) = sqlx::query_as(
            "SELECT COALESCE(string_agg(CAST(a.sdk_app_id AS TEXT), ';'), '') FROM applications a
             WHERE a.owner_uin = $1 AND a.sdk_app_id >= $2 AND a.sdk_app_id <= $3 AND EXISTS
                 (SELECT 1 FROM usage_days u WHERE u.owner_uin = $1 AND u.sdk_app_id = a.sdk_app_id AND u.day <= $4)",
        )
        .bind(owner.0)
        .bind(first.0)
        .bind(last.0)
        .bind(day.number())
        .fetch_one(&self.read)
        .await?;
        Ok(numbers(&counted)?.into_iter().any(|[app]| apps.contains(&SdkAppId(app))))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_numbers_are_read_whole_or_not_at_all() {
        assert_eq!(numbers("1 2;-3 4").unwrap(), [[1, 2], [-3, 4]]);
        assert_eq!(numbers::<2>("").unwrap(), Vec::<[i64; 2]>::new());
        for wrong in ["1", "1 2 3", "1 2;3", "1 x", "1  2", "1 2, 3 4"] {
            assert!(numbers::<2>(wrong).is_err(), "{wrong}");
        }
    }
}
