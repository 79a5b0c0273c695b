//! Attachments with an end: they count until that moment and not a millisecond longer, for whoever asks in whatever way.

use crate::groups;
use crate::kit::{Browser, DATABASES, NOW_MS, TestConsole};
use crate::policies::allowing;
use crate::users::{self, log_in, wrong_fields};
use axum::http::StatusCode;
use trtc_console::domain::access_pages::{GroupView, PolicyView, UserView};
use trtc_console::domain::accounts::{AccountSummary, UserRow};
use trtc_console::domain::audit_query::AuditPage;
use trtc_console::domain::groups::GroupRow;
use trtc_console::domain::paging::Page;
use trtc_console::domain::policies::PolicyRow;
use trtc_console::domain::rights::WhoCan;

const MINUTE_MS: i64 = 60_000;

async fn ends_of_user(by: &mut Browser, uin: &str) -> Vec<Option<i64>> {
    let view: UserView = by.read("users/view", &[("uin", uin)]).await.json();
    view.policies.unwrap().into_iter().map(|policy| policy.until_ms).collect()
}

#[tokio::test]
async fn what_is_attached_until_a_time_counts_until_then_everywhere_and_is_removed_with_a_record() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let policy = crate::policies::create(&mut root, "lists", &allowing(&["cam:ListUsers"])).await.to_string();
        let (ana, ben) = (users::create(&mut root, "ana", &[]).await, users::create(&mut root, "ben", &[]).await);
        let group = groups::create(&mut root, "staff").await;
        let ben_uin = ben.uin.to_string();
        assert_eq!(root.call("groups/add-users", &[("id", &group), ("users[]", &ben_uin)]).await.status, StatusCode::OK);

        // The field of the form stands at the offset of the organisation, UTC+8: 12:10 UTC.
        let uin = ana.uin.to_string();
        let attach = [("uin", uin.as_str()), ("policies[]", &policy), ("until", "2026-11-24T20:10")];
        assert_eq!(root.call("users/attach", &attach).await.status, StatusCode::OK);
        let later = (NOW_MS + 10 * MINUTE_MS).to_string();
        let attach = [("id", group.as_str()), ("policies[]", &policy), ("until", &later)];
        assert_eq!(root.call("groups/attach", &attach).await.status, StatusCode::OK);
        assert_eq!(ends_of_user(&mut root, &uin).await, [Some(NOW_MS + 10 * MINUTE_MS)]);
        assert_eq!(ends_of_user(&mut root, &ben_uin).await, [Some(NOW_MS + 10 * MINUTE_MS)]);
        let page = root.get(&format!("/cam/users/{uin}")).await.body;
        assert!(page.contains("2026-11-24 20:10 UTC+8"), "{page}");

        let (mut ana, mut ben) = (log_in(&console, &ana).await, log_in(&console, &ben).await);
        for at_ms in [NOW_MS, NOW_MS + 10 * MINUTE_MS - 1, NOW_MS + 10 * MINUTE_MS] {
            console.clock.advance(at_ms - console.clock.now_ms());
            // Whoever looks does so within the hour of a proof and a session.
            let counts = at_ms < NOW_MS + 10 * MINUTE_MS;
            let status = if counts { StatusCode::OK } else { StatusCode::FORBIDDEN };
            for person in [&mut ana, &mut ben] {
                assert_eq!(person.read("users/list", &[]).await.status, status, "{at_ms}");
            }
            let of = usize::from(counts);
            let asked = [("form[action]", "cam:ListUsers")];
            let holders = root.read("rights/who-can", &asked).await.json::<WhoCan>().found.unwrap().holders.rows;
            let ends: Vec<_> = holders.iter().flat_map(|one| one.allowed.iter().map(|way| way.until_ms)).collect();
            assert_eq!(ends, vec![Some(NOW_MS + 10 * MINUTE_MS); 2 * of]);
            assert_eq!(ends_of_user(&mut root, &uin).await.len(), of);
            let in_group: GroupView = root.read("groups/view", &[("id", &group)]).await.json();
            assert_eq!(in_group.policies.unwrap().len(), of);
            let view: PolicyView = root.read("policies/view", &[("id", &policy), ("tab", "used")]).await.json();
            assert_eq!((view.policy.row.attachments, view.attached_to.unwrap().take().unwrap().holders.len()), (2 * of as i64, 2 * of));
            let policies: Page<PolicyRow> = root.read("policies/list", &[("search", "lists")]).await.json();
            let groups: Page<GroupRow> = root.read("groups/list", &[]).await.json();
            assert_eq!((policies.rows[0].attachments, groups.rows[0].policies), (2 * of as i64, of as i64));
            let summary: AccountSummary = root.read("cam/summary", &[]).await.json();
            let idle: Page<UserRow> = root.read("users/list", &[("filter", "without-policy")]).await.json();
            assert_eq!((summary.users_without_policy, idle.total), (2 - 2 * of as i64, 2 - 2 * of as i64));
        }
        assert_eq!(root.call("users/detach", &[("uin", &uin), ("policy", &policy)]).await.status, StatusCode::NOT_FOUND, "it is over");
        // Attached anew it is another one, which the worker leaves alone.
        assert_eq!(root.call("users/attach", &[("uin", &uin), ("policies[]", &policy)]).await.status, StatusCode::OK);
        assert_eq!(console.console.remove_ended_attachments().await, Ok(1));
        assert_eq!(console.console.remove_ended_attachments().await, Ok(0));
        assert_eq!(ends_of_user(&mut root, &uin).await, [None]);
        let ended: AuditPage = root.read("audit/search", &[("form[event]", "account:AttachmentEnded")]).await.json();
        let told: Vec<_> = ended.events.iter().flat_map(|one| one.resources.iter().map(|thing| thing.name.clone())).collect();
        assert_eq!(told, ["staff", "lists"]);
    }
}

#[tokio::test]
async fn an_end_is_moved_by_attaching_again_but_never_put_on_what_has_none() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let policy = crate::policies::create(&mut root, "lists", &allowing(&["cam:ListUsers"])).await.to_string();
        let uin = users::create(&mut root, "ana", &[]).await.uin.to_string();
        let attach = async |root: &mut Browser, until: &str| {
            root.call("policies/attach-users", &[("id", &policy), ("users[]", &uin), ("until", until)]).await
        };
        let day_ms = 24 * 60 * MINUTE_MS;
        for (until, ends) in [(NOW_MS + 2 * day_ms, Some(NOW_MS + 2 * day_ms)), (NOW_MS + day_ms, Some(NOW_MS + day_ms))] {
            assert_eq!(attach(&mut root, &until.to_string()).await.status, StatusCode::OK);
            assert_eq!(ends_of_user(&mut root, &uin).await, [ends]);
        }
        assert_eq!(attach(&mut root, "").await.status, StatusCode::OK);
        assert_eq!(ends_of_user(&mut root, &uin).await, [None], "without an end from now on");
        assert_eq!(attach(&mut root, &(NOW_MS + day_ms).to_string()).await.status, StatusCode::OK);
        assert_eq!(ends_of_user(&mut root, &uin).await, [None], "and it stays so");
        for wrong in [NOW_MS.to_string(), (NOW_MS + 3_654 * day_ms).to_string(), "soon".into(), "2026-11-24T20:00".into(), "-1".into()] {
            assert_eq!(wrong_fields(&attach(&mut root, &wrong).await), ["until"], "{wrong}");
        }
        assert_eq!(attach(&mut root, &i64::MAX.to_string()).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
