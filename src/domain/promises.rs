//! Promises about rights: who may, or may never, do what, written down so that no change of rights breaks them unseen.
//!
//! It must never say whether a promise is kept; the gate works that out.

use super::ids::{GroupId, PolicyId, PromiseId, SdkAppId, Uin};
use super::rights::Choices;
use crate::cam::Outlook;
use crate::catalog::page::Page;
use crate::catalog::rule::Rule;
use crate::catalog::service::find_action;
use crate::catalog::{ActionRow, pages};
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// Length of the name of a promise, in characters.
pub const MAX_NAME_CHARS: usize = 80;
/// Length of the reason for which a promise may be broken, in characters.
pub const REASON_CHARS: std::ops::RangeInclusive<usize> = 10..=300;
/// For how long the root account may break a promise that it has set aside, in minutes.
pub const ASIDE_MINS: i64 = 15;

/// Whom a promise is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Who {
    /// Every sub-account, present and to come; the root account is above all promises.
    Everybody,
    /// One sub-account.
    User(Uin),
    /// Every member of a user group.
    Group(GroupId),
}

impl Who {
    /// As stored and as forms send it.
    #[must_use]
    pub fn tag(self) -> String {
        match self {
            Self::Everybody => "everybody".to_owned(),
            Self::User(uin) => format!("user:{uin}"),
            Self::Group(group) => format!("group:{group}"),
        }
    }

    /// What a tag says.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag.split_once(':') {
            None => (tag == "everybody").then_some(Self::Everybody),
            Some(("user", number)) => number.parse().ok().map(Self::User),
            Some(("group", number)) => number.parse().ok().map(Self::Group),
            Some(_) => None,
        }
    }
}

/// What is promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Expects {
    /// It is permitted to everyone named, now, from every address, with a second factor and without.
    May,
    /// It cannot be permitted to anyone named: from no address, at no time, with no tag.
    MayNever,
}

impl Expects {
    /// As stored and as forms send it.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::May => "may",
            Self::MayNever => "may_never",
        }
    }

    /// What a tag says.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        [Self::May, Self::MayNever].into_iter().find(|one| one.tag() == tag)
    }
}

/// On which applications; what is about no application is on any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Place {
    /// At least one, be it one that is yet to come: what may never be done on any application may be done on none.
    Any,
    /// Every one that there is.
    All,
    /// One.
    App(SdkAppId),
}

impl Place {
    /// As stored and as forms send it.
    #[must_use]
    pub fn tag(self) -> String {
        match self {
            Self::Any => "any".to_owned(),
            Self::All => "all".to_owned(),
            Self::App(id) => id.to_string(),
        }
    }

    /// What a tag says.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag {
            "any" => Some(Self::Any),
            "all" => Some(Self::All),
            number => number.parse().ok().map(Self::App),
        }
    }
}

/// An action of the console, or a page, which is as much as the rule that opens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// One action.
    Action(&'static ActionRow),
    /// A page.
    Page(&'static Page),
}

impl What {
    /// What a tag says: an action in full, or `page:` and the id of a page. `None` for what the console does not have, and for pages that are open to
    /// everybody who is logged in.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag.strip_prefix("page:") {
            Some(id) => pages::find(id).filter(|page| page.opens != Rule::SignedIn).map(Self::Page),
            None => find_action(tag).map(Self::Action),
        }
    }

    /// As stored and as forms send it.
    #[must_use]
    pub fn tag(self) -> String {
        match self {
            Self::Action(row) => row.full.to_owned(),
            Self::Page(page) => format!("page:{}", page.id),
        }
    }

    /// The rule that is asked.
    #[must_use]
    pub const fn rule(self) -> Rule {
        match self {
            Self::Action(row) => Rule::Action(row),
            Self::Page(page) => page.opens,
        }
    }

    /// Whether it is about applications.
    #[must_use]
    pub fn is_about_applications(self) -> bool {
        self.rule().actions().iter().any(|row| matches!(row.service, "trtc" | "tag"))
    }
}

/// A promise.
///
/// **May never** is kept when no request of that kind can be permitted to anybody whom it names, whatever address, time, second factor and tags it
/// comes with, and on whatever application that there may come to be where it is about any. It is worked out from the statements, never tried out,
/// and where they cannot tell, it counts as broken. **May** is kept when the gate permits it to every account named, as it asks for requests to this
/// console, whatever address and second factor they come with. A promise about a user or user group that is not there is broken: nothing keeps it.
/// Whether an account is disabled or has its first password does not matter; both pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// Its number.
    pub id: PromiseId,
    /// Its name.
    pub name: String,
    /// Whom it is about.
    pub who: Who,
    /// What is promised.
    pub expects: Expects,
    /// The tag of a [`What`].
    pub what: String,
    /// On which applications.
    pub place: Place,
    /// Login name of who wrote it.
    pub created_by: String,
    /// When, epoch milliseconds.
    pub created_ms: i64,
    /// Until when the root account may break it, epoch milliseconds, and why; 0 and empty when it may not.
    pub aside: (i64, String),
}

