//! Traces: what is said of every statement is so, what decides decides, and what is promised of open keys is kept for every value.

use super::naive::{self, Question};
use super::properties::{ask, context, from, policy, request, set};
use super::{OWNER, USER, app, holding, sub_account};
use proptest::prelude::*;
use proptest::sample::subsequence;
use serde_json::Value;
use trtc_console::cam::{Context, Effect, Outlook, PolicySet, Principal, Resource, Trace, Verdict, Via};

/// The keys of the drawn requests.
const KEYS: [&str; 4] = ["k", "mfa", "qcs:ip", "qcs:resource_tag"];

fn statements(policies: &[Value]) -> Vec<&Value> {
    policies.iter().flat_map(|policy| policy["statement"].as_array().unwrap()).collect()
}

fn traced(set: &PolicySet, action: &str, resource: &Resource, context: &Context) -> Trace {
    set.trace(action, resource, context, &[])
}

/// The policies without the statements that a trace names as deciding. Each policy is told by its name.
fn without_deciding(policies: &[Value], trace: &Trace) -> Vec<Value> {
    let mut left = policies.to_vec();
    let mut gone: Vec<(usize, usize)> = trace
        .deciding()
        .filter(|statement| statement.origin.via == Via::Direct)
        .map(|statement| (statement.origin.policy_name.parse().unwrap(), usize::try_from(statement.statement).unwrap()))
        .collect();
    gone.sort_unstable();
    for (policy, statement) in gone.into_iter().rev() {
        left[policy]["statement"].as_array_mut().unwrap().remove(statement);
    }
    left.retain(|policy| !policy["statement"].as_array().unwrap().is_empty());
    left
}

/// Policies that are named by their place.
fn numbered(policies: &[Value]) -> PolicySet {
    let source = |(number, policy): (usize, &Value)| {
        let mut source = from(policy, Via::Direct);
        source.origin.policy_name = number.to_string().into();
        source
    };
    PolicySet::compile(sub_account(), policies.iter().enumerate().map(source).collect(), None, None)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_trace_says_of_a_statement_is_what_the_naive_evaluator_says(policies in proptest::collection::vec(policy(), 0..4), request in request()) {
        let trace = traced(&numbered(&policies), request.action, &Resource::parse(request.resource).unwrap(), &context(&request));
        prop_assert_eq!(trace.verdict, ask(&set(&policies, None), &request));
        prop_assert_eq!(trace.outlook, Outlook::from(trace.verdict));
        if request.action.ends_with(':') {
            return Ok(());
        }
        let own: Vec<_> = trace.statements.iter().filter(|statement| statement.origin.via == Via::Direct).collect();
        prop_assert_eq!(own.len(), statements(&policies).len(), "every statement is there");
        let question = Question { uin: USER, owner: OWNER, action: request.action, resource: request.resource, keys: &request.keys };
        for statement in own {
            let number: usize = statement.origin.policy_name.parse().unwrap();
            let written = &policies[number]["statement"][usize::try_from(statement.statement).unwrap()];
            prop_assert_eq!(statement.matches(), Some(naive::matches(written, &question)), "{} {:?}", written, statement);
        }
    }

    #[test]
    fn without_the_statements_that_decide_the_verdict_is_another(policies in proptest::collection::vec(policy(), 1..4), request in request()) {
        let resource = Resource::parse(request.resource).unwrap();
        let trace = traced(&numbered(&policies), request.action, &resource, &context(&request));
        prop_assert_eq!(trace.deciding().next().is_none(), trace.verdict == Verdict::DenyImplicit);
        if trace.verdict != Verdict::DenyImplicit {
            let left = ask(&set(&without_deciding(&policies, &trace), None), &request);
            prop_assert_ne!(left, trace.verdict);
        }
    }

    #[test]
    fn policies_that_are_shared_decide_for_each_account_as_its_own(policies in proptest::collection::vec(policy(), 0..4), request in request()) {
        let sources: Vec<_> = policies.iter().map(|policy| from(policy, Via::Direct)).collect();
        let other = Principal { uin: USER + 1, ..sub_account() };
        let own = PolicySet::compile(other, sources.clone(), None, None);
        let shared = PolicySet::compile(sub_account(), sources.clone(), None, None).for_another(other, sources.clone());
        let has_variables = policies.iter().any(|policy| policy.to_string().contains("${"));
        prop_assert_eq!(shared.is_none(), has_variables);
        if let Some(shared) = shared {
            prop_assert_eq!(ask(&shared, &request), ask(&own, &request));
            let stranger = Principal { owner_uin: OWNER + 5, ..other };
            prop_assert!(shared.for_another(stranger, sources).is_none());
        }
    }

    #[test]
    fn what_is_promised_of_open_keys_is_kept_for_every_value(
        policies in proptest::collection::vec(policy(), 0..4),
        boundary in proptest::option::weighted(0.3, policy()),
        asked in request(),
        other in request(),
        open in subsequence(KEYS.to_vec(), 0..4),
    ) {
        let set = set(&policies, boundary.as_ref());
        let is_open = |key: &str| open.contains(&key) || open.contains(&"qcs:resource_tag") && key.contains("tag/");
        let mut bare = asked.clone();
        bare.keys.retain(|key, _| !is_open(key));
        let resource = Resource::parse(asked.resource).unwrap();
        let outlook = set.outlook(asked.action, &resource, &context(&bare), &open);
        // The values that were drawn, those of another request, and none.
        let filled = |with: &super::properties::Request| {
            let mut filled = bare.clone();
            filled.keys.extend(with.keys.iter().filter(|(key, _)| is_open(key)).map(|(key, values)| (key.clone(), values.clone())));
            filled
        };
        for filled in [filled(&asked), filled(&other), bare.clone()] {
            let verdict = ask(&set, &filled);
            match outlook {
                Outlook::Always => prop_assert_eq!(verdict, Verdict::Allow),
                Outlook::Denied => prop_assert_eq!(verdict, Verdict::DenyExplicit),
                Outlook::No => prop_assert_ne!(verdict, Verdict::Allow),
                Outlook::Sometimes => {}
            }
            if open.is_empty() {
                prop_assert_eq!(outlook, Outlook::from(verdict));
            }
        }
    }
}

