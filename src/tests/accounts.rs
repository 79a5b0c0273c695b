//! Setup, login, lockout, sessions and passwords, over HTTP and on both databases.

use crate::kit::{Answer, Browser, DATABASES, PASSWORD, ROOT, TestConsole};
use crate::people::{owner_of, statement, sub_account};
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
            assert!(page.body.contains(ROOT) && page.body.contains(&format!("value=\"{code}\"")), "what was typed is kept");
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
async fn the_device_remembers_the_root_account_of_a_sub_account() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let mut ana = sub_account(&console, &mut root, "ana", &[statement("allow", &["trtc:*"], &["*".to_owned()])]).await;
    let owner = owner_of(&mut root).await.to_string();
    let suggested = format!("value=\"{owner}\"");
    ana.post("/logout", &[]).await;
    let page = ana.get("/login").await.body;
    assert!(page.contains(&suggested), "{page}");
    assert!(!console.browser().get("/login").await.body.contains(&owner), "another device");
    let refused = ana.post("/login", &[("owner", ""), ("username", "x@acme.example"), ("password", "wrong")]).await;
    assert!(!refused.body.contains(&suggested), "what was emptied stays empty");
    ana.log_in("", ROOT, PASSWORD).await;
    assert_eq!(ana.cookie("owner"), None, "a root account leaves the field empty");
}

#[tokio::test]
async fn what_is_dear_has_a_share_a_minute() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    for _ in 0..60 {
        assert_eq!(root.get("/usage/export.csv").await.status, StatusCode::OK);
    }
    let refused = root.get("/usage/export.csv").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!((1..=60).contains(&refused.header("retry-after").parse::<i64>().unwrap()));
    for _ in 0..240 {
        assert_eq!(root.call("policies/check", &[("document", "{}")]).await.status, StatusCode::OK);
    }
    let refused = root.call("policies/check", &[("document", "{}")]).await;
    assert_eq!((refused.status, refused.header("retry-after").is_empty()), (StatusCode::TOO_MANY_REQUESTS, false));
    let refused = root.post("/call/policies/check", &[("document", "{}")]).await;
    assert_eq!((refused.status, refused.header("retry-after").is_empty()), (StatusCode::TOO_MANY_REQUESTS, false), "without scripts");
    console.clock.advance(60_000);
    assert_eq!(root.get("/usage/export.csv").await.status, StatusCode::OK);
}

#[tokio::test]
async fn another_spelling_of_the_root_account_is_no_further_guess() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        sub_account(&console, &mut root, "ana", &[statement("allow", &["trtc:*"], &["*".to_owned()])]).await;
        let owner = owner_of(&mut root).await.to_string();
        let guess = async |spelled: &str, password: &str| {
            let mut browser = console.browser();
            browser.address = [203, 0, 113, 9].into();
            browser.post("/login", &[("owner", spelled), ("username", "ana"), ("password", password)]).await.status
        };
        for spelled in [owner.clone(), format!("0{owner}"), format!("+{owner}"), format!("000{owner}"), format!(" {owner} ")] {
            assert_eq!(guess(&spelled, "wrong").await, StatusCode::UNAUTHORIZED);
        }
        for spelled in [owner.clone(), format!("0{owner}"), format!("+00{owner}")] {
            assert_eq!(guess(&spelled, PASSWORD).await, StatusCode::TOO_MANY_REQUESTS, "{spelled}");
        }
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
        console.clock.advance(15 * 60_000 + 1);
        assert_eq!(here.call("session/end", &[("id", &other.id)]).await.status, StatusCode::UNAUTHORIZED, "a recent proof is wanted");
        assert_eq!(here.call("session/prove", &[("password", PASSWORD)]).await.status, StatusCode::OK);
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

#[tokio::test]
async fn a_call_never_leads_to_where_the_request_came_from() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    for (call, status) in
        [("apps/list", StatusCode::OK), ("apps/view?id=1499999999", StatusCode::NOT_FOUND), ("apps/view", StatusCode::UNPROCESSABLE_ENTITY)]
    {
        let request =
            Request::get(format!("/call/{call}")).header(header::ACCEPT, "text/html").header(header::REFERER, "https://evil.example/x");
        let answer = root.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!((answer.status, answer.location().as_str()), (status, ""), "{call}");
    }
}

