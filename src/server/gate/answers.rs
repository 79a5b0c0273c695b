//! The answers to the actions of many pages, each asked for once, in one set of circumstances.
//!
//! They are those of the [`Principal`](super::principal), only faster to ask for. Must never be taken for a permit.

use super::principal::{Principal, on_application, with_app};
use crate::cam::{Circumstances, Context, Resource, Verdict};
use crate::catalog::action::{Action as _, ActionRow, trtc};
use crate::catalog::rule::Rule;
use std::collections::HashMap;

/// The answers for one account.
pub(super) struct Answers<'p> {
    principal: &'p Principal,
    context: &'p Context,
    /// The circumstances of a request without application.
    anywhere: Circumstances<'p>,
    /// Each application with its circumstances.
    apps: Vec<(Resource, Circumstances<'p>)>,
    /// For an action that is decided on an application: whether it is allowed on each.
    on_apps: HashMap<&'static str, Vec<bool>>,
    /// Whether an action is allowed somewhere.
    somewhere: HashMap<&'static str, bool>,
}

impl<'p> Answers<'p> {
    pub fn of(principal: &'p Principal, context: &'p Context) -> Self {
        let set = &principal.policies;
        let apps = principal.apps.iter().map(|app| (principal.resource_of(app), set.under(with_app(context, app))));
        Self {
            principal,
            context,
            anywhere: set.under(context.clone()),
            apps: apps.collect(),
            on_apps: HashMap::new(),
            somewhere: HashMap::new(),
        }
    }

    /// Whether a rule holds on the application at a place, or somewhere.
    pub fn holds(&mut self, rule: Rule, app: Option<usize>) -> bool {
        rule.holds(&mut |row| match app {
            Some(app) => self.on(row, app),
            None => self.anywhere(row),
        })
    }

    /// One action on one application, as [`Principal::may`] decides it.
    fn on(&mut self, row: &'static ActionRow, app: usize) -> bool {
        if on_application(row) {
            return self.on_each(row).get(app).copied().unwrap_or(false);
        }
        self.anywhere(row) && self.on(trtc::DescribeAppStatList::ROW, app)
    }

    fn on_each(&mut self, row: &'static ActionRow) -> &[bool] {
        let apps = &self.apps;
        self.on_apps
            .entry(row.full)
            .or_insert_with(|| apps.iter().map(|(resource, under)| under.verdict(row.full, resource) == Verdict::Allow).collect())
    }

    fn anywhere(&mut self, row: &'static ActionRow) -> bool {
        if let Some(known) = self.somewhere.get(row.full) {
            return *known;
        }
        let may = match row.resource_kind() {
            _ if on_application(row) => self.on_each(row).contains(&true) || self.principal.may_on_some_application(row, self.context),
            Some((service, kind)) => self.principal.policies.may_allow(row.full, service, kind, self.context),
            None => self.anywhere.verdict(row.full, &Resource::all()) == Verdict::Allow,
        };
        self.somewhere.insert(row.full, may);
        may
    }
}
