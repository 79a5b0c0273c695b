//! The demo: a made-up organisation with a month of events in an empty database, and serving it.
//!
//! `organisation` makes the accounts, applications and policies, `traffic` the events.

pub mod organisation;
pub mod traffic;

use crate::boot::{self, Console};
use crate::server::clock::Clock;
use crate::server::config::Config;
use crate::server::gate::password::Cost;
use crate::server::{seal, telemetry};
use organisation::{Login, create, send_events};
use std::path::{Path, PathBuf};
use traffic::DEMO_DAYS;

/// `trtc-console demo`: as [`boot::serve`], with a demo organisation in an empty database.
///
/// # Errors
/// As [`boot::serve`].
pub async fn serve(config: Config, credentials_file: Option<PathBuf>) -> Result<(), String> {
    telemetry::start(config.log_json);
    boot::run(config.listen, with_demo(config, credentials_file), async |_| Ok(())).await
}

async fn with_demo(config: Config, credentials_file: Option<PathBuf>) -> Result<Console, String> {
    // The passwords of the first start: the database has only their hashes. Under the first name until all events are in.
    let data_dir = config.data_dir.clone();
    let (begun, kept) = (data_dir.join("demo-logins.begun.json"), data_dir.join("demo-logins.json"));
    let console = Console::build(config, Clock::System, Cost::STANDARD).await?;
    if let Some(logins) = create(&console).await? {
        write_private(&begun, &serde_json::to_string_pretty(&logins).map_err(|error| error.to_string())?)?;
    }
    if begun.exists() {
        send_events(&console, &read_logins(&begun)?, DEMO_DAYS).await?;
        std::fs::rename(&begun, &kept).map_err(|error| format!("cannot write {}: {error}", kept.display()))?;
    }
    if !kept.exists() {
        return Err(format!(
            "this database already has accounts and no completed demo: use `serve`, or remove {} to create the demo again",
            data_dir.display()
        ));
    }
    let logins = read_logins(&kept)?;
    if let Some(path) = credentials_file {
        write_private(&path, &serde_json::to_string_pretty(&logins).map_err(|error| error.to_string())?)?;
    }
    println!("The demo organisation (all its data is fictitious):");
    for login in &logins {
        println!("  {:<12} owner {}  user {:<18} password {}", login.case, login.owner, login.username, login.password);
    }
    Ok(console)
}

fn read_logins(path: &Path) -> Result<Vec<Login>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes a file that only its owner can read.
fn write_private(path: &Path, text: &str) -> Result<(), String> {
    // A file of an earlier start is replaced; one that was never there is no fault.
    drop(std::fs::remove_file(path));
    seal::write_private(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
