//! Promises about rights: what breaks one is refused in the change that would, whatever that change is called.
//!
//! Whether somebody may do something is asked of the gate's own decision, as pages ask it, and never of what a promise is said to come to.

use crate::kit::{Answer, Browser, DATABASES, FIRST_PASSWORD, TestConsole};
use crate::people::application;
use crate::policies::{allowing, sub_account};
use crate::users::{CAM_READ, conflict, create, log_in, wrong_fields};
use axum::http::StatusCode;
use trtc_console::catalog::Rule;
use trtc_console::catalog::action::trtc;
use trtc_console::domain::access_pages::PolicyReview;
use trtc_console::domain::fault::Fault;
use trtc_console::domain::ids::{PolicyId, SdkAppId};
use trtc_console::domain::promises::{Promises, Standing};

/// A policy that allows `trtc:DismissRoom` where `resource` says, under a condition or none.
fn dismissing(resource: &str, condition: &str) -> String {
    let condition = if condition.is_empty() { String::new() } else { format!(r#","condition":{condition}"#) };
    format!(r#"{{"version":"2.0","statement":[{{"effect":"allow","action":["trtc:DismissRoom"],"resource":["{resource}"]{condition}}}]}}"#)
}

async fn promise(root: &mut Browser, who: &str, expects: &str, what: &str, place: &str) -> String {
    let fields = [("name", format!("{who} {expects} {what}")), ("who", who.to_owned())];
    let mut fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.extend([("expects", expects), ("what", what), ("place", place)]);
    let made = root.call("promises/create", &fields).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    made.body
}

async fn standings(reader: &mut Browser) -> Vec<Standing> {
    reader.read("promises/list", &[]).await.json::<Promises>().rows.into_iter().map(|row| row.standing).collect()
}

async fn policy(root: &mut Browser, name: &str, document: &str) -> String {
    crate::policies::create(root, name, document).await.to_string()
}

#[track_caller]
fn fine(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

#[tokio::test]
async fn whatever_a_change_of_rights_is_called_it_breaks_no_promise() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let live = application(&mut root, "live", &[]).await.to_string();
        let all = policy(&mut root, "all", &allowing(&["trtc:*"])).await;
        let none = policy(&mut root, "none", &allowing(&["trtc:DescribeRoomInfo"])).await;
        let tagged = policy(&mut root, "tagged", &dismissing("*", r#"{"string_equal":{"qcs:resource_tag":["team&live"]}}"#)).await;
        let needed = policy(&mut root, "needed", &allowing(&["trtc:DescribeAppStatList"])).await;
        let [vendors, readers] = [crate::groups::create(&mut root, "vendors").await, crate::groups::create(&mut root, "readers").await];
        let vera = create(&mut root, "vera", &[&none, &tagged]).await.uin.to_string();
        let bo = create(&mut root, "bo", &[&all]).await.uin.to_string();
        let ana = create(&mut root, "ana", &[]).await.uin.to_string();
        for (call, fields) in [
            ("groups/add-users", [("id", vendors.as_str()), ("users[]", vera.as_str())]),
            ("groups/add-users", [("id", &readers), ("users[]", &ana)]),
            ("groups/attach", [("id", &readers), ("policies[]", &needed)]),
        ] {
            fine(&root.call(call, &fields).await);
        }
        let second = root.call("policies/save", &[("id", &none), ("document", &allowing(&["trtc:*"]))]).await;
        fine(&second);
        promise(&mut root, &format!("group:{vendors}"), "may_never", "trtc:DismissRoom", &live).await;
        promise(&mut root, &format!("user:{ana}"), "may", "page:apps", "all").await;
        assert_eq!(standings(&mut root).await, [Standing::Kept, Standing::Kept]);

        let document = allowing(&["trtc:*"]);
        let breaking: Vec<(&str, Vec<(&str, &str)>)> = vec![
            ("groups/attach", vec![("id", &vendors), ("policies[]", &all)]),
            ("policies/attach-groups", vec![("id", &all), ("groups[]", &vendors)]),
            ("users/attach", vec![("uin", &vera), ("policies[]", &all)]),
            ("policies/attach-users", vec![("id", &all), ("users[]", &vera)]),
            ("groups/add-users", vec![("id", &vendors), ("users[]", &bo)]),
            ("users/join", vec![("uin", &bo), ("groups[]", &vendors)]),
            ("users/create", vec![("name", "new"), ("password", FIRST_PASSWORD), ("groups[]", &vendors), ("policies[]", &all)]),
            ("policies/save", vec![("id", &none), ("document", &document), ("set_default", "true")]),
            ("policies/set-default", vec![("id", &none), ("version", "2")]),
            ("apps/tags", vec![("id", &live), ("keys[]", "team"), ("values[]", "live")]),
            ("groups/detach", vec![("id", &readers), ("policy", &needed)]),
            ("groups/remove-user", vec![("id", &readers), ("uin", &ana)]),
            ("groups/delete", vec![("id", &readers), ("confirm", "readers")]),
            ("groups/delete", vec![("id", &vendors), ("confirm", "vendors")]),
            ("policies/delete", vec![("id", &needed), ("confirm", "needed")]),
            ("users/delete", vec![("uin", &ana), ("confirm", "ana")]),
        ];
        for (call, fields) in breaking {
            let refused = root.call(call, &fields).await;
            assert_eq!(refused.status, StatusCode::CONFLICT, "{call} {fields:?}: {}", refused.body);
            assert!(conflict(&refused, Fault::InUse).starts_with("This change breaks the promise"), "{call}: {}", refused.body);
        }
        assert_eq!(standings(&mut root).await, [Standing::Kept, Standing::Kept], "nothing was done");
        fine(&root.call("users/attach", &[("uin", &ana), ("policies[]", &all)]).await);
        fine(&root.call("groups/detach", &[("id", &readers), ("policy", &needed)]).await);
    }
}

#[tokio::test]
async fn the_root_account_alone_breaks_a_promise_and_the_record_says_why() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        application(&mut root, "live", &[]).await;
        let all = policy(&mut root, "all", &allowing(&["trtc:*"])).await;
        let vera = create(&mut root, "vera", &[]).await.uin.to_string();
        let (mut ana, ..) = sub_account(&console, &mut root, "ana", &allowing(&["cam:*"])).await;
        let (mut blind, ..) = sub_account(&console, &mut root, "blind", &allowing(&["cam:AttachUserPolicy"])).await;
        let id = promise(&mut root, &format!("user:{vera}"), "may_never", "trtc:DismissRoom", "any").await;
        let attach = [("uin", vera.as_str()), ("policies[]", all.as_str())];
        let shown = conflict(&root.call("users/attach", &attach).await, Fault::InUse);
        assert!(shown.contains("vera can perform trtc:DismissRoom") && shown.contains("statement 1 of policy all"), "{shown}");
        let hidden = conflict(&blind.call("users/attach", &attach).await, Fault::InUse);
        assert!(!hidden.contains("vera can") && !hidden.contains("policy all"), "{hidden}");

        let aside = [("id", id.as_str()), ("reason", "The vendor replaces the night shift.")];
        let barred = ana.call("promises/set-aside", &aside).await;
        assert!(matches!(barred.json(), Fault::Barred(_)), "{}", barred.body);
        assert_eq!(wrong_fields(&root.call("promises/set-aside", &[("id", &id), ("reason", "because")]).await), ["reason"]);
        fine(&root.call("promises/set-aside", &aside).await);
        conflict(&ana.call("users/attach", &attach).await, Fault::InUse);
        fine(&root.call("users/attach", &attach).await);
        let events = root.read("audit/search", &[]).await.json::<serde_json::Value>()["events"].clone();
        for (name, at) in [("cam:AttachUserPolicy", 0), ("cam:DeletePolicy", 1)] {
            assert_eq!(events[at]["name"], name, "{events}");
            let event = root.read("audit/event", &[("seq", &events[at]["seq"].to_string())]).await.body;
            assert!(event.contains("The vendor replaces the night shift."), "{event}");
        }
        let page = root.get("/cam/promises").await;
        assert!(page.body.contains("vera can perform trtc:DismissRoom") && page.body.contains("Set aside"), "{}", page.body);

        // It is broken already, so it refuses nothing, also not to others; mended, it does again.
        fine(&ana.call("users/detach", &[("uin", &vera), ("policy", &all)]).await);
        conflict(&ana.call("users/attach", &attach).await, Fault::InUse);
        console.clock.advance(15 * 60_000);
        let mut root = console.root().await;
        conflict(&root.call("users/attach", &attach).await, Fault::InUse);
        fine(&root.call("promises/delete", &[("id", &id)]).await);
        fine(&root.call("users/attach", &attach).await);
    }
}

#[tokio::test]
async fn what_may_never_be_is_broken_by_any_circumstances_and_what_may_be_wants_all() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let live = application(&mut root, "live", &[]).await.to_string();
    let vera = create(&mut root, "vera", &[]).await.uin.to_string();
    let who = format!("user:{vera}");
    let future = "qcs::trtc:::sdkappid/1499999999";
    let ip = r#"{"ip_equal":{"qcs:ip":"203.0.113.7"}}"#;
    let late = r#"{"date_greater_than":{"qcs:current_time":"2090-01-01T00:00:00Z"}}"#;
    let mfa = r#"{"string_equal":{"qcs:mfa":"1"}}"#;
    let one = format!("qcs::trtc:::sdkappid/{live}");
    for (number, (expects, place, document, kept)) in [
        ("may_never", "any", dismissing(future, ""), false),
        ("may_never", live.as_str(), dismissing(future, ""), true),
        ("may_never", &live, dismissing(&one, ip), false),
        ("may_never", &live, dismissing(&one, late), false),
        ("may_never", &live, dismissing(&one, mfa), false),
        ("may_never", "all", allowing(&["trtc:DescribeRoomInfo"]), true),
        ("may", &live, dismissing(&one, ""), true),
        ("may", "all", dismissing(&one, ""), true),
        ("may", &live, dismissing(&one, ip), false),
        ("may", &live, dismissing(&one, mfa), false),
        ("may", &live, dismissing(&one, late), false),
    ]
    .into_iter()
    .enumerate()
    {
        let id = promise(&mut root, &who, expects, "trtc:DismissRoom", place).await;
        let held = policy(&mut root, &format!("policy-{number}"), &document).await;
        let attached = root.call("users/attach", &[("uin", &vera), ("policies[]", &held)]).await;
        if expects == "may_never" {
            assert_eq!(attached.status == StatusCode::OK, kept, "{number}: {}", attached.body);
        }
        if attached.status == StatusCode::OK {
            assert_eq!(standings(&mut root).await == [Standing::Kept], kept, "{number}");
            let detached = root.call("users/detach", &[("uin", &vera), ("policy", &held)]).await;
            assert_eq!(detached.status == StatusCode::OK, expects == "may_never" || !kept, "{number}: {}", detached.body);
        }
        fine(&root.call("promises/delete", &[("id", &id)]).await);
        root.call("users/detach", &[("uin", &vera), ("policy", &held)]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_changes_that_break_a_promise_together_one_is_refused() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let (mut one, mut other) = (console.root().await, console.root().await);
        let all = policy(&mut one, "all", &allowing(&["trtc:*"])).await;
        let vera = create(&mut one, "vera", &[]).await.uin.to_string();
        promise(&mut one, &format!("user:{vera}"), "may_never", "trtc:DismissRoom", "any").await;
        for round in 0..5 {
            let group = crate::groups::create(&mut one, &format!("group-{round}")).await;
            let joins = [("id", group.as_str()), ("users[]", vera.as_str())];
            let attaches = [("id", group.as_str()), ("policies[]", all.as_str())];
            let (joined, attached) = tokio::join!(one.call("groups/add-users", &joins), other.call("groups/attach", &attaches));
            let went = [joined.status, attached.status].into_iter().filter(|status| *status == StatusCode::OK).count();
            assert_eq!(went, 1, "{database:?}: {} {}", joined.body, attached.body);
            assert_eq!(standings(&mut one).await, [Standing::Kept]);
        }
    }
}

#[tokio::test]
async fn after_every_change_that_is_permitted_what_held_holds_and_a_refused_one_would_have_broken_it() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let live = application(&mut root, "live", &[]).await;
    let place = live.to_string();
    let deny = r#"{"version":"2.0","statement":[{"effect":"deny","action":["trtc:DismissRoom"],"resource":["*"]}]}"#;
    let mut policies = Vec::new();
    for (name, document) in [
        ("all", allowing(&["trtc:*"])),
        ("one", dismissing(&format!("qcs::trtc:::sdkappid/{place}"), "")),
        ("other", dismissing("qcs::trtc:::sdkappid/1499999999", "")),
        ("deny", deny.to_owned()),
    ] {
        policies.push(policy(&mut root, name, &document).await);
    }
    let mut groups = Vec::new();
    for name in ["vendors", "staff"] {
        groups.push(crate::groups::create(&mut root, name).await);
    }
    let (mut people, mut browsers) = (Vec::new(), Vec::new());
    for name in ["ana", "bo", "cy"] {
        let made = create(&mut root, name, &[]).await;
        browsers.push(log_in(&console, &made).await);
        people.push(made.uin.to_string());
    }
    let mut members: Vec<(usize, usize)> = Vec::new();
    // The first group may never, the first person may.
    let promises = [(format!("group:{}", groups[0]), "may_never"), (format!("user:{}", people[0]), "may")];
    let mut ids = Vec::new();
    for (who, expects) in &promises {
        ids.push(promise(&mut root, who, expects, "trtc:DismissRoom", &place).await);
    }
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |most: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % most
    };
    let (mut before, mut refusals) = ([true, false], 0);
    for _ in 0..120 {
        let (policy, group, person) = (policies[below(4)].clone(), below(2), below(3));
        let (id, uin) = (groups[group].clone(), people[person].clone());
        let (call, fields) = match below(6) {
            0 => ("groups/attach", [("id", id), ("policies[]", policy)]),
            1 => ("groups/detach", [("id", id), ("policy", policy)]),
            2 => ("users/attach", [("uin", uin), ("policies[]", policy)]),
            3 => ("users/detach", [("uin", uin), ("policy", policy)]),
            4 => ("groups/add-users", [("id", id), ("users[]", uin)]),
            _ => ("groups/remove-user", [("id", id), ("uin", uin)]),
        };
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut answer = root.call(call, &fields).await;
        let is_refused = answer.status == StatusCode::CONFLICT;
        if is_refused {
            // Without the promises it goes, and breaks one of them.
            refusals += 1;
            for id in &ids {
                fine(&root.call("promises/delete", &[("id", id)]).await);
            }
            answer = root.call(call, &fields).await;
            fine(&answer);
        }
        if answer.status == StatusCode::OK {
            match call {
                "groups/add-users" if !members.contains(&(group, person)) => members.push((group, person)),
                "groups/remove-user" => members.retain(|member| *member != (group, person)),
                _ => {}
            }
        }
        let may = async |person: usize, console: &TestConsole| {
            let rule = Rule::may::<trtc::DismissRoom>();
            browsers[person].caller(console).await.holds_on_app(rule, SdkAppId(live))
        };
        let mut never = true;
        for person in 0..3 {
            never &= !(members.contains(&(0, person)) && may(person, &console).await);
        }
        let now = [never, may(0, &console).await];
        let has_broken = (0..2).any(|at| before[at] && !now[at]);
        assert_eq!(has_broken, is_refused, "{call} {fields:?}: {before:?} to {now:?}");
        before = now;
        if is_refused {
            ids.clear();
            for (who, expects) in &promises {
                ids.push(promise(&mut root, who, expects, "trtc:DismissRoom", &place).await);
            }
        }
    }
    assert!(refusals > 5, "{refusals}");
}

