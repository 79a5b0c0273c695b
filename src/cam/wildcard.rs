//! Matching a pattern in which `*` stands for any run of characters, also none, also across `/`.
//!
//! It must never take more than linear time: a pattern is attacker-controlled text. `?` and `[` are ordinary characters.

/// A pattern, taken to pieces once.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: Box<str>,
    /// The places of its first and its last `*`.
    stars: Option<(usize, usize)>,
}

impl Pattern {
    /// Takes a pattern to pieces.
    #[must_use]
    pub fn new(pattern: &str) -> Self {
        Self { text: pattern.into(), stars: pattern.find('*').zip(pattern.rfind('*')) }
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// As [`matches`].
    #[must_use]
    pub fn covers(&self, text: &str) -> bool {
        let Some((first, last)) = self.stars else {
            return *self.text == *text;
        };
        let middle = self.text.get(first + 1..last).unwrap_or_default();
        self.text.get(..first).zip(self.text.get(last + 1..)).is_some_and(|(head, tail)| fits(head, middle, tail, text))
    }
}

/// Whether `text` is covered by `pattern`. Anchored at both ends, case-sensitive, without allocation.
///
/// Every literal piece between two wildcards is searched leftmost, once, so the work is bounded by the two lengths.
#[must_use]
pub fn matches(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let (middle, tail) = rest.rsplit_once('*').unwrap_or(("", rest));
    fits(head, middle, tail, text)
}

/// Whether a text has these ends and between them the pieces of the middle, which `*` divides.
fn fits(head: &str, middle: &str, tail: &str, text: &str) -> bool {
    let Some(inner) = text.strip_prefix(head).and_then(|text| text.strip_suffix(tail)) else {
        return false;
    };
    if middle.is_empty() {
        return true;
    }
    let mut left = inner;
    for piece in middle.split('*').filter(|piece| !piece.is_empty()) {
        let Some(behind) = behind(left, piece) else {
            return false;
        };
        left = behind;
    }
    true
}

/// Texts up to this length are searched place by place: that is quicker than what it takes to prepare a search in linear time.
const SHORT: usize = 64;

/// What stands behind the first occurrence of a piece.
fn behind<'t>(text: &'t str, piece: &str) -> Option<&'t str> {
    if text.len() > SHORT {
        return text.split_once(piece).map(|(_, behind)| behind);
    }
    let at = text.as_bytes().windows(piece.len()).position(|window| window == piece.as_bytes())?;
    text.get(at + piece.len()..)
}

/// Whether some text could be covered by both patterns. Exact when at most one of them holds a wildcard or when wildcards stand
/// only at the end; otherwise it may answer `true` for patterns that never meet, never `false` for patterns that do.
#[must_use]
pub fn may_meet(one: &str, other: &str) -> bool {
    match (one.split_once('*'), other.split_once('*')) {
        (None, _) => matches(other, one),
        (_, None) => matches(one, other),
        (Some((one_head, one_rest)), Some((other_head, other_rest))) => {
            let one_tail = one_rest.rsplit('*').next().unwrap_or_default();
            let other_tail = other_rest.rsplit('*').next().unwrap_or_default();
            (one_head.starts_with(other_head) || other_head.starts_with(one_head))
                && (one_tail.ends_with(other_tail) || other_tail.ends_with(one_tail))
        }
    }
}

/// Whether every text covered by `narrow` is certainly covered by `wide`: a wildcard in `narrow` can only be swallowed by one in `wide`.
#[must_use]
pub fn covers(wide: &str, narrow: &str) -> bool {
    matches(wide, narrow)
}
