//! Whether there are values of the condition keys with which some conditions hold and others do not, and such values.
//!
//! A list of values is made of single ones: a condition that asks for one wants a value of its own, a condition on all is held against
//! each. So only single values are searched for, among those at which some comparison changes its answer.

use super::super::clause::{Clause, Operands};
use super::super::condition::Comparison;
use super::super::context::{Context, one_name, tag_of};
use super::glob::{self, Budget, Lack, Pattern, Search, Taste, first};
use ipnet::IpNet;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A condition, and whether it has to hold or not to hold.
#[derive(Clone, Copy)]
pub(super) struct Literal<'c> {
    pub clause: &'c Clause,
    pub holds: bool,
}

/// Tags of a resource that conditions may speak about one by one; each is tried as present and as absent.
const MAX_TAGS: usize = 6;
/// Digits behind the point, within which a number stands closer to another one than every third.
const FINE: usize = 24;

/// The key of the tags of a resource, which conditions also ask for one by one.
const TAGS: &str = "qcs:resource_tag";

/// Values with which every condition is as it has to be.
pub(super) fn find(literals: &[Literal<'_>], budget: &Budget) -> Search<Context> {
    let mut keys: BTreeMap<&str, Vec<Literal<'_>>> = BTreeMap::new();
    for literal in literals {
        keys.entry(one_name(literal.clause.key())).or_default().push(*literal);
    }
    let (mut context, mut unknown) = (Context::new(), false);
    for (key, literals) in keys {
        match values_of(key, &literals, budget) {
            Ok(None) => {}
            Ok(Some(values)) => context = context.with_list(key.to_owned(), values),
            Err(Lack::Nothing) => return Err(Lack::Nothing),
            Err(Lack::Unknown) => unknown = true,
        }
    }
    if unknown { Err(Lack::Unknown) } else { Ok(context) }
}

/// The values of one key; `None` when it is to be absent.
fn values_of(key: &str, literals: &[Literal<'_>], budget: &Budget) -> Search<Option<Vec<String>>> {
    // Every request has these: where they are not given, the principal's own count.
    let is_always_there = matches!(key, "qcs:uin" | "qcs:owner_uin");
    if !is_always_there && literals.iter().all(|literal| literal.clause.holds_for(None) == literal.holds) {
        return Ok(None);
    }
    let mut tags: Vec<&str> = literals.iter().filter_map(|literal| tag_of(literal.clause.key())).filter(|_| key == TAGS).collect();
    tags.sort_unstable();
    tags.dedup();
    if tags.len() > MAX_TAGS || tags.iter().any(|tag| tag.contains('&')) {
        return Err(Lack::Unknown);
    }
    let lists = (0..1u32 << tags.len()).map(|choice| {
        let carried = (0u32..).zip(&tags).filter(|(bit, _)| choice & (1 << bit) != 0).map(|(_, tag)| *tag).collect();
        List { key, tags: &tags, carried, budget }.find(literals)
    });
    first(lists).map(Some)
}

/// What is asked of a single value.
#[derive(Clone, Copy)]
enum Test<'c> {
    Satisfies(&'c Clause, bool),
    IsEmpty(bool),
}

/// A test of the whole value, or of what stands behind the key of a tag.
#[derive(Clone, Copy)]
struct Demand<'c> {
    tag: Option<&'c str>,
    test: Test<'c>,
}

impl Demand<'_> {
    fn is_met_by(&self, value: &str) -> bool {
        let seen = match self.tag {
            None => Some(value),
            Some(tag) => value.split_once('&').filter(|(key, _)| *key == tag).map(|(_, value)| value),
        };
        seen.is_some_and(|value| match self.test {
            Test::Satisfies(clause, wanted) => clause.satisfied_by(value) == wanted,
            Test::IsEmpty(wanted) => value.is_empty() == wanted,
        })
    }
}

/// A list of values that is not empty.
struct List<'c> {
    key: &'c str,
    /// The tags that conditions ask for one by one.
    tags: &'c [&'c str],
    /// Those of them that the list holds.
    carried: Vec<&'c str>,
    budget: &'c Budget,
}

