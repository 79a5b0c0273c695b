//! A message that stays: at the top of a page or card, until what it says is no longer so.
//!
//! It must never be used for something that has only just happened in the browser; that is a toast.

use super::tag::Tone;
use crate::ui::icons::Icon;
use leptos::prelude::*;

/// A notice. Errors are announced at once (`alert`), everything else politely (`status`).
#[component]
pub fn Notice(
    /// `Plain` and `Brand` inform.
    #[prop(optional)]
    tone: Tone,
    /// A short first line.
    #[prop(optional, into)]
    title: Option<String>,
    /// The message.
    children: Children,
) -> impl IntoView {
    let (icon, role) = match tone {
        Tone::Plain | Tone::Brand => (Icon::Info, "status"),
        Tone::Ok => (Icon::Check, "status"),
        Tone::Warn => (Icon::Warning, "status"),
        Tone::Error => (Icon::Blocked, "alert"),
    };
    view! {
        <div class=format!("notice notice-{}", tone.name()) role=role>
            {icon.draw()}
            <div>
                {title.map(|title| view! { <p class="notice-title">{title}</p> })}
                {children()}
            </div>
        </div>
    }
}
