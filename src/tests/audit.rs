//! Operation records: every change leaves one and every refusal does, none holds a secret, and none can be changed or lost unnoticed.

use crate::kit::{Browser, DATABASES, PASSWORD, ROOT, TestConsole, golden};
use crate::knock::{KNOCKS, Visitors, ask};
use crate::people::{application, owner_of};
use crate::users::{ADMINISTRATOR, create};
use axum::http::StatusCode;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use trtc_console::boot::audit::verify;
use trtc_console::domain::audit::{AuditEvent, Outcome};
use trtc_console::domain::audit_change::{Field, Untold, Value};
use trtc_console::domain::audit_query::{AuditDetail, AuditPage, AuditRow};
use trtc_console::server::config::Config;

/// The records of an organisation, newest first, one page of them.
async fn page_of(who: &mut Browser, fields: &[(&str, &str)]) -> AuditPage {
    let answer = who.read("audit/search", fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json()
}

/// The records of a page with all that stands in them, oldest first.
async fn records_of(who: &mut Browser, rows: impl DoubleEndedIterator<Item = AuditRow>) -> Vec<AuditEvent> {
    let mut events = Vec::new();
    for row in rows.rev() {
        let answer = who.read("audit/event", &[("seq", &row.seq.to_string())]).await;
        let event = answer.json::<AuditDetail>().event;
        assert_eq!(AuditRow::of(event.clone()), row, "the list says what the record says");
        events.push(event);
    }
    events
}

/// The latest records after a number, oldest first.
pub async fn after(who: &mut Browser, seq: i64) -> Vec<AuditEvent> {
    let rows = page_of(who, &[]).await.events.into_iter().filter(|row| row.seq > seq);
    records_of(who, rows).await
}

pub async fn last_seq(who: &mut Browser) -> i64 {
    page_of(who, &[]).await.events.first().map_or(0, |event| event.seq)
}

/// What `trtc-console audit verify` says.
async fn verified(console: &TestConsole) -> (String, bool) {
    let verified = verify(&Config::load(console.flags()).unwrap(), None).await.unwrap();
    (verified.said, verified.whole)
}

#[tokio::test]
async fn each_server_function_leaves_the_records_it_should() {
    let console = TestConsole::start().await;
    let (mut visitors, things) = Visitors::come(&console).await;
    let mut table =
        "# What server functions leave in the operation records: asked by the root account, then by a sub-account without a policy.\n\n"
            .to_owned();
    console.console.record_attempts().await.unwrap();
    let mut silent = Vec::new();
    for (call, fields) in KNOCKS {
        let fields = things.fields(fields);
        let mut left = [String::new(), String::new()];
        for (number, bare) in [true, false].into_iter().enumerate() {
            let mut reader = console.browser();
            // The password is another one by then.
            reader.log_in("", ROOT, if *call == "session/view-as" { "Another-horse-2" } else { PASSWORD }).await;
            let before = last_seq(&mut reader).await;
            let who = if bare { &mut visitors.bare } else { &mut visitors.root };
            let answer = ask(who, call, &fields).await;
            assert!(bare || answer.status.is_success(), "{call}: {}", answer.body);
            console.console.record_attempts().await.unwrap();
            // The last knock ends every session of the root account, also that of the reader.
            let mut reader = if *call == "session/password" && !bare { visitors.root.clone() } else { reader };
            let events = after(&mut reader, before).await;
            assert!(events.len() <= 1, "{call}: {events:?}");
            if let Some(event) = events.first() {
                let outcome = if answer.status.is_success() { Outcome::Success } else { Outcome::Refused };
                assert_eq!(event.result, outcome, "{call}: {event:?}");
                let code = if event.error_code.is_empty() { "-" } else { &event.error_code };
                left[number] = format!("{} {} {} {code}", event.full_name(), event.operation, event.result.tag());
            } else if answer.status.is_success() && !bare {
                silent.push(*call);
            }
        }
        let [bare, root] = &left;
        let or_none = |text: &String| if text.is_empty() { "-".to_owned() } else { text.clone() };
        writeln!(table, "{call:<26} {:<70} {}", or_none(root), or_none(bare)).unwrap();
    }
    // Whatever changes something is recorded; reading, checking a document that is not saved, and what concerns a draft alone, is not.
    let reads = leptos::server_fn::axum::server_fn_paths().filter(|(_, method)| method == "GET").count();
    assert_eq!(silent.len(), reads + 3, "{silent:?}");
    assert!(["policies/check", "drafts/keep", "drafts/discard"].iter().all(|call| silent.contains(call)), "{silent:?}");
    golden("audit_calls.txt", &table);
    let (said, whole) = verified(&console).await;
    assert!(whole, "{said}");
}

#[tokio::test]
async fn a_record_tells_what_was_before_and_after_and_no_secret() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let li = create(&mut root, "li", &[]).await;
    let uin = li.uin.to_string();
    let secret = "Zq7-secret-of-li";
    let private = "li.private@acme.example";
    for (call, fields) in [
        ("users/edit", vec![("uin", uin.as_str()), ("email", private), ("remark", "knows-a-remark")]),
        ("users/attach", vec![("uin", &uin), ("policies[]", ADMINISTRATOR), ("policies[]", "3")]),
        ("users/reset-password", vec![("uin", &uin), ("password", secret)]),
        ("users/disable", vec![("uin", &uin), ("disabled", "true")]),
    ] {
        let answer = root.call(call, &fields).await;
        assert_eq!(answer.status, StatusCode::OK, "{call}: {}", answer.body);
    }
    let rows = page_of(&mut root, &[("form[resource]", &uin), ("form[resource_type]", "cam:user")]).await.events;
    let events = records_of(&mut root, rows.into_iter()).await;
    let names: Vec<_> = events.iter().map(AuditEvent::full_name).collect();
    // The account was created, and has logged in and changed its first password since.
    assert_eq!(names[0], "cam:AddUser");
    let [edited, attached, reset, disabled] = &events[names.len() - 4..] else { panic!("{names:?}") };
    assert_eq!(attached.full_name(), "cam:AttachUserPolicy");
    let list = |value: &Option<Value>| match value {
        Some(Value::List(list)) => list.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(list(&attached.changes[0].before), Vec::<String>::new());
    assert_eq!(list(&attached.changes[0].after), ["AdministratorAccess", "QcloudTRTCReadonlyAccess"]);
    assert_eq!(attached.resources.len(), 3, "the account and two policies: {:?}", attached.resources);
    let untold: Vec<_> = edited.changes.iter().chain(&reset.changes).map(|change| (change.field, change.state)).collect();
    assert_eq!(
        untold,
        [
            (Field::Email, Some(Untold::Set)),
            (Field::Remark, Some(Untold::Set)),
            (Field::Password, Some(Untold::Changed)),
            (Field::Sessions, Some(Untold::Removed)),
        ]
    );
    assert_eq!(disabled.changes[0].before, Some(Value::Text("enabled".to_owned())));
    assert_eq!((disabled.user_identity.user_name.as_str(), disabled.source_ip_address.as_str()), ("root@acme.example", "127.0.0.1"));
    let all = root.get("/audit/export.ndjson?range=30d").await;
    assert_eq!(all.status, StatusCode::OK);
    for secret in [secret, private, "knows-a-remark", PASSWORD] {
        assert!(!all.body.contains(secret), "{secret} stands in a record");
    }
}

#[tokio::test]
async fn logins_are_recorded_and_wrong_ones_counted() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let owner = owner_of(&mut root).await.to_string();
    create(&mut root, "ana", &[]).await;
    let before = last_seq(&mut root).await;
    let mut ana = console.browser();
    ana.log_in(&owner, "ana", PASSWORD).await;
    for name in ["ana", "ana", "ana", "ana", "my-password-in-the-name"] {
        let refused = console.browser().post("/login", &[("owner", &owner), ("username", name), ("password", "wrong")]).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    }
    console.console.record_attempts().await.unwrap();
    let logins = after(&mut root, before).await;
    let told: Vec<_> =
        logins.iter().map(|event| (event.full_name(), event.result, event.user_identity.user_name.clone(), event.count)).collect();
    let name = "account:ConsoleLogin".to_owned();
    assert_eq!(told, [(name.clone(), Outcome::Success, "ana".to_owned(), 1), (name.clone(), Outcome::Refused, "ana".to_owned(), 1)]);
    console.clock.advance(10 * 60_000);
    console.console.record_attempts().await.unwrap();
    let counted = after(&mut root, logins[1].seq).await;
    assert_eq!(counted.len(), 1);
    assert_eq!((counted[0].result, counted[0].count, counted[0].source_ip_address.as_str()), (Outcome::Refused, 3, "127.0.0.0/24"));
    let of_nobody = console.sql_text("SELECT body FROM audit_events WHERE owner_uin = 0 ORDER BY seq LIMIT 1").await;
    assert!(of_nobody.contains("ConsoleLogin") && !of_nobody.contains("my-password-in-the-name"), "{of_nobody}");
}

