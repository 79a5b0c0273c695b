//! Sub-accounts: their list, and creating, editing, disabling, deleting them and giving them a new password.
//!
//! A root account is never listed or changed here. Nobody can disable or delete the own account: a console without its last
//! administrator would need its root account to be opened again.

use super::attachments::attach;
use super::budget::within_budget;
use super::full::{holder_is_full, user_is_in_enough, users_are_full};
use super::groups::put_in;
use super::recorded::{self, Named as _};
use super::selections::{once, within};
use crate::catalog::limits::{MAX_GROUPS_PER_USER, MAX_POLICIES_PER_HOLDER, MAX_SUB_ACCOUNTS};
use crate::catalog::operations;
use crate::domain::accounts::{Candidate, NewCredential, User, UserFilter, UserRow, check_email, check_name, check_remark};
use crate::domain::audit_change::{Done, Field, Untold};
use crate::domain::confirmation::Confirmation;
use crate::domain::fault::{Fault, FieldFaults};
use crate::domain::ids::{GroupId, PolicyId, Uin};
use crate::domain::paging::{Listing, Page};
use crate::domain::passwords::check_password;
use crate::domain::session::SessionRow;
use crate::server::gate::{self, Permit, password};
use crate::server::store::accounts::NewAccount;
use crate::server::store::policies::Reach;
use crate::server::store::{Change, Store, StoreError, accounts, raise_revision, sessions};
use crate::text::Text;

/// What a new user is made of.
pub struct NewUser<'a> {
    /// Login name.
    pub name: &'a str,
    /// E-mail address, may be empty.
    pub email: &'a str,
    /// Free text.
    pub remark: &'a str,
    /// The first password, to be changed at the first login; when empty the console makes one.
    pub password: &'a str,
}

/// One page of the users.
///
/// # Errors
/// [`Fault::Unavailable`] or [`Fault::Internal`].
pub async fn list(permit: &Permit<operations::ListUsers>, listing: &Listing, filter: UserFilter) -> Result<Page<UserRow>, Fault> {
    permit.stored(permit.store().users(permit.owner(), listing, filter, permit.now_ms()).await)
}

/// Every user, by name, for choosing.
///
/// # Errors
/// [`Fault::Unavailable`] or [`Fault::Internal`].
pub async fn choices(permit: &Permit<operations::ListUsers>) -> Result<Vec<Candidate<Uin>>, Fault> {
    permit.stored(permit.store().user_names(permit.owner()).await)
}

/// One user.
///
/// # Errors
/// [`Fault::NotFound`] when there is none of that UIN.
pub async fn get(permit: &Permit<operations::ReadUser, Uin>) -> Result<User, Fault> {
    found(permit).await
}

/// Creates a user with its groups and policies, all of it or nothing. The password is in the answer only when the console made it.
///
/// # Errors
/// [`Fault::Invalid`] with every wrong field, [`Fault::Limit`], [`Fault::NotFound`] for an unknown group or policy.
pub async fn create(
    permit: &Permit<operations::CreateUser>,
    new: &NewUser<'_>,
    join: Option<&Permit<operations::AddToGroups, Vec<GroupId>>>,
    hold: Option<&Permit<operations::AttachToUsers, Vec<PolicyId>>>,
) -> Result<NewCredential, Fault> {
    let (owner, uin) = (permit.owner(), Uin(permit.new_number()));
    let (name, email, remark) = (new.name.trim(), new.email.trim(), new.remark.trim());
    let mut faults = FieldFaults::default();
    faults.add("name", check_name(name));
    describe_faults(&mut faults, email, remark);
    if !new.password.is_empty() {
        faults.add("password", check_password(new.password, &[name, email]));
    }
    faults.finish()?;
    let groups: Vec<_> = join.iter().flat_map(|join| once(join.target()).into_iter().map(move |group| (*join, group))).collect();
    let policies: Vec<_> = hold.iter().flat_map(|hold| once(hold.target()).into_iter().map(move |policy| (*hold, policy))).collect();
    within(&groups, |_| (), MAX_GROUPS_PER_USER, user_is_in_enough)?;
    within(&policies, |_| (), MAX_POLICIES_PER_HOLDER, holder_is_full)?;
    let made = new.password.is_empty().then(password::generate);
    let hash = permit.caller().gate().hash_password(made.as_deref().unwrap_or(new.password)).await?;

    let mut change = permit.change().await?;
    permit.stored(raise_revision(&mut change, owner).await)?;
    let account = NewAccount {
        uin,
        owner,
        is_root: false,
        name,
        email,
        remark,
        password_hash: &hash,
        must_change_password: true,
        now_ms: permit.now_ms(),
    };
    match accounts::add(&mut change, &account).await {
        Err(StoreError::Taken(Store::ACCOUNT_NAME)) => {
            let taken = Text::made(
                format!("The name “{name}” is already in use (letter case is ignored)."),
                format!("名称「{name}」已被使用（不区分大小写）。"),
            );
            return Err(Fault::invalid("name", taken));
        }
        added => permit.stored(added)?,
    }
    if permit.stored(accounts::count_users(&mut change, owner).await)? > MAX_SUB_ACCOUNTS {
        return Err(users_are_full());
    }
    let (mut joined, mut held) = (Vec::new(), Vec::new());
    for (join, group) in groups {
        put_in(join, &mut change, group, uin).await?;
        joined.push(group.name(permit).await?);
    }
    for (hold, policy) in policies {
        attach(hold, &mut change, policy, uin.into(), None).await?;
        held.push(policy.name(permit).await?);
    }
    within_budget(permit, &mut change, Reach::User(uin), 0).await?;
    let done = Done::to(uin, name)
        .text(Field::Name, "", name)
        .private(Field::Email, "", email)
        .private(Field::Remark, "", remark)
        .untold(Field::Password, Untold::Set)
        .list(Field::Groups, Vec::new(), joined)
        .list(Field::Policies, Vec::new(), held);
    change.commit(done).await?;
    Ok(NewCredential { uin, owner_uin: owner, name: name.to_owned(), password: made })
}

