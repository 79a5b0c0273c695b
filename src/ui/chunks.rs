//! The code of the pages in chunks: the browser has that of the frame at first, and loads that of a page when it is opened, or pointed at.
//!
//! Pages that are mostly opened one after the other stand in one chunk, as long as it is light. The frame must never name a page but here, or
//! the page becomes part of it: end2end/chunks.mjs cuts by who calls whom, and end2end/bundle.mjs fails when a page is too heavy.

use super::frame::anew;
use super::over::{LoginDialog, ProofDialog};
use super::pages;
use crate::catalog::pages::*;
use crate::catalog::{self, Page};
use crate::domain::session::Session;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos::web_sys::{Element, Event};
use leptos_router::ChooseView;
use leptos_router::hooks::use_location;
use std::sync::Arc;

/// Makes of each entry a module of that name, which the browser loads as a whole, with the views of its pages.
macro_rules! chunks {
    ($($chunk:ident { $($page:ident => $view:path),+ $(,)? })+) => {
        $(
            mod $chunk {
                use super::*;

                #[wasm_split($chunk, wasm_split_path = leptos::wasm_split, preload(load), fallible)]
                pub fn view(page: &'static Page) -> Result<AnyView, SplitLoaderError> {
                    Ok(match page.id {
                        $(id if id == $page::PAGE.id => $view().into_any(),)+
                        _ => ().into_any(),
                    })
                }
            }
        )+

        /// The name of the chunk that has the code of a page.
        #[must_use]
        pub fn chunk_of(page: &Page) -> Option<&'static str> {
            $($(if page.id == $page::PAGE.id {
                return Some(stringify!($chunk));
            })+)+
            None
        }

        /// Loads the code of a page, once.
        ///
        /// # Errors
        /// The code could not be loaded; it is tried again the next time.
        pub async fn load(page: &Page) -> Result<(), SplitLoaderError> {
            match chunk_of(page) {
                $(Some(stringify!($chunk)) => $chunk::load().await,)+
                _ => Ok(()),
            }
        }

        async fn view(page: &'static Page) -> Result<AnyView, SplitLoaderError> {
            match chunk_of(page) {
                $(Some(stringify!($chunk)) => $chunk::view(page).await,)+
                _ => Ok(().into_any()),
            }
        }
    };
}

chunks! {
    overview { Overview => pages::overview::OverviewPage }
    usage { Usage => pages::usage::UsagePage }
    applications { Apps => pages::applications::list::ApplicationsPage }
    application { App => pages::applications::info::ApplicationPage }
    features { AppFeatures => pages::features::FeaturesPage }
    callbacks { AppCallbacks => pages::callback_config::CallbacksPage }
    cam { CamOverview => pages::cam::CamPage }
    users { Users => pages::users::list::UsersPage, UserNew => pages::users::new::UserNewPage }
    user { User => pages::users::detail::UserPage }
    groups { Groups => pages::groups::list::GroupsPage }
    group { Group => pages::groups::detail::GroupPage }
    policies { Policies => pages::policies::list::PoliciesPage }
    policy { Policy => pages::policies::detail::PolicyPage }
    policy_editor { PolicyNew => pages::policies::new::PolicyNewPage, PolicyEdit => pages::policies::edit::PolicyEditPage }
    policy_language { PolicyLanguage => pages::policies::language::PolicyLanguagePage }
    policy_review { PolicyReview => pages::policies::review::PolicyReviewPage }
    who_can { WhoCan => pages::rights::WhoCanPage }
    promises { Promises => pages::promises::PromisesPage }
    records { Audit => pages::audit::list::AuditPage }
    record { AuditEvent => pages::audit::detail::AuditEventPage }
    account { Account => pages::account::AccountPage }
}

/// The dialogs over the page.
pub fn dialogs(session: Arc<Session>) -> impl IntoView {
    #[wasm_split(dialogs, wasm_split_path = leptos::wasm_split, fallible)]
    fn view(session: Arc<Session>) -> Result<AnyView, SplitLoaderError> {
        Ok(view! {
            <ProofDialog />
            <LoginDialog session />
        }
        .into_any())
    }
    let here = use_location();
    Suspend::new(async move { view(session).await.unwrap_or_else(|_| anew(&here)) })
}

/// Loads the code of the page that the browser shows.
///
/// # Errors
/// The code could not be loaded.
pub async fn load_first() -> Result<(), SplitLoaderError> {
    // Fails only where there is no window.
    let (path, query) = (window().location().pathname().unwrap_or_default(), window().location().search().unwrap_or_default());
    match catalog::pages::at(&path) {
        Some(page) => {
            load(page).await?;
            // These tabs are code of their own, which has to be there as well before the page is taken over.
            match page.id {
                id if id == Policy::PAGE.id && query.contains("tab=") => pages::policies::tabs::load().await,
                id if id == WhoCan::PAGE.id && query.contains("tab=simulator") => pages::rights::tried::load().await,
                _ => Ok(()),
            }
        }
        None => Ok(()),
    }
}

/// Loads the code of a page as soon as a link to it is pointed at or has the focus, so that it is there when the link is followed.
pub fn load_ahead() {
    for event in ["pointerover", "focusin"] {
        // For as long as the document lives.
        let _ = window_event_listener_untyped(event, |event| {
            if let Some(page) = linked(&event) {
                leptos::task::spawn_local(async move {
                    let _ = load(page).await;
                });
            }
        });
    }
}

/// The page that the link of an event leads to.
fn linked(event: &Event) -> Option<&'static Page> {
    let link = event.target()?.dyn_into::<Element>().ok()?.closest("a[href^='/']").ok()??;
    let href = link.get_attribute("href")?;
    catalog::pages::at(href.split(['?', '#']).next()?)
}

/// A page of the catalogue as the view of its route; its code is loaded when the route is entered.
#[derive(Clone, Copy, Debug)]
pub struct Lazy(pub &'static Page);

impl ChooseView for Lazy {
    async fn choose(self) -> AnyView {
        let here = use_location();
        view(self.0).await.unwrap_or_else(|_| anew(&here))
    }

    async fn preload(&self) {
        // What is lost is noticed, and reported, when the page is to be shown.
        let _ = load(self.0).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_of_the_catalogue_is_in_a_chunk() {
        for page in all() {
            assert!(chunk_of(page).is_some(), "{}", page.id);
        }
    }
}
