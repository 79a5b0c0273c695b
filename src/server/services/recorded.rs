//! The names under which records tell what was done: those that things have at that moment, so that they stay readable when the things are
//! gone. Read past the change under way, so they are those from before it.

use crate::catalog::preset;
use crate::domain::audit_change::{Done, Field};
use crate::domain::fault::Fault;
use crate::domain::ids::{GroupId, PolicyId, Uin};
use crate::domain::policies::Holder;
use crate::server::gate::Permit;
use std::collections::BTreeSet;

/// The name of a policy, preset or custom; empty when there is none.
pub(super) async fn policy_name<O, T>(permit: &Permit<O, T>, id: PolicyId) -> Result<String, Fault> {
    if let Some(preset) = preset::find(id.0) {
        return Ok(preset.name.to_owned());
    }
    Ok(permit.stored(permit.store().custom_policy(permit.owner(), id).await)?.map_or_else(String::new, |row| row.name))
}

/// The name of an account; empty when there is none.
pub(super) async fn user_name<O, T>(permit: &Permit<O, T>, uin: Uin) -> Result<String, Fault> {
    Ok(permit.stored(permit.store().account_name(permit.owner(), uin).await)?.unwrap_or_default())
}

/// The name of a user group; empty when there is none.
pub(super) async fn group_name<O, T>(permit: &Permit<O, T>, id: GroupId) -> Result<String, Fault> {
    Ok(permit.stored(permit.store().group(permit.owner(), id).await)?.map_or_else(String::new, |row| row.name))
}

/// The groups of an account, by name.
pub(super) async fn groups_of<O, T>(permit: &Permit<O, T>, uin: Uin) -> Result<Vec<String>, Fault> {
    let groups = permit.stored(permit.store().groups_of(permit.owner(), uin).await)?;
    Ok(groups.into_iter().map(|(_, name)| name).collect())
}

/// The members of a user group, by name.
pub(super) async fn members_of<O, T>(permit: &Permit<O, T>, id: GroupId) -> Result<Vec<String>, Fault> {
    let members = permit.stored(permit.store().members(permit.owner(), id).await)?;
    Ok(members.into_iter().map(|(_, name)| name).collect())
}

/// The policies that are attached to an account itself, by name.
pub(super) async fn policies_of_user<O, T>(permit: &Permit<O, T>, uin: Uin) -> Result<Vec<String>, Fault> {
    let rows = permit.stored(permit.store().policies_in_force(permit.owner(), uin).await)?;
    let direct = rows.into_iter().filter(|row| row.group_id == 0);
    Ok(direct.map(|row| preset::find(row.policy_id).map_or(row.name, |preset| preset.name.to_owned())).collect())
}

/// The policies that are attached to a user group, by name.
pub(super) async fn policies_of_group<O, T>(permit: &Permit<O, T>, id: GroupId) -> Result<Vec<String>, Fault> {
    let rows = permit.stored(permit.store().group_policies(permit.owner(), id).await)?;
    Ok(rows.into_iter().map(|row| preset::find(row.id.0).map_or(row.name, |preset| preset.name.to_owned())).collect())
}

/// The accounts and the groups that a policy is attached to, by name.
pub(super) async fn holders_of<O, T>(permit: &Permit<O, T>, id: PolicyId) -> Result<(Vec<String>, Vec<String>), Fault> {
    let (mut users, mut groups) = (Vec::new(), Vec::new());
    for holder in permit.stored(permit.store().holders(permit.owner(), id).await)? {
        match holder {
            Holder::User(_, name) => users.push(name),
            Holder::Group(_, name) => groups.push(name),
        }
    }
    Ok((users, groups))
}

