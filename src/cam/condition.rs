//! Conditions as a policy writes them: operators, qualifiers, keys and values, with everything that can be wrong about them.
//!
//! It must never compare anything with a request; `clause` does.

use super::context::tag_of;
use super::diagnostic::{Code, Diagnostic, Located, shown};
use super::json::{Json, Node};
use super::{operand, spelling, variable};
use crate::text::Text;
use std::fmt;

/// What two values are compared as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// Code points, exactly; also `binary_equal`.
    Text,
    /// Code points after lower-casing; both small sigmas are one.
    TextIgnoringCase,
    /// A pattern with `*`.
    Like,
    /// Decimal numbers.
    Number(Relation),
    /// Instants.
    Date(Relation),
    /// An address in a network.
    Network,
    /// `true` or `false`.
    Boolean,
    /// Whether the key is absent or empty.
    Null,
}

/// How a number or an instant stands to the value of the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// the same
    Equal,
    /// before or smaller
    Less,
    /// not after, not greater
    LessOrEqual,
    /// after or greater
    Greater,
    /// not before, not smaller
    GreaterOrEqual,
}

/// Which of several values of a key have to agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Qualifier {
    /// No qualifier.
    None,
    /// `for_any_value:`
    Any,
    /// `for_all_value:`
    All,
}

/// An operator of a condition block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operator {
    /// The base name, e.g. `string_equal`.
    pub base: &'static str,
    /// What is compared.
    pub comparison: Comparison,
    /// Whether it holds when no value agrees (`…_not_…`).
    pub negated: bool,
    /// Which values have to agree.
    pub qualifier: Qualifier,
    /// Whether an absent key satisfies it (`…_if_exist`).
    pub if_exist: bool,
}

const BASES: [(&str, Comparison, bool); 23] = [
    ("string_equal", Comparison::Text, false),
    ("string_not_equal", Comparison::Text, true),
    ("string_equal_ignore_case", Comparison::TextIgnoringCase, false),
    ("string_not_equal_ignore_case", Comparison::TextIgnoringCase, true),
    ("string_like", Comparison::Like, false),
    ("string_not_like", Comparison::Like, true),
    ("binary_equal", Comparison::Text, false),
    ("numeric_equal", Comparison::Number(Relation::Equal), false),
    ("numeric_not_equal", Comparison::Number(Relation::Equal), true),
    ("numeric_less_than", Comparison::Number(Relation::Less), false),
    ("numeric_less_than_equal", Comparison::Number(Relation::LessOrEqual), false),
    ("numeric_greater_than", Comparison::Number(Relation::Greater), false),
    ("numeric_greater_than_equal", Comparison::Number(Relation::GreaterOrEqual), false),
    ("date_equal", Comparison::Date(Relation::Equal), false),
    ("date_not_equal", Comparison::Date(Relation::Equal), true),
    ("date_less_than", Comparison::Date(Relation::Less), false),
    ("date_less_than_equal", Comparison::Date(Relation::LessOrEqual), false),
    ("date_greater_than", Comparison::Date(Relation::Greater), false),
    ("date_greater_than_equal", Comparison::Date(Relation::GreaterOrEqual), false),
    ("ip_equal", Comparison::Network, false),
    ("ip_not_equal", Comparison::Network, true),
    ("bool_equal", Comparison::Boolean, false),
    ("null_equal", Comparison::Null, false),
];

impl Operator {
    /// The base names, for completion and for "did you mean".
    pub fn names() -> impl Iterator<Item = &'static str> {
        BASES.iter().map(|(name, _, _)| *name)
    }

    /// Reads an operator such as `for_any_value:string_equal_if_exist`; `None` when there is none of that name.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (qualifier, rest) = if let Some(rest) = text.strip_prefix("for_any_value:") {
            (Qualifier::Any, rest)
        } else if let Some(rest) = text.strip_prefix("for_all_value:") {
            (Qualifier::All, rest)
        } else {
            (Qualifier::None, text)
        };
        let (name, if_exist) = rest.strip_suffix("_if_exist").map_or((rest, false), |name| (name, true));
        let (base, comparison, negated) = BASES.iter().copied().find(|(known, _, _)| *known == name)?;
        if comparison == Comparison::Null && (if_exist || qualifier != Qualifier::None) {
            return None;
        }
        Some(Self { base, comparison, negated, qualifier, if_exist })
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let qualifier = match self.qualifier {
            Qualifier::None => "",
            Qualifier::Any => "for_any_value:",
            Qualifier::All => "for_all_value:",
        };
        write!(f, "{qualifier}{}{}", self.base, if self.if_exist { "_if_exist" } else { "" })
    }
}

/// A value of a condition, as written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Value {
    /// The text; of a number its digits.
    pub text: String,
    /// Whether it was written as a JSON number.
    pub is_number: bool,
}

/// One key under one operator. All conditions of a statement have to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The operator.
    pub operator: Located<Operator>,
    /// The key, case-sensitive.
    pub key: Located<String>,
    /// The values, at least one.
    pub values: Vec<Located<Value>>,
}

