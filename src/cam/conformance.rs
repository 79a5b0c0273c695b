//! Runs files of cases, one JSON object a line, against the engine: the documented ones and files of the user's own.
//!
//! It must never do IO or stop at a bad line: a line that cannot be understood is a failure like any other.

use super::context::Context;
use super::decide::{PolicySet, Verdict};
use super::diagnostic::{Diagnostic, shown};
use super::json::{self, Json, Node};
use super::parse::parse;
use super::policy::Policy;
use super::principal::Principal;
use super::resource::ResourceRef;
use super::source::{Origin, Source, Via};
use super::trust::parse_trust;
use std::sync::Arc;

/// What a run gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The cases that failed, in the order of the file.
    pub failures: Vec<Failure>,
    /// How many passed.
    pub passed: usize,
    /// How many failed.
    pub failed: usize,
}

/// A case that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The line in the file, from 1.
    pub line: usize,
    /// The name of the case; empty when the line does not tell.
    pub id: String,
    /// What the case expects.
    pub expected: String,
    /// What came out.
    pub got: String,
    /// What the case is about, or what is wrong with the line.
    pub why: String,
}

/// A policy that is nested too deep for a policy is an invalid policy, so the line around it has to be read down to there.
const MAX_DEPTH: usize = 4 * json::MAX_DEPTH;

/// Runs every line that is not blank. Files saved on Windows may begin with a byte order mark.
#[must_use]
pub fn run(jsonl: &str) -> Report {
    let jsonl = jsonl.strip_prefix('\u{feff}').unwrap_or(jsonl);
    let mut report = Report::default();
    for (index, line) in jsonl.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let (root, mistakes) = json::read_down_to(MAX_DEPTH, line);
        match judge(&root, &mistakes, line) {
            Ok(case) if case.expected == case.got => report.passed += 1,
            Ok(case) => {
                report.failures.push(Failure { line: index + 1, id: name(&root), expected: case.expected, got: case.got, why: case.why });
            }
            Err(why) => report.failures.push(Failure {
                line: index + 1,
                id: name(&root),
                expected: "a readable case".to_owned(),
                got: "an unreadable line".to_owned(),
                why,
            }),
        }
    }
    report.failed = report.failures.len();
    report
}

/// The name of a case, as far as the line could be read.
fn name(root: &Node) -> String {
    let name = Object::of(root, "the case").ok().and_then(|root| root.find("id").and_then(as_text));
    name.unwrap_or_default().to_owned()
}

struct Case {
    expected: String,
    got: String,
    why: String,
}

fn judge(root: &Node, mistakes: &[Diagnostic], line: &str) -> Result<Case, String> {
    if let Some(mistake) = mistakes.first() {
        return Err(format!("not JSON at byte {}: {}", mistake.span.start, mistake.message));
    }
    let root = Object::of(root, "the case")?;
    let mut expected = root.text("expect")?.to_owned();
    let known = ["allow", "deny_implicit", "deny_explicit", "invalid_policy"];
    if !known.contains(&expected.as_str()) {
        return Err(format!("`expect` is none of {}", known.join(", ")));
    }
    if let Some(code) = root.find("error_code").and_then(as_text) {
        expected = format!("{expected} {code}");
    }
    let names_code = expected.contains(' ');
    let got = match outcome(&root, line)? {
        Outcome::Verdict(verdict) => verdict.to_string(),
        Outcome::Invalid(code) if names_code => format!("invalid_policy InvalidParameter.{code}"),
        Outcome::Invalid(_) => "invalid_policy".to_owned(),
    };
    Ok(Case { why: root.find("why").and_then(as_text).unwrap_or_default().to_owned(), expected, got })
}

