//! Pages: who may open one, and rendering it.
//!
//! Default deny: a path that is no page of the catalogue is not found. The gate decides before anything is rendered.

use super::Web;
use super::cookies::{owner, preferences};
use super::headers::PageNonce;
use crate::catalog::{Page, pages};
use crate::domain::fault::Fault;
use crate::domain::form::{Frame, Submitted};
use crate::domain::ids::SdkAppId;
use crate::server::entry::{Entry, status};
use crate::server::gate::{Caller, RequestFacts};
use crate::ui::app::{Opened, shell};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use leptos::context::provide_context;
use leptos::nonce::Nonce;
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use std::sync::Arc;

/// Pages for which nobody has to be signed in.
fn is_public(path: &str) -> bool {
    path == "/login" || path.strip_prefix("/login/").is_some_and(|owner| !owner.contains('/')) || path == "/setup"
}

/// `GET` of any path that is no other route.
pub async fn page(State(web): State<Web>, request: Request) -> Response {
    if !matches!(*request.method(), axum::http::Method::GET | axum::http::Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    show(&web, request, None).await
}

/// Renders the page of a request, with the form that was posted on it, if one was.
pub async fn show(web: &Web, request: Request, submitted: Option<Submitted>) -> Response {
    let path = request.uri().path().to_owned();
    let Some(facts) = request.extensions().get::<RequestFacts>().cloned() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let mut frame = Frame {
        preferences: preferences(request.headers()),
        submitted,
        owner: owner(request.headers()),
        origin: facts.origin.clone(),
        ..Frame::default()
    };
    let entry = Entry::new(web.gate.clone(), facts);

    if is_public(&path) {
        let in_setup = web.gate.in_setup().await;
        if (path == "/setup") != in_setup {
            return Redirect::to(if in_setup { "/setup" } else { "/login" }).into_response();
        }
    } else {
        match entry.caller().await {
            Err(Fault::SignedOut) if web.gate.in_setup().await => return Redirect::to("/setup").into_response(),
            Err(Fault::SignedOut) => return Redirect::to(&login_path(request.uri())).into_response(),
            Err(fault) => frame.fault = Some(fault),
            Ok(caller) if path == "/password" => frame.session = caller.session().await.ok().map(Arc::new),
            Ok(caller) if caller.must_change_password() => return Redirect::to("/password").into_response(),
            Ok(caller) => {
                let session = caller.session().await;
                frame.fault = match pages::at(&path) {
                    None => Some(Fault::NotFound),
                    Some(page) => opened(caller, page, app_of(page, &path)).err().or_else(|| session.as_ref().err().cloned()),
                };
                frame.session = session.ok().map(Arc::new);
            }
        }
    }
    render(web, request, entry, frame).await
}

/// Whether a page opens; that it does not is recorded.
fn opened(caller: &Caller, page: &'static Page, app: Option<SdkAppId>) -> Result<(), Fault> {
    let caller = caller.for_a_call();
    caller.open(page, app).inspect_err(|fault| caller.record_fault(fault))
}

/// The application in the path of a page, when the page belongs to one; an id that is no number is one that nothing has.
fn app_of(page: &Page, path: &str) -> Option<SdkAppId> {
    page.is_on_application().then(|| page.param("id", path).and_then(|id| id.parse().ok()).unwrap_or(SdkAppId(0)))
}

async fn render(web: &Web, request: Request, entry: Entry, frame: Frame) -> Response {
    let nonce = request.extensions().get::<PageNonce>().map_or_else(String::new, |nonce| nonce.0.clone());
    let submitted = frame.submitted.as_ref().and_then(|form| form.outcome.as_ref().err());
    let refused = frame.fault.as_ref().or(submitted).cloned();
    let bundle = web.bundle.clone();
    // A form that came back to be proven was posted without scripts, and goes on without them.
    let waits = frame.submitted.as_ref().is_some_and(|form| form.waiting().is_some());
    let opened = Opened(if frame.fault.is_none() && !waits { pages::at(request.uri().path()) } else { None });
    let context = move || {
        provide_context(Nonce::from_value(nonce.clone()));
        provide_context(entry.clone());
        provide_context(frame.clone());
        provide_context(bundle.clone());
        provide_context(opened);
    };
    let handler = leptos_axum::render_app_async_with_context(context, shell);
    let mut response = handler(request).await;
    // What the page itself reports (an object that is not there) is kept; a fault from before rendering goes first.
    if let Some(fault) = &refused {
        *response.status_mut() = status(fault);
        ask_later(&mut response, fault);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Says when to ask again, where a fault knows it.
pub fn ask_later(response: &mut Response, fault: &Fault) {
    if let Fault::TooMany { retry_secs } = fault {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*retry_secs));
    }
}

/// The answer to who asks for a file and gets none.
pub fn no_file(wanted: &Uri, fault: &Fault) -> Response {
    match fault {
        Fault::SignedOut => Redirect::to(&login_path(wanted)).into_response(),
        Fault::PasswordChange => Redirect::to("/password").into_response(),
        fault => {
            let mut refused = (status(fault), format!("{fault}\n")).into_response();
            ask_later(&mut refused, fault);
            refused
        }
    }
}

/// The login page that leads back to where somebody wanted to go.
pub fn login_path(wanted: &Uri) -> String {
    match wanted.path_and_query().map(|path| path.as_str()) {
        Some("/") | None => "/login".to_owned(),
        Some(path) => format!("/login?next={}", as_value(path)),
    }
}

/// Everything but the unreserved characters of RFC 3986 and the slash.
const RESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A path and query as one value of a query or a cookie.
pub fn as_value(path: &str) -> String {
    utf8_percent_encode(path, &RESERVED).to_string()
}

/// What cannot stand in a header as it is, beside everything that is not ASCII.
const UNSENDABLE: AsciiSet = CONTROLS.add(b' ');

/// Leads on to a page of this console. Headers are ASCII, so what somebody typed as it is spoken goes out encoded.
pub fn lead_to(next: &str) -> Response {
    Redirect::to(&utf8_percent_encode(own_path(next), &UNSENDABLE).to_string()).into_response()
}

/// A path of this very console, or its start page: where a form may send somebody on to.
pub fn own_path(next: &str) -> &str {
    let own = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') && !next.chars().any(char::is_control);
    if own { next } else { "/" }
}

/// The request for a page that was posted from, for showing it again.
pub fn page_request(request_headers: &HeaderMap, extensions: axum::http::Extensions, path: &str) -> Request {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = path.parse().unwrap_or_else(|_| Uri::from_static("/"));
    *request.headers_mut() = request_headers.clone();
    request.headers_mut().remove(header::CONTENT_LENGTH);
    request.headers_mut().remove(header::CONTENT_TYPE);
    *request.extensions_mut() = extensions;
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn login_leads_back_only_into_the_console() {
        assert_eq!(login_path(&Uri::from_static("/apps/1?tab=a&b=c")), "/login?next=/apps/1%3Ftab%3Da%26b%3Dc");
        assert_eq!(login_path(&Uri::from_static("/")), "/login");
        assert_eq!(own_path("/usage?app=1"), "/usage?app=1");
        for foreign in ["", "https://evil.example", "//evil.example", "/\\evil.example", "usage", "/a\nb"] {
            assert_eq!(own_path(foreign), "/", "{foreign}");
        }
    }

    #[test]
    fn the_way_on_is_ascii_and_the_very_same_address() {
        let location = |next: &str| lead_to(next).headers()[header::LOCATION].to_str().unwrap().to_owned();
        for next in ["/cam/users?q=R%26D", "/cam/users?q=a%2Bb", "/cam/users?q=%2525", "/apps?q=a%23b", "/cam/users?q=100%25"] {
            assert_eq!(location(next), next);
        }
        assert_eq!(location("/apps?q=课堂"), "/apps?q=%E8%AF%BE%E5%A0%82");
    }
}
