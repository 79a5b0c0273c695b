//! The moments at which conditions on the time of a request change their answer. Between two of them time changes nothing.

use super::clause::{Clause, Operands};
use super::condition::Comparison;
use super::context::Context;
use super::instant::Instant;
use super::operand;

/// The moments that policies name.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns {
    /// Sorted, each once.
    moments: Vec<Instant>,
    /// Some condition reads the time as text: no two moments are alike to it.
    as_text: bool,
}

impl Turns {
    pub(super) fn of<'c>(clauses: impl Iterator<Item = &'c Clause>) -> Self {
        let mut turns = Self::default();
        for clause in clauses.filter(|clause| clause.key() == Context::TIME) {
            match (clause.operator().comparison, clause.operands()) {
                (Comparison::Date(_), Operands::Instants(instants)) => turns.moments.extend(instants),
                (Comparison::Null, _) => {}
                _ => turns.as_text = true,
            }
        }
        turns.moments.sort_unstable();
        turns.moments.dedup();
        turns
    }

    /// The context with a time that stands for all between the same two moments.
    pub(super) fn steadied(&self, context: Context) -> Context {
        let time = context.values(Context::TIME).and_then(|values| {
            let mut values = values.iter();
            let time = operand::request_instant(values.next()?)?;
            values.next().is_none().then_some(time)
        });
        match time.filter(|_| !self.as_text).and_then(|time| self.stand_in(time)) {
            Some(time) => context.with(Context::TIME, format!("{time}Z")),
            None => context,
        }
    }

    /// A moment itself, otherwise the nanosecond behind the last one or before the first one.
    fn stand_in(&self, time: Instant) -> Option<Instant> {
        match self.moments.binary_search(&time) {
            Ok(_) => Some(time),
            Err(0) => self.moments.first()?.moved(0, -1),
            Err(behind) => self.moments.get(behind - 1)?.moved(0, 1),
        }
    }
}
