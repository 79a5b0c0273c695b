//! Preset and custom policies, for the pages below `/cam/policies`.
//!
//! What a call may do stands in the permits it takes.

use super::json::Json;
use crate::domain::access_pages::{PolicyReview, PolicyView};
use crate::domain::fault::Fault;
use crate::domain::ids::{GroupId, PolicyId, Uin};
use crate::domain::paging::Page;
use crate::domain::policies::PolicyRow;
use crate::domain::policy_check::Checked;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// One page of the policies; `kind` is `preset`, `custom` or empty.
#[server(prefix = "/call", endpoint = "policies/list", input = GetUrl, output = Json)]
pub async fn list_policies(
    #[server(default)] search: String,
    #[server(default)] page: i64,
    #[server(default)] size: i64,
    #[server(default)] sort: String,
    #[server(default)] kind: String,
) -> Result<Page<PolicyRow>, Fault> {
    use crate::catalog::operations;
    use crate::domain::paging::Listing;
    use crate::domain::policies::PolicyKind;
    use crate::server::{entry, services};
    let (listing, kind) = (Listing { search, page, size, sort }, PolicyKind::from_tag(&kind));
    entry::enter(|caller| async move { services::policies::list(&caller.permit::<operations::ListPolicies>()?, &listing, kind).await })
        .await
}

/// One policy, with the part of its page that `tab` names; `before` and `after` are versions to compare.
#[server(prefix = "/call", endpoint = "policies/view", input = GetUrl, output = Json)]
pub async fn view_policy(
    id: PolicyId,
    #[server(default)] tab: String,
    #[server(default)] before: i64,
    #[server(default)] after: i64,
) -> Result<PolicyView, Fault> {
    use crate::catalog::operations;
    use crate::domain::access_pages::PolicyTab;
    use crate::server::entry;
    use crate::server::services::access_pages::{self, PolicyParts};
    entry::enter(|caller| async move {
        let permit = caller.permit_on::<operations::ReadPolicy, _>(id)?;
        let parts = PolicyParts {
            versions: caller.part_on::<operations::ListPolicyVersions, _>(id),
            version: caller.part_on::<operations::ReadPolicyVersion, _>(id),
            holders: caller.part_on::<operations::ListPolicyHolders, _>(id),
            reach: caller.part_on::<operations::ReadPolicyImpact, _>(id),
            all_users: caller.part::<operations::ListUsers>(),
            all_groups: caller.part::<operations::ListGroups>(),
        };
        access_pages::policy(&permit, PolicyTab::from_tag(&tab), (before, after), &parts).await
    })
    .await
}

/// Checks a document without saving it, for whoever may write one. The browser half asks the same engine itself.
#[server(prefix = "/call", endpoint = "policies/check")]
pub async fn check_policy(document: String) -> Result<Checked, Fault> {
    use crate::catalog::operations;
    use crate::domain::policy_check;
    use crate::server::entry;
    use crate::server::gate::RateLimited;
    entry::enter(|caller| async move {
        caller.permit::<operations::CheckPolicy>()?;
        caller.within_rate(RateLimited::PolicyCheck)?;
        Ok(policy_check::check(&document, Some(caller.owner()), Some(caller.now_ms())))
    })
    .await
}

/// The own draft of a policy, reviewed against its default version.
#[server(prefix = "/call", endpoint = "policies/review", input = GetUrl, output = Json)]
pub async fn review_policy(id: PolicyId) -> Result<PolicyReview, Fault> {
    use crate::catalog::operations;
    use crate::server::gate::RateLimited;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit_on::<operations::ReadPolicyReview, _>(id)?;
        caller.within_rate(RateLimited::Review)?;
        let reach = caller.part_on::<operations::ReadPolicyImpact, _>(id);
        let promised = caller.part::<operations::ListPromises>();
        services::review::of_policy(&permit, reach.as_ref(), promised.as_ref()).await
    })
    .await
}

/// Creates a policy; leads to it.
#[server(prefix = "/call", endpoint = "policies/create")]
pub async fn create_policy(name: String, #[server(default)] description: String, document: String) -> Result<PolicyId, Fault> {
    use crate::catalog::{operations, pages};
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit::<operations::CreatePolicy>()?;
        let id = services::policies::create(&permit, &name, &description, &document).await?;
        leptos_axum::redirect(&pages::Policy::PAGE.of(id));
        Ok(id)
    })
    .await
}

