//! For whoever operates the server: whether it works.
//!
//! Must never tell anything about accounts or applications.

use super::Web;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;

/// `GET /healthz`: 200 when the server can do its work, 503 when the database does not answer.
pub async fn healthz(State(web): State<Web>) -> impl IntoResponse {
    if web.gate.healthy().await { (StatusCode::OK, "ok\n") } else { (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n") }
}
