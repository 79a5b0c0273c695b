//! For whoever operates the server: whether it works, and how its workers are.
//!
//! Must never tell anything about accounts or applications.

use super::Web;
use crate::server::workers::driver::WorkerStatus;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderName, StatusCode};
use axum::response::IntoResponse;
use std::net::SocketAddr;

/// `GET /healthz`: 200 when the server can do its work, 503 when the database takes nothing: it is down, full or can only be read. With
/// `?verbose`, asked on this machine and past every proxy, a line for the database and for each worker; one that fails takes the server out of
/// no load balancer, since others would fail at the same work.
pub async fn healthz(State(web): State<Web>, request: Request) -> impl IntoResponse {
    let is_verbose = request.uri().query() == Some("verbose") && is_asked_here(&request);
    let healthy = web.gate.healthy().await;
    let (status, mut said) = if healthy {
        (StatusCode::OK, "ok\n".to_owned())
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "nothing can be written to the database\n".to_owned())
    };
    if is_verbose {
        said = format!("{}database\n", if healthy { "[+]" } else { "[-]" });
        web.driver.workers().iter().for_each(|(name, worker)| said += &line(name, worker));
    }
    (status, said)
}

/// Whether somebody on this machine asks, and not a proxy on it for somebody elsewhere: those say that they pass something on.
fn is_asked_here(request: &Request) -> bool {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    let is_passed_on =
        |name: &HeaderName| ["forwarded", "via", "x-real-ip"].contains(&name.as_str()) || name.as_str().starts_with("x-forwarded-");
    peer.is_some_and(|peer| peer.is_loopback()) && !request.headers().keys().any(is_passed_on)
}

/// `[-]worker purge: failing since 2026-11-24T08:00:00Z, failures in a row: 3, last success 2026-11-24T07:59:55Z`
fn line(name: &str, worker: &WorkerStatus) -> String {
    let time = |ms: i64| jiff::Timestamp::from_millisecond(ms).map_or_else(|_| ms.to_string(), |time| time.to_string());
    let last = worker.last_success_ms.map_or_else(|| "no success yet".to_owned(), |ms| format!("last success {}", time(ms)));
    match worker.failing_since_ms {
        Some(since_ms) => format!("[-]worker {name}: failing since {}, failures in a row: {}, {last}\n", time(since_ms), worker.failures),
        None => format!("[+]worker {name}: {last}\n"),
    }
}
