//! Stays: who was in a room from when to when, and when each of them sent a picture, worked out from the events of one room.
//!
//! Order of arrival and repetition never matter: the facts are sorted and made unique first, and every rule looks at time alone. No clock,
//! no storage here; minutes are the business of `usage`.
//!
//! # The rules
//! 1. A stay begins with an entry (103) and ends with the first of: the user's exit (104), the end of the room (102), the user's next
//!    entry. Until then it is in progress.
//! 2. An exit that carries the `UniqueId` of an earlier entry, not of the present one, is a late message about that entry and ends nothing.
//! 3. Nobody stays for more than 24 hours without a sign of life (103, 105, 201–206): the stay is closed at the last one and marked, since an
//!    exit was lost and minutes nobody can vouch for are worse than missing ones. Whatever the user does later needs a new entry to count.
//!    This is a limit: an exit after more than a silent day proves nothing, not even with the `UniqueId` of its entry. It keeps one lost
//!    exit from binding together all that happens in a room ever after, and two events from making years of figures.
//! 4. A user sends a picture from 201 or 205 to the matching 202 or 206, or to the end of rule 1 when it is an exit, the end of the room
//!    or silence. A next entry alone does not stop it. Only while in a room does it count.
//! 5. In one millisecond: a room that is closed and created anew while people are in it is closed first, otherwise it is closed last. A
//!    user who is in a room leaves before entering, one who is not enters before leaving. Start and stop together change nothing.
//! 6. The room is *settled* at an instant when every entry up to and including it has found its end. Where silence is the end, that is 24
//!    hours after the last sign of life of anybody, which may be yet to come. What happens later owes nothing to what happened before, so
//!    figures can be worked out from one settled instant to the next.
//! 7. The documentation shows rooms with a number whose end (102) names the same digits as a text. Such an end of a text room of which nobody
//!    heard anything since its last end, nor within 24 hours, can only mean the room with the number, and closes that one.

use super::days::DAY_MS;
use crate::catalog::limits::MAX_SILENT_STAY_SECS;
use std::collections::{BTreeMap, BTreeSet};

/// A stay ends when there is no sign of life for longer than this (rule 3), and so does a room without one (rule 7): a fact about a text room
/// has no bearing on ends that are further away.
pub const MAX_SILENCE_MS: i64 = MAX_SILENT_STAY_SECS * 1_000;

/// Nothing happened in TRTC before 2015, epoch milliseconds; such a time is a mistake and does not count.
pub(super) const EARLIEST_MS: i64 = 1_420_070_400_000;

/// What one event means for the stays of its room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactKind {
    /// 101.
    Created,
    /// 102.
    Closed,
    /// 103.
    Entered,
    /// 104.
    Left,
    /// A sign of life without effect on pictures: 105, 203, 204.
    Seen,
    /// 201.
    CameraOn,
    /// 202.
    CameraOff,
    /// 205.
    ScreenOn,
    /// 206.
    ScreenOff,
}

/// One event of a room, reduced to what counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fact {
    at_ms: i64,
    /// Empty for facts about the room.
    user: String,
    kind: FactKind,
    /// The entry it belongs to; only for 103 and 104.
    unique: Option<String>,
}

impl Fact {
    /// The types of event that make facts; all others are only stored.
    pub const EVENT_TYPES: [i64; 11] = [101, 102, 103, 104, 105, 201, 202, 203, 204, 205, 206];

