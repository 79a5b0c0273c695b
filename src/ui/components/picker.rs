//! Choosing some of many: a scrolling list of boxes to tick, with a field that narrows it and the number of those ticked.
//!
//! It must never depend on scripts: without them the whole list is there, only the narrowing is not.

use super::button::DialogLock;
use super::choice::{Choice, choice_line};
use super::field::Framed;
use crate::ui::words::{lower, t, use_lang};
use leptos::html;
use leptos::prelude::*;
use leptos::web_sys::KeyboardEvent;

/// A field that narrows a list below it. It is no part of the form around it, and Enter does not send that.
#[component]
pub fn FilterField(
    /// What it looks for, for screen readers.
    label: &'static str,
    /// The same in a word or two.
    placeholder: &'static str,
    /// Takes what is typed.
    typed: Callback<String>,
    /// It is what the dialog around it begins with.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    view! {
        <input
            class="control needs-scripts"
            type="search"
            autocomplete="off"
            autofocus=autofocus
            aria-label=label
            placeholder=placeholder
            on:input=move |event| typed.run(event_target_value(&event))
            on:keydown=hold_enter
        />
    }
}

/// Keeps Enter in a field from sending the form around it.
pub fn hold_enter(event: KeyboardEvent) {
    if event.key() == "Enter" {
        event.prevent_default();
    }
}

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
    /// What to choose.
    #[prop(optional, into)]
    hint: String,
) -> impl IntoView {
    let frame = Framed::new(&name, &label, hint);
    let (id, sent_as) = (frame.id.clone(), format!("{name}[]"));
    let chosen = frame.form.values(&sent_as, chosen);
    let needle = RwSignal::new(String::new());
    let all = choices.len();
    let ticks = RwSignal::new(choices.iter().filter(|choice| chosen.contains(&choice.value)).count());
    let lang = use_lang();
    let count = (all > 0).then(|| {
        let said = move || {
            let ticked = ticks.get();
            lang.pick(format!("{ticked} of {all} selected"), format!("已选 {ticked} 项，共 {all} 项"))
        };
        view! { <p class="picker-count" role="status">{said}</p> }
    });
    let list = NodeRef::<html::Div>::new();
    // Counted where they are: some may have been ticked before the scripts came.
    let recount = move || {
        if let Some(list) = list.try_get().flatten() {
            let lines = std::iter::successors(list.first_element_child(), |line| line.next_element_sibling());
            ticks.set(lines.filter(|line| matches!(line.query_selector("input:checked"), Ok(Some(_)))).count());
        }
    };
    Effect::new(move |_| recount());
    let searched: Vec<String> = choices.iter().map(searched_text).collect();
    let matches = move || needle.with(|needle| searched.iter().any(|text| text.contains(needle.as_str())));
    let unmatched = (all > 0).then(|| {
        let said = move || (!matches()).then(|| lang.pick("Nothing matches.", "没有匹配项。"));
        view! { <p class="picker-none" role="status">{said}</p> }
    });
    // In a dialog the reader begins here; the group around it takes the focus for the error summary alone.
    let begins = use_context::<DialogLock>().is_some();
    let none = choices.is_empty().then(|| view! { <p class="muted">{t("There is nothing to choose from.", "没有可选项。")}</p> });
    let narrowing = (choices.len() > 8).then(|| {
        let words = t("Filter the list", "筛选列表");
        let typed = Callback::new(move |typed: String| needle.set(lower(typed.trim())));
        view! { <FilterField label=words placeholder=words typed autofocus=begins /> }
    });
    let own = id.clone();
    // Keyed by what is sent: when the choices change under the reader, a tick must never move on to another one.
    let line = move |choice: Choice| {
        let own = format!("{own}-{}", choice.value);
        let ticked = chosen.contains(&choice.value);
        let searched = searched_text(&choice);
        view! {
            <div class="choice" hidden=move || needle.with(|needle| !searched.contains(needle.as_str()))>
                {choice_line("checkbox", own, sent_as.clone(), choice, ticked)}
            </div>
        }
    };
    let inside = frame.group(
        label,
        view! {
            {narrowing}
            <div class="picker-list" node_ref=list on:change=move |_| recount()>
                <For each=move || choices.clone() key=|choice| choice.value.clone() children=line />
                {none}
                {unmatched}
            </div>
            {count}
        },
    );
    view! {
        <fieldset class="field field-wide picker" id=id tabindex="-1">
            {inside}
        </fieldset>
    }
}

/// What the field that narrows the list is looked up in.
fn searched_text(choice: &Choice) -> String {
    lower(&format!("{} {}", choice.label, choice.hint.as_deref().unwrap_or_default()))
}
