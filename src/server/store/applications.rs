//! Applications and their tags.
//!
//! Callback keys come and go sealed; they must never be opened here. What is configured stands in `features`. A deleted application keeps
//! its row until all that hangs on it is deleted in portions; no query but those of the purge may find it (`deleted_ms = 0`).

use super::{Change, Store, Stored, raise_revision};
use crate::domain::applications::{AppStatus, Application, Tag, TagChange};
use crate::domain::ids::{SdkAppId, Uin};
use sqlx::AnyConnection;

/// What a decision needs to know of an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppFacts {
    pub id: SdkAppId,
    pub name: String,
    pub created_by: Uin,
    /// `key&value`, as `qcs:resource_tag` has them.
    pub tags: Vec<String>,
}

/// As [`Store::app_facts`], as a change sees it.
pub async fn app_facts(connection: &mut AnyConnection, owner: Uin) -> Stored<Vec<AppFacts>> {
    let rows: Vec<(i64, String, i64, String, String)> = sqlx::query_as(
        "SELECT a.sdk_app_id, a.name, a.created_by, COALESCE(t.tag_key, ''), COALESCE(t.tag_value, '')
         FROM applications a LEFT JOIN application_tags t ON t.sdk_app_id = a.sdk_app_id
         WHERE a.owner_uin = $1 AND a.deleted_ms = 0 ORDER BY a.sdk_app_id, t.tag_key",
    )
    .bind(owner.0)
    .fetch_all(connection)
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

/// An application about to exist.
#[derive(Debug)]
pub struct NewApplication<'a> {
    pub owner: Uin,
    /// The number TRTC gave it; without one, one is generated.
    pub entered: Option<SdkAppId>,
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

/// Tags out of one text, `key&value;key&value`, by key: neither sign can stand in a tag ([`check_tag`](crate::domain::applications::check_tag)).
fn tags_in(text: &str) -> Vec<Tag> {
    let pairs = text.split(';').filter_map(|pair| pair.split_once('&'));
    let mut tags: Vec<Tag> = pairs.map(|(key, value)| Tag { key: key.to_owned(), value: value.to_owned() }).collect();
    tags.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    tags
}

impl Store {
    /// What decisions need of every application of an owner, by number.
    pub async fn app_facts(&self, owner: Uin) -> Stored<Vec<AppFacts>> {
        app_facts(&mut *self.read.acquire().await?, owner).await
    }

    /// Every application of an owner, by number; there are a hundred at most.
    pub async fn applications(&self, owner: Uin) -> Stored<Vec<Application>> {
        let rows: Vec<(i64, String, String, String, i64, i64, String)> = sqlx::query_as(
            "SELECT a.sdk_app_id, a.name, a.description, a.status, a.created_by, a.created_ms,
                 (SELECT COALESCE(string_agg(t.tag_key || '&' || t.tag_value, ';'), '') FROM application_tags t
                  WHERE t.owner_uin = $1 AND t.sdk_app_id = a.sdk_app_id)
             FROM applications a WHERE a.owner_uin = $1 AND a.deleted_ms = 0 ORDER BY a.sdk_app_id",
        )
        .bind(owner.0)
        .fetch_all(&self.read)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(sdk_app_id, name, description, status, created_by, created_ms, tags)| {
                AppColumns { sdk_app_id, name, description, status, created_by, created_ms }.with_tags(tags_in(&tags))
            })
            .collect())
    }

    /// One application.
    pub async fn application(&self, owner: Uin, id: SdkAppId) -> Stored<Option<Application>> {
        let row: Option<AppColumns> = sqlx::query_as(
            "SELECT sdk_app_id, name, description, status, created_by, created_ms FROM applications
             WHERE owner_uin = $1 AND sdk_app_id = $2 AND deleted_ms = 0",
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
            sqlx::query_as("SELECT callback_key_sealed FROM applications WHERE owner_uin = $1 AND sdk_app_id = $2 AND deleted_ms = 0")
                .bind(owner.0)
                .bind(id.0)
                .fetch_optional(&self.read)
                .await?;
        Ok(row.map(|(sealed,)| sealed))
    }

    /// A deleted application of anybody of which something is left, for the purge.
    pub async fn deleted_application(&self) -> Stored<Option<(Uin, SdkAppId)>> {
        let row: Option<(i64, i64)> =
            sqlx::query_as("SELECT owner_uin, sdk_app_id FROM applications WHERE deleted_ms > 0 ORDER BY sdk_app_id LIMIT 1")
                .fetch_optional(&self.read)
                .await?;
        Ok(row.map(|(owner, id)| (Uin(owner), SdkAppId(id))))
    }
}

