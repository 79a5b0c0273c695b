//! Accounts of others: who may hand one over to whom, end its sessions and let it in again. Over HTTP and on both databases.
//!
//! Whatever an administrator may do here, nobody may come out of it with rights they did not have.

use crate::kit::{Answer, Browser, DATABASES, FIRST_PASSWORD, PASSWORD, TestConsole};
use crate::people::{application, owner_of, resource_of, statement, sub_account};
use crate::users::{ADMINISTRATOR, TRTC_READ, conflict, create, log_in, wrong_fields};
use axum::http::StatusCode;
use trtc_console::domain::access_pages::UserView;
use trtc_console::domain::accounts::{NewCredential, UserRow};
use trtc_console::domain::fault::Fault;
use trtc_console::domain::paging::Page;
use trtc_console::domain::session::SessionRow;

/// What a service desk is given.
fn desk() -> String {
    statement("allow", &["cam:UpdateUser", "cam:GetUser", "cam:ListUsers", "cam:AddUser"], &["*".to_owned()])
}

async fn handed_over(by: &mut Browser, user: &NewCredential) -> Vec<Answer> {
    let uin = user.uin.to_string();
    vec![
        by.call("users/reset-password", &[("uin", &uin)]).await,
        by.call("users/edit", &[("uin", &uin), ("email", "mine@acme.example")]).await,
        by.call("users/disable", &[("uin", &uin), ("disabled", "false")]).await,
    ]
}

