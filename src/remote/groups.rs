//! User groups: list, detail, every change of them, and who is in them.
//!
//! Rights change here: membership and deletion want a recent proof of the password.

use super::json::Json;
use crate::domain::access_pages::GroupView;
use crate::domain::accounts::Candidate;
use crate::domain::fault::Fault;
use crate::domain::groups::GroupRow;
use crate::domain::ids::{GroupId, Uin};
use crate::domain::paging::Page;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// One page of the user groups.
#[server(prefix = "/call", endpoint = "groups/list", input = GetUrl, output = Json)]
pub async fn list_groups(
    #[server(default)] search: String,
    #[server(default)] page: i64,
    #[server(default)] size: i64,
    #[server(default)] sort: String,
) -> Result<Page<GroupRow>, Fault> {
    use crate::catalog::operations;
    use crate::domain::paging::Listing;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        services::groups::list(&caller.permit::<operations::ListGroups>()?, &Listing { search, page, size, sort }).await
    })
    .await
}

/// Every user group by name, for choosing.
#[server(prefix = "/call", endpoint = "groups/choices", input = GetUrl, output = Json)]
pub async fn group_choices() -> Result<Vec<Candidate<GroupId>>, Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move { services::groups::choices(&caller.permit::<operations::ListGroups>()?).await }).await
}

/// One user group, with everything that its page shows of it.
#[server(prefix = "/call", endpoint = "groups/view", input = GetUrl, output = Json)]
pub async fn view_group(id: GroupId) -> Result<GroupView, Fault> {
    use crate::catalog::operations;
    use crate::server::entry;
    use crate::server::services::access_pages::{self, GroupParts};
    entry::enter(|caller| async move {
        let permit = caller.permit_on::<operations::ReadGroup, _>(id)?;
        let parts = GroupParts {
            policies: caller.part_on::<operations::ListPoliciesOfGroup, _>(id),
            all_users: caller.part::<operations::ListUsers>(),
            all_policies: caller.part::<operations::ListPolicies>(),
        };
        access_pages::group(&permit, &parts).await
    })
    .await
}

/// Creates a user group and leads to it, or to the list for who may not open it.
#[server(prefix = "/call", endpoint = "groups/create")]
pub async fn create_group(name: String, #[server(default)] remark: String) -> Result<(), Fault> {
    use crate::catalog::{operations, pages};
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let id = services::groups::create(&caller.permit::<operations::CreateGroup>()?, &name, &remark).await?;
        let opens = caller.holds_anywhere(pages::Group::PAGE.opens);
        leptos_axum::redirect(&if opens { pages::Group::PAGE.of(id) } else { pages::Groups::PAGE.path.to_owned() });
        Ok(())
    })
    .await
}

/// Renames and describes a user group.
#[server(prefix = "/call", endpoint = "groups/edit")]
pub async fn edit_group(id: GroupId, name: String, #[server(default)] remark: String) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move { services::groups::edit(&caller.permit_on::<operations::EditGroup, _>(id)?, &name, &remark).await })
        .await
}

/// Deletes a user group, whose name was typed when it has members or policies, and leads to the list. `confirmed`: the caller knows
/// what it takes from the own account.
#[server(prefix = "/call", endpoint = "groups/delete")]
pub async fn delete_group(id: GroupId, #[server(default)] confirm: String, #[server(default)] confirmed: String) -> Result<(), Fault> {
    use crate::catalog::{operations, pages};
    use crate::domain::confirmation::Confirmation;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit_on::<operations::DeleteGroup, _>(id)?;
        services::groups::delete(&permit, &Confirmation::new(&confirm, &confirmed)).await?;
        leptos_axum::redirect(pages::Groups::PAGE.path);
        Ok(())
    })
    .await
}

/// Puts users into a user group.
#[server(prefix = "/call", endpoint = "groups/add-users")]
pub async fn add_group_users(id: GroupId, #[server(default)] users: Vec<Uin>) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let pairs: Vec<_> = users.into_iter().map(|uin| (id, uin)).collect();
        let permit = caller.permit_on::<operations::AddToGroups, _>(pairs)?;
        services::groups::join(&permit, "users").await
    })
    .await
}

/// Puts a user into user groups.
#[server(prefix = "/call", endpoint = "users/join")]
pub async fn join_groups(uin: Uin, #[server(default)] groups: Vec<GroupId>) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let pairs: Vec<_> = groups.into_iter().map(|id| (id, uin)).collect();
        let permit = caller.permit_on::<operations::AddToGroups, _>(pairs)?;
        services::groups::join(&permit, "groups").await
    })
    .await
}

/// Takes a user out of a user group; `confirmed` as with [`delete_group`].
#[server(prefix = "/call", endpoint = "groups/remove-user")]
pub async fn remove_group_user(id: GroupId, uin: Uin, #[server(default)] confirmed: String) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::domain::confirmation::Confirmation;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit_on::<operations::RemoveFromGroup, _>((id, uin))?;
        services::groups::leave(&permit, &Confirmation::new("", &confirmed)).await
    })
    .await
}
