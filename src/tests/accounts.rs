//! Setup, login, lockout, sessions and passwords, over HTTP and on both databases.

use crate::kit::{Answer, Browser, DATABASES, PASSWORD, ROOT, TestConsole};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use trtc_console::domain::session::{Session, SessionRow};

async fn try_login(browser: &mut Browser, name: &str, password: &str) -> Answer {
    browser.post("/login", &[("username", name), ("password", password)]).await
}

#[tokio::test]
async fn setup_opens_once_and_only_with_the_code() {
    for database in DATABASES {
        let console = TestConsole::empty_on(database).await;
        let code = console.console.gate.offer_setup().await.unwrap().unwrap();
        let mut browser = console.browser();
        assert_eq!(browser.get("/").await.location(), "/setup");
        assert_eq!(browser.get("/login").await.location(), "/setup");
        let form = |code: &str, password: &'static str| {
            vec![("code", code.to_owned()), ("email", ROOT.to_owned()), ("password", password.to_owned()), ("repeat", password.to_owned())]
        };
        for (code, password) in [("WRONG", PASSWORD), (code.as_str(), "short")] {
            let form = form(code, password);
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let page = browser.post("/setup", &form).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.body.contains(ROOT), "what was typed is kept");
            assert!(!page.body.contains(PASSWORD), "but no password");
        }
        let form = form(&code, PASSWORD);
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(browser.post("/setup", &form).await.status, StatusCode::SEE_OTHER);
        assert_eq!(browser.get("/setup").await.location(), "/login");
        assert_eq!(browser.post("/setup", &form).await.location(), "/login", "a second use creates nothing");
        assert_eq!(console.console.gate.offer_setup().await.unwrap(), None);
        browser.log_in("", ROOT, PASSWORD).await;
        assert_eq!(browser.get("/").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_refused_login_tells_nothing() {
    let console = TestConsole::start().await;
    let mut bodies = Vec::new();
    for (name, password) in [(ROOT, "wrong"), ("nobody@acme.example", "wrong"), ("", "")] {
        let page = try_login(&mut console.browser(), name, password).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert_eq!(page.header("set-cookie"), "");
        // What was typed and the nonces differ; nothing else may.
        let nonce = page.header("content-security-policy").split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        bodies.push(page.body.replace(&nonce, "").replace(&format!("value=\"{name}\""), "value=\"\"").replace(name, ""));
    }
    assert_eq!(bodies[0], bodies[1]);
}

#[tokio::test]
async fn failed_logins_lock_the_account_for_a_while_even_for_the_right_password() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        for _ in 0..5 {
            assert_eq!(try_login(&mut console.browser(), ROOT, "wrong").await.status, StatusCode::UNAUTHORIZED);
        }
        assert_eq!(try_login(&mut console.browser(), ROOT, PASSWORD).await.status, StatusCode::UNAUTHORIZED);
        console.clock.advance(31_000);
        assert_eq!(try_login(&mut console.browser(), ROOT, PASSWORD).await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn an_address_that_keeps_guessing_waits() {
    let console = TestConsole::start().await;
    for guess in 0..30 {
        try_login(&mut console.browser(), &format!("guess{guess}@acme.example"), "wrong").await;
    }
    let page = try_login(&mut console.browser(), "other@acme.example", "wrong").await;
    assert_eq!((page.status, page.header("retry-after").as_str()), (StatusCode::TOO_MANY_REQUESTS, "30"));
}

#[tokio::test]
async fn the_session_cookie_is_kept_from_scripts_and_other_sites() {
    let console = TestConsole::start().await;
    let cookie = try_login(&mut console.browser(), ROOT, PASSWORD).await.header("set-cookie");
    assert!(cookie.starts_with("trtc_session=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_led_to_login_and_back() {
    let console = TestConsole::start().await;
    let mut browser = console.browser();
    for path in ["/usage?app=1400000001", "/cam/users", "/no/such/page"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}");
        assert!(page.location().starts_with("/login?next=/"), "{}", page.location());
    }
    let form = [("username", ROOT), ("password", PASSWORD), ("next", "/usage?app=1400000001")];
    assert_eq!(browser.post("/login", &form).await.location(), "/usage?app=1400000001");
    let form = [("username", ROOT), ("password", PASSWORD), ("next", "//evil.example/")];
    assert_eq!(console.browser().post("/login", &form).await.location(), "/");
}

#[tokio::test]
async fn sessions_end_by_logout_by_idleness_by_age_and_by_hand() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut browser = console.root().await;
        assert!(browser.read("session", &[]).await.json::<Session>().is_root);
        let mut stolen = browser.clone();
        assert_eq!(browser.post("/logout", &[]).await.location(), "/login");
        assert_eq!(stolen.read("session", &[]).await.status, StatusCode::UNAUTHORIZED, "the token itself is void");

        let mut idle = console.root().await;
        console.clock.advance(2 * 3_600_000 + 1);
        assert_eq!(idle.read("session", &[]).await.status, StatusCode::UNAUTHORIZED);

        let mut busy = console.root().await;
        for _ in 0..12 {
            console.clock.advance(3_599_999);
            assert_eq!(busy.read("session", &[]).await.status, StatusCode::OK);
        }
        console.clock.advance(3_599_999);
        assert_eq!(busy.read("session", &[]).await.status, StatusCode::UNAUTHORIZED, "no session is older than its absolute limit");

        let (mut here, mut there) = (console.root().await, console.root().await);
        let rows: Vec<SessionRow> = here.read("session/list", &[]).await.json();
        let other = rows.iter().find(|row| !row.current).unwrap();
        assert_eq!(here.call("session/end", &[("id", &other.id)]).await.status, StatusCode::OK);
        assert_eq!(here.call("session/end", &[("id", &other.id)]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(here.read("session", &[]).await.status, StatusCode::OK);
        assert_eq!(there.read("session", &[]).await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn changing_the_password_ends_the_other_sessions() {
    let console = TestConsole::start().await;
    let (mut here, mut there) = (console.root().await, console.root().await);
    let change = |current, new| [("current", current), ("new", new), ("repeat", new)];
    assert_eq!(here.post("/password", &change("wrong", "Another-horse-2")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(here.post("/password", &change(PASSWORD, "weak")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(here.post("/password", &change(PASSWORD, "Another-horse-2")).await.status, StatusCode::SEE_OTHER);
    assert_eq!(here.read("session", &[]).await.status, StatusCode::OK);
    assert_eq!(there.read("session", &[]).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(try_login(&mut console.browser(), ROOT, PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    console.browser().log_in("", ROOT, "Another-horse-2").await;
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let console = TestConsole::start().await;
    let mut browser = console.root().await;
    let foreign = Request::post("/logout")
        .header(header::HOST, "console.test")
        .header(header::ORIGIN, "https://evil.example")
        .header("sec-fetch-site", "cross-site")
        .body(Body::empty())
        .unwrap();
    assert_eq!(browser.send(foreign).await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.read("session", &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn language_and_theme_are_kept() {
    let console = TestConsole::start().await;
    let mut browser = console.root().await;
    let answer = browser.post("/preferences", &[("lang", "zh-CN"), ("theme", "dark"), ("next", "/account")]).await;
    assert_eq!((answer.status, answer.location().as_str()), (StatusCode::SEE_OTHER, "/account"));
    let page = browser.get("/account").await.body;
    assert!(page.contains("lang=\"zh-CN\"") && page.contains("data-theme=\"dark\""));
    let mut elsewhere = console.root().await;
    let page = elsewhere.get("/account").await.body;
    assert!(page.contains("lang=\"zh-CN\"") && page.contains("data-theme=\"dark\""), "login brings them along");
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let console = TestConsole::start().await;
    for path in ["/login", "/healthz", "/", "/pkg/nothing.js", "/call/nothing"] {
        let answer = console.browser().get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_ne!(answer.header("x-request-id"), "", "{path}");
    }
    assert_eq!(console.browser().get("/healthz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_plain_form_that_was_refused_can_be_sent_again_and_again() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let page = root.post_from("/cam/groups", "/call/groups/create", &[("name", "no blanks"), ("remark", "kept")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    // The browser now stands at the address of the call.
    let page = root.post_from("/call/groups/create", "/call/groups/create", &[("name", "still no"), ("remark", "kept")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("kept"), "{}", page.body);
    let missing = root.call("session/prove", &[]).await;
    assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY, "a field that is missing is the form's fault: {}", missing.body);
}