/// Reads a condition block; everything wrong with it is reported.
pub(super) fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Vec<Condition> {
    let mut conditions = Vec::new();
    let Some(operators) = members(node, found) else {
        return conditions;
    };
    for member in operators {
        let operator = Operator::read(&member.key.value);
        if operator.is_none() {
            found.push(unknown_operator(&member.key));
        }
        let Some(keys) = members(&member.value, found) else {
            continue;
        };
        for key in keys {
            found.extend(key_fault(&key.key));
            let Some(operator) = operator else {
                continue;
            };
            conditions.push(Condition {
                operator: Located::new(operator, member.key.span),
                key: key.key.clone(),
                values: read_values(operator, &key.value, found),
            });
        }
    }
    conditions
}

fn members<'n>(node: &'n Node, found: &mut Vec<Diagnostic>) -> Option<&'n [super::json::Member]> {
    let help = || {
        Text::new(
            "Write `{\"operator\": {\"key\": \"value\"}}`, for example `{\"ip_equal\": {\"qcs:ip\": \"10.0.0.0/8\"}}`.",
            "请写成 `{\"运算符\": {\"键\": \"值\"}}`，例如 `{\"ip_equal\": {\"qcs:ip\": \"10.0.0.0/8\"}}`。",
        )
    };
    match &node.json {
        Json::Object(members) if members.is_empty() => found.push(
            Diagnostic::error(Code::ConditionError, node.span, Text::new("The condition is empty.", "条件为空。"))
                .help(Text::new("If there is no condition, leave out `condition`.", "没有条件时，请不要写 `condition`。")),
        ),
        Json::Object(members) => return Some(members),
        Json::Broken => {}
        other => found.push(
            Diagnostic::error(
                Code::ConditionError,
                node.span,
                Text::made(format!("Expected an object, found {}.", other.kind().en), format!("此处应为对象，实际为{}。", other.kind().zh)),
            )
            .help(help()),
        ),
    }
    None
}

fn unknown_operator(key: &Located<String>) -> Diagnostic {
    let text = &key.value;
    let echo = shown(text);
    let found = Diagnostic::error(
        Code::ConditionTypeError,
        key.span,
        Text::made(format!("`{echo}` is not a condition operator."), format!("`{echo}` 不是条件运算符。")),
    );
    if text.ends_with("null_equal") || text == "null_equal_if_exist" {
        return found
            .help(Text::new("`null_equal` cannot have a qualifier or `_if_exist`.", "`null_equal` 不能带限定词，也不能带 `_if_exist`。"));
    }
    let (qualifier, name) = text.rsplit_once(':').map_or(("", text.as_str()), |(before, name)| (before, name));
    let (stem, tail) = name.rfind("_if_e").and_then(|at| Some((name.get(..at)?, "_if_exist"))).unwrap_or((name, ""));
    let near_qualifier = match qualifier {
        "" => Some(String::new()),
        text => spelling::nearest(text, ["for_any_value", "for_all_value"]).map(|found| format!("{found}:")),
    };
    let snake: String = stem.chars().fold(String::new(), |mut made, c| {
        if c.is_ascii_uppercase() && !made.is_empty() && !made.ends_with('_') {
            made.push('_');
        }
        made.push(c.to_ascii_lowercase());
        made
    });
    match (near_qualifier, spelling::nearest(&snake, Operator::names())) {
        (Some(qualifier), Some(base)) if Operator::read(&format!("{qualifier}{base}{tail}")).is_some() => {
            let near = format!("{qualifier}{base}{tail}");
            found
                .help(Text::made(format!("Did you mean `{near}`?"), format!("是否想写 `{near}`？")))
                .fix(key.span, format!("\"{near}\""))
        }
        _ => found.help(Text::new(
            "The operators are `string_equal`, `string_like`, `numeric_…`, `date_…`, `ip_equal`, `bool_equal` and `null_equal`. They can be prefixed with `for_any_value:` or `for_all_value:` and suffixed with `_if_exist`.",
            "运算符有 `string_equal`、`string_like`、`numeric_…`、`date_…`、`ip_equal`、`bool_equal`、`null_equal`，前面可加 `for_any_value:` 或 `for_all_value:`，后面可加 `_if_exist`。",
        )),
    }
}

