//! The integration tests: one binary, the real router, real databases, a file for each noun.
//!
//! Tests see what the outside sees; nothing is mocked that runs here.

mod kit;

mod accounts;
mod applications;
mod cam;
mod events;
mod features;
mod free_text;
mod groups;
mod guesses;
mod knock;
mod matrix;
mod people;
mod policies;
mod policy_pages;
mod replicas;
mod retention;
mod sealing;
mod stays;
mod surface;
mod tidy;
mod usage;
mod users;
mod web;
