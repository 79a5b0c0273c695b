//! What holds for every policy: printing and parsing are inverse, denies only take away, allows only add, order means nothing, and a
//! naive evaluator says the same.
//!
//! The alphabet is small on purpose: policies and requests drawn from it meet often.

use super::naive::{self, Keys, Question};
use super::{OWNER, USER, source, sub_account};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};
use std::sync::Arc;
use trtc_console::cam::{Context, Effect, Origin, PolicySet, Resource, Source, Verdict, Via, parse};

fn actions() -> impl Strategy<Value = Value> {
    let patterns = ["*", "*:*", "trtc:*", "trtc:A", "trtc:AB", "name/trtc:A*", "trtc:*B", "*:A", "cam:*", "cam:A", "trtc:*A*B*"];
    subsequence(patterns.to_vec(), 1..4).prop_map(|list| json!(list))
}

fn resources() -> impl Strategy<Value = Value> {
    let patterns = [
        "*",
        "qcs::trtc:::sdkappid/1",
        "qcs::trtc:::sdkappid/12",
        "qcs::trtc::uin/100000000001:sdkappid/1*",
        "qcs::trtc:::sdkappid/*",
        "qcs::trtc:::*",
        "qcs:::::*2",
        "qcs::trtc::uin/:*/1",
        "qcs::trtc:*:*:sdkappid/1",
        "qcs::trtc:gz::sdkappid/1",
        "qcs::trtc::uin/5:*",
        "qcs::cam:::uin/${uin}",
        "qcs::cam:::uin/*",
        "qcs::trtc:::a/b/*",
        "qcs::trtc:::a/*c/d",
    ];
    subsequence(patterns.to_vec(), 1..4).prop_map(|list| json!(list))
}

fn conditions() -> impl Strategy<Value = Option<Value>> {
    let texts = || subsequence(vec!["a", "A", "ab", "", "1", "100000000077", "${uin}", "t&a", "t&b"], 1..3);
    let text = (
        select(vec!["", "for_any_value:", "for_all_value:"]),
        select(vec!["string_equal", "string_not_equal", "string_equal_ignore_case", "string_not_equal_ignore_case", "binary_equal"]),
        select(vec!["", "_if_exist"]),
        select(vec!["k", "l", "qcs:uin", "mfa", "qcs:mfa", "qcs:tag", "qcs:resource_tag", "qcs:tag/t", "qcs:resource_tag/t"]),
        texts(),
    )
        .prop_map(|(qualifier, base, suffix, key, values)| (format!("{qualifier}{base}{suffix}"), json!({ key: values })));
    let patterns = vec!["*", "a*", "*b", "t&*", "?", "a*b", "*a*", "ab", "*1", "t&a", "1*7", "*&*"];
    let like =
        (select(vec!["string_like", "string_not_like_if_exist"]), select(vec!["k", "qcs:resource_tag"]), subsequence(patterns, 1..11))
            .prop_map(|(base, key, values)| (base.to_owned(), json!({ key: values })));
    let number = (
        select(vec!["", "for_any_value:", "for_all_value:"]),
        select(vec!["equal", "not_equal", "less_than", "less_than_equal", "greater_than", "greater_than_equal"]),
        subsequence(vec![0, 1, 2], 1..3),
    )
        .prop_map(|(qualifier, base, values)| (format!("{qualifier}numeric_{base}"), json!({ "k": values, "mfa": "1" })));
    let address = (
        select(vec!["ip_equal", "ip_not_equal", "ip_not_equal_if_exist"]),
        subsequence(vec!["10.0.0.0/8", "10.1.0.0/30", "0.0.0.0/0", "10.1.0.2"], 1..3),
    )
        .prop_map(|(base, values)| (base.to_owned(), json!({ "qcs:ip": values })));
    let null = (select(vec!["k", "qcs:tag/t", "qcs:ip"]), subsequence(vec!["true", "false"], 1..2))
        .prop_map(|(key, values)| ("null_equal".to_owned(), json!({ key: values })));
    let one = prop_oneof![text, like, number, address, null];
    proptest::option::weighted(0.5, proptest::collection::vec(one, 1..3))
        .prop_map(|list| list.map(|list| Value::Object(list.into_iter().collect())))
}

fn statement() -> impl Strategy<Value = Value> {
    (select(vec!["allow", "allow", "deny"]), actions(), resources(), conditions()).prop_map(|(effect, action, resource, condition)| {
        let mut statement = json!({ "effect": effect, "action": action, "resource": resource });
        if let Some(condition) = condition {
            statement["condition"] = condition;
        }
        statement
    })
}

