//! The pages of one user, one user group and one policy: what the reader may see of each, and what there is to choose from for who may
//! give or add something.

use super::{attachments, groups, last_used, policies, users};
use crate::catalog::operation::Operation;
use crate::catalog::operations;
use crate::domain::access_pages::{GroupView, PolicyHolders, PolicyTab, PolicyVersions, PolicyView, UserView};
use crate::domain::fault::Fault;
use crate::domain::ids::{GroupId, PolicyId, Uin};
use crate::domain::later::Later;
use crate::domain::policies::PolicyVersion;
use crate::domain::policy_check::check;
use crate::server::gate::{Caller, Permit};

/// The parts of the page of a user that the reader may see.
pub struct UserParts {
    /// Its user groups.
    pub groups: Option<Permit<operations::ListGroupsOfUser, Uin>>,
    /// Its policies.
    pub policies: Option<Permit<operations::ListPoliciesOfUser, Uin>>,
    /// The user groups to choose from.
    pub all_groups: Option<Permit<operations::ListGroups>>,
    /// The policies to choose from.
    pub all_policies: Option<Permit<operations::ListPolicies>>,
}

/// The parts of the page of a user group that the reader may see.
pub struct GroupParts {
    /// Its policies.
    pub policies: Option<Permit<operations::ListPoliciesOfGroup, GroupId>>,
    /// The users to choose from.
    pub all_users: Option<Permit<operations::ListUsers>>,
    /// The policies to choose from.
    pub all_policies: Option<Permit<operations::ListPolicies>>,
}

/// The parts of the page of a policy that the reader may see.
pub struct PolicyParts {
    /// Its versions.
    pub versions: Option<Permit<operations::ListPolicyVersions, PolicyId>>,
    /// What stands in a version.
    pub version: Option<Permit<operations::ReadPolicyVersion, PolicyId>>,
    /// What it is attached to.
    pub holders: Option<Permit<operations::ListPolicyHolders, PolicyId>>,
    /// Whom it reaches.
    pub reach: Option<Permit<operations::ReadPolicyImpact, PolicyId>>,
    /// The users to choose from.
    pub all_users: Option<Permit<operations::ListUsers>>,
    /// The user groups to choose from.
    pub all_groups: Option<Permit<operations::ListGroups>>,
}

/// A part of a page, for who may see it.
async fn part<P, T>(permit: &Option<P>, read: impl AsyncFnOnce(&P) -> Result<T, Fault>) -> Result<Option<T>, Fault> {
    match permit {
        Some(permit) => Ok(Some(read(permit).await?)),
        None => Ok(None),
    }
}

/// What there is to choose from, for who may see it and may do `O` to anything.
async fn choices<O: Operation, P, T>(
    caller: &Caller,
    permit: &Option<P>,
    read: impl AsyncFnOnce(&P) -> Result<Vec<T>, Fault>,
) -> Result<Vec<T>, Fault> {
    if !caller.holds_anywhere(O::ROW.rule) {
        return Ok(Vec::new());
    }
    Ok(part(permit, read).await?.unwrap_or_default())
}

/// The page of a user.
///
/// # Errors
/// [`Fault::NotFound`] for an unknown user.
pub async fn user(permit: &Permit<operations::ReadUser, Uin>, parts: &UserParts) -> Result<UserView, Fault> {
    let caller = permit.caller();
    Ok(UserView {
        user: users::get(permit).await?,
        sessions: users::list_sessions(permit).await?,
        groups: part(&parts.groups, groups::of_user).await?,
        policies: part(&parts.policies, attachments::of_user).await?,
        group_choices: choices::<operations::AddToGroups, _, _>(caller, &parts.all_groups, groups::choices).await?,
        policy_choices: choices::<operations::AttachToUsers, _, _>(caller, &parts.all_policies, attachments::choices).await?,
    })
}

/// The page of a user group.
///
/// # Errors
/// [`Fault::NotFound`] for an unknown group.
pub async fn group(permit: &Permit<operations::ReadGroup, GroupId>, parts: &GroupParts) -> Result<GroupView, Fault> {
    let caller = permit.caller();
    Ok(GroupView {
        group: groups::get(permit).await?,
        policies: part(&parts.policies, attachments::of_group).await?,
        user_choices: choices::<operations::AddToGroups, _, _>(caller, &parts.all_users, users::choices).await?,
        policy_choices: choices::<operations::AttachToGroups, _, _>(caller, &parts.all_policies, attachments::choices).await?,
    })
}

/// The page of a policy. `compared` are the versions to compare; where they are not two of the policy's, the default version is compared with
/// the newest other one.
///
/// # Errors
/// [`Fault::NotFound`] for an unknown policy.
pub async fn policy(
    permit: &Permit<operations::ReadPolicy, PolicyId>,
    tab: PolicyTab,
    compared: (i64, i64),
    parts: &PolicyParts,
) -> Result<PolicyView, Fault> {
    let caller = permit.caller();
    let policy = policies::detail(permit).await?;
    let checked = (tab == PolicyTab::Document).then(|| check(&policy.document, Some(permit.owner()), Some(permit.now_ms())));
    let last_used = match (&parts.reach, tab) {
        (Some(reach), PolicyTab::Document) => Some(last_used::of(reach, &policy.document).await?),
        _ => None,
    };
    let versions = match (&parts.versions, tab) {
        (Some(list), PolicyTab::Versions) if !policy.row.preset => {
            let versions = policies::versions(list).await?;
            let comparison = match (&parts.version, to_compare(&versions, policy.row.default_version, compared)) {
                (Some(read), Some((before, after))) => Some(policies::compare(read, before, after).await?),
                _ => None,
            };
            Some(Later::new(PolicyVersions { versions, comparison }))
        }
        _ => None,
    };
    let attached_to = match (&parts.holders, tab) {
        (Some(list), PolicyTab::AttachedTo) => Some(Later::new(PolicyHolders {
            holders: policies::holders(list).await?,
            user_choices: choices::<operations::AttachToUsers, _, _>(caller, &parts.all_users, users::choices).await?,
            group_choices: choices::<operations::AttachToGroups, _, _>(caller, &parts.all_groups, groups::choices).await?,
        })),
        _ => None,
    };
    Ok(PolicyView { policy, tab, checked, last_used, versions, attached_to })
}

/// The two versions to compare, the earlier one first unless both were asked for.
fn to_compare(versions: &[PolicyVersion], default: i64, asked: (i64, i64)) -> Option<(i64, i64)> {
    let known = |version: i64| versions.iter().any(|row| row.version == version);
    if known(asked.0) && known(asked.1) {
        return Some(asked);
    }
    let newest = versions.iter().map(|row| row.version).find(|version| *version != default)?;
    Some((default.min(newest), default.max(newest)))
}
