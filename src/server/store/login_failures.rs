//! Failed logins by what was asked and from where, and the networks an account is known to come from.
//!
//! What was asked is a hash: a name must never be readable here, least of all one that no account has. What failures lead to is decided in
//! the gate.

use super::{Change, Store, Stored};
use crate::domain::ids::Uin;

/// Networks remembered of an account; beyond that the one seen longest ago is forgotten.
const MAX_NETWORKS: i64 = 50;
/// Names and networks whose failures are remembered.
const MAX_COUNTS: i64 = 100_000;
/// The row that counts the failures from all networks that are not known.
const ELSEWHERE: &str = "*";

/// Failures in a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub failures: i64,
    pub last_ms: i64,
}

/// What is known of a name that was asked, from one network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    /// From this network.
    pub here: Count,
    /// From all networks the account has never logged in from, this one too unless it is known.
    pub elsewhere: Count,
    /// The account has logged in from this network.
    pub network_is_known: bool,
}

impl Store {
    /// The failures of a name since `since_ms`, and whether the account that has the name is known to come from the network.
    pub async fn login_failures(&self, asked: &str, network: &str, uin: Uin, since_ms: i64) -> Stored<Failures> {
        let rows: Vec<(String, i64, i64)> = sqlx::query_as(
            "SELECT network, failures, last_ms FROM login_failures WHERE asked = $1 AND network IN ($2, $3) AND last_ms >= $4
             UNION ALL
             SELECT '', 0, seen_ms FROM known_networks WHERE uin = $5 AND network = $2",
        )
        .bind(asked)
        .bind(network)
        .bind(ELSEWHERE)
        .bind(since_ms)
        .bind(uin.0)
        .fetch_all(&self.read)
        .await?;
        let mut found = Failures::default();
        for (row, failures, last_ms) in rows {
            match row.as_str() {
                "" => found.network_is_known = true,
                ELSEWHERE => found.elsewhere = Count { failures, last_ms },
                _ => found.here = Count { failures, last_ms },
            }
        }
        Ok(found)
    }

    /// Forgets failures before one instant, and networks not seen since another.
    pub async fn sweep_logins(&self, failed_before_ms: i64, seen_before_ms: i64) -> Stored<()> {
        let mut change = self.change().await?;
        sqlx::query("DELETE FROM login_failures WHERE last_ms < $1").bind(failed_before_ms).execute(&mut *change).await?;
        // Names that somebody makes up cost a row each: of very many, those that failed least and longest ago go first.
        sqlx::query(
            "DELETE FROM login_failures WHERE (asked, network) IN (SELECT asked, network FROM login_failures
             ORDER BY failures DESC, last_ms DESC, asked, network LIMIT $2 OFFSET $1)",
        )
        .bind(MAX_COUNTS)
        .bind(i64::MAX)
        .execute(&mut *change)
        .await?;
        sqlx::query("DELETE FROM known_networks WHERE seen_ms < $1").bind(seen_before_ms).execute(&mut *change).await?;
        change.commit_unrecorded().await?;
        Ok(())
    }
}

/// Counts a failure from a network, and among those from elsewhere unless the network is known. Counts before `since_ms` begin anew.
pub async fn note(change: &mut Change, asked: &str, network: &str, network_is_known: bool, now_ms: i64, since_ms: i64) -> Stored<()> {
    for row in [Some(network), (!network_is_known).then_some(ELSEWHERE)].into_iter().flatten() {
        sqlx::query(
            "INSERT INTO login_failures (asked, network, failures, last_ms) VALUES ($1, $2, 1, $3)
             ON CONFLICT (asked, network) DO UPDATE
             SET failures = CASE WHEN login_failures.last_ms < $4 THEN 1 ELSE login_failures.failures + 1 END, last_ms = $3",
        )
        .bind(asked)
        .bind(row)
        .bind(now_ms)
        .bind(since_ms)
        .execute(&mut **change)
        .await?;
    }
    Ok(())
}

/// Forgets the failures from a network from which the right password came.
pub async fn forgive(change: &mut Change, asked: &str, network: &str) -> Stored<()> {
    sqlx::query("DELETE FROM login_failures WHERE asked = $1 AND network = $2").bind(asked).bind(network).execute(&mut **change).await?;
    Ok(())
}

/// Forgets all failures of a name: an administrator lifts the wait.
pub async fn forgive_everywhere(change: &mut Change, asked: &str) -> Stored<()> {
    sqlx::query("DELETE FROM login_failures WHERE asked = $1").bind(asked).execute(&mut **change).await?;
    Ok(())
}

/// Remembers that an account came from a network.
pub async fn know_network(change: &mut Change, owner: Uin, uin: Uin, network: &str, now_ms: i64) -> Stored<()> {
    sqlx::query(
        "INSERT INTO known_networks (owner_uin, uin, network, seen_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (uin, network) DO UPDATE SET seen_ms = $4",
    )
    .bind(owner.0)
    .bind(uin.0)
    .bind(network)
    .bind(now_ms)
    .execute(&mut **change)
    .await?;
    sqlx::query(
        "DELETE FROM known_networks WHERE uin = $1 AND network NOT IN
         (SELECT network FROM known_networks WHERE uin = $1 ORDER BY seen_ms DESC, network LIMIT $2)",
    )
    .bind(uin.0)
    .bind(MAX_NETWORKS)
    .execute(&mut **change)
    .await?;
    Ok(())
}
