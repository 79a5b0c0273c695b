//! What operation records are searched for, as it stands in the address of the page.
//!
//! Whatever cannot be understood is said to be wrong; it must never widen or narrow the search silently.

use super::audit::{ActionType, ActorType, AuditEvent, Outcome};
use super::audit_change::{AuditedResource, ResourceType};
use super::days::{DAY_MS, Day};
use super::fault::{Fault, FieldFaults};
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// Events a page.
pub const EVENTS_A_PAGE: i64 = 50;
/// The longest span that is searched, days. Source: CloudAudit.
pub const MAX_SPAN_DAYS: i64 = 30;
/// Names of events that are searched for together. Source: CloudAudit.
pub const MAX_NAMES: usize = 10;
/// Things of one event that its row names.
const RESOURCES_A_ROW: usize = 3;
/// Rows of an exported file.
pub const MAX_EXPORT_ROWS: i64 = 100_000;
const HOUR_MS: i64 = 3_600_000;

/// A span that ends now, by its name in an address.
pub const RANGES: [(&str, i64, Text); 4] = [
    ("1h", HOUR_MS, Text::new("Last hour", "近 1 小时")),
    ("1d", DAY_MS, Text::new("Last 24 hours", "近 24 小时")),
    ("7d", 7 * DAY_MS, Text::new("Last 7 days", "近 7 天")),
    ("30d", 30 * DAY_MS, Text::new("Last 30 days", "近 30 天")),
];
/// The span where none is asked for.
pub const DEFAULT_RANGE: &str = "7d";
/// The span between two days.
pub const CUSTOM: &str = "custom";

/// The fields of the form above the list; all of them stand in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditForm {
    /// One of [`RANGES`] or [`CUSTOM`]; empty for [`DEFAULT_RANGE`].
    pub range: String,
    /// First day of a custom span.
    pub from: String,
    /// Last day of a custom span.
    pub to: String,
    /// Names of events, `cam:AttachUserPolicy`, with commas or spaces between them.
    pub event: String,
    /// UIN of the operator.
    pub operator: String,
    /// An [`Outcome`] by its tag.
    pub result: String,
    /// `read` or `write`.
    pub kind: String,
    /// `1` for sensitive operations alone.
    pub sensitive: String,
    /// A [`ResourceType`] by its tag.
    pub resource_type: String,
    /// The id of a resource.
    pub resource: String,
    /// The id of a request.
    pub request: String,
    /// An address, or the beginning of one that ends with a dot or colon.
    pub address: String,
    /// Where the page begins, from [`AuditPage`].
    pub cursor: String,
}

/// Where a page begins: at the event of this time and number, towards older ones or newer ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Towards newer events.
    pub newer: bool,
    /// Time of the event beside the page, epoch milliseconds.
    pub time_ms: i64,
    /// Its number.
    pub seq: i64,
}

impl Cursor {
    /// As it stands in an address.
    #[must_use]
    pub fn tag(self) -> String {
        format!("{}{}-{}", if self.newer { "n" } else { "o" }, self.time_ms, self.seq)
    }

    fn read(text: &str) -> Option<Self> {
        let newer = text.starts_with('n');
        let (time_ms, seq) = text.strip_prefix(['n', 'o'])?.split_once('-')?;
        Some(Self { newer, time_ms: time_ms.parse().ok()?, seq: seq.parse().ok()? })
    }
}

/// What is searched for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// From this instant on, epoch milliseconds.
    pub from_ms: i64,
    /// Before this instant.
    pub before_ms: i64,
    /// Any of these names; empty for all.
    pub names: Vec<String>,
    /// By this account.
    pub operator: Option<i64>,
    /// With this end.
    pub result: Option<Outcome>,
    /// Reading or writing.
    pub kind: Option<ActionType>,
    /// Only sensitive operations.
    pub sensitive: bool,
    /// About a thing of this type.
    pub resource_type: Option<ResourceType>,
    /// About the thing of this id.
    pub resource: Option<String>,
    /// Of this request.
    pub request: Option<String>,
    /// From this address, or from addresses that begin so.
    pub address: Option<String>,
    /// Where the page begins; the newest first without one.
    pub cursor: Option<Cursor>,
}

