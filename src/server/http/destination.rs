//! Where a request is addressed to: which host, and which path. What cannot be meant for this console is refused before anybody looks further.
//!
//! The health check is asked under any name; nothing else is when a public URL is set.

use super::Web;
use super::cookies::preferences;
use crate::text::Text;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Middleware: 400 for paths that lead out of where they begin, 421 for another host than the public one.
pub async fn check(State(web): State<Web>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let refused = |status: StatusCode, why: Text| (status, why.get(preferences(request.headers()).lang).to_owned() + "\n").into_response();
    if has_dot_segments(path) {
        return refused(
            StatusCode::BAD_REQUEST,
            Text::new("The path must not contain the segments “.” or “..”.", "路径中不能包含「.」或「..」。"),
        );
    }
    if path != "/healthz"
        && let Some(public) = elsewhere(&web, &request)
    {
        let why = Text::made(format!("Open this console at {public}."), format!("请通过 {public} 访问本控制台。"));
        return refused(StatusCode::MISDIRECTED_REQUEST, why);
    }
    next.run(request).await
}

/// The public URL, when there is one and a request is addressed to another host.
pub fn elsewhere<'w>(web: &'w Web, request: &Request) -> Option<&'w str> {
    web.config.public_url.as_deref().filter(|public| !is_own_host(public, request.uri(), request.headers()))
}

/// Whether a part of the path is `.` or `..`, written plainly or encoded.
fn has_dot_segments(path: &str) -> bool {
    let plain = path.to_ascii_lowercase().replace("%2e", ".").replace("%2f", "/").replace("%5c", "/");
    plain.split(['/', '\\']).any(|part| part == "." || part == "..")
}

/// Whether a request names the host of the public URL. The port of the scheme may be left out.
fn is_own_host(public: &str, uri: &Uri, headers: &HeaderMap) -> bool {
    let (scheme, own) = public.split_once("://").unwrap_or(("http", public));
    let port: &[u8] = if scheme == "https" { b":443" } else { b":80" };
    let bare = |host: &[u8]| host.strip_suffix(port).unwrap_or(host).to_ascii_lowercase();
    let asked = uri.authority().map(|authority| authority.as_str().as_bytes());
    let asked = asked.or_else(|| headers.get(header::HOST).map(|host| host.as_bytes()));
    asked.is_some_and(|host| bare(host) == bare(own.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dot_segments_are_seen_however_they_are_written() {
        for path in ["/pkg/../x", "/pkg/%2e%2E/x", "/.", "/a/.%2e", "/pkg/..%2fx", "/pkg/..%5Cx", "/a/..\\b"] {
            assert!(has_dot_segments(path), "{path}");
        }
        for path in ["/", "/pkg/a.js", "/pkg/...", "/a..b/.c"] {
            assert!(!has_dot_segments(path), "{path}");
        }
    }

    #[test]
    fn only_the_public_host_is_the_own_one() {
        let own = |public: &str, host: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, axum::http::HeaderValue::from_bytes(host).unwrap());
            is_own_host(public, &Uri::from_static("/"), &headers)
        };
        for host in [&b"console.example.com"[..], b"Console.Example.com", b"console.example.com:443"] {
            assert!(own("https://console.example.com", host), "{host:?}");
        }
        for host in
            [&b"evil.example"[..], b"console.example.com:8443", b"console.example.com.evil.example", b"", b"console.example.com\xE9"]
        {
            assert!(!own("https://console.example.com", host), "{host:?}");
        }
        assert!(own("http://127.0.0.1:8700", b"127.0.0.1:8700"));
        assert!(!is_own_host("https://a", &Uri::from_static("/"), &HeaderMap::new()));
    }
}
