//! The arithmetic from events to figures: each rule by example, then its properties against a second, naive evaluator.
//!
//! No server and no database here; `tests/usage.rs` shows the same through the real intake.

use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use trtc_console::domain::calls::Reckoning;
use trtc_console::domain::days::{DAY_MS, Day};
use trtc_console::domain::events::RoomKey;
use trtc_console::domain::ids::SdkAppId;
use trtc_console::domain::stays::{Fact, MAX_SILENCE_MS, Stay, StayEnd, misdirected_ends};
use trtc_console::domain::usage::{CallDay, call_days, minutes};

const SEC: i64 = 1_000;
const HOUR: i64 = 3_600_000;
/// One minute before midnight at UTC+8.
const BASE: i64 = 1_700_063_940_000;
const OFFSET: i64 = 480;

fn fact(event_type: i64, at_ms: i64, user: &str) -> Fact {
    Fact::new(event_type, BASE + at_ms, i64::MAX, Some(user), None).unwrap()
}

fn unique(event_type: i64, at_ms: i64, user: &str, unique: &str) -> Fact {
    Fact::new(event_type, BASE + at_ms, i64::MAX, Some(user), Some(unique)).unwrap()
}

fn reckon(facts: &[Fact], now_ms: i64) -> Reckoning {
    Reckoning::of(facts.to_vec(), BASE + now_ms)
}

/// `user from-to end [sending]`, in the unit given, of every stay.
fn stays(facts: &[Fact], now_ms: i64, unit: i64) -> Vec<String> {
    let show = |stay: &Stay| {
        let at = |ms: i64| (ms - BASE) / unit;
        let sending: String = stay.sending.iter().map(|(from, to)| format!(" {}-{}", at(*from), at(*to))).collect();
        format!("{} {}-{} {:?}{sending}", stay.user, at(stay.from_ms), at(stay.to_ms), stay.end)
    };
    reckon(facts, now_ms).calls.iter().flat_map(|call| call.stays.iter().map(show)).collect()
}

/// The figures of one room, by day.
fn days(reckoning: &Reckoning) -> BTreeMap<Day, CallDay> {
    let mut days: BTreeMap<Day, CallDay> = BTreeMap::new();
    for (day, figures) in reckoning.calls.iter().flat_map(|call| call_days(call, OFFSET)) {
        let sum = days.entry(day).or_default();
        sum.audio_ms += figures.audio_ms;
        sum.video_ms += figures.video_ms;
        sum.entries += figures.entries;
        sum.users.extend(figures.users);
        sum.in_progress += figures.in_progress;
        sum.silent += figures.silent;
    }
    days
}

fn audio_video(facts: &[Fact], now_ms: i64) -> (i64, i64) {
    days(&reckon(facts, now_ms)).values().fold((0, 0), |sum, day| (sum.0 + day.audio_ms / SEC, sum.1 + day.video_ms / SEC))
}

