//! Search and filter forms: they send GET, so that the result has an address.
//!
//! They must never search by themselves.

use super::errors::FormErrors;
use super::form_context::{FieldError, FormContext};
use crate::ui::icons::Icon;
use crate::ui::words::t;
use leptos::context::Provider;
use leptos::prelude::*;

/// One search field. `/` on the page leads to it.
#[component]
pub fn SearchBox(
    /// What can be searched for: "name, SDKAppID or tag".
    #[prop(into)]
    label: String,
    /// The path the form leads to.
    #[prop(into)]
    action: String,
    /// What was searched for.
    #[prop(optional, into)]
    value: String,
    /// The parameter of the address.
    #[prop(default = "q")]
    name: &'static str,
    /// Other parameters to keep.
    #[prop(optional)]
    keep: Vec<(String, String)>,
) -> impl IntoView {
    let kept: Vec<_> = keep.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect();
    let placeholder = label.clone();
    view! {
        <form class="search" role="search" method="get" action=action>
            {kept}
            {Icon::Search.draw()}
            <input class="control" type="search" name=name value=value aria-label=label placeholder=placeholder aria-keyshortcuts="/" data-search="" />
            <button type="submit" class="btn">{t("Search", "搜索")}</button>
        </form>
    }
}

/// A row of filters over a list or chart: what is wrong with them, fields and a button, sent by GET.
#[component]
pub fn FilterBar(
    /// The path the form leads to.
    #[prop(into)]
    action: String,
    /// What the filters narrow, for screen readers.
    #[prop(into)]
    label: String,
    /// What stands behind the button: links to filters that are often wanted.
    #[prop(optional, into)]
    after: ViewFnOnce,
    /// The words on the button; "Apply" where none are given.
    #[prop(optional)]
    deed: Option<&'static str>,
    /// Keeps ids apart where a page has several forms.
    #[prop(optional, into)]
    scope: String,
    /// Everything wrong with it.
    #[prop(optional, into)]
    errors: Signal<Vec<FieldError>>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let context = FormContext::new(scope, errors, None);
    view! {
        <Provider value=context.clone()><FormErrors /></Provider>
        <form class="filters" method="get" action=action aria-label=label>
            <Provider value=context>{children()}</Provider>
            <button type="submit" class="btn">{deed.unwrap_or_else(|| t("Apply", "查询"))}</button>
            {after.run()}
        </form>
    }
}

/// A row above a table: search on the left, actions on the right.
#[component]
pub fn Toolbar(
    /// Search, filters, buttons.
    children: Children,
) -> impl IntoView {
    view! { <div class="toolbar">{children()}</div> }
}
