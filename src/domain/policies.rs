//! Preset and custom policies with their versions, as browser and server both know them.
//!
//! The language of the documents is the business of `cam`.

use super::ids::{GroupId, PolicyId, Uin};
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// One row of the list of policies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyRow {
    /// The policy.
    pub id: PolicyId,
    /// Its name, unique below the root account, whatever the case.
    pub name: String,
    /// What it is for.
    pub description: Text,
    /// Comes with the console; cannot be edited or deleted.
    pub preset: bool,
    /// The version that counts.
    pub default_version: i64,
    /// Accounts and groups it is attached to.
    pub attachments: i64,
    /// When it was last changed, epoch milliseconds; `None` for preset policies.
    pub updated_ms: Option<i64>,
}

/// One version of a custom policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// 1, 2, …; never used twice.
    pub version: i64,
    /// The one that counts.
    pub default: bool,
    /// The document exactly as it was submitted.
    pub document: String,
    /// When it was saved, epoch milliseconds.
    pub created_ms: i64,
    /// Login name of who saved it.
    pub created_by: String,
}

/// A policy with all its versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The policy itself.
    pub row: PolicyRow,
    /// Newest first. Preset policies have one.
    pub versions: Vec<PolicyVersion>,
}

impl Policy {
    /// The document that counts.
    #[must_use]
    pub fn document(&self) -> &str {
        self.versions.iter().find(|v| v.default).map_or("", |v| v.document.as_str())
    }
}

/// What a policy is attached to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Holder {
    /// A sub-account, with its name.
    User(Uin, String),
    /// A user group, with its name.
    Group(GroupId, String),
}

/// Policy names: 1–128 letters, digits and `+=,.@-_`. Source: cam-semantics §7.
///
/// # Errors
/// What would be right.
pub fn check_name(name: &str) -> Result<(), Text> {
    let right = (1..=128).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@-_".contains(&b));
    if right { Ok(()) } else { Err(Text::new("1 to 128 letters, digits and `+=,.@-_`", "1 至 128 个字母、数字及 `+=,.@-_`")) }
}

/// Policy descriptions: at most 300 bytes. Source: cam-semantics §7.
///
/// # Errors
/// What would be right.
pub fn check_description(description: &str) -> Result<(), Text> {
    if description.len() <= 300 { Ok(()) } else { Err(Text::new("at most 300 bytes", "最多 300 字节")) }
}
