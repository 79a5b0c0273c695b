//! Which policies are attached to which users and user groups: for both sides, the holder's page and the policy's.
//!
//! What a policy grants is not asked here; whoever holds the action may attach any policy of the root account, as in CAM. What is attached until a
//! time ends by itself at that moment: no query counts it from then on, and a worker removes it.

use super::budget::within_budget;
use super::full::{groups_are_full, holder_is_full, users_are_full};
use super::lockout;
use super::recorded::{self, Named as _};
use super::selections::{chosen, once, within};
use crate::catalog::limits::{MAX_ATTACHMENT_DAYS, MAX_GROUPS, MAX_POLICIES_PER_HOLDER, MAX_SUB_ACCOUNTS};
use crate::catalog::operations;
use crate::catalog::preset;
use crate::domain::accounts::{AttachedPolicy, Candidate};
use crate::domain::audit::utc;
use crate::domain::audit_change::{Done, Field};
use crate::domain::confirmation::Confirmation;
use crate::domain::days::DAY_MS;
use crate::domain::fault::Fault;
use crate::domain::holdings::{AttachedTo, RightsChange};
use crate::domain::ids::{GroupId, PolicyId, Uin};
use crate::domain::rights_query::instant;
use crate::server::gate::{Caller, Permit};
use crate::server::store::attachments::{self, Attachment, ends};
use crate::server::store::policies::{self, Reach};
use crate::server::store::{Change, accounts, groups, raise_revision};
use crate::text::Text;

/// Until when something is to be attached, as a form says it: `YYYY-MM-DDThh:mm` at the offset of the organisation, epoch milliseconds, or nothing
/// for what has no end. Epoch milliseconds.
///
/// # Errors
/// [`Fault::Invalid`] for what is no time.
pub fn until(caller: &Caller, text: &str) -> Result<Option<i64>, Fault> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let read = text.parse().ok().or_else(|| instant(text, caller.utc_offset_mins()));
    read.map(Some).ok_or_else(|| Fault::invalid("until", Text::new("Enter a date and a time.", "请填写日期和时间。")))
}

/// Attaches policies to users, all of them or none: until a time in epoch milliseconds, or without an end. What is attached without an end stays
/// so; what has an end gets this one instead.
///
/// # Errors
/// [`Fault::NotFound`] for an unknown policy or user, [`Fault::Limit`] when a user would hold too many, [`Fault::Invalid`] for an empty choice
/// or a time that has passed or is too far away.
pub async fn attach_to_users(permit: &Permit<operations::AttachToUsers, Vec<(PolicyId, Uin)>>, until_ms: Option<i64>) -> Result<(), Fault> {
    let pairs = chosen("policies", permit.target())?;
    check_until(until_ms, permit.now_ms())?;
    within(&pairs, |(_, uin)| *uin, MAX_POLICIES_PER_HOLDER, holder_is_full)?;
    within(&pairs, |(policy, _)| *policy, MAX_SUB_ACCOUNTS, users_are_full)?;
    let mut change = permit.change().await?;
    permit.stored(raise_revision(&mut change, permit.owner()).await)?;
    for &(policy, uin) in &pairs {
        permit.stored(accounts::name_of(&mut change, permit.owner(), uin).await)?.ok_or(Fault::NotFound)?;
        attach(permit, &mut change, policy, uin.into(), until_ms).await?;
    }
    for uin in once(&pairs.iter().map(|(_, uin)| *uin).collect::<Vec<_>>()) {
        within_budget(permit, &mut change, Reach::User(uin), 0).await?;
    }
    change.commit(ending(recorded::attached_to_users(permit, &pairs).await?, None, until_ms)).await
}

/// Attaches policies to user groups, all of them or none, until a time as [`attach_to_users`] does.
///
/// # Errors
/// As [`attach_to_users`].
pub async fn attach_to_groups(
    permit: &Permit<operations::AttachToGroups, Vec<(PolicyId, GroupId)>>,
    until_ms: Option<i64>,
) -> Result<(), Fault> {
    let pairs = chosen("policies", permit.target())?;
    check_until(until_ms, permit.now_ms())?;
    within(&pairs, |(_, group)| *group, MAX_POLICIES_PER_HOLDER, holder_is_full)?;
    within(&pairs, |(policy, _)| *policy, MAX_GROUPS, groups_are_full)?;
    let mut change = permit.change().await?;
    permit.stored(raise_revision(&mut change, permit.owner()).await)?;
    for &(policy, group) in &pairs {
        permit.stored(groups::name_of(&mut change, permit.owner(), group).await)?.ok_or(Fault::NotFound)?;
        attach(permit, &mut change, policy, group.into(), until_ms).await?;
    }
    for group in once(&pairs.iter().map(|(_, group)| *group).collect::<Vec<_>>()) {
        within_budget(permit, &mut change, Reach::Group(group), 0).await?;
    }
    change.commit(ending(recorded::attached_to_groups(permit, &pairs).await?, None, until_ms)).await
}

/// Detaches a policy from a user; what comes through a group is not touched.
///
/// # Errors
/// [`Fault::NotFound`] when it is not attached directly, [`Fault::Unconfirmed`] when the caller would lose rights by it and has not confirmed.
pub async fn detach_from_user(permit: &Permit<operations::DetachFromUser, (PolicyId, Uin)>, confirm: &Confirmation) -> Result<(), Fault> {
    let (policy, uin) = *permit.target();
    let mut change = lockout::begin_confirmed(permit, RightsChange::Detached(policy, AttachedTo::User(uin)), confirm).await?;
    let until_ms = detach(permit, &mut change, policy, uin.into()).await?;
    let (name, user) = (policy.name(permit).await?, uin.name(permit).await?);
    let (before, after) = recorded::without(recorded::policies_of_user(permit, uin).await?, &name);
    let done = Done::to(uin, &user).and(policy, &name).list(Field::Policies, before, after);
    change.commit(ending(done, until_ms, None)).await
}

