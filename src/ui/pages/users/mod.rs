//! The pages of sub-accounts.
//!
//! They show and hide by the permitted set; the server decides.

pub mod credential;
pub mod detail;
pub mod list;
pub mod manage;
pub mod new;
mod sessions;
