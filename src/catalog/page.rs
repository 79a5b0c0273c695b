//! The shape of a page and of a control on it, and finding the page a path belongs to. The pages themselves are in
//! [`pages`](super::pages).
//!
//! It must never render or decide: the interface draws from this and the gate decides by it.

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
    fn values(&self) -> usize {
        self.path.split('/').filter(|segment| segment.starts_with(':')).count()
    }
}

fn fits(want: &str, got: &str) -> bool {
    if want.starts_with(':') { !got.is_empty() } else { want == got }
}

/// The page a path belongs to, without query; a page with that very word (`/cam/users/new`) goes before one with a value
/// there (`/cam/users/:uin`). `None`: the console has no such page, and the gate refuses.
#[must_use]
pub fn at(path: &str) -> Option<&'static Page> {
    all().filter(|page| page.matches(path)).min_by_key(|page| page.values())
}

/// The page of that id, or `None`.
#[must_use]
pub fn find(id: &str) -> Option<&'static Page> {
    all().find(|page| page.id == id)
}

/// Every page, in the order of the navigation.
pub fn all() -> impl Iterator<Item = &'static Page> + Clone {
    super::pages::ALL.iter().copied()
}

/// The pages of one group of the navigation, in order; whether a principal may open them is not asked here.
pub fn in_group(group: NavGroup) -> impl Iterator<Item = &'static Page> + Clone {
    all().filter(move |page| page.nav.is_some_and(|nav| nav.group == group))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::tests::assert_bilingual;
    use std::collections::HashSet;

    #[test]
    fn ids_paths_and_controls_are_unique_and_named() {
        let (mut ids, mut paths, mut controls) = (HashSet::new(), HashSet::new(), HashSet::new());
        for page in all() {
            assert!(ids.insert(page.id) && paths.insert(page.path), "{}", page.id);
            assert!(!page.id.contains([':', '.']), "`{}` could be taken for an action or a control", page.id);
            assert_bilingual(&page.title, page.id);
            for control in page.controls {
                assert!(controls.insert(control.id), "{}", control.id);
                assert_eq!(control.id.split_once('.').map(|(of, _)| of), Some(page.id), "{}", control.id);
                assert_eq!(page.control(control.id), Some(control));
                assert_bilingual(&control.name, control.id);
            }
            assert_eq!(find(page.id), Some(page));
        }
    }

    #[test]
    fn the_navigation_is_in_order_and_every_group_has_pages() {
        for group in NavGroup::ALL {
            if group != NavGroup::Trtc {
                assert_bilingual(&group.title(), "group");
            }
            let orders: Vec<u8> = in_group(group).filter_map(|page| page.nav).map(|nav| nav.order).collect();
            assert!(!orders.is_empty() && orders.is_sorted_by(|a, b| a < b), "{group:?}: {orders:?}");
        }
        for page in in_group(NavGroup::Application) {
            assert!(page.is_on_application(), "{}", page.id);
        }
    }

    #[test]
    fn a_path_belongs_to_one_page() {
        let id = |path| at(path).map(|page| page.id);
        assert_eq!(id("/"), Some("overview"));
        assert_eq!(id("/apps"), Some("apps"));
        assert_eq!(id("/apps/1400000001"), Some("app"));
        assert_eq!(id("/apps/1400000001/features"), Some("app-features"));
        assert_eq!(id("/cam/users/new"), Some("user-new"));
        assert_eq!(id("/cam/users/100000000002"), Some("user"));
        assert_eq!(id("/cam/policies/7/edit"), Some("policy-edit"));
        for page in all() {
            assert_eq!(at(page.path), Some(page), "the pattern `{}` belongs to another page", page.path);
        }
    }

    #[test]
    fn a_path_that_is_not_exact_belongs_to_none() {
        for path in [
            "",
            "apps",
            "/apps/",
            "/apps//features",
            "//",
            "/Apps",
            "/apps/1/features/",
            "/apps/1/secret",
            "/monitor",
            "/packages",
            "/cam/settings",
        ] {
            assert_eq!(at(path), None, "{path}");
        }
    }

    #[test]
    fn values_are_read_from_the_path() {
        let features = find("app-features").unwrap();
        assert_eq!(features.of(1_400_000_001), "/apps/1400000001/features");
        assert_eq!(features.param("id", "/apps/1400000001/features"), Some("1400000001"));
        assert_eq!(features.param("uin", "/apps/1400000001/features"), None);
        assert_eq!(features.param("id", "/apps/1400000001"), None);
        assert!(features.is_on_application() && !find("apps").unwrap().is_on_application() && !find("user").unwrap().is_on_application());
    }
}