#[tokio::test]
async fn the_review_says_which_promises_a_draft_breaks_and_the_save_is_refused() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    application(&mut root, "live", &[]).await;
    let id: PolicyId = crate::policies::create(&mut root, "target", &allowing(&["trtc:DescribeRoomInfo"])).await;
    let policy = id.to_string();
    create(&mut root, "vera", &[&policy]).await;
    promise(&mut root, "everybody", "may_never", "trtc:DismissRoom", "any").await;
    promise(&mut root, "everybody", "may_never", "cam:AddUser", "any").await;
    let kept = root.call("drafts/keep", &[("id", &policy), ("document", &allowing(&["trtc:*"])), ("base", "1"), ("begun_from", "1")]).await;
    fine(&kept);
    let reviewed = root.read("policies/review", &[("id", &policy)]).await.json::<PolicyReview>().reviewed.unwrap();
    let promises = reviewed.promises.unwrap();
    assert_eq!((promises.kept, promises.unkept, promises.broken.len()), (1, 0, 1));
    assert!(promises.broken[0].standing.why().unwrap().en.starts_with("vera can perform trtc:DismissRoom"), "{promises:?}");
    let page = root.get(&format!("/cam/policies/{id}/review")).await.body;
    assert!(page.contains("1 broken") && page.contains("vera can perform"), "{page}");
    let kept_ms = reviewed.draft.kept_ms.to_string();
    let mut fields = vec![("id", policy.as_str()), ("draft", &kept_ms), ("reviewed", &reviewed.stamp), ("set_default", "true")];
    conflict(&root.call("policies/save", &fields).await, Fault::InUse);
    fields.pop();
    fine(&root.call("policies/save", &fields).await);
}

