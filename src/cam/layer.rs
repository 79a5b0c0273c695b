//! An index over the policies of one layer that answers every later question in about the same time, however many statements there are.
//!
//! It must never change what a statement means: `explain` holds every statement against a request one by one, and the tests compare.
//!
//! A statement is filed under what a request can be looked up by: the exact last segment of its resource, the literal ends of a pattern,
//! or "all". An entry of such a bucket holds what decides in most cases, and what many entries have in common, action patterns and what
//! stands before the last segment, is kept once: a request meets few places of memory, and mostly the same ones.

use super::action::ActionPattern;
use super::clause::Caller;
use super::compile::{BoundPattern, BoundStatement, Prefix, Request};
use super::context::Context;
use super::ends::Ends;
use super::policy::Effect;
use super::source::Source;
use super::wildcard::Pattern;
use foldhash::fast::RandomState;
use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

type Map<K, V> = HashMap<K, V, RandomState>;

/// A statement of several actions and several resources with more pairs of them than this is filed by resource only, so that no policy
/// can blow up the index. Its actions have an index of their own then.
const MAX_PAIRS: usize = 256;
/// The same once a layer holds this many pairs: compiling takes time and memory that grow with the text of the policies alone.
const MAX_PAIRS_OF_LAYER: usize = 50_000;
/// From this many action patterns on a bucket looks them up by their ends instead of trying each.
const MANY_PATTERNS: usize = 8;

/// The number of the prefix of `*`, which has none.
const EVERYTHING: u32 = u32::MAX;

/// The actions of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Acts {
    /// The action of this number.
    Only(u32),
    /// The pattern of this number.
    Like(u32),
    /// Any action of the statement.
    Any,
}

/// Where a pair of action and resource of a statement is found again.
#[derive(Clone, Copy, Debug)]
struct Entry {
    acts: Acts,
    /// The number of what stands before the last segment.
    prefix: u32,
    statement: u32,
    /// The place of the resource in the statement.
    resource: u32,
    effect: Effect,
    has_conditions: bool,
}

#[derive(Clone, Debug, Default)]
struct Bucket {
    /// By action: those of one action first, as many as `named`.
    entries: Vec<Entry>,
    named: usize,
    /// Entries with a pattern, when there are many.
    loose: Option<Box<Ends<Vec<Entry>>>>,
}

impl Bucket {
    /// Puts the entries where they are looked for.
    fn arrange(&mut self, patterns: &[Pattern]) {
        self.entries.sort_by_key(|entry| entry.acts);
        if self.entries.iter().filter(|entry| matches!(entry.acts, Acts::Like(_))).count() >= MANY_PATTERNS {
            let mut loose = Ends::<Vec<Entry>>::default();
            self.entries.retain(|entry| match entry.acts {
                Acts::Like(number) => {
                    if let Some(pattern) = at(patterns, number) {
                        loose.under(pattern.as_str()).push(*entry);
                    }
                    false
                }
                _ => true,
            });
            self.loose = Some(Box::new(loose));
        }
        self.entries.shrink_to_fit();
        self.named = self.entries.partition_point(|entry| matches!(entry.acts, Acts::Only(_)));
    }
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
    fn is_known_to_fail(&self, number: u32) -> bool {
        at(self.known, number).is_some_and(|known| known.get() == Some(false))
    }

    fn holds(&self, number: u32, statement: &BoundStatement) -> bool {
        let Some(known) = at(self.known, number) else {
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
    actions: Map<Box<str>, u32>,
    /// Every other action pattern.
    patterns: Vec<Pattern>,
    /// Whatever stands before a last segment.
    prefixes: Vec<Prefix>,
    all: Bucket,
    exact: Map<Box<str>, Bucket>,
    /// Patterns by their ends.
    loose: Ends<Bucket>,
}

/// A layer that is being built, and what it is built with.
#[derive(Default)]
struct Filing {
    layer: Layer,
    patterns: Map<Box<str>, u32>,
    prefixes: Map<Prefix, u32>,
    resources: Map<BoundPattern, u32>,
    /// Pairs without condition.
    seen: HashSet<(Effect, Acts, u32), RandomState>,
    /// Pairs of action and resource that are filed.
    pairs: usize,
}

impl Filing {
    fn file(&mut self, statement: BoundStatement) {
        let Ok(number) = u32::try_from(self.layer.statements.len()) else {
            return;
        };
        let (actions, resources) = (statement.actions.len(), statement.resources.len());
        let pairs = actions.saturating_mul(resources);
        let wide = pairs > MAX_PAIRS && actions.min(resources) > 1 || self.pairs.saturating_add(pairs) > MAX_PAIRS_OF_LAYER;
        let acts = if wide { vec![Acts::Any] } else { statement.actions.iter().map(|action| self.acts(action)).collect() };
        if !wide {
            self.pairs += pairs;
        }
        for (place, resource) in (0u32..).zip(&statement.resources) {
            let id = numbered(&mut self.resources, resource.clone());
            let entry = Entry {
                acts: Acts::Any,
                prefix: self.prefix(resource),
                statement: number,
                resource: place,
                effect: statement.effect,
                has_conditions: !statement.clauses.is_empty(),
            };
            for acts in &acts {
                // A pair without condition that is already filed decides nothing new; several policies often repeat each other.
                if wide || entry.has_conditions || self.seen.insert((entry.effect, *acts, id)) {
                    self.layer.bucket(resource).entries.push(Entry { acts: *acts, ..entry });
                }
            }
        }
        self.layer.statements.push(statement);
    }

    fn acts(&mut self, action: &ActionPattern) -> Acts {
        if action.is_exact() {
            return Acts::Only(numbered(&mut self.layer.actions, action.bare().into()));
        }
        let number = numbered(&mut self.patterns, action.bare().into());
        if self.patterns.len() > self.layer.patterns.len() {
            self.layer.patterns.push(Pattern::new(action.bare()));
        }
        Acts::Like(number)
    }

    fn prefix(&mut self, resource: &BoundPattern) -> u32 {
        let BoundPattern::Named { prefix, .. } = resource else {
            return EVERYTHING;
        };
        let number = numbered(&mut self.prefixes, prefix.clone());
        if self.prefixes.len() > self.layer.prefixes.len() {
            self.layer.prefixes.push(prefix.clone());
        }
        number
    }
}

/// The number of a value, the next one when it has none yet.
fn numbered<K: Eq + Hash>(numbers: &mut Map<K, u32>, value: K) -> u32 {
    let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
    *numbers.entry(value).or_insert(next)
}

fn at<T>(list: &[T], number: u32) -> Option<&T> {
    list.get(usize::try_from(number).ok()?)
}

/// What is asked of a layer.
struct Ask<'a> {
    request: &'a Request<'a>,
    /// The number of the action.
    action: Option<u32>,
    view: View<'a>,
}

impl Layer {
    pub(super) fn build(sources: &[Source], caller: &Caller) -> Self {
        let mut filing = Filing::default();
        for (source, from) in sources.iter().enumerate() {
            for (index, statement) in from.policy.statements.iter().enumerate() {
                filing.file(BoundStatement::bind(source, index, &statement.value, caller));
            }
        }
        let mut layer = filing.layer;
        let buckets = layer.exact.values_mut().chain(layer.loose.values_mut()).chain([&mut layer.all]);
        buckets.for_each(|bucket| bucket.arrange(&layer.patterns));
        layer
    }

