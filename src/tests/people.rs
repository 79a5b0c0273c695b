//! Sub-accounts of tests, made over HTTP as a root account makes them: a policy, a user that holds it, a login.
//!
//! Must never write to the database behind the console's back.

use crate::kit::{Browser, FIRST_PASSWORD, PASSWORD, TestConsole};
use axum::http::StatusCode;
use trtc_console::domain::accounts::NewCredential;
use trtc_console::domain::ids::{PolicyId, Uin};
use trtc_console::domain::session::Session;

/// UIN of the root account of a console.
pub async fn owner_of(root: &mut Browser) -> Uin {
    root.read("session", &[]).await.json::<Session>().owner_uin
}

/// A policy of one statement, with `uin/OWNER` in its resources filled in.
pub fn statement(effect: &str, actions: &[&str], resources: &[String]) -> String {
    serde_json::json!({ "effect": effect, "action": actions, "resource": resources }).to_string()
}

/// The resource of an application.
pub fn resource_of(owner: Uin, app: impl std::fmt::Display) -> String {
    format!("qcs::trtc::uin/{owner}:sdkappid/{app}")
}

/// A sub-account that may do what the statements say, logged in.
pub async fn sub_account(console: &TestConsole, root: &mut Browser, name: &str, statements: &[String]) -> Browser {
    let owner = owner_of(root).await;
    let document = format!(r#"{{"version":"2.0","statement":[{}]}}"#, statements.join(","));
    let made = root.call("policies/create", &[("name", &format!("{name}-policy")), ("document", &document)]).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    let policy: PolicyId = made.json();
    let fields = [("name", name), ("password", FIRST_PASSWORD), ("policies[0]", &policy.to_string())];
    let made = root.call("users/create", &fields).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    made.json::<NewCredential>();
    root.settle(&owner.to_string(), name).await;
    let mut browser = console.browser();
    browser.log_in(&owner.to_string(), name, PASSWORD).await;
    browser
}

/// Creates an application and gives its number.
pub async fn application(root: &mut Browser, name: &str, tags: &[(&str, &str)]) -> i64 {
    let mut fields = vec![("name", name)];
    for (key, value) in tags {
        fields.extend([("keys[]", *key), ("values[]", *value)]);
    }
    let made = root.call("apps/create", &fields).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    made.location().strip_prefix("/apps?created=").unwrap().parse().unwrap()
}
