//! What people do to cards, each as one change of the text.

use super::super::diagnostic::{Fix, Located, Span};
use super::super::literal::quoted;
use super::super::policy::Effect;
use super::layout::{Indent, add_behind, add_items, add_member, indent_at, list, put, remove, replace_items};
use super::{Card, CardCondition, Cards, Items, Part};
use std::collections::HashSet;

/// What is done to a card; cards, strings and conditions are meant by their place, from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Allow or deny.
    SetEffect(usize, Effect),
    /// More actions; those that are there already are left out.
    AddActions(usize, Vec<String>),
    /// An action less.
    RemoveAction(usize, usize),
    /// Other actions in place of all.
    SetActions(usize, Vec<String>),
    /// More resources; those that are there already are left out.
    AddResources(usize, Vec<String>),
    /// A resource less.
    RemoveResource(usize, usize),
    /// Other resources in place of all.
    SetResources(usize, Vec<String>),
    /// One more condition: operator, key, values. Where operator and key are there, their values are replaced.
    SetCondition(usize, String, String, Vec<String>),
    /// A condition less.
    RemoveCondition(usize, usize),
    /// More values of a condition; those that are there already are left out.
    AddValues(usize, usize, Vec<String>),
    /// A value of a condition less; with its last one the condition goes.
    RemoveValue(usize, usize, usize),
    /// One more statement at the end, without actions and resources.
    AddStatement(Effect),
    /// The same statement once more, behind it.
    Duplicate(usize),
    /// Changes places with the statement before.
    MoveUp(usize),
    /// A statement less.
    RemoveStatement(usize),
}

/// The change of the text that does it, or `None` when the text is not read as cards, has no such card, or keeps that part as text.
#[must_use]
pub fn edit(text: &str, edit: &Edit) -> Option<Fix> {
    let cards = super::read(text)?;
    let card = |at: &usize| cards.cards.get(*at);
    match edit {
        Edit::SetEffect(at, effect) => set_effect(text, card(at)?, *effect),
        Edit::AddActions(at, values) => {
            let card = card(at)?;
            add(text, card, card.actions.as_ref(), "action", values)
        }
        Edit::RemoveAction(at, item) => remove_item(card(at)?.actions.as_ref()?, *item),
        Edit::SetActions(at, values) => {
            let card = card(at)?;
            set(text, card, card.actions.as_ref(), "action", values)
        }
        Edit::AddResources(at, values) => {
            let card = card(at)?;
            add(text, card, card.resources.as_ref(), "resource", values)
        }
        Edit::RemoveResource(at, item) => remove_item(card(at)?.resources.as_ref()?, *item),
        Edit::SetResources(at, values) => {
            let card = card(at)?;
            set(text, card, card.resources.as_ref(), "resource", values)
        }
        Edit::SetCondition(at, operator, key, values) => set_condition(text, card(at)?, operator, key, values),
        Edit::RemoveCondition(at, condition) => {
            let card = card(at)?;
            remove_condition(card, card.conditions.get(*condition)?)
        }
        Edit::AddValues(at, condition, values) => add_missing(text, &card(at)?.conditions.get(*condition)?.values, values),
        Edit::RemoveValue(at, condition, item) => {
            let card = card(at)?;
            let condition = card.conditions.get(*condition)?;
            match condition.values.items.len() {
                1 if *item == 0 => remove_condition(card, condition),
                _ => remove_item(&condition.values, *item),
            }
        }
        Edit::AddStatement(effect) => Some(add_statement(text, &cards, *effect)),
        Edit::Duplicate(at) => duplicate(text, &cards, *at),
        Edit::MoveUp(at) => move_up(text, &cards, *at),
        Edit::RemoveStatement(at) => {
            let spans: Vec<Span> = cards.cards.iter().map(|card| card.span).collect();
            remove(&spans, *at, cards.span, "[]")
        }
    }
}

fn set_effect(text: &str, card: &Card, effect: Effect) -> Option<Fix> {
    let word = quoted(effect.as_str());
    if let Some(known) = &card.effect {
        return Some(put(known.span, word));
    }
    let members = absent(card, "effect")?;
    Some(add_member(text, card.span, members, "effect", |_| word.clone()))
}

fn add(text: &str, card: &Card, items: Option<&Items>, name: &str, values: &[String]) -> Option<Fix> {
    match items {
        Some(items) => add_missing(text, items, values),
        None => set(text, card, None, name, &missing(&[], values)),
    }
}

fn add_missing(text: &str, items: &Items, values: &[String]) -> Option<Fix> {
    let missing = missing(&items.items, values);
    (!missing.is_empty()).then(|| add_items(text, items, &missing))
}

/// The values that are not there yet, each once.
fn missing<'v>(there: &[Located<String>], values: &'v [String]) -> Vec<&'v str> {
    let mut known: HashSet<&str> = there.iter().map(|item| item.value.as_str()).collect();
    values.iter().map(String::as_str).filter(|value| known.insert(value)).collect()
}

