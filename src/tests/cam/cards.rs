//! Cards: whatever the layout, an edit changes what it says and nothing else, and what cards cannot show stays byte for byte.

use super::OWNER;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use serde_json::{Map, Value, json};
use trtc_console::cam::cards::{Edit, edit, read, remedy};
use trtc_console::cam::{Diagnostic, Effect, Setting, check, parse};
use trtc_console::catalog::vocabulary;

/// A value of JSON printed with whatever blanks, escapes and order of members the numbers say.
struct Odd<'n> {
    numbers: std::iter::Cycle<std::slice::Iter<'n, u8>>,
}

impl Odd<'_> {
    fn next(&mut self) -> u8 {
        *self.numbers.next().unwrap()
    }

    fn blank(&mut self) -> &'static str {
        ["", "", " ", "\n", "\n  ", "\t", "\r\n      ", "  \n\n "][usize::from(self.next() % 8)]
    }

    fn string(&mut self, text: &str) -> String {
        let plain = Value::from(text).to_string();
        if !self.next().is_multiple_of(4) {
            return plain;
        }
        let units: String = text.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
        format!("\"{units}\"")
    }

    fn print(&mut self, value: &Value) -> String {
        match value {
            Value::String(text) => self.string(text),
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| format!("{}{}{}", self.blank(), self.print(item), self.blank())).collect();
                format!("[{}{}]", items.join(","), if items.is_empty() { self.blank() } else { "" })
            }
            Value::Object(members) => {
                let mut members: Vec<(&String, &Value)> = members.iter().collect();
                if !members.is_empty() {
                    let turn = usize::from(self.next()) % members.len();
                    members.rotate_left(turn);
                }
                let mut printed = Vec::new();
                for (name, value) in members {
                    let name = Value::from(name.as_str()).to_string();
                    printed.push(format!("{}{name}{}:{}{}{}", self.blank(), self.blank(), self.blank(), self.print(value), self.blank()));
                }
                format!("{{{}{}}}", printed.join(","), if printed.is_empty() { self.blank() } else { "" })
            }
            other => other.to_string(),
        }
    }
}

fn strings() -> impl Strategy<Value = Value> {
    let list = || subsequence(vec!["trtc:*", "*", "a", "策\"略\\", "trtc:B", "x y"], 0..4);
    prop_oneof![4 => list().prop_map(|list| json!(list)), 1 => Just(json!("trtc:A")), 1 => select(vec![json!(1), json!([1, "a"]), json!({}), json!(null)])]
}

fn condition() -> impl Strategy<Value = Value> {
    let keys = || {
        subsequence(vec!["k", "qcs:ip", "l"], 0..3).prop_flat_map(|keys| {
            vec(strings(), keys.len())
                .prop_map(move |values| keys.iter().zip(values).map(|(key, value)| ((*key).to_owned(), value)).collect::<Map<_, _>>())
        })
    };
    let operators = subsequence(vec!["string_equal", "ip_equal", "for_any_value:string_like_if_exist", "unheard_of"], 0..3);
    let block = operators.prop_flat_map(move |names| {
        vec(prop_oneof![5 => keys().prop_map(Value::Object), 1 => Just(json!(["odd"]))], names.len())
            .prop_map(move |values| Value::Object(names.iter().zip(values).map(|(name, value)| ((*name).to_owned(), value)).collect()))
    });
    prop_oneof![6 => block, 1 => Just(json!("odd"))]
}

