//! Patterns filed by what stands literally at their two ends, so that a text is held only against those it could fit.
//!
//! It must never decide: what it gives are candidates, and whoever asks compares them in full.

use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::hash::BuildHasher as _;

/// Values filed under patterns with `*`.
///
/// Patterns have the same shape when the literal pieces before their first and behind their last `*` are equally long. One look-up for
/// each shape finds every candidate, and only shapes that fit into the text are looked up. Patterns that differ in their middle alone
/// (`*a*`, `*b*`) stay together; the limit on patterns bounds them.
#[derive(Clone, Debug, Default)]
pub(super) struct Ends<V> {
    /// Lengths of head and tail, the shortest shape first.
    shapes: Vec<(usize, usize)>,
    filed: HashMap<u64, V, RandomState>,
}

impl<V: Default> Ends<V> {
    /// The value filed under the ends of a pattern, made when there is none.
    pub(super) fn under(&mut self, pattern: &str) -> &mut V {
        let (head, rest) = pattern.split_once('*').unwrap_or((pattern, ""));
        let tail = rest.rsplit('*').next().unwrap_or_default();
        let shape = (head.len(), tail.len());
        let order = |(head, tail): (usize, usize)| (head + tail, head);
        if let Err(place) = self.shapes.binary_search_by_key(&order(shape), |known| order(*known)) {
            self.shapes.insert(place, shape);
        }
        let key = key(self.filed.hasher(), head.as_bytes(), tail.as_bytes());
        self.filed.entry(key).or_default()
    }
}

impl<V> Ends<V> {
    /// Everything filed under ends that the text has. Allocates nothing.
    pub(super) fn candidates(&self, text: &str) -> impl Iterator<Item = &V> {
        let bytes = text.as_bytes();
        self.shapes.iter().take_while(|(head, tail)| head + tail <= bytes.len()).filter_map(|&(head, tail)| {
            let (front, rest) = bytes.split_at_checked(head)?;
            let back = rest.get(rest.len().checked_sub(tail)?..)?;
            self.filed.get(&key(self.filed.hasher(), front, back))
        })
    }

    /// Everything that is filed, in no particular order.
    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        self.filed.values()
    }

    /// The same, to be changed.
    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.filed.values_mut()
    }
}

/// Different ends with one key only share their candidates.
fn key(state: &RandomState, head: &[u8], tail: &[u8]) -> u64 {
    state.hash_one((head, tail))
}

#[cfg(test)]
mod tests {
    use super::super::wildcard;
    use super::*;

    #[test]
    fn every_pattern_that_covers_a_text_is_among_its_candidates() {
        let pieces = ["", "a", "ab", "b", "é"];
        let mut patterns = Vec::new();
        for head in pieces {
            for middle in ["*", "*a*", "*b*"] {
                patterns.extend(pieces.map(|tail| format!("{head}{middle}{tail}")));
            }
        }
        let mut ends: Ends<Vec<usize>> = Ends::default();
        for (number, pattern) in patterns.iter().enumerate() {
            ends.under(pattern).push(number);
        }
        for text in ["", "a", "ab", "aab", "abb", "bab", "é", "aéb", "éa"] {
            let found: Vec<usize> = ends.candidates(text).flatten().copied().collect();
            for (number, pattern) in patterns.iter().enumerate() {
                assert!(!wildcard::matches(pattern, text) || found.contains(&number), "{pattern} covers {text}");
            }
        }
    }

    #[test]
    fn a_text_meets_only_patterns_with_its_own_ends() {
        let mut ends: Ends<Vec<usize>> = Ends::default();
        for number in 0..1000 {
            ends.under(&format!("trtc:*q{number:03}z")).push(number);
        }
        assert_eq!(ends.candidates("trtc:DismissRoom").count(), 0);
        assert_eq!(ends.candidates("trtc:Xq007z").flatten().copied().collect::<Vec<_>>(), [7]);
    }
}
