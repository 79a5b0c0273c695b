//! Configuration: one struct, filled from flags, then environment, then file, then defaults; checked at start.
//!
//! The only place that reads the environment. Secrets must never be printed; their `Debug` says nothing.

use clap::Args;
use ipnet::IpNet;
use serde::Deserialize;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// Flags and environment variables of `serve` and `demo`; what is not given comes from the file or the defaults.
#[derive(Args, Clone, Debug, Default)]
pub struct Flags {
    /// Address to listen on [default: 127.0.0.1:8700]
    #[arg(long, global = true, env = "TRTC_CONSOLE_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// Directory of the embedded database and of the sealing key [default: data]
    #[arg(long, global = true, env = "TRTC_CONSOLE_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// `postgres://…`, for several machines, with `?sslmode=verify-full` over a network [default: an SQLite database in the data directory]
    #[arg(long, global = true, env = "TRTC_CONSOLE_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<Hidden>,
    /// 32 bytes in base64 that seal secrets at rest [default: `seal.key` in the data directory]
    #[arg(long, global = true, env = "TRTC_CONSOLE_SEAL_KEY", hide_env_values = true)]
    pub seal_key: Option<Hidden>,
    /// The previous sealing key, while secrets may still be sealed with it [default: `seal.key.old` in the data directory]
    #[arg(long, global = true, env = "TRTC_CONSOLE_SEAL_KEY_OLD", hide_env_values = true)]
    pub seal_key_old: Option<Hidden>,
    /// Public address of the console, such as `https://console.example.com`; with https, cookies are secure
    #[arg(long, global = true, env = "TRTC_CONSOLE_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Reverse proxies whose X-Forwarded-For is trusted, as addresses or networks
    #[arg(long, global = true, env = "TRTC_CONSOLE_TRUSTED_PROXIES", value_delimiter = ',', value_parser = network)]
    pub trusted_proxies: Option<Vec<IpNet>>,
    /// Directory of the browser bundle [default: beside the program, else target/site]
    #[arg(long, global = true, env = "TRTC_CONSOLE_SITE_DIR")]
    pub site_dir: Option<PathBuf>,
    /// Days to keep received events, at least 32; usage figures are kept forever [default: 0, keep events forever]
    #[arg(long, global = true, env = "TRTC_CONSOLE_EVENT_RETENTION_DAYS")]
    pub event_retention_days: Option<i64>,
    /// Bring the tables of an earlier version up to date at the start, also in PostgreSQL, where other servers may be using them
    #[arg(long, global = true, env = "TRTC_CONSOLE_MIGRATE")]
    pub migrate: bool,
    /// Write logs as JSON, one object per line
    #[arg(long, global = true, env = "TRTC_CONSOLE_LOG_JSON")]
    pub log_json: bool,
    /// Configuration file in TOML with the same names as the flags
    #[arg(long, global = true, env = "TRTC_CONSOLE_CONFIG")]
    pub config: Option<PathBuf>,
}

/// The same settings in a file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    listen: Option<SocketAddr>,
    data_dir: Option<PathBuf>,
    database_url: Option<Hidden>,
    seal_key: Option<Hidden>,
    seal_key_old: Option<Hidden>,
    public_url: Option<String>,
    trusted_proxies: Option<Vec<String>>,
    site_dir: Option<PathBuf>,
    event_retention_days: Option<i64>,
    migrate: Option<bool>,
    log_json: Option<bool>,
    session_idle_mins: Option<i64>,
    session_absolute_mins: Option<i64>,
    session_proof_mins: Option<i64>,
}

/// Text that must not be printed.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Hidden(String);

impl Hidden {
    /// The text, for use.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Hidden {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Hidden {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// How long sessions and proofs of a password last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// Without a request for so long, a session has ended.
    pub idle_ms: i64,
    /// No session is older.
    pub absolute_ms: i64,
    /// What demands a recent proof of the password takes one this old.
    pub proof_ms: i64,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self { idle_ms: 2 * 3_600_000, absolute_ms: 12 * 3_600_000, proof_ms: 15 * 60_000 }
    }
}

/// Statistics show 31 days; events of so long may still be worked out anew.
const MIN_RETENTION_DAYS: i64 = 32;

