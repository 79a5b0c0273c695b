//! Users and what is attached to them: every change over HTTP, who may and who may not, limits, and effects on the very next request.
//!
//! Rights are given as a person gives them, never by writing into the database.

use crate::kit::{Answer, Browser, DATABASES, FIRST_PASSWORD, PASSWORD, TestConsole};
use axum::http::StatusCode;
use trtc_console::domain::access_pages::UserView;
use trtc_console::domain::accounts::{AccountSummary, NewCredential, UserRow};
use trtc_console::domain::fault::Fault;
use trtc_console::domain::paging::Page;
use trtc_console::domain::session::Session;
use trtc_console::text::Text;

/// Ids of preset policies.
pub const ADMINISTRATOR: &str = "1";
pub const TRTC_READ: &str = "3";
pub const CAM_READ: &str = "5";

/// What a refusal with 409 says, which must be of this kind.
#[track_caller]
pub fn conflict(answer: &Answer, kind: fn(Text) -> Fault) -> String {
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
    let fault: Fault = answer.json();
    assert_eq!(fault, kind(fault.message()));
    fault.message().en.into_owned()
}

/// The fields an answer calls wrong.
pub fn wrong_fields(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
    match answer.json::<Fault>() {
        Fault::Invalid(fields) => fields.into_iter().map(|field| field.field).collect(),
        other => panic!("{other:?}"),
    }
}

/// Makes a user with [`PASSWORD`], which is its own already, and the policies given.
pub async fn create(by: &mut Browser, name: &str, policies: &[&str]) -> NewCredential {
    let mut fields = vec![("name", name), ("password", FIRST_PASSWORD)];
    fields.extend(policies.iter().map(|policy| ("policies[]", *policy)));
    let answer = by.call("users/create", &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let made: NewCredential = answer.json();
    by.settle(&made.owner_uin.to_string(), name).await;
    made
}

/// A user of [`create`], logged in.
pub async fn log_in(console: &TestConsole, user: &NewCredential) -> Browser {
    let mut browser = console.browser();
    browser.log_in(&user.owner_uin.to_string(), &user.name, PASSWORD).await;
    browser
}

#[tokio::test]
async fn a_generated_password_is_shown_once_and_must_be_changed() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let fields = [("name", "Ana"), ("email", "ana@acme.example"), ("remark", "operations"), ("policies[]", CAM_READ)];
        let made: NewCredential = root.call("users/create", &fields).await.json();
        let password = made.password.clone().unwrap();

        let mut ana = console.browser();
        let answer = ana.post("/login", &[("owner", &made.owner_uin.to_string()), ("username", "ana"), ("password", &password)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(ana.get("/cam/users").await.location(), "/password", "nothing before the first password is changed");
        assert_eq!(ana.read("users/list", &[]).await.json::<Fault>(), Fault::PasswordChange);
        let change = [("current", password.as_str()), ("new", PASSWORD), ("repeat", PASSWORD)];
        assert_eq!(ana.post("/password", &change).await.status, StatusCode::SEE_OTHER);
        assert_eq!(ana.get("/cam/users").await.status, StatusCode::OK);

        let user = root.read("users/view", &[("uin", &made.uin.to_string())]).await.json::<UserView>().user;
        assert_eq!((user.row.name.as_str(), user.email.as_str(), user.must_change_password), ("Ana", "ana@acme.example", false));
        assert_eq!(user.row.last_login_ms, Some(crate::kit::NOW_MS));
    }
}

#[tokio::test]
async fn wrong_fields_are_named_all_at_once_and_names_are_unique_whatever_their_case() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let long = "x".repeat(201);
        let fields = [("name", "a b"), ("email", "nobody"), ("remark", long.as_str()), ("password", "short")];
        assert_eq!(wrong_fields(&root.call("users/create", &fields).await), ["name", "email", "remark", "password"]);
        create(&mut root, "ana", &[]).await;
        assert_eq!(wrong_fields(&root.call("users/create", &[("name", "ANA")]).await), ["name"]);
        let unknown = [("name", "ben"), ("policies[]", TRTC_READ), ("policies[]", "987654321")];
        assert_eq!(root.call("users/create", &unknown).await.status, StatusCode::NOT_FOUND);
        let list: Page<UserRow> = root.read("users/list", &[]).await.json();
        assert_eq!(list.total, 1, "a user whose policies cannot be attached is not there at all");
    }
}

