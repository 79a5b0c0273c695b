//! Why a request was allowed or denied, and what came nearest to allowing it.
//!
//! It must never decide by itself: the verdict is `decide`'s, this finds the statements behind it, one by one.

use super::compile::{BoundPattern, BoundStatement, Request};
use super::context::Context;
use super::decide::{PolicySet, Stage, Verdict};
use super::layer::Layer;
use super::policy::Effect;
use super::resource::ResourceRef;
use super::source::{Origin, Source};
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// A verdict with its reasons. It discloses policy text: show the causes only to those who may read the policies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The verdict, the same as [`PolicySet::verdict`] gives.
    pub verdict: Verdict,
    /// The step that settled it.
    pub stage: Stage,
    /// The statements that caused it: the denies of an explicit deny, the allows of an allow. Empty for an implicit deny and where
    /// the root account needs no statement.
    pub causes: Vec<Cause>,
    /// For an implicit deny: the allow statement that came nearest.
    pub nearest: Option<NearMiss>,
}

/// A statement that caused a verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// The policy it stands in.
    pub origin: Origin,
    /// Its number in the policy, from 0.
    pub statement: u32,
    /// What it does.
    pub effect: Effect,
}

/// An allow statement that did not match, and the first thing it lacked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NearMiss {
    /// The policy it stands in.
    pub origin: Origin,
    /// Its number in the policy, from 0.
    pub statement: u32,
    /// What was missing.
    pub missing: Missing,
}

/// What a statement lacked to match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// Action and resource match; this condition does not hold.
    Condition {
        /// The operator, e.g. `ip_equal`.
        operator: String,
        /// The key, e.g. `qcs:ip`.
        key: String,
        /// The values of the policy.
        values: Vec<String>,
    },
    /// The action matches; none of these resources does.
    Resource {
        /// The resources of the statement.
        resources: Vec<String>,
        /// Whether only `*` would do, because the action is operation-level.
        needs_all: bool,
    },
    /// The resource matches and the service is right; none of these actions does.
    Action {
        /// The actions of the statement.
        actions: Vec<String>,
    },
}

impl Missing {
    /// One sentence for people.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Condition { operator, key, values } => {
                let values = values.join(", ");
                Text::made(
                    format!("The action and the resource match, but the condition `{operator}` on `{key}` ({values}) is not met."),
                    format!("操作和资源匹配，但不满足 `{key}` 的条件 `{operator}`（{values}）。"),
                )
            }
            Self::Resource { needs_all: true, .. } => Text::new(
                "The action matches, but it does not support resource-level permissions. Only a statement with resource `*` grants it.",
                "操作匹配，但该操作不支持资源级授权，只有资源为 `*` 的语句才能授予。",
            ),
            Self::Resource { resources, .. } => {
                let list = resources.join(", ");
                Text::made(
                    format!("The action matches, but the resource is not covered by {list}."),
                    format!("操作匹配，但资源不在 {list} 的范围内。"),
                )
            }
            Self::Action { actions } => {
                let list = actions.join(", ");
                Text::made(
                    format!("The resource matches, but the action is not covered by {list}."),
                    format!("资源匹配，但操作不在 {list} 的范围内。"),
                )
            }
        }
    }
}

