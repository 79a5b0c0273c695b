//! What is kept: events for as long as the installation says, figures for ever, and a backup for the day the rest is gone.
//!
//! Time is the fixed clock's; a backup is made while events come in.

use crate::events::{KEY, app_with_key, join_all, send_signed};
use crate::kit::{DATABASES, Database, NOW_MS, ROOT, TestConsole};
use crate::usage::csv;
use axum::http::StatusCode;
use trtc_console::boot::{self, Console};
use trtc_console::domain::days::DAY_MS;
use trtc_console::server::config::{Config, Flags};
use trtc_console::server::gate::password::Cost;

/// An event of a room at an instant.
fn event(event_type: i64, room: i64, at_ms: i64, user: &str) -> String {
    format!(
        r#"{{"EventGroupId":{},"EventType":{event_type},"CallbackTs":{at_ms},"EventInfo":{{"RoomId":{room},"EventTs":{},"EventMsTs":{at_ms},"UserId":"{user}"}}}}"#,
        event_type / 100,
        at_ms / 1_000
    )
}

async fn send_all(console: &TestConsole, app: i64, events: &[String]) {
    for event in events {
        assert_eq!(send_signed(console, app, KEY, event).await.status, StatusCode::OK);
    }
    console.console.work_out_figures().await.unwrap();
}

#[tokio::test]
async fn figures_stay_when_their_events_go_also_when_one_comes_late() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let app = app_with_key(&mut console.root().await, "school").await;
        let minute = 60_000;
        // Two calls of room 1, a call of room 2 that begins before the limit and ends after it, and an event of no weight.
        send_all(
            &console,
            app,
            &[
                event(103, 1, NOW_MS, "ann"),
                event(104, 1, NOW_MS + 10 * minute, "ann"),
                event(103, 1, NOW_MS + 20 * minute, "bob"),
                event(104, 1, NOW_MS + 50 * minute, "bob"),
                event(103, 2, NOW_MS, "eve"),
                event(401, 3, NOW_MS, "eve"),
            ],
        )
        .await;
        console.clock.advance(60 * minute);
        send_all(&console, app, &[event(104, 2, NOW_MS + 60 * minute, "eve")]).await;
        let query = "from=2026-11-24&to=2026-11-26";
        let count = "SELECT CAST(COUNT(*) AS TEXT) FROM events";
        let days = 40;
        let before = csv(&mut console.root().await, query).await;
        assert!(before.len() > 1, "{before:?}");

        // An hour more: nothing is deleted that an intake under way may still add to.
        console.clock.advance(days * DAY_MS + 55 * minute);
        assert_eq!(console.console.purge_events(days).await.unwrap(), 5, "all but the stay of room 2, whose end is not old enough");
        assert_eq!(console.sql_text(count).await, "2");
        assert_eq!(csv(&mut console.root().await, query).await, before);

        console.clock.advance(10 * minute);
        assert_eq!(console.console.purge_events(days).await.unwrap(), 2);
        assert_eq!(console.sql_text(count).await, "0");
        // Late or again, in the middle of what was purged and after it.
        send_all(
            &console,
            app,
            &[
                event(104, 1, NOW_MS + 50 * minute, "bob"),
                event(103, 1, NOW_MS + 30 * minute, "late"),
                event(105, 2, NOW_MS + 30 * minute, "eve"),
            ],
        )
        .await;
        assert_eq!(csv(&mut console.root().await, query).await, before, "what is late for purged time changes nothing");
        let now_ms = console.console.gate.now_ms();
        send_all(&console, app, &[event(103, 1, now_ms - 10 * minute, "new"), event(104, 1, now_ms - 5 * minute, "new")]).await;
        let later = csv(&mut console.root().await, "from=2027-01-01&to=2027-01-05").await;
        assert_eq!(later.len(), 2, "the room goes on: {later:?}");
        assert_eq!(csv(&mut console.root().await, query).await, before);
    }
}

