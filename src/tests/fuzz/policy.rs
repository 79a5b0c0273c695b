//! The fuzz target of the policy engine: any bytes are read, checked, printed, compiled and decided; nothing may panic, and what holds
//! for every policy must hold for this one.
//!
//! The ordinary tests (`tests/cam/hostile.rs`) feed it random bytes and replay `corpus/`. To search longer with libFuzzer, from a
//! scratch folder: `cargo fuzz init`, name this file as the `path` of a `[[bin]]` of `fuzz/Cargo.toml` (with the `ssr` feature of
//! this crate), `cargo +nightly fuzz run policy <here>/corpus`; put what it finds into `corpus/` under a name that tells what it is.
//! It must never depend on anything but the engine.

#![cfg_attr(fuzzing, no_main)]

use trtc_console::cam::{self, Context, Origin, PolicySet, Principal, Resource, ResourceRef, Source, Verdict, Via};

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exercise(bytes));

/// A policy that uses most of the language, to start from.
pub const SAMPLE: &str = r#"{"version":"2.0","statement":[{"effect":"allow","action":["name/trtc:Describe*","cam:*"],"resource":["qcs::trtc::uin/100000000001:sdkappid/14*","qcs::cam:::uin/${uin}"],"condition":{"for_any_value:string_like_if_exist":{"qcs:resource_tag":["biz&*"]},"ip_equal":{"qcs:ip":["10.0.0.0/8","2001:db8::/32"]},"numeric_less_than":{"k":[1.5,"-2e3"]}}},{"effect":"deny","action":"trtc:RemoveUser","resource":"*"}]}"#;

/// Everything that can be done with a text.
pub fn exercise(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let parsed = cam::parse(&text);
    for diagnostic in &parsed.diagnostics {
        let span = diagnostic.span;
        assert!(span.start <= span.end && span.end <= text.len(), "{diagnostic:?}");
        assert!(text.get(span.start..span.end).is_some(), "a span cuts a character: {diagnostic:?}");
        let (line, column) = cam::line_column(&text, span.start);
        assert!(line >= 1 && column >= 1);
    }
    let trust = cam::parse_trust(&text);
    if let Some(trust) = trust.policy {
        let _ = trust.verdict(&principal(), "sts:AssumeRole", &Context::new());
    }
    let _ = cam::conformance::run(&text);
    let _ = ResourceRef::read(&text);
    let Some(policy) = parsed.policy else {
        assert!(!parsed.diagnostics.is_empty(), "refused without a reason");
        return;
    };
    let printed = policy.to_string();
    let again = cam::parse(&printed).policy;
    // Printing puts brackets around lone values, so a text near the limit may print beyond it.
    assert!(again.is_none_or(|again| again == policy), "{printed}");
    let _ = cam::check(&policy, &cam::Vocabulary::default(), cam::Setting { owner_uin: Some(1), now_ms: Some(0) });
    let origin = Origin { policy_id: 1, policy_name: "fuzzed".into(), version: 1, via: Via::Direct };
    let set = PolicySet::compile(principal(), vec![Source { origin, policy: policy.into() }], None, None);
    let context = Context::new().with("qcs:ip", "10.0.0.1").with("k", "1").with_mfa(true);
    for resource in
        [Resource::all(), Resource::of("trtc", 100_000_000_001, "sdkappid", 14), Resource::of("cam", 100_000_000_001, "uin", "*")]
    {
        let verdict = set.verdict("trtc:DescribeRoomInfo", &resource, &context);
        let decision = set.decide("trtc:DescribeRoomInfo", &resource, &context);
        assert_eq!(verdict, decision.verdict);
        assert_eq!(verdict == Verdict::DenyImplicit, decision.causes.is_empty());
    }
}

fn principal() -> Principal {
    Principal { uin: 100_000_000_077, owner_uin: 100_000_000_001, app_id: None, is_root: false }
}