fn set(text: &str, card: &Card, items: Option<&Items>, name: &str, values: &[impl AsRef<str>]) -> Option<Fix> {
    match items {
        Some(items) => Some(replace_items(text, items, values)),
        None => Some(add_member(text, card.span, absent(card, name)?, name, |indent| list(values, indent))),
    }
}

/// The members of a card that has none of that name.
fn absent<'c>(card: &'c Card, name: &str) -> Option<&'c [Part]> {
    card.members.as_deref().filter(|members| members.iter().all(|part| part.name != name))
}

fn remove_item(items: &Items, at: usize) -> Option<Fix> {
    let spans: Vec<Span> = items.items.iter().map(|item| item.span).collect();
    remove(&spans, at, items.span, "[]")
}

fn set_condition(text: &str, card: &Card, operator: &str, key: &str, values: &[String]) -> Option<Fix> {
    if let Some(known) = card.conditions.iter().find(|known| known.operator == operator && known.key == key) {
        return Some(replace_items(text, &known.values, values));
    }
    let keys = |indent: Indent<'_>| format!("{}: {}", quoted(key), list(values, indent));
    let members = card.members.as_deref()?;
    let Some(block) = members.iter().find(|part| part.name == "condition") else {
        return Some(add_member(text, card.span, members, "condition", |indent| match indent {
            Some(at) => {
                let (inner, deep) = (format!("{at}  "), format!("{at}    "));
                format!("{{\n{inner}{}: {{\n{deep}{}\n{inner}}}\n{at}}}", quoted(operator), keys(Some(&deep)))
            }
            None => format!("{{{}: {{{}}}}}", quoted(operator), keys(None)),
        }));
    };
    let operators = block.inner.as_deref()?;
    let Some(known) = operators.iter().find(|part| part.name == operator) else {
        return Some(add_member(text, block.value, operators, operator, |indent| match indent {
            Some(at) => {
                let inner = format!("{at}  ");
                format!("{{\n{inner}{}\n{at}}}", keys(Some(&inner)))
            }
            None => format!("{{{}}}", keys(None)),
        }));
    };
    let known_keys = known.inner.as_deref()?;
    // A key that is there, and is not shown, has values that are left as text.
    known_keys.iter().all(|part| part.name != key).then(|| add_member(text, known.value, known_keys, key, |indent| list(values, indent)))
}

/// Removes a condition; an operator without keys goes with it, and a block without operators as well.
fn remove_condition(card: &Card, condition: &CardCondition) -> Option<Fix> {
    let members = card.members.as_deref()?;
    let (operators, block) = within(members, "condition")?;
    let (keys, operator) = within(operators, &condition.operator)?;
    let key = keys.iter().position(|part| part.span == condition.span)?;
    let without = |parts: &[Part], at: usize, whole: Span| {
        let spans: Vec<Span> = parts.iter().map(|part| part.span).collect();
        remove(&spans, at, whole, "{}")
    };
    if keys.len() > 1 {
        without(keys, key, operators.get(operator)?.value)
    } else if operators.len() > 1 {
        without(operators, operator, members.get(block)?.value)
    } else {
        without(members, block, card.span)
    }
}

/// The members of the value of a member, and its place.
fn within<'p>(parts: &'p [Part], name: &str) -> Option<(&'p [Part], usize)> {
    let at = parts.iter().position(|part| part.name == name)?;
    Some((parts.get(at)?.inner.as_deref()?, at))
}

fn add_statement(text: &str, cards: &Cards, effect: Effect) -> Fix {
    let word = quoted(effect.as_str());
    let written = |indent: Indent<'_>| match indent {
        Some(at) => format!("{{\n{at}  \"effect\": {word},\n{at}  \"action\": [],\n{at}  \"resource\": []\n{at}}}"),
        None => format!("{{\"effect\": {word}, \"action\": [], \"resource\": []}}"),
    };
    match cards.cards.last() {
        Some(last) if cards.is_list => add_behind(text, last.span, &written(indent_at(text, last.span.start))),
        Some(lone) => put(cards.span, format!("[{}, {}]", lone.span.of(text), written(None))),
        None => put(cards.span, format!("[{}]", written(None))),
    }
}

fn duplicate(text: &str, cards: &Cards, at: usize) -> Option<Fix> {
    let this = cards.cards.get(at)?.span;
    let written = this.of(text);
    Some(if cards.is_list { add_behind(text, this, written) } else { put(cards.span, format!("[{written}, {written}]")) })
}

fn move_up(text: &str, cards: &Cards, at: usize) -> Option<Fix> {
    let (before, this) = (cards.cards.get(at.checked_sub(1)?)?.span, cards.cards.get(at)?.span);
    let between = Span::new(before.end, this.start).of(text);
    Some(put(Span::new(before.start, this.end), format!("{}{between}{}", this.of(text), before.of(text))))
}
