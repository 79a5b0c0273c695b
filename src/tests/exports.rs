//! Files that are exported: only for who asks on a page of this console, and only as long as they may have them.

use crate::kit::{Browser, TestConsole};
use crate::people::{owner_of, statement, sub_account};
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use trtc_console::domain::accounts::UserRow;
use trtc_console::domain::audit_query::AuditPage;
use trtc_console::domain::paging::Page;
use trtc_console::domain::session::SessionRow;

const FILES: [&str; 4] = [
    "/cam/who-can/export.csv?action=trtc:DismissRoom",
    "/audit/export.csv?range=1d",
    "/audit/export.ndjson?range=1d",
    "/usage/export.csv?from=2026-11-24&to=2026-11-24",
];

async fn asked_from(site: &str, browser: &mut Browser, file: &str) -> StatusCode {
    browser.send(Request::get(file).header("sec-fetch-site", site).body(Body::empty()).unwrap()).await.status
}

#[tokio::test]
async fn no_other_site_has_files_made() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    for file in FILES {
        for (site, status) in [
            ("cross-site", StatusCode::FORBIDDEN),
            ("same-site", StatusCode::FORBIDDEN),
            ("same-origin", StatusCode::OK),
            ("none", StatusCode::OK),
        ] {
            assert_eq!(asked_from(site, &mut root, file).await, status, "{file} from {site}");
        }
    }
    // What was refused has left no record in the name of its victim.
    let page: AuditPage = root.read("audit/search", &[("form[event]", "cloudaudit:LookUpEvents")]).await.json();
    assert_eq!(page.events.len(), 4, "two files, twice each");
}

/// More records than wait for a reader, so that the rest is not read yet when the first part of their file arrives.
async fn many_records(console: &TestConsole) {
    console
        .sql(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
             INSERT INTO audit_events SELECT owner_uin, seq + 1000 * i, body, prev, hash, event_id, time_ms, event_name, result, writes,
                 sensitive, uin, address, request_id FROM audit_events, n WHERE owner_uin > 0 AND seq = 1",
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_under_way_ends_with_the_right_to_it() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let owner = owner_of(&mut root).await;
    let statements = [statement("allow", &["cloudaudit:*"], &["*".to_owned()])];
    many_records(&console).await;
    // A file holds what is older than itself.
    console.clock.advance(1);
    for withdrawn in ["nothing", "the policy", "the account", "the session"] {
        let name = withdrawn.replace(' ', "-");
        let mut auditor = sub_account(&console, &mut root, &name, &statements).await;
        let response = auditor.begin("/audit/export.ndjson?range=1d").await;
        assert_eq!(response.status(), StatusCode::OK);
        let users: Page<UserRow> = root.read("users/list", &[("search", &name)]).await.json();
        let uin = users.rows[0].uin.to_string();
        assert_ne!(uin, owner.to_string());
        let done = match withdrawn {
            "the policy" => {
                let policy = console.sql_text("SELECT CAST(MAX(policy_id) AS TEXT) FROM policies WHERE name = 'the-policy-policy'").await;
                root.call("users/detach", &[("uin", &uin), ("policy", &policy)]).await
            }
            "the session" => {
                let session = auditor.read("session/list", &[]).await.json::<Vec<SessionRow>>().remove(0);
                auditor.call("session/end", &[("id", &session.id)]).await
            }
            "the account" => root.call("users/disable", &[("uin", &uin), ("disabled", "true")]).await,
            _ => root.read("users/list", &[]).await,
        };
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        let whole = to_bytes(response.into_body(), 64 << 20).await;
        match withdrawn {
            "nothing" => assert!(String::from_utf8(whole.unwrap().to_vec()).unwrap().lines().count() > 4_000),
            _ => assert!(whole.is_err(), "a file that ends in order looks whole"),
        }
    }
}

/// 2026-11-24 13:00:00 UTC, an hour after the tests begin.
const AN_HOUR_LATER: &str = "2026-11-24T13:00:00Z";

/// Begins a file, lets time pass, and gives whether it is whole.
async fn whole_after(minutes: i64, effect: &str, condition: &str) -> bool {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    many_records(&console).await;
    console.clock.advance(1);
    let allow = statement("allow", &["cloudaudit:*"], &["*".to_owned()]);
    let timed = format!(
        r#"{{"effect":"{effect}","action":["cloudaudit:*"],"resource":["*"],"condition":{{"{condition}":{{"qcs:current_time":"{AN_HOUR_LATER}"}}}}}}"#
    );
    let statements = match (effect, condition) {
        (_, "") => vec![allow],
        ("allow", _) => vec![timed],
        _ => vec![allow, timed],
    };
    let auditor = sub_account(&console, &mut root, "auditor", &statements).await;
    let response = auditor.begin("/audit/export.ndjson?range=1d").await;
    assert_eq!(response.status(), StatusCode::OK);
    console.clock.advance(minutes * 60_000);
    to_bytes(response.into_body(), 64 << 20).await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_under_way_ends_with_its_session() {
    assert!(whole_after(119, "", "").await);
    assert!(!whole_after(121, "", "").await, "nobody has used the session for longer than it lasts");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_under_way_ends_at_the_time_that_a_policy_names() {
    for (effect, condition) in [("allow", "date_less_than"), ("deny", "date_greater_than")] {
        assert!(whole_after(59, effect, condition).await, "{effect}");
        assert!(!whole_after(61, effect, condition).await, "{effect}");
    }
}
