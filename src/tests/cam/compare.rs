//! Comparing policies: what is named is true, what is not named is not there.

use super::OWNER;
use super::properties::{Request, context, from, policy, request};
use proptest::prelude::*;
use serde_json::{Value, json};
use trtc_console::cam::{
    Change, Context, Differences, Owner, Policy, PolicySet, Principal, Resource, Verdict, Via, Vocabulary, Why, compare, idle, parse,
};

/// Root accounts whose sub-accounts are asked: one that the drawn policies name, and one that they do not.
const OWNERS: [i64; 2] = [OWNER, 300_000_000_001];

fn read(text: &Value) -> Policy {
    parse(&text.to_string()).policy.unwrap()
}

fn compared(old: &Value, new: &Value, owner: Option<i64>) -> Differences {
    let owner = owner.map(|uin| Owner { uin, app_id: None });
    compare(&read(old), &read(new), owner, &Vocabulary::default())
}

fn verdict(policy: &Value, principal: Principal, action: &str, resource: &Resource, context: &Context) -> Verdict {
    PolicySet::compile(principal, vec![from(policy, Via::Direct)], None, None).verdict(action, resource, context)
}

/// Both verdicts on the example of a change.
fn verdicts(old: &Value, new: &Value, change: &Change) -> [Verdict; 2] {
    let example = &change.example;
    [old, new].map(|policy| verdict(policy, example.principal, &example.action, &example.resource, &example.context))
}

/// Whether a change is about a request, as far as its action and its resource say.
fn is_about(change: &Change, principal: Principal, request: &Request) -> bool {
    let alone = json!({ "version": "2.0", "statement": [{ "effect": "allow", "action": change.action, "resource": change.resource }] });
    let with_condition = match &change.condition {
        Some(condition) => {
            let mut with = alone.clone();
            with["statement"][0]["condition"] = serde_json::from_str(condition).unwrap();
            with
        }
        None => alone,
    };
    let mut denies = with_condition;
    denies["statement"][0]["effect"] = json!("deny");
    let resource = Resource::parse(request.resource).unwrap();
    verdict(&denies, principal, request.action, &resource, &context(request)) == Verdict::DenyExplicit
}

/// Requests of the world: tags come as a list, not key by key.
fn real_request() -> impl Strategy<Value = Request> {
    request().prop_map(|mut request| {
        request.keys.retain(|key, _| !key.contains('/'));
        if request.action.ends_with(':') {
            request.action = "trtc:A";
        }
        request
    })
}

fn changed(old: &Value) -> impl Strategy<Value = Value> + use<> {
    let old = old.clone();
    // Halves that are new and halves that are old, so that policies often differ in little.
    (policy(), any::<prop::sample::Index>(), any::<bool>()).prop_map(move |(new, at, whole)| {
        if whole {
            return new;
        }
        let mut mixed = old.clone();
        let statements = mixed["statement"].as_array_mut().unwrap();
        let at = at.index(statements.len());
        statements[at] = new["statement"][0].clone();
        mixed
    })
}

