//! The policy engine: the conformance cases, the numbered sentences of its semantics, diagnostics, properties, hostile input.
//!
//! These tests must never reach into the engine; they use what every other module uses.

mod allocation;
mod assist;
mod cards;
mod checks;
mod compare;
mod convert;
mod diagnostics;
mod hostile;
mod naive;
mod properties;
mod reference;
mod semantics;
mod trace;
mod unmeant;

use std::sync::Arc;
use trtc_console::cam::{Context, Origin, PolicySet, Principal, Resource, Source, Verdict, Via, conformance, parse};
use trtc_console::text::Text;

const OWNER: i64 = 100_000_000_001;
const USER: i64 = 100_000_000_077;

/// Whether a text begins and ends like a sentence in both languages.
fn is_sentence(text: &Text) -> bool {
    let begins = !text.en.starts_with(char::is_lowercase) && !text.en.starts_with(char::is_whitespace);
    begins && text.en.ends_with(['.', '?']) && text.zh.ends_with(['。', '？'])
}

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

/// A case of the file, by its name.
fn case(id: &str) -> &'static str {
    let name = format!("\"{id}\"");
    include_str!("fixtures/cam.jsonl").lines().find(|line| line.contains(&name)).unwrap()
}

#[test]
fn a_file_may_begin_with_one_byte_order_mark() {
    let good = case("EVAL-001");
    assert_eq!(conformance::run(&format!("\u{feff}{good}\n{good}\n")).passed, 2);
    let report = conformance::run(&format!("{good}\n\u{feff}{good}"));
    assert_eq!((report.passed, report.failed), (1, 1), "a mark elsewhere is not JSON");
    assert_eq!(conformance::run(&format!("\u{feff}\u{feff}{good}")).failed, 1);
}

#[test]
fn a_case_may_ask_about_what_is_no_resource() {
    let good = case("EVAL-002");
    assert!(good.contains("\"expect\": \"allow\""));
    let named = good.split("\"resource\": ").last().unwrap().split('"').nth(1).unwrap();
    let ask = |resource: &str| {
        let asked = good.replacen(&format!("\"resource\": \"{named}\", \"context\""), &format!("\"resource\": {resource}, \"context\""), 1);
        assert_ne!(asked, good);
        conformance::run(&asked.replace("\"expect\": \"allow\"", "\"expect\": \"deny_implicit\"")).failures
    };
    for resource in ["sdkappid/1", "qcs::trtc::*:sdkappid/1", "", "qcs::trtc:::"] {
        assert_eq!(ask(&format!("\"{resource}\"")), [], "{resource}");
        assert_eq!(ask(&format!("[\"{named}\", \"{resource}\"]")), [], "{resource} beside one that is allowed");
    }
}

#[test]
fn a_policy_nested_too_deep_is_an_invalid_policy() {
    let nested = |levels: usize, code: &str| {
        let (open, shut) = ("[".repeat(levels), "]".repeat(levels));
        let line = case("EVAL-001");
        let head = line.split("\"policies\"").next().unwrap();
        let tail = line.split_once("\"boundary\"").unwrap().1;
        let policies = format!("[{{\"version\": \"2.0\", \"statement\": {open}{shut}}}]");
        let line = format!("{head}\"policies\": {policies}, \"boundary\"{tail}");
        let expected = format!("\"expect\": \"invalid_policy\", \"error_code\": \"InvalidParameter.{code}\"");
        conformance::run(&line.replace("\"expect\": \"deny_implicit\"", &expected)).failures
    };
    for levels in [32, 40, 60] {
        assert_eq!(nested(levels, "PolicyDocumentError"), [], "{levels}");
    }
    assert_eq!(nested(10_000, "PolicyDocumentError")[0].got, "an unreadable line", "depth is bounded all the same");
    for levels in [2, 28, 29, 30, 31] {
        assert_eq!(nested(levels, "StatementError"), [], "{levels}: not too deep, and no statement");
    }
}

#[test]
fn a_faulty_line_keeps_its_name() {
    let lines =
        ["{\"id\": \"A-1\"}", "{\"expect\": \"maybe\", \"id\": \"A-2\"}", "{\"id\": \"A-3\" \"expect\": \"allow\"}", "{\"id\": [1]}", "[]"];
    let report = conformance::run(&lines.join("\n"));
    let names: Vec<&str> = report.failures.iter().map(|failure| failure.id.as_str()).collect();
    assert_eq!(names, ["A-1", "A-2", "A-3", "", ""]);
    assert!(report.failures.iter().all(|failure| failure.got == "an unreadable line"));
    let principal = case("EVAL-001").replace("\"owner_uin\": \"", "\"owner_uin\": \"x");
    assert_eq!(conformance::run(&principal).failures[0].id, "EVAL-001");
}

#[test]
fn an_empty_app_id_is_an_unknown_one() {
    let good = case("EVAL-002").replace("\"app_id\": \"1250000000\"", "\"app_id\": \"\"");
    assert!(good.contains("\"app_id\": \"\""));
    assert_eq!(conformance::run(&good).failures, []);
    let wrong = good.replace("\"app_id\": \"\"", "\"app_id\": \"x\"");
    assert_eq!(conformance::run(&wrong).failures[0].why, "`app_id` of the principal is not a number");
}