#[tokio::test]
async fn what_is_received_in_time_counts_although_its_room_is_closed_before_it_is_committed() {
    let console = TestConsole::start_on(Database::Postgres).await;
    let app = app_with_key(&mut console.root().await, "school").await;
    let (minute, days) = (60_000, 40);
    let settled_ms = NOW_MS + 30 * minute;
    send_all(&console, app, &[event(103, 1, NOW_MS, "ann"), event(104, 1, settled_ms, "ann")]).await;
    console.clock.advance(30 * minute + days * DAY_MS - 10 * minute);
    // Received less than so many days after it happened, and not committed: the note of its room waits for a lock.
    let holding = console.somebody_holds("LOCK TABLE room_marks IN SHARE MODE").await;
    let late = [event(103, 1, settled_ms - 5 * minute, "late"), event(104, 1, settled_ms - 3 * minute, "late")];
    let purged = async {
        let waiting = "SELECT CAST(COUNT(*) AS TEXT) FROM pg_locks WHERE NOT granted AND relation = 'room_marks'::regclass";
        console.sql_counts(waiting).await;
        console.clock.advance(11 * minute);
        let events = console.console.purge_events(days).await;
        drop(holding);
        events.unwrap()
    };
    let sent = join_all(late.iter().map(|body| send_signed(&console, app, KEY, body)));
    let (purged, answers) = tokio::join!(purged, sent);
    assert!(answers.iter().all(|answer| answer.status == StatusCode::OK), "{answers:?}");
    assert_eq!(purged, 0, "an intake may be under way for so long");
    console.console.work_out_figures().await.unwrap();
    let rows = csv(&mut console.root().await, "from=2026-11-24&to=2026-11-24").await;
    let fields: Vec<&str> = rows[1].split(',').collect();
    assert_eq!(fields[4..6], ["2", "2"], "users and entries: {rows:?}");
    console.clock.advance(60 * minute);
    assert_eq!(console.console.purge_events(days).await.unwrap(), 2, "in its time: {rows:?}");
    assert_eq!(csv(&mut console.root().await, "from=2026-11-24&to=2026-11-24").await, rows);
}

#[tokio::test]
async fn a_backup_made_while_events_come_in_opens_with_all_that_was_answered_before() {
    let console = TestConsole::start().await;
    let app = app_with_key(&mut console.root().await, "school").await;
    send_all(&console, app, &(0..50).map(|room| event(103, room, NOW_MS, "ann")).collect::<Vec<_>>()).await;
    let restored = tempfile::tempdir().unwrap();
    let copy = restored.path().join("console.db");
    let config = Config::load(console.flags()).unwrap();
    let writing = join_all((50..400).map(|room| {
        let (console, body) = (&console, event(103, room, NOW_MS, "bob"));
        async move { send_signed(console, app, KEY, &body).await.status }
    }));
    let (backup, answers) = tokio::join!(boot::back_up(config.clone(), copy.clone()), writing);
    backup.unwrap();
    assert!(answers.iter().all(|status| *status == StatusCode::OK));
    assert_eq!(std::fs::read_dir(restored.path()).unwrap().count(), 1, "nothing half done is left");
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&copy).unwrap().permissions()) & 0o777, 0o600);
    let again = boot::back_up(config, copy).await.unwrap_err();
    assert!(again.contains("is there already"), "{again}");

    std::fs::copy(console.flags().data_dir.unwrap().join("seal.key"), restored.path().join("seal.key")).unwrap();
    let flags = Flags { data_dir: Some(restored.path().to_owned()), ..Flags::default() };
    let opened = Console::build(Config::load(flags).unwrap(), console.clock.clone(), Cost::TESTS).await.unwrap();
    let mut root = crate::kit::Browser::of(&opened);
    root.log_in("", ROOT, crate::kit::PASSWORD).await;
    opened.work_out_figures().await.unwrap();
    let rows = csv(&mut root, "from=2026-11-24&to=2026-11-24").await;
    let entries: usize = rows[1].split(',').nth(5).unwrap().parse().unwrap();
    assert!((50..=400).contains(&entries), "{rows:?}");
    opened.close().await;
}

#[tokio::test]
async fn a_backup_of_postgresql_names_the_tool_for_it() {
    let flags = Flags { database_url: Some("postgres://u:geheim@db/console".into()), ..Flags::default() };
    let said = boot::back_up(Config::load(flags).unwrap(), "console.dump".into()).await.unwrap_err();
    assert!(said.contains("pg_dump --format=custom --file=console.dump") && !said.contains("geheim"), "{said}");
}
