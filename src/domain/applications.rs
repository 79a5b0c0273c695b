//! TRTC applications and their tags, as browser and server both know them.
//!
//! Callback keys must never be a field of anything listed; they cross the wire alone, to who may change them.

use super::callback_config::Unregistered;
use super::fault::Fault;
use super::free_text::check_printable;
use super::ids::{SdkAppId, Uin};
use super::paging::{OrderKey, Page};
use crate::catalog::limits::{
    MAX_APP_DESCRIPTION_CHARS, MAX_APP_NAME_CHARS, MAX_TAG_KEY_CHARS, MAX_TAG_VALUE_CHARS, MAX_TAGS_PER_CHANGE, MAX_TAGS_PER_RESOURCE,
    RESERVED_TAG_KEY_PREFIXES, RESERVED_TAG_KEYS,
};
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Whether an application works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AppStatus {
    /// In use.
    Normal,
    /// Switched off; can be deleted.
    Disabled,
}

impl AppStatus {
    /// As stored.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Disabled => "disabled",
        }
    }

    /// From the store; anything unknown is disabled, the safe reading.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        if tag == "normal" { Self::Normal } else { Self::Disabled }
    }

    /// As shown.
    #[must_use]
    pub fn text(self) -> Text {
        match self {
            Self::Normal => Text::new("Normal", "正常"),
            Self::Disabled => Text::new("Disabled", "已停用"),
        }
    }
}

/// A tag that classifies an application; CAM can authorise by it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Tag {
    /// The key, without `&`.
    pub key: String,
    /// The value, may be empty.
    pub value: String,
}

/// An application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Its number.
    pub id: SdkAppId,
    /// Its name, unique below the root account.
    pub name: String,
    /// Free text.
    pub description: String,
    /// Normal or disabled.
    pub status: AppStatus,
    /// Who created it.
    pub created_by: Uin,
    /// When, epoch milliseconds.
    pub created_ms: i64,
    /// Sorted by key.
    pub tags: Vec<Tag>,
}

/// The applications a person may list, or those of them that match a search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppList {
    /// The matching ones.
    pub page: Page<Application>,
    /// How many the person may list, for "3 of 12 applications".
    pub listed: i64,
    /// How many the root account has.
    pub of: i64,
    /// Numbers whose callbacks arrive here without an application; for the root account alone.
    pub unregistered: Vec<Unregistered>,
}

/// An application with what the person may do on its pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppHead {
    /// The application.
    pub app: Application,
    /// Login name of who created it; empty when that account is gone.
    pub creator: String,
    /// Ids of the catalogue's pages of this application that may be opened: its tabs.
    pub pages: Vec<String>,
    /// Ids of the catalogue's controls on these pages that are granted on this application.
    pub controls: Vec<String>,
}

impl AppHead {
    /// Whether a control of the catalogue, such as `app.edit`, is granted on this application.
    #[must_use]
    pub fn may(&self, control: &str) -> bool {
        self.controls.iter().any(|granted| granted == control)
    }
}

impl Application {
    /// Whether the application is found by what somebody searches for: a part of its name, of its number, or of a tag written
    /// `key=value` or `key:value`. Case does not count, and an empty search finds everything.
    #[must_use]
    pub fn matches(&self, search: &str) -> bool {
        let wanted = search.trim().to_lowercase();
        self.name.to_lowercase().contains(&wanted)
            || self.id.to_string().contains(&wanted)
            || self.tags.iter().any(|tag| {
                let (key, value) = (tag.key.to_lowercase(), tag.value.to_lowercase());
                format!("{key}={value}").contains(&wanted) || format!("{key}:{value}").contains(&wanted)
            })
    }
}

/// What the list of applications can be ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ApplicationOrder {
    /// The SDKAppID.
    #[default]
    Id,
    /// The name.
    Name,
    /// When it was created.
    Created,
}

impl OrderKey for ApplicationOrder {
    const TAGS: &'static [(&'static str, Self)] = &[("id", Self::Id), ("name", Self::Name), ("created", Self::Created)];
}

/// The SDKAppID of an application that exists at TRTC: ten digits. Nothing entered lets the console generate a number, for trying out.
///
/// # Errors
/// What would be right.
pub fn check_sdk_app_id(typed: &str) -> Result<Option<SdkAppId>, Text> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let right = typed.len() == 10 && !typed.starts_with('0') && typed.bytes().all(|byte| byte.is_ascii_digit());
    typed.parse().ok().filter(|_| right).map(|id| Some(SdkAppId(id))).ok_or_else(|| {
        Text::new("An SDKAppID has 10 digits. Copy it from the TRTC console.", "SDKAppID 为 10 位数字，请从 TRTC 控制台复制。")
    })
}

