//! The language, explained: every member, operator, condition key and variable, each with a policy and two requests that it tells apart.
//!
//! Names come from where the engine has them, so that nothing is explained that there is not; tests parse and decide every example.

use super::condition::{Comparison, Operator, Relation};
use super::context::Context;
use super::principal::Principal;
use super::unmeant::KEYS;
use super::variable;
use crate::text::Text;

/// The accounts of the examples.
const OWNER: i64 = 100_000_000_001;
/// The sub-account that asks.
const ASKS: i64 = 100_000_000_002;
const APP_ID: i64 = 1_250_000_001;

/// What is explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Section {
    /// The members of a policy and its statements.
    Members,
    /// The operators of conditions.
    Operators,
    /// What can be put around an operator.
    Modifiers,
    /// The keys that conditions compare.
    Keys,
    /// What stands for a fact about the caller.
    Variables,
}

impl Section {
    /// All, in the order in which they are read.
    pub const ALL: [Self; 5] = [Self::Members, Self::Operators, Self::Modifiers, Self::Keys, Self::Variables];

    /// As shown.
    #[must_use]
    pub const fn title(self) -> Text {
        match self {
            Self::Members => Text::new("Members", "成员"),
            Self::Operators => Text::new("Condition operators", "条件运算符"),
            Self::Modifiers => Text::new("Prefixes and suffix of operators", "运算符的前缀和后缀"),
            Self::Keys => Text::new("Condition keys", "条件键"),
            Self::Variables => Text::new("Policy variables", "策略变量"),
        }
    }

    /// In one word, for programs and anchors.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Members => "members",
            Self::Operators => "operators",
            Self::Modifiers => "modifiers",
            Self::Keys => "keys",
            Self::Variables => "variables",
        }
    }
}

/// A request of an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The action.
    pub action: &'static str,
    /// The resource.
    pub resource: String,
    /// The condition keys it carries, each with its values.
    pub keys: Vec<(&'static str, Vec<&'static str>)>,
}

/// One thing of the language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it belongs.
    pub section: Section,
    /// As it is written.
    pub name: String,
    /// What it means.
    pub about: Text,
    /// What is compared, for operators and keys.
    pub kind: Option<Text>,
    /// When a request carries it, for keys.
    pub present: Option<Text>,
    /// A policy.
    pub example: String,
    /// A request that the example allows.
    pub allowed: Asked,
    /// A request that it does not allow.
    pub refused: Asked,
}

/// Who asks in the examples.
#[must_use]
pub const fn asks() -> Principal {
    Principal { uin: ASKS, owner_uin: OWNER, app_id: Some(APP_ID), is_root: false }
}

/// The members of policies and statements, and the effects.
static WORDS: [(&str, Text); 8] = [
    ("version", Text::new("Always 2.0", "固定为 2.0")),
    ("statement", Text::new("The list of statements", "语句列表")),
    ("effect", Text::new("Allow or deny", "允许或拒绝")),
    ("action", Text::new("What is allowed or denied", "允许或拒绝的操作")),
    ("resource", Text::new("What it is done to", "操作的资源")),
    ("condition", Text::new("When the statement counts", "语句生效的条件")),
    ("allow", Text::new("Grants, unless something denies", "授予权限，除非被拒绝")),
    ("deny", Text::new("Always wins over allow", "始终优先于允许")),
];

/// The condition keys.
static ABOUT_KEYS: [(&str, Text); 10] = [
    ("qcs:ip", Text::new("Address of the caller, compared with networks", "来源地址，可与网段比较")),
    ("qcs:current_time", Text::new("Time of the request", "请求时间")),
    ("qcs:resource_tag", Text::new("Tags of the resource, each as key&value", "资源标签，写作「键&值」")),
    ("qcs:request_tag", Text::new("Tags in the request, each as key&value", "请求中的标签，写作「键&值」")),
    ("qcs:tag", Text::new("Older name of the tags of the resource", "资源标签的旧名称")),
    ("qcs:uin", Text::new("UIN of the caller", "请求者的 UIN")),
    ("qcs:owner_uin", Text::new("UIN of the root account", "主账号的 UIN")),
    ("qcs:create_uin", Text::new("UIN of the creator of the resource", "资源创建者的 UIN")),
    ("qcs:mfa", Text::new("1 with a second factor, 0 without", "已校验 MFA 为 1，否则为 0")),
    ("mfa", Text::new("1 with a second factor, 0 without", "已校验 MFA 为 1，否则为 0")),
];

/// What a word of the language means: a member, an effect or a condition key.
#[must_use]
pub fn about(word: &str) -> Option<&'static Text> {
    WORDS.iter().chain(&ABOUT_KEYS).find(|(known, _)| *known == word).map(|(_, about)| about)
}

