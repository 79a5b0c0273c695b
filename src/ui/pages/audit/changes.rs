//! What an event changed: each value before and after, side by side.
//!
//! It must never shorten a value. Where the values were not recorded, it says what became of them.

use super::address::address_of;
use super::retention::days_words;
use crate::catalog::pages;
use crate::domain::app_changes::{Line, Setting};
use crate::domain::audit_change::{Field, FieldChange, Value};
use crate::domain::audit_query::AuditForm;
use crate::domain::free_text::visible;
use crate::domain::wire;
use crate::ui::components::{Card, Column, DataTable, Tag};
use crate::ui::editor::listing::Listing;
use crate::ui::words::{say, t, use_lang};
use leptos::prelude::*;

/// The card; nothing when nothing changed.
#[component]
pub fn ChangesCard(
    /// What changed.
    changes: Vec<FieldChange>,
) -> impl IntoView {
    let columns = vec![Column::text(t("Changed", "变更项")), Column::text(t("Before", "变更前")), Column::text(t("After", "变更后"))];
    (!changes.is_empty()).then(|| {
        let rows = changes.into_iter().map(|change| view! { <Row change /> }).collect_view();
        view! {
            <Card title=t("Changes", "变更内容") flush=true>
                <div class="changes"><DataTable caption=t("Changes", "变更内容") columns>{rows}</DataTable></div>
            </Card>
        }
    })
}

#[component]
fn Row(change: FieldChange) -> impl IntoView {
    let FieldChange { field, before, after, state } = change;
    let setting = match (&after, &before) {
        (Some(Value::Setting(setting)), _) | (_, Some(Value::Setting(setting))) => Some(say(&setting.name())),
        _ => None,
    };
    let name = say(&field.text());
    let name = setting.map_or_else(|| name.clone(), |setting| use_lang().pick(format!("{name}: {setting}"), format!("{name}：{setting}")));
    let values = match state {
        Some(state) => view! { <td colspan="2"><Tag>{say(&state.text())}</Tag></td> }.into_any(),
        None => view! {
            <td class="wrap">{side(field, before.as_ref(), after.as_ref(), Side::Before)}</td>
            <td class="wrap">{side(field, after.as_ref(), before.as_ref(), Side::After)}</td>
        }
        .into_any(),
    };
    view! { <tr><th scope="row">{name}</th>{values}</tr> }
}

/// Which side a value stands on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Before,
    After,
}

impl Side {
    /// What is on this side alone.
    fn marked(self, words: impl IntoView + 'static) -> AnyView {
        match self {
            Self::Before => view! { <del>{words}</del> }.into_any(),
            Self::After => view! { <ins>{words}</ins> }.into_any(),
        }
    }
}

fn none() -> AnyView {
    view! { <span class="history-none">{t("None", "无")}</span> }.into_any()
}

/// A value, with what the other side has not marked.
fn side(field: Field, value: Option<&Value>, other: Option<&Value>, side: Side) -> AnyView {
    match (value, other) {
        (None, _) => none(),
        (Some(Value::Text(text)), _) => one(field, text, side),
        (Some(Value::List(entries)), other) => {
            let there = |entry: &String| matches!(other, Some(Value::List(others)) if others.contains(entry));
            if entries.is_empty() {
                return none();
            }
            let lines = entries.iter().map(|entry| {
                let words = visible(entry).into_owned();
                let words = view! { <bdi>{words}</bdi> };
                view! { <li>{if there(entry) { words.into_any() } else { side.marked(words) }}</li> }
            });
            view! { <ul>{lines.collect_view()}</ul> }.into_any()
        }
        (Some(Value::Setting(setting)), other) => {
            let others = match other {
                Some(Value::Setting(other)) => other.lines(),
                _ => Vec::new(),
            };
            lines(setting, &others, side)
        }
    }
}

/// The values of a setting.
fn lines(setting: &Setting, others: &[Line], side: Side) -> AnyView {
    let lines = setting.lines().into_iter().map(|line| {
        let words = line.value.as_ref().map_or_else(|| t("None", "无").to_owned(), |value| visible(&say(value)).into_owned());
        let same = others.contains(&line);
        view! { <li><span class="muted">{say(&line.name)}</span> " " {if same { words.into_any() } else { side.marked(words) }}</li> }
    });
    view! { <ul>{lines.collect_view()}</ul> }.into_any()
}

/// A single value.
fn one(field: Field, text: &str, side: Side) -> AnyView {
    match field {
        // The text of a deleted policy; otherwise it is a version with its hash, since the versions keep the texts.
        Field::Document if text.contains('{') => {
            let label = if side == Side::Before {
                t("Policy document before", "变更前的策略内容")
            } else {
                t("Policy document after", "变更后的策略内容")
            };
            view! { <Listing label text=text.to_owned() /> }.into_any()
        }
        Field::Document | Field::Versions | Field::DefaultVersion | Field::Network => {
            let text = text.to_owned();
            side.marked(view! { <code>{text}</code> })
        }
        Field::Sessions => side.marked(view! { <code>{text.to_owned()}</code> }),
        Field::Status => side.marked(match text {
            "enabled" | "normal" => t("Enabled", "已启用").to_owned(),
            "disabled" => t("Disabled", "已禁用").to_owned(),
            other => visible(other).into_owned(),
        }),
        Field::Retention => {
            let days = text.strip_suffix(" d").and_then(|days| days.parse().ok());
            side.marked(days.map_or_else(|| text.to_owned(), days_words))
        }
        Field::Filter => match wire::read::<AuditForm>(text) {
            Ok(form) => {
                let href = address_of(pages::Audit::PAGE.path, &form);
                let shown = href.clone();
                view! { <a href=href><code>{shown}</code></a> }.into_any()
            }
            Err(_) => side.marked(visible(text).into_owned()),
        },
        _ => {
            let text = visible(text).into_owned();
            side.marked(view! { <bdi>{text}</bdi> })
        }
    }
}
