//! Who may do what: the people who can, what one may use, requests tried out, the files of it, and who may not ask.

use crate::groups;
use crate::kit::{Browser, TestConsole};
use crate::people::{application, owner_of};
use crate::policies::{allowing, create, sub_account};
use crate::users::{self, wrong_fields};
use axum::http::StatusCode;
use trtc_console::cam::{Outlook, Verdict};
use trtc_console::catalog::{actions, pages};
use trtc_console::domain::rights::{Holder, Matrix, Simulation, WhoCan};

async fn who_can(reader: &mut Browser, fields: &[(&str, &str)]) -> WhoCan {
    let fields: Vec<(String, &str)> = fields.iter().map(|(name, value)| (format!("form[{name}]"), *value)).collect();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    reader.read("rights/who-can", &fields).await.json()
}

async fn simulated(reader: &mut Browser, fields: &[(&str, &str)]) -> Simulation {
    let fields: Vec<(String, &str)> = fields.iter().map(|(name, value)| (format!("form[{name}]"), *value)).collect();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let answer = reader.read("rights/simulate", &fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json()
}

fn of(effect: &str, action: &str, resource: &str, condition: &str) -> String {
    let condition = if condition.is_empty() { String::new() } else { format!(r#","condition":{condition}"#) };
    format!(r#"{{"version":"2.0","statement":[{{"effect":"{effect}","action":"{action}","resource":"{resource}"{condition}}}]}}"#)
}

/// `name path policy statement conditions`, one for each way.
fn lines(holders: &[Holder]) -> Vec<String> {
    let line = |holder: &Holder| {
        let ways = holder.allowed.iter().map(|way| {
            let conditions = way.conditions.iter().map(|one| one.text().en.into_owned()).collect::<Vec<_>>().join("; ");
            format!(
                "{} {} {} {} {conditions}",
                holder.person.name,
                way.through.as_deref().unwrap_or("direct"),
                way.policy_name,
                way.statement
            )
        });
        ways.map(|line| line.trim_end().to_owned()).collect::<Vec<_>>()
    };
    holders.iter().flat_map(line).collect()
}

/// An organisation: ana directly, bo and fay through a group and under a condition, fay denied, li on another application only.
async fn organisation(root: &mut Browser) -> (String, String) {
    let live = application(root, "live", &[]).await.to_string();
    let other = application(root, "other", &[]).await.to_string();
    let owner = owner_of(root).await;
    let on = |app: &str| format!("qcs::trtc::uin/{owner}:sdkappid/{app}");
    let everything = create(root, "everything", &of("allow", "trtc:*", &on(&live), "")).await.to_string();
    let editors = create(root, "editors", &of("allow", "trtc:AlterRecording", "*", r#"{"ip_equal":{"qcs:ip":"203.0.113.0/24"}}"#)).await;
    let freeze = create(root, "freeze", &of("deny", "trtc:Alter*", "*", "")).await.to_string();
    let vendors = create(root, "vendors", &of("allow", "trtc:AlterRecording", &on(&other), "")).await.to_string();
    let night = groups::create(root, "night").await;
    let attached = root.call("groups/attach", &[("id", &night), ("policies[]", &editors.to_string())]).await;
    assert_eq!(attached.status, StatusCode::OK, "{}", attached.body);
    for (name, policies) in
        [("ana", vec![everything.as_str()]), ("bo", vec![]), ("fay", vec![freeze.as_str()]), ("li", vec![vendors.as_str()])]
    {
        let made = users::create(root, name, &policies).await;
        if matches!(name, "bo" | "fay" | "ana") {
            let joined = root.call("users/join", &[("uin", &made.uin.to_string()), ("groups[]", &night)]).await;
            assert_eq!(joined.status, StatusCode::OK, "{}", joined.body);
        }
    }
    (live, other)
}

#[tokio::test]
async fn who_can_names_people_with_each_path_and_those_who_are_denied_apart() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let (live, other) = organisation(&mut root).await;
    let told = who_can(&mut root, &[("action", "trtc:AlterRecording"), ("app", &live)]).await;
    assert_eq!(told.people, 4, "the root account is not among them");
    let found = told.found.unwrap();
    assert_eq!(
        lines(&found.holders.rows),
        ["ana direct everything 1", "ana night editors 1 Address is in 203.0.113.0/24", "bo night editors 1 Address is in 203.0.113.0/24"]
    );
    assert_eq!((found.always, found.sometimes, found.direct, found.by_group), (1, 1, 1, 2));
    assert_eq!(lines(&found.denied), ["fay night editors 1 Address is in 203.0.113.0/24"]);
    assert_eq!(found.denied[0].denied[0].policy_name, "freeze");

    let names = |told: WhoCan| told.found.unwrap().holders.rows.into_iter().map(|one| (one.person.name, one.outlook)).collect::<Vec<_>>();
    let asked = [("action", "trtc:AlterRecording"), ("app", other.as_str()), ("address", "203.0.113.9")];
    let always = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), Outlook::Always)).collect::<Vec<_>>();
    assert_eq!(names(who_can(&mut root, &asked).await), always(&["ana", "bo", "li"]), "from a known address nothing is open");
    let asked = [("action", "trtc:AlterRecording"), ("app", other.as_str()), ("address", "198.51.100.7")];
    assert_eq!(names(who_can(&mut root, &asked).await), always(&["li"]));
    let asked = [("action", "trtc:AlterRecording"), ("app", "all"), ("address", "203.0.113.9")];
    assert_eq!(names(who_can(&mut root, &asked).await), always(&["ana", "bo"]));
    let asked = [("action", "trtc:AlterRecording"), ("address", "198.51.100.7")];
    assert_eq!(names(who_can(&mut root, &asked).await), always(&["ana", "li"]), "on any application");
    let asked = [("action", "trtc:AlterRecording"), ("app", live.as_str()), ("q", "BO")];
    assert_eq!(names(who_can(&mut root, &asked).await), [("bo".to_owned(), Outlook::Sometimes)]);
    assert_eq!(who_can(&mut root, &[]).await.found, None);

    for (fields, wrong) in [
        ([("form[action]", "trtc:Nothing"), ("form[app]", "")], "action"),
        ([("form[action]", "trtc:DismissRoom"), ("form[address]", "x")], "address"),
        ([("form[action]", "trtc:DismissRoom"), ("form[at]", "x")], "at"),
    ] {
        assert_eq!(wrong_fields(&root.read("rights/who-can", &fields).await), [wrong]);
    }
}

#[tokio::test]
async fn the_file_has_the_lines_of_the_table() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let (live, _) = organisation(&mut root).await;
    let file = root.get(&format!("/cam/who-can/export.csv?action=trtc:AlterRecording&app={live}")).await;
    assert_eq!((file.status, file.header("content-type").as_str()), (StatusCode::OK, "text/csv; charset=utf-8"));
    let rows: Vec<Vec<String>> = csv::Reader::from_reader(file.body.as_bytes())
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect();
    let told = who_can(&mut root, &[("action", "trtc:AlterRecording"), ("app", &live)]).await.found.unwrap();
    let allowed: Vec<String> = rows
        .iter()
        .filter(|row| row[0] != "deny_explicit" && row[3] == "allow")
        .map(|row| format!("{} {} {} {} {}", row[2], row[4].trim_start_matches("group "), row[6], row[7], row[8]).trim_end().to_owned())
        .collect();
    assert_eq!(allowed, lines(&told.holders.rows));
    let denied: Vec<(&str, &str)> =
        rows.iter().filter(|row| row[0] == "deny_explicit").map(|row| (row[2].as_str(), row[6].as_str())).collect();
    assert_eq!(denied, [("fay", "editors"), ("fay", "freeze")]);
    assert_eq!(root.get("/cam/who-can/export.csv").await.status, StatusCode::NOT_FOUND, "nothing was asked");
}

#[tokio::test]
async fn a_matrix_says_what_its_person_finds() {
    let (console, logins) = TestConsole::demo().await;
    let mut root = console.browser();
    root.log_in(&logins[0].owner, &logins[0].username, &logins[0].password).await;
    for login in &logins[1..] {
        let mut browser = console.browser();
        browser.log_in(&login.owner, &login.username, &login.password).await;
        let caller = browser.caller(&console).await;
        let mut seen = 0;
        for page in 1.. {
            let page = page.to_string();
            let fields = [
                ("form[person]", login.username.as_str()),
                ("form[address]", "127.0.0.1"),
                ("form[mfa]", "no"),
                ("form[page]", page.as_str()),
            ];
            let shown = root.read("rights/matrix", &fields).await.json::<Matrix>().shown.unwrap();
            for row in &shown.rows {
                let catalogue = pages::find(&row.page).unwrap();
                let rule = catalogue.control(&row.control).map_or(catalogue.opens, |control| control.rule);
                let found: Vec<bool> = if row.by_app {
                    shown.apps.rows.iter().map(|(id, _)| caller.holds_on_app(rule, *id)).collect()
                } else {
                    vec![caller.holds_anywhere(rule)]
                };
                let said: Vec<bool> = row.cells.iter().map(|cell| cell.one == Outlook::Always).collect();
                assert_eq!(said, found, "{} {} {}", login.username, row.page, row.control);
            }
            seen += i64::try_from(shown.apps.rows.len()).unwrap();
            if seen >= shown.apps.total {
                break;
            }
        }
    }
}

#[tokio::test]
async fn two_people_are_compared_by_what_differs() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let (live, other) = organisation(&mut root).await;
    let fields =
        [("compares", "true"), ("form[person]", "ana"), ("form[other]", "li"), ("form[address]", "198.51.100.7"), ("form[mfa]", "no")];
    let shown = root.read("rights/matrix", &fields).await.json::<Matrix>().shown.unwrap();
    assert_eq!(shown.apps.rows.iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>(), [live.as_str(), other.as_str()]);
    assert!(shown.rows.iter().all(|row| row.cells.iter().any(|cell| cell.differs())), "{shown:?}");
    let recording = shown.rows.iter().find(|row| row.control == "app-features.recording").unwrap();
    let cells: Vec<_> = recording.cells.iter().map(|cell| (cell.one, cell.other.unwrap())).collect();
    assert_eq!(cells, [(Outlook::Always, Outlook::No), (Outlook::No, Outlook::Always)]);
    let alike = [("compares", "true"), ("form[person]", "ana"), ("form[other]", "ana")];
    assert_eq!(root.read("rights/matrix", &alike).await.json::<Matrix>().shown.unwrap().rows, []);
    let file = root.get("/cam/who-can/export.csv?tab=differences&person=ana&other=li&address=198.51.100.7&mfa=no").await;
    assert!(file.body.contains(&format!("app-features,app-features.recording,{live},")), "{}", file.body);
    for field in ["person", "other"] {
        let mut fields = vec![("compares", "true"), ("form[person]", "ana"), ("form[other]", "ana")];
        let name = format!("form[{field}]");
        fields.retain(|(known, _)| *known != name);
        fields.push((&name, "nobody"));
        assert_eq!(wrong_fields(&root.read("rights/matrix", &fields).await), [field]);
    }
}

