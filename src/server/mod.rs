//! The server: everything with IO.
//!
//! Order of use: config, clock → store → gate → services → http. `store` must never be seen outside `gate` and `services`.

pub mod clock;
pub mod config;
pub mod gate;
pub mod http;
pub mod seal;
pub mod services;
pub(crate) mod store;
pub mod telemetry;
