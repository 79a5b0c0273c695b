//! Remedies of findings that take more than a word: a statement less, an action in a statement of its own.

use super::super::diagnostic::{Code, Diagnostic, Fix, Span};
use super::super::literal::quoted;
use super::edit::{Edit, edit};
use super::layout::{Indent, indent_at, list, put};
use super::{Card, read};

/// The change of the text that does what the help of a finding says; `None` where there is none, or more than one.
#[must_use]
pub fn remedy(text: &str, found: &Diagnostic) -> Option<Fix> {
    if !matches!(found.code, Code::CoveredStatement | Code::NeedsAllResources) {
        return None;
    }
    let cards = read(text)?;
    match found.code {
        Code::CoveredStatement => {
            let at = cards.cards.iter().position(|card| card.span == found.span)?;
            edit(text, &Edit::RemoveStatement(at))
        }
        Code::NeedsAllResources => {
            let is_there = |card: &Card| card.actions.as_ref().is_some_and(|items| items.items.iter().any(|item| item.span == found.span));
            let at = cards.cards.iter().position(is_there)?;
            apart(text, cards.cards.get(at)?, at, found.span, cards.is_list)
        }
        _ => None,
    }
}

/// The statement without one of its actions, and behind it one with that action on all resources, under the same conditions.
fn apart(text: &str, card: &Card, at: usize, action: Span, is_list: bool) -> Option<Fix> {
    let items = card.actions.as_ref()?;
    let item = items.items.iter().position(|item| item.span == action)?;
    if items.items.len() == 1 {
        return edit(text, &Edit::SetResources(at, vec!["*".to_owned()]));
    }
    let members = card.members.as_ref()?;
    if members.iter().any(|part| !matches!(part.name.as_str(), "effect" | "action" | "resource" | "condition")) {
        return None;
    }
    let removed = edit(text, &Edit::RemoveAction(at, item))?;
    let before = Span::new(card.span.start, removed.span.start).of(text);
    let rest = format!("{before}{}{}", removed.replacement, Span::new(removed.span.end, card.span.end).of(text));
    let indent: Indent<'_> = indent_at(text, card.span.start);
    let mut parts = Vec::new();
    for name in ["effect", "action", "resource", "condition"] {
        let value = match name {
            "action" => list(&[items.items.get(item)?.value.clone()], None),
            "resource" => list(&["*".to_owned()], None),
            _ => match members.iter().find(|part| part.name == name) {
                Some(part) => part.value.of(text).to_owned(),
                None => continue,
            },
        };
        parts.push(format!("{}: {value}", quoted(name)));
    }
    let both = match indent {
        Some(indent) => format!("{rest},\n{indent}{{\n{indent}  {}\n{indent}}}", parts.join(&format!(",\n{indent}  "))),
        None => format!("{rest}, {{{}}}", parts.join(", ")),
    };
    Some(put(card.span, if is_list { both } else { format!("[{both}]") }))
}
