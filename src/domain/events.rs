//! TRTC event callbacks: events, the rooms they name, and what arrived lately.
//!
//! How a body is read stands in `event_reading`. Signatures are checked elsewhere, on the bytes; what the events add up to is the business
//! of `stays`, `calls` and `usage`.

use super::event_names::type_name;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A body beyond this is refused.
pub use crate::catalog::limits::MAX_CALLBACK_BODY_BYTES as MAX_BODY_BYTES;

/// So much of a body stands in the list of received events: fifty of the longest would be megabytes.
pub const SHOWN_BODY_CHARS: i64 = 4_096;

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

    /// The room of the other kind whose id looks the same: number 8489 for text `"8489"` and the other way round.
    #[must_use]
    pub fn of_same_digits(&self) -> Option<Self> {
        match self {
            Self::Number(number) => Some(Self::Name(number.to_string())),
            Self::Name(name) => name.parse().ok().filter(|number: &u64| number.to_string() == *name).map(Self::Number),
        }
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
    /// See `type_name` in `event_names`.
    pub event_type: Option<i64>,
    /// When the callback was sent, epoch milliseconds; another one for each attempt.
    pub callback_ms: Option<i64>,
    /// The room.
    pub room: Option<RoomKey>,
    /// When it happened, epoch milliseconds: `EventMsTs` or `EventTsMs`, else `EventTs` (seconds, number or string); a time that can be goes
    /// before one that cannot.
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
    /// The first [`SHOWN_BODY_CHARS`] characters of the body as it was sent: JSON; `None` when the reader may not see bodies.
    pub body: Option<String>,
    /// Characters of the whole body.
    pub body_chars: i64,
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
