//! The decisions of the last days, decided again under the draft of a policy: what people really did and would be refused, or could do after it.
//!
//! It must never decide: the gate works it out, and what is told of it here is bounded.

use super::days::Day;
use super::ids::{SdkAppId, Uin};
use serde::{Deserialize, Serialize};

/// For how many days decisions are kept.
pub const DAYS: i64 = 90;
/// Changes that are told one by one.
pub const MAX_CHANGES: usize = 100;

/// When a policy was last used, as far as is recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastUsed {
    /// The last day of UTC; `None` when it was not used in the last [`DAYS`] days.
    pub day: Option<Day>,
}

/// What a draft makes of the recorded decisions about the people for whom its policy counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replay {
    /// The decisions that were decided again.
    pub recorded: i64,
    /// How many of them come out otherwise.
    pub differing: i64,
    /// What comes out otherwise, what is lost before what is gained, the most frequent first; at most [`MAX_CHANGES`].
    pub changes: Vec<ReplayChange>,
    /// Changes beyond those.
    pub more: usize,
}

/// One thing that somebody asked for and that comes out otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayChange {
    /// Who asked.
    pub uin: Uin,
    /// Its login name.
    pub name: String,
    /// The action that decides it.
    pub action: String,
    /// The application it was asked on, with its name.
    pub app: Option<(SdkAppId, String)>,
    /// It would be allowed; otherwise it would be refused.
    pub gained: bool,
    /// How often it was asked.
    pub times: i64,
    /// When it was asked last, by the days of UTC.
    pub last: Day,
}
