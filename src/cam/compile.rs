//! Statements with the principal put in, and the request they are held against, one by one.
//!
//! It must never look at one statement more than it is asked for: `layer` finds those that a request could meet.

use super::action::ActionPattern;
use super::clause::{Caller, Clause};
use super::context::Context;
use super::ends::Ends;
use super::policy::{Effect, Statement};
use super::resource::{Account, NamedPattern, NamedResource, ResourcePattern, ResourceRef};
use super::{variable, wildcard};
use std::collections::HashSet;

/// From this many actions on a statement looks them up instead of trying each.
const MANY_ACTIONS: usize = 16;

/// A resource pattern with the principal put in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum BoundPattern {
    All,
    Named { prefix: Prefix, last: String },
}

/// What a resource pattern says before its last segment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Prefix {
    pub service: Option<String>,
    pub region: Option<String>,
    pub owner: Owner,
}

/// Whose resource, seen from the principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Owner {
    Any,
    Own,
    Other(Account),
}

impl Owner {
    fn bind(account: Account, caller: &Caller) -> Self {
        let is = |number: u64, own: i64| u64::try_from(own) == Ok(number);
        match account {
            Account::Any => Self::Any,
            Account::Own => Self::Own,
            Account::Uin(uin) if is(uin, caller.principal.owner_uin) => Self::Own,
            Account::AppId(id) if caller.principal.app_id.is_some_and(|own| is(id, own)) => Self::Own,
            other => Self::Other(other),
        }
    }
}

impl BoundPattern {
    /// `None` when a variable of the pattern has no value for the principal: it covers nothing then.
    pub(super) fn bind(pattern: &ResourcePattern, caller: &Caller) -> Option<Self> {
        let ResourcePattern::Named(NamedPattern { service, region, account, last, .. }) = pattern else {
            return Some(Self::All);
        };
        let prefix = Prefix { service: service.clone(), region: region.clone(), owner: Owner::bind(*account, caller) };
        Some(Self::Named { prefix, last: variable::substitute(last, &caller.principal)? })
    }

    /// Whether it covers the resource of the request. Only `*` covers an operation-level request.
    pub(super) fn covers(&self, request: &Request<'_>) -> bool {
        match self {
            Self::All => true,
            Self::Named { prefix, last } => prefix.covers(request) && request.lasts().any(|asked| wildcard::matches(last, asked)),
        }
    }
}

impl Prefix {
    /// Whether the resource of the request has it; an operation-level request has none.
    pub(super) fn covers(&self, request: &Request<'_>) -> bool {
        request.resource.is_some_and(|resource| {
            (self.owner == Owner::Any || self.owner == request.owner)
                && self.service.as_deref().is_none_or(|service| service == resource.service)
                && self.region.as_deref().is_none_or(|region| region == resource.region)
        })
    }
}

/// A request, looked at once.
pub(super) struct Request<'a> {
    /// The action, e.g. `trtc:DismissRoom`.
    pub action: &'a str,
    /// The resource; `None` for `*`.
    pub resource: Option<NamedResource<'a>>,
    /// Whose it is.
    pub owner: Owner,
    /// The other spelling of the root account's own resource: `root` and `uin/<UIN>` of service `cam` are one.
    other_last: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// `None` when the request names no action or no resource.
    pub(super) fn new(action: &'a str, resource: ResourceRef<'a>, caller: &'a Caller) -> Option<Self> {
        if !super::action::is_action(action) {
            return None;
        }
        let named = match resource {
            ResourceRef::All => return Some(Self { action, resource: None, owner: Owner::Own, other_last: None }),
            ResourceRef::Named(named) => named,
            ResourceRef::Unreadable => return None,
        };
        let owner = Owner::bind(named.account, caller);
        let mut other_last = None;
        if named.service == "cam" {
            let account = if owner == Owner::Own { caller.owner_segment.as_str() } else { named.owner };
            other_last = match named.last {
                "root" => Some(account),
                last if last == account => Some("root"),
                _ => None,
            };
        }
        Some(Self { action, resource: Some(named), owner, other_last })
    }

    /// The spellings of the last segment; none of an operation-level request.
    pub(super) fn lasts(&self) -> impl Iterator<Item = &'a str> {
        self.resource.map(|resource| resource.last).into_iter().chain(self.other_last)
    }
}

/// A statement with the principal put in.
#[derive(Clone, Debug)]
pub(super) struct BoundStatement {
    /// Which of the sources it is from.
    pub source: usize,
    /// Its number in the policy, from 0.
    pub index: usize,
    pub effect: Effect,
    pub actions: Vec<ActionPattern>,
    pub resources: Vec<BoundPattern>,
    pub clauses: Vec<Clause>,
    /// The actions by what a request can be looked up by, when there are many.
    acting: Option<Box<Acting>>,
}

/// The actions of one statement.
#[derive(Clone, Debug, Default)]
struct Acting {
    exact: HashSet<Box<str>>,
    loose: Ends<Vec<ActionPattern>>,
}

impl Acting {
    fn new(actions: &[ActionPattern]) -> Self {
        let mut acting = Self::default();
        for action in actions {
            if action.is_exact() {
                acting.exact.insert(action.bare().into());
            } else {
                acting.loose.under(action.bare()).push(action.clone());
            }
        }
        acting
    }

    fn covers(&self, action: &str) -> bool {
        self.exact.contains(action) || self.loose.candidates(action).flatten().any(|pattern| pattern.covers(action))
    }
}

impl BoundStatement {
    /// Puts the principal into a statement.
    pub(super) fn bind(source: usize, index: usize, statement: &Statement, caller: &Caller) -> Self {
        let actions: Vec<ActionPattern> = statement.actions.iter().map(|action| action.value.clone()).collect();
        Self {
            source,
            index,
            effect: statement.effect.value,
            resources: statement.resources.iter().filter_map(|resource| BoundPattern::bind(&resource.value, caller)).collect(),
            clauses: statement.conditions.iter().map(|condition| Clause::bind(condition, &caller.principal)).collect(),
            acting: (actions.len() >= MANY_ACTIONS).then(|| Box::new(Acting::new(&actions))),
            actions,
        }
    }

    /// Whether one of its actions covers the action.
    pub(super) fn acts(&self, action: &str) -> bool {
        match &self.acting {
            Some(acting) => acting.covers(action),
            None => self.actions.iter().any(|pattern| pattern.covers(action)),
        }
    }

    /// The same for one of its actions and one of its resources.
    pub(super) fn narrowed(&self, action: &ActionPattern, resource: &BoundPattern) -> Self {
        let (actions, resources, clauses) = (vec![action.clone()], vec![resource.clone()], self.clauses.clone());
        Self { source: self.source, index: self.index, effect: self.effect, actions, resources, clauses, acting: None }
    }

    /// Whether all its conditions hold.
    pub(super) fn holds(&self, context: &Context, caller: &Caller) -> bool {
        self.clauses.iter().all(|clause| clause.holds(context, caller))
    }

    /// Whether the statement matches: action, resource and condition together.
    pub(super) fn matches(&self, request: &Request<'_>, context: &Context, caller: &Caller) -> bool {
        self.acts(request.action) && self.resources.iter().any(|pattern| pattern.covers(request)) && self.holds(context, caller)
    }
}
