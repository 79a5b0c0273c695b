//! The integration tests: one binary, the real router, real databases, a file for each noun.
//!
//! Tests see what the outside sees; nothing is mocked that runs here.

mod kit;
mod people;

mod accounts;
mod applications;
mod features;
mod groups;
mod policies;
mod tidy;
mod users;
