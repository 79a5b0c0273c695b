//! The database: every line of SQL, one file a noun.
//!
//! One SQL text serves SQLite and PostgreSQL: `$1` placeholders, BIGINT and TEXT, `CAST(SUM(…) AS BIGINT)`. Rows must never leave this
//! module; nouns of `domain` do. Every query names the owner's UIN. Decisions must never be made here.

pub mod accounts;
pub mod applications;
pub mod attachments;
pub mod audit;
mod audit_carry_over;
mod audit_chain;
mod audit_search;
pub mod callback_keys;
mod change;
pub mod decisions;
pub mod drafts;
pub mod events;
pub mod features;
pub mod figures;
pub mod file;
pub mod groups;
pub mod holdings;
mod live_sessions;
pub mod login_failures;
mod organisations;
pub mod policies;
pub mod promises;
mod readiness;
pub mod retention;
pub mod rights;
pub mod rollups;
mod schema;
pub mod sealed;
pub mod sessions;
pub mod transport;
pub mod unregistered;
pub mod usage;
mod writer;

use crate::domain::ids::Uin;
use callback_keys::SeenKeys;
use live_sessions::LiveSessions;
use sqlx::any::AnyPoolOptions;
use sqlx::{AnyConnection, AnyPool, Connection as _, Executor as _};
use std::fmt::Write as _;
use std::time::Duration;
use writer::Writer;

pub use audit_search::Recorded;
pub use change::Change;
pub use schema::{OpenError, Tables, Upgrade};

/// Why the store did not do what it was asked.
#[derive(Debug)]
pub enum StoreError {
    /// A unique constraint of this name holds: the thing is there already.
    Taken(&'static str),
    /// The database cannot be reached or does not answer in time.
    Unavailable(sqlx::Error),
    /// Anything else; a fault of ours.
    Broken(sqlx::Error),
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Taken(constraint) => write!(f, "constraint {constraint} holds"),
            Self::Unavailable(error) => write!(f, "database unavailable: {error}"),
            Self::Broken(error) => write!(f, "database error: {error}"),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Self::Unavailable(error)
            }
            sqlx::Error::Database(cause) if cause.is_unique_violation() => {
                // PostgreSQL names the constraint, SQLite the columns: both stand in this table, nowhere else.
                let said = cause.message();
                let named = cause.constraint().unwrap_or_default();
                UNIQUE
                    .iter()
                    .find(|(constraint, columns)| named == *constraint || said.contains(columns))
                    .map_or_else(|| Self::Broken(error), |(constraint, _)| Self::Taken(constraint))
            }
            sqlx::Error::Database(cause) if cause.code().is_some_and(|code| is_passing(&code)) => Self::Unavailable(error),
            _ => Self::Broken(error),
        }
    }
}

/// SQLSTATE of a change that got in the way of another one: deadlock (40P01), or order of changes (40001).
const CONFLICT: &str = "40";

impl StoreError {
    /// Whether the database has no space left. It answers, and stores nothing more until somebody makes room.
    #[must_use]
    pub fn is_out_of_space(&self) -> bool {
        match self {
            Self::Unavailable(sqlx::Error::Database(cause)) => cause.code().is_some_and(|code| is_disk_full(&code)),
            Self::Unavailable(sqlx::Error::Io(cause)) => cause.kind() == std::io::ErrorKind::StorageFull,
            _ => false,
        }
    }

    /// Whether the change got in the way of another one, and the same once more is likely to go well.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        let Self::Unavailable(sqlx::Error::Database(cause)) = self else { return false };
        cause.code().is_some_and(|code| code.len() == 5 && code.starts_with(CONFLICT))
    }
}

/// Whether the code of a database says that its disk is full: SQLSTATE, or FULL of SQLite, the low byte of an extended code.
fn is_disk_full(code: &str) -> bool {
    code == "53100" || (code.len() < 5 && code.parse::<u32>().is_ok_and(|code| code & 0xff == 13))
}

