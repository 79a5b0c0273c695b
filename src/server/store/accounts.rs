//! Root accounts and sub-accounts, their passwords' hashes and what login needs of them.
//!
//! Hashes must never leave `server`.

use super::{Change, Store, Stored, audit, raise_revision};
use crate::catalog::preset::ADMINISTRATOR_ACCESS;
use crate::domain::accounts::{AccountSummary, Candidate, User, UserFilter, UserOrder, UserRow, first_password_expired};
use crate::domain::ids::Uin;
use crate::domain::paging::{Listing, Order, Page};

/// What login needs to know of an account.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LoginRow {
    pub uin: i64,
    pub owner_uin: i64,
    pub name: String,
    pub password_hash: String,
    pub disabled: i64,
    pub must_change_password: i64,
    pub password_set_ms: i64,
    pub lang: String,
    pub theme: String,
}

impl LoginRow {
    /// Whether this is a first password that nobody has changed in time.
    #[must_use]
    pub fn has_expired(&self, now_ms: i64) -> bool {
        self.must_change_password != 0 && first_password_expired(self.password_set_ms, now_ms)
    }
}

/// An account about to exist.
#[derive(Debug)]
pub struct NewAccount<'a> {
    pub uin: Uin,
    pub owner: Uin,
    pub is_root: bool,
    pub name: &'a str,
    pub email: &'a str,
    pub remark: &'a str,
    pub password_hash: &'a str,
    pub must_change_password: bool,
    pub now_ms: i64,
}

#[derive(sqlx::FromRow)]
struct UserColumns {
    uin: i64,
    name: String,
    remark: String,
    disabled: i64,
    created_ms: i64,
    last_login_ms: i64,
    email: String,
    must_change_password: i64,
    password_set_ms: i64,
    locked_until_ms: i64,
}

impl UserColumns {
    fn into_row(self, now_ms: i64) -> UserRow {
        UserRow {
            uin: Uin(self.uin),
            name: self.name,
            remark: self.remark,
            disabled: self.disabled != 0,
            locked_until_ms: (self.locked_until_ms > now_ms).then_some(self.locked_until_ms),
            first_password_expired: self.must_change_password != 0 && first_password_expired(self.password_set_ms, now_ms),
            created_ms: self.created_ms,
            last_login_ms: (self.last_login_ms > 0).then_some(self.last_login_ms),
        }
    }
}

/// An account of any owner, as the operator sees it.
#[derive(Clone, Debug)]
pub struct AnyAccount {
    pub uin: Uin,
    pub owner: Uin,
    pub is_root: bool,
    pub name: String,
    pub disabled: bool,
    pub locked_until_ms: i64,
    pub first_password: bool,
    pub last_login_ms: i64,
}

/// The sub-accounts `a` of the owner `$1` that a filter lets through at a time (`$2`), as the end of a query.
fn filtered(filter: UserFilter) -> String {
    const HELD: &str = "EXISTS (SELECT 1 FROM attachments t WHERE t.owner_uin = $1 AND t.until_ms > $2 AND t.uin = a.uin";
    const HELD_BY_GROUP: &str = "EXISTS (SELECT 1 FROM attachments t JOIN group_members m ON m.group_id = t.group_id
         WHERE t.owner_uin = $1 AND t.until_ms > $2 AND m.uin = a.uin";
    let condition = match filter {
        UserFilter::All => String::new(),
        UserFilter::Disabled => " AND a.disabled = 1".to_owned(),
        UserFilter::FirstPassword => " AND a.must_change_password = 1".to_owned(),
        UserFilter::WithoutPolicy => format!(" AND NOT {HELD}) AND NOT {HELD_BY_GROUP})"),
        UserFilter::Administrators => {
            format!(" AND ({HELD} AND t.policy_id = {ADMINISTRATOR_ACCESS}) OR {HELD_BY_GROUP} AND t.policy_id = {ADMINISTRATOR_ACCESS}))")
        }
    };
    format!("FROM accounts a WHERE a.owner_uin = $1 AND a.is_root = 0{condition}")
}

/// The columns of [`AnyAccount`].
type AnyColumns = (i64, i64, i64, String, i64, i64, i64, i64);

impl Store {
    /// Every account of the installation, for its operator: root accounts, each before its sub-accounts.
    pub async fn every_account(&self) -> Stored<Vec<AnyAccount>> {
        let rows: Vec<AnyColumns> = sqlx::query_as(
            "SELECT uin, owner_uin, is_root, name, disabled, locked_until_ms, must_change_password, last_login_ms
             FROM accounts ORDER BY owner_uin, is_root DESC, name_key",
        )
        .fetch_all(&self.read)
        .await?;
        let account = |(uin, owner, is_root, name, disabled, locked_until_ms, first_password, last_login_ms)| AnyAccount {
            uin: Uin(uin),
            owner: Uin(owner),
            is_root: is_root != 0,
            name,
            disabled: disabled != 0,
            locked_until_ms,
            first_password: first_password != 0,
            last_login_ms,
        };
        Ok(rows.into_iter().map(account).collect())
    }

