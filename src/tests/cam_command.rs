//! `trtc-console cam`, as pipelines use it: what it prints, and the code it exits with.

use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use tempfile::TempDir;

const READS: &str = r#"{"version":"2.0","statement":[
  {"effect":"allow","action":["trtc:Describe*"],"resource":["qcs::trtc::uin/100000000001:sdkappid/1400000001"]},
  {"effect":"deny","action":["trtc:DescribeSecret"],"resource":["*"]}
]}"#;

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn with(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.0.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trtc-console")).env_clear().arg("cam").args(args).output().unwrap()
}

/// The JSON of a command that ends well.
#[track_caller]
fn answer(args: &[&str]) -> Value {
    let ended = run(args);
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    serde_json::from_slice(&ended.stdout).unwrap()
}

#[test]
fn a_request_is_decided_with_its_reasons() {
    let files = Files::new();
    let policy = files.with("reads.json", READS);
    let decide = |action: &str, resource: &str, more: &[&str]| {
        let mut args = vec!["decide", "--policy", &policy, "--action", action, "--resource", resource, "--format", "json"];
        args.extend(more);
        answer(&args)
    };
    let app = "qcs::trtc::uin/100000000001:sdkappid/1400000001";
    let allowed = decide("trtc:DescribeRoomInfo", app, &[]);
    assert_eq!(allowed["verdict"], "allow");
    assert_eq!(allowed["because"], json!([{ "policy": policy, "statement": 0, "effect": "allow" }]));
    assert_eq!(allowed["nearest"], Value::Null);
    let denied = decide("trtc:DescribeSecret", app, &[]);
    assert_eq!((&denied["verdict"], &denied["because"][0]["statement"]), (&json!("deny_explicit"), &json!(1)));
    let missed = decide("trtc:DescribeRoomInfo", "qcs::trtc::uin/100000000001:sdkappid/1400000002", &[]);
    assert_eq!((&missed["verdict"], &missed["because"], &missed["nearest"]["statement"]), (&json!("deny_implicit"), &json!([]), &json!(0)));
    assert!(missed["nearest"]["missing"]["resource"].is_object(), "{missed}");

    let boundary = files.with("boundary.json", READS.replace("Describe*", "DescribeUserInfo"));
    assert_eq!(decide("trtc:DescribeRoomInfo", app, &["--boundary", &boundary])["stage"], "boundary");
    let root = r#"{"uin": "100000000001", "owner_uin": "100000000001", "is_root": true}"#;
    assert_eq!(decide("trtc:DismissRoom", app, &["--principal", root])["verdict"], "allow");
}

