//! What a change of rights would take from the very account that makes it, asked before it is made.
//!
//! It only looks ahead: it must never permit anything, and the change itself is made elsewhere, under its own permit.

use super::caller::Caller;
use super::in_force::{off_thread, origin, parse};
use super::principal::{Ask, Principal};
use super::store_fault;
use crate::cam::{Policy, PolicySet, Source, Via};
use crate::catalog::action::ActionRow;
use crate::catalog::page::NavGroup;
use crate::catalog::pages;
use crate::catalog::preset;
use crate::domain::fault::Fault;
use crate::domain::holdings::{Holding, RightsChange};
use std::sync::Arc;

impl Caller {
    /// The actions of the pages of access management that this account may do now and could not do any more after a change. A root account
    /// loses nothing by policies. `draft` is the text of a version that is not stored yet.
    ///
    /// # Errors
    /// When the policies cannot be read; [`Fault::NotFound`] when there is no such version.
    pub(in crate::server) async fn would_lose(
        &self,
        change: RightsChange,
        draft: Option<&Arc<Policy>>,
    ) -> Result<Vec<&'static ActionRow>, Fault> {
        if self.is_root() {
            return Ok(Vec::new());
        }
        let holdings = self.store().holdings_of(self.owner(), self.uin(), self.now_ms()).await;
        let holdings = holdings.map_err(|error| store_fault(&error, self.request_id()))?;
        let mut differences = holdings.differences(change).into_iter();
        let Some(difference) = differences.find(|difference| difference.account == self.uin()) else { return Ok(Vec::new()) };
        let after = self.principal().under(self.compile(&difference.after, draft).await?);
        let may = |principal: &Principal, row| principal.may(row, Ask::Anywhere, self.context());
        let mut lost: Vec<&'static ActionRow> = access_actions();
        lost.retain(|row| may(self.principal(), row) && !may(&after, row));
        Ok(lost)
    }

    /// The policies of this account if it held these. Texts that it decides by already are not read again.
    async fn compile(&self, held: &[Holding], draft: Option<&Arc<Policy>>) -> Result<PolicySet, Fault> {
        let mut sources = Vec::with_capacity(held.len());
        for held in held {
            // Verdicts alone are asked of it, so where a policy comes from is told in part.
            let origin = origin(held.policy, held.version, "", Via::Direct);
            let known = self
                .principal()
                .policies
                .sources()
                .find(|source| (source.origin.policy_id, source.origin.version) == (origin.policy_id, origin.version));
            let policy = match known {
                Some(source) => source.policy.clone(),
                None => self.text_of(held, draft).await?,
            };
            sources.push(Source { origin, policy });
        }
        let principal = *self.principal().policies.principal();
        off_thread(self.request_id(), move || PolicySet::compile(principal, sources, None, None)).await
    }

    /// What a policy says that this account does not decide by yet: a draft, another version, or one that was attached a moment ago.
    async fn text_of(&self, held: &Holding, draft: Option<&Arc<Policy>>) -> Result<Arc<Policy>, Fault> {
        let stored = match preset::find(held.policy.0) {
            Some(preset) => Some(preset.document.clone()),
            None => {
                let document = self.store().policy_document(self.owner(), held.policy, held.version).await;
                document.map_err(|error| store_fault(&error, self.request_id()))?
            }
        };
        match (stored, draft) {
            (Some(document), _) => Ok(Arc::new(parse(held.policy, held.version, &document, self.request_id())?)),
            (None, Some(draft)) => Ok(draft.clone()),
            (None, None) => Err(Fault::NotFound),
        }
    }
}

/// Every action that a page of access management or a control on one needs, each once, in the order of the pages.
fn access_actions() -> Vec<&'static ActionRow> {
    let below = pages::in_group(NavGroup::Access).map(|page| page.path).collect::<Vec<_>>();
    let of_access = |path: &str| below.iter().any(|root| path == *root || path.starts_with(&format!("{root}/")));
    let mut actions: Vec<&'static ActionRow> = Vec::new();
    for page in pages::all().filter(|page| of_access(page.path)) {
        for row in page.actions() {
            if !actions.contains(&row) {
                actions.push(row);
            }
        }
    }
    actions
}

#[cfg(test)]
mod tests {
    use super::access_actions;

    #[test]
    fn the_pages_of_access_management_ask_for_actions_on_all_resources_only() {
        let actions = access_actions();
        assert!(actions.len() > 30, "{}", actions.len());
        assert!(
            actions.iter().all(|row| matches!(row.service, "cam" | "cloudaudit") && !row.is_resource_level()),
            "decided on all resources"
        );
        for name in ["ListPolicies", "CreatePolicyVersion", "SetDefaultPolicyVersion", "GetAccountSummary", "AttachUserPolicy"] {
            assert_eq!(actions.iter().filter(|row| row.name == name).count(), 1, "{name}");
        }
    }
}
