//! The record of decisions: what people really ask is counted by day and kept for 90 days, and the review of a draft decides it again.

use crate::kit::{Browser, DATABASES, TestConsole};
use crate::people::application;
use crate::policies::{allowing, sub_account};
use crate::users::CAM_READ;
use axum::http::StatusCode;
use trtc_console::domain::access_pages::{PolicyReview, PolicyView, Reviewed};
use trtc_console::domain::ids::{PolicyId, SdkAppId};
use trtc_console::domain::replay::ReplayChange;

const DAY_MS: i64 = 86_400_000;

async fn reviewed(root: &mut Browser, id: PolicyId, document: &str) -> Reviewed {
    let id = id.to_string();
    let kept = root.call("drafts/keep", &[("id", &id), ("document", document), ("base", "1"), ("begun_from", "1")]).await;
    assert_eq!(kept.status, StatusCode::OK, "{}", kept.body);
    root.read("policies/review", &[("id", &id)]).await.json::<PolicyReview>().reviewed.unwrap()
}

/// `name action application gained times`, one for each change.
fn lines(changes: &[ReplayChange]) -> Vec<String> {
    let app = |app: &Option<(SdkAppId, String)>| app.as_ref().map_or_else(|| "-".to_owned(), |(_, name)| name.clone());
    changes
        .iter()
        .map(|one| format!("{} {} {} {} {}", one.name, one.action, app(&one.app), if one.gained { "gained" } else { "lost" }, one.times))
        .collect()
}

#[tokio::test]
async fn a_draft_is_tried_on_what_people_really_did() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let live = application(&mut root, "live", &[]).await.to_string();
        let other = application(&mut root, "other", &[]).await.to_string();
        let (mut ana, _, id) =
            sub_account(&console, &mut root, "ana", &allowing(&["trtc:DescribeAppStatList", "trtc:DescribeSdkAppInfo"])).await;
        let (mut bo, ..) = sub_account(&console, &mut root, "bo", &allowing(&["trtc:*"])).await;
        console.console.record_decisions().await.unwrap();
        console.sql("DELETE FROM decisions").await;
        for _ in 0..3 {
            assert_eq!(ana.read("apps/view", &[("id", &live)]).await.status, StatusCode::OK);
        }
        assert_eq!(bo.read("apps/view", &[("id", &live)]).await.status, StatusCode::OK, "nobody of this policy");
        assert_eq!(ana.read("users/list", &[]).await.status, StatusCode::FORBIDDEN);
        // What nobody asked: a guess, the root account, and what a page is drawn by.
        assert_eq!(ana.read("apps/view", &[("id", "1499999999")]).await.status, StatusCode::NOT_FOUND);
        root.read("apps/view", &[("id", &other)]).await;
        ana.read("session", &[]).await;

        let draft =
            r#"{"version":"2.0","statement":[{"effect":"allow","action":["trtc:DescribeAppStatList","cam:ListUsers"],"resource":"*"}]}"#;
        let replay = reviewed(&mut root, id, draft).await.replay.unwrap();
        assert_eq!((replay.recorded, replay.differing, replay.more), (4, 4, 0));
        assert_eq!(lines(&replay.changes), ["ana trtc:DescribeSdkAppInfo live lost 3", "ana cam:ListUsers - gained 1"]);
        let same = reviewed(&mut root, id, &allowing(&["trtc:DescribeAppStatList", "trtc:DescribeSdk*"])).await.replay.unwrap();
        assert_eq!((same.recorded, same.differing, same.changes.len()), (4, 0, 0));

        let used: PolicyView = root.read("policies/view", &[("id", &id.to_string())]).await.json();
        assert_eq!(used.last_used.unwrap().day.unwrap().to_string(), "2026-11-24");
        let unused: PolicyView = root.read("policies/view", &[("id", CAM_READ)]).await.json();
        assert_eq!(unused.last_used.unwrap().day, None);

        // Another server adds to the same days, and a page counts as what it is.
        let replica = console.replica().await;
        let mut there = Browser::of(&replica);
        there.log_in(&root.caller(&console).await.uin().to_string(), "ana", crate::kit::PASSWORD).await;
        assert_eq!(there.read("apps/view", &[("id", &live)]).await.status, StatusCode::OK);
        replica.close().await;
        console.clock.advance(40 * DAY_MS);
        let mut root = console.root().await;
        let later = reviewed(&mut root, id, draft).await.replay.unwrap();
        assert_eq!(lines(&later.changes)[0], "ana trtc:DescribeSdkAppInfo live lost 4", "written at the end of the other server");
        assert_eq!(later.changes[0].last.to_string(), "2026-11-24");

        console.clock.advance(51 * DAY_MS);
        console.console.record_decisions().await.unwrap();
        assert_eq!(console.sql_text("SELECT CAST(COUNT(*) AS TEXT) FROM decisions").await, "0", "past 90 days");
    }
}

#[tokio::test]
async fn an_application_that_the_reviewer_may_not_list_is_not_spoken_of() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let live = application(&mut root, "live", &[]).await.to_string();
    let (mut ana, _, id) = sub_account(&console, &mut root, "ana", &allowing(&["trtc:*"])).await;
    let (mut desk, ..) = sub_account(&console, &mut root, "desk", &allowing(&["cam:*"])).await;
    let (mut reader, ..) = sub_account(&console, &mut root, "reader", &allowing(&["cam:Get*", "cam:CreatePolicyVersion"])).await;
    assert_eq!(ana.read("apps/view", &[("id", &live)]).await.status, StatusCode::OK);
    let draft = allowing(&["trtc:DescribeAppStatList"]);
    assert_eq!(lines(&reviewed(&mut root, id, &draft).await.replay.unwrap().changes), ["ana trtc:DescribeSdkAppInfo live lost 1"]);
    let blind = reviewed(&mut desk, id, &draft).await.replay.unwrap();
    assert_eq!((blind.recorded, blind.changes.len()), (0, 0));
    let unable = reviewed(&mut reader, id, &draft).await;
    assert!(unable.replay.is_none() && unable.impact.is_none(), "who may not see whom a policy reaches");
}