#[test]
fn a_stay_ends_with_exit_room_or_next_entry_or_not_yet() {
    let facts = [
        fact(103, 0, "a"),
        fact(103, 5 * SEC, "b"),
        fact(103, 6 * SEC, "c"),
        fact(104, 10 * SEC, "a"),
        fact(103, 20 * SEC, "b"),
        fact(102, 30 * SEC, ""),
        fact(104, 31 * SEC, "b"),
        fact(103, 40 * SEC, "c"),
    ];
    let expected = ["a 0-10 Left", "b 5-20 NextEntry", "c 6-30 RoomClosed", "b 20-30 RoomClosed", "c 40-50 InProgress"];
    assert_eq!(stays(&facts, 50 * SEC, SEC), expected);
    let reckoning = reckon(&facts, 50 * SEC);
    assert_eq!(reckoning.settled_ms, [BASE + 30 * SEC, BASE + 40 * SEC + DAY_MS], "at the latest when silence ends the last stay");
    assert_eq!(reckoning.calls.iter().map(|call| call.in_progress).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn a_call_is_named_after_the_creation_of_its_room() {
    let facts = [fact(101, 0, ""), fact(103, 2 * SEC, "a"), fact(104, 9 * SEC, "a"), fact(103, 20 * SEC + 7, "a"), fact(102, 30 * SEC, "")];
    let reckoning = reckon(&facts, 60 * SEC);
    let ids: Vec<String> = reckoning.calls.iter().map(|call| call.id(SdkAppId(1_400_000_001), &RoomKey::Number(8))).collect();
    assert_eq!(ids, ["1400000001_8_1700063940", "1400000001_8_1700063960"]);
    assert_eq!((reckoning.calls[0].start_ms, reckoning.calls[0].end_ms), (BASE, BASE + 9 * SEC));
    assert!(reckon(&[fact(101, 0, ""), fact(102, 5, "")], 9).calls.is_empty(), "nobody, no call");
}

#[test]
fn video_needs_somebody_else_who_sends() {
    let alone = [fact(103, 0, "a"), fact(201, SEC, "a"), fact(104, 60 * SEC, "a")];
    assert_eq!(audio_video(&alone, 0), (60, 0), "one's own picture is not video");
    let two = [
        fact(103, 0, "a"),
        fact(103, 0, "b"),
        fact(201, 10 * SEC, "a"),
        fact(202, 30 * SEC, "a"),
        fact(104, 60 * SEC, "a"),
        fact(104, 60 * SEC, "b"),
    ];
    assert_eq!(audio_video(&two, 0), (100, 20), "only b sees the picture of a");
    let both = [two.as_slice(), &[fact(205, 20 * SEC, "b"), fact(206, 40 * SEC, "b")]].concat();
    assert_eq!(audio_video(&both, 0), (80, 40), "a screen is a picture");
    let sound = [fact(103, 0, "a"), fact(103, 0, "b"), fact(203, SEC, "a"), fact(204, 9 * SEC, "a"), fact(102, 10 * SEC, "")];
    assert_eq!(audio_video(&sound, 0), (20, 0), "sound never makes video");
    let gone = [
        fact(103, 0, "a"),
        fact(103, 0, "b"),
        fact(201, 0, "a"),
        fact(104, 10 * SEC, "a"),
        fact(103, 20 * SEC, "a"),
        fact(102, 30 * SEC, ""),
    ];
    assert_eq!(audio_video(&gone, 0), (40, 10), "leaving stops the picture without 202, coming back does not bring it");
    let camera_and_screen = [
        fact(103, 0, "a"),
        fact(103, 0, "b"),
        fact(201, 0, "a"),
        fact(205, 5 * SEC, "a"),
        fact(202, 8 * SEC, "a"),
        fact(206, 9 * SEC, "a"),
        fact(102, 10 * SEC, ""),
    ];
    assert_eq!(audio_video(&camera_and_screen, 0), (11, 9), "the picture ends with the last of camera and screen");
}

#[test]
fn a_picture_before_its_entry_counts_from_the_entry() {
    let facts = [fact(201, 0, "a"), fact(103, 5, "a"), fact(103, SEC, "b"), fact(102, 11 * SEC, "")];
    assert_eq!(stays(&facts, 0, 1), ["a 5-11000 RoomClosed 5-11000", "b 1000-11000 RoomClosed"]);
}

#[test]
fn a_late_exit_of_an_earlier_entry_ends_nothing() {
    let facts =
        [unique(103, 0, "a", "1"), unique(103, 10 * SEC, "a", "2"), unique(104, 12 * SEC, "a", "1"), unique(104, 60 * SEC, "a", "2")];
    assert_eq!(stays(&facts, 0, SEC), ["a 0-10 NextEntry", "a 10-60 Left"]);
    let unknown = [unique(103, 0, "a", "1"), unique(104, 12 * SEC, "a", "9")];
    assert_eq!(stays(&unknown, 0, SEC), ["a 0-12 Left"], "an id never seen ends the stay all the same");
}

#[test]
fn more_than_a_day_of_silence_is_not_believed() {
    let entry = [fact(103, 0, "a"), fact(204, HOUR, "a")];
    assert_eq!(stays(&entry, 25 * HOUR, HOUR), ["a 0-25 InProgress"]);
    assert_eq!(stays(&entry, 25 * HOUR + 1, HOUR), ["a 0-1 Silent"]);
    for (late, end) in [(102, "RoomClosed"), (103, "NextEntry"), (104, "Left")] {
        let near = [entry.as_slice(), &[fact(late, 25 * HOUR, "a")]].concat();
        let far = [entry.as_slice(), &[fact(late, 26 * HOUR, "a")]].concat();
        assert_eq!(stays(&near, 26 * HOUR, HOUR)[0], format!("a 0-25 {end}"));
        assert_eq!(stays(&far, 26 * HOUR, HOUR)[0], "a 0-1 Silent");
    }
    let named = [unique(103, 0, "a", "1"), unique(104, 30 * HOUR, "a", "1")];
    assert_eq!(stays(&named, 40 * HOUR, HOUR), ["a 0-0 Silent"], "an exit comes too late, also when it names its entry");
    let quiet = [fact(103, 0, "a"), fact(105, 30 * HOUR, "a"), fact(104, 31 * HOUR, "a")];
    assert_eq!(stays(&quiet, 40 * HOUR, HOUR), ["a 0-0 Silent"], "a sign of life without a stay is none");
    let alive = [fact(103, 0, "a"), fact(105, 24 * HOUR, "a"), fact(203, 48 * HOUR, "a"), fact(104, 72 * HOUR, "a")];
    assert_eq!(stays(&alive, 80 * HOUR, HOUR), ["a 0-72 Left"], "a sign of life a day is enough");
    let ahead = [fact(103, 0, "a"), fact(103, 48 * HOUR, "b")];
    assert_eq!(stays(&ahead, HOUR, HOUR)[0], "a 0-1 InProgress", "a clock that runs ahead does not end a stay of today");
    let company = [
        unique(103, 0, "a", "1"),
        fact(103, 20 * HOUR, "b"),
        unique(104, 30 * HOUR, "a", "1"),
        unique(103, 31 * HOUR, "a", "2"),
        unique(104, 32 * HOUR, "a", "1"),
        fact(102, 33 * HOUR, ""),
    ];
    assert_eq!(stays(&company, 40 * HOUR, HOUR), ["a 0-0 Silent", "b 20-33 RoomClosed", "a 31-33 RoomClosed"], "whoever else is there");
    let returned =
        [entry.as_slice(), &[fact(201, 2 * HOUR, "a"), fact(103, 30 * HOUR, "a"), fact(103, 30 * HOUR, "b"), fact(102, 31 * HOUR, "")]]
            .concat();
    let expected = ["a 0-2 Silent", "a 30-31 RoomClosed", "b 30-31 RoomClosed"];
    assert_eq!(stays(&returned, 40 * HOUR, HOUR), expected, "the picture does not outlive the silence");
    assert_eq!(reckon(&returned, 40 * HOUR).calls.len(), 2);
}

#[test]
fn one_lost_exit_does_not_bind_together_what_comes_later() {
    let mut facts = vec![fact(103, 0, "lost")];
    for hour in [3, 23, 40, 300] {
        facts.extend([fact(103, hour * HOUR, "a"), fact(104, (hour + 2) * HOUR, "a")]);
    }
    let settled: Vec<i64> = reckon(&facts, 400 * HOUR).settled_ms.iter().map(|at| (at - BASE) / HOUR).collect();
    assert_eq!(settled, [25, 42, 302], "from the first exit on after a day of silence");
    assert_eq!(stays(&facts, 400 * HOUR, HOUR)[0], "lost 0-0 Silent");
    let alone = reckon(&facts[..1], 400 * HOUR);
    assert_eq!(alone.settled_ms, [BASE + DAY_MS]);
    assert!(alone.is_complete(Some(BASE + DAY_MS)) && !alone.is_complete(Some(BASE + DAY_MS - 1)));
    let pictures = reckon(&[fact(103, 0, "a"), fact(104, 1, "a"), fact(201, 2, "a")], 0);
    assert!(!pictures.is_complete(Some(BASE + 5)), "what is later may begin with this picture");
}

#[test]
fn ties_are_decided_by_who_is_there() {
    let switch = [fact(103, 0, "a"), fact(104, 10, "a"), fact(103, 10, "a"), fact(201, 10, "a"), fact(104, 20, "a")];
    assert_eq!(stays(&switch, 0, 1), ["a 0-10 Left", "a 10-20 Left 10-20"], "out and in");
    let blink = [fact(103, 10, "a"), fact(201, 10, "a"), fact(202, 10, "a"), fact(104, 10, "a")];
    assert_eq!(stays(&blink, 0, 1), ["a 10-10 Left"], "in and out");
    let renewed = [fact(103, 0, "a"), fact(102, 10, ""), fact(101, 10, ""), fact(103, 10, "b"), fact(102, 20, "")];
    assert_eq!(stays(&renewed, 0, 1), ["a 0-10 RoomClosed", "b 10-20 RoomClosed"], "closed and created");
    let crowd = [fact(103, 0, "a"), fact(103, 10, "b"), fact(102, 10, "")];
    assert_eq!(stays(&crowd, 0, 1), ["a 0-10 RoomClosed", "b 10-10 RoomClosed"], "closed for all");
    let named = [unique(103, 0, "a", "1"), unique(103, 10, "a", "2"), unique(104, 10, "a", "2")];
    assert_eq!(stays(&named, 0, 1), ["a 0-10 NextEntry", "a 10-10 Left"], "an exit never precedes the entry it names");
}

#[test]
fn midnight_divides_a_stay_and_sums_are_rounded_up_once() {
    let facts = [fact(103, 0, "a"), fact(103, 0, "b"), fact(201, 0, "b"), fact(102, 90 * SEC, "")];
    let days = days(&reckon(&facts, 0));
    let (first, second) = (Day::of(BASE, OFFSET), Day::of(BASE, OFFSET).plus(1));
    assert_eq!((days[&first].audio_ms, days[&first].video_ms, days[&first].entries), (60 * SEC, 60 * SEC, 2));
    assert_eq!((days[&second].audio_ms, days[&second].video_ms, days[&second].entries), (30 * SEC, 30 * SEC, 0));
    assert_eq!(days[&second].users.len(), 2);
    assert_eq!([0, 1, 60_000, 60_001, -5].map(minutes), [0, 1, 1, 2, 0]);
    let until_midnight = [fact(103, 0, "a"), fact(104, 60 * SEC, "a")];
    assert_eq!(days_of(&until_midnight), [first], "midnight itself belongs to nobody who left at it");
}

fn days_of(facts: &[Fact]) -> Vec<Day> {
    days(&reckon(facts, 0)).into_keys().collect()
}

#[test]
fn an_end_of_a_text_room_nobody_heard_of_is_meant_for_the_number() {
    let meant = |facts: &[Fact]| misdirected_ends(facts.to_vec()).iter().map(|end| (end.at_ms() - BASE) / SEC).collect::<Vec<_>>();
    let end = |secs: i64| fact(102, secs * SEC, "");
    assert_eq!(meant(&[end(9), end(5)]), [5, 9]);
    assert_eq!(meant(&[fact(103, 0, "a"), fact(104, SEC, "a"), end(5), end(9)]), [9], "the first is its own");
    assert_eq!(meant(&[fact(101, 5 * SEC, ""), end(5), end(7)]), [7], "created and closed in one millisecond");
    assert_eq!(meant(&[fact(101, 0, ""), fact(101, 5 * SEC, ""), end(5), end(7)]), [0; 0], "closed and created anew");
    assert_eq!(meant(&[fact(203, 0, "a"), fact(102, 24 * HOUR, "")]), [0; 0]);
    assert_eq!(meant(&[fact(203, 0, "a"), fact(102, 24 * HOUR + 1, "")]).len(), 1, "silent for more than a day");
}

#[test]
fn impossible_times_and_foreign_types_make_no_facts() {
    let fact = |event_type, at_ms, user| Fact::new(event_type, at_ms, BASE, user, None);
    assert!(fact(103, BASE + DAY_MS, Some("a")).is_some());
    assert!(fact(103, BASE + DAY_MS + 1, Some("a")).is_none());
    assert!(fact(103, 0, Some("a")).is_none());
    assert!(fact(103, BASE, None).is_none() && fact(103, BASE, Some("")).is_none());
    assert!(fact(101, BASE, None).is_some());
    assert!([301, 401, 106, 207, 0, -1].into_iter().all(|event_type| fact(event_type, BASE, Some("a")).is_none()));
    assert!(Fact::EVENT_TYPES.into_iter().all(|event_type| fact(event_type, BASE, Some("a")).is_some()));
}

/// The same figures, found the slow way: step by step, each question answered by looking through all events again. No two of them at one time.
struct Naive<'a> {
    events: &'a BTreeMap<i64, (i64, &'static str)>,
    base_ms: i64,
    step: i64,
    now_ms: i64,
}