#[test]
fn a_condition_that_fails_says_what_it_wanted_and_what_it_met() {
    let set = holding(
        r#"{"effect":"allow","action":["trtc:B","trtc:Alter*"],"resource":["*"],
            "condition":{"ip_equal":{"qcs:ip":["203.0.113.0/24"]},"string_equal":{"qcs:uin":"${uin}","team":["a","b"]}}}"#,
    );
    let context = Context::new().with_ip([198, 51, 100, 7].into());
    let trace = traced(&set, "trtc:AlterRecording", &app(1), &context);
    let statement = &trace.statements[0];
    assert_eq!((trace.verdict, statement.matches(), statement.nearness), (Verdict::DenyImplicit, Some(false), 4));
    assert_eq!((statement.action.by.as_deref(), statement.resource.by.as_deref()), (Some("trtc:Alter*"), Some("*")));
    let conditions: Vec<_> = statement
        .conditions
        .iter()
        .map(|one| (one.key.as_str(), one.wanted.join(" "), one.actual.as_ref().map(|values| values.join(" ")), one.holds))
        .collect();
    let uin = USER.to_string();
    assert_eq!(
        conditions,
        [
            ("qcs:ip", "203.0.113.0/24".to_owned(), Some("198.51.100.7".to_owned()), Some(false)),
            ("qcs:uin", uin.clone(), Some(uin), Some(true)),
            ("team", "a b".to_owned(), None, Some(false)),
        ]
    );
}

#[test]
fn the_nearest_statement_comes_first_and_long_lists_are_counted() {
    let many: Vec<String> = (0..40).map(|number| format!("\"trtc:A{number}\"")).collect();
    let set = holding(&format!(
        r#"{{"effect":"allow","action":["cam:A"],"resource":"*"}},
           {{"effect":"allow","action":[{}],"resource":"*"}},
           {{"effect":"allow","action":"trtc:B","resource":["qcs::trtc:::sdkappid/2","qcs::trtc:::sdkappid/3"]}},
           {{"effect":"deny","action":"trtc:B","resource":"*","condition":{{"null_equal":{{"qcs:ip":"true"}}}}}},
           {{"effect":"allow","action":"trtc:B","resource":"qcs::trtc:::sdkappid/1"}}"#,
        many.join(",")
    ));
    let numbers = |trace: &Trace| trace.statements.iter().map(|statement| statement.statement).collect::<Vec<_>>();
    let trace = traced(&set, "trtc:B", &app(1), &Context::new().with_ip([10, 0, 0, 1].into()));
    assert_eq!((trace.verdict, numbers(&trace)), (Verdict::Allow, vec![4, 3, 2, 1, 0]));
    let long = &trace.statements[3].action;
    assert_eq!((long.by.as_deref(), long.others.len(), long.of), (None, 8, 40));
    let trace = traced(&set, "trtc:B", &app(1), &Context::new());
    assert_eq!((trace.verdict, numbers(&trace)[..2].to_vec()), (Verdict::DenyExplicit, vec![3, 4]), "a deny goes before an allow");
    assert_eq!(trace.deciding().map(|statement| (statement.statement, statement.effect)).collect::<Vec<_>>(), [(3, Effect::Deny)]);
}

#[test]
fn what_is_left_open_is_neither_met_nor_missed() {
    let set = holding(
        r#"{"effect":"allow","action":"trtc:A","resource":"*","condition":{"ip_equal":{"qcs:ip":"10.0.0.0/8"}}},
           {"effect":"allow","action":"trtc:B","resource":"*"},
           {"effect":"deny","action":"trtc:B","resource":"*","condition":{"string_equal":{"qcs:mfa":"0"}}},
           {"effect":"deny","action":"trtc:C","resource":"*"}"#,
    );
    let outlook = |action: &str, open: &[&str]| set.outlook(action, &app(1), &Context::new().with_mfa(false), open);
    assert_eq!((outlook("trtc:A", &[]), outlook("trtc:A", &["qcs:ip"])), (Outlook::No, Outlook::Sometimes));
    assert_eq!(
        (outlook("trtc:B", &[]), outlook("trtc:B", &["mfa"])),
        (Outlook::Denied, Outlook::Denied),
        "what the context says is not open"
    );
    assert_eq!(set.outlook("trtc:B", &app(1), &Context::new(), &["mfa"]), Outlook::Sometimes, "either name of a key");
    assert_eq!(outlook("trtc:C", &["qcs:ip"]), Outlook::Denied);
    let trace = set.trace("trtc:A", &app(1), &Context::new(), &["qcs:ip"]);
    let statement = &trace.statements[0];
    assert_eq!(
        (trace.verdict, trace.outlook, statement.matches(), statement.matches() != Some(false)),
        (Verdict::DenyImplicit, Outlook::Sometimes, None, true)
    );
}
