//! A request held against every statement, part by part: which pattern matched, and which condition wanted what and met what.
//!
//! It must never decide: the verdict beside it is `decide`'s. It discloses policy text: show it only to who may read the policies.

use super::compile::{BoundPattern, BoundStatement, Request};
use super::context::Context;
use super::decide::{PolicySet, Stage, Verdict};
use super::explain::{nearness, number};
use super::layer::Layer;
use super::outlook::{Outlook, all_of, known};
use super::policy::{Effect, Statement};
use super::resource::ResourceRef;
use super::source::{Origin, Source, Via};
use super::variable;
use serde::{Deserialize, Serialize};

/// Patterns that are told of a part that does not match; the others are counted.
const MAX_TOLD: usize = 8;

/// A verdict and every statement that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// The verdict, the same as [`PolicySet::verdict`] gives.
    pub verdict: Verdict,
    /// The step that settled it.
    pub stage: Stage,
    /// What it comes to where something is left open; the verdict where nothing is.
    pub outlook: Outlook,
    /// Every statement, the nearest first. General policies stand here only where they are about the action.
    pub statements: Vec<TracedStatement>,
}

/// A statement held against a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TracedStatement {
    /// The policy it stands in.
    pub origin: Origin,
    /// Its number in the policy, from 0.
    pub statement: u32,
    /// What it does.
    pub effect: Effect,
    /// Whether one of its actions covers the action.
    pub action: TracedPart,
    /// Whether one of its resources covers the resource.
    pub resource: TracedPart,
    /// Its conditions, in their order.
    pub conditions: Vec<TracedCondition>,
    /// How near it came; the greatest is a match.
    pub nearness: u8,
}

/// Patterns held against the action or the resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TracedPart {
    /// The first pattern that covers it.
    pub by: Option<String>,
    /// The first patterns that do not, where none does.
    pub others: Vec<String>,
    /// How many patterns there are.
    pub of: u32,
}

/// A condition held against the values of its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TracedCondition {
    /// The operator, e.g. `ip_equal`.
    pub operator: String,
    /// The key, e.g. `qcs:ip`.
    pub key: String,
    /// The values of the policy, variables filled in.
    pub wanted: Vec<String>,
    /// The values of the request; `None` for a key that it does not carry.
    pub actual: Option<Vec<String>>,
    /// Whether it holds; `None` when its key is left open.
    pub holds: Option<bool>,
}

impl TracedStatement {
    /// Whether the statement matches; `None` when that depends on what is left open.
    #[must_use]
    pub fn matches(&self) -> Option<bool> {
        let patterns = [&self.action, &self.resource].map(|part| Some(part.by.is_some()));
        all_of(patterns.into_iter().chain(self.conditions.iter().map(|condition| condition.holds)))
    }
}

impl Trace {
    /// The statements that bring the verdict about: the denies of an explicit deny, the allows of an allow. Without all of them it would be
    /// another one.
    pub fn deciding(&self) -> impl Iterator<Item = &TracedStatement> {
        let effect = match self.verdict {
            Verdict::Allow => Some(Effect::Allow),
            Verdict::DenyExplicit => Some(Effect::Deny),
            Verdict::DenyImplicit => None,
        };
        self.statements.iter().filter(move |statement| Some(statement.effect) == effect && statement.matches() == Some(true))
    }
}

impl PolicySet {
    /// The verdict with every statement that was looked at. `open` names keys that the context says nothing of and that stand for any value;
    /// the verdict beside it is that of the context alone.
    #[must_use]
    pub fn trace<'r>(&self, action: &str, resource: impl Into<ResourceRef<'r>>, context: &Context, open: &[&str]) -> Trace {
        let resource = resource.into();
        let outlook = self.outlook(action, resource, context, open);
        let Some(request) = Request::new(action, resource, &self.caller) else {
            return Trace { verdict: Verdict::DenyImplicit, stage: Stage::Request, outlook, statements: Vec::new() };
        };
        let (verdict, stage) = self.settle(&request, context, &[]);
        let limits = [&self.boundary, &self.session].into_iter().flatten().map(|(source, layer)| (layer, std::slice::from_ref(source)));
        let layers = std::iter::once((self.policies.as_ref(), self.sources.as_slice())).chain(limits);
        let held = Held { set: self, request: &request, context, open };
        let mut statements: Vec<TracedStatement> = layers.flat_map(|(layer, sources)| held.against(layer, sources)).collect();
        // Of what comes equally near, a deny explains more than an allow.
        statements.sort_by_key(|statement| (std::cmp::Reverse(statement.nearness), statement.effect == Effect::Allow));
        Trace { verdict, stage, outlook, statements }
    }
}

/// A request, and what it is held against statements with.
struct Held<'h> {
    set: &'h PolicySet,
    request: &'h Request<'h>,
    context: &'h Context,
    open: &'h [&'h str],
}

impl Held<'_> {
    fn against(&self, layer: &Layer, sources: &[Source]) -> Vec<TracedStatement> {
        let traced = layer.statements.iter().filter_map(|statement| {
            let source = sources.get(statement.source)?;
            let written = &source.policy.statements.get(statement.index)?.value;
            let about = source.origin.via != Via::General || statement.acts(self.request.action);
            about.then(|| self.traced(statement, written, source.origin.clone()))
        });
        traced.collect()
    }

    fn traced(&self, statement: &BoundStatement, written: &Statement, origin: Origin) -> TracedStatement {
        let actions = written.actions.iter().map(|action| action.value.as_str());
        let resources = written.resources.iter().map(|resource| resource.value.as_str());
        // Resources whose variable has no value are not bound, so places may differ: each is looked for by itself.
        let covering = written.resources.iter().find(|resource| {
            let bound = BoundPattern::bind(&resource.value, &self.set.caller);
            bound.is_some_and(|bound| bound.covers(self.request))
        });
        let acting = written.actions.iter().find(|action| action.value.covers(self.request.action));
        let conditions: Vec<TracedCondition> = statement
            .clauses
            .iter()
            .zip(&written.conditions)
            .map(|(clause, condition)| {
                let actual = self.set.caller.values(self.context, clause.key());
                TracedCondition {
                    operator: condition.operator.value.to_string(),
                    key: condition.key.value.clone(),
                    wanted: condition.values.iter().map(|value| self.filled_in(&value.value.text)).collect(),
                    actual: actual.map(|values| values.iter().map(str::to_owned).collect()),
                    holds: known(clause, self.context, &self.set.caller, self.open),
                }
            })
            .collect();
        let conditions_hold = all_of(conditions.iter().map(|condition| condition.holds));
        let nearness = nearness(statement, self.request, acting.is_some(), covering.is_some(), conditions_hold);
        TracedStatement {
            origin,
            statement: number(statement),
            effect: statement.effect,
            action: part(acting.map(|action| action.value.as_str()), actions),
            resource: part(covering.map(|resource| resource.value.as_str()), resources),
            conditions,
            nearness,
        }
    }

    fn filled_in(&self, text: &str) -> String {
        variable::substitute(text, &self.set.caller.principal).unwrap_or_else(|| text.to_owned())
    }
}

fn part<'p>(by: Option<&str>, all: impl ExactSizeIterator<Item = &'p str>) -> TracedPart {
    let of = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let others = if by.is_some() { Vec::new() } else { all.take(MAX_TOLD).map(str::to_owned).collect() };
    TracedPart { by: by.map(str::to_owned), others, of }
}