fn key_fault(key: &Located<String>) -> Option<Diagnostic> {
    let text = key.value.as_str();
    let fault = |message: Text, help: Text| Some(Diagnostic::error(Code::ConditionContentError, key.span, message).help(help));
    let echo = shown(text);
    let shape = || Text::new("Write it like `qcs:ip` or `qcs:tag/<tag key>`.", "请写成 `qcs:ip` 或 `qcs:tag/<标签键>`。");
    if text.is_empty() {
        return fault(Text::new("The condition key is empty.", "条件键为空。"), shape());
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return fault(
            Text::made(format!("The condition key `{echo}` contains whitespace."), format!("条件键 `{echo}` 中有空白字符。")),
            Text::new("Delete the whitespace.", "请删除空白字符。"),
        );
    }
    if variable::occurs(text) {
        return fault(
            Text::made(format!("Variables cannot be used in the condition key `{echo}`."), format!("条件键 `{echo}` 中不能使用变量。")),
            Text::new("Use variables only in condition values.", "变量只能用于条件值。"),
        );
    }
    // In the key of a tag every character a tag may have is legal, also colons. Keys of other products hold what they like, the
    // address of an identity provider for one, but no part between two colons is empty.
    let empty_part = match tag_of(text) {
        Some(tag) => tag.is_empty(),
        None => text.split(':').any(str::is_empty),
    };
    if empty_part {
        return fault(Text::made(format!("`{echo}` is not a condition key."), format!("`{echo}` 不是有效的条件键。")), shape());
    }
    None
}

fn read_values(operator: Operator, node: &Node, found: &mut Vec<Diagnostic>) -> Vec<Located<Value>> {
    let nodes = match &node.json {
        Json::Array(items) if items.is_empty() => {
            found.push(
                Diagnostic::error(Code::ConditionContentError, node.span, Text::new("The list of values is empty.", "值列表为空。"))
                    .help(Text::new("Add a value, or delete the key.", "请填写值，或删除该键。")),
            );
            return Vec::new();
        }
        Json::Array(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let mut values = Vec::new();
    for node in nodes {
        let value = match &node.json {
            Json::String(text) => Value { text: text.clone(), is_number: false },
            Json::Number(text) => Value { text: text.clone(), is_number: true },
            Json::Broken => continue,
            other => {
                let kind = other.kind();
                let diagnostic = Diagnostic::error(
                    Code::ConditionContentError,
                    node.span,
                    Text::made(
                        format!("A value must be a string or a number, found {}.", kind.en),
                        format!("值必须是字符串或数字，实际为{}。", kind.zh),
                    ),
                );
                found.push(match other {
                    Json::Bool(truth) => diagnostic
                        .help(Text::made(format!("Write `\"{truth}\"`."), format!("请写成 `\"{truth}\"`。")))
                        .safe_fix(node.span, format!("\"{truth}\"")),
                    _ => diagnostic.help(Text::new("Put the text in double quotes.", "请把内容放在双引号中。")),
                });
                continue;
            }
        };
        match value_fault(operator, &value, node) {
            Some(fault) => found.push(fault),
            None => values.push(Located::new(value, node.span)),
        }
    }
    values
}

fn value_fault(operator: Operator, value: &Value, node: &Node) -> Option<Diagnostic> {
    let text = value.text.as_str();
    let content = |message: Text, help: Text| Some(Diagnostic::error(Code::ConditionContentError, node.span, message).help(help));
    if let Some(fault) = variable::check(text) {
        return Some(Diagnostic::error(Code::ConditionContentError, node.inside(fault.range), fault.message).help(variable::help()));
    }
    let is_variable = variable::occurs(text);
    let echo = shown(text);
    let wrong =
        |what: Text, help: Text| content(Text::made(format!("`{echo}` is not {}.", what.en), format!("`{echo}` 不是{}。", what.zh)), help);
    match operator.comparison {
        Comparison::Text | Comparison::TextIgnoringCase | Comparison::Like => None,
        Comparison::Number(_) => {
            // A variable becomes digits; the value around it must be a number then.
            let digits = variable::NAMES.iter().fold(text.to_owned(), |made, name| made.replace(&format!("${{{name}}}"), "1"));
            if operand::Number::parse(&digits).is_some() {
                return None;
            }
            wrong(Text::new("a number", "数字"), Text::new("Write it like `10`, `-1` or `1.5`.", "请写成 `10`、`-1` 或 `1.5`。"))
        }
        Comparison::Date(_) if !value.is_number && !is_variable && operand::policy_instant(text).is_some() => None,
        Comparison::Date(_) => wrong(
            Text::new("a time", "时间"),
            Text::new("Write it in UTC, for example `2026-06-01T00:00:00Z`.", "请使用 UTC 时间，例如 `2026-06-01T00:00:00Z`。"),
        ),
        Comparison::Network if !value.is_number && !is_variable && operand::policy_network(text).is_some() => None,
        Comparison::Network => wrong(
            Text::new("an IP address or network", " IP 地址或网段"),
            Text::new("Write an IP address or a CIDR block, for example `10.0.0.0/8`.", "请填写 IP 地址或网段，例如 `10.0.0.0/8`。"),
        ),
        Comparison::Boolean | Comparison::Null if !value.is_number && operand::boolean(text).is_some() => None,
        Comparison::Boolean | Comparison::Null => {
            wrong(Text::new("a Boolean", "布尔值"), Text::new("Write `\"true\"` or `\"false\"`.", "请写成 `\"true\"` 或 `\"false\"`。"))
        }
    }
}
