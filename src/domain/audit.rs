//! Operation records: who did what, to what, from what to what, or was refused; one event as it is stored, exported and shown.
//!
//! The names in JSON are those of CloudAudit where it has one. A secret must never become part of an event: there is only the word that it
//! was set, and every value comes in through a function of [`Done`](super::audit_change::Done). A later kind of event gets a higher [`EVENT_VERSION`]; what is
//! stored is never written again.

use super::audit_change::{AuditedResource, FieldChange, Value};
use super::days::{DAY_MS, Day};
use super::fault::Fault;
use crate::catalog::service::Service;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// The version of [`AuditEvent`].
pub const EVENT_VERSION: u32 = 1;
/// An event takes no more bytes as JSON.
pub const MAX_EVENT_BYTES: usize = 16 * 1024;
/// Entries of a list that are kept.
pub const MAX_ENTRIES: usize = 100;
/// The service of what everybody does with the own account: log in, change the password.
pub const ACCOUNT: &str = "account";

/// The error code of a login whose account, name and password do not belong together.
pub const WRONG_LOGIN: &str = "AuthFailure";
/// The error code of a login after too many attempts.
pub const LOCKED_LOGIN: &str = "Locked";

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Done.
    Success,
    /// Not permitted: by CAM, or for want of a proof.
    Refused,
    /// Permitted, and not possible: wrong input, a limit, a conflict.
    Failed,
    /// A fault of the console.
    Error,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Success, Self::Refused, Self::Failed, Self::Error];

    /// As stored and in addresses.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Error => "error",
        }
    }

    /// As shown.
    #[must_use]
    pub const fn text(self) -> Text {
        match self {
            Self::Success => Text::new("Success", "成功"),
            Self::Refused => Text::new("Refused", "已拒绝"),
            Self::Failed => Text::new("Failed", "失败"),
            Self::Error => Text::new("Error", "错误"),
        }
    }
}

/// Whether an operation changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ActionType {
    /// It reads.
    Read,
    /// It writes.
    Write,
}

impl ActionType {
    /// As shown.
    #[must_use]
    pub const fn text(self) -> Text {
        match self {
            Self::Read => Text::new("Read", "只读"),
            Self::Write => Text::new("Write", "只写"),
        }
    }
}

/// What kind of account did it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ActorType {
    /// The root account.
    #[serde(rename = "root")]
    Root,
    /// A sub-account.
    CAMUser,
    /// The console itself, or its operator on the command line.
    System,
    /// Nobody who could be named.
    #[default]
    Unknown,
}

impl ActorType {
    /// As stored.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::CAMUser => "CAMUser",
            Self::System => "System",
            Self::Unknown => "Unknown",
        }
    }
}

/// Who did it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// What kind of account.
    #[serde(rename = "type")]
    pub kind: ActorType,
    /// UIN of the root account.
    pub account_id: String,
    /// UIN of the account.
    pub principal_id: String,
    /// Its login name at that time.
    pub user_name: String,
    /// The session, empty without one.
    pub session_id: String,
    /// Whether a second factor was proven.
    pub mfa: bool,
    /// How long ago the password had been proven, seconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub proof_age_seconds: Option<i64>,
    /// The sub-account that the console was seen as.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub viewed_as: Option<ViewedAs>,
}

/// A sub-account as which its root account saw the console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ViewedAs {
    /// Its UIN.
    pub principal_id: String,
    /// Its login name at that time.
    pub user_name: String,
}

