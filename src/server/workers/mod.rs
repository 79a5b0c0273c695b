//! Workers: what the server does without a request that waits for it. They take no permit; what they do is nobody's to ask for.
//!
//! Each can be stopped at any point and goes on after the next start. The driver knows how each is.

pub mod attachments;
pub mod audit_retention;
pub mod decisions;
pub mod driver;
pub mod intake;
pub mod purge;
mod refusals;
pub mod retention;
pub mod rollups;
pub mod sweep;
pub mod unsuccessful;
