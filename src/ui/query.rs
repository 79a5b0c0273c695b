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

/// The query of the address of this page, now and after every step to another one.
#[must_use]
pub fn use_query() -> Memo<Query> {
    let search = use_location().search;
    Memo::new(move |_| search.with(|search| Query::read(search.strip_prefix('?').unwrap_or(search))))
}

#[cfg(test)]
mod tests {
    use super::*;

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
