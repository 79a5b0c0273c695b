//! What stands in a row of a card: chips that can be taken off, and a field that adds to them.

use super::Desk;
use crate::cam::cards::Edit;
use crate::cam::{Severity, Span};
use crate::ui::icons::Icon;
use crate::ui::words::{t, use_lang};
use leptos::html;
use leptos::prelude::*;

/// Something that a statement names.
pub(super) struct Chip {
    /// Its name, if it has one that people know.
    pub name: Option<String>,
    /// As it stands in the text, or its number.
    pub text: String,
    /// Where it stands.
    pub span: Span,
    /// Takes it off.
    pub remove: Edit,
}

/// A chip. `next` gets the focus when it is taken off.
pub(super) fn chip(desk: Desk, next: NodeRef<html::Button>, chip: Chip) -> impl IntoView {
    let Chip { name, text, span, remove } = chip;
    let lang = use_lang();
    let called = name.as_ref().map_or_else(|| text.clone(), |name| format!("{name} {text}"));
    let label = lang.pick(format!("Remove {called}"), format!("移除 {called}"));
    // The text changes before it is checked again, so what was found is asked for on its own.
    let found = Memo::new(move |_| desk.finding(span));
    let class = move || match found.get() {
        Some(Severity::Error) => "card-chip card-chip-error",
        Some(Severity::Warning) => "card-chip card-chip-warn",
        Some(Severity::Suggestion) => "card-chip card-chip-hint",
        None => "card-chip",
    };
    let weight = move || {
        let word = match found.get()? {
            Severity::Error => t("Error", "错误"),
            Severity::Warning => t("Warning", "警告"),
            Severity::Suggestion => t("Suggestion", "建议"),
        };
        Some(view! { <span class="visually-hidden">{word}</span> })
    };
    let take_off = move |_| {
        desk.carry_out(std::slice::from_ref(&remove));
        if let Some(next) = next.get_untracked() {
            let _ = next.focus();
        }
    };
    view! {
        <li class=class>
            {name.map(|name| view! { <span>{name}</span> })}
            <code>{text}</code>
            {weight}
            <button type="button" class="card-chip-remove" aria-label=label on:click=take_off>{Icon::Cross.draw()}</button>
        </li>
    }
}

/// A field with a button beside it; what is typed goes to `add`, which says whether it could be used. Enter adds, and never sends the form.
#[component]
pub(super) fn AddField(
    /// What is typed, for screen readers.
    label: &'static str,
    /// What it looks like.
    placeholder: &'static str,
    /// Takes it.
    add: Callback<String, bool>,
) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let submit = move || {
        let value = typed.with_untracked(|typed| typed.trim().to_owned());
        if !value.is_empty() && add.run(value) {
            typed.set(String::new());
        }
    };
    view! {
        <span class="add-field">
            <input
                class="control"
                aria-label=label
                placeholder=placeholder
                autocomplete="off"
                spellcheck="false"
                prop:value=typed
                on:input=move |event| typed.set(event_target_value(&event))
                on:keydown=move |event| {
                    if event.key() == "Enter" && !event.is_composing() {
                        event.prevent_default();
                        submit();
                    }
                }
            />
            <button type="button" class="btn" on:click=move |_| submit()>{t("Add", "添加")}</button>
        </span>
    }
}

/// A button that opens what stands below it.
#[component]
pub(super) fn Opener(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The button, to give it the focus.
    button: NodeRef<html::Button>,
    /// The words.
    words: &'static str,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="card-chip-add"
            node_ref=button
            aria-expanded=move || if open.get() { "true" } else { "false" }
            on:click=move |_| open.update(|open| *open = !*open)
        >
            {Icon::Plus.draw()}
            {words}
        </button>
    }
}

/// A row of a card: what it is about, and its content.
#[component]
pub(super) fn Row(
    /// What it is about.
    label: &'static str,
    /// The content.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="card-row" role="group" aria-label=label>
            <span class="card-row-label" aria-hidden="true">{label}</span>
            <div class="card-row-body">{children()}</div>
        </div>
    }
}
