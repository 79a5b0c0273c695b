//! `POST /callbacks/trtc`: where TRTC reports its events.
//!
//! 200 only for what is durable. Unknown application, missing and wrong signature get the same answer. No cookie counts here. What serves
//! browsers is not around this route, and most events are let in without a question to the database: what is left is what an event costs.

use super::{Web, destination, facts, headers};
use crate::domain::events::MAX_BODY_BYTES;
use crate::server::gate::{CallbackError, Signed};
use crate::server::workers::intake::IntakeError;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Request, State};
use axum::http::StatusCode;
use axum::http::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// A body that takes longer is given up. TRTC itself waits 5 s for its answer.
const BODY_WITHIN: Duration = Duration::from_secs(20);

/// Takes one callback.
pub async fn trtc(State(web): State<Arc<Web>>, request: Request) -> Response {
    let mut response = take(&web, request).await;
    headers::secure_no_page(&mut response, &web);
    response
}

/// Whatever else is asked for at this address.
pub async fn only_posted(State(web): State<Arc<Web>>) -> Response {
    let mut response = refused(StatusCode::METHOD_NOT_ALLOWED, "send events with POST");
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
    headers::secure_no_page(&mut response, &web);
    response
}

async fn take(web: &Arc<Web>, mut request: Request) -> Response {
    if let Some(public) = destination::elsewhere(web, &request) {
        return refused(StatusCode::MISDIRECTED_REQUEST, &format!("send events to {public}"));
    }
    let address = facts::address(web, &request);
    let (app, sign) = (header(&request, "sdkappid"), header(&request, "sign"));
    DefaultBodyLimit::max(MAX_BODY_BYTES).apply(&mut request);
    // As bytes, because the signature is over the bytes.
    let body = match tokio::time::timeout(BODY_WITHIN, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => body,
        Ok(Err(rejection)) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return refused(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than 64 KiB");
        }
        Ok(Err(_)) | Err(_) => return refused(StatusCode::BAD_REQUEST, "the body did not arrive"),
    };
    match web.gate.signed_as_seen(app.as_deref(), sign.as_deref(), &body) {
        Ok(Some(signed)) => match web.intake.accept(&signed).await {
            Err(IntakeError::KeyReplaced) => {
                let gate = web.gate.clone();
                asking(web, address, async move { gate.signed_still(signed).await }).await
            }
            accepted => answer_to(accepted),
        },
        Ok(None) => {
            let gate = web.gate.clone();
            asking(web, address, async move { gate.signed_as_stored(app.as_deref(), sign.as_deref(), body.into()).await }).await
        }
        Err(error) => not_let_in(web, address, error),
    }
}

/// A header of other bytes than text is there, and wrong.
fn header(request: &Request, name: &str) -> Option<String> {
    request.headers().get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// Takes a callback about which the database has to be asked. The question is asked to its end, whether or not the sender waits for it.
async fn asking<S>(web: &Arc<Web>, address: Option<IpAddr>, signed: S) -> Response
where
    S: Future<Output = Result<Signed, CallbackError>> + Send + 'static,
{
    let asking = web.clone();
    let answered = web.under_way.spawn(async move {
        match signed.await {
            Ok(signed) => answer_to(asking.intake.accept(&signed).await),
            Err(error) => not_let_in(&asking, address, error),
        }
    });
    answered.await.unwrap_or_else(|error| {
        tracing::error!(%error, "a callback ended without an answer");
        broken()
    })
}

fn answer_to(accepted: Result<(), IntakeError>) -> Response {
    match accepted {
        Ok(()) => (StatusCode::OK, JSON, "{\"code\":0}").into_response(),
        Err(IntakeError::NotAnEvent(why)) => refused(StatusCode::BAD_REQUEST, &why.en),
        // Replaced twice while it waited.
        Err(IntakeError::Unavailable | IntakeError::KeyReplaced) => unavailable(),
        Err(IntakeError::Broken) => broken(),
    }
}

fn not_let_in(web: &Web, address: Option<IpAddr>, error: CallbackError) -> Response {
    let address = address.map_or_else(String::new, |address| address.to_string());
    match error {
        CallbackError::Unavailable => unavailable(),
        CallbackError::Broken => broken(),
        CallbackError::NoApplication(app) => {
            if let Some(app) = app {
                web.intake.unregistered(app, address);
            }
            unsigned()
        }
        CallbackError::Refused { owner, app, reason } => {
            // Anybody can be refused as often as they like; the intake counts, and says so now and then.
            tracing::debug!(app = app.0, reason = reason.tag(), "a callback was refused");
            web.intake.refused(owner, app, reason, address);
            unsigned()
        }
    }
}

fn unsigned() -> Response {
    refused(StatusCode::UNAUTHORIZED, "unknown application or wrong signature")
}

fn unavailable() -> Response {
    refused(StatusCode::SERVICE_UNAVAILABLE, "the event could not be stored; send it again")
}

fn broken() -> Response {
    refused(StatusCode::INTERNAL_SERVER_ERROR, "the event could not be stored; send it again")
}

const JSON: [(HeaderName, &str); 1] = [(CONTENT_TYPE, "application/json")];

/// The sender is a program: a code that is not 0, and why.
fn refused(status: StatusCode, why: &str) -> Response {
    (status, JSON, serde_json::json!({ "code": status.as_u16(), "message": why }).to_string()).into_response()
}
