//! What a request could come to when part of what conditions ask for is left open: the address, the second factor, the time.
//!
//! It must never promise more than the verdict keeps: without an open key that a condition reads it is the verdict itself, and with one it
//! holds for every value that the key could have.

use super::clause::{Caller, Clause};
use super::compile::{BoundStatement, Request};
use super::context::{Context, one_name};
use super::decide::{PolicySet, Verdict};
use super::layer::Layer;
use super::policy::{Effect, Statement};
use super::resource::ResourceRef;
use super::source::Origin;
use serde::{Deserialize, Serialize};
use std::borrow::Borrow;

/// What a request comes to, from the worst to the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outlook {
    /// An explicit deny, whatever is left open.
    Denied,
    /// Not allowed, whatever is left open.
    No,
    /// Allowed for some values of what is left open, perhaps.
    Sometimes,
    /// Allowed, whatever is left open.
    Always,
}

impl Outlook {
    /// The word in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Always => "allow",
            Self::Sometimes => "conditional",
            Self::No => "deny_implicit",
            Self::Denied => "deny_explicit",
        }
    }

    /// Whether it may be allowed at all.
    #[must_use]
    pub fn is_possible(self) -> bool {
        self >= Self::Sometimes
    }
}

impl From<Verdict> for Outlook {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Allow => Self::Always,
            Verdict::DenyImplicit => Self::No,
            Verdict::DenyExplicit => Self::Denied,
        }
    }
}

/// A statement that meets a request.
#[derive(Clone, Copy, Debug)]
pub struct Meeting<'s> {
    /// The policy it stands in.
    pub origin: &'s Origin,
    /// Its number in the policy, from 0.
    pub number: usize,
    /// The statement itself.
    pub written: &'s Statement,
    /// Whether it matches whatever is left open.
    pub is_certain: bool,
}

/// Whether something is so for some values of what is left open, and whether for all.
#[derive(Clone, Copy, Default)]
struct Weighed {
    may: bool,
    must: bool,
}

/// What a layer says.
#[derive(Clone, Copy, Default)]
struct Says {
    allow: Weighed,
    deny: Weighed,
}

impl PolicySet {
    /// Whether some condition reads one of these keys.
    #[must_use]
    pub fn depends_on_any(&self, open: &[&str]) -> bool {
        open.iter().any(|key| self.depends_on(key))
    }

    /// What one action on one resource comes to in a context that says nothing of the `open` keys, which stand for any value. Goes through
    /// every statement where a condition reads one of them.
    #[must_use]
    pub fn outlook<'r>(&self, action: &str, resource: impl Into<ResourceRef<'r>>, context: &Context, open: &[&str]) -> Outlook {
        let Some(request) = Request::new(action, resource.into(), &self.caller) else {
            return Outlook::No;
        };
        if !self.depends_on_any(open) {
            return self.settle(&request, context, &[]).0.into();
        }
        let weigh = |layer: &Layer| self.weigh(layer, &request, context, open);
        let policies = weigh(&self.policies);
        let limits = [&self.boundary, &self.session].map(|limit| limit.as_ref().map(|(_, layer)| weigh(layer)));
        let limits = || limits.iter().flatten();
        if policies.deny.must || limits().any(|limit| limit.deny.must) {
            return Outlook::Denied;
        }
        let is_root = self.caller.principal.is_root;
        let may = (policies.allow.may || is_root) && self.reaches(&request) && limits().all(|limit| limit.allow.may);
        let must = (policies.allow.must || is_root) && limits().all(|limit| limit.allow.must);
        let free = !policies.deny.may && limits().all(|limit| !limit.deny.may);
        match (may, must && free) {
            (true, true) => Outlook::Always,
            (true, false) => Outlook::Sometimes,
            (false, _) => Outlook::No,
        }
    }

    /// The statements of the policies that match one of several requests for an action, or would for some value of what is left open, as
    /// they are written. Each request is a resource with its context; contexts may differ in what they say of the resource alone. No more of
    /// them are asked for than it takes to meet every statement.
    #[must_use]
    pub fn meeting<R, C>(&self, action: &str, requests: impl IntoIterator<Item = (R, C)>, open: &[&str]) -> Vec<Meeting<'_>>
    where
        for<'a> &'a R: Into<ResourceRef<'a>>,
        C: Borrow<Context>,
    {
        let mut left: Vec<&BoundStatement> = self.policies.statements.iter().filter(|statement| statement.acts(action)).collect();
        let mut met: Vec<(&BoundStatement, bool)> = Vec::new();
        let mut requests = requests.into_iter();
        while !left.is_empty() {
            let Some((resource, context)) = requests.next() else { break };
            let Some(request) = Request::new(action, (&resource).into(), &self.caller) else { continue };
            left.retain(|statement| {
                let holds = self.matches_with(statement, &request, context.borrow(), open);
                met.extend((holds != Some(false)).then_some((*statement, holds == Some(true))));
                let clauses = || statement.clauses.iter().filter(|clause| !clause.is_about_resource());
                let never = || clauses().any(|clause| known(clause, context.borrow(), &self.caller, open) == Some(false));
                holds == Some(false) && !never()
            });
        }
        met.sort_by_key(|(statement, _)| (statement.source, statement.index));
        let written = met.into_iter().filter_map(|(statement, is_certain)| {
            let source = self.sources.get(statement.source)?;
            let written = &source.policy.statements.get(statement.index)?.value;
            Some(Meeting { origin: &source.origin, number: statement.index, written, is_certain })
        });
        written.collect()
    }

    fn weigh(&self, layer: &Layer, request: &Request<'_>, context: &Context, open: &[&str]) -> Says {
        let mut says = Says::default();
        for statement in &layer.statements {
            let holds = self.matches_with(statement, request, context, open);
            let side = match statement.effect {
                Effect::Allow => &mut says.allow,
                Effect::Deny => &mut says.deny,
            };
            side.may |= holds != Some(false);
            side.must |= holds == Some(true);
        }
        says
    }

    /// Whether a statement matches; `None` when that depends on what is left open.
    fn matches_with(&self, statement: &BoundStatement, request: &Request<'_>, context: &Context, open: &[&str]) -> Option<bool> {
        if !statement.acts(request.action) || !statement.resources.iter().any(|pattern| pattern.covers(request)) {
            return Some(false);
        }
        all_of(statement.clauses.iter().map(|clause| known(clause, context, &self.caller, open)))
    }
}

/// Whether the key of a condition, under either of its names, is one that is left open.
pub(super) fn leaves_open(clause: &Clause, context: &Context, caller: &Caller, open: &[&str]) -> bool {
    open.iter().any(|key| one_name(key) == one_name(clause.key())) && caller.values(context, clause.key()).is_none()
}

/// Whether a condition holds; `None` when its key is left open.
pub(super) fn known(clause: &Clause, context: &Context, caller: &Caller, open: &[&str]) -> Option<bool> {
    if leaves_open(clause, context, caller, open) { None } else { Some(clause.holds(context, caller)) }
}

/// Whether all of several hold: one that does not is enough, one that is open leaves the others' yes open.
pub(super) fn all_of(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for part in parts {
        match part {
            Some(false) => return Some(false),
            None => all = None,
            Some(true) => {}
        }
    }
    all
}
