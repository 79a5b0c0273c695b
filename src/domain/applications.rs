//! TRTC applications and their function configuration, as browser and server both know them.
//!
//! Callback keys must never be a field of anything listed; they cross the wire alone, to who may change them.

use super::ids::{SdkAppId, Uin};
use crate::text::Text;
use serde::{Deserialize, Serialize};

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

/// Application names: up to 15 letters, digits, Chinese characters and underscores. Source: console.md.
///
/// # Errors
/// What would be right.
pub fn check_name(name: &str) -> Result<(), Text> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || ('\u{4e00}'..='\u{9fff}').contains(&c);
    if (1..=15).contains(&name.chars().count()) && name.chars().all(fits) {
        Ok(())
    } else {
        Err(Text::new("1 to 15 letters, digits, Chinese characters and `_`", "1 至 15 个字母、数字、汉字或下划线"))
    }
}

/// Application descriptions: up to 300 characters. Source: console.md.
///
/// # Errors
/// What would be right.
pub fn check_description(description: &str) -> Result<(), Text> {
    if description.chars().count() <= 300 { Ok(()) } else { Err(Text::new("at most 300 characters", "最多 300 个字符")) }
}

/// A tag: key 1–127 characters, value up to 255, neither with `&` in the key nor control characters.
///
/// # Errors
/// What would be right.
pub fn check_tag(tag: &Tag) -> Result<(), Text> {
    let right = (1..=127).contains(&tag.key.chars().count())
        && tag.value.chars().count() <= 255
        && !tag.key.contains('&')
        && !tag.key.chars().chain(tag.value.chars()).any(char::is_control);
    if right {
        Ok(())
    } else {
        Err(Text::new("a key of 1 to 127 characters without `&`, a value of up to 255", "键为 1 至 127 个字符且不含 `&`,值最多 255 个字符"))
    }
}