    fn bucket(&mut self, pattern: &BoundPattern) -> &mut Bucket {
        let BoundPattern::Named { last, .. } = pattern else {
            return &mut self.all;
        };
        if last.contains('*') { self.loose.under(last) } else { self.exact.entry(last.as_str().into()).or_default() }
    }

    /// What the layer says. Looks at as few statements as the request allows and allocates nothing.
    pub(super) fn answer(&self, request: &Request<'_>, view: View<'_>) -> Answer {
        let ask = Ask { request, action: self.actions.get(request.action).copied(), view };
        let mut answer = Answer::default();
        self.visit(&self.all, &ask, |_| true, &mut answer);
        for last in request.lasts() {
            if let Some(bucket) = self.exact.get(last) {
                self.visit(bucket, &ask, |entry| self.has_prefix(entry, request), &mut answer);
            }
            for bucket in self.loose.candidates(last) {
                self.visit(bucket, &ask, |entry| self.covers(entry, request), &mut answer);
            }
        }
        answer
    }

    fn has_prefix(&self, entry: &Entry, request: &Request<'_>) -> bool {
        at(&self.prefixes, entry.prefix).is_some_and(|prefix| prefix.covers(request))
    }

    fn covers(&self, entry: &Entry, request: &Request<'_>) -> bool {
        let resource = at(&self.statements, entry.statement).and_then(|statement| at(&statement.resources, entry.resource));
        resource.is_some_and(|pattern| pattern.covers(request))
    }

    /// Applies the entries of a bucket that cover the request.
    fn visit(&self, bucket: &Bucket, ask: &Ask<'_>, covers: impl Fn(&Entry) -> bool, answer: &mut Answer) {
        let (named, rest) = bucket.entries.split_at_checked(bucket.named).unwrap_or_default();
        if let Some(action) = ask.action {
            let acts = Acts::Only(action);
            let first = named.partition_point(|entry| entry.acts < acts);
            for entry in named.iter().skip(first).take_while(|entry| entry.acts == acts) {
                self.apply(entry, ask, &covers, answer);
            }
        }
        for entry in rest {
            self.apply(entry, ask, &covers, answer);
        }
        if let Some(loose) = &bucket.loose {
            for entry in loose.candidates(ask.request.action).flatten() {
                self.apply(entry, ask, &covers, answer);
            }
        }
    }

    fn apply(&self, entry: &Entry, ask: &Ask<'_>, covers: impl Fn(&Entry) -> bool, answer: &mut Answer) {
        let settled = match entry.effect {
            Effect::Allow => &mut answer.allowed,
            Effect::Deny => &mut answer.denied,
        };
        // Conditions that are known not to hold are the quickest answer, whatever the action and the resource.
        if *settled || entry.has_conditions && ask.view.is_known_to_fail(entry.statement) {
            return;
        }
        let statement = || at(&self.statements, entry.statement);
        let acts = match entry.acts {
            Acts::Only(action) => ask.action == Some(action),
            Acts::Like(pattern) => at(&self.patterns, pattern).is_some_and(|pattern| pattern.covers(ask.request.action)),
            Acts::Any => statement().is_some_and(|statement| statement.acts(ask.request.action)),
        };
        *settled = acts
            && covers(entry)
            && (!entry.has_conditions || statement().is_some_and(|statement| ask.view.holds(entry.statement, statement)));
    }
}
