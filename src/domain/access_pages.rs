//! What the pages of one user, one user group and one policy show, each brought by one call.
//!
//! A part that the reader may not see is `None`, which is not the same as empty.

use super::accounts::{AttachedPolicy, Candidate, User};
use super::drafts::PolicyDraft;
use super::groups::Group;
use super::ids::{GroupId, PolicyId, Uin};
use super::impact::Impact;
use super::later::Later;
use super::policies::{Comparison, HolderUntil, Policy, PolicyVersion};
use super::policy_check::Checked;
use super::promises::PromiseRow;
use super::replay::{LastUsed, Replay};
use super::session::SessionRow;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// What the page of a user shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserView {
    /// The user.
    pub user: User,
    /// Its sessions, the latest first.
    pub sessions: Vec<SessionRow>,
    /// Its user groups.
    pub groups: Option<Vec<(GroupId, String)>>,
    /// The policies that count for it, directly or through groups.
    pub policies: Option<Vec<AttachedPolicy>>,
    /// The user groups it could be added to; empty for who may not.
    pub group_choices: Vec<Candidate<GroupId>>,
    /// The policies it could get; empty for who may not attach any.
    pub policy_choices: Vec<Candidate<PolicyId>>,
}

/// What the page of a user group shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupView {
    /// The user group with its users.
    pub group: Group,
    /// Its policies.
    pub policies: Option<Vec<AttachedPolicy>>,
    /// The users it could get; empty for who may not add any.
    pub user_choices: Vec<Candidate<Uin>>,
    /// The policies it could get; empty for who may not attach any.
    pub policy_choices: Vec<Candidate<PolicyId>>,
}

/// The parts of the page of a policy, of which one is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PolicyTab {
    /// The document that counts.
    #[default]
    Document,
    /// The versions, and two of them compared.
    Versions,
    /// What the policy is attached to.
    AttachedTo,
}

impl PolicyTab {
    /// The value of `tab` in an address.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Document => "",
            Self::Versions => "versions",
            Self::AttachedTo => "used",
        }
    }

    /// The part of a tag; anything unknown is the document.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        match tag {
            "versions" => Self::Versions,
            "used" => Self::AttachedTo,
            _ => Self::Document,
        }
    }
}

/// What the page of a policy shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyView {
    /// The policy with the document that counts.
    pub policy: Policy,
    /// The part that was asked for.
    pub tab: PolicyTab,
    /// What is to be said of the document, where that is asked for.
    pub checked: Option<Checked>,
    /// When it was last used, where its document is asked for; `None` for who may not see whom it reaches.
    pub last_used: Option<LastUsed>,
    /// Its versions, where that part is asked for. A preset policy has none.
    pub versions: Option<Later<PolicyVersions>>,
    /// What it is attached to, where that part is asked for.
    pub attached_to: Option<Later<PolicyHolders>>,
}

/// The versions of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyVersions {
    /// Newest first.
    pub versions: Vec<PolicyVersion>,
    /// Two of them line by line, where there are two and the reader may read them.
    pub comparison: Option<Comparison>,
}

/// What a policy is attached to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyHolders {
    /// Sub-accounts, then user groups, each by name.
    pub holders: Vec<HolderUntil>,
    /// The users it could be attached to; empty for who may not.
    pub user_choices: Vec<Candidate<Uin>>,
    /// The user groups it could be attached to; empty for who may not.
    pub group_choices: Vec<Candidate<GroupId>>,
}

/// What the page that reviews the draft of a policy shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyReview {
    /// The policy as it is.
    pub policy: Policy,
    /// The own draft of it; `None` when there is none.
    pub reviewed: Option<Reviewed>,
}

/// What a draft does to promises about rights.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromisesOfDraft {
    /// Promises that are kept under it.
    pub kept: usize,
    /// Promises that are broken without it and under it.
    pub unkept: usize,
    /// The promises that it breaks.
    pub broken: Vec<PromiseRow>,
}

/// A draft, and everything that is to be known before it is saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewed {
    /// The draft.
    pub draft: PolicyDraft,
    /// What was found in it.
    pub checked: Checked,
    /// The default version and the draft, which would be the next version.
    pub comparison: Comparison,
    /// What it does to screens; `None` for who may not see that, and when the draft has errors.
    pub impact: Option<Impact>,
    /// What it makes of the decisions of the last days; `None` where `impact` is.
    pub replay: Option<Replay>,
    /// What its author would lose by making it the default version.
    pub concern: Option<Text>,
    /// What it does to promises about rights; `None` for who may not read them, and when the draft has errors.
    pub promises: Option<PromisesOfDraft>,
    /// Stands for what is shown; the save sends it back, so that nothing else is saved.
    pub stamp: String,
    /// When, epoch milliseconds.
    pub at_ms: i64,
}
