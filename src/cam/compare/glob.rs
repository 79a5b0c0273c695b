//! Whether there is a text that some patterns cover and others do not, and one such text.
//!
//! A text is looked for letter by letter, with the places in all patterns that its letters so far may have reached. Two beginnings that
//! reach the same places have the same continuations, so each set of places is looked at once.

use super::super::wildcard;
use std::cell::Cell;
use std::collections::{HashSet, VecDeque};

/// The steps of a comparison, some nanoseconds each: a few tenths of a second at most, whatever the policies are like.
const STEPS: usize = 50_000_000;

/// The same for what is said while somebody types.
const FEW_STEPS: usize = 4_000_000;

/// How much work a comparison may still take.
pub(in super::super) struct Budget(Cell<usize>);

impl Budget {
    pub(super) const fn new() -> Self {
        Self(Cell::new(STEPS))
    }

    pub(in super::super) const fn small() -> Self {
        Self(Cell::new(FEW_STEPS))
    }

    /// Whether so many steps were left. They are gone then.
    pub(super) fn spend(&self, steps: usize) -> bool {
        let left = self.0.get().checked_sub(steps);
        self.0.set(left.unwrap_or(0));
        left.is_some()
    }
}

/// What was searched for.
pub(super) type Search<T> = Result<T, Lack>;

/// Why a search gives nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lack {
    /// There is none.
    Nothing,
    /// The search was given up.
    Unknown,
}

/// The first that is found. There is none only where every search says so.
pub(super) fn first<T>(searches: impl IntoIterator<Item = Search<T>>) -> Search<T> {
    let mut lack = Lack::Nothing;
    for search in searches {
        match search {
            Err(Lack::Nothing) => {}
            Err(Lack::Unknown) => lack = Lack::Unknown,
            found => return found,
        }
    }
    Err(lack)
}

/// Both, where both are found. There is nothing as soon as one search says so.
pub(super) fn both<T, U>(one: Search<T>, other: impl FnOnce() -> Search<U>) -> Search<(T, U)> {
    if matches!(one, Err(Lack::Nothing)) {
        return Err(Lack::Nothing);
    }
    match (one, other()) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (_, Err(Lack::Nothing)) => Err(Lack::Nothing),
        _ => Err(Lack::Unknown),
    }
}

/// Whether one of the patterns covers a text.
pub(super) fn covered(patterns: &[Pattern<'_>], text: &str) -> bool {
    patterns.iter().any(|pattern| pattern.covers(text))
}

/// A pattern over texts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Pattern<'p> {
    /// This text alone, also when it holds a `*`.
    Exact(&'p str),
    /// Behind this text, which stands for itself, a pattern in which `*` stands for any run of letters.
    Like(&'p str, &'p str),
    /// This text followed by another one, both for themselves.
    Joined(&'p str, &'p str),
}

impl Pattern<'_> {
    /// Whether it covers a text.
    pub(super) fn covers(&self, text: &str) -> bool {
        match self {
            Self::Exact(wanted) => *wanted == text,
            Self::Like(head, pattern) => text.strip_prefix(head).is_some_and(|rest| wildcard::matches(pattern, rest)),
            Self::Joined(one, other) => text.strip_prefix(one) == Some(other),
        }
    }

    fn letters(&self) -> Vec<Option<char>> {
        let plain = |text: &str| text.chars().map(Some).collect::<Vec<_>>();
        match self {
            Self::Exact(text) => plain(text),
            Self::Joined(one, other) => [plain(one), plain(other)].concat(),
            Self::Like(head, pattern) => [plain(head), pattern.chars().map(|letter| (letter != '*').then_some(letter)).collect()].concat(),
        }
    }
}

/// Several patterns read at once; `None` is a wildcard.
struct Machine {
    patterns: Vec<Vec<Option<char>>>,
}

/// Where a machine may be: places in its patterns, sorted.
type Places = Vec<(usize, usize)>;

impl Machine {
    fn new<'p>(patterns: impl IntoIterator<Item = &'p Pattern<'p>>) -> Self {
        let mut letters: Vec<_> = patterns.into_iter().map(Pattern::letters).collect();
        letters.sort();
        letters.dedup();
        Self { patterns: letters }
    }

    fn letter(&self, (pattern, at): (usize, usize)) -> Option<&Option<char>> {
        self.patterns.get(pattern).and_then(|letters| letters.get(at))
    }

    /// The places with those behind a wildcard that stands for nothing.
    fn closed(&self, mut places: Places) -> Places {
        let mut at = 0;
        while let Some(place) = places.get(at).copied() {
            if self.letter(place) == Some(&None) {
                places.push((place.0, place.1 + 1));
            }
            at += 1;
        }
        places.sort_unstable();
        places.dedup();
        places
    }

    fn start(&self) -> Places {
        self.closed((0..self.patterns.len()).map(|pattern| (pattern, 0)).collect())
    }

    fn step(&self, places: &Places, letter: char) -> Places {
        let next = places.iter().filter_map(|&place| match self.letter(place) {
            Some(None) => Some(place),
            Some(Some(wanted)) if *wanted == letter => Some((place.0, place.1 + 1)),
            _ => None,
        });
        self.closed(next.collect())
    }

    /// Whether what was read is covered by one of the patterns.
    fn accepts(&self, places: &Places) -> bool {
        places.iter().any(|&(pattern, at)| self.patterns.get(pattern).is_some_and(|letters| letters.len() == at))
    }

    /// Whether everything that begins with what was read is covered.
    fn accepts_all(&self, places: &Places) -> bool {
        places.iter().any(|&(pattern, at)| {
            self.patterns.get(pattern).is_some_and(|letters| at + 1 == letters.len() && letters.last() == Some(&None))
        })
    }

    fn awaited<'s>(&'s self, places: &'s Places) -> impl Iterator<Item = char> + 's {
        places.iter().filter_map(|&place| self.letter(place).copied().flatten())
    }
}