fn statement() -> impl Strategy<Value = Value> {
    let of = |part: BoxedStrategy<Value>| prop::option::weighted(0.85, part);
    let effects = select(vec![json!("allow"), json!("deny"), json!("Allow"), json!(["deny"])]);
    let whole = (
        of(effects.boxed()),
        of(strings().boxed()),
        of(strings().boxed()),
        of(condition().boxed()),
        prop::option::weighted(0.2, Just(json!({"uin": ["1"]}))),
    )
        .prop_map(|(effect, action, resource, condition, odd)| {
            let parts = [("effect", effect), ("action", action), ("resource", resource), ("condition", condition), ("principal", odd)];
            Value::Object(parts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
        });
    prop_oneof![12 => whole, 1 => Just(json!("odd"))]
}

/// A document and a text that says it.
fn document() -> impl Strategy<Value = (Value, String)> {
    let list = vec(statement(), 0..4).prop_map(Value::Array);
    let lone = statement().prop_filter("a lone statement is an object", Value::is_object);
    (prop_oneof![5 => list, 1 => lone], vec(any::<u8>(), 1..64)).prop_map(|(statements, numbers)| {
        let document = json!({ "version": "2.0", "statement": statements });
        let text = Odd { numbers: numbers.iter().cycle() }.print(&document);
        (document, text)
    })
}

fn an_edit() -> impl Strategy<Value = (u8, [Index; 3], Effect, &'static str, Vec<String>)> {
    let values = select(vec!["trtc:New", "a", "策\"略\\", "x".repeat(90).leak()]);
    (
        0..15u8,
        any::<[Index; 3]>(),
        select(vec![Effect::Allow, Effect::Deny]),
        values,
        vec(select(vec!["p", "q", "trtc:LongEnoughToFillALineOfEightyCharacters"]), 1..4),
    )
        .prop_map(|(which, at, effect, value, list)| (which, at, effect, value, list.into_iter().map(str::to_owned).collect()))
}

/// The strings of a value that a card shows.
fn shown(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::String(_) => Some(vec![value.clone()]),
        Value::Array(items) if items.iter().all(Value::is_string) => Some(items.clone()),
        _ => None,
    }
}

/// What an edit does to a document, worked out on the document; `None` where cards cannot do it.
fn done(document: &Value, text: &str, made: &Edit) -> Option<Value> {
    let cards = read(text)?.cards;
    let mut document = document.clone();
    let lone = document["statement"].is_object();
    let mut all = if lone { vec![document["statement"].clone()] } else { document["statement"].as_array()?.clone() };
    fn member(all: &mut [Value], at: usize) -> Option<&mut Map<String, Value>> {
        all.get_mut(at)?.as_object_mut()
    }
    let mut on_list = |at: usize, name: &str, change: &dyn Fn(&mut Vec<Value>) -> Option<()>| -> Option<()> {
        let statement = member(&mut all, at)?;
        let mut list = statement.get(name).map_or(Some(Vec::new()), shown)?;
        change(&mut list)?;
        statement.insert(name.to_owned(), Value::Array(list));
        Some(())
    };
    fn more(list: &mut Vec<Value>, values: &[String]) -> Option<()> {
        let before = list.len();
        for value in values {
            if !list.contains(&json!(value)) {
                list.push(json!(value));
            }
        }
        (list.len() > before).then_some(())
    }
    let add = |values: &[String]| {
        let values = values.to_vec();
        move |list: &mut Vec<Value>| more(list, &values)
    };
    let drop_at = |at: usize| move |list: &mut Vec<Value>| (at < list.len()).then(|| drop(list.remove(at)));
    let set = |values: &[String]| {
        let values: Vec<Value> = values.iter().map(|value| json!(value)).collect();
        move |list: &mut Vec<Value>| {
            list.clone_from(&values);
            Some(())
        }
    };
    let named = |at: usize, condition: usize| {
        let condition = cards.get(at)?.conditions.get(condition)?;
        Some((condition.operator.clone(), condition.key.clone()))
    };
    let mut grows = false;
    match made {
        Edit::SetEffect(at, effect) => {
            let statement = member(&mut all, *at)?;
            let known = statement.get("effect");
            if known.is_some_and(|known| *known != json!("allow") && *known != json!("deny")) {
                return None;
            }
            statement.insert("effect".to_owned(), json!(effect.as_str()));
        }
        Edit::AddActions(at, values) => on_list(*at, "action", &add(values))?,
        Edit::RemoveAction(at, item) => on_list(*at, "action", &drop_at(*item))?,
        Edit::SetActions(at, values) => on_list(*at, "action", &set(values))?,
        Edit::AddResources(at, values) => on_list(*at, "resource", &add(values))?,
        Edit::RemoveResource(at, item) => on_list(*at, "resource", &drop_at(*item))?,
        Edit::SetResources(at, values) => on_list(*at, "resource", &set(values))?,
        Edit::SetCondition(at, operator, key, values) => {
            let block = member(&mut all, *at)?.entry("condition").or_insert_with(|| json!({})).as_object_mut()?;
            let keys = block.entry(operator).or_insert_with(|| json!({})).as_object_mut()?;
            if keys.get(key).is_some_and(|known| shown(known).is_none()) {
                return None;
            }
            keys.insert(key.clone(), json!(values));
        }
        Edit::RemoveCondition(at, condition) | Edit::RemoveValue(at, condition, _) | Edit::AddValues(at, condition, _) => {
            let (operator, key) = named(*at, *condition)?;
            let statement = member(&mut all, *at)?;
            let block = statement.get_mut("condition")?.as_object_mut()?;
            let keys = block.get_mut(&operator)?.as_object_mut()?;
            let mut list = shown(keys.get(&key)?)?;
            match made {
                Edit::AddValues(_, _, values) => more(&mut list, values)?,
                Edit::RemoveValue(_, _, item) if *item >= list.len() => return None,
                Edit::RemoveValue(_, _, item) => drop(list.remove(*item)),
                _ => list.clear(),
            }
            if list.is_empty() {
                keys.remove(&key);
            } else {
                keys.insert(key, Value::Array(list));
            }
            if keys.is_empty() {
                block.remove(&operator);
            }
            if block.is_empty() {
                statement.remove("condition");
            }
        }
        Edit::AddStatement(effect) => {
            all.push(json!({ "effect": effect.as_str(), "action": [], "resource": [] }));
            grows = true;
        }
        Edit::Duplicate(at) => {
            all.insert(*at, all.get(*at)?.clone());
            grows = true;
        }
        Edit::MoveUp(at) => {
            all.get(*at)?;
            all.swap(at.checked_sub(1)?, *at);
        }
        Edit::RemoveStatement(at) => {
            all.get(*at)?;
            all.remove(*at);
            grows = true;
        }
    }
    document["statement"] = if lone && !grows { all.remove(0) } else { Value::Array(all) };
    Some(document)
}

