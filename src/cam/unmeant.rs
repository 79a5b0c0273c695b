//! Conditions that are legal and never do what was meant: keys no request carries, operators that do not fit the key, tags that are
//! none, tags where nothing is tagged, time windows that are empty or past.
//!
//! It must never judge another product's keys as mistakes: a document may serve several products.

use super::condition::{Comparison, Condition, Relation};
use super::context::tag_of;
use super::diagnostic::{Code, Diagnostic, Severity, Span, shown};
use super::instant::Instant;
use super::policy::{Effect, Statement};
use super::resource::ResourcePattern;
use super::vocabulary::Vocabulary;
use super::{operand, spelling};
use crate::text::Text;

/// Every key a request may carry, but those with a tag key behind them.
pub(super) const KEYS: [&str; 10] = [
    "qcs:ip",
    "qcs:current_time",
    "qcs:resource_tag",
    "qcs:request_tag",
    "qcs:tag",
    "qcs:uin",
    "qcs:owner_uin",
    "qcs:create_uin",
    "qcs:mfa",
    "mfa",
];

/// What people write for a key, without prefix, `_` and case; plurals are taken for the singular.
const ALIASES: [(&str, &str); 14] = [
    ("ip", "qcs:ip"),
    ("sourceip", "qcs:ip"),
    ("clientip", "qcs:ip"),
    ("ipaddress", "qcs:ip"),
    ("currenttime", "qcs:current_time"),
    ("time", "qcs:current_time"),
    ("resourcetag", "qcs:resource_tag"),
    ("requesttag", "qcs:request_tag"),
    ("tag", "qcs:tag"),
    ("uin", "qcs:uin"),
    ("useruin", "qcs:uin"),
    ("owneruin", "qcs:owner_uin"),
    ("createuin", "qcs:create_uin"),
    ("creatoruin", "qcs:create_uin"),
];

/// What is hardly meant in the conditions of a statement.
pub(super) fn conditions(statement: &Statement, vocabulary: &Vocabulary<'_>, now_ms: Option<i64>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for condition in &statement.conditions {
        match unknown_key(statement, condition) {
            Some(unknown) => found.push(unknown),
            None => {
                found.extend(operator_of_another_type(condition));
                found.extend(no_tag(condition));
            }
        }
    }
    found.extend(tag_of_nothing(statement, vocabulary));
    found.extend(closed_window(statement, now_ms));
    found
}

fn warning(code: Code, span: Span, message: Text, help: Text) -> Diagnostic {
    Diagnostic::error(code, span, message).help(help).with_severity(Severity::Warning)
}

/// What comes of a condition of the statement that never holds.
fn never(effect: Effect) -> Text {
    match effect {
        Effect::Allow => Text::new("This statement grants nothing.", "该语句不会授予任何权限。"),
        Effect::Deny => Text::new("This deny never takes effect.", "该拒绝语句永远不会生效。"),
    }
}

