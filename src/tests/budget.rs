//! The number of patterns one account may hold: every way that leads past it is refused and says the numbers, on both databases.

use crate::kit::{Answer, Browser, DATABASES, TestConsole};
use crate::policies::{allowing, create, sub_account};
use axum::http::StatusCode;
use trtc_console::catalog::limits::MAX_PATTERNS_PER_ACCOUNT;
use trtc_console::domain::accounts::Candidate;
use trtc_console::domain::fault::Fault;
use trtc_console::domain::ids::{GroupId, PolicyId};

const PATTERNS: i64 = 250;

/// A document with so many patterns, none of which another one holds.
fn patterns(name: &str, count: i64) -> String {
    let actions: Vec<String> = (0..count).map(|n| format!("trtc:{name}{n}*")).collect();
    allowing(&actions.iter().map(String::as_str).collect::<Vec<_>>())
        // The resource `*` counts as one.
        .replace(r#""resource":["*"]"#, r#""resource":["qcs::trtc:::sdkappid/1"]"#)
}

#[track_caller]
fn assert_refused(answer: &Answer, held: i64) {
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
    let Fault::Limit(text) = answer.json() else { panic!("{}", answer.body) };
    for number in [held, MAX_PATTERNS_PER_ACCOUNT] {
        assert!(text.en.contains(&number.to_string()) && text.zh.contains(&number.to_string()), "{number} in {text:?}");
    }
    assert!(text.en.contains(" eve "), "{text:?}");
}

async fn attach(root: &mut Browser, uin: &str, policies: &[PolicyId]) -> Answer {
    let ids: Vec<String> = policies.iter().map(ToString::to_string).collect();
    let mut fields = vec![("uin", uin)];
    fields.extend(ids.iter().map(|id| ("policies[]", id.as_str())));
    root.call("users/attach", &fields).await
}

#[tokio::test]
async fn an_account_gets_no_more_patterns_than_allowed() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let (mut eve, uin, first) = sub_account(&console, &mut root, "eve", &allowing(&["trtc:DescribeAppStatList"])).await;
        let uin = uin.to_string();
        let full = MAX_PATTERNS_PER_ACCOUNT / PATTERNS;
        let mut policies = Vec::new();
        for number in 0..full {
            policies.push(create(&mut root, &format!("p{number}"), &patterns(&format!("P{number}x"), PATTERNS)).await);
        }
        let over = MAX_PATTERNS_PER_ACCOUNT + 1;
        // The first policy already holds one: its resource `*`.
        assert_refused(&attach(&mut root, &uin, &policies).await, over);
        assert_eq!(attach(&mut root, &uin, &policies[1..]).await.status, StatusCode::OK);

        assert_eq!(root.call("groups/create", &[("name", "many")]).await.status, StatusCode::OK);
        let groups: Vec<Candidate<GroupId>> = root.read("groups/choices", &[]).await.json();
        let group = groups[0].id;
        let (group, last) = (group.to_string(), policies[0].to_string());
        let grouped = root.call("groups/attach", &[("id", &group), ("policies[]", &last)]).await;
        assert_eq!(grouped.status, StatusCode::OK, "nobody is in the group: {}", grouped.body);
        assert_refused(&root.call("groups/add-users", &[("id", &group), ("users[]", &uin)]).await, over);

        let first = first.to_string();
        let longer = patterns("Longer", PATTERNS + 2);
        let saved = root.call("policies/save", &[("id", &first), ("document", &longer), ("set_default", "true")]).await;
        assert_refused(&saved, MAX_PATTERNS_PER_ACCOUNT + 2);
        assert_eq!(eve.read("session", &[]).await.status, StatusCode::OK, "what is attached keeps counting");
    }
}
