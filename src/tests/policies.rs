//! Policies over HTTP: every rule of saving, versions, limits, what is in use, and rights that count on the next request.

use crate::kit::{Answer, Browser, DATABASES, FIRST_PASSWORD, PASSWORD, TestConsole};
use crate::users::conflict;
use axum::http::StatusCode;
use trtc_console::cam::Code;
use trtc_console::catalog::presets;
use trtc_console::domain::access_pages::{PolicyVersions, PolicyView};
use trtc_console::domain::accounts::NewCredential;
use trtc_console::domain::fault::Fault;
use trtc_console::domain::ids::{PolicyId, Uin};
use trtc_console::domain::paging::Page;
use trtc_console::domain::policies::{ComparedRow, Holder, HolderUntil, LineChange, Policy, PolicyRow};
use trtc_console::domain::policy_check::Checked;
use trtc_console::domain::session::Session;

pub fn allowing(actions: &[&str]) -> String {
    format!(r#"{{"version":"2.0","statement":[{{"effect":"allow","action":["{}"],"resource":["*"]}}]}}"#, actions.join(r#"",""#))
}

pub async fn create(browser: &mut Browser, name: &str, document: &str) -> PolicyId {
    let answer = browser.call("policies/create", &[("name", name), ("document", document)]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json()
}

async fn save(browser: &mut Browser, id: PolicyId, document: &str, more: &[(&str, &str)]) -> Answer {
    let id = id.to_string();
    let mut fields = vec![("id", id.as_str()), ("document", document)];
    fields.extend(more);
    browser.call("policies/save", &fields).await
}

async fn view(browser: &mut Browser, id: PolicyId, more: &[(&str, &str)]) -> PolicyView {
    let id = id.to_string();
    browser.read("policies/view", &[&[("id", id.as_str())], more].concat()).await.json()
}

async fn detail(browser: &mut Browser, id: PolicyId) -> Policy {
    view(browser, id, &[]).await.policy
}

async fn of_versions(browser: &mut Browser, id: PolicyId) -> PolicyVersions {
    view(browser, id, &[("tab", "versions"), ("before", "1"), ("after", "2")]).await.versions.unwrap().take().unwrap()
}

async fn versions(browser: &mut Browser, id: PolicyId) -> Vec<(i64, bool)> {
    of_versions(browser, id).await.versions.into_iter().map(|row| (row.version, row.default)).collect()
}

/// A sub-account that holds a policy with this document, logged in, and the policy.
pub async fn sub_account(console: &TestConsole, root: &mut Browser, name: &str, document: &str) -> (Browser, Uin, PolicyId) {
    let policy = create(root, &format!("{name}-policy"), document).await;
    let fields = [("name", name), ("password", FIRST_PASSWORD), ("policies[0]", &policy.to_string())];
    let answer = root.call("users/create", &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let uin = answer.json::<NewCredential>().uin;
    let owner = root.read("session", &[]).await.json::<Session>().uin;
    root.settle(&owner.to_string(), name).await;
    let mut browser = console.browser();
    browser.log_in(&owner.to_string(), name, PASSWORD).await;
    (browser, uin, policy)
}

fn fields_at_fault(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
    let Fault::Invalid(faults) = answer.json() else { panic!("{}", answer.body) };
    faults.into_iter().map(|fault| (fault.field, fault.message.en.into_owned())).collect()
}

#[tokio::test]
async fn a_document_comes_back_byte_for_byte_however_odd_its_layout() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let odd = [
            "\n\n  {\"statement\":{\"resource\":\"*\",\"action\":\"name\\/trtc:DescribeAppStatList\",\"effect\":\"allow\"},\r\n\t\"version\":\"2.0\"}  \n",
            "{\"version\":\"2.0\",\"statement\":[{\"effect\":\"deny\",\"action\":\"trtc:*\",\"resource\":[\"*\"],\"condition\":{\"string_equal\":{\"qcs:tag\\/环境\":\"生产\"}}}]}",
            "{ \"version\" : \"2.0\" , \"statement\" : [ { \"effect\" : \"allow\" , \"resource\" : [ \"qcs::trtc::uin/:sdkappid/1400000001\" ] , \"action\" : \"trtc:\\u0044escribe*\" } ] }",
        ];
        for (number, document) in odd.iter().enumerate() {
            let id = create(&mut root, &format!("odd-{number}"), document).await;
            assert_eq!(detail(&mut root, id).await.document, *document);
            let saved = save(&mut root, id, &format!("{document}\n"), &[("set_default", "true")]).await;
            assert_eq!(saved.json::<i64>(), 2);
            assert_eq!(detail(&mut root, id).await.document, format!("{document}\n"));
            let first = root.call("policies/set-default", &[("id", &id.to_string()), ("version", "1")]).await;
            assert_eq!(first.status, StatusCode::OK, "{}", first.body);
            assert_eq!(detail(&mut root, id).await.document, *document, "the first version is what it was");
        }
    }
}

#[tokio::test]
async fn a_document_with_errors_is_refused_with_every_one_at_its_place() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let document =
        "{\"version\":\"2.0\",\n \"statement\":[{\"effect\":\"Allow\",\"action\":\"trtc:NoSuchAction\",\"resource\":\"qcs::trtc\"}]}";
    let faults = fields_at_fault(&root.call("policies/create", &[("name", "bad"), ("document", document)]).await);
    assert!(faults.len() >= 2 && faults.iter().all(|(field, _)| field == "document"), "{faults:?}");
    assert!(faults[0].1.starts_with("Line 2, column 25: "), "{faults:?}");
    let list: Page<PolicyRow> = root.read("policies/list", &[("kind", "custom")]).await.json();
    assert_eq!(list.total, 0, "nothing was stored");

    let id = create(&mut root, "good", &allowing(&["trtc:*"])).await;
    for (document, code) in [
        (allowing(&["trtc:NoSuchAction"]), Code::ActionNotExist),
        (allowing(&["acount:*"]), Code::ActionServiceNotExist),
        ("{}".to_owned(), Code::VersionError),
        (String::new(), Code::PolicyDocumentError),
        (format!("{{\"version\":\"2.0\",{}}}", "\"x\":1,".repeat(2)), Code::PolicyDocumentError),
    ] {
        let checked: Checked = root.call("policies/check", &[("document", &document)]).await.json();
        assert!(checked.findings.iter().any(|found| found.diagnostic.code == code), "{code} in {checked:?}");
        assert!(!fields_at_fault(&save(&mut root, id, &document, &[]).await).is_empty(), "{code}");
    }
    assert_eq!(versions(&mut root, id).await, [(1, true)]);
}

