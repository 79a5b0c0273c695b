//! The cookies of the console: the session, which root account a device belongs to, language and theme.
//!
//! Cookies of others on the same host may hold any bytes; they must never hide ours.

use super::Web;
use crate::domain::ids::Uin;
use crate::domain::session::{Preferences, Theme};
use crate::text::Lang;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use cookie::{Cookie, SameSite};
use std::borrow::Cow;

/// The cookie of the session.
pub const SESSION: &str = "trtc_session";

/// The cookie that keeps the UIN of the root account of the sub-account that logged in last.
pub const OWNER: &str = "owner";

/// The name of one of our cookies as browsers keep it; over https the prefix binds it to this very host.
pub fn cookie_name(https: bool, name: &str) -> String {
    if https { format!("__Host-{name}") } else { name.to_owned() }
}

/// The value of a cookie. Cookies of others on the same host may hold any bytes; they are skipped one by one, so that ours is found among
/// them.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get_all(header::COOKIE).iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b';')).find_map(|pair| {
        let cookie = Cookie::parse(std::str::from_utf8(pair).ok()?).ok()?;
        (cookie.name() == name).then(|| cookie.value().to_owned())
    })
}

/// The value of a cookie that is no secret and means the same whether or not it came over https.
pub fn preference(headers: &HeaderMap, name: &str) -> Option<String> {
    cookie(headers, &cookie_name(true, name)).or_else(|| cookie(headers, name))
}

/// The cookie of a session.
pub fn session_of(web: &Web, token: String) -> Cookie<'static> {
    let https = web.config.is_https();
    Cookie::build((cookie_name(https, SESSION), token)).path("/").http_only(true).secure(https).same_site(SameSite::Lax).build()
}

pub fn lasting(web: &Web, name: &'static str, value: impl Into<Cow<'static, str>>) -> Cookie<'static> {
    let https = web.config.is_https();
    Cookie::build((cookie_name(https, name), value))
        .path("/")
        .secure(https)
        .same_site(SameSite::Lax)
        .max_age(cookie::time::Duration::days(365))
        .build()
}

/// The root account that sub-accounts on this device belong to, for the login page; forgotten when a root account logs in.
pub fn remembered(web: &Web, owner: Option<Uin>) -> Cookie<'static> {
    let mut cookie = lasting(web, OWNER, owner.map_or_else(String::new, |owner| owner.to_string()));
    if owner.is_none() {
        cookie.make_removal();
    }
    cookie
}

/// Puts a cookie into an answer.
pub fn set_cookie(response: &mut Response, cookie: Cookie<'static>) {
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// The root account that is remembered on the device, unless the cookie holds something else.
pub fn owner(headers: &HeaderMap) -> Option<Uin> {
    preference(headers, OWNER)?.parse().ok()
}

/// Language and theme before anything is known of the account: cookies, then what the browser prefers.
pub fn preferences(headers: &HeaderMap) -> Preferences {
    let accepted = || {
        let wanted = String::from_utf8_lossy(headers.get(header::ACCEPT_LANGUAGE)?.as_bytes());
        wanted.split(',').find_map(|tag| Lang::from_tag(tag.split(';').next()?))
    };
    Preferences {
        lang: preference(headers, "lang").and_then(|tag| Lang::from_tag(&tag)).or_else(accepted).unwrap_or_default(),
        theme: preference(headers, "theme").map_or(Theme::System, |tag| Theme::from_tag(&tag)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "theme=dark; trtc_session=abc; x=y".parse().unwrap());
        assert_eq!(cookie(&headers, "trtc_session").as_deref(), Some("abc"));
        assert_eq!(cookie(&headers, "session"), None);
    }

    #[test]
    fn a_foreign_cookie_of_any_bytes_hides_nothing() {
        let mut headers = HeaderMap::new();
        let line = b"last_user=\xE5\xBC\xA0\xE4\xB8\x89; trtc_session=abc; broken=\xE9; noname; lang=zh";
        headers.insert(header::COOKIE, HeaderValue::from_bytes(line).unwrap());
        assert_eq!(cookie(&headers, "trtc_session").as_deref(), Some("abc"));
        assert_eq!(cookie(&headers, "lang").as_deref(), Some("zh"));
        assert_eq!(cookie(&headers, "broken"), None);
    }

    #[test]
    fn the_language_follows_cookie_then_browser() {
        let mut headers = HeaderMap::new();
        assert_eq!(preferences(&headers).lang, Lang::En);
        headers.insert(header::ACCEPT_LANGUAGE, "fr;q=0.9, zh-CN;q=0.8, en".parse().unwrap());
        assert_eq!(preferences(&headers).lang, Lang::Zh);
        headers.insert(header::COOKIE, "lang=en; theme=dark".parse().unwrap());
        assert_eq!(preferences(&headers), Preferences { lang: Lang::En, theme: Theme::Dark });
    }
}
