//! The pages of user groups.
//!
//! They show and hide by the permitted set; the server decides.

pub mod detail;
pub mod list;

/// What can be changed of a user group; who may do none of it only reads.
const CHANGES: &[&str] = &["group.edit", "group.delete", "group.attach", "group.detach", "group.join", "group.leave"];
