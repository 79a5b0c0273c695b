//! Preset and custom policies with their versions, as browser and server both know them.
//!
//! The language of the documents is the business of `cam`, what is wrong with one that of `policy_check`.

use super::free_text::check_printable;
use super::ids::{GroupId, PolicyId, Uin};
use super::paging::OrderKey;
use crate::cam::Differences;
use crate::catalog::limits::{MAX_POLICY_DESCRIPTION_BYTES, MAX_POLICY_NAME_CHARS};
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// Which policies a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PolicyKind {
    /// All of them.
    #[default]
    All,
    /// Those that come with the console.
    Preset,
    /// Those made here.
    Custom,
}

impl PolicyKind {
    /// The value of `kind` in an address.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Preset => "preset",
            Self::Custom => "custom",
        }
    }

    /// The kind of a tag; anything unknown is all of them.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        match tag {
            "preset" => Self::Preset,
            "custom" => Self::Custom,
            _ => Self::All,
        }
    }
}

/// What the list of policies can be ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PolicyOrder {
    /// Custom ones before presets.
    #[default]
    Kind,
    /// The name.
    Name,
    /// How many users and groups it is attached to.
    Attached,
    /// When it was last changed; presets never were.
    Modified,
}

impl OrderKey for PolicyOrder {
    const TAGS: &'static [(&'static str, Self)] =
        &[("type", Self::Kind), ("name", Self::Name), ("attached", Self::Attached), ("modified", Self::Modified)];
}

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

/// A policy with the document that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The policy itself.
    pub row: PolicyRow,
    /// The document of the default version, exactly as it was submitted.
    pub document: String,
    /// The highest version number ever given; the next version is the one after it.
    pub last_version: i64,
    /// Versions there are at present.
    pub versions: i64,
}

/// One version of a policy, without its document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// 1, 2, …; never used twice.
    pub version: i64,
    /// The one that counts.
    pub default: bool,
    /// When it was saved, epoch milliseconds.
    pub created_ms: i64,
    /// Login name of who saved it.
    pub created_by: String,
}

/// What a policy is attached to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Holder {
    /// A sub-account, with its name.
    User(Uin, String),
    /// A user group, with its name.
    Group(GroupId, String),
}

/// What a policy is attached to, and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolderUntil {
    /// What it is attached to.
    pub holder: Holder,
    /// When that ends by itself, epoch milliseconds; `None` for what has no end.
    pub until_ms: Option<i64>,
}

/// What became of a line between two versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineChange {
    /// It stands in both.
    Same,
    /// It stands only in the first.
    Removed,
    /// It stands only in the second.
    Added,
}

/// One line of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparedLine {
    /// What became of it.
    pub change: LineChange,
    /// Its number in the first text, from 1.
    pub before: Option<u32>,
    /// Its number in the second text, from 1.
    pub after: Option<u32>,
    /// The line without its end.
    pub text: String,
}

/// One row of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ComparedRow {
    /// A line.
    Line(ComparedLine),
    /// So many lines that stand in both, far from any change.
    Equal(u32),
}

/// Two versions of a policy, line by line. Line ends (LF or CR LF) are no difference: forms change them on their way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The number of the first version.
    pub before: i64,
    /// The number of the second version.
    pub after: i64,
    /// The lines that differ with some around each, in their order; the others are counted.
    pub rows: Vec<ComparedRow>,
    /// Lines that stand only in the first.
    pub removed: u32,
    /// Lines that stand only in the second.
    pub added: u32,
    /// Lines after the last row: what is too long to be shown.
    pub left_out: u32,
    /// What the second allows and denies that the first does not, and the other way round; `None` when one of them cannot be read.
    pub access: Option<Differences>,
}

impl Comparison {
    /// Whether not one line differs.
    #[must_use]
    pub fn same_text(&self) -> bool {
        self.removed == 0 && self.added == 0
    }

    /// Whether both certainly allow and deny the same: only the wording differs, if anything.
    #[must_use]
    pub fn same_meaning(&self) -> bool {
        self.access.as_ref().is_some_and(Differences::is_equal)
    }
}

/// Policy names: 1–128 letters, digits and `+=,.@-_`. Source: cam-semantics §7.
///
/// # Errors
/// What would be right.
pub fn check_name(name: &str) -> Result<(), Text> {
    let right =
        (1..=MAX_POLICY_NAME_CHARS).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@-_".contains(&b));
    if right {
        Ok(())
    } else {
        Err(Text::new(
            "Use 1 to 128 characters: letters, digits and + = , . @ - _ only.",
            "请输入 1 至 128 个字符，仅限字母、数字和 + = , . @ - _。",
        ))
    }
}

/// Policy descriptions: at most 300 bytes without control characters; line breaks may be. Source: cam-semantics §7.
///
/// # Errors
/// What would be right.
pub fn check_description(description: &str) -> Result<(), Text> {
    if description.len() > MAX_POLICY_DESCRIPTION_BYTES {
        return Err(Text::new("Use at most 300 bytes.", "最多 300 字节。"));
    }
    check_printable(description)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_the_documented_characters() {
        for right in ["a", "ops-usage", "A+b=c,d.e@f-g_h", &"x".repeat(128)] {
            assert!(check_name(right).is_ok(), "{right}");
        }
        for wrong in ["", " ", "a b", "运营", "a/b", "a\n", &"x".repeat(129)] {
            assert!(check_name(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn descriptions_are_measured_in_bytes() {
        assert!(check_description(&"运".repeat(100)).is_ok());
        assert!(check_description(&"运".repeat(101)).is_err());
        assert!(check_description("one\ntwo").is_ok() && check_description("one\0two").is_err());
    }
}
