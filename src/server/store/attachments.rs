//! What policies are attached to, and until when. The end of an attachment belongs to it: from that moment on it counts nowhere, whether its row
//! is still there or not, so whoever reads the table asks for `until_ms > now`.

use super::{Change, Store, Stored, raise_revision};
use crate::domain::ids::{GroupId, PolicyId, Uin};
use crate::domain::policies::{Holder, HolderUntil};

/// The end of what has none.
pub const NEVER_MS: i64 = i64::MAX;

/// When an attachment ends by itself, if it does.
#[must_use]
pub fn ends(until_ms: i64) -> Option<i64> {
    (until_ms != NEVER_MS).then_some(until_ms)
}

/// What a policy is attached to or detached from: a sub-account (`group` 0) or a group (`uin` 0).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attachment {
    pub uin: i64,
    pub group: i64,
}

impl From<Uin> for Attachment {
    fn from(uin: Uin) -> Self {
        Self { uin: uin.0, group: 0 }
    }
}

impl From<GroupId> for Attachment {
    fn from(group: GroupId) -> Self {
        Self { uin: 0, group: group.0 }
    }
}

/// An attachment that has come to its end.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Ended {
    pub owner_uin: i64,
    pub policy_id: i64,
    /// Empty for a preset policy.
    pub policy_name: String,
    pub uin: i64,
    pub user_name: String,
    pub group_id: i64,
    pub group_name: String,
    pub until_ms: i64,
}

/// An attachment with an end.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Temporary {
    pub uin: i64,
    pub group_name: String,
    pub policy_id: i64,
    pub until_ms: i64,
}

impl Store {
    /// What a policy is attached to at that time, sub-accounts first, by name.
    pub async fn holders(&self, owner: Uin, id: PolicyId, now_ms: i64) -> Stored<Vec<HolderUntil>> {
        let rows: Vec<(i64, i64, String, String, i64)> = sqlx::query_as(
            "SELECT t.uin, t.group_id, COALESCE(a.name, ''), COALESCE(g.name, ''), t.until_ms FROM attachments t
             LEFT JOIN accounts a ON a.uin = t.uin
             LEFT JOIN user_groups g ON g.group_id = t.group_id
             WHERE t.owner_uin = $1 AND t.policy_id = $2 AND t.until_ms > $3 ORDER BY t.group_id, a.name_key, g.name_key",
        )
        .bind(owner.0)
        .bind(id.0)
        .bind(now_ms)
        .fetch_all(&self.read)
        .await?;
        let of_row = |(uin, group, user_name, group_name, until_ms)| HolderUntil {
            holder: if group == 0 { Holder::User(Uin(uin), user_name) } else { Holder::Group(GroupId(group), group_name) },
            until_ms: ends(until_ms),
        };
        let mut holders: Vec<HolderUntil> = rows.into_iter().map(of_row).collect();
        holders.sort_by_key(|one| match &one.holder {
            Holder::User(_, name) => (0, name.to_lowercase()),
            Holder::Group(_, name) => (1, name.to_lowercase()),
        });
        Ok(holders)
    }

    /// Every attachment of an organisation that counts at that time and ends by itself.
    pub async fn temporary_attachments(&self, owner: Uin, now_ms: i64) -> Stored<Vec<Temporary>> {
        Ok(sqlx::query_as(
            "SELECT t.uin, COALESCE(g.name, '') AS group_name, t.policy_id, t.until_ms FROM attachments t
             LEFT JOIN user_groups g ON g.group_id = t.group_id
             WHERE t.owner_uin = $1 AND t.until_ms > $2 AND t.until_ms < $3",
        )
        .bind(owner.0)
        .bind(now_ms)
        .bind(NEVER_MS)
        .fetch_all(&self.read)
        .await?)
    }

