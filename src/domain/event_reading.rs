//! How the body of a TRTC event callback is read.
//!
//! Source: events-and-usage.md. Unknown groups, types and fields are kept and never an error, also when they hold what JSON can write and
//! few programs can read (half a character, a number beyond any, deep nesting).

use super::events::{Event, MAX_BODY_BYTES, MAX_ID_BYTES, RoomKey};
use super::stays::EARLIEST_MS;
use crate::text::Text;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

impl Event {
    /// Reads a body. Gives the event and what makes two bodies the same event: everything but the time of sending, in one spelling whatever
    /// the order of the members. A repeated callback differs from the first only in `CallbackTs` or another field of that kind.
    ///
    /// # Errors
    /// What is wrong when it is not a JSON object or larger than [`MAX_BODY_BYTES`]; nothing else is an error.
    pub fn read(body: &[u8]) -> Result<(Self, String), Text> {
        if body.len() > MAX_BODY_BYTES {
            return Err(Text::new("The body is larger than 64 KiB.", "请求体超过 64 KiB。"));
        }
        let not_json = || Text::new("The body is not JSON.", "请求体不是 JSON。");
        let text = std::str::from_utf8(body).map_err(|_| not_json())?;
        if let Ok(body) = serde_json::from_str::<Value>(text) {
            if !body.is_object() {
                return Err(not_an_object());
            }
            // Every value is made of texts and numbers that JSON has.
            let identity = serde_json::to_string(&Identity(&body)).map_err(|_| not_json())?;
            return Ok((Self::of(&body), identity));
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

    /// The event of a body, or of what could be read of it. Fields have several spellings, and some bodies stand in a wrapper or have no
    /// `EventInfo`.
    fn of(body: &Value) -> Self {
        let wrapped = [&body["Call.CallbackAfterRecordChanged"], &body["Call"]["CallbackAfterRecordChanged"]];
        let body = wrapped.into_iter().find(|wrapped| wrapped.is_object()).unwrap_or(body);
        let info = &body["EventInfo"];
        let place = |name: &str| [&info[name], &body[name]].into_iter().find(|value| !value.is_null());
        let field = |names: &[&str]| names.iter().find_map(|name| place(name)).unwrap_or(&Value::Null);
        let ms = time(field(&["EventMsTs", "EventTsMs"]));
        let secs_ms = time(field(&["EventTs"])).map(|secs| secs.saturating_mul(1_000));
        let can_be = |at_ms: &i64| *at_ms >= EARLIEST_MS;
        Self {
            group: number(&body["EventGroupId"]),
            event_type: number(&body["EventType"]),
            callback_ms: number(field(&["CallbackTs", "CallbackMsTs"])),
            room: room(field(&["RoomId", "roomID"]), number(field(&["RoomIdType", "RoomType"]))),
            at_ms: ms.filter(can_be).or(secs_ms.filter(can_be)).or(ms).or(secs_ms),
            user: field(&["UserId", "userID"]).as_str().and_then(id),
            unique: name(&info["UniqueId"]),
            role: number(&info["Role"]),
            terminal: number(&info["TerminalType"]),
            user_type: number(&info["UserType"]),
            reason: number(&info["Reason"]),
            task: name(field(&["TaskId"])),
        }
    }
}

fn not_an_object() -> Text {
    Text::new("The body is not a JSON object.", "请求体不是 JSON 对象。")
}

/// The fields that [`Event`] is made of, read from a body whose other fields cannot be.
#[derive(Default, Deserialize, Serialize)]
#[serde(default, rename_all = "PascalCase")]
struct Known {
    event_group_id: Value,
    event_type: Value,
    callback_ts: Value,
    callback_ms_ts: Value,
    event_info: KnownInfo,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default, rename_all = "PascalCase")]
struct KnownInfo {
    room_id: Value,
    #[serde(rename = "roomID")]
    room_id_of_handlers: Value,
    room_id_type: Value,
    room_type: Value,
    event_ts: Value,
    event_ms_ts: Value,
    event_ts_ms: Value,
    user_id: Value,
    #[serde(rename = "userID")]
    user_id_of_handlers: Value,
    unique_id: Value,
    role: Value,
    terminal_type: Value,
    user_type: Value,
    reason: Value,
    task_id: Value,
}

/// Whether a field tells when the callback was sent: `CallbackTs`, `CallbackMsTs` and what else there may be.
fn tells_sending_time(name: &str) -> bool {
    name.strip_prefix("Callback").and_then(|rest| rest.strip_suffix("Ts")).is_some_and(|unit| unit.chars().all(|c| c.is_ascii_alphabetic()))
}

/// A text that no value can hold, without the fields that tell when it was sent and the digits after them.
fn without_sending_time(text: &str) -> String {
    const BEGINNING: &str = "\"Callback";
    let is_time = |c: char| c.is_ascii_digit() || c.is_ascii_whitespace() || matches!(c, ':' | '"');
    let (mut kept, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find(BEGINNING) {
        let (before, field) = rest.split_at(at);
        kept.push_str(before);
        rest = match field[1..].split_once('"') {
            Some((name, after)) if tells_sending_time(name) => after.trim_start_matches(is_time),
            _ => {
                kept.push_str(BEGINNING);
                &field[BEGINNING.len()..]
            }
        };
    }
    kept + rest
}

/// The room that a value names. Where the kind of id is told (0 a number, 1 a text), it goes before the kind of value.
fn room(value: &Value, kind: Option<i64>) -> Option<RoomKey> {
    let room = value.as_u64().map(RoomKey::Number).or_else(|| id(value.as_str()?).map(RoomKey::Name))?;
    Some(match kind {
        Some(0) => room.of_same_digits().filter(|other| matches!(other, RoomKey::Number(_))).unwrap_or(room),
        Some(1) => RoomKey::Name(room.to_string()),
        _ => room,
    })
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

/// What makes two bodies the same event, written as JSON: the members of every object in order, without those that tell when it was sent. The
/// depth is bounded by the reader (128).
struct Identity<'v>(&'v Value);

impl Serialize for Identity<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(members) => {
                let mut members: Vec<_> = members.iter().filter(|(name, _)| !tells_sending_time(name)).collect();
                members.sort_unstable_by_key(|(name, _)| *name);
                serializer.collect_map(members.into_iter().map(|(name, value)| (name, Identity(value))))
            }
            Value::Array(items) => serializer.collect_seq(items.iter().map(Identity)),
            plain => plain.serialize(serializer),
        }
    }
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
            assert_eq!(Event::read(format!("[{odd}]").as_bytes()).unwrap_err().en, "The body is not a JSON object.");
            assert_eq!(Event::read(format!("{{\"New\":{odd}").as_bytes()).unwrap_err().en, "The body is not JSON.");
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

    #[test]
    fn later_spellings_are_read_as_the_first_ones() {
        let plain = read(
            r#"{"EventGroupId":9,"EventType":901,"CallbackTs":5,"EventInfo":{"RoomId":1234,"UserId":"a","EventMsTs":1664209748180,"TaskId":"t"}}"#,
        );
        let info = r#""RoomId":"1234","RoomIdType":0,"userID":"a","EventTsMs":"1664209748180","TaskId":"t""#;
        assert_eq!(read(&format!(r#"{{"EventGroupId":9,"EventType":901,"CallbackMsTs":5,"EventInfo":{{{info}}}}}"#)), plain);
        let flat = format!(r#"{{"EventGroupId":9,"EventType":901,"CallbackMsTs":5,{}}}"#, info.replace("RoomIdType", "RoomType"));
        assert_eq!(read(&flat), plain);
        assert_eq!(read(&flat.replace("\"RoomId\"", "\"roomID\"")), plain);
        assert_eq!(read(&format!(r#"{{"Call.CallbackAfterRecordChanged":{flat}}}"#)), plain);
        assert_eq!(read(&format!(r#"{{"Call":{{"CallbackAfterRecordChanged":{flat}}}}}"#)), plain);
        assert_eq!((plain.name().en, plain.room), ("AI task started".into(), Some(RoomKey::Number(1234))));

        let room = |fields: &str| read(&format!(r#"{{"EventInfo":{{{fields}}}}}"#)).room.unwrap().tag();
        assert_eq!(room(r#""RoomId":7,"RoomType":1"#), "s:7");
        assert_eq!(room(r#""RoomId":"7","RoomType":1"#), "s:7");
        for no_number in ["007", "+7", "class", "18446744073709551616"] {
            assert_eq!(room(&format!(r#""RoomId":"{no_number}","RoomIdType":0"#)), format!("s:{no_number}"));
        }
    }

    #[test]
    fn the_time_of_sending_makes_no_other_event_whatever_it_is_called() {
        let body = |field: &str, ms: i64, more: &str| {
            format!(r#"{{"{field}":{ms},"EventType":701,"CallbackUrl":"x{ms}","EventInfo":{{"{field}":{ms},"TaskId":"t"}}{more}}}"#)
                .replace(&format!("x{ms}"), "x")
        };
        for more in ["", r#","New":"\ud800""#] {
            for field in ["CallbackTs", "CallbackMsTs", "CallbackNsTs"] {
                assert_eq!(identity(&body(field, 1, more)), identity(&body(field, 22, more)), "{field} {more}");
            }
            for field in ["CallbackTs2", "EventTs", "Ts"] {
                assert_ne!(identity(&body(field, 1, more)), identity(&body(field, 22, more)), "{field} {more}");
            }
        }
    }
}