impl<'c> List<'c> {
    fn find(&self, literals: &[Literal<'c>]) -> Search<Vec<String>> {
        let (mut one, mut every) = (Vec::new(), Vec::new());
        for literal in literals {
            let tag = tag_of(literal.clause.key()).filter(|_| self.key == TAGS);
            if tag.is_some_and(|tag| !self.carried.contains(&tag)) {
                if literal.clause.holds_for(None) == literal.holds {
                    continue;
                }
                return Err(Lack::Nothing);
            }
            match (literal.clause.operator().comparison, literal.clause.operands()) {
                (Comparison::Null, Operands::Booleans(wanted)) => {
                    let allowed = [true, false].map(|is_null| wanted.contains(&is_null) == literal.holds);
                    match allowed {
                        [true, true] => {}
                        [true, false] => every.push(Demand { tag, test: Test::IsEmpty(true) }),
                        [false, true] => one.push(Demand { tag, test: Test::IsEmpty(false) }),
                        [false, false] => return Err(Lack::Nothing),
                    }
                }
                (_, Operands::Unavailable) if literal.holds => return Err(Lack::Nothing),
                (_, Operands::Unavailable) => {}
                _ => {
                    let demands = if literal.clause.asks_for_one() == literal.holds { &mut one } else { &mut every };
                    demands.push(Demand { tag, test: Test::Satisfies(literal.clause, literal.holds) });
                }
            }
        }
        let mut values = Vec::new();
        for demand in &one {
            values.push(self.value(Some(demand), demand.tag, &every)?);
        }
        for tag in self.carried.iter().map(|tag| Some(*tag)).chain(self.carried.is_empty().then_some(None)) {
            let is_there = values.iter().any(|value: &String| tag.is_none_or(|tag| has_tag(value, tag)));
            if !is_there {
                values.push(self.value(None, tag, &every)?);
            }
        }
        values.dedup();
        Ok(values)
    }

    /// One value of the list: with a tag, or with any of those that the list holds, or with none of those that conditions ask for.
    fn value(&self, wanted: Option<&Demand<'c>>, tag: Option<&'c str>, every: &[Demand<'c>]) -> Search<String> {
        let kinds: Vec<Option<&str>> = match tag {
            Some(tag) => vec![Some(tag)],
            None => [None].into_iter().chain(self.carried.iter().map(|tag| Some(*tag))).collect(),
        };
        first(kinds.into_iter().map(|kind| {
            let of_kind = every.iter().filter(|demand| demand.tag.is_none() || demand.tag == kind);
            let demands: Vec<Demand<'c>> = of_kind.chain(wanted).copied().collect();
            self.value_of_kind(kind, &demands)
        }))
    }

    fn value_of_kind(&self, kind: Option<&str>, demands: &[Demand<'_>]) -> Search<String> {
        let fits = |value: &String| {
            self.tags.iter().all(|tag| has_tag(value, tag) == (kind == Some(tag))) && demands.iter().all(|demand| demand.is_met_by(value))
        };
        let clauses = || {
            demands.iter().filter_map(|demand| match demand.test {
                Test::Satisfies(clause, _) => Some((demand.tag, clause)),
                Test::IsEmpty(_) => None,
            })
        };
        let plain = match (self.key, kind) {
            (TAGS | "qcs:request_tag", None) => vec!["other&value".to_owned(), String::new()],
            (_, None) => vec!["value".to_owned(), String::new()],
            (_, Some(tag)) => vec![format!("{tag}&value"), format!("{tag}&")],
        };
        let sampled = clauses().flat_map(|(tag, clause)| {
            samples(clause).into_iter().map(move |value| match tag.or(kind) {
                Some(key) if tag.is_some() || !value.starts_with(&format!("{key}&")) => format!("{key}&{value}"),
                _ => value,
            })
        });
        let steps = STEPS_OF_AN_OPERAND * (1 + clauses().map(|(_, clause)| operands(clause)).sum::<usize>());
        for value in sampled.chain(plain) {
            if !self.budget.spend(steps) {
                return Err(Lack::Unknown);
            }
            if fits(&value) {
                return Ok(value);
            }
        }
        let mut kinds: Vec<Kind> = clauses().map(|(_, clause)| Kind::of(clause)).collect();
        kinds.sort_unstable();
        kinds.dedup();
        match kinds.as_slice() {
            [Kind::Text] => self.text(kind, demands),
            // The samples of one type are all that matters.
            [] | [Kind::TextIgnoringCase | Kind::Number | Kind::Instant | Kind::Address | Kind::Boolean] => Err(Lack::Nothing),
            _ => Err(Lack::Unknown),
        }
    }

    /// A value where all comparisons are of texts and patterns.
    fn text(&self, kind: Option<&str>, demands: &[Demand<'_>]) -> Search<String> {
        let heads: Vec<(&str, String)> = self.tags.iter().map(|tag| (*tag, format!("{tag}&"))).collect();
        let head = |tag: Option<&str>| heads.iter().find(|(known, _)| Some(*known) == tag).map_or("", |(_, head)| head.as_str());
        let (mut must, mut not) = (Vec::new(), Vec::new());
        for (tag, head) in &heads {
            let begins = Pattern::Like(head, "*");
            if kind == Some(tag) { must.push(vec![begins]) } else { not.push(begins) }
        }
        for demand in demands {
            let head = head(demand.tag);
            let (patterns, covered) = match demand.test {
                Test::Satisfies(clause, wanted) => (patterns(clause, head), wanted != clause.operator().negated),
                Test::IsEmpty(wanted) => (vec![Pattern::Exact(head)], wanted),
            };
            if covered { must.push(patterns) } else { not.extend(patterns) }
        }
        let must: Vec<&[Pattern<'_>]> = must.iter().map(Vec::as_slice).collect();
        glob::find(&must, &not, &[], Taste { texts: &[], fill: &["value"] }, self.budget)
    }
}

fn has_tag(value: &str, tag: &str) -> bool {
    value.split_once('&').is_some_and(|(key, _)| key == tag)
}

/// What values are compared as.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Text,
    TextIgnoringCase,
    Number,
    /// A number so fine that the samples may miss what lies beside it.
    FineNumber,
    Instant,
    Address,
    Boolean,
}

impl Kind {
    fn of(clause: &Clause) -> Self {
        match (clause.operator().comparison, clause.operands()) {
            (Comparison::Number(_), Operands::Numbers(numbers)) if numbers.iter().any(|text| is_fine(text)) => Self::FineNumber,
            (Comparison::Number(_), _) => Self::Number,
            (Comparison::TextIgnoringCase, _) => Self::TextIgnoringCase,
            (Comparison::Date(_), _) => Self::Instant,
            (Comparison::Network, _) => Self::Address,
            (Comparison::Boolean, _) => Self::Boolean,
            (Comparison::Text | Comparison::Like | Comparison::Null, _) => Self::Text,
        }
    }
}

/// What it costs to hold one value against one operand.
pub(super) const STEPS_OF_AN_OPERAND: usize = 50;

/// How many values of the policy a clause holds a value against.
pub(super) fn operands(clause: &Clause) -> usize {
    match clause.operands() {
        Operands::Texts(texts) | Operands::Numbers(texts) => texts.len(),
        Operands::Patterns(patterns) => patterns.values().map(Vec::len).sum(),
        Operands::Instants(instants) => instants.len(),
        Operands::Networks(networks) => networks.len(),
        Operands::Booleans(booleans) => booleans.len(),
        Operands::Unavailable => 0,
    }
}

/// Whether the samples of a number may miss what lies between it and the next one.
fn is_fine(number: &str) -> bool {
    number.contains(['e', 'E']) || number.split_once('.').is_some_and(|(_, fraction)| fraction.len() >= FINE)
}

/// Behind a text, the patterns of a clause over texts.
fn patterns<'c>(clause: &'c Clause, head: &'c str) -> Vec<Pattern<'c>> {
    match clause.operands() {
        Operands::Texts(texts) if clause.operator().comparison == Comparison::Like => {
            texts.iter().map(|text| Pattern::Like(head, text)).collect()
        }
        Operands::Texts(texts) => texts.iter().map(|text| Pattern::Joined(head, text)).collect(),
        Operands::Patterns(patterns) => patterns.values().flatten().map(|text| Pattern::Like(head, text)).collect(),
        _ => Vec::new(),
    }
}

/// Values between which the answer of a comparison does not change: the operands and what lies beside them.
fn samples(clause: &Clause) -> Vec<String> {
    match clause.operands() {
        Operands::Texts(texts) if clause.operator().comparison == Comparison::Like => filled(texts.iter()),
        Operands::Patterns(patterns) => filled(patterns.values().flatten()),
        Operands::Texts(texts) if clause.operator().comparison == Comparison::TextIgnoringCase => {
            // Longer than every text is none of them.
            let other = texts.iter().max_by_key(|text| text.chars().count()).map(|text| format!("{text}xxx"));
            texts.iter().flat_map(|text| [text.clone(), text.to_lowercase(), text.to_uppercase()]).chain(other).collect()
        }
        Operands::Texts(texts) => texts.clone(),
        Operands::Numbers(numbers) => {
            let beside = numbers.iter().flat_map(|text| [text.clone(), beyond(text, "5"), beyond(text, &format!("{}1", "0".repeat(FINE)))]);
            let zeros = "0".repeat(FINE);
            beside.chain(["0".to_owned(), "-1".to_owned(), "1".to_owned(), format!("-0.{zeros}1"), "no number".to_owned()]).collect()
        }
        Operands::Instants(instants) => {
            let around = instants.iter().flat_map(|instant| {
                let (near, beside) = (|secs: i64| instant.moved(secs, 0), |nanos: i64| instant.moved(0, nanos));
                [Some(*instant), near(3600), near(-3600), beside(1), beside(-1)]
            });
            around.flatten().map(|instant| format!("{instant}Z")).chain(["no time".to_owned()]).collect()
        }
        Operands::Networks(networks) => {
            let edges = networks.iter().flat_map(|network| [Some(network.network()), following(network)]);
            let lowest = [IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::UNSPECIFIED)];
            edges.flatten().chain(lowest).map(|address| address.to_string()).chain(["no address".to_owned()]).collect()
        }
        Operands::Booleans(_) => ["true", "false", "neither"].map(str::to_owned).to_vec(),
        Operands::Unavailable => Vec::new(),
    }
}

fn filled<'t>(patterns: impl Iterator<Item = &'t String>) -> Vec<String> {
    patterns.flat_map(|pattern| ["value", ""].map(|text| pattern.replace('*', text))).collect()
}

/// A number a little further from zero.
fn beyond(number: &str, digits: &str) -> String {
    if number.contains('.') { format!("{number}{digits}") } else { format!("{number}.{digits}") }
}

/// The first address behind a network.
fn following(network: &IpNet) -> Option<IpAddr> {
    match network {
        IpNet::V4(network) => u32::from(network.broadcast()).checked_add(1).map(|next| IpAddr::V4(next.into())),
        IpNet::V6(network) => u128::from(network.broadcast()).checked_add(1).map(|next| IpAddr::V6(next.into())),
    }
}
