//! The query of every request, asked once for many of them, on a connection that is kept for it.
//!
//! A connection of a pool costs a request more than its query: a task and a ping when it goes back. Here whoever asks while a query is under way
//! waits for the next one, which is for all of them. It begins after each of them has asked, so that what was changed before counts, and
//! it must never answer anybody from a query that had begun already. Where the connection is of no use nobody is answered, and each asks the
//! pool by itself.

use super::Stored;
use super::sessions::{LiveRow, live};
use sqlx::{AnyConnection, AnyPool, Connection as _, FromRow};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, oneshot};

/// Requests that are answered by one query.
const TOGETHER: usize = 16;
/// Requests that wait for it; more ask the pool.
const WAITING: usize = 1_024;
/// A connection that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(1);
/// Tokens that a statement has places for: few lengths, so that few statements have to be prepared. The last is [`TOGETHER`].
const PLACES: [usize; 3] = [1, 4, TOGETHER];

/// The statement of each of those lengths.
static STATEMENTS: LazyLock<[Arc<str>; PLACES.len()]> = LazyLock::new(|| PLACES.map(|places| statement(places).into()));

/// Finds the sessions of tokens. Cheap to clone; ends with its last clone.
#[derive(Clone, Debug)]
pub(super) struct LiveSessions {
    asked: mpsc::Sender<Asked>,
    /// In no pool.
    kept: Kept,
}

type Kept = Arc<Mutex<Option<AnyConnection>>>;

#[derive(Debug)]
struct Asked {
    token_hash: String,
    now_ms: i64,
    /// Dropped where there is no answer.
    answer: oneshot::Sender<Option<LiveRow>>,
}

/// A session with its tokens.
#[derive(FromRow)]
struct Found {
    token_hash: String,
    former_token_hash: String,
    former_until_ms: i64,
    #[sqlx(flatten)]
    live: LiveRow,
}

impl LiveSessions {
    /// Takes its connection from this pool as soon as one is there that nobody uses.
    pub(super) fn new(read: AnyPool) -> Self {
        let (asked, waiting) = mpsc::channel(WAITING);
        let kept = Kept::default();
        tokio::spawn(answer(read, kept.clone(), waiting));
        Self { asked, kept }
    }

    /// The session of a token. `None`: nobody knows, ask the pool.
    pub(super) async fn find(&self, token_hash: &str, now_ms: i64) -> Option<Option<LiveRow>> {
        let (answer, answered) = oneshot::channel();
        self.asked.try_send(Asked { token_hash: token_hash.to_owned(), now_ms, answer }).ok()?;
        answered.await.ok()
    }

    /// Gives its connection up; with the pool closed it gets no other.
    pub(super) async fn close(&self) {
        if let Some(connection) = self.kept.lock().await.take() {
            // Nothing more is read, whether it ends in order or not.
            drop(connection.close().await);
        }
    }
}

/// Answers until nobody can ask any more.
async fn answer(read: AnyPool, kept: Kept, mut waiting: mpsc::Receiver<Asked>) {
    let mut asked = Vec::with_capacity(TOGETHER);
    while let Some(first) = waiting.recv().await {
        asked.push(first);
        // Requests that have come in with it ask before the query begins, and need none of their own.
        tokio::task::yield_now().await;
        asked.extend(std::iter::from_fn(|| waiting.try_recv().ok()).take(TOGETHER - 1));
        let mut kept = kept.lock().await;
        // The pool may open another one for a connection that is taken from it.
        let connection = kept.take().or_else(|| Some(read.try_acquire()?.detach()));
        if let Some(mut connection) = connection
            && let Ok(Ok(found)) = tokio::time::timeout(PATIENCE, found(&mut connection, &asked)).await
        {
            *kept = Some(connection);
            for Asked { token_hash, now_ms, answer } in asked.drain(..) {
                // Who has gone away needs no answer.
                drop(answer.send(of_token(&found, &token_hash, now_ms)));
            }
        }
        if !asked.is_empty() {
            // A connection that did not answer is gone: it may still be at it. Who waits asks the pool rather than be kept waiting again.
            asked.clear();
            while waiting.try_recv().is_ok() {}
        }
    }
}

/// The sessions of all tokens that are asked for.
async fn found(connection: &mut AnyConnection, asked: &[Asked]) -> Stored<Vec<Found>> {
    let mut tokens: Vec<&str> = asked.iter().map(|asked| asked.token_hash.as_str()).collect();
    tokens.sort_unstable();
    tokens.dedup();
    let lengths = PLACES.iter().zip(STATEMENTS.iter());
    let Some((places, statement)) = lengths.into_iter().find(|(places, _)| tokens.len() <= **places) else { return Ok(Vec::new()) };
    let spare = tokens.first().copied().unwrap_or_default();
    tokens.resize(*places, spare);
    let query = sqlx::query_as(sqlx::AssertSqlSafe(statement.clone()));
    Ok(tokens.into_iter().fold(query, |query, token| query.bind(token)).fetch_all(connection).await?)
}

/// The query for so many tokens. Whether a former one is still good is asked for each request by itself.
fn statement(places: usize) -> String {
    let tokens = (1..=places).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ");
    let whose = format!("s.token_hash IN ({tokens}) OR (s.former_token_hash IN ({tokens}) AND s.former_token_hash <> '')");
    live("s.token_hash, s.former_token_hash, s.former_until_ms, ", &whose)
}

