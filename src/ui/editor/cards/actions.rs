//! The actions of a statement, by what they do, and the choice of further ones.

use super::chip::{AddField, Chip, Opener, Row, chip};
use super::{At, Desk};
use crate::cam::Span;
use crate::cam::cards::{Edit, Items};
use crate::catalog::action::{Access, ActionRow};
use crate::ui::editor::reference::{ActionLine, ActionSearch};
use crate::ui::icons::Icon;
use crate::ui::words::{say, t, use_lang};
use leptos::html;
use leptos::prelude::*;

#[component]
pub(super) fn Actions(desk: Desk, at: At) -> impl IntoView {
    let lang = use_lang();
    let items = desk.card(at, |card| card.actions.clone());
    let (open, button) = (RwSignal::new(false), NodeRef::<html::Button>::new());
    let all = move || desk.engine.services.iter().flat_map(|service| service.actions.iter().copied());
    let groups = move || {
        let (items, at) = (items.get().flatten().unwrap_or(NOTHING), at.get());
        let known: Vec<(Option<Access>, Chip)> = items
            .items
            .iter()
            .enumerate()
            .map(|(item, action)| {
                let level = all().find(|row| row.full == action.value).map(|row| row.access);
                (level, Chip { name: None, text: action.value.clone(), span: action.span, remove: Edit::RemoveAction(at, item) })
            })
            .collect();
        // Counted among the actions of the services that are named.
        let services: Vec<&str> = items.items.iter().filter_map(|item| item.value.split(':').next()).collect();
        let count = |level: Access| {
            let of: Vec<&ActionRow> = all().filter(|row| row.access == level && services.contains(&row.service)).collect();
            let granted = of.iter().filter(|row| items.items.iter().any(|item| (desk.engine.covers)(&item.value, row.full))).count();
            (granted, of.len())
        };
        let mut lines: Vec<_> = Vec::new();
        let mut known = known;
        for level in Access::ALL.into_iter().map(Some).chain([None]) {
            let (chips, rest): (Vec<_>, Vec<_>) = known.into_iter().partition(|(of, _)| *of == level);
            known = rest;
            if chips.is_empty() {
                continue;
            }
            let words = match level {
                Some(level) => {
                    let (granted, of) = count(level);
                    let name = say(&level.name());
                    lang.pick(format!("{name}: {granted} of {of}"), format!("{name}：{granted} / {of}"))
                }
                None => t("Patterns and others", "通配符及其他").to_owned(),
            };
            let chips: Vec<_> = chips.into_iter().map(|(_, one)| chip(desk, button, one)).collect();
            lines.push(view! {
                <p class="card-chip-level">{words}</p>
                <ul class="card-chips">{chips}</ul>
            });
        }
        lines
    };
    let open_to_change = desk.card(at, |card| card.can_change("action"));
    view! {
        <Row label=t("Actions", "操作")>
            {groups}
            <div hidden=move || open_to_change.get() != Some(true)>
                <Opener open button words=t("Add actions", "添加操作") />
                {move || open.get().then(|| view! { <Picker desk at items /> })}
            </div>
        </Row>
    }
}

/// What an absent list is shown as.
const NOTHING: Items = Items { span: Span::new(0, 0), is_list: true, items: Vec::new() };

/// Every action by search, service and level, and a field for patterns.
#[component]
fn Picker(desk: Desk, at: At, items: Memo<Option<Option<Items>>>) -> impl IntoView {
    let has =
        move |name: &str| items.with(|items| items.as_ref().and_then(Option::as_ref)?.items.iter().position(|item| item.value == name));
    let covered = move |name: &str| {
        let covers = |item: &crate::cam::Located<String>| (desk.engine.covers)(&item.value, name);
        items.with(|items| items.as_ref().and_then(Option::as_ref)?.items.iter().find(|item| covers(item)).map(|item| item.value.clone()))
    };
    let lang = use_lang();
    let line = ActionLine::new(move |row: &'static ActionRow| {
        let control = move || {
            match (has(row.full), covered(row.full)) {
            (None, Some(pattern)) => {
                view! { <span class="reference-covered">{Icon::Check.draw()} <code>{row.full}</code> {lang.pick(" included in ", "，已包含于 ")} <code>{pattern}</code></span> }.into_any()
            }
            (found, _) => {
                let at = at.get();
                let edit = found.map_or_else(|| Edit::AddActions(at, vec![row.full.to_owned()]), |item| Edit::RemoveAction(at, item));
                view! {
                    <button
                        type="button"
                        class="reference-insert"
                        aria-pressed=if found.is_some() { "true" } else { "false" }
                        on:click=move |_| desk.carry_out(std::slice::from_ref(&edit))
                    >
                        {if found.is_some() { Icon::Check } else { Icon::Plus }.draw()}
                        <code>{row.full}</code>
                    </button>
                }
                .into_any()
            }
        }
        };
        control.into_any()
    });
    let add_all = Callback::new(move |rows: Vec<&'static ActionRow>| {
        let rows = rows.into_iter().filter(|row| untrack(|| covered(row.full)).is_none());
        desk.carry_out(&[Edit::AddActions(at.get_untracked(), rows.map(|row| row.full.to_owned()).collect())]);
    });
    let pattern = Callback::new(move |typed: String| {
        desk.carry_out(&[Edit::AddActions(at.get_untracked(), vec![typed])]);
        true
    });
    view! {
        <div class="card-panel">
            <ActionSearch services=desk.engine.services line add_all />
            <p class="field-hint">{t("Or type an action, or a pattern with", "或输入操作，也可使用通配符")} " " <code>"*"</code></p>
            <AddField label=t("Action or pattern", "操作或通配符") placeholder="trtc:Describe*" add=pattern />
        </div>
    }
}
