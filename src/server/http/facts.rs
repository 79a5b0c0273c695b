//! Who sends a request, as far as the connection and the headers tell: address, session, request id. And the log line of each request.
//!
//! Nothing here is believed that a client can make up: X-Forwarded-For counts only from trusted proxies. Headers are read as bytes, and what
//! cannot be read is unknown; it must never become a value that somebody trusts.

use super::Web;
use super::cookies::{SESSION, cookie, cookie_name, session_of, set_cookie};
use crate::server::gate::{AGENT_CHARS, RequestFacts};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;
use tracing::Instrument as _;

/// Middleware: puts [`RequestFacts`] into the request, logs it once it is answered, and names it in the answer.
pub async fn identify(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let request_id = uuid::Uuid::new_v4().to_string();
    let facts = RequestFacts {
        renewed: Arc::default(),
        token: cookie(request.headers(), &cookie_name(web.config.is_https(), SESSION)),
        address: address(&web, &request),
        agent: agent(request.headers()),
        request_id: request_id.clone(),
        origin: origin(request.headers(), web.config.public_url.as_deref()),
    };
    let renewed = facts.renewed.clone();
    request.extensions_mut().insert(facts);
    let method = request.method().clone();
    // Paths of pages and calls hold ids, never names; the query may hold what somebody searched for, so it is left out.
    let path =
        request.extensions().get::<MatchedPath>().map_or_else(|| request.uri().path().to_owned(), |matched| matched.as_str().to_owned());
    let span = tracing::info_span!("request", %request_id);
    let begun = Instant::now();
    let mut response = next.run(request).instrument(span).await;
    let (status, millis) = (response.status().as_u16(), begun.elapsed().as_millis());
    tracing::debug!(%request_id, %method, path, status, millis, "answered");
    if let Some(token) = renewed.get() {
        set_cookie(&mut response, session_of(&web, token.clone()));
    }
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

/// The address of the client of a request, as far as it is known.
pub fn address(web: &Web, request: &Request) -> Option<IpAddr> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>()?.0.ip();
    client_address(peer, request.headers(), &web.config.trusted_proxies)
}

/// What the browser says of itself.
fn agent(headers: &HeaderMap) -> String {
    let said = headers.get(header::USER_AGENT).map(|value| String::from_utf8_lossy(value.as_bytes())).unwrap_or_default();
    said.chars().filter(|c| !c.is_control()).take(AGENT_CHARS).collect()
}

/// Where people reach the console: the public URL, else the host this request was sent to, which only its sender gets to see.
fn origin(headers: &HeaderMap, public_url: Option<&str>) -> String {
    let host = || headers.get(header::HOST).map_or_else(|| "localhost".into(), |host| String::from_utf8_lossy(host.as_bytes()));
    public_url.map_or_else(|| format!("http://{}", host()), ToOwned::to_owned)
}

/// The address of the client: the peer, or behind trusted proxies the last hop of X-Forwarded-For that is not one of them. Each proxy adds
/// what it sees at the end, so the hops are read from there, and what an outsider wrote before them is never reached. A hop of a trusted
/// proxy that is no address makes the client unknown: to take the proxy for the client would be a lie in favour of whoever is let in by it.
fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[ipnet::IpNet]) -> Option<IpAddr> {
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address));
    let lines: Vec<&[u8]> = headers.get_all("x-forwarded-for").iter().map(HeaderValue::as_bytes).collect();
    let mut address = peer.to_canonical();
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b',')) {
        if !is_trusted(address) {
            break;
        }
        address = hop_address(hop)?;
    }
    Some(address)
}

/// One hop: an address, with a port or without, of IPv6 in brackets or without.
fn hop_address(hop: &[u8]) -> Option<IpAddr> {
    let hop = std::str::from_utf8(hop.trim_ascii()).ok()?;
    let bare = || hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop).parse().ok();
    let with_port = || hop.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    with_port().or_else(bare).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The address, or `unknown`.
    fn address(peer: &str, forwarded: &[&[u8]], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_bytes(line).unwrap());
        }
        let trusted: Vec<_> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        client_address(peer.parse().unwrap(), &headers, &trusted).map_or_else(|| "unknown".to_owned(), |address| address.to_string())
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(address("203.0.113.9", &[b"10.0.0.1"], &[]), "203.0.113.9");
        assert_eq!(address("127.0.0.1", &[b"203.0.113.9"], &["127.0.0.0/8"]), "203.0.113.9");
        assert_eq!(address("127.0.0.1", &[b"6.6.6.6, 203.0.113.9"], &["127.0.0.0/8"]), "203.0.113.9", "a made-up first hop is not reached");
        assert_eq!(address("127.0.0.1", &[b"203.0.113.9, 10.1.1.1"], &["127.0.0.0/8", "10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(address("127.0.0.1", &[b"6.6.6.6", b"203.0.113.9"], &["127.0.0.0/8"]), "203.0.113.9", "the last line is the nearest");
        assert_eq!(address("127.0.0.1", &[], &["127.0.0.0/8"]), "127.0.0.1", "the proxy itself asks");
        assert_eq!(address("::ffff:203.0.113.9", &[], &[]), "203.0.113.9");
    }

    #[test]
    fn what_stands_before_the_last_hop_does_not_matter() {
        assert_eq!(address("127.0.0.1", &[b"\xE9, 127.0.0.2"], &["127.0.0.1/32"]), "127.0.0.2");
        assert_eq!(address("127.0.0.1", &[b"\xE9", b"127.0.0.2"], &["127.0.0.1/32"]), "127.0.0.2");
        assert_eq!(address("127.0.0.1", &[b"unknown,,127.0.0.2"], &["127.0.0.1/32"]), "127.0.0.2");
    }

    #[test]
    fn hops_with_ports_and_brackets_are_understood() {
        let trusted = ["127.0.0.0/8", "10.0.0.0/8"];
        assert_eq!(address("127.0.0.1", &[b"203.0.113.9:51234"], &trusted), "203.0.113.9");
        assert_eq!(address("127.0.0.1", &[b"[2001:db8::1]:443"], &trusted), "2001:db8::1");
        assert_eq!(address("127.0.0.1", &[b"[2001:db8::1]"], &trusted), "2001:db8::1");
        assert_eq!(address("127.0.0.1", &[b"203.0.113.9:17085, 10.0.0.6"], &trusted), "203.0.113.9");
        assert_eq!(address("127.0.0.1", &[b"\t::ffff:203.0.113.9 "], &trusted), "203.0.113.9");
    }

    #[test]
    fn a_hop_that_cannot_be_read_is_nobody_and_never_the_proxy() {
        for hop in [&b"unknown"[..], b"", b"203.0.113.9,", b"\xE9", b"for=203.0.113.9", b"unix:", b"_hidden", b"203.0.113.9:x", b"[::1"] {
            assert_eq!(address("127.0.0.1", &[hop], &["127.0.0.0/8"]), "unknown", "{hop:?}");
        }
    }
}
