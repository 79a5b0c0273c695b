//! What a change of rights would take from the very account that makes it, asked before it is made.
//!
//! It only looks ahead: it must never permit anything, and the change itself is made elsewhere, under its own permit.

use super::caller::Caller;
use super::in_force::compile;
use super::principal::{Ask, Principal};
use super::store_fault;
use crate::catalog::action::ActionRow;
use crate::catalog::page::{self, NavGroup};
use crate::domain::fault::Fault;
use crate::domain::ids::{GroupId, PolicyId, Uin};
use crate::server::store::policies::InForceRow;

/// A change of rights that is thought of.
#[derive(Clone, Copy, Debug)]
pub enum RightsChange<'a> {
    /// The document of a policy becomes another one; `None`: the policy is gone.
    Document(PolicyId, Option<&'a str>),
    /// A policy is detached from an account.
    DetachedFromUser(PolicyId, Uin),
    /// A policy is detached from a user group.
    DetachedFromGroup(PolicyId, GroupId),
    /// An account is taken out of a user group.
    Left(GroupId, Uin),
    /// A user group is gone.
    Ended(GroupId),
}

impl RightsChange<'_> {
    /// Puts the change into effect on one of the policies in force for an account; `None` when it makes no difference there, else whether
    /// the row is left.
    fn leaves(self, row: &mut InForceRow, account: Uin) -> Option<bool> {
        let direct = row.group_id == 0;
        match self {
            Self::Document(policy, document) if row.policy_id == policy.0 => {
                if let Some(document) = document {
                    document.clone_into(&mut row.document);
                }
                Some(document.is_some())
            }
            Self::DetachedFromUser(policy, uin) if uin == account && direct && row.policy_id == policy.0 => Some(false),
            Self::DetachedFromGroup(policy, group) if row.group_id == group.0 && row.policy_id == policy.0 => Some(false),
            Self::Left(group, uin) if uin == account && row.group_id == group.0 => Some(false),
            Self::Ended(group) if row.group_id == group.0 => Some(false),
            _ => None,
        }
    }
}

impl Caller {
    /// The actions of the pages of access management that this account may do now and could not do any more after a change. A root account
    /// loses nothing by policies.
    ///
    /// # Errors
    /// When the policies in force cannot be read.
    pub async fn would_lose(&self, change: RightsChange<'_>) -> Result<Vec<&'static ActionRow>, Fault> {
        if self.is_root() {
            return Ok(Vec::new());
        }
        let rows = self.store().policies_in_force(self.owner(), self.uin()).await;
        let mut rows = rows.map_err(|error| store_fault(&error, self.request_id()))?;
        let mut concerned = false;
        rows.retain_mut(|row| {
            let left = change.leaves(row, self.uin());
            concerned |= left.is_some();
            left.unwrap_or(true)
        });
        if !concerned {
            return Ok(Vec::new());
        }
        let after = self.principal().under(compile(self.account(), rows, self.request_id())?);
        let may = |principal: &Principal, row| principal.may(row, Ask::Anywhere, self.context());
        let mut lost: Vec<&'static ActionRow> = access_actions();
        lost.retain(|row| may(self.principal(), row) && !may(&after, row));
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
