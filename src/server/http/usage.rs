//! `GET /usage/export.csv`: the figures of the usage page as a file.
//!
//! The same figures as on the screen, by the same service; nothing may be worked out here. A file is complete or there is none: 503
//! while events are still to be counted. There are days and numbers in it and no words, so no cell can be a formula.

use super::Web;
use super::pages::no_file;
use crate::catalog::operations;
use crate::domain::days::Period;
use crate::domain::fault::Fault;
use crate::domain::usage::{UsageQuery, UsageRow};
use crate::server::entry::Entry;
use crate::server::gate::{Caller, RateLimited, RequestFacts};
use crate::server::services::usage::{self, today};
use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

/// The columns; programs rely on them.
const COLUMNS: [&str; 7] = ["date", "sdk_app_id", "audio_minutes", "video_minutes", "users", "entries", "rooms"];

/// When a file that could not be complete may be asked for again.
const RETRY_AFTER_SECS: &str = "5";

/// `?app=<number or all>&from=YYYY-MM-DD&to=YYYY-MM-DD`.
pub async fn export(State(web): State<Web>, Extension(facts): Extension<RequestFacts>, uri: Uri) -> Response {
    match rows(&Entry::new(web.gate.clone(), facts), uri.query().unwrap_or_default()).await {
        Ok((period, Some(rows))) => file(period, &rows),
        Ok((_, None)) => {
            let why = "Some received events are not counted yet. Try again in a few seconds.\n";
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, RETRY_AFTER_SECS)], why).into_response()
        }
        Err(fault) => no_file(&uri, &fault),
    }
}

async fn rows(entry: &Entry, query: &str) -> Result<(Period, Option<Vec<UsageRow>>), Fault> {
    entry.ask(|caller| async move { rows_for(&caller, query).await }).await
}

async fn rows_for(caller: &Caller, query: &str) -> Result<(Period, Option<Vec<UsageRow>>), Fault> {
    let permit = caller.on_apps::<operations::ReadUsage>()?;
    caller.within_rate(RateLimited::Export)?;
    let value = |name: &str| {
        let pairs = form_urlencoded::parse(query.as_bytes());
        pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let query = UsageQuery::read(&value("app"), &value("from"), &value("to"), today(&permit))?;
    Ok((query.period, usage::export(&permit, query).await?))
}

fn file(period: Period, rows: &[UsageRow]) -> Response {
    let mut csv = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = csv.write_record(COLUMNS);
    for row in rows {
        let figures = [row.audio_minutes, row.video_minutes, row.users, row.entries, row.rooms].map(|figure| figure.to_string());
        let _ = csv.write_record([row.day.to_string(), row.app.to_string()].into_iter().chain(figures));
    }
    let name = format!("attachment; filename=\"usage-{}-{}.csv\"", period.from, period.to);
    let headers = [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    (headers, csv.into_inner().unwrap_or_default()).into_response()
}
