//! A draft of a policy before it is saved: what is wrong with it, what it grants and takes, whose screens change, and whether its author would
//! lock itself out; and the save of what was reviewed.
//!
//! It shows a draft to its author alone, and must never save what was not shown.

use super::lockout::lockout;
use super::policies::{Draft, rights_overtaken};
use super::{compared, drafts, impact, policies, promises};
use crate::catalog::operations;
use crate::catalog::preset;
use crate::domain::access_pages::{PolicyReview, Reviewed};
use crate::domain::confirmation::Confirmation;
use crate::domain::drafts::PolicyDraft;
use crate::domain::fault::Fault;
use crate::domain::holdings::RightsChange;
use crate::domain::ids::PolicyId;
use crate::domain::policies::Policy;
use crate::domain::policy_check;
use crate::server::gate::{Permit, Texts};
use crate::server::hex::hex;
use crate::text::Text;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// For who may see what a draft does to others.
type Reach = Permit<operations::ReadPolicyImpact, PolicyId>;

/// The review of the own draft of a policy; without a draft there is nothing to review.
///
/// # Errors
/// [`Fault::NotFound`] for an unknown policy.
pub async fn of_policy(
    permit: &Permit<operations::ReadPolicyReview, PolicyId>,
    reach: Option<&Reach>,
    promised: Option<&Permit<operations::ListPromises>>,
) -> Result<PolicyReview, Fault> {
    let id = *permit.target();
    let policy = policies::read(permit).await?;
    let draft = if preset::find(id.0).is_some() { None } else { drafts::of_caller(permit, id).await? };
    let reviewed = match draft {
        Some(draft) => {
            let mut reviewed = work_out(permit, reach, &policy, draft).await?;
            // No part of what the save compares: every change is held to its promises when it is made.
            if let Some(promised) = promised.filter(|_| !reviewed.checked.has_errors()) {
                reviewed.promises = Some(promises::of_draft(promised, id, &reviewed.draft.document).await?);
            }
            Some(reviewed)
        }
        None => None,
    };
    Ok(PolicyReview { policy, reviewed })
}

/// What a review has shown, as its form sends it back.
#[derive(Clone, Copy, Debug)]
pub struct OfReview<'a> {
    /// When the draft was kept.
    pub kept_ms: i64,
    /// The stamp of the review.
    pub stamp: &'a str,
}

/// Saves the own draft as a new version, as [`policies::save_version`] does, if it does what its review has shown.
///
/// # Errors
/// [`Fault::Overtaken`] when the draft, the policy or rights have changed so that it does something else; otherwise as `save_version`.
pub async fn save(
    permit: &Permit<operations::SavePolicyVersion, PolicyId>,
    in_force: Option<&Permit<operations::SetDefaultVersion, PolicyId>>,
    reach: Option<&Reach>,
    shown: OfReview<'_>,
    confirm: &Confirmation,
) -> Result<i64, Fault> {
    let policy = policies::read(permit).await?;
    let draft = drafts::of_caller(permit, policy.row.id).await?.filter(|draft| draft.kept_ms == shown.kept_ms).ok_or_else(|| {
        Fault::Overtaken(Text::new(
            "The draft has changed since this review. It has been worked out again: read it, then save.",
            "核对期间草稿已变更，以下内容已重新计算，请核对后再保存。",
        ))
    })?;
    let (document, base) = (draft.document.clone(), draft.base);
    // Most changes of an organisation are about somebody else: what they leave as it was need not be shown again.
    if shown.stamp != stamped(permit.caller().revision(), &shown_of(shown.stamp))
        && shown_of(shown.stamp) != shown_of(&work_out(permit, reach, &policy, draft).await?.stamp)
    {
        return Err(rights_overtaken());
    }
    policies::save_version(permit, in_force, Draft { document: &document, base, confirm, is_reviewed: true }).await
}

/// Everything that is to be known of a draft.
async fn work_out<O>(permit: &Permit<O, PolicyId>, reach: Option<&Reach>, policy: &Policy, draft: PolicyDraft) -> Result<Reviewed, Fault> {
    let id = policy.row.id;
    let (owner, now_ms) = (permit.caller().root_account(), permit.now_ms());
    let (read, checked) = policy_check::read(&draft.document, Some(permit.owner()), Some(now_ms));
    let numbers = (policy.row.default_version, policy.last_version + 1);
    let (before, after) = (policy.document.clone(), draft.document.clone());
    let comparison = permit.off_thread(move || compared::comparison(owner, (numbers.0, &before), (numbers.1, &after))).await?;
    let read = read.filter(|_| !checked.has_errors()).map(Arc::new);
    let concern = match &read {
        Some(read) => lockout(permit, RightsChange::DefaultVersion(id, numbers.1), Some(read)).await?,
        None => None,
    };
    let before = crate::cam::parse(&policy.document).policy.map(Arc::new);
    let (impact, replay) = match (reach, before, read, &comparison.access) {
        (Some(reach), Some(before), Some(after), Some(access)) => {
            let texts = Texts { id, before, after, differences: access.clone() };
            (Some(impact::of(reach, texts.clone()).await?), Some(reach.caller().replay(texts).await?))
        }
        _ => (None, None),
    };
    let shown = format!("{numbers:?} {concern:?} {impact:?} {:?}", comparison.access);
    let stamp = stamped(permit.caller().revision(), &hex(&Sha256::digest(shown)));
    Ok(Reviewed { draft, checked, comparison, impact, replay, concern, promises: None, stamp, at_ms: now_ms })
}

/// The revision of the rights that a review was worked out from, and what it has shown.
fn stamped(revision: i64, shown: &str) -> String {
    format!("{revision}.{shown}")
}

fn shown_of(stamp: &str) -> String {
    stamp.split_once('.').map_or_else(String::new, |(_, shown)| shown.to_owned())
}