/// The same document with a list wherever a lone string may stand: edits may turn one into the other.
fn in_lists(mut document: Value) -> Value {
    fn listed(value: &mut Value) {
        if value.is_string() {
            *value = json!([value.clone()]);
        }
    }
    let statements = match &mut document["statement"] {
        Value::Array(all) => all.iter_mut().collect(),
        lone => vec![lone],
    };
    for statement in statements {
        let Some(members) = statement.as_object_mut() else { continue };
        for (name, value) in members.iter_mut() {
            match name.as_str() {
                "action" | "resource" => listed(value),
                "condition" => value
                    .as_object_mut()
                    .into_iter()
                    .flat_map(Map::values_mut)
                    .filter_map(Value::as_object_mut)
                    .flat_map(Map::values_mut)
                    .for_each(listed),
                _ => {}
            }
        }
    }
    document
}

fn applied(text: &str, made: &Edit) -> Option<String> {
    let fix = edit(text, made)?;
    Some(format!("{}{}{}", &text[..fix.span.start], fix.replacement, &text[fix.span.end..]))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn an_edit_of_a_card_does_what_it_says_to_whatever_text((document, text) in document(), (which, at, effect, value, list) in an_edit()) {
        let cards = read(&text).unwrap().cards;
        // Now and then behind the end.
        let card = at[0].index(cards.len() + 1);
        let shown = cards.get(card);
        let item = at[1].index(shown.and_then(|card| card.actions.as_ref()).map_or(0, |items| items.items.len()) + 1);
        let resource = at[1].index(shown.and_then(|card| card.resources.as_ref()).map_or(0, |items| items.items.len()) + 1);
        let condition = at[1].index(shown.map_or(0, |card| card.conditions.len()) + 1);
        let held = at[2].index(shown.and_then(|card| card.conditions.get(condition)).map_or(0, |held| held.values.items.len()) + 1);
        let (operator, key) = (["string_equal", "ip_equal", "date_less_than"][at[1].index(3)].to_owned(), ["k", "qcs:ip"][at[2].index(2)].to_owned());
        let made = match which {
            0 => Edit::SetEffect(card, effect),
            1 => Edit::AddActions(card, [vec![value.to_owned()], list].concat()),
            2 => Edit::RemoveAction(card, item),
            3 => Edit::SetActions(card, list),
            4 => Edit::AddResources(card, [list, vec![value.to_owned()]].concat()),
            5 => Edit::RemoveResource(card, resource),
            6 => Edit::SetResources(card, list),
            7 | 8 => Edit::SetCondition(card, operator, key, list),
            9 => Edit::RemoveCondition(card, condition),
            10 => Edit::AddValues(card, condition, [list, vec![value.to_owned()]].concat()),
            11 => Edit::RemoveValue(card, condition, held),
            12 => Edit::AddStatement(effect),
            13 => if at[2].index(2) == 0 { Edit::Duplicate(card) } else { Edit::MoveUp(card) },
            _ => Edit::RemoveStatement(card),
        };
        let after = applied(&text, &made);
        let read: Option<Value> = after.as_deref().map(|after| serde_json::from_str(after).unwrap());
        let wanted = done(&document, &text, &made);
        prop_assert_eq!(read.map(in_lists), wanted.map(in_lists), "{:?} of {}\ngave {:?}", made, text, after);
    }

    #[test]
    fn what_is_added_and_removed_again_leaves_no_byte((_, text) in document(), at in any::<Index>()) {
        let cards = read(&text).unwrap().cards;
        if cards.is_empty() {
            return Ok(());
        }
        let card = at.index(cards.len());
        let Some(items) = &cards[card].actions else { return Ok(()) };
        if items.is_list && !items.items.is_empty() {
            let more = applied(&text, &Edit::AddActions(card, vec!["trtc:New".to_owned()])).unwrap();
            let end = items.items.len();
            prop_assert_eq!(applied(&more, &Edit::RemoveAction(card, end)), Some(text.clone()));
        }
        if cards[0].span.start > 0 && text[..cards[0].span.start].trim_end().ends_with('[') {
            let more = applied(&text, &Edit::AddStatement(Effect::Deny)).unwrap();
            prop_assert_eq!(applied(&more, &Edit::RemoveStatement(cards.len())), Some(text.clone()));
        }
    }

    #[test]
    fn what_a_card_shows_and_what_it_leaves_as_text_are_the_whole_statement((document, text) in document()) {
        let cards = read(&text).unwrap().cards;
        let lone = [document["statement"].clone()];
        for (card, statement) in cards.iter().zip(document["statement"].as_array().map_or(&lone[..], Vec::as_slice)) {
            let lists = [&card.actions, &card.resources].into_iter().flatten().chain(card.conditions.iter().map(|condition| &condition.values));
            let spans = lists.map(|items| items.span).chain(card.effect.iter().map(|effect| effect.span)).chain(card.as_text.iter().copied());
            let shown: usize = spans.map(|span| leaves(&value_of(span.of(&text)))).sum();
            prop_assert_eq!(shown, leaves(statement), "{}", text);
        }
    }
}

