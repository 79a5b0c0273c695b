//! Tabs that are links: each has its own address.
//!
//! They must never switch content by script: the address says which tab is open.

use leptos::prelude::*;

/// One tab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tab {
    /// Its name.
    pub label: String,
    /// Its address.
    pub href: String,
    /// It is the one that is open.
    pub current: bool,
}

impl Tab {
    /// A tab; `current` when it is the one that is open.
    #[must_use]
    pub fn new(label: impl Into<String>, href: impl Into<String>, current: bool) -> Self {
        Self { label: label.into(), href: href.into(), current }
    }
}

/// A row of tabs.
#[component]
pub fn Tabs(
    /// What the tabs divide, for screen readers.
    #[prop(into)]
    label: String,
    /// The tabs.
    tabs: Vec<Tab>,
) -> impl IntoView {
    let links: Vec<_> = tabs
        .into_iter()
        .map(|tab| view! { <li><a href=tab.href aria-current=tab.current.then_some("page")>{tab.label}</a></li> })
        .collect();
    view! { <nav class="tabs" aria-label=label><ul>{links}</ul></nav> }
}