/// Applications of an owner, counted inside a change that holds the owner's row.
pub async fn count(change: &mut Change, owner: Uin) -> Stored<i64> {
    let (count,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM applications WHERE owner_uin = $1 AND deleted_ms = 0")
        .bind(owner.0)
        .fetch_one(&mut **change)
        .await?;
    Ok(count)
}

/// Makes an application, without tags, and gives its number. A generated one is one that no application ever had.
pub async fn add(change: &mut Change, new: &NewApplication<'_>) -> Stored<SdkAppId> {
    raise_revision(change, new.owner).await?;
    let id = match new.entered {
        Some(SdkAppId(id)) => {
            let enter = sqlx::query("INSERT INTO sdk_app_ids_entered (sdk_app_id) VALUES ($1) ON CONFLICT (sdk_app_id) DO NOTHING");
            enter.bind(id).execute(&mut **change).await?;
            sqlx::query("DELETE FROM unregistered_callbacks WHERE sdk_app_id = $1").bind(id).execute(&mut **change).await?;
            id
        }
        None => generated_id(change).await?,
    };
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

/// The next number that neither was generated before nor entered by anybody.
async fn generated_id(change: &mut Change) -> Stored<i64> {
    loop {
        sqlx::query("UPDATE sdk_app_ids SET last_id = last_id + 1").execute(&mut **change).await?;
        let (id,): (i64,) = sqlx::query_as("SELECT last_id FROM sdk_app_ids").fetch_one(&mut **change).await?;
        let taken: Option<(i64,)> = sqlx::query_as(
            "SELECT sdk_app_id FROM sdk_app_ids_entered WHERE sdk_app_id = $1
             UNION ALL SELECT sdk_app_id FROM applications WHERE sdk_app_id = $1",
        )
        .bind(id)
        .fetch_optional(&mut **change)
        .await?;
        if taken.is_none() {
            return Ok(id);
        }
    }
}

/// Renames and describes an application; `false` when there is none.
pub async fn edit(change: &mut Change, owner: Uin, id: SdkAppId, name: &str, description: &str) -> Stored<bool> {
    // The name is part of what decisions keep in memory.
    raise_revision(change, owner).await?;
    let done =
        sqlx::query("UPDATE applications SET name = $1, description = $2 WHERE owner_uin = $3 AND sdk_app_id = $4 AND deleted_ms = 0")
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
    let done = sqlx::query("UPDATE applications SET status = $1 WHERE owner_uin = $2 AND sdk_app_id = $3 AND deleted_ms = 0")
        .bind(status.tag())
        .bind(owner.0)
        .bind(id.0)
        .execute(&mut **change)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Deletes an application if it is disabled; `false` when it is not, or there is none. Its name is free at once; events and figures are
/// left to the purge.
pub async fn delete(change: &mut Change, owner: Uin, id: SdkAppId, now_ms: i64) -> Stored<bool> {
    raise_revision(change, owner).await?;
    // No name begins with `#`, so the one that is left never stands in the way of another.
    let done = sqlx::query(
        "UPDATE applications SET deleted_ms = $1, name = '#' || CAST(sdk_app_id AS TEXT), description = '', callback_key_sealed = ''
         WHERE owner_uin = $2 AND sdk_app_id = $3 AND status = $4 AND deleted_ms = 0",
    )
    .bind(now_ms)
    .bind(owner.0)
    .bind(id.0)
    .bind(AppStatus::Disabled.tag())
    .execute(&mut **change)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    // Few rows, and some of them secret or counted against a limit.
    for sql in [
        "DELETE FROM application_tags WHERE owner_uin = $1 AND sdk_app_id = $2",
        "DELETE FROM app_features WHERE owner_uin = $1 AND sdk_app_id = $2",
        "DELETE FROM app_changes WHERE owner_uin = $1 AND sdk_app_id = $2",
    ] {
        sqlx::query(sql).bind(owner.0).bind(id.0).execute(&mut **change).await?;
    }
    Ok(true)
}

/// What an application may have very much of, each with the rest of its key. What is due comes first, so that nothing is worked out any more.
const BULK: [(&str, &str); 9] = [
    ("room_marks", "room, mark_id"),
    ("rooms_due", "room"),
    ("rooms_settled", "room, settled_ms"),
    ("call_users", "day, user_id, room, call_ms"),
    ("day_users", "day, user_id"),
    ("call_days", "day, room, call_ms"),
    ("usage_days", "day"),
    ("callback_refusals", "hour_ms, reason"),
    ("events", "room, at_ms, event_id"),
];

/// Deletes so many rows at most of what is left of a deleted application, and its own row when nothing is left; `false` then.
pub async fn purge(change: &mut Change, owner: Uin, id: SdkAppId, max_rows: i64) -> Stored<bool> {
    for (table, key) in BULK {
        let sql = format!(
            "DELETE FROM {table} WHERE owner_uin = $1 AND sdk_app_id = $2
             AND ({key}) IN (SELECT {key} FROM {table} WHERE sdk_app_id = $2 LIMIT $3)"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(owner.0).bind(id.0).bind(max_rows);
        if query.execute(&mut **change).await?.rows_affected() > 0 {
            return Ok(true);
        }
    }
    sqlx::query("DELETE FROM applications WHERE owner_uin = $1 AND sdk_app_id = $2 AND deleted_ms > 0")
        .bind(owner.0)
        .bind(id.0)
        .execute(&mut **change)
        .await?;
    Ok(false)
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
    let known: Option<(i64,)> =
        sqlx::query_as("SELECT sdk_app_id FROM applications WHERE owner_uin = $1 AND sdk_app_id = $2 AND deleted_ms = 0")
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
        "UPDATE applications SET callback_key_sealed = $1
         WHERE owner_uin = $2 AND sdk_app_id = $3 AND callback_key_sealed = $4 AND deleted_ms = 0",
    )
    .bind(sealed)
    .bind(owner.0)
    .bind(id.0)
    .bind(was_sealed)
    .execute(&mut **change)
    .await?;
    Ok(done.rows_affected() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_deleted_application_frees_its_name_and_goes_in_portions() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}?mode=rwc", dir.path().join("console.db").display())).await.unwrap();
        let mut change = store.change().await.unwrap();
        sqlx::query("INSERT INTO owners VALUES (1, 1, 0, 480, 0, 0)").execute(&mut *change).await.unwrap();
        let new = NewApplication { owner: Uin(1), entered: None, name: "school", description: "", created_by: Uin(1), now_ms: 1 };
        let (gone, kept) =
            (add(&mut change, &new).await.unwrap(), add(&mut change, &NewApplication { name: "kept", ..new }).await.unwrap());
        for (app, row) in (0..7).flat_map(|row| [(gone.0, row), (kept.0, row)]) {
            for sql in [
                "INSERT INTO room_marks VALUES (1, $1, 'n:1', $2, 0, 0, 0)",
                "INSERT INTO rooms_due (owner_uin, sdk_app_id, room, first_ms, last_ms, due_ms) VALUES (1, $1, 'n:' || $2, 0, 0, 0)",
                "INSERT INTO rooms_settled (owner_uin, sdk_app_id, room, settled_ms) VALUES (1, $1, 'n:1', $2)",
                "INSERT INTO call_users VALUES (1, $1, $2, 'a', 'n:1', 1)",
                "INSERT INTO day_users VALUES (1, $1, $2, 'a', 1)",
                "INSERT INTO call_days VALUES (1, $1, $2, 'n:1', 1, 0, 0, 0, 0, 0)",
                "INSERT INTO usage_days VALUES (1, $1, $2, 0, 0, 0, 0, 0, 0, 0, 0)",
                "INSERT INTO callback_refusals VALUES (1, $1, $2, 'no-key', 1, 1, '')",
                "INSERT INTO events VALUES (1, $1, 'e' || $2, 0, 0, '', 1, 103, 'a', '', '{}')",
            ] {
                sqlx::query(sql).bind(app).bind(row).execute(&mut *change).await.unwrap();
            }
        }
        set_status(&mut change, Uin(1), gone, AppStatus::Disabled).await.unwrap();
        assert!(delete(&mut change, Uin(1), gone, 5).await.unwrap() && !delete(&mut change, Uin(1), gone, 6).await.unwrap());
        let again = add(&mut change, &new).await.unwrap();
        assert_eq!((again.0, count(&mut change, Uin(1)).await.unwrap()), (kept.0 + 1, 2));
        change.commit_unrecorded().await.unwrap();

        assert_eq!(store.deleted_application().await.unwrap(), Some((Uin(1), gone)));
        let mut portions = 0;
        loop {
            let mut change = store.change().await.unwrap();
            let more = purge(&mut change, Uin(1), gone, 3).await.unwrap();
            change.commit_unrecorded().await.unwrap();
            if !more {
                break;
            }
            portions += 1;
        }
        assert_eq!((portions, store.deleted_application().await.unwrap()), (BULK.len() * 3, None));
        for (table, _) in BULK {
            let sql = format!("SELECT COUNT(*), MIN(sdk_app_id) FROM {table}");
            let left: (i64, i64) = sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_one(&store.read).await.unwrap();
            assert_eq!(left, (7, kept.0), "{table}");
        }
    }
}