/// Application names: up to 15 letters, digits, Chinese characters and underscores. Source: console.md.
///
/// # Errors
/// What would be right.
pub fn check_name(name: &str) -> Result<(), Text> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || ('\u{4e00}'..='\u{9fff}').contains(&c);
    if (1..=MAX_APP_NAME_CHARS).contains(&name.chars().count()) && name.chars().all(fits) {
        Ok(())
    } else {
        Err(Text::made(
            format!("Use 1 to {MAX_APP_NAME_CHARS} letters, digits, Chinese characters or underscores."),
            format!("请输入 1 至 {MAX_APP_NAME_CHARS} 个字母、数字、汉字或下划线。"),
        ))
    }
}

/// Application descriptions: up to 300 characters without control characters; line breaks may be. Source: console.md.
///
/// # Errors
/// What would be right.
pub fn check_description(description: &str) -> Result<(), Text> {
    if description.chars().count() > MAX_APP_DESCRIPTION_CHARS {
        return Err(Text::made(
            format!("Use at most {MAX_APP_DESCRIPTION_CHARS} characters."),
            format!("最多 {MAX_APP_DESCRIPTION_CHARS} 个字符。"),
        ));
    }
    check_printable(description)
}

/// A tag: key of 1–127 and value of up to 255 letters, digits, spaces and `+-=._:/@()[]`, the key not a reserved one.
/// Source: cam-semantics.md, limits. `&` is in neither, so `key&value` of a policy is never ambiguous.
///
/// # Errors
/// What would be right.
pub fn check_tag(tag: &Tag) -> Result<(), Text> {
    let fits = |text: &str| text.chars().all(|c| c.is_alphanumeric() || c == ' ' || "+-=._:/@()[]".contains(c)) && text.trim() == text;
    let key = tag.key.to_lowercase();
    if RESERVED_TAG_KEYS.contains(&key.as_str()) || RESERVED_TAG_KEY_PREFIXES.iter().any(|prefix| key.starts_with(prefix)) {
        return Err(Text::made(
            format!("The tag key “{}” is reserved. Choose another one.", tag.key),
            format!("标签键「{}」为系统保留，请使用其他键。", tag.key),
        ));
    }
    let right = (1..=MAX_TAG_KEY_CHARS).contains(&tag.key.chars().count())
        && tag.value.chars().count() <= MAX_TAG_VALUE_CHARS
        && fits(&tag.key)
        && fits(&tag.value);
    if right {
        Ok(())
    } else {
        Err(Text::made(
            format!(
                "Tag “{}”: use a key of 1 to {MAX_TAG_KEY_CHARS} and a value of up to {MAX_TAG_VALUE_CHARS} letters, digits, spaces and + - = . _ : / @ ( ) [ ] only.",
                tag.key
            ),
            format!(
                "标签「{}」：键为 1 至 {MAX_TAG_KEY_CHARS} 个字符，值最多 {MAX_TAG_VALUE_CHARS} 个字符，仅限字母、汉字、数字、空格和 + - = . _ : / @ ( ) [ ]。",
                tag.key
            ),
        ))
    }
}

/// Whether an application may have so many tags.
///
/// # Errors
/// [`Fault::Limit`].
pub fn check_tag_count(count: usize) -> Result<(), Fault> {
    if count <= MAX_TAGS_PER_RESOURCE {
        return Ok(());
    }
    Err(Fault::limit(&Text::new("tags per application", "单个应用的标签"), i64::try_from(MAX_TAGS_PER_RESOURCE).unwrap_or(i64::MAX)))
}

/// What a form of tags asks for: each row is a tag as it was (empty for a new row) and as it is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagChange {
    /// Tags to set: new ones, and those with another value.
    pub set: Vec<Tag>,
    /// Keys to take off.
    pub remove: Vec<String>,
}

impl TagChange {
    /// Whether a tag of this key is another one afterwards, or gone.
    #[must_use]
    pub fn touches(&self, key: &str) -> bool {
        self.remove.iter().any(|removed| removed == key) || self.set.iter().any(|tag| tag.key == key)
    }

