//! `GET /audit/export.csv` and `/audit/export.ndjson`: operation records as a file, for the filter in the address.
//!
//! NDJSON holds each record byte for byte as it was hashed, so that it can be verified elsewhere. A file is sent while it is read; whoever
//! hangs up ends it, and so does a right that is withdrawn meanwhile.

use super::Web;
use super::pages::no_file;
use crate::catalog::operations;
use crate::domain::audit::AuditEvent;
use crate::domain::audit_query::AuditForm;
use crate::domain::days::Day;
use crate::domain::fault::Fault;
use crate::domain::free_text::visible;
use crate::server::entry::Entry;
use crate::server::gate::{RateLimited, RequestFacts};
use crate::server::services::audit::{self, Export, Line};
use axum::Extension;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use std::io::ErrorKind;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWriteExt as _, DuplexStream, ReadBuf};
use tokio_util::io::ReaderStream;

/// The columns of CSV; programs rely on them.
const COLUMNS: [&str; 17] = [
    "seq",
    "event_time",
    "event_source",
    "event_name",
    "action_type",
    "result",
    "error_code",
    "user_type",
    "principal_id",
    "user_name",
    "source_ip_address",
    "user_agent",
    "request_id",
    "resources",
    "changes",
    "count",
    "hash",
];

/// Whoever takes one portion of a file more slowly than this is cut off.
const PORTION_WITHIN: Duration = Duration::from_secs(20);
/// Bytes that wait for a reader.
const WAITING_BYTES: usize = 256 * 1024;

/// How a file is written.
#[derive(Clone, Copy)]
enum Kind {
    Csv,
    Ndjson,
}

/// `GET /audit/export.csv`.
pub async fn csv(web: State<Web>, facts: Extension<RequestFacts>, form: Query<AuditForm>, uri: Uri) -> Response {
    file(web.0, facts.0, form.0, &uri, Kind::Csv).await
}

/// `GET /audit/export.ndjson`.
pub async fn ndjson(web: State<Web>, facts: Extension<RequestFacts>, form: Query<AuditForm>, uri: Uri) -> Response {
    file(web.0, facts.0, form.0, &uri, Kind::Ndjson).await
}

async fn file(web: Web, facts: RequestFacts, form: AuditForm, uri: &Uri, kind: Kind) -> Response {
    let entry = Entry::new(web.gate.clone(), facts);
    let begun = entry.ask(|caller| async move {
        let permit = caller.permit::<operations::ReadAudit>()?;
        caller.within_rate(RateLimited::Export)?;
        audit::export(permit, &form).await
    });
    match begun.await {
        Ok(export) => sent(&web, export, kind),
        // The page asks for the password and leads back here.
        Err(Fault::Reauthenticate) => {
            Redirect::to(&format!("/audit?{}", confirming(uri.query().unwrap_or_default(), kind))).into_response()
        }
        Err(fault) => no_file(uri, &fault),
    }
}

/// The filter, and which file it is to become.
fn confirming(query: &str, kind: Kind) -> String {
    let pairs = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "export");
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).append_pair("export", kind.name()).finish()
}

fn sent(web: &Web, export: Export, kind: Kind) -> Response {
    let (from_ms, before_ms) = export.span_ms();
    let day = |at_ms: i64| Day::of(at_ms, 0);
    let name = format!("attachment; filename=\"audit-{}-{}-{}.{}\"", export.owner(), day(from_ms), day(before_ms), kind.name());
    let (reader, writer) = tokio::io::duplex(WAITING_BYTES);
    let whole = Arc::new(AtomicBool::new(false));
    // Its own task: the answer begins at once. It ends with the file, or with whoever was to read it.
    web.under_way.spawn(write(export, kind, writer, whole.clone()));
    let headers = [(header::CONTENT_TYPE, kind.content_type().to_owned()), (header::CONTENT_DISPOSITION, name)];
    (headers, Body::from_stream(ReaderStream::new(UntilWhole { reader, whole }))).into_response()
}

/// A file that ends in order only when it is whole: whoever reads it would take one that was cut off for all there is.
struct UntilWhole {
    reader: DuplexStream,
    whole: Arc<AtomicBool>,
}

