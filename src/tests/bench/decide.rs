//! Nanoseconds for one decision, with 10, 100, 1,000 and 10,000 statements over half as many applications: `cargo bench`.
//!
//! Beside it the decisions of a whole page for 100 applications, by ordinary policies and by policies that are within the limits and
//! made to be slow.
//!
//! The figure of a decision must never include building the index; `compile` and `first_page_of_100_applications` measure that.

use divan::Bencher;
use std::collections::{HashMap, HashSet};
use std::hint::black_box;
use std::sync::Arc;
use trtc_console::cam::{Context, Origin, Policy, PolicySet, Principal, Resource, ResourceRef, Source, Verdict, Via, parse};
use trtc_console::catalog::pages;
use trtc_console::catalog::rule::Rule;

const OWNER: i64 = 100_000_000_001;

fn main() {
    divan::main();
}

/// For each application an allow of `trtc:Describe*` and a deny of `trtc:RemoveUser`, in policies of twenty statements.
fn policies(statements: usize) -> PolicySet {
    let written: Vec<String> = (0..statements)
        .map(|number| {
            let (effect, action) = if number % 2 == 0 { ("allow", "trtc:Describe*") } else { ("deny", "trtc:RemoveUser") };
            let resource = resource(number / 2);
            format!(r#"{{"effect":"{effect}","action":["{action}"],"resource":["{resource}"]}}"#)
        })
        .collect();
    compiled(written.chunks(20).map(|chunk| chunk.join(",")))
}

/// One policy for each list of statements.
fn compiled(statements: impl Iterator<Item = String>) -> PolicySet {
    let sources = statements.zip(1i64..).map(|(statements, policy_id)| {
        let text = format!(r#"{{"version":"2.0","statement":[{statements}]}}"#);
        let policy: Policy = parse(&text).policy.expect("the generated policy is well-formed");
        let origin = Origin { policy_id, policy_name: format!("p{policy_id}").into(), version: 1, via: Via::Direct };
        Source { origin, policy: Arc::new(policy) }
    });
    let principal = Principal { uin: 100_000_000_002, owner_uin: OWNER, app_id: Some(1_250_000_000), is_root: false };
    PolicySet::compile(principal, sources.collect(), None, None)
}

fn resource(application: usize) -> Resource {
    Resource::of("trtc", OWNER, "sdkappid", 1_400_000_000 + application)
}

/// Half allowed, a quarter explicitly denied, a quarter implicitly denied, over all applications in no particular order.
fn requests(statements: usize) -> Vec<(&'static str, Resource, Verdict)> {
    let applications = statements / 2;
    (0..1024)
        .map(|number| {
            let (action, verdict) = match number % 4 {
                0 => ("trtc:DescribeRoomInfo", Verdict::Allow),
                1 => ("trtc:RemoveUser", Verdict::DenyExplicit),
                2 => ("trtc:DescribeCallDetailInfo", Verdict::Allow),
                _ => ("trtc:DismissRoom", Verdict::DenyImplicit),
            };
            (action, resource(number * 7919 % applications), verdict)
        })
        .collect()
}

#[divan::bench(args = [10, 100, 1000, 10_000])]
fn decision(bencher: Bencher<'_, '_>, statements: usize) {
    let set = policies(statements);
    let requests = requests(statements);
    let context = Context::new().with_mfa(false).with("qcs:ip", "10.1.2.3");
    for (action, resource, verdict) in &requests {
        assert_eq!(set.verdict(action, resource, &context), *verdict);
    }
    let mut turn = requests.iter().cycle();
    bencher.bench_local(|| {
        let (action, resource, _) = turn.next()?;
        Some(set.verdict(black_box(action), black_box(resource), black_box(&context)))
    });
}

/// The same with reading the resource, as for one that is asked about once.
#[divan::bench(args = [1000])]
fn decision_on_a_text(bencher: Bencher<'_, '_>, statements: usize) {
    let set = policies(statements);
    let requests = requests(statements);
    let context = Context::new().with_mfa(false).with("qcs:ip", "10.1.2.3");
    let mut turn = requests.iter().cycle();
    bencher.bench_local(|| {
        let (action, resource, _) = turn.next()?;
        Some(set.verdict(black_box(action), ResourceRef::read(black_box(resource.as_str())), black_box(&context)))
    });
}

/// What a list page asks before it looks at single applications; not asked per application.
#[divan::bench(args = [10, 100, 1000])]
fn may_allow(bencher: Bencher<'_, '_>, statements: usize) {
    let set = policies(statements);
    let context = Context::new().with_mfa(false);
    bencher.bench_local(|| set.may_allow(black_box("trtc:DescribeRoomInfo"), "trtc", "sdkappid", &context));
}

/// What a change of policies costs once: binding and indexing all statements.
#[divan::bench(args = [10, 100, 1000])]
fn compile(bencher: Bencher<'_, '_>, statements: usize) {
    bencher.bench_local(|| policies(black_box(statements)));
}

/// 200 policies with as many patterns as one account may hold together: such as people write, or of one kind made to be slow.
fn organisation(kind: &str) -> PolicySet {
    const EACH: usize = trtc_console::catalog::limits::MAX_PATTERNS_PER_ACCOUNT as usize / 200;
    let list = |count: usize, item: &dyn Fn(usize) -> String| (0..count).map(item).collect::<Vec<_>>().join(",");
    compiled((0..200).map(|policy| match kind {
        "ordinary" => {
            let verbs = ["Describe", "Modify", "Dismiss", "Remove"];
            let actions =
                list(EACH, &|n| format!("\"trtc:{}{}*\"", verbs[n % 4], ["", "App", "Room", "User", "Call", "Trtc", "Mix"][n / 4]));
            format!(r#"{{"effect":"allow","action":[{actions}],"resource":"{}"}}"#, resource(policy / 2))
        }
        "actions" => {
            let actions = list(EACH, &|n| format!("\"trtc:*q{n:02x}z{policy}\""));
            format!(r#"{{"effect":"allow","action":[{actions}],"resource":"*"}}"#)
        }
        "resources" => {
            let resources = list(EACH, &|n| format!("\"qcs::trtc:::sdkappid/*{n:03x}z{policy}\""));
            format!(r#"{{"effect":"allow","action":"trtc:*","resource":[{resources}]}}"#)
        }
        _ => {
            let tags = list(EACH, &|n| format!("\"*{n:03x}*z{policy}\""));
            format!(r#"{{"effect":"deny","action":"*","resource":"*","condition":{{"string_like":{{"qcs:resource_tag":[{tags}]}}}}}}"#)
        }
    }))
}

/// How many actions of the pages are allowed on 100 applications.
fn whole_page(set: &PolicySet, actions: &[&str]) -> usize {
    (0..100)
        .map(|application| {
            let under = set.under(Context::new().with_mfa(false).with_resource_tags([format!("team&t{application}")]));
            let resource = resource(application);
            actions.iter().filter(|action| under.verdict(action, black_box(&resource)).is_allow()).count()
        })
        .sum()
}

/// Every action that a page or a control asks for on an application.
fn actions_of_pages() -> Vec<&'static str> {
    let rules = pages::all().flat_map(|page| page.controls.iter().map(|control| control.rule).chain([page.opens]));
    let rows: HashSet<_> = rules.flat_map(Rule::actions).filter(|row| row.is_on_application()).map(|row| row.full).collect();
    rows.into_iter().collect()
}

/// Who of 1,000 accounts can do something on an application: each with three of sixty policies, a tenth of which have a condition that is left
/// open; with reading nothing, and compiling once what many hold.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn who_can_of_1000_accounts(bencher: Bencher<'_, '_>) {
    let policy = |number: usize| {
        let condition = if number.is_multiple_of(10) { r#","condition":{"ip_equal":{"qcs:ip":"10.0.0.0/8"}}"# } else { "" };
        let (one, other) = (resource(number), resource(number + 1));
        let text = format!(
            r#"{{"version":"2.0","statement":[{{"effect":"allow","action":["trtc:Describe*","trtc:Alter*"],"resource":["{one}","{other}"]{condition}}},{{"effect":"deny","action":"trtc:DismissRoom","resource":"*"}}]}}"#
        );
        Arc::new(parse(&text).policy.expect("the generated policy is well-formed"))
    };
    let policies: Vec<Arc<Policy>> = (0..60).map(policy).collect();
    let held = |account: usize| -> Vec<Source> {
        let source = |step: usize| {
            let number = (account * 7 + step * 11) % policies.len();
            let origin = Origin { policy_id: number as i64, policy_name: "p".into(), version: 1, via: Via::Direct };
            Source { origin, policy: policies[number].clone() }
        };
        (0..3).map(source).collect()
    };
    let (asked, context) = (resource(7), Context::new().with_mfa(false));
    bencher.bench_local(|| {
        let mut known: HashMap<Vec<i64>, PolicySet> = HashMap::new();
        let possible = (0..1000).filter(|account| {
            let (principal, sources) =
                (Principal { uin: OWNER + 1 + *account as i64, owner_uin: OWNER, app_id: None, is_root: false }, held(*account));
            let ids: Vec<i64> = sources.iter().map(|source| source.origin.policy_id).collect();
            let alike = known.get(&ids).and_then(|set| set.for_another(principal, sources.clone()));
            let set = alike.unwrap_or_else(|| PolicySet::compile(principal, sources, None, None));
            let outlook = set.outlook("trtc:AlterRecording", black_box(&asked), &context, &["qcs:ip"]);
            let met = set.meeting("trtc:AlterRecording", [(asked.clone(), &context)], &["qcs:ip"]).len();
            known.entry(ids).or_insert(set);
            outlook.is_possible() && met > 0
        });
        possible.count()
    });
}

const ORGANISATIONS: [&str; 4] = ["ordinary", "actions", "resources", "conditions"];

/// What the frame of the console asks when the policies or the applications of an account have changed.
#[divan::bench(args = ORGANISATIONS, sample_count = 20, sample_size = 1)]
fn page_of_100_applications(bencher: Bencher<'_, '_>, kind: &str) {
    let (set, actions) = (organisation(kind), actions_of_pages());
    bencher.bench_local(|| whole_page(&set, &actions));
}

/// The same with reading and indexing the policies, which only a change of the account's own policies costs.
#[divan::bench(args = ORGANISATIONS, sample_count = 20, sample_size = 1)]
fn first_page_of_100_applications(bencher: Bencher<'_, '_>, kind: &str) {
    let actions = actions_of_pages();
    bencher.bench_local(|| whole_page(&organisation(kind), &actions));
}