/// What CAM decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditedDecision {
    /// The action: `cam:AttachUserPolicy`.
    pub action: String,
    /// The resource in six segments, or `*`.
    pub resource: String,
    /// `allow` or `deny`.
    pub verdict: String,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEvent {
    /// Its number among the events of its root account.
    pub seq: i64,
    /// Its id in the world.
    #[serde(rename = "eventID")]
    pub event_id: String,
    /// [`EVENT_VERSION`] of the console that wrote it.
    pub event_version: u32,
    /// When, epoch milliseconds; in JSON in UTC, to the millisecond.
    #[serde(rename = "eventTime", with = "rfc3339")]
    pub time_ms: i64,
    /// The service: `cam`.
    pub event_source: String,
    /// The action: `AttachUserPolicy`.
    pub event_name: String,
    /// The operation of this console: `ResetPassword`. One action may permit several.
    pub operation: String,
    /// Whether it changes something.
    pub action_type: ActionType,
    /// `ConsoleCall` or `System`.
    pub event_type: String,
    /// 1 when it touches credentials, rights, secrets or running services.
    pub sensitive_action: u8,
    /// How it ended.
    pub result: Outcome,
    /// Why it did not succeed, for programs; empty for success.
    pub error_code: String,
    /// Why it did not succeed, in a sentence; empty for success.
    pub error_message: String,
    /// Who.
    pub user_identity: Identity,
    /// The address of the client; a network for counted attempts, empty when it is unknown.
    #[serde(rename = "sourceIPAddress")]
    pub source_ip_address: String,
    /// The browser, as it describes itself.
    pub user_agent: String,
    /// The request.
    #[serde(rename = "requestID")]
    pub request_id: String,
    /// What it was about.
    pub resources: Vec<AuditedResource>,
    /// What else it was about, counted only: a record has an end. It is found by those things all the same.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub resources_omitted: usize,
    /// What changed.
    pub changes: Vec<FieldChange>,
    /// What CAM decided, where it was asked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub decision: Option<AuditedDecision>,
    /// How many attempts this stands for.
    pub count: i64,
}

impl AuditEvent {
    /// Something that somebody has written, of which nothing more is told yet. Its number and id come with the chain.
    #[must_use]
    pub fn new(source: &str, name: &str, user_identity: Identity, time_ms: i64) -> Self {
        Self {
            seq: 0,
            event_id: String::new(),
            event_version: EVENT_VERSION,
            time_ms,
            event_source: source.to_owned(),
            event_name: name.to_owned(),
            operation: String::new(),
            action_type: ActionType::Write,
            event_type: if user_identity.kind == ActorType::System { "System" } else { "ConsoleCall" }.to_owned(),
            sensitive_action: 0,
            result: Outcome::Success,
            error_code: String::new(),
            error_message: String::new(),
            user_identity,
            source_ip_address: String::new(),
            user_agent: String::new(),
            request_id: String::new(),
            resources: Vec::new(),
            resources_omitted: 0,
            changes: Vec::new(),
            decision: None,
            count: 1,
        }
    }

    /// `cam:AttachUserPolicy`.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}:{}", self.event_source, self.event_name)
    }

    /// When, in UTC to the millisecond: `2026-11-25T10:14:03.412Z`.
    #[must_use]
    pub fn time_utc(&self) -> String {
        utc(self.time_ms)
    }

    /// What was done, in words.
    #[must_use]
    pub fn title(&self) -> Text {
        let row = Service::find(&self.event_source).and_then(|service| service.actions.iter().find(|row| row.name == self.event_name));
        row.map_or_else(|| own_title(&self.event_name), |row| row.gloss.clone())
    }

    /// How it ended, as shown: what was refused says why, where that is sure. From a root account nothing is hidden, and it cannot be disabled; of
    /// others it is not told whether a thing is there, nor which part of a login was wrong.
    #[must_use]
    pub fn ended(&self) -> Text {
        let by_root = self.user_identity.kind == ActorType::Root;
        match (self.result, self.error_code.as_str()) {
            (Outcome::Refused, code) if by_root && code == Fault::NotFound.code() => Text::new("Not found", "对象不存在"),
            (Outcome::Refused, code) if code == Fault::NotFound.code() => Text::new("Not found or no access", "不存在或无权访问"),
            (Outcome::Refused, WRONG_LOGIN) if by_root => Text::new("Wrong password", "密码错误"),
            (Outcome::Refused, WRONG_LOGIN) => Text::new("Login failed", "登录失败"),
            (Outcome::Refused, LOCKED_LOGIN) => Text::new("Too many attempts", "尝试次数过多"),
            (result, _) => result.text(),
        }
    }

    /// The event as JSON of at most [`MAX_EVENT_BYTES`]: long lists are cut, and say how much is left out.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let mut entries = MAX_ENTRIES;
        loop {
            let json = serde_json::to_string(&self.cut_to(entries))?;
            if json.len() <= MAX_EVENT_BYTES || entries == 0 {
                return Ok(json);
            }
            entries /= 4;
        }
    }

    /// The event with so many entries of each list; with none, values that are long go, too.
    fn cut_to(&self, entries: usize) -> Self {
        let mut cut = self.clone();
        cut.resources.truncate(entries.max(1));
        cut.resources_omitted += self.resources.len() - cut.resources.len();
        let values = cut.changes.iter_mut().flat_map(|change| [&mut change.before, &mut change.after]).flatten();
        for value in values {
            match value {
                Value::List(list) if list.len() > entries => {
                    let more = list.len() - entries;
                    list.truncate(entries);
                    list.push(format!("… +{more}"));
                }
                Value::Text(text) if entries == 0 && text.chars().nth(LONG_CHARS).is_some() => {
                    *text = format!("{}…", text.chars().take(LONG_CHARS).collect::<String>());
                }
                _ => {}
            }
        }
        cut
    }
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// A value of more characters goes when an event is too long.
const LONG_CHARS: usize = 300;

