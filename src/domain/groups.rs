//! User groups, as browser and server both know them.
//!
//! What a group grants is decided by `cam` alone; nothing here may judge.

use super::ids::{GroupId, Uin};
use super::paging::OrderKey;
use serde::{Deserialize, Serialize};

/// One row of the list of groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRow {
    /// The group.
    pub id: GroupId,
    /// Its name, unique below the root account, whatever the case.
    pub name: String,
    /// Free text.
    pub remark: String,
    /// Members.
    pub members: i64,
    /// Policies attached.
    pub policies: i64,
    /// When it was created, epoch milliseconds.
    pub created_ms: i64,
}

/// What the list of groups can be ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GroupOrder {
    /// The name.
    #[default]
    Name,
    /// How many members it has.
    Members,
    /// How many policies are attached.
    Policies,
    /// When it was created.
    Created,
}

impl OrderKey for GroupOrder {
    const TAGS: &'static [(&'static str, Self)] =
        &[("name", Self::Name), ("users", Self::Members), ("policies", Self::Policies), ("created", Self::Created)];
}

/// A group with its members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The group itself.
    pub row: GroupRow,
    /// Its members, by name.
    pub members: Vec<(Uin, String)>,
}
