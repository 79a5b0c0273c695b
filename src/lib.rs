//! TRTC Console: one console for Tencent Real-Time Communication, shared by many people, each seeing and doing only what CAM allows.
//!
//! # The map
//! One crate, two halves: `ssr` is the server, `hydrate` the browser. Bottom first; each module may use only what stands above it here
//! (`tests/tidy.rs` holds the table).
//!
//! | module | holds |
//! |---|---|
//! | [`text`] | a text in every language |
//! | [`calendar`] | days and their dates |
//! | [`cam`] | the CAM policy language and its engine: parse, check, compile, decide, explain; pure |
//! | [`catalog`] | everything that can be done here: actions, operations, pages and their controls, presets, limits |
//! | [`domain`] | the nouns and the arithmetic that browser and server share |
//! | `server::{bus, clock, config, hex, seal, telemetry}` | bells inside the process, time and chance, settings, digits, sealing, log lines |
//! | `server::store` | all the SQL, one text for SQLite and PostgreSQL |
//! | `server::gate` | the one place that authenticates and authorises |
//! | `server::services` | use cases; each takes a permit |
//! | `server::workers` | what the server does without a request that waits for it: intake, roll-ups, purge, retention, the record of decisions |
//! | `server::entry` | from a server function to its caller, from a fault to a status |
//! | `server::http` | routes, headers, cookies, forms without scripts, callbacks |
//! | [`remote`] | server functions, each one `server::entry::enter(…)` |
//! | [`ui`] | the console people see: frame, pages, components, editor, charts |
//! | `boot`, `command` | put the server together; the command line |
//! | `demo` | the demo organisation, made through the same doors as people and TRTC use |
//!
//! A noun has the same plural name in every layer: `store/groups.rs`, `services/groups.rs`, `remote/groups.rs`, `ui/pages/groups/`,
//! `tests/groups.rs`.
//!
//! # To read first
//! - How a request is decided, and what holds it together: `server::gate`.
//! - How to add an action, an operation or a page: [`catalog`]. How to add a server function: [`remote`].
//! - `tests/golden/`: who may do what, what every server function and page answers to whom. It is read in review.
//!
//! `cargo leptos watch` works for those who have cargo-leptos; the build does not need it.
//!
#![doc = include_str!("dependencies.md")]
// The view types of a whole page nest deeper than the default allows.
#![recursion_limit = "256"]

pub mod calendar;
pub mod cam;
pub mod catalog;
pub mod domain;
pub mod remote;
pub mod text;
pub mod ui;

#[cfg(feature = "ssr")]
pub mod boot;
#[cfg(feature = "ssr")]
pub mod command;
#[cfg(feature = "ssr")]
pub mod demo;
#[cfg(feature = "ssr")]
pub mod server;

/// Takes over the page that the server rendered, once its code is there. Where that is lost, or is of other sources than the server, the page
/// stays as it is: it works without scripts.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    if !ui::app::is_of_these_sources() {
        leptos::logging::error!("the browser files do not belong to this version of the server; the page goes on without scripts");
        return;
    }
    wasm_bindgen_futures::spawn_local(async {
        if ui::chunks::load_first().await.is_ok() {
            leptos::mount::hydrate_body(ui::app::App);
            ui::chunks::load_ahead();
        }
    });
}