fn unknown_key(statement: &Statement, condition: &Condition) -> Option<Diagnostic> {
    let key = condition.key.value.as_str();
    if KEYS.contains(&key) || tag_of(key).is_some() {
        return None;
    }
    let operator = condition.operator.value;
    let so = if operator.comparison == Comparison::Null {
        Text::new("The result of this condition is the same for every request.", "该条件对所有请求的结果都相同。")
    } else if operator.if_exist {
        Text::new("This condition is always met.", "该条件始终成立。")
    } else {
        never(statement.effect.value)
    };
    let echo = shown(key);
    let message = Text::made(
        format!("No request to this console carries `{echo}`. {}", so.en),
        format!("本控制台的请求都不带有条件键 `{echo}`。{}", so.zh),
    );
    let found = |help| warning(Code::UnknownConditionKey, condition.key.span, message, help);
    Some(match meant(key) {
        Some("qcs:mfa") => found(Text::new(
            "The key for MFA is `qcs:mfa`. Its value is `\"1\"` after a successful MFA check and `\"0\"` otherwise.",
            "MFA 的条件键是 `qcs:mfa`，通过 MFA 校验时值为 `\"1\"`，否则为 `\"0\"`。",
        )),
        Some(near) => {
            let near = match key.split_once('/') {
                Some((_, tag)) => format!("{near}/{}", shown(tag)),
                None => near.to_owned(),
            };
            found(Text::made(
                format!("Did you mean `{near}`? Condition keys are case-sensitive."),
                format!("是否想写 `{near}`？条件键区分大小写。"),
            ))
        }
        None if key.contains(':') && !key.starts_with("qcs:") => found(Text::new(
            "It may belong to another product. It is kept but has no effect here.",
            "该条件键可能属于其他产品，会保留，但在此处不起作用。",
        ))
        .with_severity(Severity::Suggestion),
        None => found(Text::new(
            "The condition keys are `qcs:ip`, `qcs:current_time`, `qcs:resource_tag`, `qcs:request_tag`, `qcs:tag`, `qcs:uin`, `qcs:owner_uin`, `qcs:create_uin` and `qcs:mfa`.",
            "可用的条件键有 `qcs:ip`、`qcs:current_time`、`qcs:resource_tag`、`qcs:request_tag`、`qcs:tag`、`qcs:uin`、`qcs:owner_uin`、`qcs:create_uin` 和 `qcs:mfa`。",
        )),
    })
}

/// The key that was meant. A key of a product is never taken for one of CAM's.
fn meant(key: &str) -> Option<&'static str> {
    let stem = key.split_once('/').map_or(key, |(stem, _)| stem);
    let (prefix, name) = stem.split_once(':').unwrap_or(("", stem));
    if !matches!(prefix.to_ascii_lowercase().as_str(), "" | "qcs" | "qc" | "cam" | "aws" | "acs") {
        return None;
    }
    let bare: String = name.chars().take(40).filter(|c| !matches!(c, '_' | '-')).map(|c| c.to_ascii_lowercase()).collect();
    if bare.starts_with("mfa") || bare.contains("multifactor") {
        return Some("qcs:mfa");
    }
    let singular = bare.strip_suffix('s').unwrap_or(&bare);
    let alias = ALIASES.iter().find(|(alias, _)| *alias == bare || *alias == singular).map(|(_, key)| *key);
    alias.or_else(|| spelling::nearest(stem, KEYS.into_iter().filter(|known| *known != "mfa")))
}

/// An operator that can never compare the key, or compares it as something it is not.
fn operator_of_another_type(condition: &Condition) -> Option<Diagnostic> {
    let (key, operator) = (condition.key.value.as_str(), condition.operator.value);
    let text = matches!(operator.comparison, Comparison::Text | Comparison::TextIgnoringCase);
    let textual = text || operator.comparison == Comparison::Like;
    let is_number = matches!(operator.comparison, Comparison::Number(_));
    let network = condition.values.iter().any(|value| value.value.text.contains('/'));
    if operator.comparison == Comparison::Null {
        return None;
    }
    let (fits, help) = match key {
        "qcs:ip" => (
            operator.comparison == Comparison::Network || textual && !network,
            Text::new("Use `ip_equal` or `ip_not_equal`.", "请使用 `ip_equal` 或 `ip_not_equal`。"),
        ),
        "qcs:current_time" => (
            matches!(operator.comparison, Comparison::Date(_) | Comparison::Like),
            Text::new("Use `date_greater_than` and `date_less_than`.", "请使用 `date_greater_than` 和 `date_less_than`。"),
        ),
        "qcs:resource_tag" | "qcs:tag" | "qcs:request_tag" => (
            textual,
            Text::new(
                "Use `for_any_value:string_equal` with `key&value`.",
                "请使用 `for_any_value:string_equal`，值写成 `标签键&标签值`。",
            ),
        ),
        "mfa" | "qcs:mfa" => (
            textual || is_number,
            Text::new("Use `string_equal` with `\"1\"` or `\"0\"`.", "请使用 `string_equal`，值写成 `\"1\"` 或 `\"0\"`。"),
        ),
        "qcs:uin" | "qcs:owner_uin" | "qcs:create_uin" => {
            (textual || is_number, Text::new("Use `string_equal` with the UIN.", "请使用 `string_equal`，值写成 UIN。"))
        }
        _ => return None,
    };
    if fits {
        return None;
    }
    let so = if !text {
        Text::new("The condition is never met.", "该条件永远不会成立。")
    } else if operator.negated {
        Text::new("The condition is always met.", "该条件始终成立。")
    } else {
        Text::new("The condition is practically never met.", "该条件几乎不会成立。")
    };
    Some(warning(
        Code::OperatorMismatch,
        condition.operator.span,
        Text::made(
            format!("`{operator}` does not fit the key `{key}`. {}", so.en),
            format!("运算符 `{operator}` 不适用于条件键 `{key}`。{}", so.zh),
        ),
        help,
    ))
}

