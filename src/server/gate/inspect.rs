//! What other accounts may do, for who may read rights: the answers of the very principal by which the gate decides for them.
//!
//! It only looks: it must never permit anything. Where address, second factor or tags of a request are left open, the answer holds for each
//! of their values; where nothing is left open that a policy reads, [`Principal::may`] itself answers.

use super::in_force::origin;
use super::principal::{Ask, Principal, on_application};
use crate::cam::{self, Context, Meeting, Outlook, Policy, PolicySet, Resource, Source, Trace, Via};
use crate::catalog::action::{Action as _, ActionRow, trtc};
use crate::catalog::rule::Rule;
use crate::domain::ids::{PolicyId, SdkAppId, Uin};
use crate::domain::rights_query::Circumstances;
use crate::server::store::applications::AppFacts;
use crate::server::store::sessions::AccountRow;
use std::borrow::Cow;
use std::sync::Arc;

/// An account that is looked at.
#[derive(Clone)]
pub struct Inspected(pub(super) Principal);

/// What a request is about.
#[derive(Clone, Copy, Debug)]
pub enum On<'o> {
    /// Any application, or nothing in particular.
    Any,
    /// Every application that there is.
    EveryApp,
    /// One application.
    App(SdkAppId),
    /// Any resource, by its description.
    Resource(&'o Resource),
}

/// The circumstances of a request, and the keys that may have any value.
#[derive(Clone, Debug)]
pub struct Under {
    context: Context,
    open: Vec<&'static str>,
}

impl Under {
    /// The circumstances that were asked for; what was not said is open. A request is taken to carry no tags unless it says so, or `any_tags`.
    #[must_use]
    pub fn new(asked: &Circumstances, any_tags: bool) -> Self {
        let (mut context, mut open) = (Context::new().with_time_ms(asked.at_ms), Vec::new());
        match asked.address {
            Some(address) => context = context.with_ip(address),
            None => open.push(Context::IP),
        }
        match asked.mfa {
            Some(verified) => context = context.with_mfa(verified),
            None => open.push("qcs:mfa"),
        }
        if !asked.tags.is_empty() {
            context = context.with_request_tags(asked.tags.iter().map(|tag| format!("{}&{}", tag.key, tag.value)));
        } else if any_tags {
            open.push("qcs:request_tag");
        }
        Self { context, open }
    }

    /// Any circumstances that a request can have, at any time.
    #[must_use]
    pub fn anything() -> Self {
        Self { context: Context::new(), open: vec![Context::IP, Context::TIME, "qcs:mfa", "qcs:request_tag"] }
    }
}

/// One of the decisions that a request takes.
struct Check<'c> {
    row: &'static ActionRow,
    resource: Resource,
    context: Cow<'c, Context>,
}

/// Whether an action is about applications: those of others are decided without one.
fn is_about_applications(row: &ActionRow) -> bool {
    matches!(row.service, "trtc" | "tag")
}

impl Inspected {
    /// Its number.
    #[must_use]
    pub fn uin(&self) -> Uin {
        Uin(self.0.account.uin)
    }

    /// The account.
    #[must_use]
    pub fn account(&self) -> &AccountRow {
        &self.0.account
    }

    /// The same account if one more policy were attached to it.
    #[must_use]
    pub fn with_draft(&self, draft: Arc<Policy>) -> Self {
        let sources = self.0.policies.sources().cloned().chain([drafted(draft)]).collect();
        Self(self.0.under(PolicySet::compile(*self.0.policies.principal(), sources, None, None)))
    }

    /// What a request comes to.
    #[must_use]
    pub fn outlook(&self, row: &'static ActionRow, on: On<'_>, under: &Under) -> Outlook {
        let known = !self.0.policies.depends_on_any(&under.open);
        match on {
            On::Resource(resource) => self.0.policies.outlook(row.full, resource, &under.context, &under.open),
            On::App(id) if is_about_applications(row) => self.on_app(row, id, under, known),
            On::EveryApp if is_about_applications(row) => {
                self.0.apps.iter().map(|app| self.on_app(row, app.id, under, known)).min().unwrap_or(Outlook::No)
            }
            On::Any | On::App(_) | On::EveryApp => self.anywhere(row, under, known),
        }
    }

