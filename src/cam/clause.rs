//! A condition bound to a principal and ready to be held against a request.
//!
//! It must never allocate while it is held against a request, and never take an absent key for a match.

use super::condition::{Comparison, Condition, Operator, Qualifier, Relation};
use super::context::{Context, Values, tag_of};
use super::ends::Ends;
use super::instant::Instant;
use super::principal::Principal;
use super::{operand, variable, wildcard};
use ipnet::IpNet;
use std::borrow::Cow;
use std::cmp::Ordering;

/// From so many patterns on they are looked up by their ends instead of tried one by one.
const MANY_PATTERNS: usize = 8;

/// The principal together with the texts that conditions and resources compare with.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    /// The principal itself.
    pub principal: Principal,
    /// `uin/<owner UIN>`, as the account segment of an own resource.
    pub owner_segment: String,
    uin: [Cow<'static, str>; 1],
    owner_uin: [Cow<'static, str>; 1],
}

impl Caller {
    pub(super) fn new(principal: Principal) -> Self {
        Self {
            principal,
            owner_segment: format!("uin/{}", principal.owner_uin),
            uin: [principal.caller_uin().to_string().into()],
            owner_uin: [principal.owner_uin.to_string().into()],
        }
    }

    /// The values of a key: those of the request, else what is known of the caller.
    pub(super) fn values<'c>(&'c self, context: &'c Context, key: &'c str) -> Option<Values<'c>> {
        context.values(key).or_else(|| match key {
            "qcs:uin" => Some(Values::of(&self.uin)),
            "qcs:owner_uin" => Some(Values::of(&self.owner_uin)),
            _ => None,
        })
    }
}

/// The values of the policy, read once.
#[derive(Clone, Debug)]
pub(super) enum Operands {
    Texts(Vec<String>),
    /// Many patterns, of which few have the ends of a value.
    Patterns(Ends<Vec<String>>),
    /// Kept as text, because a number of any size is compared digit by digit.
    Numbers(Vec<String>),
    /// Date and time of UTC.
    Instants(Vec<Instant>),
    Networks(Vec<IpNet>),
    Booleans(Vec<bool>),
    /// A variable has no value for this principal: the condition cannot hold.
    Unavailable,
}

/// One condition of a statement.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    operator: Operator,
    key: String,
    operands: Operands,
}

impl Clause {
    /// Puts the principal into the variables and reads the values.
    pub(super) fn bind(condition: &Condition, principal: &Principal) -> Self {
        let texts: Option<Vec<String>> = condition.values.iter().map(|value| variable::substitute(&value.value.text, principal)).collect();
        let operator = condition.operator.value;
        let operands = texts.and_then(|texts| {
            Some(match operator.comparison {
                Comparison::Like if texts.len() >= MANY_PATTERNS => Operands::Patterns(by_ends(texts)),
                Comparison::Text | Comparison::TextIgnoringCase | Comparison::Like => Operands::Texts(texts),
                Comparison::Number(_) => Operands::Numbers(texts),
                Comparison::Date(_) => Operands::Instants(texts.iter().map(|text| operand::policy_instant(text)).collect::<Option<_>>()?),
                Comparison::Network => Operands::Networks(texts.iter().map(|text| operand::policy_network(text)).collect::<Option<_>>()?),
                Comparison::Boolean | Comparison::Null => {
                    Operands::Booleans(texts.iter().map(|text| operand::boolean(text)).collect::<Option<_>>()?)
                }
            })
        });
        Self { operator, key: condition.key.value.clone(), operands: operands.unwrap_or(Operands::Unavailable) }
    }

    /// The key it is about.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// How it compares.
    pub(super) const fn operator(&self) -> Operator {
        self.operator
    }

    /// What it compares with.
    pub(super) const fn operands(&self) -> &Operands {
        &self.operands
    }

    /// Whether the request satisfies the condition.
    pub(super) fn holds(&self, context: &Context, caller: &Caller) -> bool {
        self.holds_for(caller.values(context, &self.key))
    }