/// Whether the code of a database says that the machine, not the statement, is at fault, so that another attempt may succeed.
fn is_passing(code: &str) -> bool {
    if code.len() == 5 {
        // SQLSTATE: connection, a conflict with another change, resources (disk full too), operator intervention, system (input and output), a
        // server that only reads, a lock that was waited for too long.
        return ["08", CONFLICT, "53", "57", "58"].iter().any(|class| code.starts_with(class)) || code == "25006" || code == "55P03";
    }
    // SQLite: BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL, CANTOPEN; the low byte of an extended code.
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 7 | 8 | 10 | 13 | 14))
}

/// Unique constraints that a person can run into: the name, and how SQLite calls its columns.
const UNIQUE: &[(&str, &str)] = &[
    (Store::ACCOUNT_NAME, "accounts.owner_uin, accounts.name_key"),
    (Store::ROOT_NAME, "accounts.name_key"),
    (Store::GROUP_NAME, "user_groups.owner_uin, user_groups.name_key"),
    (Store::POLICY_NAME, "policies.owner_uin, policies.name_key"),
    (Store::APPLICATION_NAME, "applications.owner_uin, applications.name"),
    (Store::APPLICATION_ID, "applications.sdk_app_id"),
];

/// What the store gives back.
pub type Stored<T> = Result<T, StoreError>;

/// The database of the installation.
#[derive(Clone, Debug)]
pub struct Store {
    /// Connections that the database lets read only: no statement can write past a change.
    read: AnyPool,
    /// Answers the query that every request begins with.
    live_sessions: LiveSessions,
    writer: Writer,
    /// The intake's own connections where there can be several, so that it never waits for people who wait for each other.
    intake: Writer,
    seen_keys: SeenKeys,
    tables: Tables,
}

impl Store {
    /// The login name of a sub-account is taken.
    pub const ACCOUNT_NAME: &'static str = "accounts_name";
    /// The e-mail address of a root account is taken.
    pub const ROOT_NAME: &'static str = "accounts_root_name";
    /// The name of a group is taken.
    pub const GROUP_NAME: &'static str = "user_groups_name";
    /// The name of a policy is taken.
    pub const POLICY_NAME: &'static str = "policies_name";
    /// The name of an application is taken.
    pub const APPLICATION_NAME: &'static str = "applications_name";
    /// The number of an application is taken.
    pub const APPLICATION_ID: &'static str = "applications_pkey";

    /// Opens a database as its server does; unit tests have no other who uses it.
    #[cfg(test)]
    pub(crate) async fn open(url: &str) -> Result<Self, OpenError> {
        Self::open_as(url, Upgrade::OnlyEmbedded).await
    }

    /// Opens the database of a server beside it, for a command: makes none, and changes no tables.
    ///
    /// # Errors
    /// A sentence, when there is none, it cannot be reached, or its tables are those of another version.
    pub async fn open_beside(url: &str) -> Result<Self, String> {
        file::must_exist(url)?;
        Self::open_as(url, Upgrade::Never).await.map_err(|error| format!("cannot open the database: {error}"))
    }

    /// Opens a database, `sqlite:PATH` or `postgres://…`, and brings its tables up to date where that may be done.
    ///
    /// # Errors
    /// When it cannot be reached, a migration fails, or the tables are those of another version.
    pub async fn open_as(url: &str, upgrade: Upgrade) -> Result<Self, OpenError> {
        sqlx::any::install_default_drivers();
        let options = || AnyPoolOptions::new().acquire_timeout(CONNECTED_WITHIN);
        if url.starts_with("sqlite:") {
            file::keep_private(url).map_err(|error| StoreError::Unavailable(error.into()))?;
        }
        // A pool only says that it has waited for too long; one connection says why.
        if url.starts_with("sqlite:") {
            let mut first = AnyConnection::connect(url).await?;
            prepare(&mut first, ON_SQLITE).await?;
            first.close().await?;
        }
        // The writer comes first, it may have to create the database. Readers have connections of their own, so that none waits for a writer.
        let (intake, writer, read) = if url.starts_with("sqlite:") {
            let prepare = |sql: &'static str| options().after_connect(move |connection, _| prepare(connection, sql));
            let writer = Writer::sqlite(prepare(ON_SQLITE), url).await?;
            (writer.clone(), writer, reading(prepare(READING_ON_SQLITE)).max_connections(4).connect(url).await?)
        } else {
            let prepare = |sql: &'static str| options().after_connect(move |connection, _| prepare(connection, sql));
            let writer = match Writer::postgres(prepare(ON_POSTGRES).max_connections(8), url).await {
                Err(StoreError::Unavailable(sqlx::Error::PoolTimedOut)) => return Err(StoreError::from(why_unreachable(url).await).into()),
                opened => opened?,
            };
            let intake = Writer::postgres(prepare(ON_POSTGRES).max_connections(INTAKE_CONNECTIONS), url).await?;
            (intake, writer, reading(prepare(READING_ON_POSTGRES)).max_connections(8).connect(url).await?)
        };
        let tables = writer.bring_up_to_date(upgrade).await?;
        let store = Self { live_sessions: LiveSessions::new(read.clone()), read, writer, intake, seen_keys: SeenKeys::default(), tables };
        store.carry_over_histories().await?;
        Ok(store)
    }