    /// What a rule of the catalogue comes to.
    #[must_use]
    pub fn rule(&self, rule: Rule, on: On<'_>, under: &Under) -> Outlook {
        let at_least = |least: Outlook| rule.holds(&mut |row| self.outlook(row, on, under) >= least);
        match () {
            () if at_least(Outlook::Always) => Outlook::Always,
            () if at_least(Outlook::Sometimes) => Outlook::Sometimes,
            () => Outlook::No,
        }
    }

    fn on_app(&self, row: &'static ActionRow, id: SdkAppId, under: &Under, known: bool) -> Outlook {
        let Some(app) = self.0.app(id) else { return Outlook::No };
        if known && self.0.may(row, Ask::App(app), &under.context) {
            return Outlook::Always;
        }
        let outlook = self.checks(row, On::App(id), under).map(|check| self.of_check(&check, under)).min().unwrap_or(Outlook::No);
        if known { outlook.min(Outlook::No) } else { outlook }
    }

    fn anywhere(&self, row: &'static ActionRow, under: &Under, known: bool) -> Outlook {
        if known && self.0.may(row, Ask::Anywhere, &under.context) {
            return Outlook::Always;
        }
        let mut best: Option<Outlook> = None;
        for check in self.checks(row, On::Any, under) {
            best = best.max(Some(self.of_check(&check, under)));
            if best == Some(Outlook::Always) {
                break;
            }
        }
        let best = best.unwrap_or(Outlook::No);
        if known {
            return best.min(Outlook::No);
        }
        // Something of the kind may come to be, or have tags, that it is allowed on.
        let kind = if on_application(row) { Some(("trtc", "sdkappid")) } else { row.resource_kind() };
        let may = kind.is_some_and(|(service, kind)| self.0.policies.may_allow_with(row.full, service, kind, &under.context, &under.open));
        if may { best.max(Outlook::Sometimes) } else { best }
    }

    fn of_check(&self, check: &Check<'_>, under: &Under) -> Outlook {
        self.0.policies.outlook(check.row.full, &check.resource, &check.context, &under.open)
    }

