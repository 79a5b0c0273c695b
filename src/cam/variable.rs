//! Policy variables: `${uin}`, `${owner_uin}` and `${app_id}`, replaced once by facts about the caller.
//!
//! They stand in the last resource segment and in condition values only. What is put in is digits, so it can never be a wildcard.

use super::diagnostic::shown;
use super::principal::Principal;
use crate::text::Text;
use std::ops::Range;

/// The names that exist, as they are written between `${` and `}`.
pub const NAMES: [&str; 3] = ["uin", "owner_uin", "app_id"];

/// The same as they are written.
pub const WRITTEN: [&str; 3] = ["${uin}", "${owner_uin}", "${app_id}"];

/// What is wrong with a variable in a text, with its place in that text.
pub struct Fault {
    /// The bytes to underline, relative to the text that was searched.
    pub range: Range<usize>,
    /// What is wrong.
    pub message: Text,
}

/// Whether the text holds the start of a variable.
#[must_use]
pub fn occurs(text: &str) -> bool {
    text.contains("${")
}

/// Checks the variables of a text; the first faulty one is reported.
#[must_use]
pub fn check(text: &str) -> Option<Fault> {
    let mut at = 0;
    while let Some(offset) = text.get(at..)?.find("${") {
        let start = at + offset;
        let rest = text.get(start + 2..)?;
        let Some(length) = rest.find('}') else {
            return Some(Fault {
                range: start..text.len(),
                message: Text::new("The variable is not closed by `}`.", "变量没有以 `}` 结束。"),
            });
        };
        let name = rest.get(..length)?;
        let end = start + 2 + length + 1;
        if !NAMES.contains(&name) {
            let name = shown(name);
            return Some(Fault {
                range: start..end,
                message: Text::made(format!("`${{{name}}}` is not a policy variable."), format!("`${{{name}}}` 不是策略变量。")),
            });
        }
        at = end;
    }
    None
}

/// The remedy for every faulty variable.
#[must_use]
pub fn help() -> Text {
    Text::new("Use `${uin}`, `${owner_uin}` or `${app_id}`.", "请使用 `${uin}`、`${owner_uin}` 或 `${app_id}`。")
}

/// The text with its variables replaced; `None` when it needs the APPID and the caller has none. Text behind a faulty variable stays
/// as it is: [`check`] has refused it long before.
#[must_use]
pub fn substitute(text: &str, principal: &Principal) -> Option<String> {
    let mut made = String::with_capacity(text.len() + 16);
    let mut left = text;
    while let Some((before, rest)) = left.split_once("${") {
        made.push_str(before);
        let Some((name, behind)) = rest.split_once('}') else {
            made.push_str("${");
            left = rest;
            break;
        };
        match name {
            "uin" => made.push_str(&principal.caller_uin().to_string()),
            "owner_uin" => made.push_str(&principal.owner_uin.to_string()),
            "app_id" => made.push_str(&principal.app_id?.to_string()),
            other => {
                made.push_str("${");
                made.push_str(other);
                made.push('}');
            }
        }
        left = behind;
    }
    made.push_str(left);
    Some(made)
}
