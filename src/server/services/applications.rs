//! Applications: list, create, look at, edit, enable, disable, delete, tag.
//!
//! A disabled application keeps receiving its callbacks: TRTC goes on sending what still happens in its rooms, and a figure that is lost can
//! never be made again. What stops is ours to decide only here: it may be deleted then, and its pages say so. An application must never
//! get a number that another one had.

use crate::catalog::limits::{MAX_APPLICATIONS, MAX_TAG_KEYS};
use crate::catalog::operations;
use crate::catalog::page::NavGroup;
use crate::catalog::pages;
use crate::domain::applications::{self, AppHead, AppList, AppStatus, Application, ApplicationOrder, Tag, TagChange, check_tag_count};
use crate::domain::audit_change::{Done, Field};
use crate::domain::confirmation::Confirmation;
use crate::domain::fault::{Fault, FieldFaults};
use crate::domain::free_text::visible;
use crate::domain::ids::SdkAppId;
use crate::domain::paging::{Listing, Order};
use crate::server::gate::{App, Apps, Permit};
use crate::server::store::applications::{self as stored, NewApplication};
use crate::server::store::{Change, Store, StoreError};
use crate::text::Text;
use std::collections::HashSet;

/// The applications in the scope that match a search; where no order is asked for, by number.
pub async fn list(permit: &Permit<operations::ListApplications, Apps>, listing: &Listing) -> Result<AppList, Fault> {
    let scope = permit.target();
    let all = permit.stored(permit.store().applications(permit.owner()).await)?;
    let mut found: Vec<Application> = all.into_iter().filter(|app| scope.holds(app.id) && app.matches(&listing.search)).collect();
    let order = Order::<ApplicationOrder>::from_tag(&listing.sort);
    match order.key {
        ApplicationOrder::Id => order.arrange(&mut found, |app| app.id.0),
        ApplicationOrder::Name => order.arrange(&mut found, |app| app.name.to_lowercase()),
        ApplicationOrder::Created => order.arrange(&mut found, |app| app.created_ms),
    }
    let unregistered = if permit.caller().is_root() { permit.stored(permit.store().unregistered().await)? } else { Vec::new() };
    Ok(AppList { page: listing.cut(found), listed: scope.count(), of: scope.of(), unregistered })
}

/// One application with what the caller may do on its pages.
pub async fn view(permit: &Permit<operations::ReadApplication, App>) -> Result<AppHead, Fault> {
    head(permit).await
}

/// The head of any page of one application.
pub(super) async fn head<O>(permit: &Permit<O, App>) -> Result<AppHead, Fault> {
    let (store, owner, id) = (permit.store(), permit.owner(), permit.target().id());
    let app = permit.stored(store.application(owner, id).await)?.ok_or(Fault::NotFound)?;
    let creator = permit.stored(store.account_name(owner, app.created_by).await)?.unwrap_or_default();
    let caller = permit.caller();
    let own = || pages::in_group(NavGroup::Application);
    Ok(AppHead {
        app,
        creator,
        pages: own().filter(|page| caller.holds_on_app(page.opens, id)).map(|page| page.id.to_owned()).collect(),
        controls: own()
            .flat_map(|page| page.controls)
            .filter(|control| caller.holds_on_app(control.rule, id))
            .map(|control| control.id.to_owned())
            .collect(),
    })
}

