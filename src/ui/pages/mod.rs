//! The pages, one file or folder a noun, as in every other layer.
//!
//! A page asks through `remote` and draws with `components`; what it needs to open stands in the catalogue.

pub mod account;
pub mod applications;
pub mod attachments;
pub mod audit;
pub mod callback_config;
pub mod cam;
pub mod features;
mod figures;
pub mod groups;
mod listing;
pub mod login;
pub mod overview;
pub mod password;
pub mod policies;
pub mod promises;
pub mod rights;
pub mod setup;
pub mod usage;
pub mod users;
