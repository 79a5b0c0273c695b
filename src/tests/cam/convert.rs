//! Policies of other languages: what they become, and what is refused because CAM has nothing like it.

use serde_json::{Value, json};
use trtc_console::cam::{Language, convert, parse};
use trtc_console::domain::policy_check::check;

/// What a text becomes, or why not.
fn made(text: &str) -> (Language, Result<Value, String>) {
    let converted = convert(text).unwrap_or_else(|| panic!("{text}"));
    (converted.from, converted.policy.map(|policy| serde_json::from_str(&policy).unwrap()).map_err(|why| why.en.into_owned()))
}

fn aws(statement: &str) -> Result<Value, String> {
    let (from, policy) = made(&format!(r#"{{"Version": "2012-10-17", "Statement": {statement}}}"#));
    assert_eq!(from, Language::Aws);
    policy.map(|mut policy| policy["statement"].take())
}

#[test]
fn a_policy_of_aws_is_renamed() {
    let policy = aws(r#"[{"Sid": "One", "Effect": "Allow", "Action": ["trtc:DescribeAppStatList"], "Resource": "*",
            "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}, "ForAnyValue:StringLikeIfExists": {"aws:ResourceTag/team": ["a*"]}}}]"#);
    let condition =
        json!({ "ip_equal": { "qcs:ip": ["203.0.113.0/24"] }, "for_any_value:string_like_if_exist": { "qcs:resource_tag/team": ["a*"] } });
    assert_eq!(
        policy,
        Ok(json!([{ "effect": "allow", "action": ["trtc:DescribeAppStatList"], "resource": ["*"], "condition": condition }]))
    );
}

#[test]
fn what_denies_a_value_still_holds_for_an_absent_key() {
    let deny = |operator: &str| {
        aws(&format!(
            r#"{{"Effect": "Deny", "Action": "trtc:*", "Resource": "*", "Condition": {{"{operator}": {{"AWS:SourceIP": ["1.2.3.4"]}}}}}}"#
        ))
    };
    for (operator, wanted) in [
        ("StringNotEquals", "string_not_equal_if_exist"),
        ("NotIpAddress", "ip_not_equal_if_exist"),
        ("ForAllValues:StringEquals", "for_all_value:string_equal_if_exist"),
        ("StringEquals", "string_equal"),
        ("ForAnyValue:StringNotEquals", "for_any_value:string_not_equal"),
    ] {
        assert_eq!(deny(operator).unwrap()[0]["condition"], json!({ wanted: { "qcs:ip": ["1.2.3.4"] } }), "{operator}");
    }
}

#[test]
fn what_cam_has_nothing_like_is_refused_with_its_name() {
    for (statement, name) in [
        (r#"{"Effect": "Allow", "NotAction": "trtc:*", "Resource": "*"}"#, "NotAction"),
        (r#"{"Effect": "Deny", "Action": "trtc:A?", "Resource": "*"}"#, "?"),
        (r#"{"Effect": "Allow", "Principal": "*", "Action": "a:b", "Resource": "*"}"#, "Principal"),
        (r#"{"Effect": "Allow", "Action": "a:b", "Resource": "*", "Condition": {"ArnEquals": {"k": "v"}}}"#, "ArnEquals"),
        (r#"{"Effect": "Deny", "Action": "trtc:A\u003f", "Resource": "*"}"#, "?"),
        (
            r#"{"Effect": "Allow", "Action": "a:b", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalTag/t": "v"}}}"#,
            "aws:PrincipalTag/t",
        ),
        (
            r#"{"Effect": "Allow", "Action": "a:b", "Resource": "*", "Condition": {"NullIfExists": {"aws:SourceIp": "true"}}}"#,
            "NullIfExists",
        ),
        (r#"{"Effect": "Deny", "Effect": "Allow", "Action": "a:b", "Resource": "*"}"#, "Effect"),
    ] {
        assert_eq!(aws(statement), Err(format!("CAM has nothing like `{name}`.")));
    }
}

#[test]
fn the_document_of_a_terraform_file_is_found() {
    let object = r#"resource "tencentcloud_cam_policy" "p" {
  name     = "ops"
  document = jsonencode({
    version = "2.0" # the only one
    "statement" : [
      {
        effect   = "allow",
        action   = ["trtc:DescribeAppStatList",]
        resource = ["qcs::cam:::uin/$${uin}"]
      },
    ]
  })
}"#;
    let wanted = json!({ "version": "2.0", "statement": [{ "effect": "allow", "action": ["trtc:DescribeAppStatList"], "resource": ["qcs::cam:::uin/${uin}"] }] });
    assert_eq!(made(object), (Language::Hcl, Ok(wanted.clone())));
    let heredoc = format!("document = <<-EOF\n{}\n  EOF\n", wanted.to_string().replace("${", "$${"));
    assert_eq!(made(&heredoc), (Language::Hcl, Ok(wanted)));
    let filled = made(&object.replace("$${uin}", "${var.app}"));
    assert_eq!(filled.1, Err("`${var.app}` is filled in elsewhere. Put its value in first.".to_owned()));
    // A comment is no document, and of several none is chosen.
    let wide = "# policy = jsonencode({ version = \"2.0\" })\n";
    assert_eq!(made(&object.replacen("  document", &format!("{wide}  document"), 1)), made(object));
    assert!(made(&format!("{object}\n{object}")).1.is_err());
    assert!(made(&object.replace("$${uin}", "%{ if true }1%{ endif }")).1.is_err());
    assert!(made(&"data <<\n".repeat(3_000)).1.is_err(), "bounded");
    assert_eq!(convert(&"data <<\n".repeat(30_000)), None, "too large to be looked at");
    assert!(made(&object.replace("[\"qcs::cam:::uin/$${uin}\"]", "var.resources")).1.is_err());
}

#[test]
fn a_text_of_another_language_has_one_finding_and_its_remedy_is_the_policy() {
    let text = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "trtc:*", "Resource": "*"}]}"#;
    let checked = check(text, None, None);
    let [found] = &checked.findings[..] else { panic!("{checked:?}") };
    assert!(checked.has_errors() && found.diagnostic.message.en.contains("AWS"));
    assert!(parse(&found.diagnostic.fix.clone().unwrap().replacement).policy.is_some());
    for own in ["", "{", r#"{"version": "2.0", "statement": []}"#, r#"{"Statement": []}"#, "resources"] {
        assert_eq!(convert(own), None, "{own}");
    }
}
