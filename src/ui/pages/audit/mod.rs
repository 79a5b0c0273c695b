//! Operation records: the list with its filter, one record, files of them, how long they are kept, and those of the own account.
//!
//! What is shown is what was recorded; nothing is asked for again under its present name.

mod address;
mod changes;
pub mod detail;
mod export;
mod filter;
mod json;
pub mod list;
mod names;
pub mod own;
mod retention;
mod table;
