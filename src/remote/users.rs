//! Sub-accounts: list, detail, and every change of them.
//!
//! Credentials change here: whatever opens an account to somebody or shuts it wants a recent proof of the password.

use super::json::Json;
use crate::domain::access_pages::UserView;
use crate::domain::accounts::{NewCredential, UserRow};
use crate::domain::fault::Fault;
use crate::domain::ids::{GroupId, PolicyId, Uin};
use crate::domain::paging::Page;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// One page of the users.
#[server(prefix = "/call", endpoint = "users/list", input = GetUrl, output = Json)]
pub async fn list_users(
    #[server(default)] search: String,
    #[server(default)] page: i64,
    #[server(default)] size: i64,
    #[server(default)] sort: String,
    #[server(default)] filter: String,
) -> Result<Page<UserRow>, Fault> {
    use crate::catalog::operations;
    use crate::domain::accounts::UserFilter;
    use crate::domain::paging::Listing;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit::<operations::ListUsers>()?;
        services::users::list(&permit, &Listing { search, page, size, sort }, UserFilter::from_tag(&filter)).await
    })
    .await
}

/// One user, with everything that its page shows of it.
#[server(prefix = "/call", endpoint = "users/view", input = GetUrl, output = Json)]
pub async fn view_user(uin: Uin) -> Result<UserView, Fault> {
    use crate::catalog::operations;
    use crate::server::entry;
    use crate::server::services::access_pages::{self, UserParts};
    entry::enter(|caller| async move {
        let permit = caller.permit_on::<operations::ReadUser, _>(uin)?;
        let parts = UserParts {
            groups: caller.part_on::<operations::ListGroupsOfUser, _>(uin),
            policies: caller.part_on::<operations::ListPoliciesOfUser, _>(uin),
            all_groups: caller.part::<operations::ListGroups>(),
            all_policies: caller.part::<operations::ListPolicies>(),
        };
        access_pages::user(&permit, &parts).await
    })
    .await
}

/// Creates a user; groups and policies only for who may add to groups and attach. An empty password lets the console make one.
#[server(prefix = "/call", endpoint = "users/create")]
pub async fn create_user(
    name: String,
    #[server(default)] email: String,
    #[server(default)] remark: String,
    #[server(default)] password: String,
    #[server(default)] groups: Vec<GroupId>,
    #[server(default)] policies: Vec<PolicyId>,
) -> Result<NewCredential, Fault> {
    use crate::catalog::operations;
    use crate::server::services::users::NewUser;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit::<operations::CreateUser>()?;
        let join = if groups.is_empty() { None } else { Some(caller.permit_on::<operations::AddToGroups, _>(groups)?) };
        let hold = if policies.is_empty() { None } else { Some(caller.permit_on::<operations::AttachToUsers, _>(policies)?) };
        let new = NewUser { name: &name, email: &email, remark: &remark, password: &password };
        services::users::create(&permit, &new, join.as_ref(), hold.as_ref()).await
    })
    .await
}

/// Changes e-mail address and remark of a user.
#[server(prefix = "/call", endpoint = "users/edit")]
pub async fn edit_user(uin: Uin, #[server(default)] email: String, #[server(default)] remark: String) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit_on::<operations::EditUser, _>(uin)?;
        services::users::edit(&permit, &email, &remark).await
    })
    .await
}

/// Disables or enables a user: either decides whether its password opens anything.
#[server(prefix = "/call", endpoint = "users/disable")]
pub async fn disable_user(uin: Uin, disabled: bool) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit_on::<operations::SetUserStatus, _>(uin)?;
        services::users::set_disabled(&permit, disabled).await
    })
    .await
}

/// Gives a user a new password; an empty one lets the console make it.
#[server(prefix = "/call", endpoint = "users/reset-password")]
pub async fn reset_user_password(uin: Uin, #[server(default)] password: String) -> Result<NewCredential, Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit_on::<operations::ResetPassword, _>(uin)?;
        services::users::reset_password(&permit, &password).await
    })
    .await
}

/// Lets the people of an account log in again at once after others failed to.
#[server(prefix = "/call", endpoint = "users/unlock")]
pub async fn unlock_user(uin: Uin) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move { services::users::unlock(&caller.permit_on::<operations::UnlockUser, _>(uin)?).await }).await
}

/// Ends one session of a user, or all of them without an id.
#[server(prefix = "/call", endpoint = "users/end-sessions")]
pub async fn end_user_sessions(uin: Uin, #[server(default)] id: String) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit_on::<operations::EndUserSessions, _>(uin)?;
        services::users::end_sessions(&permit, &id).await
    })
    .await
}

/// Deletes a user whose name was typed, and leads to the list.
#[server(prefix = "/call", endpoint = "users/delete")]
pub async fn delete_user(uin: Uin, #[server(default)] confirm: String) -> Result<(), Fault> {
    use crate::catalog::{operations, pages};
    use crate::domain::confirmation::Confirmation;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit_on::<operations::DeleteUser, _>(uin)?;
        services::users::delete(&permit, &Confirmation::new(&confirm, "")).await?;
        leptos_axum::redirect(pages::Users::PAGE.path);
        Ok(())
    })
    .await
}
