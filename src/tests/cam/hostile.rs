//! Hostile input: no bytes make the engine panic, and none make it slow.
//!
//! Replays the corpus of the fuzz target (`fuzz/policy.rs`), so whatever was found once stays found.

use super::{OWNER, app, holding, source, sub_account};
use proptest::prelude::*;
use std::time::{Duration, Instant};
use trtc_console::cam::{Context, PolicySet, Setting, Via, check, parse};
use trtc_console::catalog::vocabulary;

#[path = "../fuzz/policy.rs"]
mod target;

#[test]
fn the_corpus_passes() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/fuzz/corpus");
    let mut replayed = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        target::exercise(&std::fs::read(entry.unwrap().path()).unwrap());
        replayed += 1;
    }
    assert!(replayed >= 10, "the corpus has {replayed} files");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_pass(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        target::exercise(&bytes);
    }

    #[test]
    fn pieces_of_policies_in_any_order_pass(pieces in proptest::collection::vec(proptest::sample::select(vec![
        "{", "}", "[", "]", ":", ",", "\"", "'", "\\", "\\u", "d800", "//", "/*", "\n", " ", "\u{feff}", "界", "\"version\":\"2.0\"", "\"statement\"",
        "\"effect\":\"allow\"", "\"action\":", "\"resource\":", "\"condition\":", "\"*\"", "qcs::trtc::", "sdkappid/", "${", "${uin}", "trtc:*", "name/",
        "\"string_like\":", "\"for_any_value:ip_equal_if_exist\":", "\"qcs:ip\":", "\"10.0.0.0/8\"", "1e999999999999", "-0.0", "null", "true", "NaN",
    ]), 0..60)) {
        target::exercise(pieces.concat().as_bytes());
    }

    #[test]
    fn a_valid_policy_with_one_byte_changed_passes(at in 0usize..400, byte in any::<u8>()) {
        let mut bytes = target::SAMPLE.as_bytes().to_vec();
        let at = at % bytes.len();
        bytes[at] = byte;
        target::exercise(&bytes);
    }
}

fn timed(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

#[test]
fn work_is_bounded() {
    let second = Duration::from_secs(1);
    assert!(timed(|| drop(parse(&"[".repeat(1_000_000)))) < second, "too long is not read");
    assert!(timed(|| drop(parse(&"[".repeat(60_000)))) < second, "depth is bounded");
    assert!(timed(|| drop(parse(&"{\"a\":1,".repeat(8_000)))) < second, "mistakes are bounded");
    assert!(parse(&"x ".repeat(30_000)).diagnostics.len() <= 52);
    let stars =
        format!(r#"{{"effect":"allow","action":"*","resource":"*","condition":{{"string_like":{{"k":"{}b"}}}}}}"#, "*a".repeat(2_000));
    let set = holding(&stars);
    let context = Context::new().with("k", "a".repeat(100_000));
    assert!(timed(|| assert!(!set.verdict("trtc:X", &app(1), &context).is_allow())) < second, "wildcards are matched in linear time");
    let digits = format!(
        r#"{{"effect":"allow","action":"*","resource":"*","condition":{{"numeric_less_than":{{"k":"1e{}"}}}}}}"#,
        "9".repeat(3_000)
    );
    let set = holding(&digits);
    let context = Context::new().with("k", "9".repeat(100_000));
    assert!(timed(|| assert!(set.verdict("trtc:X", &app(1), &context).is_allow())) < second, "numbers are compared digit by digit");
    assert_eq!(sub_account(), *set.principal());
}

/// Policies within the limits of a document, made to be slow: patterns that share no beginning, and conditions of many patterns.
fn costly(kind: &str, policy: usize) -> String {
    let list = |count: usize, item: &dyn Fn(usize) -> String| (0..count).map(item).collect::<Vec<_>>().join(",");
    match kind {
        "actions" => {
            let actions = list(360, &|n| format!("\"trtc:*q{n:02x}z{policy}\""));
            format!(r#"{{"effect":"allow","action":[{actions}],"resource":"*"}}"#)
        }
        "resources" => {
            let resources = list(140, &|n| format!("\"qcs::trtc:::sdkappid/*{n:03x}z{policy}\""));
            format!(r#"{{"effect":"allow","action":"trtc:*","resource":[{resources}]}}"#)
        }
        _ => {
            let tags = list(500, &|n| format!("\"*{n:03x}*z{policy}\""));
            format!(r#"{{"effect":"deny","action":"*","resource":"*","condition":{{"string_like":{{"qcs:resource_tag":[{tags}]}}}}}}"#)
        }
    }
}

#[test]
fn a_page_of_decisions_by_costly_policies_is_quick() {
    for kind in ["actions", "resources", "conditions"] {
        // Conditions are weighed once for each application, so their patterns cost the most.
        let policies = if kind == "conditions" { 10 } else { 50 };
        let sources = (0..policies).map(|policy| source(&costly(kind, policy), Via::Direct)).collect();
        let set = PolicySet::compile(sub_account(), sources, None, None);
        let took = timed(|| {
            for id in 0..50 {
                let under = set.under(Context::new().with_resource_tags(["env&test".to_owned()]));
                for action in 0..100 {
                    assert!(!under.verdict(&format!("trtc:Describe{action}"), &app(id)).is_allow());
                }
            }
            assert!(!set.may_allow("cam:ListUsers", "trtc", "sdkappid", &Context::new()));
        });
        assert!(took < Duration::from_secs(5), "{kind}: {took:?}");
    }
}

#[test]
fn what_is_said_while_somebody_types_takes_bounded_work() {
    let costly = ["actions", "resources", "conditions"].map(|kind| costly(kind, 0));
    let many = (0..60).map(|n| format!(r#"{{"effect":"allow","action":"cam:*{n}*","resource":"*"}}"#)).collect::<Vec<_>>().join(",");
    for statements in costly.iter().chain([&many]) {
        let text = format!(r#"{{"version":"2.0","statement":[{statements},{{"effect":"allow","action":"cam:*","resource":"*"}}]}}"#);
        let policy = parse(&text).policy.unwrap_or_else(|| panic!("{text}"));
        let took = timed(|| drop(check(&policy, vocabulary(), Setting { owner_uin: Some(OWNER), now_ms: None })));
        assert!(took < Duration::from_secs(3), "{took:?}: {text}");
    }
}