impl PolicySet {
    /// The verdict with its reasons. Goes through every statement; for the request itself use [`PolicySet::verdict`].
    #[must_use]
    pub fn decide<'r>(&self, action: &str, resource: impl Into<ResourceRef<'r>>, context: &Context) -> Decision {
        let Some(request) = Request::new(action, resource.into(), &self.caller) else {
            return Decision { verdict: Verdict::DenyImplicit, stage: Stage::Request, causes: Vec::new(), nearest: None };
        };
        let (verdict, stage) = self.settle(&request, context, &[]);
        let limits = [(&self.boundary, Stage::Boundary), (&self.session, Stage::Session)];
        let mut layers: Vec<(&Layer, &[Source], Stage)> = vec![(&self.policies, self.sources.as_slice(), Stage::Policies)];
        for (limit, stage) in limits {
            if let Some((source, layer)) = limit {
                layers.push((layer, std::slice::from_ref(source), stage));
            }
        }
        let wanted = match verdict {
            Verdict::Allow => Some(Effect::Allow),
            Verdict::DenyExplicit => Some(Effect::Deny),
            Verdict::DenyImplicit => None,
        };
        let mut causes = Vec::new();
        let mut nearest = None;
        for (layer, sources, here) in layers {
            let decides = verdict == Verdict::Allow || here == stage;
            let matching = layer
                .statements
                .iter()
                .filter(|statement| decides && Some(statement.effect) == wanted && statement.matches(&request, context, &self.caller));
            causes.extend(matching.filter_map(|statement| {
                Some(Cause { origin: origin(sources, statement)?, statement: number(statement), effect: statement.effect })
            }));
            if wanted.is_none() && here == stage {
                nearest = self.nearest(layer, sources, &request, context);
            }
        }
        Decision { verdict, stage, causes, nearest }
    }

    fn nearest(&self, layer: &Layer, sources: &[Source], request: &Request<'_>, context: &Context) -> Option<NearMiss> {
        let allows = layer.statements.iter().filter(|statement| statement.effect == Effect::Allow);
        let mut best: Option<(u8, &BoundStatement)> = None;
        for statement in allows {
            let covers = statement.resources.iter().any(|pattern| pattern.covers(request));
            // Nothing allows the request, so where both match a condition does not hold.
            let nearness = nearness(statement, request, statement.acts(request.action), covers, Some(false));
            if nearness > best.map_or(FAR, |(known, _)| known) {
                best = Some((nearness, statement));
            }
        }
        let (nearness, statement) = best?;
        let source = sources.get(statement.source)?;
        let written = &source.policy.statements.get(statement.index)?.value;
        let missing = match nearness {
            FAILS_A_CONDITION => {
                let failing = statement.clauses.iter().position(|clause| !clause.holds(context, &self.caller))?;
                let condition = written.conditions.get(failing)?;
                Missing::Condition {
                    operator: condition.operator.value.to_string(),
                    key: condition.key.value.clone(),
                    values: condition.values.iter().map(|value| value.value.text.clone()).collect(),
                }
            }
            OTHER_RESOURCE | OTHER_KIND => Missing::Resource {
                resources: written.resources.iter().map(|resource| resource.value.to_string()).collect(),
                needs_all: request.resource.is_none(),
            },
            _ => Missing::Action { actions: written.actions.iter().map(|action| action.value.to_string()).collect() },
        };
        Some(NearMiss { origin: source.origin.clone(), statement: number(statement), missing })
    }
}

fn origin(sources: &[Source], statement: &BoundStatement) -> Option<Origin> {
    sources.get(statement.source).map(|source| source.origin.clone())
}

/// The number of a statement in its policy, from 0.
pub(super) fn number(statement: &BoundStatement) -> u32 {
    u32::try_from(statement.index).unwrap_or(u32::MAX)
}

/// Neither the action nor the resource is of what the request names.
const FAR: u8 = 0;
/// The resource matches and the service is right, the action is another one.
const OTHER_ACTION: u8 = 1;
/// The action matches, the resource is of another type.
const OTHER_KIND: u8 = 2;
/// The action matches, the resource is another one of the same type.
const OTHER_RESOURCE: u8 = 3;
/// Action and resource match, a condition does not hold.
const FAILS_A_CONDITION: u8 = 4;
/// Action and resource match, and it depends on what is left open.
const DEPENDS: u8 = 5;
/// Nothing is missing.
const MATCHES: u8 = 6;

/// How near a statement comes to a request, of which it is known what of it matches. The greater, the nearer.
pub(super) fn nearness(statement: &BoundStatement, request: &Request<'_>, acts: bool, covers: bool, conditions: Option<bool>) -> u8 {
    match (acts, covers, conditions) {
        (true, true, Some(true)) => MATCHES,
        (true, true, None) => DEPENDS,
        (true, true, Some(false)) => FAILS_A_CONDITION,
        (true, false, _) if same_kind(statement, request) => OTHER_RESOURCE,
        (true, false, _) => OTHER_KIND,
        (false, true, _) if same_service(statement, request.action) => OTHER_ACTION,
        (false, ..) => FAR,
    }
}

/// Whether one of the resources is at least of the type the request names, such as `sdkappid/`.
fn same_kind(statement: &BoundStatement, request: &Request<'_>) -> bool {
    let Some(kind) = request.resource.and_then(|resource| resource.last.split('/').next()) else {
        return false;
    };
    statement.resources.iter().any(|pattern| match pattern {
        BoundPattern::All => true,
        BoundPattern::Named { last, .. } => last.split('/').next() == Some(kind),
    })
}

/// Whether one of the actions is of the service that the request names.
fn same_service(statement: &BoundStatement, action: &str) -> bool {
    let service = action.split(':').next();
    statement.actions.iter().any(|pattern| pattern.service() == service)
}
