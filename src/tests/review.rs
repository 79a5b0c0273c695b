//! The review of a draft and the save from it: what was reviewed is saved and nothing else, with scripts and without.

use crate::kit::{Answer, Browser, TestConsole};
use crate::policies::{allowing, create, sub_account};
use crate::users::conflict;
use axum::http::StatusCode;
use trtc_console::domain::access_pages::{PolicyReview, PolicyView, Reviewed};
use trtc_console::domain::confirmation::Confirmation;
use trtc_console::domain::fault::Fault;
use trtc_console::domain::ids::PolicyId;
use trtc_console::domain::policies::Policy;

async fn keep(who: &mut Browser, id: PolicyId, document: &str) {
    let id = id.to_string();
    let kept = who.call("drafts/keep", &[("id", &id), ("document", document), ("base", "1"), ("begun_from", "1")]).await;
    assert_eq!(kept.status, StatusCode::OK, "{}", kept.body);
}

async fn review(who: &mut Browser, id: PolicyId) -> Reviewed {
    who.read("policies/review", &[("id", &id.to_string())]).await.json::<PolicyReview>().reviewed.unwrap()
}

/// What the form of the review sends.
fn fields(id: PolicyId, reviewed: &Reviewed) -> Vec<(&'static str, String)> {
    let Reviewed { draft, stamp, .. } = reviewed;
    vec![("id", id.to_string()), ("draft", draft.kept_ms.to_string()), ("reviewed", stamp.clone()), ("set_default", "true".to_owned())]
}

async fn save(who: &mut Browser, fields: &[(&'static str, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    who.call("policies/save", &fields).await
}

async fn policy(who: &mut Browser, id: PolicyId) -> Policy {
    who.read("policies/view", &[("id", &id.to_string())]).await.json::<PolicyView>().policy
}

#[tokio::test]
async fn the_reviewed_draft_is_saved_byte_for_byte_and_is_a_draft_no_longer() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let id = create(&mut root, "target", &allowing(&["trtc:*"])).await;
    let odd = format!("\r\n\t{}\n\n", allowing(&["trtc:Describe*"]));
    keep(&mut root, id, &odd).await;
    let reviewed = review(&mut root, id).await;
    let saved = save(&mut root, &fields(id, &reviewed)).await;
    assert_eq!((saved.json::<i64>(), saved.location()), (2, format!("/cam/policies/{id}")));
    let policy = policy(&mut root, id).await;
    assert_eq!((policy.document.as_str(), policy.row.default_version), (odd.as_str(), 2));
    let again = save(&mut root, &fields(id, &reviewed)).await;
    assert!(conflict(&again, Fault::Overtaken).contains("The draft has changed"), "there is none any more: {}", again.body);
}

#[tokio::test]
async fn what_has_changed_since_the_review_is_not_saved() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let id = create(&mut root, "target", &allowing(&["trtc:*"])).await;
    let (mut ana, ..) = sub_account(&console, &mut root, "ana", &allowing(&["cam:*"])).await;
    keep(&mut ana, id, &allowing(&["trtc:Describe*"])).await;
    let first = review(&mut ana, id).await;
    console.clock.advance(1_000);
    keep(&mut ana, id, &allowing(&["cam:*"])).await;
    let late = save(&mut ana, &fields(id, &first)).await;
    assert!(conflict(&late, Fault::Overtaken).contains("The draft has changed"), "{}", late.body);

    let second = review(&mut ana, id).await;
    let user = crate::users::create(&mut root, "li", &[&id.to_string()]).await.uin;
    let late = save(&mut ana, &fields(id, &second)).await;
    assert!(conflict(&late, Fault::Overtaken).contains("has changed since the review"), "{}", late.body);
    assert_eq!(policy(&mut root, id).await.last_version, 1, "nothing was saved");
    let third = review(&mut ana, id).await;
    assert_eq!((second.impact.unwrap().reached, third.impact.as_ref().unwrap().people[0].uin), (0, user), "it is worked out again");
    crate::users::create(&mut root, "somebody-else", &[]).await;
    let saved = save(&mut ana, &fields(id, &third)).await;
    assert_eq!(saved.status, StatusCode::OK, "what it shows is still so: {}", saved.body);
}

