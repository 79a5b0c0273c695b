//! What people write about things, and what they search for: the same on every database, and no text that one of them cannot hold.

use crate::kit::{Browser, DATABASES, TestConsole};
use crate::people::{application, owner_of};
use crate::policies::allowing;
use crate::users::wrong_fields;
use axum::http::StatusCode;
use trtc_console::domain::groups::GroupRow;
use trtc_console::domain::paging::Page;
use trtc_console::domain::policies::PolicyRow;

/// What must never reach a database: PostgreSQL has no text with a NUL in it.
const NUL: &str = "a\0b";

#[tokio::test]
async fn control_characters_are_refused_or_found_nowhere() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let id = application(&mut root, "app", &[]).await.to_string();
        let uin = crate::users::create(&mut root, "ana", &[]).await.uin.to_string();
        let group = crate::groups::create(&mut root, "crew").await;
        let document = allowing(&["trtc:*"]);
        let policy = crate::policies::create(&mut root, "own", &document).await.to_string();
        for (call, fields, field) in [
            ("apps/create", vec![("name", "more"), ("description", NUL)], "description"),
            ("apps/edit", vec![("id", id.as_str()), ("name", "app"), ("description", NUL)], "description"),
            ("policies/create", vec![("name", "more"), ("description", NUL), ("document", document.as_str())], "description"),
            ("policies/create", vec![("name", "more"), ("document", "{\"version\":\"2.0\0\"}")], "document"),
            ("policies/describe", vec![("id", policy.as_str()), ("name", "own"), ("description", "\u{1b}[2J")], "description"),
            ("users/create", vec![("name", "bo"), ("remark", NUL)], "remark"),
            ("users/edit", vec![("uin", uin.as_str()), ("remark", NUL)], "remark"),
            ("users/edit", vec![("uin", uin.as_str()), ("email", "a\0@b.example")], "email"),
            ("groups/create", vec![("name", "more"), ("remark", NUL)], "remark"),
            ("groups/edit", vec![("id", group.as_str()), ("name", "crew"), ("remark", NUL)], "remark"),
            ("apps/tags", vec![("id", id.as_str()), ("keys[]", NUL), ("values[]", "")], "keys[]"),
        ] {
            assert_eq!(wrong_fields(&root.call(call, &fields).await).first().map(String::as_str), Some(field), "{database:?} {call}");
        }
        let lines = [("id", id.as_str()), ("name", "app"), ("description", "one\r\ntwo")];
        assert_eq!(root.call("apps/edit", &lines).await.status, StatusCode::OK, "a description may have lines");
        let unknown_tag = [("id", id.as_str()), ("old_keys[]", NUL), ("keys[]", "")];
        assert_eq!(root.call("apps/tags", &unknown_tag).await.status, StatusCode::OK, "{database:?}: no such tag, nothing to do");
        for call in ["users/list", "groups/list", "policies/list"] {
            let answer = root.read(call, &[("search", NUL)]).await;
            assert_eq!(
                (answer.status, answer.json::<serde_json::Value>()["total"].as_i64()),
                (StatusCode::OK, Some(0)),
                "{database:?} {call}"
            );
        }
        assert_eq!(root.read("apps/list", &[("search", NUL)]).await.status, StatusCode::OK);
        let owner = owner_of(&mut root).await.to_string();
        for owner in [owner.as_str(), ""] {
            let form = [("owner", owner), ("username", NUL), ("password", "x")];
            assert_eq!(console.browser().post("/login", &form).await.status, StatusCode::UNAUTHORIZED, "{database:?} below {owner:?}");
        }
        for session in [NUL, "x y", "%", ""] {
            assert_eq!(root.call("session/end", &[("id", session)]).await.status, StatusCode::NOT_FOUND, "{database:?} {session:?}");
        }
    }
}

async fn found(root: &mut Browser, call: &str, search: &str) -> i64 {
    root.read(call, &[("search", search)]).await.json::<serde_json::Value>()["total"].as_i64().unwrap()
}

#[tokio::test]
async fn case_does_not_count_in_any_script_on_any_database() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let words = "ÄRGER Über 客服 Ночь";
        let document = allowing(&["trtc:*"]);
        for (call, fields) in [
            ("users/create", vec![("name", "ana"), ("remark", words)]),
            ("groups/create", vec![("name", "crew"), ("remark", words)]),
            ("policies/create", vec![("name", "own"), ("description", words), ("document", document.as_str())]),
        ] {
            assert_eq!(root.call(call, &fields).await.status, StatusCode::OK, "{call}");
        }
        for call in ["users/list", "groups/list", "policies/list"] {
            for (search, count) in [("ärger", 1), ("ÄRGER", 1), ("ü", 1), ("ночь", 1), ("НОЧЬ", 1), ("客服", 1), ("arger", 0), ("_rger", 0)]
            {
                assert_eq!(found(&mut root, call, search).await, count, "{database:?} {call} {search}");
            }
        }
    }
}

#[tokio::test]
async fn a_page_beyond_the_end_is_the_last_one() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    for number in 0..21 {
        crate::groups::create(&mut root, &format!("group{number:02}")).await;
    }
    for (page, first, rows) in [("2", "group20", 1), ("99", "group20", 1), ("0", "group00", 20)] {
        let list: Page<GroupRow> = root.read("groups/list", &[("page", page)]).await.json();
        assert_eq!((list.total, list.rows.len(), list.rows[0].name.as_str()), (21, rows, first), "page {page}");
    }
    let all: Page<PolicyRow> = root.read("policies/list", &[("page", "99")]).await.json();
    assert!(!all.rows.is_empty());
}
