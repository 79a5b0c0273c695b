//! Security headers of every answer, and the nonce that lets a page run its own scripts and no others.
//!
//! The policy is strict: no inline script or style without the nonce, no other origin at all. It must never be loosened for a page.

use super::Web;
use crate::server::clock::random_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The nonce of one answer.
#[derive(Clone, Debug)]
pub struct PageNonce(pub String);

const FIXED: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
];

/// Middleware: mints the nonce and sets the headers.
pub async fn secure(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let nonce = URL_SAFE_NO_PAD.encode(random_bytes::<16>());
    request.extensions_mut().insert(PageNonce(nonce.clone()));
    let mut response = next.run(request).await;
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    add(response.headers_mut(), HeaderValue::from_str(&policy).ok(), web.config.is_https());
    response
}

/// The headers of an answer that is no page: nothing in it may run.
pub fn secure_no_page(response: &mut Response, web: &Web) {
    add(response.headers_mut(), Some(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")), web.config.is_https());
}

fn add(headers: &mut HeaderMap, policy: Option<HeaderValue>, https: bool) {
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Some(policy) = policy {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains"));
    }
    // Whatever is about a person stays out of caches; the bundle sets its own.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
