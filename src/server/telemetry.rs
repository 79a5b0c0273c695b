//! Logs: structured, one line an event, each with the id of its request.
//!
//! No secret and no personal data may go into a log: accounts are named by UIN.

use tracing_subscriber::EnvFilter;

/// Starts logging to standard error. `RUST_LOG` chooses what; the default is the console's own events and warnings of the rest.
pub fn start(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,trtc_console=info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if json { lines.json().try_init() } else { lines.compact().with_target(false).try_init() };
    // Only a second start in one process fails, and then logging runs already.
    drop(started);
}
