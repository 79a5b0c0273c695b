//! Custom policies, their versions, and which of them count for an account.
//!
//! Preset policies live in the catalogue; here they are only ids in attachments. Documents are stored exactly as submitted.

use super::drafts::discard_of_policy;
use super::{Change, Store, Stored, raise_revision};
use crate::domain::accounts::Candidate;
use crate::domain::ids::{GroupId, PolicyId, Uin};
use crate::domain::paging::Wanted;
use crate::domain::policies::PolicyVersion;

/// One attachment that counts for an account, with the document of a custom policy.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct InForceRow {
    pub policy_id: i64,
    pub group_id: i64,
    /// Empty when attached directly.
    pub group_name: String,
    pub attached_ms: i64,
    /// When it ends by itself, [`NEVER_MS`](super::attachments::NEVER_MS) if it does not.
    pub until_ms: i64,
    /// Name, version and document; empty and 0 for preset policies.
    pub name: String,
    pub version: i64,
    pub document: String,
}

/// A custom policy as stored, without its versions.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PolicyColumns {
    pub policy_id: i64,
    pub name: String,
    pub description: String,
    pub default_version: i64,
    pub last_version: i64,
    pub updated_ms: i64,
    pub attachments: i64,
    pub versions: i64,
}

/// A policy at a time (`$2`).
const POLICY: &str = "SELECT p.policy_id, p.name, p.description, p.default_version, p.last_version, p.updated_ms,
    (SELECT COUNT(*) FROM policy_versions v WHERE v.policy_id = p.policy_id) AS versions,
    (SELECT COUNT(*) FROM attachments t WHERE t.owner_uin = p.owner_uin AND t.policy_id = p.policy_id AND t.until_ms > $2) AS attachments
    FROM policies p";

impl Store {
    /// Every policy in force for an account at that time: attached to it or to one of its groups, each with the document of its default version.
    pub async fn policies_in_force(&self, owner: Uin, uin: Uin, now_ms: i64) -> Stored<Vec<InForceRow>> {
        Ok(sqlx::query_as(
            "SELECT t.policy_id, t.group_id, COALESCE(g.name, '') AS group_name, t.attached_ms, t.until_ms,
                    COALESCE(p.name, '') AS name, COALESCE(p.default_version, 0) AS version, COALESCE(v.document, '') AS document
             FROM attachments t
             LEFT JOIN user_groups g ON g.group_id = t.group_id
             LEFT JOIN policies p ON p.policy_id = t.policy_id AND p.owner_uin = t.owner_uin
             LEFT JOIN policy_versions v ON v.policy_id = p.policy_id AND v.version = p.default_version
             WHERE t.owner_uin = $1 AND t.until_ms > $3
               AND (t.uin = $2 OR t.group_id IN (SELECT m.group_id FROM group_members m WHERE m.uin = $2))
             ORDER BY t.policy_id, t.group_id",
        )
        .bind(owner.0)
        .bind(uin.0)
        .bind(now_ms)
        .fetch_all(&self.read)
        .await?)
    }

    /// All custom policies whose name or description matches, by name. There are at most 1,500: they are searched here, where every database
    /// gives the same answer.
    pub async fn custom_policies(&self, owner: Uin, wanted: &Wanted, now_ms: i64) -> Stored<Vec<PolicyColumns>> {
        let mut rows: Vec<PolicyColumns> =
            sqlx::query_as(sqlx::AssertSqlSafe(format!("{POLICY} WHERE p.owner_uin = $1 ORDER BY p.name_key")))
                .bind(owner.0)
                .bind(now_ms)
                .fetch_all(&self.read)
                .await?;
        rows.retain(|row| wanted.is_in(&[&row.name, &row.description]));
        Ok(rows)
    }

