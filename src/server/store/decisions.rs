//! What accounts asked for and whether they might, counted by day.

use super::{Change, Store, Stored, by_rows, placeholders};
use crate::domain::ids::{PolicyId, Uin};

/// What was decided so many times on a day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counted {
    pub owner: Uin,
    pub uin: Uin,
    /// Days since 1970-01-01, UTC.
    pub day: i64,
    /// The operation or page of the catalogue.
    pub asked: &'static str,
    /// 0 for none.
    pub app: i64,
    pub allowed: bool,
    pub times: i64,
}

/// The same, summed over the days.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DecidedRow {
    pub uin: i64,
    pub asked: String,
    pub sdk_app_id: i64,
    pub times: i64,
    pub last_day: i64,
    /// The last day on which it was allowed; 0 for never.
    pub last_allowed: i64,
}

impl Store {
    /// What the accounts that a policy reaches asked for since a day.
    pub async fn decided_for_reached(&self, owner: Uin, policy: PolicyId, since_day: i64, now_ms: i64) -> Stored<Vec<DecidedRow>> {
        Ok(sqlx::query_as(
            "SELECT d.uin, d.asked, d.sdk_app_id, CAST(SUM(d.times) AS BIGINT) AS times, MAX(d.day) AS last_day,
                 MAX(CASE WHEN d.allowed = 1 THEN d.day ELSE 0 END) AS last_allowed
             FROM decisions d
             WHERE d.owner_uin = $1 AND d.day >= $3 AND d.uin IN (
                 SELECT t.uin FROM attachments t WHERE t.owner_uin = $1 AND t.policy_id = $2 AND t.until_ms > $4 AND t.uin <> 0
                 UNION SELECT m.uin FROM attachments t JOIN group_members m ON m.group_id = t.group_id
                 WHERE t.owner_uin = $1 AND t.policy_id = $2 AND t.until_ms > $4)
             GROUP BY d.uin, d.asked, d.sdk_app_id ORDER BY d.uin, d.asked, d.sdk_app_id",
        )
        .bind(owner.0)
        .bind(policy.0)
        .bind(since_day)
        .bind(now_ms)
        .fetch_all(&self.read)
        .await?)
    }

    /// The root accounts with more rows than that, with how many they have.
    pub async fn owners_of_many_decisions(&self, most: i64) -> Stored<Vec<(i64, i64)>> {
        let query = sqlx::query_as("SELECT owner_uin, COUNT(*) FROM decisions GROUP BY owner_uin HAVING COUNT(*) > $1");
        Ok(query.bind(most).fetch_all(&self.read).await?)
    }
}

/// Adds to what is counted. The rows come in their order, so that servers that write at once wait for each other and no more.
pub async fn add(change: &mut Change, rows: &[Counted]) -> Stored<()> {
    for some in by_rows(rows) {
        let sql = format!(
            "INSERT INTO decisions (owner_uin, uin, day, asked, sdk_app_id, allowed, times) VALUES {}
             ON CONFLICT (owner_uin, uin, day, asked, sdk_app_id, allowed) DO UPDATE SET times = decisions.times + excluded.times",
            placeholders(change, 7, some.len())
        );
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for row in some {
            query = query.bind(row.owner.0).bind(row.uin.0).bind(row.day).bind(row.asked).bind(row.app);
            query = query.bind(i64::from(row.allowed)).bind(row.times);
        }
        query.execute(&mut **change).await?;
    }
    Ok(())
}

/// Forgets what was decided before a day.
pub async fn forget_before(change: &mut Change, day: i64) -> Stored<()> {
    sqlx::query("DELETE FROM decisions WHERE day < $1").bind(day).execute(&mut **change).await?;
    Ok(())
}

/// Forgets the oldest day of an owner; gives how many rows that were.
pub async fn forget_oldest_day(change: &mut Change, owner: i64) -> Stored<u64> {
    let sql = "DELETE FROM decisions WHERE owner_uin = $1 AND day = (SELECT MIN(d.day) FROM decisions d WHERE d.owner_uin = $1)";
    Ok(sqlx::query(sql).bind(owner).execute(&mut **change).await?.rows_affected())
}
