//! The policy engine: the conformance cases, the numbered sentences of its semantics, diagnostics, properties, hostile input.
//!
//! These tests must never reach into the engine; they use what every other module uses.

mod allocation;
mod checks;
mod diagnostics;
mod hostile;
mod naive;
mod properties;
mod semantics;

use std::sync::Arc;
use trtc_console::cam::{Context, Origin, PolicySet, Principal, Resource, Source, Verdict, Via, conformance, parse};

const OWNER: i64 = 100_000_000_001;
const USER: i64 = 100_000_000_077;

/// A sub-account.
fn sub_account() -> Principal {
    Principal { uin: USER, owner_uin: OWNER, app_id: Some(1_250_000_000), is_root: false }
}

/// A policy of one statement, given as the inside of its braces, or of several.
fn source(statements: &str, via: Via) -> Source {
    let text = format!(r#"{{"version":"2.0","statement":[{statements}]}}"#);
    let parsed = parse(&text);
    let policy = parsed.policy.unwrap_or_else(|| panic!("{text}: {:?}", parsed.diagnostics));
    let origin = Origin { policy_id: 7, policy_name: "tested".into(), version: 3, via };
    Source { origin, policy: Arc::new(policy) }
}

/// A sub-account with one policy.
fn holding(statements: &str) -> PolicySet {
    PolicySet::compile(sub_account(), vec![source(statements, Via::Direct)], None, None)
}

fn app(id: impl std::fmt::Display) -> Resource {
    Resource::of("trtc", OWNER, "sdkappid", id)
}

fn verdict(set: &PolicySet, action: &str, resource: &str) -> Verdict {
    set.verdict(action, &Resource::parse(resource).unwrap(), &Context::new())
}

#[test]
fn every_conformance_case_passes() {
    let report = conformance::run(include_str!("fixtures/cam.jsonl"));
    assert_eq!(report.failures, []);
    assert_eq!(report.passed, 415);
}

#[test]
fn a_wrong_expectation_and_a_broken_line_are_failures_with_their_line() {
    let good = include_str!("fixtures/cam.jsonl").lines().next().unwrap();
    let file = format!("{good}\n\n{}\n{{\"id\": \n{{}}\n", good.replace("\"deny_implicit\"", "\"allow\""));
    let report = conformance::run(&file);
    assert_eq!((report.passed, report.failed), (1, 3));
    let lines: Vec<usize> = report.failures.iter().map(|failure| failure.line).collect();
    assert_eq!(lines, [3, 4, 5]);
    let wrong = &report.failures[0];
    assert_eq!((wrong.id.as_str(), wrong.expected.as_str(), wrong.got.as_str()), ("EVAL-001", "allow", "deny_implicit"));
    assert!(report.failures[1].why.starts_with("not JSON at byte"), "{}", report.failures[1].why);
    assert_eq!(report.failures[2].why, "`expect` is missing");
}

#[test]
fn a_case_that_expects_another_error_code_fails() {
    let case = include_str!("fixtures/cam.jsonl").lines().find(|line| line.contains("InvalidParameter.EffectError")).unwrap();
    let report = conformance::run(&case.replace("InvalidParameter.EffectError", "InvalidParameter.ActionError"));
    assert_eq!(report.failed, 1);
    assert_eq!(report.failures[0].got, "invalid_policy InvalidParameter.EffectError");
}

#[test]
fn null_says_the_same_as_leaving_out() {
    let case = include_str!("fixtures/cam.jsonl").lines().find(|line| line.contains("\"EVAL-002\"")).unwrap();
    let nulls = case.replacen("\"why\":", "\"trust_policy\": null, \"session_policy\": null, \"error_code\": null, \"why\":", 1);
    let nulls = nulls.replace("\"context\": {}", "\"context\": null").replace("\"app_id\": \"1250000000\"", "\"app_id\": null");
    assert_eq!(nulls.matches("null").count(), 6, "{nulls}");
    assert_eq!(conformance::run(&nulls).failures, []);
}