#[test]
fn conditions_are_decided_by_the_context_that_is_given() {
    let files = Files::new();
    let policy = files.with(
        "office.json",
        r#"{"version":"2.0","statement":{"effect":"allow","action":"trtc:*","resource":"*","condition":{"ip_equal":{"qcs:ip":"10.0.0.0/8"}}}}"#,
    );
    let decide = |context: &str| {
        let args =
            ["decide", "--policy", &policy, "--action", "trtc:DismissRoom", "--resource", "*", "--context", context, "--format", "json"];
        answer(&args)["verdict"].clone()
    };
    assert_eq!(decide(r#"{"qcs:ip": "10.1.2.3"}"#), "allow");
    assert_eq!(decide(r#"{"qcs:ip": ["192.0.2.1"]}"#), "deny_implicit");
    let ended = run(&["decide", "--policy", &policy, "--action", "trtc:DismissRoom", "--resource", "*", "--context", "{"]);
    assert_eq!(ended.status.code(), Some(2));
    assert!(String::from_utf8(ended.stderr).unwrap().starts_with("--context: not JSON at byte"));
}

#[test]
fn what_cannot_be_read_is_never_decided() {
    let files = Files::new();
    let (good, broken) = (files.with("good.json", READS), files.with("broken.json", READS.replace("deny", "Deny")));
    let missing = files.0.path().join("missing.json").display().to_string();
    for policies in [vec![broken.as_str()], vec![good.as_str(), broken.as_str()], vec![good.as_str(), missing.as_str()]] {
        let mut args = vec!["decide", "--action", "trtc:DescribeRoomInfo", "--resource", "*", "--policy"];
        args.extend(policies);
        let ended = run(&args);
        assert_eq!((ended.status.code(), ended.stdout.len()), (Some(2), 0));
        assert!(!ended.stderr.is_empty());
    }
    for (action, resource) in [("DismissRoom", "*"), ("trtc:A:B", "*"), ("trtc:DismissRoom", "sdkappid/1")] {
        assert_eq!(run(&["decide", "--policy", &good, "--action", action, "--resource", resource]).status.code(), Some(2));
    }
}

#[test]
fn versions_are_compared_by_what_they_allow() {
    let files = Files::new();
    let old = files.with("old.json", READS);
    let same = files.with("same.json", READS.replace("\"trtc:Describe*\"", "\"name/trtc:Describe*\", \"trtc:DescribeRoomInfo\""));
    let wider = files.with("wider.json", READS.replace("sdkappid/1400000001", "sdkappid/*"));
    let equal = answer(&["compare", &old, &same, "--format", "json"]);
    assert_eq!(
        (&equal["equal"], &equal["complete"], &equal["granted"], &equal["revoked"]),
        (&json!(true), &json!(true), &json!([]), &json!([]))
    );
    let found = answer(&["compare", &old, &wider, "--format", "json"]);
    assert_eq!((&found["equal"], &found["revoked"]), (&json!(false), &json!([])));
    let granted = &found["granted"][0];
    assert_eq!((&granted["action"], &granted["condition"]), (&json!("trtc:Describe*"), &Value::Null));
    assert_eq!(granted["resource"], "qcs::trtc::uin/100000000001:sdkappid/*");
    // The example is one: the new version allows it and the old one does not.
    let verdict = |policy: &str| {
        let principal = granted["example"]["principal"].to_string();
        let (action, resource) = (granted["example"]["action"].as_str().unwrap(), granted["example"]["resource"].as_str().unwrap());
        answer(&["decide", "--policy", policy, "--action", action, "--resource", resource, "--principal", &principal, "--format", "json"])["verdict"]
            .clone()
    };
    assert_eq!((verdict(&old), verdict(&wider)), (json!("deny_implicit"), json!("allow")));
    assert_eq!(run(&["compare", &old, &wider, "--exit-code"]).status.code(), Some(1));
    assert_eq!(run(&["compare", &old, &same, "--exit-code"]).status.code(), Some(0));
}

#[test]
fn findings_are_printed_for_people_and_for_machines() {
    let files = Files::new();
    let path = files.with("a policy.json", READS.replace("\"effect\":\"deny\"", "\"effect\":\"Deny\""));
    let checked = |format: &str| {
        let ended = run(&["check", &path, "--format", format]);
        assert_eq!(ended.status.code(), Some(1));
        String::from_utf8(ended.stdout).unwrap()
    };
    assert!(checked("text").starts_with(&format!("{path}:3:13: error[EffectError]: ")), "{}", checked("text"));
    let found: Value = serde_json::from_str(&checked("json")).unwrap();
    assert_eq!(found["errors"], 1);
    let finding = &found["findings"][0];
    assert_eq!(
        (&finding["code"], &finding["line"], &finding["column"], &finding["end_column"]),
        (&json!("EffectError"), &json!(3), &json!(13), &json!(19))
    );
    assert_eq!(finding["fix"]["replacement"], "\"deny\"");
    let sarif: Value = serde_json::from_str(&checked("sarif")).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!((&sarif["version"], &result["ruleId"], &result["level"]), (&json!("2.1.0"), &json!("EffectError"), &json!("error")));
    let place = &result["locations"][0]["physicalLocation"];
    assert!(place["artifactLocation"]["uri"].as_str().unwrap().ends_with("/a%20policy.json"), "{place}");
    assert_eq!(place["region"]["startLine"], 3);

    let spoilt = files.with("spoilt.json", [READS.as_bytes(), b"\xff"].concat());
    let said = String::from_utf8(run(&["check", &spoilt]).stdout).unwrap();
    assert_eq!(said, format!("{spoilt}:4:3: error[PolicyDocumentError]: The file is not UTF-8.\n"));
    assert_eq!(run(&["check", &PathBuf::from("/nowhere").display().to_string()]).status.code(), Some(2));
}

#[test]
fn a_policy_of_another_language_is_converted_or_refused_with_its_reason() {
    let files = Files::new();
    let aws = |action: &str| format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","{action}":"trtc:*","Resource":"*"}}]}}"#);
    let wanted = json!({ "version": "2.0", "statement": [{ "effect": "allow", "action": ["trtc:*"], "resource": ["*"] }] });
    assert_eq!(answer(&["convert", &files.with("aws.json", aws("Action"))]), wanted);
    assert_eq!(answer(&["convert", &files.with("cam.json", wanted.to_string())]), wanted, "what is a policy already stays one");
    let refused = run(&["convert", &files.with("not.json", aws("NotAction"))]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).ends_with("CAM has nothing like `NotAction`.\n"));
    assert_eq!(run(&["convert", &files.with("odd.json", "[]")]).status.code(), Some(2));
}

#[test]
fn the_language_is_explained_as_a_whole_or_by_a_word() {
    let found = answer(&["language", "second factor", "--format", "json"]);
    let names: Vec<&str> = found.as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["qcs:mfa", "mfa"]);
    assert_eq!(found[0]["allowed"]["context"], json!({ "qcs:mfa": ["1"] }));
    let all = String::from_utf8(run(&["language"]).stdout).unwrap();
    for section in ["MEMBERS\n", "CONDITION OPERATORS\n", "CONDITION KEYS\n", "POLICY VARIABLES\n"] {
        assert!(all.contains(section), "{section}");
    }
    assert_eq!(run(&["language", "no-such-word"]).status.code(), Some(1));
}
