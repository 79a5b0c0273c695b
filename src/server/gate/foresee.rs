//! What a change of policies would take from the very account that makes it, asked before it is made.
//!
//! Only foresees: it must never permit anything, and the change itself is made elsewhere, under its own permit.

use super::caller::{Caller, compile};
use super::store_fault;
use crate::cam::{Resource, Verdict};
use crate::catalog::action::ActionRow;
use crate::catalog::page::{self, NavGroup};
use crate::domain::fault::Fault;
use crate::domain::ids::PolicyId;

impl Caller {
    /// The actions of the pages of access management that this account may do now and could not do any more if the document of one
    /// policy were another one (`None`: if the policy were gone). A root account loses nothing by policies.
    ///
    /// # Errors
    /// When the policies in force cannot be read.
    pub async fn would_lose(&self, id: PolicyId, document: Option<&str>) -> Result<Vec<&'static ActionRow>, Fault> {
        if self.is_root() {
            return Ok(Vec::new());
        }
        let rows = self.store().policies_in_force(self.owner(), self.uin()).await;
        let mut rows = rows.map_err(|error| store_fault(&error, self.request_id()))?;
        if !rows.iter().any(|row| row.policy_id == id.0) {
            return Ok(Vec::new());
        }
        rows.retain_mut(|row| {
            if row.policy_id != id.0 {
                return true;
            }
            if let Some(document) = document {
                document.clone_into(&mut row.document);
            }
            document.is_some()
        });
        let after = compile(self.live(), rows, self.request_id())?;
        let may = |set: &crate::cam::PolicySet, row: &ActionRow| set.verdict(row.full, &Resource::all(), self.context()) == Verdict::Allow;
        let mut lost: Vec<&'static ActionRow> = access_actions();
        lost.retain(|row| may(self.policies(), row) && !may(&after, row));
        Ok(lost)
    }
}

/// Every action that a page of access management or a control on one needs, each once, in the order of the pages.
fn access_actions() -> Vec<&'static ActionRow> {
    let below = page::in_group(NavGroup::Access).map(|page| page.path).collect::<Vec<_>>();
    let of_access = |path: &str| below.iter().any(|root| path == *root || path.starts_with(&format!("{root}/")));
    let mut actions: Vec<&'static ActionRow> = Vec::new();
    for page in page::all().filter(|page| of_access(page.path)) {
        for row in page.opens.actions().into_iter().chain(page.controls.iter().flat_map(|control| control.rule.actions())) {
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
    fn the_pages_of_access_management_ask_for_cam_actions_only() {
        let actions = access_actions();
        assert!(actions.len() > 30, "{}", actions.len());
        assert!(actions.iter().all(|row| row.service == "cam" && !row.is_resource_level()), "decided on all resources");
        for name in ["ListPolicies", "CreatePolicyVersion", "SetDefaultPolicyVersion", "GetAccountSummary", "AttachUserPolicy"] {
            assert_eq!(actions.iter().filter(|row| row.name == name).count(), 1, "{name}");
        }
    }
}