/// Changes what describes a user. Another e-mail address may lead to the account one day, so it hands the account over.
///
/// # Errors
/// [`Fault::Invalid`] with every wrong field, [`Fault::NotFound`], [`Fault::Barred`] when the user may do more than the caller.
pub async fn edit(permit: &Permit<operations::EditUser, Uin>, email: &str, remark: &str) -> Result<(), Fault> {
    let (email, remark) = (email.trim(), remark.trim());
    let mut faults = FieldFaults::default();
    describe_faults(&mut faults, email, remark);
    faults.finish()?;
    let user = found(permit).await?;
    if user.email != email {
        permit.caller().is_no_less_than(user.row.uin, &user.row.name).await?;
    }
    let mut change = permit.change().await?;
    if !permit.stored(accounts::describe(&mut change, permit.owner(), *permit.target(), email, remark).await)? {
        return Err(Fault::NotFound);
    }
    let done = Done::to(user.row.uin, &user.row.name);
    change.commit(done.private(Field::Email, &user.email, email).private(Field::Remark, &user.row.remark, remark)).await
}

/// Disables or enables a user. Disabling ends its sessions at once; enabling lifts a lock by failed logins.
///
/// # Errors
/// [`Fault::NotFound`], [`Fault::Barred`] for the own account, and for enabling a user that may do more than the caller.
pub async fn set_disabled(permit: &Permit<operations::SetUserStatus, Uin>, disabled: bool) -> Result<(), Fault> {
    let (owner, uin) = (permit.owner(), *permit.target());
    if disabled {
        not_oneself(permit, &Text::new("You cannot disable your own account.", "不能禁用自己的账号。"))?;
    }
    if !disabled {
        let user = found(permit).await?;
        permit.caller().is_no_less_than(uin, &user.row.name).await?;
    }
    let mut change = permit.change().await?;
    let was = found(permit).await?.row;
    permit.stored(accounts::set_disabled(&mut change, owner, uin, disabled).await)?;
    if disabled {
        permit.stored(sessions::end_all(&mut change, owner, uin, "").await)?;
    } else {
        lift_waits(permit, &mut change, &was.name).await?;
    }
    change.commit(Done::to(uin, &was.name).text(Field::Status, status(was.disabled), status(disabled))).await
}

/// Gives a user a first password, to be changed at the next login, and ends its sessions. An empty one lets the console make one.
///
/// # Errors
/// [`Fault::Invalid`] for a weak password, [`Fault::NotFound`], [`Fault::Barred`] for the own account and for a user that may do more than
/// the caller.
pub async fn reset_password(permit: &Permit<operations::ResetPassword, Uin>, chosen: &str) -> Result<NewCredential, Fault> {
    let (owner, uin) = (permit.owner(), *permit.target());
    let own = Text::new("To change your own password, go to My account.", "请在「我的账号」中修改自己的密码。");
    not_oneself(permit, &own)?;
    let user = found(permit).await?;
    permit.caller().is_no_less_than(uin, &user.row.name).await?;
    if !chosen.is_empty() {
        check_password(chosen, &[&user.row.name, &user.email]).map_err(|wrong| Fault::invalid("password", wrong))?;
    }
    let made = chosen.is_empty().then(password::generate);
    let hash = permit.caller().gate().hash_password(made.as_deref().unwrap_or(chosen)).await?;
    let mut change = permit.change().await?;
    let name = permit.stored(accounts::name_of(&mut change, owner, uin).await)?.ok_or(Fault::NotFound)?;
    permit.stored(accounts::set_password(&mut change, owner, uin, &hash, true, permit.now_ms()).await)?;
    permit.stored(sessions::end_all(&mut change, owner, uin, "").await)?;
    lift_waits(permit, &mut change, &name).await?;
    change.commit(Done::to(uin, &name).untold(Field::Password, Untold::Changed).untold(Field::Sessions, Untold::Removed)).await?;
    Ok(NewCredential { uin, owner_uin: owner, name, password: made })
}

