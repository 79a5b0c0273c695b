//! The navigation on the left; on narrow screens a popover the top bar opens.
//!
//! It must never decide what is in it: it shows the groups it is given, which the catalogue and the gate have made.

use crate::ui::icons::Icon;
use crate::ui::words::t;
use leptos::html;
use leptos::prelude::*;

/// One page in the navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    /// Its icon.
    pub icon: Icon,
    /// Its title.
    pub title: String,
    /// Its address.
    pub href: String,
    /// The reader is on it, or below it.
    pub current: bool,
}

/// A group of pages under a heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NavGroup {
    /// The heading.
    pub title: String,
    /// The pages; a group without any is left out.
    pub items: Vec<NavItem>,
}

/// The navigation. A popover needs no scripts to open; with them it also closes when a page is chosen.
#[component]
pub fn SideNav(
    /// What is in it.
    #[prop(into)]
    groups: Signal<Vec<NavGroup>>,
) -> impl IntoView {
    let nav = NodeRef::<html::Nav>::new();
    let close = move |_| {
        if let Some(nav) = nav.get_untracked() {
            // Fails where it is not open, which is the state that is wanted.
            let _ = nav.hide_popover();
        }
    };
    view! {
        <nav class="sidenav" id="sidenav" popover="auto" aria-label=t("Main", "主导航") node_ref=nav on:click=close>
            {move || {
                groups
                    .get()
                    .into_iter()
                    .filter(|group| !group.items.is_empty())
                    .map(|group| {
                        let items: Vec<_> = group
                            .items
                            .into_iter()
                            .map(|item| {
                                view! {
                                    <li>
                                        <a href=item.href aria-current=item.current.then_some("page")>{item.icon.draw()} {item.title}</a>
                                    </li>
                                }
                            })
                            .collect();
                        view! {
                            <p class="sidenav-title">{group.title}</p>
                            <ul>{items}</ul>
                        }
                    })
                    .collect::<Vec<_>>()
            }}
        </nav>
    }
}
