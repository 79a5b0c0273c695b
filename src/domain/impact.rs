//! What a change of a policy does to the screens of the people for whom it counts: pages and controls that they gain and lose.
//!
//! It must never decide: the gate works it out, and what is told of it here is bounded.

use super::ids::{SdkAppId, Uin};
use crate::catalog::action::{Action as _, ActionRow, trtc};
use crate::catalog::page::Page;
use crate::catalog::pages;
use crate::catalog::rule::Rule;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// A page of the console, or a control on one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Its id in the catalogue: `usage`, `app.edit`.
    pub id: &'static str,
    /// The page.
    pub page: &'static Page,
    /// What it is called.
    pub name: &'static Text,
    /// What it needs.
    pub rule: Rule,
}

impl Screen {
    /// Every page and control, in the order of the catalogue. What everybody signed in may open is none that could change.
    pub fn all() -> impl Iterator<Item = Self> {
        pages::all().filter(|page| page.opens != Rule::SignedIn).flat_map(|page| {
            let itself = Self { id: page.id, page, name: &page.title, rule: page.opens };
            let controls = page.controls.iter();
            std::iter::once(itself).chain(controls.map(move |control| Self {
                id: control.id,
                page,
                name: &control.name,
                rule: control.rule,
            }))
        })
    }

    /// The page or control of that id, or `None`.
    #[must_use]
    pub fn find(id: &str) -> Option<Self> {
        Self::all().find(|screen| screen.id == id)
    }

    /// Whether it is another thing for each application.
    #[must_use]
    pub fn is_by_application(&self) -> bool {
        self.page.is_on_application() || self.rule.actions().iter().any(|row| row.is_on_application())
    }

    /// Whether it can be there without an application, too.
    #[must_use]
    pub fn is_by_itself(&self) -> bool {
        !self.page.is_on_application()
    }

    /// The actions whose answers it depends on.
    #[must_use]
    pub fn actions(&self) -> Vec<&'static ActionRow> {
        let listed = self.is_by_application().then_some(trtc::DescribeAppStatList::ROW);
        self.rule.actions().into_iter().chain(listed).collect()
    }
}

/// The impact of a draft of a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Impact {
    /// Accounts for which the policy counts.
    pub reached: usize,
    /// Of these, those to which it is attached directly.
    pub directly: usize,
    /// Accounts that gain or lose something.
    pub changed: usize,
    /// Screens gained, summed over the people.
    pub gained: usize,
    /// Screens lost, summed over the people.
    pub lost: usize,
    /// Who gains or loses something, by name; at most [`MAX_PEOPLE`].
    pub people: Vec<Person>,
    /// The applications that are named, by number.
    pub apps: Vec<(SdkAppId, String)>,
    /// Whether the reader may not know of every application, so that only those it may list are spoken of.
    pub within_scope: bool,
}

/// People that are told one by one.
pub const MAX_PEOPLE: usize = 200;
/// Applications that are named for one person and screen.
pub const MAX_APPS: usize = 6;

/// One account with what changes for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The account.
    pub uin: Uin,
    /// Its login name.
    pub name: String,
    /// Whether the policy is attached to it directly.
    pub direct: bool,
    /// The user groups through which the policy counts for it.
    pub groups: Vec<String>,
    /// When the policy ends to count for it by itself, epoch milliseconds; `None` while one of the ways has no end.
    pub until_ms: Option<i64>,
    /// What changes, in the order of the catalogue.
    pub changes: Vec<ScreenChange>,
}

/// What changes of one screen for one account, in one direction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScreenChange {
    /// The id of the page or control.
    pub screen: String,
    /// It is gained; otherwise it is lost.
    pub gained: bool,
    /// Only under other conditions than those of the reader's own request, such as another address or time.
    pub elsewhere: bool,
    /// The screen as a whole appears or goes.
    pub whole: bool,
    /// It changes on every application of the organisation that the reader may list.
    pub everywhere: bool,
    /// Where it changes; at most [`MAX_APPS`].
    pub apps: Vec<SdkAppId>,
    /// Applications beyond those.
    pub more: usize,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_page_and_control_is_a_screen_once_but_the_own_account() {
        let screens: Vec<Screen> = Screen::all().collect();
        let ids: HashSet<&str> = screens.iter().map(|screen| screen.id).collect();
        let controls = pages::all().map(|page| page.controls.len()).sum::<usize>();
        assert_eq!((screens.len(), ids.len()), (pages::all().count() + controls - 1, screens.len()));
        assert!(!ids.contains("account") && screens.iter().all(|screen| Screen::find(screen.id) == Some(*screen)));
    }

    #[test]
    fn screens_know_what_they_are_about() {
        let about = |id: &str| Screen::find(id).map(|screen| (screen.is_by_application(), screen.is_by_itself()));
        assert_eq!(about("usage"), Some((true, true)));
        assert_eq!(about("overview.totals"), Some((false, true)));
        assert_eq!(about("app-features.relay"), Some((true, false)), "decided on all resources, and there for each application");
        assert_eq!(about("policy.edit"), Some((false, true)));
        let relay = Screen::find("app-features.relay").unwrap();
        assert_eq!(relay.actions().iter().map(|row| row.name).collect::<Vec<_>>(), ["ModifyMixConf", "DescribeAppStatList"]);
    }
}
