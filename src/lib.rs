//! TRTC Console: one console for Tencent Real-Time Communication, shared by many people, each seeing and doing only what CAM allows.
//!
//! # The map
//! Bottom first; each module may use only what stands above it here (`tests/tidy.rs` holds the table).
//!
//! | module | holds |
//! |---|---|
//! | [`text`] | a text in every language |
//! | [`cam`] | the CAM policy language and its engine; pure |
//! | [`catalog`] | everything that can be done here: actions, pages, presets, limits |
//! | [`domain`] | the nouns and the arithmetic that browser and server share |
//! | `server::store` | all the SQL |
//! | `server::gate` | the one place that authenticates and authorises |
//! | `server::services` | use cases; each takes a permit |
//! | `server::http` | routes, headers, cookies, forms |
//! | [`calls`] | server functions, each one expression of the gate |
//! | [`ui`] | the console people see |
//! | `demo` | the demo organisation, made through the same doors as people and TRTC use |
//! | `boot`, `command` | put the server together; the command line |

// The view types of a whole page nest deeper than the default allows.
#![recursion_limit = "256"]

pub mod calls;
pub mod cam;
pub mod catalog;
pub mod domain;
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

/// Takes over the page that the server rendered.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(ui::app::App);
}