    /// Reads the rows of a form, column by column. A row whose key was emptied removes its tag; an untouched row asks for nothing, so that
    /// it is not part of the request that conditions on `qcs:request_tag` judge. How many rows there are is nobody's promise: this takes
    /// time in proportion to them and no more.
    #[must_use]
    pub fn of_rows(old_keys: &[String], old_values: &[String], keys: &[String], values: &[String]) -> Self {
        let cell = |column: &[String], row: usize| column.get(row).map_or_else(String::new, |text| text.trim().to_owned());
        let mut change = Self::default();
        for row in 0..keys.len().max(old_keys.len()) {
            let old = Tag { key: cell(old_keys, row), value: cell(old_values, row) };
            let new = Tag { key: cell(keys, row), value: cell(values, row) };
            if !new.key.is_empty() && new != old {
                change.set.push(new.clone());
            }
            // No tag has a key with a control character, and PostgreSQL has no text with a NUL in it.
            if !old.key.is_empty() && new.key != old.key && !old.key.contains(char::is_control) {
                change.remove.push(old.key);
            }
        }
        // A key that moved to another row is set, not removed; and what is gone is removed once.
        let Self { set, remove } = &mut change;
        let mut gone: HashSet<String> = set.iter().map(|tag| tag.key.clone()).collect();
        remove.retain(|key| gone.insert(key.clone()));
        change
    }

    /// Whether so much may be asked for at once. Asked before anything looks at each tag: the gate, too, judges one after the other.
    ///
    /// # Errors
    /// [`Fault::Invalid`] with the limit.
    pub fn check_size(&self) -> Result<(), Fault> {
        if self.set.len() + self.remove.len() <= MAX_TAGS_PER_CHANGE {
            return Ok(());
        }
        Err(Fault::invalid(
            "keys[]",
            Text::made(
                format!("You can change at most {MAX_TAGS_PER_CHANGE} tags at once. Save in several steps."),
                format!("单次最多修改 {MAX_TAGS_PER_CHANGE} 个标签，请分次保存。"),
            ),
        ))
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(key: &str, value: &str) -> Tag {
        Tag { key: key.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn names_are_short_words() {
        for right in ["a", "live_1", "在线课堂", &"x".repeat(15), &"课".repeat(15)] {
            assert_eq!(check_name(right), Ok(()), "{right}");
        }
        for wrong in ["", "a b", "a-b", "é", "a\n", &"x".repeat(16)] {
            assert!(check_name(wrong).is_err(), "{wrong}");
        }
        assert!(check_description(&"x".repeat(300)).is_ok() && check_description(&"x".repeat(301)).is_err());
        assert!(check_description("one\r\ntwo").is_ok() && check_description("\u{1b}[2J").is_err());
    }

    #[test]
    fn tags_are_of_the_documented_characters() {
        for (key, value) in [("env", ""), ("部门", "客服 A"), ("a+-=._:/@()[]", "1"), (&"k".repeat(127), &"v".repeat(255))] {
            assert_eq!(check_tag(&tag(key, value)), Ok(()), "{key}={value}");
        }
        let long = ("k".repeat(128), "v".repeat(256));
        for (key, value) in [
            ("", "x"),
            (" a", ""),
            ("a&b", ""),
            ("a", "b&c"),
            ("a", "x\u{0}"),
            (long.0.as_str(), ""),
            ("a", long.1.as_str()),
            ("qcs:x", ""),
            ("Project:1", ""),
            ("qcloud", "1"),
        ] {
            assert!(check_tag(&tag(key, value)).is_err(), "{key}={value}");
        }
    }

    #[test]
    fn an_untouched_row_is_no_change() {
        let rows = |texts: [&str; 5]| texts.map(ToOwned::to_owned).to_vec();
        let change = TagChange::of_rows(
            &rows(["keep", "edit", "drop", "rename", ""]),
            &rows(["1", "1", "1", "1", ""]),
            &rows(["keep", "edit", "", "renamed", " new "]),
            &rows(["1", "2", "", "1", " x "]),
        );
        assert_eq!(change.set, [tag("edit", "2"), tag("renamed", "1"), tag("new", "x")]);
        assert_eq!(change.remove, ["drop", "rename"]);
        assert!(TagChange::of_rows(&[], &[], &rows([""; 5]), &[]).is_empty());
    }

    #[test]
    fn a_key_that_changed_its_row_stays() {
        let old = ["a".to_owned(), "b".to_owned()];
        let new = ["b".to_owned(), "a".to_owned()];
        let values = ["1".to_owned(), "2".to_owned()];
        let change = TagChange::of_rows(&old, &values, &new, &values);
        assert_eq!((change.set.len(), change.remove.len()), (2, 0));
    }

    #[test]
    fn applications_are_found_by_name_number_and_tag() {
        let app = Application {
            id: SdkAppId(1_400_000_012),
            name: "Live_课堂".to_owned(),
            description: "secret words".to_owned(),
            status: AppStatus::Normal,
            created_by: Uin(1),
            created_ms: 0,
            tags: vec![tag("Env", "Prod")],
        };
        for found in ["", "  ", "live", "课堂", "1400000012", "0012", "env=prod", "ENV:PROD", "prod"] {
            assert!(app.matches(found), "{found}");
        }
        for not_found in ["env=dev", "13", "secret", "prod=env"] {
            assert!(!app.matches(not_found), "{not_found}");
        }
    }
}
