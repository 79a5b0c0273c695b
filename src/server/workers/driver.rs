//! What drives a worker that does the same again and again: it goes on after a failure, which the log names once a minute.

use crate::server::clock::{Clock, OnceAMinute};
use crate::server::store::Stored;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Starts a worker that does its work, rests for so long, and does it again. `failure` says in the log what could not be done.
pub(super) fn every<F>(rest: Duration, clock: Clock, failure: &'static str, work: impl Fn() -> F + Send + 'static) -> JoinHandle<()>
where
    F: Future<Output = Stored<()>> + Send,
{
    when(move || tokio::time::sleep(rest), clock, failure, work)
}

/// As [`every`], for a worker whose rest ends by something that happens.
pub(super) fn when<R, F>(
    rest: impl Fn() -> R + Send + 'static,
    clock: Clock,
    failure: &'static str,
    work: impl Fn() -> F + Send + 'static,
) -> JoinHandle<()>
where
    R: Future<Output = ()> + Send,
    F: Future<Output = Stored<()>> + Send,
{
    tokio::spawn(async move {
        let failing = OnceAMinute::unsaid();
        loop {
            if let Err(error) = work().await
                && let Some(times) = failing.due(clock.now_ms())
            {
                tracing::error!(times, %error, "{failure}; will retry");
            }
            rest().await;
        }
    })
}
