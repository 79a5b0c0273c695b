//! The impact of a draft of a policy on screens: what is told before a save is what the gate permits and refuses after it, for everybody.

use crate::kit::{Answer, Browser, DATABASES, PASSWORD, TestConsole};
use crate::people::{application, owner_of, resource_of};
use crate::policies::{allowing, create, sub_account};
use crate::users::ADMINISTRATOR;
use axum::http::StatusCode;
use std::collections::{BTreeMap, BTreeSet};
use trtc_console::domain::access_pages::{PolicyReview, Reviewed};
use trtc_console::domain::ids::{PolicyId, SdkAppId, Uin};
use trtc_console::domain::impact::{Impact, Screen};
use trtc_console::server::gate::Caller;

/// A screen that is there: for whom, which, and on which application; 0 for the screen as a whole.
type Seen = BTreeSet<(Uin, &'static str, i64)>;

fn seen(uin: Uin, caller: &Caller, apps: &[i64]) -> Seen {
    let mut seen = Seen::new();
    for screen in Screen::all() {
        if screen.is_by_itself() && caller.holds_anywhere(screen.rule) {
            seen.insert((uin, screen.id, 0));
        }
        if screen.is_by_application() {
            seen.extend(apps.iter().filter(|app| caller.holds_on_app(screen.rule, SdkAppId(**app))).map(|app| (uin, screen.id, *app)));
        }
    }
    seen
}

/// What the impact says is so for the reader's own circumstances: gained, lost.
fn told(impact: &Impact) -> (Seen, Seen) {
    let (mut gained, mut lost) = (Seen::new(), Seen::new());
    for person in &impact.people {
        for change in person.changes.iter().filter(|change| !change.elsewhere) {
            assert_eq!(change.more, 0, "there are few applications");
            let id = Screen::find(&change.screen).unwrap().id;
            let places = change.apps.iter().map(|app| app.0).chain(change.whole.then_some(0));
            let set = if change.gained { &mut gained } else { &mut lost };
            set.extend(places.map(|place| (person.uin, id, place)));
        }
    }
    (gained, lost)
}

/// Numbers in no particular order, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// A policy of one to three statements, from pieces that meet each other.
fn random_policy(dice: &mut Dice, owner: Uin, apps: &[i64], users: &[Uin]) -> String {
    const ON_APPS: [&str; 8] = [
        "trtc:DescribeAppStatList",
        "trtc:Describe*",
        "trtc:DescribeTrtcRoomUsage",
        "trtc:DescribeSdkAppInfo",
        "trtc:ModifyAppInfo",
        "trtc:AlterRecording",
        "trtc:*",
        "tag:ModifyResourceTags",
    ];
    const ON_ALL: [&str; 8] = [
        "trtc:HardDescribeMixConf",
        "trtc:ModifyMixConf",
        "trtc:DescribeTrtcStatistic",
        "cam:List*",
        "cam:GetUser",
        "cam:*",
        "cloudaudit:LookUpEvents",
        "trtc:CreateTrtcApp",
    ];
    let statements = (0..=dice.below(3)).map(|_| {
        let effect = if dice.below(4) == 0 { "deny" } else { "allow" };
        let mut actions = vec![*dice.of(&ON_APPS)];
        let resource = match dice.below(4) {
            0 => resource_of(owner, dice.of(apps)),
            1 => format!("qcs::trtc::uin/{owner}:sdkappid/14000000*"),
            _ => {
                actions = vec![*dice.of(&ON_ALL), *dice.of(&ON_APPS)];
                "*".to_owned()
            }
        };
        let condition = match dice.below(9) {
            0 => r#"{"ip_equal":{"qcs:ip":["127.0.0.0/8"]}}"#.to_owned(),
            1 => r#"{"ip_not_equal":{"qcs:ip":["127.0.0.0/8","10.0.0.0/8"]}}"#.to_owned(),
            2 => r#"{"string_equal":{"qcs:resource_tag":["team&red"]}}"#.to_owned(),
            3 => r#"{"string_equal":{"mfa":["1"]}}"#.to_owned(),
            4 => format!(r#"{{"string_equal":{{"qcs:uin":["{}"]}}}}"#, dice.of(users)),
            5 => r#"{"string_equal":{"qcs:create_uin":["${uin}"]}}"#.to_owned(),
            _ => "{}".to_owned(),
        };
        let actions = serde_json::to_string(&actions).unwrap();
        let condition = if condition == "{}" { String::new() } else { format!(r#","condition":{condition}"#) };
        format!(r#"{{"effect":"{effect}","action":{actions},"resource":["{resource}"]{condition}}}"#)
    });
    format!(r#"{{"version":"2.0","statement":[{}]}}"#, statements.collect::<Vec<_>>().join(","))
}

async fn ok(who: &mut Browser, call: &str, fields: &[(&str, &str)]) -> Answer {
    let answer = who.call(call, fields).await;
    assert_eq!(answer.status, StatusCode::OK, "{call} {fields:?}: {}", answer.body);
    answer
}

/// Keeps a draft and reviews it.
async fn review(who: &mut Browser, id: PolicyId, document: &str) -> Reviewed {
    let id = id.to_string();
    ok(who, "drafts/keep", &[("id", &id), ("document", document), ("base", "0")]).await;
    let answer = who.read("policies/review", &[("id", &id)]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json::<PolicyReview>().reviewed.unwrap()
}

#[tokio::test]
async fn the_impact_is_the_difference_of_what_is_permitted_before_and_after_the_save() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let owner = owner_of(&mut root).await;
    let mut people = Vec::new();
    for number in 0..6 {
        let name = format!("user{number}");
        let made = crate::users::create(&mut root, &name, &[]).await;
        let mut browser = console.browser();
        browser.log_in(&owner.to_string(), &name, PASSWORD).await;
        people.push((made.uin, browser));
    }
    let users: Vec<Uin> = people.iter().map(|(uin, _)| *uin).collect();
    let mut apps = Vec::new();
    for (name, tags) in [("red", &[("team", "red")] as &[_]), ("blue", &[("team", "blue")]), ("plain", &[])] {
        apps.push(application(&mut root, name, tags).await);
    }
    // One that a sub-account has made.
    let first = users[0].to_string();
    ok(&mut root, "users/attach", &[("uin", &first), ("policies[]", ADMINISTRATOR)]).await;
    apps.push(application(&mut people[0].1, "own", &[]).await);
    ok(&mut root, "users/detach", &[("uin", &first), ("policy", ADMINISTRATOR)]).await;

    let mut dice = Dice(7);
    let mut policies = Vec::new();
    for number in 0..5 {
        let document = random_policy(&mut dice, owner, &apps, &users);
        policies.push(create(&mut root, &format!("policy{number}"), &document).await);
    }
    for number in 0..2 {
        let group = crate::groups::create(&mut root, &format!("group{number}")).await;
        for user in &users[number..number + 3] {
            ok(&mut root, "groups/add-users", &[("id", &group), ("users[]", &user.to_string())]).await;
        }
        for policy in [&policies[number], &policies[4]] {
            ok(&mut root, "groups/attach", &[("id", &group), ("policies[]", &policy.to_string())]).await;
        }
    }
    for (number, user) in users.iter().enumerate() {
        for policy in [policies[number % 4].0, 3] {
            ok(&mut root, "users/attach", &[("uin", &user.to_string()), ("policies[]", &policy.to_string())]).await;
        }
    }

    let (mut last, mut saved, mut with_effects, mut elsewhere) = (BTreeMap::new(), 0, 0, 0);
    for round in 0..60 {
        let policy = *dice.of(&policies);
        let document = random_policy(&mut dice, owner, &apps, &users);
        let id = policy.to_string();
        let reviewed = review(&mut root, policy, &document).await;
        let Some(impact) = reviewed.impact else {
            assert!(reviewed.checked.has_errors(), "{document}");
            continue;
        };
        let before: Seen = seen_by_all(&console, &people, &apps).await;
        let fields = [("id", id.as_str()), ("document", &document), ("set_default", "true")];
        let version: i64 = ok(&mut root, "policies/save", &fields).await.json();
        let was = last.insert(policy, version).unwrap_or(1);
        ok(&mut root, "policies/delete-version", &[("id", &id), ("version", &was.to_string())]).await;
        let after = seen_by_all(&console, &people, &apps).await;
        let expected = (after.difference(&before).copied().collect::<Seen>(), before.difference(&after).copied().collect::<Seen>());
        assert_eq!(told(&impact), expected, "round {round}: {document}");
        saved += 1;
        with_effects += usize::from(impact.changed > 0);
        elsewhere += impact.people.iter().flat_map(|person| &person.changes).filter(|change| change.elsewhere).count();
    }
    assert!(saved > 40 && with_effects > 20 && elsewhere > 5, "{saved} {with_effects} {elsewhere}");
}

async fn seen_by_all(console: &TestConsole, people: &[(Uin, Browser)], apps: &[i64]) -> Seen {
    let mut all = Seen::new();
    for (uin, browser) in people {
        all.extend(seen(*uin, &browser.caller(console).await, apps));
    }
    all
}

#[tokio::test]
async fn who_is_reached_is_told_with_the_way_and_what_holds_elsewhere_is_told_apart() {
    for database in DATABASES {
        let console = TestConsole::start_on(database).await;
        let mut root = console.root().await;
        let owner = owner_of(&mut root).await;
        let app = application(&mut root, "shop", &[]).await;
        let policy = create(&mut root, "ops", &allowing(&["trtc:DescribeAppStatList"])).await;
        let (id, mut uins) = (policy.to_string(), Vec::new());
        for name in ["ana", "bo", "chen"] {
            uins.push(crate::users::create(&mut root, name, &[]).await.uin.to_string());
        }
        let group = crate::groups::create(&mut root, "vendors").await;
        ok(&mut root, "users/attach", &[("uin", &uins[0]), ("policies[]", &id)]).await;
        ok(&mut root, "groups/add-users", &[("id", &group), ("users[0]", &uins[0]), ("users[1]", &uins[1])]).await;
        ok(&mut root, "groups/attach", &[("id", &group), ("policies[]", &id)]).await;
        let outside = format!(
            r#"{{"version":"2.0","statement":[{{"effect":"allow","action":["trtc:DescribeAppStatList","trtc:DescribeSdkAppInfo"],"resource":["*"]}},
            {{"effect":"deny","action":"trtc:DescribeAppStatList","resource":"{}","condition":{{"ip_not_equal":{{"qcs:ip":["127.0.0.0/8"]}}}}}}]}}"#,
            resource_of(owner, app)
        );
        let impact = review(&mut root, policy, &outside).await.impact.unwrap();
        assert_eq!((impact.reached, impact.directly, impact.changed), (2, 1, 2), "{database:?}");
        let ways: Vec<_> = impact.people.iter().map(|person| (person.name.as_str(), person.direct, person.groups.clone())).collect();
        assert_eq!(ways, [("ana", true, vec!["vendors".to_owned()]), ("bo", false, vec!["vendors".to_owned()])]);
        assert_eq!(impact.apps, [(SdkAppId(app), "shop".to_owned())]);
        let change = |screen: &str, gained: bool, elsewhere: bool| {
            impact.people[1].changes.iter().any(|change| {
                (change.screen.as_str(), change.gained, change.elsewhere) == (screen, gained, elsewhere) && change.apps == [SdkAppId(app)]
            })
        };
        assert!(change("app", true, false), "{impact:?}");
        assert!(change("apps", false, true) && !change("apps", false, false), "only from elsewhere: {impact:?}");
    }
}

#[tokio::test]
async fn the_impact_is_for_who_may_see_who_is_reached_and_names_only_applications_that_the_reader_may_list() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let owner = owner_of(&mut root).await;
    let (own, hidden) = (application(&mut root, "own_app", &[]).await, application(&mut root, "hidden_app", &[]).await);
    let target = create(&mut root, "target", &allowing(&["trtc:DescribeAppStatList"])).await;
    let li = crate::users::create(&mut root, "li", &[&target.to_string()]).await;
    let wide = allowing(&["trtc:DescribeAppStatList", "trtc:DescribeSdkAppInfo"]);

    let listed = resource_of(owner, own);
    let document = format!(
        r#"{{"version":"2.0","statement":[{{"effect":"allow","action":"cam:*","resource":"*"}},
        {{"effect":"allow","action":"trtc:*","resource":"{listed}"}}]}}"#
    );
    let (mut admin, ..) = sub_account(&console, &mut root, "admin", &document).await;
    let reviewed = review(&mut admin, target, &wide).await;
    let said = serde_json::to_string(&reviewed).unwrap();
    assert!(!said.contains(&hidden.to_string()) && !said.contains("hidden_app"), "{said}");
    let impact = reviewed.impact.unwrap();
    assert_eq!(
        (impact.people[0].uin, impact.apps.as_slice(), impact.within_scope),
        (li.uin, &[(SdkAppId(own), "own_app".to_owned())][..], true)
    );

    let (mut writer, ..) = sub_account(&console, &mut root, "writer", &allowing(&["cam:GetPolicy", "cam:CreatePolicyVersion"])).await;
    let reviewed = review(&mut writer, target, &wide).await;
    assert!(reviewed.impact.is_none() && !serde_json::to_string(&reviewed).unwrap().contains("\"li\""), "{reviewed:?}");
    assert!(reviewed.comparison.access.is_some_and(|access| !access.is_equal()), "the rest is there");
    let (mut reader, ..) = sub_account(&console, &mut root, "reader", &allowing(&["cam:Get*", "cam:List*"])).await;
    assert_eq!(reader.read("policies/review", &[("id", &target.to_string())]).await.status, StatusCode::FORBIDDEN);
    let none: PolicyReview = reader_of(&mut root, target).await;
    assert_eq!(none.reviewed, None, "the drafts of others are nobody's business");
}

async fn reader_of(who: &mut Browser, id: PolicyId) -> PolicyReview {
    who.read("policies/review", &[("id", &id.to_string())]).await.json()
}

#[tokio::test]
async fn a_review_says_what_is_wrong_and_what_its_author_would_lose() {
    let console = TestConsole::start().await;
    let mut root = console.root().await;
    let (mut ana, _, id) = sub_account(&console, &mut root, "ana", &allowing(&["cam:*"])).await;
    let reviewed = review(&mut ana, id, &allowing(&["trtc:NoSuchAction"])).await;
    assert!(reviewed.checked.has_errors() && reviewed.impact.is_none() && reviewed.concern.is_none());
    let reviewed = review(&mut ana, id, &allowing(&["cam:Get*", "cam:List*", "cam:CreatePolicyVersion"])).await;
    let concern = reviewed.concern.unwrap();
    assert!(concern.en.contains("You would lose these permissions yourself"), "{concern:?}");
    assert!(reviewed.impact.unwrap().lost > 10);
    assert_eq!((reviewed.comparison.before, reviewed.comparison.after), (1, 2));
    assert_eq!(review(&mut ana, id, &allowing(&["cam:*", "trtc:*"])).await.concern, None);
}