    /// One custom policy.
    pub async fn custom_policy(&self, owner: Uin, id: PolicyId, now_ms: i64) -> Stored<Option<PolicyColumns>> {
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!("{POLICY} WHERE p.owner_uin = $1 AND p.policy_id = $3")))
            .bind(owner.0)
            .bind(now_ms)
            .bind(id.0)
            .fetch_optional(&self.read)
            .await?)
    }

    /// The versions of a custom policy, newest first, without their documents.
    pub async fn policy_versions(&self, owner: Uin, id: PolicyId) -> Stored<Vec<PolicyVersion>> {
        let rows: Vec<(i64, i64, i64, String)> = sqlx::query_as(
            "SELECT v.version, p.default_version, v.created_ms, v.created_by
             FROM policy_versions v JOIN policies p ON p.policy_id = v.policy_id
             WHERE v.owner_uin = $1 AND v.policy_id = $2 ORDER BY v.version DESC",
        )
        .bind(owner.0)
        .bind(id.0)
        .fetch_all(&self.read)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(version, default, created_ms, created_by)| PolicyVersion {
                version,
                default: version == default,
                created_ms,
                created_by,
            })
            .collect())
    }

    /// Every custom policy, by name. There are at most 1,500.
    pub async fn policy_names(&self, owner: Uin) -> Stored<Vec<Candidate<PolicyId>>> {
        let rows: Vec<(i64, String, String)> =
            sqlx::query_as("SELECT policy_id, name, description FROM policies WHERE owner_uin = $1 ORDER BY name_key")
                .bind(owner.0)
                .fetch_all(&self.read)
                .await?;
        Ok(rows.into_iter().map(|(id, name, about)| Candidate::written(PolicyId(id), name, about)).collect())
    }

    /// The document of one version of a custom policy.
    pub async fn policy_document(&self, owner: Uin, id: PolicyId, version: i64) -> Stored<Option<String>> {
        let row: Option<(String,)> =
            sqlx::query_as("SELECT document FROM policy_versions WHERE owner_uin = $1 AND policy_id = $2 AND version = $3")
                .bind(owner.0)
                .bind(id.0)
                .bind(version)
                .fetch_optional(&self.read)
                .await?;
        Ok(row.map(|(document,)| document))
    }

    /// How often each preset policy is attached.
    pub async fn preset_attachments(&self, owner: Uin, highest_preset: i64, now_ms: i64) -> Stored<Vec<(i64, i64)>> {
        Ok(sqlx::query_as(
            "SELECT policy_id, COUNT(*) FROM attachments WHERE owner_uin = $1 AND policy_id <= $2 AND until_ms > $3 GROUP BY policy_id",
        )
        .bind(owner.0)
        .bind(highest_preset)
        .bind(now_ms)
        .fetch_all(&self.read)
        .await?)
    }
}

/// Custom policies below a root account, counted inside a change that holds the owner's row.
pub async fn count(change: &mut Change, owner: Uin) -> Stored<i64> {
    let (count,): (i64,) =
        sqlx::query_as("SELECT COUNT(*) FROM policies WHERE owner_uin = $1").bind(owner.0).fetch_one(&mut **change).await?;
    Ok(count)
}

/// The text of a version.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    pub text: &'a str,
    /// What deciding by it costs.
    pub patterns: i64,
}

/// A policy about to exist.
#[derive(Clone, Copy, Debug)]
pub struct NewPolicy<'a> {
    pub id: PolicyId,
    pub name: &'a str,
    pub description: &'a str,
    pub document: Document<'a>,
    /// Login name of who creates it.
    pub by: &'a str,
    pub now_ms: i64,
}

/// Makes a policy with its first version.
pub async fn add(change: &mut Change, owner: Uin, new: &NewPolicy<'_>) -> Stored<()> {
    sqlx::query(
        "INSERT INTO policies (policy_id, owner_uin, name, name_key, description, default_version, last_version, created_ms, updated_ms)
         VALUES ($1, $2, $3, $4, $5, 1, 1, $6, $6)",
    )
    .bind(new.id.0)
    .bind(owner.0)
    .bind(new.name)
    .bind(new.name.to_lowercase())
    .bind(new.description)
    .bind(new.now_ms)
    .execute(&mut **change)
    .await?;
    add_version(change, owner, new.id, 1, new.document, new.by, new.now_ms).await
}