#[tokio::test]
async fn findings_do_not_block() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let document = allowing(&["*"]);
    let checked: Checked = root.call("policies/check", &[("document", &document)]).await.json();
    assert_eq!((checked.counts[0], checked.findings[0].diagnostic.code), (0, Code::GrantsEverything), "{checked:?}");
    create(&mut root, "everything", &document).await;
}

#[tokio::test]
async fn the_size_is_counted_without_white_space_and_the_limit_is_named() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let empty = allowing(&["trtc:*"]).replace("\"resource\":[\"*\"]", "\"resource\":[]").len();
    let sized = |characters: usize| {
        let resource = format!("qcs::trtc:::sdkappid/{}", "1".repeat(characters - empty - "\"qcs::trtc:::sdkappid/\"".len()));
        allowing(&["trtc:*"]).replace("\"resource\":[\"*\"]", &format!("\"resource\":[\"{resource}\"]"))
    };
    assert_eq!(sized(6_144).len(), 6_144);
    create(&mut root, "longest", &format!("{}{}", " \n\t\r".repeat(5_000), sized(6_144))).await;
    let faults = fields_at_fault(&root.call("policies/create", &[("name", "longer"), ("document", &sized(6_145))]).await);
    assert!(faults[0].1.contains("6144") && faults[0].1.contains("6145"), "{faults:?}");
    let faults = fields_at_fault(&root.call("policies/create", &[("name", "huge"), ("document", &" ".repeat(70_000))]).await);
    assert_eq!(faults[0].0, "document");
}

