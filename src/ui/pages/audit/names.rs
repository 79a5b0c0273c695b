//! The names in records: who did it, what it was done to, and every event that there can be.
//!
//! Names of people and things stand as they were recorded. One is a link only while the reader may open where it leads.

use crate::catalog::operations;
use crate::catalog::pages;
use crate::domain::audit::{ACCOUNT, ActorType, own_title};
use crate::domain::audit_change::{AuditedResource, ResourceType};
use crate::domain::free_text::visible;
use crate::text::Text;
use crate::ui::frame::{app_home, may, use_session};
use crate::ui::words::{say, t};
use leptos::prelude::*;

/// What is recorded and is no operation of the catalogue.
const OTHER_EVENTS: [&str; 7] = ["AttachmentEnded", "AuditGap", "ConsoleLogin", "ConsoleLogout", "CutAudit", "LocalCommand", "Setup"];

/// Every name that an event can have, with what it says, in the order of the names.
#[must_use]
pub fn event_names() -> Vec<(String, Text)> {
    let own = |name: &str| (format!("{ACCOUNT}:{name}"), own_title(name));
    // What everybody may read is never refused, so it is never recorded.
    let recorded = operations::ALL.iter().filter(|row| row.action().is_some() || !row.is_reading());
    let of_catalogue = recorded.map(|row| match row.action() {
        Some(action) => (action.full.to_owned(), action.gloss.clone()),
        None => own(row.name),
    });
    let mut names: Vec<_> = of_catalogue.chain(OTHER_EVENTS.map(own)).collect();
    names.sort_by(|one, other| one.0.cmp(&other.0));
    names.dedup_by(|one, other| one.0 == other.0);
    names
}

/// Who did it, by name.
#[component]
pub fn Operator(
    /// What kind of account.
    actor: ActorType,
    /// Its login name at that time.
    name: String,
) -> impl IntoView {
    match actor {
        ActorType::Root | ActorType::CAMUser => view! { <bdi>{visible(&name).into_owned()}</bdi> }.into_any(),
        ActorType::System => t("System", "系统").into_any(),
        ActorType::Unknown => t("Unknown", "未知").into_any(),
    }
}

/// What is said of a root account beside its name.
#[must_use]
pub fn root_mark(actor: ActorType) -> Option<&'static str> {
    (actor == ActorType::Root).then(|| t("Root account", "主账号"))
}

/// Where a thing has its page, if the reader may open it.
#[must_use]
pub fn page_of(thing: &AuditedResource) -> Option<String> {
    let id = &thing.id;
    match thing.kind {
        ResourceType::Application => app_home(id.parse().ok()?),
        // A root account has no page of its own among the users.
        ResourceType::User => {
            let is_root = use_session().is_some_and(|session| session.owner_uin.to_string() == *id);
            (may("users.open") && !is_root).then(|| pages::User::PAGE.of(id))
        }
        ResourceType::Group => may("groups.open").then(|| pages::Group::PAGE.of(id)),
        ResourceType::Policy => may("policies.open").then(|| pages::Policy::PAGE.of(id)),
    }
}

/// A thing: its type, its name and its id.
#[component]
pub fn Thing(
    /// The thing.
    thing: AuditedResource,
) -> impl IntoView {
    let (href, kind, id) = (page_of(&thing), say(&thing.kind.text()), thing.id);
    // Without a name the id is all that can be clicked.
    let named = (!thing.name.is_empty()).then(|| visible(&thing.name).into_owned());
    let (words, behind) = match named {
        Some(name) => (view! { <bdi>{name}</bdi> }.into_any(), Some(view! { " " <code class="muted">{id}</code> })),
        None => (view! { <code>{id}</code> }.into_any(), None),
    };
    let words = match href {
        Some(href) => view! { <a href=href>{words}</a> }.into_any(),
        None => words,
    };
    view! { <span class="muted">{kind}</span> " " {words} {behind} }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_that_can_be_searched_for_has_its_name_once_and_words() {
        let names = event_names();
        assert!(names.is_sorted_by(|one, other| one.0 < other.0), "{names:?}");
        for (name, words) in &names {
            assert!(name.contains(':') && words.en.contains(|c: char| c.is_lowercase()) && words.zh != words.en, "{name}: {words:?}");
        }
        let has = |wanted: &str| names.iter().any(|(name, _)| name == wanted);
        assert!(
            has("cam:AttachUserPolicy") && has("account:ConsoleLogin") && has("account:EndOwnSession") && has("cloudaudit:LookUpEvents")
        );
        assert!(!has("account:ReadSession"));
    }
}
