//! Why a request was not carried out: one type for every layer, without a word of HTTP.
//!
//! `server::http` and `calls` map it to statuses, the console shows it. Internal causes are logged where they happen and must never
//! be a field here.

use super::ids::Uin;
use crate::cam::Verdict;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// What went wrong, in the words of the person who asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// Nobody is signed in, or the session has ended.
    SignedOut,
    /// Signed in, but the first password must be changed before anything else.
    PasswordChange,
    /// The action needs a recent proof of the password (credentials and rights do).
    Reauthenticate,
    /// CAM refuses; the denial explains itself.
    Denied(Box<Denial>),
    /// No such thing, or none that this account may know of: the two are never told apart.
    NotFound,
    /// A documented limit is reached.
    Limit(Text),
    /// The name or number belongs to something else already.
    Taken(Text),
    /// Something else depends on it, or it is in a state that has to change first.
    InUse(Text),
    /// It was changed since the page was read, and the page has to be read again.
    Overtaken(Text),
    /// What it would do to the own rights or to the work of others has not been confirmed; [`Confirmation`](super::confirmation::Confirmation) says how it is.
    Unconfirmed(Text),
    /// Not to be done to this thing: the own account, a preset policy, an account that may do more.
    Barred(Text),
    /// The form is not carried out yet and wants to be sent again.
    Resubmit(Text),
    /// The input is wrong; one entry for each field.
    Invalid(Vec<FieldFault>),
    /// Too many attempts; try again after so many seconds.
    TooMany {
        /// Seconds to wait.
        retry_secs: i64,
    },
    /// The database cannot be reached at the moment.
    Unavailable,
    /// The database has no space left, and stores nothing until somebody makes room.
    NoSpace,
    /// A fault of ours; the log has the cause under the request id.
    Internal {
        /// The id of the request.
        request_id: String,
    },
    /// The browser could not reach the server or did not understand its answer.
    Unreachable,
}

/// What is wrong with one field of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldFault {
    /// The name of the form field.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: Text,
}

/// A refusal by CAM, with all that the refused person may know about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Denial {
    /// Login name of the caller.
    pub account: String,
    /// UIN of the caller.
    pub uin: Uin,
    /// UIN of the root account the caller belongs to.
    pub owner_uin: Uin,
    /// The refused action: the first of the first way.
    pub action: String,
    /// What the action does.
    pub gloss: Text,
    /// Six segments, or `*`.
    pub resource: String,
    /// Implicit or explicit deny.
    pub verdict: Verdict,
    /// Each way to be let in, the narrowest first: everything that is missing on it, together.
    pub ways: Vec<Vec<Missing>>,
    /// The policies ask for the IP address of the client, which is not known: they decide nothing then.
    pub address_missed: bool,
    /// The id of the request, also in the log.
    pub request_id: String,
    /// When, in epoch milliseconds.
    pub at_ms: i64,
}

/// One action that is not granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The action, such as `trtc:ModifyMixConf`.
    pub action: String,
    /// What the action does.
    pub gloss: Text,
    /// The narrowest resource that would do: six segments, or `*`. Where any application will do, `<SDKAppID>` stands for its number.
    pub resource: String,
}

impl Fault {
    /// One wrong field.
    #[must_use]
    pub fn invalid(field: &str, message: Text) -> Self {
        Self::Invalid(vec![FieldFault { field: field.to_owned(), message }])
    }

    /// A documented limit is reached; the limit is named.
    #[must_use]
    pub fn limit(what: &Text, max: i64) -> Self {
        Self::Limit(Text::made(
            format!("You have reached the limit of {max} {}.", what.en),
            format!("{}数量已达上限（{max} 个）。", what.zh),
        ))
    }

