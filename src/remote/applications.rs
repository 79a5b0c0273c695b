//! Applications: list, create, look at, edit, enable, disable, delete, tag.
//!
//! What is asked for must never reach the services but through a permit for it.

use super::json::Json;
use crate::domain::applications::{AppHead, AppList};
use crate::domain::fault::Fault;
use crate::domain::ids::SdkAppId;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// The applications the caller may list, those that match `search`, one page of them.
#[server(prefix = "/call", endpoint = "apps/list", input = GetUrl, output = Json)]
pub async fn list_applications(
    #[server(default)] search: String,
    #[server(default)] page: i64,
    #[server(default)] size: i64,
    #[server(default)] sort: String,
) -> Result<AppList, Fault> {
    use crate::catalog::operations;
    use crate::domain::paging::Listing;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        services::applications::list(&caller.on_apps::<operations::ListApplications>()?, &Listing { search, page, size, sort }).await
    })
    .await
}

/// Creates an application and leads to it in the list. `sdk_app_id` is the number TRTC gave it; empty, the console generates one. `keys[]` and `values[]` are its tags, row by row; rows without a key are none.
#[server(prefix = "/call", endpoint = "apps/create")]
pub async fn create_application(
    #[server(default)] sdk_app_id: String,
    name: String,
    #[server(default)] description: String,
    #[server(default)] keys: Vec<String>,
    #[server(default)] values: Vec<String>,
) -> Result<(), Fault> {
    use crate::catalog::{operations, pages};
    use crate::domain::applications::{TagChange, check_tag_count};
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let tags = TagChange::of_rows(&[], &[], &keys, &values).set;
        check_tag_count(tags.len())?;
        let permit = caller.permit_tagging::<operations::CreateApplication>(&tags)?;
        let id = services::applications::create(&permit, &sdk_app_id, &name, &description, &tags).await?;
        leptos_axum::redirect(&format!("{}?created={id}", pages::Apps::PAGE.path));
        Ok(())
    })
    .await
}

/// One application, with what the caller may do on its pages.
#[server(prefix = "/call", endpoint = "apps/view", input = GetUrl, output = Json)]
pub async fn view_application(id: SdkAppId) -> Result<AppHead, Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move { services::applications::view(&caller.on_app::<operations::ReadApplication>(id)?).await }).await
}

/// Renames and describes an application. `seen_name` and `seen_description` are what the author of the edit saw; without them nothing is
/// compared. What somebody else wrote meanwhile is replaced only when `confirmed` is what the fault says.
#[server(prefix = "/call", endpoint = "apps/edit")]
pub async fn edit_application(
    id: SdkAppId,
    name: String,
    #[server(default)] description: String,
    #[server(default)] seen_name: String,
    #[server(default)] seen_description: String,
    #[server(default)] confirmed: String,
) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::domain::confirmation::Confirmation;
    use crate::server::entry;
    use crate::server::services::applications::{self, Edit};
    entry::enter(|caller| async move {
        let permit = caller.on_app::<operations::EditApplication>(id)?;
        // No application is without a name.
        let seen = (!seen_name.is_empty()).then_some((seen_name.as_str(), seen_description.as_str()));
        let edit = Edit { name: &name, description: &description, seen };
        applications::edit(&permit, edit, &Confirmation::new("", &confirmed)).await
    })
    .await
}

/// Disables an application; needs a recent proof of the password.
#[server(prefix = "/call", endpoint = "apps/disable")]
pub async fn disable_application(id: SdkAppId) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::domain::applications::AppStatus;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.on_app::<operations::SetApplicationStatus>(id)?;
        services::applications::set_status(&permit, AppStatus::Disabled).await
    })
    .await
}

/// Enables an application; needs a recent proof of the password.
#[server(prefix = "/call", endpoint = "apps/enable")]
pub async fn enable_application(id: SdkAppId) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::domain::applications::AppStatus;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.on_app::<operations::SetApplicationStatus>(id)?;
        services::applications::set_status(&permit, AppStatus::Normal).await
    })
    .await
}

/// Deletes a disabled application and leads to the list; needs the SDKAppID as `confirm` and a recent proof of the password.
#[server(prefix = "/call", endpoint = "apps/delete")]
pub async fn delete_application(id: SdkAppId, #[server(default)] confirm: String) -> Result<(), Fault> {
    use crate::catalog::{operations, pages};
    use crate::domain::confirmation::Confirmation;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.on_app::<operations::DeleteApplication>(id)?;
        services::applications::delete(&permit, &Confirmation::new(&confirm, "")).await?;
        leptos_axum::redirect(&format!("{}?deleted={id}", pages::Apps::PAGE.path));
        Ok(())
    })
    .await
}

/// Changes tags, row by row: each as it was (`old_keys[]`, `old_values[]`, empty for a new row) and as it is wanted; an emptied key takes its
/// tag off. Only what changes is part of the request that conditions on `qcs:request_tag` judge, what is taken off included. Tags decide
/// rights: a change needs a recent proof of the password.
#[server(prefix = "/call", endpoint = "apps/tags")]
pub async fn change_application_tags(
    id: SdkAppId,
    #[server(default)] old_keys: Vec<String>,
    #[server(default)] old_values: Vec<String>,
    #[server(default)] keys: Vec<String>,
    #[server(default)] values: Vec<String>,
) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::domain::applications::TagChange;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let tags = TagChange::of_rows(&old_keys, &old_values, &keys, &values);
        tags.check_size()?;
        let permit = caller.on_app_retagging::<operations::ChangeApplicationTags>(id, &tags)?;
        services::applications::change_tags(&permit, &tags).await
    })
    .await
}
