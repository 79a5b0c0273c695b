//! Connecting an application that exists at TRTC: its own SDKAppID, callbacks of numbers nobody has registered, and a configuration that TRTC
//! does not follow; on both databases.

use crate::events::{KEY, send_signed};
use crate::kit::{Browser, DATABASES, FIRST_PASSWORD, NOW_MS, PASSWORD, TestConsole};
use axum::http::StatusCode;
use trtc_console::domain::app_pages::{CallbackConfigView, FeaturesView};
use trtc_console::domain::applications::AppList;
use trtc_console::domain::callback_config::Unregistered;
use trtc_console::domain::usage::UsageReport;

const OURS: i64 = 2_000_012_345;

async fn create(browser: &mut Browser, id: &str, name: &str) -> (StatusCode, String) {
    let answer = browser.call("apps/create", &[("sdk_app_id", id), ("name", name)]).await;
    (answer.status, if answer.status.is_success() { answer.location() } else { answer.body })
}

fn event(group: i64, kind: i64, at_ms: i64) -> String {
    format!(
        r#"{{"EventGroupId":{group},"EventType":{kind},"CallbackTs":{at_ms},"EventInfo":{{"RoomId":"r","EventMsTs":{at_ms},"UserId":"u"}}}}"#
    )
}

#[tokio::test]
async fn an_application_of_trtc_is_connected_under_its_own_number() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        assert_eq!(create(&mut root, "2000012345", "school").await, (StatusCode::OK, "/apps?created=2000012345".to_owned()));
        assert!(root.get("/apps?created=2000012345").await.body.contains("/apps/2000012345/callbacks"), "the next step is offered");
        let id = [("id", "2000012345"), ("callback_key", KEY)];
        assert_eq!(root.call("callbacks/set-key", &id).await.status, StatusCode::OK);
        for (kind, at_ms) in [(103, NOW_MS - 120_000), (104, NOW_MS - 60_000)] {
            assert_eq!(send_signed(&console, OURS, KEY, &event(1, kind, at_ms)).await.status, StatusCode::OK);
        }
        assert_eq!(root.read("callbacks/view", &id[..1]).await.json::<CallbackConfigView>().log.events.len(), 2);
        let report: UsageReport = root.read("usage/report", &[("app", "2000012345")]).await.json();
        assert_eq!(report.totals.map(|totals| totals.audio_minutes), Some(1));
    }
}

#[tokio::test]
async fn a_number_is_checked_and_taken_once_in_the_whole_installation() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let (mut root, mut other) = (console.root().await, console.other_root().await);
        for wrong in ["1", "14000000012", "0400000001", "140000000x", "１４００００００１２", "-400000001", "1400 00001"] {
            let (status, body) = create(&mut root, wrong, "wrong").await;
            assert!(status == StatusCode::UNPROCESSABLE_ENTITY && body.contains("sdk_app_id"), "{wrong}: {body}");
        }
        assert_eq!(create(&mut root, " 1400000002 ", "two").await.0, StatusCode::OK);
        let (own, foreign) = (create(&mut root, "1400000002", "again").await, create(&mut other, "1400000002", "mine").await);
        assert!(own.0 == StatusCode::UNPROCESSABLE_ENTITY && own == foreign, "who has it makes no difference: {own:?} {foreign:?}");
        assert_eq!(create(&mut root, "", "one").await.1, "/apps?created=1400000001");
        assert_eq!(create(&mut root, "", "three").await.1, "/apps?created=1400000003", "a number that was entered is not generated");
        assert_eq!(create(&mut root, "9999999999", "last").await.0, StatusCode::OK);
        assert_eq!(create(&mut root, "", "four").await.1, "/apps?created=1400000004", "whatever large number was entered");
        let id = ("id", "1400000002");
        assert_eq!(root.call("apps/disable", &[id]).await.status, StatusCode::OK);
        assert_eq!(root.call("apps/delete", &[id, ("confirm", "1400000002")]).await.status, StatusCode::OK);
        assert_eq!(create(&mut root, "1400000002", "back").await.0, StatusCode::UNPROCESSABLE_ENTITY, "its events are still being deleted");
        console.console.purge_deleted().await.unwrap();
        assert_eq!(create(&mut root, "1400000002", "back").await.0, StatusCode::OK, "the same application of TRTC once more");
    }
}

