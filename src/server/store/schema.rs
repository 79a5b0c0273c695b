//! Whether the tables are those of this program, and bringing them up to date.
//!
//! Other servers may use a database of PostgreSQL, so one of an earlier version is changed only when that is asked for. The embedded database
//! belongs to the server that opens it; a command beside that server changes no tables anywhere. Indexes of large tables are built on PostgreSQL
//! without a transaction, beside servers at work.

use super::StoreError;
use sqlx::migrate::{Migrate as _, MigrateError, Migration, Migrator};
use sqlx::{AnyConnection, Executor as _};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

/// What both databases need.
static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let mut migrations = sqlx::migrate!("./migrations");
    // Who runs them holds the lock already.
    migrations.set_locking(false);
    migrations
});
/// Indexes that only PostgreSQL gets, one statement a file.
static INDEXES: Migrator = sqlx::migrate!("./migrations/postgres");
/// Where it is noted which of them were carried out.
const CARRIED_OUT: &str = "_sqlx_migrations";
const INDEXES_BUILT: &str = "_sqlx_migrations_postgres";

/// One server at a time builds indexes; this is their lock.
const INDEX_LOCK: i64 = 0x7472_7463_696e_6478;
const ASK_FOR_LOCK_EVERY: Duration = Duration::from_millis(200);

/// Why a database was not opened.
#[derive(Debug)]
pub enum OpenError {
    /// An earlier version made its tables, and a server may be using them.
    Behind,
    /// A later version has changed its tables.
    Newer,
    /// It cannot be reached, or refused a statement.
    Store(StoreError),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Behind => f.write_str(
                "its tables are those of an earlier version, which a server may be using; \
                 run `trtc-console migrate` first, or start one server with --migrate",
            ),
            Self::Newer => f.write_str(
                "its tables are those of a later version of trtc-console; start that version, or restore a backup made before it",
            ),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OpenError {}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// What to do with tables of an earlier version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upgrade {
    /// Bring them up to date.
    Allowed,
    /// Only where no other server can be using them.
    OnlyEmbedded,
    /// Nowhere: whoever opens the database may stand beside the server that it belongs to.
    Never,
}

/// The versions of the tables, each the number of their last migration: as they were found, 0 where there were none, and as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tables {
    pub found: i64,
    pub now: i64,
}

/// Brings the tables up to date where that may be done. An empty database gets its tables in any case.
pub(super) async fn bring_up_to_date(connection: &mut AnyConnection, on_postgres: bool, upgrade: Upgrade) -> Result<Tables, OpenError> {
    // Looked at under the lock: what another server is making at this moment is not yet that of any version. The connection is closed
    // after an error, which ends the lock.
    connection.lock().await.map_err(broken)?;
    let carried_out = carried_out(connection, on_postgres).await?;
    if carried_out.iter().any(|version| !MIGRATIONS.version_exists(*version)) {
        return Err(OpenError::Newer);
    }
    let empty = carried_out.is_empty();
    let behind = !empty && MIGRATIONS.iter().any(|migration| !carried_out.contains(&migration.version));
    let may_upgrade = match upgrade {
        Upgrade::Allowed => true,
        Upgrade::OnlyEmbedded => !on_postgres,
        Upgrade::Never => false,
    };
    if behind && !may_upgrade {
        return Err(OpenError::Behind);
    }
    MIGRATIONS.run(&mut *connection).await.map_err(broken)?;
    // Before indexes are built: a build waits for everybody who has a snapshot, also for who waits for this lock.
    connection.unlock().await.map_err(broken)?;
    if on_postgres {
        build_indexes(connection, empty || upgrade == Upgrade::Allowed).await?;
    }
    let now = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    Ok(Tables { found: carried_out.last().copied().unwrap_or(0), now })
}

fn broken(error: MigrateError) -> StoreError {
    StoreError::Broken(error.into())
}