/// Adds a version; which one counts is not touched.
pub async fn add_version(
    change: &mut Change,
    owner: Uin,
    id: PolicyId,
    version: i64,
    document: Document<'_>,
    by: &str,
    now_ms: i64,
) -> Stored<()> {
    sqlx::query(
        "INSERT INTO policy_versions (owner_uin, policy_id, version, document, patterns, created_ms, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(owner.0)
    .bind(id.0)
    .bind(version)
    .bind(document.text)
    .bind(document.patterns)
    .bind(now_ms)
    .bind(by)
    .execute(&mut **change)
    .await?;
    sqlx::query("UPDATE policies SET last_version = $1, updated_ms = $2 WHERE owner_uin = $3 AND policy_id = $4")
        .bind(version)
        .bind(now_ms)
        .bind(owner.0)
        .bind(id.0)
        .execute(&mut **change)
        .await?;
    Ok(())
}

/// Default version, last version and number of versions of a policy, read inside a change that holds the owner's row.
pub async fn versions_of(change: &mut Change, owner: Uin, id: PolicyId) -> Stored<Option<(i64, i64, i64)>> {
    Ok(sqlx::query_as(
        "SELECT p.default_version, p.last_version, (SELECT COUNT(*) FROM policy_versions v WHERE v.policy_id = p.policy_id)
         FROM policies p WHERE p.owner_uin = $1 AND p.policy_id = $2",
    )
    .bind(owner.0)
    .bind(id.0)
    .fetch_optional(&mut **change)
    .await?)
}

/// Makes a version the one that counts; `false` when there is no such version.
pub async fn set_default(change: &mut Change, owner: Uin, id: PolicyId, version: i64, now_ms: i64) -> Stored<bool> {
    raise_revision(change, owner).await?;
    let done = sqlx::query(
        "UPDATE policies SET default_version = $1, updated_ms = $2 WHERE owner_uin = $3 AND policy_id = $4
         AND EXISTS (SELECT 1 FROM policy_versions v WHERE v.policy_id = $4 AND v.version = $1)",
    )
    .bind(version)
    .bind(now_ms)
    .bind(owner.0)
    .bind(id.0)
    .execute(&mut **change)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Changes name and description; `false` when there is no such policy. The name stands in compiled policies, so they are void.
pub async fn describe(change: &mut Change, owner: Uin, id: PolicyId, name: &str, description: &str, now_ms: i64) -> Stored<bool> {
    raise_revision(change, owner).await?;
    let done = sqlx::query(
        "UPDATE policies SET name = $1, name_key = $2, description = $3, updated_ms = $4 WHERE owner_uin = $5 AND policy_id = $6",
    )
    .bind(name)
    .bind(name.to_lowercase())
    .bind(description)
    .bind(now_ms)
    .bind(owner.0)
    .bind(id.0)
    .execute(&mut **change)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Deletes a version; `false` when there is none of that number.
pub async fn delete_version(change: &mut Change, owner: Uin, id: PolicyId, version: i64) -> Stored<bool> {
    let done = sqlx::query("DELETE FROM policy_versions WHERE owner_uin = $1 AND policy_id = $2 AND version = $3")
        .bind(owner.0)
        .bind(id.0)
        .bind(version)
        .execute(&mut **change)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Name of a policy and how often it is attached, read inside a change that holds the owner's row.
pub async fn in_use(change: &mut Change, owner: Uin, id: PolicyId, now_ms: i64) -> Stored<Option<(String, i64)>> {
    Ok(sqlx::query_as(
        "SELECT p.name, (SELECT COUNT(*) FROM attachments t WHERE t.owner_uin = p.owner_uin AND t.policy_id = p.policy_id AND t.until_ms > $3)
         FROM policies p WHERE p.owner_uin = $1 AND p.policy_id = $2",
    )
    .bind(owner.0)
    .bind(id.0)
    .bind(now_ms)
    .fetch_optional(&mut **change)
    .await?)
}

/// Deletes a policy with the drafts of it and detaches it everywhere; `false` when there is none.
pub async fn delete(change: &mut Change, owner: Uin, id: PolicyId) -> Stored<bool> {
    raise_revision(change, owner).await?;
    discard_of_policy(change, owner, id).await?;
    sqlx::query("DELETE FROM attachments WHERE owner_uin = $1 AND policy_id = $2").bind(owner.0).bind(id.0).execute(&mut **change).await?;
    let done =
        sqlx::query("DELETE FROM policies WHERE owner_uin = $1 AND policy_id = $2").bind(owner.0).bind(id.0).execute(&mut **change).await?;
    Ok(done.rows_affected() > 0)
}

/// The accounts that a change of rights is about.
#[derive(Clone, Copy, Debug)]
pub enum Reach {
    /// One account.
    User(Uin),
    /// The members of a group.
    Group(GroupId),
    /// Everybody for whom a policy counts.
    Policy(PolicyId),
}

/// Of the accounts in reach the one whose custom policies hold the most patterns together, and their number; `None` when there is no
/// account in reach.
pub async fn most_patterns(change: &mut Change, owner: Uin, reach: Reach, now_ms: i64) -> Stored<Option<(String, i64)>> {
    let (among, of) = match reach {
        Reach::User(uin) => ("$2", uin.0),
        Reach::Group(group) => ("SELECT m.uin FROM group_members m WHERE m.group_id = $2", group.0),
        Reach::Policy(policy) => (
            "SELECT t.uin FROM attachments t WHERE t.owner_uin = $1 AND t.policy_id = $2 AND t.until_ms > $3
             UNION SELECT m.uin FROM group_members m JOIN attachments t ON t.group_id = m.group_id
             WHERE t.owner_uin = $1 AND t.policy_id = $2 AND t.until_ms > $3",
            policy.0,
        ),
    };
    let query = format!(
        "SELECT a.name, CAST(COALESCE((
             SELECT SUM(v.patterns) FROM policies p
             JOIN policy_versions v ON v.policy_id = p.policy_id AND v.version = p.default_version
             WHERE p.owner_uin = $1 AND p.policy_id IN (
                 SELECT t.policy_id FROM attachments t WHERE t.owner_uin = $1 AND t.until_ms > $3
                 AND (t.uin = a.uin OR t.group_id IN (SELECT m.group_id FROM group_members m WHERE m.uin = a.uin)))
         ), 0) AS BIGINT) AS held
         FROM accounts a WHERE a.owner_uin = $1 AND a.uin IN ({among}) ORDER BY held DESC, a.uin LIMIT 1"
    );
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(owner.0).bind(of).bind(now_ms).fetch_optional(&mut **change).await?)
}
