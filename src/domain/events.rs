//! TRTC event callbacks: what a body says, what its codes are called.
//!
//! Source: events-and-usage.md. Unknown groups, types and fields are kept and never an error, also when they hold what JSON can write and
//! few programs can read (half a character, a number beyond any, deep nesting). Signatures are checked elsewhere, on the bytes;
//! what the events add up to is the business of `stays`, `calls` and `usage`.

use super::stays::EARLIEST_MS;
use crate::text::Text;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fmt;

/// A body beyond this is refused.
pub use crate::catalog::limits::MAX_CALLBACK_BODY_BYTES as MAX_BODY_BYTES;

/// Room and user ids beyond this are kept in the body but not taken for ids; TRTC allows 64 and 32 bytes.
pub const MAX_ID_BYTES: usize = 256;

/// A room of an application. Number 8489 and string `"8489"` are two rooms.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RoomKey {
    /// A room with a number.
    Number(u64),
    /// A room with a name.
    Name(String),
}

impl RoomKey {
    /// As stored: `n:8489` or `s:8489`.
    #[must_use]
    pub fn tag(&self) -> String {
        match self {
            Self::Number(number) => format!("n:{number}"),
            Self::Name(name) => format!("s:{name}"),
        }
    }

    /// From the store; `None` for what [`RoomKey::tag`] never writes.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag.split_once(':')? {
            ("n", number) => number.parse().ok().map(Self::Number),
            ("s", name) => Some(Self::Name(name.to_owned())),
            _ => None,
        }
    }

    fn from_value(value: &Value) -> Option<Self> {
        value.as_u64().map(Self::Number).or_else(|| id(value.as_str()?).map(Self::Name))
    }
}

/// The id alone, as people know the room.
impl fmt::Display for RoomKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

/// One event as TRTC sent it. A field that is absent or of an unexpected type is `None`; the body is kept beside it, as it was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// 1 room, 2 media, 3 on-cloud recording, 4 relay to CDN.
    pub group: Option<i64>,
    /// See [`type_name`].
    pub event_type: Option<i64>,
    /// When the callback was sent, epoch milliseconds; another one for each attempt.
    pub callback_ms: Option<i64>,
    /// The room.
    pub room: Option<RoomKey>,
    /// When it happened, epoch milliseconds: `EventMsTs`, else `EventTs` (seconds, number or string); a time that can be goes before one
    /// that cannot.
    pub at_ms: Option<i64>,
    /// The user it is about.
    pub user: Option<String>,
    /// Tells entries of one user apart; an exit carries the id of the entry it belongs to.
    pub unique: Option<String>,
    /// 20 anchor, 21 audience.
    pub role: Option<i64>,
    /// 1 Windows, 2 Android, 3 iOS, 4 Linux, 100 other.
    pub terminal: Option<i64>,
    /// 1 WebRTC, 2 mini program, 3 native SDK.
    pub user_type: Option<i64>,
    /// Why a user entered or left.
    pub reason: Option<i64>,
    /// The recording or relay task.
    pub task: Option<String>,
}

impl Event {
    /// Reads a body. Gives the event and what makes two bodies the same event: everything but the time of sending, in one spelling whatever
    /// the order of the members. A repeated callback differs from the first only in `CallbackTs`.
    ///
    /// # Errors
    /// What is wrong when it is not a JSON object or larger than [`MAX_BODY_BYTES`]; nothing else is an error.
    pub fn read(body: &[u8]) -> Result<(Self, String), Text> {
        if body.len() > MAX_BODY_BYTES {
            return Err(Text::new("The body is larger than 64 KiB", "请求体超过 64 KiB"));
        }
        let not_json = || Text::new("The body is not JSON", "请求体不是 JSON");
        let text = std::str::from_utf8(body).map_err(|_| not_json())?;
        if let Ok(body) = serde_json::from_str::<Value>(text) {
            if !body.is_object() {
                return Err(not_an_object());
            }
            return Ok((Self::of(&body), identity(&body)));
        }
        // Passes over every value without making it, at any depth: what is JSON all the same holds something that no value can.
        serde_json::from_str::<IgnoredAny>(text).map_err(|_| not_json())?;
        if !text.trim_start().starts_with('{') {
            return Err(not_an_object());
        }
        // Known fields alone. When one of them is the unreadable one, the event is kept for people to read and counts for nothing.
        let known = serde_json::from_str::<Known>(text).ok().and_then(|known| serde_json::to_value(known).ok()).unwrap_or_default();
        Ok((Self::of(&known), without_sending_time(text)))
    }

