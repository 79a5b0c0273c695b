//! What an operation is done to, and the resources on which that is decided.
//!
//! A target of the wrong kind does not compile: whoever may edit a user group has no permit about a user.

use super::question::{DecidedOn, Thing};
use crate::cam::Resource;
use crate::catalog::operation::kind;
use crate::domain::audit_change::Audited;
use crate::domain::ids::{GroupId, PolicyId, SdkAppId, Uin};
use crate::server::store::applications::AppFacts;
use std::sync::Arc;

/// What a request names and a permit can be about. Applications are none: they are looked up before anything is decided on them.
pub trait Target: Send + Sync {
    /// The kind of operation it fits, one of [`kind`].
    type Kind;

    /// What its actions are decided on. Those of today's operations are decided on `*`; a thing counts where the catalogue gives an action a
    /// type of resource.
    fn decided_on(&self, owner: Uin) -> DecidedOn;
}

/// No particular thing: the resource is `*`.
#[derive(Clone, Copy, Debug)]
pub struct NoTarget;

impl Target for NoTarget {
    type Kind = kind::NoTarget;

    fn decided_on(&self, _: Uin) -> DecidedOn {
        DecidedOn::Anywhere
    }
}

/// The account that asks.
#[derive(Clone, Copy, Debug)]
pub struct OwnAccount;

/// One application that exists and that the caller may know of.
#[derive(Clone, Debug)]
pub struct App(pub(super) AppFacts);

impl App {
    /// Its number.
    #[must_use]
    pub fn id(&self) -> SdkAppId {
        self.0.id
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }
}

/// The applications a list may show: those on which the rule holds, by number.
#[derive(Clone, Debug)]
pub struct Apps {
    pub(super) facts: Arc<Vec<AppFacts>>,
    pub(super) allowed: Vec<usize>,
}

impl Apps {
    /// The numbers of the applications in the scope.
    pub fn ids(&self) -> impl Iterator<Item = SdkAppId> + '_ {
        self.listed().map(|(id, _)| id)
    }

    /// Numbers and names of the applications in the scope.
    pub fn listed(&self) -> impl Iterator<Item = (SdkAppId, &str)> + '_ {
        self.allowed.iter().filter_map(|index| self.facts.get(*index)).map(|app| (app.id, app.name.as_str()))
    }

    /// Whether an application is in the scope.
    #[must_use]
    pub fn holds(&self, id: SdkAppId) -> bool {
        self.ids().any(|allowed| allowed == id)
    }

    /// Applications in the scope.
    #[must_use]
    pub fn count(&self) -> i64 {
        i64::try_from(self.allowed.len()).unwrap_or(i64::MAX)
    }

    /// Applications of the owner, for "3 of 12 applications".
    #[must_use]
    pub fn of(&self) -> i64 {
        i64::try_from(self.facts.len()).unwrap_or(i64::MAX)
    }
}

/// The number of a thing of access management.
pub(super) trait Numbered: Audited {
    const KIND: &'static str;

    fn thing(&self, owner: Uin) -> Thing {
        Thing { kind: Self::KIND, resource: Resource::of("cam", owner.0, Self::KIND, self), audited: self.named("") }
    }
}

impl Numbered for Uin {
    const KIND: &'static str = "uin";
}

impl Numbered for GroupId {
    const KIND: &'static str = "groupid";
}

impl Numbered for PolicyId {
    const KIND: &'static str = "policyid";
}

/// One thing of each of these types makes a target of a kind.
macro_rules! single {
    ($($thing:ty: $kind:ident;)+) => {$(
        impl Target for $thing {
            type Kind = kind::$kind;

            fn decided_on(&self, owner: Uin) -> DecidedOn {
                DecidedOn::Things(vec![self.thing(owner)])
            }
        }
    )+};
}

single! {
    Uin: User;
    GroupId: Group;
    PolicyId: Policy;
}

/// Pairs of these types, and many of them, make a target of a kind.
macro_rules! pairs {
    ($($thing:ty, $other:ty: $kind:ident;)+) => {$(
        impl Target for ($thing, $other) {
            type Kind = kind::$kind;

            fn decided_on(&self, owner: Uin) -> DecidedOn {
                DecidedOn::Things(vec![self.0.thing(owner), self.1.thing(owner)])
            }
        }

        impl Target for Vec<($thing, $other)> {
            type Kind = kind::$kind;

            fn decided_on(&self, owner: Uin) -> DecidedOn {
                DecidedOn::Things(self.iter().flat_map(|(one, other)| [one.thing(owner), other.thing(owner)]).collect())
            }
        }
    )+};
}

pairs! {
    GroupId, Uin: Memberships;
    PolicyId, Uin: UserPolicies;
    PolicyId, GroupId: GroupPolicies;
}

/// The groups that a user joins when it is created: it has no number yet.
impl Target for Vec<GroupId> {
    type Kind = kind::Memberships;

    fn decided_on(&self, owner: Uin) -> DecidedOn {
        DecidedOn::Things(self.iter().map(|group| group.thing(owner)).collect())
    }
}

/// The policies that are attached to a user when it is created.
impl Target for Vec<PolicyId> {
    type Kind = kind::UserPolicies;

    fn decided_on(&self, owner: Uin) -> DecidedOn {
        DecidedOn::Things(self.iter().map(|policy| policy.thing(owner)).collect())
    }
}
