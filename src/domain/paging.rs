//! Pages of lists: what is asked for and what comes back.
//!
//! Must never know what is listed.

use serde::{Deserialize, Serialize};

/// Rows a page of every list.
pub const ROWS_A_PAGE: i64 = 20;

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
    /// The page asked for, brought into the range that has rows or could have.
    #[must_use]
    pub fn page(&self) -> i64 {
        self.page.clamp(1, 1_000_000)
    }

    /// Rows before the first wanted one.
    #[must_use]
    pub fn offset(&self) -> i64 {
        (self.page() - 1) * ROWS_A_PAGE
    }

    /// The `LIKE` pattern of the search, lower-case, with its own wildcards escaped by a backslash.
    #[must_use]
    pub fn like(&self) -> String {
        let mut pattern = String::from("%");
        for c in self.search.trim().chars().take(64).flat_map(char::to_lowercase) {
            if matches!(c, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(c);
        }
        pattern.push('%');
        pattern
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
    fn search_text_is_never_a_wildcard() {
        let listing = Listing { search: " 50%_Off\\ ".into(), page: 0 };
        assert_eq!(listing.like(), "%50\\%\\_off\\\\%");
        assert_eq!((listing.page(), listing.offset()), (1, 0));
    }

    #[test]
    fn a_page_is_cut_from_the_whole_list() {
        let page = |page| Page::cut((1..=7).collect::<Vec<i64>>(), page, 3);
        assert_eq!((page(2).rows, page(2).total), (vec![4, 5, 6], 7));
        assert_eq!((page(99).rows, page(99).page), (vec![7], 3));
        assert_eq!((page(-1).page, Page::<i64>::cut(vec![], 2, 3)), (1, Page { rows: vec![], total: 0, page: 1 }));
    }
}