/// Lets the people of an account log in again at once, whoever guessed at its password.
///
/// # Errors
/// [`Fault::NotFound`].
pub async fn unlock(permit: &Permit<operations::UnlockUser, Uin>) -> Result<(), Fault> {
    let mut change = permit.change().await?;
    let name = permit.stored(accounts::name_of(&mut change, permit.owner(), *permit.target()).await)?.ok_or(Fault::NotFound)?;
    lift_waits(permit, &mut change, &name).await?;
    change.commit(Done::to(*permit.target(), &name).untold(Field::Lock, Untold::Removed)).await
}

/// The sessions of a user, the latest first; none of one that is not there.
///
/// # Errors
/// When the database gives none.
pub async fn list_sessions(permit: &Permit<operations::ReadUser, Uin>) -> Result<Vec<SessionRow>, Fault> {
    permit.stored(permit.store().sessions(permit.owner(), *permit.target(), permit.caller().session_id()).await)
}

/// Ends one session of a user, or all of them for an empty id.
///
/// # Errors
/// [`Fault::NotFound`] when there is no such user or session.
pub async fn end_sessions(permit: &Permit<operations::EndUserSessions, Uin>, session_id: &str) -> Result<(), Fault> {
    let (owner, uin) = (permit.owner(), *permit.target());
    let mut change = permit.change().await?;
    let name = permit.stored(accounts::name_of(&mut change, owner, uin).await)?.ok_or(Fault::NotFound)?;
    let ended = if session_id.is_empty() {
        permit.stored(sessions::end_all(&mut change, owner, uin, "").await)?;
        true
    } else {
        permit.stored(sessions::end(&mut change, owner, uin, session_id).await)?
    };
    if !ended {
        return Err(Fault::NotFound);
    }
    let done = Done::to(uin, &name);
    let one = done.clone().text(Field::Sessions, session_id, "");
    change.commit(if session_id.is_empty() { done.untold(Field::Sessions, Untold::Removed) } else { one }).await
}

/// Deletes a user whose name was typed, with its sessions, memberships and attachments.
///
/// # Errors
/// [`Fault::NotFound`], [`Fault::Invalid`] for another name, [`Fault::Barred`] for the own account.
pub async fn delete(permit: &Permit<operations::DeleteUser, Uin>, confirm: &Confirmation) -> Result<(), Fault> {
    let (owner, uin) = (permit.owner(), *permit.target());
    not_oneself(permit, &Text::new("You cannot delete your own account.", "不能删除自己的账号。"))?;
    let mut change = permit.change().await?;
    let name = permit.stored(accounts::name_of(&mut change, owner, uin).await)?.ok_or(Fault::NotFound)?;
    confirm.demand_name(&name)?;
    let done = Done::to(uin, &name)
        .text(Field::Name, &name, "")
        .list(Field::Groups, recorded::groups_of(permit, uin).await?, Vec::new())
        .list(Field::Policies, recorded::policies_of_user(permit, uin).await?, Vec::new());
    permit.stored(accounts::delete(&mut change, owner, uin).await)?;
    change.commit(done).await
}

/// The user that a permit is about, as it is now.
async fn found<O>(permit: &Permit<O, Uin>) -> Result<User, Fault> {
    permit.stored(permit.store().user(permit.owner(), *permit.target(), permit.now_ms()).await)?.ok_or(Fault::NotFound)
}

/// Whoever failed to log in to an account need not wait any more.
async fn lift_waits<O>(permit: &Permit<O, Uin>, change: &mut Change, name: &str) -> Result<(), Fault> {
    permit.stored(gate::lift_waits(change, permit.owner(), *permit.target(), name).await)
}

fn describe_faults(faults: &mut FieldFaults, email: &str, remark: &str) {
    if !email.is_empty() {
        faults.add("email", check_email(email));
    }
    faults.add("remark", check_remark(remark));
}

const fn status(disabled: bool) -> &'static str {
    if disabled { "disabled" } else { "enabled" }
}

fn not_oneself<O>(permit: &Permit<O, Uin>, refusal: &Text) -> Result<(), Fault> {
    if *permit.target() == permit.caller().uin() { Err(Fault::Barred(refusal.clone())) } else { Ok(()) }
}