    /// What an event says; `None` when it has no bearing on stays: another type, no user, or a time that cannot be (before 2015, or more
    /// than a day after it was received).
    #[must_use]
    pub fn new(event_type: i64, at_ms: i64, received_ms: i64, user: Option<&str>, unique: Option<&str>) -> Option<Self> {
        let kind = match event_type {
            101 => FactKind::Created,
            102 => FactKind::Closed,
            103 => FactKind::Entered,
            104 => FactKind::Left,
            105 | 203 | 204 => FactKind::Seen,
            201 => FactKind::CameraOn,
            202 => FactKind::CameraOff,
            205 => FactKind::ScreenOn,
            206 => FactKind::ScreenOff,
            _ => return None,
        };
        if at_ms < EARLIEST_MS || at_ms > received_ms.saturating_add(DAY_MS) {
            return None;
        }
        let user = match kind {
            FactKind::Created | FactKind::Closed => String::new(),
            _ => user.filter(|user| !user.is_empty())?.to_owned(),
        };
        let unique = unique.filter(|_| matches!(kind, FactKind::Entered | FactKind::Left)).map(str::to_owned);
        Some(Self { at_ms, user, kind, unique })
    }

    /// When it happened, epoch milliseconds.
    #[must_use]
    pub fn at_ms(&self) -> i64 {
        self.at_ms
    }
}

/// The ends of a text room that can only mean the room with the number of the same digits (rule 7), made from all facts of the text room, or
/// from all since [`MAX_SILENCE_MS`] before the first end that is asked for.
#[must_use]
pub fn misdirected_ends(mut facts: Vec<Fact>) -> Vec<Fact> {
    facts.sort_unstable();
    facts.dedup();
    let mut ends = Vec::new();
    // When something else was heard of the text room last, since it ended.
    let mut heard_ms: Option<i64> = None;
    for moment in facts.chunk_by(|a, b| a.at_ms == b.at_ms) {
        let at_ms = moment[0].at_ms;
        let has = |kind| moment.iter().any(|fact| fact.kind == kind);
        let was_open = heard_ms.is_some_and(|heard_ms| at_ms.saturating_sub(heard_ms) <= MAX_SILENCE_MS);
        let heard = moment.iter().any(|fact| fact.kind != FactKind::Closed);
        if let Some(end) = moment.iter().find(|fact| fact.kind == FactKind::Closed) {
            if !was_open && !heard {
                ends.push(end.clone());
            }
            // Rule 5: an open room that is created in the same millisecond was closed first.
            heard_ms = (was_open && has(FactKind::Created)).then_some(at_ms);
        } else {
            heard_ms = Some(at_ms);
        }
    }
    ends
}

/// How a stay ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StayEnd {
    /// The user left.
    Left,
    /// The room was closed.
    RoomClosed,
    /// The user entered again without having left.
    NextEntry,
    /// Not yet; it counts up to the present moment.
    InProgress,
    /// Closed at the last sign of life, since nothing was heard of the user for more than 24 hours.
    Silent,
}

/// One user's time in a room.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stay {
    /// The entry, epoch milliseconds.
    pub from_ms: i64,
    /// The end, not before the entry, not counted itself.
    pub to_ms: i64,
    /// The user.
    pub user: String,
    /// What ended it.
    pub end: StayEnd,
    /// When the user sent video or screen, within the stay, in order, without overlap.
    pub sending: Vec<(i64, i64)>,
}

/// The life of a room from one settled instant to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Segment {
    /// When the room was created (101), in order; may be empty.
    pub created_ms: Vec<i64>,
    /// In order of entry, never empty.
    pub stays: Vec<Stay>,
    /// When it settled, or will if nothing more happens.
    pub settled_ms: i64,
}

/// Works out the stays of one room from all its facts, or from all after a settled instant.
///
/// `now_ms` is the present moment, to which stays in progress count. Facts after the last segment make no stay yet.
#[must_use]
pub fn segments(mut facts: Vec<Fact>, now_ms: i64) -> Vec<Segment> {
    facts.sort_unstable();
    facts.dedup();
    let mut room = Room { now_ms, ..Room::default() };
    for moment in facts.chunk_by(|a, b| a.at_ms == b.at_ms) {
        room.moment(moment);
    }
    room.end_in_silence();
    room.settled
}

/// A room while its facts are read in order of time.
#[derive(Default)]
struct Room {
    now_ms: i64,
    users: BTreeMap<String, User>,
    /// The last signs of life of the stays that have not ended, and how many have the same.
    signs_ms: BTreeMap<i64, usize>,
    segment: Segment,
    settled: Vec<Segment>,
}

