//! The document, and the routes: one for each page of the catalogue and those around login.
//!
//! A route without a page of the catalogue does not open: the server refuses the path before anything is rendered.

use super::chunks::{Lazy, chunk_of};
use super::frame::{Proof, provide_session};
use super::layout::Layout;
use super::loaded::FaultView;
#[cfg(feature = "ssr")]
use super::pages;
use crate::catalog::Page;
use crate::catalog::pages::*;
use crate::domain::fault::Fault;
use crate::domain::form::Frame;
use crate::remote::json::JsonText;
use crate::text::Text;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::hooks::use_location;
use leptos_router::path;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

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
    /// The code of pages, by the name of its chunk.
    #[serde(default)]
    pub chunks: BTreeMap<String, Vec<String>>,
}

impl Bundle {
    /// Whether there is one; a page without it has neither style nor scripts.
    #[must_use]
    pub fn is_there(&self) -> bool {
        !self.js.is_empty()
    }
}

/// The page that is opened. Without one — before login, and where something is refused — the document needs no code of a page, and gets none.
#[derive(Clone, Copy, Debug)]
pub struct Opened(pub Option<&'static Page>);

/// Said on every page when there is no bundle: it is not the reader who can mend that.
static MISSING: Text = Text::new(
    "The console's styles and scripts are missing on the server. Forms and links still work. The operator can find the reason in the server's log.",
    "服务器上缺少控制台的样式和脚本文件。表单和链接仍可使用。运维人员可在服务器日志中查看原因。",
);

/// The number of the sources that both halves are made of, from `build.rs`.
const SOURCES: &str = env!("TRTC_CONSOLE_SHARED_SOURCES");
/// The attribute of the document by which the server says it.
#[cfg(feature = "hydrate")]
const SOURCES_OF_PAGE: &str = "data-sources";

/// Whether the page was rendered from the same sources. Other sources render other elements, which this code could not take over.
#[cfg(feature = "hydrate")]
#[must_use]
pub fn is_of_these_sources() -> bool {
    document().document_element().and_then(|root| root.get_attribute(SOURCES_OF_PAGE)).as_deref() == Some(SOURCES)
}

/// The document around the app.
pub fn shell() -> impl IntoView {
    let frame = use_context::<Frame>().unwrap_or_default();
    let bundle = use_context::<Arc<Bundle>>().unwrap_or_default();
    let opened = use_context::<Opened>().and_then(|opened| opened.0);
    view! {
        <!DOCTYPE html>
        <html lang=frame.preferences.lang.tag() data-theme=frame.preferences.theme.tag() data-editor=bundle.modules.get("editor").cloned() data-sources=SOURCES>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                {bundle
                    .is_there()
                    .then(|| {
                        view! {
                            <link rel="icon" href=bundle.icon.clone() />
                            <link rel="stylesheet" href=bundle.css.clone() />
                            {opened.map(|page| preloads(&bundle, page))}
                        }
                    })}
                <leptos_meta::MetaTags />
            </head>
            <body>
                // First in the body: there the browser half begins to take over what the server rendered.
                <App />
                {(!bundle.is_there()).then(|| view! { <p role="alert">{MISSING.get(frame.preferences.lang).to_owned()}</p> })}
                {bundle.is_there().then(|| scripts(&bundle, opened.is_some(), frame.fault.is_some()))}
            </body>
        </html>
    }
}

/// What the browser fetches at once: the code of the frame and of the page.
fn preloads(bundle: &Bundle, page: &Page) -> impl IntoView + use<> {
    let of_page = chunk_of(page).and_then(|chunk| bundle.chunks.get(chunk)).into_iter().flatten();
    let wasm = std::iter::once(&bundle.wasm).chain(of_page).cloned();
    view! {
        <link rel="modulepreload" href=bundle.js.clone() />
        {wasm.map(|href| view! { <link rel="preload" href=href r#as="fetch" type="application/wasm" crossorigin="" /> }).collect_view()}
    }
}

/// The scripts at the end of the body. A page that is refused has something to copy, and nothing else that needs scripts.
fn scripts(bundle: &Bundle, page: bool, refused: bool) -> impl IntoView + use<> {
    let copy = bundle.modules.get("copy").map(|copy| format!("import '{copy}';")).unwrap_or_default();
    let start = format!("import start from '{}'; start({{module_or_path:'{}'}}).then(app => app.hydrate());", bundle.js, bundle.wasm);
    let text = if page { copy + &start } else { copy };
    (page || refused).then(|| {
        view! {
            <script type="module" nonce=leptos::nonce::use_nonce()>
                {text}
            </script>
        }
    })
}

/// The app: what the server renders and the browser takes over.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let frame = SharedValue::<Frame, JsonText>::new_with_encoding(|| use_context().unwrap_or_default()).into_inner();
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
            <Route path=path!("/login") view=around_login />
            <Route path=path!("/login/:owner") view=around_login />
            <Route path=path!("/setup") view=around_login />
            <Route path=path!("/password") view=around_login />
            <Route path=path!("/") view=Lazy(Overview::PAGE) />
            <Route path=path!("/usage") view=Lazy(Usage::PAGE) />
            <Route path=path!("/apps") view=Lazy(Apps::PAGE) />
            <Route path=path!("/apps/:id") view=Lazy(App::PAGE) />
            <Route path=path!("/apps/:id/features") view=Lazy(AppFeatures::PAGE) />
            <Route path=path!("/apps/:id/callbacks") view=Lazy(AppCallbacks::PAGE) />
            <Route path=path!("/cam") view=Lazy(CamOverview::PAGE) />
            <Route path=path!("/cam/users") view=Lazy(Users::PAGE) />
            <Route path=path!("/cam/users/new") view=Lazy(UserNew::PAGE) />
            <Route path=path!("/cam/users/:uin") view=Lazy(User::PAGE) />
            <Route path=path!("/cam/groups") view=Lazy(Groups::PAGE) />
            <Route path=path!("/cam/groups/:id") view=Lazy(Group::PAGE) />
            <Route path=path!("/cam/policies") view=Lazy(Policies::PAGE) />
            <Route path=path!("/cam/policies/new") view=Lazy(PolicyNew::PAGE) />
            <Route path=path!("/cam/policies/:id") view=Lazy(Policy::PAGE) />
            <Route path=path!("/cam/policies/:id/edit") view=Lazy(PolicyEdit::PAGE) />
            <Route path=path!("/cam/policies/:id/review") view=Lazy(PolicyReview::PAGE) />
            <Route path=path!("/cam/language") view=Lazy(PolicyLanguage::PAGE) />
            <Route path=path!("/cam/who-can") view=Lazy(WhoCan::PAGE) />
            <Route path=path!("/cam/promises") view=Lazy(Promises::PAGE) />
            <Route path=path!("/audit") view=Lazy(Audit::PAGE) />
            <Route path=path!("/audit/:seq") view=Lazy(AuditEvent::PAGE) />
            <Route path=path!("/account") view=Lazy(Account::PAGE) />
        </Routes>
    }
}

/// The pages around login stay as the server renders them: the browser half has nothing of them.
#[cfg(feature = "ssr")]
fn around_login() -> AnyView {
    match use_location().pathname.get_untracked().as_str() {
        "/setup" => view! { <pages::setup::SetupPage /> }.into_any(),
        "/password" => view! { <pages::password::PasswordPage /> }.into_any(),
        _ => view! { <pages::login::LoginPage /> }.into_any(),
    }
}

/// They are opened as whole documents, so in the browser half nothing leads here.
#[cfg(not(feature = "ssr"))]
fn around_login() -> impl IntoView {
    view! { <FaultView fault=Fault::NotFound /> }
}
