//! The pages of sub-accounts.
//!
//! They show and hide by the permitted set; the server decides.

pub mod credential;
pub mod detail;
pub mod list;
pub mod manage;
pub mod new;
mod sessions;

/// What can be changed of a user; who may do none of it only reads.
const CHANGES: &[&str] = &["user.edit", "user.delete", "user.attach", "user.detach", "user.join", "user.leave"];