/// Renames and describes a policy.
#[server(prefix = "/call", endpoint = "policies/describe")]
pub async fn describe_policy(id: PolicyId, name: String, #[server(default)] description: String) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        services::policies::describe(&caller.permit_on::<operations::EditPolicy, _>(id)?, &name, &description).await
    })
    .await
}

/// Saves a new version, which counts at once with `set_default`; leads to the policy. `base` is the last version the author saw. In the place of a
/// document, `draft` names the own draft by when it was kept, and `reviewed` what its review has shown.
#[server(prefix = "/call", endpoint = "policies/save")]
pub async fn save_policy_version(
    id: PolicyId,
    #[server(default)] document: String,
    #[server(default)] set_default: bool,
    #[server(default)] base: i64,
    #[server(default)] draft: i64,
    #[server(default)] reviewed: String,
    #[server(default)] confirmed: String,
) -> Result<i64, Fault> {
    use crate::catalog::{operations, pages};
    use crate::domain::confirmation::Confirmation;
    use crate::server::gate::RateLimited;
    use crate::server::services::policies::Draft;
    use crate::server::services::review::{self, OfReview};
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit_on::<operations::SavePolicyVersion, _>(id)?;
        let in_force = if set_default { Some(caller.permit_on::<operations::SetDefaultVersion, _>(id)?) } else { None };
        let confirm = Confirmation::new("", &confirmed);
        let version = if draft == 0 {
            let draft = Draft { document: &document, base, confirm: &confirm, is_reviewed: false };
            services::policies::save_version(&permit, in_force.as_ref(), draft).await?
        } else {
            caller.within_rate(RateLimited::Review)?;
            let reach = caller.part_on::<operations::ReadPolicyImpact, _>(id);
            let shown = OfReview { kept_ms: draft, stamp: &reviewed };
            review::save(&permit, in_force.as_ref(), reach.as_ref(), shown, &confirm).await?
        };
        leptos_axum::redirect(&pages::Policy::PAGE.of(id));
        Ok(version)
    })
    .await
}

/// Makes a version the one that counts.
#[server(prefix = "/call", endpoint = "policies/set-default")]
pub async fn set_default_policy_version(id: PolicyId, version: i64, #[server(default)] confirmed: String) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::domain::confirmation::Confirmation;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit_on::<operations::SetDefaultVersion, _>(id)?;
        services::policies::set_default(&permit, version, &Confirmation::new("", &confirmed)).await
    })
    .await
}

/// Deletes a version that does not count.
#[server(prefix = "/call", endpoint = "policies/delete-version")]
pub async fn delete_policy_version(id: PolicyId, version: i64) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit_on::<operations::DeletePolicyVersion, _>(id)?;
        services::policies::delete_version(&permit, version).await
    })
    .await
}

/// Deletes a policy; one in use wants its name in `confirm`. Leads to the list.
#[server(prefix = "/call", endpoint = "policies/delete")]
pub async fn delete_policy(id: PolicyId, #[server(default)] confirm: String, #[server(default)] confirmed: String) -> Result<(), Fault> {
    use crate::catalog::{operations, pages};
    use crate::domain::confirmation::Confirmation;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit_on::<operations::DeletePolicy, _>(id)?;
        services::policies::delete(&permit, &Confirmation::new(&confirm, &confirmed)).await?;
        leptos_axum::redirect(pages::Policies::PAGE.path);
        Ok(())
    })
    .await
}

/// Attaches a policy to users; `until` as with [`attach_user`](super::attachments::attach_user).
#[server(prefix = "/call", endpoint = "policies/attach-users")]
pub async fn attach_policy_to_users(
    id: PolicyId,
    #[server(default)] users: Vec<Uin>,
    #[server(default)] until: String,
) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit_on::<operations::AttachToUsers, _>(users.into_iter().map(|user| (id, user)).collect::<Vec<_>>())?;
        services::attachments::attach_to_users(&permit, services::attachments::until(&caller, &until)?).await
    })
    .await
}

/// Attaches a policy to user groups; `until` as with [`attach_user`](super::attachments::attach_user).
#[server(prefix = "/call", endpoint = "policies/attach-groups")]
pub async fn attach_policy_to_groups(
    id: PolicyId,
    #[server(default)] groups: Vec<GroupId>,
    #[server(default)] until: String,
) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit_on::<operations::AttachToGroups, _>(groups.into_iter().map(|group| (id, group)).collect::<Vec<_>>())?;
        services::attachments::attach_to_groups(&permit, services::attachments::until(&caller, &until)?).await
    })
    .await
}
