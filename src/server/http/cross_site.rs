//! Files are made for who asks for them on a page of this console. Another site could lead a browser here that has somebody's session: the file
//! would be recorded as theirs, and cost them their rate.
//!
//! Forms are held back by the layer for them, which lets every `GET` through.

use super::cookies::preferences;
use crate::text::Text;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Middleware: 403 for a browser that another site has sent. What is no browser does not say where it was sent from.
pub async fn refuse(request: Request, next: Next) -> Response {
    if is_sent_by_another(request.headers()) {
        let why = Text::new(
            "This file was requested from another site. Open the page in the console and export it there.\n",
            "该文件由其他网站请求。请打开控制台的页面后再导出。\n",
        );
        return (StatusCode::FORBIDDEN, why.get(preferences(request.headers()).lang).to_owned()).into_response();
    }
    next.run(request).await
}

/// Whether a browser says that the way here began on another site, also on one of the same domain.
fn is_sent_by_another(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none")
}
