//! Root accounts and sub-accounts, as browser and server both know them.
//!
//! Passwords and their hashes must never be a field here.

use super::ids::{GroupId, PolicyId, Uin};
use super::paging::OrderKey;
use crate::catalog::limits::FIRST_PASSWORD_HOURS;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// One row of the list of users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRow {
    /// UIN of the sub-account.
    pub uin: Uin,
    /// Login name, unique below its root account, whatever the case.
    pub name: String,
    /// Free text.
    pub remark: String,
    /// May not log in while set.
    pub disabled: bool,
    /// Logins have to wait until then, from some network at least; `None` when none has to now.
    pub locked_until_ms: Option<i64>,
    /// The password that somebody else chose was not changed in time: it opens nothing any more.
    pub first_password_expired: bool,
    /// When it was created, epoch milliseconds.
    pub created_ms: i64,
    /// The last login, if any.
    pub last_login_ms: Option<i64>,
}

/// Which users a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum UserFilter {
    /// All of them.
    #[default]
    All,
    /// Those that are disabled.
    Disabled,
    /// Those that still have their first password.
    FirstPassword,
    /// Those to which, or to whose groups, no policy is attached.
    WithoutPolicy,
    /// Those that hold `AdministratorAccess`, directly or through a group.
    Administrators,
}

impl UserFilter {
    /// Every filter, in the order of the screen.
    pub const ALL: [Self; 5] = [Self::All, Self::Disabled, Self::FirstPassword, Self::WithoutPolicy, Self::Administrators];

    /// The value of `filter` in an address.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Disabled => "disabled",
            Self::FirstPassword => "first-password",
            Self::WithoutPolicy => "without-policy",
            Self::Administrators => "administrators",
        }
    }

    /// The filter of a tag; anything unknown is all of them.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        Self::ALL.into_iter().find(|filter| filter.tag() == tag).unwrap_or_default()
    }
}

/// What the list of users can be ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UserOrder {
    /// The login name.
    #[default]
    Name,
    /// The UIN.
    Uin,
    /// The last login; those who never logged in come first.
    LastLogin,
    /// When it was created.
    Created,
}

impl OrderKey for UserOrder {
    const TAGS: &'static [(&'static str, Self)] =
        &[("name", Self::Name), ("uin", Self::Uin), ("login", Self::LastLogin), ("created", Self::Created)];
}

/// Something that can be chosen from all there are of its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate<I> {
    /// What it is known by.
    pub id: I,
    /// Its name.
    pub name: String,
    /// Its remark or description, which may be empty.
    pub about: Text,
}

impl<I> Candidate<I> {
    /// Something with a remark that a person of the organisation wrote: it has one wording.
    #[must_use]
    pub fn written(id: I, name: String, about: String) -> Self {
        Self { id, name, about: Text::made(about.clone(), about) }
    }
}

/// A sub-account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The account itself.
    pub row: UserRow,
    /// Its e-mail address, may be empty.
    pub email: String,
    /// Must change the password at the next login.
    pub must_change_password: bool,
}

/// A policy in force for an account or group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedPolicy {
    /// The policy.
    pub id: PolicyId,
    /// Its name.
    pub name: String,
    /// Preset policies come with the console.
    pub preset: bool,
    /// The group it comes through; `None` when attached directly.
    pub through: Option<(GroupId, String)>,
    /// When it was attached, epoch milliseconds.
    pub attached_ms: i64,
    /// When that ends by itself, epoch milliseconds; `None` for what has no end.
    pub until_ms: Option<i64>,
}

/// Name and password of a sub-account that is new or got a new password: shown once, never stored in this form.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCredential {
    /// UIN of the account.
    pub uin: Uin,
    /// UIN of its root account, part of the login link.
    pub owner_uin: Uin,
    /// Login name.
    pub name: String,
    /// The password; only when the console made it.
    pub password: Option<String>,
}

/// Never prints the password.
impl std::fmt::Debug for NewCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewCredential").field("uin", &self.uin).field("name", &self.name).finish_non_exhaustive()
    }
}

/// Counts for the CAM overview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSummary {
    /// Sub-accounts.
    pub users: i64,
    /// Sub-accounts that are disabled.
    pub users_disabled: i64,
    /// Sub-accounts that still have their first password.
    pub users_first_password: i64,
    /// User groups.
    pub groups: i64,
    /// Custom policies.
    pub policies: i64,
    /// Sub-accounts to which, or to whose groups, no policy is attached.
    pub users_without_policy: i64,
    /// Sub-accounts that hold `AdministratorAccess`, directly or through a group.
    pub users_administrator: i64,
}

/// User and group names: 1–64 letters, digits and `+=,.@-_`.
///
/// # Errors
/// What would be right. Source: cam-semantics §7 (user name rule is our choice).
pub fn check_name(name: &str) -> Result<(), Text> {
    let right = (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@-_".contains(&b));
    if right {
        Ok(())
    } else {
        Err(Text::new(
            "Use 1 to 64 characters: letters, digits and + = , . @ - _ only.",
            "请输入 1 至 64 个字符，仅限字母、数字和 + = , . @ - _。",
        ))
    }
}

/// Whether a first password that was set then is good no more.
#[must_use]
pub const fn first_password_expired(set_ms: i64, now_ms: i64) -> bool {
    now_ms - set_ms > FIRST_PASSWORD_HOURS * 3_600_000
}

/// E-mail addresses: one `@` with something before and a dotted name behind it; at most 254 bytes.
///
/// # Errors
/// What would be right.
pub fn check_email(email: &str) -> Result<(), Text> {
    let right = email.len() <= 254
        && !email.chars().any(|c| c.is_whitespace() || c.is_control())
        && email.split_once('@').is_some_and(|(local, host)| !local.is_empty() && host.contains('.') && !host.contains('@'));
    if right { Ok(()) } else { Err(Text::new("Enter a valid e-mail address.", "请输入有效的邮箱地址。")) }
}

/// Remarks: at most 200 characters, one line.
///
/// # Errors
/// What would be right.
pub fn check_remark(remark: &str) -> Result<(), Text> {
    if remark.chars().count() <= 200 && !remark.chars().any(char::is_control) {
        Ok(())
    } else {
        Err(Text::new("Use at most 200 characters on one line.", "最多 200 个字符，且不能换行。"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_published_alphabet() {
        for good in ["a", "ops-ana", "li.wei@dept_a", "x+y=z,1"] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        for bad in ["", "a b", "王", "a/b", &"x".repeat(65)] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn mail_addresses_are_checked_roughly() {
        assert!(check_email("root@acme.example").is_ok());
        for bad in ["", "root", "@x.y", "a@b", "a b@c.d", "a@b@c.d"] {
            assert!(check_email(bad).is_err(), "{bad}");
        }
    }
}