pub(super) fn policy() -> impl Strategy<Value = Value> {
    proptest::collection::vec(statement(), 1..5).prop_map(|statements| json!({ "version": "2.0", "statement": statements }))
}

#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) action: &'static str,
    pub(super) resource: &'static str,
    pub(super) keys: Keys,
}

pub(super) fn request() -> impl Strategy<Value = Request> {
    let resources = vec![
        "*",
        "qcs::trtc::uin/100000000001:sdkappid/1",
        "qcs::trtc::uin/100000000001:sdkappid/12",
        "qcs::trtc::uin/100000000001:sdkappid/*",
        "qcs::trtc:gz:uin/100000000001:sdkappid/1",
        "qcs::trtc::uin/5:sdkappid/1",
        "qcs::cam::uin/100000000001:uin/100000000077",
        "qcs::trtc::uin/100000000001:a/b/c/d",
    ];
    let list = |values: Vec<&'static str>| proptest::option::of(subsequence(values, 0..3));
    let keys = (
        list(vec!["a", "A", "ab", "", "1", "2"]),
        list(vec!["0", "1"]),
        list(vec!["t&a", "t&b", "u&a"]),
        proptest::option::weighted(0.3, (select(vec!["qcs:tag/t", "qcs:resource_tag/t"]), subsequence(vec!["a", "ab", ""], 0..3))),
        proptest::option::of(select(vec!["10.1.0.1", "11.0.0.1", "nowhere"])),
    )
        .prop_map(|(k, mfa, tags, tag, ip)| {
            let mut keys = Keys::new();
            let mut put = |key: &str, values: Option<Vec<&str>>| {
                if let Some(values) = values {
                    keys.insert(key.to_owned(), values.into_iter().map(str::to_owned).collect());
                }
            };
            put("k", k);
            put("mfa", mfa);
            put("qcs:resource_tag", tags);
            put("qcs:ip", ip.map(|ip| vec![ip]));
            if let Some((key, values)) = tag {
                put(key, Some(values));
            }
            keys
        });
    (select(vec!["trtc:A", "trtc:AB", "trtc:B", "cam:A", "trtc:"]), select(resources), keys).prop_map(|(action, resource, keys)| Request {
        action,
        resource,
        keys,
    })
}

pub(super) fn from(policy: &Value, via: Via) -> Source {
    let text = policy.to_string();
    let parsed = parse(&text);
    let origin = Origin { policy_id: 1, policy_name: "drawn".into(), version: 1, via };
    Source { origin, policy: Arc::new(parsed.policy.unwrap_or_else(|| panic!("{text}: {:?}", parsed.diagnostics))) }
}

pub(super) fn set(policies: &[Value], boundary: Option<&Value>) -> PolicySet {
    let sources = policies.iter().map(|policy| from(policy, Via::Direct)).collect();
    PolicySet::compile(sub_account(), sources, boundary.map(|policy| from(policy, Via::Boundary)), None)
}

pub(super) fn ask(set: &PolicySet, request: &Request) -> Verdict {
    set.verdict(request.action, &Resource::parse(request.resource).unwrap(), &context(request))
}

