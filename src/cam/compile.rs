//! The policies of one principal, turned once into an index that answers every later question in about the same time, however many
//! statements there are.
//!
//! It must never change what a statement means: `explain` holds every statement against a request one by one, and the tests compare.
//!
//! A statement is filed under what a request can be looked up by: the exact last segment of its resource, the literal ends of a pattern,
//! or "all"; and inside such a bucket under the exact action, or the literal ends of its pattern. Only what has the same ends is tried.

use super::action::ActionPattern;
use super::clause::{Caller, Clause};
use super::context::Context;
use super::ends::Ends;
use super::policy::{Effect, Statement};
use super::resource::{Account, NamedPattern, NamedResource, ResourcePattern, ResourceRef};
use super::source::Source;
use super::{variable, wildcard};
use foldhash::fast::RandomState;
use std::cell::Cell;
use std::collections::{HashMap, HashSet};

type Map<V> = HashMap<Box<str>, V, RandomState>;

/// A statement of several actions and several resources with more pairs of them than this is filed by resource only, so that no policy
/// can blow up the index. Its actions have an index of their own then.
const MAX_PAIRS: usize = 256;
/// The same once a layer holds this many pairs: compiling takes time and memory that grow with the text of the policies alone.
const MAX_PAIRS_OF_LAYER: usize = 50_000;
/// From this many actions on a statement looks them up instead of trying each.
const MANY_ACTIONS: usize = 16;
/// Stands for "any action of the statement" in an entry.
const EVERY: u32 = u32::MAX;

/// A resource pattern with the principal put in.
#[derive(Clone, Debug)]
pub(super) enum BoundPattern {
    All,
    Named { service: Option<String>, region: Option<String>, owner: Owner, last: String },
}

/// Whose resource, seen from the principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    fn bind(pattern: &ResourcePattern, caller: &Caller) -> Option<Self> {
        let ResourcePattern::Named(NamedPattern { service, region, account, last, .. }) = pattern else {
            return Some(Self::All);
        };
        Some(Self::Named {
            service: service.clone(),
            region: region.clone(),
            owner: Owner::bind(*account, caller),
            last: variable::substitute(last, &caller.principal)?,
        })
    }

    /// Whether it covers the resource of the request. Only `*` covers an operation-level request.
    pub(super) fn covers(&self, request: &Request<'_>) -> bool {
        match (self, request.resource) {
            (Self::All, _) => true,
            (Self::Named { service, region, owner, last }, Some(resource)) => {
                service.as_deref().is_none_or(|service| service == resource.service)
                    && region.as_deref().is_none_or(|region| region == resource.region)
                    && (*owner == Owner::Any || *owner == request.owner)
                    && (wildcard::matches(last, resource.last) || request.other_last.is_some_and(|other| wildcard::matches(last, other)))
            }
            _ => false,
        }
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

/// Where a pair of action and resource of a statement is found again.
#[derive(Clone, Copy, Debug)]
struct Entry {
    statement: u32,
    action: u32,
    resource: u32,
}

#[derive(Clone, Debug, Default)]
struct Bucket {
    /// Entries for one action each, sorted by the number of the action.
    exact: Vec<(u32, Entry)>,
    /// Entries whose action is a pattern.
    loose: Ends<Vec<Entry>>,
    /// Entries of statements that are filed by resource only.
    wide: Vec<Entry>,
}

/// The circumstances of requests: what the conditions are held against.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub context: &'a Context,
    pub caller: &'a Caller,
    /// Whether the conditions of a statement hold, by its number, as far as that has been asked.
    pub known: &'a [Cell<Option<bool>>],
}

impl View<'_> {
    fn is_known_to_fail(&self, number: usize) -> bool {
        self.known.get(number).is_some_and(|known| known.get() == Some(false))
    }

    fn holds(&self, number: usize, statement: &BoundStatement) -> bool {
        let Some(known) = self.known.get(number) else {
            return statement.holds(self.context, self.caller);
        };
        let holds = known.get().unwrap_or_else(|| statement.holds(self.context, self.caller));
        known.set(Some(holds));
        holds
    }
}

/// What one layer of policies says to a request.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Answer {
    pub allowed: bool,
    pub denied: bool,
}

/// One layer: the policies of the identity, the boundary, or the session policy.
#[derive(Clone, Debug, Default)]
pub(super) struct Layer {
    pub statements: Vec<BoundStatement>,
    /// Every action that is named in full, numbered.
    actions: Map<u32>,
    all: Bucket,
    exact: Map<Bucket>,
    /// Patterns by their ends.
    loose: Ends<Bucket>,
    /// Pairs of action and resource that are filed.
    pairs: usize,
}

impl Layer {
    pub(super) fn build(sources: &[Source], caller: &Caller) -> Self {
        let mut layer = Self::default();
        let mut seen = HashSet::new();
        for (source, from) in sources.iter().enumerate() {
            for (index, statement) in from.policy.statements.iter().enumerate() {
                layer.file(bind(source, index, &statement.value, caller), &mut seen);
            }
        }
        let buckets = layer.exact.values_mut().chain(layer.loose.values_mut()).chain([&mut layer.all]);
        for bucket in buckets {
            bucket.exact.sort_by_key(|(action, _)| *action);
        }
        layer
    }

