//! What clients and proxies really send: addresses, cookies and addresses of pages, byte by byte.
//!
//! What cannot be read must never open a door.

use crate::kit::{Answer, Browser, TestConsole};
use crate::people::{owner_of, sub_account};
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, header};
use trtc_console::domain::session::SessionRow;
use trtc_console::server::config::Flags;

/// A console behind a proxy on this machine, as the kit's browsers are.
async fn behind_a_proxy(trusted: &[&str]) -> TestConsole {
    let trusted = trusted.iter().map(|network| network.parse().unwrap()).collect();
    TestConsole::configured(Flags { trusted_proxies: Some(trusted), ..Flags::default() }).await.set_up().await
}

/// Reads a call through a proxy that sends this X-Forwarded-For.
async fn forwarded(browser: &mut Browser, call: &str, hops: &[u8]) -> Answer {
    let request = Request::get(format!("/call/{call}"))
        .header(header::ACCEPT, "application/json")
        .header("x-forwarded-for", HeaderValue::from_bytes(hops).unwrap());
    browser.send(request.body(Body::empty()).unwrap()).await
}

/// A statement on the list of applications under a condition.
fn under(effect: &str, condition: &str) -> String {
    format!(r#"{{"effect":"{effect}","action":"trtc:DescribeAppStatList","resource":"*","condition":{condition}}}"#)
}

const ALLOW: &str = r#"{"effect":"allow","action":"trtc:DescribeAppStatList","resource":"*"}"#;

#[tokio::test]
async fn a_policy_by_address_is_not_opened_by_what_an_outsider_writes_before_the_last_hop() {
    let console = behind_a_proxy(&["127.0.0.1/32"]).await;
    let mut root = console.root().await;
    let allow = under("allow", r#"{"ip_equal":{"qcs:ip":"127.0.0.1"}}"#);
    let deny = under("deny", r#"{"ip_equal":{"qcs:ip":"127.0.0.2"}}"#);
    let mut allowed = sub_account(&console, &mut root, "allowed", &[allow]).await;
    let mut denied = sub_account(&console, &mut root, "denied", &[ALLOW.to_owned(), deny]).await;
    for hops in [&b"\xE9, 127.0.0.2"[..], b"127.0.0.2", b"127.0.0.1, 127.0.0.2"] {
        assert_eq!(forwarded(&mut allowed, "apps/list", hops).await.status, StatusCode::FORBIDDEN, "{hops:?}");
        assert_eq!(forwarded(&mut denied, "apps/list", hops).await.status, StatusCode::FORBIDDEN, "{hops:?}");
    }
    assert_eq!(forwarded(&mut allowed, "apps/list", b"127.0.0.1").await.status, StatusCode::OK);
    assert_eq!(forwarded(&mut denied, "apps/list", b"127.0.0.3").await.status, StatusCode::OK);
}

#[tokio::test]
async fn ports_and_brackets_are_understood_and_an_unknown_address_opens_nothing() {
    let console = behind_a_proxy(&["127.0.0.0/8", "10.0.0.0/8"]).await;
    let mut root = console.root().await;
    let mut user = sub_account(&console, &mut root, "inside", &[under("allow", r#"{"ip_equal":{"qcs:ip":"127.0.0.0/8"}}"#)]).await;
    for hops in ["203.0.113.9:51234", "[2001:db8::1]:443", "203.0.113.9:17085, 10.0.0.6", "unknown"] {
        assert_eq!(forwarded(&mut user, "apps/list", hops.as_bytes()).await.status, StatusCode::FORBIDDEN, "{hops}");
    }
    assert_eq!(forwarded(&mut user, "apps/list", b"127.0.0.9:80").await.status, StatusCode::OK);
}

#[tokio::test]
async fn without_an_address_whoever_has_policies_by_address_is_allowed_nothing() {
    let console = behind_a_proxy(&["127.0.0.1/32"]).await;
    let mut root = console.root().await;
    // Each would let an unknown address through by the letter: an absent key does not fire a deny, and satisfies `if_exist` and `null`.
    let by_address = [
        ("deny", r#"{"ip_equal":{"qcs:ip":"127.0.0.2"}}"#),
        ("deny", r#"{"ip_not_equal":{"qcs:ip":"10.0.0.0/8"}}"#),
        ("allow", r#"{"ip_equal_if_exist":{"qcs:ip":"10.0.0.0/8"}}"#),
        ("allow", r#"{"null_equal":{"qcs:ip":"true"}}"#),
    ];
    for (number, (effect, condition)) in by_address.into_iter().enumerate() {
        let statements: Vec<String> = (effect == "deny").then(|| ALLOW.to_owned()).into_iter().chain([under(effect, condition)]).collect();
        let mut user = sub_account(&console, &mut root, &format!("user{number}"), &statements).await;
        let refused = forwarded(&mut user, "apps/list", b"unknown").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{condition}: {}", refused.body);
        assert!(refused.body.contains("\"address_missed\":true"), "the refusal says why: {}", refused.body);
    }
    let mut user = sub_account(&console, &mut root, "anywhere", &[ALLOW.to_owned()]).await;
    assert_eq!(forwarded(&mut user, "apps/list", b"unknown").await.status, StatusCode::OK, "policies without addresses hold anywhere");
    assert_eq!(forwarded(&mut root, "apps/list", b"unknown").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_login_from_an_unknown_address_is_listed_as_such() {
    let console = behind_a_proxy(&["127.0.0.1/32"]).await;
    let mut root = console.root().await;
    let owner = owner_of(&mut root).await;
    sub_account(&console, &mut root, "ana", &[ALLOW.to_owned()]).await;
    let mut ana = console.browser();
    let body = format!("owner={owner}&username=ana&password={}", crate::kit::PASSWORD);
    let request = Request::post("/login")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("x-forwarded-for", HeaderValue::from_bytes(b"\xE9").unwrap());
    assert_eq!(ana.send(request.body(Body::from(body)).unwrap()).await.status, StatusCode::SEE_OTHER);
    let sessions: Vec<SessionRow> = ana.read("session/list", &[]).await.json();
    let own = sessions.iter().find(|session| session.current).unwrap();
    assert_eq!(own.address, "");
    assert!(ana.get("/account").await.body.contains("<code>unknown"));
}

/// What a listening console answers to bytes on a connection of its own, until it closes it.
async fn on_the_wire(console: TestConsole, sent: &[u8]) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let mut stream = tokio::net::TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(console.console.serve(listener, async move { drop(stopped.await) }));
    stream.write_all(sent).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_connection_is_one_answer_at_a_time() {
    let answer = on_the_wire(TestConsole::empty().await, b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    // The preface of HTTP/2, and its settings: whoever may open streams may ask for hundreds of answers and take none.
    let answer = on_the_wire(TestConsole::empty().await, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
}

#[tokio::test]
async fn foreign_cookies_of_any_bytes_do_not_lock_anybody_out() {
    let console = TestConsole::start().await;
    let session = console.root().await.cookie("trtc_session").unwrap();
    let line = [b"last_user=\xE5\xBC\xA0\xE4\xB8\x89; x=\xE9; trtc_session=".as_slice(), session.as_bytes()].concat();
    let request = Request::get("/call/apps/list")
        .header(header::ACCEPT, "application/json")
        .header(header::COOKIE, HeaderValue::from_bytes(&line).unwrap());
    assert_eq!(console.browser().send(request.body(Body::empty()).unwrap()).await.status, StatusCode::OK);
}

/// Every address of a search that a decoding too many would change.
const ADDRESSES: [&str; 6] = [
    "/cam/users?q=R%26D",
    "/cam/users?q=a%2Bb",
    "/cam/users?q=%2525",
    "/apps?q=a%23b",
    "/cam/users?q=100%25",
    "/apps?q=%E8%AF%BE%E5%A0%82",
];

#[tokio::test]
async fn login_leads_to_the_very_address_that_was_asked_for() {
    let console = TestConsole::start().await;
    for address in ADDRESSES {
        let mut browser = console.browser();
        let asked = browser.get(address).await.location();
        let page = browser.get(&asked).await.body;
        let next = page
            .split(r#"action="/login""#)
            .nth(1)
            .and_then(|form| form.split(r#"name="next""#).nth(1))
            .and_then(|rest| rest.split(r#"value=""#).nth(1))
            .unwrap();
        let next = next.split('"').next().unwrap().replace("&amp;", "&");
        assert_eq!(next, address);
        let fields = [("username", crate::kit::ROOT), ("password", crate::kit::PASSWORD), ("next", next.as_str())];
        assert_eq!(browser.post("/login", &fields).await.location(), address);
    }
    let fields = [("username", crate::kit::ROOT), ("password", crate::kit::PASSWORD), ("next", "/apps?q=课堂")];
    assert_eq!(console.browser().post("/login", &fields).await.location(), "/apps?q=%E8%AF%BE%E5%A0%82");
}

#[tokio::test]
async fn the_search_box_holds_what_was_searched_for() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    for (address, value) in ADDRESSES.iter().zip(["R&amp;D", "a+b", "%25", "a#b", "100%", "课堂"]) {
        let page = root.get(address).await.body;
        assert!(page.contains(&format!(r#"name="q" value="{value}""#)), "{address} should show {value}");
    }
}

#[tokio::test]
async fn paths_that_lead_elsewhere_and_forms_that_are_no_text_are_refused() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    for path in ["/pkg/../healthz", "/pkg/%2e%2e/healthz", "/./apps", "/pkg/..%2fhealthz"] {
        assert_eq!(root.get(path).await.status, StatusCode::BAD_REQUEST, "{path}");
    }
    for path in ["/pkg/nothing.js", "/pkg/manifest.json", "/pkg/a/b"] {
        let answer = root.get(path).await;
        assert_eq!((answer.status, answer.header("cache-control").as_str()), (StatusCode::NOT_FOUND, "no-store"), "{path}");
    }
    for (path, body) in [("/call/groups/create", "name=%FF"), ("/login", "username=%E9&password=x"), ("/preferences", "lang=%FF")] {
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").header(header::ACCEPT, "text/html");
        assert_eq!(root.send(request.body(Body::from(body)).unwrap()).await.status, StatusCode::BAD_REQUEST, "{path}");
    }
}

#[tokio::test]
async fn a_document_asks_for_the_code_of_its_page_and_for_none_where_it_needs_none() {
    let site = tempfile::tempdir().unwrap();
    let pkg = site.path().join("pkg");
    std::fs::create_dir(&pkg).unwrap();
    for name in ["a.css", "a.js", "frame.wasm", "copy.js", "overview.wasm", "account.wasm", "shared.wasm"] {
        std::fs::write(pkg.join(name), "x").unwrap();
    }
    let manifest = r#"{"css":"/pkg/a.css","js":"/pkg/a.js","wasm":"/pkg/frame.wasm","icon":"","modules":{"copy":"/pkg/copy.js"},
        "chunks":{"overview":["/pkg/overview.wasm","/pkg/shared.wasm"],"account":["/pkg/account.wasm","/pkg/shared.wasm"]}}"#;
    std::fs::write(pkg.join("manifest.json"), manifest).unwrap();
    let console = TestConsole::configured(Flags { site_dir: Some(site.path().to_owned()), ..Flags::default() }).await;
    let scripts = |page: &Answer| {
        let name = |line: &str| line.split(['"', '\'']).next().unwrap().to_owned();
        let all: std::collections::BTreeSet<String> =
            page.body.split("/pkg/").skip(1).map(name).filter(|name| !name.ends_with(".css")).collect();
        all.into_iter().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(scripts(&console.browser().get("/setup").await), "");
    let console = console.set_up().await;
    assert_eq!(scripts(&console.browser().get("/login").await), "");

    let mut root = console.root().await;
    assert_eq!(scripts(&root.get("/").await), "a.js copy.js frame.wasm overview.wasm shared.wasm");
    assert_eq!(scripts(&root.get("/account").await), "a.js account.wasm copy.js frame.wasm shared.wasm");
    assert_eq!(scripts(&root.get("/password").await), "");
    assert_eq!(scripts(&root.get("/nowhere").await), "copy.js");
    let mut stranger = sub_account(&console, &mut root, "stranger", &[ALLOW.to_owned()]).await;
    let refused = stranger.get("/cam/users").await;
    assert_eq!((refused.status, scripts(&refused).as_str()), (StatusCode::FORBIDDEN, "copy.js"));
}

#[tokio::test]
async fn a_console_with_a_public_url_answers_under_no_other_name() {
    let console = TestConsole::configured(Flags { public_url: Some("https://console.example.com".to_owned()), ..Flags::default() }).await;
    let ask = async |path: &str, host: Option<&str>| {
        let mut request = Request::get(path);
        if let Some(host) = host {
            request = request.header(header::HOST, host);
        }
        console.browser().send(request.body(Body::empty()).unwrap()).await
    };
    let refused = ask("/login", Some("evil.example")).await;
    assert_eq!(refused.status, StatusCode::MISDIRECTED_REQUEST);
    assert!(!refused.body.contains("evil.example") && refused.body.contains("https://console.example.com"), "{}", refused.body);
    assert_eq!(ask("/login", None).await.status, StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(ask("/healthz", Some("10.0.0.7:8700")).await.status, StatusCode::OK);
    let sent = Request::post("/callbacks/trtc").header(header::HOST, "evil.example").body(Body::empty()).unwrap();
    let refused = console.browser().send(sent).await;
    assert_eq!(refused.status, StatusCode::MISDIRECTED_REQUEST);
    assert!(!refused.body.contains("evil.example") && refused.body.contains("https://console.example.com"), "{}", refused.body);
    let page = ask("/login", Some("Console.example.com:443")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("strict-transport-security"), "max-age=31536000; includeSubDomains");
}

#[tokio::test]
async fn over_https_every_cookie_is_bound_to_the_host_and_logout_clears_what_is_kept() {
    let console =
        TestConsole::configured(Flags { public_url: Some("https://console.test".to_owned()), ..Flags::default() }).await.set_up().await;
    let mut browser = console.browser();
    let login = browser.post("/login", &[("username", crate::kit::ROOT), ("password", crate::kit::PASSWORD)]).await;
    let preferred = browser.post("/preferences", &[("lang", "zh-CN"), ("theme", "dark")]).await;
    let refused = browser.post_from("/cam/groups", "/call/groups/create", &[("name", "no blanks")]).await;
    let mut names = Vec::new();
    for answer in [&login, &preferred, &refused] {
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.starts_with("__Host-") && cookie.contains("; Secure") && cookie.contains("; Path=/"), "{cookie}");
            assert!(!cookie.contains("Domain"), "{cookie}");
            names.extend(cookie.split('=').next().map(str::to_owned));
        }
    }
    for name in ["trtc_session", "lang", "theme", "form_page"] {
        assert!(names.contains(&format!("__Host-{name}")), "{names:?}");
    }
    let again = browser.post_from("/call/groups/create", "/call/groups/create", &[("name", "still no")]).await;
    assert!(again.body.contains("lang=\"zh-CN\"") && again.body.contains("still no"), "the cookies are read again under these names");
    let gone = browser.post("/logout", &[]).await;
    assert_eq!(gone.header("clear-site-data"), "\"cache\", \"storage\"");
}

#[tokio::test]
async fn operators_see_how_each_worker_is() {
    let console = TestConsole::start().await;
    let plain = console.browser().get("/healthz").await;
    assert_eq!((plain.status, plain.body.as_str()), (StatusCode::OK, "ok\n"));
    let said = console.browser().get("/healthz?verbose").await;
    assert_eq!(said.status, StatusCode::OK);
    let lines: Vec<&str> = said.body.lines().map(|line| line.split(':').next().unwrap()).collect();
    let workers =
        ["attachments", "attempt-records", "audit-retention", "decisions", "intake", "purge", "rollups", "rollups-rooms", "sweep"]
            .map(|name| format!("[+]worker {name}"));
    assert_eq!((lines[0], &lines[1..]), ("[+]database", &workers.each_ref().map(String::as_str)[..]), "{}", said.body);
    assert!(said.body.contains("worker intake: no success yet"), "{}", said.body);
    // Strangers are not told, whichever way they come.
    for header in ["x-forwarded-for", "forwarded", "via", "x-real-ip", "x-forwarded-proto"] {
        let request = Request::get("/healthz?verbose").header(header, "203.0.113.9").body(Body::empty()).unwrap();
        assert_eq!(console.browser().send(request).await.body, "ok\n", "{header}: through a proxy on this machine");
    }
    let mut elsewhere = console.browser();
    elsewhere.address = [203, 0, 113, 9].into();
    assert_eq!(elsewhere.get("/healthz?verbose").await.body, "ok\n");
}

#[tokio::test]
async fn the_summary_of_a_form_names_its_wrong_fields_and_leads_to_them() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let long = "x".repeat(301);
    let fields = [("name", "not a name"), ("description", long.as_str()), ("keys[]", "qcloud"), ("dialog", "create-app")];
    let page = root.post_from("/apps", "/call/apps/create", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for (field, label) in [("name", "Name: "), ("description", "Description: "), ("keys[]", "Tags: ")] {
        let link = page.body.split("form-errors").nth(1).unwrap().split("</ul>").next().unwrap();
        let id = link
            .split(&format!("\" rel=\"external\">{label}"))
            .next()
            .and_then(|before| before.rsplit("href=\"#").next())
            .unwrap_or_default();
        assert!(id.ends_with(field) && page.body.contains(&format!("id=\"{id}\"")), "{label} leads to {id:?} in {link}");
    }
}
