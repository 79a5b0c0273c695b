//! Whether what goes to the database is safe on its way there.
//!
//! Reads the URL as the driver does, so that `PGSSLMODE` and its like count as well.

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use std::net::IpAddr;

/// What to do about a database on another machine that others could read along with or pretend to be. `None` for a database on this machine,
/// for `verify-full`, and for `disable`, which nobody writes by accident.
#[must_use]
pub fn warning(url: &str) -> Option<String> {
    let options: PgConnectOptions = url.starts_with("postgres").then(|| url.parse().ok()).flatten()?;
    let host = options.get_host();
    let is_here = options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || host.trim_matches(['[', ']']).parse().is_ok_and(|address: IpAddr| address.to_canonical().is_loopback());
    // `verify-ca` is not enough: every certificate that the system trusts would do, whatever name it has.
    if is_here || matches!(options.get_ssl_mode(), PgSslMode::VerifyFull | PgSslMode::Disable) {
        return None;
    }
    Some(format!(
        "the connection to the database on {host} is not secured: others on the network can read it or pretend to be the database; \
         add `sslmode=verify-full` to the database URL, or `sslmode=disable` where the network is private"
    ))
}

#[cfg(test)]
mod tests {
    use super::warning;

    #[test]
    fn only_another_machine_without_a_checked_certificate_is_warned_about() {
        for safe in [
            "sqlite:data/console.db",
            "postgres://u@localhost/c",
            "postgres://u@127.0.0.1:5433/c?sslmode=prefer",
            "postgres://u@[::1]/c",
            "postgres://u@/c?host=/var/run/postgresql",
            "postgres://u:p@db.example.com/c?sslmode=verify-full&sslrootcert=/etc/ca.pem",
            "postgres://u:p@db/c?sslmode=disable",
        ] {
            assert_eq!(warning(safe), None, "{safe}");
        }
        for exposed in ["", "?sslmode=prefer", "?sslmode=require", "?sslmode=verify-ca&sslrootcert=/etc/ca.pem"] {
            let said = warning(&format!("postgresql://u:geheim@db.example.com/c{exposed}")).unwrap();
            assert!(said.contains("db.example.com") && said.contains("verify-full") && !said.contains("geheim"), "{said}");
        }
    }
}