    /// The event of a body, or of what could be read of it.
    fn of(body: &Value) -> Self {
        let info = &body["EventInfo"];
        let ms = time(&info["EventMsTs"]);
        let secs_ms = time(&info["EventTs"]).map(|secs| secs.saturating_mul(1_000));
        let can_be = |at_ms: &i64| *at_ms >= EARLIEST_MS;
        Self {
            group: number(&body["EventGroupId"]),
            event_type: number(&body["EventType"]),
            callback_ms: number(&body["CallbackTs"]),
            room: RoomKey::from_value(&info["RoomId"]),
            at_ms: ms.filter(can_be).or(secs_ms.filter(can_be)).or(ms).or(secs_ms),
            user: info["UserId"].as_str().and_then(id),
            unique: name(&info["UniqueId"]),
            role: number(&info["Role"]),
            terminal: number(&info["TerminalType"]),
            user_type: number(&info["UserType"]),
            reason: number(&info["Reason"]),
            task: name(&info["TaskId"]),
        }
    }

    /// What the event is called.
    #[must_use]
    pub fn name(&self) -> Text {
        let unknown = || match self.event_type {
            Some(number) => Text::made(format!("Event {number}"), format!("事件 {number}")),
            None => Text::new("Event without a type", "无类型事件"),
        };
        self.event_type.and_then(type_name).unwrap_or_else(unknown)
    }
}

fn not_an_object() -> Text {
    Text::new("The body is not a JSON object", "请求体不是 JSON 对象")
}

/// The fields that [`Event`] is made of, read from a body whose other fields cannot be.
#[derive(Default, Deserialize, Serialize)]
#[serde(default, rename_all = "PascalCase")]
struct Known {
    event_group_id: Value,
    event_type: Value,
    callback_ts: Value,
    event_info: KnownInfo,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default, rename_all = "PascalCase")]
struct KnownInfo {
    room_id: Value,
    event_ts: Value,
    event_ms_ts: Value,
    user_id: Value,
    unique_id: Value,
    role: Value,
    terminal_type: Value,
    user_type: Value,
    reason: Value,
    task_id: Value,
}

fn identity(body: &Value) -> String {
    let mut body = sorted(body);
    if let Some(members) = body.as_object_mut() {
        members.remove("CallbackTs");
    }
    body.to_string()
}

/// A text that no value can hold, without the digits after its first `"CallbackTs"`.
fn without_sending_time(text: &str) -> String {
    let Some((before, after)) = text.split_once("\"CallbackTs\"") else { return text.to_owned() };
    let is_time = |c: char| c.is_ascii_digit() || c.is_ascii_whitespace() || matches!(c, ':' | '"');
    format!("{before}{}", after.trim_start_matches(is_time))
}

/// A time, whose fraction of a unit is dropped.
fn time(value: &Value) -> Option<i64> {
    let fraction = || value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
    // Every whole number of this size is exact in a float.
    #[expect(clippy::cast_possible_truncation, reason = "within the bounds of the line before")]
    let whole = |secs: f64| (0.0..9e15).contains(&secs).then_some(secs as i64);
    number(value).or_else(|| fraction().and_then(whole))
}

/// A whole number, also when it was sent as a string.
fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// A short text, also when it was sent as a number.
fn name(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => id(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// An id that can be a key in every database: not empty, not endless, without control characters.
fn id(text: &str) -> Option<String> {
    let right = (1..=MAX_ID_BYTES).contains(&text.len()) && !text.chars().any(char::is_control);
    right.then(|| text.to_owned())
}

/// The same value with the members of every object in order. The depth is bounded by the reader (128).
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(key, _)| *key);
            Value::Object(members.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        plain => plain.clone(),
    }
}

/// An event in the list of those received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedEvent {
    /// When it was received first, epoch milliseconds.
    pub received_ms: i64,
    /// When it happened, if it says so.
    pub at_ms: Option<i64>,
    /// The group.
    pub group: Option<i64>,
    /// The type.
    pub event_type: Option<i64>,
    /// The room.
    pub room: Option<RoomKey>,
    /// The user; `None` also when the reader may not see bodies.
    pub user: Option<String>,
    /// The body as it was sent: JSON; `None` when the reader may not see bodies.
    pub body: Option<String>,
}

/// Why a callback was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RefusalReason {
    /// It carried no signature.
    NoSignature,
    /// The signature is not that of the body under the application's key.
    WrongSignature,
    /// The application has no callback key yet, so no signature can be right.
    NoKey,
}

impl RefusalReason {
    /// As stored.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::NoSignature => "no-signature",
            Self::WrongSignature => "wrong-signature",
            Self::NoKey => "no-key",
        }
    }

    /// From the store.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        match tag {
            "no-signature" => Self::NoSignature,
            "no-key" => Self::NoKey,
            _ => Self::WrongSignature,
        }
    }

    /// As shown.
    #[must_use]
    pub const fn text(self) -> Text {
        match self {
            Self::NoSignature => Text::new("Without signature", "缺少签名"),
            Self::WrongSignature => Text::new("Wrong signature: the keys differ", "签名错误：两端密钥不一致"),
            Self::NoKey => Text::new("The application has no callback key yet", "应用尚未设置回调密钥"),
        }
    }
}

