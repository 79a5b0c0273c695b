//! What is wrong with a form, as a summary on top that names the fields and links to them.
//!
//! It must never judge a value: it shows what the server, or an engine both sides share, has found.

use super::field::field_id;
use super::form_context::{FieldError, FormContext};
use crate::ui::icons::Icon;
use crate::ui::words::t;
use leptos::prelude::*;

/// The summary of everything wrong with a form; nothing while there is nothing wrong. It takes the focus when it appears in the browser.
/// Every [`FormElement`](super::FormElement) has one; outside of a form it is given what to show.
#[component]
pub fn FormErrors(
    /// Everything wrong with the form; that of the form around it where none are given.
    #[prop(optional, into)]
    errors: Option<Signal<Vec<FieldError>>>,
) -> impl IntoView {
    let around = FormContext::around();
    let errors = errors.unwrap_or(around.errors);
    let summary = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        if errors.with(|all| !all.is_empty())
            && let Some(summary) = summary.get()
        {
            // Focus can fail only for a detached element, which then has nothing to say.
            let _ = summary.focus();
        }
    });
    move || {
        let all = errors.get();
        let inner = match all.as_slice() {
            [] => return None,
            // One thing that concerns no field needs no list.
            [only] if only.field.is_empty() => view! { <p>{only.message.clone()}</p> }.into_any(),
            _ => {
                let lines: Vec<_> = all.iter().map(|error| line(&around, error)).collect();
                view! {
                    <p class="notice-title">{t("Please check the following", "请检查以下内容")}</p>
                    <ul>{lines}</ul>
                }
                .into_any()
            }
        };
        Some(view! {
            <div class="notice notice-error form-errors" role="alert" tabindex="-1" node_ref=summary>
                {Icon::Blocked.draw()}
                <div>{inner}</div>
            </div>
        })
    }
}

/// One error: a link to its field, if the form has it, with what the field is called. `external` keeps the router away, so that the browser moves
/// the focus.
fn line(form: &FormContext, error: &FieldError) -> AnyView {
    let message = error.message.clone();
    let Some(label) = form.label_of(&error.field) else {
        return view! { <li>{message}</li> }.into_any();
    };
    let words = format!("{label}{}{message}", t(": ", "："));
    view! { <li><a href=format!("#{}", field_id(&form.scope, &error.field)) rel="external">{words}</a></li> }.into_any()
}
