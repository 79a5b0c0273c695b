//! Policies in the language of AWS, and policies inside HCL files, put into the language of CAM.
//!
//! A conversion must never allow more, or deny less, than the text it is made from: what has no equal here is refused with its name, and what is
//! only called differently is renamed. Names of other services and resources stay as they are, for the check to speak of.

use super::diagnostic::{Code, Diagnostic, Span, shown};
use super::json::{self, Json, Member, Node};
use super::literal::quoted;
use super::parse::parse;
use super::{MAX_BYTES, hcl};
use crate::text::Text;
use std::collections::HashSet;

/// What a text was written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// The policy language of AWS: `Version`, `Statement`, `Effect` …
    Aws,
    /// A Terraform file, or a part of one.
    Hcl,
}

/// A policy that was converted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converted {
    /// What it was written in.
    pub from: Language,
    /// The policy as CAM writes it, or why it cannot be written so.
    pub policy: Result<String, Text>,
}

/// Converts a text of another language; `None` for any other text.
#[must_use]
pub fn convert(text: &str) -> Option<Converted> {
    if text.len() > MAX_BYTES {
        return None;
    }
    if let Some(found) = hcl::document(text) {
        let policy = found.and_then(|json| of_aws(&json).unwrap_or_else(|| Ok(laid_out(&json))));
        return Some(Converted { from: Language::Hcl, policy });
    }
    Some(Converted { from: Language::Aws, policy: of_aws(text)? })
}

/// Converts a JSON text in the language of AWS.
fn of_aws(text: &str) -> Option<Result<String, Text>> {
    let (root, mistakes) = json::read(text);
    let Json::Object(members) = &root.json else { return None };
    let has = |name: &str| members.iter().any(|member| member.key.value == name);
    if !mistakes.is_empty() || !has("Statement") || !has("Version") || has("statement") {
        return None;
    }
    Some(aws(text, members).map(|json| laid_out(&json)))
}

/// The canonical layout, or the text as it is when it has errors.
fn laid_out(json: &str) -> String {
    parse(json).policy.map_or_else(|| json.to_owned(), |policy| policy.to_string().trim_end().to_owned())
}

fn no_equal(name: &str) -> Text {
    let name = shown(name);
    Text::made(format!("CAM has nothing like `{name}`."), format!("CAM 没有与 `{name}` 对应的写法。"))
}

/// Members each of which is said once: which of two counts is nothing to guess.
fn unique(members: &[Member]) -> Result<&[Member], Text> {
    let mut seen = HashSet::new();
    match members.iter().find(|member| !seen.insert(member.key.value.as_str())) {
        Some(twice) => Err(no_equal(&twice.key.value)),
        None => Ok(members),
    }
}

fn aws(text: &str, members: &[Member]) -> Result<String, Text> {
    let mut statements = Vec::new();
    for Member { key, value } in unique(members)? {
        match key.value.as_str() {
            "Version" | "Id" => {}
            "Statement" => {
                let nodes = match &value.json {
                    Json::Array(items) => items.as_slice(),
                    _ => std::slice::from_ref(value),
                };
                for node in nodes {
                    statements.push(statement(text, node)?);
                }
            }
            name => return Err(no_equal(name)),
        }
    }
    Ok(format!("{{\"version\": \"2.0\", \"statement\": [{}]}}", statements.join(", ")))
}

fn statement(text: &str, node: &Node) -> Result<String, Text> {
    let Json::Object(members) = &node.json else { return Err(no_equal(node.span.of(text))) };
    let mut parts = Vec::new();
    for Member { key, value } in unique(members)? {
        let raw = value.span.of(text);
        parts.push(match key.value.as_str() {
            // An ID says nothing.
            "Sid" => continue,
            "Effect" => match &value.json {
                Json::String(effect) if matches!(effect.as_str(), "Allow" | "Deny") => {
                    format!("\"effect\": {}", quoted(&effect.to_ascii_lowercase()))
                }
                _ => return Err(no_equal(raw)),
            },
            "Action" => format!("\"action\": {}", without_single(text, value)?),
            "Resource" => format!("\"resource\": {}", without_single(text, value)?),
            "Condition" => format!("\"condition\": {}", condition(text, value)?),
            name => return Err(no_equal(name)),
        });
    }
    Ok(format!("{{{}}}", parts.join(", ")))
}

/// A value as it stands, unless it holds `?`, which stands for one letter there and for itself here.
fn without_single<'t>(text: &'t str, node: &Node) -> Result<&'t str, Text> {
    fn is_single(node: &Node) -> bool {
        match &node.json {
            Json::String(text) => text.contains('?'),
            Json::Array(items) => items.iter().any(is_single),
            _ => false,
        }
    }
    if is_single(node) { Err(no_equal("?")) } else { Ok(node.span.of(text)) }
}

