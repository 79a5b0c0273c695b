//! Drafts of policies: one for each author and policy, and one for a policy that does not exist yet (number 0).
//!
//! Every query names the author: a draft is never read for anybody else.

use super::{Change, Store, Stored};
use crate::catalog::limits::MAX_DRAFTS_PER_ACCOUNT;
use crate::domain::drafts::PolicyDraft;
use crate::domain::ids::{PolicyId, Uin};

/// The number under which the draft of a policy that does not exist yet is kept.
pub const NEW_POLICY: PolicyId = PolicyId(0);

impl Store {
    /// The draft of an author.
    pub async fn draft(&self, owner: Uin, author: Uin, policy: PolicyId) -> Stored<Option<PolicyDraft>> {
        let row: Option<(String, String, String, i64, i64, i64)> = sqlx::query_as(
            "SELECT name, description, document, base, begun_from, kept_ms FROM policy_drafts
             WHERE owner_uin = $1 AND uin = $2 AND policy_id = $3",
        )
        .bind(owner.0)
        .bind(author.0)
        .bind(policy.0)
        .fetch_optional(&self.read)
        .await?;
        Ok(row.map(|(name, description, document, base, begun_from, kept_ms)| PolicyDraft {
            name,
            description,
            document,
            base,
            begun_from,
            kept_ms,
        }))
    }
}

/// Keeps a draft in the place of the one before. Of too many drafts of its author the oldest go.
pub async fn keep(change: &mut Change, owner: Uin, author: Uin, policy: PolicyId, draft: &PolicyDraft) -> Stored<()> {
    sqlx::query(
        "INSERT INTO policy_drafts (owner_uin, uin, policy_id, name, description, document, base, begun_from, kept_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (uin, policy_id) DO UPDATE SET name = excluded.name, description = excluded.description, document = excluded.document,
         base = excluded.base, begun_from = excluded.begun_from, kept_ms = excluded.kept_ms",
    )
    .bind(owner.0)
    .bind(author.0)
    .bind(policy.0)
    .bind(&draft.name)
    .bind(&draft.description)
    .bind(&draft.document)
    .bind(draft.base)
    .bind(draft.begun_from)
    .bind(draft.kept_ms)
    .execute(&mut **change)
    .await?;
    sqlx::query(
        "DELETE FROM policy_drafts WHERE owner_uin = $1 AND uin = $2 AND policy_id NOT IN (
             SELECT policy_id FROM policy_drafts WHERE owner_uin = $1 AND uin = $2
             ORDER BY CASE WHEN policy_id = $3 THEN 0 ELSE 1 END, kept_ms DESC, policy_id LIMIT $4)",
    )
    .bind(owner.0)
    .bind(author.0)
    .bind(policy.0)
    .bind(MAX_DRAFTS_PER_ACCOUNT)
    .execute(&mut **change)
    .await?;
    Ok(())
}

/// Deletes the draft of an author, if there is one.
pub async fn discard(change: &mut Change, owner: Uin, author: Uin, policy: PolicyId) -> Stored<()> {
    sqlx::query("DELETE FROM policy_drafts WHERE owner_uin = $1 AND uin = $2 AND policy_id = $3")
        .bind(owner.0)
        .bind(author.0)
        .bind(policy.0)
        .execute(&mut **change)
        .await?;
    Ok(())
}

/// Deletes the drafts that anybody has of a policy.
pub(super) async fn discard_of_policy(change: &mut Change, owner: Uin, policy: PolicyId) -> Stored<()> {
    sqlx::query("DELETE FROM policy_drafts WHERE owner_uin = $1 AND policy_id = $2")
        .bind(owner.0)
        .bind(policy.0)
        .execute(&mut **change)
        .await?;
    Ok(())
}
