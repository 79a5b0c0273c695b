//! Lists whose search and page stand in the address: reading them there, writing them there, and where a page of rows stands.
//!
//! It must never cut or search by itself; the server does.

use crate::domain::paging::{Listing, Page, ROWS_A_PAGE};
use crate::ui::components::{Paging, with_param};
use crate::ui::query::Query;

/// What an address asks for: `q` and `page`.
#[must_use]
pub fn listing_of(query: &Query) -> Listing {
    Listing { search: query.get("q").unwrap_or_default(), page: query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1) }
}

/// The address of a list with its search and page.
#[must_use]
pub fn address_of(path: &str, listing: &Listing) -> String {
    let path = with_param(path, "q", (!listing.search.is_empty()).then_some(listing.search.as_str()));
    with_param(&path, "page", (listing.page > 1).then(|| listing.page.to_string()).as_deref())
}

/// A path with one more parameter, unless it is empty: the tab of a list.
#[must_use]
pub fn with_tab(path: &str, name: &str, tag: &str) -> String {
    with_param(path, name, (!tag.is_empty()).then_some(tag))
}

/// Where a page stands in its list.
#[must_use]
pub fn paging_of<T>(page: &Page<T>) -> Paging {
    Paging { page: page.page.unsigned_abs(), size: ROWS_A_PAGE.unsigned_abs(), total: page.total.unsigned_abs() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_comes_back_as_it_was_asked() {
        assert_eq!(listing_of(&Query::default()), Listing { search: String::new(), page: 1 });
        let listing = listing_of(&Query::read("q=%E8%AF%BE%E5%A0%82+%26x&page=3"));
        let address = address_of(&with_tab("/cam/users", "filter", "disabled"), &listing);
        assert_eq!(address, "/cam/users?filter=disabled&q=%E8%AF%BE%E5%A0%82%20%26x&page=3");
        assert_eq!(address_of(&with_tab("/apps", "kind", ""), &Listing { search: String::new(), page: 1 }), "/apps");
        assert_eq!(listing_of(&Query::read("page=x")).page, 1);
        for search in ["R&D", "a+b", "%25", "a#b", "100%", "%41", "课堂"] {
            let listing = Listing { search: search.to_owned(), page: 1 };
            let address = address_of("/apps", &listing);
            assert_eq!(listing_of(&Query::read(address.strip_prefix("/apps?").unwrap())), listing, "{address}");
        }
    }
}