impl Promise {
    /// Whether the root account may break it.
    #[must_use]
    pub const fn is_aside(&self, now_ms: i64) -> bool {
        self.aside.0 > now_ms
    }
}

/// What a promise comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// It is kept.
    Kept,
    /// It is not: somebody shows it.
    Broken(Box<Breach>),
    /// Whom or what it names is not there, so nothing keeps it.
    Gone,
    /// A policy or the promise itself cannot be read; it counts as broken.
    Undecided,
}

/// A request that shows that a promise is broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// Who.
    pub uin: Uin,
    /// Its login name.
    pub name: String,
    /// The action.
    pub action: String,
    /// `*` or six segments.
    pub resource: String,
    /// What the request comes to.
    pub outlook: Outlook,
    /// The policy, its name and the number of the statement from 1, that makes it so; `None` where nothing allows it.
    pub by: Option<(PolicyId, String, u32)>,
}

impl Breach {
    /// The breach as a sentence.
    #[must_use]
    pub fn text(&self) -> Text {
        let Self { name, action, resource, outlook, .. } = self;
        let (en, zh) = match outlook {
            Outlook::Always => ("can perform", "可以执行"),
            Outlook::Sometimes => ("can perform, under a condition,", "在一定条件下可以执行"),
            Outlook::No | Outlook::Denied => ("cannot perform", "无法执行"),
        };
        let by = self.by.as_ref();
        let (by_en, by_zh) = by.map_or_else(Default::default, |(_, policy, number)| {
            (format!(", by statement {number} of policy {policy}"), format!("，依据策略 {policy} 的第 {number} 条语句"))
        });
        Text::made(format!("{name} {en} {action} on {resource}{by_en}."), format!("{name} {zh} {action}（资源 {resource}）{by_zh}。"))
    }
}

impl Standing {
    /// Why a promise is not kept; `None` when it is.
    #[must_use]
    pub fn why(&self) -> Option<Text> {
        match self {
            Self::Kept => None,
            Self::Broken(breach) => Some(breach.text()),
            Self::Gone => Some(Text::new("The user or user group that it names does not exist.", "其指定的用户或用户组不存在。")),
            Self::Undecided => Some(Text::new(
                "It cannot be decided, because a policy or the promise cannot be read.",
                "策略或该权限承诺无法读取，因此无法判断。",
            )),
        }
    }
}

/// A promise and what it comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromiseRow {
    /// The promise.
    pub promise: Promise,
    /// The name of the user or user group; empty for everybody, and for what is not there.
    pub who_name: String,
    /// What it comes to.
    pub standing: Standing,
}

/// The fields of the form that writes a promise down, as [`Who`], [`Expects`], [`What`] and [`Place`] read them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PromiseForm {
    /// Its name.
    pub name: String,
    /// Whom it is about.
    pub who: String,
    /// What is promised.
    pub expects: String,
    /// An action or a page.
    pub what: String,
    /// On which applications.
    pub place: String,
}

/// What the page of promises shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promises {
    /// By name.
    pub rows: Vec<PromiseRow>,
    /// The users and applications to choose from.
    pub choices: Choices,
    /// The user groups to choose from.
    pub groups: Vec<(GroupId, String)>,
    /// As of when, epoch milliseconds.
    pub as_of_ms: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_come_back_as_they_went() {
        for who in [Who::Everybody, Who::User(Uin(7)), Who::Group(GroupId(8))] {
            assert_eq!(Who::from_tag(&who.tag()), Some(who));
        }
        for place in [Place::Any, Place::All, Place::App(SdkAppId(1_400_000_001))] {
            assert_eq!(Place::from_tag(&place.tag()), Some(place));
        }
        for expects in [Expects::May, Expects::MayNever] {
            assert_eq!(Expects::from_tag(expects.tag()), Some(expects));
        }
        for what in ["trtc:DismissRoom", "page:usage", "cam:AddUser"] {
            assert_eq!(What::from_tag(what).unwrap().tag(), what);
        }
        for wrong in ["", "role:1", "user:x", "trtc:*", "page:none", "page:account"] {
            assert!(Who::from_tag(wrong).is_none() && What::from_tag(wrong).is_none() && Place::from_tag(wrong).is_none(), "{wrong}");
        }
    }
}
