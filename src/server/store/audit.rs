//! Operation records: beginning the chain of an owner, checking it, and cutting off its past. A change appends to it by `audit_chain`.
//!
//! Each event is hashed together with the hash of the one before. What is hashed is the text that is stored, byte for byte; it must never be
//! written anew. Reading for people is in [`audit_search`](super::audit_search).

use super::audit_chain::{chain_hash, principal};
use super::{Change, Store, Stored};
use crate::domain::audit::{ActionType, AuditEvent, MAX_ENTRIES};
use crate::domain::ids::Uin;
use std::collections::{BTreeMap, BTreeSet};

/// Whose events belong to nobody: attempts with names that no account has.
pub const NOBODY: Uin = Uin(0);
/// Days that events of a new owner are kept.
pub const DEFAULT_RETENTION_DAYS: i64 = 180;

/// The end of an owner's chain, and where it begins.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Head {
    /// The owner, 0 for nobody.
    pub owner_uin: i64,
    /// The number of the last event, 0 before the first.
    pub seq: i64,
    /// Its hash.
    pub hash: String,
    /// The last event that was cut off as past its retention.
    pub cut_seq: i64,
    /// Its hash.
    pub cut_hash: String,
    /// Days that events are kept.
    pub retention_days: i64,
    /// The shorter retention that was asked for.
    pub shorter_days: i64,
    /// From when on that counts; 0 when none was asked for.
    pub shorter_from_ms: i64,
}

/// One event as it stands in the chain, with the columns that it is searched by.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Link {
    pub seq: i64,
    pub body: String,
    pub prev: String,
    pub hash: String,
    pub event_id: String,
    pub time_ms: i64,
    pub event_name: String,
    pub result: String,
    pub writes: i64,
    pub sensitive: i64,
    pub uin: i64,
    pub address: String,
    pub request_id: String,
}

/// The type and id of each thing that an event is found by.
pub type Found = BTreeSet<(String, String)>;

/// Where the rows of an owner begin and end beside the head, all as of one instant.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Extent {
    pub seq: i64,
    pub cut_seq: i64,
    pub first_event: Option<i64>,
    pub last_event: Option<i64>,
    pub first_resource: Option<i64>,
    pub last_resource: Option<i64>,
}

/// Adds an owner's chain.
pub(super) async fn begin(change: &mut Change, owner: Uin) -> Stored<()> {
    sqlx::query(
        "INSERT INTO audit_heads (owner_uin, seq, hash, cut_seq, cut_hash, retention_days, shorter_days, shorter_from_ms)
         VALUES ($1, 0, '', 0, '', $2, 0, 0)",
    )
    .bind(owner.0)
    .bind(DEFAULT_RETENTION_DAYS)
    .execute(&mut **change)
    .await?;
    Ok(())
}

impl Link {
    /// What is wrong with this event where the one before it has this number and hash, and where it is found by these things; `None` when
    /// nothing is.
    #[must_use]
    pub fn fault(&self, owner: Uin, last_seq: i64, last_hash: &str, found: &Found) -> Option<&'static str> {
        let Ok(event) = serde_json::from_str::<AuditEvent>(&self.body) else { return Some("its text cannot be read") };
        let copies = [
            self.event_id == event.event_id,
            self.time_ms == event.time_ms,
            self.event_name == event.full_name(),
            self.result == event.result.tag(),
            self.writes == i64::from(event.action_type == ActionType::Write),
            self.sensitive == i64::from(event.sensitive_action),
            self.uin == principal(&event),
            self.address == event.source_ip_address,
            self.request_id == event.request_id,
        ];
        match () {
            () if self.seq != last_seq + 1 => Some("events before it are missing"),
            () if self.prev != last_hash => Some("it does not follow the event before it"),
            () if event.seq != self.seq => Some("its number was changed"),
            () if self.hash != chain_hash(owner, self.seq, &self.prev, &self.body) => Some("its text or hash was changed"),
            () if copies.contains(&false) => Some("a column differs from its text"),
            () if !is_found_by_its_own(&event, found) => Some("it is searched by other resources than it names"),
            () => None,
        }
    }
}

