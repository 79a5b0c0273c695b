//! From the policies of a principal to the verdict on a request.
//!
//! It must never allow for want of an answer: whatever cannot be read, found or understood is an implicit deny.

use super::clause::Caller;
use super::compile::{Owner, Request};
use super::context::{Context, one_name};
use super::general;
use super::layer::{Layer, View};
use super::policy::Policy;
use super::principal::Principal;
use super::resource::ResourceRef;
use super::source::{Source, Via};
use super::turns::Turns;
use super::variable;
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

/// The answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Some statement allows it and none denies it.
    Allow,
    /// No statement allows it.
    DenyImplicit,
    /// A statement denies it.
    DenyExplicit,
}

impl Verdict {
    /// Whether the request may go on.
    #[must_use]
    pub const fn is_allow(self) -> bool {
        matches!(self, Self::Allow)
    }

    /// The word in conformance files, logs and answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::DenyImplicit => "deny_implicit",
            Self::DenyExplicit => "deny_explicit",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The step of the evaluation that settled a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The request names no action or no resource.
    Request,
    /// The root account on its own resources.
    Root,
    /// The policies of the principal and its groups, and the general policies.
    Policies,
    /// The resource belongs to another root account.
    Owner,
    /// The permissions boundary.
    Boundary,
    /// The session policy.
    Session,
}

/// The policies of one principal, ready to decide. Compile it once a policy revision, share it between requests.
#[derive(Clone, Debug)]
pub struct PolicySet {
    pub(super) caller: Caller,
    pub(super) sources: Vec<Source>,
    pub(super) policies: Arc<Layer>,
    pub(super) boundary: Option<(Source, Layer)>,
    pub(super) session: Option<(Source, Layer)>,
    /// The keys that some condition reads, each under one of its names.
    pub(super) reads: HashSet<String>,
    /// When conditions on the time change their answer.
    pub(super) turns: Turns,
    /// Whether what was compiled holds the number of the account, by a variable.
    has_variables: bool,
}

impl PolicySet {
    /// Compiles the policies of a principal: its own and those of its groups, its boundary and its session policy. The general
    /// policies are added. On the root account nothing else counts but a session policy.
    #[must_use]
    pub fn compile(principal: Principal, policies: Vec<Source>, boundary: Option<Source>, session: Option<Source>) -> Self {
        let caller = Caller::new(principal);
        let mut sources: Vec<Source> =
            policies.into_iter().filter(|source| !principal.is_root || source.origin.via == Via::General).collect();
        sources.push(general::source());
        let single = |source: Source| {
            let layer = Layer::build(std::slice::from_ref(&source), &caller);
            (source, layer)
        };
        let boundary = boundary.filter(|_| !principal.is_root).map(single);
        let session = session.map(single);
        let policies = Arc::new(Layer::build(&sources, &caller));
        let has_variables =
            sources.iter().chain(boundary.iter().chain(&session).map(|(source, _)| source)).any(|source| uses_variables(&source.policy));
        let layers = [&boundary, &session].into_iter().flatten().map(|(_, layer)| layer).chain([policies.as_ref()]);
        let clauses = layers.flat_map(|layer| &layer.statements).flat_map(|statement| &statement.clauses);
        let reads = clauses.clone().map(|clause| one_name(clause.key()).to_owned()).collect();
        let turns = Turns::of(clauses);
        Self { policies, caller, sources, boundary, session, reads, turns, has_variables }
    }

    /// The same policies for another account of the same root account, without compiling them again: `sources` says by which way each comes
    /// to it. `None` where they are not the same policies in the same order, or say something else for another account.
    #[must_use]
    pub fn for_another(&self, principal: Principal, mut sources: Vec<Source>) -> Option<Self> {
        let known = self.caller.principal;
        let alike = (known.owner_uin, known.app_id, known.is_root) == (principal.owner_uin, principal.app_id, principal.is_root);
        sources.push(general::source());
        let same = sources.len() == self.sources.len()
            && sources.iter().zip(&self.sources).all(|(one, other)| Arc::ptr_eq(&one.policy, &other.policy));
        let shared = alike && same && !self.has_variables && self.boundary.is_none() && self.session.is_none();
        shared.then(|| Self {
            caller: Caller::new(principal),
            sources,
            policies: self.policies.clone(),
            boundary: None,
            session: None,
            reads: self.reads.clone(),
            turns: self.turns.clone(),
            has_variables: false,
        })
    }

    /// Whose policies these are.
    #[must_use]
    pub const fn principal(&self) -> &Principal {
        &self.caller.principal
    }

