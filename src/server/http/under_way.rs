//! Requests under way: each is carried out to its end in a task of its own, whatever its client does meanwhile.
//!
//! A client that hangs up must never decide how much of a change happens, nor what becomes of a connection to the database.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

/// Middleware: hands the request to a task and waits for it as long as the client does. A handler that panics is a 500.
pub async fn to_its_end(State(under_way): State<TaskTracker>, request: Request, next: Next) -> Response {
    let answered = under_way.spawn(next.run(request).in_current_span()).await;
    answered.unwrap_or_else(|error| {
        tracing::error!(%error, "a request ended without an answer");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    })
}
