//! Documents from public reports: what was written is legal or nearly so, and it does not do what was meant.
//!
//! It must never ask less than the editor does: the texts go through the check that the editor shows.

use super::is_sentence;
use trtc_console::cam::{Code, Setting, Severity, check, parse};
use trtc_console::catalog::vocabulary;
use trtc_console::domain::policy_check::{self, Finding};

/// 2026-11-25T00:00:00Z.
const NOW_MS: i64 = 1_795_564_800_000;

fn fixture(name: &str) -> String {
    std::fs::read_to_string(format!("{}/src/tests/fixtures/policies/{name}.json", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn findings(text: &str) -> Vec<Finding> {
    let found = policy_check::check(text, None, Some(NOW_MS)).findings;
    for Finding { diagnostic, .. } in &found {
        let help = diagnostic.help.as_ref().unwrap();
        assert!(diagnostic.message.en.is_ascii() || diagnostic.message.en.contains('…'), "{diagnostic:?}");
        assert!(diagnostic.message.zh != diagnostic.message.en && help.zh != help.en, "{diagnostic:?}");
        assert!(is_sentence(&diagnostic.message) && is_sentence(help), "{diagnostic:?}");
    }
    found
}

/// Severity, code, the underlined text and, in one line, message and help.
fn said(text: &str) -> Vec<(Severity, Code, String, String)> {
    let row = |Finding { diagnostic, .. }: Finding| {
        let help = diagnostic.help.map_or(String::new(), |help| help.en.to_string());
        (diagnostic.severity, diagnostic.code, diagnostic.span.of(text).to_owned(), format!("{} {help}", diagnostic.message.en))
    };
    findings(text).into_iter().map(row).collect()
}

/// A policy of one statement with this condition.
fn with(effect: &str, condition: &str) -> String {
    format!(
        r#"{{"version":"2.0","statement":[{{"effect":"{effect}","action":"trtc:DismissRoom","resource":"*","condition":{condition}}}]}}"#
    )
}

#[track_caller]
fn assert_only(text: &str, code: Code, under: &str, parts: &[&str]) {
    let found = said(text);
    assert_eq!(found.len(), 1, "{text}: {found:?}");
    assert_eq!((found[0].0, found[0].1, found[0].2.as_str()), (Severity::Warning, code, under), "{found:?}");
    for part in parts {
        assert!(found[0].3.contains(part), "`{part}` in {found:?}");
    }
}

#[test]
fn keys_that_no_request_carries_are_named_with_their_effect() {
    let found = said(&fixture("dead_condition_keys_policy"));
    let keys: Vec<_> = found.iter().filter(|found| found.1 == Code::UnknownConditionKey).collect();
    assert_eq!(keys.len(), 3, "{found:?}");
    for (found, (key, near, effect)) in keys.iter().zip([
        ("\"qcs:MFAPresent\"", "`qcs:mfa`", "This deny never takes effect."),
        ("\"qcs:IP\"", "Did you mean `qcs:ip`?", "This deny never takes effect."),
        ("\"qcs:resource_tags\"", "Did you mean `qcs:resource_tag`?", "This statement grants nothing."),
    ]) {
        assert_eq!((found.0, found.2.as_str()), (Severity::Warning, key));
        assert!(found.3.contains(near) && found.3.contains(effect), "{found:?}");
    }
    let nonsense = said(&with("allow", r#"{"string_equal":{"color":"red"}}"#));
    assert!(nonsense[0].3.contains("`qcs:request_tag`, `qcs:tag`, `qcs:uin`"), "every key is listed: {nonsense:?}");
    assert!(said(&fixture("dead_condition_keys_source_ip"))[0].3.contains("Did you mean `qcs:ip`?"));
    assert_only(
        &with("deny", r#"{"string_equal_if_exist":{"qcs:Tag/env":"prod"}}"#),
        Code::UnknownConditionKey,
        "\"qcs:Tag/env\"",
        &["This condition is always met.", "Did you mean `qcs:tag/env`?"],
    );
    // Of another product nobody here can say more than that.
    let other = said(&with("deny", r#"{"string_equal":{"vpc:region":"bj"}}"#));
    assert_eq!((other.len(), other[0].0, other[0].1), (1, Severity::Suggestion, Code::UnknownConditionKey), "{other:?}");
    assert!(findings(&fixture("dead_condition_keys_policy")).iter().all(|found| found.diagnostic.fix.is_none()), "nothing is edited");
}

#[test]
fn operators_that_do_not_fit_their_key_are_named() {
    let found = said(&fixture("operator_key_mismatch_policy"));
    let found: Vec<_> = found.iter().filter(|found| found.1 == Code::OperatorMismatch).map(|found| (&found.2[..], &found.3[..])).collect();
    assert_eq!(found.len(), 3, "{found:?}");
    for ((under, said), (operator, effect)) in found.iter().zip([
        ("\"string_not_equal\"", "The condition is always met. Use `ip_equal` or `ip_not_equal`."),
        ("\"string_equal\"", "The condition is practically never met. Use `date_greater_than`"),
        ("\"ip_equal\"", "The condition is never met. Use `for_any_value:string_equal`"),
    ]) {
        assert!(*under == operator && said.contains(effect), "{under}: {said}");
    }
    for fits in [
        r#"{"ip_not_equal":{"qcs:ip":"10.0.0.0/8"}}"#,
        r#"{"string_equal":{"qcs:ip":"10.0.0.1"}}"#,
        r#"{"date_less_than":{"qcs:current_time":"2027-01-01T00:00:00Z"}}"#,
        r#"{"string_equal":{"mfa":"1","qcs:uin":"100000000001"}}"#,
        r#"{"numeric_less_than":{"qcs:tag/level":"3"}}"#,
        r#"{"null_equal":{"qcs:ip":"true"}}"#,
    ] {
        assert_eq!(said(&with("allow", fits)), [], "{fits}");
    }
}

#[test]
fn a_tag_is_a_key_and_a_value() {
    assert_only(
        &with("deny", r#"{"for_any_value:string_equal":{"qcs:resource_tag":["env&prod","prod"]}}"#),
        Code::NotATag,
        "\"prod\"",
        &["`prod` never equals a tag", "`key&value`"],
    );
    assert_eq!(said(&with("deny", r#"{"string_like":{"qcs:resource_tag":"*prod"}}"#)), []);
}

#[test]
fn a_tag_condition_reaches_no_operation_level_action() {
    let of = |name: &str| said(&fixture(name)).into_iter().filter(|found| found.1 == Code::TagOfNoResource).collect::<Vec<_>>();
    let deny = of("tag_on_operation_level_deny");
    assert_eq!((deny.len(), deny[0].0, deny[0].2.as_str()), (1, Severity::Warning, "\"trtc:ModifyMixConf\""));
    assert!(deny[0].3.starts_with("This statement does not deny `trtc:ModifyMixConf`. "), "{deny:?}");
    let allow = of("tag_on_operation_level_by_tag");
    assert_eq!(allow.len(), 1, "{allow:?}");
    assert!(allow[0].3.starts_with("This statement does not grant `trtc:") && allow[0].3.contains(" more. "), "{allow:?}");
}

#[test]
fn a_window_that_ends_before_it_begins_is_named() {
    let window = |from: &str, until: &str| {
        with(
            "allow",
            &format!(r#"{{"date_greater_than":{{"qcs:current_time":"{from}"}},"date_less_than":{{"qcs:current_time":"{until}"}}}}"#),
        )
    };
    let (early, late) = ("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
    assert_only(&window(late, early), Code::EmptyTimeWindow, "\"qcs:current_time\"", &["This statement grants nothing."]);
    assert_only(&window(late, late), Code::EmptyTimeWindow, "\"qcs:current_time\"", &[]);
    assert_eq!(said(&window(early, late)), []);
    let twice =
        r#"{"date_equal":{"qcs:current_time":"2027-02-01T00:00:00Z"},"date_less_than":{"qcs:current_time":"2027-01-01T00:00:00Z"}}"#;
    assert_only(&with("deny", twice), Code::EmptyTimeWindow, "\"qcs:current_time\"", &["This deny never takes effect."]);
}

#[test]
fn a_window_that_has_passed_is_named_with_its_effect() {
    let until = |operator: &str, times: &str| format!(r#"{{"{operator}":{{"qcs:current_time":{times}}}}}"#);
    let past = until("date_less_than", r#""2026-11-25T00:00:00Z""#);
    let under = "\"qcs:current_time\"";
    let ended = "ended at `2026-11-25T00:00:00Z`.";
    assert_only(
        &with("allow", &past),
        Code::PastTimeWindow,
        under,
        &[ended, "The statement no longer grants anything.", "Set a later end time"],
    );
    assert_only(&with("deny", &past), Code::PastTimeWindow, under, &[ended, "The statement no longer denies anything."]);
    assert_only(
        &with("allow", &until("date_equal", r#"["2026-06-01T00:00:00Z","2026-06-02T00:00:00Z"]"#)),
        Code::PastTimeWindow,
        under,
        &[],
    );
    let with_begin = r#"{"date_greater_than_equal":{"qcs:current_time":"2026-01-01T00:00:00Z"},"date_less_than_equal":{"qcs:current_time":"2026-02-01T00:00:00Z"}}"#;
    assert_only(&with("allow", with_begin), Code::PastTimeWindow, under, &["`2026-02-01T00:00:00Z`"]);
    for open in [
        until("date_less_than_equal", r#""2026-11-25T00:00:00Z""#),
        until("date_less_than", r#"["2026-01-01T00:00:00Z","2027-01-01T00:00:00Z"]"#),
        until("date_equal", r#"["2026-06-01T00:00:00Z","2027-06-01T00:00:00Z"]"#),
        until("date_not_equal", r#""2026-06-01T00:00:00Z""#),
        until("date_greater_than", r#""2026-06-01T00:00:00Z""#),
        until("date_less_than", r#""9999-12-31T23:59:59Z""#),
    ] {
        assert_eq!(said(&with("allow", &open)), [], "{open}");
    }
    assert_eq!(policy_check::check(&with("allow", &past), None, None).findings, [], "without a clock nothing is said about it");
}

#[test]
fn what_another_service_does_is_kept_without_a_word_too_many() {
    let found = said(&fixture("passrole_policy"));
    assert_eq!((found[0].0, found[0].1), (Severity::Suggestion, Code::NotUsedHere), "{found:?}");
    assert!(findings(&fixture("passrole_policy")).iter().all(|found| found.diagnostic.fix.is_none()));
    // The example of the documentation: its placeholder is named, and with the own account in its place the document is kept.
    let linked = fixture("passrole_linked");
    let found = findings(&linked);
    assert_eq!(found.iter().map(|found| found.diagnostic.code).collect::<Vec<_>>(), [Code::ResourceUinError], "{found:?}");
    let fix = found[0].diagnostic.fix.clone().unwrap();
    assert_eq!((fix.span.of(&linked), fix.replacement.as_str()), ("uin/${OwnerUin}", ""));
    let mut mended = linked;
    mended.replace_range(fix.span.start..fix.span.end, &fix.replacement);
    let found = said(&mended);
    assert_eq!(found.iter().map(|found| (found.0, found.1)).collect::<Vec<_>>(), [(Severity::Suggestion, Code::NotUsedHere)], "{found:?}");
    let mixed = r#"{"version":"2.0","statement":{"effect":"allow","action":["cos:GetObject","trtc:DismissRoom"],"resource":"*"}}"#;
    let checked = policy_check::check(mixed, None, None);
    assert!(!checked.has_errors(), "{checked:?}");
    assert_eq!(checked.findings[0].diagnostic.code, Code::ActionServiceNotExist, "whoever refuses such documents finds the code");
}

#[test]
fn no_offer_changes_what_is_done() {
    for action in ["cam:PassRol", "cam:passrol", "cam:DetachUserPolicie", "cam:SetGroup", "trtc:CreateSdkAppInfo"] {
        let text = format!(r#"{{"version":"2.0","statement":{{"effect":"allow","action":"{action}","resource":"*"}}}}"#);
        let verb = |action: &str| action.split(':').nth(1).unwrap().chars().take(3).collect::<String>().to_lowercase();
        for found in check(&parse(&text).policy.unwrap(), vocabulary(), Setting::default()) {
            let replacement = found.fix.map(|fix| fix.replacement.trim_matches('"').to_owned());
            assert!(replacement.as_ref().is_none_or(|new| verb(new) == verb(action)), "{action}: {replacement:?}");
        }
    }
    for name in ["not_action_allow", "not_action_deny", "not_resource"] {
        let found = findings(&fixture(&format!("not_action_not_resource_{name}")));
        assert!(found.iter().any(|found| found.diagnostic.help.as_ref().unwrap().en.starts_with("CAM has no `Not")), "{found:?}");
        assert!(found.iter().all(|found| found.diagnostic.fix.is_none()), "{found:?}");
    }
}

#[test]
fn a_wrong_character_is_one_finding_that_names_it() {
    for (name, code) in [("smart", "U+201C"), ("fullwidth", "U+FF1A"), ("nbsp", "U+00A0"), ("zwsp", "U+200B")] {
        let text = fixture(&format!("quotes_from_a_document_{name}"));
        let checked = policy_check::check(&text, None, None);
        assert_eq!((checked.findings.len(), checked.counts[0]), (1, 1), "{name}: {checked:?}");
        let diagnostic = &checked.findings[0].diagnostic;
        assert!(diagnostic.message.en.contains(code) && diagnostic.message.zh.contains(code), "{diagnostic:?}");
        let fix = diagnostic.fix.clone().unwrap();
        let mut mended = text.clone();
        mended.replace_range(fix.span.start..fix.span.end, &fix.replacement);
        assert!(parse(&mended).policy.is_some(), "{name}: {mended}");
    }
    // What stands inside a string is content.
    let inside = with("allow", r#"{"string_equal":{"qcs:tag/备注":"“是”，好"}}"#);
    assert_eq!(said(&inside), []);
    let unclear = "{“version”:“2.0”,“a”:“he said \"no\"”}";
    assert!(findings(unclear)[0].diagnostic.fix.is_none(), "where strings end is not clear");
}

#[test]
fn many_unknown_names_are_checked_in_bounded_time() {
    let actions: Vec<String> = (0..270).map(|n| format!("\"cam:DescribUse{n:03}\"")).collect();
    let text = format!(r#"{{"version":"2.0","statement":{{"effect":"allow","action":[{}],"resource":"*"}}}}"#, actions.join(","));
    let start = std::time::Instant::now();
    assert_eq!(policy_check::check(&text, None, None).counts[0], 270);
    assert!(start.elapsed() < std::time::Duration::from_secs(2), "{:?}", start.elapsed());
}