/// Everything there is, section by section.
#[must_use]
pub fn entries() -> Vec<Entry> {
    let operators = Operator::names().filter_map(Operator::read).map(operator);
    let keys = KEYS.into_iter().filter_map(|name| Some(key(name, about(name)?.clone())));
    let variables = variable::WRITTEN.into_iter().map(variable);
    members().into_iter().chain(operators).chain(modifiers()).chain(keys).chain(variables).collect()
}

fn policy(statements: &[String]) -> String {
    format!("{{\n  \"version\": \"2.0\",\n  \"statement\": [\n{}\n  ]\n}}", statements.join(",\n"))
}

fn statement(effect: &str, action: &str, resource: &str, condition: &str) -> String {
    let condition = if condition.is_empty() { String::new() } else { format!(",\n      \"condition\": {condition}") };
    format!(
        "    {{\n      \"effect\": \"{effect}\",\n      \"action\": [\"{action}\"],\n      \"resource\": [\"{resource}\"]{condition}\n    }}"
    )
}

/// The policy that allows everything of TRTC under a condition.
fn under(operator: &str, key: &str, values: &[&str]) -> String {
    let values = match values {
        [one] => format!("\"{one}\""),
        several => format!("[{}]", several.iter().map(|value| format!("\"{value}\"")).collect::<Vec<_>>().join(", ")),
    };
    policy(&[statement("allow", "trtc:*", "*", &format!("{{\"{operator}\": {{\"{key}\": {values}}}}}"))])
}

fn application(number: &str) -> String {
    format!("qcs::trtc::uin/{OWNER}:sdkappid/{number}")
}

/// A request about an application, with a key that has these values; none leaves it out.
fn carrying(key: &'static str, values: &[&'static str]) -> Asked {
    let keys = if values.is_empty() { Vec::new() } else { vec![(key, values.to_vec())] };
    Asked { action: "trtc:DismissRoom", resource: application("1409000001"), keys }
}

fn plain(action: &'static str, resource: String) -> Asked {
    Asked { action, resource, keys: Vec::new() }
}

fn members() -> Vec<Entry> {
    let (first, second) = (application("1409000001"), application("1409000002"));
    let dismiss = || plain("trtc:DismissRoom", first.clone());
    WORDS
        .iter()
        .filter_map(|(name, about)| {
            let everything = || policy(&[statement("allow", "trtc:*", "*", "")]);
            let (example, allowed, refused) = match *name {
                "version" => (everything(), dismiss(), plain("cam:GetUser", "*".to_owned())),
                "statement" => {
                    let both = [statement("allow", "trtc:*", "*", ""), statement("allow", "cam:ListUsers", "*", "")];
                    (policy(&both), plain("cam:ListUsers", "*".to_owned()), plain("cam:ListGroups", "*".to_owned()))
                }
                "effect" | "allow" => (everything(), dismiss(), plain("cam:GetUser", "*".to_owned())),
                "deny" => {
                    let both = [statement("allow", "trtc:*", "*", ""), statement("deny", "trtc:DismissRoom", &second, "")];
                    (policy(&both), dismiss(), plain("trtc:DismissRoom", second.clone()))
                }
                "action" => {
                    let reads = policy(&[statement("allow", "trtc:Describe*", "*", "")]);
                    (reads, plain("trtc:DescribeRoomInfo", first.clone()), dismiss())
                }
                "resource" => {
                    let one = policy(&[statement("allow", "trtc:*", &first, "")]);
                    (one, dismiss(), plain("trtc:DismissRoom", second.clone()))
                }
                "condition" => {
                    let office = under("ip_equal", Context::IP, &["203.0.113.0/24"]);
                    (office, carrying(Context::IP, &["203.0.113.9"]), carrying(Context::IP, &["198.51.100.7"]))
                }
                _ => return None,
            };
            let (name, about) = ((*name).to_owned(), about.clone());
            Some(Entry { section: Section::Members, name, about, kind: None, present: None, example, allowed, refused })
        })
        .collect()
}

/// The tag of a resource that has one value, as conditions on single values need it.
const TEAM: &str = "qcs:resource_tag/team";
const ARCHIVED: &str = "qcs:resource_tag/archived";