enum Outcome {
    Verdict(Verdict),
    Invalid(&'static str),
}

fn outcome(root: &Object<'_>, line: &str) -> Result<Outcome, String> {
    let request = Object::of(root.member("request")?, "`request`")?;
    let principal = principal(&Object::of(root.member("principal")?, "`principal`")?)?;
    let context = match request.find("context") {
        Some(node) => context(node)?,
        None => Context::new(),
    };
    let resources = match &request.member("resource")?.json {
        Json::Array(items) => items.iter().map(resource).collect::<Result<Vec<_>, _>>()?,
        _ => vec![resource(request.member("resource")?)?],
    };
    let Json::Array(documents) = &root.member("policies")?.json else {
        return Err("`policies` is not a list".to_owned());
    };
    let mut invalid = None;
    let mut read = |node: Option<&Node>, via: Via| -> Option<Source> {
        let parsed = parse(document(node?, line));
        if let Some(found) = parsed.primary() {
            invalid = invalid.or(Some(found.code.as_str()));
        }
        let policy = parsed.policy.unwrap_or(Policy { statements: Vec::new() });
        let origin = Origin { policy_id: 0, policy_name: "case".into(), version: 1, via };
        Some(Source { origin, policy: Arc::new(policy) })
    };
    let policies = documents.iter().filter_map(|node| read(Some(node), Via::Direct)).collect();
    let boundary = read(root.find("boundary"), Via::Boundary);
    let session = read(root.find("session_policy"), Via::Session);
    let trust = root.find("trust_policy").map(|node| parse_trust(document(node, line)));
    if let Some(found) = trust.as_ref().and_then(|parsed| super::primary(&parsed.diagnostics)) {
        invalid = invalid.or(Some(found.code.as_str()));
    }
    if let Some(code) = invalid {
        return Ok(Outcome::Invalid(code));
    }
    let set = PolicySet::compile(principal, policies, boundary, session);
    let action = request.text("action")?;
    let verdict = set.verdict_all(action, resources, &context);
    let trusted = match trust.and_then(|parsed| parsed.policy) {
        Some(trust) if verdict.is_allow() => trust.verdict(&principal, action, &context),
        _ => verdict,
    };
    Ok(Outcome::Verdict(trusted))
}

/// A document is a string, exactly as submitted, or an object, taken as it stands in the line so that nothing of it is lost.
fn document<'l>(node: &'l Node, line: &'l str) -> &'l str {
    match &node.json {
        Json::String(text) => text,
        _ => node.span.of(line),
    }
}

/// Reads a principal as a case has it: `{"uin": "…", "owner_uin": "…", "app_id": "…", "is_root": false}`.
///
/// # Errors
/// One sentence on what is wrong.
pub fn read_principal(text: &str) -> Result<Principal, String> {
    principal(&Object::of(&alone(text)?, "the principal")?)
}

/// Reads the context of a request as a case has it: keys with a value or a list of values.
///
/// # Errors
/// One sentence on what is wrong.
pub fn read_context(text: &str) -> Result<Context, String> {
    context(&alone(text)?)
}

fn alone(text: &str) -> Result<Node, String> {
    let (root, mistakes) = json::read_down_to(MAX_DEPTH, text);
    match mistakes.first() {
        Some(mistake) => Err(format!("not JSON at byte {}: {}", mistake.span.start, mistake.message)),
        None => Ok(root),
    }
}

fn principal(object: &Object<'_>) -> Result<Principal, String> {
    let number = |name: &str| -> Result<i64, String> {
        let text = object.text(name)?;
        text.parse().map_err(|_| format!("`{name}` of the principal is not a number"))
    };
    Ok(Principal {
        uin: number("uin")?,
        owner_uin: number("owner_uin")?,
        // Empty says the same as leaving it out: not known.
        app_id: match object.find("app_id").map(as_text) {
            None | Some(Some("")) => None,
            Some(_) => Some(number("app_id")?),
        },
        is_root: matches!(object.find("is_root").map(|node| &node.json), Some(Json::Bool(true))),
    })
}

fn context(node: &Node) -> Result<Context, String> {
    let Json::Object(members) = &node.json else {
        return Err("`context` is not an object".to_owned());
    };
    let mut context = Context::new();
    for member in members {
        let nodes = match &member.value.json {
            Json::Null => continue,
            Json::Array(items) => items.as_slice(),
            _ => std::slice::from_ref(&member.value),
        };
        let values = nodes
            .iter()
            .map(|node| match &node.json {
                Json::Bool(truth) => Ok(truth.to_string()),
                _ => as_text(node)
                    .map(str::to_owned)
                    .ok_or_else(|| format!("`{}` of the context has no plain value", shown(&member.key.value))),
            })
            .collect::<Result<Vec<_>, _>>()?;
        context = context.with_list(member.key.value.clone(), values);
    }
    Ok(context)
}

/// What is no resource is a question as well: nothing allows it.
fn resource(node: &Node) -> Result<ResourceRef<'_>, String> {
    as_text(node).map(ResourceRef::read).ok_or_else(|| "a resource of the request is not a string".to_owned())
}

fn as_text(node: &Node) -> Option<&str> {
    match &node.json {
        Json::String(text) | Json::Number(text) => Some(text),
        _ => None,
    }
}

struct Object<'n> {
    members: &'n [json::Member],
}

impl<'n> Object<'n> {
    fn of(node: &'n Node, what: &str) -> Result<Self, String> {
        match &node.json {
            Json::Object(members) => Ok(Self { members }),
            _ => Err(format!("{what} is not an object")),
        }
    }

    /// The value of a member; `null` says the same as leaving it out.
    fn find(&self, name: &str) -> Option<&'n Node> {
        let value = self.members.iter().find(|member| member.key.value == name).map(|member| &member.value);
        value.filter(|node| !matches!(node.json, Json::Null))
    }

    fn member(&self, name: &str) -> Result<&'n Node, String> {
        self.find(name).ok_or_else(|| format!("`{name}` is missing"))
    }

    fn text(&self, name: &str) -> Result<&'n str, String> {
        as_text(self.member(name)?).ok_or_else(|| format!("`{name}` is not a string"))
    }
}
