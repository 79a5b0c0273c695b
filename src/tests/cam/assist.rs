//! What is offered while typing: what fits the place, in finished and unfinished texts.

use trtc_console::cam::{Place, Slot, place};

/// The place of `|` in a text.
fn at(text: &str) -> Option<Place> {
    let cursor = text.find('|').unwrap();
    place(&text.replacen('|', "", 1), cursor)
}

fn slot(text: &str) -> Option<Slot> {
    at(text).map(|place| place.slot)
}

fn words(text: &str) -> Vec<&'static str> {
    at(text).map(|place| place.words()).unwrap_or_default()
}

#[test]
fn the_place_is_known_by_what_stands_before_it() {
    let statement = |inside: &str| format!(r#"{{"version": "2.0", "statement": [{{"effect": "allow"}}, {{{inside}"#);
    for (inside, wanted) in [
        ("\"|", Slot::StatementMember),
        ("|", Slot::StatementMember),
        (r#""effect": "|""#, Slot::Effect),
        (r#""effect": |"#, Slot::Effect),
        (r#""action": ["trtc:A", "trtc:|"#, Slot::Action),
        (r#""action": "trtc:|DismissRoom""#, Slot::Action),
        (r#""resource": ["|"]"#, Slot::Resource),
        (r#""condition": {"|"#, Slot::Operator),
        (r#""condition": {"string_equal": {"a:b": ["x, {"], "|"#, Slot::Key(None)),
        (r#""condition": {"string_equal": {"qcs:uin": ["x", "|"#, Slot::Value),
    ] {
        let found = slot(&statement(inside));
        match wanted {
            Slot::Key(_) => assert!(matches!(found, Some(Slot::Key(Some(_)))), "{inside}"),
            _ => assert_eq!(found, Some(wanted), "{inside}"),
        }
    }
    assert_eq!(slot("{|"), Some(Slot::PolicyMember));
    assert_eq!(slot(r#"{"version": "|"#), Some(Slot::Version));
}

#[test]
fn where_nothing_of_the_language_belongs_nothing_is_offered() {
    for text in [
        "|",
        "[\"|",
        r#"{"version": "2.0"|"#,
        r#"{"other": "|"#,
        r#"{"statement": [{"action": {"|"#,
        r#"{"statement": [{"effect": "allow"|}]}"#,
    ] {
        assert_eq!(at(text), None, "{text}");
    }
}

#[test]
fn what_is_there_already_is_not_offered_again() {
    assert_eq!(words(r#"{"statement": [{"effect": "allow", "resource": "*", "|"#), ["action", "condition"]);
    assert_eq!(words(r#"{"version": "2.0", "|"#), ["statement"]);
    assert_eq!(words(r#"{"statement": {"effect": "|"#), ["allow", "deny"]);
}

#[test]
fn keys_fit_their_operator_and_values_their_key() {
    let key = |operator: &str| words(&format!(r#"{{"statement": {{"condition": {{"{operator}": {{"|"#));
    assert_eq!(key("ip_not_equal"), ["qcs:ip"]);
    assert_eq!(key("date_less_than_if_exist"), ["qcs:current_time"]);
    assert!(key("for_any_value:string_like").contains(&"qcs:resource_tag") && !key("string_like").contains(&"qcs:ip"));
    assert_eq!(words(r#"{"statement": {"condition": {"string_equal": {"mfa": "|"#), ["1", "0"]);
    assert!(words(r#"{"statement": {"condition": {"string_equal": {"qcs:uin": ["|"#).contains(&"${uin}"));
}

#[test]
fn an_offer_replaces_the_word_and_no_more() {
    let span = |text: &str| {
        let place = at(text).unwrap();
        (place.span.of(&text.replacen('|', "", 1)).to_owned(), place.is_quoted)
    };
    assert_eq!(span(r#"{"statement": {"action": ["trtc:Dis|missRoom", "b"]"#), ("trtc:DismissRoom".to_owned(), true));
    assert_eq!(span("{\"statement\": {\"action\": [\"trtc:|\n  ]"), ("trtc:".to_owned(), true));
    assert_eq!(span(r#"{"statement": {"action": [|"#), (String::new(), false));
}