    /// Whether there is any root account yet.
    pub async fn has_root(&self) -> Stored<bool> {
        let row: Option<(i64,)> = sqlx::query_as("SELECT owner_uin FROM owners LIMIT 1").fetch_optional(&self.read).await?;
        Ok(row.is_some())
    }

    /// The root account with this e-mail address.
    pub async fn root_by_email(&self, email_key: &str) -> Stored<Option<LoginRow>> {
        Ok(sqlx::query_as(
            "SELECT uin, owner_uin, name, password_hash, disabled, must_change_password, password_set_ms, lang, theme
             FROM accounts WHERE is_root = 1 AND name_key = $1",
        )
        .bind(email_key)
        .fetch_optional(&self.read)
        .await?)
    }

    /// The sub-account of this name below a root account.
    pub async fn sub_account_by_name(&self, owner: Uin, name_key: &str) -> Stored<Option<LoginRow>> {
        Ok(sqlx::query_as(
            "SELECT uin, owner_uin, name, password_hash, disabled, must_change_password, password_set_ms, lang, theme
             FROM accounts WHERE owner_uin = $1 AND name_key = $2 AND is_root = 0",
        )
        .bind(owner.0)
        .bind(name_key)
        .fetch_optional(&self.read)
        .await?)
    }

    /// What a proof of the password is checked against.
    pub async fn login_of(&self, owner: Uin, uin: Uin) -> Stored<Option<LoginRow>> {
        Ok(sqlx::query_as(
            "SELECT uin, owner_uin, name, password_hash, disabled, must_change_password, password_set_ms, lang, theme
             FROM accounts WHERE owner_uin = $1 AND uin = $2",
        )
        .bind(owner.0)
        .bind(uin.0)
        .fetch_optional(&self.read)
        .await?)
    }

    /// The login name of an account, root account or sub-account.
    pub async fn account_name(&self, owner: Uin, uin: Uin) -> Stored<Option<String>> {
        let row: Option<(String,)> = sqlx::query_as("SELECT name FROM accounts WHERE owner_uin = $1 AND uin = $2")
            .bind(owner.0)
            .bind(uin.0)
            .fetch_optional(&self.read)
            .await?;
        Ok(row.map(|(name,)| name))
    }

    /// Keeps language and theme of an account.
    pub async fn set_preferences(&self, owner: Uin, uin: Uin, lang: &str, theme: &str) -> Stored<()> {
        self.writer
            .carry_out(
                sqlx::query("UPDATE accounts SET lang = $1, theme = $2 WHERE owner_uin = $3 AND uin = $4")
                    .bind(lang)
                    .bind(theme)
                    .bind(owner.0)
                    .bind(uin.0),
            )
            .await?;
        Ok(())
    }

    /// One page of the sub-accounts whose name, remark or UIN matches, by name. There are at most 1,000: they are searched here, where every
    /// database gives the same answer.
    pub async fn users(&self, owner: Uin, listing: &Listing, filter: UserFilter, now_ms: i64) -> Stored<Page<UserRow>> {
        let query = format!(
            "SELECT a.uin, a.name, a.remark, a.disabled, a.created_ms, a.last_login_ms, a.email, a.must_change_password, a.password_set_ms, a.locked_until_ms
             {} ORDER BY a.name_key",
            filtered(filter)
        );
        let query = sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(owner.0);
        // A time is given to a query that asks for one.
        let query = if matches!(filter, UserFilter::WithoutPolicy | UserFilter::Administrators) { query.bind(now_ms) } else { query };
        let rows: Vec<UserColumns> = query.fetch_all(&self.read).await?;
        let wanted = listing.wanted();
        let found = rows.into_iter().filter(|row| wanted.is_in(&[&row.name, &row.remark, &row.uin.to_string()]));
        let mut found: Vec<UserRow> = found.map(|row| row.into_row(now_ms)).collect();
        let order = Order::<UserOrder>::from_tag(&listing.sort);
        match order.key {
            UserOrder::Name => order.arrange(&mut found, |row| row.name.to_lowercase()),
            UserOrder::Uin => order.arrange(&mut found, |row| row.uin.0),
            UserOrder::LastLogin => order.arrange(&mut found, |row| row.last_login_ms),
            UserOrder::Created => order.arrange(&mut found, |row| row.created_ms),
        }
        Ok(listing.cut(found))
    }

