//! Action patterns: `trtc:DescribeRoomInfo`, `trtc:Describe*`, `name/trtc:*`, `*:*`, `*`.
//!
//! It must never know which actions exist: that is the catalogue's business, brought in by `check`.

use super::diagnostic::{Code, Diagnostic, shown};
use super::json::Node;
use super::{lookalike, variable, wildcard};
use crate::text::Text;
use std::fmt;
use std::ops::Range;

/// A pattern over actions, as written; the prefix `name/` carries no meaning.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ActionPattern {
    text: String,
}

impl ActionPattern {
    /// Reads a pattern. The fault says what is wrong with which part of the text.
    pub(super) fn read(text: &str) -> Result<Self, ActionFault> {
        fault(text).map_or_else(|| Ok(Self { text: text.to_owned() }), Err)
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The pattern without the prefix `name/`.
    #[must_use]
    pub fn bare(&self) -> &str {
        self.text.strip_prefix("name/").unwrap_or(&self.text)
    }

    /// The service it names; `None` when it covers every service.
    #[must_use]
    pub fn service(&self) -> Option<&str> {
        self.bare().split_once(':').map(|(service, _)| service).filter(|service| *service != "*")
    }

    /// Whether it names one action.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        !self.text.contains('*')
    }

    /// Whether it covers every action of every service.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        matches!(self.bare(), "*" | "*:*")
    }

    /// Whether it covers an action such as `trtc:DismissRoom`. An action holds exactly one colon, so a wildcard cannot reach
    /// from the service into the operation.
    #[must_use]
    pub fn covers(&self, action: &str) -> bool {
        wildcard::matches(self.bare(), action)
    }
}

impl fmt::Display for ActionPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Whether an action of a policy, with or without wildcards, covers an action; what is no action covers none.
#[must_use]
pub fn covers(pattern: &str, action: &str) -> bool {
    ActionPattern::read(pattern).is_ok_and(|pattern| pattern.covers(action))
}

/// Whether a request names an action at all: a service and an operation around one colon.
#[must_use]
pub fn is_action(action: &str) -> bool {
    let colons = action.bytes().filter(|byte| *byte == b':').count();
    colons == 1 && !action.starts_with(':') && !action.ends_with(':')
}

/// Whether a text is a service name: lower-case letters, digits, `_` and `-`, starting with a letter.
#[must_use]
pub fn is_service(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
}

/// What is wrong with an action pattern.
pub(super) struct ActionFault {
    range: Range<usize>,
    message: Text,
    help: Text,
    /// Whether it is about characters nobody sees, which are only to be deleted.
    invisible: bool,
}

impl ActionFault {
    /// The finding for the string the pattern was read from.
    pub(super) fn diagnostic(self, node: &Node) -> Diagnostic {
        let span = node.inside(self.range);
        let found = Diagnostic::error(Code::ActionError, span, self.message).help(self.help);
        // A string with escapes is underlined whole, and whole it must not be deleted.
        if self.invisible && span != node.span { found.safe_fix(span, "") } else { found }
    }
}