fn no_tag(condition: &Condition) -> Option<Diagnostic> {
    if !matches!(condition.key.value.as_str(), "qcs:resource_tag" | "qcs:tag" | "qcs:request_tag") {
        return None;
    }
    let value = condition.values.iter().find(|value| {
        let text = value.value.text.as_str();
        match condition.operator.value.comparison {
            Comparison::Text | Comparison::TextIgnoringCase => !text.contains('&'),
            Comparison::Like => !text.contains(['&', '*']),
            _ => false,
        }
    })?;
    let echo = shown(&value.value.text);
    Some(warning(
        Code::NotATag,
        value.span,
        Text::made(
            format!("`{echo}` never equals a tag, because a tag consists of a key and a value."),
            format!("`{echo}` 不会与任何标签相等，因为标签由键和值组成。"),
        ),
        Text::new("Write `key&value`, for example `env&prod`.", "请写成 `标签键&标签值`，例如 `env&prod`。"),
    ))
}

/// An operation-level action works on no resource, and what is no resource has no tags and no creator.
fn tag_of_nothing(statement: &Statement, vocabulary: &Vocabulary<'_>) -> Option<Diagnostic> {
    const NAMED: usize = 3;
    let about_resource = |key: &str| matches!(key, "qcs:resource_tag" | "qcs:tag" | "qcs:create_uin") || tag_of(key).is_some();
    let condition = statement.conditions.iter().find(|condition| {
        let operator = condition.operator.value;
        about_resource(&condition.key.value) && !operator.if_exist && operator.comparison != Comparison::Null
    })?;
    if !statement.resources.iter().any(|resource| resource.value == ResourcePattern::All) {
        return None;
    }
    let covered = vocabulary.actions.iter().filter(|known| known.resource.is_none());
    let mut names: Vec<&str> =
        covered.map(|known| known.name).filter(|name| statement.actions.iter().any(|action| action.value.covers(name))).collect();
    let first = *names.first()?;
    // What opens pages is missed first.
    let serves = |name: &str| vocabulary.pages.iter().any(|page| page.actions.contains(&name));
    names.sort_by_key(|name| !serves(name));
    let at = statement.actions.iter().find(|action| action.value.covers(first)).map_or(condition.key.span, |action| action.span);
    let list = |between: &str| names.iter().take(NAMED).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(between);
    let (mut en, mut zh) = (list(", "), list("、"));
    if names.len() > NAMED {
        en = format!("{en} and {} more", names.len() - NAMED);
        zh = format!("{zh} 等 {} 项操作", names.len());
    }
    let key = shown(&condition.key.value);
    let message = match statement.effect.value {
        Effect::Allow => Text::made(
            format!(
                "This statement does not grant {en}. These actions do not support resource-level permissions, so their requests do not carry `{key}`."
            ),
            format!("该语句不会授予 {zh}。这些操作不支持资源级授权，请求中没有 `{key}`。"),
        ),
        Effect::Deny => Text::made(
            format!(
                "This statement does not deny {en}. These actions do not support resource-level permissions, so their requests do not carry `{key}`."
            ),
            format!("该语句不会拒绝 {zh}。这些操作不支持资源级授权，请求中没有 `{key}`。"),
        ),
    };
    Some(warning(
        Code::TagOfNoResource,
        at,
        message,
        Text::new("To include them, add a separate statement without this condition.", "如需包含这些操作，请另写一条不带该条件的语句。"),
    ))
}