/// The settings of a running server.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Directory of everything that is kept on this machine.
    pub data_dir: PathBuf,
    /// Where the database is.
    pub database_url: Hidden,
    /// The sealing key, when it is not a file of the data directory.
    pub seal_key: Option<Hidden>,
    /// The sealing key before it.
    pub seal_key_old: Option<Hidden>,
    /// Where people reach the console, without a slash at the end.
    pub public_url: Option<String>,
    /// Proxies whose word about the client's address is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Directory of the browser bundle.
    pub site_dir: PathBuf,
    /// Whether somebody chose that directory: then it has to hold a bundle. Without one in the usual place the console is served bare.
    pub site_dir_chosen: bool,
    /// Days that events are kept; `None` keeps them forever.
    pub event_retention_days: Option<i64>,
    /// Whether tables of an earlier version are brought up to date whoever uses them.
    pub migrate: bool,
    /// Logs as JSON.
    pub log_json: bool,
    /// Session limits.
    pub sessions: SessionLimits,
}

impl Config {
    /// Puts flags, environment, file and defaults together.
    ///
    /// # Errors
    /// A sentence that says what is wrong with which setting.
    pub fn load(flags: Flags) -> Result<Self, String> {
        let file = match &flags.config {
            Some(path) => {
                let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
                toml::from_str::<File>(&text).map_err(|error| format!("{}: {error}", path.display()))?
            }
            None => File::default(),
        };
        let data_dir = flags.data_dir.or(file.data_dir).unwrap_or_else(|| PathBuf::from("data"));
        let database_url = flags
            .database_url
            .or(file.database_url)
            .unwrap_or_else(|| Hidden(format!("sqlite:{}?mode=rwc", data_dir.join("console.db").display())));
        let scheme = database_url.0.split(':').next().unwrap_or_default();
        if !matches!(scheme, "sqlite" | "postgres" | "postgresql") {
            return Err("the database URL must begin with `postgres://` or `sqlite:`".to_owned());
        }
        let public_url = flags.public_url.or(file.public_url).map(|url| url.trim_end_matches('/').to_owned());
        if let Some(url) = &public_url {
            check_public_url(url)?;
        }
        let of_file = || file.trusted_proxies.iter().flatten().map(|text| network(text)).collect::<Result<_, _>>();
        let trusted_proxies = flags.trusted_proxies.map_or_else(of_file, Ok).map_err(|error| format!("`trusted_proxies`: {error}"))?;
        let default = SessionLimits::default();
        let mins = |set: Option<i64>, or_ms: i64| set.map_or(or_ms, |mins| mins.saturating_mul(60_000));
        let sessions = SessionLimits {
            idle_ms: mins(file.session_idle_mins, default.idle_ms),
            absolute_ms: mins(file.session_absolute_mins, default.absolute_ms),
            proof_ms: mins(file.session_proof_mins, default.proof_ms),
        };
        if sessions.idle_ms <= 0 || sessions.absolute_ms < sessions.idle_ms || sessions.proof_ms <= 0 {
            return Err("session limits must be positive, and `session_absolute_mins` must not be less than `session_idle_mins`".to_owned());
        }
        let event_retention_days = flags.event_retention_days.or(file.event_retention_days).filter(|days| *days != 0);
        if event_retention_days.is_some_and(|days| days < MIN_RETENTION_DAYS) {
            return Err(format!(
                "`event_retention_days` must be 0 (keep events forever) or at least {MIN_RETENTION_DAYS}, so that late events can be counted"
            ));
        }
        let site_dir = flags.site_dir.or(file.site_dir);
        Ok(Self {
            listen: flags.listen.or(file.listen).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8700))),
            data_dir,
            database_url,
            seal_key: flags.seal_key.or(file.seal_key),
            seal_key_old: flags.seal_key_old.or(file.seal_key_old),
            public_url,
            trusted_proxies,
            site_dir_chosen: site_dir.is_some(),
            site_dir: site_dir.unwrap_or_else(default_site_dir),
            event_retention_days,
            migrate: flags.migrate || file.migrate.unwrap_or(false),
            log_json: flags.log_json || file.log_json.unwrap_or(false),
            sessions,
        })
    }

    /// What is set in a way that works and is not safe, one sentence each.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let mut found = Vec::new();
        if !self.is_https() && !self.listen.ip().is_loopback() {
            found.push(format!(
                "listening on {} over plain http: anyone on the network can read passwords and sessions; put a proxy with TLS in front and set `--public-url https://…`",
                self.listen
            ));
        }
        if self.is_https() && self.trusted_proxies.is_empty() {
            found.push(
                "the public address is https, but no proxy is trusted: all clients appear to have the address of the proxy in policies, session lists and login throttling; set `--trusted-proxies`"
                    .to_owned(),
            );
        }
        found
    }

    /// Whether people reach the console over https, so that cookies are for https alone.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

/// A network, or a single address.
fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let address = || text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
    text.parse()
        .or_else(|_| address())
        .map_err(|_| format!("`{text}` is neither an address such as `127.0.0.1` nor a network such as `10.0.0.0/8`"))
}

