//! The server: everything with IO.
//!
//! Order of use: config, clock, bus → store → gate → services, workers → entry → http. `store` must never be seen outside `gate` and `services`.

pub(crate) mod bus;
pub mod clock;
pub mod config;
pub mod entry;
pub mod gate;
pub(crate) mod hex;
pub mod http;
pub mod seal;
pub mod services;
pub(crate) mod store;
pub mod telemetry;
pub mod workers;