    /// The decisions that a request takes: all of them for one application, any of them for any, each for every.
    fn checks<'u>(&'u self, row: &'static ActionRow, on: On<'_>, under: &'u Under) -> Box<dyn Iterator<Item = Check<'u>> + 'u> {
        let plain = |resource: Resource| std::iter::once(Check { row, resource, context: Cow::Borrowed(&under.context) });
        let of_app = |row: &'static ActionRow, app: &AppFacts| Check {
            row,
            resource: self.0.resource_of(app),
            context: self.0.about(app, &under.context),
        };
        let on_app = on_application(row);
        match on {
            On::Resource(resource) => Box::new(plain(resource.clone())),
            On::App(id) if is_about_applications(row) => match self.0.app(id) {
                Some(app) if on_app => Box::new(std::iter::once(of_app(row, app))),
                Some(app) => Box::new(plain(Resource::all()).chain([of_app(trtc::DescribeAppStatList::ROW, app)])),
                None => Box::new(std::iter::empty()),
            },
            On::EveryApp if is_about_applications(row) && !on_app => {
                let lists = self.0.apps.iter().map(move |app| of_app(trtc::DescribeAppStatList::ROW, app));
                Box::new(plain(Resource::all()).chain(lists))
            }
            On::Any | On::EveryApp | On::App(_) => match row.resource_kind() {
                _ if on_app => Box::new(self.0.apps.iter().map(move |app| of_app(row, app))),
                Some((service, kind)) => Box::new(plain(Resource::of(service, self.0.account.owner_uin, kind, "*"))),
                None => Box::new(plain(Resource::all())),
            },
        }
    }

    /// The statements about the action that meet a request, each once: where it is possible somewhere, those of there.
    #[must_use]
    pub fn meeting(&self, row: &'static ActionRow, on: On<'_>, under: &Under) -> Vec<Meeting<'_>> {
        let own = || self.checks(row, on, under).filter(|check| check.row == row);
        let mut possible = own().filter(|check| self.of_check(check, under).is_possible()).peekable();
        let meeting = |checks: &mut dyn Iterator<Item = Check<'_>>| {
            self.0.policies.meeting(row.full, checks.map(|check| (check.resource, check.context)), &under.open)
        };
        if possible.peek().is_some() { meeting(&mut possible) } else { meeting(&mut own()) }
    }

    /// The decisions of a request with their reasons: of one application all, of any the best, of every one the worst. None where it is allowed
    /// on something that is not there yet, or cannot be named.
    #[must_use]
    pub fn decisions(&self, row: &'static ActionRow, on: On<'_>, under: &Under) -> Vec<(&'static ActionRow, String, Trace)> {
        let mut checks: Vec<_> = self.checks(row, on, under).collect();
        let all = matches!(on, On::App(_) | On::Resource(_));
        checks.sort_by_cached_key(|check| if all { Outlook::No } else { self.of_check(check, under) });
        if matches!(on, On::Any) {
            checks.reverse();
        }
        checks.truncate(if all { checks.len() } else { 1 });
        checks.retain(|check| all || self.of_check(check, under).is_possible() == self.outlook(row, on, under).is_possible());
        let traced = |check: Check<'_>| {
            let trace = self.0.policies.trace(check.row.full, &check.resource, &check.context, &under.open);
            (check.row, check.resource.to_string(), trace)
        };
        checks.into_iter().map(traced).collect()
    }

    /// The grants that a request lacks, each an action on the narrowest resource that would do; none where something is denied, or where it
    /// would have to be said on which application.
    #[must_use]
    pub fn lacking(&self, row: &'static ActionRow, on: On<'_>, under: &Under) -> Vec<(&'static ActionRow, Resource)> {
        let every = |row: &'static ActionRow| Check { row, resource: self.0.application("*"), context: Cow::Borrowed(&under.context) };
        let checks = match on {
            On::Any if row.is_resource_level() => Vec::new(),
            On::EveryApp if on_application(row) => vec![every(row)],
            On::EveryApp if is_about_applications(row) => {
                let mut checks: Vec<_> = self.checks(row, On::Any, under).collect();
                checks.push(every(trtc::DescribeAppStatList::ROW));
                checks
            }
            on => self.checks(row, on, under).collect(),
        };
        let judged: Vec<_> = checks.into_iter().map(|check| (self.of_check(&check, under), check)).collect();
        if judged.iter().any(|(outlook, _)| *outlook == Outlook::Denied) {
            return Vec::new();
        }
        judged.into_iter().filter(|(outlook, _)| *outlook != Outlook::Always).map(|(_, check)| (check.row, check.resource)).collect()
    }
}

/// A draft as the source of a policy set.
pub(super) fn drafted(draft: Arc<Policy>) -> Source {
    Source { origin: origin(PolicyId(0), 0, "draft", Via::Direct), policy: draft }
}