#[tokio::test]
async fn names_are_unique_without_case_and_presets_keep_theirs() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let id = create(&mut root, "Ops", &allowing(&["trtc:*"])).await;
        let other = create(&mut root, "other", &allowing(&["trtc:*"])).await;
        for name in ["ops", "administratoraccess", "", "a b", "策略"] {
            let answer = root.call("policies/create", &[("name", name), ("document", &allowing(&["trtc:*"]))]).await;
            assert_eq!(fields_at_fault(&answer)[0].0, "name", "{name}");
            let answer = root.call("policies/describe", &[("id", &other.to_string()), ("name", name)]).await;
            assert_eq!(fields_at_fault(&answer)[0].0, "name", "{name}");
        }
        let long = "运".repeat(101);
        let answer = root.call("policies/create", &[("name", "x"), ("description", &long), ("document", "{")]).await;
        let fields: Vec<String> = fields_at_fault(&answer).into_iter().map(|(field, _)| field).collect();
        assert!(fields.contains(&"description".to_owned()) && fields.contains(&"document".to_owned()), "all faults together: {fields:?}");

        let answer = root.call("policies/describe", &[("id", &id.to_string()), ("name", "OPS"), ("description", "夜班")]).await;
        assert_eq!(answer.status, StatusCode::OK, "its own name in another case: {}", answer.body);
        let policy = detail(&mut root, id).await;
        assert_eq!((policy.row.name.as_str(), policy.row.description.zh.as_ref()), ("OPS", "夜班"));
    }
}

#[tokio::test]
async fn versions_are_numbered_once_and_five_at_most() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let id = create(&mut root, "versions", &allowing(&["trtc:*"])).await;
        for version in 2..=5 {
            let more: &[(&str, &str)] = if version == 3 { &[("set_default", "true")] } else { &[] };
            assert_eq!(save(&mut root, id, &allowing(&["trtc:*"]), more).await.json::<i64>(), version);
        }
        assert_eq!(versions(&mut root, id).await, [(5, false), (4, false), (3, true), (2, false), (1, false)]);
        let full = conflict(&save(&mut root, id, &allowing(&["trtc:*"]), &[]).await, Fault::Limit);
        assert!(full.contains('5') && full.contains("versions"), "the limit is named: {full}");

        let call =
            async |root: &mut Browser, what: &str, version: &str| root.call(what, &[("id", &id.to_string()), ("version", version)]).await;
        assert!(
            conflict(&call(&mut root, "policies/delete-version", "3").await, Fault::InUse).contains("default"),
            "the default version stays"
        );
        assert_eq!(call(&mut root, "policies/delete-version", "5").await.status, StatusCode::OK);
        assert_eq!(call(&mut root, "policies/delete-version", "5").await.status, StatusCode::NOT_FOUND);
        assert_eq!(save(&mut root, id, &allowing(&["cam:*"]), &[]).await.json::<i64>(), 6, "5 is never used again");
        assert_eq!(call(&mut root, "policies/set-default", "6").await.status, StatusCode::OK);
        assert_eq!(detail(&mut root, id).await.document, allowing(&["cam:*"]));
        assert_eq!(call(&mut root, "policies/set-default", "5").await.status, StatusCode::NOT_FOUND);
        assert_eq!(versions(&mut root, id).await, [(6, true), (4, false), (3, false), (2, false), (1, false)]);
    }
}

#[tokio::test]
async fn two_versions_are_compared_line_by_line() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let text = |action: &str| {
        format!(
            "{{\n \"version\": \"2.0\",\n \"statement\": {{\n  \"effect\": \"allow\",\n  \"action\": \"{action}\",\n  \"resource\": \"*\"\n }}\n}}"
        )
    };
    let id = create(&mut root, "compared", &text("trtc:*")).await;
    save(&mut root, id, &text("cam:*").replace('\n', "\r\n"), &[]).await;
    let compared = of_versions(&mut root, id).await.comparison.unwrap();
    let lines = compared.rows.iter().filter_map(|row| if let ComparedRow::Line(line) = row { Some(line) } else { None });
    let changed: Vec<_> = lines.filter(|line| line.change != LineChange::Same).map(|line| (line.change, line.text.as_str())).collect();
    assert_eq!(changed, [(LineChange::Removed, "  \"action\": \"trtc:*\","), (LineChange::Added, "  \"action\": \"cam:*\",")]);
    assert!(!compared.same_meaning() && compared.rows.len() == 9 && compared.left_out == 0);
}