    /// Attachments of any organisation that have ended by that time, those that ended first before the others.
    pub async fn ended_attachments(&self, now_ms: i64, at_most: i64) -> Stored<Vec<Ended>> {
        Ok(sqlx::query_as(
            "SELECT t.owner_uin, t.policy_id, COALESCE(p.name, '') AS policy_name, t.uin, COALESCE(a.name, '') AS user_name,
                    t.group_id, COALESCE(g.name, '') AS group_name, t.until_ms
             FROM attachments t
             LEFT JOIN policies p ON p.policy_id = t.policy_id
             LEFT JOIN accounts a ON a.uin = t.uin
             LEFT JOIN user_groups g ON g.group_id = t.group_id
             WHERE t.until_ms <= $1 ORDER BY t.until_ms, t.owner_uin, t.policy_id, t.uin, t.group_id LIMIT $2",
        )
        .bind(now_ms)
        .bind(at_most)
        .fetch_all(&self.read)
        .await?)
    }
}

/// Policies attached directly to a sub-account or group at that time, counted inside a change that holds the owner's row.
pub async fn count_attached(change: &mut Change, owner: Uin, to: Attachment, now_ms: i64) -> Stored<i64> {
    let (count,): (i64,) =
        sqlx::query_as("SELECT COUNT(*) FROM attachments WHERE owner_uin = $1 AND uin = $2 AND group_id = $3 AND until_ms > $4")
            .bind(owner.0)
            .bind(to.uin)
            .bind(to.group)
            .bind(now_ms)
            .fetch_one(&mut **change)
            .await?;
    Ok(count)
}

/// Attaches a policy until a time, or without an end. What is attached without an end stays so: a time is never put on it unnoticed. What ends
/// gets the new end instead of its own.
pub async fn attach(change: &mut Change, owner: Uin, id: PolicyId, to: Attachment, until_ms: Option<i64>, now_ms: i64) -> Stored<()> {
    raise_revision(change, owner).await?;
    sqlx::query(
        "INSERT INTO attachments (owner_uin, policy_id, uin, group_id, attached_ms, until_ms) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (owner_uin, policy_id, uin, group_id) DO UPDATE
         SET until_ms = excluded.until_ms, attached_ms = excluded.attached_ms WHERE attachments.until_ms < $7",
    )
    .bind(owner.0)
    .bind(id.0)
    .bind(to.uin)
    .bind(to.group)
    .bind(now_ms)
    .bind(until_ms.unwrap_or(NEVER_MS))
    .bind(NEVER_MS)
    .execute(&mut **change)
    .await?;
    Ok(())
}

/// Detaches a policy, and gives until when it was attached; `None` when it was not, or not any more.
pub async fn detach(change: &mut Change, owner: Uin, id: PolicyId, to: Attachment, now_ms: i64) -> Stored<Option<Option<i64>>> {
    raise_revision(change, owner).await?;
    let was: Option<(i64,)> = sqlx::query_as(
        "DELETE FROM attachments WHERE owner_uin = $1 AND policy_id = $2 AND uin = $3 AND group_id = $4 AND until_ms > $5 RETURNING until_ms",
    )
    .bind(owner.0)
    .bind(id.0)
    .bind(to.uin)
    .bind(to.group)
    .bind(now_ms)
    .fetch_optional(&mut **change)
    .await?;
    Ok(was.map(|(until_ms,)| ends(until_ms)))
}

/// Removes an attachment that has ended by that time; `false` when it is gone, or was given a later end.
pub async fn remove_ended(change: &mut Change, ended: &Ended, now_ms: i64) -> Stored<bool> {
    raise_revision(change, Uin(ended.owner_uin)).await?;
    let done =
        sqlx::query("DELETE FROM attachments WHERE owner_uin = $1 AND policy_id = $2 AND uin = $3 AND group_id = $4 AND until_ms <= $5")
            .bind(ended.owner_uin)
            .bind(ended.policy_id)
            .bind(ended.uin)
            .bind(ended.group_id)
            .bind(now_ms)
            .execute(&mut **change)
            .await?;
    Ok(done.rows_affected() > 0)
}
