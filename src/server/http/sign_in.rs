//! The plain forms around a session: login, logout, setup, password, language and theme.
//!
//! They work without scripts and from the command line. They must never say whether an account exists.

use super::Web;
use super::cookies::{lasting, preferences, remembered, session_of, set_cookie};
use super::fields::Fields;
use super::pages::{lead_to, own_path, page_request, show};
use crate::domain::fault::Fault;
use crate::domain::form::Submitted;
use crate::domain::session::{Preferences, Theme};
use crate::server::entry::{Entry, status};
use crate::server::gate::{Login, LoginFault, RequestFacts, Setup};
use crate::text::Lang;
use axum::extract::{Extension, OriginalUri, State};
use axum::http::{Extensions, HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};

/// What is needed to show the page of a form again.
struct Again<'a> {
    web: &'a Web,
    headers: &'a HeaderMap,
    facts: &'a RequestFacts,
    nonce: Option<Extension<super::headers::PageNonce>>,
}

impl Again<'_> {
    /// The page of the form with its fault.
    async fn page(self, page: &str, posted: &str, fields: Fields, fault: Fault) -> Response {
        let mut extensions = Extensions::new();
        extensions.insert(self.facts.clone());
        if let Some(Extension(nonce)) = self.nonce {
            extensions.insert(nonce);
        }
        show(self.web, page_request(self.headers, extensions, page), Some(Submitted::new(posted, fields.0, Err(fault)))).await
    }
}

type Nonce = Option<Extension<super::headers::PageNonce>>;

/// `POST /login`: fields `owner`, `username`, `password`, `next`. 303 on success, 401 with the form otherwise.
pub async fn log_in(
    State(web): State<Web>,
    Extension(facts): Extension<RequestFacts>,
    nonce: Nonce,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    fields: Fields,
) -> Response {
    let owner = match fields.get("owner") {
        "" => uri.path().strip_prefix("/login/").unwrap_or_default(),
        owner => owner,
    };
    let login = Login { owner: owner.to_owned(), name: fields.get("username").to_owned(), password: fields.get("password").to_owned() };
    match web.gate.log_in(&facts, login).await {
        Ok(session) => {
            let next = if session.must_change_password {
                "/password"
            } else {
                match own_path(fields.get("next")) {
                    "/" => home(&web, &facts, &session.token).await,
                    page => page,
                }
            };
            let mut response = lead_to(next);
            set_cookie(&mut response, session_of(&web, session.token));
            set_cookie(&mut response, remembered(&web, session.owner));
            if let Some(lang) = session.preferences.0 {
                set_cookie(&mut response, lasting(&web, "lang", lang.tag()));
            }
            if let Some(theme) = session.preferences.1 {
                set_cookie(&mut response, lasting(&web, "theme", theme.tag()));
            }
            response
        }
        Err(fault) => {
            let fault = match fault {
                LoginFault::Refused => Fault::SignedOut,
                LoginFault::TooMany(retry_secs) => Fault::TooMany { retry_secs },
                LoginFault::Fault(fault) => fault,
            };
            let again = Again { web: &web, headers: &headers, facts: &facts, nonce };
            again.page(uri.path(), "/login", fields, fault).await
        }
    }
}

/// Where somebody who asked for no page begins: not everybody may open the start page.
async fn home(web: &Web, facts: &RequestFacts, token: &str) -> &'static str {
    let facts = RequestFacts { token: Some(token.to_owned()), ..facts.clone() };
    match web.gate.caller(&facts).await {
        Ok(caller) => caller.session().await.map_or("/", |session| session.home()),
        Err(_) => "/",
    }
}

/// `POST /logout`: ends the session, whatever its state.
pub async fn log_out(State(web): State<Web>, Extension(facts): Extension<RequestFacts>) -> Response {
    if let Err(fault) = web.gate.log_out(&facts).await {
        // The session lives on, so its cookie must not look as if it did not.
        return (status(&fault), fault.message().en.into_owned()).into_response();
    }
    let mut response = Redirect::to("/login").into_response();
    let mut gone = session_of(&web, String::new());
    gone.make_removal();
    set_cookie(&mut response, gone);
    // What the pages left behind in the browser belongs to nobody who sits down at it next.
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    response
}

/// `POST /stop-viewing`, with `next`: the root account goes on as itself.
pub async fn stop_viewing(State(web): State<Web>, Extension(facts): Extension<RequestFacts>, fields: Fields) -> Response {
    match web.gate.stop_viewing(&facts).await {
        Ok(()) => lead_to(fields.get("next")),
        Err(Fault::SignedOut) => Redirect::to("/login").into_response(),
        Err(fault) => (status(&fault), fault.message().en.into_owned()).into_response(),
    }
}

/// `POST /setup`: the first root account.
pub async fn set_up(
    State(web): State<Web>,
    Extension(facts): Extension<RequestFacts>,
    nonce: Nonce,
    headers: HeaderMap,
    fields: Fields,
) -> Response {
    let setup =
        Setup { code: fields.get("code"), email: fields.get("email"), password: fields.get("password"), repeat: fields.get("repeat") };
    match web.gate.set_up(&facts, setup).await {
        Ok(_) => Redirect::to("/login").into_response(),
        Err(Fault::NotFound) => Redirect::to("/login").into_response(),
        Err(fault) => Again { web: &web, headers: &headers, facts: &facts, nonce }.page("/setup", "/setup", fields, fault).await,
    }
}

/// `POST /password`: changes the own password; the first one must be changed before anything else.
pub async fn change_password(
    State(web): State<Web>,
    Extension(facts): Extension<RequestFacts>,
    nonce: Nonce,
    headers: HeaderMap,
    fields: Fields,
) -> Response {
    let entry = Entry::new(web.gate.clone(), facts.clone());
    let (current, new, repeat) = (fields.get("current"), fields.get("new"), fields.get("repeat"));
    let changed = entry.ask(|caller| async move { caller.change_password(current, new, repeat).await }).await;
    match changed {
        // Only now is anything permitted, so where to begin is asked anew.
        Ok(()) => {
            let token = facts.renewed.get().or(facts.token.as_ref()).map_or("", String::as_str);
            Redirect::to(home(&web, &facts, token).await).into_response()
        }
        Err(fault) => Again { web: &web, headers: &headers, facts: &facts, nonce }.page("/password", "/password", fields, fault).await,
    }
}

/// `POST /preferences`: language and theme, in cookies and, when signed in, with the account.
pub async fn prefer(State(web): State<Web>, Extension(facts): Extension<RequestFacts>, headers: HeaderMap, fields: Fields) -> Response {
    let now = preferences(&headers);
    let chosen = Preferences {
        lang: fields.find("lang").and_then(Lang::from_tag).unwrap_or(now.lang),
        theme: fields.find("theme").map_or(now.theme, Theme::from_tag),
    };
    let entry = Entry::new(web.gate.clone(), facts);
    if let Ok(caller) = entry.caller().await
        && let Err(fault) = caller.prefer(chosen).await
    {
        tracing::warn!(%fault, "language and theme could not be saved with the account");
    }
    let mut response = lead_to(fields.get("next"));
    set_cookie(&mut response, lasting(&web, "lang", chosen.lang.tag()));
    set_cookie(&mut response, lasting(&web, "theme", chosen.theme.tag()));
    response
}