#[tokio::test]
async fn what_a_call_wants_is_told_only_to_who_is_signed_in_and_within_bounds() {
    let console = TestConsole::start().await;
    assert_eq!(console.browser().call("session/prove", &[]).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(console.browser().read("apps/view", &[]).await.status, StatusCode::UNAUTHORIZED);
    let mut root = console.root().await;
    let large = "x".repeat(300_000);
    assert_eq!(root.call("session/prove", &[("password", &large)]).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(root.post("/call/session/prove", &[("password", &large)]).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn what_anybody_sends_has_no_more_fields_than_a_form_of_ours() {
    let console = TestConsole::start().await;
    let fields = |first: (&'static str, &'static str), count: usize| {
        let mut fields = vec![("users[]", "1"); count];
        fields[0] = first;
        fields
    };
    for path in ["/login", "/preferences", "/call/groups/add-users"] {
        for (count, too_many) in [(100, false), (101, true), (15_000, true)] {
            // From the login page, since that is shown again to nobody in particular.
            let answer = console.browser().post_from("/login", path, &fields(("id", "1"), count)).await;
            assert_eq!(answer.status == StatusCode::PAYLOAD_TOO_LARGE, too_many, "{count} to {path}: {}", answer.status);
            assert!(answer.body.is_empty() || !too_many, "{count} to {path}: {} bytes come back", answer.body.len());
        }
    }
    for unknown in ["/call/groups/nothing", "/call/groups/list"] {
        let answer = console.browser().post_from("/login", unknown, &fields(("id", "1"), 15_000)).await;
        assert_eq!((answer.status, answer.body.len()), (StatusCode::NOT_FOUND, 0), "{unknown}");
    }
    let refused = console.browser().call("groups/add-users", &fields(("id", "1"), 101)).await;
    assert!(refused.status == StatusCode::UNAUTHORIZED && refused.body.len() < 100, "nothing comes back: {}", refused.body);
    let mut root = console.root().await;
    assert_eq!(root.post("/preferences", &fields(("lang", "en"), 101)).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    // A user group has up to a hundred users.
    assert_eq!(root.call("groups/add-users", &fields(("id", "1"), 101)).await.status, StatusCode::NOT_FOUND);
    let shown = root.post("/call/groups/add-users", &fields(("id", "1"), 101)).await;
    assert_eq!(shown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_cookie_that_nobody_has_writes_nothing() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let writing = console.somebody_writes().await;
        let ends = tokio::spawn(async move { root.post("/logout", &[]).await.location() });
        let made_up = Request::post("/logout").header(header::COOKIE, "trtc_session=made-up").body(Body::empty()).unwrap();
        let answer = console.browser().send(made_up).await;
        assert_eq!((answer.status, answer.location().as_str()), (StatusCode::SEE_OTHER, "/login"), "{database:?}: {}", answer.body);
        assert!(!ends.is_finished(), "{database:?}: a session is ended by writing, and nobody can");
        drop(writing);
        assert_eq!(ends.await.unwrap(), "/login", "{database:?}");
    }
}

#[tokio::test]
async fn a_name_with_control_characters_is_one_that_nobody_has() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        assert_eq!(try_login(&mut console.browser(), "a\0b", "wrong").await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn logging_out_ends_the_session_and_takes_the_cookie_back() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let mut stolen = root.clone();
    let out = root.post("/logout", &[]).await;
    assert_eq!((out.status, out.location().as_str()), (StatusCode::SEE_OTHER, "/login"));
    let cookie = out.header("set-cookie");
    assert!(cookie.starts_with("trtc_session=;") && cookie.contains("Max-Age=0") && cookie.contains("HttpOnly"), "{cookie}");
    assert_eq!(stolen.read("session", &[]).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(console.browser().post("/logout", &[]).await.location(), "/login", "nobody is logged out as well");
}

#[tokio::test]
async fn who_may_not_open_the_start_page_begins_where_it_may() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let owner = root.read("session", &[]).await.json::<Session>().uin.to_string();
    for (name, policy, home) in
        [("nobody", None, "/account"), ("people", Some(crate::users::CAM_READ), "/cam"), ("trtc", Some(crate::users::TRTC_READ), "/")]
    {
        let policies: Vec<&str> = policy.into_iter().collect();
        crate::users::create(&mut root, name, &policies).await;
        let mut browser = console.browser();
        let form = [("owner", owner.as_str()), ("username", name), ("password", PASSWORD)];
        assert_eq!(browser.post("/login", &form).await.location(), home);
        let page = browser.get(home).await;
        let product = page.body.split("<a ").find(|link| link.contains("class=\"product\"")).unwrap_or_default();
        assert!(page.status == StatusCode::OK && product.contains(&format!("href=\"{home}\"")), "{home}: {product}");
    }
}

#[tokio::test]
async fn without_scripts_a_form_waits_for_the_proof_of_the_password_with_all_that_was_typed() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    console.clock.advance(16 * 60_000);
    let typed = [("name", "ana"), ("remark", "typed with care"), ("password", PASSWORD), ("policies[]", crate::users::TRTC_READ)];
    let asked = root.post_from("/cam/users/new", "/call/users/create", &typed).await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    assert!(asked.body.contains("id=\"proof-title\"") && !asked.body.contains(PASSWORD), "{}", asked.body);
    let hidden = |body: &str, name: &str, value: &str| {
        body.split("<input ").any(|input| input.contains(&format!("name=\"{name}\"")) && input.contains(&format!("value=\"{value}\"")))
    };
    assert!(hidden(&asked.body, "waiting", "/call/users/create") && hidden(&asked.body, "waiting.remark", "typed with care"));
    let carried = [
        ("waiting", "/call/users/create"),
        ("waiting.name", "ana"),
        ("waiting.remark", "typed with care"),
        ("waiting.policies[]", crate::users::TRTC_READ),
    ];
    let prove = |password: &'static str| [&[("password", password)][..], &carried].concat();
    let wrong = root.post_from("/call/users/create", "/call/session/prove", &prove("wrong")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(hidden(&wrong.body, "waiting.remark", "typed with care"), "a wrong password loses nothing");
    let proven = root.post_from("/call/session/prove", "/call/session/prove", &prove(PASSWORD)).await;
    assert_eq!(proven.status, StatusCode::OK);
    assert!(proven.body.contains("Your password is confirmed.") && !proven.body.contains("id=\"proof-title\""));
    assert!(hidden(&proven.body, "remark", "typed with care") && hidden(&proven.body, "name", "ana"), "{}", proven.body);
    let made = root.post_from("/call/session/prove", "/call/users/create", &typed).await;
    assert_eq!(made.status, StatusCode::OK);
}
