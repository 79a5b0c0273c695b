//! The browser bundle: files with their hash in the name, compressed when they were built, kept by browsers for ever.
//!
//! Nothing that depends on who asks may be served from here.

use crate::ui::app::Bundle;
use axum::Router;
use axum::http::{HeaderValue, header};
use std::path::Path;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// The service of `/pkg`.
pub fn bundle(site_dir: &Path) -> Router {
    let files = ServeDir::new(site_dir.join("pkg")).precompressed_br().precompressed_gzip().append_index_html_on_directories(false);
    Router::new().fallback_service(files).layer(SetResponseHeaderLayer::if_not_present(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    ))
}

/// The addresses of the bundle, from the manifest its build wrote; without one, the names that `cargo leptos` gives.
pub fn addresses(site_dir: &Path) -> Bundle {
    let manifest = std::fs::read_to_string(site_dir.join("pkg/manifest.json")).ok().and_then(|text| serde_json::from_str(&text).ok());
    manifest.unwrap_or_else(|| Bundle {
        css: "/pkg/trtc-console.css".to_owned(),
        js: "/pkg/trtc-console.js".to_owned(),
        wasm: "/pkg/trtc-console.wasm".to_owned(),
        ..Bundle::default()
    })
}
