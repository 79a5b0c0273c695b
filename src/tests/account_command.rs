//! `trtc-console account …` beside a running server, on both databases.
//!
//! What it does counts with the very next request of whom it is about.

use crate::kit::{DATABASES, PASSWORD, ROOT, TestConsole};
use crate::users::{create, log_in};
use axum::http::StatusCode;
use trtc_console::boot::accounts::{Account, Problem, run};
use trtc_console::server::config::Config;
use trtc_console::server::gate::password::Cost;

async fn account(console: &TestConsole, act: Account) -> Result<String, Problem> {
    run(&Config::load(console.flags()).unwrap(), &console.clock, Cost::TESTS, act).await
}

fn password_in(said: &str) -> &str {
    said.lines().find_map(|line| line.strip_prefix("password: ")).unwrap()
}

#[tokio::test]
async fn a_forgotten_root_password_is_not_the_end() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        for _ in 0..5 {
            console.browser().post("/login", &[("username", ROOT), ("password", "wrong")]).await;
        }
        let refused = account(&console, Account::ResetPassword { name: ROOT.to_owned(), yes: false }).await;
        assert!(matches!(refused, Err(Problem::Other(said)) if said.contains("--yes")), "a script has to say that it means it");
        assert_eq!(root.read("session", &[]).await.status, StatusCode::OK);
        let said = account(&console, Account::ResetPassword { name: ROOT.to_uppercase(), yes: true }).await.unwrap();
        assert_eq!(root.read("session", &[]).await.status, StatusCode::UNAUTHORIZED, "the next request");
        let mut again = console.browser();
        let form = [("username", ROOT), ("password", password_in(&said))];
        assert_eq!(again.post("/login", &form).await.location(), "/password", "and nobody has to wait: {said}");
        assert_eq!(console.browser().post("/login", &[("username", ROOT), ("password", PASSWORD)]).await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn accounts_are_listed_unlocked_and_logged_out_by_a_name_that_is_one() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let (mut root, mut other) = (console.root().await, console.other_root().await);
        let made = create(&mut root, "ana", &[]).await;
        create(&mut other, "ana", &[]).await;
        let owner = made.owner_uin.to_string();
        let full = format!("{owner}/ana");
        for _ in 0..5 {
            console.browser().post("/login", &[("owner", &owner), ("username", "ana"), ("password", "wrong")]).await;
        }
        let list = account(&console, Account::List).await.unwrap();
        assert_eq!(list.lines().count(), 4, "{list}");
        let line = list.lines().find(|line| line.contains(&full)).unwrap();
        assert!(line.starts_with(&made.uin.to_string()) && line.contains("sub locked") && line.contains("2026-11-24T12:00:00Z"), "{line}");
        for name in ["ana", "nobody"] {
            let problem = account(&console, Account::Unlock { name: name.to_owned() }).await.unwrap_err();
            assert!(matches!(problem, Problem::Name(_)), "{name}: {problem}");
        }
        account(&console, Account::Unlock { name: full.clone() }).await.unwrap();
        let mut ana = log_in(&console, &made).await;
        account(&console, Account::EndSessions { name: Some(made.uin.to_string()), all: false, yes: true }).await.unwrap();
        assert_eq!(ana.read("session", &[]).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(root.read("session", &[]).await.status, StatusCode::OK);
        account(&console, Account::EndSessions { name: None, all: true, yes: true }).await.unwrap();
        for browser in [&mut root, &mut other] {
            assert_eq!(browser.read("session", &[]).await.status, StatusCode::UNAUTHORIZED);
        }
    }
}

#[tokio::test]
async fn a_root_account_is_made_when_the_setup_code_is_lost() {
    for database in DATABASES {
        let console = TestConsole::empty_on(database).await;
        console.console.gate.offer_setup().await.unwrap().unwrap();
        let said = account(&console, Account::CreateRoot { email: ROOT.to_owned() }).await.unwrap();
        let mut root = console.browser();
        assert_eq!(root.get("/setup").await.location(), "/login", "setup is over");
        assert_eq!(root.post("/login", &[("username", ROOT), ("password", password_in(&said))]).await.location(), "/password");
        let twice = account(&console, Account::CreateRoot { email: ROOT.to_owned() }).await.unwrap_err();
        assert!(twice.to_string().contains("reset-password"), "{twice}");
        assert!(account(&console, Account::CreateRoot { email: "nobody".to_owned() }).await.is_err());
    }
}

#[tokio::test]
async fn a_newer_database_and_a_wrong_directory_are_refused() {
    let console = TestConsole::start().await;
    let mut flags = console.flags();
    flags.data_dir = Some(flags.data_dir.unwrap().join("elsewhere"));
    let wrong = run(&Config::load(flags).unwrap(), &console.clock, Cost::TESTS, Account::List).await.unwrap_err();
    assert!(wrong.to_string().contains("--data-dir"), "{wrong}");
    console
        .sql("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', 1, x'00', 0)")
        .await;
    assert!(account(&console, Account::List).await.is_err());
}
