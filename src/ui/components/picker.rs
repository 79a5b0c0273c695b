//! Choosing some of many: a scrolling list of boxes to tick, with a field that narrows it.
//!
//! It must never depend on scripts: without them the whole list is there, only the narrowing is not.

use super::choice::Choice;
use super::errors::FieldError;
use super::field::{error_line, error_of, field_id, hint_line};
use crate::ui::words::t;
use leptos::prelude::*;

/// Some of many. Every ticked one is sent as `name[]`, which a server function reads as a list called `name`.
#[component]
pub fn Picker(
    /// The name of the list.
    #[prop(into)]
    name: String,
    /// The question.
    #[prop(into)]
    label: String,
    /// What can be chosen.
    choices: Vec<Choice>,
    /// What is ticked at first.
    #[prop(optional)]
    chosen: Vec<String>,
    /// Keeps ids apart where a page has several forms.
    #[prop(optional)]
    scope: &'static str,
    /// What to choose.
    #[prop(optional, into)]
    hint: String,
    /// Everything wrong with the form.
    #[prop(optional, into)]
    errors: Signal<Vec<FieldError>>,
) -> impl IntoView {
    let id = field_id(scope, &name);
    let error = error_of(errors, &name);
    let needle = RwSignal::new(String::new());
    let none = choices.is_empty().then(|| view! { <p class="muted">{t("There is nothing to choose from.", "没有可选项。")}</p> });
    let narrowing = (choices.len() > 8).then(|| {
        view! {
            <input
                class="control needs-scripts"
                type="search"
                autocomplete="off"
                aria-label=t("Filter the list", "筛选列表")
                placeholder=t("Filter the list", "筛选列表")
                on:input=move |event| needle.set(event_target_value(&event).trim().to_lowercase())
                // Enter would send the form.
                on:keydown=move |event| {
                    if event.key() == "Enter" {
                        event.prevent_default();
                    }
                }
            />
        }
    });
    let (list, own) = (name.clone(), id.clone());
    // Keyed by what is sent: when the choices change under the reader, a tick must never move on to another one.
    let line = move |choice: Choice| {
        let own = format!("{own}-{}", choice.value);
        let ticked = chosen.contains(&choice.value);
        let searched = choice.label.to_lowercase();
        view! {
            <div class="choice" hidden=move || needle.with(|needle| !searched.contains(needle.as_str()))>
                <input type="checkbox" id=own.clone() name=format!("{list}[]") value=choice.value checked=ticked />
                <label for=own>{choice.label}</label>
            </div>
        }
    };
    view! {
        <fieldset class="field field-wide picker" id=id.clone() tabindex="-1">
            <legend class="field-label">{label}</legend>
            {hint_line(&id, hint)}
            {narrowing}
            <div class="picker-list">
                <For each=move || choices.clone() key=|choice| choice.value.clone() children=line />
                {none}
            </div>
            {error_line(&id, error)}
        </fieldset>
    }
}
