//! The reference of the language: it has everything that the engine has, and every example is decided as it says.

use std::collections::HashSet;
use std::sync::Arc;
use trtc_console::cam::{Context, Operator, Origin, PolicySet, Resource, Source, Via, place, reference};
use trtc_console::domain::ids::Uin;
use trtc_console::domain::policy_check;

use reference::{Asked, Entry, Section, asks, entries};

fn is_allowed(entry: &Entry, asked: &Asked) -> bool {
    let policy = Arc::new(trtc_console::cam::parse(&entry.example).policy.unwrap_or_else(|| panic!("{}", entry.example)));
    let origin = Origin { policy_id: 1, policy_name: entry.name.as_str().into(), version: 1, via: Via::Direct };
    let context = asked.keys.iter().fold(Context::new(), |context, (key, values)| context.with_list(*key, values.clone()));
    let set = PolicySet::compile(asks(), vec![Source { origin, policy }], None, None);
    set.verdict(asked.action, &Resource::parse(&asked.resource).unwrap(), &context).is_allow()
}

#[test]
fn every_example_is_decided_as_it_says_and_is_meant() {
    let all = entries();
    for entry in &all {
        assert!(is_allowed(entry, &entry.allowed), "{}: {:?}", entry.name, entry.allowed);
        assert!(!is_allowed(entry, &entry.refused), "{}: {:?}", entry.name, entry.refused);
        assert!(!entry.about.en.is_empty() && !entry.about.zh.is_empty(), "{}", entry.name);
        let checked = policy_check::check(&entry.example, Some(Uin(asks().owner_uin)), Some(0));
        assert!(!checked.has_errors(), "{}: {:?}", entry.name, checked.findings);
        // What is explained is used: without it the example decides otherwise, or is none.
        assert!(entry.example.contains(entry.name.trim_matches('_')), "{}: {}", entry.name, entry.example);
        assert!(policy_check::formatted(&entry.example).is_some());
    }
    let names: HashSet<(Section, &str)> = all.iter().map(|entry| (entry.section, entry.name.as_str())).collect();
    assert_eq!(names.len(), all.len(), "nothing stands there twice");
}

#[test]
fn everything_that_can_be_written_is_explained() {
    let all = entries();
    let of = |section: Section| all.iter().filter(|entry| entry.section == section).map(|entry| entry.name.as_str()).collect::<Vec<_>>();
    assert_eq!(of(Section::Operators), Operator::names().collect::<Vec<_>>());
    // What the editor completes at each place.
    for (text, section) in [
        (r#"{""#, Section::Members),
        (r#"{"statement": {""#, Section::Members),
        (r#"{"statement": {"effect": ""#, Section::Members),
        (r#"{"statement": {"condition": {"null_equal": {""#, Section::Keys),
        (r#"{"statement": {"condition": {"string_equal": {"qcs:uin": ""#, Section::Variables),
    ] {
        let offered = place(text, text.len()).unwrap().words();
        assert!(!offered.is_empty() && offered.iter().all(|word| of(section).contains(word)), "{text}: {offered:?}");
    }
    for entry in all.iter().filter(|entry| entry.section == Section::Keys) {
        assert!(entry.kind.is_some() && entry.present.is_some(), "{}", entry.name);
    }
}
