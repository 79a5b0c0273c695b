//! What a policy is compared with: the actions and pages that there are.

use crate::text::Text;

/// An action of a catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownAction<'a> {
    /// Its full name, e.g. `trtc:DismissRoom`.
    pub name: &'a str,
    /// The six segments it is decided on, with `${…}` where the request fills something in; `None` for an operation-level action.
    pub resource: Option<&'a str>,
}

/// Whether a page opens for somebody who may do what the function given to it says.
type Opens<'a> = Box<dyn Fn(&dyn Fn(&str) -> bool) -> bool + Send + Sync + 'a>;

/// A page, and what it takes to open it.
pub struct KnownPage<'a> {
    /// What people call it.
    pub title: Text,
    /// Every action its rule names.
    pub actions: Vec<&'a str>,
    /// Its rule: a function from "may do this action" to "opens".
    pub opens: Opens<'a>,
}

/// An action by which somebody can take further rights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation<'a> {
    /// Its full name.
    pub action: &'a str,
    /// The holder itself as a resource, where the action gains nothing on it.
    pub except: Option<&'a str>,
    /// What it lets an account do, as a sentence.
    pub gains: Text,
}

/// Everything a check compares a policy with.
#[derive(Default)]
pub struct Vocabulary<'a> {
    /// All actions, in any order.
    pub actions: Vec<KnownAction<'a>>,
    /// Services that exist although none of their actions is listed; anything after their colon is taken as it is.
    pub open_services: Vec<&'a str>,
    /// Actions that exist and that nothing here asks for.
    pub elsewhere: Vec<&'a str>,
    /// Actions by which somebody can take further rights, the plainest first.
    pub escalations: Vec<Escalation<'a>>,
    /// All pages.
    pub pages: Vec<KnownPage<'a>>,
}