impl AuditForm {
    /// Reads the fields, as of now, at an offset from UTC in minutes.
    ///
    /// # Errors
    /// [`Fault::Invalid`] with every field that cannot be understood.
    pub fn read(&self, now_ms: i64, utc_offset_mins: i64) -> Result<AuditQuery, Fault> {
        let mut faults = FieldFaults::default();
        let (from_ms, before_ms) = self.span(now_ms, utc_offset_mins, &mut faults);
        for (field, text) in [("event", &self.event), ("resource", &self.resource), ("request", &self.request), ("address", &self.address)]
        {
            faults.check(!text.contains(char::is_control), field, || Text::new("This value is not known.", "无法识别该值。"));
        }
        let mut query = AuditQuery { from_ms, before_ms, sensitive: self.sensitive == "1", ..AuditQuery::default() };
        query.names = self.event.split([',', ' ', '，']).map(str::trim).filter(|name| !name.is_empty()).map(ToOwned::to_owned).collect();
        faults.check(query.names.len() <= MAX_NAMES, "event", || {
            Text::made(format!("Enter at most {MAX_NAMES} event names."), format!("最多可输入 {MAX_NAMES} 个事件名称。"))
        });
        if query.names.len() <= MAX_NAMES {
            faults.check(query.names.iter().all(|name| name.contains(':')), "event", || {
                Text::new("Enter event names with their service, such as cam:AddUser.", "请输入带产品名的事件名称，例如 cam:AddUser。")
            });
        }
        query.operator = some(&self.operator).and_then(|uin| {
            let read = uin.parse().ok();
            faults.check(read.is_some(), "operator", || Text::new("Enter the UIN of an account.", "请输入账号的 UIN。"));
            read
        });
        query.result = one_of(&self.result, "result", &mut faults, |tag| Outcome::ALL.into_iter().find(|outcome| outcome.tag() == tag));
        query.kind = one_of(&self.kind, "kind", &mut faults, |tag| match tag {
            "read" => Some(ActionType::Read),
            "write" => Some(ActionType::Write),
            _ => None,
        });
        query.resource_type =
            one_of(&self.resource_type, "resource_type", &mut faults, |tag| ResourceType::ALL.into_iter().find(|kind| kind.tag() == tag));
        query.resource = some(&self.resource).map(ToOwned::to_owned);
        query.request = some(&self.request).map(ToOwned::to_owned);
        query.address = some(&self.address).map(ToOwned::to_owned);
        query.cursor = one_of(&self.cursor, "cursor", &mut faults, Cursor::read);
        faults.finish().map(|()| query)
    }

    fn span(&self, now_ms: i64, utc_offset_mins: i64, faults: &mut FieldFaults) -> (i64, i64) {
        let range = if self.range.is_empty() { DEFAULT_RANGE } else { &self.range };
        if let Some((_, length_ms, _)) = RANGES.iter().find(|(tag, ..)| *tag == range) {
            // What happens while the page is read belongs to it.
            return (now_ms - length_ms, i64::MAX);
        }
        faults.check(range == CUSTOM, "range", || Text::new("Choose a time range.", "请选择时间范围。"));
        let mut day = |field: &str, text: &str| match text.trim().parse::<Day>() {
            Ok(day) => Some(day),
            Err(wrong) => {
                faults.add(field, Err(wrong));
                None
            }
        };
        let (from, to) = (day("from", &self.from), day("to", &self.to));
        let (Some(from), Some(to)) = (from, to) else { return (0, 0) };
        faults.check(from <= to, "to", || Text::new("The last day lies before the first.", "结束日期早于开始日期。"));
        faults.check(to.number() - from.number() < MAX_SPAN_DAYS, "to", || {
            Text::made(format!("Choose at most {MAX_SPAN_DAYS} days."), format!("时间跨度最多 {MAX_SPAN_DAYS} 天。"))
        });
        (from.start_ms(utc_offset_mins), to.plus(1).start_ms(utc_offset_mins))
    }
}

fn some(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

fn one_of<T>(text: &str, field: &str, faults: &mut FieldFaults, read: impl Fn(&str) -> Option<T>) -> Option<T> {
    let text = some(text)?;
    let found = read(text);
    faults.check(found.is_some(), field, || Text::new("This value is not known.", "无法识别该值。"));
    found
}

/// One event as its row shows it, in words: a browser has nothing to look up, and need not know every kind of change that there can be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Its number among the events of its root account.
    pub seq: i64,
    /// When, epoch milliseconds.
    pub time_ms: i64,
    /// `cam:AttachUserPolicy`.
    pub name: String,
    /// What was done, in words.
    pub title: Text,
    /// How it ended.
    pub result: Outcome,
    /// The same in words.
    pub ended: Text,
    /// Why it did not succeed, for programs; empty for success.
    pub error_code: String,
    /// What kind of account did it.
    pub actor: ActorType,
    /// Its UIN; empty when nobody could be named.
    pub uin: String,
    /// Its login name at that time.
    pub user_name: String,
    /// The address of the client.
    pub address: String,
    /// The first things it was about.
    pub resources: Vec<AuditedResource>,
    /// How many more there are.
    pub more: u32,
    /// How many attempts it stands for.
    pub count: i64,
}

