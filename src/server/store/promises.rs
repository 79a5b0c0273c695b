//! Promises about rights, and what it takes to see whether a change leaves them as they were.

use super::rights::{AllRights, all_rights};
use super::{Change, Store, StoreError, Stored, applications};
use crate::domain::ids::{GroupId, PromiseId, SdkAppId, Uin};
use crate::domain::promises::{Expects, Place, Promise, Who};
use crate::server::store::applications::AppFacts;
use sqlx::AnyConnection;
use std::collections::HashMap;

/// Everything that a promise can be decided by.
#[derive(Debug, Default)]
pub struct Ground {
    /// The rights of every sub-account.
    pub rights: AllRights,
    /// The user groups, each with its name and its members.
    pub groups: HashMap<GroupId, (String, Vec<Uin>)>,
    /// The applications, by number.
    pub apps: Vec<AppFacts>,
}

impl Store {
    /// The promises of an owner, by name.
    pub async fn promises(&self, owner: Uin) -> Stored<Vec<Promise>> {
        all(&mut *self.read.acquire().await?, owner).await
    }

    /// What its promises are decided by, as it is.
    pub async fn ground(&self, owner: Uin, now_ms: i64) -> Stored<Ground> {
        ground(&mut *self.read.acquire().await?, owner, now_ms).await
    }

    /// The revision of the rights of an owner as it is outside of a change.
    pub async fn revision(&self, owner: Uin) -> Stored<i64> {
        revision(&mut *self.read.acquire().await?, owner).await
    }
}

/// The promises of an owner, by name.
pub async fn all(connection: &mut AnyConnection, owner: Uin) -> Stored<Vec<Promise>> {
    type Row = (i64, String, String, String, String, String, String, i64, i64, String);
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT promise_id, name, who, expects, what, place, created_by, created_ms, aside_until_ms, aside_reason
         FROM promises WHERE owner_uin = $1 ORDER BY name, promise_id",
    )
    .bind(owner.0)
    .fetch_all(connection)
    .await?;
    let promise = |(id, name, who, expects, what, place, created_by, created_ms, until_ms, reason): Row| {
        // None but these are written; what cannot be read must not be taken for no promise.
        let unreadable = || StoreError::Broken(sqlx::Error::Decode(format!("promise {id}").into()));
        Ok(Promise {
            id: PromiseId(id),
            name,
            who: Who::from_tag(&who).ok_or_else(unreadable)?,
            expects: Expects::from_tag(&expects).ok_or_else(unreadable)?,
            what,
            place: Place::from_tag(&place).ok_or_else(unreadable)?,
            created_by,
            created_ms,
            aside: (until_ms, reason),
        })
    };
    rows.into_iter().map(promise).collect()
}

/// What promises are decided by, as a change sees it.
pub async fn ground(connection: &mut AnyConnection, owner: Uin, now_ms: i64) -> Stored<Ground> {
    let rights = all_rights(connection, owner, now_ms).await?;
    let apps = applications::app_facts(connection, owner).await?;
    let rows: Vec<(i64, String, i64)> = sqlx::query_as(
        "SELECT g.group_id, g.name, COALESCE(m.uin, 0) FROM user_groups g LEFT JOIN group_members m ON m.group_id = g.group_id
         WHERE g.owner_uin = $1 ORDER BY g.group_id",
    )
    .bind(owner.0)
    .fetch_all(connection)
    .await?;
    let mut groups: HashMap<GroupId, (String, Vec<Uin>)> = HashMap::new();
    for (id, name, uin) in rows {
        let (_, members) = groups.entry(GroupId(id)).or_insert_with(|| (name, Vec::new()));
        members.extend((uin != 0).then_some(Uin(uin)));
    }
    Ok(Ground { rights, groups, apps })
}

/// The revision of the rights of an owner, as a change sees it.
pub async fn revision(connection: &mut AnyConnection, owner: Uin) -> Stored<i64> {
    let (revision,): (i64,) =
        sqlx::query_as("SELECT revision FROM owners WHERE owner_uin = $1").bind(owner.0).fetch_one(connection).await?;
    Ok(revision)
}

/// Writes a promise down.
pub async fn add(change: &mut Change, owner: Uin, promise: &Promise) -> Stored<()> {
    sqlx::query(
        "INSERT INTO promises (promise_id, owner_uin, name, who, expects, what, place, created_by, created_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(promise.id.0)
    .bind(owner.0)
    .bind(&promise.name)
    .bind(promise.who.tag())
    .bind(promise.expects.tag())
    .bind(&promise.what)
    .bind(promise.place.tag())
    .bind(&promise.created_by)
    .bind(promise.created_ms)
    .execute(&mut **change)
    .await?;
    Ok(())
}

/// Deletes a promise.
pub async fn delete(change: &mut Change, owner: Uin, id: PromiseId) -> Stored<()> {
    sqlx::query("DELETE FROM promises WHERE owner_uin = $1 AND promise_id = $2").bind(owner.0).bind(id.0).execute(&mut **change).await?;
    Ok(())
}

/// Lets the root account break a promise until then.
pub async fn set_aside(change: &mut Change, owner: Uin, id: PromiseId, until_ms: i64, reason: &str) -> Stored<()> {
    sqlx::query("UPDATE promises SET aside_until_ms = $3, aside_reason = $4 WHERE owner_uin = $1 AND promise_id = $2")
        .bind(owner.0)
        .bind(id.0)
        .bind(until_ms)
        .bind(reason)
        .execute(&mut **change)
        .await?;
    Ok(())
}

impl Ground {
    /// Whether there is such an application.
    #[must_use]
    pub fn has_app(&self, id: SdkAppId) -> bool {
        self.apps.iter().any(|app| app.id == id)
    }
}