#[tokio::test]
async fn lists_are_searched_filtered_and_paged() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        for number in 0..23 {
            create(&mut root, &format!("user{number:02}"), &[]).await;
        }
        create(&mut root, "boss", &[ADMINISTRATOR]).await;
        let names = |page: &Page<UserRow>| page.rows.iter().map(|row| row.name.clone()).collect::<Vec<_>>();
        let page: Page<UserRow> = root.read("users/list", &[("page", "2")]).await.json();
        assert_eq!((page.total, names(&page)), (24, vec!["user19".into(), "user20".into(), "user21".into(), "user22".into()]));
        let page: Page<UserRow> = root.read("users/list", &[("search", "SER1"), ("page", "1")]).await.json();
        assert_eq!(page.total, 10);
        let page: Page<UserRow> = root.read("users/list", &[("search", "%")]).await.json();
        assert_eq!(page.total, 0, "search text is no pattern");
        let page: Page<UserRow> = root.read("users/list", &[("filter", "administrators")]).await.json();
        assert_eq!(names(&page), ["boss"]);
        let page: Page<UserRow> = root.read("users/list", &[("filter", "without-policy"), ("search", "user0")]).await.json();
        assert_eq!(page.total, 10);
        let html = root.get("/cam/users?filter=administrators").await;
        assert!(html.body.contains("boss") && !html.body.contains("user00"), "the page shows what its address says");

        let summary: AccountSummary = root.read("cam/summary", &[]).await.json();
        assert_eq!((summary.users, summary.users_without_policy, summary.users_administrator), (24, 23, 1));
        assert_eq!((summary.users_first_password, summary.users_disabled, summary.groups), (0, 0, 0));
    }
}

