//! What a call tries, noted where it is decided: with what was asked for, never with what exists. Records are made of it.

use super::principal::Principal;
use super::question::DecidedOn;
use crate::catalog::action::ActionRow;
use crate::catalog::operation::OperationRow;
use crate::catalog::page::Page;
use crate::catalog::rule::Rule;
use crate::domain::audit_change::{Audited as _, AuditedResource};
use crate::domain::ids::SdkAppId;

/// Things of one attempt that are recorded.
const MAX_RESOURCES: usize = 20;

/// What a caller tried. Every permit makes one and few are recorded, so what records say of it is worked out only then.
#[derive(Clone)]
pub(super) struct Attempt {
    what: Tried,
    /// On what, as it was asked for.
    on: DecidedOn,
}

#[derive(Clone, Copy)]
enum Tried {
    Operation(&'static OperationRow),
    /// To open a page.
    Page(&'static Page),
}

impl Attempt {
    pub const fn of(row: &'static OperationRow, on: DecidedOn) -> Self {
        Self { what: Tried::Operation(row), on }
    }

    pub const fn to_open(page: &'static Page, on: DecidedOn) -> Self {
        Self { what: Tried::Page(page), on }
    }

    /// The action it is recorded as; without one its own name is.
    pub fn action(&self) -> Option<&'static ActionRow> {
        match self.what {
            Tried::Operation(row) => row.action(),
            Tried::Page(page) => page.opens.actions().first().copied(),
        }
    }

    pub const fn name(&self) -> &'static str {
        match self.what {
            Tried::Operation(row) => row.name,
            Tried::Page(page) => page.id,
        }
    }

    /// Whether nothing is decided about it: whoever is logged in may do it.
    pub fn is_open_to_all(&self) -> bool {
        let rule = match self.what {
            Tried::Operation(row) => row.rule,
            Tried::Page(page) => page.opens,
        };
        rule == Rule::SignedIn
    }

    /// The application it is about, as it was asked for.
    pub const fn app(&self) -> Option<SdkAppId> {
        match self.on {
            DecidedOn::App(id) => Some(id),
            DecidedOn::Anywhere | DecidedOn::Things(_) => None,
        }
    }

    /// Whether it leaves everything as it is.
    pub fn reads(&self) -> bool {
        match self.what {
            Tried::Operation(row) => row.is_reading(),
            Tried::Page(_) => true,
        }
    }

    pub fn is_sensitive(&self) -> bool {
        match self.what {
            Tried::Operation(row) => row.is_sensitive(),
            Tried::Page(_) => false,
        }
    }

    /// The things it was to be done to, the first of very many: whoever may do nothing can name as many as a form has room for.
    pub fn resources(&self) -> Vec<AuditedResource> {
        match &self.on {
            DecidedOn::Anywhere => Vec::new(),
            DecidedOn::App(id) => vec![id.named("")],
            DecidedOn::Things(things) => things.iter().take(MAX_RESOURCES).map(|thing| thing.audited.clone()).collect(),
        }
    }

    /// The resource that was decided on, the first of several.
    pub fn resource(&self, principal: &Principal) -> String {
        match &self.on {
            DecidedOn::App(id) => principal.application(id).to_string(),
            DecidedOn::Things(things) if let Some(thing) = things.first() => thing.resource.to_string(),
            DecidedOn::Anywhere | DecidedOn::Things(_) => "*".to_owned(),
        }
    }
}

/// What a caller tried, one after the other.
#[derive(Default)]
pub(super) struct Attempts {
    /// What the call is about: the first that writes, or the first of all.
    about: Option<Attempt>,
    /// What was refused.
    refused: Option<Attempt>,
}

impl Attempts {
    /// Notes an attempt, and whether it was permitted.
    pub fn note(&mut self, attempt: Attempt, permitted: bool) {
        if !permitted {
            self.refused = Some(attempt);
        } else if self.about.as_ref().is_none_or(|about| about.reads() && !attempt.reads()) {
            self.about = Some(attempt);
        }
    }

    /// What a fault of the call is about.
    pub fn ended(&self) -> Option<&Attempt> {
        self.refused.as_ref().or(self.about.as_ref())
    }
}