#[tokio::test]
async fn nobody_gains_rights_by_handing_an_account_over() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let owner = owner_of(&mut root).await;
        let app = application(&mut root, "zebra", &[]).await;
        let mut desk = sub_account(&console, &mut root, "desk", &[desk()]).await;
        let boss = create(&mut root, "boss", &[ADMINISTRATOR]).await;
        for answer in handed_over(&mut desk, &boss).await {
            let refusal = conflict(&answer, Fault::Barred);
            assert!(refusal.starts_with("boss has the permission ") && refusal.contains("which you don't have"), "{refusal}");
        }
        // What a condition keeps from it today may be open tomorrow.
        let conditional = r#"{"version":"2.0","statement":[{"effect":"allow","action":"trtc:DismissRoom","resource":"*",
            "condition":{"ip_equal":{"qcs:ip":["192.0.2.0/24"]}}}]}"#;
        let elsewhere = root.call("policies/create", &[("name", "elsewhere"), ("document", conditional)]).await.body;
        let deny =
            r#"{"version":"2.0","statement":[{"effect":"deny","action":"*","resource":"*","condition":{"string_equal":{"qcs:mfa":"0"}}}]}"#;
        let without = root.call("policies/create", &[("name", "without-mfa"), ("document", deny)]).await.body;
        let traveller = create(&mut root, "traveller", &[&elsewhere, &without]).await;
        for answer in handed_over(&mut desk, &traveller).await {
            assert!(conflict(&answer, Fault::Barred).contains("trtc:DismissRoom"));
        }
        // One application is enough to be more.
        let own = statement("allow", &["trtc:DescribeAppStatList"], &[resource_of(owner, app)]);
        let policy = root
            .call("policies/create", &[("name", "one-app"), ("document", &format!(r#"{{"version":"2.0","statement":[{own}]}}"#))])
            .await
            .body;
        let holder = create(&mut root, "holder", &[&policy]).await;
        for answer in handed_over(&mut desk, &holder).await {
            assert!(conflict(&answer, Fault::Barred).contains("trtc:DescribeAppStatList"));
        }
        let bare = create(&mut root, "bare", &[]).await;
        for by in [&mut desk, &mut root] {
            for answer in handed_over(by, &bare).await {
                assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            }
        }
        let remark = desk.call("users/edit", &[("uin", &boss.uin.to_string()), ("remark", "head of department")]).await;
        assert_eq!(remark.status, StatusCode::OK, "a remark opens nothing: {}", remark.body);
        for answer in handed_over(&mut root, &boss).await {
            assert_eq!(answer.status, StatusCode::OK, "root may do everything: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn sessions_of_others_are_seen_and_ended_with_a_recent_proof() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let mut desk = sub_account(&console, &mut root, "desk", &[desk()]).await;
        let made = create(&mut root, "ana", &[TRTC_READ]).await;
        let uin = made.uin.to_string();
        let (mut one, mut two, mut three) = (log_in(&console, &made).await, log_in(&console, &made).await, log_in(&console, &made).await);
        let rows = desk.read("users/view", &[("uin", &uin)]).await.json::<UserView>().sessions;
        assert_eq!((rows.len(), rows.iter().any(|row| row.current)), (3, false));
        assert_eq!(one.read("users/view", &[("uin", &uin)]).await.status, StatusCode::FORBIDDEN);
        let of_root: Vec<SessionRow> = root.read("session/list", &[]).await.json();
        let foreign = [("uin", uin.as_str()), ("id", of_root[0].id.as_str())];
        assert_eq!(desk.call("users/end-sessions", &foreign).await.status, StatusCode::NOT_FOUND, "that of another account");
        assert_eq!(desk.call("users/end-sessions", &[("uin", &uin), ("id", &rows[0].id)]).await.status, StatusCode::OK);
        let mut alive = 0;
        for browser in [&mut one, &mut two, &mut three] {
            alive += i32::from(browser.read("session", &[]).await.status == StatusCode::OK);
        }
        assert_eq!(alive, 2);
        console.clock.advance(16 * 60_000);
        for (path, fields) in [("users/end-sessions", [("uin", uin.as_str())]), ("users/edit", [("uin", uin.as_str())])] {
            assert_eq!(desk.call(path, &fields).await.json::<Fault>(), Fault::Reauthenticate, "{path}");
        }
        assert_eq!(desk.call("session/prove", &[("password", PASSWORD)]).await.status, StatusCode::OK);
        assert_eq!(desk.post_from("/cam/users", "/call/users/end-sessions", &[("uin", &uin)]).await.status, StatusCode::SEE_OTHER);
        for browser in [&mut one, &mut two, &mut three] {
            assert_eq!(browser.read("session", &[]).await.status, StatusCode::UNAUTHORIZED);
        }
    }
}

#[tokio::test]
async fn a_lock_and_a_first_password_that_expired_are_seen_and_a_lock_is_lifted() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let made = create(&mut root, "ana", &[]).await;
        let late: NewCredential = root.call("users/create", &[("name", "late"), ("password", FIRST_PASSWORD)]).await.json();
        let (owner, uin) = (made.owner_uin.to_string(), made.uin.to_string());
        let form = |password| [("owner", owner.as_str()), ("username", "ana"), ("password", password)];
        for _ in 0..5 {
            assert_eq!(console.browser().post("/login", &form("wrong")).await.status, StatusCode::UNAUTHORIZED);
        }
        assert_eq!(console.browser().post("/login", &form(PASSWORD)).await.status, StatusCode::TOO_MANY_REQUESTS);
        let list: Page<UserRow> = root.read("users/list", &[]).await.json();
        assert!(list.rows.iter().all(|row| row.locked_until_ms.is_some() == (row.name == "ana")), "{list:?}");
        assert!(root.get("/cam/users").await.body.contains("Locked until"));
        assert!(root.get(&format!("/cam/users/{uin}")).await.body.contains("Unlock"));
        assert_eq!(root.call("users/unlock", &[("uin", &uin)]).await.status, StatusCode::OK);
        let user = root.read("users/view", &[("uin", &uin)]).await.json::<UserView>().user;
        assert_eq!(user.row.locked_until_ms, None);
        assert_eq!(console.browser().post("/login", &form(PASSWORD)).await.status, StatusCode::SEE_OTHER);

        console.clock.advance(72 * 3_600_000 + 1);
        let mut root = console.root().await;
        let late = root.read("users/view", &[("uin", &late.uin.to_string())]).await.json::<UserView>().user;
        assert!(late.row.first_password_expired && !user.row.first_password_expired);
        assert!(root.get("/cam/users").await.body.contains("First password expired"));
    }
}

#[tokio::test]
async fn a_first_password_is_changed_first_and_is_no_word_of_the_place() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let owner = owner_of(&mut root).await.to_string();
    for password in ["Password2026!", "Tencent-2026!", "liwei-liwei-1", "short"] {
        let fields = [("name", "liwei"), ("password", password), ("must_change", "false")];
        assert_eq!(wrong_fields(&root.call("users/create", &fields).await), ["password"], "{password}");
    }
    // There is no way to make a password that may stay.
    let fields = [("name", "liwei"), ("password", FIRST_PASSWORD), ("must_change", "false")];
    assert_eq!(root.call("users/create", &fields).await.status, StatusCode::OK);
    let mut user = console.browser();
    let form = [("owner", owner.as_str()), ("username", "liwei"), ("password", FIRST_PASSWORD)];
    assert_eq!(user.post("/login", &form).await.location(), "/password");
}
