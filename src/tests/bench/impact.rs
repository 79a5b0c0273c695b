//! How long the review of a draft takes that reaches 1,000 accounts of an organisation with 100 applications, over HTTP and from the embedded
//! database, with everything it is made of: `cargo bench --features ssr --bench impact`; fewer accounts with `-- --accounts N`.
//!
//! Once all accounts hold the same policies, which is worked out once for all of them; once each holds one of its own besides, and nothing can
//! be shared. Must never be compared with figures of another machine.

#[expect(dead_code, reason = "the kit of the tests has more than a bench needs")]
#[path = "../kit.rs"]
mod kit;

use kit::{Browser, TestConsole};
use std::time::{Duration, Instant};
use trtc_console::catalog::limits::{MAX_APPLICATIONS, MAX_SUB_ACCOUNTS, MAX_USERS_PER_GROUP};
use trtc_console::domain::access_pages::PolicyReview;

const ROUNDS: u32 = 5;

#[tokio::main]
async fn main() {
    let given: Vec<String> = std::env::args().collect();
    let option = given.iter().position(|given| given == "--accounts").and_then(|at| given.get(at + 1));
    let accounts: i64 = option.map_or(MAX_SUB_ACCOUNTS, |number| number.parse().expect("a number"));
    for own in [false, true] {
        let console = TestConsole::start().await;
        let mut root = console.root().await;
        let policy = organisation(&console, &mut root, accounts, own).await;
        let draft = allowing(&["trtc:Describe*", "trtc:Modify*", "trtc:HardDescribeMixConf"], "*");
        call(&mut root, "drafts/keep", &[("id", &policy), ("document", &draft)]).await;
        let (mut worst, mut sum) = (Duration::ZERO, Duration::ZERO);
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            let answer = root.read("policies/review", &[("id", &policy)]).await;
            let took = begun.elapsed();
            let impact = answer.json::<PolicyReview>().reviewed.and_then(|reviewed| reviewed.impact).expect("the draft has no errors");
            assert_eq!(i64::try_from(impact.reached.min(impact.changed)), Ok(accounts));
            (worst, sum) = (worst.max(took), sum + took);
        }
        let kind = if own { "each with a policy of its own" } else { "with the same policies" };
        println!("{accounts} accounts {kind}: {:.0?} on average, {worst:.0?} at worst", sum / ROUNDS);
    }
}

fn allowing(actions: &[&str], resource: &str) -> String {
    serde_json::json!({ "version": "2.0", "statement": [{ "effect": "allow", "action": actions, "resource": resource }] }).to_string()
}

async fn call(who: &mut Browser, call: &str, fields: &[(&str, &str)]) -> String {
    let answer = who.call(call, fields).await;
    assert!(answer.status.is_success(), "{call}: {}", answer.body);
    answer.body
}

/// Accounts, and as many applications as there may be; a policy reaches every account through a user group.
async fn organisation(console: &TestConsole, root: &mut Browser, accounts: i64, own: bool) -> String {
    for number in 0..MAX_APPLICATIONS {
        call(root, "apps/create", &[("name", &format!("app{number}"))]).await;
    }
    let policy = call(root, "policies/create", &[("name", "shared"), ("document", &allowing(&["trtc:DescribeAppStatList"], "*"))]).await;
    let mut group = String::new();
    for number in 0..accounts {
        // A proof of the password does not last as long as this.
        if number % MAX_USERS_PER_GROUP == 0 {
            *root = console.root().await;
            let made = root.call("groups/create", &[("name", &format!("group{number}"))]).await;
            made.location().rsplit('/').next().unwrap_or_default().clone_into(&mut group);
            call(root, "groups/attach", &[("id", &group), ("policies[]", &policy)]).await;
        }
        let name = format!("user{number}");
        let app = format!("qcs::trtc:::sdkappid/{}", 1_400_000_001 + number % MAX_APPLICATIONS);
        let mut fields = vec![("name", name.as_str()), ("groups[]", &group)];
        let own_policy;
        if own {
            let document = allowing(&["trtc:DescribeAppStatList", "trtc:DescribeSdkAppInfo", "trtc:ModifyAppInfo"], &app);
            own_policy = call(root, "policies/create", &[("name", &format!("own{number}")), ("document", &document)]).await;
            fields.push(("policies[]", &own_policy));
        }
        call(root, "users/create", &fields).await;
    }
    policy
}
