//! What a refused person gets to know: every way to be let in, the narrowest grant first, and which decision stands in the way.
//!
//! It must never decide: the caller has refused already. Policies are not told, only what the catalogue says a page needs.

use super::caller::Caller;
use super::principal::{Ask, Principal, of_kind, on_application, with_app};
use crate::cam::{Context, Resource, Verdict};
use crate::catalog::action::{Action as _, ActionRow, trtc};
use crate::catalog::rule::Rule;
use crate::domain::fault::{Denial, Fault, Missing};
use crate::server::store::applications::AppFacts;

/// Any application will do: so its number stands in the resource of what is missing.
const SOME_APPLICATION: &str = "<SDKAppID>";

/// An action that is missing, on the narrowest resource that would do.
struct Needed {
    row: &'static ActionRow,
    resource: String,
    verdict: Verdict,
    /// Whether only a statement on all resources grants it.
    on_everything: bool,
}

impl Caller {
    /// The refusal of something that could be had in several ways.
    pub(super) fn refusal(&self, ways: &[Vec<&'static ActionRow>], ask: Ask<'_>, context: &Context) -> Fault {
        let ways = self.principal().narrowest(ways, ask, context);
        // What is denied explains the refusal, also when something else is missing beside it.
        let first = ways.first().and_then(|way| way.iter().find(|needed| needed.verdict == Verdict::DenyExplicit).or(way.first()));
        let Some(first) = first else {
            // INVARIANT: a rule fails only through an action; default deny holds even if it did not.
            return Fault::NotFound;
        };
        self.count_refusal(first);
        Fault::Denied(Box::new(Denial {
            account: self.name().to_owned(),
            uin: self.uin(),
            owner_uin: self.owner(),
            action: first.row.full.to_owned(),
            gloss: first.row.gloss.clone(),
            resource: first.resource.clone(),
            verdict: first.verdict,
            ways: ways.iter().map(|way| way.iter().map(Needed::told).collect()).collect(),
            address_missed: self.address_missed(),
            request_id: self.request_id().to_owned(),
            at_ms: self.now_ms(),
        }))
    }

    /// One line a minute: whoever is refused can be so as often as they like, and must not be able to fill the log.
    fn count_refusal(&self, first: &Needed) {
        let (uin, owner, action, resource, verdict) = (self.uin().0, self.owner().0, first.row.full, &first.resource, first.verdict);
        tracing::debug!(uin, owner, action, resource, %verdict, "refused");
        if let Some(times) = self.gate().0.refused.due(self.now_ms()) {
            tracing::info!(times, uin, owner, action, resource, %verdict, "refused; the last one is named here");
        }
    }
}

impl Principal {
    /// What is missing on each way, the narrowest grant first. A way that takes all of another one and more is none.
    fn narrowest(&self, ways: &[Vec<&'static ActionRow>], ask: Ask<'_>, context: &Context) -> Vec<Vec<Needed>> {
        let all: Vec<Vec<Needed>> = ways.iter().map(|way| way.iter().map(|row| self.needed(row, ask, context)).collect()).collect();
        let takes_all_of = |way: &[Needed], other: &[Needed]| other.iter().all(|one| way.iter().any(|known| known.grants_as(one)));
        let is_wider = |at: usize, way: &[Needed]| {
            let others = all.iter().enumerate().filter(|(place, _)| *place != at);
            others.into_iter().any(|(place, other)| takes_all_of(way, other) && (place < at || !takes_all_of(other, way)))
        };
        let wider: Vec<bool> = all.iter().enumerate().map(|(at, way)| is_wider(at, way)).collect();
        let mut ways: Vec<Vec<Needed>> = all.into_iter().zip(wider).filter(|(_, wider)| !wider).map(|(way, _)| way).collect();
        // A way on which something is denied is not opened by a further grant; a grant on all resources is wider than one on an application, and
        // to change something is more than to read it.
        ways.sort_by_key(|way: &Vec<Needed>| {
            (
                way.iter().filter(|needed| needed.verdict == Verdict::DenyExplicit).count(),
                way.iter().filter(|needed| needed.on_everything).count(),
                way.len(),
                way.iter().filter(|needed| !needed.row.access.is_reading()).count(),
            )
        });
        ways
    }

    /// The application that a grant has to name: who may list a single one has nothing of a grant on another.
    fn only_listed(&self, context: &Context) -> Option<&AppFacts> {
        match self.apps_where(Rule::may::<trtc::DescribeAppStatList>(), context).as_slice() {
            [only] => self.apps.get(*only),
            _ => None,
        }
    }

    fn needed(&self, row: &'static ActionRow, ask: Ask<'_>, context: &Context) -> Needed {
        let (principal, set) = (self, &self.policies);
        // What stands refused: the action on its resource, or, where that one is allowed, the listing of the application it works on.
        let (row, resource, told, context) = match (ask, on_application(row)) {
            (Ask::App(app), false) if set.verdict(row.full, &Resource::all(), context) == Verdict::Allow => {
                (trtc::DescribeAppStatList::ROW, principal.resource_of(app), principal.resource_of(app), with_app(context, app))
            }
            (Ask::App(app), true) => (row, principal.resource_of(app), principal.resource_of(app), with_app(context, app)),
            (Ask::Anywhere | Ask::Things(_), true) => {
                let only = if row == trtc::DescribeAppStatList::ROW { None } else { principal.only_listed(context) };
                match only {
                    Some(app) => (row, principal.resource_of(app), principal.resource_of(app), with_app(context, app)),
                    None => (row, principal.application("*"), principal.application(SOME_APPLICATION), context.clone()),
                }
            }
            (ask, false) => {
                let refused = |resource: &&Resource| !set.verdict(row.full, *resource, context).is_allow();
                let named = match (ask, row.resource_kind()) {
                    (Ask::Things(things), Some((_, kind))) => of_kind(things, kind).find(refused).cloned(),
                    _ => None,
                };
                let resource = named.unwrap_or_else(Resource::all);
                (row, resource.clone(), resource, context.clone())
            }
        };
        Needed {
            row,
            verdict: set.verdict(row.full, &resource, &context),
            on_everything: told == Resource::all(),
            resource: told.to_string(),
        }
    }
}

impl Needed {
    /// Whether a grant of this one is a grant of the other.
    fn grants_as(&self, other: &Self) -> bool {
        self.row == other.row && self.resource == other.resource
    }