#[tokio::test]
async fn disabling_resetting_and_deleting_end_sessions_at_once() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let made = create(&mut root, "ana", &[CAM_READ]).await;
        let uin = made.uin.to_string();

        let mut ana = log_in(&console, &made).await;
        assert_eq!(ana.get("/cam/users").await.status, StatusCode::OK);
        assert_eq!(root.call("users/disable", &[("uin", &uin), ("disabled", "true")]).await.status, StatusCode::OK);
        let page = ana.get("/cam/users").await;
        assert_eq!((page.status, page.location().as_str()), (StatusCode::SEE_OTHER, "/login?next=/cam/users"));
        let form = [("owner", made.owner_uin.to_string()), ("username", "ana".into()), ("password", PASSWORD.into())];
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(console.browser().post("/login", &form).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(root.call("users/disable", &[("uin", &uin), ("disabled", "false")]).await.status, StatusCode::OK);

        let mut ana = log_in(&console, &made).await;
        let reset: NewCredential = root.call("users/reset-password", &[("uin", &uin)]).await.json();
        assert!(reset.password.is_some() && reset.name == "ana");
        assert_eq!(ana.read("session", &[]).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(console.browser().post("/login", &form).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(wrong_fields(&root.call("users/reset-password", &[("uin", &uin), ("password", "weak")]).await), ["password"]);
        let chosen: NewCredential = root.call("users/reset-password", &[("uin", &uin), ("password", FIRST_PASSWORD)]).await.json();
        assert_eq!(chosen.password, None, "a chosen password does not come back");
        root.settle(&made.owner_uin.to_string(), "ana").await;

        let mut ana = log_in(&console, &made).await;
        assert_eq!(wrong_fields(&root.call("users/delete", &[("uin", &uin), ("confirm", "an")]).await), ["confirm"]);
        let answer = root.call("users/delete", &[("uin", &uin), ("confirm", "ana")]).await;
        assert!(answer.status.is_success() || answer.status.is_redirection(), "{}", answer.body);
        assert_eq!(ana.get("/cam/users").await.status, StatusCode::SEE_OTHER);
        assert_eq!(root.read("users/view", &[("uin", &uin)]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(root.get(&format!("/cam/users/{uin}")).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn what_is_attached_counts_on_the_next_request() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let made = create(&mut root, "ana", &[]).await;
        let uin = made.uin.to_string();
        let mut ana = log_in(&console, &made).await;
        assert_eq!(ana.get("/cam/users").await.status, StatusCode::FORBIDDEN);
        assert!(matches!(ana.read("users/list", &[]).await.json::<Fault>(), Fault::Denied(denial) if denial.action == "cam:ListUsers"));

        assert_eq!(wrong_fields(&root.call("users/attach", &[("uin", &uin)]).await), ["policies"]);
        let both = [("uin", uin.as_str()), ("policies[]", CAM_READ), ("policies[]", TRTC_READ)];
        assert_eq!(root.call("users/attach", &both).await.status, StatusCode::OK);
        assert_eq!(root.call("users/attach", &both).await.status, StatusCode::OK, "twice is once");
        let policies = root.read("users/view", &[("uin", &uin)]).await.json::<UserView>().policies.unwrap();
        let names: Vec<_> = policies.iter().map(|policy| (policy.name.as_str(), policy.preset, policy.through.is_none())).collect();
        assert_eq!(names, [("QcloudCamReadOnlyAccess", true, true), ("QcloudTRTCReadonlyAccess", true, true)]);
        assert_eq!(ana.get("/cam/users").await.status, StatusCode::OK);

        assert_eq!(root.call("users/detach", &[("uin", &uin), ("policy", CAM_READ)]).await.status, StatusCode::OK);
        assert_eq!(ana.get("/cam/users").await.status, StatusCode::FORBIDDEN);
        assert_eq!(root.call("users/detach", &[("uin", &uin), ("policy", CAM_READ)]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(root.call("users/attach", &[("uin", &uin), ("policies[]", "4242")]).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn nobody_disables_or_deletes_the_own_account_and_roots_are_out_of_reach() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let owner = root.read("session", &[]).await.json::<Session>().uin.to_string();
    let made = create(&mut root, "admin", &[ADMINISTRATOR]).await;
    let uin = made.uin.to_string();
    let mut admin = log_in(&console, &made).await;
    assert_eq!(
        conflict(&admin.call("users/disable", &[("uin", &uin), ("disabled", "true")]).await, Fault::Barred),
        "You cannot disable your own account."
    );
    assert_eq!(
        conflict(&admin.call("users/delete", &[("uin", &uin), ("confirm", "admin")]).await, Fault::Barred),
        "You cannot delete your own account."
    );
    let own = conflict(&admin.call("users/reset-password", &[("uin", &uin), ("password", "Another-horse-2")]).await, Fault::Barred);
    assert_eq!(own, "To change your own password, go to My account.");

    for (path, fields) in [
        ("users/disable", vec![("disabled", "true")]),
        ("users/reset-password", vec![]),
        ("users/delete", vec![("confirm", "root@acme.example")]),
        ("users/edit", vec![("remark", "mine")]),
        ("users/attach", vec![("policies[]", TRTC_READ)]),
    ] {
        let fields: Vec<_> = [("uin", owner.as_str())].into_iter().chain(fields).collect();
        assert_eq!(admin.call(path, &fields).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(admin.read("users/view", &[("uin", &owner)]).await.status, StatusCode::NOT_FOUND);
    let list: Page<UserRow> = admin.read("users/list", &[]).await.json();
    assert_eq!(list.rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["admin"]);
    assert_eq!(root.read("session", &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn who_may_only_list_sees_no_controls_and_is_refused_everything_else() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let target = create(&mut root, "target", &[]).await.uin.to_string();
    let document = r#"{"version":"2.0","statement":[{"effect":"allow","action":"cam:ListUsers","resource":"*"}]}"#;
    let policy = root.call("policies/create", &[("name", "lister"), ("document", document)]).await;
    assert_eq!(policy.status, StatusCode::OK, "{}", policy.body);
    let made = create(&mut root, "ana", &[policy.body.as_str()]).await;
    let mut ana = log_in(&console, &made).await;

    let page = ana.get("/cam/users").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("target"));
    assert!(!page.body.contains("/cam/users/new") && !page.body.contains(&format!("/cam/users/{target}")), "no control, no dead link");
    for path in ["/cam", "/cam/users/new", &format!("/cam/users/{target}"), "/cam/groups"] {
        assert_eq!(ana.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let uin = [("uin", target.as_str())];
    for path in ["users/view", "groups/list", "groups/choices", "policies/choices", "cam/summary"] {
        assert_eq!(ana.read(path, &uin).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    for (path, more) in [
        ("users/create", vec![("name", "eve")]),
        ("users/edit", vec![]),
        ("users/disable", vec![("disabled", "true")]),
        ("users/reset-password", vec![]),
        ("users/delete", vec![("confirm", "target")]),
        ("users/attach", vec![("policies[]", ADMINISTRATOR)]),
        ("users/detach", vec![("policy", ADMINISTRATOR)]),
        ("users/join", vec![("groups[]", "1")]),
        ("groups/create", vec![("name", "eves")]),
    ] {
        let fields: Vec<_> = uin.into_iter().chain(more).collect();
        assert_eq!(ana.call(path, &fields).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let own = made.uin.to_string();
    assert_eq!(ana.call("users/attach", &[("uin", &own), ("policies[]", ADMINISTRATOR)]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn who_may_only_create_cannot_give_rights_at_creation() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let document = r#"{"version":"2.0","statement":[{"effect":"allow","action":"cam:AddUser","resource":"*"}]}"#;
    let policy = root.call("policies/create", &[("name", "creator"), ("document", document)]).await;
    assert_eq!(policy.status, StatusCode::OK, "{}", policy.body);
    let made = create(&mut root, "ana", &[policy.body.as_str()]).await;
    let mut ana = log_in(&console, &made).await;
    assert_eq!(ana.call("users/create", &[("name", "eve"), ("policies[]", ADMINISTRATOR)]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ana.call("users/create", &[("name", "eve"), ("groups[]", "1")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ana.call("users/create", &[("name", "eve")]).await.status, StatusCode::OK);
    let page = ana.get("/cam/users/new").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("AdministratorAccess"), "what may not be given is not offered");
}

#[tokio::test]
async fn credentials_and_rights_want_a_recent_proof() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let uin = create(&mut root, "ana", &[]).await.uin.to_string();
    console.clock.advance(16 * 60_000);
    for (path, fields) in [
        ("users/create", vec![("name", "ben")]),
        ("users/edit", vec![("uin", uin.as_str()), ("email", "ana@acme.example")]),
        ("users/end-sessions", vec![("uin", uin.as_str())]),
        ("users/reset-password", vec![("uin", uin.as_str())]),
        ("users/delete", vec![("uin", uin.as_str()), ("confirm", "ana")]),
        ("users/attach", vec![("uin", uin.as_str()), ("policies[]", TRTC_READ)]),
        ("users/disable", vec![("uin", uin.as_str()), ("disabled", "true")]),
        ("users/disable", vec![("uin", uin.as_str()), ("disabled", "false")]),
    ] {
        assert_eq!(root.call(path, &fields).await.json::<Fault>(), Fault::Reauthenticate, "{path}");
    }
    assert_eq!(root.call("session/prove", &[("password", PASSWORD)]).await.status, StatusCode::OK);
    assert_eq!(root.call("users/attach", &[("uin", &uin), ("policies[]", TRTC_READ)]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn without_scripts_the_credential_is_on_the_page_and_mistakes_keep_what_was_typed() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let typed = [("name", "a b"), ("remark", "night shift"), ("policies[]", TRTC_READ)];
    let page = root.post_from("/cam/users/new", "/call/users/create", &typed).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("night shift"), "what was typed is kept");
    let ticked = page.body.split("value=\"3\"").nth(1).and_then(|rest| rest.split('>').next()).unwrap_or_default();
    assert!(ticked.contains("checked"), "what was ticked is kept");
    let page = root.post_from("/cam/users/new", "/call/users/create", &[("name", "ana")]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("data:text/csv") && page.body.contains("http://console.test/login/"), "login link and file are there");
    let formula = root.post_from("/cam/users/new", "/call/users/create", &[("name", "=1+1")]).await;
    assert!(formula.body.contains("%22%27%3D1%2B1%22"), "a name that begins like a formula is text in a spreadsheet");
    assert!(!root.get("/cam/users/new").await.body.contains("data:text/csv"), "and never again");
}

#[tokio::test]
async fn nothing_crosses_between_root_accounts() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let (mut root, mut other) = (console.root().await, console.other_root().await);
        let uin = create(&mut root, "ana", &[TRTC_READ]).await.uin.to_string();
        create(&mut other, "ana", &[]).await;
        assert_eq!(root.read("users/view", &[("uin", &uin)]).await.status, StatusCode::OK);
        assert_eq!(other.read("users/view", &[("uin", &uin)]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(other.get(&format!("/cam/users/{uin}")).await.status, StatusCode::NOT_FOUND);
        for (path, more) in [
            ("users/edit", ("remark", "theirs")),
            ("users/disable", ("disabled", "true")),
            ("users/reset-password", ("password", "")),
            ("users/unlock", ("x", "")),
            ("users/end-sessions", ("id", "")),
            ("users/delete", ("confirm", "ana")),
            ("users/attach", ("policies[]", TRTC_READ)),
            ("users/detach", ("policy", TRTC_READ)),
        ] {
            assert_eq!(other.call(path, &[("uin", &uin), more]).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let list: Page<UserRow> = other.read("users/list", &[]).await.json();
        assert_eq!(list.total, 1);
        let user = root.read("users/view", &[("uin", &uin)]).await.json::<UserView>().user;
        assert_eq!((user.row.disabled, user.row.remark.as_str()), (false, ""));
    }
}

#[tokio::test]
async fn the_thousandth_user_is_the_last() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    for number in 0..1_000 {
        create(&mut root, &format!("user{number}"), &[]).await;
    }
    assert_eq!(
        conflict(&root.call("users/create", &[("name", "one-more")]).await, Fault::Limit),
        "You have reached the limit of 1000 sub-accounts."
    );
}

#[tokio::test]
async fn a_user_holds_two_hundred_policies_at_most() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let document = r#"{"version":"2.0","statement":[{"effect":"allow","action":"trtc:DescribeAppStatList","resource":"*"}]}"#;
    let mut policies = Vec::new();
    for number in 0..201 {
        let name = format!("policy{number}");
        let made = root.call("policies/create", &[("name", &name), ("document", document)]).await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.body);
        policies.push(made.body);
    }
    let uin = create(&mut root, "ana", &[]).await.uin.to_string();
    let group: String = crate::groups::create(&mut root, "crew").await;
    let fields = |holder: &'static str, id: &str, policies: &[String]| {
        let mut fields = vec![(holder, id.to_owned())];
        fields.extend(policies.iter().map(|policy| ("policies[]", policy.clone())));
        fields
    };
    let limit = "You have reached the limit of 200 policies per user or user group.";
    for (path, holder, id) in [("users/attach", "uin", uin), ("groups/attach", "id", group)] {
        let all = fields(holder, &id, &policies);
        let all: Vec<(&str, &str)> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(conflict(&root.call(path, &all).await, Fault::Limit), limit, "all or none");
        assert_eq!(root.call(path, &all[..201]).await.status, StatusCode::OK, "200 are right");
        assert_eq!(conflict(&root.call(path, &[all[0], all[201]]).await, Fault::Limit), limit);
        assert_eq!(root.call(path, &all[..2]).await.status, StatusCode::OK, "what is attached may be attached again");
    }
}
