//! For whoever operates the server: whether it works, and how its workers are.
//!
//! Must never tell anything about accounts or applications.

use super::Web;
use crate::server::workers::driver::WorkerStatus;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;

/// `GET /healthz`: 200 when the server can do its work, 503 when the database takes nothing: it is down, full or can only be read. With
/// `?verbose` a line for the database and for each worker; one that fails takes the server out of no load balancer, since others would fail
/// at the same work.
pub async fn healthz(State(web): State<Web>, RawQuery(query): RawQuery) -> impl IntoResponse {
    let healthy = web.gate.healthy().await;
    let (status, mut said) = if healthy {
        (StatusCode::OK, "ok\n".to_owned())
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "nothing can be written to the database\n".to_owned())
    };
    if query.is_some_and(|query| query == "verbose") {
        said = format!("{}database\n", if healthy { "[+]" } else { "[-]" });
        web.driver.workers().iter().for_each(|(name, worker)| said += &line(name, worker));
    }
    (status, said)
}

/// `[-]worker purge: failing since 2026-11-24T08:00:00Z, 3 failures in a row, last success 2026-11-24T07:59:55Z`
fn line(name: &str, worker: &WorkerStatus) -> String {
    let time = |ms: i64| jiff::Timestamp::from_millisecond(ms).map_or_else(|_| ms.to_string(), |time| time.to_string());
    let last = worker.last_success_ms.map_or_else(|| "no success yet".to_owned(), |ms| format!("last success {}", time(ms)));
    match worker.failing_since_ms {
        Some(since_ms) => format!("[-]worker {name}: failing since {}, {} failures in a row, {last}\n", time(since_ms), worker.failures),
        None => format!("[+]worker {name}: {last}\n"),
    }
}