    fn told(&self) -> Missing {
        Missing { action: self.row.full.to_owned(), gloss: self.row.gloss.clone(), resource: self.resource.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{operations, pages};
    use crate::server::gate::rig::{drawn_principal, drawn_statement};
    use proptest::prelude::*;

    /// Applications that are there, and one that may come to be.
    const APPS: [&str; 4] = ["1400000001", "1400000002", "1400000103", "1400000777"];

    /// Statements that grant what is missing on a way, where any application will do on this one.
    fn grants(way: &[&Needed], app: &str) -> Vec<String> {
        let of = |needed: &&Needed| {
            let resource = needed.resource.replace(SOME_APPLICATION, app);
            format!(r#"{{"effect":"allow","action":["{}"],"resource":["{resource}"]}}"#, needed.row.full)
        };
        way.iter().map(of).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_grant_that_is_named_first_allows_it_and_nothing_of_it_can_be_left_out(statements in proptest::collection::vec(drawn_statement(), 0..5)) {
            let principal = drawn_principal(&statements);
            let context = Context::new().with_time_ms(1_000).with_mfa(false).with_ip([10, 1, 0, 1].into());
            let rules = pages::all().map(|page| page.opens).chain(operations::ALL.iter().map(|row| row.rule));
            for rule in rules {
                for place in [None, Some(0), Some(1)] {
                    let holds = |more: &[String]| {
                        let principal = drawn_principal(&[statements.clone(), more.to_vec()].concat());
                        let ask = place.and_then(|at| principal.apps.get(at)).map_or(Ask::Anywhere, Ask::App);
                        principal.holds(rule, ask, &context)
                    };
                    let ask = place.and_then(|at| principal.apps.get(at)).map_or(Ask::Anywhere, Ask::App);
                    let mut may = |row| principal.may(row, ask, &context);
                    // An application that may not be listed is not there, and nothing is said of it.
                    if rule.holds(&mut may) || place.is_some() && !may(trtc::DescribeAppStatList::ROW) {
                        continue;
                    }
                    let ways = principal.narrowest(&rule.ways(&mut may), ask, &context);
                    let (first, others) = ways.split_first().unwrap();
                    if first.iter().any(|needed| needed.verdict == Verdict::DenyExplicit) {
                        prop_assert!(others.iter().all(|way| way.iter().any(|needed| needed.verdict == Verdict::DenyExplicit)), "what is denied comes last");
                        continue;
                    }
                    let all: Vec<&Needed> = first.iter().collect();
                    let app = APPS.into_iter().find(|app| holds(&grants(&all, app)));
                    prop_assert!(app.is_some(), "{:?} with {:?}", rule.actions(), grants(&all, SOME_APPLICATION));
                    let app = app.unwrap_or_default();
                    for left_out in 0..all.len() {
                        let mut less = all.clone();
                        less.remove(left_out);
                        prop_assert!(!holds(&grants(&less, app)), "{:?} without {}", rule.actions(), all[left_out].row.full);
                    }
                    let wide = |way: &[Needed]| way.iter().filter(|needed| needed.on_everything).count();
                    let open = |way: &&Vec<Needed>| way.iter().all(|needed| needed.verdict != Verdict::DenyExplicit);
                    prop_assert!(others.iter().filter(open).all(|way| (wide(first), first.len()) <= (wide(way), way.len())));
                }
            }
        }
    }

    #[test]
    fn usage_is_had_by_a_grant_on_the_application_that_may_be_listed() {
        let told = |statements: &[&str]| -> Vec<String> {
            let statements: Vec<String> = statements.iter().map(|text| (*text).to_owned()).collect();
            let (principal, context) = (drawn_principal(&statements), Context::new());
            let rule = pages::Usage::PAGE.opens;
            let ways = principal.narrowest(&rule.ways(&mut |row| principal.may(row, Ask::Anywhere, &context)), Ask::Anywhere, &context);
            ways[0].iter().map(|needed| format!("{} {}", needed.row.name, needed.resource.rsplit(':').next().unwrap())).collect()
        };
        assert_eq!(told(&[]), ["DescribeAppStatList sdkappid/<SDKAppID>", "DescribeTrtcRoomUsage sdkappid/<SDKAppID>"]);
        let lists = |resource: &str| format!(r#"{{"effect":"allow","action":"trtc:DescribeAppStatList","resource":"{resource}"}}"#);
        assert_eq!(told(&[&lists("qcs::trtc:::sdkappid/1400000002")]), ["DescribeTrtcRoomUsage sdkappid/1400000002"]);
        assert_eq!(told(&[&lists("*")]), ["DescribeTrtcRoomUsage sdkappid/<SDKAppID>"], "any of those that may be listed");
    }
}