#[tokio::test]
async fn a_refusal_tells_what_was_asked_for_and_only_to_ones_own_organisation() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let owner = owner_of(&mut root).await.to_string();
    let app = application(&mut root, "hidden_app", &[]).await.to_string();
    create(&mut root, "ana", &[]).await;
    let mut ana = console.browser();
    ana.log_in(&owner, "ana", PASSWORD).await;
    let before = last_seq(&mut root).await;
    let mut other = console.other_root().await;
    assert_eq!(ana.call("apps/disable", &[("id", &app)]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(other.call("apps/disable", &[("id", &app)]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ana.get("/cam/users").await.status, StatusCode::FORBIDDEN);
    console.console.record_attempts().await.unwrap();
    let refused = after(&mut root, before).await;
    let [app_refused, page_refused] = &refused[..] else { panic!("{refused:?}") };
    assert_eq!((app_refused.resources[0].id.as_str(), app_refused.resources[0].name.as_str()), (app.as_str(), ""));
    assert_eq!((app_refused.error_code.as_str(), app_refused.result), ("ResourceNotFound", Outcome::Refused));
    assert!(!app_refused.error_message.contains("hidden_app"));
    assert_eq!(page_refused.full_name(), "cam:ListUsers");
    assert_eq!(page_refused.decision.as_ref().unwrap().verdict, "deny");
    // The other organisation has its own trace of it, and nobody reads that of another.
    let theirs = page_of(&mut other, &[("form[resource]", &app)]).await.events;
    assert_eq!(theirs.len(), 1);
    assert_eq!(ana.read("audit/search", &[]).await.status, StatusCode::FORBIDDEN);
    let own: AuditPage = ana.read("audit/own", &[]).await.json();
    assert!(own.events.iter().all(|event| event.user_name == "ana") && own.events.len() >= 3, "{own:?}");
}

#[tokio::test]
async fn the_list_is_searched_and_paged_both_ways() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let group = crate::groups::create(&mut root, "paged").await;
        for number in 0..60 {
            console.clock.advance(1_000);
            let name = format!("paged-{number}");
            assert_eq!(root.call("groups/edit", &[("id", &group), ("name", &name)]).await.status, StatusCode::OK);
        }
        let asked = [("form[event]", "cam:UpdateGroup"), ("form[resource]", group.as_str())];
        let first = page_of(&mut root, &asked).await;
        assert_eq!((first.events.len(), first.newer.is_none()), (50, true), "{database:?}");
        assert!(first.events.windows(2).all(|pair| pair[0].seq > pair[1].seq));
        let with = |cursor: &str| [asked[0], asked[1], ("form[cursor]", cursor)].map(|(name, value)| (name, value.to_owned()));
        let read = async |root: &mut Browser, cursor: Option<String>| {
            let fields = with(&cursor.unwrap());
            page_of(root, &fields.each_ref().map(|(name, value)| (*name, value.as_str()))).await
        };
        let second = read(&mut root, first.older.clone()).await;
        assert_eq!((second.events.len(), second.older.is_none()), (10, true), "{database:?}");
        assert!(first.events.last().unwrap().seq > second.events[0].seq);
        let back = read(&mut root, second.newer.clone()).await;
        assert_eq!((back.events, back.newer.is_none()), (first.events, true), "{database:?}");
        for (field, value, found) in [
            ("form[operator]", "1", 0),
            ("form[result]", "success", 50),
            ("form[kind]", "read", 0),
            ("form[address]", "127.0.0.1", 50),
            ("form[address]", "127.", 50),
            ("form[address]", "127", 0),
            ("form[address]", "12%.", 0),
            ("form[resource_type]", "cam:group", 50),
            ("form[resource_type]", "cam:policy", 0),
            ("form[sensitive]", "1", 0),
        ] {
            let fields = [asked[0], asked[1], (field, value)];
            assert_eq!(page_of(&mut root, &fields).await.events.len(), found, "{database:?} {field} {value}");
        }
        let wrong = root.read("audit/search", &[("form[result]", "x")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.body);
    }
}

#[tokio::test]
async fn a_chain_is_whole_and_every_tampering_is_named() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        for name in ["one", "two", "three", "four"] {
            crate::groups::create(&mut root, name).await;
        }
        let (said, whole) = verified(&console).await;
        assert!(whole && said.contains("ok, records 1.."), "{database:?}: {said}");
        for (tamper, mend, why) in [
            (
                "UPDATE audit_events SET body = REPLACE(body, 'three', 'thr3e')",
                "UPDATE audit_events SET body = REPLACE(body, 'thr3e', 'three')",
                "its text or hash was changed",
            ),
            (
                "UPDATE audit_events SET uin = uin + 1 WHERE seq = 3",
                "UPDATE audit_events SET uin = uin - 1 WHERE seq = 3",
                "a column differs from its text",
            ),
            (
                "UPDATE audit_events SET seq = -seq WHERE seq = 4 AND owner_uin > 0",
                "UPDATE audit_events SET seq = -seq WHERE seq < 0",
                "events before it are missing",
            ),
            (
                "UPDATE audit_heads SET seq = seq + 1 WHERE owner_uin > 0",
                "UPDATE audit_heads SET seq = seq - 1 WHERE owner_uin > 0",
                "records at the end are missing",
            ),
            (
                "UPDATE audit_heads SET hash = 'x' || hash WHERE owner_uin > 0",
                "UPDATE audit_heads SET hash = substr(hash, 2) WHERE owner_uin > 0",
                "the end of the chain is another one",
            ),
            (
                "UPDATE audit_resources SET id = '0' || id WHERE type = 'cam:group'",
                "UPDATE audit_resources SET id = substr(id, 2) WHERE type = 'cam:group'",
                "it is searched by other resources than it names",
            ),
            (
                "INSERT INTO audit_resources (owner_uin, type, id, seq) SELECT owner_uin, 'cam:user', '7', seq FROM audit_heads WHERE seq > 0",
                "DELETE FROM audit_resources WHERE id = '7'",
                "it is searched by other resources than it names",
            ),
            (
                "INSERT INTO audit_resources (owner_uin, type, id, seq) SELECT owner_uin, 'cam:user', '7', seq + 1 FROM audit_heads",
                "DELETE FROM audit_resources WHERE id = '7'",
                "there is a resource after the end of the chain",
            ),
            (
                "INSERT INTO audit_resources (owner_uin, type, id, seq) SELECT owner_uin, 'cam:user', '7', cut_seq FROM audit_heads",
                "DELETE FROM audit_resources WHERE id = '7'",
                "a resource is left from before the retention",
            ),
            (
                "INSERT INTO audit_events SELECT owner_uin, -7, body, prev, hash, event_id, time_ms, event_name, result, writes, sensitive,
                     uin, address, request_id FROM audit_events WHERE seq = 3",
                "DELETE FROM audit_events WHERE seq = -7",
                "a record is left from before the retention",
            ),
            (
                "INSERT INTO audit_events SELECT owner_uin, 777, body, prev, hash, event_id, time_ms, event_name, result, writes, sensitive,
                     uin, address, request_id FROM audit_events WHERE seq = 3",
                "DELETE FROM audit_events WHERE seq = 777",
                "there is a record after the end of the chain",
            ),
            (
                "UPDATE audit_heads SET owner_uin = -owner_uin WHERE owner_uin > 0",
                "UPDATE audit_heads SET owner_uin = -owner_uin WHERE owner_uin < 0",
                "the head of the chain is missing",
            ),
        ] {
            console.sql(tamper).await;
            let (said, whole) = verified(&console).await;
            assert!(!whole && said.contains(why), "{database:?} {tamper}: {said}");
            console.sql(mend).await;
            let (said, whole) = verified(&console).await;
            assert!(whole, "{database:?} after {mend}: {said}");
        }
    }
}

