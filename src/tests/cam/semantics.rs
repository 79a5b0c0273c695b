//! The numbered sentences of `cam/mod.rs` that the conformance cases leave room in, and the parts of the facade they do not reach.
//!
//! It must never repeat a case of the conformance file.

use super::{OWNER, USER, app, holding, source, sub_account, verdict};
use trtc_console::cam::{Context, Effect, Missing, PolicySet, Principal, Resource, ResourceRef, Stage, Verdict, Via, parse, parse_trust};

const APP: &str = "qcs::trtc::uin/100000000001:sdkappid/1400000001";

#[test]
fn s1_what_cannot_be_read_is_denied() {
    let set = holding(r#"{"effect":"allow","action":"*","resource":"*"}"#);
    let root = PolicySet::compile(Principal { uin: OWNER, is_root: true, ..sub_account() }, vec![], None, None);
    for set in [&set, &root] {
        for action in ["", ":", "trtc", "trtc:", ":X", "trtc:X:Y"] {
            assert_eq!(verdict(set, action, APP), Verdict::DenyImplicit, "{action}");
        }
        for resource in ["", "sdkappid/1", "qcs::trtc::*:sdkappid/1", "qcs::trtc::uin/x:sdkappid/1", "qcs:::::*", "qcs::trtc:::"] {
            assert_eq!(ResourceRef::read(resource), ResourceRef::Unreadable, "{resource}");
            assert!(Resource::parse(resource).is_err());
            assert_eq!(set.verdict("trtc:X", ResourceRef::read(resource), &Context::new()), Verdict::DenyImplicit);
        }
        assert_eq!(verdict(set, "trtc:X", APP), Verdict::Allow);
    }
}

#[test]
fn s5_denial_messages_may_be_read_back() {
    let set = holding(&format!(r#"{{"effect":"allow","action":"trtc:*","resource":"{APP}"}}"#));
    assert_eq!(verdict(&set, "trtc:X", &APP.replace("qcs::", "qcs:id/0:")), Verdict::Allow);
    assert!(Resource::parse(&APP.replace("qcs::", "qcs:id/1:")).is_err());
}

#[test]
fn s5_root_is_one_resource_under_two_names() {
    for (pattern, request, expected) in [
        ("qcs::cam::uin/100000000001:root", "qcs::cam::uin/100000000001:uin/100000000001", Verdict::Allow),
        ("qcs::cam::uin/100000000001:uin/100000000001", "qcs::cam::uin/100000000001:root", Verdict::Allow),
        ("qcs::cam:::uin/*", "qcs::cam:::root", Verdict::Allow),
        ("qcs::cam:::root", "qcs::cam::uin/:uin/100000000001", Verdict::Allow),
        ("qcs::cam:::root", "qcs::cam:::uin/100000000077", Verdict::DenyImplicit),
        ("qcs::trtc:::root", "qcs::trtc:::uin/100000000001", Verdict::DenyImplicit),
    ] {
        let set = holding(&format!(r#"{{"effect":"allow","action":"*","resource":"{pattern}"}}"#));
        assert_eq!(verdict(&set, "cam:GetUser", request), expected, "{pattern} on {request}");
    }
}

#[test]
fn s9_no_tags_and_an_empty_list_of_tags_are_the_same() {
    for operator in ["string_equal", "string_not_equal", "for_all_value:string_equal", "for_any_value:string_not_equal"] {
        for (suffix, expected) in [("", Verdict::DenyImplicit), ("_if_exist", Verdict::Allow)] {
            let condition = format!(r#""condition":{{"{operator}{suffix}":{{"qcs:resource_tag":"a&b"}}}}"#);
            let set = holding(&format!(r#"{{"effect":"allow","action":"*","resource":"*",{condition}}}"#));
            for context in [Context::new(), Context::new().with_resource_tags([])] {
                assert_eq!(set.verdict("trtc:X", ResourceRef::All, &context), expected, "{operator}{suffix}");
            }
        }
    }
}

#[test]
fn s10_and_s11_a_value_of_another_type_satisfies_nothing() {
    let holds = |condition: &str, values: &[&'static str]| {
        let set = holding(&format!(r#"{{"effect":"allow","action":"*","resource":"*","condition":{condition}}}"#));
        set.verdict("trtc:X", ResourceRef::All, &Context::new().with_list("k", values.iter().copied())).is_allow()
    };
    assert!(!holds(r#"{"numeric_equal_if_exist":{"k":1}}"#, &["one"]));
    assert!(!holds(r#"{"numeric_not_equal":{"k":1}}"#, &["one"]));
    assert!(!holds(r#"{"numeric_not_equal":{"k":1}}"#, &["2", "one"]));
    assert!(holds(r#"{"numeric_equal":{"k":1}}"#, &["one", "1.0"]));
    assert!(!holds(r#"{"ip_not_equal":{"k":"10.0.0.0/8"}}"#, &["localhost"]));
    assert!(holds(r#"{"ip_equal":{"k":"::ffff:10.0.0.0/104"}}"#, &["10.9.9.9"]));
    assert!(!holds(r#"{"bool_equal":{"k":"true"}}"#, &["True"]));
    assert!(holds(r#"{"numeric_greater_than":{"k":"-1e400"}}"#, &["-1e399"]));
    assert!(holds(r#"{"numeric_less_than":{"k":"0.001"}}"#, &["0.0009999999999999999999999"]));
    assert!(holds(r#"{"numeric_equal":{"k":"100"}}"#, &["1.0e2"]));
    assert!(holds(r#"{"numeric_equal":{"k":"0"}}"#, &["-0.000e7"]));
    assert!(holds(r#"{"string_equal_ignore_case":{"k":"STRASSE"}}"#, &["strasse"]));
    assert!(holds(r#"{"null_equal":{"k":"false"}}"#, &["", "x"]));
}

/// Whether a condition holds for a request.
fn condition_holds(condition: &str, context: Context) -> bool {
    let set = holding(&format!(r#"{{"effect":"allow","action":"*","resource":"*","condition":{condition}}}"#));
    set.verdict("trtc:X", ResourceRef::All, &context).is_allow()
}

#[test]
fn s11_the_last_second_of_the_year_9999_is_a_time() {
    let at = |text: &'static str| Context::new().with("qcs:current_time", text);
    let before = r#"{"date_less_than":{"qcs:current_time":"9999-12-31T23:59:59Z"}}"#;
    assert!(condition_holds(before, at("2026-06-01T00:00:00Z")));
    assert!(condition_holds(before, at("9999-12-31T23:59:58Z")));
    assert!(!condition_holds(before, at("9999-12-31T23:59:59Z")));
    assert!(condition_holds(&before.replace("less_than", "less_than_equal"), at("9999-12-31T23:59:59Z")));
    assert!(condition_holds(&before.replace("less_than", "equal"), at("9999-12-31T22:59:59-01:00")));
    let after = r#"{"date_greater_than":{"qcs:current_time":"2026-06-01T00:00:00Z"}}"#;
    assert!(condition_holds(after, at("9999-12-31T23:59:59.999999999Z")));
    assert!(!condition_holds(after, at("0000-01-01T00:00:00+23:59")), "the first day of the calendar, and a day before it in UTC");
}

#[test]
fn s11_a_time_of_a_request_is_spelled_in_full() {
    let equal = |text: &'static str| {
        let context = Context::new().with("qcs:current_time", text);
        condition_holds(r#"{"date_equal":{"qcs:current_time":"2016-06-01T00:01:00Z"}}"#, context)
    };
    let times = ["2016-06-01T00:01:00Z", "2016-06-01T00:01:00.000Z", "2016-06-01T08:01:00+08:00", "2016-05-31T18:31:00-05:30"];
    for text in times {
        assert!(equal(text), "{text}");
    }
    for text in [
        "2016-06-01 00:01:00Z",
        "20160601T000100Z",
        "2016-06-01t00:01:00z",
        "2016-06-01T00:01Z",
        "2016-06-01T00:01:00",
        "2016-06-01T00:01:00+00",
        "2016-06-01T00:01:00+0000",
        "2016-06-01T00:01:00+00:00:00",
        "2016-06-01T00:01:00Z[UTC]",
        "2016-06-01T24:01:00+24:00",
        "2016-06-01T00:01:00+00:60",
        "2016-06-01T00:01:00,0Z",
        "2016-06-01T00:01:00.Z",
        "2016-06-01T00:01:00Z ",
        "界+00:00",
        "+00:00",
        "",
    ] {
        assert!(!equal(text), "{text}");
        let context = Context::new().with("qcs:current_time", text);
        let other = r#"{"date_not_equal_if_exist":{"qcs:current_time":"2000-01-01T00:00:00Z"}}"#;
        assert!(!condition_holds(other, context), "{text} is no time, so it is not another one either");
    }
    let context = || Context::new().with_list("qcs:current_time", ["2016-06-01T00Z", "2016-05-31T23:59:60Z"]);
    assert!(!condition_holds(r#"{"date_greater_than":{"qcs:current_time":"2000-01-01T00:00:00Z"}}"#, context()));
}

#[test]
fn s12_a_variable_without_value_covers_nothing() {
    let nobody = Principal { app_id: None, ..sub_account() };
    for statement in [
        r#"{"effect":"allow","action":"*","resource":"qcs::trtc:::sdkappid/${app_id}*"}"#,
        r#"{"effect":"allow","action":"*","resource":"*","condition":{"string_not_equal_if_exist":{"k":"${app_id}"}}}"#,
    ] {
        let set = PolicySet::compile(nobody, vec![source(statement, Via::Direct)], None, None);
        assert_eq!(verdict(&set, "trtc:X", "qcs::trtc:::sdkappid/1250000000"), Verdict::DenyImplicit, "{statement}");
        assert_eq!(verdict(&holding(statement), "trtc:X", "qcs::trtc:::sdkappid/1250000000"), Verdict::Allow, "{statement}");
    }
}

#[test]
fn s13_root_is_bound_by_nothing_but_general_policies_and_its_session() {
    let root = Principal { uin: OWNER, is_root: true, ..sub_account() };
    let deny = || source(r#"{"effect":"deny","action":"*","resource":"*"}"#, Via::Direct);
    let set = PolicySet::compile(root, vec![deny()], Some(deny()), None);
    assert_eq!(verdict(&set, "trtc:X", APP), Verdict::Allow);
    assert_eq!(set.verdict("account:BindToken", ResourceRef::All, &Context::new().with_mfa(false)), Verdict::DenyExplicit);
    assert_eq!(set.decide("trtc:X", &app(1), &Context::new()).stage, Stage::Root);
    let session = source(r#"{"effect":"allow","action":"trtc:Describe*","resource":"*"}"#, Via::Session);
    let set = PolicySet::compile(root, vec![], None, Some(session));
    assert_eq!(verdict(&set, "trtc:DismissRoom", APP), Verdict::DenyImplicit);
    assert_eq!(verdict(&set, "trtc:DescribeRoomInfo", APP), Verdict::Allow);
}

#[test]
fn s14_the_deny_of_a_boundary_is_explicit_also_where_nothing_allows() {
    let boundary = || Some(source(r#"{"effect":"deny","action":"trtc:*","resource":"*"}"#, Via::Boundary));
    let nothing = PolicySet::compile(sub_account(), vec![], boundary(), None);
    let decision = nothing.decide("trtc:X", &app(1), &Context::new());
    assert_eq!((decision.verdict, decision.stage), (Verdict::DenyExplicit, Stage::Boundary));
    assert_eq!(decision.causes[0].origin.via, Via::Boundary, "the explanation names it");
    assert_eq!(verdict(&nothing, "cam:X", "*"), Verdict::DenyImplicit);
    let everything = vec![source(r#"{"effect":"allow","action":"*","resource":"*"}"#, Via::Direct)];
    let set = PolicySet::compile(sub_account(), everything, boundary(), None);
    let decision = set.decide("trtc:X", &app(1), &Context::new());
    assert_eq!((decision.verdict, decision.stage), (Verdict::DenyExplicit, Stage::Boundary));
    assert_eq!(decision.causes[0].origin.via, Via::Boundary);
    assert_eq!(verdict(&set, "cam:X", "*"), Verdict::DenyImplicit, "a boundary that allows nothing leaves nothing");
}

#[test]
fn s14_the_deny_of_a_session_policy_is_explicit_also_where_nothing_allows() {
    let session = || Some(source(r#"{"effect":"deny","action":"trtc:*","resource":"*"}"#, Via::Session));
    let nothing = PolicySet::compile(sub_account(), vec![], None, session());
    let decision = nothing.decide("trtc:X", &app(1), &Context::new());
    assert_eq!((decision.verdict, decision.stage), (Verdict::DenyExplicit, Stage::Session));
    assert_eq!(decision.causes[0].origin.via, Via::Session, "the explanation names it");
    assert_eq!(verdict(&nothing, "trtc:X", APP), Verdict::DenyExplicit);
    assert_eq!(verdict(&nothing, "cam:X", "*"), Verdict::DenyImplicit);
    let everything = || source(r#"{"effect":"allow","action":"*","resource":"*"}"#, Via::Direct);
    let set = PolicySet::compile(sub_account(), vec![everything()], None, session());
    assert_eq!(set.decide("trtc:X", &app(1), &Context::new()).stage, Stage::Session);
    assert_eq!(verdict(&set, "cam:X", "*"), Verdict::DenyImplicit, "a session policy that allows nothing leaves nothing");
    // Of root accounts too: a session may hold less than its account.
    let root = Principal { uin: OWNER, is_root: true, ..sub_account() };
    assert_eq!(verdict(&PolicySet::compile(root, vec![], None, session()), "trtc:X", APP), Verdict::DenyExplicit);
}

#[test]
fn s15_other_accounts_are_out_of_reach() {
    let set = holding(r#"{"effect":"allow","action":"*","resource":["*","qcs::trtc::*:*","qcs::trtc::uin/5:*"]}"#);
    let context = Context::new();
    let foreign = Resource::of("trtc", 5, "sdkappid", 1);
    assert_eq!(set.verdict("trtc:DismissRoom", &foreign, &context), Verdict::DenyImplicit);
    assert_eq!(set.decide("trtc:DismissRoom", &foreign, &context).stage, Stage::Owner);
    assert_eq!(verdict(&set, "sts:AssumeRole", "qcs::cam::uin/5:roleName/R"), Verdict::Allow);
    assert_eq!(verdict(&set, "cam:GetRole", "qcs::cam::uin/5:roleName/R"), Verdict::DenyImplicit);
    assert_eq!(verdict(&set, "cos:GetObject", "qcs::cos:ap-guangzhou:uid/5:b/x"), Verdict::Allow);
    let denied = holding(r#"{"effect":"deny","action":"*","resource":"qcs::trtc::*:*"}"#);
    assert_eq!(denied.verdict("trtc:DismissRoom", &foreign, &context), Verdict::DenyExplicit);
}

#[test]
fn s15_a_role_lets_in_whom_its_trust_policy_names() {
    let trust = |statements: &str| parse_trust(&format!(r#"{{"version":"2.0","statement":[{statements}]}}"#)).policy.unwrap();
    let account = r#"{"effect":"allow","action":"sts:AssumeRole","principal":{"qcs":["qcs::cam::uin/100000000001:root"]}}"#;
    let user = r#"{"effect":"deny","action":"*","principal":{"qcs":["qcs::cam::uin/100000000001:uin/100000000077"]}}"#;
    let root = Principal { uin: OWNER, is_root: true, ..sub_account() };
    let judge = |statements: &str, who: &Principal| trust(statements).verdict(who, "sts:AssumeRole", &Context::new());
    assert_eq!(judge(account, &sub_account()), Verdict::Allow);
    assert_eq!(judge(account, &root), Verdict::Allow);
    assert_eq!(judge(&format!("{account},{user}"), &sub_account()), Verdict::DenyExplicit);
    assert_eq!(judge(&format!("{account},{user}"), &root), Verdict::Allow);
    let again = account.replace(":root", ":uin/100000000001");
    assert_eq!(judge(&again, &sub_account()), Verdict::Allow, "two spellings of the root account");
    let guarded = account.replace(r#""principal""#, r#""condition":{"string_equal":{"sts:external_id":"x"}},"principal""#);
    assert_eq!(judge(&guarded, &sub_account()), Verdict::DenyImplicit);
    let context = Context::new().with("sts:external_id", "x");
    assert_eq!(trust(&guarded).verdict(&sub_account(), "sts:AssumeRole", &context), Verdict::Allow);
}

#[test]
fn s16_every_resource_of_a_request_counts() {
    let set = holding(
        r#"{"effect":"allow","action":"*","resource":["qcs::trtc:::sdkappid/1","qcs::trtc:::sdkappid/2"]},
           {"effect":"deny","action":"*","resource":"qcs::trtc:::sdkappid/9"}"#,
    );
    let all = |ids: &[u32]| set.verdict_all("trtc:X", &ids.iter().map(app).collect::<Vec<_>>(), &Context::new());
    assert_eq!(all(&[1, 2]), Verdict::Allow);
    assert_eq!(all(&[1, 3]), Verdict::DenyImplicit);
    assert_eq!(all(&[3, 9, 1]), Verdict::DenyExplicit);
    assert_eq!(all(&[]), Verdict::DenyImplicit);
}

#[test]
fn a_decision_names_the_statements_behind_it() {
    let group = source(
        r#"{"effect":"allow","action":"trtc:*","resource":"*"},{"effect":"deny","action":"trtc:RemoveUser","resource":"*"}"#,
        Via::Group("business A".into()),
    );
    let direct = source(r#"{"effect":"allow","action":"trtc:RemoveUser","resource":"*"}"#, Via::Direct);
    let set = PolicySet::compile(sub_account(), vec![group, direct], None, None);
    let decision = set.decide("trtc:RemoveUser", &app(1), &Context::new());
    assert_eq!(decision.verdict, Verdict::DenyExplicit);
    let causes: Vec<_> = decision.causes.iter().map(|cause| (cause.statement, cause.effect, &cause.origin.via)).collect();
    assert_eq!(causes, [(1, Effect::Deny, &Via::Group("business A".into()))]);
    let decision = set.decide("trtc:DismissRoom", &app(1), &Context::new());
    assert_eq!(decision.causes.iter().map(|cause| cause.statement).collect::<Vec<_>>(), [0]);
    assert_eq!((decision.causes[0].origin.policy_id, decision.causes[0].origin.version), (7, 3));
    let json = serde_json::to_string(&decision).unwrap();
    assert_eq!(serde_json::from_str::<trtc_console::cam::Decision>(&json).unwrap(), decision);
}

#[test]
fn an_implicit_deny_shows_the_nearest_miss() {
    let miss = |statements: &str, action: &str, resource: &Resource| {
        holding(statements).decide(action, resource, &Context::new()).nearest.map(|near| (near.statement, near.missing))
    };
    let statements = r#"{"effect":"allow","action":"trtc:Describe*","resource":"qcs::trtc:::sdkappid/1"},
        {"effect":"allow","action":"trtc:Describe*","resource":"*","condition":{"ip_equal":{"qcs:ip":["10.0.0.0/8"]}}}"#;
    let condition = Missing::Condition { operator: "ip_equal".into(), key: "qcs:ip".into(), values: vec!["10.0.0.0/8".into()] };
    assert_eq!(miss(statements, "trtc:DescribeRoomInfo", &app(2)), Some((1, condition)));
    let first = statements.split(",\n").next().unwrap();
    let resource = |needs_all| Missing::Resource { resources: vec!["qcs::trtc:::sdkappid/1".into()], needs_all };
    assert_eq!(miss(first, "trtc:DescribeRoomInfo", &app(2)), Some((0, resource(false))));
    assert_eq!(miss(first, "trtc:DescribeTrtcStatistic", &Resource::all()), Some((0, resource(true))));
    let action = Missing::Action { actions: vec!["trtc:Describe*".into()] };
    assert_eq!(miss(first, "trtc:DismissRoom", &app(1)), Some((0, action)));
    assert_eq!(miss(first, "cam:ListUsers", &Resource::all()), None);
    assert_eq!(miss("{\"effect\":\"deny\",\"action\":\"*\",\"resource\":\"qcs::x:::y\"}", "trtc:X", &app(1)), None);
}

#[test]
fn a_list_may_be_asked_for_when_something_could_be_listed() {
    let may =
        |statements: &str| holding(statements).may_allow("trtc:DescribeAppStatList", "trtc", "sdkappid", &Context::new().with_mfa(false));
    let allow = |resource: &str| format!(r#"{{"effect":"allow","action":"trtc:Describe*","resource":"{resource}"}}"#);
    let deny = |resource: &str| format!(r#"{{"effect":"deny","action":"trtc:*","resource":"{resource}"}}"#);
    for resource in ["*", "qcs::trtc:::sdkappid/1", "qcs::trtc:::*", "qcs:::::sdkappid/14*", "qcs::trtc::*:*/7"] {
        assert!(may(&allow(resource)), "{resource}");
        assert!(!may(&format!("{},{}", allow(resource), deny("qcs::trtc:::*"))), "{resource}");
        assert!(!may(&format!("{},{}", allow(resource), deny("*"))), "{resource}");
        assert!(may(&format!("{},{}", allow(resource), deny("qcs::trtc:::sdkappid/3"))), "{resource}");
    }
    for resource in ["qcs::trtc::uin/5:sdkappid/1", "qcs::cam:::*", "qcs::trtc:gz::sdkappid/1", "qcs::trtc:::room/1"] {
        assert!(!may(&allow(resource)), "{resource}");
    }
    assert!(!may(&format!("{},{}", allow("qcs::trtc:::sdkappid/1"), deny("qcs::trtc:::sdkappid/1"))));
    let when = |statement: String, condition: &str| statement.replace(r#""action""#, &format!(r#""condition":{condition},"action""#));
    let tag = r#"{"for_any_value:string_equal":{"qcs:resource_tag":"a&b"}}"#;
    assert!(may(&when(allow("*"), tag)), "some application may carry the tag");
    assert!(may(&format!("{},{}", allow("*"), when(deny("*"), tag))), "some application may not carry the tag");
    assert!(!may(&when(allow("*"), r#"{"string_equal":{"mfa":"1"}}"#)));
    assert!(!may(&format!("{},{}", allow("*"), when(deny("*"), r#"{"string_equal":{"mfa":"0"}}"#))));
}

#[test]
fn a_list_is_limited_by_boundary_and_session() {
    let allow =
        |id: &str, via: Via| source(&format!(r#"{{"effect":"allow","action":"trtc:*","resource":"qcs::trtc:::sdkappid/{id}"}}"#), via);
    let may = |boundary: &str, session: &str| {
        let (boundary, session) = (allow(boundary, Via::Boundary), allow(session, Via::Session));
        let set = PolicySet::compile(sub_account(), vec![allow("1", Via::Direct)], Some(boundary), Some(session));
        set.may_allow("trtc:DescribeAppStatList", "trtc", "sdkappid", &Context::new())
    };
    assert!(may("1", "*"));
    assert!(may("*", "1*"));
    assert!(!may("2", "*"));
    assert!(!may("*", "2"));
}

#[test]
fn keys_have_two_names_and_the_caller_is_always_known() {
    let holds = |condition: &str, context: Context| {
        let set = holding(&format!(r#"{{"effect":"allow","action":"*","resource":"*","condition":{condition}}}"#));
        set.verdict("trtc:X", ResourceRef::All, &context).is_allow()
    };
    assert!(holds(r#"{"string_equal":{"mfa":"1"}}"#, Context::new().with("qcs:mfa", "1")));
    for (policy, request) in [("qcs:resource_tag", "qcs:tag"), ("qcs:tag", "qcs:resource_tag"), ("qcs:mfa", "mfa")] {
        let condition = format!(r#"{{"for_any_value:string_equal":{{"{policy}":"a&b"}}}}"#);
        assert!(holds(&condition, Context::new().with_list(request, ["a&b", "c&d"])), "{policy} in the policy");
    }
    assert!(holds(r#"{"string_equal":{"qcs:resource_tag/a":"b"}}"#, Context::new().with_list("qcs:tag", ["a&b"])));
    assert!(holds(r#"{"string_equal":{"qcs:tag/a":"b&c"}}"#, Context::new().with_resource_tags(["a&b&c".to_owned()])));
    assert!(!holds(r#"{"string_equal":{"qcs:tag/a":"b"}}"#, Context::new().with_request_tags(["a&b".to_owned()])));
    let time = Context::new().with_time_ms(1_795_521_600_500);
    assert!(holds(r#"{"date_equal":{"qcs:current_time":"2026-11-24T12:00:00.500Z"}}"#, time));
    assert!(holds(r#"{"ip_equal":{"qcs:ip":"10.0.0.0/8"}}"#, Context::new().with_ip("::ffff:10.1.1.1".parse().unwrap())));
    assert!(holds(
        &format!(r#"{{"numeric_equal":{{"qcs:create_uin":"${{uin}}"}},"string_equal":{{"qcs:uin":"{USER}"}}}}"#),
        Context::new().with_create_uin(USER)
    ));
}

#[test]
fn the_key_of_one_tag_has_two_names() {
    for (policy, request) in [("qcs:resource_tag/biz", "qcs:tag/biz"), ("qcs:tag/biz", "qcs:resource_tag/biz")] {
        let condition = format!(r#"{{"string_equal":{{"{policy}":"live"}}}}"#);
        assert!(condition_holds(&condition, Context::new().with(request, "live")), "{policy} in the policy");
        assert!(!condition_holds(&condition, Context::new().with(request, "test")), "{policy} in the policy");
        assert!(!condition_holds(&condition, Context::new().with(format!("{request}2"), "live")), "another tag");
        let both = Context::new().with(request, "live").with_resource_tags(["biz&test".to_owned()]);
        assert!(condition_holds(&condition, both), "the key of one tag is nearer than the list");
        let own = Context::new().with(request, "test").with(policy, "live");
        assert!(condition_holds(&condition, own), "the own name is nearest");
    }
    let other = Context::new().with("qcs:request_tag/biz", "live");
    assert!(!condition_holds(r#"{"string_equal":{"qcs:tag/biz":"live"}}"#, other), "tags of the request are not tags of the resource");
}

#[test]
fn a_final_sigma_is_a_sigma_where_case_is_ignored() {
    let equal = |policy: &str, request: &'static str| {
        condition_holds(&format!(r#"{{"string_equal_ignore_case":{{"k":"{policy}"}}}}"#), Context::new().with("k", request))
    };
    for (one, other) in [("ΣΑΣ", "σας"), ("σας", "ΣΑΣ"), ("σασ", "σας"), ("Straße", "STRAßE"), ("ПРИВЕТ", "привет")]
    {
        assert!(equal(one, other), "{one} and {other}");
    }
    for (one, other) in [("ΣΑΣ", "σα"), ("ırc", "irc"), ("σ", "s")] {
        assert!(!equal(one, other), "{one} and {other}");
    }
    assert!(!condition_holds(r#"{"string_equal":{"k":"σασ"}}"#, Context::new().with("k", "σας")));
}

#[test]
fn a_blank_inside_the_last_segment_belongs_to_the_name() {
    let set = holding(r#"{"effect":"allow","action":"cos:GetObject","resource":"qcs::cos::uid/1250000000:b/dir 1/*"}"#);
    for (resource, expected) in [
        ("qcs::cos::uid/1250000000:b/dir 1/my file.txt", Verdict::Allow),
        ("qcs::cos::uid/1250000000:b/dir1/x", Verdict::DenyImplicit),
        ("qcs::cos::uid/1250000000:b/dir  1/x", Verdict::DenyImplicit),
    ] {
        assert_eq!(verdict(&set, "cos:GetObject", resource), expected, "{resource}");
    }
}

#[test]
fn printing_is_canonical() {
    let text = r#"{"statement":{"resource":"*","effect":"deny","condition":{"numeric_equal":{"k":1.50},"string_like":{"a\"b":["x","\u4e16"]}},"action":"name/trtc:*"},"version":"2.0"}"#;
    let printed = parse(text).policy.unwrap().to_string();
    let expected = r#"{
  "version": "2.0",
  "statement": [
    {
      "effect": "deny",
      "action": ["name/trtc:*"],
      "resource": ["*"],
      "condition": {
        "numeric_equal": {
          "k": [1.50]
        },
        "string_like": {
          "a\"b": ["x", "世"]
        }
      }
    }
  ]
}
"#;
    assert_eq!(printed, expected);
    // A single item has its line, however long it is.
    let long = format!("trtc:{}", "A".repeat(90));
    let printed = parse(&text.replace("name/trtc:*", &long)).policy.unwrap().to_string();
    assert!(printed.contains(&format!("\"action\": [\"{long}\"],")), "{printed}");
}

#[test]
fn whether_verdicts_depend_on_what_the_resource_is_like_is_known() {
    for (condition, depends) in [
        (r#"{"string_equal":{"qcs:tag/a":"b"}}"#, true),
        (r#"{"for_any_value:string_equal":{"qcs:resource_tag":"a&b"}}"#, true),
        (r#"{"numeric_equal":{"qcs:create_uin":"1"}}"#, true),
        (r#"{"string_equal":{"qcs:request_tag/a":"b"},"ip_equal":{"qcs:ip":"10.0.0.0/8"}}"#, false),
    ] {
        let set = holding(&format!(r#"{{"effect":"allow","action":"*","resource":"*","condition":{condition}}}"#));
        assert_eq!(set.depends_on_resource(), depends, "{condition}");
    }
}

#[test]
fn answers_are_kept_until_the_next_moment_that_a_policy_names() {
    let between = r#"{"effect":"allow","action":"trtc:A","resource":"*","condition":{
        "date_greater_than_equal":{"qcs:current_time":"2026-06-01T08:00:00Z"},"date_less_than":{"qcs:current_time":"2026-06-01T18:00:00Z"}}}"#;
    let set = holding(between);
    let at = |time: &str| Context::new().with("qcs:current_time", time.to_owned()).with("qcs:ip", "10.0.0.1");
    let times = [
        ("2026-05-31T10:00:00Z", "2026-06-01T07:59:59.999Z", Verdict::DenyImplicit),
        ("2026-06-01T08:00:00Z", "2026-06-01T10:00:00+02:00", Verdict::Allow),
        ("2026-06-01T08:00:00.001Z", "2026-06-01T17:59:59.999Z", Verdict::Allow),
        ("2026-06-01T18:00:00.001Z", "2027-01-01T00:00:00Z", Verdict::DenyImplicit),
    ];
    let mut parts: Vec<Context> = Vec::new();
    for (one, other, expected) in times {
        assert_eq!(set.read_of(&at(one)), set.read_of(&at(other)), "{one} {other}");
        for context in [at(one), at(other), set.read_of(&at(one))] {
            assert_eq!(set.verdict("trtc:A", ResourceRef::All, &context), expected, "{one} {other}");
        }
        assert!(!parts.contains(&set.read_of(&at(one))), "{one} is like none before");
        parts.push(set.read_of(&at(one)));
    }
    let as_text =
        holding(r#"{"effect":"allow","action":"trtc:A","resource":"*","condition":{"string_like":{"qcs:current_time":"2026-06-01T*"}}}"#);
    assert_ne!(as_text.read_of(&at("2026-06-01T10:00:00Z")), as_text.read_of(&at("2026-06-01T11:00:00Z")));
    let unreadable = at("noon");
    assert_eq!(set.verdict("trtc:A", ResourceRef::All, &set.read_of(&unreadable)), Verdict::DenyImplicit);
}
