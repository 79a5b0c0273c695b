//! How an application's events reach the console: the callback key and what an address may look like.
//!
//! The key itself must never be a field of what a page reads; it crosses the wire alone, to who may change it.

use super::ids::SdkAppId;
use crate::catalog::limits::{MAX_CALLBACK_KEY_CHARS, MAX_CALLBACK_URL_CHARS};
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Where TRTC posts events to, below the address of the console.
pub const INTAKE_PATH: &str = "/callbacks/trtc";

/// Callbacks for an SDKAppID that no application here has. Nothing of them is signed, so nothing is sure but that they came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unregistered {
    /// The number, as the sender gives it.
    pub id: SdkAppId,
    /// How many came.
    pub count: i64,
    /// When the first one came, epoch milliseconds.
    pub first_ms: i64,
    /// When the last one came, epoch milliseconds.
    pub last_ms: i64,
    /// Where the last one came from.
    pub last_address: String,
}

/// A key that signs callbacks: 1–32 letters and digits of ASCII. Source: events-and-usage.md.
///
/// # Errors
/// What would be right.
pub fn check_key(key: &str) -> Result<(), Text> {
    if (1..=MAX_CALLBACK_KEY_CHARS).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        Ok(())
    } else {
        Err(Text::made(
            format!("Use 1 to {MAX_CALLBACK_KEY_CHARS} letters and digits."),
            format!("请输入 1 至 {MAX_CALLBACK_KEY_CHARS} 个字母或数字。"),
        ))
    }
}

/// An address that receives callbacks: http or https, a host, at most 2083 characters. Source: console.md. Names and passwords in it are
/// refused, because everybody who may read the page could read them.
///
/// # Errors
/// What would be right.
pub fn check_url(url: &str) -> Result<(), Text> {
    if url.len() > MAX_CALLBACK_URL_CHARS {
        return Err(Text::made(
            format!("Use at most {MAX_CALLBACK_URL_CHARS} characters."),
            format!("最多 {MAX_CALLBACK_URL_CHARS} 个字符。"),
        ));
    }
    let lower = url.to_ascii_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    let authority = rest.map(|rest| rest.split(['/', '?']).next().unwrap_or_default());
    if authority.is_some_and(|authority| authority.contains('@')) {
        return Err(Text::new(
            "The address must not contain a user name or password: anyone who can open this page could read them.",
            "地址中不能包含用户名或密码，以免被可查看本页的人获知。",
        ));
    }
    let clean = url.bytes().all(|byte| byte.is_ascii_graphic()) && !url.contains(['"', '<', '>', '\\', '^', '`', '{', '|', '}', '#']);
    if clean && authority.is_some_and(is_host) {
        Ok(())
    } else {
        Err(Text::new("Enter an address such as https://example.com/callback.", "请填写回调地址，例如 https://example.com/callback。"))
    }
}

/// A warning about an address that TRTC is to call from the Internet: it cannot be reached, or is not encrypted. `None` where nothing speaks
/// against it. The address may be meant so, in a test or behind a relay, so it is told and not refused.
#[must_use]
pub fn callback_url_warning(url: &str) -> Option<Text> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => authority.split(':').next(),
    };
    if is_inside(&host.unwrap_or_default().to_ascii_lowercase()) {
        Some(Text::new(
            "TRTC cannot reach this address: it is valid only on one machine or in a private network.",
            "TRTC 无法访问该地址：该地址仅在本机或内网有效。",
        ))
    } else if scheme.eq_ignore_ascii_case("http") {
        Some(Text::new(
            "This address uses http, so what TRTC sends is not encrypted and can be read on the way.",
            "该地址未加密（http），TRTC 发送的内容可能在传输途中被读取。",
        ))
    } else {
        None
    }
}

/// Whether a host, in lower case, is there only for who is on the same machine or in the same network.
fn is_inside(host: &str) -> bool {
    match host.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => {
            let shared = matches!(address.octets(), [100, 64..=127, ..]);
            address.is_loopback() || address.is_private() || address.is_link_local() || address.is_unspecified() || shared
        }
        Ok(IpAddr::V6(address)) => {
            address.is_loopback() || address.is_unspecified() || address.is_unique_local() || address.is_unicast_link_local()
        }
        Err(_) => {
            let inside = [".localhost", ".local", ".internal", ".lan", ".home.arpa"];
            let host = host.trim_end_matches('.');
            !host.contains('.') || inside.iter().any(|ending| host.ends_with(ending))
        }
    }
}

/// `host`, `host:port` or `[ipv6]:port`.
fn is_host(authority: &str) -> bool {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, port)) => {
                if address.parse::<std::net::Ipv6Addr>().is_err() {
                    return false;
                }
                ("v6", port.strip_prefix(':').or(port.is_empty().then_some("80")))
            }
            None => return false,
        },
        None => authority.split_once(':').map_or((authority, Some("80")), |(host, port)| (host, Some(port))),
    };
    let label = |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    host.split('.').all(label) && port.is_some_and(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_letters_and_digits() {
        for (key, right) in
            [("123654", true), (&*"k".repeat(32), true), ("", false), (&*"k".repeat(33), false), ("a-b", false), ("密钥", false)]
        {
            assert_eq!(check_key(key).is_ok(), right, "{key}");
        }
    }

    #[test]
    fn an_address_that_trtc_does_not_reach_is_told_from_one_that_is_only_open_to_readers() {
        let told =
            |url: &str| callback_url_warning(url).map_or("", |text| if text.en.contains("cannot reach") { "inside" } else { "open" });
        for (url, what) in [
            ("http://127.0.0.1:8700/callbacks/trtc", "inside"),
            ("http://localhost:8700/x", "inside"),
            ("https://console", "inside"),
            ("https://10.1.2.3/x", "inside"),
            ("https://172.31.0.1", "inside"),
            ("https://192.168.0.7", "inside"),
            ("https://169.254.1.1", "inside"),
            ("https://100.64.0.1", "inside"),
            ("https://[::1]:8443/x", "inside"),
            ("https://[fd00::1]/", "inside"),
            ("https://[::ffff:10.0.0.1]/", "inside"),
            ("https://Media.Local/x", "inside"),
            ("HTTP://example.com/x", "open"),
            ("http://172.32.0.1", "open"),
            ("https://console.example.com/callbacks/trtc", ""),
            ("https://203.0.113.9", ""),
            ("https://[2001:db8::1]/", ""),
            ("", ""),
        ] {
            assert_eq!(told(url), what, "{url}");
        }
    }

    #[test]
    fn addresses_have_a_scheme_a_host_and_an_end() {
        let long = |chars: usize| format!("http://example.com/{}", "x".repeat(chars - 19));
        for right in [
            "http://example.com",
            "HTTPS://a.b-c.example:8443/x?y=%20",
            "http://127.0.0.1:1/",
            "https://[::1]:8080/a",
            "http://h/a:b@c",
            &long(2083),
        ] {
            assert_eq!(check_url(right), Ok(()), "{right}");
        }
        for wrong in [
            "",
            "example.com",
            "ftp://example.com",
            "http://",
            "http:///x",
            "http://a..b",
            "http://a b",
            "http://example.com/课",
            "http://example.com:0",
            "http://example.com:99999",
            "http://example.com:",
            "http://[::1",
            "http://[zz]/",
            "https://u:p@example.com/",
            "javascript:alert(1)",
            "http://a/\"x",
            &long(2084),
        ] {
            assert!(check_url(wrong).is_err(), "{wrong}");
        }
    }
}
