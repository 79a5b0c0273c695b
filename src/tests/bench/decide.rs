//! Nanoseconds for one decision, with 10, 100 and 1,000 statements over half as many applications: `cargo bench`.
//!
//! It must never measure building the index: a principal's policies are compiled once a revision.

use divan::Bencher;
use std::hint::black_box;
use std::sync::Arc;
use trtc_console::cam::{Context, Origin, Policy, PolicySet, Principal, Resource, Source, Verdict, Via, parse};

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
    let sources = written.chunks(20).zip(1i64..).map(|(chunk, policy_id)| {
        let text = format!(r#"{{"version":"2.0","statement":[{}]}}"#, chunk.join(","));
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

#[divan::bench(args = [10, 100, 1000])]
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