/// Accounts that joined groups: told from the side of the group when it is one, else from that of the account.
pub(super) async fn joined<O, T>(permit: &Permit<O, T>, pairs: &[(GroupId, Uin)]) -> Result<Done, Fault> {
    let (groups, users) = (once(pairs.iter().map(|(group, _)| *group)), once(pairs.iter().map(|(_, uin)| *uin)));
    let (mut done, mut group_names, mut user_names) = (Done::default(), Vec::new(), Vec::new());
    for group in &groups {
        let name = group_name(permit, *group).await?;
        done = done.and(*group, &name);
        group_names.push(name);
    }
    for uin in &users {
        let name = user_name(permit, *uin).await?;
        done = done.and(*uin, &name);
        user_names.push(name);
    }
    let (field, (before, after)) = match (groups.as_slice(), users.as_slice()) {
        ([group], _) => (Field::Users, with(members_of(permit, *group).await?, &user_names)),
        (_, [uin, ..]) => (Field::Groups, with(groups_of(permit, *uin).await?, &group_names)),
        (_, []) => return Ok(done),
    };
    Ok(done.list(field, before, after))
}

/// Policies that were attached to accounts: told from the side of the account when it is one, else from that of the policy.
pub(super) async fn attached_to_users<O, T>(permit: &Permit<O, T>, pairs: &[(PolicyId, Uin)]) -> Result<Done, Fault> {
    let (mut done, policies) = with_policies(permit, pairs.iter().map(|(policy, _)| *policy)).await?;
    let mut names = Vec::new();
    let users = once(pairs.iter().map(|(_, uin)| *uin));
    for uin in &users {
        let name = user_name(permit, *uin).await?;
        done = done.and(*uin, &name);
        names.push(name);
    }
    let (field, (before, after)) = match (users.as_slice(), pairs) {
        ([uin], _) => (Field::Policies, with(policies_of_user(permit, *uin).await?, &policies)),
        (_, [(policy, _), ..]) => (Field::Users, with(holders_of(permit, *policy).await?.0, &names)),
        (_, []) => return Ok(done),
    };
    Ok(done.list(field, before, after))
}

/// Policies that were attached to user groups, told as [`attached_to_users`] does.
pub(super) async fn attached_to_groups<O, T>(permit: &Permit<O, T>, pairs: &[(PolicyId, GroupId)]) -> Result<Done, Fault> {
    let (mut done, policies) = with_policies(permit, pairs.iter().map(|(policy, _)| *policy)).await?;
    let mut names = Vec::new();
    let groups = once(pairs.iter().map(|(_, group)| *group));
    for group in &groups {
        let name = group_name(permit, *group).await?;
        done = done.and(*group, &name);
        names.push(name);
    }
    let (field, (before, after)) = match (groups.as_slice(), pairs) {
        ([group], _) => (Field::Policies, with(policies_of_group(permit, *group).await?, &policies)),
        (_, [(policy, _), ..]) => (Field::Groups, with(holders_of(permit, *policy).await?.1, &names)),
        (_, []) => return Ok(done),
    };
    Ok(done.list(field, before, after))
}

/// Something done with these policies, and their names.
async fn with_policies<O, T>(permit: &Permit<O, T>, policies: impl Iterator<Item = PolicyId>) -> Result<(Done, Vec<String>), Fault> {
    let (mut done, mut names) = (Done::default(), Vec::new());
    for policy in once(policies) {
        let name = policy_name(permit, policy).await?;
        done = done.and(policy, &name);
        names.push(name);
    }
    Ok((done, names))
}

/// Each of them once, in the order of numbers.
fn once<I: Ord>(ids: impl Iterator<Item = I>) -> Vec<I> {
    ids.collect::<BTreeSet<_>>().into_iter().collect()
}

/// A list to which some came, each once; in the order of names.
pub(super) fn with(mut before: Vec<String>, added: &[String]) -> (Vec<String>, Vec<String>) {
    before.sort();
    let mut after: Vec<String> = before.iter().chain(added).cloned().collect();
    after.sort();
    after.dedup();
    (before, after)
}

/// A list without one of its entries; in the order of names.
pub(super) fn without(mut before: Vec<String>, gone: &str) -> (Vec<String>, Vec<String>) {
    before.sort();
    let after = before.iter().filter(|name| *name != gone).cloned().collect();
    (before, after)
}
