//! A form that is posted. What its fields need to know of it they find in its [`FormContext`].

use super::errors::FormErrors;
use super::form_context::{FieldError, FormContext};
use crate::domain::form::Submitted;
use leptos::context::Provider;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// A form that is posted: what is wrong with it on top, then its fields.
#[component]
pub fn FormElement(
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
    let context = FormContext::new(scope, errors, typed);
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
