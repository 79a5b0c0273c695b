//! Who sends a request, as far as the connection and the headers tell: address, session cookie, request id. And the log line of each request.
//!
//! Nothing here is believed that a client can make up: X-Forwarded-For counts only from trusted proxies.

use super::Web;
use crate::server::gate::RequestFacts;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use cookie::Cookie;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;
use tracing::Instrument as _;

/// The name of the session cookie; over https the prefix binds it to this very host.
pub fn session_cookie(https: bool) -> &'static str {
    if https { "__Host-trtc_session" } else { "trtc_session" }
}

/// Middleware: puts [`RequestFacts`] into the request, logs it once it is answered, and names it in the answer.
pub async fn identify(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let request_id = uuid::Uuid::new_v4().to_string();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::from([0, 0, 0, 0]), |info| info.0.ip());
    let facts = RequestFacts {
        token: cookie(request.headers(), session_cookie(web.config.is_https())),
        address: client_address(peer, request.headers(), &web.config.trusted_proxies),
        request_id: request_id.clone(),
        origin: origin(request.headers(), web.config.public_url.as_deref()),
    };
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
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

/// Where people reach the console: the public URL, else the host this request was sent to, which only its sender gets to see.
fn origin(headers: &HeaderMap, public_url: Option<&str>) -> String {
    let host = || headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    public_url.map_or_else(|| format!("http://{}", host()), ToOwned::to_owned)
}

/// The value of a cookie.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok)
        .find(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned())
}

/// The address of the client: the peer, or behind trusted proxies the last address in X-Forwarded-For that is not one of them.
fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[ipnet::IpNet]) -> IpAddr {
    let fold = |address: IpAddr| address.to_canonical();
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address));
    let mut address = fold(peer);
    let named: Vec<&str> =
        headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).collect();
    for hop in named.iter().rev() {
        if !is_trusted(address) {
            break;
        }
        match hop.trim().parse() {
            Ok(named) => address = fold(named),
            Err(_) => break,
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(peer: &str, forwarded: &str, trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        let trusted: Vec<_> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        client_address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(address("203.0.113.9", "10.0.0.1", &[]), "203.0.113.9");
        assert_eq!(address("127.0.0.1", "203.0.113.9", &["127.0.0.0/8"]), "203.0.113.9");
        assert_eq!(address("127.0.0.1", "6.6.6.6, 203.0.113.9", &["127.0.0.0/8"]), "203.0.113.9", "a made-up first hop is not reached");
        assert_eq!(address("127.0.0.1", "203.0.113.9, 10.1.1.1", &["127.0.0.0/8", "10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(address("127.0.0.1", "rubbish", &["127.0.0.0/8"]), "127.0.0.1");
        assert_eq!(address("::ffff:203.0.113.9", "", &[]), "203.0.113.9");
    }

    #[test]
    fn the_session_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "theme=dark; trtc_session=abc; x=y".parse().unwrap());
        assert_eq!(cookie(&headers, "trtc_session").as_deref(), Some("abc"));
        assert_eq!(cookie(&headers, "session"), None);
    }
}