/// Creates an application, for the SDKAppID that TRTC gave it or, without one, under a number that the console generates. Its tags are those
/// that the gate has seen as `qcs:request_tag`.
///
/// # Errors
/// [`Fault::Invalid`] with every wrong field. A number that is taken is refused with the same words whoever has it.
pub async fn create(
    permit: &Permit<operations::CreateApplication>,
    sdk_app_id: &str,
    name: &str,
    description: &str,
    tags: &[Tag],
) -> Result<SdkAppId, Fault> {
    let (name, description) = (name.trim(), description.trim());
    check_tag_count(tags.len())?;
    let mut faults = check(name, description);
    let entered = applications::check_sdk_app_id(sdk_app_id).unwrap_or_else(|wrong| {
        faults.add("sdk_app_id", Err(wrong));
        None
    });
    check_tags(&mut faults, tags);
    faults.finish()?;
    let owner = permit.owner();
    let new = NewApplication { owner, entered, name, description, created_by: permit.caller().uin(), now_ms: permit.now_ms() };
    let mut change = permit.change().await?;
    let id = stored::add(&mut change, &new).await.map_err(|error| name_fault(permit, &error, name))?;
    if permit.stored(stored::count(&mut change, owner).await)? > MAX_APPLICATIONS {
        return Err(Fault::limit(&Text::new("applications", "应用"), MAX_APPLICATIONS));
    }
    put_tags(permit, &mut change, id, &TagChange { set: tags.to_vec(), remove: Vec::new() }).await?;
    let done = Done::to(id, name).text(Field::Name, "", name).text(Field::Description, "", description);
    change.commit(done.list(Field::Tags, Vec::new(), told(tags))).await?;
    tracing::info!(uin = permit.caller().uin().0, app = id.0, "application created");
    Ok(id)
}

/// A new name and description, as the form sends them.
#[derive(Clone, Copy, Debug)]
pub struct Edit<'a> {
    pub name: &'a str,
    pub description: &'a str,
    /// Name and description that its author has seen; `None` when that does not matter.
    pub seen: Option<(&'a str, &'a str)>,
}

/// Renames and describes an application.
///
/// # Errors
/// [`Fault::Unconfirmed`] when somebody else did so meanwhile: with what it says now, while the form keeps what was typed.
pub async fn edit(permit: &Permit<operations::EditApplication, App>, edit: Edit<'_>, confirm: &Confirmation) -> Result<(), Fault> {
    let (name, description) = (edit.name.trim(), edit.description.trim());
    check(name, description).finish()?;
    let mut change = permit.change().await?;
    // Within the change, which holds the owner's row: of two edits at once the second sees the first.
    let was = stored_now(permit).await?;
    confirm.demand_accepted_concerns(edit.seen.and_then(|seen| overwritten(&was, seen)).as_slice())?;
    let known = stored::edit(&mut change, permit.owner(), permit.target().id(), name, description).await;
    if !known.map_err(|error| name_fault(permit, &error, name))? {
        return Err(Fault::NotFound);
    }
    let done = Done::to(was.id, name).text(Field::Name, &was.name, name);
    change.commit(done.text(Field::Description, &was.description, description)).await
}

/// Enables or disables an application.
pub async fn set_status(permit: &Permit<operations::SetApplicationStatus, App>, status: AppStatus) -> Result<(), Fault> {
    let id = permit.target().id();
    let mut change = permit.change().await?;
    let was = stored_now(permit).await?;
    if !permit.stored(stored::set_status(&mut change, permit.owner(), id, status).await)? {
        return Err(Fault::NotFound);
    }
    change.commit(Done::to(id, &was.name).text(Field::Status, was.status.tag(), status.tag())).await?;
    tracing::info!(uin = permit.caller().uin().0, app = id.0, status = status.tag(), "application status changed");
    Ok(())
}

/// Deletes a disabled application: for everybody at once, its events and figures afterwards (see `workers::purge`). `confirm` is the SDKAppID,
/// typed.
pub async fn delete(permit: &Permit<operations::DeleteApplication, App>, confirm: &Confirmation) -> Result<(), Fault> {
    let id = permit.target().id();
    confirm.demand_name(&id.to_string())?;
    let mut change = permit.change().await?;
    if !permit.stored(stored::delete(&mut change, permit.owner(), id, permit.now_ms()).await)? {
        return Err(Fault::InUse(Text::new(
            "Only a disabled application can be deleted. Disable it first.",
            "仅可删除已停用的应用，请先停用。",
        )));
    }
    change.commit(Done::to(id, permit.target().name()).text(Field::Name, permit.target().name(), "")).await?;
    tracing::info!(uin = permit.caller().uin().0, app = id.0, "application deleted");
    Ok(())
}

