//! The query of the address, decoded once.
//!
//! The router's own map decodes each value a second time, which makes `%25` a `%` and loses what stands behind it; it must never be used here.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The parameters of an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads what stands behind the `?`.
    #[must_use]
    pub fn read(text: &str) -> Self {
        Self(form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    /// The value of a parameter, the last one when it is there several times.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }
}

/// The query of the address of this page, now and after every step within it. Once the page is left it stays what it was: the address of
/// the next page is no reason to ask once more for what may be gone by then.
#[must_use]
pub fn use_query() -> Memo<Query> {
    let location = use_location();
    let here = location.pathname.get_untracked();
    Memo::new(move |before: Option<&Query>| {
        let now = location.search.with(|search| Query::read(search.strip_prefix('?').unwrap_or(search)));
        let left = location.pathname.with_untracked(|path| !path.starts_with(place(&here)));
        before.filter(|_| left).cloned().unwrap_or(now)
    })
}

/// What the addresses of a page have in common, whatever thing it shows: the path without its last segment.
fn place(path: &str) -> &str {
    path.rfind('/').map_or(path, |end| &path[..=end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_one_thing_has_a_place_of_its_own() {
        assert_eq!(place("/cam/policies/123"), "/cam/policies/");
        assert!(!"/cam/policies".starts_with(place("/cam/policies/123")) && "/cam/policies/9".starts_with(place("/cam/policies/123")));
        assert_eq!((place("/"), place("/usage")), ("/", "/"));
    }

    #[test]
    fn every_value_is_decoded_once() {
        let read = |text: &str| Query::read(text).get("q").unwrap();
        assert_eq!(read("q=%2525"), "%25");
        assert_eq!(read("q=100%25"), "100%");
        assert_eq!(read("q=a%2Bb"), "a+b");
        assert_eq!(read("q=a+b"), "a b");
        assert_eq!(read("q=R%26D&page=2"), "R&D");
        assert_eq!(read("q=a%23b"), "a#b");
        assert_eq!(read("q=%2541"), "%41");
        assert_eq!(read("q=%E8%AF%BE%E5%A0%82"), "课堂");
        assert_eq!((Query::read("q=1&q=2").get("q").as_deref(), Query::read("").get("q")), (Some("2"), None));
    }
}
