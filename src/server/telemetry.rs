//! Logs: structured, one line an event, each with the id of its request; callbacks of TRTC come by the thousand, name their application and have none.
//!
//! No secret and no personal data may go into a log: accounts are named by UIN.

use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// The console's own events and warnings of the rest; not the one that every request gives which waits for a busy database.
const DEFAULT: &str = "warn,sqlx::pool::acquire=error,trtc_console=info";

/// Starts logging to standard error, in colour only where somebody looks at it. `RUST_LOG` chooses what.
///
/// Spans do not lie within each other here, so the one a line is in names its request, and a list of them would only repeat it.
pub fn start(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    // The library leaves colours out when `NO_COLOR` is set; what is set here must not bring them back.
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let lines = if std::io::stderr().is_terminal() { lines } else { lines.with_ansi(false) };
    let started = if json { lines.json().with_span_list(false).try_init() } else { lines.compact().with_target(false).try_init() };
    // Only a second start in one process fails, and then logging runs already.
    drop(started);
}