/// Whether an event is found by every thing that it names, and by no more others than it has left out. Earlier versions left out what came after
/// the first hundred, and did not say how many that were.
fn is_found_by_its_own(event: &AuditEvent, found: &Found) -> bool {
    let named: BTreeSet<(&str, &str)> = event.resources.iter().map(|thing| (thing.kind.tag(), thing.id.as_str())).collect();
    let others = found.iter().filter(|(kind, id)| !named.contains(&(kind.as_str(), id.as_str()))).count();
    let all_named = found.len() - others == named.len();
    all_named && (others <= event.resources_omitted || (event.resources_omitted == 0 && event.resources.len() == MAX_ENTRIES))
}

impl Extent {
    /// The first row that belongs to no event of the chain, and why not; `None` when there is none.
    #[must_use]
    pub fn fault(&self) -> Option<(i64, &'static str)> {
        let before = |first: Option<i64>| first.filter(|first| *first <= self.cut_seq);
        let beyond = |last: Option<i64>| last.filter(|last| *last > self.seq);
        let checked = [
            (before(self.first_event), "a record is left from before the retention"),
            (before(self.first_resource), "a resource is left from before the retention"),
            (beyond(self.last_event), "there is a record after the end of the chain"),
            (beyond(self.last_resource), "there is a resource after the end of the chain"),
        ];
        checked.into_iter().find_map(|(seq, why)| Some((seq?, why)))
    }
}

impl Store {
    /// The heads of all chains, or of one.
    pub async fn audit_heads(&self, owner: Option<Uin>) -> Stored<Vec<Head>> {
        let every = owner.is_none();
        Ok(sqlx::query_as(
            "SELECT owner_uin, seq, hash, cut_seq, cut_hash, retention_days, shorter_days, shorter_from_ms FROM audit_heads
             WHERE owner_uin = $1 OR $2 = 1 ORDER BY owner_uin",
        )
        .bind(owner.map_or(0, |owner| owner.0))
        .bind(i64::from(every))
        .fetch_all(&self.read)
        .await?)
    }

    /// The events of an owner after a number, in order.
    pub async fn audit_links(&self, owner: Uin, after: i64, rows: i64) -> Stored<Vec<Link>> {
        Ok(sqlx::query_as(
            "SELECT seq, body, prev, hash, event_id, time_ms, event_name, result, writes, sensitive, uin, address, request_id
             FROM audit_events WHERE owner_uin = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        )
        .bind(owner.0)
        .bind(after)
        .bind(rows)
        .fetch_all(&self.read)
        .await?)
    }

    /// What the events of an owner are found by, from after one number up to another.
    pub async fn audit_found(&self, owner: Uin, after: i64, to: i64) -> Stored<BTreeMap<i64, Found>> {
        let rows: Vec<(i64, String, String)> =
            sqlx::query_as("SELECT seq, type, id FROM audit_resources WHERE owner_uin = $1 AND seq > $2 AND seq <= $3")
                .bind(owner.0)
                .bind(after)
                .bind(to)
                .fetch_all(&self.read)
                .await?;
        let mut found: BTreeMap<i64, Found> = BTreeMap::new();
        for (seq, kind, id) in rows {
            found.entry(seq).or_default().insert((kind, id));
        }
        Ok(found)
    }

    /// Where the rows of an owner begin and end. One statement: the server may be writing.
    pub async fn audit_extent(&self, owner: Uin) -> Stored<Option<Extent>> {
        Ok(sqlx::query_as(
            "SELECT h.seq, h.cut_seq,
                 (SELECT MIN(e.seq) FROM audit_events e WHERE e.owner_uin = h.owner_uin) AS first_event,
                 (SELECT MAX(e.seq) FROM audit_events e WHERE e.owner_uin = h.owner_uin) AS last_event,
                 (SELECT MIN(r.seq) FROM audit_resources r WHERE r.owner_uin = h.owner_uin) AS first_resource,
                 (SELECT MAX(r.seq) FROM audit_resources r WHERE r.owner_uin = h.owner_uin) AS last_resource
             FROM audit_heads h WHERE h.owner_uin = $1",
        )
        .bind(owner.0)
        .fetch_optional(&self.read)
        .await?)
    }

