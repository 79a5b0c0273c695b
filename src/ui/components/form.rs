//! A form, and what all of its fields need to know: which form they stand in, what is wrong with it, and what was typed when it came back.
//!
//! The fields find it in the context, so that no page hands it on field by field.

use super::errors::{FieldError, FormErrors};
use crate::domain::form::Submitted;
use leptos::context::Provider;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// The form that a field stands in. Outside of one there is nothing wrong and nothing was typed.
#[derive(Clone, Default)]
pub struct FormContext {
    /// Keeps ids apart where a page has several forms: `f-{scope}-{name}`.
    pub scope: String,
    /// Everything wrong with the form.
    pub errors: Signal<Vec<FieldError>>,
    /// What was typed when the form came back without scripts.
    pub typed: Option<Submitted>,
}

impl FormContext {
    /// The form around here.
    #[must_use]
    pub fn around() -> Self {
        use_context().unwrap_or_default()
    }

    /// The value a field begins with: what was typed, else what is stored.
    #[must_use]
    pub fn value(&self, name: &str, stored: String) -> String {
        self.typed.as_ref().map_or(stored, |form| form.value(name).to_owned())
    }

    /// As [`FormContext::value`], for a field that is sent several times.
    #[must_use]
    pub fn values(&self, name: &str, stored: Vec<String>) -> Vec<String> {
        self.typed.as_ref().map_or(stored, |form| form.values(name))
    }

    /// Whether a box begins ticked that sends `value`.
    #[must_use]
    pub fn ticked(&self, name: &str, value: &str, stored: bool) -> bool {
        self.typed.as_ref().map_or(stored, |form| form.values(name).iter().any(|typed| typed == value))
    }
}

/// A form that is posted: what is wrong with it on top, then its fields.
#[component]
pub fn PostedForm(
    /// Where it is posted to.
    #[prop(into)]
    action: String,
    /// Keeps ids apart where a page has several forms.
    #[prop(optional, into)]
    scope: String,
    /// Everything wrong with it.
    #[prop(optional, into)]
    errors: Signal<Vec<FieldError>>,
    /// What was typed when it came back without scripts.
    #[prop(optional_no_strip)]
    typed: Option<Submitted>,
    /// Fields that nobody sees.
    #[prop(optional)]
    hidden: Vec<(&'static str, String)>,
    /// How its fields stand to each other.
    #[prop(optional)]
    class: &'static str,
    /// Leaves out the summary of what is wrong, where several forms share one.
    #[prop(optional)]
    without_summary: bool,
    /// Sends it in place of the browser.
    #[prop(optional, into)]
    on_submit: Option<Callback<SubmitEvent>>,
    /// The fields, and the button that sends them.
    children: Children,
) -> impl IntoView {
    let hidden: Vec<_> = hidden.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect();
    let context = FormContext { scope, errors, typed };
    let send = move |event: SubmitEvent| {
        if let Some(on_submit) = on_submit {
            on_submit.run(event);
        }
    };
    view! {
        <form method="post" action=action class=(!class.is_empty()).then_some(class) on:submit=send>
            <Provider value=context>
                {(!without_summary).then(|| view! { <FormErrors /> })}
                {hidden}
                {children()}
            </Provider>
        </form>
    }
}
