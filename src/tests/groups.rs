//! User groups: every change over HTTP, membership from both sides, limits, and effects on the very next request.
//!
//! Rights are given as a person gives them, never by writing into the database.

use crate::kit::{Browser, DATABASES, TestConsole};
use crate::users::{CAM_READ, TRTC_READ, conflict, log_in, wrong_fields};
use axum::http::StatusCode;
use trtc_console::domain::access_pages::{GroupView, UserView};
use trtc_console::domain::fault::Fault;
use trtc_console::domain::groups::{Group, GroupRow};
use trtc_console::domain::ids::GroupId;
use trtc_console::domain::paging::Page;

/// Makes a group and gives its number.
pub async fn create(by: &mut Browser, name: &str) -> String {
    let answer = by.post_from("/cam/groups", "/call/groups/create", &[("name", name)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.location().strip_prefix("/cam/groups/").unwrap().to_owned()
}

async fn group(by: &mut Browser, id: &str) -> Group {
    by.read("groups/view", &[("id", id)]).await.json::<GroupView>().group
}

#[tokio::test]
async fn groups_are_made_renamed_listed_and_deleted_by_name() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let id = create(&mut root, "Operations").await;
        create(&mut root, "auditors").await;
        assert_eq!(wrong_fields(&root.call("groups/create", &[("name", "OPERATIONS")]).await), ["name"]);
        assert_eq!(wrong_fields(&root.call("groups/create", &[("name", ""), ("remark", &"x".repeat(201))]).await), ["name", "remark"]);
        assert_eq!(wrong_fields(&root.call("groups/edit", &[("id", &id), ("name", "Auditors")]).await), ["name"]);
        assert_eq!(root.call("groups/edit", &[("id", &id), ("name", "operations"), ("remark", "24/7")]).await.status, StatusCode::OK);
        let list: Page<GroupRow> = root.read("groups/list", &[("search", "24/7")]).await.json();
        assert_eq!(list.rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["operations"]);
        let page = root.get("/cam/groups").await;
        assert!(page.status == StatusCode::OK && page.body.contains("auditors"));
        assert_eq!(root.get(&format!("/cam/groups/{id}")).await.status, StatusCode::OK);

        let ana = crate::users::create(&mut root, "ana", &[]).await.uin.to_string();
        assert_eq!(root.call("groups/add-users", &[("id", &id), ("users[]", &ana)]).await.status, StatusCode::OK);
        assert_eq!(wrong_fields(&root.call("groups/delete", &[("id", &id)]).await), ["confirm"]);
        let answer = root.post_from("/cam/groups", "/call/groups/delete", &[("id", &id), ("confirm", "operations")]).await;
        assert_eq!((answer.status, answer.location().as_str()), (StatusCode::SEE_OTHER, "/cam/groups"));
        assert_eq!(root.get(&format!("/cam/groups/{id}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(root.call("groups/delete", &[("id", &id)]).await.status, StatusCode::NOT_FOUND);
        let groups = root.read("users/view", &[("uin", &ana)]).await.json::<UserView>().groups;
        assert_eq!(groups, Some(vec![]));
        let empty = create(&mut root, "empty").await;
        let answer = root.call("groups/delete", &[("id", &empty)]).await;
        assert!(!answer.status.is_client_error(), "an empty group wants no name: {}", answer.body);
        assert_eq!(root.get("/cam/groups/not-a-number").await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn what_a_group_holds_counts_for_its_users_on_the_next_request() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let made = crate::users::create(&mut root, "ana", &[]).await;
        let uin = made.uin.to_string();
        let mut ana = log_in(&console, &made).await;
        let id = create(&mut root, "readers").await;
        assert_eq!(root.call("groups/attach", &[("id", &id), ("policies[]", CAM_READ)]).await.status, StatusCode::OK);
        assert_eq!(ana.get("/cam/users").await.status, StatusCode::FORBIDDEN);
        assert_eq!(root.call("users/join", &[("uin", &uin), ("groups[]", &id)]).await.status, StatusCode::OK);
        assert_eq!(ana.get("/cam/users").await.status, StatusCode::OK);
        let policies = root.read("users/view", &[("uin", &uin)]).await.json::<UserView>().policies.unwrap();
        assert_eq!(policies[0].through, Some((GroupId(id.parse().unwrap()), "readers".to_owned())));
        assert_eq!(group(&mut root, &id).await.members, [(made.uin, "ana".to_owned())]);
        let policy = root.call("users/detach", &[("uin", &uin), ("policy", CAM_READ)]).await;
        assert_eq!(policy.status, StatusCode::NOT_FOUND, "what comes through a group is not attached to the user");

        assert_eq!(root.call("groups/detach", &[("id", &id), ("policy", CAM_READ)]).await.status, StatusCode::OK);
        assert_eq!(ana.get("/cam/users").await.status, StatusCode::FORBIDDEN);
        assert_eq!(root.call("groups/attach", &[("id", &id), ("policies[]", CAM_READ)]).await.status, StatusCode::OK);
        assert_eq!(ana.get("/cam/users").await.status, StatusCode::OK);
        assert_eq!(root.call("groups/remove-user", &[("id", &id), ("uin", &uin)]).await.status, StatusCode::OK);
        assert_eq!(ana.get("/cam/users").await.status, StatusCode::FORBIDDEN);
        assert_eq!(root.call("groups/remove-user", &[("id", &id), ("uin", &uin)]).await.status, StatusCode::NOT_FOUND);

        assert_eq!(root.call("users/join", &[("uin", &uin), ("groups[]", &id)]).await.status, StatusCode::OK);
        root.call("groups/delete", &[("id", &id), ("confirm", "readers")]).await;
        assert_eq!(ana.get("/cam/users").await.status, StatusCode::FORBIDDEN);
        let policies = root.read("users/view", &[("uin", &uin)]).await.json::<UserView>().policies.unwrap();
        assert_eq!(policies, []);
    }
}

#[tokio::test]
async fn readers_see_groups_and_change_nothing() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let id = create(&mut root, "readers").await;
    let made = crate::users::create(&mut root, "ana", &[CAM_READ]).await;
    let uin = made.uin.to_string();
    let mut ana = log_in(&console, &made).await;
    let page = ana.get(&format!("/cam/groups/{id}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("read-only") && !page.body.contains("/call/groups/"), "a page without a single form that changes");
    let page = ana.get(&format!("/cam/users/{uin}")).await;
    assert!(page.status == StatusCode::OK && page.body.contains("read-only") && !page.body.contains("/call/users/"));
    for (path, more) in [
        ("groups/edit", ("name", "mine")),
        ("groups/delete", ("confirm", "readers")),
        ("groups/add-users", ("users[]", uin.as_str())),
        ("groups/remove-user", ("uin", uin.as_str())),
        ("groups/attach", ("policies[]", TRTC_READ)),
        ("groups/detach", ("policy", TRTC_READ)),
    ] {
        assert_eq!(ana.call(path, &[("id", &id), more]).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(ana.call("groups/create", &[("name", "mine")]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn groups_of_another_root_account_are_unknown() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let (mut root, mut other) = (console.root().await, console.other_root().await);
        let id = create(&mut root, "crew").await;
        let theirs = create(&mut other, "crew").await;
        let ana = crate::users::create(&mut root, "ana", &[]).await.uin.to_string();
        let ben = crate::users::create(&mut other, "ben", &[]).await.uin.to_string();
        assert_eq!(root.call("groups/add-users", &[("id", &id), ("users[]", &ana)]).await.status, StatusCode::OK);
        assert_eq!(other.read("groups/view", &[("id", &id)]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(other.get(&format!("/cam/groups/{id}")).await.status, StatusCode::NOT_FOUND);
        for (path, more) in [
            ("groups/edit", ("name", "taken")),
            ("groups/delete", ("confirm", "crew")),
            ("groups/add-users", ("users[]", ben.as_str())),
            ("groups/remove-user", ("uin", ana.as_str())),
            ("groups/attach", ("policies[]", TRTC_READ)),
        ] {
            assert_eq!(other.call(path, &[("id", &id), more]).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(other.call("groups/add-users", &[("id", &theirs), ("users[]", &ana)]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(other.call("users/join", &[("uin", &ben), ("groups[]", &id)]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(group(&mut root, &id).await.members.len(), 1);
    }
}

#[tokio::test]
async fn groups_and_memberships_end_at_their_limits() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let mut groups = Vec::new();
    for number in 0..300 {
        groups.push(create(&mut root, &format!("group{number}")).await);
    }
    assert_eq!(
        conflict(&root.call("groups/create", &[("name", "one-more")]).await, Fault::Limit),
        "You have reached the limit of 300 user groups."
    );

    let mut users = Vec::new();
    for number in 0..101 {
        users.push(crate::users::create(&mut root, &format!("user{number}"), &[]).await.uin.to_string());
    }
    let mut fields = vec![("id", groups[0].as_str())];
    fields.extend(users.iter().map(|uin| ("users[]", uin.as_str())));
    let limit = "You have reached the limit of 100 users per user group.";
    assert_eq!(conflict(&root.call("groups/add-users", &fields).await, Fault::Limit), limit);
    assert_eq!(group(&mut root, &groups[0]).await.members, [], "all or none");
    assert_eq!(root.call("groups/add-users", &fields[..101]).await.status, StatusCode::OK);
    assert_eq!(conflict(&root.call("groups/add-users", &[fields[0], fields[101]]).await, Fault::Limit), limit);

    let mut fields = vec![("uin", users[100].as_str())];
    fields.extend(groups[1..12].iter().map(|id| ("groups[]", id.as_str())));
    let limit = "You have reached the limit of 10 user groups per user.";
    assert_eq!(conflict(&root.call("users/join", &fields).await, Fault::Limit), limit);
    assert_eq!(root.call("users/join", &fields[..11]).await.status, StatusCode::OK);
    assert_eq!(conflict(&root.call("users/join", &[fields[0], fields[11]]).await, Fault::Limit), limit);
}

#[tokio::test]
async fn a_list_that_cannot_fit_is_refused_before_anything_is_looked_up() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let id = create(&mut root, "crew").await;
    let ana = crate::users::create(&mut root, "ana", &[]).await.uin.to_string();
    let unknown: Vec<String> = (0..1_001).map(|number| (7_000_000 + number).to_string()).collect();
    let list = |first: [(&'static str, &str); 1], field: &'static str, count: usize| {
        let first = first.map(|(name, value)| (name, value.to_owned())).into_iter();
        first.chain(unknown.iter().take(count).map(|one| (field, one.clone()))).collect::<Vec<_>>()
    };
    for (call, fields, limit) in [
        ("groups/add-users", list([("id", &id)], "users[]", 101), "You have reached the limit of 100 users per user group."),
        ("users/join", list([("uin", &ana)], "groups[]", 11), "You have reached the limit of 10 user groups per user."),
        ("users/create", list([("name", "ben")], "groups[]", 11), "You have reached the limit of 10 user groups per user."),
        ("groups/attach", list([("id", &id)], "policies[]", 201), "You have reached the limit of 200 policies per user or user group."),
        ("users/create", list([("name", "ben")], "policies[]", 201), "You have reached the limit of 200 policies per user or user group."),
        ("policies/attach-users", list([("id", TRTC_READ)], "users[]", 1_001), "You have reached the limit of 1000 sub-accounts."),
        ("policies/attach-groups", list([("id", TRTC_READ)], "groups[]", 301), "You have reached the limit of 300 user groups."),
    ] {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(conflict(&root.call(call, &fields).await, Fault::Limit), limit, "{call}");
        let fewer = root.call(call, &fields[..fields.len() - 1]).await;
        assert_eq!(fewer.status, StatusCode::NOT_FOUND, "{call}: one less is looked up");
    }
    let mut fields = vec![("uin", ana.as_str())];
    fields.extend(vec![("policies[]", TRTC_READ); 10_000]);
    assert_eq!(root.call("users/attach", &fields).await.status, StatusCode::OK, "the same ten thousand times is once");
    let policies = root.read("users/view", &[("uin", &ana)]).await.json::<UserView>().policies.unwrap();
    assert_eq!(policies.len(), 1);
}

#[tokio::test]
async fn who_would_lose_the_own_rights_by_a_group_or_an_attachment_is_told_first() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let policy = crate::policies::create(&mut root, "admins", &crate::policies::allowing(&["cam:*"])).await.to_string();
        let id = create(&mut root, "admins").await;
        assert_eq!(root.call("groups/attach", &[("id", &id), ("policies[]", &policy)]).await.status, StatusCode::OK);
        let made = crate::users::create(&mut root, "ana", &[]).await;
        let (uin, bo) = (made.uin.to_string(), crate::users::create(&mut root, "bo", &[&policy]).await.uin.to_string());
        for one in [&uin, &bo] {
            assert_eq!(root.call("users/join", &[("uin", one), ("groups[]", &id)]).await.status, StatusCode::OK);
        }
        let mut ana = log_in(&console, &made).await;
        let leave = [("id", id.as_str()), ("uin", uin.as_str())];
        let detach = [("id", id.as_str()), ("policy", policy.as_str())];
        let delete = [("id", id.as_str()), ("confirm", "admins")];
        for (call, fields) in [("groups/remove-user", leave), ("groups/detach", detach), ("groups/delete", delete)] {
            let told = conflict(&ana.call(call, &fields).await, Fault::Unconfirmed);
            assert!(told.starts_with("You would lose these permissions yourself: cam:"), "{call}: {told}");
        }
        // Without scripts the row that was refused has the box to tick, and no other one.
        let (dialog, [of, who]) = (format!("leave-{id}-{uin}"), leave);
        let plain = [of, who, ("dialog", dialog.as_str())];
        let page = ana.post_from(&format!("/cam/groups/{id}"), "/call/groups/remove-user", &plain).await;
        assert_eq!((page.status, page.body.matches("name=\"confirmed\"").count()), (StatusCode::CONFLICT, 1));
        let row = page.body.split("<tr>").find(|row| row.contains("name=\"confirmed\"")).unwrap();
        assert!(row.contains(&format!("/cam/users/{uin}")), "{row}");
        let (dialog, [of, what]) = (format!("detach-group-{id}"), detach);
        let plain = [of, what, ("dialog", dialog.as_str())];
        let page = ana.post_from(&format!("/cam/policies/{policy}?tab=used"), "/call/groups/detach", &plain).await;
        assert_eq!((page.status, page.body.matches("name=\"confirmed\"").count()), (StatusCode::CONFLICT, 1));

        assert_eq!(ana.call("groups/remove-user", &[leave[0], ("uin", &bo)]).await.status, StatusCode::OK, "bo loses, not ana");
        assert_eq!(ana.call("users/detach", &[("uin", &bo), ("policy", &policy)]).await.status, StatusCode::OK, "bo again");
        // What is also held another way is not lost.
        assert_eq!(root.call("users/attach", &[("uin", &uin), ("policies[]", &policy)]).await.status, StatusCode::OK);
        assert_eq!(ana.call("groups/detach", &detach).await.status, StatusCode::OK);
        let direct = [("uin", uin.as_str()), ("policy", policy.as_str())];
        assert!(conflict(&ana.call("users/detach", &direct).await, Fault::Unconfirmed).contains("cam:"));
        assert_eq!(ana.get("/cam/users").await.status, StatusCode::OK, "what was refused changed nothing");
        assert_eq!(root.call("groups/attach", &[("id", &id), ("policies[]", &policy)]).await.status, StatusCode::OK);
        assert_eq!(ana.call("users/detach", &direct).await.status, StatusCode::OK);
        let concern = conflict(&ana.call("groups/remove-user", &leave).await, Fault::Unconfirmed);
        assert_eq!(ana.call("groups/remove-user", &[leave[0], leave[1], ("confirmed", &concern)]).await.status, StatusCode::OK);
        assert_eq!(ana.get("/cam/users").await.status, StatusCode::FORBIDDEN, "it was meant");
        assert_eq!(root.call("groups/detach", &detach).await.status, StatusCode::OK, "root loses nothing by policies");
    }
}
