//! Conditions that are legal and never do what was meant: keys no request carries, operators that do not fit the key, tags that are
//! none, tags where nothing is tagged, empty time windows.
//!
//! It must never judge another product's keys as mistakes: a document may serve several products.

use super::check::Vocabulary;
use super::condition::{Comparison, Condition, Relation};
use super::context::tag_of;
use super::diagnostic::{Code, Diagnostic, Severity, Span, shown};
use super::policy::{Effect, Statement};
use super::resource::ResourcePattern;
use super::{operand, spelling};
use crate::text::Text;
use jiff::civil::DateTime;

/// Every key a request may carry, but those with a tag key behind them.
const KEYS: [&str; 10] = [
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
pub(super) fn conditions(statement: &Statement, vocabulary: &Vocabulary<'_>) -> Vec<Diagnostic> {
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
    found.extend(empty_window(statement));
    found
}

fn warning(code: Code, span: Span, message: Text, help: Text) -> Diagnostic {
    Diagnostic::error(code, span, message).help(help).weigh(Severity::Warning)
}

/// What comes of a condition of the statement that never holds.
fn never(effect: Effect) -> Text {
    match effect {
        Effect::Allow => Text::new("this statement grants nothing", "该语句不会授予任何权限"),
        Effect::Deny => Text::new("this deny never takes effect", "该拒绝语句永远不会生效"),
    }
}

fn unknown_key(statement: &Statement, condition: &Condition) -> Option<Diagnostic> {
    let key = condition.key.value.as_str();
    if KEYS.contains(&key) || tag_of(key).is_some() {
        return None;
    }
    let operator = condition.operator.value;
    let so = if operator.comparison == Comparison::Null {
        Text::new("this condition is the same for every request", "该条件对所有请求结果相同")
    } else if operator.if_exist {
        Text::new("this condition always holds", "该条件始终成立")
    } else {
        never(statement.effect.value)
    };
    let echo = shown(key);
    let message =
        Text::made(format!("no request here carries `{echo}`, so {}", so.en), format!("此处的请求都不带有条件键 `{echo}`，因此{}", so.zh));
    let found = |help| warning(Code::UnknownConditionKey, condition.key.span, message, help);
    Some(match meant(key) {
        Some("qcs:mfa") => found(Text::new(
            "the key for a second factor is `qcs:mfa`, with the value `\"1\"` when it was verified and `\"0\"` otherwise",
            "多因素验证的条件键是 `qcs:mfa`，已验证时值为 `\"1\"`，否则为 `\"0\"`",
        )),
        Some(near) => {
            let near = match key.split_once('/') {
                Some((_, tag)) => format!("{near}/{}", shown(tag)),
                None => near.to_owned(),
            };
            found(Text::made(format!("did you mean `{near}`? upper and lower case matter"), format!("是否想写 `{near}`？条件键区分大小写")))
        }
        None if key.contains(':') && !key.starts_with("qcs:") => found(Text::new(
            "it may belong to another product; it is kept and counts for nothing here",
            "它可能属于其他产品，将予以保留，但在此处不起作用",
        ))
        .weigh(Severity::Suggestion),
        None => found(Text::new(
            "keys are `qcs:ip`, `qcs:current_time`, `qcs:resource_tag`, `qcs:request_tag`, `qcs:uin`, `qcs:owner_uin`, `qcs:create_uin` and `qcs:mfa`",
            "可用的条件键有 `qcs:ip`、`qcs:current_time`、`qcs:resource_tag`、`qcs:request_tag`、`qcs:uin`、`qcs:owner_uin`、`qcs:create_uin` 和 `qcs:mfa`",
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
            Text::new("use `ip_equal` or `ip_not_equal`", "请使用 `ip_equal` 或 `ip_not_equal`"),
        ),
        "qcs:current_time" => (
            matches!(operator.comparison, Comparison::Date(_) | Comparison::Like),
            Text::new("use `date_greater_than` and `date_less_than`", "请使用 `date_greater_than` 和 `date_less_than`"),
        ),
        "qcs:resource_tag" | "qcs:tag" | "qcs:request_tag" => (
            textual,
            Text::new("use `for_any_value:string_equal` with `key&value`", "请使用 `for_any_value:string_equal`，值写成 `标签键&标签值`"),
        ),
        "mfa" | "qcs:mfa" => (
            textual || is_number,
            Text::new("use `string_equal` with `\"1\"` or `\"0\"`", "请使用 `string_equal`，值写成 `\"1\"` 或 `\"0\"`"),
        ),
        "qcs:uin" | "qcs:owner_uin" | "qcs:create_uin" => {
            (textual || is_number, Text::new("use `string_equal` with the UIN", "请使用 `string_equal`，值写成 UIN"))
        }
        _ => return None,
    };
    if fits {
        return None;
    }
    let so = if !text {
        Text::new("it never holds", "不会成立")
    } else if operator.negated {
        Text::new("it always holds", "始终成立")
    } else {
        Text::new("it practically never holds", "几乎不会成立")
    };
    Some(warning(
        Code::OperatorMismatch,
        condition.operator.span,
        Text::made(
            format!("`{operator}` does not fit the key `{key}`: {}", so.en),
            format!("运算符 `{operator}` 不适用于条件键 `{key}`：{}", so.zh),
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
            format!("`{echo}` equals no tag: key and value of a tag belong together"),
            format!("`{echo}` 不会与任何标签相等：标签由键和值组成"),
        ),
        Text::new("write `key&value`, like `env&prod`", "请写成 `标签键&标签值`，例如 `env&prod`"),
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
            format!("this does not grant {en}: such actions work on no single resource, so `{key}` is absent"),
            format!("此处不会授予 {zh}：这些操作不支持资源级授权，请求中没有 `{key}`"),
        ),
        Effect::Deny => Text::made(
            format!("this never denies {en}: such actions work on no single resource, so `{key}` is absent"),
            format!("此处不会拒绝 {zh}：这些操作不支持资源级授权，请求中没有 `{key}`"),
        ),
    };
    Some(warning(
        Code::TagOfNoResource,
        at,
        message,
        Text::new(
            "put those that are meant into a statement of their own without this condition",
            "如需包含这些操作，请另写一条不带该条件的语句",
        ),
    ))
}

fn empty_window(statement: &Statement) -> Option<Diagnostic> {
    let mut from: Option<(DateTime, bool)> = None;
    let mut until: Option<(DateTime, bool)> = None;
    let mut at = None;
    for condition in statement.conditions.iter().filter(|condition| condition.key.value == "qcs:current_time") {
        let Comparison::Date(relation) = condition.operator.value.comparison else {
            continue;
        };
        let mut instants: Vec<DateTime> = condition.values.iter().filter_map(|value| operand::policy_instant(&value.value.text)).collect();
        instants.sort_unstable();
        // The values of one key are alternatives: the widest counts.
        match relation {
            Relation::Greater | Relation::GreaterOrEqual => {
                let bound = (*instants.first()?, relation == Relation::Greater);
                from = Some(from.map_or(bound, |known| known.max(bound)));
            }
            Relation::Less | Relation::LessOrEqual => {
                let bound = (*instants.last()?, relation == Relation::LessOrEqual);
                until = Some(until.map_or(bound, |known| known.min(bound)));
                at = Some(condition.key.span);
            }
            Relation::Equal => {}
        }
    }
    let ((from, after), (until, up_to)) = (from?, until?);
    if from < until || from == until && !after && up_to {
        return None;
    }
    let so = never(statement.effect.value);
    Some(warning(
        Code::EmptyTimeWindow,
        at?,
        Text::made(format!("the times leave no moment between them, so {}", so.en), format!("两个时间之间没有任何时刻，因此{}", so.zh)),
        Text::new("begin with the earlier time and end with the later one", "请让开始时间早于结束时间"),
    ))
}