#[tokio::test]
async fn a_record_about_more_than_it_can_name_is_found_by_all_of_it_and_by_nothing_else() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let mut fields = vec![("id".to_owned(), crate::users::TRTC_READ.to_owned())];
    for number in 0..120 {
        fields.push(("groups[]".to_owned(), crate::groups::create(&mut root, &format!("crew-{number}")).await));
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let attached = root.call("policies/attach-groups", &fields).await;
    assert_eq!(attached.status, StatusCode::OK, "{}", attached.body);
    let last = fields.last().unwrap().1;
    let found = page_of(&mut root, &[("form[resource]", last)]).await.events;
    assert_eq!((found[0].resources.len(), found[0].more), (3, 118), "the first of 120 groups and the policy: {}", found[0].name);
    let record = records_of(&mut root, found.into_iter().take(1)).await;
    assert_eq!((record[0].resources.len(), record[0].resources_omitted), (100, 21));
    assert!(verified(&console).await.1);
    console
        .sql("INSERT INTO audit_resources (owner_uin, type, id, seq) SELECT owner_uin, 'cam:user', '7', seq FROM audit_heads WHERE seq > 0")
        .await;
    assert!(!verified(&console).await.1, "one more than it has left out");
}

#[tokio::test]
async fn many_changes_at_once_on_two_servers_make_one_chain() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let replica = console.replica().await;
        let mut root = console.root().await;
        let before = last_seq(&mut root).await;
        let mut writers = Vec::new();
        for writer in 0..4 {
            let mut browser = if writer % 2 == 0 { console.browser() } else { Browser::of(&replica) };
            browser.log_in("", crate::kit::ROOT, PASSWORD).await;
            writers.push(tokio::spawn(async move {
                for number in 0..10 {
                    crate::groups::create(&mut browser, &format!("group-{writer}-{number}")).await;
                }
            }));
        }
        for writer in writers {
            writer.await.unwrap();
        }
        let (said, whole) = verified(&console).await;
        assert!(whole, "{database:?}: {said}");
        let detail: AuditDetail = root.read("audit/event", &[("seq", &(before + 44).to_string())]).await.json();
        assert_eq!(detail.event.seq, before + 44, "4 logins and 40 groups");
        replica.close().await;
    }
}

