//! Applications over HTTP: who sees which, who may do what to them, and every limit.

use crate::kit::{Browser, DATABASES, PASSWORD, TestConsole};
use crate::people::{application, owner_of, resource_of, statement, sub_account};
use crate::users::conflict;
use axum::http::StatusCode;
use trtc_console::domain::applications::{AppHead, AppList, AppStatus};
use trtc_console::domain::fault::Fault;

async fn list(browser: &mut Browser, search: &str) -> AppList {
    let answer = browser.read("apps/list", &[("search", search)]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json()
}

fn names(list: &AppList) -> Vec<&str> {
    list.page.rows.iter().map(|app| app.name.as_str()).collect()
}

/// The fields that were refused.
fn wrong_fields(fault: Fault) -> Vec<String> {
    match fault {
        Fault::Invalid(faults) => faults.into_iter().map(|fault| fault.field).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn applications_are_numbered_upward_and_no_number_is_used_twice() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        assert_eq!(application(&mut root, "one", &[]).await, 1_400_000_001);
        assert_eq!(application(&mut root, "two", &[("env", "prod")]).await, 1_400_000_002);
        let id = ("id", "1400000002");
        conflict(&root.call("apps/delete", &[id, ("confirm", "1400000002")]).await, Fault::InUse);
        assert_eq!(root.call("apps/disable", &[id]).await.status, StatusCode::OK);
        assert_eq!(root.read("apps/view", &[id]).await.json::<AppHead>().app.status, AppStatus::Disabled);
        let refused = root.call("apps/delete", &[id, ("confirm", "1400000001")]).await;
        assert_eq!((refused.status, wrong_fields(refused.json())), (StatusCode::UNPROCESSABLE_ENTITY, vec!["confirm".to_owned()]));
        let deleted = root.call("apps/delete", &[id, ("confirm", "1400000002")]).await;
        assert_eq!((deleted.status, deleted.location().as_str()), (StatusCode::OK, "/apps?deleted=1400000002"), "{}", deleted.body);
        assert_eq!(application(&mut root, "three", &[]).await, 1_400_000_003, "the number of a deleted application is not given out again");
        assert_eq!(names(&list(&mut root, "").await), ["one", "three"]);
    }
}

#[tokio::test]
async fn names_descriptions_and_tags_are_checked() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    application(&mut root, "taken", &[]).await;
    let long = "x".repeat(301);
    let cases: [(&str, Vec<(&str, &str)>); 6] = [
        ("name", vec![("name", "")]),
        ("name", vec![("name", "with space")]),
        ("name", vec![("name", "taken")]),
        ("description", vec![("name", "ok"), ("description", &long)]),
        ("keys[]", vec![("name", "ok"), ("keys[]", "qcloud"), ("values[]", "x")]),
        ("keys[]", vec![("name", "ok"), ("keys[]", "a"), ("values[]", "1"), ("keys[]", "a"), ("values[]", "2")]),
    ];
    for (field, fields) in cases {
        let answer = root.call("apps/create", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}: {}", answer.body);
        assert_eq!(wrong_fields(answer.json()), [field], "{fields:?}");
    }
    assert_eq!(list(&mut root, "").await.of, 1, "what was refused left nothing behind");
}

#[tokio::test]
async fn a_plain_form_comes_back_with_what_was_typed() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let fields =
        [("name", "not a name"), ("description", "why it is"), ("keys[]", "team"), ("values[]", "live"), ("keys[]", ""), ("values[]", "")];
    let fields = [fields.as_slice(), &[("dialog", "create-app")]].concat();
    let page = root.post_from("/apps", "/call/apps/create", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for kept in ["not a name", "why it is", "value=\"team\"", "value=\"live\""] {
        assert!(page.body.contains(kept), "{kept}");
    }
    let page = root.post_from("/apps", "/call/apps/create", &[("name", "works")]).await;
    assert_eq!((page.status, page.location().as_str()), (StatusCode::SEE_OTHER, "/apps?created=1400000001"));
    let page = root.get(&page.location()).await;
    assert!(page.status == StatusCode::OK && page.body.contains("1400000001 was created"));
}