    fn file(&mut self, mut statement: BoundStatement, seen: &mut HashSet<String>) {
        let Ok(number) = u32::try_from(self.statements.len()) else {
            return;
        };
        let (actions, resources) = (statement.actions.len(), statement.resources.len());
        let pairs = actions.saturating_mul(resources);
        let wide = pairs > MAX_PAIRS && actions.min(resources) > 1 || self.pairs.saturating_add(pairs) > MAX_PAIRS_OF_LAYER;
        if !wide {
            self.pairs += pairs;
        }
        if actions >= MANY_ACTIONS {
            statement.acting = Some(Box::new(Acting::new(&statement.actions)));
        }
        for (resource, pattern) in (0u32..).zip(&statement.resources) {
            if wide {
                self.bucket(pattern).wide.push(Entry { statement: number, action: EVERY, resource });
                continue;
            }
            for (action, acts) in (0u32..).zip(&statement.actions) {
                // A pair without condition that is already filed decides nothing new; several policies often repeat each other.
                let key = format!("{:?} {} {pattern:?}", statement.effect, acts.bare());
                if statement.clauses.is_empty() && !seen.insert(key) {
                    continue;
                }
                let entry = Entry { statement: number, action, resource };
                if acts.is_exact() {
                    let next = u32::try_from(self.actions.len()).unwrap_or(EVERY);
                    let id = *self.actions.entry(acts.bare().into()).or_insert(next);
                    self.bucket(pattern).exact.push((id, entry));
                } else {
                    self.bucket(pattern).loose.under(acts.bare()).push(entry);
                }
            }
        }
        self.statements.push(statement);
    }

    fn bucket(&mut self, pattern: &BoundPattern) -> &mut Bucket {
        let BoundPattern::Named { last, .. } = pattern else {
            return &mut self.all;
        };
        if last.contains('*') { self.loose.under(last) } else { self.exact.entry(last.as_str().into()).or_default() }
    }

    /// What the layer says. Looks at as few statements as the request allows and allocates nothing.
    pub(super) fn answer(&self, request: &Request<'_>, view: View<'_>) -> Answer {
        let action = self.actions.get(request.action).copied();
        let mut answer = Answer::default();
        let mut visit = |bucket: &Bucket| self.visit(bucket, action, request, view, &mut answer);
        visit(&self.all);
        let lasts = [request.resource.map(|resource| resource.last), request.other_last];
        for last in lasts.into_iter().flatten() {
            if let Some(bucket) = self.exact.get(last) {
                visit(bucket);
            }
            self.loose.candidates(last).for_each(&mut visit);
        }
        answer
    }

    fn visit(&self, bucket: &Bucket, action: Option<u32>, request: &Request<'_>, view: View<'_>, answer: &mut Answer) {
        if let Some(action) = action {
            let start = bucket.exact.partition_point(|(id, _)| *id < action);
            for (id, entry) in bucket.exact.iter().skip(start) {
                if *id != action {
                    break;
                }
                self.apply(*entry, true, request, view, answer);
            }
        }
        for entry in bucket.loose.candidates(request.action).flatten().chain(&bucket.wide) {
            self.apply(*entry, false, request, view, answer);
        }
    }

    fn apply(&self, entry: Entry, acts: bool, request: &Request<'_>, view: View<'_>, answer: &mut Answer) {
        let at = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let Some(statement) = self.statements.get(at(entry.statement)) else {
            return;
        };
        let settled = match statement.effect {
            Effect::Allow => answer.allowed,
            Effect::Deny => answer.denied,
        };
        // Conditions that are known not to hold are the quickest answer, whatever the action and the resource.
        if settled || view.is_known_to_fail(at(entry.statement)) {
            return;
        }
        let acts = || {
            acts || match statement.actions.get(at(entry.action)) {
                Some(pattern) => pattern.covers(request.action),
                None => statement.acts(request.action),
            }
        };
        let matches = acts()
            && statement.resources.get(at(entry.resource)).is_some_and(|pattern| pattern.covers(request))
            && view.holds(at(entry.statement), statement);
        if matches {
            match statement.effect {
                Effect::Allow => answer.allowed = true,
                Effect::Deny => answer.denied = true,
            }
        }
    }
}

fn bind(source: usize, index: usize, statement: &Statement, caller: &Caller) -> BoundStatement {
    BoundStatement {
        source,
        index,
        effect: statement.effect.value,
        actions: statement.actions.iter().map(|action| action.value.clone()).collect(),
        resources: statement.resources.iter().filter_map(|resource| BoundPattern::bind(&resource.value, caller)).collect(),
        clauses: statement.conditions.iter().map(|condition| Clause::bind(condition, &caller.principal)).collect(),
        acting: None,
    }
}
