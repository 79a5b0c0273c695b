//! The shape of an operation: something that people ask the console to do. The operations themselves are in
//! [`operations`](super::operations).
//!
//! It must never decide: the gate reads here what to decide on, and whether it wants a proof of the password besides.

use super::action::ActionRow;
use super::rule::Rule;

/// One operation.
#[derive(Debug, PartialEq, Eq)]
pub struct OperationRow {
    /// Its name in the table that is read in review: `ResetPassword`.
    pub name: &'static str,
    /// The server functions that do it, below `/call/`: `users/reset-password`. Those that do it only for some of their fields stand last.
    pub endpoints: &'static [&'static str],
    /// What it is done to.
    pub target: TargetKind,
    /// What a principal needs for it.
    pub rule: Rule,
    /// Whether the password must have been proven a short time ago.
    pub proof: Proof,
    /// The fields of its forms that hold secrets: taken in and never sent back.
    pub secrets: &'static [&'static str],
}

impl OperationRow {
    /// The action it is recorded as: the first that it needs. `None` for what everybody signed in may do; its own name is recorded then.
    #[must_use]
    pub fn action(&self) -> Option<&'static ActionRow> {
        self.rule.actions().first().copied()
    }

    /// Whether it leaves everything as it is. Its name says so; `tests/operations.rs` holds that.
    #[must_use]
    pub fn is_reading(&self) -> bool {
        ["Read", "List", "Check"].iter().any(|verb| self.name.starts_with(verb))
    }

    /// Whether it is done for a root account that sees the console as a sub-account: it leaves everything as it is, and shows nothing that
    /// belongs to that person alone.
    #[must_use]
    pub fn is_open_to_viewers(&self) -> bool {
        let of_draft = self.name == "ReadPolicyReview" || self.endpoints.iter().any(|endpoint| endpoint.starts_with("drafts/"));
        let private = of_draft || (self.target == TargetKind::OwnAccount && self.endpoints != ["session"]);
        self.is_reading() && !private
    }

    /// Whether it touches credentials, rights, secrets or running services.
    #[must_use]
    pub fn is_sensitive(&self) -> bool {
        self.proof != Proof::NotNeeded || !self.secrets.is_empty()
    }
}

/// Whether an operation wants a recent proof of the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Proof {
    /// No.
    NotNeeded,
    /// Always: it changes credentials or rights, shows a secret, or cannot be undone.
    Recent,
    /// Only for some of what it can change; it asks for it by itself.
    ForSecrets,
}

/// An operation as a type: a permit names in its own type what the gate has decided.
pub trait Operation: Send + Sync + 'static {
    /// Its row of the catalogue.
    const ROW: &'static OperationRow;
    /// What it is done to, one of [`kind`].
    type Kind;
}

/// Makes of each kind a value and a type.
macro_rules! kinds {
    ($($(#[$doc:meta])+ $kind:ident;)+) => {
        /// What kind of thing an operation is done to, which is what its actions are decided on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum TargetKind {
            $($(#[$doc])+ $kind,)+
        }

        /// The kinds of targets as types, so that a permit can only be about what its operation is done to.
        pub mod kind {
            $(
                $(#[$doc])+
                #[derive(Clone, Copy, Debug)]
                pub enum $kind {}
            )+
        }
    };
}

kinds! {
    /// The signed-in account itself, first password or not.
    OwnAccount;
    /// No particular thing.
    NoTarget;
    /// One application.
    Application;
    /// Every application on which the rule holds.
    Applications;
    /// One sub-account.
    User;
    /// One user group.
    Group;
    /// One policy.
    Policy;
    /// Sub-accounts in user groups.
    Memberships;
    /// Policies of sub-accounts.
    UserPolicies;
    /// Policies of user groups.
    GroupPolicies;
}