impl AsyncRead for UntilWhole {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut std::task::Context<'_>, to: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        let before = to.filled().len();
        let read = std::task::ready!(Pin::new(&mut self.reader).poll_read(context, to));
        let ended = read.is_ok() && to.filled().len() == before && to.remaining() > 0;
        Poll::Ready(if ended && !self.whole.load(Ordering::Acquire) { Err(ErrorKind::UnexpectedEof.into()) } else { read })
    }
}

async fn write(mut export: Export, kind: Kind, mut to: DuplexStream, whole: Arc<AtomicBool>) {
    let mut head = true;
    loop {
        let Ok(lines) = export.next().await else { return };
        let portion = kind.portion(&lines, std::mem::take(&mut head));
        match tokio::time::timeout(PORTION_WITHIN, to.write_all(&portion)).await {
            Ok(Ok(())) if lines.is_empty() => return whole.store(true, Ordering::Release),
            Ok(Ok(())) => {}
            _ => return,
        }
    }
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Ndjson => "application/x-ndjson",
        }
    }

    fn portion(self, lines: &[Line], first: bool) -> Vec<u8> {
        match self {
            Self::Ndjson => lines.iter().flat_map(|line| [line.json.as_bytes(), b"\n"].concat()).collect(),
            Self::Csv => {
                let mut csv = csv::Writer::from_writer(Vec::new());
                // Writing to memory does not fail.
                if first {
                    let _ = csv.write_record(COLUMNS);
                }
                for line in lines {
                    let _ = csv.write_record(cells(&line.event, &line.hash).iter().map(|cell| harmless(cell)));
                }
                csv.into_inner().unwrap_or_default()
            }
        }
    }
}

fn cells(event: &AuditEvent, hash: &str) -> [String; 17] {
    let resources: Vec<_> = event.resources.iter().map(|thing| format!("{} {} {}", thing.kind.tag(), thing.id, thing.name)).collect();
    [
        event.seq.to_string(),
        event.time_utc(),
        event.event_source.clone(),
        event.event_name.clone(),
        event.action_type.text().en.into_owned(),
        event.result.tag().to_owned(),
        event.error_code.clone(),
        event.user_identity.kind.tag().to_owned(),
        event.user_identity.principal_id.clone(),
        event.user_identity.user_name.clone(),
        event.source_ip_address.clone(),
        event.user_agent.clone(),
        event.request_id.clone(),
        resources.join("; "),
        serde_json::to_string(&event.changes).unwrap_or_default(),
        event.count.to_string(),
        hash.to_owned(),
    ]
}

/// A cell that no spreadsheet takes for a formula, be it divided by commas, or by semicolons as where commas are decimal. What has no look of
/// its own stands there as what it is, and a line break is a space: a spreadsheet that divides in another way would begin a cell behind it. The
/// bytes as they were recorded are in NDJSON.
pub(super) fn harmless(cell: &str) -> String {
    let mut safe = String::with_capacity(cell.len() + 1);
    let mut begins = true;
    for c in visible(cell).chars() {
        let c = if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c };
        if begins && matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') {
            safe.push('\'');
        }
        begins = c == ';' || begins && matches!(c, ' ' | '"');
        safe.push(c);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_no_filter_is_lost_on_the_way_to_a_proof() {
        for formula in ["=HYPERLINK(1)", "+1", "-1", "@a", "＝1"] {
            assert_eq!(harmless(formula), format!("'{formula}"));
        }
        for (cell, safe) in [
            ("\t=x", " '=x"),
            ("\r\n=x", "  '=x"),
            ("ana;=x; +1;\"@y", "ana;'=x; '+1;\"'@y"),
            ("gnp\u{202e}\u{200b}", "gnp⟨U+202E⟩⟨U+200B⟩"),
            ("ana=1", "ana=1"),
            ("Mozilla/5.0 (X11; Linux x86_64) a-b", "Mozilla/5.0 (X11; Linux x86_64) a-b"),
        ] {
            assert_eq!(harmless(cell), safe);
        }
        assert_eq!(confirming("range=1d&export=x&resource=a%26b", Kind::Csv), "range=1d&resource=a%26b&export=csv");
    }
}
