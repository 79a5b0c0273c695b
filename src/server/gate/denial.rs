//! What a refused person gets to know: every way to be let in, the narrowest grant first, and which decision stands in the way.
//!
//! It must never decide: the caller has refused already. Policies are not told, only what the catalogue says a page needs.

use super::caller::Caller;
use super::principal::{Ask, of_kind, on_application, with_app};
use crate::cam::{Context, Resource, Verdict};
use crate::catalog::action::{Action as _, ActionRow, trtc};
use crate::domain::fault::{Denial, Fault, Missing};

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
        let mut ways: Vec<Vec<Needed>> = ways.iter().map(|way| way.iter().map(|row| self.needed(row, ask, context)).collect()).collect();
        // A way on which something is denied is not opened by a further grant; a grant on all resources is wider than one on an application.
        ways.sort_by_key(|way: &Vec<Needed>| {
            (
                way.iter().filter(|needed| needed.verdict == Verdict::DenyExplicit).count(),
                way.iter().filter(|needed| needed.on_everything).count(),
                way.len(),
            )
        });
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

    fn needed(&self, row: &'static ActionRow, ask: Ask<'_>, context: &Context) -> Needed {
        let (principal, set) = (self.principal(), &self.principal().policies);
        // What stands refused: the action on its resource, or, where that one is allowed, the listing of the application it works on.
        let (row, resource, told, context) = match (ask, on_application(row)) {
            (Ask::App(app), false) if set.verdict(row.full, &Resource::all(), context) == Verdict::Allow => {
                (trtc::DescribeAppStatList::ROW, principal.resource_of(app), principal.resource_of(app), with_app(context, app))
            }
            (Ask::App(app), true) => (row, principal.resource_of(app), principal.resource_of(app), with_app(context, app)),
            (Ask::Anywhere | Ask::Things(_), true) => {
                (row, principal.application("*"), principal.application(SOME_APPLICATION), context.clone())
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

    /// One line a minute: whoever is refused can be so as often as they like, and must not be able to fill the log.
    fn count_refusal(&self, first: &Needed) {
        let (uin, owner, action, resource, verdict) = (self.uin().0, self.owner().0, first.row.full, &first.resource, first.verdict);
        tracing::debug!(uin, owner, action, resource, %verdict, "refused");
        if let Some(times) = self.gate().0.refused.due(self.now_ms()) {
            tracing::info!(times, uin, owner, action, resource, %verdict, "refused; the last one is named here");
        }
    }
}

impl Needed {
    fn told(&self) -> Missing {
        Missing { action: self.row.full.to_owned(), gloss: self.row.gloss.clone(), resource: self.resource.clone() }
    }
}