/// A value, or the value of a member.
fn value_of(text: &str) -> Value {
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&format!("{{{text}}}"))).unwrap()
}

/// How many strings, numbers and other things without parts a value has.
fn leaves(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(leaves).sum(),
        Value::Object(members) => members.values().map(leaves).sum(),
        _ => 1,
    }
}

const NICE: &str = r#"{
  "version": "2.0",
  "statement": [
    {
      "effect": "allow",
      "action": [
        "trtc:DescribeAppStatList"
      ],
      "resource": ["*"]
    }
  ]
}"#;

#[test]
fn edits_keep_to_the_layout_of_the_text() {
    let made = [
        Edit::AddActions(0, vec!["trtc:DismissRoom".to_owned()]),
        Edit::SetResources(
            0,
            vec![
                "qcs::trtc:::sdkappid/1400000001".to_owned(),
                "qcs::trtc:::sdkappid/1400000002".to_owned(),
                "qcs::trtc:::sdkappid/3".to_owned(),
            ],
        ),
        Edit::SetCondition(0, "ip_equal".to_owned(), "qcs:ip".to_owned(), vec!["203.0.113.0/24".to_owned()]),
        Edit::SetCondition(0, "ip_equal".to_owned(), "qcs:other".to_owned(), vec!["::1".to_owned()]),
        Edit::SetCondition(0, "bool_equal".to_owned(), "qcs:mfa".to_owned(), vec!["true".to_owned()]),
        Edit::AddStatement(Effect::Deny),
        Edit::AddActions(1, vec!["trtc:*".to_owned()]),
        Edit::AddResources(1, vec!["*".to_owned()]),
        Edit::MoveUp(1),
    ];
    let text = made.iter().fold(NICE.to_owned(), |text, made| applied(&text, made).unwrap());
    assert_eq!(
        text,
        r#"{
  "version": "2.0",
  "statement": [
    {
      "effect": "deny",
      "action": ["trtc:*"],
      "resource": ["*"]
    },
    {
      "effect": "allow",
      "action": [
        "trtc:DescribeAppStatList",
        "trtc:DismissRoom"
      ],
      "resource": [
        "qcs::trtc:::sdkappid/1400000001",
        "qcs::trtc:::sdkappid/1400000002",
        "qcs::trtc:::sdkappid/3"
      ],
      "condition": {
        "ip_equal": {
          "qcs:ip": ["203.0.113.0/24"],
          "qcs:other": ["::1"]
        },
        "bool_equal": {
          "qcs:mfa": ["true"]
        }
      }
    }
  ]
}"#
    );
    assert!(parse(&text).policy.is_some(), "{:?}", parse(&text).diagnostics);
}

