//! `POST /callbacks/trtc`: where TRTC reports its events.
//!
//! 200 only for what is durable. Unknown application, missing and wrong signature get the same answer. No cookie counts here.

use super::Web;
use crate::server::gate::{CallbackError, RequestFacts};
use crate::server::workers::intake::IntakeError;
use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Takes one callback. The body is read as bytes, because the signature is over the bytes.
pub async fn trtc(
    State(web): State<Web>,
    Extension(facts): Extension<RequestFacts>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return refused(StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than 64 KiB");
        }
        Err(_) => return refused(StatusCode::BAD_REQUEST, "the body did not arrive"),
    };
    // A header of other bytes than text is there, and wrong.
    let header = |name: &str| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let signed = web.gate.signed(header("sdkappid").as_deref(), header("sign").as_deref(), body.into()).await;
    let signed = match signed {
        Ok(signed) => signed,
        Err(error) => return not_let_in(&web, &facts, error),
    };
    let mut accepted = web.intake.accept(&signed).await;
    if accepted == Err(IntakeError::KeyReplaced) {
        accepted = match web.gate.signed_still(signed).await {
            Ok(signed) => web.intake.accept(&signed).await,
            Err(error) => return not_let_in(&web, &facts, error),
        };
    }
    match accepted {
        Ok(()) => answer(StatusCode::OK, "{\"code\":0}".to_owned()),
        Err(IntakeError::NotAnEvent(why)) => refused(StatusCode::BAD_REQUEST, &why.en),
        // Replaced twice while it waited.
        Err(IntakeError::Unavailable | IntakeError::KeyReplaced) => unavailable(),
        Err(IntakeError::Broken) => broken(),
    }
}

fn not_let_in(web: &Web, facts: &RequestFacts, error: CallbackError) -> Response {
    match error {
        CallbackError::Unavailable => unavailable(),
        CallbackError::Broken => broken(),
        CallbackError::NoApplication(app) => {
            if let Some(app) = app {
                web.intake.unregistered(app, facts.address_text());
            }
            unsigned()
        }
        CallbackError::Refused { owner, app, reason } => {
            // Anybody can be refused as often as they like; the intake counts, and says so now and then.
            tracing::debug!(app = app.0, reason = reason.tag(), "a callback was refused");
            web.intake.refused(owner, app, reason, facts.address_text());
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

/// The sender is a program: a code that is not 0, and why.
fn refused(status: StatusCode, why: &str) -> Response {
    answer(status, serde_json::json!({ "code": status.as_u16(), "message": why }).to_string())
}

fn answer(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
