//! Guessing passwords, and passwords that change while they are being checked: over HTTP and on both databases.

use crate::kit::{Answer, DATABASES, PASSWORD, ROOT, TestConsole};
use axum::http::StatusCode;
use std::net::IpAddr;
use std::task::{Context, Waker};
use trtc_console::domain::accounts::NewCredential;

const HOME: [u8; 4] = [198, 51, 100, 7];

async fn try_from(console: &TestConsole, address: impl Into<IpAddr>, name: &str, password: &str) -> Answer {
    let mut browser = console.browser();
    browser.address = address.into();
    browser.post("/login", &[("username", name), ("password", password)]).await
}

#[tokio::test]
async fn failed_logins_keep_the_next_ones_waiting_and_the_wait_is_said_alike_for_every_name() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        for name in [ROOT, "nobody@acme.example"] {
            for _ in 0..5 {
                assert_eq!(try_from(&console, HOME, name, "wrong").await.status, StatusCode::UNAUTHORIZED);
            }
            let page = try_from(&console, HOME, name, PASSWORD).await;
            assert_eq!((page.status, page.header("retry-after").as_str()), (StatusCode::TOO_MANY_REQUESTS, "30"), "{name}");
        }
        console.clock.advance(31_000);
        assert_eq!(try_from(&console, HOME, ROOT, PASSWORD).await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn strangers_keep_nobody_out_of_where_the_account_is_used() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut open = console.browser();
        open.address = HOME.into();
        open.log_in("", ROOT, PASSWORD).await;
        for guess in 0..60_u8 {
            let status = try_from(&console, [203, 0, guess, 9], ROOT, "wrong").await.status;
            let expected = if guess < 50 { StatusCode::UNAUTHORIZED } else { StatusCode::TOO_MANY_REQUESTS };
            assert_eq!(status, expected, "guess {guess}: many networks share one allowance");
        }
        assert_eq!(try_from(&console, [198, 18, 0, 1], ROOT, PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS, "a new network");
        assert_eq!(try_from(&console, [198, 51, 100, 200], ROOT, PASSWORD).await.status, StatusCode::SEE_OTHER, "the known one");
        assert_eq!(open.call("session/prove", &[("password", PASSWORD)]).await.status, StatusCode::OK, "and the open session");
    }
}

#[tokio::test]
async fn guessing_in_parallel_is_no_quicker_than_in_a_row() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut guesses = tokio::task::JoinSet::new();
        for guess in 0..20 {
            let mut browser = console.browser();
            let password = format!("wrong{guess}");
            guesses.spawn(async move { browser.post("/login", &[("username", ROOT), ("password", &password)]).await.status });
        }
        let answers = guesses.join_all().await;
        let tried = answers.iter().filter(|status| **status == StatusCode::UNAUTHORIZED).count();
        assert_eq!((tried, answers.len()), (5, 20), "all others had to wait");
        console.clock.advance(31_000);
        let mut right = tokio::task::JoinSet::new();
        for _ in 0..10 {
            let mut browser = console.browser();
            right.spawn(async move { browser.post("/login", &[("username", ROOT), ("password", PASSWORD)]).await.status });
        }
        let right = right.join_all().await;
        assert!(right.iter().all(|status| *status == StatusCode::SEE_OTHER), "many at once with the right password: {right:?}");
    }
}