impl Naive<'_> {
    fn bounds(&self, user: &str, (event_type, who): (i64, &str)) -> bool {
        event_type == 102 || (who == user && (event_type == 103 || event_type == 104))
    }

    /// The stay that began last before an instant: its end, at the first silence of more than a day or else at an event, and whether it was silence.
    fn stay(&self, user: &str, at: i64) -> Option<(i64, bool)> {
        let (entry, kind) = self.events.range(..=at).rfind(|(_, event)| self.bounds(user, **event))?;
        let end = self.events.range(entry + 1..).find(|(_, event)| self.bounds(user, **event)).map_or(self.now_ms, |(at, _)| *at);
        let signs = self.events.range(*entry..end).filter(|(_, (_, who))| *who == user).map(|(at, _)| *at).chain([end]);
        let silent = signs.clone().zip(signs.skip(1)).find(|(sign, next)| next - sign > DAY_MS);
        (kind.0 == 103).then_some(silent.map_or((end, false), |(sign, _)| (sign, true)))
    }

    fn is_here(&self, user: &str, at: i64) -> bool {
        self.stay(user, at).is_some_and(|(end, _)| at < end)
    }

    /// Whether the entry has not found its end yet.
    fn waits(&self, user: &str, at: i64) -> bool {
        self.stay(user, at).is_some_and(|(end, silent)| !silent || at <= end + DAY_MS)
    }

    /// When a user's pictures end without 202 or 206: with an end, a silence, and when nobody's entry waits for its end any more.
    fn resets(&self, user: &str) -> BTreeSet<i64> {
        let somebody_waits = |at| USERS.iter().any(|user| self.waits(user, at));
        let instants: BTreeSet<i64> = self.events.keys().flat_map(|at| [*at, at + DAY_MS + 1]).collect();
        let ends =
            |at: &i64| self.events.get(at).is_some_and(|(event_type, who)| *event_type == 102 || (*event_type == 104 && *who == user));
        let falls_silent = |at: i64| self.stay(user, at - 1).is_some_and(|(end, silent)| silent && at == end + DAY_MS + 1);
        let settles = |at: i64| somebody_waits(at - 1) && !somebody_waits(at);
        instants.into_iter().filter(|at| ends(at) || falls_silent(*at) || settles(*at)).collect()
    }

    fn sends(&self, user: &str, resets: &BTreeSet<i64>, at: i64, on: i64, off: i64) -> bool {
        let switch = self.events.range(..=at).rfind(|(_, (event_type, who))| *who == user && [on, off].contains(event_type));
        switch.is_some_and(|(since, (event_type, _))| *event_type == on && resets.range(*since..=at).next().is_none())
    }

    fn days(&self) -> BTreeMap<Day, (i64, i64, i64, BTreeSet<String>)> {
        let mut days: BTreeMap<Day, (i64, i64, i64, BTreeSet<String>)> = BTreeMap::new();
        for (at, (event_type, user)) in self.events {
            if *event_type == 103 {
                let day = days.entry(Day::of(*at, OFFSET)).or_default();
                day.2 += 1;
                day.3.insert((*user).to_owned());
            }
        }
        let resets = USERS.map(|user| self.resets(user));
        let mut at = self.base_ms;
        while at < self.now_ms {
            for user in USERS.into_iter().filter(|user| self.is_here(user, at)) {
                let day = days.entry(Day::of(at, OFFSET)).or_default();
                let mut others = USERS.into_iter().zip(&resets).filter(|(other, _)| *other != user && self.is_here(other, at));
                let sees = others.any(|(other, resets)| self.sends(other, resets, at, 201, 202) || self.sends(other, resets, at, 205, 206));
                if sees {
                    day.1 += self.step
                } else {
                    day.0 += self.step
                }
                day.3.insert(user.to_owned());
            }
            at += self.step;
        }
        days
    }
}

