//! The frame of every page: skip link, top bar, navigation, content, toasts; and the frame of pages without an account.
//!
//! It must never fetch anything.

use super::keys::{KeyHelpDialog, provide_key_help};
use super::sidenav::{NavGroup, SideNav};
use super::toast::{ToastRegion, provide_toasts};
use super::topbar::{AccountLine, Switch, TopBar};
use crate::domain::session::Theme;
use crate::ui::words::t;
use leptos::prelude::*;

/// The frame around the pages of an account.
#[component]
pub fn Shell(
    /// What is in the navigation.
    #[prop(into)]
    groups: Signal<Vec<NavGroup>>,
    /// The account that is logged in.
    account: AccountLine,
    /// The theme chosen.
    #[prop(optional)]
    theme: Theme,
    /// The address of the page (path and query).
    #[prop(into)]
    here: Signal<String>,
    /// The application switcher, where it applies.
    #[prop(optional, into)]
    switcher: Signal<Option<Switch>>,
    /// Where the product's name leads.
    #[prop(default = "/")]
    home: &'static str,
    /// The page.
    children: Children,
) -> impl IntoView {
    provide_toasts();
    provide_key_help();
    view! {
        // `external` keeps the router away, so that the browser moves the focus.
        <a class="skip-link" href="#main" rel="external">{t("Skip to content", "跳到主要内容")}</a>
        <TopBar account=account theme here switcher home with_nav=true />
        <div class="shell">
            <SideNav groups />
            <main class="main" id="main" tabindex="-1">{children()}</main>
        </div>
        <ToastRegion />
        <KeyHelpDialog />
    }
}

/// The frame around pages without an account: login, setup. The content is one narrow card in the middle.
#[component]
pub fn BareShell(
    /// The heading of the card.
    #[prop(into)]
    title: String,
    /// The theme chosen.
    #[prop(optional)]
    theme: Theme,
    /// The address of the page (path and query).
    #[prop(into)]
    here: Signal<String>,
    /// The form.
    children: Children,
) -> impl IntoView {
    view! {
        <TopBar theme here />
        <main class="bare" id="main">
            <section class="card bare-card">
                <h1>{title}</h1>
                {children()}
            </section>
        </main>
    }
}
