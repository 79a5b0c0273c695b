//! The console people see.
//!
//! Draws what it is given and asks through `remote`; it must never decide and never use `server`.

pub mod app;
pub mod charts;
pub mod chunks;
pub mod components;
pub mod editor;
pub mod forms;
pub mod frame;
pub mod icons;
pub mod layout;
pub mod loaded;
pub mod markup;
pub mod over;
pub mod pages;
pub mod query;
pub mod words;

#[cfg(all(test, feature = "ssr"))]
mod gallery;
