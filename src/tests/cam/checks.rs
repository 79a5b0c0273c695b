//! What is found in policies that are legal, against the real catalogue.
//!
//! It must never invent an action: the catalogue is the vocabulary.

use super::OWNER;
use trtc_console::cam::{KnownAction, Setting, Vocabulary, check, parse};
use trtc_console::catalog::{presets, vocabulary};

/// A policy of the root account, at no time in particular.
fn setting() -> Setting {
    Setting { owner_uin: Some(OWNER), now_ms: None }
}

fn findings(statements: &str) -> Vec<(&'static str, &'static str, String, String, String)> {
    let text = format!(r#"{{"version":"2.0","statement":[{statements}]}}"#);
    let policy = parse(&text).policy.unwrap_or_else(|| panic!("{text}"));
    check(&policy, vocabulary(), setting())
        .into_iter()
        .map(|d| {
            let help = d.help.map_or(String::new(), |help| help.en.to_string());
            (d.severity.as_str(), d.code.as_str(), d.span.of(&text).to_owned(), d.message.en.to_string(), help)
        })
        .collect()
}

#[track_caller]
fn assert_one(statements: &str, severity: &str, code: &str, under: &str, message: &str, help: &str) {
    let all = findings(statements);
    let found: Vec<_> = all.iter().map(|(a, b, c, d, e)| (*a, *b, c.as_str(), d.as_str(), e.as_str())).collect();
    assert_eq!(found, [(severity, code, under, message, help)], "{statements}");
}

#[test]
fn a_grant_of_everything_is_noticed() {
    assert_one(
        r#"{"effect":"allow","action":"*","resource":"*"}"#,
        "warning",
        "GrantsEverything",
        "\"*\"",
        "This statement grants every action on every resource.",
        "Unless this policy is for administrators, name the service, for example `trtc:*`.",
    );
    assert_eq!(findings(r#"{"effect":"deny","action":"*","resource":"*"}"#), []);
}

#[test]
fn unknown_actions_and_services_are_errors_that_name_the_nearest() {
    assert_one(
        r#"{"effect":"allow","action":"trtc:DismisRoom","resource":"*"}"#,
        "error",
        "ActionNotExist",
        "\"trtc:DismisRoom\"",
        "The action `trtc:DismisRoom` does not exist.",
        "Did you mean `trtc:DismissRoom`?",
    );
    assert_one(
        r#"{"effect":"deny","action":"name/trtc:dismissroom","resource":"*"}"#,
        "error",
        "ActionNotExist",
        "\"name/trtc:dismissroom\"",
        "The action `trtc:dismissroom` does not exist.",
        "Did you mean `trtc:DismissRoom`?",
    );
    assert_one(
        r#"{"effect":"allow","action":"acount:*","resource":"*"}"#,
        "error",
        "ActionServiceNotExist",
        "\"acount:*\"",
        "The service `acount` does not exist.",
        "Did you mean `account`?",
    );
    assert_one(
        r#"{"effect":"allow","action":"trtc:describe*","resource":"*"}"#,
        "warning",
        "MatchesNoAction",
        "\"trtc:describe*\"",
        "`trtc:describe*` matches no existing action.",
        "Check the spelling. Names are case-sensitive.",
    );
}

/// The text that the only finding puts in place of the action.
fn replacement(action: &str, vocabulary: &Vocabulary<'_>) -> Option<String> {
    let text = format!(r#"{{"version":"2.0","statement":[{{"effect":"allow","action":"{action}","resource":"*"}}]}}"#);
    let found = check(&parse(&text).policy.unwrap(), vocabulary, setting());
    assert_eq!(found.len(), 1, "{action}: {found:?}");
    found.into_iter().next().and_then(|diagnostic| diagnostic.fix).map(|fix| fix.replacement)
}

#[test]
fn another_product_is_never_taken_for_a_typing_mistake() {
    for product in ["cvm", "cas", "cos", "sms", "tat", "trct", "am", "trtcs"] {
        assert_one(
            &format!(r#"{{"effect":"allow","action":"{product}:*","resource":"*"}}"#),
            "suggestion",
            "ActionServiceNotExist",
            &format!("\"{product}:*\""),
            &format!("`{product}` is not a service of this console. The action is kept but has no effect here."),
            "The services of this console are `account`, `cam`, `cloudaudit`, `sts`, `tag`, `trtc`.",
        );
        assert_eq!(replacement(&format!("{product}:*"), vocabulary()), None);
        assert_eq!(replacement(&format!("name/{product}:*"), vocabulary()), None);
    }
    assert_eq!(replacement("acount:*", vocabulary()).as_deref(), Some("\"account:*\""));
}

#[test]
fn a_fix_of_an_action_leaves_its_prefix_alone() {
    assert_eq!(replacement("name/acount:*", vocabulary()).as_deref(), Some("\"name/account:*\""));
    assert_eq!(replacement("name/trtc:DismisRoom", vocabulary()).as_deref(), Some("\"name/trtc:DismissRoom\""));
    // A service that is part of the prefix, and differs from a known one by case only.
    let odd = Vocabulary { actions: vec![KnownAction { name: "AM:X", resource: None }], ..Vocabulary::default() };
    assert_eq!(replacement("name/am:X*", &odd).as_deref(), Some("\"name/AM:X*\""));
    assert_eq!(replacement("am:am", &odd).as_deref(), Some("\"AM:am\""));
}

#[test]
fn text_of_the_policy_is_cut_in_findings() {
    let long = "x".repeat(5_000);
    for (action, resource) in [
        (format!("{long}:Y"), "*".to_owned()),
        (format!("trtc:{long}"), "*".to_owned()),
        (format!("trtc:{long}*"), "*".to_owned()),
        ("trtc:DismissRoom".to_owned(), format!("qcs::trtc:::{long}/1")),
    ] {
        let found = findings(&format!(r#"{{"effect":"allow","action":"{action}","resource":"{resource}"}}"#));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].3.contains("xxx") && found[0].3.contains('…'), "{found:?}");
        assert!(found[0].3.chars().count() < 200 && found[0].4.chars().count() < 200, "{found:?}");
    }
}

#[test]
fn an_operation_level_action_needs_all_resources() {
    let help = "Move it to a statement with resource `*`.";
    assert_one(
        r#"{"effect":"allow","action":["trtc:DismissRoom","trtc:DescribeTrtcStatistic"],"resource":"qcs::trtc:::sdkappid/1"}"#,
        "warning",
        "NeedsAllResources",
        "\"trtc:DescribeTrtcStatistic\"",
        "`trtc:DescribeTrtcStatistic` is not granted here, because it does not support resource-level permissions.",
        help,
    );
    assert_one(
        r#"{"effect":"deny","action":"trtc:ModifyMixConf","resource":"qcs::trtc:::*"}"#,
        "warning",
        "NeedsAllResources",
        "\"trtc:ModifyMixConf\"",
        "`trtc:ModifyMixConf` is not denied here, because it does not support resource-level permissions.",
        help,
    );
    // A pattern that covers actions of both levels does what it should for one of them.
    assert_eq!(findings(r#"{"effect":"allow","action":"trtc:*","resource":"qcs::trtc:::sdkappid/1"}"#), []);
}

#[test]
fn resources_that_never_match_are_noticed() {
    let allow = |action: &str, resource: &str| format!(r#"{{"effect":"allow","action":"{action}","resource":"{resource}"}}"#);
    for (resource, code) in [
        ("qcs::trtc::uin/42:sdkappid/1", "ForeignAccount"),
        ("qcs::trtc::uid/42:sdkappid/1", "AppIdAccount"),
        ("qcs::trtc:ap-guangzhou::sdkappid/1", "MatchesNoResource"),
        ("qcs::trtc:::app/1", "MatchesNoResource"),
        ("qcs::trtc:::sdkappId/*", "MatchesNoResource"),
        ("qcs::cam:::sdkappid/1", "MatchesNoResource"),
    ] {
        let found = findings(&allow("trtc:DismissRoom", resource));
        assert_eq!(found.len(), 1, "{resource}: {found:?}");
        assert_eq!((found[0].0, found[0].1), ("warning", code), "{resource}");
        assert!(found[0].2.contains(resource), "{resource}");
    }
    for (action, resource) in [
        ("sts:AssumeRole", "qcs::cam::uin/42:roleName/Auditor"),
        ("trtc:DismissRoom", "qcs::trtc::uin/100000000001:sdkappid/14*"),
        ("trtc:*", "qcs:::::*"),
        ("cam:CreateAccessKey", "qcs::cam:::uin/${uin}"),
        ("tag:ModifyResourceTags", "qcs::trtc:::sdkappid/1"),
    ] {
        let errors = findings(&allow(action, resource)).into_iter().filter(|found| found.0 != "suggestion").collect::<Vec<_>>();
        assert_eq!(errors, [], "{action} on {resource}");
    }
}

#[test]
fn a_page_that_opens_only_by_half_is_suggested() {
    // The usage statistics need the list of applications beside the figures.
    let found = findings(r#"{"effect":"allow","action":"trtc:DescribeTrtcStatistic","resource":"*"}"#);
    let pages: Vec<_> = found.iter().filter(|found| found.1 == "HalfOpenPage").collect();
    assert!(!pages.is_empty(), "{found:?}");
    for page in pages {
        assert_eq!((page.0, page.2.as_str()), ("suggestion", "\"trtc:DescribeTrtcStatistic\""));
        assert!(page.4.contains("`trtc:DescribeAppStatList`"), "{page:?}");
    }
    let whole = findings(r#"{"effect":"allow","action":["trtc:DescribeTrtcStatistic","trtc:DescribeAppStatList"],"resource":"*"}"#);
    assert_eq!(whole, []);
}

#[test]
fn preset_policies_have_no_findings_but_breadth() {
    for preset in presets() {
        let policy = parse(&preset.document).policy.unwrap_or_else(|| panic!("{} does not parse", preset.name));
        let found: Vec<&str> = check(&policy, vocabulary(), setting())
            .iter()
            .map(|d| d.code.as_str())
            .filter(|code| !matches!(*code, "GrantsEverything"))
            .collect();
        let administers = preset.name == "QcloudCamFullAccess";
        assert_eq!(found, if administers { &["GrantsItself"][..] } else { &[] }, "{}", preset.name);
    }
}

#[test]
fn rights_by_which_an_account_takes_further_ones_are_named_with_a_request_as_the_proof() {
    assert_one(
        r#"{"effect":"allow","action":["cam:AttachUserPolicy","cam:GetUser"],"resource":"*"}"#,
        "warning",
        "GrantsItself",
        "\"cam:AttachUserPolicy\"",
        "`cam:AttachUserPolicy` lets the holder of this policy take further rights.",
        "An account can attach any policy to itself. The policy allows it on `*`. Grant such rights to administrators only.",
    );
    let all = findings(r#"{"effect":"allow","action":"cam:*Policy*","resource":"*","condition":{"ip_equal":{"qcs:ip":"10.0.0.0/8"}}}"#);
    let [(_, code, _, _, help)] = &all[..] else { panic!("{all:?}") };
    assert_eq!(*code, "GrantsItself");
    assert!(help.contains("under a condition") && help.contains("`cam:CreatePolicyVersion`"), "{help}");
    // A key of one's own is no further right, one of another account is.
    let key = |uin: &str| findings(&format!(r#"{{"effect":"allow","action":"cam:CreateAccessKey","resource":"qcs::cam:::uin/{uin}"}}"#));
    assert_eq!(key("${uin}"), []);
    assert_eq!(key("100000000009").len(), 1);
    // What is denied, and what an administrator has anyway, is not spoken of.
    assert_eq!(findings(r#"{"effect":"allow","action":"cam:Get*","resource":"*"}"#), []);
    let denied = findings(
        r#"{"effect":"allow","action":["cam:AttachUserPolicy","cam:GetUser"],"resource":"*"},{"effect":"deny","action":"cam:Attach*","resource":"*"}"#,
    );
    assert!(denied.iter().all(|found| found.1 != "GrantsItself"), "{denied:?}");
    assert_eq!(findings(r#"{"effect":"allow","action":"*","resource":"*"}"#).len(), 1);
}

#[test]
fn statements_that_do_nothing_are_found_unless_something_else_says_why() {
    assert_one(
        r#"{"effect":"allow","action":"trtc:*","resource":"*"},{"effect":"allow","action":"trtc:DismissRoom","resource":"*"}"#,
        "suggestion",
        "CoveredStatement",
        r#"{"effect":"allow","action":"trtc:DismissRoom","resource":"*"}"#,
        "This statement changes nothing, because statement 1 already says all of it.",
        "You can delete it.",
    );
    assert_one(
        r#"{"effect":"allow","action":"trtc:DismissRoom","resource":"*"},{"effect":"deny","action":"trtc:*","resource":"*"}"#,
        "warning",
        "DeniedStatement",
        r#"{"effect":"allow","action":"trtc:DismissRoom","resource":"*"}"#,
        "This statement grants nothing, because statement 2 denies all of it.",
        "A deny always wins. Narrow the deny, or delete this statement.",
    );
}