#[tokio::test]
async fn search_finds_names_numbers_and_tags() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    application(&mut root, "live_a", &[("env", "prod"), ("team", "live")]).await;
    application(&mut root, "课堂", &[("env", "dev")]).await;
    application(&mut root, "game", &[]).await;
    for (search, found) in [
        ("LIVE", vec!["live_a"]),
        ("课", vec!["课堂"]),
        ("00003", vec!["game"]),
        ("env=dev", vec!["课堂"]),
        ("%", vec![]),
        ("env=", vec!["live_a", "课堂"]),
    ] {
        let found_now = list(&mut root, search).await;
        assert_eq!(names(&found_now), found, "{search}");
        assert_eq!((found_now.page.total, found_now.listed, found_now.of), (i64::try_from(found.len()).unwrap(), 3, 3));
    }
    let page = root.get("/apps?q=env%3Ddev").await;
    // The switcher at the head of the page has every application.
    let table = page.body.split("<table").nth(1).and_then(|rest| rest.split("</table>").next()).unwrap();
    assert!(table.contains("课堂") && !table.contains("live_a"));
}

#[tokio::test]
async fn the_hundred_and_first_application_is_refused_with_the_limit_named() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    for number in 1..=100 {
        application(&mut root, &format!("app{number}"), &[]).await;
    }
    let refused = root.call("apps/create", &[("name", "more")]).await;
    assert!(refused.status == StatusCode::CONFLICT && refused.body.contains("100"), "{}", refused.body);
    let last = list(&mut root, "").await;
    assert_eq!((last.of, last.page.rows.len(), last.page.total), (100, 20, 100));
    let page = root.read("apps/list", &[("page", "5")]).await.json::<AppList>();
    assert_eq!(page.page.rows.last().unwrap().name, "app100");
}

#[tokio::test]
async fn application_level_isolation_everything_on_the_own_one_and_the_others_do_not_exist() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let own = application(&mut root, "own", &[]).await.to_string();
        let other = application(&mut root, "other", &[("secret", "name")]).await.to_string();
        let owner = owner_of(&mut root).await;
        let statements = [
            statement("allow", &["trtc:*"], &[resource_of(owner, &own)]),
            // What works on one application without being decided on it, granted as the documents advise.
            statement("allow", &["trtc:HardDescribeMixConf", "trtc:ModifyMixConf", "trtc:ModifyRecordMode"], &["*".to_owned()]),
        ];
        let mut dev = sub_account(&console, &mut root, "dev", &statements).await;

        let seen = list(&mut dev, "").await;
        assert_eq!((names(&seen), seen.listed, seen.of), (vec!["own"], 1, 2));
        for search in ["other", &other, "secret=name"] {
            assert_eq!(names(&list(&mut dev, search).await), Vec::<&str>::new(), "{search}");
        }
        let page = dev.get("/apps").await;
        assert!(page.body.contains("1 of 2 applications") && !page.body.contains(&other) && !page.body.contains("secret"));

        for path in ["", "/features", "/callbacks"] {
            assert_eq!(dev.get(&format!("/apps/{own}{path}")).await.status, StatusCode::OK, "{path}");
            let hidden = dev.get(&format!("/apps/{other}{path}")).await;
            let unknown = dev.get(&format!("/apps/1400000099{path}")).await;
            assert_eq!((hidden.status, unknown.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND), "{path}");
            assert!(!hidden.body.contains("other"), "{path}");
        }
        let own_id = ("id", own.as_str());
        assert_eq!(dev.call("apps/edit", &[own_id, ("name", "mine"), ("description", "d")]).await.status, StatusCode::OK);
        assert_eq!(names(&list(&mut dev, "").await), ["mine"]);
        let relay = [own_id, ("version", "0"), ("on", "on"), ("mode", "specified_stream"), ("confirm", "yes")];
        assert_eq!(dev.call("features/relay", &relay).await.status, StatusCode::OK);
        for id in [other.as_str(), "1400000099"] {
            let id = ("id", id);
            for (call, fields) in changes() {
                let fields: Vec<_> = [id].into_iter().chain(fields).collect();
                let answer = dev.call(call, &fields).await;
                assert_eq!((answer.status, answer.json::<Fault>()), (StatusCode::NOT_FOUND, Fault::NotFound), "{call}");
            }
            for call in ["apps/view", "features/view", "callbacks/view"] {
                let answer = dev.read(call, &[id]).await;
                assert_eq!((answer.status, answer.json::<Fault>()), (StatusCode::NOT_FOUND, Fault::NotFound), "{call}");
            }
        }
        let untouched: AppHead = root.read("apps/view", &[("id", &other)]).await.json();
        assert_eq!((untouched.app.name.as_str(), untouched.app.status), ("other", AppStatus::Normal));
        assert_eq!(dev.call("apps/create", &[("name", "more")]).await.status, StatusCode::FORBIDDEN, "creating needs a grant on `*`");
    }
}