#[tokio::test]
async fn versions_of_blank_lines_are_compared_in_a_short_answer() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let blank = |lines: usize| format!("{}{}", "\n".repeat(lines), allowing(&["trtc:*"]));
    let id = create(&mut root, "blank", &blank(60_000)).await;
    save(&mut root, id, &blank(30_000), &[]).await;
    let compared = of_versions(&mut root, id).await.comparison.unwrap();
    assert!((compared.removed, compared.added) == (30_000, 0) && compared.same_meaning(), "{} {}", compared.removed, compared.added);
    let length = serde_json::to_string(&compared).unwrap().len();
    assert!(length < 100_000, "{length}");
    let page = root.get(&format!("/cam/policies/{id}?tab=versions&before=1&after=2")).await;
    assert!(page.body.contains("lines are not shown") && page.body.len() < 700_000, "{}", page.body.len());
}

#[tokio::test]
async fn saving_over_a_version_that_was_not_seen_wants_a_confirmation() {
    let console = TestConsole::start().await;
    let (mut one, mut other) = (console.root().await, console.root().await);
    let id = create(&mut one, "shared", &allowing(&["trtc:*"])).await;
    assert_eq!(save(&mut other, id, &allowing(&["trtc:Describe*"]), &[("base", "1")]).await.status, StatusCode::OK);
    let late = save(&mut one, id, &allowing(&["cam:*"]), &[("base", "1")]).await;
    let concern = conflict(&late, Fault::Unconfirmed);
    assert!(concern.contains("v2"), "{}", late.body);
    let waved = save(&mut one, id, &allowing(&["cam:*"]), &[("base", "1"), ("confirmed", "true")]).await;
    assert_eq!(conflict(&waved, Fault::Unconfirmed), concern, "a yes to nothing in particular is none");
    assert_eq!(save(&mut one, id, &allowing(&["cam:*"]), &[("base", "1"), ("confirmed", &concern)]).await.json::<i64>(), 3);
    let late = save(&mut one, id, &allowing(&["cam:*"]), &[("base", "1"), ("confirmed", &concern)]).await;
    assert!(conflict(&late, Fault::Unconfirmed).contains("v3"), "what was accepted was v2, not v3");
}

#[tokio::test]
async fn a_policy_in_use_is_deleted_only_by_its_name_and_then_detached() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let (mut ana, uin, id) = sub_account(&console, &mut root, "ana", &allowing(&["cam:ListPolicies"])).await;
        assert_eq!(ana.read("policies/list", &[]).await.status, StatusCode::OK);
        let holders = view(&mut root, id, &[("tab", "used")]).await.attached_to.unwrap().take().unwrap().holders;
        assert_eq!(holders, [HolderUntil { holder: Holder::User(uin, "ana".into()), until_ms: None }]);
        assert_eq!(detail(&mut root, id).await.row.attachments, 1);

        let delete =
            async |root: &mut Browser, confirm: &str| root.call("policies/delete", &[("id", &id.to_string()), ("confirm", confirm)]).await;
        for confirm in ["", "ANA-POLICY"] {
            let faults = fields_at_fault(&delete(&mut root, confirm).await);
            assert!(faults[0].0 == "confirm" && faults[0].1.contains("ana-policy"), "{faults:?}");
        }
        assert_eq!(delete(&mut root, "ana-policy").await.status, StatusCode::OK);
        assert_eq!(root.read("policies/view", &[("id", &id.to_string())]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(ana.read("policies/list", &[]).await.status, StatusCode::FORBIDDEN, "what it granted is gone on the next request");
        let unused = create(&mut root, "unused", &allowing(&["trtc:*"])).await;
        assert_eq!(root.call("policies/delete", &[("id", &unused.to_string())]).await.status, StatusCode::OK, "nobody holds it");
    }
}

