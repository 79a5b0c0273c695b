//! The document model of an identity policy, a permissions boundary or a session policy, and its canonical printed form.
//!
//! It must never print what says something else: printing and parsing again gives the same policy. Only its length is nobody's promise:
//! the canonical form has more brackets than a text may have had, so a policy that just fits may print as one that does not.

use super::action::ActionPattern;
use super::condition::{Condition, Value};
use super::diagnostic::Located;
use super::literal::quoted;
use super::resource::ResourcePattern;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a statement does with the requests it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Grants them, unless a deny matches too.
    Allow,
    /// Denies them, whatever else grants them.
    Deny,
}

impl Effect {
    /// The word in the document.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }
}

/// A policy that has no errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The statements in the order of the text; the order means nothing.
    pub statements: Vec<Located<Statement>>,
}

/// One statement: action, resource and condition have to match together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// `allow` or `deny`.
    pub effect: Located<Effect>,
    /// At least one; any of them may match.
    pub actions: Vec<Located<ActionPattern>>,
    /// At least one; any of them may match.
    pub resources: Vec<Located<ResourcePattern>>,
    /// All of them have to hold; none means always.
    pub conditions: Vec<Condition>,
}

impl Policy {
    /// What deciding by it costs: its actions and resources with a wildcard, and the values of its conditions.
    #[must_use]
    pub fn patterns(&self) -> usize {
        let of = |statement: &Statement| {
            let actions = statement.actions.iter().filter(|action| !action.value.is_exact()).count();
            let resources = statement.resources.iter().filter(|resource| resource.value.as_str().contains('*')).count();
            actions + resources + statement.conditions.iter().map(|condition| condition.values.len()).sum::<usize>()
        };
        self.statements.iter().map(|statement| of(&statement.value)).sum()
    }
}

impl Statement {
    /// The conditions as a JSON object on one line; `None` when there are none.
    #[must_use]
    pub fn condition(&self) -> Option<String> {
        let mut made = String::new();
        let mut operator = None;
        for condition in &self.conditions {
            if operator == Some(condition.operator.value) {
                made.push_str(", ");
            } else {
                made.push_str(if operator.is_none() { "{" } else { "}, " });
                made.push_str(&format!("\"{}\": {{", condition.operator.value));
                operator = Some(condition.operator.value);
            }
            let values: Vec<String> = condition.values.iter().map(|value| printed(&value.value)).collect();
            made.push_str(&format!("{}: [{}]", quoted(&condition.key.value), values.join(", ")));
        }
        operator.map(|_| made + "}}")
    }
}

/// The canonical form: two blanks a level, lists where the grammar allows lists, members in the order effect, action, resource, condition.
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{\n  \"version\": \"2.0\",\n  \"statement\": [")?;
        for (index, statement) in self.statements.iter().enumerate() {
            f.write_str(if index == 0 { "\n" } else { ",\n" })?;
            let statement = &statement.value;
            write!(f, "    {{\n      \"effect\": \"{}\",\n      \"action\": ", statement.effect.value.as_str())?;
            list(f, "      ", statement.actions.iter().map(|action| quoted(action.value.as_str())))?;
            f.write_str(",\n      \"resource\": ")?;
            list(f, "      ", statement.resources.iter().map(|resource| quoted(resource.value.as_str())))?;
            conditions(f, &statement.conditions)?;
            f.write_str("\n    }")?;
        }
        f.write_str("\n  ]\n}\n")
    }
}

fn conditions(f: &mut fmt::Formatter<'_>, conditions: &[Condition]) -> fmt::Result {
    let mut operator = None;
    for condition in conditions {
        if operator == Some(condition.operator.value) {
            f.write_str(",\n")?;
        } else {
            f.write_str(if operator.is_none() { ",\n      \"condition\": {\n" } else { "\n        },\n" })?;
            writeln!(f, "        \"{}\": {{", condition.operator.value)?;
            operator = Some(condition.operator.value);
        }
        write!(f, "          {}: ", quoted(&condition.key.value))?;
        list(f, "          ", condition.values.iter().map(|value| printed(&value.value)))?;
    }
    if operator.is_some() { f.write_str("\n        }\n      }") } else { Ok(()) }
}

fn printed(value: &Value) -> String {
    if value.is_number { value.text.clone() } else { quoted(&value.text) }
}

/// A list on one line when it is short, else one item a line.
fn list(f: &mut fmt::Formatter<'_>, indent: &str, items: impl Iterator<Item = String>) -> fmt::Result {
    let items: Vec<String> = items.collect();
    if items.len() == 1 || items.iter().map(|item| item.chars().count() + 2).sum::<usize>() <= 80 {
        return write!(f, "[{}]", items.join(", "));
    }
    f.write_str("[\n")?;
    for (index, item) in items.iter().enumerate() {
        writeln!(f, "{indent}  {item}{}", if index + 1 == items.len() { "" } else { "," })?;
    }
    write!(f, "{indent}]")
}
