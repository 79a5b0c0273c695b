//! Applications and their tags.
//!
//! Callback keys come and go sealed; they must never be opened here. What is configured stands in `features`.

use super::{Change, Store, Stored, raise_revision};
use crate::domain::applications::{AppStatus, Application, Tag, TagChange};
use crate::domain::ids::{SdkAppId, Uin};

/// What a decision needs to know of an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppFacts {
    pub id: SdkAppId,
    pub name: String,
    pub created_by: Uin,
    /// `key&value`, as `qcs:resource_tag` has them.
    pub tags: Vec<String>,
}

/// An application about to exist.
#[derive(Debug)]
pub struct NewApplication<'a> {
    pub owner: Uin,
    pub name: &'a str,
    pub description: &'a str,
    pub created_by: Uin,
    pub now_ms: i64,
}

#[derive(sqlx::FromRow)]
struct AppColumns {
    sdk_app_id: i64,
    name: String,
    description: String,
    status: String,
    created_by: i64,
    created_ms: i64,
}

impl AppColumns {
    fn with_tags(self, tags: Vec<Tag>) -> Application {
        Application {
            id: SdkAppId(self.sdk_app_id),
            name: self.name,
            description: self.description,
            status: AppStatus::from_tag(&self.status),
            created_by: Uin(self.created_by),
            created_ms: self.created_ms,
            tags,
        }
    }
}

impl Store {
    /// What decisions need of every application of an owner, by number.
    pub async fn app_facts(&self, owner: Uin) -> Stored<Vec<AppFacts>> {
        let rows: Vec<(i64, String, i64, String, String)> = sqlx::query_as(
            "SELECT a.sdk_app_id, a.name, a.created_by, COALESCE(t.tag_key, ''), COALESCE(t.tag_value, '')
             FROM applications a LEFT JOIN application_tags t ON t.sdk_app_id = a.sdk_app_id
             WHERE a.owner_uin = $1 ORDER BY a.sdk_app_id, t.tag_key",
        )
        .bind(owner.0)
        .fetch_all(&self.read)
        .await?;
        let mut apps: Vec<AppFacts> = Vec::new();
        for (id, name, created_by, key, value) in rows {
            if apps.last().is_none_or(|app| app.id.0 != id) {
                apps.push(AppFacts { id: SdkAppId(id), name, created_by: Uin(created_by), tags: Vec::new() });
            }
            if let (Some(app), false) = (apps.last_mut(), key.is_empty()) {
                app.tags.push(format!("{key}&{value}"));
            }
        }
        Ok(apps)
    }

    /// Every application of an owner, by number; there are a hundred at most.
    pub async fn applications(&self, owner: Uin) -> Stored<Vec<Application>> {
        let rows: Vec<AppColumns> = sqlx::query_as(
            "SELECT sdk_app_id, name, description, status, created_by, created_ms FROM applications WHERE owner_uin = $1 ORDER BY sdk_app_id",
        )
        .bind(owner.0)
        .fetch_all(&self.read)
        .await?;
        let mut tags: Vec<(i64, String, String)> = sqlx::query_as(
            "SELECT sdk_app_id, tag_key, tag_value FROM application_tags WHERE owner_uin = $1 ORDER BY sdk_app_id DESC, tag_key DESC",
        )
        .bind(owner.0)
        .fetch_all(&self.read)
        .await?;
        // Both lists run in step: the tags of the next application are at the end of theirs.
        let mut tags_of = |id: i64| {
            let mut own = Vec::new();
            while let Some((_, key, value)) = tags.pop_if(|(of, _, _)| *of <= id) {
                own.push(Tag { key, value });
            }
            own
        };
        Ok(rows
            .into_iter()
            .map(|row| {
                let tags = tags_of(row.sdk_app_id);
                row.with_tags(tags)
            })
            .collect())
    }

    /// One application.
    pub async fn application(&self, owner: Uin, id: SdkAppId) -> Stored<Option<Application>> {
        let row: Option<AppColumns> = sqlx::query_as(
            "SELECT sdk_app_id, name, description, status, created_by, created_ms FROM applications WHERE owner_uin = $1 AND sdk_app_id = $2",
        )
        .bind(owner.0)
        .bind(id.0)
        .fetch_optional(&self.read)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let tags: Vec<(String, String)> =
            sqlx::query_as("SELECT tag_key, tag_value FROM application_tags WHERE owner_uin = $1 AND sdk_app_id = $2 ORDER BY tag_key")
                .bind(owner.0)
                .bind(id.0)
                .fetch_all(&self.read)
                .await?;
        Ok(Some(row.with_tags(tags.into_iter().map(|(key, value)| Tag { key, value }).collect())))
    }

    /// The sealed callback key of an application; empty when it has none, `None` when there is no such application.
    pub async fn callback_key_sealed(&self, owner: Uin, id: SdkAppId) -> Stored<Option<String>> {
        let row: Option<(String,)> =
            sqlx::query_as("SELECT callback_key_sealed FROM applications WHERE owner_uin = $1 AND sdk_app_id = $2")
                .bind(owner.0)
                .bind(id.0)
                .fetch_optional(&self.read)
                .await?;
        Ok(row.map(|(sealed,)| sealed))
    }
}

/// Applications of an owner, counted inside a change that holds the owner's row.
pub async fn count(change: &mut Change, owner: Uin) -> Stored<i64> {
    let (count,): (i64,) =
        sqlx::query_as("SELECT COUNT(*) FROM applications WHERE owner_uin = $1").bind(owner.0).fetch_one(&mut **change).await?;
    Ok(count)
}

