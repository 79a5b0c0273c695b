//! Use cases, one file a noun. Each takes a permit; what it acts on and where it is stored come out of the permit.
//!
//! Must never see a request, and never decide what the gate decides.

pub mod access_pages;
pub mod applications;
pub mod attachments;
pub mod audit;
pub mod batch;
mod budget;
pub mod callback_config;
pub mod cam;
mod compared;
pub mod drafts;
pub mod events;
pub mod features;
mod full;
pub mod groups;
mod impact;
mod last_used;
mod lockout;
pub mod policies;
pub mod promises;
mod recorded;
pub mod review;
pub mod rights;
pub mod rights_files;
pub mod sealing;
mod selections;
pub mod simulation;
pub mod usage;
pub mod users;