#[tokio::test]
async fn a_change_that_fails_at_the_last_moment_leaves_neither_itself_nor_a_record() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let before = last_seq(&mut root).await;
    console.sql("CREATE TRIGGER fault BEFORE UPDATE OF hash ON audit_heads BEGIN SELECT RAISE(ABORT, 'fault'); END").await;
    let answer = root.call("groups/create", &[("name", "never")]).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    console.sql("DROP TRIGGER fault").await;
    assert!(!root.read("groups/list", &[]).await.body.contains("never"));
    console.console.record_attempts().await.unwrap();
    let events = after(&mut root, before).await;
    let told: Vec<_> = events.iter().map(|event| (event.full_name(), event.result)).collect();
    assert_eq!(told, [("cam:CreateGroup".to_owned(), Outcome::Error)], "only the attempt is recorded");
    assert!(verified(&console).await.1);
}

#[tokio::test]
async fn records_past_their_retention_are_cut_off_and_the_rest_is_still_whole() {
    const DAY_MS: i64 = 86_400_000;
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        crate::groups::create(&mut root, "old").await;
        console.clock.advance(180 * DAY_MS);
        assert_eq!(console.console.cut_records().await.unwrap(), 0, "180 days are not yet over");
        console.clock.advance(1);
        let gone = console.console.cut_records().await.unwrap();
        assert!(gone >= 2, "{database:?}: {gone}");
        let mut root = console.root().await;
        let cut = page_of(&mut root, &[("form[event]", "account:CutAudit")]).await.events;
        assert_eq!(cut.len(), 1, "{database:?}");
        let (said, whole) = verified(&console).await;
        assert!(whole, "{database:?}: {said}");

        assert_eq!(root.call("audit/retention", &[("days", "29")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(root.call("audit/retention", &[("days", "30")]).await.status, StatusCode::OK);
        let page = page_of(&mut root, &[]).await;
        assert_eq!((page.retention_days, page.shorter.map(|(days, _)| days)), (180, Some(30)), "a shorter time waits a day");
        console.clock.advance(DAY_MS - 1);
        console.console.cut_records().await.unwrap();
        let mut root = console.root().await;
        assert_eq!(page_of(&mut root, &[]).await.retention_days, 180);
        console.clock.advance(1);
        console.console.cut_records().await.unwrap();
        let page = page_of(&mut root, &[]).await;
        assert_eq!((page.retention_days, page.shorter), (30, None), "{database:?}");
        assert_eq!(root.call("audit/retention", &[("days", "365")]).await.status, StatusCode::OK);
        assert_eq!(page_of(&mut root, &[]).await.retention_days, 365, "a longer time counts at once");
    }
}

#[tokio::test]
async fn a_file_wants_a_proof_is_recorded_and_verifies_elsewhere() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    crate::groups::create(&mut root, "=formula").await;
    console.clock.advance(16 * 60_000);
    let away = root.get("/audit/export.csv?range=1d&result=success").await;
    assert_eq!((away.status, away.location().as_str()), (StatusCode::SEE_OTHER, "/audit?range=1d&result=success&export=csv"));
    assert_eq!(root.call("session/prove", &[("password", PASSWORD)]).await.status, StatusCode::OK);
    let csv = root.get("/audit/export.csv?range=1d").await;
    assert_eq!((csv.status, csv.header("content-type").as_str()), (StatusCode::OK, "text/csv; charset=utf-8"));
    assert!(csv.body.starts_with("seq,event_time,event_source,event_name,"), "{}", csv.body);
    console.clock.advance(1);
    let ndjson = root.get("/audit/export.ndjson?range=1d").await.body;
    let lines: Vec<&str> = ndjson.lines().collect();
    assert!(
        lines[0].contains("LookUpEvents") && lines[0].contains(r#""field":"filter""#),
        "the first file stands in the second: {}",
        lines[0]
    );
    // As anybody can work it out: the text before `prev`, closed again, with what the chain adds.
    let owner = owner_of(&mut root).await;
    for line in lines {
        let event: BTreeMap<String, serde_json::Value> = serde_json::from_str(line).unwrap();
        let told = |name: &str| event[name].as_str().unwrap().trim_start_matches("sha256:").to_owned();
        let body = format!("{}}}", line.split(r#","prev":"sha256:"#).next().unwrap());
        let chained = format!("trtc-audit-1\0{owner}\0{}\0{}\0{body}", event["seq"], told("prev"));
        let hash: String = Sha256::digest(chained).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hash, told("hash"));
    }
}

#[tokio::test]
async fn histories_from_before_there_were_records_become_records_once() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let app = application(&mut root, "older", &[]).await.to_string();
        console
            .sql(
                r#"INSERT INTO app_changes (owner_uin, sdk_app_id, seq, at_ms, uin, name, area, before_json, after_json)
                   SELECT owner_uin, sdk_app_id, 2, 1790000000000, 7, 'li', 'features', '{"permission_keys":false}', '{"permission_keys":true}'
                   FROM applications UNION ALL
                   SELECT owner_uin, sdk_app_id, 1, 1780000000000, 8, 'wu', 'callbacks', '{"callback_key":"absent"}', '{"callback_key":"set"}'
                   FROM applications"#,
            )
            .await;
        let console = console.restarted().await.restarted().await;
        let mut root = console.root().await;
        let features = root.read("features/view", &[("id", &app)]).await.body;
        assert!(features.contains(r#""at_ms":1790000000000,"uin":7,"name":"li""#), "{database:?}: {features}");
        let callbacks = root.read("callbacks/view", &[("id", &app)]).await.body;
        assert!(callbacks.contains(r#""at_ms":1780000000000,"uin":8,"name":"wu""#), "{database:?}: {callbacks}");
        assert_eq!(callbacks.matches("at_ms").count(), 1, "{database:?}: {callbacks}");
        assert!(verified(&console).await.1, "{database:?}");
    }
}