    /// The policies it was compiled from, without the general ones.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.sources.iter().filter(|source| source.origin.via != Via::General)
    }

    /// Whether any statement has a condition on a key, so that its verdicts say nothing about a request of which the key is not known.
    #[must_use]
    pub fn depends_on(&self, key: &str) -> bool {
        self.reads.contains(one_name(key))
    }

    /// Whether any statement has a condition on what a resource is like: its tags, or who made it.
    #[must_use]
    pub fn depends_on_resource(&self) -> bool {
        self.depends_on("qcs:resource_tag") || self.depends_on("qcs:create_uin")
    }

    /// The verdict on one action on one resource. Allocates nothing; the time does not grow with the number of statements.
    #[must_use]
    pub fn verdict<'r>(&self, action: &str, resource: impl Into<ResourceRef<'r>>, context: &Context) -> Verdict {
        match Request::new(action, resource.into(), &self.caller) {
            Some(request) => self.settle(&request, context, &[]).0,
            None => Verdict::DenyImplicit,
        }
    }

    /// Circumstances in which many actions are asked for, such as those of a whole page on one resource.
    #[must_use]
    pub fn under(&self, context: Context) -> Circumstances<'_> {
        Circumstances { set: self, context, known: vec![Cell::new(None); self.policies.statements.len()] }
    }

    /// The verdict on one action on several resources: each must be allowed, one explicit deny denies, and no resource at all is
    /// nothing that could be allowed.
    #[must_use]
    pub fn verdict_all<'r, R>(&self, action: &str, resources: impl IntoIterator<Item = R>, context: &Context) -> Verdict
    where
        R: Into<ResourceRef<'r>>,
    {
        resources.into_iter().map(|resource| self.verdict(action, resource, context)).max().unwrap_or(Verdict::DenyImplicit)
    }

    /// The steps of the evaluation, in their order.
    pub(super) fn settle(&self, request: &Request<'_>, context: &Context, known: &[Cell<Option<bool>>]) -> (Verdict, Stage) {
        let view = View { context, caller: &self.caller, known: &[] };
        let answer = self.policies.answer(request, View { known, ..view });
        if answer.denied {
            return (Verdict::DenyExplicit, Stage::Policies);
        }
        let limits = [(&self.boundary, Stage::Boundary), (&self.session, Stage::Session)]
            .map(|(limit, stage)| limit.as_ref().map(|(_, layer)| (layer.answer(request, view), stage)));
        // A deny beats everything, also a missing allow: who is refused by it gains nothing by a further grant.
        if let Some((_, stage)) = limits.iter().flatten().find(|(answer, _)| answer.denied) {
            return (Verdict::DenyExplicit, *stage);
        }
        if !(answer.allowed || self.caller.principal.is_root) {
            return (Verdict::DenyImplicit, Stage::Policies);
        }
        if !self.reaches(request) {
            return (Verdict::DenyImplicit, Stage::Owner);
        }
        if let Some((_, stage)) = limits.iter().flatten().find(|(answer, _)| !answer.allowed) {
            return (Verdict::DenyImplicit, *stage);
        }
        (Verdict::Allow, if self.caller.principal.is_root { Stage::Root } else { Stage::Policies })
    }

    /// Whether the policies of this account can speak about the resource at all. Another root account's resources are out of reach
    /// but for two doors: buckets of COS for sub-accounts, and roles, where the trust policy of the role has the last word.
    pub(super) fn reaches(&self, request: &Request<'_>) -> bool {
        let Some(resource) = request.resource else {
            return true;
        };
        let bucket = resource.service == "cos" && !self.caller.principal.is_root;
        let role = resource.service == "cam" && request.action == "sts:AssumeRole";
        request.owner == Owner::Own || bucket || role
    }
}

/// Whether a policy has variables, which stand for facts about the account.
fn uses_variables(policy: &Policy) -> bool {
    policy.statements.iter().any(|statement| {
        let resources = statement.value.resources.iter().map(|resource| resource.value.as_str());
        let values = statement.value.conditions.iter().flat_map(|condition| &condition.values).map(|value| value.value.text.as_str());
        resources.chain(values).any(variable::occurs)
    })
}

/// Policies in given circumstances: the conditions of a statement are worked out once, however many actions are asked for.
pub struct Circumstances<'s> {
    set: &'s PolicySet,
    context: Context,
    known: Vec<Cell<Option<bool>>>,
}

impl Circumstances<'_> {
    /// The same verdict as [`PolicySet::verdict`] gives in this context.
    #[must_use]
    pub fn verdict<'r>(&self, action: &str, resource: impl Into<ResourceRef<'r>>) -> Verdict {
        match Request::new(action, resource.into(), &self.set.caller) {
            Some(request) => self.set.settle(&request, &self.context, &self.known).0,
            None => Verdict::DenyImplicit,
        }
    }
}