#[tokio::test]
async fn a_request_is_tried_out_with_the_reason_and_the_narrowest_grant() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let (live, other) = organisation(&mut root).await;
    let asked = [("person", "bo"), ("action", "trtc:AlterRecording"), ("app", live.as_str()), ("address", "198.51.100.7"), ("mfa", "no")];
    let tried = simulated(&mut root, &asked).await.tried.unwrap();
    assert_eq!((tried.requests.len(), tried.requests[0].outcomes[0].outlook), (1, Outlook::No));
    let nearest = &tried.decisions[0].trace.statements[0];
    let condition = &nearest.conditions[0];
    assert_eq!((&*nearest.origin.policy_name, condition.holds), ("editors", Some(false)));
    assert_eq!(
        (condition.wanted.as_slice(), condition.actual.as_deref()),
        (["203.0.113.0/24".to_owned()].as_slice(), Some(["198.51.100.7".to_owned()].as_slice()))
    );
    // The grant that is named allows it, and nothing on the other application.
    let remedy = tried.remedy.unwrap();
    let with = |app: &str| {
        [asked[0], asked[1], asked[3], asked[4]]
            .into_iter()
            .chain([("draft", remedy.document.as_str())])
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .chain([("app".to_owned(), app.to_owned())])
            .collect::<Vec<_>>()
    };
    for (app, outlook) in [(&live, Outlook::Always), (&other, Outlook::No)] {
        let fields = with(app);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(simulated(&mut root, &fields).await.tried.unwrap().requests[0].outcomes[0].outlook, outlook);
    }
    // What is denied is not helped by a grant.
    let asked = [("person", "fay"), ("action", "trtc:AlterRecording"), ("app", live.as_str())];
    let tried = simulated(&mut root, &asked).await.tried.unwrap();
    assert_eq!(
        (tried.requests[0].outcomes[0].outlook, tried.decisions[0].trace.verdict, tried.remedy),
        (Outlook::Denied, Verdict::DenyExplicit, None)
    );
    // Several at once, each with what it comes to.
    let both = format!("{live},{other}");
    let asked = [("person", "li"), ("action", "trtc:AlterRecording, trtc:DismissRoom"), ("app", both.as_str())];
    let tried = simulated(&mut root, &asked).await.tried.unwrap();
    let table: Vec<_> =
        tried.requests.iter().map(|request| (request.action.as_str(), request.on.as_str(), request.outcomes[0].outlook)).collect();
    assert_eq!(
        table,
        [
            ("trtc:AlterRecording", live.as_str(), Outlook::No),
            ("trtc:AlterRecording", other.as_str(), Outlook::Always),
            ("trtc:DismissRoom", live.as_str(), Outlook::No),
            ("trtc:DismissRoom", other.as_str(), Outlook::No),
        ]
    );
    assert!(tried.decisions.is_empty() && tried.remedy.is_none());
    // By several people, a table of people and requests.
    let asked = [("person", "bo, li,fay"), ("action", "trtc:AlterRecording"), ("app", live.as_str()), ("address", "203.0.113.5")];
    let tried = simulated(&mut root, &asked).await.tried.unwrap();
    let names: Vec<_> = tried.people.iter().map(|person| person.name.as_str()).collect();
    let outlooks: Vec<_> = tried.requests[0].outcomes.iter().map(|outcome| outcome.outlook).collect();
    assert_eq!((names, outlooks), (vec!["bo", "li", "fay"], vec![Outlook::Always, Outlook::No, Outlook::Denied]));
    assert!(tried.decisions.is_empty() && tried.remedy.is_none());
    let page = root.get(&format!("/cam/who-can?tab=simulator&person=bo,li&action=trtc:AlterRecording&app={live}")).await;
    assert!(page.body.contains("2 users") && page.body.contains("2 requests"), "{}", page.body);
    let everything: Vec<&str> = actions().take(20).map(|row| row.full).collect();
    let many = [("form[person]", "bo,li"), ("form[action]", &everything.join(",")), ("form[app]", &format!("{live},{other},all"))];
    assert_eq!(wrong_fields(&root.read("rights/simulate", &many).await), ["action"]);
    assert_eq!(wrong_fields(&root.read("rights/simulate", &[("form[person]", "bo, nobody"), many[1]]).await), ["person"]);
    // A draft alone, and one that is none.
    let draft = allowing(&["trtc:DismissRoom"]);
    let tried = simulated(&mut root, &[("draft", &draft), ("action", "trtc:DismissRoom"), ("app", "all")]).await.tried.unwrap();
    assert_eq!((tried.people.len(), tried.requests[0].outcomes[0].outlook), (0, Outlook::Always));
    let wrong = [("form[draft]", "{"), ("form[action]", "trtc:DismissRoom")];
    assert_eq!(wrong_fields(&root.read("rights/simulate", &wrong).await), ["draft"]);
    let cam = [("person", "bo"), ("action", "cam:UpdateAccessKey"), ("resource", "qcs::cam:::uin/1")];
    assert_eq!(simulated(&mut root, &cam).await.tried.unwrap().requests[0].outcomes[0].outlook, Outlook::No);
}

