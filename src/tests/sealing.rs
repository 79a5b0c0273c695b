//! Sealing at rest: a start without the right key ends with a sentence that helps, and keys are replaced without losing a secret.

use crate::events::{KEY, app_with_key, send_signed};
use crate::kit::{DATABASES, PASSWORD, TestConsole};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::path::PathBuf;
use trtc_console::boot::{self, Console};
use trtc_console::domain::audit_query::AuditPage;
use trtc_console::server::config::{Config, Flags};
use trtc_console::server::gate::password::Cost;

const EVENT: &str =
    r#"{"EventGroupId":1,"EventType":103,"CallbackTs":1664209748188,"EventInfo":{"RoomId":1,"EventTs":1664209748,"UserId":"a"}}"#;

impl TestConsole {
    fn key_file(&self) -> PathBuf {
        self.flags().data_dir.unwrap().join("seal.key")
    }

    /// The sealed callback key of an application called `school`.
    async fn sealed_key(&self) -> String {
        self.sql_text("SELECT callback_key_sealed FROM applications WHERE name = 'school'").await
    }

    /// Starts one more server on the data of this console.
    async fn started_with(&self, flags: Flags) -> Result<Console, String> {
        Console::build(Config::load(flags).unwrap(), self.clock.clone(), Cost::TESTS).await
    }
}

/// What an event signed with the key is answered.
async fn event(console: &TestConsole, app: i64) -> StatusCode {
    send_signed(console, app, KEY, EVENT).await.status
}

#[tokio::test]
async fn a_start_without_the_right_key_ends_and_makes_none() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let app = app_with_key(&mut console.root().await, "school").await;
        console.console.close().await;
        let kept = std::fs::read_to_string(console.key_file()).unwrap();

        std::fs::remove_file(console.key_file()).unwrap();
        let error = console.started_with(console.flags()).await.err().unwrap();
        assert!(error.contains("seal.key is missing") && error.contains("seal forget"), "{error}");
        assert!(!console.key_file().exists(), "no new key beside a database with secrets");

        std::fs::write(console.key_file(), STANDARD.encode([9; 32])).unwrap();
        let error = console.started_with(console.flags()).await.err().unwrap();
        assert!(error.contains("does not belong to this database"), "{error}");

        std::fs::write(console.key_file(), kept).unwrap();
        let console = console.restarted().await;
        assert_eq!(event(&console, app).await, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_lost_key_costs_the_secrets_and_nothing_else() {
    let console = TestConsole::start().await;
    let app = app_with_key(&mut console.root().await, "school").await;
    console.console.close().await;
    let config = || Config::load(console.flags()).unwrap();
    let refused = boot::forget_sealed(config(), &console.clock).await.unwrap_err();
    assert!(refused.contains("opens every sealed secret"), "{refused}");
    let earlier = console.key_file().with_extension("key.old");
    std::fs::rename(console.key_file(), &earlier).unwrap();
    let refused = boot::forget_sealed(config(), &console.clock).await.unwrap_err();
    assert!(refused.contains("opens every sealed secret"), "the key before it is at hand: {refused}");
    std::fs::remove_file(earlier).unwrap();
    boot::forget_sealed(config(), &console.clock).await.unwrap();
    let console = console.restarted().await;
    assert_eq!(console.sealed_key().await, "");
    let mut root = console.root().await;
    let records: AuditPage = root.read("audit/search", &[]).await.json();
    let commands = records.events.iter().filter(|event| event.name.ends_with(":LocalCommand"));
    let removed = commands.filter(|event| event.resources.iter().any(|thing| thing.id == app.to_string()));
    assert_eq!(removed.count(), 1, "{:?}", records.events);
    root.call("session/prove", &[("password", PASSWORD)]).await;
    root.call("callbacks/set-key", &[("id", &app.to_string()), ("callback_key", KEY)]).await;
    assert_eq!(event(&console, app).await, StatusCode::OK);
}

#[tokio::test]
async fn a_replaced_key_seals_everything_anew_and_is_not_needed_any_more() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let app = app_with_key(&mut console.root().await, "school").await;
        let before = console.sealed_key().await;
        console.console.close().await;
        let old = console.key_file().with_file_name("seal.key.old");
        std::fs::rename(console.key_file(), &old).unwrap();
        let console = console.restarted().await;
        assert!(console.key_file().exists(), "a new key is made when the one before is at hand");
        let after = console.sealed_key().await;
        assert_ne!(before.split('.').nth(1), after.split('.').nth(1), "sealed with another key");
        assert_eq!(event(&console, app).await, StatusCode::OK);
        console.console.close().await;
        std::fs::remove_file(old).unwrap();
        let console = console.restarted().await;
        assert_eq!(event(&console, app).await, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_configured_key_replaces_the_one_of_the_file() {
    let console = TestConsole::start().await;
    app_with_key(&mut console.root().await, "school").await;
    let present = std::fs::read_to_string(console.key_file()).unwrap();
    let flags = Flags { seal_key: Some(STANDARD.encode([5; 32]).into()), seal_key_old: Some(present.into()), ..console.flags() };
    console.started_with(flags.clone()).await.unwrap().close().await;
    let alone = Flags { seal_key_old: None, ..flags };
    console.started_with(alone).await.unwrap().close().await;
    assert!(console.started_with(console.flags()).await.is_err(), "the replaced key alone does not open it");
    assert!(console.sealed_key().await.starts_with("v1."));
}

#[tokio::test]
async fn a_sealed_text_does_not_open_in_another_row() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let (mine, theirs) = (app_with_key(&mut root, "school").await, app_with_key(&mut root, "theirs").await);
        console
            .sql("UPDATE applications SET callback_key_sealed = (SELECT a.callback_key_sealed FROM applications a WHERE a.name = 'school')")
            .await;
        assert_eq!(event(&console, mine).await, StatusCode::OK);
        assert_eq!(event(&console, theirs).await, StatusCode::INTERNAL_SERVER_ERROR);
        let console = console.restarted().await;
        assert_eq!(event(&console, mine).await, StatusCode::OK, "one text that does not open keeps nobody else out");
        assert_eq!(event(&console, theirs).await, StatusCode::INTERNAL_SERVER_ERROR);
    }
}

/// `123654` as version 0.1 sealed it with the key of 32 sevens: nonce and ciphertext, neither format nor place.
macro_rules! unversioned {
    () => {
        "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBgEYwe/zY3mpBG5NQa+Zh2z6+cU+tNg=="
    };
}

#[tokio::test]
async fn texts_of_the_first_version_are_sealed_anew_once() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let (app, other) = (app_with_key(&mut root, "school").await, app_with_key(&mut root, "other").await);
        console.console.close().await;
        std::fs::write(console.key_file(), STANDARD.encode([7; 32])).unwrap();
        console.sql(concat!("UPDATE applications SET callback_key_sealed = '", unversioned!(), "' WHERE name = 'school'")).await;
        console.sql("UPDATE applications SET callback_key_sealed = '' WHERE name = 'other'").await;
        console.sql("DELETE FROM seal_canary").await;

        let console = console.restarted().await;
        assert!(console.sealed_key().await.starts_with("v1."));
        assert_eq!(event(&console, app).await, StatusCode::OK);
        console.console.close().await;
        console.sql(concat!("UPDATE applications SET callback_key_sealed = '", unversioned!(), "' WHERE name = 'other'")).await;
        let console = console.restarted().await;
        assert_eq!(event(&console, other).await, StatusCode::INTERNAL_SERVER_ERROR, "once there is a canary such texts are not believed");
        assert_eq!(event(&console, app).await, StatusCode::OK);
    }
}
