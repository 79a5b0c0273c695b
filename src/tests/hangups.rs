//! Clients that hang up: what is asked is carried out, and nobody else loses what was answered.
//!
//! Where a request is dropped is drawn anew by every run; what must hold, holds wherever it was.

use crate::kit::{Browser, DATABASES, Database, PASSWORD, ROOT, TestConsole, postgres};
use axum::http::StatusCode;
use std::time::Duration;
use trtc_console::domain::session::SessionRow;
use trtc_console::server::gate::RequestFacts;

/// Lets a future run for a moment and drops it.
async fn hang_up(moment: Duration, future: impl Future) {
    drop(tokio::time::timeout(moment, future).await);
}

/// Moments from none to a few round trips to the database.
fn moments() -> impl Iterator<Item = Duration> {
    (0..60).map(|step| Duration::from_micros(step * 50))
}

fn stranger() -> RequestFacts {
    RequestFacts::local("test", Some(uuid::Uuid::new_v4().to_string()))
}

/// Logs in and ends the own session; what was answered must hold on another server.
async fn end_a_session(console: &TestConsole, replica: &trtc_console::boot::Console) {
    let mut honest = console.root().await;
    let sessions: Vec<SessionRow> = honest.read("session/list", &[]).await.json();
    let own = sessions.iter().find(|session| session.current).unwrap();
    assert_eq!(honest.call("session/end", &[("id", &own.id)]).await.status, StatusCode::OK);
    let mut witness = Browser::of(replica);
    witness.log_in("", ROOT, PASSWORD).await;
    let left: Vec<SessionRow> = witness.read("session/list", &[]).await.json();
    assert!(left.iter().all(|session| session.id != own.id), "answered and lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_is_kept_while_others_hang_up() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let replica = console.replica().await;
        for moment in moments() {
            let facts = [stranger(), stranger(), stranger()];
            for facts in &facts {
                // At the gate itself, where no task of the server carries the request to its end.
                hang_up(moment, console.console.gate.log_out(facts)).await;
            }
            let mut gone = console.browser();
            hang_up(moment, gone.post("/logout", &[])).await;
        }
        for _ in 0..12 {
            end_a_session(&console, &replica).await;
        }
        replica.close().await;
        if database == Database::Postgres {
            // What goes back to the pool goes back whole: with the pool closed everything has gone back.
            console.console.close().await;
            let open = postgres().ask("postgres", "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'");
            assert_eq!(open, "0");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_whose_client_hangs_up_is_carried_out() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let root = console.root().await;
        // Hashing a password takes longer than these clients wait: the account is written long after they are gone.
        for name in ["gone-1", "gone-2", "gone-3"] {
            let mut browser = root.clone();
            let fields = [("name", name), ("password", PASSWORD)];
            let mut request = std::pin::pin!(browser.call("users/create", &fields));
            let first = std::future::poll_fn(|context| std::task::Poll::Ready(request.as_mut().poll(context).is_ready())).await;
            assert!(!first, "the answer is not there at once");
        }
        let console = console.restarted().await;
        let users = console.root().await.read("users/list", &[]).await.body;
        assert!(["gone-1", "gone-2", "gone-3"].iter().all(|name| users.contains(name)), "{database:?}: {users}");
    }
}