/// What a readable text looks like.
#[derive(Clone, Copy)]
pub(super) struct Taste<'t> {
    /// Texts to be tried first.
    pub texts: &'t [String],
    /// What may stand in the place of a wildcard.
    pub fill: &'t [&'t str],
}

/// A text that is not empty and holds no letter of `never`, covered by one pattern of each list of `must` and by none of `not`.
pub(super) fn find(must: &[&[Pattern<'_>]], not: &[Pattern<'_>], never: &[char], taste: Taste<'_>, budget: &Budget) -> Search<String> {
    let cost = must.iter().map(|patterns| patterns.len()).sum::<usize>() + not.len() + 1;
    let fits = |text: &str| {
        !text.is_empty() && !text.contains(never) && must.iter().all(|patterns| covered(patterns, text)) && !covered(not, text)
    };
    for text in taste.texts.iter().cloned().chain(guesses(must, taste.fill)) {
        if !budget.spend(20 * cost) {
            return Err(Lack::Unknown);
        }
        if fits(&text) {
            return Ok(text);
        }
    }
    let mut machines: Vec<Machine> = must.iter().copied().map(Machine::new).collect();
    machines.push(Machine::new(not));
    let fresh = fresh_letter(&machines, never);
    let mut known: HashSet<Vec<Places>> = HashSet::new();
    let mut queue = VecDeque::from([(machines.iter().map(Machine::start).collect::<Vec<Places>>(), String::new())]);
    while let Some((state, text)) = queue.pop_front() {
        let mut letters: Vec<char> =
            machines.iter().zip(&state).flat_map(|(machine, places)| machine.awaited(places)).chain(fresh).collect();
        letters.sort_unstable();
        letters.dedup();
        for letter in letters.into_iter().filter(|letter| !never.contains(letter)) {
            if !budget.spend(20 * (state.iter().map(Vec::len).sum::<usize>() + 1)) {
                return Err(Lack::Unknown);
            }
            let next: Vec<Places> = machines.iter().zip(&state).map(|(machine, places)| machine.step(places, letter)).collect();
            let (Some((avoid, wanted)), Some((avoided, reached))) = (machines.split_last(), next.split_last()) else {
                continue;
            };
            if reached.iter().any(Vec::is_empty) || avoid.accepts_all(avoided) || known.contains(&next) {
                continue;
            }
            let mut longer = text.clone();
            longer.push(letter);
            if wanted.iter().zip(reached).all(|(machine, places)| machine.accepts(places)) && !avoid.accepts(avoided) {
                return Ok(longer);
            }
            known.insert(next.clone());
            queue.push_back((next, longer));
        }
    }
    Err(Lack::Nothing)
}

/// Patterns of a search whose wildcards are filled in.
const MAX_GUESSED: usize = 50;

/// The patterns themselves with something in the place of their wildcards, and that alone.
fn guesses(must: &[&[Pattern<'_>]], fill: &[&str]) -> Vec<String> {
    let patterns = must.iter().copied().flatten().take(MAX_GUESSED);
    let filled = |pattern: &Pattern<'_>, text: &str| match pattern {
        Pattern::Exact(exact) => (*exact).to_owned(),
        Pattern::Joined(one, other) => format!("{one}{other}"),
        Pattern::Like(head, pattern) => format!("{head}{}", pattern.replace('*', text)),
    };
    let made = patterns.flat_map(|pattern| fill.iter().copied().chain([""]).map(move |text| filled(pattern, text)));
    made.chain(fill.iter().map(|text| (*text).to_owned())).collect()
}

/// A letter that stands in no pattern: all such letters are alike.
fn fresh_letter(machines: &[Machine], never: &[char]) -> Option<char> {
    let used = |letter: char| machines.iter().flat_map(|machine| machine.patterns.iter().flatten()).any(|known| *known == Some(letter));
    ('a'..='z').chain('0'..='9').chain('\u{100}'..='\u{4000}').find(|letter| !used(*letter) && !never.contains(letter))
}
