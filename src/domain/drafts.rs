//! What is typed in the policy editor and not saved yet.
//!
//! A draft belongs to its author alone, whatever others may do with the policy.

use serde::{Deserialize, Serialize};

/// A draft of a policy, or of one that does not exist yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyDraft {
    /// The name of a policy that does not exist yet; empty otherwise.
    pub name: String,
    /// Its description.
    pub description: String,
    /// The text, as it was typed.
    pub document: String,
    /// The last version that there was when the draft was begun; 0 without a policy.
    pub base: i64,
    /// The default version at that time, whose text it began with.
    pub begun_from: i64,
    /// When it was kept last, epoch milliseconds.
    pub kept_ms: i64,
}