#[tokio::test]
async fn an_attempt_nobody_waits_for_is_made_to_its_end_and_counted() {
    let console = TestConsole::start().await;
    for _ in 0..5 {
        let mut browser = console.browser();
        let form = [("username", ROOT), ("password", "wrong")];
        let attempt = std::pin::pin!(browser.post("/login", &form));
        // The request is taken in, and then its client hangs up.
        assert!(attempt.poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    // Those five come to their end by themselves; until then a further guess may overtake them.
    let mut guesses = 0;
    while try_from(&console, [127, 0, 0, 1], ROOT, "wrong").await.status != StatusCode::TOO_MANY_REQUESTS {
        guesses += 1;
        assert!(guesses < 5, "the guesses that nobody waited for were not counted");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

#[tokio::test]
async fn wrong_proofs_end_their_own_session_and_no_other() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let (mut guesser, mut other) = (console.root().await, console.root().await);
        for _ in 0..2 {
            for left in (1..5).rev() {
                let answer = guesser.call("session/prove", &[("password", "wrong")]).await;
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
                assert!(answer.body.contains(&format!("{left} more tr")), "{}", answer.body);
            }
            assert_eq!(guesser.call("session/prove", &[("password", PASSWORD)]).await.status, StatusCode::OK, "and begins anew");
        }
        for _ in 0..4 {
            guesser.call("session/prove", &[("password", "wrong")]).await;
        }
        assert_eq!(guesser.call("session/prove", &[("password", "wrong")]).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(guesser.read("session", &[]).await.status, StatusCode::UNAUTHORIZED, "the fifth one ended it");
        assert_eq!(other.call("session/prove", &[("password", PASSWORD)]).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_proof_and_a_new_password_bring_a_new_token() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut browser = console.root().await;
        let mut former = browser.clone();
        assert_eq!(browser.call("session/prove", &[("password", PASSWORD)]).await.status, StatusCode::OK);
        assert_ne!(browser.token(), former.token());
        assert_eq!(former.read("session", &[]).await.status, StatusCode::OK, "requests under way are let in");
        let proven = browser.clone();
        let form = [("current", PASSWORD), ("new", "Another-horse-2"), ("repeat", "Another-horse-2")];
        assert_eq!(browser.post("/password", &form).await.status, StatusCode::SEE_OTHER);
        assert_ne!(browser.token(), proven.token());
        assert_eq!(former.read("session", &[]).await.status, StatusCode::UNAUTHORIZED, "two tokens ago");
        console.clock.advance(30_001);
        assert_eq!(proven.clone().read("session", &[]).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(browser.read("session", &[]).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_first_password_is_good_for_three_days() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let made = root.call("users/create", &[("name", "late"), ("password", PASSWORD)]).await;
        let owner = made.json::<NewCredential>().owner_uin.to_string();
        let form = [("owner", owner.as_str()), ("username", "late"), ("password", PASSWORD)];
        console.clock.advance(72 * 3_600_000);
        assert_eq!(console.browser().post("/login", &form).await.location(), "/password");
        console.clock.advance(1);
        assert_eq!(console.browser().post("/login", &form).await.status, StatusCode::UNAUTHORIZED);
    }
}

/// A hundred thousand names that nobody has, each tried once within the last minutes before [`crate::kit::NOW_MS`], the first one first.
const MADE_UP: &str = "WITH RECURSIVE made_up (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM made_up WHERE number < 100000)
    INSERT INTO login_failures (asked, network, failures, last_ms)
    SELECT 'made-up-' || number, '203.0.113.0/24', 1, 1795521480000 + number FROM made_up";

#[tokio::test]
async fn failures_are_remembered_of_so_many_names_and_of_the_most_guessed_longest() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        for _ in 0..5 {
            assert_eq!(try_from(&console, HOME, ROOT, "wrong").await.status, StatusCode::UNAUTHORIZED);
        }
        console.sql(MADE_UP).await;
        console.console.sweep().await.unwrap();
        let left = console.sql_text("SELECT CAST(COUNT(*) AS TEXT) FROM login_failures").await;
        assert_eq!(left, "100000", "{database:?}");
        let first = console.sql_text("SELECT asked FROM login_failures WHERE failures = 1 ORDER BY last_ms LIMIT 1").await;
        assert_eq!(first, "made-up-3", "{database:?}: root's failures, from its network and from anywhere, took the place of two");
        assert_eq!(try_from(&console, HOME, ROOT, PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS, "{database:?}");
    }
}
