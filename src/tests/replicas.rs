//! Several servers on one database: what one changes counts on the others with the very next request.
//!
//! Nothing may be told from server to server but through the database.

use crate::kit::{Browser, DATABASES, PASSWORD, ROOT, TestConsole};
use crate::users::{TRTC_READ, create};
use axum::http::StatusCode;
use trtc_console::domain::session::SessionRow;

#[tokio::test]
async fn two_servers_in_setup_make_one_root_account() {
    for database in DATABASES {
        let console = TestConsole::empty_on(database).await;
        let replica = console.replica().await;
        let codes = [console.console.gate.offer_setup().await.unwrap().unwrap(), replica.gate.offer_setup().await.unwrap().unwrap()];
        let form = |email: &str, code: &str| {
            [("code", code), ("email", email), ("password", PASSWORD), ("repeat", PASSWORD)].map(|(name, value)| (name, value.to_owned()))
        };
        let (first, second) = (form(ROOT, &codes[0]), form("second@acme.example", &codes[1]));
        let (first, second) =
            (first.each_ref().map(|(name, value)| (*name, value.as_str())), second.each_ref().map(|(name, value)| (*name, value.as_str())));
        let (mut here, mut there) = (console.browser(), Browser::of(&replica));
        let answers = tokio::join!(here.post("/setup", &first), there.post("/setup", &second));
        assert_eq!((answers.0.location(), answers.1.location()), ("/login".to_owned(), "/login".to_owned()));
        assert_eq!(Browser::of(&replica).get("/setup").await.location(), "/login", "setup is over on every server");
        let mut logins = Vec::new();
        for email in [ROOT, "second@acme.example"] {
            logins.push(console.browser().post("/login", &[("username", email), ("password", PASSWORD)]).await.status);
        }
        logins.sort();
        assert_eq!(logins, [StatusCode::SEE_OTHER, StatusCode::UNAUTHORIZED], "exactly one of the two");
        replica.close().await;
    }
}

#[tokio::test]
async fn what_is_taken_away_on_one_server_is_gone_on_the_other() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let replica = console.replica().await;
        let mut root = console.root().await;
        let made = create(&mut root, "ana", &[TRTC_READ]).await;
        let uin = made.uin.to_string();
        let mut ana = Browser::of(&replica);
        ana.log_in(&made.owner_uin.to_string(), "ana", PASSWORD).await;
        // Asked twice, so that the other server has compiled the policies and keeps them.
        for _ in 0..2 {
            assert_eq!(ana.get("/apps").await.status, StatusCode::OK);
        }
        assert_eq!(root.call("users/detach", &[("uin", &uin), ("policy", TRTC_READ)]).await.status, StatusCode::OK);
        assert_eq!(ana.get("/apps").await.status, StatusCode::FORBIDDEN);
        assert_eq!(root.call("users/attach", &[("uin", &uin), ("policies[]", TRTC_READ)]).await.status, StatusCode::OK);
        assert_eq!(ana.get("/apps").await.status, StatusCode::OK);

        let app = crate::people::application(&mut root, "new_here", &[]).await;
        assert_eq!(ana.get(&format!("/apps/{app}")).await.status, StatusCode::OK, "what is new is known as well");
        assert_eq!(root.call("users/disable", &[("uin", &uin), ("disabled", "true")]).await.status, StatusCode::OK);
        assert!(ana.get("/apps").await.location().starts_with("/login"));

        let mut elsewhere = Browser::of(&replica);
        elsewhere.log_in("", ROOT, PASSWORD).await;
        let sessions: Vec<SessionRow> = root.read("session/list", &[]).await.json();
        for session in sessions.iter().filter(|session| !session.current) {
            assert_eq!(root.call("session/end", &[("id", &session.id)]).await.status, StatusCode::OK);
        }
        assert_eq!(elsewhere.read("session", &[]).await.status, StatusCode::UNAUTHORIZED);
        replica.close().await;
    }
}
