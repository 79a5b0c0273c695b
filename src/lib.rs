//! TRTC Console: one console for Tencent Real-Time Communication, shared by many people, each seeing and doing only what CAM allows.
//!
//! # The map
//! Bottom first; each module may use only what stands above it here (`tests/tidy.rs` holds the table).
//!
//! | module | holds |
//! |---|---|
//! | [`text`] | a text in every language |
//! | [`catalog`] | everything that can be done here: actions, pages, presets, limits |

pub mod catalog;
pub mod text;