#[tokio::test]
async fn the_default_version_counts_on_the_very_next_request() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let (mut ana, _, id) = sub_account(&console, &mut root, "ana", &allowing(&["cam:ListPolicies", "cam:ListUsers"])).await;
        let may = async |ana: &mut Browser| ana.read("users/list", &[]).await.status == StatusCode::OK;
        assert!(may(&mut ana).await);
        save(&mut root, id, &allowing(&["cam:ListPolicies"]), &[]).await;
        assert!(may(&mut ana).await, "a version that is not the default does not count");
        let set = root.call("policies/set-default", &[("id", &id.to_string()), ("version", "2")]).await;
        assert_eq!(set.status, StatusCode::OK, "{}", set.body);
        assert!(!may(&mut ana).await);
        save(&mut root, id, &allowing(&["cam:*"]), &[("set_default", "true")]).await;
        assert!(may(&mut ana).await);
    }
}

#[tokio::test]
async fn a_sub_account_is_told_before_it_locks_itself_out_and_root_never_is() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let (mut ana, _, id) = sub_account(&console, &mut root, "ana", &allowing(&["cam:*"])).await;
    let narrow = allowing(&["trtc:*"]);
    let refused = conflict(&save(&mut ana, id, &narrow, &[("set_default", "true")]).await, Fault::Unconfirmed);
    assert!(refused.contains("cam:"), "{refused}");
    assert_eq!(versions(&mut ana, id).await, [(1, true)], "nothing was stored");
    assert_eq!(save(&mut ana, id, &narrow, &[]).await.json::<i64>(), 2, "a version that does not count takes nothing");
    let set_default = [("id", id.to_string()), ("version", "2".to_owned())];
    let set_default: Vec<(&str, &str)> = set_default.iter().map(|(name, value)| (*name, value.as_str())).collect();
    conflict(&ana.call("policies/set-default", &set_default).await, Fault::Unconfirmed);
    conflict(&ana.call("policies/delete", &[("id", &id.to_string()), ("confirm", "ana-policy")]).await, Fault::Unconfirmed);
    assert_eq!(save(&mut ana, id, &allowing(&["cam:*", "trtc:*"]), &[("set_default", "true")]).await.json::<i64>(), 3, "nothing is lost");
    assert_eq!(save(&mut ana, id, &narrow, &[("set_default", "true"), ("confirmed", &refused)]).await.json::<i64>(), 4);
    assert_eq!(ana.read("policies/list", &[]).await.status, StatusCode::FORBIDDEN, "it was meant");

    let (mut bo, _, other) = sub_account(&console, &mut root, "bo", &allowing(&["cam:*"])).await;
    assert_eq!(save(&mut bo, id, &narrow, &[("set_default", "true")]).await.json::<i64>(), 5, "a policy bo does not hold");
    assert_eq!(save(&mut root, other, &narrow, &[("set_default", "true")]).await.json::<i64>(), 2, "root loses nothing by policies");
}

#[tokio::test]
async fn presets_are_listed_read_and_never_changed() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    create(&mut root, "own", &allowing(&["trtc:*"])).await;
    let names = |page: Page<PolicyRow>| page.rows.into_iter().map(|row| row.name).collect::<Vec<_>>();
    let all = names(root.read("policies/list", &[]).await.json());
    assert_eq!(all[0], "own");
    assert_eq!(all[1..], presets().iter().map(|preset| preset.name.to_owned()).collect::<Vec<_>>());
    assert_eq!(names(root.read("policies/list", &[("kind", "custom")]).await.json()), ["own"]);
    assert_eq!(names(root.read("policies/list", &[("search", "TRTCfull")]).await.json()), ["QcloudTRTCFullAccess"]);
    assert_eq!(names(root.read("policies/list", &[("search", "只读"), ("kind", "preset")]).await.json()).len(), 3);
    assert_eq!(detail(&mut root, PolicyId(2)).await.document, presets()[1].document);
    conflict(&save(&mut root, PolicyId(2), &allowing(&["trtc:*"]), &[]).await, Fault::Barred);
    for (call, more) in [
        ("policies/delete", ("confirm", "QcloudTRTCFullAccess")),
        ("policies/set-default", ("version", "1")),
        ("policies/delete-version", ("version", "1")),
        ("policies/describe", ("name", "mine")),
    ] {
        conflict(&root.call(call, &[("id", "2"), more]).await, Fault::Barred);
    }
}

