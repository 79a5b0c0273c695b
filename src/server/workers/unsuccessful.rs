//! Records attempts that came to nothing. A request never waits for it.

use super::driver::Driver;
use crate::server::gate::Gate;
use std::time::Duration;
use tokio::task::JoinHandle;

/// What is counted is looked at this often.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Those that come together are recorded together.
const GATHER: Duration = Duration::from_millis(200);

/// Starts the worker; abort it to stop. What is left then is recorded by [`flush`].
pub(crate) fn start(gate: Gate, driver: &Driver) -> JoinHandle<()> {
    let bus = gate.bus();
    let rest = move || {
        let bus = bus.clone();
        async move {
            if tokio::time::timeout(LOOK_EVERY, bus.unsuccessful.notified()).await.is_ok() {
                tokio::time::sleep(GATHER).await;
            }
        }
    };
    let work = move || {
        let gate = gate.clone();
        async move { gate.record_unsuccessful(false).await }
    };
    driver.when("attempt-records", rest, "refused and failed attempts could not be recorded", work)
}

/// Records what is left when the server stops.
pub(crate) async fn flush(gate: &Gate) {
    if let Err(error) = gate.record_unsuccessful(true).await {
        tracing::error!(%error, "refused and failed attempts could not be recorded");
    }
}