    /// The versions of the tables, before the database was opened and since.
    #[must_use]
    pub const fn tables(&self) -> Tables {
        self.tables
    }

    /// Starts a change.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn change(&self) -> Stored<Change> {
        self.writer.change().await
    }

    /// Starts a change of the intake.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn intake_change(&self) -> Stored<Change> {
        self.intake.change().await
    }

    /// Whether two changes of the intake can be under way at once.
    #[must_use]
    pub fn takes_in_side_by_side(&self) -> bool {
        self.intake.most() > 1
    }

    /// Finishes what is under way and closes the database.
    pub async fn close(&self) {
        self.intake.close().await;
        self.writer.close().await;
        self.read.close().await;
        self.live_sessions.close().await;
    }
}

/// Locks an owner's row for the rest of a change: what is decided by its revision stays decided. No row of either database can be locked
/// without writing it.
pub async fn lock_revision(change: &mut Change, owner: Uin) -> Stored<()> {
    sqlx::query("UPDATE owners SET revision = revision WHERE owner_uin = $1").bind(owner.0).execute(&mut **change).await?;
    Ok(())
}

/// Locks an owner's row for the rest of a change and raises its revision: compiled policies of this owner are void from the commit on.
///
/// Taken first by every change that can change a decision or run into a limit; it also serialises those changes on PostgreSQL.
pub async fn raise_revision(change: &mut Change, owner: Uin) -> Stored<()> {
    sqlx::query("UPDATE owners SET revision = revision + 1 WHERE owner_uin = $1").bind(owner.0).execute(&mut **change).await?;
    Ok(())
}

/// While one change of the intake waits for the disk, another one is written.
const INTAKE_CONNECTIONS: u32 = 2;

/// One attempt to get a connection waits no longer.
const CONNECTED_WITHIN: Duration = Duration::from_secs(4);

/// Rows that one statement inserts: few lengths, so that few statements have to be prepared, and so near each other that few have to be sent.
const ROWS: [usize; 9] = [512, 256, 128, 64, 32, 16, 8, 4, 1];

/// Divides what is to be inserted into as few statements as those lengths allow.
fn by_rows<T>(mut rest: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let length = ROWS.into_iter().find(|length| *length <= rest.len())?;
        let (some, later) = rest.split_at(length);
        rest = later;
        Some(some)
    })
}

/// `($1, $2), ($3, $4)`: so many rows of so many columns, bound in this order. On SQLite `(?, ?), (?, ?)`: there a numbered place is a name, which
/// is looked for among all the others whenever it is bound, so that many rows would take a time that grows with their square.
fn placeholders(connection: &AnyConnection, columns: usize, rows: usize) -> String {
    let is_numbered = connection.backend_name() != "SQLite";
    let mut places = String::with_capacity(rows * columns * 7);
    for place in 1..=rows * columns {
        places += if place == 1 {
            "("
        } else if (place - 1) % columns == 0 {
            "), ("
        } else {
            ", "
        };
        if is_numbered {
            // Nothing that is written to a text fails.
            let _ = write!(places, "${place}");
        } else {
            places.push('?');
        }
    }
    places + ")"
}