/// The key of an example for a comparison, the value in the policy, a value of a request that agrees with it, and one that does not.
fn compared(comparison: Comparison) -> (&'static str, &'static str, &'static [&'static str], &'static [&'static str]) {
    const NUMBERS: [[&str; 1]; 3] = [["100000000002"], ["100000000003"], ["100000000004"]];
    const TIMES: [[&str; 1]; 3] = [["2026-12-31T23:59:59Z"], ["2027-01-01T00:00:00Z"], ["2027-01-01T00:00:01Z"]];
    let ordered =
        |relation: Relation, [less, equal, more]: &'static [[&'static str; 1]; 3]| -> (&'static [&'static str], &'static [&'static str]) {
            match relation {
                Relation::Equal => (equal, more),
                Relation::Less => (less, equal),
                Relation::LessOrEqual => (equal, more),
                Relation::Greater => (more, equal),
                Relation::GreaterOrEqual => (equal, less),
            }
        };
    match comparison {
        Comparison::Text => (TEAM, "Classroom", &["Classroom"], &["classroom"]),
        Comparison::TextIgnoringCase => (TEAM, "Classroom", &["CLASSROOM"], &["office"]),
        Comparison::Like => (TEAM, "class*", &["classroom"], &["office"]),
        Comparison::Number(relation) => {
            let (agrees, differs) = ordered(relation, &NUMBERS);
            ("qcs:create_uin", "100000000003", agrees, differs)
        }
        Comparison::Date(relation) => {
            let (agrees, differs) = ordered(relation, &TIMES);
            (Context::TIME, "2027-01-01T00:00:00Z", agrees, differs)
        }
        Comparison::Network => (Context::IP, "203.0.113.0/24", &["203.0.113.9"], &["198.51.100.7"]),
        Comparison::Boolean => (ARCHIVED, "true", &["true"], &["false"]),
        Comparison::Null => (TEAM, "true", &[], &["classroom"]),
    }
}

fn kind(comparison: Comparison) -> Text {
    match comparison {
        Comparison::Text => Text::new("Text, exactly", "文本（区分大小写）"),
        Comparison::TextIgnoringCase => Text::new("Text, ignoring case", "文本（不区分大小写）"),
        Comparison::Like => Text::new("Text with * for any characters", "文本（* 匹配任意字符）"),
        Comparison::Number(_) => Text::new("Number", "数字"),
        Comparison::Date(_) => Text::new("Time", "时间"),
        Comparison::Network => Text::new("Address or network", "IP 地址或网段"),
        Comparison::Boolean => Text::new("true or false", "true 或 false"),
        Comparison::Null => Text::new("Whether the key is there", "条件键是否存在"),
    }
}

fn operator(operator: Operator) -> Entry {
    let (key, value, agrees, differs) = compared(operator.comparison);
    let (allowed, refused) = if operator.negated { (differs, agrees) } else { (agrees, differs) };
    let negated = operator.negated;
    let either = |plain: Text, negative: Text| if negated { negative } else { plain };
    let about = match operator.comparison {
        Comparison::Text | Comparison::TextIgnoringCase => {
            either(Text::new("Equal to one of the values", "等于其中一个值"), Text::new("Equal to none of the values", "不等于任何一个值"))
        }
        Comparison::Like => {
            either(Text::new("Fits one of the patterns", "匹配其中一个模式"), Text::new("Fits none of the patterns", "不匹配任何一个模式"))
        }
        Comparison::Number(relation) | Comparison::Date(relation) => match relation {
            Relation::Equal => either(
                Text::new("Equal to one of the values", "等于其中一个值"),
                Text::new("Equal to none of the values", "不等于任何一个值"),
            ),
            Relation::Less => Text::new("Less than the value, or earlier", "小于该值，或早于该时间"),
            Relation::LessOrEqual => Text::new("At most the value, or not later", "小于等于该值，或不晚于该时间"),
            Relation::Greater => Text::new("Greater than the value, or later", "大于该值，或晚于该时间"),
            Relation::GreaterOrEqual => Text::new("At least the value, or not earlier", "大于等于该值，或不早于该时间"),
        },
        Comparison::Network => {
            either(Text::new("In one of the networks", "位于其中一个网段内"), Text::new("In none of the networks", "不在任何一个网段内"))
        }
        Comparison::Boolean => Text::new("Equal to the value", "等于该值"),
        Comparison::Null => Text::new(
            "With true, the key must be absent or empty. With false, it must have a value.",
            "值为 true 时条件键须不存在或为空，值为 false 时条件键须有值。",
        ),
    };
    Entry {
        section: Section::Operators,
        name: operator.base.to_owned(),
        about,
        kind: Some(kind(operator.comparison)),
        present: None,
        example: under(operator.base, key, &[value]),
        allowed: carrying(key, allowed),
        refused: carrying(key, refused),
    }
}