/// The time from which on a statement may match, and the time until which: each with whether the moment itself is left out of the
/// former and belongs to the latter. Wider than the conditions where they are not about one stretch.
struct Window {
    from: Option<(Instant, bool)>,
    until: Option<(Instant, bool)>,
    /// The key of the condition that sets the end, else of the last one.
    at: Span,
}

fn window(statement: &Statement) -> Option<Window> {
    let mut window: Option<Window> = None;
    for condition in statement.conditions.iter().filter(|condition| condition.key.value == "qcs:current_time") {
        let operator = condition.operator.value;
        let Comparison::Date(relation) = operator.comparison else {
            continue;
        };
        // Every moment but one is no stretch.
        if relation == Relation::Equal && operator.negated {
            continue;
        }
        let mut instants: Vec<Instant> = condition.values.iter().filter_map(|value| operand::policy_instant(&value.value.text)).collect();
        instants.sort_unstable();
        let (Some(first), Some(last)) = (instants.first(), instants.last()) else {
            continue;
        };
        let known = window.get_or_insert(Window { from: None, until: None, at: condition.key.span });
        // The values of one key are alternatives: the widest counts.
        if matches!(relation, Relation::Greater | Relation::GreaterOrEqual | Relation::Equal) {
            let bound = (*first, relation == Relation::Greater);
            known.from = Some(known.from.map_or(bound, |from| from.max(bound)));
        }
        if matches!(relation, Relation::Less | Relation::LessOrEqual | Relation::Equal) {
            let bound = (*last, relation != Relation::Less);
            known.until = Some(known.until.map_or(bound, |until| until.min(bound)));
            known.at = condition.key.span;
        }
    }
    window
}

/// Times between which there is no moment, or only past ones.
fn closed_window(statement: &Statement, now_ms: Option<i64>) -> Option<Diagnostic> {
    let window = window(statement)?;
    let (until, up_to) = window.until?;
    if let Some((from, after)) = window.from
        && !(from < until || from == until && !after && up_to)
    {
        let so = never(statement.effect.value);
        return Some(warning(
            Code::EmptyTimeWindow,
            window.at,
            Text::made(format!("The start time is not before the end time. {}", so.en), format!("开始时间不早于结束时间。{}", so.zh)),
            Text::new("Make the start time earlier than the end time.", "请使开始时间早于结束时间。"),
        ));
    }
    let now = Instant::of_ms(now_ms?)?;
    if now < until || now == until && up_to {
        return None;
    }
    let message = match statement.effect.value {
        Effect::Allow => Text::made(
            format!("This time condition ended at `{until}Z`. The statement no longer grants anything."),
            format!("该时间条件已于 `{until}Z` 结束。该语句不再授予任何权限。"),
        ),
        Effect::Deny => Text::made(
            format!("This time condition ended at `{until}Z`. The statement no longer denies anything."),
            format!("该时间条件已于 `{until}Z` 结束。该语句不再拒绝任何操作。"),
        ),
    };
    Some(warning(
        Code::PastTimeWindow,
        window.at,
        message,
        Text::new("Set a later end time, or delete the statement.", "请设置更晚的结束时间，或删除该语句。"),
    ))
}
