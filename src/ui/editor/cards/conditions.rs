//! The conditions of a statement, in words where they are the common ones, and the forms that add those.

use super::Desk;
use super::chip::{AddField, Chip, Row, chip};
use crate::cam::cards::{CardCondition, Edit};
use crate::ui::components::hold_enter;
use crate::ui::frame::use_session;
use crate::ui::icons::Icon;
use crate::ui::words::{t, use_lang};
use leptos::html;
use leptos::prelude::*;

const ADDRESS: &str = "qcs:ip";
const TIME: &str = "qcs:current_time";
const TAG: &str = "qcs:resource_tag";
const MFA: &str = "mfa";

/// A kind of condition that has a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Address,
    Window,
    Tag,
}

#[component]
pub(super) fn Conditions(desk: Desk, at: usize) -> impl IntoView {
    let conditions = desk.card(at, |card| card.conditions.clone());
    let open = RwSignal::new(None::<Kind>);
    let button = NodeRef::<html::Button>::new();
    let lines = move || {
        let conditions = conditions.get().unwrap_or_default();
        conditions.into_iter().enumerate().map(|(number, condition)| line(desk, at, number, condition, button)).collect::<Vec<_>>()
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
    let set = move |operator: &str, key: &str, values: Vec<String>| Edit::SetCondition(at, operator.to_owned(), key.to_owned(), values);
    let form = move || {
        let done = Callback::new(move |edits: Vec<Edit>| {
            desk.carry_out(&edits);
            open.set(None);
        });
        Some(match open.get()? {
            Kind::Address => view! { <AddressForm at done /> }.into_any(),
            Kind::Window => view! { <WindowForm at done /> }.into_any(),
            Kind::Tag => view! { <TagForm at done /> }.into_any(),
        })
    };
    let open_to_change = desk.card(at, |card| card.can_change("condition"));
    view! {
        <Row label=t("Conditions", "条件")>
            {lines}
            <div hidden=move || open_to_change.get() != Some(true)>
                {opener(Kind::Address, t("Address", "来源地址"))}
                {opener(Kind::Window, t("Time window", "时间段"))}
                {opener(Kind::Tag, t("Tag", "标签"))}
                <button type="button" class="card-chip-add" node_ref=button on:click=move |_| desk.carry_out(&[set("string_equal", MFA, vec!["1".to_owned()])])>
                    {Icon::Plus.draw()}
                    {t("MFA", "MFA")}
                </button>
                {form}
            </div>
        </Row>
    }
}

/// A condition: what it asks for, its values, and a field for one more.
fn line(desk: Desk, at: usize, number: usize, condition: CardCondition, next: NodeRef<html::Button>) -> impl IntoView {
    let CardCondition { operator, key, values, span: _ } = condition;
    let about = match said(&operator, &key) {
        Some(words) => view! { <span>{words}</span> }.into_any(),
        None => view! {
            <code>{operator}</code>
            " "
            <code>{key}</code>
        }
        .into_any(),
    };
    let chips: Vec<_> = values
        .items
        .iter()
        .enumerate()
        .map(|(item, value)| {
            let (text, span) = (value.value.clone(), value.span);
            chip(desk, next, Chip { name: None, text, span, remove: Edit::RemoveValue(at, number, item) })
        })
        .collect();
    let add = Callback::new(move |typed: String| {
        desk.carry_out(&[Edit::AddValue(at, number, typed)]);
        true
    });
    view! {
        <div class="card-condition">
            <span class="card-condition-name">{about}</span>
            <ul class="card-chips">{chips}</ul>
            <AddField label=t("Another value", "添加值") placeholder=t("Another value", "添加值") add />
            <button type="button" class="btn btn-text" on:click=move |_| desk.carry_out(&[Edit::RemoveCondition(at, number)])>
                {t("Remove condition", "删除条件")}
            </button>
        </div>
    }
}

/// What a common condition asks for.
fn said(operator: &str, key: &str) -> Option<&'static str> {
    Some(match (operator, key) {
        ("ip_equal", ADDRESS) => t("Address is in", "来源地址属于"),
        ("ip_not_equal", ADDRESS) => t("Address is in none of", "来源地址不属于"),
        ("date_greater_than" | "date_greater_than_equal", TIME) => t("Time is from", "时间不早于"),
        ("date_less_than" | "date_less_than_equal", TIME) => t("Time is before", "时间早于"),
        ("for_any_value:string_equal" | "string_equal", TAG) => t("A tag of the resource is", "资源标签为"),
        ("string_equal", "mfa" | "qcs:mfa") => t("MFA (1: verified)", "MFA（1 表示已校验）"),
        _ => return None,
    })
}

#[component]
fn AddressForm(at: usize, done: Callback<Vec<Edit>>) -> impl IntoView {
    let outside = RwSignal::new(false);
    let add = Callback::new(move |typed: String| {
        let values = typed.split([',', ' ', '，']).map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned).collect();
        let operator = if outside.get_untracked() { "ip_not_equal" } else { "ip_equal" };
        done.run(vec![Edit::SetCondition(at, operator.to_owned(), ADDRESS.to_owned(), values)]);
        true
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
fn WindowForm(at: usize, done: Callback<Vec<Edit>>) -> impl IntoView {
    let lang = use_lang();
    let zone = zone(use_session().map_or(0, |session| session.utc_offset_mins));
    let (from, until) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let field = move |label: &'static str, value: RwSignal<String>| {
        view! {
            <label>
                {label}
                <input class="control" type="datetime-local" on:input=move |event| value.set(event_target_value(&event)) />
            </label>
        }
    };
    let said = lang.pick(format!("Times are UTC{zone}."), format!("时间按 UTC{zone}。"));
    let add = move |_| {
        let edit = |operator: &str, value: String| {
            (!value.is_empty()).then(|| Edit::SetCondition(at, operator.to_owned(), TIME.to_owned(), vec![format!("{value}:00{zone}")]))
        };
        let edits = [edit("date_greater_than_equal", from.get_untracked()), edit("date_less_than", until.get_untracked())];
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
            <p class="field-hint">{said}</p>
        </div>
    }
}

/// The offset of a zone as times are written with it.
fn zone(utc_offset_mins: i64) -> String {
    let (sign, mins) = (if utc_offset_mins < 0 { '-' } else { '+' }, utc_offset_mins.abs());
    format!("{sign}{:02}:{:02}", mins / 60, mins % 60)
}

#[component]
fn TagForm(at: usize, done: Callback<Vec<Edit>>) -> impl IntoView {
    let key = RwSignal::new(String::new());
    let add = Callback::new(move |value: String| {
        let key = key.with_untracked(|key| key.trim().to_owned());
        let known = !key.is_empty();
        if known {
            done.run(vec![Edit::SetCondition(at, "for_any_value:string_equal".to_owned(), TAG.to_owned(), vec![format!("{key}&{value}")])]);
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
