//! Conditions of policies in words: the common ones as people say them, the others as the policy has them.

use crate::cam::{Condition, Context};
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// A condition as its policy has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenCondition {
    /// The operator, e.g. `ip_equal`.
    pub operator: String,
    /// The key, e.g. `qcs:ip`.
    pub key: String,
    /// The values.
    pub values: Vec<String>,
}

impl From<&Condition> for WrittenCondition {
    fn from(condition: &Condition) -> Self {
        Self {
            operator: condition.operator.value.to_string(),
            key: condition.key.value.clone(),
            values: condition.values.iter().map(|value| value.value.text.clone()).collect(),
        }
    }
}

impl WrittenCondition {
    /// The condition in words where it is a common one, else as the policy has it.
    #[must_use]
    pub fn text(&self) -> Text {
        let (base, lenient) = self.operator.strip_suffix("_if_exist").map_or((self.operator.as_str(), false), |base| (base, true));
        let Some(words) = asks_for(base, &self.key) else {
            let all = format!("{} {} {}", self.key, self.operator, self.values.join(", "));
            return Text::made(all.clone(), all);
        };
        let joined = if is_tag(&self.key) { self.values.join(", ").replace('&', " = ") } else { self.values.join(", ") };
        let (en, zh) = if lenient { (", where the request has it", "（仅当请求带有该条件键）") } else { ("", "") };
        Text::made(format!("{} {joined}{en}", words.en), format!("{} {joined}{zh}", words.zh))
    }
}

/// What a common condition asks for; its values follow. Nothing for any other.
#[must_use]
pub fn asks_for(operator: &str, key: &str) -> Option<Text> {
    Some(match (operator, key) {
        ("ip_equal", Context::IP) => Text::new("Address is in", "来源地址属于"),
        ("ip_not_equal", Context::IP) => Text::new("Address is in none of", "来源地址不属于"),
        ("date_greater_than", Context::TIME) => Text::new("Time is after", "时间晚于"),
        ("date_greater_than_equal", Context::TIME) => Text::new("Time is from", "时间不早于"),
        ("date_less_than", Context::TIME) => Text::new("Time is before", "时间早于"),
        ("date_less_than_equal", Context::TIME) => Text::new("Time is no later than", "时间不晚于"),
        ("string_equal" | "for_any_value:string_equal", "qcs:resource_tag" | "qcs:tag") => {
            Text::new("A tag of the resource is", "资源标签为")
        }
        ("string_equal" | "for_any_value:string_equal", "qcs:request_tag") => Text::new("A tag of the request is", "请求标签为"),
        ("string_equal" | "numeric_equal", "mfa" | "qcs:mfa") => Text::new("MFA (1: verified) is", "MFA（1 表示已校验）为"),
        ("string_equal", key) => {
            let tag = key.strip_prefix("qcs:resource_tag/").or(key.strip_prefix("qcs:tag/"))?;
            Text::made(format!("Tag {tag} of the resource is"), format!("资源标签 {tag} 为"))
        }
        _ => return None,
    })
}

/// Whether the values of a key are tags, each as `key&value`.
fn is_tag(key: &str) -> bool {
    matches!(key, "qcs:resource_tag" | "qcs:tag" | "qcs:request_tag")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_conditions_are_said_in_words() {
        let said = |operator: &str, key: &str, values: &[&str]| {
            let values = values.iter().map(|value| (*value).to_owned()).collect();
            WrittenCondition { operator: operator.to_owned(), key: key.to_owned(), values }.text().en.into_owned()
        };
        assert_eq!(said("ip_equal", "qcs:ip", &["10.0.0.0/8", "192.0.2.1"]), "Address is in 10.0.0.0/8, 192.0.2.1");
        let times = ["date_greater_than", "date_greater_than_equal", "date_less_than", "date_less_than_equal"];
        let words =
            times.map(|operator| said(operator, "qcs:current_time", &["2026-12-01T00:00:00Z"]).replace(" 2026-12-01T00:00:00Z", ""));
        assert_eq!(words, ["Time is after", "Time is from", "Time is before", "Time is no later than"]);
        assert_eq!(said("string_equal_if_exist", "mfa", &["1"]), "MFA (1: verified) is 1, where the request has it");
        assert_eq!(said("for_any_value:string_equal", "qcs:resource_tag", &["team&live"]), "A tag of the resource is team = live");
        assert_eq!(said("string_equal", "qcs:tag/team", &["a&b"]), "Tag team of the resource is a&b");
        assert_eq!(said("string_not_equal", "mfa", &["1"]), "mfa string_not_equal 1");
    }
}
