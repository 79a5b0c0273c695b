//! Taking events in: it waits for nobody who adds up, a replaced key is void on every server at once, and what got in the way of another change
//! is tried again.

use crate::events::{KEY, app_with_key, join_all, send_signed};
use crate::kit::{Answer, Browser, DATABASES, Database, NOW_MS, TestConsole};
use crate::usage::csv;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use std::time::Duration;
use trtc_console::boot::Console;
use trtc_console::server::gate::sign;

/// An event of room 1, so many minutes before noon.
fn event(event_type: i64, minutes: i64, user: &str) -> String {
    let at_ms = NOW_MS - minutes * 60_000;
    format!(
        r#"{{"EventGroupId":1,"EventType":{event_type},"CallbackTs":{at_ms},"EventInfo":{{"RoomId":1,"EventMsTs":{at_ms},"UserId":"{user}"}}}}"#
    )
}

/// Sends a body to a server, signed with a key.
async fn send_to(server: &Console, app: i64, key: &str, body: &str) -> Answer {
    let request = Request::post("/callbacks/trtc").header("SdkAppId", app.to_string()).header("Sign", sign(key, body.as_bytes()));
    Browser::of(server).send(request.body(Body::from(body.to_owned())).unwrap()).await
}

#[tokio::test]
async fn an_event_is_taken_in_while_a_roll_up_holds_its_room_and_its_day() {
    let console = TestConsole::start_on(Database::Postgres).await;
    let app = app_with_key(&mut console.root().await, "school").await;
    assert_eq!(send_signed(&console, app, KEY, &event(103, 30, "ann")).await.status, StatusCode::OK);
    console.console.work_out_figures().await.unwrap();
    assert_eq!(console.sql_text("SELECT room FROM rooms_due").await, "n:1", "due again later");
    for held in ["UPDATE rooms_due SET noted = noted", "UPDATE usage_days SET rooms = rooms", "UPDATE applications SET status = status"] {
        let holder = console.somebody_holds(held).await;
        let body = event(103, 20, &held.len().to_string());
        let sent = send_signed(&console, app, KEY, &body);
        let answer = tokio::time::timeout(Duration::from_secs(3), sent).await.unwrap_or_else(|_| panic!("waits for {held}"));
        assert_eq!(answer.status, StatusCode::OK, "{held}");
        drop(holder);
    }
    let rows = csv(&mut console.root().await, &format!("app={app}")).await;
    assert_eq!(rows[1], format!("2026-11-24,{app},90,0,4,4,1"), "half an hour and three times twenty minutes");
}

#[tokio::test]
async fn a_replaced_key_is_void_at_once_on_every_server_that_has_seen_it() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let replica = console.replica().await;
        let mut root = console.root().await;
        let app = app_with_key(&mut root, "school").await;
        let id = app.to_string();
        for server in [&console.console, &replica] {
            assert_eq!(send_to(server, app, KEY, &event(103, 1, "ann")).await.status, StatusCode::OK);
        }
        // The same key, sealed anew, is the same key.
        let set = async |root: &mut Browser, key: &str| {
            let set = root.call("callbacks/set-key", &[("id", &id), ("callback_key", key), ("confirm", "yes")]).await;
            assert!(set.status.is_success() || set.status.is_redirection(), "{set:?}");
        };
        set(&mut root, KEY).await;
        for server in [&console.console, &replica] {
            assert_eq!(send_to(server, app, KEY, &event(103, 2, "ann")).await.status, StatusCode::OK, "{database:?}");
        }
        set(&mut root, "another").await;
        for (number, server) in [&console.console, &replica].into_iter().enumerate() {
            let user = format!("late{number}");
            for _ in 0..2 {
                let refused = send_to(server, app, KEY, &event(103, 3, &user)).await;
                assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{database:?}: {}", refused.body);
            }
            assert_eq!(send_to(server, app, "another", &event(103, 4, &user)).await.status, StatusCode::OK, "{database:?}");
        }
        assert_eq!(console.sql_text("SELECT CAST(COUNT(*) AS TEXT) FROM events").await, "4", "nothing was stored that was refused");

        assert_eq!(root.call("apps/disable", &[("id", &id)]).await.status, StatusCode::OK);
        assert_eq!(root.call("apps/delete", &[("id", &id), ("confirm", &id)]).await.status, StatusCode::OK);
        for server in [&console.console, &replica] {
            assert_eq!(send_to(server, app, "another", &event(103, 5, "ann")).await.status, StatusCode::UNAUTHORIZED, "{database:?}");
        }
        console.console.purge_deleted().await.unwrap();
        for left in ["SELECT room FROM events", "SELECT room FROM room_marks", "SELECT user_id FROM day_users"] {
            assert_eq!(console.sql_text(left).await, "", "{database:?}: {left}");
        }
        replica.close().await;
    }
}

#[tokio::test]
async fn what_got_in_the_way_of_another_change_is_tried_again() {
    let console = TestConsole::start_on(Database::Postgres).await;
    let app = app_with_key(&mut console.root().await, "school").await;
    for text in [
        "CREATE SEQUENCE tries",
        "CREATE FUNCTION conflict() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             IF nextval('tries') IN (1, 3, 4) THEN RAISE EXCEPTION 'as in a deadlock' USING ERRCODE = '40P01'; END IF; RETURN NULL; END $$",
        "CREATE TRIGGER conflict BEFORE INSERT ON room_marks FOR EACH STATEMENT EXECUTE FUNCTION conflict()",
    ] {
        console.sql(text).await;
    }
    assert_eq!(send_signed(&console, app, KEY, &event(103, 1, "ann")).await.status, StatusCode::OK, "the second try");
    let twice = send_signed(&console, app, KEY, &event(103, 1, "bob")).await;
    assert_eq!(twice.status, StatusCode::SERVICE_UNAVAILABLE, "the sender is to try again, it is no fault of the event");
    assert_eq!(console.sql_text("SELECT STRING_AGG(user_id, ' ') FROM events").await, "ann");
}

#[tokio::test]
async fn who_waits_for_somebody_who_comes_to_no_end_is_told_to_try_again_and_keeps_no_event_waiting() {
    let console = TestConsole::start_on(Database::Postgres).await;
    let mut root = console.root().await;
    let app = app_with_key(&mut root, "school").await;
    let holder = console.somebody_holds("UPDATE owners SET revision = revision").await;
    // More than there are connections for them.
    let names: Vec<String> = (0..12).map(|number| format!("app{number}")).collect();
    let waiting = join_all(names.iter().map(|name| {
        let mut root = root.clone();
        async move { root.call("apps/create", &[("name", name)]).await.status }
    }));
    let sent = async {
        // When they have begun to wait; the wait itself is what is tried, so it is no matter when exactly.
        tokio::time::sleep(Duration::from_millis(500)).await;
        tokio::time::timeout(Duration::from_secs(2), send_signed(&console, app, KEY, &event(103, 1, "ann"))).await
    };
    let (told, answer) = tokio::join!(tokio::time::timeout(Duration::from_secs(20), waiting), sent);
    assert_eq!(answer.expect("waits for people").status, StatusCode::OK);
    let told = told.expect("waits for ever");
    assert!(told.iter().all(|status| *status == StatusCode::SERVICE_UNAVAILABLE), "{told:?}");
    drop(holder);
}
