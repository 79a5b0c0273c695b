//! Sweep: forgets sessions and failed logins that have expired.

use super::driver::Driver;
use crate::server::gate::Gate;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How often what has expired is forgotten.
const EVERY: Duration = Duration::from_secs(600);

/// Starts the worker; abort it to stop.
pub(crate) fn start(gate: Gate, driver: &Driver) -> JoinHandle<()> {
    let work = move || {
        let gate = gate.clone();
        async move { gate.sweep().await }
    };
    driver.every("sweep", EVERY, "old sessions and login failures could not be deleted", work)
}
