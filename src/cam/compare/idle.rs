//! Statements of a policy that do nothing, found by comparing the policy with and without them.

use super::super::policy::{Effect, Policy};
use super::super::vocabulary::Vocabulary;
use super::glob::Budget;
use super::{Differences, Owner, compare_within};

/// Pairs of statements that are looked at; what is beyond is not spoken of.
const MAX_PAIRS: usize = 400;

/// A statement without which every request is answered the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Idle {
    /// The statement, by its number from 0.
    pub statement: usize,
    /// Why it does nothing.
    pub why: Why,
}

/// Why a statement does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// No request matches it.
    NeverMatches,
    /// It allows nothing that is not denied: by that statement, or by several together.
    Denied(Option<usize>),
    /// What it says is said already: by that statement, or by several together.
    Covered(Option<usize>),
}

/// The statements that do nothing; of two that say the same, the later one. What is not certain in a few milliseconds is left out.
#[must_use]
pub fn idle(policy: &Policy, owner: Option<Owner>, vocabulary: &Vocabulary<'_>) -> Vec<Idle> {
    let search = Search { policy, owner, vocabulary, budget: Budget::small() };
    let mut kept: Vec<usize> = (0..policy.statements.len()).collect();
    let mut found = Vec::new();
    let mut pairs = MAX_PAIRS;
    for statement in (0..policy.statements.len()).rev() {
        let others: Vec<usize> = kept.iter().copied().filter(|other| *other != statement).collect();
        let Some(left) = pairs.checked_sub(others.len()) else { break };
        pairs = left;
        if let Some(why) = search.why(statement, &others) {
            kept = others;
            found.push(Idle { statement, why });
        }
    }
    found.reverse();
    found
}

struct Search<'s> {
    policy: &'s Policy,
    owner: Option<Owner>,
    vocabulary: &'s Vocabulary<'s>,
    budget: Budget,
}

impl Search<'_> {
    fn why(&self, statement: usize, others: &[usize]) -> Option<Why> {
        if self.added(&[], statement).is_equal() {
            return Some(Why::NeverMatches);
        }
        let effect = self.effect(statement)?;
        let of = |effect: Effect| others.iter().copied().filter(|other| self.effect(*other) == Some(effect)).collect::<Vec<_>>();
        // By one of them, or by all together.
        let by = |others: &[usize], is_idle: &dyn Fn(&Differences) -> bool| {
            let one = others.iter().find(|other| is_idle(&self.added(&[**other], statement)));
            one.map(|one| Some(*one)).or_else(|| (others.len() > 1 && is_idle(&self.added(others, statement))).then_some(None))
        };
        if effect == Effect::Allow
            && let Some(deny) = by(&of(Effect::Deny), &|differences| differences.is_whole && differences.granted.is_empty())
        {
            return Some(Why::Denied(deny));
        }
        by(&of(effect), &Differences::is_equal).map(Why::Covered)
    }

    fn effect(&self, statement: usize) -> Option<Effect> {
        self.policy.statements.get(statement).map(|statement| statement.value.effect.value)
    }

    /// What a statement changes beside some others.
    fn added(&self, others: &[usize], statement: usize) -> Differences {
        let of = |numbers: &[usize]| Policy {
            statements: numbers.iter().filter_map(|number| self.policy.statements.get(*number)).cloned().collect(),
        };
        let with = [others, &[statement]].concat();
        compare_within(&of(others), &of(&with), self.owner, self.vocabulary, &self.budget)
    }
}