#[tokio::test]
async fn the_save_from_the_review_asks_for_what_its_author_would_lose() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let (mut ana, _, id) = sub_account(&console, &mut root, "ana", &allowing(&["cam:*"])).await;
    keep(&mut ana, id, &allowing(&["cam:Get*", "cam:List*", "cam:CreatePolicyVersion", "cam:SetDefaultPolicyVersion"])).await;
    let reviewed = review(&mut ana, id).await;
    let concern = reviewed.concern.clone().unwrap();
    let mut fields = fields(id, &reviewed);
    let refused = save(&mut ana, &fields).await;
    assert_eq!(conflict(&refused, Fault::Unconfirmed), concern.en, "what the guard has said");
    let here = format!("/cam/policies/{id}/review");
    let plain: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = ana.post_from(&here, "/call/policies/save", &plain).await;
    assert!(page.status == StatusCode::CONFLICT && page.body.contains("name=\"confirmed\""), "{}", page.body);
    fields.push(("confirmed", Confirmation::value_of(&concern)));
    assert_eq!(save(&mut ana, &fields).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_version_that_was_saved_since_the_draft_was_begun_is_told_until_it_is_accepted() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let (mut ana, ..) = sub_account(&console, &mut root, "ana", &allowing(&["cam:*"])).await;
    let id = create(&mut root, "shared", &allowing(&["trtc:*"])).await;
    keep(&mut ana, id, &allowing(&["trtc:Describe*"])).await;
    let other = [("id", id.to_string()), ("document", allowing(&["cam:*"]))];
    assert_eq!(save(&mut root, &other).await.status, StatusCode::OK);
    let mut fields = fields(id, &review(&mut ana, id).await);
    let here = format!("/cam/policies/{id}/review");
    let plain: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    for _ in 0..2 {
        let page = ana.post_from(&here, "/call/policies/save", &plain).await;
        assert!(page.status == StatusCode::CONFLICT && page.body.contains("v2 was saved while you were editing"), "{}", page.body);
    }
    let concern = conflict(&save(&mut ana, &fields).await, Fault::Unconfirmed);
    fields.push(("confirmed", concern));
    assert_eq!(save(&mut ana, &fields).await.json::<i64>(), 3);
}

#[tokio::test]
async fn without_scripts_the_editor_leads_to_the_review_and_the_review_saves() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let id = create(&mut root, "target", &allowing(&["trtc:DescribeAppStatList"])).await;
    let li = crate::users::create(&mut root, "li", &[&id.to_string()]).await;
    let (edit, here, number) = (format!("/cam/policies/{id}/edit"), format!("/cam/policies/{id}/review"), id.to_string());
    let none = root.get(&here).await;
    assert!(none.status == StatusCode::OK && none.body.contains("There is no draft to review"), "{}", none.body);

    let wrong = allowing(&["trtc:NoSuchAction"]);
    let typed = [("id", number.as_str()), ("base", "1"), ("begun_from", "1"), ("document", &wrong), ("review", "true")];
    let onward = root.post_from(&edit, "/call/drafts/keep", &typed).await;
    assert_eq!((onward.status, onward.location()), (StatusCode::SEE_OTHER, here.clone()));
    let page = root.get(&here).await.body;
    assert!(page.contains("Fix 1 error to save") && page.contains("trtc:NoSuchAction"), "{page}");
    assert!(page.contains("aria-disabled=\"true\"") && !page.contains(" disabled"), "it stays focusable: {page}");
    let forced = fields(id, &review(&mut root, id).await);
    let forced: Vec<(&str, &str)> = forced.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(root.post_from(&here, "/call/policies/save", &forced).await.status, StatusCode::UNPROCESSABLE_ENTITY);

    console.clock.advance(1_000);
    keep(&mut root, id, &allowing(&["trtc:DescribeAppStatList", "trtc:DescribeTrtcStatistic", "cam:ListUsers"])).await;
    for (query, first) in [("", "Screen impact by person"), ("?by=page", "Screen impact by page")] {
        let page = root.get(&format!("{here}{query}")).await.body;
        assert!(page.contains(first) && page.contains("Usage statistics") && page.contains(&li.name), "{query}: {page}");
        assert!(page.contains("Newly allowed") && page.contains("Nothing stops the save of v2."), "{query}: {page}");
    }
    let reviewed = fields(id, &review(&mut root, id).await);
    let plain: Vec<(&str, &str)> = reviewed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    // Somebody gets the policy meanwhile.
    crate::users::create(&mut root, "bo", &[&number]).await;
    let page = root.post_from(&here, "/call/policies/save", &plain).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.body.contains("It has been worked out again") && page.body.contains(">bo<"), "{}", page.body);
    let reviewed = fields(id, &review(&mut root, id).await);
    let plain: Vec<(&str, &str)> = reviewed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert!(page.body.contains(&format!("name=\"reviewed\" value=\"{}\"", plain[2].1)), "the form is of the new review: {}", page.body);
    let saved = root.post_from(&here, "/call/policies/save", &plain).await;
    assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, format!("/cam/policies/{id}")));
}
