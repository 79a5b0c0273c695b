//! Lists of accounts and policies: ordered by a column, cut into pages of the size that is asked for, the same on both databases.
//!
//! What stands in an address is only ever one of the orders there are.

use crate::groups;
use crate::kit::{Browser, DATABASES, TestConsole};
use crate::policies::{allowing, create};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;
use trtc_console::domain::accounts::{Candidate, UserRow};
use trtc_console::domain::groups::GroupRow;
use trtc_console::domain::ids::{GroupId, PolicyId};
use trtc_console::domain::paging::Page;
use trtc_console::domain::policies::PolicyRow;

async fn names<T: DeserializeOwned>(by: &mut Browser, call: &str, sort: &str, name: impl Fn(&T) -> String) -> String {
    let page: Page<T> = by.read(call, &[("sort", sort)]).await.json();
    page.rows.iter().map(name).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_list_has_the_order_that_is_asked_for_and_never_another_column() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        for name in ["ben", "Zoe", "ana"] {
            crate::users::create(&mut root, name, &[]).await;
        }
        let of = |user: &UserRow| user.name.clone();
        for (sort, wanted) in [
            ("", "ana ben Zoe"),
            ("-name", "Zoe ben ana"),
            ("login", "ana ben Zoe"),
            ("password_hash", "ana ben Zoe"),
            ("name; DROP TABLE accounts", "ana ben Zoe"),
        ] {
            assert_eq!(names(&mut root, "users/list", sort, of).await, wanted, "{database:?} {sort}");
        }
        let mut uins: Vec<UserRow> = root.read("users/list", &[("sort", "uin")]).await.json::<Page<UserRow>>().rows;
        assert!(uins.is_sorted_by_key(|user| user.uin.0));
        uins.reverse();
        assert_eq!(root.read("users/list", &[("sort", "-uin")]).await.json::<Page<UserRow>>().rows, uins);

        let (full, empty) = (groups::create(&mut root, "a-full").await, groups::create(&mut root, "b-empty").await);
        let uin = uins[0].uin.to_string();
        assert_eq!(root.call("groups/add-users", &[("id", &full), ("users[]", &uin)]).await.status, StatusCode::OK);
        let of = |group: &GroupRow| group.id.to_string();
        assert_eq!(names(&mut root, "groups/list", "users", of).await, format!("{empty} {full}"));
        assert_eq!(names(&mut root, "groups/list", "-users", of).await, format!("{full} {empty}"));

        let policy = create(&mut root, "mine", &allowing(&["trtc:DescribeAppStatList"])).await;
        assert_eq!(root.call("users/attach", &[("uin", &uin), ("policies[]", &policy.to_string())]).await.status, StatusCode::OK);
        let first =
            async |by: &mut Browser, sort: &str| by.read("policies/list", &[("sort", sort)]).await.json::<Page<PolicyRow>>().rows.remove(0);
        assert_eq!((first(&mut root, "").await.id, first(&mut root, "-attached").await.id), (policy, policy));
        assert!(first(&mut root, "-type").await.preset);
        assert_eq!(first(&mut root, "-modified").await.id, policy);
    }
}

#[tokio::test]
async fn a_page_is_as_long_as_was_asked_and_no_longer_than_is_offered() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    for number in 0..12 {
        groups::create(&mut root, &format!("group-{number:02}")).await;
    }
    for (size, rows) in [("10", 10), ("20", 12), ("1", 12), ("-1", 12), ("1000000", 12)] {
        let page: Page<GroupRow> = root.read("groups/list", &[("size", size)]).await.json();
        assert_eq!((page.rows.len(), page.total), (rows, 12), "{size}");
    }
    let page: Page<GroupRow> = root.read("groups/list", &[("size", "10"), ("page", "2"), ("sort", "-name")]).await.json();
    assert_eq!(page.rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["group-01", "group-00"]);
    let body = root.get("/cam/groups?size=10&sort=-name").await.body;
    assert!(body.contains("group-11") && !body.contains("group-01") && body.contains("size=50"), "{body}");
}

#[tokio::test]
async fn what_can_be_chosen_comes_with_its_remark_or_description() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    assert_eq!(root.call("groups/create", &[("name", "night"), ("remark", "24/7 <shift>")]).await.status, StatusCode::OK);
    let groups: Vec<Candidate<GroupId>> = root.read("groups/choices", &[]).await.json();
    assert_eq!((groups[0].name.as_str(), groups[0].about.zh.as_ref()), ("night", "24/7 <shift>"));
    let policies: Vec<Candidate<PolicyId>> = root.read("policies/choices", &[]).await.json();
    assert!(
        policies.iter().all(|policy| !policy.about.en.is_empty() && policy.about.en != policy.about.zh),
        "presets say what they are for"
    );
}