#[tokio::test]
async fn a_list_of_requests_is_tried_out_line_by_line() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let (live, other) = organisation(&mut root).await;
    let list = format!(
        "user,action,on\nbo,trtc:AlterRecording,{live}\nbo,trtc:AlterRecording,{other}\nfay,trtc:AlterRecording,{live}\nnobody,trtc:AlterRecording,{live}\n\
         bo,trtc:Nothing,{live}\nbo,trtc:AlterRecording,1499999999\nbo,cam:UpdateAccessKey,qcs::cam:::uin/1\nana,trtc:DismissRoom\n"
    );
    let answer = root.post("/cam/who-can/simulated.csv", &[("requests", &list), ("address", "203.0.113.5")]).await;
    let outcomes: Vec<(String, String)> = answer
        .body
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[3].to_owned(), cells[8].to_owned())
        })
        .collect();
    let came = |outlook: &str| (outlook.to_owned(), String::new());
    let wrong = |words: &str| (String::new(), words.to_owned());
    assert_eq!(
        outcomes,
        [
            came("allow"),
            came("allow"),
            came("deny_explicit"),
            wrong("There is no user of this name or UIN."),
            wrong("There is no such action."),
            wrong("There is no such application or resource."),
            came("deny_implicit"),
            came("allow"),
        ],
        "{}",
        answer.body
    );
    // The same as one by one, in the file of the page.
    let page = root
        .get(&format!("/cam/who-can/export.csv?tab=simulator&person=bo,fay&action=trtc:AlterRecording&app={live}&address=203.0.113.5"))
        .await;
    let rows: Vec<&str> = page.body.lines().skip(1).collect();
    assert!(
        rows[0].starts_with(&format!("bo,trtc:AlterRecording,{live},allow,group night,")) && rows[1].contains(",deny_explicit,"),
        "{rows:?}"
    );
    for (wrong, field) in [("requests", ""), ("address", "nowhere")] {
        let list = if wrong == "requests" { "" } else { list.as_str() };
        assert_eq!(
            root.post("/cam/who-can/simulated.csv", &[("requests", list), ("address", field)]).await.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{wrong}"
        );
    }
    let (mut reader, ..) = sub_account(&console, &mut root, "reader", &allowing(&["cam:ListUsers", "cam:GetPolicy"])).await;
    assert_eq!(reader.post("/cam/who-can/simulated.csv", &[("requests", &list)]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn who_may_not_read_rights_learns_nothing_and_who_may_learns_of_no_application_they_may_not_list() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let (live, _) = organisation(&mut root).await;
    let all = ["cam:ListUsers", "cam:GetPolicy", "cam:ListAttachedUserAllPolicies"];
    let questions = ["rights/who-can", "rights/matrix", "rights/simulate"];
    for missing in all {
        let name = missing.split(':').next_back().unwrap().to_lowercase();
        let rest: Vec<&str> = all.into_iter().filter(|action| *action != missing).collect();
        let (mut reader, ..) = sub_account(&console, &mut root, &name, &allowing(&rest)).await;
        for question in questions {
            let answer = reader.read(question, &[("form[action]", "trtc:AlterRecording"), ("form[person]", "ana")]).await;
            assert!(answer.status == StatusCode::FORBIDDEN && !answer.body.contains("editors"), "{question} {}", answer.body);
        }
        for page in ["/cam/who-can?action=trtc:AlterRecording", "/cam/who-can/export.csv?action=trtc:AlterRecording"] {
            let answer = reader.get(page).await;
            assert!(answer.status == StatusCode::FORBIDDEN && !answer.body.contains("editors"), "{page} {}", answer.status);
        }
    }
    let (mut reader, ..) = sub_account(&console, &mut root, "reader", &allowing(&all)).await;
    let told = who_can(&mut reader, &[("action", "trtc:AlterRecording")]).await;
    assert!(told.choices.apps.is_empty() && told.found.unwrap().holders.total == 3);
    let there = reader.read("rights/who-can", &[("form[action]", "trtc:AlterRecording"), ("form[app]", &live)]).await;
    let not = reader.read("rights/who-can", &[("form[action]", "trtc:AlterRecording"), ("form[app]", "1499999999")]).await;
    assert_eq!((there.status, &there.body), (StatusCode::NOT_FOUND, &not.body), "both answer alike");
    let matrix = reader.read("rights/matrix", &[("form[person]", "ana")]).await.json::<Matrix>();
    assert_eq!(matrix.shown.unwrap().apps.total, 0);
    // People of another organisation are nobody.
    let uin = told.choices.people[0].0.to_string();
    let mut stranger = console.other_root().await;
    assert_eq!(wrong_fields(&stranger.read("rights/matrix", &[("form[person]", &uin)]).await), ["person"]);
}

#[tokio::test]
async fn every_tab_is_a_page_without_scripts() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let (live, _) = organisation(&mut root).await;
    for (query, words) in [
        ("", vec!["Who can do what?"]),
        (
            &*format!("?action=trtc:AlterRecording&app={live}"),
            vec!["2 of 4 users, and root", "editors", "Address is in 203.0.113.0/24", "Denied although allowed (1)"],
        ),
        ("?tab=person&person=ana", vec!["Change on-cloud recording", "Under a condition"]),
        ("?tab=differences&person=ana&other=li", vec!["Change on-cloud recording"]),
        (
            &*format!("?tab=simulator&person=bo&action=trtc:AlterRecording&app={live}&address=198.51.100.7"),
            vec!["Implicit deny", "nearest", "wanted", "What would allow it"],
        ),
        ("?action=trtc:Nothing", vec!["There is no such action."]),
        ("?tab=person&person=nobody", vec!["There is no user of this name or UIN."]),
    ] {
        let page = root.get(&format!("/cam/who-can{query}")).await;
        let wrong = query.contains("Nothing") || query.contains("nobody");
        assert_eq!(page.status, if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, "{query}");
        for word in words {
            assert!(page.body.contains(word), "{query}: {word} is missing in {}", page.body);
        }
    }
}