/// Makes an application, without tags, and gives its number: one that no application ever had.
pub async fn add(change: &mut Change, new: &NewApplication<'_>) -> Stored<SdkAppId> {
    raise_revision(change, new.owner).await?;
    sqlx::query(
        "UPDATE sdk_app_ids SET last_id = 1 + (SELECT CASE WHEN COALESCE(MAX(a.sdk_app_id), 0) > sdk_app_ids.last_id
             THEN MAX(a.sdk_app_id) ELSE sdk_app_ids.last_id END FROM applications a)",
    )
    .execute(&mut **change)
    .await?;
    let (id,): (i64,) = sqlx::query_as("SELECT last_id FROM sdk_app_ids").fetch_one(&mut **change).await?;
    sqlx::query(
        "INSERT INTO applications (sdk_app_id, owner_uin, name, description, status, created_by, created_ms, callback_key_sealed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, '')",
    )
    .bind(id)
    .bind(new.owner.0)
    .bind(new.name)
    .bind(new.description)
    .bind(AppStatus::Normal.tag())
    .bind(new.created_by.0)
    .bind(new.now_ms)
    .execute(&mut **change)
    .await?;
    Ok(SdkAppId(id))
}

/// Renames and describes an application; `false` when there is none.
pub async fn edit(change: &mut Change, owner: Uin, id: SdkAppId, name: &str, description: &str) -> Stored<bool> {
    // The name is part of what decisions keep in memory.
    raise_revision(change, owner).await?;
    let done = sqlx::query("UPDATE applications SET name = $1, description = $2 WHERE owner_uin = $3 AND sdk_app_id = $4")
        .bind(name)
        .bind(description)
        .bind(owner.0)
        .bind(id.0)
        .execute(&mut **change)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Enables or disables an application; `false` when there is none.
pub async fn set_status(change: &mut Change, owner: Uin, id: SdkAppId, status: AppStatus) -> Stored<bool> {
    let done = sqlx::query("UPDATE applications SET status = $1 WHERE owner_uin = $2 AND sdk_app_id = $3")
        .bind(status.tag())
        .bind(owner.0)
        .bind(id.0)
        .execute(&mut **change)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Deletes an application with all that hangs on it if it is disabled; `false` when it is not, or there is none.
pub async fn delete(change: &mut Change, owner: Uin, id: SdkAppId) -> Stored<bool> {
    raise_revision(change, owner).await?;
    let done = sqlx::query("DELETE FROM applications WHERE owner_uin = $1 AND sdk_app_id = $2 AND status = $3")
        .bind(owner.0)
        .bind(id.0)
        .bind(AppStatus::Disabled.tag())
        .execute(&mut **change)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Tags of an application and tag keys of its owner after a change of tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TagCounts {
    pub of_app: i64,
    pub keys_of_owner: i64,
}

/// Sets and takes off tags; `None` when there is no such application.
pub async fn change_tags(change: &mut Change, owner: Uin, id: SdkAppId, tags: &TagChange) -> Stored<Option<TagCounts>> {
    raise_revision(change, owner).await?;
    let known: Option<(i64,)> = sqlx::query_as("SELECT sdk_app_id FROM applications WHERE owner_uin = $1 AND sdk_app_id = $2")
        .bind(owner.0)
        .bind(id.0)
        .fetch_optional(&mut **change)
        .await?;
    if known.is_none() {
        return Ok(None);
    }
    for key in &tags.remove {
        sqlx::query("DELETE FROM application_tags WHERE owner_uin = $1 AND sdk_app_id = $2 AND tag_key = $3")
            .bind(owner.0)
            .bind(id.0)
            .bind(key)
            .execute(&mut **change)
            .await?;
    }
    for tag in &tags.set {
        sqlx::query(
            "INSERT INTO application_tags (owner_uin, sdk_app_id, tag_key, tag_value) VALUES ($1, $2, $3, $4)
             ON CONFLICT (sdk_app_id, tag_key) DO UPDATE SET tag_value = excluded.tag_value",
        )
        .bind(owner.0)
        .bind(id.0)
        .bind(&tag.key)
        .bind(&tag.value)
        .execute(&mut **change)
        .await?;
    }
    let (of_app, keys_of_owner): (i64, i64) = sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM application_tags WHERE owner_uin = $1 AND sdk_app_id = $2),
                (SELECT COUNT(DISTINCT tag_key) FROM application_tags WHERE owner_uin = $1)",
    )
    .bind(owner.0)
    .bind(id.0)
    .fetch_one(&mut **change)
    .await?;
    Ok(Some(TagCounts { of_app, keys_of_owner }))
}

/// Replaces the callback key of an application, sealed, if it still is the one the change was based on; `false` otherwise.
pub async fn set_callback_key(change: &mut Change, owner: Uin, id: SdkAppId, was_sealed: &str, sealed: &str) -> Stored<bool> {
    let done = sqlx::query(
        "UPDATE applications SET callback_key_sealed = $1 WHERE owner_uin = $2 AND sdk_app_id = $3 AND callback_key_sealed = $4",
    )
    .bind(sealed)
    .bind(owner.0)
    .bind(id.0)
    .bind(was_sealed)
    .execute(&mut **change)
    .await?;
    Ok(done.rows_affected() > 0)
}
