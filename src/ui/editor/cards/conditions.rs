//! The conditions of a statement, in words where they are the common ones, and the forms that add those.

use super::chip::{AddField, Chip, Row, chip};
use super::{At, Desk};
use crate::cam::Context;
use crate::cam::cards::{CardCondition, Edit};
use crate::domain::conditions::asks_for;
use crate::ui::components::hold_enter;
use crate::ui::frame::use_session;
use crate::ui::icons::Icon;
use crate::ui::words::{say, t, use_lang};
use leptos::html;
use leptos::prelude::*;

const TAG: &str = "qcs:resource_tag";
const MFA: &str = "mfa";
const FROM: &str = "date_greater_than_equal";
const UNTIL: &str = "date_less_than";

/// A kind of condition that has a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Address,
    Window,
    Tag,
}

#[component]
pub(super) fn Conditions(desk: Desk, at: At) -> impl IntoView {
    let conditions = desk.card(at, |card| card.conditions.clone());
    let open = RwSignal::new(None::<Kind>);
    let button = NodeRef::<html::Button>::new();
    // By operator and key, which a statement has once: what is half typed beside a condition stays with it.
    let names = move || {
        let conditions = conditions.get().unwrap_or_default();
        conditions.into_iter().map(|CardCondition { operator, key, .. }| (operator, key)).collect::<Vec<_>>()
    };
    let opener = move |kind: Kind, words: &'static str| {
        view! {
            <button
                type="button"
                class="card-chip-add"
                aria-expanded=move || if open.get() == Some(kind) { "true" } else { "false" }
                on:click=move |_| open.update(|open| *open = (*open != Some(kind)).then_some(kind))
            >
                {Icon::Plus.draw()}
                {words}
            </button>
        }
    };
    let form = move || {
        let done = Callback::new(move |edits: Vec<Edit>| {
            desk.carry_out(&edits);
            open.set(None);
        });
        Some(match open.get()? {
            Kind::Address => view! { <AddressForm desk at done /> }.into_any(),
            Kind::Window => view! { <WindowForm desk at done /> }.into_any(),
            Kind::Tag => view! { <TagForm desk at done /> }.into_any(),
        })
    };
    let ask_for_mfa = move |_| desk.carry_out(&[set(at, "string_equal", MFA, vec!["1".to_owned()])]);
    let open_to_change = desk.card(at, |card| card.can_change("condition"));
    view! {
        <Row label=t("Conditions", "条件")>
            <For each=names key=Clone::clone let((operator, key))>
                <Condition desk at operator key next=button />
            </For>
            <div hidden=move || open_to_change.get() != Some(true)>
                {opener(Kind::Address, t("Address", "来源地址"))}
                {opener(Kind::Window, t("Time window", "时间段"))}
                {opener(Kind::Tag, t("Tag", "标签"))}
                <button type="button" class="card-chip-add" node_ref=button on:click=ask_for_mfa>
                    {Icon::Plus.draw()}
                    {t("MFA", "MFA")}
                </button>
                {form}
            </div>
        </Row>
    }
}

/// A condition with these values and no others.
fn set(at: At, operator: &str, key: &str, values: Vec<String>) -> Edit {
    Edit::SetCondition(at.get_untracked(), operator.to_owned(), key.to_owned(), values)
}

/// The number of a condition among those of its card.
fn number_of(desk: Desk, at: At, operator: &str, key: &str) -> Option<usize> {
    desk.cards.with_untracked(|cards| {
        let card = cards.as_ref()?.cards.get(at.get_untracked())?;
        card.conditions.iter().position(|condition| condition.operator == operator && condition.key == key)
    })
}

/// A condition with these values beside those that it has: what somebody wrote before must never be lost by adding to it.
fn also(desk: Desk, at: At, operator: &str, key: &str, values: Vec<String>) -> Edit {
    match number_of(desk, at, operator, key) {
        Some(number) => Edit::AddValues(at.get_untracked(), number, values),
        None => set(at, operator, key, values),
    }
}

/// A condition: what it asks for, its values, and a field for one more. `next` gets the focus when it is gone.
#[component]
fn Condition(desk: Desk, at: At, operator: String, key: String, next: NodeRef<html::Button>) -> impl IntoView {
    let about = match asks_for(&operator, &key) {
        Some(words) => view! { <span>{say(&words)}</span> }.into_any(),
        None => view! {
            <code>{operator.clone()}</code>
            " "
            <code>{key.clone()}</code>
        }
        .into_any(),
    };
    let name = StoredValue::new((operator, key));
    let number = move || name.with_value(|(operator, key)| number_of(desk, at, operator, key));
    let values = desk.card(at, move |card| {
        name.with_value(|(operator, key)| {
            let (number, found) = card.conditions.iter().enumerate().find(|(_, one)| one.operator == *operator && one.key == *key)?;
            Some((number, found.values.items.clone()))
        })
    });
    let chips = move || {
        let (number, items) = values.get().flatten()?;
        let at = at.get();
        let chips: Vec<_> = items
            .into_iter()
            .enumerate()
            .map(|(item, value)| {
                chip(desk, next, Chip { name: None, text: value.value, span: value.span, remove: Edit::RemoveValue(at, number, item) })
            })
            .collect();
        Some(chips)
    };
    let add = Callback::new(move |typed: String| {
        let Some(number) = number() else { return false };
        desk.carry_out(&[Edit::AddValues(at.get_untracked(), number, vec![typed])]);
        true
    });
    let remove = move |_| {
        if let Some(number) = number() {
            desk.carry_out(&[Edit::RemoveCondition(at.get_untracked(), number)]);
            if let Some(next) = next.get_untracked() {
                let _ = next.focus();
            }
        }
    };
    view! {
        <div class="card-condition">
            <span class="card-condition-name">{about}</span>
            <ul class="card-chips">{chips}</ul>
            <AddField label=t("Another value", "添加值") placeholder=t("Another value", "添加值") add />
            <button type="button" class="btn btn-text" on:click=remove>{t("Remove condition", "删除条件")}</button>
        </div>
    }
}