const USERS: [&str; 3] = ["ann", "bob", "eve"];

prop_compose! {
    fn event()(event_type in prop_oneof![
        4 => Just(103i64), 3 => Just(104i64), 1 => Just(102i64), 1 => Just(101i64), 1 => Just(105i64), 1 => Just(204i64),
        2 => Just(201i64), 1 => Just(202i64), 1 => Just(205i64), 1 => Just(206i64),
    ], user in 0..USERS.len()) -> (i64, &'static str) {
        (event_type, if event_type < 103 { "" } else { USERS[user] })
    }
}

/// Facts with many ties and some entries that have an id.
fn facts() -> impl Strategy<Value = Vec<Fact>> {
    let one = (
        0..60i64,
        event(),
        prop_oneof![3 => Just(None), 1 => (0..3u8).prop_map(|n| Some(n.to_string()))],
        prop_oneof![Just(SEC), Just(HOUR)],
    );
    prop::collection::vec(one, 0..40).prop_map(|all| {
        let make = |(slot, (event_type, user), unique, unit): (i64, (i64, &'static str), Option<String>, i64)| {
            Fact::new(event_type, BASE + slot * unit, i64::MAX, Some(user), unique.as_deref()).unwrap()
        };
        all.into_iter().map(make).collect()
    })
}

/// What the store does: it keeps facts, settled instants and the rows of calls, and recomputes the window around what is new.
#[derive(Default)]
struct Kept {
    facts: BTreeSet<Fact>,
    /// Those of the text room with the same digits.
    text: BTreeSet<Fact>,
    settled: BTreeSet<i64>,
    calls: BTreeMap<i64, trtc_console::domain::calls::Call>,
}

impl Kept {
    fn arrive(&mut self, batch: &[Fact], now_ms: i64) {
        let (Some(first), Some(last)) = (batch.iter().map(Fact::at_ms).min(), batch.iter().map(Fact::at_ms).max()) else { return };
        self.facts.extend(batch.iter().cloned());
        self.work_out(first, last, now_ms);
    }

    fn arrive_for_text(&mut self, batch: &[Fact], now_ms: i64) {
        let (Some(first), Some(last)) = (batch.iter().map(Fact::at_ms).min(), batch.iter().map(Fact::at_ms).max()) else { return };
        self.text.extend(batch.iter().cloned());
        self.work_out(first, last + MAX_SILENCE_MS, now_ms);
    }

    /// The facts of the room in a window, with the ends that were meant for it.
    fn facts(&self, after: i64, until: Option<i64>) -> Vec<Fact> {
        let within = |from: i64| move |fact: &&Fact| fact.at_ms() > from && until.is_none_or(|until| fact.at_ms() <= until);
        let mut facts: Vec<Fact> = self.facts.iter().filter(within(after)).cloned().collect();
        if !facts.is_empty() {
            let text = self.text.iter().filter(within(after.saturating_sub(MAX_SILENCE_MS))).cloned().collect();
            facts.extend(misdirected_ends(text).into_iter().filter(|end| end.at_ms() > after));
        }
        facts
    }

    fn work_out(&mut self, first: i64, last: i64, now_ms: i64) {
        let after = self.settled.range(..first).next_back().copied().unwrap_or(i64::MIN);
        let mut until = self.settled.range(last..).next().copied();
        let (reckoning, until) = loop {
            let reckoning = Reckoning::of(self.facts(after, until), now_ms);
            if reckoning.is_complete(until) {
                break (reckoning, until);
            }
            until = until.and_then(|until| self.settled.range(until + 1..).next().copied());
        };
        let outside = |at: i64| at <= after || until.is_some_and(|until| at > until);
        self.settled.retain(|at| outside(*at));
        self.calls.retain(|start, _| outside(*start));
        self.settled.extend(reckoning.settled_ms);
        self.calls.extend(reckoning.calls.into_iter().map(|call| (call.start_ms, call)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn order_and_repetition_never_matter(facts in facts(), seed in any::<u64>(), now in 0..80 * HOUR) {
        let mut other: Vec<Fact> = facts.iter().chain(facts.iter().take(7)).cloned().collect();
        // A cheap shuffle: sorted by a hash of position and seed.
        let mut keyed: Vec<_> = other.drain(..).enumerate().map(|(i, f)| ((i as u64 ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15), f)).collect();
        keyed.sort_by_key(|(key, _)| *key);
        let shuffled: Vec<Fact> = keyed.into_iter().map(|(_, fact)| fact).collect();
        prop_assert_eq!(reckon(&facts, now), reckon(&shuffled, now));
    }

    #[test]
    fn any_split_into_batches_gives_the_same(facts in facts(), cuts in prop::collection::vec(1..6usize, 1..40), now in 0..80 * HOUR) {
        let mut kept = Kept::default();
        let (mut rest, mut cuts) = (facts.as_slice(), cuts.into_iter().cycle());
        while !rest.is_empty() {
            let (batch, more) = rest.split_at(cuts.next().unwrap_or(1).min(rest.len()));
            kept.arrive(batch, BASE + now);
            rest = more;
        }
        let whole = reckon(&facts, now);
        prop_assert_eq!(kept.calls.into_values().collect::<Vec<_>>(), whole.calls);
        prop_assert_eq!(kept.settled.into_iter().collect::<Vec<_>>(), whole.settled_ms);
    }

    #[test]
    fn ends_meant_for_another_room_count_in_any_order(
        facts in facts(), text in facts(), cuts in prop::collection::vec(1..6usize, 1..40), now in 0..80 * HOUR,
    ) {
        let mut kept = Kept::default();
        let (mut rest, mut rest_of_text, mut cuts) = (facts.as_slice(), text.as_slice(), cuts.into_iter().cycle());
        while !rest.is_empty() || !rest_of_text.is_empty() {
            let (batch, more) = rest.split_at(cuts.next().unwrap_or(1).min(rest.len()));
            kept.arrive(batch, BASE + now);
            rest = more;
            let (batch, more) = rest_of_text.split_at(cuts.next().unwrap_or(1).min(rest_of_text.len()));
            kept.arrive_for_text(batch, BASE + now);
            rest_of_text = more;
        }
        let whole = reckon(&[facts, misdirected_ends(text)].concat(), now);
        prop_assert_eq!(kept.calls.into_values().collect::<Vec<_>>(), whole.calls);
        prop_assert_eq!(kept.settled.into_iter().collect::<Vec<_>>(), whole.settled_ms);
    }

    #[test]
    fn stays_of_a_user_never_overlap_and_sending_lies_within(facts in facts(), now in 0..80 * HOUR) {
        let mut ends: BTreeMap<String, i64> = BTreeMap::new();
        for stay in reckon(&facts, now).calls.into_iter().flat_map(|call| call.stays) {
            let end = ends.insert(stay.user, stay.to_ms).unwrap_or(i64::MIN);
            prop_assert!(end <= stay.from_ms && stay.from_ms <= stay.to_ms);
            let mut since = stay.from_ms;
            for (from, to) in stay.sending {
                prop_assert!(since <= from && from < to && to <= stay.to_ms);
                since = to;
            }
            prop_assert!(stay.end != StayEnd::InProgress || stay.to_ms >= BASE + now);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn figures_agree_with_looking_at_every_step(
        slots in prop::collection::btree_map(0..120i64, event(), 0..40), long in any::<bool>(), extra in 0..60i64,
    ) {
        // Steps of an hour begin on the hour, so that midnight never falls within one.
        let (step, base_ms) = if long { (HOUR, BASE + 60 * SEC) } else { (SEC, BASE) };
        let events: BTreeMap<i64, (i64, &'static str)> = slots.into_iter().map(|(slot, event)| (base_ms + slot * step, event)).collect();
        let now_ms = base_ms + (120 + extra) * step;
        let naive = Naive { events: &events, base_ms, step, now_ms }.days();
        let facts: Vec<Fact> = events.iter().map(|(at, (event_type, user))| fact(*event_type, at - BASE, user)).collect();
        let found: BTreeMap<Day, _> = days(&Reckoning::of(facts, now_ms)).into_iter()
            .map(|(day, figures)| (day, (figures.audio_ms, figures.video_ms, figures.entries, figures.users)))
            .collect();
        prop_assert_eq!(found, naive);
    }
}