    /// Every sub-account, by name. There are at most 1,000.
    pub async fn user_names(&self, owner: Uin) -> Stored<Vec<Candidate<Uin>>> {
        let rows: Vec<(i64, String, String)> =
            sqlx::query_as("SELECT uin, name, remark FROM accounts WHERE owner_uin = $1 AND is_root = 0 ORDER BY name_key")
                .bind(owner.0)
                .fetch_all(&self.read)
                .await?;
        Ok(rows.into_iter().map(|(uin, name, remark)| Candidate::written(Uin(uin), name, remark)).collect())
    }

    /// One sub-account; a lock that has passed by `now_ms` is none.
    pub async fn user(&self, owner: Uin, uin: Uin, now_ms: i64) -> Stored<Option<User>> {
        let row: Option<UserColumns> = sqlx::query_as(
            "SELECT uin, name, remark, disabled, created_ms, last_login_ms, email, must_change_password, password_set_ms, locked_until_ms
             FROM accounts WHERE owner_uin = $1 AND uin = $2 AND is_root = 0",
        )
        .bind(owner.0)
        .bind(uin.0)
        .fetch_optional(&self.read)
        .await?;
        Ok(row.map(|columns| User {
            email: columns.email.clone(),
            must_change_password: columns.must_change_password != 0,
            row: columns.into_row(now_ms),
        }))
    }

    /// The counts of the CAM overview, in one query.
    pub async fn account_summary(&self, owner: Uin, now_ms: i64) -> Stored<AccountSummary> {
        let users = |filter| format!("(SELECT COUNT(*) {})", filtered(filter));
        let query = format!(
            "SELECT {}, {}, {}, {}, {},
                   (SELECT COUNT(*) FROM user_groups WHERE owner_uin = $1), (SELECT COUNT(*) FROM policies WHERE owner_uin = $1)",
            users(UserFilter::All),
            users(UserFilter::Disabled),
            users(UserFilter::FirstPassword),
            users(UserFilter::WithoutPolicy),
            users(UserFilter::Administrators),
        );
        let row: (i64, i64, i64, i64, i64, i64, i64) =
            sqlx::query_as(sqlx::AssertSqlSafe(query)).bind(owner.0).bind(now_ms).fetch_one(&self.read).await?;
        let (users, users_disabled, users_first_password, users_without_policy, users_administrator, groups, policies) = row;
        Ok(AccountSummary { users, users_disabled, users_first_password, groups, policies, users_without_policy, users_administrator })
    }
}

/// Makes the rows of a new root account's organisation.
pub async fn add_owner(change: &mut Change, owner: Uin, app_id: i64, utc_offset_mins: i64, demo: bool, now_ms: i64) -> Stored<()> {
    sqlx::query("INSERT INTO owners (owner_uin, app_id, revision, utc_offset_mins, demo, created_ms) VALUES ($1, $2, 1, $3, $4, $5)")
        .bind(owner.0)
        .bind(app_id)
        .bind(utc_offset_mins)
        .bind(i64::from(demo))
        .bind(now_ms)
        .execute(&mut **change)
        .await?;
    audit::begin(change, owner).await
}

/// Makes an account.
pub async fn add(change: &mut Change, account: &NewAccount<'_>) -> Stored<()> {
    sqlx::query(
        "INSERT INTO accounts (uin, owner_uin, is_root, name, name_key, email, remark, password_hash, must_change_password,
                               disabled, locked_until_ms, last_login_ms, lang, theme, created_ms, password_set_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0, '', '', $10, $10)",
    )
    .bind(account.uin.0)
    .bind(account.owner.0)
    .bind(i64::from(account.is_root))
    .bind(account.name)
    .bind(account.name.to_lowercase())
    .bind(account.email)
    .bind(account.remark)
    .bind(account.password_hash)
    .bind(i64::from(account.must_change_password))
    .bind(account.now_ms)
    .execute(&mut **change)
    .await?;
    Ok(())
}

/// Sub-accounts below a root account, counted inside a change that holds the owner's row.
pub async fn count_users(change: &mut Change, owner: Uin) -> Stored<i64> {
    let (count,): (i64,) =
        sqlx::query_as("SELECT COUNT(*) FROM accounts WHERE owner_uin = $1 AND is_root = 0").bind(owner.0).fetch_one(&mut **change).await?;
    Ok(count)
}

/// The login name of a sub-account, read inside a change; `None` when there is none.
pub async fn name_of(change: &mut Change, owner: Uin, uin: Uin) -> Stored<Option<String>> {
    let row: Option<(String,)> = sqlx::query_as("SELECT name FROM accounts WHERE owner_uin = $1 AND uin = $2 AND is_root = 0")
        .bind(owner.0)
        .bind(uin.0)
        .fetch_optional(&mut **change)
        .await?;
    Ok(row.map(|(name,)| name))
}

