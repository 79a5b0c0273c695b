//! Operations: each server function does those that the catalogue names for it, is refused to who lacks their actions alone, and wants a
//! proof of the password where the catalogue says so.

use crate::kit::{PASSWORD, TestConsole, golden};
use crate::knock::{KNOCKS, Things, ask};
use crate::people::owner_of;
use crate::policies::{allowing, sub_account};
use crate::users::ADMINISTRATOR;
use axum::http::StatusCode;
use std::collections::{BTreeMap, BTreeSet};
use trtc_console::catalog::operation::{OperationRow, Proof, TargetKind};
use trtc_console::catalog::operations;
use trtc_console::domain::access_pages::{GroupView, PolicyView, UserView};
use trtc_console::domain::audit_query::AuditPage;
use trtc_console::domain::fault::Fault;

/// The operations that stand in the body of each server function.
fn named_in_bodies() -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir("src/remote").unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for part in text.split("endpoint = \"").skip(1) {
            let (endpoint, body) = part.split_once('"').unwrap();
            let names =
                body.split("operations::").skip(1).map(|rest| rest.split(|c: char| !c.is_alphanumeric()).next().unwrap().to_owned());
            found.insert(endpoint.to_owned(), names.filter(|name| !name.is_empty()).collect());
        }
    }
    found
}

#[test]
fn each_server_function_does_the_operations_of_its_row() {
    let mut table =
        "# Server functions with their operations, what these are done to, the actions they ask for, and whether they want a proof.\n\n"
            .to_owned();
    let bodies = named_in_bodies();
    for (endpoint, named) in &bodies {
        let rows: Vec<&OperationRow> = operations::of(endpoint).collect();
        assert!(!rows.is_empty(), "{endpoint} does no operation of the catalogue");
        // The own account has no permits to ask for.
        if rows.iter().all(|row| row.target != TargetKind::OwnAccount) {
            assert_eq!(*named, rows.iter().map(|row| row.name.to_owned()).collect(), "{endpoint}");
        }
        for row in rows {
            let actions: Vec<&str> = row.rule.actions().into_iter().map(|action| action.full).collect();
            table += &format!(
                "{endpoint:<26} {:<24} {:<13} {:<11} {}\n",
                row.name,
                format!("{:?}", row.target),
                format!("{:?}", row.proof),
                actions.join(" ")
            );
        }
    }
    for row in operations::ALL {
        assert!(row.endpoints.iter().all(|endpoint| bodies.contains_key(*endpoint)), "{}", row.name);
    }
    golden("operations.txt", &table);
}

/// The operation that a server function does in any case, others only for some fields.
fn first_of(call: &str) -> &'static OperationRow {
    operations::of(call).min_by_key(|row| row.endpoints.iter().position(|endpoint| *endpoint == call)).unwrap()
}

#[tokio::test]
async fn who_may_do_everything_but_one_operation_is_refused_that_one() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let things = Things::make(&console, &mut root).await;
    let owner = owner_of(&mut root).await.to_string();
    let mut tried = 0;
    for (number, (call, fields)) in KNOCKS.iter().enumerate() {
        let row = first_of(call);
        let actions: Vec<&str> = row.rule.actions().into_iter().map(|action| action.full).collect();
        if actions.is_empty() {
            continue;
        }
        let deny = serde_json::json!({ "version": "2.0", "statement": [{ "effect": "deny", "action": actions, "resource": "*" }] });
        let policy = crate::policies::create(&mut root, &format!("deny-{number}"), &deny.to_string()).await.to_string();
        let made = crate::users::create(&mut root, &format!("almost-{number}"), &[ADMINISTRATOR, &policy]).await;
        let mut almost = console.browser();
        almost.log_in(&owner, &made.name, PASSWORD).await;
        let answer = ask(&mut almost, call, &things.fields(fields)).await;
        // An application that one may not list is not there.
        if answer.status == StatusCode::NOT_FOUND {
            assert!(row.target == TargetKind::Application && actions.contains(&"trtc:DescribeAppStatList"), "{call}: {}", answer.body);
        } else {
            let Fault::Denied(denial) = answer.json::<Fault>() else { panic!("{call}: {} {}", answer.status, answer.body) };
            assert!(actions.contains(&denial.action.as_str()), "{call} names {}", denial.action);
        }
        tried += 1;
    }
    let own = operations::ALL.iter().filter(|row| row.target == TargetKind::OwnAccount).map(|row| row.endpoints.len()).sum::<usize>();
    assert_eq!(tried, KNOCKS.len() - own, "every server function but those of the own account");
}

#[tokio::test]
async fn what_wants_a_proof_is_refused_without_one() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let things = Things::make(&console, &mut root).await;
    console.clock.advance(16 * 60_000);
    // Those two take the password itself.
    for (call, fields) in KNOCKS.iter().filter(|(call, _)| !matches!(*call, "session/prove" | "session/password")) {
        let answer = ask(&mut root, call, &things.fields(fields)).await;
        let refused = !answer.status.is_success() && matches!(answer.json::<Fault>(), Fault::Reauthenticate);
        assert_eq!(refused, first_of(call).proof == Proof::Recent, "{call}: {} {}", answer.status, answer.body);
    }
}

#[tokio::test]
async fn a_page_comes_without_the_parts_its_reader_may_not_see_and_that_is_no_refusal() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let ana = crate::users::create(&mut root, "ana", &[ADMINISTRATOR]).await.uin.to_string();
    let crew = crate::groups::create(&mut root, "crew").await;
    let reads = allowing(&["cam:GetUser", "cam:GetGroup", "cam:GetPolicy"]);
    let (mut reader, _, policy) = sub_account(&console, &mut root, "reader", &reads).await;
    let lists = allowing(&["cam:Get*", "cam:List*"]);
    let (mut lister, ..) = sub_account(&console, &mut root, "lister", &lists).await;
    let policy = policy.to_string();

    let user: UserView = reader.read("users/view", &[("uin", &ana)]).await.json();
    assert_eq!((user.user.row.name.as_str(), user.groups, user.policies), ("ana", None, None));
    let group: GroupView = reader.read("groups/view", &[("id", &crew)]).await.json();
    assert_eq!((group.group.row.name.as_str(), group.policies), ("crew", None));
    for tab in ["versions", "used"] {
        let view: PolicyView = reader.read("policies/view", &[("id", &policy), ("tab", tab)]).await.json();
        assert_eq!((view.versions, view.attached_to), (None, None), "{tab}");
    }
    let refused: AuditPage = root.read("audit/search", &[("form[result]", "refused")]).await.json();
    assert_eq!(refused.events, []);

    let user: UserView = lister.read("users/view", &[("uin", &ana)]).await.json();
    assert_eq!((user.groups.unwrap().len(), user.policies.unwrap().len()), (0, 1));
    assert!(user.group_choices.is_empty() && user.policy_choices.is_empty(), "who may not add anything has nothing to choose");
    let user: UserView = root.read("users/view", &[("uin", &ana)]).await.json();
    assert_eq!(user.group_choices.len(), 1);
    assert!(user.policy_choices.iter().any(|choice| choice.id.to_string() == policy));
}
