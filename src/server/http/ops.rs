//! For whoever operates the server: whether it works.
//!
//! Must never tell anything about accounts or applications.

use super::Web;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;

/// `GET /healthz`: 200 when the server can do its work, 503 when the database takes nothing: it is down, full or can only be read.
pub async fn healthz(State(web): State<Web>) -> impl IntoResponse {
    if web.gate.healthy().await {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "nothing can be written to the database\n")
    }
}