    /// Whether the values of the key satisfy the condition; `None` for a key that the request does not carry.
    pub(super) fn holds_for(&self, values: Option<Values<'_>>) -> bool {
        if let (Comparison::Null, Operands::Booleans(wanted)) = (self.operator.comparison, &self.operands) {
            let is_null = values.is_none_or(|values| values.iter().all(str::is_empty));
            return wanted.contains(&is_null);
        }
        if matches!(self.operands, Operands::Unavailable) {
            return false;
        }
        // An empty list says no more than an absent key does: an untagged resource may be sent either way.
        let Some(values) = values.filter(|values| values.iter().next().is_some()) else {
            return self.operator.if_exist;
        };
        let mut values = values.iter();
        if self.asks_for_one() { values.any(|value| self.satisfied_by(value)) } else { values.all(|value| self.satisfied_by(value)) }
    }

    /// Whether one value that satisfies it is enough; otherwise all have to.
    pub(super) const fn asks_for_one(&self) -> bool {
        matches!((self.operator.qualifier, self.operator.negated), (Qualifier::Any, _) | (Qualifier::None, false))
    }

    /// Whether one value satisfies it; a value of another type never does.
    pub(super) fn satisfied_by(&self, value: &str) -> bool {
        self.agrees(value).is_some_and(|agrees| agrees != self.operator.negated)
    }

    /// Whether the condition might hold for some resource, when the context does not speak about the resource yet: keys that
    /// describe a resource and are absent may still turn out right.
    pub(super) fn may_hold(&self, context: &Context, caller: &Caller) -> bool {
        self.is_open(context, caller) || self.holds(context, caller)
    }

    /// Whether it must hold for every resource, when the context does not speak about the resource yet.
    pub(super) fn must_hold(&self, context: &Context, caller: &Caller) -> bool {
        !self.is_open(context, caller) && self.holds(context, caller)
    }

    /// Whether it asks what a resource is like: for its tags, or who made it.
    pub(super) fn is_about_resource(&self) -> bool {
        matches!(self.key.as_str(), "qcs:resource_tag" | "qcs:tag" | "qcs:create_uin") || tag_of(&self.key).is_some()
    }

    fn is_open(&self, context: &Context, caller: &Caller) -> bool {
        self.is_about_resource() && caller.values(context, &self.key).is_none()
    }

    /// Whether a value of the request agrees with any value of the policy; `None` when it is not of the operator's type.
    fn agrees(&self, value: &str) -> Option<bool> {
        Some(match &self.operands {
            Operands::Texts(texts) => match self.operator.comparison {
                Comparison::Like => texts.iter().any(|text| wildcard::matches(text, value)),
                Comparison::TextIgnoringCase => texts.iter().any(|text| lower_case(text).eq(lower_case(value))),
                _ => texts.iter().any(|text| text == value),
            },
            Operands::Patterns(patterns) => patterns.candidates(value).flatten().any(|text| wildcard::matches(text, value)),
            Operands::Numbers(numbers) => {
                let value = operand::Number::parse(value)?;
                numbers.iter().filter_map(|text| operand::Number::parse(text)).any(|number| self.relates(value.cmp(&number)))
            }
            Operands::Instants(instants) => {
                let value = operand::request_instant(value)?;
                instants.iter().any(|instant| self.relates(value.cmp(instant)))
            }
            Operands::Networks(networks) => {
                let value = operand::request_address(value)?;
                networks.iter().any(|network| network.contains(&value))
            }
            Operands::Booleans(booleans) => booleans.contains(&operand::boolean(value)?),
            Operands::Unavailable => return None,
        })
    }

    fn relates(&self, ordering: Ordering) -> bool {
        let (Comparison::Number(relation) | Comparison::Date(relation)) = self.operator.comparison else {
            return false;
        };
        match relation {
            Relation::Equal => ordering.is_eq(),
            Relation::Less => ordering.is_lt(),
            Relation::LessOrEqual => ordering.is_le(),
            Relation::Greater => ordering.is_gt(),
            Relation::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

fn by_ends(patterns: Vec<String>) -> Ends<Vec<String>> {
    let mut ends = Ends::<Vec<String>>::default();
    for pattern in patterns {
        ends.under(&pattern).push(pattern);
    }
    ends
}

/// The lower-case letters of a text, one by one so that nothing is allocated. Sigma alone has two of them, depending on where in a word
/// it stands, and both are the same letter: `ΣΑΣ` and `σας` are equal.
fn lower_case(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase).map(|letter| if letter == 'ς' { 'σ' } else { letter })
}
