//! Who is signed in, and what the frame of the console shows that person.
//!
//! Must never hold the token of a session.

use super::ids::{SdkAppId, Uin};
use crate::catalog::pages;
use crate::text::Lang;
use serde::{Deserialize, Serialize};

/// The theme of the console.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Theme {
    /// As the operating system has it.
    #[default]
    System,
    /// Dark on white.
    Light,
    /// White on dark.
    Dark,
}

impl Theme {
    /// The value of `data-theme` and of the theme cookie.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of a tag; anything unknown is the system's.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        match tag {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

/// Language and theme of a request, known even before login.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// Language of every word on the page.
    pub lang: Lang,
    /// Theme of the page.
    pub theme: Theme,
}

/// The person signed in and the permitted set: everything the frame and the pages need to show or hide things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// UIN of the account.
    pub uin: Uin,
    /// UIN of its root account.
    pub owner_uin: Uin,
    /// Login name; for a root account its e-mail address.
    pub name: String,
    /// Root accounts may do everything.
    pub is_root: bool,
    /// This account is only seen, by its root account.
    pub viewing: Option<Viewing>,
    /// The data of this organisation was made up.
    pub demo: bool,
    /// Minutes to add to UTC for the calendar days and times shown.
    pub utc_offset_mins: i64,
    /// The server's time when it answered, epoch milliseconds: what is said about a policy that ends must not depend on the browser's clock.
    pub now_ms: i64,
    /// Ids of the catalogue's pages in the navigation that this account may open.
    pub pages: Vec<String>,
    /// The applications this account may list, by number.
    pub apps: Vec<SessionApp>,
    /// Ids of the catalogue's controls that are granted on at least one resource; what is not here is granted nowhere.
    pub controls: Vec<String>,
}

impl Session {
    /// Whether a control of the catalogue, such as `apps.create`, is granted on at least one resource.
    #[must_use]
    pub fn may(&self, control: &str) -> bool {
        self.controls.iter().any(|granted| granted == control)
    }

    /// The path of the first page of the navigation that this account may open; everybody may open My account, which comes last.
    #[must_use]
    pub fn home(&self) -> &'static str {
        let pages = self.pages.iter().filter_map(|id| pages::find(id));
        pages.map(|page| page.path).find(|path| !path.contains(':')).unwrap_or("/account")
    }
}

/// A root account sees the console as another account, and can change nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewing {
    /// It has come to its end, and root has not yet gone on as itself.
    pub over: bool,
}

/// An application as the frame offers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionApp {
    /// Its SDKAppID.
    pub id: SdkAppId,
    /// Its name.
    pub name: String,
    /// Ids of the catalogue's pages that this account may open on it: those of one application, and `usage`.
    pub pages: Vec<String>,
}

/// One session of an account, as listed under My account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// Names the session without being able to continue it.
    pub id: String,
    /// The one that asks.
    pub current: bool,
    /// The address it was opened from.
    pub address: String,
    /// The browser, as it described itself.
    pub agent: String,
    /// When it was opened, epoch milliseconds.
    pub created_ms: i64,
    /// When it was last used, to the minute.
    pub seen_ms: i64,
}
