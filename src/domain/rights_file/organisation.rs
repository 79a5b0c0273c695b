//! What a file tells of a root account: who holds what, and the texts that count.

use crate::domain::holdings::AttachedTo;
use crate::domain::ids::{GroupId, PolicyId, Uin};
use std::collections::{BTreeMap, BTreeSet};

/// A custom policy as its default version has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyText {
    /// Its name.
    pub name: String,
    /// Its description, may be empty.
    pub description: String,
    /// The text of the default version, byte for byte.
    pub document: String,
    /// What deciding by it costs.
    pub patterns: i64,
    /// The version that counts.
    pub default_version: i64,
    /// The last version.
    pub last_version: i64,
    /// How many versions there are.
    pub versions: i64,
}

/// A user group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupText {
    /// Its name.
    pub name: String,
    /// What administrators noted about it, may be empty.
    pub remark: String,
}

/// The rights of one root account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// The root account.
    pub owner: Uin,
    /// Its APPID.
    pub app_id: i64,
    /// Custom policies.
    pub policies: BTreeMap<PolicyId, PolicyText>,
    /// User groups.
    pub groups: BTreeMap<GroupId, GroupText>,
    /// Sub-accounts with their login names.
    pub users: BTreeMap<Uin, String>,
    /// Who is in which group.
    pub members: BTreeSet<(GroupId, Uin)>,
    /// What is attached without an end, preset policies too.
    pub attached: BTreeSet<(AttachedTo, PolicyId)>,
}

impl Organisation {
    /// What counts for a sub-account, each policy once, with the user groups through which it counts; attached directly without one.
    #[must_use]
    pub fn held_by(&self, user: Uin) -> BTreeMap<PolicyId, Vec<Option<GroupId>>> {
        let mut held: BTreeMap<PolicyId, Vec<Option<GroupId>>> = BTreeMap::new();
        for policy in self.attached_to(AttachedTo::User(user)) {
            held.entry(policy).or_default().push(None);
        }
        for group in self.groups.keys().filter(|group| self.members.contains(&(**group, user))) {
            for policy in self.attached_to(AttachedTo::Group(*group)) {
                held.entry(policy).or_default().push(Some(*group));
            }
        }
        held
    }

    /// What is attached to a sub-account itself or to a group.
    pub fn attached_to(&self, to: AttachedTo) -> impl Iterator<Item = PolicyId> {
        self.attached.range((to, PolicyId(i64::MIN))..=(to, PolicyId(i64::MAX))).map(|(_, policy)| *policy)
    }

    /// The members of a group.
    pub fn members_of(&self, group: GroupId) -> impl Iterator<Item = Uin> {
        self.members.range((group, Uin(i64::MIN))..=(group, Uin(i64::MAX))).map(|(_, user)| *user)
    }

    /// Whether a text says the same as another one in the layout of somebody else: they differ in white space between the parts of JSON alone.
    #[must_use]
    pub fn is_same_text(one: &str, other: &str) -> bool {
        one == other || parts(one).eq(parts(other))
    }
}

/// The characters of a JSON text but white space outside of its strings.
fn parts(text: &str) -> impl Iterator<Item = char> {
    let (mut within, mut escaped) = (false, false);
    text.chars().filter(move |letter| {
        let is_blank = !within && matches!(letter, ' ' | '\t' | '\r' | '\n');
        match letter {
            _ if escaped => escaped = false,
            '\\' if within => escaped = true,
            '"' => within = !within,
            _ => {}
        }
        !is_blank
    })
}
