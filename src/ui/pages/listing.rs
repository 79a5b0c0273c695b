//! Lists whose search and page stand in the address: reading them there, writing them there, and where a page of rows stands.
//!
//! It must never cut or search by itself; the server does.

use crate::domain::paging::{Listing, Page, ROWS_A_PAGE};
use crate::ui::components::{Paging, with_param};
use leptos_router::params::ParamsMap;

/// What an address asks for: `q` and `page`.
#[must_use]
pub fn listing_of(query: &ParamsMap) -> Listing {
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
        let mut query = ParamsMap::new();
        assert_eq!(listing_of(&query), Listing { search: String::new(), page: 1 });
        query.insert("q", "课堂 &x".to_owned());
        query.insert("page", "3".to_owned());
        let listing = listing_of(&query);
        let address = address_of(&with_tab("/cam/users", "filter", "disabled"), &listing);
        assert_eq!(address, "/cam/users?filter=disabled&q=%E8%AF%BE%E5%A0%82%20%26x&page=3");
        assert_eq!(address_of(&with_tab("/apps", "kind", ""), &Listing { search: String::new(), page: 1 }), "/apps");
        query.replace("page", "x".to_owned());
        assert_eq!(listing_of(&query).page, 1);
    }
}
