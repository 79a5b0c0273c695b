//! Pages of lists: what is asked for and what comes back.
//!
//! Must never know what is listed.

use serde::{Deserialize, Serialize};

/// Rows a page of every list.
pub const ROWS_A_PAGE: i64 = 20;
/// What is searched for is cut to so many characters.
const MAX_SEARCH_CHARS: usize = 64;

/// Which part of a list is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// What the names must contain; empty for all.
    #[serde(default)]
    pub search: String,
    /// The page, from 1.
    #[serde(default)]
    pub page: i64,
}

impl Listing {
    /// What is searched for, ready to be held against texts.
    #[must_use]
    pub fn wanted(&self) -> Wanted {
        Wanted(self.search.trim().chars().take(MAX_SEARCH_CHARS).flat_map(char::to_lowercase).collect())
    }
}

/// What a list is searched for. Case does not count, in any script: databases differ there, so it is never their `LIKE` that searches.
#[derive(Clone, Debug)]
pub struct Wanted(String);

impl Wanted {
    /// Whether it is a part of one of the texts; nothing is a part of every text.
    #[must_use]
    pub fn is_in(&self, texts: &[&str]) -> bool {
        self.0.is_empty() || texts.iter().any(|text| text.to_lowercase().contains(&self.0))
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows of this page, in the order of the list.
    pub rows: Vec<T>,
    /// Rows of the whole list.
    pub total: i64,
    /// The page, from 1.
    pub page: i64,
}

impl<T> Page<T> {
    /// One page of a whole list, of so many rows; the last one when there are not so many pages.
    #[must_use]
    pub fn cut(all: Vec<T>, page: i64, size: i64) -> Self {
        let (total, size) = (i64::try_from(all.len()).unwrap_or(i64::MAX), size.max(1));
        let page = page.clamp(1, ((total + size - 1) / size).max(1));
        let rows = |count: i64| usize::try_from(count).unwrap_or(usize::MAX);
        Self { rows: all.into_iter().skip(rows((page - 1) * size)).take(rows(size)).collect(), total, page }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_text_is_a_part_of_a_text_whatever_the_case_and_never_a_wildcard() {
        let wanted = |search: &str| Listing { search: search.to_owned(), page: 0 }.wanted();
        assert!(wanted(" 50%_off\\ ").is_in(&["x", "now 50%_Off\\!"]) && !wanted("5%").is_in(&["50%"]));
        assert!(wanted("ÄRGER").is_in(&["kein Ärger"]) && wanted("ärger").is_in(&["ÄRGER"]) && wanted("客服").is_in(&["客服 A"]));
        assert!(wanted("  ").is_in(&[]) && !wanted("a\0").is_in(&["a"]));
        assert!(wanted(&"x".repeat(100)).is_in(&[&"x".repeat(64)]));
    }

    #[test]
    fn a_page_is_cut_from_the_whole_list() {
        let page = |page| Page::cut((1..=7).collect::<Vec<i64>>(), page, 3);
        assert_eq!((page(2).rows, page(2).total), (vec![4, 5, 6], 7));
        assert_eq!((page(99).rows, page(99).page), (vec![7], 3));
        assert_eq!((page(-1).page, Page::<i64>::cut(vec![], 2, 3)), (1, Page { rows: vec![], total: 0, page: 1 }));
    }
}
