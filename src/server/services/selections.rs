//! Lists that forms send: each entry once, and none longer than the limit that would refuse it in the end.
//!
//! Asked before a change is opened: SQLite has one writer, and a list that cannot fit must never hold it.

use crate::domain::fault::Fault;
use crate::text::Text;
use std::collections::{BTreeMap, BTreeSet};

/// What was chosen, each once, in the order of the form.
///
/// # Errors
/// [`Fault::Invalid`] when nothing was.
pub(super) fn chosen<T: Copy + Ord>(field: &str, sent: &[T]) -> Result<Vec<T>, Fault> {
    let once = once(sent);
    if once.is_empty() { Err(Fault::invalid(field, Text::new("Choose at least one.", "请至少选择一项。"))) } else { Ok(once) }
}

/// Each entry once, in the order of the list.
pub(super) fn once<T: Copy + Ord>(sent: &[T]) -> Vec<T> {
    let mut seen = BTreeSet::new();
    sent.iter().copied().filter(|one| seen.insert(*one)).collect()
}

/// Demands that no `of` has more than `max` entries.
///
/// # Errors
/// What `limit` gives.
pub(super) fn within<T, K: Ord>(entries: &[T], of: impl Fn(&T) -> K, max: i64, limit: fn() -> Fault) -> Result<(), Fault> {
    let mut counts: BTreeMap<K, i64> = BTreeMap::new();
    for entry in entries {
        let count = counts.entry(of(entry)).or_default();
        *count += 1;
        if *count > max {
            return Err(limit());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_count_once_and_for_each_of_them() {
        assert_eq!(chosen("x", &[3, 1, 3, 2, 1]).unwrap(), [3, 1, 2]);
        assert!(chosen::<i64>("x", &[]).is_err());
        let pairs = [(1, 'a'), (1, 'b'), (2, 'a')];
        assert_eq!(within(&pairs, |pair| pair.0, 2, || Fault::NotFound), Ok(()));
        assert_eq!(within(&pairs, |pair| pair.0, 1, || Fault::NotFound), Err(Fault::NotFound));
    }
}
