//! What the editor offers while somebody types: the words of the language, actions, own applications, operators, keys and variables.
//!
//! Pure: the engine knows the place, the catalogue the actions, and the session the applications.

use crate::cam::{Place, Slot, Span, place, reference};
use crate::catalog::action::ActionRow;
use crate::catalog::service::services;
use crate::catalog::{Page, pages};
use crate::domain::ids::Uin;
use crate::text::Lang;
use std::collections::HashSet;
use std::sync::LazyLock;

/// What is known of the account.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its root account.
    pub owner: Option<Uin>,
    /// Its applications: name and SDKAppID.
    pub apps: Vec<(String, String)>,
    /// The reader's language.
    pub lang: Lang,
}

/// One thing to type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What is found by typing, and shown.
    pub label: String,
    /// What it means.
    pub about: String,
    /// What is put into the text.
    pub put: String,
    /// Comes before the others.
    pub is_first: bool,
}

/// What fits a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offers {
    /// What an offer replaces.
    pub span: Span,
    /// Whether it is inside quotes.
    pub is_quoted: bool,
    /// What is offered.
    pub offers: Vec<Offer>,
}

/// Operators that look at each of several values; the most useful ones of many.
const OF_SEVERAL: [&str; 4] =
    ["for_any_value:string_equal", "for_any_value:string_like", "for_all_value:string_equal", "for_all_value:string_like"];

/// The actions that pages and their controls need.
static ON_PAGES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| pages::all().flat_map(Page::actions).map(|row| row.full).collect());

/// What fits the place of the cursor, a byte of the text; `None` where nothing does, and unasked where no word has been begun.
#[must_use]
pub fn offers(text: &str, cursor: usize, asked: bool, known: &Known) -> Option<Offers> {
    let place = place(text, cursor).filter(|place| asked || place.is_quoted && cursor > place.span.start)?;
    let lang = known.lang;
    let plain = |word: &str, about: &str| (word.to_owned(), about.to_owned(), word.to_owned(), false);
    let mut found: Vec<(String, String, String, bool)> = Vec::new();
    match place.slot {
        Slot::Action => found.extend(actions(lang)),
        Slot::Resource => found.extend(resources(known)),
        _ => {}
    }
    let about = |word: &str| reference::about(word).map_or("", |about| about.get(lang));
    found.extend(place.words().into_iter().map(|word| match (word, place.slot) {
        ("*", Slot::Action) => plain(word, lang.pick("Every action of every service", "所有产品的所有操作")),
        ("*", Slot::Resource) => plain(word, lang.pick("All resources", "全部资源")),
        (word, _) => plain(word, about(word)),
    }));
    if place.slot == Slot::Operator {
        let several = lang.pick("For keys with several values, such as tags", "用于有多个值的键，例如标签");
        found.extend(OF_SEVERAL.iter().map(|word| plain(word, several)));
    }
    let offers: Vec<Offer> =
        found.into_iter().map(|(label, about, word, is_first)| Offer { put: put(&place, &word), label, about, is_first }).collect();
    (!offers.is_empty()).then_some(Offers { span: place.span, is_quoted: place.is_quoted, offers })
}

/// What is put into the text: inside quotes the word, elsewhere with its quotes and, for a name, its colon.
fn put(place: &Place, word: &str) -> String {
    let is_name = matches!(place.slot, Slot::PolicyMember | Slot::StatementMember | Slot::Operator | Slot::Key(_));
    match (place.is_quoted, is_name) {
        (true, _) => word.to_owned(),
        (false, true) => format!("\"{word}\": "),
        (false, false) => format!("\"{word}\""),
    }
}

/// Every action, those that pages of the console need before the others, and all actions of each service.
fn actions(lang: Lang) -> impl Iterator<Item = (String, String, String, bool)> {
    services().iter().flat_map(move |service| {
        let all = format!("{}:*", service.id);
        let about = lang.pick(format!("All actions of {}", service.name.en), format!("{}的所有操作", service.name.zh));
        let one = move |row: &&'static ActionRow| {
            let level = row.access.name();
            let only_all = if row.is_resource_level() { "" } else { lang.pick(", all resources only", "，仅支持 *") };
            let about = format!("{} · {}{only_all}", row.gloss.get(lang), level.get(lang));
            (row.full.to_owned(), about, row.full.to_owned(), ON_PAGES.contains(row.full))
        };
        std::iter::once((all.clone(), about, all, true)).chain(service.actions.iter().map(one))
    })
}

/// The own applications by name, all of them, and accounts.
fn resources(known: &Known) -> Vec<(String, String, String, bool)> {
    let lang = known.lang;
    let Some(owner) = known.owner else { return Vec::new() };
    let app = |(name, id): &(String, String)| {
        let resource = format!("qcs::trtc::uin/{owner}:sdkappid/{id}");
        (format!("{name} {id}"), resource.clone(), resource, true)
    };
    let all = format!("qcs::trtc::uin/{owner}:sdkappid/*");
    let own = format!("qcs::cam::uin/{owner}:uin/${{uin}}");
    known
        .apps
        .iter()
        .map(app)
        .chain([
            (all.clone(), lang.pick("Every TRTC application", "所有 TRTC 应用").to_owned(), all, false),
            (own.clone(), lang.pick("The account itself", "账号自身").to_owned(), own, false),
        ])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(text: &str) -> Offers {
        let known =
            Known { owner: Some(Uin(100_000_000_001)), apps: vec![("classroom".to_owned(), "1400000001".to_owned())], lang: Lang::En };
        let at = text.find('|').unwrap();
        offers(&text.replacen('|', "", 1), at, true, &known).unwrap()
    }

    #[test]
    fn unasked_nothing_is_offered_before_a_word_has_begun() {
        let known = Known { owner: None, apps: Vec::new(), lang: Lang::En };
        let is_offered = |text: &str, asked| offers(text, text.len(), asked, &known).is_some();
        assert!(is_offered(r#"{"s"#, false) && is_offered(r#"{""#, true) && is_offered("{", true));
        assert!(!is_offered(r#"{""#, false) && !is_offered("{", false));
    }

    #[test]
    fn applications_are_offered_by_name_and_put_as_resources() {
        let offers = offered(r#"{"statement": [{"resource": ["|"]}]}"#).offers;
        let first = offers.iter().find(|offer| offer.label.starts_with("classroom")).unwrap();
        assert_eq!(first.put, "qcs::trtc::uin/100000000001:sdkappid/1400000001");
    }

    #[test]
    fn actions_that_pages_need_come_first_and_say_what_they_do() {
        let offers = offered(r#"{"statement": [{"action": [|]}]}"#).offers;
        let find = |name: &str| offers.iter().find(|offer| offer.label == name).unwrap();
        assert!(find("trtc:DescribeAppStatList").is_first && !find("trtc:AlterTemplateId").is_first);
        assert_eq!(find("trtc:*").put, "\"trtc:*\"", "quotes are put where there are none");
        assert!(find("trtc:ModifyMixConf").about.ends_with("Write, all resources only"));
    }

    #[test]
    fn every_word_of_the_language_says_what_it_means() {
        for text in
            [r#"{"|"#, r#"{"statement": {"|"#, r#"{"statement": {"effect": "|"#, r#"{"statement": {"condition": {"null_equal": {"|"#]
        {
            for offer in offered(text).offers {
                assert!(!offer.about.is_empty(), "{}", offer.label);
            }
        }
    }
}
