//! The document, and the routes: one for each page of the catalogue and those around login.
//!
//! A route without a page of the catalogue does not open: the server refuses the path before anything is rendered.

use super::frame::{Proof, provide_session};
use super::layout::Layout;
use super::loaded::FaultView;
use super::pages;
use crate::domain::fault::Fault;
use crate::domain::form::Frame;
use crate::text::Text;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::hooks::use_location;
use leptos_router::path;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Addresses of the browser bundle, as the build named them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Bundle {
    /// The style sheet.
    pub css: String,
    /// The module that loads the wasm.
    pub js: String,
    /// The wasm itself.
    pub wasm: String,
    /// The icon of the site.
    pub icon: String,
    /// Modules that pages load when they need them, by name.
    #[serde(default)]
    pub modules: BTreeMap<String, String>,
}

impl Bundle {
    /// Whether there is one; a page without it has neither style nor scripts.
    #[must_use]
    pub fn is_there(&self) -> bool {
        !self.js.is_empty()
    }
}

/// Said on every page when there is no bundle: it is not the reader who can mend that.
static MISSING: Text = Text::new(
    "The console's styles and scripts are missing on the server. Forms and links still work. The operator can find the reason in the server's log.",
    "服务器上缺少控制台的样式和脚本文件。表单和链接仍可使用。运维人员可在服务器日志中查看原因。",
);

/// The document around the app.
pub fn shell() -> impl IntoView {
    let frame = use_context::<Frame>().unwrap_or_default();
    let bundle = use_context::<Bundle>().unwrap_or_default();
    let nonce = leptos::nonce::use_nonce();
    let start = format!("import start from '{}'; start({{module_or_path:'{}'}}).then(app => app.hydrate());", bundle.js, bundle.wasm);
    view! {
        <!DOCTYPE html>
        <html lang=frame.preferences.lang.tag() data-theme=frame.preferences.theme.tag() data-editor=bundle.modules.get("editor").cloned()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                {bundle
                    .is_there()
                    .then(|| {
                        view! {
                            <link rel="icon" href=bundle.icon.clone() />
                            <link rel="stylesheet" href=bundle.css.clone() />
                            <link rel="modulepreload" href=bundle.js.clone() />
                            <link rel="preload" href=bundle.wasm.clone() r#as="fetch" type="application/wasm" crossorigin="" />
                        }
                    })}
                <leptos_meta::MetaTags />
            </head>
            <body>
                // First in the body: there the browser half begins to take over what the server rendered.
                <App />
                {(!bundle.is_there()).then(|| view! { <p role="alert">{MISSING.get(frame.preferences.lang).to_owned()}</p> })}
                {bundle
                    .is_there()
                    .then(|| {
                        view! {
                            <script type="module" nonce=nonce>
                                {start}
                            </script>
                        }
                    })}
            </body>
        </html>
    }
}

/// The app: what the server renders and the browser takes over.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let frame: Frame = SharedValue::new(|| use_context::<Frame>().unwrap_or_default()).into_inner();
    provide_context(frame.preferences.lang);
    provide_context(frame.clone());
    let asked = frame.submitted.as_ref().is_some_and(|form| form.waiting().is_some());
    provide_context(Proof::new(asked));
    Effect::new(|_| {
        // Browser tests wait for this; setting an attribute of an element that is there cannot fail.
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-hydrated", "");
        }
    });
    view! {
        <Router>
            <Body frame />
        </Router>
    }
}

#[component]
fn Body(frame: Frame) -> impl IntoView {
    provide_session(frame.session.clone());
    let refused = RwSignal::new(frame.fault.clone());
    let path = use_location().pathname;
    // A fault of the first page is gone with the first step to another one.
    Effect::new(move |first: Option<String>| {
        let now = path.get();
        match first {
            Some(first) if first != now => {
                refused.set(None);
                first
            }
            Some(first) => first,
            None => now,
        }
    });
    let content = move || match refused.get() {
        Some(fault) => Either::Left(view! { <FaultView fault /> }),
        None => Either::Right(view! { <Pages /> }),
    };
    let own_frame = frame.session.clone().filter(|_| path.get_untracked() != "/password");
    match own_frame {
        Some(session) => Either::Left(view! { <Layout session>{content}</Layout> }),
        None => Either::Right(content),
    }
}

/// One route a page.
#[component]
fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=|| view! { <FaultView fault=Fault::NotFound /> }>
            <Route path=path!("/login") view=pages::login::LoginPage />
            <Route path=path!("/login/:owner") view=pages::login::LoginPage />
            <Route path=path!("/setup") view=pages::setup::SetupPage />
            <Route path=path!("/password") view=pages::password::PasswordPage />
            <Route path=path!("/") view=pages::overview::OverviewPage />
            <Route path=path!("/usage") view=pages::usage::UsagePage />
            <Route path=path!("/apps") view=pages::applications::list::ApplicationsPage />
            <Route path=path!("/apps/:id") view=pages::applications::info::ApplicationPage />
            <Route path=path!("/apps/:id/features") view=pages::features::FeaturesPage />
            <Route path=path!("/apps/:id/callbacks") view=pages::callback_config::CallbacksPage />
            <Route path=path!("/cam") view=pages::cam::CamPage />
            <Route path=path!("/cam/users") view=pages::users::list::UsersPage />
            <Route path=path!("/cam/users/new") view=pages::users::new::UserNewPage />
            <Route path=path!("/cam/users/:uin") view=pages::users::detail::UserPage />
            <Route path=path!("/cam/groups") view=pages::groups::list::GroupsPage />
            <Route path=path!("/cam/groups/:id") view=pages::groups::detail::GroupPage />
            <Route path=path!("/cam/policies") view=pages::policies::list::PoliciesPage />
            <Route path=path!("/cam/policies/new") view=pages::policies::new::PolicyNewPage />
            <Route path=path!("/cam/policies/:id") view=pages::policies::detail::PolicyPage />
            <Route path=path!("/cam/policies/:id/edit") view=pages::policies::edit::PolicyEditPage />
            <Route path=path!("/audit") view=pages::audit::list::AuditPage />
            <Route path=path!("/audit/:seq") view=pages::audit::detail::AuditEventPage />
            <Route path=path!("/account") view=pages::account::AccountPage />
        </Routes>
    }
}