/// A sub-account as the engine knows it.
pub(super) fn principal_of(account: &AccountRow) -> cam::Principal {
    cam::Principal { uin: account.uin, owner_uin: account.owner_uin, app_id: Some(account.app_id), is_root: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{actions, pages};
    use crate::server::gate::rig::{drawn_principal, drawn_statement};
    use proptest::prelude::*;
    use proptest::sample::select;

    const ADDRESSES: [&str; 2] = ["10.1.0.1", "192.0.2.7"];

    fn inspected(statements: &[String]) -> Inspected {
        Inspected(drawn_principal(statements))
    }

    /// Every action that the drawn policies tell apart.
    fn rows() -> Vec<&'static ActionRow> {
        let told_apart = [
            "trtc:DescribeAppStatList",
            "trtc:AlterRecording",
            "trtc:ModifyMixConf",
            "trtc:DescribeTrtcStatistic",
            "trtc:DescribeTrtcRoomUsage",
            "cam:GetUser",
            "cam:UpdateAccessKey",
            "tag:ModifyResourceTags",
            "sts:AssumeRole",
        ];
        actions().filter(|row| told_apart.contains(&row.full)).collect()
    }

    fn asked(address: Option<&str>, mfa: Option<bool>, at_ms: i64) -> Circumstances {
        Circumstances { address: address.map(|address| address.parse().unwrap()), at_ms, mfa, tags: Vec::new() }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_said_of_an_account_is_what_the_gate_decides(
            statements in proptest::collection::vec(drawn_statement(), 1..6),
            address in select(ADDRESSES.to_vec()),
            mfa in any::<bool>(),
            at_ms in select(vec![1_000, 3_000]),
        ) {
            let one = inspected(&statements);
            let known = Under::new(&asked(Some(address), Some(mfa), at_ms), false);
            let principal = &one.0;
            let open = [
                Under::new(&asked(None, Some(mfa), at_ms), false),
                Under::new(&asked(Some(address), None, at_ms), true),
                Under::new(&asked(None, None, at_ms), true),
            ];
            for row in rows() {
                let about_apps = is_about_applications(row);
                let mut questions = vec![(On::Any, principal.may(row, Ask::Anywhere, &known.context))];
                let on_app = |app: &AppFacts| principal.may(row, if about_apps { Ask::App(app) } else { Ask::Anywhere }, &known.context);
                questions.extend(principal.apps.iter().map(|app| (On::App(app.id), on_app(app))));
                questions.push((On::EveryApp, principal.apps.iter().all(on_app)));
                for (on, may) in questions {
                    let outlook = one.outlook(row, on, &known);
                    prop_assert_eq!(outlook == Outlook::Always, may, "{} {:?} {:?}", row.full, on, outlook);
                    prop_assert_ne!(outlook, Outlook::Sometimes, "nothing is open");
                    for under in &open {
                        let guess = one.outlook(row, on, under);
                        prop_assert!(!may || guess.is_possible(), "{} {:?} {:?}", row.full, on, guess);
                        prop_assert!(may || guess != Outlook::Always, "{} {:?} {:?}", row.full, on, guess);
                    }
                    if about_apps && matches!(on, On::App(_)) {
                        let decisions = one.decisions(row, on, &known);
                        prop_assert_eq!(decisions.iter().all(|(_, _, trace)| trace.verdict.is_allow()), may, "the decisions add up");
                        let met = one.meeting(row, on, &known);
                        prop_assert!(!may || met.iter().any(|met| met.is_certain && met.written.effect.value == cam::Effect::Allow));
                    }
                    if outlook == Outlook::No {
                        let lacking = one.lacking(row, on, &known);
                        let granted: Vec<String> = lacking.iter().map(|(row, resource)| {
                            format!(r#"{{"effect":"allow","action":["{}"],"resource":["{resource}"]}}"#, row.full)
                        }).collect();
                        if !granted.is_empty() {
                            let with = inspected(&[statements.clone(), granted.clone()].concat());
                            let then = with.outlook(row, on, &known);
                            prop_assert!(then == Outlook::Always || matches!(on, On::EveryApp), "{} {:?} with {:?}: {:?}", row.full, on, granted, then);
                            for at in 0..granted.len() {
                                let mut less = granted.clone();
                                less.remove(at);
                                let without = inspected(&[statements.clone(), less].concat()).outlook(row, on, &known);
                                prop_assert_ne!(without, Outlook::Always, "no grant is too many");
                            }
                        }
                    }
                }
            }
            for page in pages::all() {
                let may = page.opens.holds(&mut |row| principal.may(row, Ask::Anywhere, &known.context));
                prop_assert_eq!(one.rule(page.opens, On::Any, &known) == Outlook::Always, may, "{}", page.id);
            }
        }
    }
}
