//! Buttons, and links that look like them.
//!
//! A button that may not be used is never `disabled`: it is a [`Locked`](super::Locked), or it is not there.

use super::locked::{Lockable, holds, withdrawn_reason};
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
    /// The permission has gone while the page is open: it leads nowhere any more and says why.
    #[prop(optional)]
    locked: Signal<bool>,
    /// The words.
    children: Children,
) -> impl IntoView {
    let why = format!("why{}", href.replace(['/', '?', '='], "-"));
    let described = why.clone();
    view! {
        <Lockable locked why reason=withdrawn_reason()>
            <a
                class=move || if holds(locked) { "btn locked-control locked-permission" } else { look.class() }
                href=move || (!holds(locked)).then(|| href.clone())
                rel=external.then_some("external")
                role=move || holds(locked).then_some("link")
                tabindex=move || holds(locked).then_some("0")
                aria-disabled=move || holds(locked).then_some("true")
                aria-describedby=move || holds(locked).then(|| described.clone())
            >
                {move || holds(locked).then(|| Icon::Lock.draw())}
                {icon.map(Icon::draw)}
                {children()}
            </a>
        </Lockable>
    }
}

/// The lock of the dialog that a button stands in, and what the ids in it begin with.
#[derive(Clone)]
pub(super) struct DialogLock {
    pub locked: Signal<bool>,
    pub id: String,
}

/// Sends the form it stands in. While `pending` it shows so and does not send twice; while locked it does not send at all and says why.
#[component]
pub fn SubmitButton(
    /// The form is being sent.
    #[prop(into, optional)]
    pending: Signal<bool>,
    /// The permission has gone while the page is open. In a [`Dialog`](super::Dialog) it is locked with it.
    #[prop(into, optional)]
    locked: Option<Signal<bool>>,
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
    let around = use_context::<DialogLock>();
    let why = format!("{}-send-why", around.as_ref().map_or("page", |around| around.id.as_str()));
    let locked = locked.or(around.map(|around| around.locked)).unwrap_or_else(|| Signal::stored(false));
    let described = why.clone();
    view! {
        <Lockable locked why reason=withdrawn_reason()>
            <button
                type="submit"
                class=move || if holds(locked) { "btn locked-control locked-permission" } else { look.class() }
                name=name
                value=value
                aria-busy=move || holds(pending).then_some("true")
                aria-disabled=move || (holds(pending) || holds(locked)).then_some("true")
                aria-describedby=move || holds(locked).then(|| described.clone())
                on:click=move |event| {
                    if untrack(|| holds(pending) || holds(locked)) {
                        event.prevent_default();
                    }
                }
            >
                <span class="spinner" aria-hidden="true"></span>
                {move || holds(locked).then(|| Icon::Lock.draw())}
                {icon.map(Icon::draw)}
                {children()}
            </button>
        </Lockable>
    }
}
