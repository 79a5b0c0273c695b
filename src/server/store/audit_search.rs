//! Searching operation records: pages by cursor, newest first, and the history of an application.
//!
//! What is searched by has an index; there is no search in the texts.

use super::{Store, StoreError, Stored};
use crate::domain::app_changes::{AppChange, Area};
use crate::domain::audit::{ActionType, AuditEvent, Outcome};
use crate::domain::audit_change::{ResourceType, Value};
use crate::domain::audit_query::{AuditQuery, Cursor};
use crate::domain::ids::{SdkAppId, Uin};
use sqlx::AssertSqlSafe;

/// Changes that the page of an application lists.
const HISTORY_ROWS: usize = 50;
/// Events of an application that are looked through for them.
const HISTORY_EVENTS: i64 = 100;

/// An event with its place in the chain, as a file of them needs it.
#[derive(Debug, sqlx::FromRow)]
pub struct Recorded {
    pub seq: i64,
    pub time_ms: i64,
    pub body: String,
    pub prev: String,
    pub hash: String,
}

impl Recorded {
    /// The event with its place in the chain, as one line of JSON: without `prev` and `hash` it is, byte for byte, what was hashed.
    #[must_use]
    pub fn line(&self) -> String {
        let Self { body, prev, hash, .. } = self;
        format!(r#"{},"prev":"sha256:{prev}","hash":"sha256:{hash}"}}"#, body.strip_suffix('}').unwrap_or(body))
    }

    /// The event.
    pub fn event(&self) -> Stored<AuditEvent> {
        serde_json::from_str(&self.body).map_err(unreadable)
    }
}

/// A value of a condition.
enum Bound {
    Number(i64),
    Text(String),
}

/// The conditions of a query, each with its values, numbered as they come.
#[derive(Default)]
struct Conditions {
    sql: String,
    bound: Vec<Bound>,
}

impl Conditions {
    /// Adds a condition; each `?` stands for one of the values.
    fn add(&mut self, condition: &str, values: impl IntoIterator<Item = Bound>) {
        let mut pieces = condition.split('?');
        self.sql.push_str(if self.sql.is_empty() { "" } else { " AND " });
        self.sql.push_str(pieces.next().unwrap_or_default());
        for (value, piece) in values.into_iter().zip(pieces) {
            self.bound.push(value);
            self.sql.push_str(&format!("${}{piece}", self.bound.len()));
        }
    }

