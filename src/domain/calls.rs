//! Calls: the life of one room, from its first entry or its creation to its end or the last exit.
//!
//! Made from `stays`; no storage, no clock. A room in which nobody ever was makes no call.

use super::events::RoomKey;
use super::ids::SdkAppId;
use super::stays::{Fact, Segment, Stay, StayEnd, segments};

/// A room created longer than this before the first entry is another story: 24 hours.
const MAX_CREATED_BEFORE_MS: i64 = super::days::DAY_MS;

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// When the room was created, or the first entry where that is not known; unique among the calls of a room.
    pub start_ms: i64,
    /// The end of the last stay.
    pub end_ms: i64,
    /// At least one stay has not ended.
    pub in_progress: bool,
    /// In order of entry, never empty.
    pub stays: Vec<Stay>,
}

impl Call {
    /// The id that TRTC uses: application, room and second of creation.
    #[must_use]
    pub fn id(&self, app: SdkAppId, room: &RoomKey) -> String {
        format!("{app}_{room}_{}", self.start_ms.div_euclid(1_000))
    }
}

/// What the facts of a room, all or those of a window, amount to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reckoning {
    /// In order of time.
    pub calls: Vec<Call>,
    /// The instants at which the room was settled, in order: where a later window may begin or end. The last may be yet to come.
    pub settled_ms: Vec<i64>,
    /// There are facts after the last of them: of no weight yet, but they may have some once somebody enters.
    pub is_open: bool,
}

impl Reckoning {
    /// Works out the calls of one room.
    ///
    /// The facts are all facts of the room later than a settled instant (or simply all), up to another instant (or the last), in any order, with
    /// any repetition. `now_ms` is the present moment, to which stays in progress count.
    #[must_use]
    pub fn of(facts: Vec<Fact>, now_ms: i64) -> Self {
        let mut reckoning = Self::default();
        let last_ms = facts.iter().map(Fact::at_ms).max();
        for segment in segments(facts, now_ms) {
            reckoning.settled_ms.push(segment.settled_ms);
            reckoning.add_calls(segment);
        }
        reckoning.is_open = last_ms > reckoning.settled_ms.last().copied();
        reckoning
    }

    /// Whether a window that ended at a settled instant still has settled by then, so that everything after it is as it was.
    ///
    /// When not, an entry now waits for an end beyond the window, and the window must be made longer.
    #[must_use]
    pub fn is_complete(&self, until_ms: Option<i64>) -> bool {
        until_ms.is_none_or(|until_ms| !self.is_open && self.settled_ms.last().is_none_or(|settled_ms| *settled_ms <= until_ms))
    }

    /// A stay that begins after all earlier ones of the segment have ended begins a new call: silence can empty a room unseen.
    fn add_calls(&mut self, segment: Segment) {
        let mut previous_end_ms = i64::MIN;
        let mut call: Option<Call> = None;
        for stay in segment.stays {
            if let Some(over) = call.take_if(|call| stay.from_ms > call.end_ms) {
                previous_end_ms = over.end_ms;
                self.calls.push(over);
            }
            let call = call.get_or_insert_with(|| Call {
                start_ms: start_ms(&segment.created_ms, previous_end_ms, stay.from_ms),
                end_ms: stay.to_ms,
                in_progress: false,
                stays: Vec::new(),
            });
            call.end_ms = call.end_ms.max(stay.to_ms);
            call.in_progress |= stay.end == StayEnd::InProgress;
            call.stays.push(stay);
        }
        self.calls.extend(call);
    }
}

/// The last creation between the previous call and the first entry, or the entry itself.
fn start_ms(created_ms: &[i64], previous_end_ms: i64, entry_ms: i64) -> i64 {
    let fits =
        |created_ms: &&i64| **created_ms > previous_end_ms && **created_ms <= entry_ms && entry_ms - **created_ms <= MAX_CREATED_BEFORE_MS;
    created_ms.iter().copied().rev().find(|created_ms| fits(&created_ms)).unwrap_or(entry_ms)
}
