//! What may be typed at a place in a policy, also in a text that is not finished.
//!
//! It must never judge: what is offered fits the place, and the check says the rest.

use super::condition::{Comparison, Operator};
use super::context::Context;
use super::diagnostic::Span;
use super::literal::string_length;
use super::unmeant::KEYS;
use super::variable;

/// A place in a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// The name of a member of the policy itself.
    PolicyMember,
    /// The value of `version`.
    Version,
    /// The name of a member of a statement.
    StatementMember,
    /// `allow` or `deny`.
    Effect,
    /// An action.
    Action,
    /// A resource.
    Resource,
    /// An operator of a condition.
    Operator,
    /// A condition key, under an operator that compares so.
    Key(Option<Comparison>),
    /// A value of a condition key.
    Value,
}

/// Where something is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What belongs there.
    pub slot: Slot,
    /// The text that an offer replaces: what stands between the quotes, or nothing where there are none yet.
    pub span: Span,
    /// It is inside quotes.
    pub is_quoted: bool,
    /// Names that the object has already, or the condition key whose value it is.
    pub names: Vec<String>,
}

impl Place {
    /// The words of the language itself that belong there; actions and resources are for whoever knows them.
    #[must_use]
    pub fn words(&self) -> Vec<&'static str> {
        let not_yet = |words: &[&'static str]| words.iter().copied().filter(|word| !self.names.iter().any(|name| name == word)).collect();
        match self.slot {
            Slot::PolicyMember => not_yet(&["version", "statement"]),
            Slot::StatementMember => not_yet(&["effect", "action", "resource", "condition"]),
            Slot::Version => vec!["2.0"],
            Slot::Effect => vec!["allow", "deny"],
            Slot::Action | Slot::Resource => vec!["*"],
            Slot::Operator => Operator::names().filter(|word| !self.names.iter().any(|name| name == word)).collect(),
            Slot::Key(comparison) => {
                let fits = |key: &&'static str| comparison.is_none_or(|comparison| fits(comparison, key));
                not_yet(&KEYS.into_iter().filter(fits).collect::<Vec<_>>())
            }
            Slot::Value => match self.names.first().map(String::as_str) {
                Some("mfa" | "qcs:mfa") => vec!["1", "0"],
                Some("qcs:uin" | "qcs:owner_uin" | "qcs:create_uin") => variable::WRITTEN.to_vec(),
                _ => Vec::new(),
            },
        }
    }
}

/// Whether an operator compares a key as what it is.
fn fits(comparison: Comparison, key: &str) -> bool {
    match comparison {
        Comparison::Network => key == Context::IP,
        Comparison::Date(_) => key == Context::TIME,
        Comparison::Number(_) => matches!(key, "qcs:uin" | "qcs:owner_uin" | "qcs:create_uin"),
        Comparison::Boolean => matches!(key, "mfa" | "qcs:mfa"),
        Comparison::Null => true,
        Comparison::Text | Comparison::TextIgnoringCase | Comparison::Like => !matches!(key, Context::IP | Context::TIME),
    }
}

/// An object or a list that is open.
struct Open {
    is_list: bool,
    /// The names of the members so far.
    names: Vec<String>,
    /// The last name has its colon.
    has_colon: bool,
}

/// What belongs at a byte of the text; `None` where nothing of the language does.
#[must_use]
pub fn place(text: &str, cursor: usize) -> Option<Place> {
    let before = text.get(..cursor)?;
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    let mut string_from = None;
    // The last thing that is no blank: something typed behind a value belongs to nothing.
    let mut behind_value = false;
    while let Some(letter) = before.get(at..)?.chars().next() {
        let length = letter.len_utf8();
        match letter {
            '"' => match string_length(before.get(at..)?) {
                Ok(length) => {
                    let inner = before.get(at + 1..at + length - 1)?;
                    if let Some(open) = open.last_mut().filter(|open| !open.is_list && !open.has_colon) {
                        open.names.push(inner.to_owned());
                    }
                    behind_value = true;
                    at += length;
                    continue;
                }
                Err(_) => {
                    string_from = Some(at + 1);
                    break;
                }
            },
            '{' | '[' => {
                open.push(Open { is_list: letter == '[', names: Vec::new(), has_colon: false });
                behind_value = false;
            }
            '}' | ']' => {
                open.pop();
                behind_value = true;
            }
            ':' => {
                if let Some(open) = open.last_mut() {
                    open.has_colon = true;
                }
                behind_value = false;
            }
            ',' => {
                if let Some(open) = open.last_mut() {
                    open.has_colon = false;
                }
                behind_value = false;
            }
            letter if !letter.is_whitespace() => behind_value = true,
            _ => {}
        }
        at += length;
    }
    if string_from.is_none() && behind_value {
        return None;
    }
    let inside = open.last()?;
    let is_name = !inside.is_list && !inside.has_colon;
    let path: Vec<&str> =
        open.iter().filter(|open| !open.is_list && open.has_colon).filter_map(|open| Some(open.names.last()?.as_str())).collect();
    let slot = slot(&path, is_name)?;
    let names = match (slot, is_name) {
        (Slot::Value, _) => path.last().map(|key| (*key).to_owned()).into_iter().collect(),
        (_, true) => inside.names.clone(),
        _ => Vec::new(),
    };
    let start = string_from.unwrap_or(cursor);
    // What stands behind the cursor in the same word is replaced, too.
    let rest = text.get(cursor..)?;
    let behind = rest.find(|c: char| c == '"' || c == '\\' || c.is_control()).filter(|_| string_from.is_some()).unwrap_or(0);
    let end = if rest.get(behind..)?.starts_with('"') { cursor + behind } else { cursor };
    Some(Place { slot, span: Span::new(start, end), is_quoted: string_from.is_some(), names })
}

fn slot(path: &[&str], is_name: bool) -> Option<Slot> {
    Some(match (path, is_name) {
        ([], true) => Slot::PolicyMember,
        (["version"], false) => Slot::Version,
        (["statement"], true) => Slot::StatementMember,
        (["statement", "effect"], false) => Slot::Effect,
        (["statement", "action"], false) => Slot::Action,
        (["statement", "resource"], false) => Slot::Resource,
        (["statement", "condition"], true) => Slot::Operator,
        (["statement", "condition", operator], true) => Slot::Key(Operator::read(operator).map(|operator| operator.comparison)),
        (["statement", "condition", _, _], false) => Slot::Value,
        _ => return None,
    })
}
