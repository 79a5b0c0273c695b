//! Drafts of policies over HTTP: kept for their author alone, bounded, gone with what they are about, and no text that is typed is lost.

use crate::kit::{Answer, Browser, DATABASES, PASSWORD, TestConsole};
use crate::people::owner_of;
use crate::policies::{allowing, create, sub_account};
use axum::http::StatusCode;
use trtc_console::catalog::limits::{MAX_DRAFTS_PER_ACCOUNT, MAX_POLICY_BODY_BYTES};
use trtc_console::domain::drafts::PolicyDraft;
use trtc_console::domain::ids::PolicyId;

const HALF: &str = "{ \"version\": \"2.0\",\n  \"statement\": [ // half done";

async fn keep(who: &mut Browser, policy: PolicyId, document: &str, more: &[(&str, &str)]) -> Answer {
    let id = policy.to_string();
    who.call("drafts/keep", &[&[("id", id.as_str()), ("document", document)], more].concat()).await
}

async fn read(who: &mut Browser, policy: PolicyId) -> Option<PolicyDraft> {
    let answer = who.read("drafts/read", &[("id", &policy.to_string())]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json()
}

async fn count(console: &TestConsole) -> String {
    console.sql_text("SELECT CAST(COUNT(*) AS TEXT) FROM policy_drafts").await
}

#[tokio::test]
async fn a_draft_is_kept_as_typed_and_read_by_its_author_alone() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let id = create(&mut root, "shared", &allowing(&["trtc:*"])).await;
        let (mut ana, ..) = sub_account(&console, &mut root, "ana", &allowing(&["cam:*"])).await;
        assert_eq!(read(&mut ana, id).await, None);
        let kept = keep(&mut ana, id, HALF, &[("base", "1"), ("begun_from", "1"), ("name", "not of a policy that is there")]).await;
        assert_eq!((kept.status, kept.json::<i64>()), (StatusCode::OK, console.clock.now_ms()), "{}", kept.body);
        let draft = read(&mut ana, id).await.unwrap();
        assert_eq!((draft.document.as_str(), draft.base, draft.begun_from, draft.name.as_str()), (HALF, 1, 1, ""));
        assert_eq!(draft.kept_ms, console.clock.now_ms());

        assert_eq!(read(&mut root, id).await, None, "not even the root account");
        assert_eq!(keep(&mut root, id, "of root", &[]).await.status, StatusCode::OK);
        assert_eq!(read(&mut ana, id).await.unwrap().document, HALF, "{database:?}: each has one of its own");
        let mut stranger = console.other_root().await;
        assert_eq!(keep(&mut stranger, id, HALF, &[]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(stranger.read("drafts/read", &[("id", &id.to_string())]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(count(&console).await, "2");

        console.clock.advance(60_000);
        assert_eq!(keep(&mut ana, id, "{}", &[]).await.json::<i64>(), draft.kept_ms + 60_000);
        assert_eq!(read(&mut ana, id).await.unwrap().document, "{}", "the later one takes its place");
        assert_eq!(ana.call("drafts/discard", &[("id", &id.to_string())]).await.status, StatusCode::OK);
        assert_eq!((read(&mut ana, id).await, read(&mut root, id).await.unwrap().document.as_str()), (None, "of root"));
    }
}

#[tokio::test]
async fn a_draft_of_a_new_policy_has_its_name_and_goes_when_it_is_created() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let fields = [("document", HALF), ("name", "to be"), ("description", "半成品")];
    assert_eq!(root.call("drafts/keep", &fields).await.status, StatusCode::OK);
    let draft: Option<PolicyDraft> = root.read("drafts/read", &[]).await.json();
    let draft = draft.unwrap();
    assert_eq!((draft.document.as_str(), draft.name.as_str(), draft.description.as_str()), (HALF, "to be", "半成品"));
    let page = root.get("/cam/policies/new?template=operation").await.body;
    assert!(page.contains("value=\"to be\"") && page.contains(&format!(">{HALF}</textarea>")), "it goes before a template: {page}");
    create(&mut root, "is-there", &allowing(&["trtc:*"])).await;
    assert_eq!(root.read("drafts/read", &[]).await.json::<Option<PolicyDraft>>(), None);
}

#[tokio::test]
async fn a_draft_goes_when_it_is_saved_and_with_its_policy_and_its_author() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let [one, two] = [create(&mut root, "one", &allowing(&["trtc:*"])).await, create(&mut root, "two", &allowing(&["trtc:*"])).await];
        let (mut ana, uin, _) = sub_account(&console, &mut root, "ana", &allowing(&["cam:*"])).await;
        for policy in [one, two] {
            for who in [&mut root, &mut ana] {
                assert_eq!(keep(who, policy, HALF, &[]).await.status, StatusCode::OK);
            }
        }
        let wrong = root.call("policies/save", &[("id", &one.to_string()), ("document", HALF)]).await;
        assert_eq!((wrong.status, count(&console).await.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "4"), "nothing was saved");
        let saved = root.call("policies/save", &[("id", &one.to_string()), ("document", &allowing(&["cam:*"]))]).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);
        assert_eq!((read(&mut root, one).await, read(&mut ana, one).await.is_some()), (None, true), "that of somebody else stays");
        let deleted = root.call("policies/delete", &[("id", &two.to_string())]).await;
        assert_eq!((deleted.status, count(&console).await.as_str()), (StatusCode::OK, "1"), "{}", deleted.body);
        for (call, confirm) in [("users/disable", ""), ("users/delete", "ana")] {
            let answer = root.call(call, &[("uin", &uin.to_string()), ("disabled", "true"), ("confirm", confirm)]).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        }
        assert_eq!(count(&console).await, "0", "{database:?}");
    }
}