fn fault(text: &str) -> Option<ActionFault> {
    let fault = |range: Range<usize>, message: Text, help: Text| Some(ActionFault { range, message, help, invisible: false });
    let all = 0..text.len();
    let echo = shown(text);
    let shape = || {
        Text::new(
            "Write it like `trtc:DescribeRoomInfo`, `trtc:Describe*` or `*`.",
            "请写成 `trtc:DescribeRoomInfo`、`trtc:Describe*` 或 `*`。",
        )
    };
    if text.is_empty() {
        return fault(all, Text::new("The action is empty.", "操作为空。"), shape());
    }
    if text == "*" {
        return None;
    }
    if variable::occurs(text) {
        return fault(
            all,
            Text::made(format!("Variables cannot be used in the action `{echo}`."), format!("操作 `{echo}` 中不能使用变量。")),
            Text::new(
                "Use variables only in the last segment of a resource and in condition values.",
                "变量只能用于资源的最后一段和条件值。",
            ),
        );
    }
    if let Some(position) = text.find(char::is_whitespace) {
        let blank = text.get(position..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
        return fault(
            position..position + blank,
            Text::made(format!("The action `{echo}` contains whitespace."), format!("操作 `{echo}` 中有空白字符。")),
            Text::new("Delete the whitespace.", "请删除空白字符。"),
        );
    }
    let bare = text.strip_prefix("name/").unwrap_or(text);
    let skipped = text.len() - bare.len();
    if bare == "*" {
        return fault(
            all,
            Text::new("`name/*` is not an action.", "`name/*` 不是有效操作。"),
            Text::new("Write `*` for all actions, or name the service: `name/trtc:*`.", "所有操作请写 `*`，或者写明产品：`name/trtc:*`。"),
        );
    }
    if let Some((prefix, _)) = bare.split_once('/') {
        let end = skipped + prefix.len() + 1;
        let prefix = shown(prefix);
        return fault(
            0..end,
            Text::made(format!("The prefix `{prefix}/` does not exist."), format!("前缀 `{prefix}/` 不存在。")),
            Text::new("The only prefix is `name/`, and it can be used only once.", "唯一的前缀是 `name/`，且只能出现一次。"),
        );
    }
    let Some((service, operation)) = bare.split_once(':') else {
        return fault(
            all,
            Text::made(format!("The action `{echo}` has no operation name after the service."), format!("操作 `{echo}` 缺少操作名。")),
            shape(),
        );
    };
    let colon = skipped + service.len();
    if service != "*" && !is_service(service) {
        let help = if service.contains('*') {
            Text::new("Write the full service name, or `*` for all services.", "请写出完整的产品名，或用 `*` 表示全部产品。")
        } else {
            Text::new("Write the service name in lower case, for example `trtc`.", "产品名请使用小写字母，例如 `trtc`。")
        };
        let service = shown(service);
        return fault(
            skipped..colon.max(skipped + 1),
            Text::made(format!("`{service}` is not a service name."), format!("`{service}` 不是有效的产品名。")),
            help,
        );
    }
    let start = colon + 1;
    if operation.is_empty() {
        return fault(
            all,
            Text::made(format!("The action `{echo}` has no operation name after the service."), format!("操作 `{echo}` 缺少操作名。")),
            shape(),
        );
    }
    if let Some(position) = operation.find("**") {
        return fault(
            start + position..start + position + 2,
            Text::new("`**` is not allowed in an action.", "操作中不能使用 `**`。"),
            Text::new("Write a single `*`.", "请只写一个 `*`。"),
        );
    }
    if let Some((position, letter, name)) = operation.char_indices().find_map(|(at, c)| Some((at, c, lookalike::invisible(c)?))) {
        let code = u32::from(letter);
        let mut found = ActionFault {
            range: start + position..start + position + letter.len_utf8(),
            message: Text::made(
                format!("The action contains a {} (U+{code:04X}).", name.en),
                format!("操作中有{}（U+{code:04X}）。", name.zh),
            ),
            help: Text::new("Delete it.", "请删除。"),
            invisible: true,
        };
        // One finding and one edit, however many there are.
        let rest = operation.get(position..).unwrap_or_default();
        found.range.end = start + position + rest.find(|c| lookalike::invisible(c).is_none()).unwrap_or(rest.len());
        return Some(found);
    }
    let wrong = operation.char_indices().find(|(_, c)| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '*')));
    if let Some((position, letter)) = wrong {
        return fault(
            start + position..start + position + letter.len_utf8(),
            Text::made(format!("`{letter}` is not allowed in an action."), format!("操作中不能使用 `{letter}`。")),
            Text::new("Use only letters, digits, `_` and `*`.", "只能使用字母、数字、`_` 和 `*`。"),
        );
    }
    None
}
