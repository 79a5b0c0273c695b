//! The outward side: routes, headers, cookies, and the mapping of faults to statuses.
//!
//! Adapters only. There must never be SQL, a rule or a decision here; the store is out of sight.

mod assets;
mod audit;
mod callbacks;
pub mod connections;
mod cookies;
mod cross_site;
mod destination;
mod facts;
mod fields;
mod forms;
mod headers;
mod ops;
mod pages;
mod rights;
mod sign_in;
mod under_way;
mod usage;

pub use assets::Assets;

use super::config::Config;
use super::gate::Gate;
use super::workers::driver::Driver;
use super::workers::intake::Intake;
use crate::ui::app::Bundle;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::HeaderMap;
use axum::middleware;
use axum::response::Response;
use axum::routing::{any, get, post};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::task::TaskTracker;
use tower::ServiceBuilder;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::TimeoutLayer;

/// No request of a person is larger; the largest policy that is looked at has 64 KiB, and forms escape characters.
const MAX_BODY_BYTES: usize = 256 * 1024;
/// Longer than any answer of ours takes.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// What every handler may see. Cheap to clone.
#[derive(Clone)]
pub struct Web {
    /// The gate: the only way to data.
    pub gate: Gate,
    /// Where callbacks are handed in.
    pub intake: Intake,
    /// Knows how the workers are.
    pub driver: Driver,
    /// The settings of the server.
    pub config: Arc<Config>,
    /// Addresses of the browser bundle.
    pub bundle: Arc<Bundle>,
    /// Its files.
    pub assets: Arc<Assets>,
    /// The requests under way, to be waited for before the store closes.
    pub under_way: TaskTracker,
}

/// `GET` of a file of the browser bundle.
async fn file(State(web): State<Web>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    web.assets.answer(&name, &headers)
}

/// Every route of the server.
pub fn router(web: Web) -> Router {
    let under_way = web.under_way.clone();
    let files = Router::new()
        .route("/usage/export.csv", get(usage::export))
        .route("/cam/who-can/export.csv", get(rights::export))
        .route("/cam/who-can/simulated.csv", post(rights::simulated))
        .route("/audit/export.csv", get(audit::csv))
        .route("/audit/export.ndjson", get(audit::ndjson))
        .layer(middleware::from_fn(cross_site::refuse));
    let console = Router::new()
        .route("/login", get(pages::page).post(sign_in::log_in))
        .route("/login/{owner}", get(pages::page).post(sign_in::log_in))
        .route("/logout", post(sign_in::log_out))
        .route("/stop-viewing", post(sign_in::stop_viewing))
        .route("/setup", get(pages::page).post(sign_in::set_up))
        .route("/password", get(pages::page).post(sign_in::change_password))
        .route("/preferences", post(sign_in::prefer))
        .route("/call/{*path}", any(forms::call))
        .merge(files)
        .fallback(pages::page)
        .layer(ServiceBuilder::new().layer(CsrfLayer::new()).layer(DefaultBodyLimit::max(MAX_BODY_BYTES)));
    // Nothing that serves browsers is around this route: TRTC sends thousands of events a second, without cookies, and takes one short answer.
    let callbacks =
        Router::new().route("/callbacks/trtc", post(callbacks::trtc).fallback(callbacks::only_posted)).with_state(Arc::new(web.clone()));
    Router::new()
        .merge(console)
        .route("/healthz", get(ops::healthz))
        .with_state(web.clone())
        .layer(CompressionLayer::new())
        .route("/pkg/{*name}", get(file))
        .with_state(web.clone())
        .layer(
            ServiceBuilder::new()
                .layer(middleware::from_fn_with_state(web.clone(), facts::identify))
                .layer(middleware::from_fn_with_state(web.clone(), headers::secure))
                .layer(middleware::from_fn_with_state(web, destination::check))
                .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT))
                .layer(middleware::from_fn_with_state(under_way, under_way::to_its_end)),
        )
        .merge(callbacks)
}
