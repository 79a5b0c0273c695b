//! Values a person chooses: from a list, from a few, yes or no.
//!
//! They must never hide why a choice is missing: what cannot be chosen is not offered, or locked with its reason by the page.

use super::field::{Framed, label_words};
use leptos::prelude::*;

/// One thing to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// What it means, under the label. A `Select` does not show it.
    pub hint: Option<String>,
}

impl Choice {
    /// A choice without a hint.
    #[must_use]
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), hint: None }
    }

    /// The same choice with what it means.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// One of many, from a list that opens.
#[component]
pub fn Select(
    /// The name it is sent under.
    #[prop(into)]
    name: String,
    /// Its label.
    #[prop(into)]
    label: String,
    /// What can be chosen.
    choices: Vec<Choice>,
    /// What is chosen at first.
    #[prop(optional, into)]
    value: String,
    /// What to choose.
    #[prop(optional, into)]
    hint: String,
    /// Must be chosen.
    #[prop(default = true)]
    required: bool,
) -> impl IntoView {
    let frame = Framed::new(&name, &label, hint);
    let value = frame.form.value(&name, value);
    let options: Vec<_> = choices
        .into_iter()
        .map(|choice| {
            let chosen = choice.value == value;
            view! { <option value=choice.value selected=chosen>{choice.label}</option> }
        })
        .collect();
    let control = view! {
        <select
            class="control"
            id=frame.id.clone()
            name=name
            required=required
            aria-describedby=frame.described_by()
            aria-invalid=frame.invalid()
        >
            {options}
        </select>
    };
    frame.field("field", label_words(label, required), control)
}

/// Yes or no. It sends `value` (`on`) when ticked and nothing when not.
#[component]
pub fn Checkbox(
    /// The name it is sent under.
    #[prop(into)]
    name: String,
    /// Its label.
    #[prop(into)]
    label: String,
    /// Ticked at first.
    #[prop(optional)]
    checked: bool,
    /// What is sent when ticked.
    #[prop(into, default = "on".to_owned())]
    value: String,
    /// What it means.
    #[prop(optional, into)]
    hint: String,
) -> impl IntoView {
    let frame = Framed::new(&name, &label, hint);
    let checked = frame.form.ticked(&name, &value, checked);
    let control = view! {
        <div class="choice">
            <input
                type="checkbox"
                id=frame.id.clone()
                name=name
                value=value
                checked=checked
                aria-describedby=frame.described_by()
                aria-invalid=frame.invalid()
            />
            <label for=frame.id.clone()>{label}</label>
        </div>
    };
    frame.line(control)
}

/// One of a few, all in sight.
#[component]
pub fn RadioGroup(
    /// The name it is sent under.
    #[prop(into)]
    name: String,
    /// The question.
    #[prop(into)]
    label: String,
    /// What can be chosen.
    choices: Vec<Choice>,
    /// What is chosen at first.
    #[prop(optional, into)]
    value: String,
    /// What to choose.
    #[prop(optional, into)]
    hint: String,
) -> impl IntoView {
    view! { <ChoiceGroup kind="radio" name label choices chosen=vec![value] hint /> }
}

/// Some of a few, all in sight. Every ticked one is sent under the same name.
#[component]
pub fn CheckboxGroup(
    /// The name they are sent under.
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
    view! { <ChoiceGroup kind="checkbox" name label choices chosen hint /> }
}

/// The fieldset under both kinds. The first control carries the field's id, so that the error summary leads there.
#[component]
fn ChoiceGroup(kind: &'static str, name: String, label: String, choices: Vec<Choice>, chosen: Vec<String>, hint: String) -> impl IntoView {
    let frame = Framed::new(&name, &label, hint);
    let chosen = frame.form.values(&name, chosen);
    let (id, described) = (frame.id.clone(), frame.described_by());
    let lines: Vec<_> = choices
        .into_iter()
        .enumerate()
        .map(|(index, choice)| {
            let own = if index == 0 { id.clone() } else { format!("{id}-{index}") };
            let ticked = chosen.contains(&choice.value);
            view! { <div class="choice">{choice_line(kind, own, name.clone(), choice, ticked)}</div> }
        })
        .collect();
    let inside = frame.group(label, view! { <div class="choices">{lines}</div> });
    view! { <fieldset class="field field-wide" aria-describedby=described>{inside}</fieldset> }
}

/// One of several controls under one question: a tick or a dot, what it says, and what that means.
pub(super) fn choice_line(kind: &'static str, id: String, name: String, choice: Choice, ticked: bool) -> impl IntoView {
    let about = choice.hint.as_ref().map(|_| format!("{id}-about"));
    view! {
        <input type=kind id=id.clone() name=name value=choice.value checked=ticked aria-describedby=about.clone() />
        <div>
            <label for=id>{choice.label}</label>
            {choice.hint.map(|hint| view! { <p class="field-hint" id=about>{hint}</p> })}
        </div>
    }
}

/// The row of buttons that ends a form.
#[component]
pub fn FormActions(
    /// Submit first, then the way out.
    children: Children,
) -> impl IntoView {
    view! { <div class="form-actions">{children()}</div> }
}