/// Operators by their base names.
const OPERATORS: [(&str, &str); 21] = [
    ("StringEquals", "string_equal"),
    ("StringNotEquals", "string_not_equal"),
    ("StringEqualsIgnoreCase", "string_equal_ignore_case"),
    ("StringNotEqualsIgnoreCase", "string_not_equal_ignore_case"),
    ("StringLike", "string_like"),
    ("StringNotLike", "string_not_like"),
    ("NumericEquals", "numeric_equal"),
    ("NumericNotEquals", "numeric_not_equal"),
    ("NumericLessThan", "numeric_less_than"),
    ("NumericLessThanEquals", "numeric_less_than_equal"),
    ("NumericGreaterThan", "numeric_greater_than"),
    ("NumericGreaterThanEquals", "numeric_greater_than_equal"),
    ("DateEquals", "date_equal"),
    ("DateNotEquals", "date_not_equal"),
    ("DateLessThan", "date_less_than"),
    ("DateLessThanEquals", "date_less_than_equal"),
    ("DateGreaterThan", "date_greater_than"),
    ("DateGreaterThanEquals", "date_greater_than_equal"),
    ("IpAddress", "ip_equal"),
    ("NotIpAddress", "ip_not_equal"),
    ("Null", "null_equal"),
];

fn condition(text: &str, block: &Node) -> Result<String, Text> {
    let Json::Object(operators) = &block.json else { return Err(no_equal(block.span.of(text))) };
    let mut made = Vec::new();
    for Member { key: name, value } in unique(operators)? {
        let operator = operator(&name.value).ok_or_else(|| no_equal(&name.value))?;
        let Json::Object(keys) = &value.json else { return Err(no_equal(value.span.of(text))) };
        let mut values = Vec::new();
        for Member { key, value } in unique(keys)? {
            values.push(format!("{}: {}", quoted(&key_of(&key.value).ok_or_else(|| no_equal(&key.value))?), without_single(text, value)?));
        }
        made.push(format!("{}: {{{}}}", quoted(&operator), values.join(", ")));
    }
    Ok(format!("{{{}}}", made.join(", ")))
}

fn operator(name: &str) -> Option<String> {
    let (qualifier, rest) = if let Some(rest) = name.strip_prefix("ForAnyValue:") {
        ("for_any_value:", rest)
    } else if let Some(rest) = name.strip_prefix("ForAllValues:") {
        ("for_all_value:", rest)
    } else {
        ("", name)
    };
    let (base, if_exist) = rest.strip_suffix("IfExists").map_or((rest, false), |base| (base, true));
    let (_, base) = OPERATORS.iter().find(|(known, _)| *known == base)?;
    if *base == "null_equal" && (if_exist || !qualifier.is_empty()) {
        return None;
    }
    // There, what denies a value holds for an absent key, and so does "all values"; "any value" does not.
    let absent_holds = if_exist || qualifier == "for_all_value:" || (qualifier.is_empty() && base.contains("_not_"));
    Some(format!("{qualifier}{base}{}", if absent_holds { "_if_exist" } else { "" }))
}

/// The key that means the same; names of keys have no case there. A key that no request carries here would hold always or never.
fn key_of(key: &str) -> Option<String> {
    const TAG: &str = "aws:resourcetag/";
    match key.to_ascii_lowercase().as_str() {
        "aws:sourceip" => Some("qcs:ip".to_owned()),
        "aws:currenttime" => Some("qcs:current_time".to_owned()),
        lower if lower.starts_with(TAG) => key.get(TAG.len()..).map(|tag| format!("qcs:resource_tag/{tag}")),
        lower if lower.starts_with("qcs:") => Some(key.to_owned()),
        _ => None,
    }
}

/// What is said of a text of another language: one finding with the whole conversion as its remedy.
#[must_use]
pub fn of_another_language(text: &str) -> Option<Diagnostic> {
    let Converted { from, policy } = convert(text)?;
    let message = match from {
        Language::Aws => Text::new("This is a policy in the language of AWS.", "这是 AWS 语法的策略。"),
        Language::Hcl => Text::new("This is a policy in a Terraform file.", "这是 Terraform 文件中的策略。"),
    };
    let whole = Span::new(0, text.len());
    let found = Diagnostic::error(Code::PolicyDocumentError, whole, message);
    Some(match policy {
        Ok(policy) => found
            .help(Text::new(
                "It can be put into the language of CAM. Names of services and resources stay.",
                "可将其转换为 CAM 语法，产品名和资源名保持不变。",
            ))
            .fix(whole, policy),
        Err(why) => found.help(why),
    })
}
