//! Whether an action could be allowed on anything of a kind: what a list page, a menu entry or a list API asks before it looks at
//! single resources.
//!
//! It must never be taken for a verdict on a resource: it answers `true` when something might be allowed.

use super::clause::{Caller, Clause};
use super::compile::{BoundPattern, BoundStatement, Owner, Prefix};
use super::context::{Context, one_name};
use super::decide::PolicySet;
use super::ends::Ends;
use super::layer::Layer;
use super::outlook::leaves_open;
use super::policy::Effect;
use super::wildcard;
use std::collections::HashSet;

impl PolicySet {
    /// The part of a context that some condition reads, with a time that stands for every other one to which the conditions say the same.
    /// Two contexts with the same part get the same answers, so whatever is kept of the answers is kept with it, and is valid until the
    /// next moment that a policy names.
    #[must_use]
    pub fn read_of(&self, context: &Context) -> Context {
        self.turns.steadied(context.only(|key| self.reads.contains(one_name(key))))
    }

    /// Whether the action is allowed on at least one own resource of a service and type (`trtc`, `sdkappid`), as far as the statements tell. Keys that describe a
    /// resource (its tags, its creator) are unknown here and count in favour; an allow that a deny without such keys covers whole
    /// does not count.
    #[must_use]
    pub fn may_allow(&self, action: &str, service: &str, kind: &str, context: &Context) -> bool {
        self.may_allow_with(action, service, kind, context, &[])
    }

    /// The same where the context says nothing of the `open` keys, which count in favour, too.
    #[must_use]
    pub fn may_allow_with(&self, action: &str, service: &str, kind: &str, context: &Context, open: &[&str]) -> bool {
        let everything = format!("{kind}/*");
        let ask = Ask { action, service, everything: &everything, context, open, caller: &self.caller };
        let denied = ask.denied(&self.policies);
        let limits: Vec<(Vec<&str>, Denied<'_>)> =
            [&self.boundary, &self.session].into_iter().flatten().map(|(_, layer)| (ask.allowed(layer), ask.denied(layer))).collect();
        // Nothing limits the root account but the general policies and a session policy.
        let candidates = if self.caller.principal.is_root { vec![everything.as_str()] } else { ask.allowed(&self.policies) };
        candidates.into_iter().any(|last| {
            !denied.covers(last)
                && limits
                    .iter()
                    .all(|(allowed, denied)| allowed.iter().any(|limit| wildcard::may_meet(last, limit)) && !denied.covers(last))
        })
    }
}

struct Ask<'q> {
    action: &'q str,
    service: &'q str,
    /// `sdkappid/*`
    everything: &'q str,
    context: &'q Context,
    /// Keys that may have any value.
    open: &'q [&'q str],
    caller: &'q Caller,
}

impl<'q> Ask<'q> {
    /// Whether a condition holds as far as the context speaks; `None` when its key is open.
    fn holds(&self, clause: &Clause, known: fn(&Clause, &Context, &Caller) -> bool) -> Option<bool> {
        let is_open = leaves_open(clause, self.context, self.caller, self.open);
        if is_open { None } else { Some(known(clause, self.context, self.caller)) }
    }

    /// The last segments, narrowed to the kind, on which the layer may allow the action.
    fn allowed(&self, layer: &'q Layer) -> Vec<&'q str> {
        let may = |statement: &&BoundStatement| {
            statement.effect == Effect::Allow
                && statement.acts(self.action)
                && statement.clauses.iter().all(|clause| self.holds(clause, Clause::may_hold) != Some(false))
        };
        layer
            .statements
            .iter()
            .filter(may)
            .flat_map(|statement| &statement.resources)
            .filter_map(|pattern| self.narrowed(pattern))
            .collect()
    }

    /// The last segments on which the layer denies the action, whatever the resource.
    fn denied(&self, layer: &'q Layer) -> Denied<'q> {
        let must = |statement: &&BoundStatement| {
            statement.effect == Effect::Deny
                && statement.acts(self.action)
                && statement.clauses.iter().all(|clause| self.holds(clause, Clause::must_hold) == Some(true))
        };
        let patterns = layer.statements.iter().filter(must).flat_map(|statement| &statement.resources);
        let mut denied = Denied::default();
        for pattern in patterns.filter(|pattern| self.is_ours(pattern)) {
            let last = match pattern {
                BoundPattern::All => self.everything,
                BoundPattern::Named { last, .. } => last,
            };
            denied.everything |= wildcard::covers(last, self.everything);
            if last.contains('*') {
                denied.loose.under(last).push(last);
            } else {
                denied.exact.insert(last);
            }
        }
        denied
    }

    fn narrowed(&self, pattern: &'q BoundPattern) -> Option<&'q str> {
        match pattern {
            BoundPattern::All => Some(self.everything),
            pattern if !self.is_ours(pattern) => None,
            BoundPattern::Named { last, .. } if wildcard::covers(last, self.everything) => Some(self.everything),
            BoundPattern::Named { last, .. } => wildcard::may_meet(last, self.everything).then_some(last.as_str()),
        }
    }

    /// Whether the pattern can reach own resources of the service; those have no region.
    fn is_ours(&self, pattern: &BoundPattern) -> bool {
        match pattern {
            BoundPattern::All => true,
            BoundPattern::Named { prefix: Prefix { service, region, owner }, .. } => {
                service.as_deref().is_none_or(|service| service == self.service)
                    && region.is_none()
                    && matches!(owner, Owner::Any | Owner::Own)
            }
        }
    }
}

/// Last segments that are denied.
#[derive(Default)]
struct Denied<'q> {
    /// All of the kind.
    everything: bool,
    exact: HashSet<&'q str>,
    loose: Ends<Vec<&'q str>>,
}

impl Denied<'_> {
    /// Whether one of the patterns covers everything the last segment stands for.
    fn covers(&self, last: &str) -> bool {
        self.everything || self.exact.contains(last) || self.loose.candidates(last).flatten().any(|pattern| wildcard::covers(pattern, last))
    }
}
