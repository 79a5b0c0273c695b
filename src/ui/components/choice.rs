//! Values a person chooses: from a list, from a few, yes or no.
//!
//! They must never hide why a choice is missing: what cannot be chosen is not offered, or locked with its reason by the page.

use super::errors::FieldError;
use super::field::{described_by, error_line, error_of, field_id, hint_line, label_words};
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
    /// Keeps ids apart where a page has several forms.
    #[prop(optional)]
    scope: &'static str,
    /// What to choose.
    #[prop(optional, into)]
    hint: String,
    /// Everything wrong with the form.
    #[prop(optional, into)]
    errors: Signal<Vec<FieldError>>,
    /// Must be chosen.
    #[prop(default = true)]
    required: bool,
) -> impl IntoView {
    let id = field_id(scope, &name);
    let error = error_of(errors, &name);
    let described = described_by(&id, !hint.is_empty(), error);
    let options: Vec<_> = choices
        .into_iter()
        .map(|choice| {
            let chosen = choice.value == value;
            view! { <option value=choice.value selected=chosen>{choice.label}</option> }
        })
        .collect();
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>{label_words(label, required)}</label>
            <select
                class="control"
                id=id.clone()
                name=name
                required=required
                aria-describedby=described
                aria-invalid=move || error.with(Option::is_some).then_some("true")
            >
                {options}
            </select>
            {error_line(&id, error)}
            {hint_line(&id, hint)}
        </div>
    }
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
    /// Keeps ids apart where a page has several forms.
    #[prop(optional)]
    scope: &'static str,
    /// What it means.
    #[prop(optional, into)]
    hint: String,
    /// Everything wrong with the form.
    #[prop(optional, into)]
    errors: Signal<Vec<FieldError>>,
) -> impl IntoView {
    let id = field_id(scope, &name);
    let error = error_of(errors, &name);
    let described = described_by(&id, !hint.is_empty(), error);
    view! {
        <div class="field">
            <div class="choice">
                <input
                    type="checkbox"
                    id=id.clone()
                    name=name
                    value=value
                    checked=checked
                    aria-describedby=described
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                />
                <label for=id.clone()>{label}</label>
            </div>
            {error_line(&id, error)}
            {hint_line(&id, hint)}
        </div>
    }
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
    view! { <ChoiceGroup kind="radio" name label choices chosen=vec![value] scope hint errors /> }
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
    view! { <ChoiceGroup kind="checkbox" name label choices chosen scope hint errors /> }
}

/// The fieldset under both kinds. The first control carries the field's id, so that the error summary leads there.
#[component]
fn ChoiceGroup(
    kind: &'static str,
    name: String,
    label: String,
    choices: Vec<Choice>,
    chosen: Vec<String>,
    scope: &'static str,
    hint: String,
    errors: Signal<Vec<FieldError>>,
) -> impl IntoView {
    let id = field_id(scope, &name);
    let error = error_of(errors, &name);
    let described = described_by(&id, !hint.is_empty(), error);
    let lines: Vec<_> = choices
        .into_iter()
        .enumerate()
        .map(|(index, choice)| {
            let own = if index == 0 { id.clone() } else { format!("{id}-{index}") };
            let about = choice.hint.as_ref().map(|_| format!("{own}-about"));
            let ticked = chosen.contains(&choice.value);
            view! {
                <div class="choice">
                    <input
                        type=kind
                        id=own.clone()
                        name=name.clone()
                        value=choice.value
                        checked=ticked
                        aria-describedby=about.clone()
                    />
                    <div>
                        <label for=own>{choice.label}</label>
                        {choice.hint.map(|hint| view! { <p class="field-hint" id=about>{hint}</p> })}
                    </div>
                </div>
            }
        })
        .collect();
    view! {
        <fieldset class="field field-wide" aria-describedby=described>
            <legend class="field-label">{label}</legend>
            {hint_line(&id, hint)}
            <div class="choices">{lines}</div>
            {error_line(&id, error)}
        </fieldset>
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
