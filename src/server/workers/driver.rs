//! What drives the workers of a server, and how each of them is.
//!
//! A worker goes on after a failure, which the log names once a minute; that it works again is said once. A panic is a failure like any other.

use crate::server::clock::{Clock, OnceAMinute};
use crate::server::store::Stored;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;
use tokio::task::JoinHandle;

/// After a failure a worker rests at least this long, whatever asks it to work: what fails at once must not keep the server busy.
const REST_AFTER_A_FAILURE: Duration = Duration::from_secs(1);

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
        work: impl FnMut() -> F + Send + 'static,
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
        mut work: impl FnMut() -> F + Send + 'static,
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
                match caught(async { work().await }).await {
                    Ok(Ok(())) => driver.report(worker, true),
                    Ok(Err(error)) => driver.failed(worker, &failing, failure, &error).await,
                    Err(panic) => driver.failed(worker, &failing, failure, &panic).await,
                }
                rest().await;
            }
        })
    }

    /// Starts a worker that is at work until nothing more can come, and reports itself how it is. After a panic it begins again.
    pub(super) fn until_done<F>(
        &self,
        worker: &'static str,
        failure: &'static str,
        mut work: impl FnMut() -> F + Send + 'static,
    ) -> JoinHandle<()>
    where
        F: Future<Output = ()> + Send,
    {
        self.add(worker);
        let driver = self.clone();
        tokio::spawn(async move {
            let failing = OnceAMinute::unsaid();
            while let Err(panic) = caught(async { work().await }).await {
                driver.failed(worker, &failing, failure, &panic).await;
            }
        })
    }

    async fn failed(&self, worker: &'static str, failing: &OnceAMinute, failure: &'static str, error: &(dyn Display + Sync)) {
        self.report(worker, false);
        if let Some(times) = failing.due(self.clock.now_ms()) {
            tracing::error!(worker, times, %error, "{failure}; will retry");
        }
        tokio::time::sleep(REST_AFTER_A_FAILURE).await;
    }
}

/// What the work gives, or what its panic said. What a panic left half done is dropped, and no lock here stays poisoned.
async fn caught<T>(work: impl Future<Output = T>) -> Result<T, String> {
    let mut work = pin!(work);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
        Ok(polled) => polled.map(Ok),
        Err(panic) => {
            let said = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
            Poll::Ready(Err(format!("panic: {}", said.unwrap_or("without a message"))))
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::store::StoreError;
    use std::sync::atomic::{AtomicU64, Ordering};

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

    /// The status of the only worker once it has tried so often.
    async fn after(tries: &AtomicU64, times: u64, driver: &Driver) -> WorkerStatus {
        let tried = async {
            while tries.load(Ordering::Relaxed) < times {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), tried).await.unwrap();
        driver.workers().remove(0).1
    }

    #[tokio::test]
    async fn a_worker_goes_on_after_errors_and_panics_with_a_rest_whatever_asks_it_to_work() {
        let driver = Driver::new(Clock::fixed(1_000));
        let tries = Arc::new(AtomicU64::new(0));
        let counted = tries.clone();
        let work = move || {
            let nth = counted.fetch_add(1, Ordering::Relaxed);
            assert_ne!(nth, 0, "before there is a future");
            async move {
                tokio::task::yield_now().await;
                assert_ne!(nth, 1, "in the middle of it");
                if nth == 2 { Err(StoreError::Taken("a name")) } else { Ok(()) }
            }
        };
        let worker = driver.when("purge", tokio::task::yield_now, "nothing was purged", work);
        let second = tokio::time::timeout(REST_AFTER_A_FAILURE / 2, after(&tries, 2, &driver)).await;
        assert!(second.is_err(), "it rests");
        for failures in 1..=3 {
            let failing = WorkerStatus { last_success_ms: None, failing_since_ms: Some(1_000), failures };
            assert_eq!(after(&tries, failures + 1, &driver).await, failing);
        }
        let well = WorkerStatus { last_success_ms: Some(1_000), failing_since_ms: None, failures: 0 };
        assert_eq!(after(&tries, 5, &driver).await, well, "and goes on at once after a success");
        worker.abort();
    }

    #[tokio::test]
    async fn a_worker_that_reports_itself_begins_again_after_a_panic_and_ends_when_it_is_done() {
        let driver = Driver::new(Clock::fixed(1_000));
        let (starts, reporting) = (AtomicU64::new(0), driver.clone());
        let work = move || {
            let (nth, driver) = (starts.fetch_add(1, Ordering::Relaxed), reporting.clone());
            async move {
                assert_ne!(nth, 0, "the first time");
                assert_eq!(driver.workers().remove(0).1.failures, 1, "the panic was reported");
                driver.report("intake", true);
            }
        };
        let worker = driver.until_done("intake", "nothing was taken in", work);
        tokio::time::timeout(Duration::from_secs(20), worker).await.unwrap().unwrap();
        assert_eq!(driver.workers().remove(0).1.last_success_ms, Some(1_000));
    }
}
