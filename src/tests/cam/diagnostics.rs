//! What is reported about a policy text: code, underlined text, message and remedy, and that nothing hides behind the first mistake.
//!
//! It must never assert a message without the text it underlines.

use super::is_sentence;
use trtc_console::cam::{Severity, line_column, parse, parse_trust};

/// Everything found: code, underlined text, message, remedy.
fn found(text: &str) -> Vec<(&'static str, String, String, String)> {
    let parsed = parse(text);
    assert_eq!(parsed.policy.is_none(), parsed.diagnostics.iter().any(|d| d.severity == Severity::Error), "{text}");
    for diagnostic in &parsed.diagnostics {
        assert!(diagnostic.help.as_ref().is_none_or(|help| help.zh != help.en), "{diagnostic:?}");
        assert!(diagnostic.message.zh != diagnostic.message.en, "{diagnostic:?}");
        assert!(is_sentence(&diagnostic.message) && diagnostic.help.as_ref().is_none_or(is_sentence), "{diagnostic:?}");
        if let Some(fix) = &diagnostic.fix {
            let mut fixed = text.to_owned();
            fixed.replace_range(fix.span.start..fix.span.end, &fix.replacement);
            let again = parse(&fixed).diagnostics;
            let still = again.iter().any(|left| (left.code, left.span.start) == (diagnostic.code, fix.span.start));
            assert!(!still, "the fix of {diagnostic:?} leaves {fixed}");
        }
    }
    let show = |text: Option<&trtc_console::text::Text>| text.map_or(String::new(), |text| text.en.to_string());
    let row =
        |d: &trtc_console::cam::Diagnostic| (d.code.as_str(), d.span.of(text).to_owned(), show(Some(&d.message)), show(d.help.as_ref()));
    parsed.diagnostics.iter().map(row).collect()
}

fn assert_found(text: &str, expected: &[(&str, &str, &str, &str)]) {
    let found = found(text);
    let found: Vec<_> = found.iter().map(|(code, under, message, help)| (*code, under.as_str(), message.as_str(), help.as_str())).collect();
    assert_eq!(found, expected, "{text}");
}

