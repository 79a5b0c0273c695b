//! Addresses that carry the state of a view: one query parameter changed, the others kept.
//!
//! It must never lead off the site: it only rewrites the query of the address it is given.

/// `here` (a path with an optional query) with the parameter `name` set to `value`, or without it. Other parameters keep their order.
#[must_use]
pub fn with_param(here: &str, name: &str, value: Option<&str>) -> String {
    let here = here.split('#').next().unwrap_or_default();
    let (path, query) = here.split_once('?').unwrap_or((here, ""));
    let name = encoded(name);
    let mut kept: Vec<String> =
        query.split('&').filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(name.as_str())).map(ToOwned::to_owned).collect();
    if let Some(value) = value {
        kept.push(format!("{name}={}", encoded(value)));
    }
    if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
}

/// A text as it may stand inside a query: everything but the unreserved characters of RFC 3986 percent-encoded.
#[must_use]
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for half in [byte >> 4, byte & 15] {
                out.push(char::from_digit(u32::from(half), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::with_param;

    #[test]
    fn one_parameter_changes_and_the_others_stay() {
        assert_eq!(with_param("/apps", "page", Some("2")), "/apps?page=2");
        assert_eq!(with_param("/apps?q=a&page=2", "page", Some("3")), "/apps?q=a&page=3");
        assert_eq!(with_param("/apps?page=2&q=a#top", "page", None), "/apps?q=a");
        assert_eq!(with_param("/apps?page=2", "page", None), "/apps");
        assert_eq!(with_param("/apps", "q", Some("课堂 &x")), "/apps?q=%E8%AF%BE%E5%A0%82%20%26x");
    }
}
