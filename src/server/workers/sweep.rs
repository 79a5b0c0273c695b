//! Sweep: forgets sessions and failed logins that have expired.

use crate::server::gate::Gate;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How often what has expired is forgotten.
const EVERY: Duration = Duration::from_secs(600);

/// Starts the worker; abort it to stop.
pub(crate) fn start(gate: Gate) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(EVERY).await;
            gate.sweep().await;
        }
    })
}
