//! User groups and who is in them.
//!
//! What a group may do stands in `policies`; here are only names and members.

use super::attachments::ends;
use super::{Change, Store, Stored, raise_revision};
use crate::domain::accounts::{AttachedPolicy, Candidate};
use crate::domain::groups::{GroupOrder, GroupRow};
use crate::domain::ids::{GroupId, PolicyId, Uin};
use crate::domain::paging::{Listing, Order, Page};

#[derive(sqlx::FromRow)]
struct GroupColumns {
    group_id: i64,
    name: String,
    remark: String,
    created_ms: i64,
    members: i64,
    policies: i64,
}

impl From<GroupColumns> for GroupRow {
    fn from(c: GroupColumns) -> Self {
        Self { id: GroupId(c.group_id), name: c.name, remark: c.remark, members: c.members, policies: c.policies, created_ms: c.created_ms }
    }
}

/// A group at a time (`$2`).
const GROUP: &str = "SELECT g.group_id, g.name, g.remark, g.created_ms,
    (SELECT COUNT(*) FROM group_members m WHERE m.group_id = g.group_id) AS members,
    (SELECT COUNT(*) FROM attachments t WHERE t.owner_uin = g.owner_uin AND t.group_id = g.group_id AND t.until_ms > $2) AS policies
    FROM user_groups g";

impl Store {
    /// One page of the groups whose name or remark matches, by name. There are at most 300: they are searched here, where every database
    /// gives the same answer.
    pub async fn groups(&self, owner: Uin, listing: &Listing, now_ms: i64) -> Stored<Page<GroupRow>> {
        let rows: Vec<GroupColumns> = sqlx::query_as(sqlx::AssertSqlSafe(format!("{GROUP} WHERE g.owner_uin = $1 ORDER BY g.name_key")))
            .bind(owner.0)
            .bind(now_ms)
            .fetch_all(&self.read)
            .await?;
        let wanted = listing.wanted();
        let found = rows.into_iter().filter(|row| wanted.is_in(&[&row.name, &row.remark]));
        let mut found: Vec<GroupRow> = found.map(GroupRow::from).collect();
        let order = Order::<GroupOrder>::from_tag(&listing.sort);
        match order.key {
            GroupOrder::Name => order.arrange(&mut found, |row| row.name.to_lowercase()),
            GroupOrder::Members => order.arrange(&mut found, |row| row.members),
            GroupOrder::Policies => order.arrange(&mut found, |row| row.policies),
            GroupOrder::Created => order.arrange(&mut found, |row| row.created_ms),
        }
        Ok(listing.cut(found))
    }

    /// One group.
    pub async fn group(&self, owner: Uin, id: GroupId, now_ms: i64) -> Stored<Option<GroupRow>> {
        let row: Option<GroupColumns> = sqlx::query_as(sqlx::AssertSqlSafe(format!("{GROUP} WHERE g.owner_uin = $1 AND g.group_id = $3")))
            .bind(owner.0)
            .bind(now_ms)
            .bind(id.0)
            .fetch_optional(&self.read)
            .await?;
        Ok(row.map(GroupRow::from))
    }

    /// The members of a group, by name.
    pub async fn members(&self, owner: Uin, id: GroupId) -> Stored<Vec<(Uin, String)>> {
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "SELECT a.uin, a.name FROM group_members m JOIN accounts a ON a.uin = m.uin
             WHERE m.owner_uin = $1 AND m.group_id = $2 ORDER BY a.name_key",
        )
        .bind(owner.0)
        .bind(id.0)
        .fetch_all(&self.read)
        .await?;
        Ok(rows.into_iter().map(|(uin, name)| (Uin(uin), name)).collect())
    }

    /// The groups of a sub-account, by name.
    pub async fn groups_of(&self, owner: Uin, uin: Uin) -> Stored<Vec<(GroupId, String)>> {
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "SELECT g.group_id, g.name FROM group_members m JOIN user_groups g ON g.group_id = m.group_id
             WHERE m.owner_uin = $1 AND m.uin = $2 ORDER BY g.name_key",
        )
        .bind(owner.0)
        .bind(uin.0)
        .fetch_all(&self.read)
        .await?;
        Ok(rows.into_iter().map(|(id, name)| (GroupId(id), name)).collect())
    }

    /// Every group, by name. There are at most 300.
    pub async fn group_names(&self, owner: Uin) -> Stored<Vec<Candidate<GroupId>>> {
        let rows: Vec<(i64, String, String)> =
            sqlx::query_as("SELECT group_id, name, remark FROM user_groups WHERE owner_uin = $1 ORDER BY name_key")
                .bind(owner.0)
                .fetch_all(&self.read)
                .await?;
        Ok(rows.into_iter().map(|(id, name, remark)| Candidate::written(GroupId(id), name, remark)).collect())
    }

    /// The policies attached to a group at that time; the names of preset policies are left empty for the catalogue to fill.
    pub async fn group_policies(&self, owner: Uin, id: GroupId, now_ms: i64) -> Stored<Vec<AttachedPolicy>> {
        let rows: Vec<(i64, String, i64, i64)> = sqlx::query_as(
            "SELECT t.policy_id, COALESCE(p.name, ''), t.attached_ms, t.until_ms FROM attachments t
             LEFT JOIN policies p ON p.policy_id = t.policy_id AND p.owner_uin = t.owner_uin
             WHERE t.owner_uin = $1 AND t.group_id = $2 AND t.until_ms > $3 ORDER BY p.name_key, t.policy_id",
        )
        .bind(owner.0)
        .bind(id.0)
        .bind(now_ms)
        .fetch_all(&self.read)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(policy, name, attached_ms, until_ms)| AttachedPolicy {
                until_ms: ends(until_ms),
                id: PolicyId(policy),
                preset: name.is_empty(),
                name,
                through: None,
                attached_ms,
            })
            .collect())
    }
}

