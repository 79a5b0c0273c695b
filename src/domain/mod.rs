//! The nouns and the arithmetic that browser and server share.
//!
//! Pure: no IO, no clock, no framework. What crosses the wire between the two halves is a type of this module, so nothing secret may
//! ever be a field here.
#![deny(missing_docs)]

pub mod access_pages;
pub mod accounts;
pub mod app_changes;
pub mod app_pages;
pub mod applications;
pub mod audit;
pub mod audit_change;
pub mod audit_query;
pub mod browser;
pub mod callback_config;
pub mod calls;
pub mod conditions;
pub mod confirmation;
pub mod days;
pub mod drafts;
pub mod event_names;
mod event_reading;
pub mod events;
pub mod fault;
pub mod features;
pub mod form;
pub mod free_text;
pub mod groups;
pub mod holdings;
pub mod ids;
pub mod impact;
pub mod later;
pub mod paging;
pub mod passwords;
pub mod policies;
pub mod policy_check;
pub mod promises;
pub mod replay;
pub mod rights;
pub mod rights_file;
pub mod rights_query;
pub mod session;
pub mod stays;
pub mod usage;
pub mod wire;
