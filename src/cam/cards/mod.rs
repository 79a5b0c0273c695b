//! A policy text as cards: one for each statement, with what a card can show and change, and what it leaves as text.
//!
//! Reading never judges: what stands in a card may be wrong, which the check says. [`edit`] gives changes of the text; what a card cannot
//! show is never part of one, but when its whole statement is moved, copied or removed.

mod edit;
mod layout;
mod remedy;

pub use edit::{Edit, edit};
pub use remedy::remedy;

use super::condition::Operator;
use super::diagnostic::{Located, Span};
use super::json::{self, Json, Member, Node};
use super::policy::Effect;
use std::collections::HashSet;

/// The statements of a text, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cards {
    /// One for each statement.
    pub cards: Vec<Card>,
    /// The value of `statement`.
    span: Span,
    /// It is a list; a lone statement may stand without one.
    is_list: bool,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// All of it.
    pub span: Span,
    /// `None` when it is missing or stands in [`Card::as_text`].
    pub effect: Option<Located<Effect>>,
    /// The actions; `None` when they are missing or stand in [`Card::as_text`].
    pub actions: Option<Items>,
    /// The resources; `None` when they are missing or stand in [`Card::as_text`].
    pub resources: Option<Items>,
    /// Every condition that is one operator, one key and strings.
    pub conditions: Vec<CardCondition>,
    /// What the card cannot show, each with its name, in the order of the text.
    pub as_text: Vec<Span>,
    /// The members of the object; `None` for something that is no object, or says a name twice.
    members: Option<Vec<Part>>,
}

impl Card {
    /// Whether a member can be changed: it is shown, or there is none yet.
    #[must_use]
    pub fn can_change(&self, name: &str) -> bool {
        let Some(members) = &self.members else { return false };
        let shown = match name {
            "effect" => self.effect.is_some(),
            "action" => self.actions.is_some(),
            "resource" => self.resources.is_some(),
            "condition" => members.iter().all(|part| part.name != name || part.inner.is_some()),
            _ => false,
        };
        shown || members.iter().all(|part| part.name != name)
    }
}

/// A string, or a list of strings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Items {
    /// The whole value.
    pub span: Span,
    /// It stands in brackets.
    pub is_list: bool,
    /// The strings with their quotes' places.
    pub items: Vec<Located<String>>,
}

/// One key under one operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardCondition {
    /// The operator, one that exists.
    pub operator: String,
    /// The key.
    pub key: String,
    /// The values.
    pub values: Items,
    /// The key with its values.
    pub span: Span,
}

/// A member of an object by its place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    name: String,
    /// From its name to the end of its value.
    span: Span,
    /// The value.
    value: Span,
    /// The members of the value, where it is an object that says no name twice.
    inner: Option<Vec<Self>>,
}

/// Reads a text as cards; `None` when it is no JSON, or no object with one `statement`. Errors of the language are not in its way.
#[must_use]
pub fn read(text: &str) -> Option<Cards> {
    let (root, mistakes) = json::read(text);
    let Json::Object(members) = &root.json else { return None };
    let mut found = members.iter().filter(|member| member.key.value == "statement");
    let (value, None) = (&found.next()?.value, found.next()) else { return None };
    if !mistakes.is_empty() {
        return None;
    }
    let (nodes, is_list) = match &value.json {
        Json::Array(items) => (items.as_slice(), true),
        Json::Object(_) => (std::slice::from_ref(value), false),
        _ => return None,
    };
    Some(Cards { cards: nodes.iter().map(card).collect(), span: value.span, is_list })
}

fn card(node: &Node) -> Card {
    let mut card =
        Card { span: node.span, effect: None, actions: None, resources: None, conditions: Vec::new(), as_text: Vec::new(), members: None };
    card.members = parts(node);
    let (Json::Object(members), Some(_)) = (&node.json, &card.members) else {
        card.as_text.push(node.span);
        return card;
    };
    for member in members {
        let shown = match member.key.value.as_str() {
            "effect" => {
                card.effect = effect(&member.value);
                card.effect.is_some()
            }
            "action" => {
                card.actions = items(&member.value);
                card.actions.is_some()
            }
            "resource" => {
                card.resources = items(&member.value);
                card.resources.is_some()
            }
            "condition" => conditions(&mut card, &member.value),
            _ => false,
        };
        if !shown {
            card.as_text.push(whole(member));
        }
    }
    card
}

fn effect(node: &Node) -> Option<Located<Effect>> {
    let Json::String(word) = &node.json else { return None };
    [Effect::Allow, Effect::Deny].into_iter().find(|effect| effect.as_str() == word).map(|effect| Located::new(effect, node.span))
}

/// Adds the conditions that can be shown to the card, and the others to its text; `false` when the block as a whole is of another shape.
fn conditions(card: &mut Card, block: &Node) -> bool {
    let (Json::Object(operators), Some(_)) = (&block.json, parts(block)) else { return false };
    for operator in operators {
        let known = Operator::read(&operator.key.value).is_some();
        match &operator.value.json {
            Json::Object(keys) if known && parts(&operator.value).is_some() => {
                for key in keys {
                    let span = whole(key);
                    match items(&key.value) {
                        Some(values) => card.conditions.push(CardCondition {
                            operator: operator.key.value.clone(),
                            key: key.key.value.clone(),
                            values,
                            span,
                        }),
                        None => card.as_text.push(span),
                    }
                }
            }
            _ => card.as_text.push(whole(operator)),
        }
    }
    true
}

fn items(node: &Node) -> Option<Items> {
    let (nodes, is_list) = match &node.json {
        Json::Array(items) => (items.as_slice(), true),
        _ => (std::slice::from_ref(node), false),
    };
    let string = |node: &Node| match &node.json {
        Json::String(text) => Some(Located::new(text.clone(), node.span)),
        _ => None,
    };
    Some(Items { span: node.span, is_list, items: nodes.iter().map(string).collect::<Option<_>>()? })
}

/// The members of an object; `None` for anything else, and for one that says a name twice.
fn parts(node: &Node) -> Option<Vec<Part>> {
    let Json::Object(members) = &node.json else { return None };
    let mut found: Vec<Part> = Vec::with_capacity(members.len());
    let mut names = HashSet::new();
    for member in members {
        if !names.insert(member.key.value.as_str()) {
            return None;
        }
        found.push(Part { name: member.key.value.clone(), span: whole(member), value: member.value.span, inner: parts(&member.value) });
    }
    Some(found)
}

fn whole(member: &Member) -> Span {
    Span::new(member.key.span.start, member.value.span.end)
}