/// What is known of a user since the room last settled.
#[derive(Default)]
struct User {
    stay: Option<OpenStay>,
    camera: bool,
    screen: bool,
    /// The `UniqueId`s of earlier entries.
    earlier: BTreeSet<String>,
}

/// A stay whose end has not been found yet.
struct OpenStay {
    from_ms: i64,
    unique: Option<String>,
    last_ms: i64,
    sending_since: Option<i64>,
    sending: Vec<(i64, i64)>,
}

impl Room {
    /// Everything that happened in one millisecond.
    fn moment(&mut self, facts: &[Fact]) {
        let Some(at_ms) = facts.first().map(Fact::at_ms) else { return };
        if self.silent_ms().is_some_and(|silent_ms| silent_ms < at_ms) {
            self.end_in_silence();
        }
        let has = |kind| facts.iter().any(|fact| fact.kind == kind);
        let (created, closed) = (has(FactKind::Created), has(FactKind::Closed));
        let closed_first = created && closed && !self.signs_ms.is_empty();
        if closed_first {
            self.close(at_ms);
        }
        if created {
            self.segment.created_ms.push(at_ms);
        }
        for facts in facts.chunk_by(|a, b| a.user == b.user).filter(|facts| !facts[0].user.is_empty()) {
            let user = self.users.entry(facts[0].user.clone()).or_default();
            if let Some(stay) = &user.stay
                && let Some(count) = self.signs_ms.get_mut(&stay.last_ms)
            {
                *count -= 1;
                if *count == 0 {
                    self.signs_ms.remove(&stay.last_ms);
                }
            }
            user.moment(at_ms, facts, &mut self.segment.stays);
            if let Some(stay) = &user.stay {
                *self.signs_ms.entry(stay.last_ms).or_default() += 1;
            }
        }
        if closed && !closed_first {
            self.close(at_ms);
        }
        // The last one who was heard of has just left: what follows begins from nothing.
        let somebody = !self.segment.stays.is_empty() || !self.signs_ms.is_empty();
        if somebody && self.silent_ms().is_none_or(|silent_ms| silent_ms < at_ms) {
            for (name, user) in &mut self.users {
                user.fall_silent(name, &mut self.segment.stays);
            }
            self.end_segment(at_ms);
        }
    }

    /// The instant up to which silence may last; `None` when nobody is in the room.
    fn silent_ms(&self) -> Option<i64> {
        self.signs_ms.last_key_value().map(|(last_ms, _)| last_ms.saturating_add(MAX_SILENCE_MS))
    }

    fn close(&mut self, at_ms: i64) {
        for (name, user) in &mut self.users {
            user.end_stay(name, at_ms, StayEnd::RoomClosed, &mut self.segment.stays);
            (user.camera, user.screen) = (false, false);
        }
        self.signs_ms.clear();
    }

    /// Ends the segment when silence does, if anybody is in the room: at an instant that may be yet to come, so that for now they are there.
    fn end_in_silence(&mut self) {
        let Some(silent_ms) = self.silent_ms() else { return };
        for (name, user) in &mut self.users {
            user.end_stay(name, self.now_ms, StayEnd::InProgress, &mut self.segment.stays);
        }
        self.end_segment(silent_ms);
    }

    fn end_segment(&mut self, settled_ms: i64) {
        self.segment.settled_ms = settled_ms;
        self.segment.stays.sort_unstable();
        self.settled.push(std::mem::take(&mut self.segment));
        self.users.clear();
        self.signs_ms.clear();
    }
}