/// Every change of one application, with fields that would be right.
fn changes() -> Vec<(&'static str, Vec<(&'static str, &'static str)>)> {
    vec![
        ("apps/edit", vec![("name", "x"), ("description", "")]),
        ("apps/disable", vec![]),
        ("apps/enable", vec![]),
        ("apps/delete", vec![("confirm", "1400000002")]),
        ("apps/tags", vec![("keys[]", "a"), ("values[]", "b")]),
        ("features/relay", vec![("version", "0"), ("on", "on"), ("mode", "specified_stream"), ("confirm", "yes")]),
        ("features/recording", vec![("version", "0"), ("retention_days", "0"), ("resumption_secs", "0")]),
        ("features/recording-mode", vec![("version", "0"), ("mode", "global")]),
        ("features/permission-keys", vec![("version", "0"), ("on", "on"), ("confirm", "yes")]),
        ("callbacks/set-key", vec![("callback_key", "abc")]),
    ]
}

#[tokio::test]
async fn who_may_read_may_not_change_and_foreign_resources_grant_nothing() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let id = application(&mut root, "own", &[]).await.to_string();
    let owner = owner_of(&mut root).await;
    let reads = ["trtc:Describe*", "trtc:HardDescribeMixConf"];
    let mut auditor = sub_account(&console, &mut root, "auditor", &[statement("allow", &reads, &["*".to_owned()])]).await;
    let page = auditor.get(&format!("/apps/{id}")).await;
    assert!(page.status == StatusCode::OK && page.body.contains("Read only"));
    for (call, fields) in changes() {
        let fields: Vec<_> = [("id", id.as_str())].into_iter().chain(fields).collect();
        assert_eq!(auditor.call(call, &fields).await.status, StatusCode::FORBIDDEN, "{call}");
    }
    // A resource of another root account in a policy grants nothing here.
    let foreign = trtc_console::domain::ids::Uin(owner.0 + 1);
    let statements = [statement("allow", &["trtc:*"], &[resource_of(foreign, "*")])];
    let mut stranger = sub_account(&console, &mut root, "stranger", &statements).await;
    assert_eq!(stranger.read("apps/view", &[("id", &id)]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn tags_of_the_resource_and_of_the_request_decide() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let live = application(&mut root, "live", &[("team", "live")]).await.to_string();
    let game = application(&mut root, "game", &[("team", "game")]).await.to_string();
    let by_tag = r#"{"effect":"allow","action":["trtc:*"],"resource":"*","condition":{"for_any_value:string_equal":{"qcs:resource_tag":["team&live"]}}}"#;
    let may_tag = r#"{"effect":"allow","action":["tag:ModifyResourceTags"],"resource":"*","condition":{"for_all_value:string_like":{"qcs:request_tag":["env&*"]}}}"#;
    let may_create = r#"{"effect":"allow","action":["trtc:CreateTrtcApp"],"resource":"*","condition":{"for_any_value:string_equal":{"qcs:request_tag":["team&live"]}}}"#;
    let statements = [by_tag, may_tag, may_create].map(ToOwned::to_owned);
    let mut lead = sub_account(&console, &mut root, "lead", &statements).await;

    assert_eq!(names(&list(&mut lead, "").await), ["live"]);
    assert_eq!(lead.get(&format!("/apps/{game}")).await.status, StatusCode::NOT_FOUND);

    let rows = |key: &'static str, value: &'static str| {
        vec![
            ("old_keys[]", "team"),
            ("old_values[]", "live"),
            ("keys[]", "team"),
            ("values[]", "live"),
            ("old_keys[]", ""),
            ("old_values[]", ""),
            ("keys[]", key),
            ("values[]", value),
        ]
    };
    let tag = |id: &str, rows: Vec<(&'static str, &'static str)>| {
        [("id".to_owned(), id.to_owned())]
            .into_iter()
            .chain(rows.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())))
            .collect::<Vec<_>>()
    };
    for (id, key, status) in [(&live, "env", StatusCode::OK), (&live, "cost", StatusCode::FORBIDDEN), (&game, "env", StatusCode::NOT_FOUND)]
    {
        let fields = tag(id, rows(key, "prod"));
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(lead.call("apps/tags", &fields).await.status, status, "{id} {key}");
    }
    let tagged: AppHead = root.read("apps/view", &[("id", &live)]).await.json();
    let tags: Vec<_> = tagged.app.tags.iter().map(|tag| format!("{}={}", tag.key, tag.value)).collect();
    assert_eq!(tags, ["env=prod", "team=live"]);

    assert_eq!(lead.call("apps/create", &[("name", "n1"), ("keys[]", "team"), ("values[]", "game")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(lead.call("apps/create", &[("name", "n1")]).await.status, StatusCode::FORBIDDEN, "without tags the condition does not hold");
    application(&mut lead, "n2", &[("team", "live")]).await;
    assert_eq!(names(&list(&mut lead, "").await), ["live", "n2"], "the new application is in the scope of its tag at once");

    // Taking the tag away takes the application away, on the very next request.
    let untag = [("id", live.as_str()), ("old_keys[]", "team"), ("old_values[]", "live"), ("keys[]", ""), ("values[]", "")];
    assert_eq!(root.call("apps/tags", &untag).await.status, StatusCode::OK);
    assert_eq!(names(&list(&mut lead, "").await), ["n2"]);
}

#[tokio::test]
async fn tags_that_come_back_with_their_form_are_not_changed_for_what_others_did_meanwhile() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let id = application(&mut root, "live", &[("team", "live")]).await.to_string();
    let change = |rows: [[&'static str; 4]; 2]| {
        let row = |[old_key, old_value, key, value]: [&'static str; 4]| {
            [("old_keys[]", old_key), ("old_values[]", old_value), ("keys[]", key), ("values[]", value)]
        };
        [("id", id.clone())]
            .into_iter()
            .chain(rows.into_iter().flat_map(row).map(|(name, value)| (name, value.to_owned())))
            .collect::<Vec<_>>()
    };
    let page = format!("/apps/{id}");
    console.clock.advance(16 * 60_000);
    let typed = change([["team", "live", "team", "live"], ["", "", "env", "prod"]]);
    let typed = typed.iter().map(|(name, value)| (*name, value.as_str()));
    let typed: Vec<(&str, &str)> = typed.chain([("dialog", "edit-tags")]).collect();
    assert_eq!(root.post_from(&page, "/call/apps/tags", &typed).await.status, StatusCode::UNAUTHORIZED, "the proof is too old");

    let meanwhile = change([["team", "live", "team", "game"], ["", "", "cost", "7"]]);
    let meanwhile: Vec<(&str, &str)> = meanwhile.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(console.root().await.call("apps/tags", &meanwhile).await.status, StatusCode::OK);

    let carried: Vec<(String, &str)> = typed.iter().map(|(name, value)| (format!("waiting.{name}"), *value)).collect();
    let carried = carried.iter().map(|(name, value)| (name.as_str(), *value));
    let carried: Vec<_> = [("waiting", "/call/apps/tags"), ("password", PASSWORD)].into_iter().chain(carried).collect();
    let shown = root.post_from(&page, "/call/session/prove", &carried).await;
    assert_eq!(shown.status, StatusCode::OK);
    // Only what was typed over counts: the form adds a tag, and neither takes the new one off nor turns the other back.
    let values = |name: &str| {
        let fields = shown.body.split("<input").filter(|field| field.contains(&format!(r#"name="{name}""#)));
        fields
            .filter_map(|field| field.split_once(r#"value=""#)?.1.split_once('"'))
            .map(|(value, _)| value.to_owned())
            .take(2)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (values("old_keys[]"), values("old_values[]")),
        (vec!["team".to_owned(), String::new()], vec!["live".to_owned(), String::new()])
    );
    assert_eq!(
        (values("keys[]"), values("values[]")),
        (vec!["team".to_owned(), "env".to_owned()], vec!["live".to_owned(), "prod".to_owned()])
    );
}

#[tokio::test]
async fn a_permitted_tag_never_takes_a_protected_one_off() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let id = application(&mut root, "live", &[("stage", "prod"), ("team", "live"), ("env", "dev")]).await.to_string();
    let see = r#"{"effect":"allow","action":["trtc:Describe*"],"resource":"*"}"#;
    let may_tag = |quantity: &str| {
        format!(
            r#"{{"effect":"allow","action":["tag:ModifyResourceTags"],"resource":"*","condition":{{"{quantity}:string_equal":{{"qcs:request_tag":["env&dev","env&test"]}}}}}}"#
        )
    };
    let row = |old: (&str, &str), new: (&str, &str)| {
        [("old_keys[]", old.0), ("old_values[]", old.1), ("keys[]", new.0), ("values[]", new.1)]
            .map(|(name, value)| (name, value.to_owned()))
    };
    let none = ("", "");
    for quantity in ["for_all_value", "for_any_value"] {
        let mut lead = sub_account(&console, &mut root, &quantity.replace('_', "-"), &[see.to_owned(), may_tag(quantity)]).await;
        for (rows, status, why) in [
            (vec![row(("team", "live"), none)], StatusCode::FORBIDDEN, "removed alone"),
            (
                vec![row(("env", "dev"), ("env", "test")), row(("team", "live"), none)],
                StatusCode::FORBIDDEN,
                "removed beside a permitted one",
            ),
            (
                vec![row(("env", "dev"), none), row(("team", "live"), none)],
                StatusCode::FORBIDDEN,
                "removed beside the removal of a permitted one",
            ),
            (vec![row(("stage", "prod"), ("stage", "dev"))], StatusCode::FORBIDDEN, "given another value"),
            // The form says that the tag had a permitted value: what is stored counts.
            (vec![row(("stage", "dev"), none)], StatusCode::FORBIDDEN, "removed under a false old value"),
            (vec![row(("env", "dev"), ("env", "test"))], StatusCode::OK, "both values are permitted"),
            (vec![row(("env", "test"), none)], StatusCode::OK, "a permitted one taken off"),
            (vec![row(none, ("env", "dev"))], StatusCode::OK, "and set again"),
        ] {
            let fields: Vec<(&str, String)> = [("id", id.clone())].into_iter().chain(rows.into_iter().flatten()).collect();
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let answer = lead.call("apps/tags", &fields).await;
            assert_eq!(answer.status, status, "{quantity}: {why}: {}", answer.body);
        }
    }
    let tags = root.read("apps/view", &[("id", &id)]).await.json::<AppHead>().app.tags;
    let tags: Vec<_> = tags.iter().map(|tag| format!("{}={}", tag.key, tag.value)).collect();
    assert_eq!(tags, ["env=dev", "stage=prod", "team=live"]);
}

#[tokio::test]
async fn tag_limits_are_named() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let id = application(&mut root, "app", &[]).await.to_string();
    let keys: Vec<String> = (0..61).map(|number| format!("key{number:02}")).collect();
    let set = |from: usize, to: usize| {
        let mut fields = vec![("id", id.as_str())];
        for key in &keys[from..to] {
            fields.extend([("keys[]", key.as_str()), ("values[]", "v")]);
        }
        fields
    };
    let refused = root.call("apps/tags", &set(0, 11)).await;
    assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.body.contains("10"), "{}", refused.body);
    for ten in 0..5 {
        assert_eq!(root.call("apps/tags", &set(ten * 10, ten * 10 + 10)).await.status, StatusCode::OK);
    }
    let refused = root.call("apps/tags", &set(50, 51)).await;
    assert!(refused.status == StatusCode::CONFLICT && refused.body.contains("50"), "{}", refused.body);
    assert_eq!(root.read("apps/view", &[("id", &id)]).await.json::<AppHead>().app.tags.len(), 50);
}

#[tokio::test]
async fn long_lists_of_tags_are_refused_before_they_are_looked_at() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let id = application(&mut root, "app", &[("team", "live")]).await.to_string();
    let keys: Vec<String> = (0..10_000).map(|number| format!("key{number}")).collect();
    let mut fields = vec![("id", id.as_str()), ("name", "more")];
    fields.extend(keys.iter().map(|key| ("keys[]", key.as_str())));
    let refused = root.call("apps/create", &fields).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    assert!(
        refused.body.contains("You have reached the limit of 50 tags per application.") && refused.body.len() < 1_000,
        "{}",
        refused.body
    );
    fields[1] = ("old_keys[]", "team");
    let refused = root.call("apps/tags", &fields).await;
    assert_eq!((refused.status, wrong_fields(refused.json())), (StatusCode::UNPROCESSABLE_ENTITY, vec!["keys[]".to_owned()]));
    assert_eq!(list(&mut root, "").await.of, 1);
}

#[tokio::test]
async fn disabling_deleting_and_tagging_want_a_recent_proof() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let id = application(&mut root, "app", &[]).await.to_string();
    console.clock.advance(16 * 60_000);
    for (call, fields) in [
        ("apps/disable", vec![]),
        ("apps/enable", vec![]),
        ("apps/delete", vec![("confirm", id.as_str())]),
        ("apps/tags", vec![("keys[]", "team"), ("values[]", "live")]),
        ("callbacks/set-key", vec![]),
    ] {
        let fields: Vec<_> = [("id", id.as_str())].into_iter().chain(fields).collect();
        let answer = root.call(call, &fields).await;
        assert_eq!((answer.status, answer.json::<Fault>()), (StatusCode::UNAUTHORIZED, Fault::Reauthenticate), "{call}");
    }
    assert_eq!(root.call("session/prove", &[("password", PASSWORD)]).await.status, StatusCode::OK);
    assert_eq!(root.call("apps/disable", &[("id", &id)]).await.status, StatusCode::OK);
    assert_eq!(root.call("apps/enable", &[("id", &id)]).await.status, StatusCode::OK);
    assert_eq!(root.read("apps/view", &[("id", &id)]).await.json::<AppHead>().app.status, AppStatus::Normal);
}

#[tokio::test]
async fn creating_is_a_right_of_its_own() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    application(&mut root, "app", &[]).await;
    let mut reader =
        sub_account(&console, &mut root, "reader", &[statement("allow", &["trtc:DescribeAppStatList"], &["*".to_owned()])]).await;
    assert!(!reader.get("/apps").await.body.contains("Create application"));
    assert_eq!(reader.call("apps/create", &[("name", "x")]).await.status, StatusCode::FORBIDDEN);
    let mut nobody = sub_account(&console, &mut root, "nobody", &[statement("allow", &["cam:ListUsers"], &["*".to_owned()])]).await;
    assert_eq!(nobody.get("/apps").await.status, StatusCode::FORBIDDEN);
    assert_eq!(nobody.read("apps/list", &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(console.browser().read("apps/list", &[]).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn of_two_edits_from_one_state_the_second_is_told_what_the_first_wrote() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let id = application(&mut root, "live", &[]).await.to_string();
        let seen = [("id", id.as_str()), ("seen_name", "live"), ("seen_description", "")];
        let with = |more: &[(&'static str, &'static str)]| [&seen[..], more].concat();
        let about = async |root: &mut Browser| root.read("apps/view", &[("id", &id)]).await.json::<AppHead>().app.description;
        let first = with(&[("name", "live"), ("description", "one\r\ntwo")]);
        assert_eq!(root.call("apps/edit", &first).await.status, StatusCode::OK);

        let second = with(&[("name", "live"), ("description", "mine"), ("dialog", "edit-app")]);
        let told = conflict(&root.call("apps/edit", &second).await, Fault::Unconfirmed);
        assert!(told.contains("one") && told.contains("two"), "{told}");
        let page = root.post_from(&format!("/apps/{id}"), "/call/apps/edit", &second).await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(page.body.contains(">mine</textarea>"), "what was typed stands in the form");
        assert_eq!(page.body.matches(r#"name="seen_description" value="""#).count(), 1, "with what it was typed over");
        assert_eq!(about(&mut root).await, "one\r\ntwo", "{database:?}");

        let confirmed: String = told.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut fields = second.clone();
        fields.push(("confirmed", &confirmed));
        assert_eq!(root.call("apps/edit", &fields).await.status, StatusCode::OK);
        assert_eq!(about(&mut root).await, "mine", "{database:?}");
        conflict(&root.call("apps/edit", &fields).await, Fault::Unconfirmed);
        // Browsers send line breaks in one way or the other, which is no change of anybody.
        let lines = [("id", id.as_str()), ("name", "live"), ("description", "a\r\nb"), ("seen_name", "live"), ("seen_description", "mine")];
        assert_eq!(root.call("apps/edit", &lines).await.status, StatusCode::OK);
        let lines = [("id", id.as_str()), ("name", "live"), ("description", "c"), ("seen_name", "live"), ("seen_description", "a\nb")];
        assert_eq!(root.call("apps/edit", &lines).await.status, StatusCode::OK);
    }
}