/// WAL lets readers go on while one writes; NORMAL would lose the last acknowledged events in a power cut, so FULL.
const ON_SQLITE: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 4000; PRAGMA cache_size = -16000;";
const READING_ON_SQLITE: &str = "PRAGMA busy_timeout = 4000; PRAGMA cache_size = -16000; PRAGMA query_only = ON;";
/// A ROLLBACK outside of a transaction, see [`writer`], is no news. Nobody waits for ever for somebody who comes to no end: as long as on SQLite.
const ON_POSTGRES: &str = "SET client_min_messages = error; SET lock_timeout = 4000; SET statement_timeout = 30000; SET idle_in_transaction_session_timeout = 60000";
const READING_ON_POSTGRES: &str = "SET default_transaction_read_only = on; SET statement_timeout = 30000";

/// A connection that has not been used for so long is tried before it is used again.
const TRIED_AFTER: Duration = Duration::from_secs(1);

/// Connections that are only read on. Each use would otherwise begin with a ping, which takes as long as the query itself.
fn reading(options: AnyPoolOptions) -> AnyPoolOptions {
    options
        .test_before_acquire(false)
        .before_acquire(|connection, about| Box::pin(async move { Ok(about.idle_for < TRIED_AFTER || connection.ping().await.is_ok()) }))
}

/// Why a server of PostgreSQL could not be connected to. The pool has tried until its time was up, as the server may have been starting.
async fn why_unreachable(url: &str) -> sqlx::Error {
    match tokio::time::timeout(CONNECTED_WITHIN, AnyConnection::connect(url)).await {
        Ok(Err(error)) => error,
        Ok(Ok(_)) => sqlx::Error::PoolTimedOut,
        Err(_) => sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "no answer from the server")),
    }
}

fn prepare<'c>(
    connection: &'c mut AnyConnection,
    sql: &'static str,
) -> std::pin::Pin<Box<dyn Future<Output = Result<(), sqlx::Error>> + Send + 'c>> {
    Box::pin(async move {
        connection.execute(sql).await?;
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_inserted_by_few_statements_and_none_is_left_out() {
        let rows: Vec<usize> = (0..1_023).collect();
        assert_eq!(by_rows(&rows).flatten().copied().collect::<Vec<_>>(), rows);
        assert_eq!(by_rows(&rows).map(<[usize]>::len).collect::<Vec<_>>(), [512, 256, 128, 64, 32, 16, 8, 4, 1, 1, 1]);
    }

    #[tokio::test]
    async fn a_full_or_read_only_disk_asks_for_another_attempt() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}?mode=rwc", dir.path().join("full.db").display())).await.unwrap();
        let fill = || sqlx::query("INSERT INTO sdk_app_ids (only_row, last_id) SELECT MAX(only_row) + 1, 0 FROM sdk_app_ids");
        store.writer.carry_out(fill()).await.unwrap();
        for (pragma, said) in [("PRAGMA max_page_count = 1", "full"), ("PRAGMA query_only = 1", "readonly")] {
            let mut change = store.change().await.unwrap();
            change.execute(pragma).await.unwrap();
            let error = loop {
                if let Err(error) = fill().execute(&mut *change).await {
                    break StoreError::from(error);
                }
            };
            assert!(matches!(error, StoreError::Unavailable(_)) && error.to_string().contains(said), "{error}");
            assert_eq!(error.is_out_of_space(), said == "full", "{error}");
        }
        assert!(
            ["13", "269", "53100"].iter().all(|code| is_disk_full(code))
                && ["53200", "53300", "10", ""].iter().all(|code| !is_disk_full(code))
        );
        assert!(
            ["40001", "40P01", "55P03", "58030", "53100", "57P01", "08006", "25006", "778", "1032", "261"]
                .iter()
                .all(|code| is_passing(code))
        );
        assert!(["23503", "42601", "1", "787", "11", "2067", ""].iter().all(|code| !is_passing(code)));
    }
}