/// Detaches a policy from a user group.
///
/// # Errors
/// [`Fault::NotFound`] when it is not attached, [`Fault::Unconfirmed`] when the caller would lose rights by it and has not confirmed.
pub async fn detach_from_group(
    permit: &Permit<operations::DetachFromGroup, (PolicyId, GroupId)>,
    confirm: &Confirmation,
) -> Result<(), Fault> {
    let (policy, group) = *permit.target();
    let mut change = lockout::begin_confirmed(permit, RightsChange::Detached(policy, AttachedTo::Group(group)), confirm).await?;
    let until_ms = detach(permit, &mut change, policy, group.into()).await?;
    let (name, of) = (policy.name(permit).await?, group.name(permit).await?);
    let (before, after) = recorded::without(recorded::policies_of_group(permit, group).await?, &name);
    let done = Done::to(group, &of).and(policy, &name).list(Field::Policies, before, after);
    change.commit(ending(done, until_ms, None)).await
}

/// The policies that count for a user, with the group each comes through; none for one that is not there.
///
/// # Errors
/// When the database gives none.
pub async fn of_user(permit: &Permit<operations::ListPoliciesOfUser, Uin>) -> Result<Vec<AttachedPolicy>, Fault> {
    let (owner, uin) = (permit.owner(), *permit.target());
    let rows = permit.stored(permit.store().policies_in_force(owner, uin, permit.now_ms()).await)?;
    let policies = rows.into_iter().map(|row| AttachedPolicy {
        id: PolicyId(row.policy_id),
        preset: preset::find(row.policy_id).is_some(),
        name: row.name,
        through: (row.group_id != 0).then_some((GroupId(row.group_id), row.group_name)),
        attached_ms: row.attached_ms,
        until_ms: ends(row.until_ms),
    });
    Ok(named(policies.collect()))
}

/// The policies attached to a user group; none for one that is not there.
///
/// # Errors
/// When the database gives none.
pub async fn of_group(permit: &Permit<operations::ListPoliciesOfGroup, GroupId>) -> Result<Vec<AttachedPolicy>, Fault> {
    let (owner, group) = (permit.owner(), *permit.target());
    Ok(named(permit.stored(permit.store().group_policies(owner, group, permit.now_ms()).await)?))
}

/// Every policy that can be attached, for choosing: preset ones first, then custom ones by name.
///
/// # Errors
/// [`Fault::Unavailable`] or [`Fault::Internal`].
pub async fn choices(permit: &Permit<operations::ListPolicies>) -> Result<Vec<Candidate<PolicyId>>, Fault> {
    let custom = permit.stored(permit.store().policy_names(permit.owner()).await)?;
    let presets = preset::presets().iter().map(|preset| Candidate {
        id: PolicyId(preset.id),
        name: preset.name.to_owned(),
        about: preset.description.clone(),
    });
    Ok(presets.chain(custom).collect())
}

/// Attaches one policy inside a change that holds the owner's row.
pub(super) async fn attach<O, T>(
    permit: &Permit<O, T>,
    change: &mut Change,
    policy: PolicyId,
    to: Attachment,
    until_ms: Option<i64>,
) -> Result<(), Fault> {
    let owner = permit.owner();
    if preset::find(policy.0).is_none() {
        permit.stored(policies::versions_of(change, owner, policy).await)?.ok_or(Fault::NotFound)?;
    }
    permit.stored(attachments::attach(change, owner, policy, to, until_ms, permit.now_ms()).await)?;
    if permit.stored(attachments::count_attached(change, owner, to, permit.now_ms()).await)? > MAX_POLICIES_PER_HOLDER {
        return Err(holder_is_full());
    }
    Ok(())
}

/// Detaches one policy, and gives until when it was attached.
async fn detach<O, T>(permit: &Permit<O, T>, change: &mut Change, policy: PolicyId, from: Attachment) -> Result<Option<i64>, Fault> {
    permit.stored(attachments::detach(change, permit.owner(), policy, from, permit.now_ms()).await)?.ok_or(Fault::NotFound)
}

/// Demands of an end that it is in the future, and not too far away to be one.
fn check_until(until_ms: Option<i64>, now_ms: i64) -> Result<(), Fault> {
    let fault = match until_ms {
        Some(until_ms) if until_ms <= now_ms => Text::new("Enter a time in the future.", "请填写将来的时间。"),
        Some(until_ms) if until_ms > now_ms.saturating_add(MAX_ATTACHMENT_DAYS * DAY_MS) => {
            Text::new("Enter a time within the next 10 years.", "请填写 10 年以内的时间。")
        }
        _ => return Ok(()),
    };
    Err(Fault::invalid("until", fault))
}

/// What was done, with the end that an attachment had and the one it has now.
fn ending(done: Done, before_ms: Option<i64>, after_ms: Option<i64>) -> Done {
    let told = |at_ms: Option<i64>| at_ms.map_or_else(String::new, utc);
    done.text(Field::Until, &told(before_ms), &told(after_ms))
}

/// Fills in the names of preset policies and sorts by name, directly attached ones first.
fn named(mut policies: Vec<AttachedPolicy>) -> Vec<AttachedPolicy> {
    for policy in &mut policies {
        if let Some(preset) = preset::find(policy.id.0) {
            preset.name.clone_into(&mut policy.name);
        }
    }
    policies.sort_by_cached_key(|policy| (policy.through.is_some(), policy.name.to_lowercase(), policy.through.clone()));
    policies
}
