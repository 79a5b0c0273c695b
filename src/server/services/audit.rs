//! Operation records: searching them, reading one, the own ones, files of them, and how long they are kept.
//!
//! Who holds the action sees the records of every account of the organisation, about every application. Records must never be changed here.

use crate::catalog::limits::{MAX_AUDIT_RETENTION_DAYS, MIN_AUDIT_RETENTION_DAYS};
use crate::catalog::operations;
use crate::domain::audit::AuditEvent;
use crate::domain::audit_change::{Done, Field};
use crate::domain::audit_query::{AuditDetail, AuditForm, AuditPage, AuditQuery, AuditRow, Cursor, EVENTS_A_PAGE, MAX_EXPORT_ROWS};
use crate::domain::days::DAY_MS;
use crate::domain::fault::Fault;
use crate::domain::ids::Uin;
use crate::server::gate::{OwnAccount, Permit};
use crate::server::store::audit::{self, Head};
use crate::server::store::{Recorded, StoreError};
use crate::text::Text;

/// A shorter retention counts only after this time: whoever got hold of an account cannot make its traces vanish at once.
const SHORTER_AFTER_MS: i64 = DAY_MS;
/// Records of a file that are read together.
const EXPORT_ROWS: i64 = 500;

/// One page of the records that a form asks for.
///
/// # Errors
/// [`Fault::Invalid`] with every field that cannot be understood.
pub async fn search(permit: &Permit<operations::ReadAudit>, form: &AuditForm) -> Result<AuditPage, Fault> {
    page(permit, form.read(permit.now_ms(), permit.caller().utc_offset_mins())?).await
}

/// One page of the records of the own account. A row never has what was changed: with what was there before, it may be more than the reader
/// may see otherwise, such as all members of a group to which one was added.
///
/// # Errors
/// As [`search`].
pub async fn own(permit: &Permit<operations::ReadOwnRecords, OwnAccount>, form: &AuditForm) -> Result<AuditPage, Fault> {
    let query = form.read(permit.now_ms(), permit.caller().utc_offset_mins())?;
    page(permit, AuditQuery { operator: Some(permit.caller().uin().0), ..query }).await
}

/// One record with its place in the chain.
///
/// # Errors
/// [`Fault::NotFound`] when there is none of that number, or none any more.
pub async fn event(permit: &Permit<operations::ReadAudit>, seq: i64) -> Result<AuditDetail, Fault> {
    let found = permit.stored(permit.store().audit_event(permit.owner(), seq).await)?.ok_or(Fault::NotFound)?;
    let event = permit.stored(found.event())?;
    Ok(AuditDetail { event, json: found.line(), utc_offset_mins: permit.caller().utc_offset_mins() })
}

async fn page<O, T>(permit: &Permit<O, T>, query: AuditQuery) -> Result<AuditPage, Fault> {
    let mut rows = permit.stored(permit.store().search_audit(permit.owner(), &query, EVENTS_A_PAGE + 1).await)?;
    let backwards = query.cursor.is_some_and(|cursor| cursor.newer);
    let more = rows.len() > usize::try_from(EVENTS_A_PAGE).unwrap_or(usize::MAX);
    rows.truncate(usize::try_from(EVENTS_A_PAGE).unwrap_or(usize::MAX));
    if backwards {
        rows.reverse();
    }
    let at = |row: Option<&Recorded>, newer: bool| row.map(|row| Cursor { newer, time_ms: row.time_ms, seq: row.seq }.tag());
    // Whoever came from a page finds the way back to it.
    let newer = at(rows.first(), true).filter(|_| if backwards { more } else { query.cursor.is_some() });
    let older = at(rows.last(), false).filter(|_| backwards || more);
    let head = head(permit).await?;
    let rows = rows.iter().map(|row| row.event().map(AuditRow::of));
    Ok(AuditPage {
        events: permit.stored(rows.collect::<Result<_, StoreError>>())?,
        newer,
        older,
        span_ms: (query.from_ms, query.before_ms.min(permit.now_ms())),
        utc_offset_mins: permit.caller().utc_offset_mins(),
        retention_days: head.retention_days,
        shorter: (head.shorter_from_ms > 0).then_some((head.shorter_days, head.shorter_from_ms)),
    })
}

