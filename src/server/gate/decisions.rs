//! What was decided, counted in memory on its way into the database: for each account and day what it asked for, on which application, and
//! whether it might.
//!
//! Only what was really asked counts: permits that were made and requests that were refused, never what a page draws by. Root accounts, which
//! may do everything, and what everybody who is logged in may do are left out. A decision must never wait for it: it takes one short lock, and
//! what finds no room is counted as lost.

use super::Gate;
use super::attempt::Attempt;
use super::caller::Caller;
use crate::domain::days::Day;
use crate::domain::fault::Fault;
use crate::domain::ids::Uin;
use crate::domain::replay::DAYS;
use crate::server::store::Stored;
use crate::server::store::decisions::{self, Counted};
use std::collections::HashMap;
use std::mem::take;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Kinds of decisions of one organisation that are counted between two writes.
const MAX_KINDS: usize = 20_000;
/// Rows that are kept for one organisation; of more the oldest days go.
const MAX_ROWS: i64 = 1_000_000;

/// Decisions that are counted as one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Kind {
    owner: Uin,
    uin: Uin,
    day: i64,
    asked: &'static str,
    app: i64,
    allowed: bool,
}

#[derive(Default)]
struct State {
    times: HashMap<Kind, i64>,
    /// Kinds by organisation.
    shares: HashMap<Uin, usize>,
    lost: i64,
    /// The day before which everything was forgotten last.
    forgotten_before: i64,
}

/// The decisions of a server.
#[derive(Default)]
pub(super) struct Decisions {
    state: Mutex<State>,
    /// One writes at a time: whoever has waited knows that what was counted before is written.
    writing: tokio::sync::Mutex<()>,
}

impl Decisions {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, kind: Kind, times: i64) {
        let mut state = self.state();
        if let Some(known) = state.times.get_mut(&kind) {
            *known += times;
            return;
        }
        let share = state.shares.entry(kind.owner).or_default();
        if *share >= MAX_KINDS {
            state.lost += times;
            return;
        }
        *share += 1;
        state.times.insert(kind, times);
    }

    /// What is to be written, in the order of its rows.
    fn take(&self) -> Vec<Counted> {
        let mut state = self.state();
        state.shares.clear();
        let lost = take(&mut state.lost);
        let times = take(&mut state.times);
        drop(state);
        if lost > 0 {
            tracing::warn!(decisions = lost, "more decisions than are counted at a time; they are missing from the record of decisions");
        }
        let row = |(kind, times): (Kind, i64)| {
            let Kind { owner, uin, day, asked, app, allowed } = kind;
            Counted { owner, uin, day, asked, app, allowed, times }
        };
        let mut rows: Vec<Counted> = times.into_iter().map(row).collect();
        rows.sort();
        rows
    }

    fn take_back(&self, rows: Vec<Counted>) {
        for Counted { owner, uin, day, asked, app, allowed, times } in rows {
            self.add(Kind { owner, uin, day, asked, app, allowed }, times);
        }
    }
}

impl Caller {
    /// Counts how an attempt was decided.
    pub(super) fn count_decision(&self, attempt: &Attempt, outcome: &Result<(), Fault>) {
        let allowed = match outcome {
            Ok(()) => true,
            Err(Fault::Denied(_) | Fault::NotFound) => false,
            // A first password or a missing proof: policies have nothing to do with it.
            Err(_) => return,
        };
        // Who sees the console as another account is root.
        if self.is_root() || self.viewing().is_some() || attempt.is_open_to_all() {
            return;
        }
        let app = match attempt.app() {
            None => 0,
            // What does not exist is nothing to count, or guesses would fill the record.
            Some(id) if self.principal().app(id).is_some() => id.0,
            Some(_) => return,
        };
        let (owner, uin, day) = (self.owner(), self.uin(), Day::of(self.now_ms(), 0).number());
        self.gate().0.decisions.add(Kind { owner, uin, day, asked: attempt.name(), app, allowed }, 1);
    }
}

impl Gate {
    /// Writes the decisions that were counted since the last time, and forgets, once a day, those that are too old.
    pub(crate) async fn record_decisions(&self) -> Stored<()> {
        let counted = &self.0.decisions;
        let _turn = counted.writing.lock().await;
        let rows = counted.take();
        if !rows.is_empty() {
            let written = async {
                let mut change = self.0.store.change().await?;
                decisions::add(&mut change, &rows).await?;
                change.commit_unrecorded().await
            };
            let written = written.await;
            written.inspect_err(|_| counted.take_back(rows))?;
        }
        let first = Day::of(self.now_ms(), 0).number() - DAYS + 1;
        if counted.state().forgotten_before >= first {
            return Ok(());
        }
        let mut change = self.0.store.change().await?;
        decisions::forget_before(&mut change, first).await?;
        change.commit_unrecorded().await?;
        for (owner, mut there) in self.0.store.owners_of_many_decisions(MAX_ROWS).await? {
            while there > MAX_ROWS {
                let mut change = self.0.store.change().await?;
                let gone = decisions::forget_oldest_day(&mut change, owner).await?;
                change.commit_unrecorded().await?;
                there -= i64::try_from(gone).unwrap_or(i64::MAX).max(1);
            }
        }
        counted.state().forgotten_before = first;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_organisation_takes_no_room_of_another_and_what_could_not_be_written_is_kept() {
        let counted = Decisions::default();
        let kind = |owner, app| Kind { owner: Uin(owner), uin: Uin(7), day: 1, asked: "ReadUsage", app, allowed: true };
        for app in 0..20_100 {
            counted.add(kind(1, app), 1);
        }
        counted.add(kind(1, 5), 2);
        counted.add(kind(2, 5), 1);
        let rows = counted.take();
        assert_eq!((rows.len(), rows.iter().map(|row| row.times).sum::<i64>()), (MAX_KINDS + 1, 20_003));
        assert!(rows.is_sorted());
        counted.take_back(rows.clone());
        counted.add(kind(2, 5), 1);
        assert_eq!(counted.take().last().map(|row| row.times), Some(2));
        assert_eq!(counted.take(), []);
    }
}
