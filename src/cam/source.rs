//! Where a policy comes from: what an explanation names.

use super::policy::Policy;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How a policy came to a principal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// Attached to the principal.
    Direct,
    /// Attached to a user group of this name.
    Group(Arc<str>),
    /// The permissions boundary of the principal.
    Boundary,
    /// One of the general policies everybody has.
    General,
    /// Given when the temporary key was made.
    Session,
}

/// Where a statement comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// The policy; 0 for the general policies and for session policies.
    pub policy_id: i64,
    /// Its name.
    pub policy_name: Arc<str>,
    /// Its version.
    pub version: i32,
    /// How it reached the principal.
    pub via: Via,
}

/// A policy and where it comes from.
#[derive(Clone, Debug)]
pub struct Source {
    /// Where it comes from.
    pub origin: Origin,
    /// The policy.
    pub policy: Arc<Policy>,
}
