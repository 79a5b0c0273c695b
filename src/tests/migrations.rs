//! What an earlier version left is carried over: a database is taken back to that version, by its own statements, and started again.

use crate::events::{KEY, app_with_key, send_signed};
use crate::kit::{DATABASES, Database, NOW_MS, TestConsole, postgres};
use crate::usage::csv;
use axum::http::StatusCode;
use std::time::Duration;
use trtc_console::boot::accounts::{self, Account};
use trtc_console::boot::{self, Console, audit};
use trtc_console::domain::app_pages::CallbackConfigView;
use trtc_console::domain::events::CallbackLog;
use trtc_console::server::clock::Clock;
use trtc_console::server::config::{Config, Flags};
use trtc_console::server::gate::password::Cost;

const EVENTS_OF_0002: &str = include_str!("../../migrations/0002_events.sql");
const EVENTS_OF_0007: &str = include_str!("../../migrations/0007_connected_applications.sql");

/// The statement of a migration that begins so.
fn statement(of: &'static str, begins: &str) -> &'static str {
    let from = of.find(begins).unwrap_or_else(|| panic!("no {begins}"));
    let text = &of[from..];
    &text[..text.find(";\n").unwrap()]
}

fn event(event_type: i64, room: &str, minutes: i64, user: &str) -> String {
    let at_ms = NOW_MS - minutes * 60_000;
    format!(
        r#"{{"EventGroupId":{},"EventType":{event_type},"CallbackTs":{at_ms},"EventInfo":{{"RoomId":{room},"EventMsTs":{at_ms},"UserId":"{user}"}}}}"#,
        event_type / 100
    )
}

#[tokio::test]
async fn events_and_figures_of_version_13_are_carried_over() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let (app, other) = (app_with_key(&mut root, "school").await, app_with_key(&mut root, "other").await);
        let events = [
            event(103, "1", 200, "ann"),
            event(104, "1", 150, "ann"),
            event(103, "\"b\"", 140, "ann"),
            event(104, "\"b\"", 130, "ann"),
            event(103, "1", 120, "bob"),
            event(401, "7", 100, "eve"),
            "{}".to_owned(),
        ];
        for body in &events {
            for app in [app, other] {
                assert_eq!(send_signed(&console, app, KEY, body).await.status, StatusCode::OK);
            }
        }
        let query = format!("app={app}&from=2026-11-24&to=2026-11-24");
        let before = csv(&mut root, &query).await;
        assert_eq!(before[1], format!("2026-11-24,{app},180,0,2,3,2"));
        let log = |log: CallbackLog| log.events.into_iter().map(|event| event.body.unwrap()).collect::<Vec<_>>();
        let id = app.to_string();
        let received = log(root.read("callbacks/view", &[("id", &id)]).await.json::<CallbackConfigView>().log);
        console.console.work_out_figures().await.unwrap();
        console.console.close().await;

        for text in [
            "ALTER TABLE events RENAME TO events_of_now",
            "DROP INDEX events_received",
            "DROP INDEX events_recording",
            "DROP INDEX events_relay",
            statement(EVENTS_OF_0002, "CREATE TABLE events "),
            statement(EVENTS_OF_0002, "CREATE INDEX events_room "),
            statement(EVENTS_OF_0002, "CREATE INDEX events_received "),
            statement(EVENTS_OF_0007, "CREATE INDEX events_recording "),
            statement(EVENTS_OF_0007, "CREATE INDEX events_relay "),
            "INSERT INTO events SELECT owner_uin, sdk_app_id, event_id, received_ms, at_ms, room, event_group, event_type, user_id, unique_id, body
             FROM events_of_now",
            "DROP TABLE events_of_now",
            "DROP TABLE room_marks",
            "DROP INDEX rooms_due_owner",
            "CREATE INDEX rooms_due_app ON rooms_due (sdk_app_id, due_ms)",
            "DROP TABLE day_users",
            "DROP TABLE policy_drafts",
            "DROP TABLE promises",
            "DROP INDEX attachments_until",
            "ALTER TABLE attachments DROP COLUMN until_ms",
            "ALTER TABLE sessions DROP COLUMN viewed_uin",
            "ALTER TABLE sessions DROP COLUMN viewed_until_ms",
            "DROP TABLE decisions",
            "DELETE FROM _sqlx_migrations WHERE version >= 14",
        ] {
            console.sql(text).await;
        }
        let config = Config::load(console.flags()).unwrap();
        if matches!(database, Database::Postgres) {
            let refused = Console::build(config.clone(), console.clock.clone(), Cost::TESTS).await.err().unwrap();
            assert!(refused.contains("`trtc-console migrate`"), "other servers may be using it: {refused}");
        }
        // What works beside a server must not change the tables under it.
        let list = accounts::run(&config, &console.clock, Cost::TESTS, Account::List).await.map_err(|problem| problem.to_string());
        let verified = audit::verify(&config, None).await.map(|_| ());
        for refused in [list.map(drop), verified, boot::forget_sealed(config.clone(), &console.clock).await] {
            let refused = refused.unwrap_err();
            assert!(refused.contains("`trtc-console migrate`"), "{database:?}: {refused}");
        }
        if matches!(database, Database::Postgres) {
            boot::migrate(config).await.unwrap();
        }
        let console = console.restarted().await;
        assert_eq!(console.sql_text("SELECT CAST(COUNT(*) AS TEXT) FROM events").await, (events.len() * 2).to_string());
        let users = "SELECT CAST(SUM(calls * 10 + 1) AS TEXT) FROM day_users WHERE user_id = 'ann'";
        assert_eq!(console.sql_text(users).await, "42", "two calls, in each of two applications");
        let mut root = console.root().await;
        assert_eq!(csv(&mut root, &query).await, before);
        assert_eq!(log(root.read("callbacks/view", &[("id", &id)]).await.json::<CallbackConfigView>().log), received);
        // Sent again it is the same event; what is new counts from there.
        for body in &events {
            assert_eq!(send_signed(&console, app, KEY, body).await.status, StatusCode::OK);
        }
        assert_eq!(console.sql_text("SELECT CAST(COUNT(*) AS TEXT) FROM events").await, (events.len() * 2).to_string());
        assert_eq!(csv(&mut root, &query).await, before);
        for body in [event(104, "1", 110, "bob"), event(103, "2", 60, "ann"), event(104, "2", 50, "ann")] {
            assert_eq!(send_signed(&console, app, KEY, &body).await.status, StatusCode::OK);
        }
        assert_eq!(csv(&mut root, &query).await[1], format!("2026-11-24,{app},80,0,2,4,3"), "{database:?}");
    }
}

