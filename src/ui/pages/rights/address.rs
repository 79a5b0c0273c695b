//! What is asked about rights, as it stands in an address: read there, written there.
//!
//! It must never judge a value; the server does.

use crate::catalog::pages;
use crate::domain::rights_query::{RightsForm, RightsTab};
use crate::ui::components::with_param;
use crate::ui::query::Query;

/// The file of a tab.
pub const EXPORT: &str = "/cam/who-can/export.csv";

/// What an address asks for.
#[must_use]
pub fn form_of(query: &Query) -> RightsForm {
    let text = |name: &str| query.get(name).unwrap_or_default();
    RightsForm {
        action: text("action"),
        app: text("app"),
        resource: text("resource"),
        person: text("person"),
        other: text("other"),
        draft: text("draft"),
        address: text("address"),
        at: text("at"),
        mfa: text("mfa"),
        tags: text("tags"),
        q: text("q"),
        page: text("page"),
    }
}

/// The address of a question below a path: what is left open does not stand there.
#[must_use]
pub fn address_of(path: &str, tab: RightsTab, form: &RightsForm) -> String {
    let fields = [
        ("tab", tab.tag()),
        ("action", &form.action),
        ("app", &form.app),
        ("resource", &form.resource),
        ("person", &form.person),
        ("other", &form.other),
        ("draft", &form.draft),
        ("address", &form.address),
        ("at", &form.at),
        ("mfa", &form.mfa),
        ("tags", &form.tags),
        ("q", &form.q),
        ("page", &form.page),
    ];
    let given = fields.iter().filter(|(_, value)| !value.is_empty());
    given.fold(path.to_owned(), |path, (name, value)| with_param(&path, name, Some(value)))
}

/// The address of a question on the page.
#[must_use]
pub fn here(tab: RightsTab, form: &RightsForm) -> String {
    address_of(pages::WhoCan::PAGE.path, tab, form)
}

/// The address of what one account may use.
#[must_use]
pub fn of_person(person: impl std::fmt::Display) -> String {
    here(RightsTab::Person, &RightsForm { person: person.to_string(), ..RightsForm::default() })
}

/// The same question tried out for one account.
#[must_use]
pub fn tried_by(person: impl std::fmt::Display, form: &RightsForm) -> String {
    let kept = RightsForm { q: String::new(), page: String::new(), other: String::new(), ..form.clone() };
    here(RightsTab::Simulator, &RightsForm { person: person.to_string(), ..kept })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_comes_back_as_it_was_asked() {
        let all = "action=trtc%3ADismissRoom&app=1400000001&resource=%2A&person=ana&other=bo&draft=%7B%7D&address=10.0.0.1\
                   &at=2026-06-01T09%3A30&mfa=no&tags=team%3Dlive&q=a%26b&page=2";
        let form = form_of(&Query::read(all));
        assert_eq!(address_of("/x", RightsTab::WhoCan, &form), format!("/x?{all}"));
        assert_eq!(here(RightsTab::Simulator, &RightsForm::default()), "/cam/who-can?tab=simulator");
        assert_eq!(of_person(7), "/cam/who-can?tab=person&person=7");
        let tried = tried_by(7, &form);
        assert!(
            tried.contains("person=7") && tried.contains("app=1400000001") && !tried.contains("page=") && !tried.contains("q="),
            "{tried}"
        );
    }
}