/// Callbacks of an application that were refused within one hour for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The beginning of the hour, epoch milliseconds.
    pub hour_ms: i64,
    /// Why.
    pub reason: RefusalReason,
    /// How many.
    pub count: i64,
    /// The last one, epoch milliseconds.
    pub last_ms: i64,
    /// Where the last one came from; empty when the reader may not see bodies.
    pub last_address: String,
}

/// What arrived for an application lately.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackLog {
    /// The last events, newest first.
    pub events: Vec<ReceivedEvent>,
    /// Refused callbacks by hour, newest first.
    pub refusals: Vec<Refusal>,
    /// The reader may see bodies, users and addresses.
    pub whole: bool,
}

impl CallbackLog {
    /// The same for who may read the configuration of an application but not change it: what happened when and in which room. A body can
    /// name everything, such as the key of a relay address or the place of a recording.
    #[must_use]
    pub fn without_bodies(mut self) -> Self {
        for event in &mut self.events {
            (event.user, event.body) = (None, None);
        }
        for refusal in &mut self.refusals {
            refusal.last_address.clear();
        }
        Self { whole: false, ..self }
    }
}

/// What a group of events is called.
#[must_use]
pub fn group_name(group: i64) -> Option<Text> {
    Some(match group {
        1 => Text::new("Room events", "房间事件"),
        2 => Text::new("Media events", "媒体事件"),
        3 => Text::new("On-cloud recording events", "云端录制事件"),
        4 => Text::new("Relay to CDN events", "旁路推流事件"),
        _ => return None,
    })
}

