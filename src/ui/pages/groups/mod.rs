//! The pages of user groups.
//!
//! They show and hide by the permitted set; the server decides.

pub mod detail;
pub mod list;
