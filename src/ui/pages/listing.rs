//! Lists whose search, order and page stand in the address: reading them there, writing them there, and where a page of rows stands.
//!
//! It must never cut or search by itself; the server does.

use crate::domain::paging::{Listing, Order, OrderKey, Page, ROWS_A_PAGE};
use crate::ui::components::{Paging, with_param};
use crate::ui::query::Query;

/// What an address asks for: `q`, `page`, `size` and `sort`, which is one of the orders of the list.
#[must_use]
pub fn listing_of<K: OrderKey>(query: &Query) -> Listing {
    let number = |name: &str| query.get(name).and_then(|value| value.parse().ok());
    let listing = Listing {
        search: query.get("q").unwrap_or_default(),
        page: number("page").unwrap_or(1),
        size: number("size").unwrap_or_default(),
        sort: Order::<K>::from_tag(&query.get("sort").unwrap_or_default()).tag(),
    };
    Listing { size: listing.rows(), ..listing }
}

/// What of a listing stands in its address beside the search and the page: nothing of what goes without saying.
fn lasting<K: OrderKey>(listing: &Listing) -> [(&'static str, Option<String>); 2] {
    let order = Order::<K>::from_tag(&listing.sort);
    [
        ("sort", (order != Order::default()).then(|| order.tag())),
        ("size", (listing.rows() != ROWS_A_PAGE).then(|| listing.rows().to_string())),
    ]
}

/// The address of a list with its search, order and page.
#[must_use]
pub fn address_of<K: OrderKey>(path: &str, listing: &Listing) -> String {
    let path = with_param(path, "q", (!listing.search.is_empty()).then_some(listing.search.as_str()));
    let path = lasting::<K>(listing).into_iter().fold(path, |path, (name, value)| with_param(&path, name, value.as_deref()));
    with_param(&path, "page", (listing.page > 1).then(|| listing.page.to_string()).as_deref())
}

/// What a new search keeps: the tab, the order and the rows a page.
#[must_use]
pub fn kept<K: OrderKey>(listing: &Listing, tab: Option<(&str, &str)>) -> Vec<(String, String)> {
    let tab = tab.filter(|(_, tag)| !tag.is_empty()).map(|(name, tag)| (name.to_owned(), tag.to_owned()));
    tab.into_iter().chain(lasting::<K>(listing).into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)))).collect()
}

/// A path with one more parameter, unless it is empty: the tab of a list.
#[must_use]
pub fn with_tab(path: &str, name: &str, tag: &str) -> String {
    with_param(path, name, (!tag.is_empty()).then_some(tag))
}

/// Where a page stands in its list.
#[must_use]
pub fn paging_of<T>(page: &Page<T>, listing: &Listing) -> Paging {
    Paging { page: page.page.unsigned_abs(), size: listing.rows().unsigned_abs(), total: page.total.unsigned_abs() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::accounts::UserOrder;

    #[test]
    fn an_address_comes_back_as_it_was_asked() {
        let read = |query: &str| listing_of::<UserOrder>(&Query::read(query));
        let address = |path: &str, listing: &Listing| address_of::<UserOrder>(path, listing);
        let plain = Listing { search: String::new(), page: 1, size: ROWS_A_PAGE, sort: "name".to_owned() };
        assert_eq!(read(""), plain);
        let listing = read("q=%E8%AF%BE%E5%A0%82+%26x&page=3&size=50&sort=-created");
        let long = "/cam/users?filter=disabled&q=%E8%AF%BE%E5%A0%82%20%26x&sort=-created&size=50&page=3";
        assert_eq!(address(&with_tab("/cam/users", "filter", "disabled"), &listing), long);
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            kept::<UserOrder>(&listing, Some(("filter", "disabled"))),
            [pair("filter", "disabled"), pair("sort", "-created"), pair("size", "50")]
        );
        assert_eq!(
            (address(&with_tab("/apps", "kind", ""), &plain), kept::<UserOrder>(&plain, Some(("kind", "")))),
            ("/apps".to_owned(), vec![])
        );
        assert_eq!(read("page=x&size=7&sort=password"), plain);
        for search in ["R&D", "a+b", "%25", "a#b", "100%", "%41", "课堂"] {
            let listing = Listing { search: search.to_owned(), ..plain.clone() };
            let address = address("/apps", &listing);
            assert_eq!(read(address.strip_prefix("/apps?").unwrap()), listing, "{address}");
        }
    }
}