/// What is no action of a service, in words.
#[must_use]
pub fn own_title(name: &str) -> Text {
    match name {
        "ConsoleLogin" => Text::new("Log in", "登录"),
        "ConsoleLogout" => Text::new("Log out", "退出登录"),
        "Setup" => Text::new("Create the root account", "创建主账号"),
        "ProvePassword" => Text::new("Confirm the password", "验证密码"),
        "ChangePassword" => Text::new("Change the own password", "修改自己的密码"),
        "EndOwnSession" => Text::new("End an own session", "结束自己的会话"),
        "ViewAs" => Text::new("View the console as a sub-account", "以子账号身份查看控制台"),
        "StopViewing" => Text::new("Stop viewing as a sub-account", "停止以子账号身份查看"),
        "ReadOwnRecords" => Text::new("Read the own operation records", "查看自己的操作记录"),
        "ExportAudit" => Text::new("Export operation records", "导出操作记录"),
        "LocalCommand" => Text::new("Command of the operator", "运维命令"),
        "AuditGap" => Text::new("Attempts that were not recorded one by one", "未逐条记录的操作"),
        "AttachmentEnded" => Text::new("A policy was detached at the end of its time", "策略关联到期，自动解除"),
        "CutAudit" => Text::new("Delete operation records past their retention", "删除超过保存时长的操作记录"),
        name => Text::made(name.to_owned(), name.to_owned()),
    }
}

/// A time in UTC. The shape is fixed, so it is written and read here: a general reader of times would weigh more in a browser than the rest of
/// a page.
#[must_use]
pub fn utc(at_ms: i64) -> String {
    let (day, rest) = (Day::of(at_ms, 0), at_ms.rem_euclid(DAY_MS));
    let (secs, millis) = (rest / 1_000, rest % 1_000);
    format!("{day}T{:02}:{:02}:{:02}.{millis:03}Z", secs / 3_600, secs / 60 % 60, secs % 60)
}

/// The instant that [`utc`] wrote.
fn read_utc(text: &str) -> Option<i64> {
    let (day, time) = text.strip_suffix('Z')?.split_once('T')?;
    let mut parts = time.split([':', '.']).map(|part| part.parse::<i64>().ok());
    let [hours, mins, secs, millis] = [(); 4].map(|()| parts.next().flatten());
    let at_ms = day.parse::<Day>().ok()?.start_ms(0) + ((hours? * 60 + mins?) * 60 + secs?) * 1_000 + millis?;
    // Anything that would be written in another way is no such text.
    (utc(at_ms) == text).then_some(at_ms)
}

