//! What the pages of one application's configuration show.
//!
//! Keys must never be a field here.

use super::app_changes::AppChange;
use super::applications::AppHead;
use super::events::CallbackLog;
use super::features::Features;
use serde::{Deserialize, Serialize};

/// What the page of function configuration shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeaturesView {
    /// When relay events arrived last, epoch milliseconds, although relay to CDN has been off here since before.
    pub relay_seen_ms: Option<i64>,
    /// When recording events arrived last, epoch milliseconds, although on-cloud recording has been off here since before.
    pub recording_seen_ms: Option<i64>,
    /// The application, its tabs, and what may be changed.
    pub head: AppHead,
    /// Names this state of the configuration; a save says which one it was based on.
    pub version: i64,
    /// The configuration.
    pub features: Features,
    /// There is a key for the recording callback; what it is stays on the server.
    pub recording_key_set: bool,
    /// Who changed what, newest first.
    pub history: Vec<AppChange>,
}

/// What the page of callback configuration shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackConfigView {
    /// The application, its tabs, and what may be changed.
    pub head: AppHead,
    /// The address to enter at TRTC.
    pub address: String,
    /// There is a key; without one every event is refused.
    pub key_set: bool,
    /// Who changed the key, newest first.
    pub history: Vec<AppChange>,
    /// What arrived lately; bodies, users and addresses only for who may change the key.
    pub log: CallbackLog,
}
