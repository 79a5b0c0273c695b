//! The catalogue in the form in which [`cam::check`](crate::cam::check) compares policies with it.
//!
//! It must never add an action or a page of its own.

use super::pages;
use super::service::services;
use crate::cam::{KnownAction, KnownPage, Vocabulary};
use std::sync::LazyLock;

/// The account centre: its actions are those of the general policies, the console itself has none of them.
const ACCOUNT_CENTRE: &str = "account";

/// Lends a role to a product of the cloud; real policies name it often.
const PASS_ROLE: &str = "cam:PassRole";

static VOCABULARY: LazyLock<Vocabulary<'static>> = LazyLock::new(|| Vocabulary {
    actions: services()
        .iter()
        .flat_map(|service| service.actions)
        .map(|row| KnownAction { name: row.full, resource: row.resource })
        .collect(),
    open_services: vec![ACCOUNT_CENTRE],
    elsewhere: vec![PASS_ROLE],
    pages: pages::all()
        .map(|page| KnownPage {
            title: page.title.clone(),
            actions: page.opens.actions().into_iter().map(|row| row.full).collect(),
            opens: Box::new(|may| page.opens.holds(&mut |row| may(row.full))),
        })
        .collect(),
});

/// Every action and page of the catalogue, for checking policies.
#[must_use]
pub fn vocabulary() -> &'static Vocabulary<'static> {
    &VOCABULARY
}