#[test]
fn a_text_that_is_no_policy_has_no_cards() {
    for text in [
        "",
        "{",
        "[]",
        "{}",
        r#"{"statement": 1}"#,
        r#"{"statement": [], "statement": []}"#,
        r#"{"statement": [],}"#,
        "{\"statement\": [] // no\n}",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
    assert_eq!(read(r#"{"statement": []}"#).map(|cards| cards.cards.len()), Some(0));
}

#[test]
fn a_name_that_is_said_twice_leaves_the_statement_as_text() {
    let text = r#"{"statement": [{"effect": "allow", "action": "a:b", "action": "c:d", "resource": "*"}]}"#;
    let card = &read(text).unwrap().cards[0];
    assert_eq!((card.as_text.as_slice(), card.actions.is_none()), (&[card.span][..], true));
    assert_eq!(edit(text, &Edit::AddActions(0, vec!["e:f".to_owned()])), None);
}

/// The policy after the remedies of all findings, taken one after the other.
fn remedied(text: &str) -> Value {
    let mut text = text.to_owned();
    while let Some(fix) = checked(&text).into_iter().find_map(|found| remedy(&text, &found)) {
        text.replace_range(fix.span.start..fix.span.end, &fix.replacement);
    }
    serde_json::from_str(&text).unwrap()
}

fn checked(text: &str) -> Vec<Diagnostic> {
    let policy = parse(text).policy.unwrap_or_else(|| panic!("{text}"));
    check(&policy, vocabulary(), Setting { owner_uin: Some(OWNER), now_ms: None })
}

#[test]
fn an_action_that_needs_all_resources_gets_a_statement_of_its_own() {
    let app = "qcs::trtc:::sdkappid/1400000001";
    let condition = json!({ "ip_equal": { "qcs:ip": ["203.0.113.0/24"] } });
    let list = json!({ "version": "2.0", "statement": [
        { "effect": "allow", "action": ["trtc:DismissRoom", "trtc:ModifyMixConf"], "resource": [app], "condition": condition },
    ] });
    let wanted = json!([
        { "effect": "allow", "action": ["trtc:DismissRoom"], "resource": [app], "condition": condition },
        { "effect": "allow", "action": ["trtc:ModifyMixConf"], "resource": ["*"], "condition": condition },
    ]);
    for text in [
        list.to_string(),
        serde_json::to_string_pretty(&list).unwrap(),
        json!({ "version": "2.0", "statement": list["statement"][0] }).to_string(),
    ] {
        assert_eq!(remedied(&text)["statement"], wanted, "{text}");
        assert!(checked(&remedied(&text).to_string()).is_empty());
    }
    let lone = json!({ "version": "2.0", "statement": [{ "effect": "deny", "action": "trtc:ModifyMixConf", "resource": app }] });
    assert_eq!(remedied(&lone.to_string())["statement"], json!([{ "effect": "deny", "action": "trtc:ModifyMixConf", "resource": ["*"] }]));
}

#[test]
fn a_statement_that_changes_nothing_is_taken_out() {
    let text = r#"{"version":"2.0","statement":[{"effect":"allow","action":"trtc:DismissRoom","resource":"*"}, {"effect":"allow","action":"trtc:*","resource":"*"}]}"#;
    assert_eq!(remedied(text)["statement"], json!([{ "effect": "allow", "action": "trtc:*", "resource": "*" }]));
}