    fn of(owner: Uin, query: &AuditQuery) -> Self {
        use Bound::{Number, Text};
        let mut all = Self::default();
        all.add("e.owner_uin = ? AND e.time_ms >= ? AND e.time_ms < ?", [owner.0, query.from_ms, query.before_ms].map(Number));
        if !query.names.is_empty() {
            let places = vec!["?"; query.names.len()].join(", ");
            all.add(&format!("e.event_name IN ({places})"), query.names.iter().cloned().map(Text));
        }
        if let Some(uin) = query.operator {
            all.add("e.uin = ?", [Number(uin)]);
        }
        if let Some(result) = query.result {
            all.add("e.result = ?", [Text(result.tag().to_owned())]);
        }
        if let Some(kind) = query.kind {
            all.add("e.writes = ?", [Number(i64::from(kind == ActionType::Write))]);
        }
        if query.sensitive {
            all.add("e.sensitive = 1", []);
        }
        if let Some(request) = &query.request {
            all.add("e.request_id = ?", [Text(request.clone())]);
        }
        if let Some(address) = &query.address {
            if address.ends_with(['.', ':']) {
                // Compared as text, not as a pattern: an address may hold no character that means something else.
                let length = i64::try_from(address.len()).unwrap_or(i64::MAX);
                all.add("substr(e.address, 1, CAST(? AS INTEGER)) = ?", [Number(length), Text(address.clone())]);
            } else {
                all.add("e.address = ?", [Text(address.clone())]);
            }
        }
        let of_thing = "EXISTS (SELECT 1 FROM audit_resources r WHERE r.owner_uin = e.owner_uin AND r.seq = e.seq";
        match (query.resource_type, &query.resource) {
            (Some(kind), Some(id)) => {
                all.add(&format!("{of_thing} AND r.type = ? AND r.id = ?)"), [Text(kind.tag().to_owned()), Text(id.clone())]);
            }
            (Some(kind), None) => all.add(&format!("{of_thing} AND r.type = ?)"), [Text(kind.tag().to_owned())]),
            (None, Some(id)) => all.add(&format!("{of_thing} AND r.id = ?)"), [Text(id.clone())]),
            (None, None) => {}
        }
        match query.cursor {
            Some(Cursor { newer: true, time_ms, seq }) => all.add("(e.time_ms, e.seq) > (?, ?)", [time_ms, seq].map(Number)),
            Some(Cursor { newer: false, time_ms, seq }) => all.add("(e.time_ms, e.seq) < (?, ?)", [time_ms, seq].map(Number)),
            None => {}
        }
        all
    }
}

impl Store {
    /// So many events that a query asks for: newest first, or, from a cursor towards newer ones, oldest first.
    pub async fn search_audit(&self, owner: Uin, query: &AuditQuery, rows: i64) -> Stored<Vec<Recorded>> {
        let conditions = Conditions::of(owner, query);
        let order = if query.cursor.is_some_and(|cursor| cursor.newer) { "ASC" } else { "DESC" };
        let sql = format!(
            "SELECT e.seq, e.time_ms, e.body, e.prev, e.hash FROM audit_events e WHERE {} ORDER BY e.time_ms {order}, e.seq {order} LIMIT {rows}",
            conditions.sql
        );
        let mut asked = sqlx::query_as(AssertSqlSafe(sql));
        for value in conditions.bound {
            asked = match value {
                Bound::Number(number) => asked.bind(number),
                Bound::Text(text) => asked.bind(text),
            };
        }
        Ok(asked.fetch_all(&self.read).await?)
    }

    /// One event by its number.
    pub async fn audit_event(&self, owner: Uin, seq: i64) -> Stored<Option<Recorded>> {
        Ok(sqlx::query_as("SELECT seq, time_ms, body, prev, hash FROM audit_events WHERE owner_uin = $1 AND seq = $2")
            .bind(owner.0)
            .bind(seq)
            .fetch_optional(&self.read)
            .await?)
    }

    /// What was changed in an area of an application, newest first.
    pub async fn app_changes(&self, owner: Uin, id: SdkAppId, area: Area) -> Stored<Vec<AppChange>> {
        let bodies: Vec<(String,)> = sqlx::query_as(
            "SELECT e.body FROM audit_resources r JOIN audit_events e ON e.owner_uin = r.owner_uin AND e.seq = r.seq
             WHERE r.owner_uin = $1 AND r.type = $2 AND r.id = $3 AND e.result = $4 AND e.event_name IN ($5, $6, $7, $8)
             ORDER BY r.seq DESC LIMIT $9",
        )
        .bind(owner.0)
        .bind(ResourceType::Application.tag())
        .bind(id.to_string())
        .bind(Outcome::Success.tag())
        .bind(area.actions()[0])
        .bind(area.actions()[1])
        .bind(area.actions()[2])
        .bind(area.actions()[3])
        .bind(HISTORY_EVENTS)
        .fetch_all(&self.read)
        .await?;
        let mut history = Vec::new();
        for (body,) in bodies {
            let event: AuditEvent = serde_json::from_str(&body).map_err(unreadable)?;
            // Of what was changed together the last is the newest.
            let made = event.changes.iter().rev().filter_map(|change| match (&change.before, &change.after) {
                (Some(Value::Setting(before)), Some(Value::Setting(after))) if after.area() == area => Some(AppChange {
                    at_ms: event.time_ms,
                    uin: Uin(event.user_identity.principal_id.parse().unwrap_or(0)),
                    name: event.user_identity.user_name.clone(),
                    before: (**before).clone(),
                    after: (**after).clone(),
                }),
                _ => None,
            });
            history.extend(made);
        }
        history.truncate(HISTORY_ROWS);
        Ok(history)
    }
}

fn unreadable(error: serde_json::Error) -> StoreError {
    StoreError::Broken(sqlx::Error::Decode(error.into()))
}