#[tokio::test]
async fn drafts_are_bounded_and_the_latest_stay() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let huge = keep(&mut root, PolicyId(1), HALF, &[]).await;
    assert_eq!(huge.status, StatusCode::CONFLICT, "a preset policy has no drafts: {}", huge.body);
    let first = create(&mut root, "first", &allowing(&["trtc:*"])).await;
    let too_long = keep(&mut root, first, &" ".repeat(MAX_POLICY_BODY_BYTES + 1), &[]).await;
    assert_eq!(too_long.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", too_long.body);
    for number in 0..=MAX_DRAFTS_PER_ACCOUNT {
        let id = if number == 0 { first } else { create(&mut root, &format!("more-{number}"), &allowing(&["trtc:*"])).await };
        console.clock.advance(1_000);
        assert_eq!(keep(&mut root, id, &format!("{number}"), &[]).await.status, StatusCode::OK);
    }
    assert_eq!((count(&console).await, read(&mut root, first).await), (MAX_DRAFTS_PER_ACCOUNT.to_string(), None));
    let limited = async |root: &mut Browser| keep(root, first, HALF, &[]).await.status == StatusCode::TOO_MANY_REQUESTS;
    let mut tries = 0;
    while !limited(&mut root).await {
        tries += 1;
        assert!(tries < 200, "one account may keep a draft only so often in a minute");
    }
}

#[tokio::test]
async fn the_editor_begins_with_the_draft_and_says_when_the_default_version_has_changed_since() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let id = create(&mut root, "edited", &allowing(&["trtc:*"])).await;
    let (mut ana, ..) = sub_account(&console, &mut root, "ana", &allowing(&["cam:*"])).await;
    let edit = format!("/cam/policies/{id}/edit");
    keep(&mut ana, id, HALF, &[("base", "1"), ("begun_from", "1")]).await;
    let page = ana.get(&edit).await.body;
    assert!(page.contains(&format!(">{HALF}</textarea>")) && page.contains("This is your draft of"), "{page}");
    assert!(page.contains("Discard draft") && !page.contains("has changed since"), "{page}");
    assert!(!root.get(&edit).await.body.contains("half done"), "nobody else's editor");
    let saved = [("id", id.to_string()), ("document", allowing(&["cam:*"])), ("set_default", "true".to_owned())];
    let saved: Vec<(&str, &str)> = saved.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(root.call("policies/save", &saved).await.status, StatusCode::OK);
    let page = ana.get(&edit).await.body;
    assert!(page.contains("you began with v1, now it is v2."), "{page}");
    assert!(page.contains(r#"name="base" value="1""#), "what was saved meanwhile has not been seen: {page}");
    let discarded = ana.post_from(&edit, "/call/drafts/discard", &[("id", &id.to_string())]).await;
    assert_eq!((discarded.status, discarded.location()), (StatusCode::SEE_OTHER, edit.clone()));
    let page = ana.get(&edit).await.body;
    assert!(!page.contains("half done") && page.contains(r#"name="base" value="2""#), "{page}");
}

#[tokio::test]
async fn without_scripts_a_draft_is_kept_by_its_button_and_a_session_that_ended_loses_nothing() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let id = create(&mut root, "plain", &allowing(&["trtc:*"])).await;
    let (mut ana, ..) = sub_account(&console, &mut root, "ana", &allowing(&["cam:*"])).await;
    let (edit, number) = (format!("/cam/policies/{id}/edit"), id.to_string());
    let fields = [("id", number.as_str()), ("base", "1"), ("begun_from", "1"), ("document", HALF), ("set_default", "true")];
    let page = ana.post_from(&edit, "/call/drafts/keep", &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Draft saved") && page.body.contains(&format!(">{HALF}</textarea>")), "{}", page.body);
    ana.post("/logout", &[]).await;
    let gone = ana.get(&edit).await;
    assert_eq!((gone.status, gone.location()), (StatusCode::SEE_OTHER, format!("/login?next={edit}")));
    let owner = owner_of(&mut root).await.to_string();
    let login = [("owner", owner.as_str()), ("username", "ana"), ("password", PASSWORD), ("next", &edit)];
    assert_eq!(ana.post("/login", &login).await.location(), edit);
    assert!(ana.get(&edit).await.body.contains("half done"));
    let long = " ".repeat(MAX_POLICY_BODY_BYTES + 1);
    let fields = [("id", number.as_str()), ("document", long.as_str())];
    let page = ana.post_from(&edit, "/call/drafts/keep", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains(&long), "what could not be kept comes back");
}
