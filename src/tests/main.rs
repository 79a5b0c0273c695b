//! The integration tests: one binary, the real router, real databases, a file for each noun.
//!
//! Tests see what the outside sees; nothing is mocked that runs here.

mod clocks;
mod kit;

mod account_command;
mod accounts;
mod applications;
mod audit;
mod budget;
mod cam;
mod cam_command;
mod connecting;
mod database_tls;
mod deploy;
mod disk;
mod drafts;
mod events;
mod exports;
mod features;
mod figures;
mod free_text;
mod groups;
mod guesses;
mod handing_over;
mod hangups;
mod impact;
mod knock;
mod lists;
mod matrix;
mod migrations;
mod operations;
mod people;
mod policies;
mod policy_pages;
mod program;
mod races;
mod readme;
mod replicas;
mod retention;
mod review;
mod rights;
mod sealing;
mod secrets;
mod stays;
mod surface;
mod taking_in;
mod tidy;
mod usage;
mod users;
mod viewing;
mod web;
mod wording;