/// The migrations that were carried out, by number.
async fn carried_out(connection: &mut AnyConnection, on_postgres: bool) -> Result<BTreeSet<i64>, StoreError> {
    let noted = if on_postgres {
        "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1"
    } else {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name = $1"
    };
    let noted: Option<(String,)> = sqlx::query_as(noted).bind(CARRIED_OUT).fetch_optional(&mut *connection).await?;
    if noted.is_none() {
        return Ok(BTreeSet::new());
    }
    let carried_out = connection.list_applied_migrations(CARRIED_OUT).await.map_err(broken)?;
    Ok(carried_out.into_iter().map(|migration| migration.version).collect())
}

/// Builds the indexes that are missing, if that is asked for. Without them everything works, slower.
async fn build_indexes(connection: &mut AnyConnection, asked_for: bool) -> Result<(), StoreError> {
    // Not a lock that is waited for: an index build waits for everybody who has a snapshot, also for who waits for the lock.
    loop {
        let locked = "SELECT CASE WHEN pg_try_advisory_lock($1) THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END";
        let (locked,): (i64,) = sqlx::query_as(locked).bind(INDEX_LOCK).fetch_one(&mut *connection).await?;
        if locked == 1 {
            break;
        }
        if !asked_for {
            // Somebody builds them at this moment.
            return Ok(());
        }
        tokio::time::sleep(ASK_FOR_LOCK_EVERY).await;
    }
    connection.ensure_migrations_table(INDEXES_BUILT).await.map_err(broken)?;
    let built = connection.list_applied_migrations(INDEXES_BUILT).await.map_err(broken)?;
    let missing: Vec<&Migration> = INDEXES.iter().filter(|index| built.iter().all(|built| built.version != index.version)).collect();
    if !asked_for && !missing.is_empty() {
        tracing::warn!(
            indexes = missing.len(),
            "the database lacks indexes of this version; `trtc-console migrate` builds them, also while servers are running"
        );
    } else {
        for index in missing {
            drop_unfinished(connection, index).await?;
            connection.apply(INDEXES_BUILT, index).await.map_err(broken)?;
        }
    }
    sqlx::query("SELECT pg_advisory_unlock($1)").bind(INDEX_LOCK).execute(&mut *connection).await?;
    Ok(())
}

/// A build that was cut off leaves an index that is written and never read; its name is taken.
async fn drop_unfinished(connection: &mut AnyConnection, index: &Migration) -> Result<(), StoreError> {
    let unfinished: Vec<(String,)> = sqlx::query_as(
        "SELECT CAST(c.relname AS TEXT) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE NOT i.indisvalid AND n.nspname = current_schema()",
    )
    .fetch_all(&mut *connection)
    .await?;
    for (name,) in unfinished.iter().filter(|(name,)| builds(index.sql.as_str()) == Some(name)) {
        connection.execute(sqlx::AssertSqlSafe(format!("DROP INDEX CONCURRENTLY {name}"))).await?;
    }
    Ok(())
}

/// The name of the index that a statement builds.
fn builds(statement: &str) -> Option<&str> {
    let words = statement.lines().filter(|line| !line.starts_with("--")).flat_map(str::split_whitespace);
    words.skip_while(|word| *word != "INDEX").skip(1).find(|word| !["CONCURRENTLY", "IF", "NOT", "EXISTS"].contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_an_index_stands_after_index_and_nowhere_else() {
        let statement = "-- no-transaction: as INDEX rooms_due is\nCREATE INDEX CONCURRENTLY IF NOT EXISTS by_day\n ON rooms (day_ms)";
        assert_eq!(builds(statement), Some("by_day"));
        assert_eq!(builds("CREATE UNIQUE INDEX by_day ON rooms (day_ms)"), Some("by_day"));
        assert!(INDEXES.iter().all(|index| builds(index.sql.as_str()).is_some()), "each file builds one");
    }
}
