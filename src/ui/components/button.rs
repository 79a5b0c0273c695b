//! Buttons, and links that look like them.
//!
//! A button that may not be used is never `disabled`: it is a [`Locked`](super::Locked), or it is not there.

use crate::ui::icons::Icon;
use leptos::prelude::*;

/// How much a button asks for attention. One `Primary` a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// White with a border.
    #[default]
    Plain,
    /// Filled with the brand colour.
    Primary,
    /// Destroys or costs.
    Danger,
    /// No border: actions in table rows and cards.
    Text,
}

impl Look {
    /// The classes of a button that looks like this.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Plain => "btn",
            Self::Primary => "btn btn-primary",
            Self::Danger => "btn btn-danger",
            Self::Text => "btn btn-text",
        }
    }
}

/// A link that looks like a button.
#[component]
pub fn LinkButton(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// How it looks.
    #[prop(optional)]
    look: Look,
    /// Drawn before the words.
    #[prop(optional_no_strip, into)]
    icon: Option<Icon>,
    /// The address is not a page of the console (a file, an export): the browser loads it itself.
    #[prop(optional)]
    external: bool,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! { <a class=look.class() href=href rel=external.then_some("external")>{icon.map(Icon::draw)}{children()}</a> }
}

/// Sends the form it stands in. While `pending` it shows so and does not send twice.
#[component]
pub fn SubmitButton(
    /// The form is being sent.
    #[prop(into, optional)]
    pending: Signal<bool>,
    /// How it looks; most forms have one primary button.
    #[prop(default = Look::Primary)]
    look: Look,
    /// Drawn before the words.
    #[prop(optional_no_strip, into)]
    icon: Option<Icon>,
    /// The field this button sends, for a form with several.
    #[prop(optional, into)]
    name: Option<String>,
    /// The value of that field.
    #[prop(optional, into)]
    value: Option<String>,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! {
        <button
            type="submit"
            class=look.class()
            name=name
            value=value
            aria-busy=move || pending.get().then_some("true")
            aria-disabled=move || pending.get().then_some("true")
            on:click=move |event| {
                if pending.get_untracked() {
                    event.prevent_default();
                }
            }
        >
            <span class="spinner" aria-hidden="true"></span>
            {icon.map(Icon::draw)}
            {children()}
        </button>
    }
}
