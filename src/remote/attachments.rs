//! Attaching policies to users and user groups, and what is attached to them.
//!
//! Rights change here: every change wants a recent proof of the password.

use super::json::Json;
use crate::domain::accounts::Candidate;
use crate::domain::fault::Fault;
use crate::domain::ids::{GroupId, PolicyId, Uin};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// Every policy that can be attached.
#[server(prefix = "/call", endpoint = "policies/choices", input = GetUrl, output = Json)]
pub async fn policy_choices() -> Result<Vec<Candidate<PolicyId>>, Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move { services::attachments::choices(&caller.permit::<operations::ListPolicies>()?).await }).await
}

/// Attaches policies to a user. `until`: when that ends by itself, `YYYY-MM-DDThh:mm` at the offset of the organisation or epoch milliseconds;
/// empty for no end.
#[server(prefix = "/call", endpoint = "users/attach")]
pub async fn attach_user(uin: Uin, #[server(default)] policies: Vec<PolicyId>, #[server(default)] until: String) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let pairs: Vec<_> = policies.into_iter().map(|policy| (policy, uin)).collect();
        let permit = caller.permit_on::<operations::AttachToUsers, _>(pairs)?;
        services::attachments::attach_to_users(&permit, services::attachments::until(&caller, &until)?).await
    })
    .await
}

/// Detaches a policy from a user. `confirmed`: the caller knows what it takes from the own account.
#[server(prefix = "/call", endpoint = "users/detach")]
pub async fn detach_user(uin: Uin, policy: PolicyId, #[server(default)] confirmed: String) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::domain::confirmation::Confirmation;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit_on::<operations::DetachFromUser, _>((policy, uin))?;
        services::attachments::detach_from_user(&permit, &Confirmation::new("", &confirmed)).await
    })
    .await
}

/// Attaches policies to a user group; `until` as with [`attach_user`].
#[server(prefix = "/call", endpoint = "groups/attach")]
pub async fn attach_group(id: GroupId, #[server(default)] policies: Vec<PolicyId>, #[server(default)] until: String) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let pairs: Vec<_> = policies.into_iter().map(|policy| (policy, id)).collect();
        let permit = caller.permit_on::<operations::AttachToGroups, _>(pairs)?;
        services::attachments::attach_to_groups(&permit, services::attachments::until(&caller, &until)?).await
    })
    .await
}

/// Detaches a policy from a user group; `confirmed` as with [`detach_user`].
#[server(prefix = "/call", endpoint = "groups/detach")]
pub async fn detach_group(id: GroupId, policy: PolicyId, #[server(default)] confirmed: String) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::domain::confirmation::Confirmation;
    use crate::server::{entry, services};
    entry::enter(|caller| async move {
        let permit = caller.permit_on::<operations::DetachFromGroup, _>((policy, id))?;
        services::attachments::detach_from_group(&permit, &Confirmation::new("", &confirmed)).await
    })
    .await
}