/// The session of one token. The token before the last proof is good for a moment.
fn of_token(found: &[Found], token_hash: &str, now_ms: i64) -> Option<LiveRow> {
    let own = found.iter().find(|found| found.token_hash == token_hash);
    let former = || found.iter().find(|found| found.former_token_hash == token_hash && found.former_until_ms >= now_ms);
    own.or_else(former).map(|found| found.live.clone())
}

#[cfg(test)]
mod tests {
    use super::super::{Store, accounts, sessions};
    use super::*;
    use crate::domain::ids::Uin;
    use std::sync::atomic::{AtomicBool, Ordering};

    const OWNER: Uin = Uin(1);

    /// A database with sessions `token-0` and so on, of which the former tokens were `former-0` and so on, good until 1000.
    async fn with_sessions(count: usize) -> (Store, tempfile::TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}?mode=rwc", dir.path().join("console.db").display())).await.unwrap();
        let mut change = store.change().await.unwrap();
        accounts::add_owner(&mut change, OWNER, 0, 0, false, 0).await.unwrap();
        let (name, password_hash) = ("root@acme.example", "checked");
        let root = accounts::NewAccount {
            uin: OWNER,
            owner: OWNER,
            is_root: true,
            name,
            email: name,
            remark: "",
            password_hash,
            must_change_password: false,
            now_ms: 0,
        };
        accounts::add(&mut change, &root).await.unwrap();
        for at in 0..count {
            let [former, token, session_id] = [format!("former-{at}"), format!("token-{at}"), at.to_string()];
            let (owner, now_ms) = (OWNER, 0);
            let new =
                sessions::NewSession { token_hash: &former, session_id: &session_id, owner, uin: OWNER, address: "", agent: "", now_ms };
            sessions::begin(&mut change, &new).await.unwrap();
            let goes_on =
                sessions::Renewal { owner, session_id: &session_id, token_hash: &token, password_hash, now_ms, former_until_ms: 1_000 };
            assert!(sessions::renew(&mut change, &goes_on).await.unwrap());
        }
        change.commit_unrecorded().await.unwrap();
        (store, dir)
    }

    /// What the kept connection finds, once there is one: what the pool has opened for others is there for it, too.
    async fn kept_finds(store: &Store, token: &str, now_ms: i64) -> Option<LiveRow> {
        loop {
            match store.live_sessions.find(token, now_ms).await {
                Some(found) => return found,
                None => drop(store.read.acquire().await.unwrap()),
            }
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn everybody_gets_the_own_session_however_many_ask() {
        let (store, _dir) = with_sessions(40).await;
        let ask = |token: String, now_ms: i64| {
            let store = store.clone();
            tokio::spawn(async move { kept_finds(&store, &token, now_ms).await.map(|live| live.session_id) })
        };
        let mut asked = Vec::new();
        for at in 0..40 {
            asked.push((ask(format!("token-{at}"), 5_000), Some(at.to_string())));
            asked.push((ask(format!("former-{at}"), 1_000), Some(at.to_string())));
            asked.push((ask(format!("former-{at}"), 1_001), None));
            asked.push((ask(format!("nobody-{at}"), 0), None));
        }
        asked.push((ask(String::new(), 0), None));
        for (found, expected) in asked {
            assert_eq!(found.await.unwrap(), expected);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn nobody_is_answered_by_a_query_that_began_before_the_question() {
        let (store, _dir) = with_sessions(8).await;
        let done = Arc::new(AtomicBool::new(false));
        let others: Vec<_> = (0..8)
            .map(|at| {
                let (store, done) = (store.clone(), done.clone());
                tokio::spawn(async move {
                    while !done.load(Ordering::Relaxed) {
                        kept_finds(&store, &format!("token-{at}"), 0).await.unwrap();
                    }
                })
            })
            .collect();
        let before = kept_finds(&store, "token-0", 0).await.unwrap().account.revision;
        for raised in 1..=100 {
            let mut change = store.change().await.unwrap();
            super::super::raise_revision(&mut change, OWNER).await.unwrap();
            change.commit_unrecorded().await.unwrap();
            assert_eq!(kept_finds(&store, "token-0", 0).await.unwrap().account.revision, before + raised);
        }
        done.store(true, Ordering::Relaxed);
        for other in others {
            other.await.unwrap();
        }
    }

    #[tokio::test]
    async fn where_the_kept_connection_is_of_no_use_the_pool_answers() {
        let (store, dir) = with_sessions(1).await;
        assert!(kept_finds(&store, "token-0", 0).await.is_some());
        let elsewhere = format!("sqlite:{}?mode=rwc", dir.path().join("empty.db").display());
        *store.live_sessions.kept.lock().await = Some(AnyConnection::connect(&elsewhere).await.unwrap());
        assert!(store.live_sessions.find("token-0", 0).await.is_none(), "there are no tables");
        assert!(kept_finds(&store, "token-0", 0).await.is_some(), "another connection is kept");

        *store.live_sessions.kept.lock().await = None;
        let mut held = Vec::new();
        for _ in 0..store.read.options().get_max_connections() {
            held.push(store.read.acquire().await.unwrap());
        }
        assert!(store.live_sessions.find("token-0", 0).await.is_none(), "nobody waits here for a connection");
        drop(held);
        assert!(store.live_session("token-0", 0).await.unwrap().is_some());
        store.close().await;
        assert!(store.live_session("token-0", 0).await.is_err(), "nothing is read after the end");
    }
}
