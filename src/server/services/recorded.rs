//! The names under which records tell what was done: those that things have at that moment, so that they stay readable when the things are
//! gone. Read past the change under way, so they are those from before it.

use crate::catalog::preset;
use crate::domain::audit_change::{Audited, Done, Field};
use crate::domain::fault::Fault;
use crate::domain::ids::{GroupId, PolicyId, Uin};
use crate::domain::policies::Holder;
use crate::server::gate::Permit;
use std::collections::BTreeSet;

/// What records name.
pub(super) trait Named: Audited + Copy + Ord {
    /// Its name; empty when there is no such thing.
    async fn name<O, T>(self, permit: &Permit<O, T>) -> Result<String, Fault>;
}

impl Named for PolicyId {
    async fn name<O, T>(self, permit: &Permit<O, T>) -> Result<String, Fault> {
        if let Some(preset) = preset::find(self.0) {
            return Ok(preset.name.to_owned());
        }
        Ok(permit
            .stored(permit.store().custom_policy(permit.owner(), self, permit.now_ms()).await)?
            .map_or_else(String::new, |row| row.name))
    }
}

impl Named for Uin {
    async fn name<O, T>(self, permit: &Permit<O, T>) -> Result<String, Fault> {
        Ok(permit.stored(permit.store().account_name(permit.owner(), self).await)?.unwrap_or_default())
    }
}

impl Named for GroupId {
    async fn name<O, T>(self, permit: &Permit<O, T>) -> Result<String, Fault> {
        Ok(permit.stored(permit.store().group(permit.owner(), self, permit.now_ms()).await)?.map_or_else(String::new, |row| row.name))
    }
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
    let rows = permit.stored(permit.store().policies_in_force(permit.owner(), uin, permit.now_ms()).await)?;
    let direct = rows.into_iter().filter(|row| row.group_id == 0);
    Ok(direct.map(|row| preset::find(row.policy_id).map_or(row.name, |preset| preset.name.to_owned())).collect())
}

/// The policies that are attached to a user group, by name.
pub(super) async fn policies_of_group<O, T>(permit: &Permit<O, T>, id: GroupId) -> Result<Vec<String>, Fault> {
    let rows = permit.stored(permit.store().group_policies(permit.owner(), id, permit.now_ms()).await)?;
    Ok(rows.into_iter().map(|row| preset::find(row.id.0).map_or(row.name, |preset| preset.name.to_owned())).collect())
}

/// The accounts and the groups that a policy is attached to, by name.
pub(super) async fn holders_of<O, T>(permit: &Permit<O, T>, id: PolicyId) -> Result<(Vec<String>, Vec<String>), Fault> {
    let (mut users, mut groups) = (Vec::new(), Vec::new());
    for one in permit.stored(permit.store().holders(permit.owner(), id, permit.now_ms()).await)? {
        match one.holder {
            Holder::User(_, name) => users.push(name),
            Holder::Group(_, name) => groups.push(name),
        }
    }
    Ok((users, groups))
}

/// Accounts that joined groups: told from the side of the group when it is one, else from that of the account.
pub(super) async fn joined<O, T>(permit: &Permit<O, T>, pairs: &[(GroupId, Uin)]) -> Result<Done, Fault> {
    let (groups, users) = (once(pairs.iter().map(|(group, _)| *group)), once(pairs.iter().map(|(_, uin)| *uin)));
    let (done, group_names) = about(Done::default(), permit, &groups).await?;
    let (done, user_names) = about(done, permit, &users).await?;
    let (field, (before, after)) = match (groups.as_slice(), users.as_slice()) {
        ([group], _) => (Field::Users, with(members_of(permit, *group).await?, &user_names)),
        (_, [uin, ..]) => (Field::Groups, with(groups_of(permit, *uin).await?, &group_names)),
        (_, []) => return Ok(done),
    };
    Ok(done.list(field, before, after))
}

/// Policies that were attached to accounts: told from the side of the account when it is one, else from that of the policy.
pub(super) async fn attached_to_users<O, T>(permit: &Permit<O, T>, pairs: &[(PolicyId, Uin)]) -> Result<Done, Fault> {
    let (policies, users) = (once(pairs.iter().map(|(policy, _)| *policy)), once(pairs.iter().map(|(_, uin)| *uin)));
    let (done, policy_names) = about(Done::default(), permit, &policies).await?;
    let (done, user_names) = about(done, permit, &users).await?;
    let (field, (before, after)) = match (users.as_slice(), pairs) {
        ([uin], _) => (Field::Policies, with(policies_of_user(permit, *uin).await?, &policy_names)),
        (_, [(policy, _), ..]) => (Field::Users, with(holders_of(permit, *policy).await?.0, &user_names)),
        (_, []) => return Ok(done),
    };
    Ok(done.list(field, before, after))
}

/// Policies that were attached to user groups, told as [`attached_to_users`] does.
pub(super) async fn attached_to_groups<O, T>(permit: &Permit<O, T>, pairs: &[(PolicyId, GroupId)]) -> Result<Done, Fault> {
    let (policies, groups) = (once(pairs.iter().map(|(policy, _)| *policy)), once(pairs.iter().map(|(_, group)| *group)));
    let (done, policy_names) = about(Done::default(), permit, &policies).await?;
    let (done, group_names) = about(done, permit, &groups).await?;
    let (field, (before, after)) = match (groups.as_slice(), pairs) {
        ([group], _) => (Field::Policies, with(policies_of_group(permit, *group).await?, &policy_names)),
        (_, [(policy, _), ..]) => (Field::Groups, with(holders_of(permit, *policy).await?.1, &group_names)),
        (_, []) => return Ok(done),
    };
    Ok(done.list(field, before, after))
}

/// What was done was done to these things, too; and their names.
async fn about<I: Named, O, T>(mut done: Done, permit: &Permit<O, T>, ids: &[I]) -> Result<(Done, Vec<String>), Fault> {
    let mut names = Vec::new();
    for id in ids {
        let name = id.name(permit).await?;
        done = done.and(*id, &name);
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