/// What a start says to a database; `None` when it goes well.
async fn refusal(console: &TestConsole, flags: Flags) -> Option<String> {
    match Console::build(Config::load(flags).unwrap(), console.clock.clone(), Cost::TESTS).await {
        Ok(built) => {
            built.close().await;
            None
        }
        Err(refused) => Some(refused),
    }
}

#[tokio::test]
async fn servers_that_start_together_on_an_empty_postgresql_all_start() {
    let url = postgres().new_database();
    let name = url.rsplit('/').next().and_then(|name| name.split('?').next()).unwrap();
    // What makes tables takes its time, so that the last server comes upon some of them.
    let slow = "CREATE FUNCTION slow() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.01); END $$;
        CREATE EVENT TRIGGER slow ON ddl_command_end EXECUTE FUNCTION slow()";
    postgres().ask(name, slow);
    let dir = tempfile::tempdir().unwrap();
    let start = async |server: &str| {
        let data_dir = Some(dir.path().join(server));
        let seal_key = Some("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned().into());
        let flags = Flags { data_dir, seal_key, database_url: Some(url.clone().into()), ..Flags::default() };
        Console::build(Config::load(flags).unwrap(), Clock::fixed(NOW_MS), Cost::TESTS).await
    };
    let last = async {
        while postgres().ask(name, "SELECT to_regclass('accounts') IS NULL") == "t" {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        start("last").await
    };
    let starts = async { tokio::join!(start("first"), start("second"), last) };
    let (first, second, last) = tokio::time::timeout(Duration::from_secs(60), starts).await.unwrap();
    for started in [first, second, last] {
        started.unwrap_or_else(|refused| panic!("{refused}")).close().await;
    }
}

const LATER: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
    SELECT 9999, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1";

#[tokio::test]
async fn tables_of_a_later_version_are_refused_whatever_is_asked_for() {
    for database in DATABASES {
        let console = TestConsole::empty_on(database).await;
        assert_eq!(refusal(&console, console.flags()).await, None, "{database:?}: those of this version just work");
        console.sql(LATER).await;
        for migrate in [false, true] {
            let refused = refusal(&console, Flags { migrate, ..console.flags() }).await.unwrap();
            assert!(refused.contains("a later version of trtc-console"), "{database:?}: {refused}");
        }
    }
}

/// Whether the index for closing rooms is there and whole: `1`.
const WHOLE_INDEX: &str = "SELECT CAST(COUNT(*) AS TEXT) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relname = 'rooms_settled_open' AND i.indisvalid";

#[tokio::test]
async fn indexes_that_are_missing_on_postgresql_stop_no_start_and_are_built_when_asked_for() {
    let console = TestConsole::empty_on(Database::Postgres).await;
    assert_eq!(console.sql_text(WHOLE_INDEX).await, "1", "an empty database gets them");
    console.sql("DELETE FROM _sqlx_migrations_postgres").await;
    // What a build leaves that was cut off.
    console.sql("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'rooms_settled_open'::regclass").await;
    assert_eq!(refusal(&console, console.flags()).await, None);
    assert_eq!(console.sql_text(WHOLE_INDEX).await, "0", "nobody asked for it");
    // While others are at work, and twice at the same time.
    let writing = console.somebody_holds("UPDATE rooms_settled SET settled_ms = 0 WHERE settled_ms < 0").await;
    let config = Config::load(console.flags()).unwrap();
    let ends = async {
        let waiting = "SELECT CAST(COUNT(*) AS TEXT) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
            AND query LIKE '%INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'";
        console.sql_counts(waiting).await;
        drop(writing);
    };
    let (one, other, ()) = tokio::join!(boot::migrate(config.clone()), boot::migrate(config), ends);
    assert_eq!((one, other), (Ok(()), Ok(())));
    assert_eq!(console.sql_text(WHOLE_INDEX).await, "1");
    assert_eq!(refusal(&console, console.flags()).await, None);
}
