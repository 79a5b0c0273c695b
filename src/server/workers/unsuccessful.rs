//! Records attempts that came to nothing. A request never waits for it.

use super::driver;
use crate::server::clock::Clock;
use crate::server::gate::Gate;
use std::time::Duration;
use tokio::task::JoinHandle;

/// What is counted is looked at this often.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Those that come together are recorded together.
const GATHER: Duration = Duration::from_millis(200);

/// Starts the worker; abort it to stop. What is left then is recorded by [`flush`].
pub(crate) fn start(gate: Gate, clock: Clock) -> JoinHandle<()> {
    let bell = gate.clone();
    let rest = move || {
        let gate = bell.clone();
        async move {
            if tokio::time::timeout(LOOK_EVERY, gate.unsuccessful()).await.is_ok() {
                tokio::time::sleep(GATHER).await;
            }
        }
    };
    let work = move || {
        let gate = gate.clone();
        async move { gate.record_unsuccessful(false).await }
    };
    driver::when(rest, clock, "refused and failed attempts could not be recorded", work)
}

/// Records what is left when the server stops.
pub(crate) async fn flush(gate: &Gate) {
    if let Err(error) = gate.record_unsuccessful(true).await {
        tracing::error!(%error, "refused and failed attempts could not be recorded");
    }
}
