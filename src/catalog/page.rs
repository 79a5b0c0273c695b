//! The shape of a page and of a control on it. The pages themselves are in [`pages`](super::pages).
//!
//! It must never render or decide: the interface draws from this and the gate decides by it.

use super::action::ActionRow;
use super::rule::Rule;
use crate::text::Text;

/// One page of the console.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    /// The stable name of the page in code, logs and tests: `app-features`.
    pub id: &'static str,
    /// The route pattern; a segment that begins with `:` stands for one value: `/apps/:id/features`.
    pub path: &'static str,
    /// The title of the page.
    pub title: Text,
    /// Its place in the navigation; `None` for a page that is reached from another one.
    pub nav: Option<Nav>,
    /// What a principal needs for the page to open at all.
    pub opens: Rule,
    /// What can be done, or seen apart, on the page beyond opening it.
    pub controls: &'static [Control],
}

/// Something on a page that asks for more than the page does: a button, a form, a panel.
#[derive(Debug, PartialEq, Eq)]
pub struct Control {
    /// The stable name, unique over all pages: the id of the page, a dot, the control.
    pub id: &'static str,
    /// What it does or shows, as a refusal names it.
    pub name: Text,
    /// What a principal needs for it, the page being open.
    pub rule: Rule,
}

/// A place in the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nav {
    /// The group it stands in.
    pub group: NavGroup,
    /// Its rank in the group, lowest first.
    pub order: u8,
    /// The name of its icon in the icon set.
    pub icon: &'static str,
}

/// A group of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NavGroup {
    /// The product: overview, usage, applications.
    Trtc,
    /// The pages of one application, shown while one is open.
    Application,
    /// Accounts, groups and policies.
    Access,
    /// The signed-in account itself, in the account menu.
    Account,
}

impl NavGroup {
    /// Every group, in the order of the screen.
    pub const ALL: [Self; 4] = [Self::Trtc, Self::Application, Self::Access, Self::Account];

    /// The heading of the group.
    #[must_use]
    pub const fn title(self) -> Text {
        match self {
            Self::Trtc => Text::new("TRTC", "实时音视频"),
            Self::Application => Text::new("Application", "应用"),
            Self::Access => Text::new("Access management", "访问管理"),
            Self::Account => Text::new("Account", "账号"),
        }
    }
}

impl Page {
    /// Whether the page belongs to one application, the `:id` of its path; its resource-level rules are decided on that one.
    #[must_use]
    pub fn is_on_application(&self) -> bool {
        self.path.strip_prefix("/apps/:id").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The address of the page for one value of its path: that of an account, a group, a policy, an application.
    #[must_use]
    pub fn of(&self, value: impl std::fmt::Display) -> String {
        let segment = |segment: &str| if segment.starts_with(':') { value.to_string() } else { segment.to_owned() };
        self.path.split('/').map(segment).collect::<Vec<_>>().join("/")
    }

    /// Every action that opens it or that a control on it needs, as its rules name them.
    pub fn actions(&self) -> impl Iterator<Item = &'static ActionRow> {
        self.opens.actions().into_iter().chain(self.controls.iter().flat_map(|control| control.rule.actions()))
    }

    /// The control of that id, or `None`.
    #[must_use]
    pub fn control(&self, id: &str) -> Option<&'static Control> {
        self.controls.iter().find(|control| control.id == id)
    }

    /// Whether the path, without query and as it stands in the request line, is one of this page. Exact: a trailing slash, an
    /// empty value or another case is another path.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let (mut pattern, mut asked) = (self.path.split('/'), path.split('/'));
        loop {
            match (pattern.next(), asked.next()) {
                (None, None) => return true,
                (Some(want), Some(got)) if fits(want, got) => {}
                _ => return false,
            }
        }
    }

    /// The value that stands at `:name` in a path of this page, still percent-encoded; `None` when the pattern has no such name
    /// or the path is not one of this page.
    #[must_use]
    pub fn param<'p>(&self, name: &str, path: &'p str) -> Option<&'p str> {
        if !self.matches(path) {
            return None;
        }
        self.path.split('/').zip(path.split('/')).find(|(want, _)| want.strip_prefix(':') == Some(name)).map(|(_, got)| got)
    }

    /// How many segments of the pattern stand for a value.
    pub(super) fn values(&self) -> usize {
        self.path.split('/').filter(|segment| segment.starts_with(':')).count()
    }
}

fn fits(want: &str, got: &str) -> bool {
    if want.starts_with(':') { !got.is_empty() } else { want == got }
}