fn modifiers() -> Vec<Entry> {
    const TAGS: &str = "qcs:resource_tag";
    let entry = |name: &str, about, example, allowed, refused| Entry {
        section: Section::Modifiers,
        name: name.to_owned(),
        about,
        kind: None,
        present: None,
        example,
        allowed,
        refused,
    };
    vec![
        entry(
            "for_any_value:",
            Text::new("One of the values that the request carries is enough", "请求携带的多个值中，有一个满足即可"),
            under("for_any_value:string_equal", TAGS, &["team&a"]),
            carrying(TAGS, &["stage&test", "team&a"]),
            carrying(TAGS, &["stage&test"]),
        ),
        entry(
            "for_all_value:",
            Text::new("Each of the values that the request carries must agree", "请求携带的每个值都须满足"),
            under("for_all_value:string_equal", TAGS, &["team&a", "stage&test"]),
            carrying(TAGS, &["team&a"]),
            carrying(TAGS, &["team&a", "stage&live"]),
        ),
        entry(
            "_if_exist",
            Text::new("Also holds when the request does not carry the key", "请求未携带该条件键时也成立"),
            under("string_equal_if_exist", TEAM, &["a"]),
            carrying(TEAM, &[]),
            carrying(TEAM, &["b"]),
        ),
    ]
}

fn key(key: &'static str, about: Text) -> Entry {
    let always = || Text::new("Always", "始终");
    let (operator, value, agrees, differs): (_, _, &[&'static str], &[&'static str]) = match key {
        Context::IP => ("ip_equal", "203.0.113.0/24", &["203.0.113.9"], &["198.51.100.7"]),
        Context::TIME => ("date_less_than", "2027-01-01T00:00:00Z", &["2026-12-31T23:59:59Z"], &["2027-01-01T00:00:00Z"]),
        "qcs:resource_tag" | "qcs:request_tag" | "qcs:tag" => ("for_any_value:string_equal", "team&a", &["team&a"], &["team&b"]),
        "qcs:owner_uin" => ("string_equal", "100000000001", &["100000000001"], &["100000000009"]),
        "qcs:mfa" | "mfa" => ("string_equal", "1", &["1"], &["0"]),
        _ => ("string_equal", "100000000002", &["100000000002"], &["100000000003"]),
    };
    let (kind, present) = match key {
        Context::IP => (kind(Comparison::Network), always()),
        Context::TIME => (Text::new("Time in UTC, such as 2027-01-01T00:00:00Z", "UTC 时间，例如 2027-01-01T00:00:00Z"), always()),
        "qcs:resource_tag" | "qcs:tag" => (
            Text::new(
                "Texts, one for each tag. With a slash and a tag key behind it: the value of that tag.",
                "多个文本，每个标签一个；后接斜杠和标签键时，为该标签的值。",
            ),
            Text::new("When the application has tags", "应用有标签时"),
        ),
        "qcs:request_tag" => (
            Text::new("Texts, one for each tag", "多个文本，每个标签一个"),
            Text::new("When the request sets or removes tags", "请求设置或移除标签时"),
        ),
        "qcs:create_uin" => (Text::new("Number", "数字"), Text::new("When the request is about an application", "请求针对应用时")),
        "qcs:mfa" | "mfa" => (Text::new("Text: 1 or 0", "文本：1 或 0"), always()),
        _ => (Text::new("Number", "数字"), always()),
    };
    Entry {
        section: Section::Keys,
        name: key.to_owned(),
        about,
        kind: Some(kind),
        present: Some(present),
        example: under(operator, key, &[value]),
        allowed: carrying(key, agrees),
        refused: carrying(key, differs),
    }
}

fn variable(written: &'static str) -> Entry {
    const CREATOR: &str = "qcs:create_uin";
    const CUSTOMER: &str = "qcs:resource_tag/customer";
    let account = |uin: i64| format!("qcs::cam::uin/{OWNER}:uin/{uin}");
    let (about, example, allowed, refused) = match written {
        "${owner_uin}" => (
            Text::new("UIN of the root account that the caller belongs to", "请求者所属主账号的 UIN"),
            under("string_equal", CREATOR, &["${owner_uin}"]),
            carrying(CREATOR, &["100000000001"]),
            carrying(CREATOR, &["100000000002"]),
        ),
        "${app_id}" => (
            Text::new("APPID of the root account that the caller belongs to", "请求者所属主账号的 APPID"),
            under("string_equal", CUSTOMER, &["${app_id}"]),
            carrying(CUSTOMER, &["1250000001"]),
            carrying(CUSTOMER, &["1250000002"]),
        ),
        _ => (
            Text::new("UIN of the caller", "请求者的 UIN"),
            policy(&[statement("allow", "cam:UpdateAccessKey", &format!("qcs::cam::uin/{OWNER}:uin/${{uin}}"), "")]),
            plain("cam:UpdateAccessKey", account(ASKS)),
            plain("cam:UpdateAccessKey", account(ASKS + 1)),
        ),
    };
    Entry { section: Section::Variables, name: written.to_owned(), about, kind: None, present: None, example, allowed, refused }
}