impl User {
    /// Everything this user did in one millisecond (rule 5).
    fn moment(&mut self, at_ms: i64, facts: &[Fact], stays: &mut Vec<Stay>) {
        let name = &facts[0].user;
        if self.is_silent(at_ms) {
            self.fall_silent(name, stays);
        }
        let has = |kind| facts.iter().any(|fact| fact.kind == kind);
        let of = |kind| facts.iter().filter(move |fact| fact.kind == kind);
        let enters_as = |unique: &Option<String>| unique.is_some() && of(FactKind::Entered).any(|fact| fact.unique == *unique);

        let was_here = self.stay.is_some();
        let leaves_first = |fact: &&Fact| was_here && !enters_as(&fact.unique);
        for exit in of(FactKind::Left).filter(leaves_first) {
            self.leave(name, at_ms, exit, stays);
        }
        for entry in of(FactKind::Entered) {
            self.enter(name, at_ms, entry, stays);
        }
        for exit in of(FactKind::Left).filter(|fact| !leaves_first(fact)) {
            self.leave(name, at_ms, exit, stays);
        }
        // A late exit (rule 2) is no sign of life; an exit that counts has switched off everything.
        if facts.iter().all(|fact| fact.kind == FactKind::Left) || has(FactKind::Left) && self.stay.is_none() {
            return;
        }

        let switched = |now: bool, on, off| if has(on) == has(off) { now } else { has(on) };
        self.camera = switched(self.camera, FactKind::CameraOn, FactKind::CameraOff);
        self.screen = switched(self.screen, FactKind::ScreenOn, FactKind::ScreenOff);
        let sends = self.camera || self.screen;
        if let Some(stay) = &mut self.stay {
            stay.last_ms = at_ms;
            match stay.sending_since {
                None if sends => stay.sending_since = Some(at_ms),
                Some(since_ms) if !sends => {
                    stay.sending.push((since_ms, at_ms));
                    stay.sending_since = None;
                }
                _ => {}
            }
        }
    }

    fn enter(&mut self, name: &str, at_ms: i64, entry: &Fact, stays: &mut Vec<Stay>) {
        self.end_stay(name, at_ms, StayEnd::NextEntry, stays);
        self.stay =
            Some(OpenStay { from_ms: at_ms, unique: entry.unique.clone(), last_ms: at_ms, sending_since: None, sending: Vec::new() });
    }

    fn leave(&mut self, name: &str, at_ms: i64, exit: &Fact, stays: &mut Vec<Stay>) {
        if let Some(stay) = &self.stay
            && exit.unique != stay.unique
            && exit.unique.as_ref().is_some_and(|unique| self.earlier.contains(unique))
        {
            return;
        }
        self.end_stay(name, at_ms, StayEnd::Left, stays);
        (self.camera, self.screen) = (false, false);
    }

    /// Whether the stay, if there is one, ended in silence before an instant (rule 3).
    fn is_silent(&self, at_ms: i64) -> bool {
        self.stay.as_ref().is_some_and(|stay| at_ms.saturating_sub(stay.last_ms) > MAX_SILENCE_MS)
    }

    /// Ends the stay if there is one, and in silence if that came first.
    fn end_stay(&mut self, name: &str, at_ms: i64, end: StayEnd, stays: &mut Vec<Stay>) {
        if self.is_silent(at_ms) {
            self.fall_silent(name, stays);
        } else {
            self.close_stay(name, at_ms, end, stays);
        }
    }

    /// Ends the stay if there is one at its last sign of life, and the pictures with it.
    fn fall_silent(&mut self, name: &str, stays: &mut Vec<Stay>) {
        if self.stay.is_some() {
            self.close_stay(name, i64::MIN, StayEnd::Silent, stays);
            (self.camera, self.screen) = (false, false);
        }
    }

    /// Ends the stay if there is one, not before its last sign of life.
    fn close_stay(&mut self, name: &str, at_ms: i64, end: StayEnd, stays: &mut Vec<Stay>) {
        let Some(stay) = self.stay.take() else { return };
        let to_ms = at_ms.max(stay.last_ms);
        let mut sending = stay.sending;
        sending.extend(stay.sending_since.map(|since_ms| (since_ms, to_ms)));
        sending.retain(|(from_ms, to_ms)| from_ms < to_ms);
        self.earlier.extend(stay.unique);
        stays.push(Stay { from_ms: stay.from_ms, to_ms, user: name.to_owned(), end, sending });
    }
}
