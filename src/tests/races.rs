//! Between the decision and the change: rights that were withdrawn meanwhile are not used any more, on either database.
//!
//! The race is made by hand: a permit is asked for, the right is withdrawn, then the permit is used.

use crate::kit::{DATABASES, PASSWORD, TestConsole};
use crate::people::owner_of;
use crate::users::{ADMINISTRATOR, create};
use axum::http::StatusCode;
use std::time::Duration;
use trtc_console::catalog::operations;
use trtc_console::domain::fault::Fault;
use trtc_console::domain::ids::Uin;
use trtc_console::server::gate::{Caller, Permit};
use trtc_console::server::services::users::{self, NewUser};

async fn make(permit: &Permit<operations::CreateUser>, name: &str) -> Result<(), Fault> {
    let new = NewUser { name, email: "", remark: "", password: PASSWORD };
    users::create(permit, &new, None, None).await.map(drop)
}

/// An administrator, logged in, as the gate knows it.
async fn administrator(console: &TestConsole, name: &str) -> (Uin, Caller) {
    let mut root = console.root().await;
    let made = create(&mut root, name, &[ADMINISTRATOR]).await;
    let mut browser = console.browser();
    browser.log_in(&made.owner_uin.to_string(), name, PASSWORD).await;
    (made.uin, browser.caller(console).await)
}

#[tokio::test]
async fn a_right_withdrawn_after_the_decision_writes_nothing() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;

        let (uin, deleted) = administrator(&console, "deleted").await;
        let permit = deleted.permit::<operations::CreateUser>().unwrap();
        make(&permit, "before").await.unwrap();
        let gone = root.call("users/delete", &[("uin", &uin.to_string()), ("confirm", "deleted")]).await;
        assert_eq!(gone.status, StatusCode::OK, "{}", gone.body);
        assert_eq!(make(&permit, "door-1").await, Err(Fault::SignedOut), "{database:?}");

        let (uin, detached) = administrator(&console, "detached").await;
        let permit = detached.permit::<operations::CreateUser>().unwrap();
        let gone = root.call("users/detach", &[("uin", &uin.to_string()), ("policy", ADMINISTRATOR)]).await;
        assert_eq!(gone.status, StatusCode::OK, "{}", gone.body);
        assert!(matches!(make(&permit, "door-2").await, Err(Fault::Denied(_))), "{database:?}");

        let (uin, disabled) = administrator(&console, "disabled").await;
        let permit = disabled.permit::<operations::CreateUser>().unwrap();
        let gone = root.call("users/disable", &[("uin", &uin.to_string()), ("disabled", "true")]).await;
        assert_eq!(gone.status, StatusCode::OK, "{}", gone.body);
        assert_eq!(make(&permit, "door-3").await, Err(Fault::SignedOut), "{database:?}");

        let users = root.read("users/list", &[]).await.body;
        assert!(users.contains("before") && !users.contains("door"), "{database:?}: {users}");
    }
}

#[tokio::test]
async fn a_change_of_rights_that_leaves_the_permit_alone_does_not_refuse_it() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let (_, admin) = administrator(&console, "admin").await;
        let permit = admin.permit::<operations::CreateUser>().unwrap();
        create(&mut console.root().await, "somebody", &[ADMINISTRATOR]).await;
        make(&permit, "made").await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_would_lose_is_told_by_the_rights_of_that_moment() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let group = crate::groups::create(&mut root, "admins").await;
        assert_eq!(root.call("groups/attach", &[("id", &group), ("policies[]", ADMINISTRATOR)]).await.status, StatusCode::OK);
        let (uin, _) = administrator(&console, "ana").await;
        assert_eq!(root.call("users/join", &[("uin", &uin.to_string()), ("groups[]", &group)]).await.status, StatusCode::OK);
        let mut ana = console.browser();
        ana.log_in(&owner_of(&mut root).await.to_string(), "ana", PASSWORD).await;

        // She holds the policy twice. While she leaves the group, somebody takes the other one from her.
        let mut taking = console.somebody_holds("UPDATE owners SET revision = revision + 1").await;
        taking.does("DELETE FROM attachments WHERE uin > 0").await;
        let fields = [("id", group), ("uin", uin.to_string())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut leaves = std::pin::pin!(ana.call("groups/remove-user", &fields));
        assert!(tokio::time::timeout(Duration::from_millis(300), &mut leaves).await.is_err(), "waits for the other change");
        taking.commit().await;
        let told: Fault = leaves.await.json();
        assert!(matches!(&told, Fault::Unconfirmed(concern) if concern.en.contains("cam:")), "{database:?}: {told:?}");
    }
}
