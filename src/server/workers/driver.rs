//! What drives the workers of a server, and how each of them is.
//!
//! A worker goes on after a failure, which the log names once a minute; that it works again is said once.

use crate::server::clock::{Clock, OnceAMinute};
use crate::server::store::Stored;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;

/// How a worker is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkerStatus {
    /// When it last did its work to the end, epoch milliseconds; `None` since the start of the server.
    pub last_success_ms: Option<i64>,
    /// Since when it fails; `None` while it is well.
    pub failing_since_ms: Option<i64>,
    /// Failures in a row.
    pub failures: u64,
}

/// Drives workers. Cheap to clone.
#[derive(Clone)]
pub struct Driver {
    clock: Clock,
    workers: Arc<Mutex<BTreeMap<&'static str, WorkerStatus>>>,
}

impl Driver {
    /// A driver without workers.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, workers: Arc::default() }
    }

    /// Every worker that was started, by name.
    #[must_use]
    pub fn workers(&self) -> Vec<(&'static str, WorkerStatus)> {
        let workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
        workers.iter().map(|(name, status)| (*name, status.clone())).collect()
    }

    /// A worker is there; nothing is known of it yet.
    pub(super) fn add(&self, worker: &'static str) {
        self.workers.lock().unwrap_or_else(PoisonError::into_inner).entry(worker).or_default();
    }

    /// A worker has done its work, or failed at it.
    pub(super) fn report(&self, worker: &'static str, succeeded: bool) {
        let now_ms = self.clock.now_ms();
        let mut workers = self.workers.lock().unwrap_or_else(PoisonError::into_inner);
        let status = workers.entry(worker).or_default();
        if succeeded {
            if let Some(since_ms) = status.failing_since_ms.take() {
                tracing::info!(worker, failures = status.failures, seconds = (now_ms - since_ms) / 1_000, "a worker is well again");
            }
            *status = WorkerStatus { last_success_ms: Some(now_ms), ..WorkerStatus::default() };
        } else {
            status.failing_since_ms.get_or_insert(now_ms);
            status.failures += 1;
        }
    }

    /// Starts a worker that does its work, rests for so long, and does it again. `failure` says in the log what could not be done.
    pub(super) fn every<F>(
        &self,
        worker: &'static str,
        rest: Duration,
        failure: &'static str,
        work: impl Fn() -> F + Send + 'static,
    ) -> JoinHandle<()>
    where
        F: Future<Output = Stored<()>> + Send,
    {
        self.when(worker, move || tokio::time::sleep(rest), failure, work)
    }

    /// As [`Driver::every`], for a worker whose rest ends by something that happens.
    pub(super) fn when<R, F>(
        &self,
        worker: &'static str,
        rest: impl Fn() -> R + Send + 'static,
        failure: &'static str,
        work: impl Fn() -> F + Send + 'static,
    ) -> JoinHandle<()>
    where
        R: Future<Output = ()> + Send,
        F: Future<Output = Stored<()>> + Send,
    {
        self.add(worker);
        let driver = self.clone();
        tokio::spawn(async move {
            let failing = OnceAMinute::unsaid();
            loop {
                let done = work().await;
                driver.report(worker, done.is_ok());
                if let Err(error) = done
                    && let Some(times) = failing.due(driver.clock.now_ms())
                {
                    tracing::error!(worker, times, %error, "{failure}; will retry");
                }
                rest().await;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::store::StoreError;
    use std::sync::atomic::{AtomicU64, Ordering};
    use tokio::sync::Notify;

    #[test]
    fn a_worker_is_failing_since_the_first_of_its_failures_in_a_row() {
        let clock = Clock::fixed(1_000);
        let driver = Driver::new(clock.clone());
        let status = || driver.workers().remove(0).1;
        driver.add("purge");
        assert_eq!(driver.workers(), [("purge", WorkerStatus::default())], "nothing is known yet");
        driver.report("purge", true);
        for _ in 0..3 {
            clock.advance(1_000);
            driver.report("purge", false);
        }
        assert_eq!(status(), WorkerStatus { last_success_ms: Some(1_000), failing_since_ms: Some(2_000), failures: 3 });
        clock.advance(1_000);
        driver.report("purge", true);
        assert_eq!(status(), WorkerStatus { last_success_ms: Some(5_000), failing_since_ms: None, failures: 0 });
    }

    #[tokio::test]
    async fn work_that_fails_is_done_again() {
        let driver = Driver::new(Clock::fixed(1_000));
        let tries = Arc::new(AtomicU64::new(0));
        let (done, counted) = (Arc::new(Notify::new()), tries.clone());
        let rung = done.clone();
        let work = move || {
            let (tries, rung) = (counted.clone(), rung.clone());
            async move {
                let failed = tries.fetch_add(1, Ordering::Relaxed) < 2;
                if !failed {
                    rung.notify_one();
                }
                if failed { Err(StoreError::Taken("a name")) } else { Ok(()) }
            }
        };
        let worker = driver.when("purge", tokio::task::yield_now, "nothing was purged", work);
        done.notified().await;
        while driver.workers()[0].1.last_success_ms.is_none() {
            tokio::task::yield_now().await;
        }
        assert_eq!(driver.workers()[0].1.failures, 0);
        worker.abort();
    }
}