fn pair() -> impl Strategy<Value = (Value, Value)> {
    policy().prop_flat_map(|old| (Just(old.clone()), changed(&old)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_change_is_shown_by_its_example((old, new) in pair()) {
        let found = compared(&old, &new, None);
        for change in &found.granted {
            let [before, after] = verdicts(&old, &new, change);
            prop_assert!(before != Verdict::Allow && after == Verdict::Allow, "granted: {before} {after} {change:?}");
        }
        for change in &found.revoked {
            let [before, after] = verdicts(&old, &new, change);
            prop_assert!(before == Verdict::Allow && after != Verdict::Allow, "revoked: {before} {after} {change:?}");
        }
        for change in &found.denied {
            prop_assert_eq!(verdicts(&old, &new, change), [Verdict::DenyImplicit, Verdict::DenyExplicit], "denied: {:?}", change);
        }
        for change in &found.released {
            prop_assert_eq!(verdicts(&old, &new, change), [Verdict::DenyExplicit, Verdict::DenyImplicit], "released: {:?}", change);
        }
    }

    #[test]
    fn every_difference_is_named((old, new) in pair(), requests in proptest::collection::vec(real_request(), 60)) {
        for owner in OWNERS {
            let found = compared(&old, &new, Some(owner));
            let principal = Principal { uin: 300_000_000_777, owner_uin: owner, app_id: None, is_root: false };
            for request in &requests {
                let resource = Resource::parse(request.resource).unwrap();
                let asked = |policy| verdict(policy, principal, request.action, &resource, &context(request));
                let (before, after) = (asked(&old), asked(&new));
                let changes = match (before, after) {
                    (before, after) if before == after => continue,
                    (_, Verdict::Allow) => &found.granted,
                    (Verdict::Allow, _) => &found.revoked,
                    (_, Verdict::DenyExplicit) => &found.denied,
                    (_, Verdict::DenyImplicit) => &found.released,
                };
                prop_assert!(!found.is_equal());
                prop_assert!(!found.is_whole || changes.iter().any(|change| is_about(change, principal, request)), "{before} {after} {request:?} {found:?}");
            }
        }
    }

    #[test]
    fn a_policy_equals_itself_in_another_order(old in policy()) {
        let mut turned = old.clone();
        turned["statement"].as_array_mut().unwrap().reverse();
        let found = compared(&old, &turned, None);
        prop_assert_eq!((&found.granted, &found.revoked, &found.denied, &found.released), (&vec![], &vec![], &vec![], &vec![]));
    }
}

#[test]
fn a_comparison_that_is_given_up_never_calls_policies_equal() {
    let statement = |number: u8| {
        let letters = |step: u8| (0..5).map(move |k| char::from(b'a' + (number * step + k) % 26)).collect::<Vec<_>>();
        let actions: Vec<String> = letters(1).iter().zip(letters(7)).map(|(one, other)| format!("trtc:*{one}*{other}*")).collect();
        let resources: Vec<String> = (0..3).map(|k| format!("qcs::trtc:::*{number}*{k}*")).collect();
        json!({ "effect": if number.is_multiple_of(2) { "allow" } else { "deny" }, "action": actions, "resource": resources })
    };
    let statements: Vec<Value> = (0..30).map(statement).collect();
    let turned: Vec<Value> = statements.iter().rev().cloned().collect();
    let [old, new] = [statements, turned].map(|statements| json!({ "version": "2.0", "statement": statements }));
    let found = compared(&old, &new, Some(OWNER));
    assert!(!found.is_whole && !found.is_equal());
    assert!(found.granted.is_empty() && found.revoked.is_empty(), "they are equal after all");
}

#[test]
fn what_policies_are_usually_like_is_compared_whole() {
    let policy = |statements: &str| serde_json::from_str::<Value>(&format!(r#"{{"version":"2.0","statement":[{statements}]}}"#)).unwrap();
    let everything = policy(r#"{"effect":"allow","action":["trtc:*"],"resource":["*"]}"#);
    let one_app = policy(r#"{"effect":"allow","action":["trtc:*"],"resource":["qcs::trtc::uin/100000000001:sdkappid/1400000001"]}"#);
    let by_tag = policy(
        r#"{"effect":"allow","action":["trtc:*"],"resource":["*"],"condition":{"for_any_value:string_equal":{"qcs:resource_tag":["env&test"]}}}"#,
    );
    let by_time = policy(
        r#"{"effect":"allow","action":["trtc:*"],"resource":["*"],"condition":{"date_less_than":{"qcs:current_time":"2026-06-01T00:00:00Z"}}}"#,
    );
    let office = policy(
        r#"{"effect":"allow","action":["trtc:*"],"resource":["*"]},{"effect":"deny","action":["*"],"resource":["*"],"condition":{"ip_not_equal":{"qcs:ip":["10.0.0.0/8"]}}}"#,
    );
    let all = [&everything, &one_app, &by_tag, &by_time, &office];
    for old in all {
        for new in all {
            let found = compared(old, new, Some(OWNER));
            assert!(found.is_whole, "{old} {new}");
            assert_eq!(found.is_equal(), old == new, "{old} {new}");
        }
    }
    assert_eq!(compared(&everything, &office, Some(OWNER)).revoked[0].example.context.iter().next().unwrap().0, "qcs:ip");
    let twice = policy(r#"{"effect":"allow","action":["trtc:*","trtc:DismissRoom"],"resource":["*","qcs::trtc:::*"]}"#);
    assert!(compared(&everything, &twice, None).is_equal());
    let split = policy(
        r#"{"effect":"allow","action":["trtc:*"],"resource":["*"],"condition":{"date_less_than":{"qcs:current_time":"2026-06-01T00:00:00Z"}}},
           {"effect":"allow","action":["trtc:*"],"resource":["*"],"condition":{"date_greater_than_equal":{"qcs:current_time":"2026-06-01T00:00:00Z"}}}"#,
    );
    let found = compared(&everything, &split, Some(OWNER));
    assert!(found.is_whole && !found.is_equal(), "a request whose time cannot be read is allowed by neither");
}

#[test]
fn what_is_written_in_two_ways_is_one() {
    let policy = |resource: &str, condition: &str| {
        let text = format!(
            r#"{{"version":"2.0","statement":{{"effect":"allow","action":"cam:*","resource":"{resource}","condition":{condition}}}}}"#
        );
        serde_json::from_str::<Value>(&text).unwrap()
    };
    let from = |network: &str| format!(r#"{{"ip_not_equal":{{"qcs:ip":"{network}"}}}}"#);
    let office = from("10.0.0.0/8");
    let root = policy("qcs::cam:::root", &office);
    for same in ["qcs::cam::uin/100000000001:root", "qcs::cam:::uin/100000000001"] {
        assert!(compared(&root, &policy(same, &office), Some(OWNER)).is_equal(), "{same}");
    }
    assert!(!compared(&root, &policy("qcs::cam:::uin/100000000002", &office), Some(OWNER)).is_equal());
    // Nobody has an address outside of both families, and everybody of the other family is outside of one.
    let found = compared(&root, &policy("qcs::cam:::root", &from("0.0.0.0/0")), Some(OWNER));
    assert!(found.is_whole && found.granted.is_empty() && found.revoked.len() == 1);
    let found = compared(&policy("qcs::cam:::root", &from("::/0")), &policy("qcs::cam:::root", &from("0.0.0.0/0")), Some(OWNER));
    assert!(found.is_whole && found.granted.len() == 1 && found.revoked.len() == 1);
}

#[test]
fn what_reaches_other_accounts_and_stands_for_other_numbers_is_no_blind_spot() {
    let policy = |statements: &[Value]| json!({ "version": "2.0", "statement": statements });
    let allow = |action: &str, resource: &str| json!({ "effect": "allow", "action": [action], "resource": [resource] });
    let own = allow("trtc:*", "*");
    let with = |more: Value| policy(&[own.clone(), more]);
    let old = policy(std::slice::from_ref(&own));
    // Buckets of another root account, though no policy names their service.
    assert_eq!(compared(&old, &with(allow("*", "qcs::::uin/100000000002:*")), Some(OWNER)).granted.len(), 1);
    // The own APPID, known and not known.
    let by_app_id = with(allow("cas:*", "qcs::cas::uid/1250000000:*"));
    for app_id in [None, Some(1_250_000_000)] {
        let found = compare(&read(&old), &read(&by_app_id), Some(Owner { uin: OWNER, app_id }), &Vocabulary::default());
        assert_eq!(found.granted.len(), 1, "{app_id:?}");
    }
    let found = compare(&read(&old), &read(&by_app_id), Some(Owner { uin: OWNER, app_id: Some(1_250_000_001) }), &Vocabulary::default());
    assert!(found.is_equal(), "the resources of a stranger");
    // A variable has many values, of which a pattern covers some.
    let some = policy(&[allow("cam:X", "qcs::cam:::uin/9*")]);
    let own_too = policy(&[allow("cam:X", "qcs::cam:::uin/9*"), allow("cam:X", "qcs::cam:::uin/${uin}")]);
    let found = compared(&some, &own_too, Some(OWNER));
    assert!(found.granted.len() == 1 && !found.is_whole);
    let (itself, others) = (
        policy(&[allow("cam:X", "qcs::cam:::uin/${uin}")]),
        json!({ "effect": "deny", "action": ["*"], "resource": ["qcs::cam:::uin/100*"] }),
    );
    let denied = policy(&[allow("cam:X", "qcs::cam:::uin/${uin}"), others]);
    assert_eq!(compared(&itself, &denied, Some(OWNER)).revoked.len(), 1);
    // Texts in any case, of which the words of examples are some.
    let mut deny = json!({ "effect": "deny", "action": ["trtc:*"], "resource": ["*"] });
    deny["condition"] = json!({ "string_not_equal_ignore_case": { "k": ["value"] }, "null_equal": { "k": "false" } });
    assert_eq!(compared(&old, &with(deny), Some(OWNER)).revoked.len(), 1);
}

#[test]
fn many_values_are_compared_in_bounded_work() {
    let numbers = |swapped: bool| {
        let mut numbers: Vec<u32> = (0..1_000).collect();
        if swapped {
            numbers.swap(3, 4);
        }
        let actions: Vec<String> = (0..60).map(|number| format!("trtc:A{number}")).collect();
        let resources: Vec<String> = (0..10).map(|number| format!("qcs::trtc:::a/{number}")).collect();
        json!({ "version": "2.0", "statement": [{ "effect": "allow", "action": actions, "resource": resources,
            "condition": { "numeric_not_equal": { "k": numbers } } }] })
    };
    let found = compared(&numbers(false), &numbers(true), Some(OWNER));
    assert!(!found.is_whole && found.granted.is_empty() && found.revoked.is_empty());
}

fn idle_of(statements: &str) -> Vec<(usize, Why)> {
    let policy = parse(&format!(r#"{{"version":"2.0","statement":[{statements}]}}"#)).policy.unwrap();
    let owner = Some(Owner { uin: OWNER, app_id: None });
    idle(&policy, owner, &Vocabulary::default()).into_iter().map(|idle| (idle.statement, idle.why)).collect()
}

#[test]
fn statements_that_do_nothing_are_told_with_their_reason() {
    let allow = |action: &str, resource: &str| format!(r#"{{"effect":"allow","action":"{action}","resource":"{resource}"}}"#);
    let deny = |action: &str, resource: &str| format!(r#"{{"effect":"deny","action":"{action}","resource":"{resource}"}}"#);
    let (one, other) = ("qcs::trtc:::sdkappid/1", "qcs::trtc:::sdkappid/2");
    for (statements, found) in [
        (vec![allow("trtc:*", "*"), allow("trtc:A", one)], vec![(1, Why::Covered(Some(0)))]),
        (vec![allow("trtc:A", one), allow("trtc:*", "*")], vec![(0, Why::Covered(Some(1)))]),
        (vec![allow("trtc:A", one), allow("trtc:A", one)], vec![(1, Why::Covered(Some(0)))]),
        (vec![allow("trtc:A", one), allow("trtc:B", other)], vec![]),
        (vec![allow("trtc:A", one), deny("trtc:*", "*")], vec![(0, Why::Denied(Some(1)))]),
        (vec![allow("trtc:A", "*"), deny("trtc:A", one)], vec![]),
        (vec![deny("trtc:A", "*"), deny("trtc:A", one)], vec![(1, Why::Covered(Some(0)))]),
        // By two together.
        (vec![allow("trtc:A", one), allow("trtc:B", one), r#"{"effect":"allow","action":["trtc:A","trtc:B"],"resource":"qcs::trtc:::sdkappid/1"}"#.to_owned()], vec![(2, Why::Covered(None))]),
        (vec![deny("trtc:A", one), r#"{"effect":"allow","action":["trtc:A","trtc:B"],"resource":"qcs::trtc:::sdkappid/1"}"#.to_owned(), deny("trtc:B", one)], vec![(1, Why::Denied(None))]),
        // A condition narrows, and one that no request meets leaves nothing.
        (vec![allow("trtc:A", one), r#"{"effect":"allow","action":"trtc:A","resource":"qcs::trtc:::sdkappid/1","condition":{"ip_equal":{"qcs:ip":"10.0.0.0/8"}}}"#.to_owned()], vec![(1, Why::Covered(Some(0)))]),
        (vec![r#"{"effect":"allow","action":"trtc:A","resource":"*","condition":{"string_equal":{"k":"a"},"string_not_equal":{"k":"a"}}}"#.to_owned()], vec![(0, Why::NeverMatches)]),
    ] {
        assert_eq!(idle_of(&statements.join(",")), found, "{statements:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn without_the_statements_that_do_nothing_every_request_is_answered_the_same(
        drawn in policy(),
        requests in proptest::collection::vec(real_request(), 64),
    ) {
        let mut rest = drawn.clone();
        let Some(statements) = rest["statement"].as_array_mut() else { return Ok(()) };
        let owner = Some(Owner { uin: OWNER, app_id: None });
        for found in idle(&read(&drawn), owner, &Vocabulary::default()).into_iter().rev() {
            statements.remove(found.statement);
        }
        if statements.is_empty() {
            *statements = vec![json!({ "effect": "allow", "action": "none:None", "resource": "qcs::none:::none/none" })];
        }
        let principal = super::sub_account();
        for request in &requests {
            let resource = Resource::parse(request.resource).unwrap();
            let answers = [&drawn, &rest].map(|policy| verdict(policy, principal, request.action, &resource, &context(request)).is_allow());
            prop_assert_eq!(answers[0], answers[1], "{} and {} on {:?}", drawn, rest, request);
        }
    }
}
