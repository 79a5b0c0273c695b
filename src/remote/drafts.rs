//! Drafts of policies, for the policy editor: its author's own, and nobody else's.
//!
//! Without `id` they are about a policy that does not exist yet.

use super::json::Json;
use crate::domain::drafts::PolicyDraft;
use crate::domain::fault::Fault;
use crate::domain::ids::PolicyId;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// The own draft, if there is one.
#[server(prefix = "/call", endpoint = "drafts/read", input = GetUrl, output = Json)]
pub async fn read_draft(#[server(default)] id: Option<PolicyId>) -> Result<Option<PolicyDraft>, Fault> {
    use crate::catalog::operations;
    use crate::server::entry;
    use crate::server::services::drafts;
    entry::enter(|caller| async move {
        match id {
            Some(id) => drafts::read(&caller.permit_on::<operations::ReadPolicyDraft, _>(id)?).await,
            None => drafts::read_new(&caller.permit::<operations::ReadNewPolicyDraft>()?).await,
        }
    })
    .await
}

/// Keeps what is typed; gives when it was kept, and with `review` leads to the review of it. `base` and `begun_from` are the last version and the
/// default version that the author began with.
#[server(prefix = "/call", endpoint = "drafts/keep")]
pub async fn keep_draft(
    document: String,
    #[server(default)] id: Option<PolicyId>,
    #[server(default)] name: String,
    #[server(default)] description: String,
    #[server(default)] base: i64,
    #[server(default)] begun_from: i64,
    #[server(default)] review: bool,
) -> Result<i64, Fault> {
    use crate::catalog::{operations, pages};
    use crate::server::entry;
    use crate::server::gate::RateLimited;
    use crate::server::services::drafts;
    entry::enter(|caller| async move {
        let draft = PolicyDraft { name, description, document, base, begun_from, kept_ms: 0 };
        match id {
            Some(id) => {
                let permit = caller.permit_on::<operations::KeepPolicyDraft, _>(id)?;
                caller.within_rate(RateLimited::Draft)?;
                let kept_ms = drafts::keep(&permit, draft).await?;
                if review {
                    leptos_axum::redirect(&pages::PolicyReview::PAGE.of(id));
                }
                Ok(kept_ms)
            }
            None => {
                let permit = caller.permit::<operations::KeepNewPolicyDraft>()?;
                caller.within_rate(RateLimited::Draft)?;
                drafts::keep_new(&permit, draft).await
            }
        }
    })
    .await
}

/// Discards the own draft; there need be none.
#[server(prefix = "/call", endpoint = "drafts/discard")]
pub async fn discard_draft(#[server(default)] id: Option<PolicyId>) -> Result<(), Fault> {
    use crate::catalog::operations;
    use crate::server::entry;
    use crate::server::services::drafts;
    entry::enter(|caller| async move {
        match id {
            Some(id) => drafts::discard(&caller.permit_on::<operations::DiscardPolicyDraft, _>(id)?).await,
            None => drafts::discard_new(&caller.permit::<operations::DiscardNewPolicyDraft>()?).await,
        }
    })
    .await
}