/// An instant as [`AuditEvent::time_utc`] writes it.
mod rfc3339 {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(at_ms: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::utc(*at_ms))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        super::read_utc(&text).ok_or_else(|| D::Error::custom("not a time in UTC to the millisecond"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit_change::{Done, Field};
    use crate::domain::ids::Uin;

    fn event(done: Done) -> AuditEvent {
        AuditEvent {
            seq: 7,
            event_id: "id".into(),
            operation: "AttachToUsers".into(),
            sensitive_action: 1,
            source_ip_address: "203.0.113.9".into(),
            resources: done.resources,
            changes: done.changes,
            ..AuditEvent::new("cam", "AttachUserPolicy", Identity::default(), 1_764_065_643_412)
        }
    }

    #[test]
    fn an_event_is_written_with_the_names_of_cloud_audit_and_read_again() {
        let done = Done::to(Uin(42), "li")
            .list(Field::Policies, vec!["A".into()], vec!["A".into(), "B".into()])
            .private(Field::Email, "a@b.example", "c@b.example")
            .text(Field::Name, "same", "same");
        let event = event(done);
        let json = event.to_json().unwrap();
        assert!(
            json.starts_with(r#"{"seq":7,"eventID":"id","eventVersion":1,"eventTime":"2025-11-25T10:14:03.412Z","eventSource":"cam""#),
            "{json}"
        );
        assert!(json.contains(r#""resources":[{"type":"cam:user","id":"42","name":"li"}]"#), "{json}");
        assert!(json.contains(r#"{"field":"policies","before":["A"],"after":["A","B"]},{"field":"email","state":"changed"}]"#), "{json}");
        assert_eq!(serde_json::from_str::<AuditEvent>(&json).unwrap(), event);
        assert_eq!(event.title().en, "Attach a policy to a sub-account");
    }

    #[test]
    fn an_event_is_never_long_and_says_what_it_leaves_out() {
        let names = |count: usize| (0..count).map(|number| format!("{number}-{}", "策".repeat(60))).collect::<Vec<_>>();
        let long =
            event(Done::to(Uin(1), "x").list(Field::Groups, Vec::new(), names(10_000)).text(Field::Document, "", &"策".repeat(6_144)));
        let json = long.to_json().unwrap();
        assert!(json.len() <= MAX_EVENT_BYTES, "{}", json.len());
        let kept: AuditEvent = serde_json::from_str(&json).unwrap();
        let Some(Value::List(groups)) = &kept.changes[0].after else { panic!("{json}") };
        assert!(groups.last().unwrap().starts_with("… +"), "{groups:?}");
        let short = event(Done::to(Uin(1), "x").list(Field::Groups, Vec::new(), names(101)));
        let Some(Value::List(groups)) = serde_json::from_str::<AuditEvent>(&short.to_json().unwrap()).unwrap().changes.remove(0).after
        else {
            panic!()
        };
        assert!(groups.len() < 101);
    }

    #[test]
    fn a_refusal_is_called_what_it_was() {
        let ended = |kind: ActorType, result: Outcome, code: &str| {
            let event = AuditEvent::new(ACCOUNT, "ConsoleLogin", Identity { kind, ..Identity::default() }, 0);
            AuditEvent { result, error_code: code.to_owned(), ..event }.ended().en.into_owned()
        };
        for (kind, code, words) in [
            (ActorType::Root, "ResourceNotFound", "Not found"),
            (ActorType::CAMUser, "ResourceNotFound", "Not found or no access"),
            (ActorType::Root, "AuthFailure", "Wrong password"),
            (ActorType::CAMUser, "AuthFailure", "Login failed"),
            (ActorType::Unknown, "AuthFailure", "Login failed"),
            (ActorType::Root, "Locked", "Too many attempts"),
            (ActorType::CAMUser, "UnauthorizedOperation.CamNoAuth", "Refused"),
        ] {
            assert_eq!(ended(kind, Outcome::Refused, code), words);
        }
        assert_eq!(ended(ActorType::Root, Outcome::Failed, "ResourceNotFound"), "Failed");
    }

    #[test]
    fn times_are_written_and_read_in_one_way() {
        for (at_ms, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (1_764_065_643_412, "2025-11-25T10:14:03.412Z"),
            (1_709_164_799_999, "2024-02-28T23:59:59.999Z"),
        ] {
            assert_eq!((utc(at_ms).as_str(), read_utc(text)), (text, Some(at_ms)));
        }
        for wrong in [
            "",
            "Z",
            "2025-11-25",
            "2025-11-25T10:14:03Z",
            "2025-11-25T10:14:03.4Z",
            "2025-11-25T24:00:00.000Z",
            "2025-11-25T10:14:03.412+08:00",
        ] {
            assert_eq!(read_utc(wrong), None, "{wrong}");
        }
    }
}