/// Cookies and links are for the whole host, so the public URL is a host and nothing behind it.
fn check_public_url(url: &str) -> Result<(), String> {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let host = host.ok_or_else(|| format!("`public_url`: `{url}` must begin with `http://` or `https://`"))?;
    let plain = !host.is_empty()
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']' | b'_'));
    if plain { Ok(()) } else { Err(format!("`public_url`: `{url}` must be a host with an optional port and nothing after it")) }
}

/// An installed console has its bundle beside the program, one under development in `target/site`.
fn default_site_dir() -> PathBuf {
    std::env::current_exe()
        .ok()
        .and_then(|program| Some(program.parent()?.join("site")))
        .filter(|beside| beside.is_dir())
        .unwrap_or_else(|| PathBuf::from("target/site"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_hold_without_file_and_flags() {
        let config = Config::load(Flags::default()).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8700");
        assert_eq!(config.database_url.reveal(), "sqlite:data/console.db?mode=rwc");
        assert!(!config.is_https());
    }

    #[test]
    fn flags_win_over_the_file_and_secrets_are_not_printed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("console.toml");
        std::fs::write(&path, "listen = \"127.0.0.1:1\"\ndatabase_url = \"postgres://u:geheim@db/c\"\nsession_idle_mins = 5\n").unwrap();
        let flags = Flags { config: Some(path), listen: Some(([127, 0, 0, 1], 2).into()), ..Flags::default() };
        let config = Config::load(flags).unwrap();
        assert_eq!(config.listen.port(), 2);
        assert_eq!(config.sessions.idle_ms, 300_000);
        assert!(!format!("{config:?}").contains("geheim"));
    }

    #[test]
    fn a_proxy_is_an_address_or_a_network_and_an_error_names_the_value() {
        for (text, network_of_it) in
            [("127.0.0.1", "127.0.0.1/32"), ("10.0.0.0/8", "10.0.0.0/8"), ("::1", "::1/128"), (" ::ffff:192.0.2.1", "192.0.2.1/32")]
        {
            assert_eq!(network(text).unwrap().to_string(), network_of_it);
        }
        assert!(network("nginx").unwrap_err().contains("`nginx`"));
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("console.toml");
        std::fs::write(&path, "trusted_proxies = [\"127.0.0.1\", \"10.0.0.300\"]\n").unwrap();
        let error = Config::load(Flags { config: Some(path), ..Flags::default() }).unwrap_err();
        assert!(error.contains("trusted_proxies") && error.contains("10.0.0.300"), "{error}");
    }

    #[test]
    fn what_is_unsafe_is_said_at_start() {
        let warnings = |listen: &str, public_url: Option<&str>, proxies: &[&str]| {
            let flags = Flags {
                listen: Some(listen.parse().unwrap()),
                public_url: public_url.map(str::to_owned),
                trusted_proxies: Some(proxies.iter().map(|text| network(text).unwrap()).collect()),
                ..Flags::default()
            };
            Config::load(flags).unwrap().warnings().len()
        };
        assert_eq!(warnings("127.0.0.1:8700", None, &[]), 0);
        assert_eq!(warnings("0.0.0.0:8700", None, &[]), 1);
        assert_eq!(warnings("0.0.0.0:8700", Some("http://console.example.com"), &[]), 1);
        assert_eq!(warnings("0.0.0.0:8700", Some("https://console.example.com"), &["10.0.0.1"]), 0);
        assert_eq!(warnings("127.0.0.1:8700", Some("https://console.example.com"), &[]), 1);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("console.toml");
        std::fs::write(&path, "lissten = \"127.0.0.1:1\"\n").unwrap();
        let error = Config::load(Flags { config: Some(path), ..Flags::default() }).unwrap_err();
        assert!(error.contains("lissten"), "{error}");
        let error = Config::load(Flags { database_url: Some("mysql://x".into()), ..Flags::default() }).unwrap_err();
        assert!(error.contains("postgres://"), "{error}");
        let error = Config::load(Flags { event_retention_days: Some(31), ..Flags::default() }).unwrap_err();
        assert!(error.contains("at least 32"), "{error}");
        assert_eq!(Config::load(Flags { event_retention_days: Some(0), ..Flags::default() }).unwrap().event_retention_days, None);
        let error = Config::load(Flags { public_url: Some("console.example.com".into()), ..Flags::default() }).unwrap_err();
        assert!(error.contains("https://"), "{error}");
        for wrong in ["https://", "https://console.example.com/console", "https://a b", "https://user@host"] {
            let error = Config::load(Flags { public_url: Some(wrong.into()), ..Flags::default() }).unwrap_err();
            assert!(error.contains(wrong), "{error}");
        }
    }
}
