//! The pages of policies, and their forms without scripts: who may open them, and that no text is lost.

use crate::kit::{DATABASES, TestConsole};
use crate::policies::{allowing, create, sub_account};
use axum::http::StatusCode;
use trtc_console::domain::session::Session;

#[tokio::test]
async fn pages_open_for_who_may_and_show_the_text_as_it_is() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let odd = "{\"version\":\"2.0\",\n \"statement\":{\"effect\":\"allow\",\"action\":\"trtc:*\",\"resource\":\"*\",\n \"condition\":{\"string_equal\":{\"qcs:tag/</textarea>\":\"&amp;\"}}}}";
    let id = create(&mut root, "odd", odd).await;
    let (mut nobody, _, _) = sub_account(&console, &mut root, "nobody", &allowing(&["trtc:*"])).await;
    let (mut reader, _, _) = sub_account(&console, &mut root, "reader", &allowing(&["cam:Get*", "cam:List*"])).await;
    let edit = format!("/cam/policies/{id}/edit");
    for (path, reads) in [
        ("/cam/policies".to_owned(), true),
        ("/cam/policies?kind=custom&q=odd".to_owned(), true),
        (format!("/cam/policies/{id}"), true),
        (format!("/cam/policies/{id}?tab=versions"), true),
        (format!("/cam/policies/{id}?tab=used"), true),
        ("/cam/policies/2".to_owned(), true),
        ("/cam/policies/new".to_owned(), false),
        ("/cam/policies/new?template=application".to_owned(), false),
        (edit.clone(), false),
    ] {
        assert_eq!(root.get(&path).await.status, StatusCode::OK, "{path}");
        assert_eq!(reader.get(&path).await.status, if reads { StatusCode::OK } else { StatusCode::FORBIDDEN }, "{path}");
        assert_eq!(nobody.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let page = root.get(&edit).await.body;
    let escaped = odd.replace('&', "&amp;").replace('<', "&lt;");
    assert!(page.contains(&format!(">{escaped}</textarea>")), "the field holds the text byte for byte");
    for path in ["/cam/policies/0", "/cam/policies/123456789", "/cam/policies/123456789/edit", "/cam/policies/x"] {
        assert_eq!(root.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_version_that_would_take_rights_asks_and_no_other_one() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let (mut ana, _, id) = sub_account(&console, &mut root, "ana", &allowing(&["cam:*"])).await;
    let id = id.to_string();
    for _ in 0..2 {
        let narrow = [("id", id.as_str()), ("document", &allowing(&["trtc:*"]))];
        assert_eq!(root.call("policies/save", &narrow).await.status, StatusCode::OK);
    }
    let fields = [("id", id.as_str()), ("version", "2"), ("dialog", "set-default-2")];
    let page = ana.post_from(&format!("/cam/policies/{id}?tab=versions"), "/call/policies/set-default", &fields).await;
    assert_eq!((page.status, page.body.matches("name=\"confirmed\"").count()), (StatusCode::CONFLICT, 1));
    let asking = page.body.split("<details").find(|dialog| dialog.contains("name=\"confirmed\"")).unwrap();
    assert!(asking.contains("id=\"set-default-2\"") && asking.split('>').next().unwrap().contains(" open"), "{asking}");
}

#[tokio::test]
async fn a_form_without_scripts_comes_back_with_the_text_and_every_finding() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let wrong = "{\"version\":\"2.0\",\"statement\":{\"effect\":\"permit\",\"action\":\"trtc:*\",\"resource\":\"*\"}}";
    let fields = [("name", "kept-name"), ("description", "kept words"), ("document", wrong)];
    let editor = "/cam/policies/new";
    for (call, status) in [("/call/policies/create", StatusCode::UNPROCESSABLE_ENTITY), ("/call/policies/check", StatusCode::OK)] {
        let page = root.post_from(editor, call, &fields).await;
        assert_eq!(page.status, status, "{call}");
        assert!(page.body.contains(&format!(">{wrong}</textarea>")), "{call}: the text is kept");
        assert!(page.body.contains("value=\"kept-name\"") && page.body.contains("value=\"kept words\""), "{call}: so is the rest");
        assert!(page.body.contains("EffectError"), "{call}: what is wrong is said");
    }
    let right = wrong.replace("permit", "allow");
    let page = root.post_from(editor, "/call/policies/create", &[("name", "kept-name"), ("document", &right)]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    assert!(page.location().starts_with("/cam/policies/"), "{}", page.location());
    assert_eq!(root.get(&page.location()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_condition_that_has_passed_is_said_from_that_moment_on() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let text = r#"{"version":"2.0","statement":{"effect":"allow","action":"trtc:*","resource":"*","condition":{"date_less_than":{"qcs:current_time":"2026-11-24T12:30:00Z"}}}}"#;
    let id = create(&mut root, "night-shift", text).await;
    let pages = [format!("/cam/policies/{id}"), format!("/cam/policies/{id}/edit")];
    for (minutes, passed) in [(0, false), (45, true)] {
        console.clock.advance(minutes * 60_000);
        for page in &pages {
            assert_eq!(
                root.get(page).await.body.contains("The statement no longer grants anything."),
                passed,
                "{page} after {minutes} min"
            );
        }
        let checked = root.call("policies/check", &[("document", text)]).await;
        assert_eq!(checked.body.contains("The statement no longer grants anything."), passed, "{}", checked.body);
        assert_eq!(root.read("session", &[]).await.json::<Session>().now_ms, console.clock.now_ms());
    }
}

#[tokio::test]
async fn the_very_next_page_leads_to_what_is_granted_by_then() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let (wide, narrow) = (allowing(&["cam:ListPolicies", "cam:ListUsers"]), allowing(&["cam:ListPolicies"]));
        let (mut ana, _, id) = sub_account(&console, &mut root, "ana", &wide).await;
        let id = id.to_string();
        let mut leads = async || ana.get("/account").await.body.contains("href=\"/cam/users\"");
        assert!(leads().await && leads().await, "once decided, once kept");
        for (document, granted) in [(&narrow, false), (&wide, true)] {
            let saved = root.call("policies/save", &[("id", &id), ("document", document), ("set_default", "true")]).await;
            assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);
            assert_eq!(leads().await, granted, "{database:?}");
        }
    }
}