pub(super) fn context(request: &Request) -> Context {
    request.keys.iter().fold(Context::new(), |context, (key, values)| context.with_list(key.clone(), values.clone()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn printing_and_parsing_are_inverse(drawn in policy()) {
        let first = parse(&drawn.to_string()).policy.unwrap();
        let printed = first.to_string();
        let again = parse(&printed).policy.unwrap();
        prop_assert_eq!(&first, &again);
        prop_assert_eq!(printed, again.to_string());
    }

    #[test]
    fn the_naive_evaluator_agrees(policies in proptest::collection::vec(policy(), 0..4), boundary in proptest::option::weighted(0.3, policy()), request in request()) {
        let question = Question { uin: USER, owner: OWNER, action: request.action, resource: request.resource, keys: &request.keys };
        let expected = if request.action.ends_with(':') { "deny_implicit" } else { naive::judge(&policies, boundary.as_ref(), &question) };
        prop_assert_eq!(ask(&set(&policies, boundary.as_ref()), &request).as_str(), expected);
    }

    #[test]
    fn a_decision_and_its_reasons_agree_with_the_verdict(policies in proptest::collection::vec(policy(), 0..4), boundary in proptest::option::weighted(0.3, policy()), request in request()) {
        let set = set(&policies, boundary.as_ref());
        let decision = set.decide(request.action, &Resource::parse(request.resource).unwrap(), &context(&request));
        prop_assert_eq!(decision.verdict, ask(&set, &request));
        let expected = match decision.verdict { Verdict::Allow => Some(Effect::Allow), Verdict::DenyExplicit => Some(Effect::Deny), Verdict::DenyImplicit => None };
        prop_assert_eq!(decision.causes.is_empty(), expected.is_none());
        prop_assert!(decision.causes.iter().all(|cause| Some(cause.effect) == expected));
        prop_assert!(decision.nearest.is_none() || expected.is_none());
    }

    #[test]
    fn adding_a_deny_never_allows_more(policies in proptest::collection::vec(policy(), 1..4), mut extra in statement(), request in request()) {
        extra["effect"] = json!("deny");
        let before = ask(&set(&policies, None), &request);
        let mut more = policies.clone();
        more[0]["statement"].as_array_mut().unwrap().push(extra);
        let after = ask(&set(&more, None), &request);
        prop_assert!(after == before || after == Verdict::DenyExplicit, "{before} became {after}");
    }

    #[test]
    fn adding_an_allow_never_denies_more(policies in proptest::collection::vec(policy(), 1..4), mut extra in statement(), request in request()) {
        extra["effect"] = json!("allow");
        let before = ask(&set(&policies, None), &request);
        let mut more = policies.clone();
        more[0]["statement"].as_array_mut().unwrap().insert(0, extra);
        let after = ask(&set(&more, None), &request);
        prop_assert!(after == before || (before, after) == (Verdict::DenyImplicit, Verdict::Allow), "{before} became {after}");
    }

    #[test]
    fn a_boundary_only_takes_away(policies in proptest::collection::vec(policy(), 1..4), boundary in policy(), request in request()) {
        let free = ask(&set(&policies, None), &request);
        let bound = ask(&set(&policies, Some(&boundary)), &request);
        prop_assert!(bound >= free, "{free} became {bound}");
    }

    #[test]
    fn many_questions_in_one_context_get_the_answers_of_each(policies in proptest::collection::vec(policy(), 0..4), boundary in proptest::option::weighted(0.3, policy()), request in request()) {
        let set = set(&policies, boundary.as_ref());
        let under = set.under(context(&request));
        let resource = Resource::parse(request.resource).unwrap();
        for action in ["trtc:A", "trtc:AB", "trtc:B", "cam:A", request.action, request.action] {
            prop_assert_eq!(under.verdict(action, &resource), set.verdict(action, &resource, &context(&request)));
        }
    }

    #[test]
    fn what_no_condition_reads_changes_no_answer(policies in proptest::collection::vec(policy(), 0..4), request in request()) {
        let set = set(&policies, None);
        let resource = Resource::parse(request.resource).unwrap();
        prop_assert_eq!(set.verdict(request.action, &resource, &set.read_of(&context(&request))), ask(&set, &request));
    }

    #[test]
    fn order_means_nothing(policies in proptest::collection::vec(policy(), 1..4), request in request()) {
        let mut turned: Vec<Value> = policies.iter().rev().cloned().collect();
        turned.iter_mut().for_each(|policy| policy["statement"].as_array_mut().unwrap().reverse());
        prop_assert_eq!(ask(&set(&policies, None), &request), ask(&set(&turned, None), &request));
    }

    #[test]
    fn a_list_that_is_refused_has_nothing_to_show(policies in proptest::collection::vec(policy(), 0..4), boundary in proptest::option::weighted(0.3, policy()), request in request(), id in select(vec!["1", "12", "7"])) {
        let set = set(&policies, boundary.as_ref());
        let mut bare = request.clone();
        bare.keys.retain(|key, _| !key.contains("tag"));
        if !request.action.ends_with(':') && !set.may_allow(request.action, "trtc", "sdkappid", &context(&bare)) {
            let verdict = set.verdict(request.action, &super::app(id), &context(&request));
            prop_assert_ne!(verdict, Verdict::Allow);
        }
    }
}

#[test]
fn wide_statements_are_filed_without_changing_what_they_mean() {
    let actions: Vec<String> = (0..40).map(|n| format!("\"trtc:A{n}\"")).collect();
    let resources: Vec<String> = (0..40).map(|n| format!("\"qcs::trtc:::sdkappid/{n}\"")).collect();
    let text = format!(r#"{{"effect":"allow","action":[{}],"resource":[{}]}}"#, actions.join(","), resources.join(","));
    let set = PolicySet::compile(sub_account(), vec![source(&text, Via::Direct)], None, None);
    for (action, id, expected) in
        [("trtc:A39", 39, Verdict::Allow), ("trtc:A40", 0, Verdict::DenyImplicit), ("trtc:A0", 40, Verdict::DenyImplicit)]
    {
        assert_eq!(set.verdict(action, &super::app(id), &Context::new()), expected);
    }
}