#[component]
fn AddressForm(desk: Desk, at: At, done: Callback<Vec<Edit>>) -> impl IntoView {
    let outside = RwSignal::new(false);
    let add = Callback::new(move |typed: String| {
        let values: Vec<String> = typed.split([',', ' ', '，']).filter(|value| !value.is_empty()).map(str::to_owned).collect();
        let some = !values.is_empty();
        if some {
            let operator = if outside.get_untracked() { "ip_not_equal" } else { "ip_equal" };
            done.run(vec![also(desk, at, operator, Context::IP, values)]);
        }
        some
    });
    view! {
        <div class="card-panel card-panel-line">
            <select class="control" aria-label=t("How the address counts", "来源地址判断方式") on:change=move |event| outside.set(event_target_value(&event) == "out")>
                <option value="in">{t("Address is in", "来源地址属于")}</option>
                <option value="out">{t("Address is in none of", "来源地址不属于")}</option>
            </select>
            <AddField label=t("Addresses or networks", "IP 地址或网段") placeholder="203.0.113.0/24" add />
        </div>
    }
}

#[component]
fn WindowForm(desk: Desk, at: At, done: Callback<Vec<Edit>>) -> impl IntoView {
    let lang = use_lang();
    let zone = zone(use_session().map_or(0, |session| session.utc_offset_mins));
    let (from, until) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let field = move |label: &'static str, value: RwSignal<String>| {
        view! {
            <label>
                {label}
                <input class="control" type="datetime-local" on:input=move |event| value.set(event_target_value(&event)) on:keydown=hold_enter />
            </label>
        }
    };
    let said = lang.pick(format!("Times are UTC{zone}."), format!("时间按 UTC{zone}。"));
    // A second beginning or end beside the first would widen the window.
    let replaces = [FROM, UNTIL].iter().any(|operator| number_of(desk, at, operator, Context::TIME).is_some());
    let replaces = replaces.then(|| t("What you fill in replaces the time that is set now.", "填写的时间将替换当前设置的时间。"));
    let add = move |_| {
        let edit = |operator: &str, value: String| {
            (!value.is_empty()).then(|| set(at, operator, Context::TIME, vec![format!("{value}:00{zone}")]))
        };
        let edits = [edit(FROM, from.get_untracked()), edit(UNTIL, until.get_untracked())];
        let edits: Vec<Edit> = edits.into_iter().flatten().collect();
        if !edits.is_empty() {
            done.run(edits);
        }
    };
    view! {
        <div class="card-panel card-panel-line">
            {field(t("From", "开始时间"), from)}
            {field(t("Until", "结束时间"), until)}
            <button type="button" class="btn" on:click=add>{t("Add", "添加")}</button>
            <p class="field-hint">{said} " " {replaces}</p>
        </div>
    }
}

/// The offset of a zone as times are written with it.
fn zone(utc_offset_mins: i64) -> String {
    let (sign, mins) = (if utc_offset_mins < 0 { '-' } else { '+' }, utc_offset_mins.abs());
    format!("{sign}{:02}:{:02}", mins / 60, mins % 60)
}

#[component]
fn TagForm(desk: Desk, at: At, done: Callback<Vec<Edit>>) -> impl IntoView {
    let key = RwSignal::new(String::new());
    let add = Callback::new(move |value: String| {
        let key = key.with_untracked(|key| key.trim().to_owned());
        let known = !key.is_empty();
        if known {
            done.run(vec![also(desk, at, "for_any_value:string_equal", TAG, vec![format!("{key}&{value}")])]);
        }
        known
    });
    view! {
        <div class="card-panel card-panel-line">
            <input
                class="control"
                aria-label=t("Tag key", "标签键")
                placeholder=t("Tag key", "标签键")
                autocomplete="off"
                on:input=move |event| key.set(event_target_value(&event))
                on:keydown=hold_enter
            />
            <AddField label=t("Tag value", "标签值") placeholder=t("Tag value", "标签值") add />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_with_the_offset_of_the_console() {
        assert_eq!([480, 0, -210].map(zone), ["+08:00", "+00:00", "-03:30"]);
    }
}
