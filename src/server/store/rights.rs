//! Who holds what in a whole organisation, in a few queries: its sub-accounts, what counts for each, and the text of each policy once.

use super::{Store, Stored};
use crate::domain::ids::Uin;
use sqlx::AnyConnection;
use std::collections::HashMap;

/// A sub-account, as decisions about it need it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct HolderRow {
    pub uin: i64,
    pub name: String,
    pub disabled: i64,
    pub must_change_password: i64,
}

/// A policy that counts for a sub-account.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct HeldRow {
    pub uin: i64,
    pub policy_id: i64,
    pub group_id: i64,
    /// Empty when attached directly.
    pub group_name: String,
}

/// A custom policy as its default version has it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TextRow {
    pub policy_id: i64,
    pub name: String,
    pub version: i64,
    pub document: String,
}

/// The rights of every sub-account below a root account.
#[derive(Debug, Default)]
pub struct AllRights {
    /// The sub-accounts, by name.
    pub holders: Vec<HolderRow>,
    /// What counts for each, by policy and group.
    pub held: HashMap<i64, Vec<HeldRow>>,
    /// The custom policies that are attached to anything.
    pub texts: HashMap<i64, TextRow>,
}

const HOLDER: &str = "SELECT uin, name, disabled, must_change_password FROM accounts WHERE owner_uin = $1 AND is_root = 0";

impl Store {
    /// One sub-account.
    pub async fn holder(&self, owner: Uin, uin: Uin) -> Stored<Option<HolderRow>> {
        let one = sqlx::AssertSqlSafe(format!("{HOLDER} AND uin = $2"));
        Ok(sqlx::query_as(one).bind(owner.0).bind(uin.0).fetch_optional(&self.read).await?)
    }

    /// One sub-account by its login name in lower case.
    pub async fn holder_by_name(&self, owner: Uin, name_key: &str) -> Stored<Option<HolderRow>> {
        let one = sqlx::AssertSqlSafe(format!("{HOLDER} AND name_key = $2"));
        Ok(sqlx::query_as(one).bind(owner.0).bind(name_key).fetch_optional(&self.read).await?)
    }

    /// Every sub-account, by name.
    pub async fn holders_of(&self, owner: Uin) -> Stored<Vec<HolderRow>> {
        let all = sqlx::AssertSqlSafe(format!("{HOLDER} ORDER BY name_key"));
        Ok(sqlx::query_as(all).bind(owner.0).fetch_all(&self.read).await?)
    }

    /// Every sub-account with what counts for it at that time. What is detached while it is read may still stand there, or already be gone.
    pub async fn all_rights(&self, owner: Uin, now_ms: i64) -> Stored<AllRights> {
        all_rights(&mut *self.read.acquire().await?, owner, now_ms).await
    }
}

/// As [`Store::all_rights`], as a change sees it.
pub async fn all_rights(connection: &mut AnyConnection, owner: Uin, now_ms: i64) -> Stored<AllRights> {
    let all = sqlx::AssertSqlSafe(format!("{HOLDER} ORDER BY name_key"));
    let holders: Vec<HolderRow> = sqlx::query_as(all).bind(owner.0).fetch_all(&mut *connection).await?;
    let rows: Vec<HeldRow> = sqlx::query_as(
        "SELECT t.uin, t.policy_id, t.group_id, '' AS group_name FROM attachments t
         WHERE t.owner_uin = $1 AND t.group_id = 0 AND t.until_ms > $2
         UNION ALL
         SELECT m.uin, t.policy_id, t.group_id, g.name AS group_name
         FROM attachments t JOIN group_members m ON m.group_id = t.group_id JOIN user_groups g ON g.group_id = t.group_id
         WHERE t.owner_uin = $1 AND m.owner_uin = $1 AND t.until_ms > $2
         ORDER BY 1, 2, 3",
    )
    .bind(owner.0)
    .bind(now_ms)
    .fetch_all(&mut *connection)
    .await?;
    let texts: Vec<TextRow> = sqlx::query_as(
        "SELECT p.policy_id, p.name, v.version, v.document
         FROM policies p JOIN policy_versions v ON v.policy_id = p.policy_id AND v.version = p.default_version
         WHERE p.owner_uin = $1 AND EXISTS (
             SELECT 1 FROM attachments t WHERE t.owner_uin = $1 AND t.policy_id = p.policy_id AND t.until_ms > $2)",
    )
    .bind(owner.0)
    .bind(now_ms)
    .fetch_all(&mut *connection)
    .await?;
    let mut held: HashMap<i64, Vec<HeldRow>> = HashMap::new();
    for row in rows {
        held.entry(row.uin).or_default().push(row);
    }
    Ok(AllRights { holders, held, texts: texts.into_iter().map(|text| (text.policy_id, text)).collect() })
}
