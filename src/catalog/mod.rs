//! Everything that can be done here, as data: actions, operations, pages and their controls, preset policies, limits.
//!
//! It must never do anything itself, and nothing outside it may name a permission of its own: a new capability starts as a row here.
//!
//! **To add an action:** one line in `action/<service>.rs`. Policies can name it then, and pages and operations can ask for it.
//!
//! **To add an operation:** an entry in `operations.rs` (its server functions, what it is done to, its rule, whether it wants a proof of the
//! password). It is then a type, and a use case asks for `Permit<operations::YourOperation>`.
//!
//! **To add a page:** a page in `pages.rs` (its path, what opens it, its controls), a component in `ui/pages/`, one `<Route>` in `ui/app.rs`.
//! The navigation, the gate and the tests follow from the catalogue.
//!
//! | to find | ask |
//! |---|---|
//! | an action by its full name, or all of them | [`service::find_action`], [`actions`] |
//! | a service, or all of them | [`Service::find`], [`services`] |
//! | the page of a path or of an id, all pages, a group of the navigation | [`pages::at`], [`pages::find`], [`pages::all`], [`pages::in_group`] |
//! | what a page or control needs, and adding up the answers | [`Rule`], [`Rule::holds`] |
//! | an action, an operation or a page as a type | `action::trtc::*` and its like, [`operations`], [`pages`] |
//! | what a server function does, needs and keeps secret | [`operations::of`] |
//! | what `cam::check` compares a policy with | [`vocabulary`] |
//! | which fields of a form are secret | [`secret::of`] |
//! | preset policies, limits | [`presets`], [`limits`] |

#![deny(missing_docs)]

pub mod action;
pub mod limits;
pub mod operation;
pub mod operations;
pub mod page;
pub mod pages;
pub mod preset;
pub mod rule;
pub mod secret;
pub mod service;
mod vocabulary;

pub use action::{Access, Action, ActionRow};
pub use page::{Control, Nav, NavGroup, Page};
pub use preset::{Preset, presets};
pub use rule::Rule;
pub use service::{Service, actions, services};
pub use vocabulary::vocabulary;

#[cfg(test)]
mod tests {
    use crate::text::Text;

    /// Both wordings are there, trimmed, and the Chinese one is Chinese while the English one is not.
    pub(super) fn assert_bilingual(text: &Text, of: &str) {
        let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        for wording in [&text.en, &text.zh] {
            assert!(!wording.is_empty() && wording.trim() == *wording, "{of}: `{wording}`");
        }
        assert!(text.en.is_ascii(), "{of}: `{}` is not English", text.en);
        assert!(text.zh.chars().filter(|c| is_han(*c)).count() >= 2, "{of}: `{}` is not Chinese", text.zh);
        assert!(!text.zh.contains([',', ';', '(', ')']), "{of}: `{}` has Latin punctuation", text.zh);
    }
}