    /// The code of the fault, for records and programs; it never changes.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SignedOut => "SignedOut",
            Self::PasswordChange => "PasswordChange",
            Self::Reauthenticate => "Reauthenticate",
            Self::Denied(_) => "UnauthorizedOperation.CamNoAuth",
            Self::NotFound => "ResourceNotFound",
            Self::Limit(_) => "LimitExceeded",
            Self::Taken(_) => "Taken",
            Self::InUse(_) => "InUse",
            Self::Overtaken(_) => "Overtaken",
            Self::Unconfirmed(_) => "Unconfirmed",
            Self::Barred(_) => "Barred",
            Self::Resubmit(_) => "Resubmit",
            Self::Invalid(_) => "InvalidParameter",
            Self::TooMany { .. } => "TooMany",
            Self::Unavailable => "Unavailable",
            Self::NoSpace => "NoSpace",
            Self::Internal { .. } => "InternalError",
            Self::Unreachable => "Unreachable",
        }
    }

    /// The fault as one sentence, for logs, notices and the command line.
    #[must_use]
    pub fn message(&self) -> Text {
        match self {
            Self::SignedOut => Text::new("You are not logged in, or your session has ended.", "您尚未登录，或会话已结束。"),
            Self::PasswordChange => Text::new("Change your first password before you continue.", "请先修改初始密码。"),
            Self::Reauthenticate => Text::new("Confirm your password to continue.", "请验证密码后继续。"),
            Self::Denied(denial) => Text::made(
                format!("You are not authorized to perform {} on {}.", denial.action, denial.resource),
                format!("您无权对 {1} 执行 {0}。", denial.action, denial.resource),
            ),
            Self::NotFound => Text::new("It does not exist, or you don't have access to it.", "对象不存在，或您无权查看。"),
            Self::Limit(text)
            | Self::Taken(text)
            | Self::InUse(text)
            | Self::Overtaken(text)
            | Self::Unconfirmed(text)
            | Self::Barred(text)
            | Self::Resubmit(text) => text.clone(),
            Self::Invalid(fields) => match fields.as_slice() {
                [one] => one.message.clone(),
                _ => Text::new("Some fields need correction.", "部分字段需要更正。"),
            },
            Self::TooMany { retry_secs } => Text::made(
                format!("Too many attempts. Try again in {retry_secs} s."),
                format!("尝试次数过多，请在 {retry_secs} 秒后重试。"),
            ),
            Self::Unavailable => {
                Text::new("The database is temporarily unavailable. Try again in a moment.", "数据库暂时不可用，请稍后重试。")
            }
            Self::NoSpace => Text::new(
                "The database has no space left, so nothing was saved. Contact the operator of this console.",
                "数据库存储空间已满，未能保存。请联系运维人员。",
            ),
            Self::Internal { request_id } => Text::made(
                format!("Something went wrong on the server. Request ID: {request_id}."),
                format!("服务器内部错误，请求 ID：{request_id}。"),
            ),
            Self::Unreachable => {
                Text::new("The server cannot be reached, or its answer cannot be read.", "无法连接服务器，或服务器的响应无法识别。")
            }
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.message().fmt(f)
    }
}

impl std::error::Error for Fault {}

/// Collects the wrong fields of one form, so that all of them are reported together.
#[derive(Debug, Default)]
pub struct FieldFaults(Vec<FieldFault>);

impl FieldFaults {
    /// Notes a fault unless the field is right.
    pub fn check(&mut self, right: bool, field: &str, message: impl FnOnce() -> Text) {
        if !right {
            self.0.push(FieldFault { field: field.to_owned(), message: message() });
        }
    }

    /// Notes the fault of a field whose own check gave one.
    pub fn add(&mut self, field: &str, checked: Result<(), Text>) {
        if let Err(message) = checked {
            self.0.push(FieldFault { field: field.to_owned(), message });
        }
    }

    /// All right, or all that is wrong.
    ///
    /// # Errors
    /// [`Fault::Invalid`] with every noted field.
    pub fn finish(self) -> Result<(), Fault> {
        if self.0.is_empty() { Ok(()) } else { Err(Fault::Invalid(self.0)) }
    }
}
