//! A second evaluator, written from the numbered sentences alone: over plain JSON, statement by statement, without an index.
//!
//! It must never use anything of the engine; agreeing with it is worth something only then.

use serde_json::Value;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// The keys of a request.
pub type Keys = BTreeMap<String, Vec<String>>;

/// The caller and what it asks.
pub struct Question<'a> {
    pub uin: i64,
    pub owner: i64,
    pub action: &'a str,
    pub resource: &'a str,
    pub keys: &'a Keys,
}

/// `allow`, `deny_implicit` or `deny_explicit` for policies and a boundary, all valid documents.
pub fn judge(policies: &[Value], boundary: Option<&Value>, question: &Question<'_>) -> &'static str {
    let says = |effect: &str, policy: &Value| {
        policy["statement"].as_array().unwrap().iter().any(|statement| statement["effect"] == effect && matches(statement, question))
    };
    if policies.iter().any(|policy| says("deny", policy)) {
        return "deny_explicit";
    }
    if boundary.is_some_and(|boundary| says("deny", boundary)) {
        return "deny_explicit";
    }
    if !policies.iter().any(|policy| says("allow", policy)) || !own(question) {
        return "deny_implicit";
    }
    match boundary {
        Some(boundary) if !says("allow", boundary) => "deny_implicit",
        _ => "allow",
    }
}

fn own(question: &Question<'_>) -> bool {
    question.resource == "*" || question.resource.split(':').nth(4) == Some(&format!("uin/{}", question.owner))
}

fn list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(list).collect(),
        Value::String(text) => vec![text.clone()],
        Value::Number(number) => vec![number.to_string()],
        other => panic!("{other}"),
    }
}

/// Whether a statement matches.
pub fn matches(statement: &Value, question: &Question<'_>) -> bool {
    let action = |pattern: &String| glob(pattern.trim_start_matches("name/").as_bytes(), question.action.as_bytes());
    list(&statement["action"]).iter().any(action)
        && list(&statement["resource"]).iter().any(|pattern| covers(pattern, question))
        && statement.get("condition").is_none_or(|block| {
            block
                .as_object()
                .unwrap()
                .iter()
                .all(|(operator, keys)| keys.as_object().unwrap().iter().all(|(key, values)| holds(operator, key, &list(values), question)))
        })
}

/// Whether the pattern covers the text, trying every split.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    match pattern.first() {
        None => text.is_empty(),
        Some(b'*') => (0..=text.len()).any(|skip| glob(&pattern[1..], &text[skip..])),
        Some(letter) => text.first() == Some(letter) && glob(&pattern[1..], &text[1..]),
    }
}

fn filled(text: &str, question: &Question<'_>) -> String {
    text.replace("${uin}", &question.uin.to_string()).replace("${owner_uin}", &question.owner.to_string())
}

fn covers(pattern: &str, question: &Question<'_>) -> bool {
    if pattern == "*" || question.resource == "*" {
        return pattern == "*";
    }
    let wanted: Vec<&str> = pattern.splitn(6, ':').collect();
    let asked: Vec<&str> = question.resource.splitn(6, ':').collect();
    let account = match wanted[4] {
        "" | "uin/" => format!("uin/{}", question.owner),
        other => other.to_owned(),
    };
    let any = |wanted: &str, asked: &str| wanted.is_empty() || wanted == "*" || wanted == asked;
    any(wanted[2], asked[2])
        && any(wanted[3], asked[3])
        && (account == "*" || account == asked[4])
        && glob(filled(wanted[5], question).as_bytes(), asked[5].as_bytes())
}

fn values(key: &str, question: &Question<'_>) -> Vec<String> {
    if let Some(values) = question.keys.get(key) {
        return values.clone();
    }
    match key {
        "qcs:uin" => vec![question.uin.to_string()],
        "qcs:mfa" => question.keys.get("mfa").cloned().unwrap_or_default(),
        "qcs:tag" => question.keys.get("qcs:resource_tag").cloned().unwrap_or_default(),
        _ => match key.strip_prefix("qcs:tag/").or_else(|| key.strip_prefix("qcs:resource_tag/")) {
            Some(tag) => {
                let own = |prefix: &str| question.keys.get(&format!("{prefix}{tag}"));
                if let Some(values) = own("qcs:tag/").or_else(|| own("qcs:resource_tag/")) {
                    return values.clone();
                }
                let tags = question.keys.get("qcs:resource_tag").cloned().unwrap_or_default();
                tags.iter().filter_map(|pair| pair.strip_prefix(&format!("{tag}&"))).map(str::to_owned).collect()
            }
            None => Vec::new(),
        },
    }
}

fn holds(operator: &str, key: &str, wanted: &[String], question: &Question<'_>) -> bool {
    let asked = values(key, question);
    let (name, if_exist) = operator.strip_suffix("_if_exist").map_or((operator, false), |name| (name, true));
    if name == "null_equal" {
        let null = asked.iter().all(String::is_empty);
        return wanted.contains(&null.to_string());
    }
    if asked.is_empty() {
        return if_exist;
    }
    let (qualifier, base) = name.split_once(':').unwrap_or(("", name));
    let negated = base.contains("_not_");
    let positive = base.replace("_not_", "_");
    // Whether one value of the request satisfies the operator: some value of the policy agrees, or none does.
    let satisfies = |asked: &String| {
        let results: Option<Vec<bool>> = wanted.iter().map(|wanted| agrees(&positive, asked, &filled(wanted, question))).collect();
        results.is_some_and(|results| results.contains(&true) != negated)
    };
    match qualifier {
        "for_any_value" => asked.iter().any(satisfies),
        "for_all_value" => asked.iter().all(satisfies),
        _ if negated => asked.iter().all(satisfies),
        _ => asked.iter().any(satisfies),
    }
}

/// `None` when the value of the request has another type.
fn agrees(base: &str, asked: &str, wanted: &str) -> Option<bool> {
    let number = |text: &str| text.parse::<i64>().ok();
    let address = |text: &str| -> Option<u32> {
        let parts: Option<Vec<u32>> = text.split('.').map(|part| part.parse().ok().filter(|byte| *byte < 256)).collect();
        parts.filter(|parts| parts.len() == 4).map(|parts| parts.iter().fold(0, |sum, byte| sum << 8 | byte))
    };
    Some(match base {
        "string_equal" | "binary_equal" => asked == wanted,
        "string_equal_ignore_case" => asked.to_lowercase() == wanted.to_lowercase(),
        "string_like" => glob(wanted.as_bytes(), asked.as_bytes()),
        "ip_equal" => {
            let (network, length) = wanted.split_once('/').unwrap_or((wanted, "32"));
            let mask = u32::MAX.checked_shl(32 - length.parse::<u32>().unwrap()).unwrap_or(0);
            address(asked)? & mask == address(network).unwrap() & mask
        }
        _ => {
            let order = number(asked)?.cmp(&number(wanted).unwrap());
            match base.strip_prefix("numeric_").unwrap() {
                "equal" => order == Ordering::Equal,
                "less_than" => order == Ordering::Less,
                "less_than_equal" => order != Ordering::Greater,
                "greater_than" => order == Ordering::Greater,
                _ => order != Ordering::Less,
            }
        }
    })
}
