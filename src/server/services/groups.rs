//! User groups: their list, creating, editing and deleting them, and who is in them.
//!
//! Membership changes rights; it is asked for with its own actions, never with those that edit a group or a user.

use super::budget::within_budget;
use super::full::{group_is_full, groups_are_full, user_is_in_enough};
use super::lockout;
use super::recorded::{self, Named as _};
use super::selections::{chosen, once, within};
use crate::catalog::limits::{MAX_GROUPS, MAX_GROUPS_PER_USER, MAX_USERS_PER_GROUP};
use crate::catalog::operations;
use crate::domain::accounts::{Candidate, check_name, check_remark};
use crate::domain::audit_change::{Done, Field};
use crate::domain::confirmation::Confirmation;
use crate::domain::fault::{Fault, FieldFaults};
use crate::domain::groups::{Group, GroupRow};
use crate::domain::holdings::RightsChange;
use crate::domain::ids::{GroupId, Uin};
use crate::domain::paging::{Listing, Page};
use crate::server::gate::Permit;
use crate::server::store::policies::Reach;
use crate::server::store::{Change, Store, StoreError, Stored, groups, raise_revision};
use crate::text::Text;

/// One page of the groups.
///
/// # Errors
/// [`Fault::Unavailable`] or [`Fault::Internal`].
pub async fn list(permit: &Permit<operations::ListGroups>, listing: &Listing) -> Result<Page<GroupRow>, Fault> {
    permit.stored(permit.store().groups(permit.owner(), listing, permit.now_ms()).await)
}

/// Every group, by name, for choosing.
///
/// # Errors
/// [`Fault::Unavailable`] or [`Fault::Internal`].
pub async fn choices(permit: &Permit<operations::ListGroups>) -> Result<Vec<Candidate<GroupId>>, Fault> {
    permit.stored(permit.store().group_names(permit.owner()).await)
}

/// One group with its members.
///
/// # Errors
/// [`Fault::NotFound`].
pub async fn get(permit: &Permit<operations::ReadGroup, GroupId>) -> Result<Group, Fault> {
    let (owner, id) = (permit.owner(), *permit.target());
    let row = permit.stored(permit.store().group(owner, id, permit.now_ms()).await)?.ok_or(Fault::NotFound)?;
    Ok(Group { row, members: permit.stored(permit.store().members(owner, id).await)? })
}

/// The groups a user is in, by name; none of one that is not there.
///
/// # Errors
/// When the database gives none.
pub async fn of_user(permit: &Permit<operations::ListGroupsOfUser, Uin>) -> Result<Vec<(GroupId, String)>, Fault> {
    let (owner, uin) = (permit.owner(), *permit.target());
    permit.stored(permit.store().groups_of(owner, uin).await)
}

/// Creates a group.
///
/// # Errors
/// [`Fault::Invalid`] with every wrong field, [`Fault::Limit`].
pub async fn create(permit: &Permit<operations::CreateGroup>, name: &str, remark: &str) -> Result<GroupId, Fault> {
    let (owner, id) = (permit.owner(), GroupId(permit.new_number()));
    let (name, remark) = (name.trim(), remark.trim());
    check(name, remark)?;
    let mut change = permit.change().await?;
    permit.stored(raise_revision(&mut change, owner).await)?;
    named(permit, name, groups::add(&mut change, owner, id, name, remark, permit.now_ms()).await)?;
    if permit.stored(groups::count(&mut change, owner).await)? > MAX_GROUPS {
        return Err(groups_are_full());
    }
    change.commit(Done::to(id, name).text(Field::Name, "", name).text(Field::Remark, "", remark)).await?;
    Ok(id)
}

/// Renames and describes a group.
///
/// # Errors
/// [`Fault::Invalid`] with every wrong field, [`Fault::NotFound`].
pub async fn edit(permit: &Permit<operations::EditGroup, GroupId>, name: &str, remark: &str) -> Result<(), Fault> {
    let (name, remark) = (name.trim(), remark.trim());
    check(name, remark)?;
    let mut change = permit.change().await?;
    // The name of a group stands in explanations of decisions, which are cached by the revision.
    permit.stored(raise_revision(&mut change, permit.owner()).await)?;
    let was = permit.stored(permit.store().group(permit.owner(), *permit.target(), permit.now_ms()).await)?.ok_or(Fault::NotFound)?;
    if !named(permit, name, groups::edit(&mut change, permit.owner(), *permit.target(), name, remark).await)? {
        return Err(Fault::NotFound);
    }
    let done = Done::to(*permit.target(), name).text(Field::Name, &was.name, name).text(Field::Remark, &was.remark, remark);
    change.commit(done).await
}