/// Edits what describes a sub-account; `false` when there is none.
pub async fn describe(change: &mut Change, owner: Uin, uin: Uin, email: &str, remark: &str) -> Stored<bool> {
    let done = sqlx::query("UPDATE accounts SET email = $1, remark = $2 WHERE owner_uin = $3 AND uin = $4 AND is_root = 0")
        .bind(email)
        .bind(remark)
        .bind(owner.0)
        .bind(uin.0)
        .execute(&mut **change)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Disables or enables a sub-account; `false` when there is none.
pub async fn set_disabled(change: &mut Change, owner: Uin, uin: Uin, disabled: bool) -> Stored<bool> {
    raise_revision(change, owner).await?;
    let done = sqlx::query("UPDATE accounts SET disabled = $1 WHERE owner_uin = $2 AND uin = $3 AND is_root = 0")
        .bind(i64::from(disabled))
        .bind(owner.0)
        .bind(uin.0)
        .execute(&mut **change)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Sets a password. `false` when there is no such account.
pub async fn set_password(change: &mut Change, owner: Uin, uin: Uin, password_hash: &str, must_change: bool, now_ms: i64) -> Stored<bool> {
    let done = sqlx::query(
        "UPDATE accounts SET password_hash = $1, must_change_password = $2, password_set_ms = $3, locked_until_ms = 0
         WHERE owner_uin = $4 AND uin = $5",
    )
    .bind(password_hash)
    .bind(i64::from(must_change))
    .bind(now_ms)
    .bind(owner.0)
    .bind(uin.0)
    .execute(&mut **change)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Replaces the password of an account that is active and still has the password that was checked; `false` when it is not or has not.
pub async fn replace_password(change: &mut Change, owner: Uin, uin: Uin, checked: &str, password_hash: &str, now_ms: i64) -> Stored<bool> {
    let done = sqlx::query(
        "UPDATE accounts SET password_hash = $1, must_change_password = 0, password_set_ms = $2, locked_until_ms = 0
         WHERE owner_uin = $3 AND uin = $4 AND password_hash = $5 AND disabled = 0",
    )
    .bind(password_hash)
    .bind(now_ms)
    .bind(owner.0)
    .bind(uin.0)
    .bind(checked)
    .execute(&mut **change)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Whether the installation has a root account, asked in the change that makes the first: changes that ask wait for each other.
pub async fn has_root(change: &mut Change) -> Stored<bool> {
    // The one row that every installation has, locked until the change is over.
    sqlx::query("UPDATE sdk_app_ids SET last_id = last_id WHERE only_row = 1").execute(&mut **change).await?;
    let row: Option<(i64,)> = sqlx::query_as("SELECT owner_uin FROM owners LIMIT 1").fetch_optional(&mut **change).await?;
    Ok(row.is_some())
}

/// Notes a login of an account that is active and still has the password that was checked, under a hash of today's cost; `false` when it is
/// not or has not. The row stays locked until the change is over, so whoever resets the password ends this session, too.
pub async fn admit(change: &mut Change, uin: Uin, checked: &str, password_hash: &str, now_ms: i64) -> Stored<bool> {
    let done = sqlx::query(
        "UPDATE accounts SET password_hash = $1, locked_until_ms = 0, last_login_ms = $2
         WHERE uin = $3 AND password_hash = $4 AND disabled = 0",
    )
    .bind(password_hash)
    .bind(now_ms)
    .bind(uin.0)
    .bind(checked)
    .execute(&mut **change)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Notes until when attempts to log in have to wait somewhere, for administrators to see. It decides nothing.
pub async fn note_lock(change: &mut Change, uin: Uin, locked_until_ms: i64) -> Stored<()> {
    sqlx::query("UPDATE accounts SET locked_until_ms = $1 WHERE uin = $2 AND locked_until_ms < $1")
        .bind(locked_until_ms)
        .bind(uin.0)
        .execute(&mut **change)
        .await?;
    Ok(())
}

/// Deletes a sub-account with its sessions, memberships and attachments; `false` when there is none.
pub async fn delete(change: &mut Change, owner: Uin, uin: Uin) -> Stored<bool> {
    raise_revision(change, owner).await?;
    sqlx::query("DELETE FROM attachments WHERE owner_uin = $1 AND uin = $2").bind(owner.0).bind(uin.0).execute(&mut **change).await?;
    let done = sqlx::query("DELETE FROM accounts WHERE owner_uin = $1 AND uin = $2 AND is_root = 0")
        .bind(owner.0)
        .bind(uin.0)
        .execute(&mut **change)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Notes that nobody has to wait any more to log in to a sub-account.
pub async fn unlock(change: &mut Change, owner: Uin, uin: Uin) -> Stored<()> {
    sqlx::query("UPDATE accounts SET locked_until_ms = 0 WHERE owner_uin = $1 AND uin = $2")
        .bind(owner.0)
        .bind(uin.0)
        .execute(&mut **change)
        .await?;
    Ok(())
}
