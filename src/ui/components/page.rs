//! The head of every page: where it stands, what it is called, what can be done.
//!
//! It must never decide what may be done: it shows the actions it is given.

use crate::ui::words::t;
use leptos::prelude::*;

/// One step of the way to a page. The last one, the page itself, has no address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crumb {
    /// Its name.
    pub label: String,
    /// Its address, if it has a page of its own.
    pub href: Option<String>,
}

impl Crumb {
    /// A step with a page of its own.
    #[must_use]
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: Some(href.into()) }
    }

    /// A step without one: a group of the navigation, or the page itself.
    #[must_use]
    pub fn here(label: impl Into<String>) -> Self {
        Self { label: label.into(), href: None }
    }
}

/// Breadcrumb, title with tags, data age and actions.
#[component]
pub fn PageHeader(
    /// The title (`h1`).
    #[prop(into)]
    title: String,
    /// The way to it.
    #[prop(optional)]
    crumbs: Vec<Crumb>,
    /// Tags behind the title.
    #[prop(optional, into)]
    tags: ViewFnOnce,
    /// A [`DataAge`](super::DataAge), where the page shows figures.
    #[prop(optional, into)]
    age: ViewFnOnce,
    /// The actions at the right end, at most one of them primary.
    #[prop(optional, into)]
    actions: ViewFnOnce,
) -> impl IntoView {
    let last = crumbs.len().saturating_sub(1);
    let steps: Vec<_> = crumbs
        .into_iter()
        .enumerate()
        .map(|(index, crumb)| {
            let inner = match crumb.href {
                Some(href) => view! { <a href=href>{crumb.label}</a> }.into_any(),
                None => view! { <span aria-current=(index == last).then_some("page")>{crumb.label}</span> }.into_any(),
            };
            view! { <li>{inner}</li> }
        })
        .collect();
    view! {
        <header class="page-head">
            {(!steps.is_empty())
                .then(|| view! { <nav class="crumbs" aria-label=t("Breadcrumb", "面包屑")><ol>{steps}</ol></nav> })}
            <div class="page-line">
                <h1>{title}</h1>
                <div class="page-tags">{tags.run()}</div>
                <div class="page-actions">{age.run()}{actions.run()}</div>
            </div>
        </header>
    }
}