#[tokio::test]
async fn of_an_application_that_its_reader_may_not_list_no_promise_tells() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let live = application(&mut root, "live", &[]).await.to_string();
    let id = promise(&mut root, "everybody", "may_never", "trtc:DismissRoom", &live).await;
    promise(&mut root, "everybody", "may_never", "cam:AddUser", "any").await;
    let (mut ana, ..) = sub_account(&console, &mut root, "ana", &allowing(&["cam:Get*", "cam:List*", "cam:*Policy"])).await;
    let told = ana.read("promises/list", &[]).await;
    assert_eq!(told.json::<Promises>().rows.len(), 1);
    assert!(!told.body.contains(&live), "{}", told.body);
    for id in [id.as_str(), "7"] {
        assert_eq!(ana.call("promises/delete", &[("id", id)]).await.status, StatusCode::NOT_FOUND);
    }
    let fields = [("name", "x"), ("who", "everybody"), ("expects", "may"), ("what", "trtc:DismissRoom")];
    for place in [live.as_str(), "1499999999"] {
        let answer = ana.call("promises/create", &[&fields[..], &[("place", place)]].concat()).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.body);
    }
    let wrong = [("name", ""), ("who", "x"), ("expects", "x"), ("what", "page:account"), ("place", "x")];
    assert_eq!(wrong_fields(&root.call("promises/create", &wrong).await), ["name", "who", "expects", "what", "place"]);
    let reader = create(&mut root, "reader", &[CAM_READ]).await;
    let mut reader = log_in(&console, &reader).await;
    assert_eq!(reader.call("promises/create", &[&fields[..], &[("place", "any")]].concat()).await.status, StatusCode::FORBIDDEN);
}