/// Groups below a root account, counted inside a change that holds the owner's row.
pub async fn count(change: &mut Change, owner: Uin) -> Stored<i64> {
    let (count,): (i64,) =
        sqlx::query_as("SELECT COUNT(*) FROM user_groups WHERE owner_uin = $1").bind(owner.0).fetch_one(&mut **change).await?;
    Ok(count)
}

/// The name of a group, read inside a change; `None` when there is none.
pub async fn name_of(change: &mut Change, owner: Uin, id: GroupId) -> Stored<Option<String>> {
    let row: Option<(String,)> = sqlx::query_as("SELECT name FROM user_groups WHERE owner_uin = $1 AND group_id = $2")
        .bind(owner.0)
        .bind(id.0)
        .fetch_optional(&mut **change)
        .await?;
    Ok(row.map(|(name,)| name))
}

/// Makes a group.
pub async fn add(change: &mut Change, owner: Uin, id: GroupId, name: &str, remark: &str, now_ms: i64) -> Stored<()> {
    sqlx::query("INSERT INTO user_groups (group_id, owner_uin, name, name_key, remark, created_ms) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(id.0)
        .bind(owner.0)
        .bind(name)
        .bind(name.to_lowercase())
        .bind(remark)
        .bind(now_ms)
        .execute(&mut **change)
        .await?;
    Ok(())
}

/// Renames and describes a group; `false` when there is none.
pub async fn edit(change: &mut Change, owner: Uin, id: GroupId, name: &str, remark: &str) -> Stored<bool> {
    let done = sqlx::query("UPDATE user_groups SET name = $1, name_key = $2, remark = $3 WHERE owner_uin = $4 AND group_id = $5")
        .bind(name)
        .bind(name.to_lowercase())
        .bind(remark)
        .bind(owner.0)
        .bind(id.0)
        .execute(&mut **change)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Deletes a group with its memberships and attachments; `false` when there is none.
pub async fn delete(change: &mut Change, owner: Uin, id: GroupId) -> Stored<bool> {
    raise_revision(change, owner).await?;
    sqlx::query("DELETE FROM attachments WHERE owner_uin = $1 AND group_id = $2").bind(owner.0).bind(id.0).execute(&mut **change).await?;
    let done = sqlx::query("DELETE FROM user_groups WHERE owner_uin = $1 AND group_id = $2")
        .bind(owner.0)
        .bind(id.0)
        .execute(&mut **change)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Members of a group and groups of a sub-account, counted inside a change that holds the owner's row.
pub async fn count_members(change: &mut Change, owner: Uin, id: GroupId, uin: Uin) -> Stored<(i64, i64)> {
    Ok(sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM group_members WHERE owner_uin = $1 AND group_id = $2),
                (SELECT COUNT(*) FROM group_members WHERE owner_uin = $1 AND uin = $3)",
    )
    .bind(owner.0)
    .bind(id.0)
    .bind(uin.0)
    .fetch_one(&mut **change)
    .await?)
}

/// Puts a sub-account into a group; twice is once. `false` when group or account is not this owner's.
pub async fn add_member(change: &mut Change, owner: Uin, id: GroupId, uin: Uin) -> Stored<bool> {
    raise_revision(change, owner).await?;
    let known: Option<(i64,)> = sqlx::query_as(
        "SELECT g.group_id FROM user_groups g JOIN accounts a ON a.owner_uin = g.owner_uin
         WHERE g.owner_uin = $1 AND g.group_id = $2 AND a.uin = $3 AND a.is_root = 0",
    )
    .bind(owner.0)
    .bind(id.0)
    .bind(uin.0)
    .fetch_optional(&mut **change)
    .await?;
    if known.is_none() {
        return Ok(false);
    }
    sqlx::query("INSERT INTO group_members (owner_uin, group_id, uin) VALUES ($1, $2, $3) ON CONFLICT (group_id, uin) DO NOTHING")
        .bind(owner.0)
        .bind(id.0)
        .bind(uin.0)
        .execute(&mut **change)
        .await?;
    Ok(true)
}

/// Takes a sub-account out of a group; `false` when it was not in it.
pub async fn remove_member(change: &mut Change, owner: Uin, id: GroupId, uin: Uin) -> Stored<bool> {
    raise_revision(change, owner).await?;
    let done = sqlx::query("DELETE FROM group_members WHERE owner_uin = $1 AND group_id = $2 AND uin = $3")
        .bind(owner.0)
        .bind(id.0)
        .bind(uin.0)
        .execute(&mut **change)
        .await?;
    Ok(done.rows_affected() > 0)
}
