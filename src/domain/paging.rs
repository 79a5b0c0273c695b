//! Pages of lists: what is asked for and what comes back.
//!
//! Must never know what is listed.

use serde::{Deserialize, Serialize};

/// Rows a page of every list, where the reader has not chosen.
pub const ROWS_A_PAGE: i64 = 20;
/// The rows a page that a reader can choose.
pub const PAGE_SIZES: [i64; 4] = [10, ROWS_A_PAGE, 50, 100];
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
    /// Rows a page; anything but one of [`PAGE_SIZES`] is [`ROWS_A_PAGE`].
    #[serde(default)]
    pub size: i64,
    /// What it is ordered by, as [`Order`] reads it.
    #[serde(default)]
    pub sort: String,
}

impl Listing {
    /// Rows a page.
    #[must_use]
    pub fn rows(&self) -> i64 {
        if PAGE_SIZES.contains(&self.size) { self.size } else { ROWS_A_PAGE }
    }

    /// The page that is wanted of a whole list.
    #[must_use]
    pub fn cut<T>(&self, all: Vec<T>) -> Page<T> {
        Page::cut(all, self.page, self.rows())
    }

    /// What is searched for, ready to be held against texts.
    #[must_use]
    pub fn wanted(&self) -> Wanted {
        Wanted(self.search.trim().chars().take(MAX_SEARCH_CHARS).flat_map(char::to_lowercase).collect())
    }
}

/// What the rows of a list can be ordered by. The default is the order in which the list comes anyway.
pub trait OrderKey: Copy + Default + PartialEq + 'static {
    /// Each key by its name in an address.
    const TAGS: &'static [(&'static str, Self)];

    /// Its name in an address.
    #[must_use]
    fn tag(self) -> &'static str {
        Self::TAGS.iter().find(|(_, key)| *key == self).map_or("", |(tag, _)| tag)
    }
}

/// An order of a list: `key` in an address, or `-key` for the greatest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Order<K> {
    /// What it goes by.
    pub key: K,
    /// Greatest first.
    pub descending: bool,
}

impl<K: OrderKey> Order<K> {
    /// The order of a tag; anything unknown is the default.
    #[must_use]
    pub fn from_tag(sort: &str) -> Self {
        let (tag, descending) = sort.strip_prefix('-').map_or((sort, false), |key| (key, true));
        K::TAGS.iter().find(|(known, _)| *known == tag).map_or_else(Self::default, |(_, key)| Self { key: *key, descending })
    }

    /// As it stands in an address; the default need not.
    #[must_use]
    pub fn tag(self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.key.tag())
    }

    /// Puts rows that come in the default order into this one, by the value that its key stands for; rows of the same value stay as they came.
    pub fn arrange<T, V: Ord>(self, rows: &mut [T], value: impl Fn(&T) -> V) {
        rows.sort_by(|one, other| {
            let order = value(one).cmp(&value(other));
            if self.descending { order.reverse() } else { order }
        });
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
        let wanted = |search: &str| Listing { search: search.to_owned(), ..Listing::default() }.wanted();
        assert!(wanted(" 50%_off\\ ").is_in(&["x", "now 50%_Off\\!"]) && !wanted("5%").is_in(&["50%"]));
        assert!(wanted("ÄRGER").is_in(&["kein Ärger"]) && wanted("ärger").is_in(&["ÄRGER"]) && wanted("客服").is_in(&["客服 A"]));
        assert!(wanted("  ").is_in(&[]) && !wanted("a\0").is_in(&["a"]));
        assert!(wanted(&"x".repeat(100)).is_in(&[&"x".repeat(64)]));
    }

    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    enum Key {
        #[default]
        Name,
        Size,
    }

    impl OrderKey for Key {
        const TAGS: &'static [(&'static str, Self)] = &[("name", Self::Name), ("size", Self::Size)];
    }

    #[test]
    fn an_order_is_one_of_the_list_and_keeps_what_is_equal_as_it_came() {
        let order = |tag: &str| Order::<Key>::from_tag(tag);
        assert_eq!((order("-size").key, order("-size").descending, order("-size").tag()), (Key::Size, true, "-size".to_owned()));
        for unknown in ["", "-", "uin; DROP TABLE accounts", "-name ", "NAME"] {
            assert_eq!(order(unknown), Order { key: Key::Name, descending: false }, "{unknown}");
        }
        let mut rows = [("a", 2), ("b", 1), ("c", 2)];
        order("-size").arrange(&mut rows, |row| row.1);
        assert_eq!(rows, [("a", 2), ("c", 2), ("b", 1)]);
    }

    #[test]
    fn a_page_has_one_of_the_sizes_that_are_offered() {
        let rows = |size| Listing { size, ..Listing::default() }.rows();
        assert_eq!([0, 10, 50, 100, 7, 1_000_000, -1].map(rows), [20, 10, 50, 100, 20, 20, 20]);
    }

    #[test]
    fn a_page_is_cut_from_the_whole_list() {
        let page = |page| Page::cut((1..=7).collect::<Vec<i64>>(), page, 3);
        assert_eq!((page(2).rows, page(2).total), (vec![4, 5, 6], 7));
        assert_eq!((page(99).rows, page(99).page), (vec![7], 3));
        assert_eq!((page(-1).page, Page::<i64>::cut(vec![], 2, 3)), (1, Page { rows: vec![], total: 0, page: 1 }));
    }
}
