//! Server functions over HTTP: called by the browser half as it is, and posted by plain forms when there are no scripts.
//!
//! A plain form that fails shows its page again with everything that was typed; one that succeeds leads back to its page. No server
//! function is answered that the catalogue of calls does not know.

use super::Web;
use super::cookies::{cookie_name, preference, preferences};
use super::fields;
use super::pages::{as_value, lead_to, own_path, page_request, show};
use crate::catalog::secret;
use crate::domain::fault::Fault;
use crate::domain::form::{Submitted, Waiting};
use crate::server::entry::{Entry, status};
use crate::server::gate::RequestFacts;
use crate::text::Text;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use cookie::{Cookie, SameSite};
use leptos::context::provide_context;
use leptos::server_fn::error::FromServerFnError as _;
use percent_encoding::percent_decode_str;
use std::collections::HashSet;
use std::sync::LazyLock;

/// Any method on `/call/…`.
pub async fn call(State(web): State<Web>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    // Before anything is read: nobody need be signed in to come this far, and a form that no page of ours has is not shown again.
    if !is_known(&parts) {
        return StatusCode::NOT_FOUND.into_response();
    }
    // Read here once, and no more than any form of ours has.
    let Ok(body) = to_bytes(body, super::MAX_BODY_BYTES).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let Ok(fields) = fields::read(&body) else { return fields::not_text(preferences(&parts.headers)) };
    if fields::read(parts.uri.query().unwrap_or_default().as_bytes()).is_err() {
        return fields::not_text(preferences(&parts.headers));
    }
    let plain_form = parts.method == Method::POST && accepts_html(&parts.headers);
    if plain_form { posted(&web, parts, body, fields).await } else { run(&web, parts, body).await }
}

/// Whether there is such a server function, called by this method.
fn is_known(parts: &Parts) -> bool {
    // The framework copies the list of them for whoever asks; what there is never changes.
    static KNOWN: LazyLock<HashSet<(&str, Method)>> = LazyLock::new(|| leptos::server_fn::axum::server_fn_paths().collect());
    KNOWN.contains(&(parts.uri.path(), parts.method.clone()))
}

const HTML: &[u8] = b"text/html";

/// Whether this is a browser posting a form, not the browser half calling.
fn accepts_html(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_some_and(|accepted| accepted.as_bytes().windows(HTML.len()).any(|part| part == HTML))
}

async fn run(web: &Web, mut parts: Parts, body: Bytes) -> Response {
    let Some(facts) = parts.extensions.get::<RequestFacts>().cloned() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let entry = Entry::new(web.gate.clone(), facts);
    // Who is nobody learns nothing about what a call wants.
    if let Err(fault) = entry.caller().await {
        return (status(&fault), [(header::CONTENT_TYPE, "application/json")], fault.ser()).into_response();
    }
    // The framework would answer a form by leading to whatever the Referer names, another site included: that is ours to decide.
    parts.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    parts.headers.remove(header::REFERER);
    let request = Request::from_parts(parts, Body::from(body));
    let response = leptos_axum::handle_server_fns_with_context(move || provide_context(entry.clone()), request).await.into_response();
    let mut response = with_status(response).await;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A fault from before the body of a server function, such as a missing field, has no status of its own yet.
async fn with_status(response: Response) -> Response {
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(answer) = to_bytes(body, super::MAX_BODY_BYTES).await else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    parts.status = status(&Fault::de(answer.clone()));
    Response::from_parts(parts, Body::from(answer))
}

/// A plain form: runs the server function as the browser half would, then answers with a page instead of JSON.
async fn posted(web: &Web, parts: Parts, body: Bytes, fields: Vec<(String, String)>) -> Response {
    let back = back(&parts.headers);
    let path = parts.uri.path().to_owned();
    let (headers, extensions) = (parts.headers.clone(), parts.extensions.clone());

    let response = run(web, parts, body).await;
    let failed = !response.status().is_success();
    let onward = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let Ok(answer) = to_bytes(response.into_body(), 4 * super::MAX_BODY_BYTES).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let outcome = if failed {
        let fault = Fault::de(answer);
        // Forms for many users or policies are longer than that; to somebody who is not signed in nothing so long is sent back.
        if fault == Fault::SignedOut && fields.len() > fields::MAX_FIELDS {
            return StatusCode::PAYLOAD_TOO_LARGE.into_response();
        }
        Err(fault)
    } else if let Some(onward) = onward {
        return lead_to(&onward);
    } else if let (PROVE, Some(waiting)) = (path.as_str(), Waiting::carried(&fields)) {
        // Secrets are not kept for the way to the proof and back.
        let again = Fault::Resubmit(if secret::of(&waiting.path).next().is_none() {
            Text::new("Your password is confirmed. Submit the form again.", "密码已验证，请再次提交表单。")
        } else {
            Text::new(
                "Your password is confirmed. Enter the keys and passwords of the form again and submit it.",
                "密码已验证，请重新输入表单中的密钥和密码后再次提交。",
            )
        });
        let form = Submitted::new(&waiting.path, waiting.fields, Err(again));
        let mut response = show_again(web, &headers, extensions, back, form).await;
        *response.status_mut() = StatusCode::OK;
        return response;
    } else if answer.as_ref() == b"null" {
        return lead_to(&back);
    } else {
        Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    show_again(web, &headers, extensions, back, Submitted::new(&path, fields, outcome)).await
}

/// The page of a form with what came of it.
async fn show_again(web: &Web, headers: &HeaderMap, extensions: Extensions, back: String, form: Submitted) -> Response {
    let mut response = show(web, page_request(headers, extensions, &back), Some(form)).await;
    // The page now stands at the address of the call: the next form on it is to come back to the page, not to that address.
    let https = web.config.is_https();
    let page = Cookie::build((cookie_name(https, FORM_PAGE), as_value(&back))).path("/").http_only(true).secure(https);
    let page = page.same_site(SameSite::Lax);
    if let Ok(value) = HeaderValue::from_str(&page.build().to_string()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// Where a password is proven.
const PROVE: &str = "/call/session/prove";

/// Where the page of a form is kept while it is shown at the address of the call.
const FORM_PAGE: &str = "form_page";

/// The page a form was posted from, without its host; the start page when the browser does not say or names a stranger.
fn back(headers: &HeaderMap) -> String {
    let referer = headers.get(header::REFERER).and_then(|value| Uri::try_from(value.as_bytes()).ok());
    let own = |uri: &Uri| match (uri.authority(), headers.get(header::HOST)) {
        (Some(authority), Some(host)) => authority.as_str().as_bytes() == host.as_bytes(),
        _ => false,
    };
    let page = referer.filter(own).and_then(|uri| uri.path_and_query().map(|path| path.as_str().to_owned()));
    let shown_again = page.as_ref().is_some_and(|path| path.starts_with("/call/"));
    let kept = || {
        let value = preference(headers, FORM_PAGE)?;
        percent_decode_str(&value).decode_utf8().map(std::borrow::Cow::into_owned).ok()
    };
    let page = if shown_again { kept() } else { page };
    page.map_or_else(|| "/".to_owned(), |path| own_path(&path).to_owned())
}