#[tokio::test]
async fn lists_are_paged_and_searched() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    for number in 0..25 {
        create(&mut root, &format!("policy-{number:02}"), &allowing(&["trtc:*"])).await;
    }
    let page: Page<PolicyRow> = root.read("policies/list", &[("page", "2")]).await.json();
    assert_eq!((page.total, page.rows.len(), page.rows[0].name.as_str()), (32, 12, "policy-20"));
    assert_eq!(page.rows[11].name, "QcloudAuditReadOnlyAccess");
    let page: Page<PolicyRow> = root.read("policies/list", &[("search", "CY-1"), ("page", "1")]).await.json();
    assert_eq!(page.total, 10);
    let page: Page<PolicyRow> = root.read("policies/list", &[("search", "%"), ("page", "1")]).await.json();
    assert_eq!(page.total, 0, "a wildcard is a character here");
}

#[tokio::test]
async fn without_a_right_every_call_is_refused_and_with_it_it_is_not() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let (mut nobody, _, _) = sub_account(&console, &mut root, "nobody", &allowing(&["trtc:*"])).await;
    let (mut reader, _, _) = sub_account(&console, &mut root, "reader", &allowing(&["cam:Get*", "cam:List*"])).await;
    let id = create(&mut root, "target", &allowing(&["trtc:*"])).await.to_string();
    for (call, fields) in [
        ("policies/list", vec![]),
        ("policies/view", vec![("id", id.as_str())]),
        ("policies/view", vec![("id", id.as_str()), ("tab", "versions"), ("before", "1"), ("after", "1")]),
        ("policies/view", vec![("id", id.as_str()), ("tab", "used")]),
    ] {
        assert_eq!(reader.read(call, &fields).await.status, StatusCode::OK, "{call}");
        assert_eq!(nobody.read(call, &fields).await.status, StatusCode::FORBIDDEN, "{call}");
    }
    let document = allowing(&["trtc:*"]);
    for (call, fields) in [
        ("policies/check", vec![("document", document.as_str())]),
        ("policies/create", vec![("name", "x"), ("document", document.as_str())]),
        ("policies/describe", vec![("id", id.as_str()), ("name", "x")]),
        ("policies/save", vec![("id", id.as_str()), ("document", document.as_str())]),
        ("policies/set-default", vec![("id", id.as_str()), ("version", "1")]),
        ("policies/delete-version", vec![("id", id.as_str()), ("version", "1")]),
        ("policies/delete", vec![("id", id.as_str())]),
        ("policies/attach-users", vec![("id", id.as_str())]),
        ("policies/attach-groups", vec![("id", id.as_str())]),
    ] {
        assert_eq!(reader.call(call, &fields).await.status, StatusCode::FORBIDDEN, "{call}");
        assert_eq!(nobody.call(call, &fields).await.status, StatusCode::FORBIDDEN, "{call}");
    }
    // Saving and putting in force are two rights.
    let (mut drafter, _, _) = sub_account(&console, &mut root, "drafter", &allowing(&["cam:CreatePolicyVersion"])).await;
    let target = PolicyId(id.parse().unwrap());
    assert_eq!(save(&mut drafter, target, &document, &[("set_default", "true")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(save(&mut drafter, target, &document, &[]).await.json::<i64>(), 2);
}

#[tokio::test]
async fn an_old_proof_of_the_password_is_not_enough_for_rights() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let id = create(&mut root, "target", &allowing(&["trtc:*"])).await;
    console.clock.advance(16 * 60_000);
    assert_eq!(save(&mut root, id, &allowing(&["trtc:*"]), &[]).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(root.call("policies/delete", &[("id", &id.to_string())]).await.status, StatusCode::UNAUTHORIZED);
    let version = [("id", id.to_string()), ("version", "1".to_owned())];
    let version: Vec<(&str, &str)> = version.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(root.call("policies/delete-version", &version).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(detail(&mut root, id).await.last_version, 1, "reading needs none");
    assert_eq!(root.call("session/prove", &[("password", PASSWORD)]).await.status, StatusCode::OK);
    assert_eq!(save(&mut root, id, &allowing(&["trtc:*"]), &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_does_not_exist_answers_404_everywhere() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    for id in ["0", "-1", "999", "123456789"] {
        for tab in ["", "versions", "used"] {
            assert_eq!(root.read("policies/view", &[("id", id), ("tab", tab)]).await.status, StatusCode::NOT_FOUND, "{tab} {id}");
        }
        for (call, more) in [
            ("policies/save", ("document", allowing(&["trtc:*"]))),
            ("policies/save", ("document", "{".to_owned())),
            ("policies/describe", ("name", "x".to_owned())),
            ("policies/set-default", ("version", "1".to_owned())),
            ("policies/delete-version", ("version", "1".to_owned())),
            ("policies/delete", ("confirm", "x".to_owned())),
        ] {
            assert_eq!(root.call(call, &[("id", id), (more.0, &more.1)]).await.status, StatusCode::NOT_FOUND, "{call} {id}");
        }
    }
}

#[tokio::test]
async fn policies_of_another_root_account_do_not_exist() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let (mut root, mut other) = (console.root().await, console.other_root().await);
        let id = create(&mut root, "mine", &allowing(&["trtc:*"])).await;
        let fields = [("id", id.to_string())];
        let with = |more: &[(&'static str, &str)]| {
            let all = fields.iter().map(|(name, value)| (*name, value.clone()));
            all.chain(more.iter().map(|(name, value)| (*name, (*value).to_owned()))).collect::<Vec<_>>()
        };
        let document = allowing(&["trtc:*"]);
        for (call, more) in [
            ("policies/view", vec![]),
            ("policies/view", vec![("tab", "versions"), ("before", "1"), ("after", "1")]),
            ("policies/view", vec![("tab", "used")]),
        ] {
            let fields = with(&more);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            assert_eq!(root.read(call, &fields).await.status, StatusCode::OK, "{call}");
            assert_eq!(other.read(call, &fields).await.status, StatusCode::NOT_FOUND, "{call}");
        }
        for (call, more) in [
            ("policies/save", vec![("document", document.as_str())]),
            ("policies/describe", vec![("name", "theirs")]),
            ("policies/set-default", vec![("version", "1")]),
            ("policies/delete-version", vec![("version", "1")]),
            ("policies/delete", vec![("confirm", "mine")]),
        ] {
            let fields = with(&more);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            assert_eq!(other.call(call, &fields).await.status, StatusCode::NOT_FOUND, "{call}");
        }
        for path in [format!("/cam/policies/{id}"), format!("/cam/policies/{id}/edit")] {
            assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let theirs: Page<PolicyRow> = other.read("policies/list", &[("kind", "custom")]).await.json();
        assert_eq!(theirs.total, 0);
        create(&mut other, "mine", &document).await;
        assert_eq!(detail(&mut root, id).await.last_version, 1, "nothing of it was touched");
    }
}

#[tokio::test]
async fn the_number_of_custom_policies_is_limited_and_the_limit_is_named() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let document = allowing(&["trtc:*"]);
    for number in 0..1_500 {
        create(&mut root, &format!("p{number}"), &document).await;
    }
    let full = conflict(&root.call("policies/create", &[("name", "one-more"), ("document", &document)]).await, Fault::Limit);
    assert!(full.contains("1500") && full.contains("custom policies"), "{full}");
    let first = first_id(&mut root).await;
    assert_eq!(root.call("policies/delete", &[("id", &first)]).await.status, StatusCode::OK);
    create(&mut root, "one-more", &document).await;
}

async fn first_id(root: &mut Browser) -> String {
    let page: Page<PolicyRow> = root.read("policies/list", &[("kind", "custom")]).await.json();
    page.rows[0].id.to_string()
}