#[tokio::test]
async fn numbers_nobody_has_registered_are_offered_to_the_only_root_account() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        for app in [OURS, OURS, 1_600_000_001] {
            assert_eq!(send_signed(&console, app, "guess", &event(1, 103, NOW_MS)).await.status, StatusCode::UNAUTHORIZED);
        }
        for flood in 0..200 {
            send_signed(&console, 1_700_000_000 + flood, "guess", "{}").await;
        }
        let console = console.restarted().await;
        let mut root = console.root().await;
        let unregistered = async |browser: &mut Browser| browser.read("apps/list", &[]).await.json::<AppList>().unregistered;
        let found = unregistered(&mut root).await;
        assert_eq!(found.len(), 50, "few, whatever is sent");
        let ours = |found: &[Unregistered]| found.iter().find(|one| one.id.0 == OURS).map(|one| (one.count, one.last_address.clone()));
        assert_eq!(ours(&found), Some((2, "127.0.0.1".to_owned())));
        assert!(root.get("/apps").await.body.contains("/apps?connect=2000012345"));
        assert!(root.get("/apps?connect=2000012345").await.body.contains("value=\"2000012345\""), "the form begins with the number");
        let made = root.call("users/create", &[("name", "reader"), ("password", FIRST_PASSWORD), ("policies[]", "1")]).await;
        let owner = made.json::<trtc_console::domain::accounts::NewCredential>().owner_uin.to_string();
        root.settle(&owner, "reader").await;
        let mut reader = console.browser();
        reader.log_in(&owner, "reader", PASSWORD).await;
        assert!(unregistered(&mut reader).await.is_empty(), "for the root account alone");
        assert_eq!(create(&mut root, "2000012345", "school").await.0, StatusCode::OK);
        assert_eq!(ours(&unregistered(&mut root).await), None);
        let mut other = console.other_root().await;
        assert!(unregistered(&mut root).await.is_empty(), "nobody can tell whose they are");
        assert!(unregistered(&mut other).await.is_empty());
    }
}

#[tokio::test]
async fn a_configuration_that_trtc_does_not_follow_is_told() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let id = ("id", "1400000001");
        create(&mut root, "", "school").await;
        root.call("callbacks/set-key", &[id, ("callback_key", KEY)]).await;
        let view = async |browser: &mut Browser| browser.read("features/view", &[id]).await.json::<FeaturesView>();
        let seen = |view: &FeaturesView| (view.relay_seen_ms, view.recording_seen_ms);
        send_signed(&console, 1_400_000_001, KEY, &event(1, 103, NOW_MS)).await;
        assert_eq!(seen(&view(&mut root).await), (None, None));
        console.clock.advance(1_000);
        send_signed(&console, 1_400_000_001, KEY, &event(4, 401, NOW_MS)).await;
        console.clock.advance(1_000);
        send_signed(&console, 1_400_000_001, KEY, &event(3, 301, NOW_MS)).await;
        assert_eq!(seen(&view(&mut root).await), (Some(NOW_MS + 1_000), Some(NOW_MS + 2_000)));
        let page = root.get("/apps/1400000001/features").await.body;
        assert!(
            page.contains("Does not match what TRTC does") && page.contains("only record what your team intends"),
            "and that nothing is set at TRTC from here"
        );
        console.clock.advance(1_000);
        let on = [id, ("version", "0"), ("on", "on"), ("mode", "specified_stream"), ("confirm", "yes")];
        assert_eq!(root.call("features/relay", &on).await.status, StatusCode::OK);
        assert_eq!(seen(&view(&mut root).await), (None, None), "what came before the last change tells nothing");
        send_signed(&console, 1_400_000_001, KEY, &event(4, 401, NOW_MS + 1)).await;
        assert_eq!(seen(&view(&mut root).await), (None, None), "relay is on");
    }
}

#[tokio::test]
async fn part_of_a_period_is_not_compared_with() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        create(&mut root, "", "school").await;
        root.call("callbacks/set-key", &[("id", "1400000001"), ("callback_key", KEY)]).await;
        let day = 24 * 3_600_000;
        let send = async |days_ago: i64| {
            for (kind, at_ms) in [(103, NOW_MS - days_ago * day - 60_000), (104, NOW_MS - days_ago * day)] {
                assert_eq!(send_signed(&console, 1_400_000_001, KEY, &event(1, kind, at_ms)).await.status, StatusCode::OK);
            }
        };
        let week = [("from", "2026-11-18"), ("to", "2026-11-24")];
        let before = async |browser: &mut Browser| browser.read("usage/report", &week).await.json::<UsageReport>().before;
        send(1).await;
        send(8).await;
        assert_eq!(before(&mut root).await, None, "counting began in the middle of the week before");
        send(20).await;
        assert_eq!(before(&mut root).await.map(|totals| totals.audio_minutes), Some(1));
    }
}