async fn head<O, T>(permit: &Permit<O, T>) -> Result<Head, Fault> {
    let heads = permit.stored(permit.store().audit_heads(Some(permit.owner())).await)?;
    heads.into_iter().next().ok_or_else(|| Fault::Internal { request_id: permit.caller().request_id().to_owned() })
}

/// A file of records, from which one portion after the other is taken.
pub struct Export {
    permit: Permit<operations::ReadAudit>,
    query: AuditQuery,
    left: i64,
}

/// Begins a file of the records that a form asks for, newest first. That it was made is recorded first.
///
/// # Errors
/// [`Fault::Reauthenticate`] without a recent proof of the password, otherwise as [`search`].
pub async fn export(permit: Permit<operations::ReadAudit>, form: &AuditForm) -> Result<Export, Fault> {
    permit.caller().recently_proven()?;
    let query = AuditQuery { cursor: None, ..form.read(permit.now_ms(), permit.caller().utc_offset_mins())? };
    let asked = serde_json::to_string(form).unwrap_or_default();
    permit.record(Done::default().text(Field::Filter, "", &asked)).await?;
    // The record of this file is younger than what is in it.
    let before_ms = query.before_ms.min(permit.now_ms());
    Ok(Export { permit, query: AuditQuery { before_ms, ..query }, left: MAX_EXPORT_ROWS })
}

/// One record of a file.
pub struct Line {
    /// The record.
    pub event: AuditEvent,
    /// The record with its place in the chain, as JSON.
    pub json: String,
    /// Its hash.
    pub hash: String,
}

impl Export {
    /// The next portion; empty at the end.
    ///
    /// # Errors
    /// [`Fault::SignedOut`] or [`Fault::Denied`] when the right was lost meanwhile, [`Fault::Unavailable`] or [`Fault::Internal`].
    pub async fn next(&mut self) -> Result<Vec<Line>, Fault> {
        self.permit.still_holds().await?;
        let rows = self.permit.store().search_audit(self.permit.owner(), &self.query, EXPORT_ROWS.min(self.left)).await;
        let rows = self.permit.stored(rows)?;
        self.left -= i64::try_from(rows.len()).unwrap_or(0);
        if let Some(last) = rows.last() {
            self.query.cursor = Some(Cursor { newer: false, time_ms: last.time_ms, seq: last.seq });
        }
        let line = |row: &Recorded| Ok(Line { event: row.event()?, json: row.line(), hash: row.hash.clone() });
        self.permit.stored(rows.iter().map(line).collect())
    }

    /// The span of the file, epoch milliseconds.
    #[must_use]
    pub fn span_ms(&self) -> (i64, i64) {
        (self.query.from_ms, self.query.before_ms)
    }

    /// Whose records these are.
    #[must_use]
    pub fn owner(&self) -> Uin {
        self.permit.owner()
    }
}

/// Sets how many days records are kept. More counts at once, less after a day.
///
/// # Errors
/// [`Fault::Invalid`] for a number of days that is not offered.
pub async fn set_retention(permit: &Permit<operations::SetAuditRetention>, days: &str) -> Result<(), Fault> {
    let bounds = MIN_AUDIT_RETENTION_DAYS..=MAX_AUDIT_RETENTION_DAYS;
    let days = days.trim().parse().ok().filter(|days| bounds.contains(days)).ok_or_else(|| {
        let (min, max) = (MIN_AUDIT_RETENTION_DAYS, MAX_AUDIT_RETENTION_DAYS);
        Fault::invalid("days", Text::made(format!("Enter {min} to {max} days."), format!("请输入 {min} 至 {max} 之间的天数。")))
    })?;
    let mut change = permit.change().await?;
    let was = head(permit).await?;
    permit.stored(audit::set_retention(&mut change, permit.owner(), days, permit.now_ms() + SHORTER_AFTER_MS).await)?;
    change.commit(Done::default().text(Field::Retention, &format!("{} d", was.retention_days), &format!("{days} d"))).await
}