impl AuditRow {
    /// The row of an event.
    #[must_use]
    pub fn of(event: AuditEvent) -> Self {
        let (name, title, ended, mut resources) = (event.full_name(), event.title(), event.ended(), event.resources);
        let more = resources.len().saturating_sub(RESOURCES_A_ROW) + event.resources_omitted;
        resources.truncate(RESOURCES_A_ROW);
        let who = event.user_identity;
        Self {
            seq: event.seq,
            time_ms: event.time_ms,
            name,
            title,
            result: event.result,
            ended,
            error_code: event.error_code,
            actor: who.kind,
            uin: who.principal_id,
            user_name: who.user_name,
            address: event.source_ip_address,
            resources,
            more: u32::try_from(more).unwrap_or(u32::MAX),
            count: event.count,
        }
    }
}

/// One page of events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    /// The events, newest first.
    pub events: Vec<AuditRow>,
    /// The cursor of the page with newer events, if there is one.
    pub newer: Option<String>,
    /// The cursor of the page with older events, if there is one.
    pub older: Option<String>,
    /// The span that was searched, epoch milliseconds; the end is now where it has none of its own.
    pub span_ms: (i64, i64),
    /// Minutes between UTC and the times of the organisation.
    pub utc_offset_mins: i64,
    /// Days that events are kept.
    pub retention_days: i64,
    /// The shorter retention that was asked for: days, and from when on it counts.
    pub shorter: Option<(i64, i64)>,
}

/// One event, with all that is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditDetail {
    /// The event.
    pub event: AuditEvent,
    /// As it is exported, with its place in the chain.
    pub json: String,
    /// Minutes between UTC and the times of the organisation.
    pub utc_offset_mins: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_764_065_643_412;

    #[test]
    fn an_empty_form_searches_the_last_seven_days() {
        let query = AuditForm::default().read(NOW, 480).unwrap();
        assert_eq!((query.from_ms, query.before_ms), (NOW - 7 * DAY_MS, i64::MAX));
        assert_eq!(query, AuditQuery { from_ms: query.from_ms, before_ms: i64::MAX, ..AuditQuery::default() });
    }

    #[test]
    fn a_custom_span_is_of_whole_days_and_of_thirty_at_most() {
        let form = |from: &str, to: &str| AuditForm { range: CUSTOM.into(), from: from.into(), to: to.into(), ..AuditForm::default() };
        let query = form("2026-11-01", "2026-11-30").read(NOW, 480).unwrap();
        assert_eq!(query.before_ms - query.from_ms, 30 * DAY_MS);
        for (from, to) in [("2026-11-01", "2026-12-01"), ("2026-11-02", "2026-11-01"), ("", "2026-11-01"), ("2026-13-01", "2026-11-01")] {
            assert!(form(from, to).read(NOW, 480).is_err(), "{from} {to}");
        }
    }

    #[test]
    fn what_cannot_be_understood_is_said_and_never_searched_without() {
        let wrong = AuditForm {
            operator: "ana".into(),
            result: "maybe".into(),
            kind: "x".into(),
            resource_type: "y".into(),
            cursor: "o1".into(),
            event: "a,b c，d e f g h i j k".into(),
            ..AuditForm::default()
        };
        let Err(Fault::Invalid(fields)) = wrong.read(NOW, 0) else { panic!() };
        let fields: Vec<_> = fields.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["event", "operator", "result", "kind", "resource_type", "cursor"]);
        let bare = AuditForm { event: "cam:AddUser AddUser".into(), ..AuditForm::default() };
        assert!(matches!(bare.read(NOW, 0), Err(Fault::Invalid(fields)) if fields[0].field == "event"), "a name that would find nothing");
        let cursor = Cursor { newer: true, time_ms: 5, seq: 6 };
        let form = AuditForm { cursor: cursor.tag(), ..AuditForm::default() };
        assert_eq!(form.read(NOW, 0).unwrap().cursor, Some(cursor));
    }
}