/// Deletes a group with its memberships and attachments. One that has any wants its name typed.
///
/// # Errors
/// [`Fault::NotFound`], [`Fault::Invalid`] for another name, [`Fault::Unconfirmed`] when the caller would lose rights by it and has not confirmed.
pub async fn delete(permit: &Permit<operations::DeleteGroup, GroupId>, confirm: &Confirmation) -> Result<(), Fault> {
    let (owner, id) = (permit.owner(), *permit.target());
    let (mut change, concern) = lockout::begin(permit, RightsChange::GroupDeleted(id)).await?;
    let row = permit.stored(permit.store().group(owner, id, permit.now_ms()).await)?.ok_or(Fault::NotFound)?;
    if row.members > 0 || row.policies > 0 {
        confirm.demand_name(&row.name)?;
    }
    confirm.demand_accepted_concerns(concern.as_slice())?;
    let done = Done::to(id, &row.name)
        .text(Field::Name, &row.name, "")
        .list(Field::Users, recorded::members_of(permit, id).await?, Vec::new())
        .list(Field::Policies, recorded::policies_of_group(permit, id).await?, Vec::new());
    permit.stored(groups::delete(&mut change, owner, id).await)?;
    change.commit(done).await
}

/// Puts users into groups, all of them or none; who is in already stays so.
///
/// # Errors
/// [`Fault::NotFound`] for an unknown user or group, [`Fault::Limit`], [`Fault::Invalid`] for an empty choice.
pub async fn join(permit: &Permit<operations::AddToGroups, Vec<(GroupId, Uin)>>, field: &str) -> Result<(), Fault> {
    let pairs = chosen(field, permit.target())?;
    within(&pairs, |(_, uin)| *uin, MAX_GROUPS_PER_USER, user_is_in_enough)?;
    within(&pairs, |(group, _)| *group, MAX_USERS_PER_GROUP, group_is_full)?;
    let mut change = permit.change().await?;
    permit.stored(raise_revision(&mut change, permit.owner()).await)?;
    for &(group, uin) in &pairs {
        put_in(permit, &mut change, group, uin).await?;
    }
    for uin in once(&pairs.iter().map(|(_, uin)| *uin).collect::<Vec<_>>()) {
        within_budget(permit, &mut change, Reach::User(uin), 0).await?;
    }
    change.commit(recorded::joined(permit, &pairs).await?).await
}

/// Takes a user out of a group.
///
/// # Errors
/// [`Fault::NotFound`] when the user is not in it, [`Fault::Unconfirmed`] when the caller would lose rights by it and has not confirmed.
pub async fn leave(permit: &Permit<operations::RemoveFromGroup, (GroupId, Uin)>, confirm: &Confirmation) -> Result<(), Fault> {
    let (group, uin) = *permit.target();
    let mut change = lockout::begin_confirmed(permit, RightsChange::Left(group, uin), confirm).await?;
    if !permit.stored(groups::remove_member(&mut change, permit.owner(), group, uin).await)? {
        return Err(Fault::NotFound);
    }
    let name = uin.name(permit).await?;
    let (before, after) = recorded::without(recorded::members_of(permit, group).await?, &name);
    let done = Done::to(group, &group.name(permit).await?).and(uin, &name).list(Field::Users, before, after);
    change.commit(done).await
}

/// Puts one user into one group inside a change that holds the owner's row.
pub(super) async fn put_in<O, T>(permit: &Permit<O, T>, change: &mut Change, group: GroupId, uin: Uin) -> Result<(), Fault> {
    let owner = permit.owner();
    if !permit.stored(groups::add_member(change, owner, group, uin).await)? {
        return Err(Fault::NotFound);
    }
    let (members, of) = permit.stored(groups::count_members(change, owner, group, uin).await)?;
    if members > MAX_USERS_PER_GROUP {
        return Err(group_is_full());
    }
    if of > MAX_GROUPS_PER_USER {
        return Err(user_is_in_enough());
    }
    Ok(())
}

fn check(name: &str, remark: &str) -> Result<(), Fault> {
    let mut faults = FieldFaults::default();
    faults.add("name", check_name(name));
    faults.add("remark", check_remark(remark));
    faults.finish()
}

/// What the store gave, or which name is taken.
fn named<O, T, V>(permit: &Permit<O, T>, name: &str, stored: Stored<V>) -> Result<V, Fault> {
    match stored {
        Err(StoreError::Taken(Store::GROUP_NAME)) => {
            let taken = Text::made(
                format!("The name “{name}” is already in use (letter case is ignored)."),
                format!("名称「{name}」已被使用（不区分大小写）。"),
            );
            Err(Fault::invalid("name", taken))
        }
        stored => permit.stored(stored),
    }
}
