//! The fields of a form, read exactly or not at all.
//!
//! Bytes that are no text must never become other text: a name with them would be stored as nobody wrote it.

use crate::domain::session::Preferences;
use crate::text::Text;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode;
use std::str::Utf8Error;

/// Fields of a form that anybody may send; it comes back with all of them.
pub(super) const MAX_FIELDS: usize = 100;

/// The fields of a form in their order.
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// The value of a field, empty when it was not sent.
    pub fn get(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// The value of a field, if it was sent.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

/// Reads `application/x-www-form-urlencoded`, in a body or in a query.
///
/// # Errors
/// When a name or a value is not UTF-8.
pub fn read(form: &[u8]) -> Result<Vec<(String, String)>, Utf8Error> {
    let decoded = |part: &[u8]| {
        let spaced: Vec<u8> = part.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
        percent_decode(&spaced).decode_utf8().map(std::borrow::Cow::into_owned)
    };
    let pairs = form.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
                Some(at) => (pair.get(..at).unwrap_or_default(), pair.get(at + 1..).unwrap_or_default()),
                None => (pair, &[][..]),
            };
            Ok((decoded(name)?, decoded(value)?))
        })
        .collect()
}

/// The answer to a form that is not UTF-8.
pub fn not_text(preferences: Preferences) -> Response {
    let words = Text::new(
        "The form contains characters that cannot be read. Send it as UTF-8.\n",
        "表单包含无法识别的字符，请使用 UTF-8 编码提交。\n",
    );
    (StatusCode::BAD_REQUEST, words.get(preferences.lang).to_owned()).into_response()
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let preferences = super::cookies::preferences(request.headers());
        let kind = request.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_ascii_lowercase());
        if !kind.is_some_and(|kind| kind.starts_with(b"application/x-www-form-urlencoded")) {
            return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response());
        }
        let body = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        if body.iter().filter(|byte| **byte == b'&').count() >= MAX_FIELDS {
            return Err(StatusCode::PAYLOAD_TOO_LARGE.into_response());
        }
        read(&body).map(Self).map_err(|_| not_text(preferences))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_exactly_or_not_at_all() {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let read_all = read(b"a=1+2&b=%2B%26&&c&%E8%AF%BE=%25").unwrap();
        assert_eq!(read_all, [field("a", "1 2"), field("b", "+&"), field("c", ""), field("课", "%")]);
        for wrong in [&b"a=%FF"[..], b"a=\xE9", b"%C3=x"] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }
}
