//! The one way to write: changes that begin whole, on connections that are known to be outside of every other transaction.
//!
//! A future may be dropped at any point, and a disk may be full at any statement. Neither may leave a connection inside a transaction that
//! nobody ends: what others write on it would be answered and lost, or nothing could be written on it ever again. The pool is private to this
//! file, so that no statement can write past a change.

use super::schema::{self, OpenError, Tables, Upgrade};
use super::{Change, Stored};
use sqlx::any::{AnyArguments, AnyPoolOptions};
use sqlx::pool::PoolConnectionMetadata;
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AnyPool, Connection as _, Executor as _};
use std::pin::Pin;

/// What PostgreSQL is asked before a connection goes back. Outside of a transaction it does nothing.
const END_WHAT_IS_OPEN: &str = "ROLLBACK";

/// Connections that may write. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    pool: AnyPool,
    begin: &'static str,
    /// What lets a connection take its time.
    unhurried: Option<&'static str>,
}

impl Writer {
    /// A writer on SQLite. One at a time is SQLite's rule: a pool of one queues writers fairly instead of letting them fail as busy.
    pub(super) async fn sqlite(options: AnyPoolOptions, url: &str) -> Stored<Self> {
        let pool = options.max_connections(1).after_release(is_outside_on_sqlite).connect(url).await?;
        // Takes the write lock at once, so that a change can never fail half-way for a lock.
        Ok(Self { pool, begin: "BEGIN IMMEDIATE", unhurried: None })
    }

    /// A writer on PostgreSQL.
    pub(super) async fn postgres(options: AnyPoolOptions, url: &str) -> Stored<Self> {
        let pool = options.after_release(is_outside_on_postgres).connect(url).await?;
        let unhurried = Some("SET lock_timeout = 0; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0");
        Ok(Self { pool, begin: "BEGIN ISOLATION LEVEL READ COMMITTED", unhurried })
    }

    /// Brings the tables up to date where that may be done, however long it takes.
    pub(super) async fn bring_up_to_date(&self, upgrade: Upgrade) -> Result<Tables, OpenError> {
        let mut connection = self.pool.acquire().await?;
        let Some(unhurried) = self.unhurried else { return schema::bring_up_to_date(&mut connection, false, upgrade).await };
        connection.execute(unhurried).await?;
        let done = schema::bring_up_to_date(&mut connection, true, upgrade).await;
        // Nobody else is to have it, and what it has locked is free then.
        connection.close().await?;
        done
    }

    /// Starts a change. It begins in a task of its own: whoever stops waiting for it leaves a change that was begun and is rolled back, never
    /// a BEGIN that sqlx 0.9.0 forgets when it is cancelled (launchbadge/sqlx#4385, mended by #4393, not released yet).
    pub(super) async fn change(&self) -> Stored<Change> {
        let (pool, begin) = (self.pool.clone(), self.begin);
        let begun = tokio::spawn(async move { pool.begin_with(begin).await }).await;
        // The task ends without an answer only when the runtime stops.
        Ok(Change::new(begun.unwrap_or(Err(sqlx::Error::WorkerCrashed))?))
    }

    /// Carries out one statement in a change of its own and gives the rows it changed.
    pub(super) async fn carry_out(&self, statement: Query<'_, Any, AnyArguments>) -> Stored<u64> {
        let mut change = self.change().await?;
        let done = statement.execute(&mut *change).await?;
        change.commit_unrecorded().await?;
        Ok(done.rows_affected())
    }

    /// How many changes can be under way at once.
    pub(super) fn most(&self) -> u32 {
        self.pool.options().get_max_connections()
    }

    /// Waits for the changes under way and closes.
    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

type Checked<'c> = Pin<Box<dyn Future<Output = Result<bool, sqlx::Error>> + Send + 'c>>;

/// Whether a connection may go back. When SQLite runs out of space it ends the transaction by itself, sqlx does not notice, its ROLLBACK fails
/// and the depth it counts stays at one: such a connection refuses every BEGIN and is closed. The ping waits for a rollback that is under way.
fn is_outside_on_sqlite(connection: &mut AnyConnection, _: PoolConnectionMetadata) -> Checked<'_> {
    Box::pin(async move {
        connection.ping().await?;
        Ok(!connection.is_in_transaction())
    })
}

/// Whether a connection may go back: whatever is open on it is rolled back first, whether sqlx knows of it or not.
fn is_outside_on_postgres(connection: &mut AnyConnection, _: PoolConnectionMetadata) -> Checked<'_> {
    Box::pin(async move {
        connection.execute(END_WHAT_IS_OPEN).await?;
        Ok(!connection.is_in_transaction())
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Store, StoreError};
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    /// A disk of SQLite that can be filled and given room again, whatever becomes of the connections.
    async fn on_a_small_disk(url: &str) -> (Writer, Arc<AtomicI64>) {
        let pages = Arc::new(AtomicI64::new(1_000_000));
        let limit = pages.clone();
        let options = AnyPoolOptions::new().before_acquire(move |connection, _| {
            let sql = format!("PRAGMA max_page_count = {}", limit.load(Ordering::Relaxed));
            Box::pin(async move {
                connection.execute(sqlx::AssertSqlSafe(sql)).await?;
                Ok(true)
            })
        });
        let limit = pages.clone();
        let options = options.after_connect(move |connection, _| {
            let sql = format!("PRAGMA max_page_count = {}", limit.load(Ordering::Relaxed));
            Box::pin(async move {
                connection.execute(sqlx::AssertSqlSafe(sql)).await?;
                Ok(())
            })
        });
        (Writer::sqlite(options, url).await.unwrap(), pages)
    }

    #[tokio::test]
    async fn writing_goes_on_when_a_full_disk_has_room_again() {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}?mode=rwc", dir.path().join("full.db").display());
        Store::open(&url).await.unwrap().close().await;
        let (writer, pages) = on_a_small_disk(&url).await;
        let page = "x".repeat(400_000);
        let write = async |name: &str| {
            let insert = "INSERT INTO owners (owner_uin, app_id, utc_offset_mins, revision, demo, created_ms) VALUES ($1, 0, 0, 0, 0, 0)";
            let mut change = writer.change().await?;
            sqlx::query(insert).bind(name.len() as i64).execute(&mut *change).await?;
            let account =
                "INSERT INTO user_groups (group_id, owner_uin, name, name_key, remark, created_ms) VALUES ($1, $1, $2, $2, $3, 0)";
            sqlx::query(account).bind(name.len() as i64).bind(name).bind(&page).execute(&mut *change).await?;
            change.commit_unrecorded().await?;
            Stored::Ok(())
        };
        let store = Store { writer: writer.clone(), ..Store::open(&url).await.unwrap() };
        store.try_write(0).await.unwrap();
        // Takes the pages that the check has left free, too.
        write("a").await.unwrap();
        pages.store(1, Ordering::Relaxed);
        for name in ["bb", "ccc"] {
            let refused = write(name).await.unwrap_err();
            assert!(matches!(&refused, StoreError::Unavailable(_)) && refused.to_string().contains("full"), "{refused}");
        }
        assert!(store.try_write(0).await.is_err(), "not ready");
        pages.store(1_000_000, Ordering::Relaxed);
        store.try_write(0).await.unwrap();
        for name in ["dddd", "eeeee"] {
            write(name).await.unwrap();
        }
        writer.close().await;
    }
}
