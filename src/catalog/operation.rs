//! The shape of an operation: something that people ask the console to do. The operations themselves are in
//! [`operations`](super::operations).
//!
//! It must never decide: the gate reads here what to decide on, and whether it wants a proof of the password besides.

use super::rule::Rule;

/// One operation.
#[derive(Debug, PartialEq, Eq)]
pub struct OperationRow {
    /// Its name in records and logs: `ResetPassword`.
    pub name: &'static str,
    /// The server functions that do it, below `/call/`: `users/reset-password`.
    pub endpoints: &'static [&'static str],
    /// What it is done to.
    pub on: TargetKind,
    /// What a principal needs for it.
    pub rule: Rule,
    /// Whether the password must have been proven a short time ago.
    pub proof: Proof,
    /// The fields of its forms that hold secrets: taken in and never sent back.
    pub secrets: &'static [&'static str],
}

/// What kind of thing an operation is done to, which is what its actions are decided on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TargetKind {
    /// The signed-in account itself, first password or not.
    OwnAccount,
    /// Nothing in particular.
    Anything,
    /// One application.
    Application,
    /// Every application on which the rule holds.
    Applications,
    /// One sub-account.
    User,
    /// One user group.
    Group,
    /// One policy.
    Policy,
    /// Sub-accounts in user groups.
    Memberships,
    /// Policies of sub-accounts.
    UserPolicies,
    /// Policies of user groups.
    GroupPolicies,
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

/// A kind of target as a type, so that a permit can only be about what its operation is done to.
pub trait Kind: 'static {
    /// The kind as a value.
    const KIND: TargetKind;
}

/// An operation as a type: a permit names in its own type what the gate has decided.
pub trait Operation: Send + Sync + 'static {
    /// Its row of the catalogue.
    const ROW: &'static OperationRow;
    /// What it is done to.
    type On: Kind;
}

/// Makes of each kind a type.
macro_rules! kinds {
    ($($(#[$doc:meta])+ $kind:ident;)+) => {
        /// The kinds of targets, each as a type.
        pub mod on {
            use super::{Kind, TargetKind};
            $(
                $(#[$doc])+
                #[derive(Clone, Copy, Debug)]
                pub enum $kind {}

                impl Kind for $kind {
                    const KIND: TargetKind = TargetKind::$kind;
                }
            )+
        }
    };
}

kinds! {
    /// The signed-in account itself.
    OwnAccount;
    /// Nothing in particular.
    Anything;
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
