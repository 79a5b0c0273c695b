//! A question to the gate: a rule, what it is decided on, and what the request brings along.

use crate::cam::Resource;
use crate::catalog::rule::Rule;
use crate::domain::applications::Tag;
use crate::domain::audit_change::AuditedResource;
use crate::domain::ids::SdkAppId;

/// A thing of access management, as policies name it.
#[derive(Clone, Debug)]
pub struct Thing {
    /// What stands before the slash of the last segment.
    pub(super) kind: &'static str,
    pub(super) resource: Resource,
    /// As records name it.
    pub(super) audited: AuditedResource,
}

/// What an operation is decided on.
#[derive(Clone, Debug)]
pub enum DecidedOn {
    /// Nothing in particular.
    Anywhere,
    /// One application.
    App(SdkAppId),
    /// Things of access management; what an action is decided on must be allowed for every one of them.
    Things(Vec<Thing>),
}

/// A question to which the gate said yes, or is asked to.
#[derive(Clone)]
pub(super) struct Question {
    /// What was asked for.
    pub rule: Rule,
    /// On what.
    pub on: DecidedOn,
    /// The tags that the request carries.
    pub tags: Vec<Tag>,
}