/// A policy around one statement that is right but for one member.
fn with(member: &str) -> String {
    let mut members = vec![r#""effect":"allow""#, r#""action":"trtc:*""#, r#""resource":"*""#];
    let name = member.split(':').next().unwrap();
    members.retain(|known| !known.starts_with(name));
    members.push(member);
    format!(r#"{{"version":"2.0","statement":[{{{}}}]}}"#, members.join(","))
}

#[test]
fn members_that_do_not_exist_are_refused_where_they_stand() {
    assert_found(
        &with(r#""Condition":{}"#),
        &[("StatementError", "\"Condition\"", "`Condition` is not a member of this object.", "Did you mean `condition`?")],
    );
    assert_found(
        &with(r#""sid":"a""#),
        &[(
            "StatementError",
            "\"sid\"",
            "`sid` is not a member of this object.",
            "Policies and statements have no ID in CAM. Delete this member.",
        )],
    );
    assert_found(
        r#"{"version":"2.0","statements":[]}"#,
        &[
            (
                "StatementError",
                "{",
                "`statement` is missing.",
                "Write `{\"effect\": \"allow\", \"action\": [\"trtc:*\"], \"resource\": [\"*\"]}`.",
            ),
            ("PolicyDocumentError", "\"statements\"", "`statements` is not a member of this object.", "Did you mean `statement`?"),
        ],
    );
}

#[test]
fn a_duplicate_is_shown_at_its_second_place() {
    let text = with(r#""effect":"deny","effect":"allow""#);
    let found = found(&text);
    assert_eq!(found[0].0, "PolicyDocumentError");
    assert_eq!((found[0].1.as_str(), found[0].2.as_str()), ("\"effect\"", "`effect` appears twice."));
    let second = parse(&text).diagnostics[0].span.start;
    assert_eq!(second, text.rfind("\"effect\"").unwrap());
}

#[test]
fn actions_underline_the_part_that_is_wrong() {
    let shape = "Write it like `trtc:DescribeRoomInfo`, `trtc:Describe*` or `*`.";
    for (action, under, message, help) in [
        ("trtc", "trtc", "The action `trtc` has no operation name after the service.", shape),
        ("TRTC:Describe*", "TRTC", "`TRTC` is not a service name.", "Write the service name in lower case, for example `trtc`."),
        ("tr*:X", "tr*", "`tr*` is not a service name.", "Write the full service name, or `*` for all services."),
        ("cos: Delete", " ", "The action `cos: Delete` contains whitespace.", "Delete the whitespace."),
        ("trtc:Describe**", "**", "`**` is not allowed in an action.", "Write a single `*`."),
        ("trtc:room:Dismiss", ":", "`:` is not allowed in an action.", "Use only letters, digits, `_` and `*`."),
        ("name/*", "name/*", "`name/*` is not an action.", "Write `*` for all actions, or name the service: `name/trtc:*`."),
        (
            "name/name/trtc:*",
            "name/name/",
            "The prefix `name/` does not exist.",
            "The only prefix is `name/`, and it can be used only once.",
        ),
        ("permid/280655", "permid/", "The prefix `permid/` does not exist.", "The only prefix is `name/`, and it can be used only once."),
    ] {
        assert_found(&with(&format!(r#""action":"{action}""#)), &[("ActionError", under, message, help)]);
    }
}

#[test]
fn resources_underline_the_segment_that_is_wrong() {
    for (resource, code, under, message) in [
        ("qcs:0:trtc::uin/1:sdkappid/1", "ResourceProjectError", "0", "The project segment contains `0`."),
        ("qcs::TRTC:::sdkappid/1", "ResourceServiceNotExist", "TRTC", "`TRTC` is not a service name."),
        ("qcs::trtc:ap-*::sdkappid/1", "ResourceRegionError", "ap-*", "`ap-*` is not a region."),
        ("qcs::trtc::uin/abc:sdkappid/1", "ResourceUinError", "uin/abc", "`uin/abc` is not an account."),
        ("qcs::trtc::uin/+1:sdkappid/1", "ResourceUinError", "uin/+1", "`uin/+1` is not an account."),
        (
            "qcs::trtc::uin/${uin}:sdkappid/1",
            "ResourceUinError",
            "uin/${uin}",
            "`uin/${uin}` in the account segment is a placeholder from the documentation, not a policy variable.",
        ),
        ("qcs::trtc:::sdkappid/**", "ResourceContentError", "**", "`**` is not allowed in a resource."),
        ("qcs::trtc:::sdkappid/${UIN}", "ResourceContentError", "${UIN}", "`${UIN}` is not a policy variable."),
        ("qcs::trtc:::sdkappid/${uin", "ResourceContentError", "${uin", "The variable is not closed by `}`."),
        ("qcs::trtc:::sdkappid/1 ", "ResourceContentError", " ", "There is whitespace at the end of the resource."),
        ("qcs::cos:::b/dir 1/*\u{3000}", "ResourceContentError", "\u{3000}", "There is whitespace at the end of the resource."),
        ("qcs::trtc::: sdkappid/1", "ResourceContentError", " ", "There is whitespace before the last segment."),
        ("qcs::trtc::: ", "ResourceContentError", " ", "There is whitespace before the last segment."),
        ("qcs::cos:::b/dir\u{7f}1/*", "ResourceContentError", "\u{7f}", "The resource contains a control character."),
        ("sdkappid/1", "ResourceQcsError", "sdkappid/1", "`sdkappid/1` is not a resource description."),
    ] {
        let found = found(&with(&format!(r#""resource":"{resource}""#)));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].0, found[0].1.as_str(), found[0].2.as_str()), (code, under, message));
        assert!(!found[0].3.is_empty(), "no remedy for {resource}");
    }
}

#[test]
fn every_faulty_segment_is_reported() {
    let found = found(&with(r#""resource":"qcs:0:TRTC:ap-*:me:**""#));
    let codes: Vec<&str> = found.iter().map(|row| row.0).collect();
    let all = ["ResourceProjectError", "ResourceServiceNotExist", "ResourceRegionError", "ResourceUinError", "ResourceContentError"];
    assert_eq!(codes, all);
}

#[test]
fn conditions_name_the_operator_that_was_meant() {
    for (operator, help) in [
        ("string_equal_if_exists", "Did you mean `string_equal_if_exist`?"),
        ("StringEqual", "Did you mean `string_equal`?"),
        ("FOR_ANY_VALUE:string_equal", "Did you mean `for_any_value:string_equal`?"),
        ("numeric_les_than", "Did you mean `numeric_less_than`?"),
        ("for_any_value:null_equal", "`null_equal` cannot have a qualifier or `_if_exist`."),
    ] {
        let text = with(&format!(r#""condition":{{"{operator}":{{"k":"1"}}}}"#));
        let message = format!("`{operator}` is not a condition operator.");
        assert_found(&text, &[("ConditionTypeError", &format!("\"{operator}\""), &message, help)]);
    }
}

#[test]
fn condition_values_have_the_type_of_their_operator() {
    for (operator, value, message, help) in [
        (
            "ip_equal",
            r#""10.121.2.*""#,
            "`10.121.2.*` is not an IP address or network.",
            "Write an IP address or a CIDR block, for example `10.0.0.0/8`.",
        ),
        (
            "ip_equal",
            r#""10.0.0.0/33""#,
            "`10.0.0.0/33` is not an IP address or network.",
            "Write an IP address or a CIDR block, for example `10.0.0.0/8`.",
        ),
        ("date_less_than", "1464739260", "`1464739260` is not a time.", "Write it in UTC, for example `2026-06-01T00:00:00Z`."),
        (
            "date_less_than",
            r#""2026-02-30T00:00:00Z""#,
            "`2026-02-30T00:00:00Z` is not a time.",
            "Write it in UTC, for example `2026-06-01T00:00:00Z`.",
        ),
        ("numeric_equal", r#""007""#, "`007` is not a number.", "Write it like `10`, `-1` or `1.5`."),
        ("bool_equal", "true", "A value must be a string or a number, found a Boolean.", "Write `\"true\"`."),
        ("bool_equal", r#""yes""#, "`yes` is not a Boolean.", "Write `\"true\"` or `\"false\"`."),
        ("string_equal", "[]", "The list of values is empty.", "Add a value, or delete the key."),
        ("string_equal", r#""${nobody}""#, "`${nobody}` is not a policy variable.", "Use `${uin}`, `${owner_uin}` or `${app_id}`."),
        (
            "ip_equal",
            r#""${uin}""#,
            "`${uin}` is not an IP address or network.",
            "Write an IP address or a CIDR block, for example `10.0.0.0/8`.",
        ),
    ] {
        let text = with(&format!(r#""condition":{{"{operator}":{{"k":{value}}}}}"#));
        let under = if value.contains("${nobody}") { "${nobody}" } else { value };
        assert_found(&text, &[("ConditionContentError", under, message, help)]);
    }
}

#[test]
fn one_reading_reports_mistakes_of_every_kind() {
    let text = r#"{"version": 2.0, "statement": [
  {"effect": "Allow", "action": ["trtc"], "resource": "qcs::trtc:::", "condition": {"ip_equals": {"qcs:ip": "x"}}},
  {"effect": "deny", "resource": "*"}
]}"#;
    let found = found(text);
    let codes: Vec<&str> = found.iter().map(|row| row.0).collect();
    let expected = ["VersionError", "EffectError", "ActionError", "ResourceContentError", "ConditionTypeError", "ActionMiss"];
    assert_eq!(codes, expected);
    assert_eq!(parse(text).primary().unwrap().code.as_str(), "VersionError", "the documented check order decides");
    assert_eq!(line_column(text, parse(text).diagnostics[5].span.start), (3, 3));
}

#[test]
fn reading_goes_on_after_mistakes_in_the_json() {
    let text =
        "{'version': \"2.0\", // all\n \"statement\": [{\"effect\": \"allow\" \"action\": \"trtc:*\", \"resource\": [\"*\",]}, NaN]}";
    let found = found(text);
    let messages: Vec<&str> = found.iter().map(|row| row.2.as_str()).collect();
    let expected = [
        "A string must be in double quotes.",
        "A policy cannot contain comments.",
        "A comma is missing.",
        "There is a comma before `]`.",
        "Expected a value, found `NaN`.",
    ];
    assert_eq!(messages, expected);
    assert_eq!(found[3].1, ",");
}

#[test]
fn a_cut_off_text_shows_the_brackets_that_stay_open() {
    let text = r#"{"version":"2.0","statement":[{"effect":"allow""#;
    let parsed = parse(text);
    let starts: Vec<usize> = parsed.diagnostics.iter().map(|d| d.span.start).collect();
    assert_eq!(starts, [0, 29, 30]);
    assert_eq!(parsed.diagnostics[2].message.en, "This bracket is never closed by `}`.");
}

#[test]
fn length_counts_characters_that_are_not_blank() {
    let padding = "界".repeat(6144 - with("").len() + 1);
    let member = |length: usize| format!("\"resource\":[\"*\",\"qcs::x:::{}\"]", padding.chars().take(length).collect::<String>());
    let room = 6144 - with(&member(0)).chars().count();
    let fits = with(&member(room)).replace(',', " ,\n\t");
    assert!(parse(&fits).policy.is_some(), "blanks do not count: {:?}", parse(&fits).diagnostics);
    let over = found(&with(&member(room + 1)));
    assert_eq!(over.len(), 1);
    assert_eq!(over[0].2, "The policy has 6145 characters. At most 6144 are allowed (whitespace not counted).");
}

#[test]
fn a_text_that_is_too_large_to_be_read_is_told_so() {
    for blanks in [64 * 1024 + 1, 70_000] {
        let found = found(&" ".repeat(blanks));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0, found[0].2.as_str()), ("PolicyDocumentLengthOverLimit", "The policy is larger than 64 KiB."));
        assert!(!found[0].3.is_empty());
    }
    let policy = with(r#""effect":"deny""#);
    let blanks = " ".repeat(64 * 1024 - policy.len());
    assert!(parse(&format!("{policy}{blanks}")).policy.is_some(), "as many blanks as fit");
}

#[test]
fn an_empty_text_is_told_what_would_be_accepted() {
    for text in ["", " \n\t\r"] {
        let found = found(text);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0, found[0].2.as_str()), ("PolicyDocumentError", "The policy is empty."));
        let recommended = found[0].3.split('`').nth(1).unwrap();
        assert!(parse(recommended).policy.is_some(), "{recommended}");
    }
}

#[test]
fn text_of_the_user_is_cut_in_every_message() {
    let long = "x".repeat(5_000);
    let members = [
        format!(r#""resource":"{long}""#),
        format!(r#""resource":"qcs:{long}:{long}|:{long}|:{long}:y/${{{long}}}""#),
        format!(r#""resource":"qcs::trtc::uin/${{{long}}}:y""#),
        format!(r#""action":"{long}""#),
        format!(r#""action":"{long}:""#),
        format!(r#""action":"a {long}""#),
        format!(r#""action":"${{{long}}}""#),
        format!(r#""action":"{long}/trtc:X""#),
        format!(r#""action":"{long}|:X""#),
        format!(r#""condition":{{"{long}":{{"k":"1"}}}}"#),
        format!(r#""condition":{{"ip_equal":{{"{long} ":"10.0.0.1"}}}}"#),
        format!(r#""condition":{{"ip_equal":{{"${{{long}}}":"10.0.0.1"}}}}"#),
        format!(r#""condition":{{"ip_equal":{{"{long}:":"10.0.0.1"}}}}"#),
        format!(r#""condition":{{"ip_equal":{{"k":"{long}"}},"numeric_equal":{{"k":"{long}"}}}}"#),
        format!(r#""condition":{{"date_equal":{{"k":"{long}"}},"bool_equal":{{"k":"{long}"}}}}"#),
        format!(r#""{long}":1"#),
        format!(r#""sid":1,"condition":{{"string_equal":{{"{long}":"1","{long}":"1"}}}}"#),
        format!(r#""condition":1{long}"#),
        format!(r#""condition":{long}"#),
    ];
    let principals =
        [format!(r#"{{"{long}":"1"}}"#), format!(r#"{{"qcs":"{long}"}}"#), format!(r#"{{"service":"{long}|"}}"#)].map(|principal| {
            let text =
                format!(r#"{{"version":"2.0","statement":[{{"effect":"allow","action":"sts:AssumeRole","principal":{principal}}}]}}"#);
            parse_trust(&text).diagnostics
        });
    for diagnostics in members.iter().map(|member| parse(&with(member)).diagnostics).chain(principals) {
        let echoes = diagnostics.iter().filter(|found| found.message.en.contains("xxx")).count();
        assert!(echoes > 0, "{diagnostics:?}");
        for text in diagnostics.iter().flat_map(|found| [Some(&found.message), found.help.as_ref()]).flatten() {
            for words in [&text.en, &text.zh] {
                assert!(words.chars().count() < 300 && !words.contains(&"x".repeat(61)), "{words:.100}");
            }
        }
    }
    let found = found(&with(&format!(r#""action":"{}""#, "界".repeat(61))));
    assert_eq!(found[0].2, format!("The action `{}…` has no operation name after the service.", "界".repeat(60)));
}

#[test]
fn escapes_are_decoded_before_anything_is_matched() {
    let text = with(r#""resource":"qcs::trtc:::sdkappid\/14\u0030*""#);
    assert_eq!(parse(&text).policy.unwrap().statements[0].value.resources[0].value.as_str(), "qcs::trtc:::sdkappid/140*");
    let broken = with(r#""resource":"\ud800""#);
    let found = found(&broken);
    assert_eq!(found.len(), 1, "a string that cannot be read is judged no further: {found:?}");
    assert_eq!(found[0].1, r"\ud800");
}

#[test]
fn columns_count_characters() {
    assert_eq!(line_column("界a\n界界x", "界a\n界界".len()), (2, 3));
    assert_eq!(line_column("a", 99), (1, 2));
    assert_eq!(line_column("界", 1), (1, 1));
}

#[test]
fn trust_policies_name_who_and_never_a_resource() {
    let trust = |members: &str| {
        parse_trust(&format!(r#"{{"version":"2.0","statement":[{{"effect":"allow","action":"sts:AssumeRole"{members}}}]}}"#))
    };
    assert!(trust(r#","principal":{"qcs":"qcs::cam::uin/1:root"}"#).policy.is_some());
    assert!(trust(r#","principal":{"service":["cls.cloud.tencent.com"]}"#).policy.is_some());
    for (members, code) in [
        ("", "PrincipalError"),
        (r#","principal":"*""#, "PrincipalError"),
        (r#","principal":{"qcs":["qcs::cam::anonymous:anonymous"]}"#, "PrincipalQcsError"),
        (r#","principal":{"service":["CLS"]}"#, "PrincipalServiceNotExist"),
        (r#","principal":{"qcs":["qcs::cam::uin/1:root"]},"resource":"*""#, "StatementError"),
    ] {
        let parsed = trust(members);
        assert_eq!(parsed.diagnostics.iter().map(|d| d.code.as_str()).collect::<Vec<_>>(), [code], "{members}");
        assert!(parsed.policy.is_none());
    }
}

#[test]
fn a_principal_is_of_one_kind() {
    let trust = |principal: &str| {
        let text = format!(r#"{{"version":"2.0","statement":[{{"effect":"allow","action":"sts:AssumeRole","principal":{principal}}}]}}"#);
        let found = parse_trust(&text).diagnostics;
        found.iter().map(|d| (d.code.as_str(), d.span.of(&text).to_owned(), d.message.en.to_string())).collect::<Vec<_>>()
    };
    let error = |under: &str, message: &str| ("PrincipalError", format!("\"{under}\""), message.to_owned());
    let account = r#""qcs":["qcs::cam::uin/1:root"]"#;
    let service = r#""service":["cls.cloud.tencent.com"]"#;
    let message = "A statement can name principals of only one type: `service` cannot be used with `qcs`.";
    assert_eq!(trust(&format!("{{{account},{service}}}")), [error("service", message)]);
    let message = "A statement can name principals of only one type: `qcs` cannot be used with `service`.";
    assert_eq!(trust(&format!("{{{service},{account}}}")), [error("qcs", message)]);
    assert_eq!(trust(&format!(r#"{{{account},"aws":["x"]}}"#)), [error("aws", "`aws` is not a principal type.")]);
    let twice = trust(&format!("{{{account},{account}}}"));
    assert_eq!(twice.iter().map(|found| found.0).collect::<Vec<_>>(), ["PolicyDocumentError"], "{twice:?}");
}

#[test]
fn a_condition_key_may_hold_an_address() {
    let read = |key: &str| parse(&with(&format!(r#""condition":{{"string_equal_if_exist":{{"{key}":"x"}}}}"#)));
    for key in [
        "oidc:https://idp.example/aud",
        "oidc:https://idp.example:8443/aud",
        "saml:sub",
        "qcs:tag/a:",
        "qcs:tag/::",
        "qcs:resource_tag/:a/b",
        "k",
    ] {
        assert!(read(key).policy.is_some(), "{key}: {:?}", read(key).diagnostics);
    }
    for key in [
        "",
        ":ip",
        "qcs:",
        "qcs::ip",
        ":",
        "oidc::https://idp.example/aud",
        "oidc:https://idp.example/aud:",
        "qcs:tag/",
        "qcs:resource_tag/",
    ] {
        let codes: Vec<_> = read(key).diagnostics.iter().map(|d| d.code.as_str()).collect();
        assert_eq!(codes, ["ConditionContentError"], "{key}");
    }
}
