//! Refused callbacks, counted in memory first: they must never keep an event waiting, nor let anybody fill the log.

use crate::domain::callback_config::Unregistered;
use crate::domain::events::{Refusal, RefusalReason};
use crate::domain::ids::{SdkAppId, Uin};
use crate::server::clock::OnceAMinute;
use crate::server::store::events::refuse;
use crate::server::store::{Store, Stored, unregistered};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

/// The log names an application whose callbacks are refused at most this often.
const SAY_REFUSALS_EVERY_MS: i64 = 60_000;
/// Numbers without an application that are counted at a time, in memory; of more, none is kept.
const MAX_UNREGISTERED: usize = 50;
/// A number without an application is forgotten after so long without a callback.
const UNREGISTERED_FORGOTTEN_AFTER_MS: i64 = 7 * 24 * 3_600_000;

type Counted = HashMap<(Uin, SdkAppId, i64, RefusalReason), Refusal>;

/// Refused callbacks, counted in memory until they are written.
pub(super) struct Refusals {
    store: Store,
    counted: Mutex<Counted>,
    unregistered: Mutex<BTreeMap<SdkAppId, Unregistered>>,
    /// When the log last named refusals, and how many there were since, by application.
    said: Mutex<(i64, BTreeMap<SdkAppId, i64>)>,
    failing: OnceAMinute,
}

impl Refusals {
    pub(super) fn of(store: Store) -> Self {
        Self { store, counted: Mutex::default(), unregistered: Mutex::default(), said: Mutex::default(), failing: OnceAMinute::unsaid() }
    }

    pub(super) fn add_unregistered(&self, new: Unregistered) {
        let mut counted = self.unregistered.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.len() >= MAX_UNREGISTERED && !counted.contains_key(&new.id) {
            return;
        }
        let known = counted.entry(new.id).or_insert_with(|| Unregistered { count: 0, ..new.clone() });
        *known = Unregistered { count: known.count + new.count, first_ms: known.first_ms, ..new };
    }

    /// Writes what was counted for numbers without an application. What cannot be written is given up: it is a hint, and senders go on.
    async fn write_unregistered(&self, now_ms: i64) {
        let counted = std::mem::take(&mut *self.unregistered.lock().unwrap_or_else(PoisonError::into_inner));
        let mut taken = NumbersUnderWay { counted, home: self };
        if taken.counted.is_empty() {
            return;
        }
        let written = async {
            let mut change = self.store.change().await?;
            unregistered::forget(&mut change, now_ms - UNREGISTERED_FORGOTTEN_AFTER_MS).await?;
            for count in taken.counted.values() {
                unregistered::count(&mut change, count).await?;
            }
            change.commit_unrecorded().await?;
            Stored::Ok(())
        };
        if let Err(error) = written.await {
            tracing::debug!(%error, "callbacks without an application could not be counted");
        }
        taken.counted.clear();
    }

    pub(super) fn add(&self, owner: Uin, app: SdkAppId, new: Refusal) {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let known = counted.entry((owner, app, new.hour_ms, new.reason)).or_insert_with(|| Refusal { count: 0, ..new.clone() });
        let last = if new.last_ms >= known.last_ms { (new.last_ms, new.last_address) } else { (known.last_ms, known.last_address.clone()) };
        (known.last_ms, known.last_address) = last;
        known.count += new.count;
    }

    /// Writes what was counted. What could not be written stays counted; what belongs to an application that is gone is forgotten.
    pub(super) async fn write(&self, now_ms: i64) {
        self.write_unregistered(now_ms).await;
        let mut taken =
            CountsUnderWay { counted: std::mem::take(&mut *self.counted.lock().unwrap_or_else(PoisonError::into_inner)), home: self };
        if taken.counted.is_empty() {
            return;
        }
        let written = async {
            let mut change = self.store.change().await?;
            for ((owner, app, _, _), refusal) in &taken.counted {
                refuse(&mut change, *owner, *app, refusal).await?;
            }
            change.commit_unrecorded().await?;
            Stored::Ok(())
        };
        match written.await {
            Ok(()) => self.say(std::mem::take(&mut taken.counted), now_ms),
            Err(error) => {
                if let Some(times) = self.failing.due(now_ms) {
                    tracing::warn!(times, %error, "refused callbacks could not be stored; will retry");
                }
            }
        }
    }

    /// One line an application and minute: whoever sends nonsense must not be able to fill the log.
    fn say(&self, written: Counted, now_ms: i64) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        for ((_, app, _, _), refusal) in written {
            *said.1.entry(app).or_default() += refusal.count;
        }
        if now_ms - said.0 >= SAY_REFUSALS_EVERY_MS {
            said.0 = now_ms;
            for (app, count) in std::mem::take(&mut said.1) {
                tracing::warn!(app = app.0, count, "callbacks were refused; see the callback page of the application for the reasons");
            }
        }
    }
}

/// Numbers without an application on their way into the database. What is left when this is dropped, by a stop, is counted again.
struct NumbersUnderWay<'a> {
    counted: BTreeMap<SdkAppId, Unregistered>,
    home: &'a Refusals,
}

impl Drop for NumbersUnderWay<'_> {
    fn drop(&mut self) {
        for new in std::mem::take(&mut self.counted).into_values() {
            self.home.add_unregistered(new);
        }
    }
}

/// Counts on their way into the database. What is left when this is dropped, by a failure or a stop, is counted again.
struct CountsUnderWay<'a> {
    counted: Counted,
    home: &'a Refusals,
}

impl Drop for CountsUnderWay<'_> {
    fn drop(&mut self) {
        for ((owner, app, _, _), refusal) in self.counted.drain() {
            self.home.add(owner, app, refusal);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn refusals_that_cannot_be_written_stay_counted() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}?mode=rwc", dir.path().join("console.db").display())).await.unwrap();
        let refusals = Refusals::of(store.clone());
        let refusal =
            |last_ms, last: &str| Refusal { hour_ms: 0, reason: RefusalReason::NoKey, count: 2, last_ms, last_address: last.to_owned() };
        let counted = || refusals.counted.lock().unwrap().values().cloned().collect::<Vec<_>>();
        refusals.add(Uin(1), SdkAppId(1), refusal(7, "b"));
        refusals.add(Uin(1), SdkAppId(1), refusal(5, "a"));
        store.close().await;
        refusals.write(9).await;
        assert_eq!(counted(), [Refusal { count: 4, ..refusal(7, "b") }]);
    }
}