/// Sets and takes off tags, all of them seen by the gate as `qcs:request_tag`.
pub async fn change_tags(permit: &Permit<operations::ChangeApplicationTags, App>, tags: &TagChange) -> Result<(), Fault> {
    tags.check_size()?;
    let mut faults = FieldFaults::default();
    check_tags(&mut faults, &tags.set);
    faults.finish()?;
    let mut change = permit.change().await?;
    let was = stored_now(permit).await?;
    put_tags(permit, &mut change, was.id, tags).await?;
    let mut after: Vec<Tag> = was.tags.iter().filter(|tag| !tags.touches(&tag.key)).chain(&tags.set).cloned().collect();
    after.sort_by(|one, other| one.key.cmp(&other.key));
    change.commit(Done::to(was.id, &was.name).list(Field::Tags, told(&was.tags), told(&after))).await
}

/// What an edit would overwrite that its author has not seen.
fn overwritten(now: &Application, seen: (&str, &str)) -> Option<Text> {
    // Browsers write line breaks in one way or the other.
    if now.name == seen.0.trim() && now.description.lines().eq(seen.1.trim().lines()) {
        return None;
    }
    let (name, description) = (visible(&now.name), visible(&now.description));
    let (about, about_zh) = match description.is_empty() {
        true => ("without a description".to_owned(), "描述为空".to_owned()),
        false => (format!("with the description “{description}”"), format!("描述为「{description}」")),
    };
    Some(Text::made(
        format!(
            "Someone else changed this application after you opened the form: it is now named “{name}”, {about}. Saving again replaces that with what you entered."
        ),
        format!("打开表单后，该应用已被他人修改：当前名称为「{name}」，{about_zh}。再次保存将以您填写的内容覆盖。"),
    ))
}

/// The application that a permit is about, as it is now.
async fn stored_now<O>(permit: &Permit<O, App>) -> Result<Application, Fault> {
    permit.stored(permit.store().application(permit.owner(), permit.target().id()).await)?.ok_or(Fault::NotFound)
}

/// Tags as records tell them.
fn told(tags: &[Tag]) -> Vec<String> {
    tags.iter().map(|tag| format!("{}:{}", tag.key, tag.value)).collect()
}

async fn put_tags<O, T>(permit: &Permit<O, T>, change: &mut Change, id: SdkAppId, tags: &TagChange) -> Result<(), Fault> {
    if tags.is_empty() {
        return Ok(());
    }
    let counts = permit.stored(stored::change_tags(change, permit.owner(), id, tags).await)?.ok_or(Fault::NotFound)?;
    check_tag_count(usize::try_from(counts.of_app).unwrap_or(usize::MAX))?;
    if counts.keys_of_owner > MAX_TAG_KEYS {
        return Err(Fault::limit(&Text::new("tag keys", "标签键"), MAX_TAG_KEYS));
    }
    Ok(())
}

fn check(name: &str, description: &str) -> FieldFaults {
    let mut faults = FieldFaults::default();
    faults.add("name", applications::check_name(name));
    faults.add("description", applications::check_description(description));
    faults
}

fn check_tags(faults: &mut FieldFaults, tags: &[Tag]) {
    let mut keys = HashSet::new();
    for tag in tags {
        faults.add("keys[]", applications::check_tag(tag));
        faults.check(keys.insert(tag.key.as_str()), "keys[]", || {
            Text::made(format!("The tag key “{}” appears twice.", tag.key), format!("标签键「{}」重复。", tag.key))
        });
    }
}

fn name_fault<O, T>(permit: &Permit<O, T>, error: &StoreError, name: &str) -> Fault {
    match error {
        StoreError::Taken(Store::APPLICATION_ID) => Fault::invalid(
            "sdk_app_id",
            Text::new(
                "This SDKAppID is already registered in this console. If it is yours, contact the operator of the console.",
                "该 SDKAppID 已在本控制台中登记。如果属于您，请联系运维人员。",
            ),
        ),
        StoreError::Taken(Store::APPLICATION_NAME) => Fault::invalid(
            "name",
            Text::made(format!("The name “{name}” is already in use. Choose another one."), format!("名称「{name}」已被使用，请更换。")),
        ),
        error => permit.fault(error),
    }
}
