//! The nearest known word to a mistyped one, for "did you mean".
//!
//! It must never guess wildly: a suggestion that is further away than a third of the word is worse than none.

/// The known word nearest to `word`, when it is near enough to be meant. Long words are not compared, to keep the work bounded.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 80;
    let letters: Vec<char> = word.chars().take(LONGEST + 1).collect();
    if letters.is_empty() || letters.len() > LONGEST {
        return None;
    }
    let allowed = (letters.len() / 3).clamp(1, 4);
    known
        .into_iter()
        .filter(|candidate| candidate.len().abs_diff(word.len()) <= allowed)
        .map(|candidate| (distance(&letters, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Whether two words are the same but for a slip: case alone, or one letter of a long word.
#[must_use]
pub fn one_apart(one: &str, other: &str) -> bool {
    const SHORT: usize = 4;
    if !one.contains(|letter: char| letter.is_ascii_uppercase()) {
        // Without capitals a word has no end that could be told.
        return one.get(..other.len()).is_some_and(|start| start.eq_ignore_ascii_case(other));
    }
    let letters: Vec<char> = one.chars().take(80).collect();
    let allowed = usize::from(letters.len().min(other.len()) > SHORT);
    distance(&letters, other) <= allowed
}

/// How many letters have to be put in, taken out, changed or swapped with their neighbour; a change of case alone counts nothing,
/// because it is the most common mistake of all.
fn distance(word: &[char], candidate: &str) -> usize {
    let same = |a: char, b: char| a.eq_ignore_ascii_case(&b);
    let other: Vec<char> = candidate.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    let mut previous = None;
    for (row, &letter) in word.iter().enumerate() {
        let mut now = vec![row + 1];
        let mut previous_other: Option<char> = None;
        for (column, &theirs) in other.iter().enumerate() {
            let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut best =
                (at(&last, column) + usize::from(!same(letter, theirs))).min(at(&last, column + 1) + 1).min(at(&now, column) + 1);
            if let (Some(mine), Some(their)) = (previous, previous_other)
                && same(mine, theirs)
                && same(letter, their)
            {
                best = best.min(at(&before_last, column.saturating_sub(1)) + 1);
            }
            now.push(best);
            previous_other = Some(theirs);
        }
        before_last = std::mem::replace(&mut last, now);
        previous = Some(letter);
    }
    last.last().copied().unwrap_or(usize::MAX)
}
