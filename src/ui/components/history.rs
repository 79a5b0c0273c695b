//! What was changed: who, when, from what, to what.
//!
//! It must never shorten a value that was changed.

use super::time::{Time, UtcOffset};
use crate::ui::words::t;
use leptos::prelude::*;

/// One value that changed. `None` where there was none, or is none any more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// What it is called.
    pub name: String,
    /// What it was.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
}

/// A list of changes, newest first; the children are [`HistoryEntry`]s.
#[component]
pub fn History(
    /// The entries.
    children: Children,
) -> impl IntoView {
    view! { <ol class="history">{children()}</ol> }
}

/// One change.
#[component]
pub fn HistoryEntry(
    /// Who did it.
    #[prop(into)]
    who: String,
    /// When, in epoch milliseconds.
    at_ms: i64,
    /// The time zone it is read in.
    #[prop(default = UtcOffset::UTC)]
    offset: UtcOffset,
    /// What was done: "changed on-cloud recording".
    #[prop(into)]
    what: String,
    /// The values that changed.
    #[prop(optional)]
    changes: Vec<Changed>,
) -> impl IntoView {
    let none = || view! { <span class="history-none">{t("None", "无")}</span> }.into_any();
    let lines: Vec<_> = changes
        .into_iter()
        .map(|change| {
            let before = change.before.map_or_else(none, |text| view! { <del>{text}</del> }.into_any());
            let after = change.after.map_or_else(none, |text| view! { <ins>{text}</ins> }.into_any());
            view! {
                <li>
                    <span class="history-name">{change.name}</span>
                    <span class="visually-hidden">{t("Before", "修改前")}</span>
                    {before}
                    <span aria-hidden="true">"→"</span>
                    <span class="visually-hidden">{t("After", "修改后")}</span>
                    {after}
                </li>
            }
        })
        .collect();
    view! {
        <li class="history-entry">
            <p><strong>{who}</strong> " " {what}</p>
            <p class="history-when"><Time at_ms offset /></p>
            {(!lines.is_empty()).then(|| view! { <ul class="history-changes">{lines}</ul> })}
        </li>
    }
}