    /// Who must have a chain and has no head: every root account, nobody, and whoever has rows of it.
    pub async fn audit_headless(&self, owner: Option<Uin>) -> Stored<Vec<Uin>> {
        let every = owner.is_none();
        let rows: Vec<(i64,)> = sqlx::query_as(
            "SELECT o.owner_uin FROM (
                 SELECT owner_uin FROM owners UNION SELECT 0 AS owner_uin
                 UNION SELECT owner_uin FROM audit_events UNION SELECT owner_uin FROM audit_resources
             ) o
             WHERE (o.owner_uin = $1 OR $2 = 1) AND NOT EXISTS (SELECT 1 FROM audit_heads h WHERE h.owner_uin = o.owner_uin)
             ORDER BY o.owner_uin",
        )
        .bind(owner.map_or(0, |owner| owner.0))
        .bind(i64::from(every))
        .fetch_all(&self.read)
        .await?;
        Ok(rows.into_iter().map(|(owner,)| Uin(owner)).collect())
    }

    /// The last of so many events after the cut that an owner need not keep: those before an instant, and those beyond a number of rows.
    /// `None` when there is nothing to cut off.
    pub async fn audit_cut(&self, head: &Head, before_ms: i64, max_events: i64, rows: i64) -> Stored<Option<(i64, String)>> {
        let links: Vec<(i64, i64, String)> =
            sqlx::query_as("SELECT seq, time_ms, hash FROM audit_events WHERE owner_uin = $1 AND seq > $2 ORDER BY seq LIMIT $3")
                .bind(head.owner_uin)
                .bind(head.cut_seq)
                .bind(rows)
                .fetch_all(&self.read)
                .await?;
        // Only whole beginnings are cut off: an event that has to stay keeps those after it, whatever their times.
        let gone = |seq: i64, time_ms: i64| time_ms < before_ms || head.seq - seq >= max_events;
        Ok(links.into_iter().take_while(|(seq, time_ms, _)| gone(*seq, *time_ms)).last().map(|(seq, _, hash)| (seq, hash)))
    }
}

/// Cuts off an owner's events up to a number.
pub async fn cut(change: &mut Change, owner: Uin, seq: i64, hash: &str) -> Stored<u64> {
    sqlx::query("DELETE FROM audit_resources WHERE owner_uin = $1 AND seq <= $2").bind(owner.0).bind(seq).execute(&mut **change).await?;
    let gone =
        sqlx::query("DELETE FROM audit_events WHERE owner_uin = $1 AND seq <= $2").bind(owner.0).bind(seq).execute(&mut **change).await?;
    sqlx::query("UPDATE audit_heads SET cut_seq = $1, cut_hash = $2 WHERE owner_uin = $3 AND cut_seq < $1")
        .bind(seq)
        .bind(hash)
        .bind(owner.0)
        .execute(&mut **change)
        .await?;
    Ok(gone.rows_affected())
}

/// Sets how many days events are kept. A shorter time counts only from `shorter_from_ms` on.
pub async fn set_retention(change: &mut Change, owner: Uin, days: i64, shorter_from_ms: i64) -> Stored<()> {
    sqlx::query(
        "UPDATE audit_heads SET
             shorter_days = CASE WHEN $1 < retention_days THEN $1 ELSE 0 END,
             shorter_from_ms = CASE WHEN $1 < retention_days THEN $2 ELSE 0 END,
             retention_days = CASE WHEN $1 < retention_days THEN retention_days ELSE $1 END
         WHERE owner_uin = $3",
    )
    .bind(days)
    .bind(shorter_from_ms)
    .bind(owner.0)
    .execute(&mut **change)
    .await?;
    Ok(())
}

/// A shorter retention that was asked for long enough ago counts from now on.
pub async fn shorten_retention(change: &mut Change, owner: Uin, now_ms: i64) -> Stored<()> {
    sqlx::query(
        "UPDATE audit_heads SET retention_days = shorter_days, shorter_days = 0, shorter_from_ms = 0
         WHERE owner_uin = $1 AND shorter_from_ms > 0 AND shorter_from_ms <= $2",
    )
    .bind(owner.0)
    .bind(now_ms)
    .execute(&mut **change)
    .await?;
    Ok(())
}
