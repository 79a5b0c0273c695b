//! PostgreSQL over TLS: what `sslmode` in the database URL promises is kept.

use crate::kit::{NOW_MS, postgres};
use trtc_console::boot::Console;
use trtc_console::server::clock::Clock;
use trtc_console::server::config::{Config, Flags};
use trtc_console::server::gate::password::Cost;

async fn start(database_url: String) -> Result<Console, String> {
    let dir = tempfile::tempdir().unwrap();
    let flags = Flags { database_url: Some(database_url.into()), data_dir: Some(dir.path().to_owned()), ..Flags::default() };
    Console::build(Config::load(flags).unwrap(), Clock::fixed(NOW_MS), Cost::TESTS).await
}

/// How many connections to a database there are, and how many of them are encrypted.
fn connections(database: &str) -> (u32, u32) {
    let counted = postgres().ask(
        "postgres",
        &format!(
            "SELECT count(*) || ' ' || count(*) FILTER (WHERE ssl) FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) \
             WHERE datname = '{database}'"
        ),
    );
    let (all, encrypted) = counted.split_once(' ').unwrap();
    (all.parse().unwrap(), encrypted.parse().unwrap())
}

#[tokio::test]
async fn the_connection_is_encrypted_and_the_certificate_checked() {
    let checked = format!("sslmode=verify-full&sslrootcert={}", postgres().certificate().display());
    for (mode, is_encrypted) in [("sslmode=disable", false), (checked.as_str(), true)] {
        let plain = postgres().new_database();
        let name = plain.rsplit('/').next().and_then(|rest| rest.split('?').next()).unwrap();
        let console = start(plain.replace("sslmode=disable", mode)).await.unwrap();
        let (all, encrypted) = connections(name);
        assert!(all > 0 && encrypted == if is_encrypted { all } else { 0 }, "{mode}: {encrypted} of {all}");
        console.close().await;
    }
    let url = postgres().new_database();
    let unknown = start(url.replace("sslmode=disable", "sslmode=verify-full")).await.err().unwrap();
    assert!(unknown.contains("certificate"), "nobody vouches for it: {unknown}");
    let misnamed = start(url.replace("sslmode=disable", &checked).replace("127.0.0.1", "localhost")).await.err().unwrap();
    assert!(misnamed.contains("localhost"), "it is for another name: {misnamed}");
}
