//! An account and what it may do. It answers; [`decide`](super::decide) permits or refuses.

use super::question::Thing;
use crate::cam::{Context, PolicySet, Resource};
use crate::catalog::action::{Action as _, ActionRow, trtc};
use crate::catalog::rule::Rule;
use crate::domain::ids::SdkAppId;
use crate::server::store::applications::AppFacts;
use crate::server::store::sessions::AccountRow;
use std::borrow::Cow;
use std::sync::Arc;

/// An account with its compiled policies and the applications of its owner. Cheap to clone.
#[derive(Clone)]
pub(super) struct Principal {
    /// The account, at a revision of its owner.
    pub account: AccountRow,
    /// Its policies.
    pub policies: Arc<PolicySet>,
    /// The first moment at which one of them ends by itself, epoch milliseconds.
    pub until_ms: i64,
    /// The applications of its owner, by number.
    pub apps: Arc<Vec<AppFacts>>,
}

/// What an action is decided on.
#[derive(Clone, Copy)]
pub(super) enum Ask<'a> {
    /// One application.
    App(&'a AppFacts),
    /// Things of access management.
    Things(&'a [Thing]),
    /// Nothing in particular: resource-level actions need something on which they are allowed.
    Anywhere,
}

impl Principal {
    /// The same account under other policies.
    pub fn under(&self, policies: PolicySet) -> Self {
        Self { policies: Arc::new(policies), ..self.clone() }
    }

    /// An application of its owner.
    pub fn app(&self, id: SdkAppId) -> Option<&AppFacts> {
        self.apps.binary_search_by_key(&id, |app| app.id).ok().and_then(|at| self.apps.get(at))
    }

    /// The applications on which a rule holds, by their place.
    pub fn apps_where(&self, rule: Rule, context: &Context) -> Vec<usize> {
        self.apps.iter().enumerate().filter(|(_, app)| self.holds(rule, Ask::App(app), context)).map(|(at, _)| at).collect()
    }

    /// Whether a rule holds.
    pub fn holds(&self, rule: Rule, ask: Ask<'_>, context: &Context) -> bool {
        rule.holds(&mut |row| self.may(row, ask, context))
    }

    /// One action. Operation-level actions are decided on `*`, and on an application only for who may list it (console.md). A resource-level
    /// action that the question names no resource of is decided by whether there is one on which it is allowed; things of another type
    /// count as none.
    pub fn may(&self, row: &'static ActionRow, ask: Ask<'_>, context: &Context) -> bool {
        let set = &self.policies;
        let on_app = |row: &ActionRow, app| set.verdict(row.full, &self.resource_of(app), &self.about(app, context)).is_allow();
        let on_everything = || set.verdict(row.full, &Resource::all(), context).is_allow();
        match (ask, on_application(row), row.resource_kind()) {
            (Ask::App(app), true, _) => on_app(row, app),
            (Ask::App(app), false, _) => on_everything() && on_app(trtc::DescribeAppStatList::ROW, app),
            (_, true, _) => self.apps.iter().any(|app| on_app(row, app)) || self.may_on_some_application(row, context),
            (Ask::Things(things), false, Some((_, kind))) => set.verdict_all(row.full, of_kind(things, kind), context).is_allow(),
            (Ask::Anywhere, false, Some((service, kind))) => set.may_allow(row.full, service, kind, context),
            (_, false, None) => on_everything(),
        }
    }

    /// The context of a request about an application; what no condition reads is left out.
    pub fn about<'c>(&self, app: &AppFacts, context: &'c Context) -> Cow<'c, Context> {
        if self.policies.depends_on_resource() { Cow::Owned(with_app(context, app)) } else { Cow::Borrowed(context) }
    }

    /// An application as policies name it.
    pub fn resource_of(&self, app: &AppFacts) -> Resource {
        self.application(app.id)
    }

    /// The application of a number, or `*` for all of them, as policies name it.
    pub fn application(&self, number: impl std::fmt::Display) -> Resource {
        Resource::of("trtc", self.account.owner_uin, "sdkappid", number)
    }

    /// Whether an action may be done on some application, be it one that there is not yet.
    pub fn may_on_some_application(&self, row: &ActionRow, context: &Context) -> bool {
        self.policies.may_allow(row.full, "trtc", "sdkappid", context)
    }
}

/// The things of one type, `uin` or `groupid`.
pub(super) fn of_kind<'a>(things: &'a [Thing], kind: &str) -> impl Iterator<Item = &'a Resource> {
    things.iter().filter(move |thing| thing.kind == kind).map(|thing| &thing.resource)
}

/// Whether an action is decided on an application: those of TRTC by their template, those of the tag service by what they tag, and the only
/// thing tagged here is an application.
pub(super) fn on_application(row: &ActionRow) -> bool {
    row.is_resource_level() && matches!(row.service, "trtc" | "tag")
}

/// The context of a request about an application.
pub(super) fn with_app(context: &Context, app: &AppFacts) -> Context {
    context.clone().with_resource_tags(app.tags.iter().cloned()).with_create_uin(app.created_by.0)
}
