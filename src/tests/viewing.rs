//! View as: a root account sees the console as a sub-account, changes nothing by it, and both names are recorded.

use crate::kit::{Browser, TestConsole};
use crate::knock::{KNOCKS, Things, ask};
use crate::policies::{allowing, sub_account};
use crate::users::ADMINISTRATOR;
use axum::http::StatusCode;
use trtc_console::catalog::operations;
use trtc_console::domain::fault::Fault;
use trtc_console::domain::session::{Session, Viewing};

async fn session_of(browser: &mut Browser) -> Session {
    browser.read("session", &[]).await.json()
}

#[tokio::test]
async fn who_sees_the_console_as_another_account_changes_nothing_and_is_shown_nothing_private() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let things = Things::make(&console, &mut root).await;
    let ana = crate::users::create(&mut root, "ana", &[ADMINISTRATOR]).await.uin;
    let uin = ana.to_string();
    let before = root.read("users/view", &[("uin", &uin)]).await.body;
    console.console.record_decisions().await.unwrap();
    console.sql("DELETE FROM decisions").await;
    assert_eq!(root.call("session/view-as", &[("uin", &uin)]).await.status, StatusCode::OK);
    let seen = session_of(&mut root).await;
    assert_eq!((seen.uin, seen.is_root, seen.viewing), (ana, false, Some(Viewing { over: false })));
    for (call, fields) in KNOCKS {
        let answer = ask(&mut root, call, &things.fields(fields)).await;
        if operations::of(call).all(|row| row.is_open_to_viewers()) {
            assert_eq!(answer.status, StatusCode::OK, "{call}: {}", answer.body);
        } else {
            assert!(!answer.status.is_success() && matches!(answer.json::<Fault>(), Fault::Barred(_)), "{call}: {}", answer.body);
        }
    }
    assert!(!root.get("/audit/export.csv").await.status.is_success(), "a file of records wants a proof, and nobody has proven to be ana");
    console
        .sql_counts(r#"SELECT CAST(COUNT(*) AS TEXT) FROM audit_events WHERE body LIKE '%"userName":"ana"%' AND body LIKE '%"viewedAs"%'"#)
        .await;

    console.console.record_decisions().await.unwrap();
    assert_eq!(console.sql_text("SELECT CAST(COUNT(*) AS TEXT) FROM decisions").await, "0", "what root looks at is no use of ana's rights");
    assert_eq!(root.post("/stop-viewing", &[("next", "/cam")]).await.location(), "/cam");
    let seen = session_of(&mut root).await;
    assert_eq!((seen.is_root, seen.viewing), (true, None));
    assert_eq!(root.read("users/view", &[("uin", &uin)]).await.body, before, "nobody has logged in as ana");
    for name in ["ViewAs", "StopViewing"] {
        let found: String = root.read("audit/search", &[]).await.body;
        assert!(found.contains(name), "{name}: {found}");
    }
    assert_eq!(root.call("apps/create", &[("name", "after")]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn pages_and_applications_are_those_of_the_account_that_is_seen() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    crate::people::application(&mut root, "zebra", &[]).await;
    let (mut ana, uin, _) = sub_account(&console, &mut root, "ana", &allowing(&["cam:ListUsers"])).await;
    let own = session_of(&mut ana).await;
    assert_eq!(root.call("session/view-as", &[("uin", &uin.to_string())]).await.status, StatusCode::OK);
    let seen = session_of(&mut root).await;
    assert_eq!(Session { viewing: None, now_ms: own.now_ms, ..seen }, own);
    assert_eq!(root.get("/cam/policies").await.status, StatusCode::FORBIDDEN);
    let page = root.get("/cam/users").await;
    assert!(page.status == StatusCode::OK && page.body.contains("/stop-viewing") && page.body.contains("cam:AddUser"), "{}", page.body);
    assert!(!ana.get("/cam/users").await.body.contains("/stop-viewing"));
}

#[tokio::test]
async fn what_is_over_changes_nothing_until_root_goes_on_as_itself() {
    let console = TestConsole::start().await;
    let (mut root, mut other) = (console.root().await, console.root().await);
    let ana = crate::users::create(&mut root, "ana", &[ADMINISTRATOR]).await.uin.to_string();
    let over = async |root: &mut Browser| {
        let seen = session_of(root).await;
        assert_eq!((seen.is_root, seen.viewing), (true, Some(Viewing { over: true })));
        let refused = root.call("apps/create", &[("name", "late")]).await;
        assert!(matches!(refused.json::<Fault>(), Fault::Barred(_)), "{}", refused.body);
        root.post("/stop-viewing", &[("next", "/")]).await;
        assert_eq!(session_of(root).await.viewing, None);
    };
    assert_eq!(root.call("session/view-as", &[("uin", &ana)]).await.status, StatusCode::OK);
    assert_eq!(other.call("users/disable", &[("uin", &ana), ("disabled", "true")]).await.status, StatusCode::OK);
    over(&mut root).await;
    assert_eq!(root.call("session/view-as", &[("uin", &ana)]).await.status, StatusCode::NOT_FOUND, "disabled");
    assert_eq!(other.call("users/disable", &[("uin", &ana), ("disabled", "false")]).await.status, StatusCode::OK);
    assert_eq!(root.call("session/view-as", &[("uin", &ana)]).await.status, StatusCode::OK);
    console.clock.advance(30 * 60_000 - 1);
    assert_eq!(session_of(&mut root).await.viewing, Some(Viewing { over: false }));
    console.clock.advance(1);
    over(&mut root).await;
    assert!(matches!(root.call("session/view-as", &[("uin", &ana)]).await.json::<Fault>(), Fault::Reauthenticate));
}

#[tokio::test]
async fn nobody_but_root_sees_the_console_as_another() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let (mut desk, ..) = sub_account(&console, &mut root, "desk", &allowing(&["*"])).await;
    let ana = crate::users::create(&mut root, "ana", &[]).await.uin.to_string();
    for uin in [ana.as_str(), "4"] {
        assert!(matches!(desk.call("session/view-as", &[("uin", uin)]).await.json::<Fault>(), Fault::Barred(_)), "{uin}");
    }
    let owner = crate::people::owner_of(&mut root).await.to_string();
    for uin in ["4", owner.as_str()] {
        assert_eq!(root.call("session/view-as", &[("uin", uin)]).await.status, StatusCode::NOT_FOUND, "{uin}");
    }
}
