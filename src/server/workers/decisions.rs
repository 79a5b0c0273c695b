//! Writes the decisions that were counted. A server that crashes loses those of its last half minute.

use super::driver::Driver;
use crate::server::gate::Gate;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How often what was counted is written.
const EVERY: Duration = Duration::from_secs(30);

/// Starts the worker; abort it to stop. What is left then is written by [`flush`].
pub(crate) fn start(gate: Gate, driver: &Driver) -> JoinHandle<()> {
    let work = move || {
        let gate = gate.clone();
        async move { gate.record_decisions().await }
    };
    driver.every("decisions", EVERY, "decisions could not be recorded", work)
}

/// Writes what is left when the server stops.
pub(crate) async fn flush(gate: &Gate) {
    if let Err(error) = gate.record_decisions().await {
        tracing::error!(%error, "decisions could not be recorded");
    }
}