/// What a type of event is called.
#[must_use]
pub fn type_name(event_type: i64) -> Option<Text> {
    Some(match event_type {
        101 => Text::new("Room created", "创建房间"),
        102 => Text::new("Room closed", "解散房间"),
        103 => Text::new("User entered", "进入房间"),
        104 => Text::new("User left", "退出房间"),
        105 => Text::new("Role changed", "切换角色"),
        201 => Text::new("Video started", "开始推送视频"),
        202 => Text::new("Video stopped", "停止推送视频"),
        203 => Text::new("Audio started", "开始推送音频"),
        204 => Text::new("Audio stopped", "停止推送音频"),
        205 => Text::new("Screen sharing started", "开始推送辅路"),
        206 => Text::new("Screen sharing stopped", "停止推送辅路"),
        301 => Text::new("Recorder started", "录制模块启动"),
        302 => Text::new("Recorder stopped", "录制模块退出"),
        303 => Text::new("Upload started", "文件上传任务启动"),
        304 => Text::new("First playlist uploaded", "首个 M3U8 文件上传"),
        305 => Text::new("Upload finished", "文件上传结束"),
        306 => Text::new("Recording migrated", "录制任务迁移"),
        307 => Text::new("Slice written", "录制切片生成"),
        308 => Text::new("Upload error", "上传错误"),
        309 => Text::new("Image error", "图片下载错误"),
        310 => Text::new("MP4 finished", "MP4 录制完成"),
        311 => Text::new("Committed to VOD", "上传至点播"),
        312 => Text::new("VOD task ended", "点播任务结束"),
        401 => Text::new("Relay status changed", "转推状态变更"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Event {
        Event::read(body.as_bytes()).unwrap().0
    }

    fn identity(body: &str) -> String {
        Event::read(body.as_bytes()).unwrap().1
    }

    #[test]
    fn the_documented_event_is_understood() {
        let body = "{\n\t\"EventGroupId\":\t2,\n\t\"EventType\":\t204,\n\t\"CallbackTs\":\t1664209748188,\n\t\"EventInfo\":\t{\n\t\t\"RoomId\":\t8489,\n\t\t\"EventTs\":\t1664209748,\n\t\t\"EventMsTs\":\t1664209748180,\n\t\t\"UserId\":\t\"user_85034614\",\n\t\t\"Reason\":\t0\n\t}\n}";
        let event = read(body);
        assert_eq!((event.group, event.event_type, event.callback_ms), (Some(2), Some(204), Some(1_664_209_748_188)));
        assert_eq!((event.room, event.at_ms), (Some(RoomKey::Number(8489)), Some(1_664_209_748_180)));
        assert_eq!((event.user.as_deref(), event.reason), (Some("user_85034614"), Some(0)));
    }

    #[test]
    fn number_and_string_rooms_differ_and_times_come_in_three_shapes() {
        let number = read(r#"{"EventInfo":{"RoomId":8489,"EventTs":"1664209748"}}"#);
        let name = read(r#"{"EventInfo":{"RoomId":"8489","EventTs":1664209748,"EventMsTs":"1664209748180"}}"#);
        assert_ne!(number.room, name.room);
        assert_eq!((number.at_ms, name.at_ms), (Some(1_664_209_748_000), Some(1_664_209_748_180)));
        for event in [number, name] {
            let room = event.room.unwrap();
            assert_eq!(RoomKey::from_tag(&room.tag()), Some(room.clone()));
            assert_eq!(room.to_string(), "8489");
        }
        assert_eq!(RoomKey::from_tag("8489"), None);
    }

    #[test]
    fn the_unknown_is_kept_and_never_an_error() {
        let event =
            read(r#"{"EventGroupId":9,"EventType":"907","New":[1],"EventInfo":{"RoomId":1.5,"UserId":7,"EventTs":null,"Mood":"good"}}"#);
        assert_eq!(
            (event.group, event.event_type, event.room.clone(), event.user.clone(), event.at_ms),
            (Some(9), Some(907), None, None, None)
        );
        assert_eq!(event.name().en, "Event 907");
        assert_eq!(read("{}").name().zh, "无类型事件");
    }

    #[test]
    fn ids_that_no_database_could_hold_are_not_ids() {
        let long = "x".repeat(MAX_ID_BYTES + 1);
        for bad in ["", "a\\u0000b", &long] {
            let event = read(&format!(r#"{{"EventInfo":{{"RoomId":"{bad}","UserId":"{bad}","UniqueId":"{bad}"}}}}"#));
            assert_eq!((event.room, event.user, event.unique), (None, None, None));
        }
    }

    #[test]
    fn only_json_objects_of_bounded_size_are_events() {
        let deep = "[".repeat(60_000);
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_BODY_BYTES));
        for bad in ["", "x", "[]", "5", "null", "{\"a\":1", deep.as_str(), large.as_str()] {
            assert!(Event::read(bad.as_bytes()).is_err());
        }
        assert!(Event::read(b"{\"a\":\"\xff\"}").is_err());
    }

    #[test]
    fn a_repeated_callback_is_the_same_event() {
        let first = r#"{"EventGroupId":1,"EventType":103,"CallbackTs":1,"EventInfo":{"RoomId":1,"UserId":"a","EventMsTs":5}}"#;
        let again = r#"{"CallbackTs":2, "EventInfo":{"UserId":"a","EventMsTs":5,"RoomId":1},"EventType":103,"EventGroupId":1}"#;
        let other = first.replace("\"RoomId\":1", "\"RoomId\":\"1\"");
        assert_eq!(identity(first), identity(again));
        assert_ne!(identity(first), identity(&other));
        let odd = first.replace('{', "{\"New\":1e400,");
        assert_eq!(identity(&odd), identity(&odd.replace("\"CallbackTs\":1", "\"CallbackTs\" : 22")));
        assert_ne!(identity(&odd), identity(&odd.replace("\"UserId\":\"a\"", "\"UserId\":\"b\"")));
    }

    #[test]
    fn what_no_value_can_hold_is_passed_over() {
        let known = r#""EventGroupId":1,"EventType":103,"EventInfo":{"RoomId":1,"UserId":"a","EventMsTs":1664209748180}"#;
        let plain = read(&format!("{{{known}}}"));
        let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
        for odd in [r#""\ud800""#, "1e400", deep.as_str()] {
            assert_eq!(read(&format!("{{\"New\":{odd},{known}}}")), plain);
            assert_eq!(read(&format!("{{{known},\"New\":{odd}}}")), plain);
            assert_eq!(read(&format!("{{\"EventType\":{odd}}}")).event_type, None, "kept, and counts for nothing");
            assert_eq!(Event::read(format!("[{odd}]").as_bytes()).unwrap_err().en, "the body is not a JSON object");
            assert_eq!(Event::read(format!("{{\"New\":{odd}").as_bytes()).unwrap_err().en, "the body is not JSON");
        }
    }

    #[test]
    fn a_time_that_can_be_goes_before_one_that_cannot() {
        let at = |ms: &str, secs: &str| read(&format!(r#"{{"EventInfo":{{"EventMsTs":{ms},"EventTs":{secs}}}}}"#)).at_ms;
        for ms in ["0", "null", "\"\"", "1400000000000", "[]", "-1", "1e300"] {
            for secs in ["1664209748", "1664209748.9", "\"1664209748\"", "\"1664209748.5\"", "1.664209748e9"] {
                assert_eq!(at(ms, secs), Some(1_664_209_748_000), "{ms} {secs}");
            }
        }
        assert_eq!(at("1664209748180.5", "1"), Some(1_664_209_748_180));
        assert_eq!((at("5", "null"), at("0", "7"), at("null", "7")), (Some(5), Some(0), Some(7_000)), "as sent, to be looked at");
    }
}
