//! Drafts of policies: kept, read and discarded by their author.
//!
//! The author is always the caller: nobody, not even the root account, reads the draft of somebody else. Keeping one changes no policy and
//! leaves no record.

use crate::catalog::limits::MAX_POLICY_BODY_BYTES;
use crate::catalog::operations;
use crate::catalog::preset;
use crate::domain::drafts::PolicyDraft;
use crate::domain::fault::{Fault, FieldFaults};
use crate::domain::ids::PolicyId;
use crate::server::gate::Permit;
use crate::server::store::drafts::{self, NEW_POLICY};
use crate::text::Text;

/// Bytes of the name and of the description that are kept. Both may be too long for a policy while they are being typed.
const MAX_WORDS_BYTES: usize = 2_000;

/// The own draft of a policy; a preset policy has none.
///
/// # Errors
/// [`Fault::NotFound`] for an unknown policy.
pub async fn read(permit: &Permit<operations::ReadPolicyDraft, PolicyId>) -> Result<Option<PolicyDraft>, Fault> {
    let id = *permit.target();
    if preset::find(id.0).is_some() {
        return Ok(None);
    }
    known(permit, id).await?;
    of_caller(permit, id).await
}

/// The own draft of a policy that does not exist yet.
///
/// # Errors
/// [`Fault::Unavailable`] or [`Fault::Internal`].
pub async fn read_new(permit: &Permit<operations::ReadNewPolicyDraft>) -> Result<Option<PolicyDraft>, Fault> {
    of_caller(permit, NEW_POLICY).await
}

/// Keeps a draft of a policy; gives when.
///
/// # Errors
/// [`Fault::NotFound`] for an unknown policy; [`Fault::Invalid`] for a text too long to be kept.
pub async fn keep(permit: &Permit<operations::KeepPolicyDraft, PolicyId>, draft: PolicyDraft) -> Result<i64, Fault> {
    let id = *permit.target();
    super::policies::not_preset(id)?;
    known(permit, id).await?;
    store(permit, id, PolicyDraft { name: String::new(), description: String::new(), ..draft }).await
}

/// Keeps a draft of a policy that does not exist yet; gives when.
///
/// # Errors
/// [`Fault::Invalid`] for a text too long to be kept.
pub async fn keep_new(permit: &Permit<operations::KeepNewPolicyDraft>, draft: PolicyDraft) -> Result<i64, Fault> {
    store(permit, NEW_POLICY, PolicyDraft { base: 0, begun_from: 0, ..draft }).await
}

/// Discards the own draft of a policy.
///
/// # Errors
/// [`Fault::NotFound`] for an unknown policy.
pub async fn discard(permit: &Permit<operations::DiscardPolicyDraft, PolicyId>) -> Result<(), Fault> {
    let id = *permit.target();
    known(permit, id).await?;
    remove(permit, id).await
}

/// Discards the own draft of a policy that does not exist yet.
///
/// # Errors
/// [`Fault::Unavailable`] or [`Fault::Internal`].
pub async fn discard_new(permit: &Permit<operations::DiscardNewPolicyDraft>) -> Result<(), Fault> {
    remove(permit, NEW_POLICY).await
}

async fn known<O, T>(permit: &Permit<O, T>, id: PolicyId) -> Result<(), Fault> {
    permit.stored(permit.store().custom_policy(permit.owner(), id, permit.now_ms()).await)?.map(drop).ok_or(Fault::NotFound)
}

pub(super) async fn of_caller<O, T>(permit: &Permit<O, T>, id: PolicyId) -> Result<Option<PolicyDraft>, Fault> {
    permit.stored(permit.store().draft(permit.owner(), permit.caller().uin(), id).await)
}

async fn store<O, T>(permit: &Permit<O, T>, id: PolicyId, draft: PolicyDraft) -> Result<i64, Fault> {
    let mut faults = FieldFaults::default();
    let too_long = || Text::new("This is too long to be kept as a draft.", "内容过长，无法保存为草稿。");
    faults.check(draft.document.len() <= MAX_POLICY_BODY_BYTES, "document", too_long);
    faults.check(draft.name.len() <= MAX_WORDS_BYTES, "name", too_long);
    faults.check(draft.description.len() <= MAX_WORDS_BYTES, "description", too_long);
    let unprintable = || Text::new("Delete the control characters.", "请删除控制字符。");
    for (field, text) in [("document", &draft.document), ("name", &draft.name), ("description", &draft.description)] {
        faults.check(!text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')), field, unprintable);
    }
    faults.finish()?;
    let now_ms = permit.now_ms();
    let mut change = permit.change().await?;
    let kept = PolicyDraft { kept_ms: now_ms, ..draft };
    permit.stored(drafts::keep(&mut change, permit.owner(), permit.caller().uin(), id, &kept).await)?;
    change.commit_draft().await?;
    Ok(now_ms)
}

async fn remove<O, T>(permit: &Permit<O, T>, id: PolicyId) -> Result<(), Fault> {
    let mut change = permit.change().await?;
    permit.stored(drafts::discard(&mut change, permit.owner(), permit.caller().uin(), id).await)?;
    change.commit_draft().await
}
