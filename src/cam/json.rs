//! A JSON reader (RFC 8259) that keeps the place of every value and carries on after a mistake, so that one reading reports them all.
//!
//! It must never accept what JSON does not (comments, trailing commas, `NaN`, single quotes, a byte order mark): it reads on after
//! reporting them. Depth and number of reports are bounded.

use super::diagnostic::{Code, Diagnostic, Located, Span, shown};
use crate::text::Text;

/// Values nested deeper than this are refused; a policy needs seven levels.
pub const MAX_DEPTH: usize = 32;
/// Reading stops after this many mistakes.
pub const MAX_MISTAKES: usize = 50;

/// A JSON value.
#[derive(Clone, Debug)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as it was written, e.g. `2.0`
    Number(String),
    /// A string with its escapes decoded
    String(String),
    /// `[…]`
    Array(Vec<Node>),
    /// `{…}`, members in the order of the text, duplicates included
    Object(Vec<Member>),
    /// Something that is no JSON value; it has been reported
    Broken,
}

impl Json {
    /// What the value is, for messages.
    #[must_use]
    pub fn kind(&self) -> Text {
        match self {
            Self::Null => Text::new("null", "null"),
            Self::Bool(_) => Text::new("a Boolean", "布尔值"),
            Self::Number(_) => Text::new("a number", "数字"),
            Self::String(_) => Text::new("a string", "字符串"),
            Self::Array(_) => Text::new("a list", "列表"),
            Self::Object(_) => Text::new("an object", "对象"),
            Self::Broken => Text::new("unreadable text", "无法读取的内容"),
        }
    }
}

/// A value and its place; the quotes of a string belong to its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// The bytes of the value.
    pub span: Span,
    /// The value.
    pub json: Json,
}

impl Node {
    /// The place of a part of this string, given as bytes of the decoded text. A string with escapes is underlined whole,
    /// because its decoded bytes do not stand in the text.
    #[must_use]
    pub fn inside(&self, range: std::ops::Range<usize>) -> Span {
        match &self.json {
            Json::String(text) if text.len() + 2 == self.span.end - self.span.start => {
                Span::new(self.span.start + 1 + range.start, self.span.start + 1 + range.end)
            }
            _ => self.span,
        }
    }
}

/// One member of an object.
#[derive(Clone, Debug)]
pub struct Member {
    /// The name and its place with the quotes.
    pub key: Located<String>,
    /// The value.
    pub value: Node,
}

/// Reads one JSON text. The node is `Broken` when nothing could be read; the list holds every mistake, at most [`MAX_MISTAKES`].
#[must_use]
pub fn read(text: &str) -> (Node, Vec<Diagnostic>) {
    read_down_to(MAX_DEPTH, text)
}

/// The same for a text in which values may be nested deeper than in a policy. The depth is bounded by the stack.
pub fn read_down_to(depth: usize, text: &str) -> (Node, Vec<Diagnostic>) {
    // Whatever else is wrong with such a text can only be told when it is mended.
    if let Some(found) = super::lookalike::find(text) {
        return (Node { span: Span::new(0, text.len()), json: Json::Broken }, vec![found]);
    }
    let mut reader = Reader { text, depth, at: 0, mistakes: Vec::new() };
    if text.starts_with('\u{feff}') {
        reader.at = 3;
        reader.mistake(
            Span::new(0, 3),
            Text::new("The text starts with a byte order mark (BOM).", "文本以字节顺序标记（BOM）开头。"),
            Some(Text::new("Save the text as UTF-8 without a BOM.", "请以不带 BOM 的 UTF-8 保存。")),
        );
    }
    reader.blank();
    if reader.at >= text.len() {
        reader.mistake(
            Span::new(0, text.len()),
            Text::new("The policy is empty.", "策略内容为空。"),
            Some(Text::new(
                "Start with `{\"version\": \"2.0\", \"statement\": [{\"effect\": \"allow\", \"action\": [\"trtc:*\"], \"resource\": [\"*\"]}]}`.",
                "请从 `{\"version\": \"2.0\", \"statement\": [{\"effect\": \"allow\", \"action\": [\"trtc:*\"], \"resource\": [\"*\"]}]}` 开始。",
            )),
        );
        return (Node { span: Span::new(0, text.len()), json: Json::Broken }, reader.mistakes);
    }
    let node = reader.value(0);
    reader.blank();
    if reader.at < text.len() && !reader.full() {
        reader.mistake(
            Span::new(reader.at, text.len()),
            Text::new("There is more text after the end of the policy.", "策略结束之后还有多余内容。"),
            Some(Text::new("Delete it, or check the brackets before it.", "请删除多余内容，或检查前面的括号。")),
        );
    }
    (node, reader.mistakes)
}

struct Reader<'t> {
    text: &'t str,
    /// Values nested deeper are refused.
    depth: usize,
    at: usize,
    mistakes: Vec<Diagnostic>,
}

impl<'t> Reader<'t> {
    fn mistake(&mut self, span: Span, message: Text, help: Option<Text>) {
        if !self.full() {
            let mut diagnostic = Diagnostic::error(Code::PolicyDocumentError, span, message);
            diagnostic.help = help;
            self.mistakes.push(diagnostic);
        }
    }

    fn full(&self) -> bool {
        self.mistakes.len() >= MAX_MISTAKES
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self, letter: char) -> bool {
        let there = self.peek() == Some(letter);
        if there {
            self.at += letter.len_utf8();
        }
        there
    }

    /// Skips white space, and comments after reporting them.
    fn blank(&mut self) {
        loop {
            let rest = self.rest();
            self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
            let rest = self.rest();
            let length = if rest.starts_with("//") || rest.starts_with('#') {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                rest.find("*/").map_or(rest.len(), |end| end + 2)
            } else {
                return;
            };
            let span = Span::new(self.at, self.at + length);
            self.mistake(
                span,
                Text::new("A policy cannot contain comments.", "策略中不能有注释。"),
                Some(Text::new("Delete the comment.", "请删除注释。")),
            );
            self.at = span.end;
        }
    }

    fn value(&mut self, depth: usize) -> Node {
        let start = self.at;
        let json = match self.peek() {
            Some('{' | '[') if depth >= self.depth => {
                let most = self.depth;
                self.mistake(
                    Span::new(start, start + 1),
                    Text::made(format!("The text is nested deeper than {most} levels."), format!("嵌套超过 {most} 层。")),
                    Some(Text::new("A policy needs no more than seven levels.", "策略最多只需要七层。")),
                );
                self.at = self.text.len();
                Json::Broken
            }
            Some('{') => Json::Object(self.object(depth)),
            Some('[') => Json::Array(self.array(depth)),
            Some('"') => {
                let known = self.mistakes.len();
                let text = self.string('"');
                // What a broken string says is anybody's guess; judging it would only report the same mistake again.
                if self.mistakes.len() == known { Json::String(text) } else { Json::Broken }
            }
            Some('\'') => {
                let text = self.string('\'');
                self.mistake(
                    Span::new(start, self.at),
                    Text::new("A string must be in double quotes.", "字符串必须使用双引号。"),
                    Some(Text::new("Use `\"` instead of `'`.", "请用 `\"` 代替 `'`。")),
                );
                Json::String(text)
            }
            Some('-' | '0'..='9') => self.number(),
            Some(_) => self.word(),
            None => {
                self.mistake(
                    Span::new(start, start),
                    Text::new("The text ends where a value is expected.", "文本提前结束，此处应有值。"),
                    None,
                );
                Json::Broken
            }
        };
        Node { span: Span::new(start, self.at), json }
    }

    /// A list or object goes on with a comma, or ends. `true` while there may be another element.
    fn goes_on(&mut self, close: char, opened_at: usize) -> bool {
        self.blank();
        if self.skip(close) || self.full() {
            return false;
        }
        let comma_at = self.at;
        if self.skip(',') {
            self.blank();
            if self.skip(close) {
                self.mistake(
                    Span::new(comma_at, comma_at + 1),
                    Text::made(format!("There is a comma before `{close}`."), format!("`{close}` 之前有多余的逗号。")),
                    Some(Text::new("Delete the comma.", "请删除该逗号。")),
                );
                return false;
            }
            return self.peek().is_some() || self.unclosed(close, opened_at);
        }
        match self.peek() {
            None => self.unclosed(close, opened_at),
            Some('}' | ']' | ':') => {
                // The wrong bracket most likely belongs to an outer value: report it here and let the outer one close itself.
                let found = self.peek().unwrap_or(close);
                self.mistake(
                    Span::new(self.at, self.at + 1),
                    Text::made(format!("Expected `{close}`, found `{found}`."), format!("此处应为 `{close}`，实际为 `{found}`。")),
                    None,
                );
                if found == ':' {
                    self.at += 1;
                    return true;
                }
                false
            }
            Some(_) => {
                self.mistake(
                    Span::new(self.at, self.at + self.peek().map_or(0, char::len_utf8)),
                    Text::new("A comma is missing.", "缺少逗号。"),
                    Some(Text::made(format!("Put `,` or `{close}` here."), format!("请在此处加上 `,` 或 `{close}`。"))),
                );
                true
            }
        }
    }

    fn unclosed(&mut self, close: char, opened_at: usize) -> bool {
        self.mistake(
            Span::new(opened_at, opened_at + 1),
            Text::made(format!("This bracket is never closed by `{close}`."), format!("此括号没有对应的 `{close}`。")),
            None,
        );
        false
    }

    fn array(&mut self, depth: usize) -> Vec<Node> {
        let opened_at = self.at;
        let mut items = Vec::new();
        self.at += 1;
        self.blank();
        if self.skip(']') {
            return items;
        }
        if self.peek().is_none() {
            self.unclosed(']', opened_at);
            return items;
        }
        loop {
            items.push(self.value(depth + 1));
            if !self.goes_on(']', opened_at) {
                return items;
            }
        }
    }

    fn object(&mut self, depth: usize) -> Vec<Member> {
        let opened_at = self.at;
        let mut members = Vec::new();
        self.at += 1;
        self.blank();
        if self.skip('}') {
            return members;
        }
        if self.peek().is_none() {
            self.unclosed('}', opened_at);
            return members;
        }
        loop {
            let start = self.at;
            let name = self.value(depth + 1);
            let key = match name.json {
                Json::String(text) => Some(Located::new(text, name.span)),
                Json::Broken => None,
                other => {
                    self.mistake(
                        Span::new(start, self.at),
                        Text::made(
                            format!("Expected a member name, found {}.", other.kind().en),
                            format!("此处应为成员名，实际为{}。", other.kind().zh),
                        ),
                        Some(Text::new("Write `\"name\": value`.", "请写成 `\"name\": value`。")),
                    );
                    None
                }
            };
            self.blank();
            if self.skip(':') {
                self.blank();
                let value = self.value(depth + 1);
                if let Some(key) = key {
                    members.push(Member { key, value });
                }
            } else if key.is_some() {
                self.mistake(
                    Span::new(start, self.at.max(start)),
                    Text::new("The member has no value.", "该成员没有值。"),
                    Some(Text::new("Put `:` and the value after the name.", "请在名称后加上 `:` 和值。")),
                );
            }
            if !self.goes_on('}', opened_at) {
                return members;
            }
        }
    }

    fn string(&mut self, quote: char) -> String {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let plain = rest.find(|c: char| c == quote || c == '\\' || c < ' ').unwrap_or(rest.len());
            text.push_str(rest.get(..plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some('\\') => self.escape(&mut text),
                Some(c) if c == quote => {
                    self.at += 1;
                    return text;
                }
                Some('\t') => {
                    self.mistake(
                        Span::new(self.at, self.at + 1),
                        Text::new("The string contains a tab.", "字符串中有制表符。"),
                        Some(Text::new("Write `\\t`.", "请写成 `\\t`。")),
                    );
                    self.at += 1;
                }
                Some(c) if c != '\n' && c != '\r' => {
                    self.mistake(
                        Span::new(self.at, self.at + 1),
                        Text::new("The string contains a control character.", "字符串中有控制字符。"),
                        None,
                    );
                    self.at += 1;
                }
                _ => {
                    self.mistake(
                        Span::new(start, self.at),
                        Text::new("The string is not closed.", "字符串没有结束。"),
                        Some(Text::new("Put `\"` at its end.", "请在末尾加上 `\"`。")),
                    );
                    return text;
                }
            }
        }
    }

    fn escape(&mut self, text: &mut String) {
        let start = self.at;
        self.at += 1;
        let letter = self.peek();
        self.at += letter.map_or(0, char::len_utf8);
        match letter {
            Some(c @ ('"' | '\\' | '/')) => text.push(c),
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{c}'),
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some('u') => match self.code_point() {
                Some(c) => text.push(c),
                None => self.mistake(
                    Span::new(start, self.at),
                    Text::new("This `\\u` escape is not a character.", "该 `\\u` 转义不是有效字符。"),
                    Some(Text::new("Use four hexadecimal digits, and surrogates in pairs.", "需要四位十六进制数字，代理项须成对出现。")),
                ),
            },
            _ => self.mistake(
                Span::new(start, self.at),
                Text::new("This escape does not exist in JSON.", "JSON 中没有这种转义。"),
                Some(Text::new("Write `\\\\` for a backslash.", "反斜杠请写成 `\\\\`。")),
            ),
        }
    }

    fn code_point(&mut self) -> Option<char> {
        let first = self.hex4()?;
        if !(0xD800..0xE000).contains(&first) {
            return char::from_u32(first);
        }
        if !self.rest().starts_with("\\u") {
            return None;
        }
        self.at += 2;
        let second = self.hex4()?;
        let (high, low) = (first.checked_sub(0xD800)?, second.checked_sub(0xDC00)?);
        if high >= 0x400 || low >= 0x400 {
            return None;
        }
        char::from_u32(0x1_0000 + (high << 10) + low)
    }

    fn hex4(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }

    fn number(&mut self) -> Json {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | '_'))).unwrap_or(rest.len());
        let digits = rest.get(..end).unwrap_or_default();
        let start = self.at;
        self.at += end;
        if super::operand::Number::parse(digits).is_some() {
            return Json::Number(digits.to_owned());
        }
        let echo = shown(digits);
        self.mistake(
            Span::new(start, self.at),
            Text::made(format!("`{echo}` is not a number."), format!("`{echo}` 不是数字。")),
            Some(Text::new("Write it like `10`, `-1` or `1.5`, or put it in quotes.", "请写成 `10`、`-1` 或 `1.5`，或者加上引号。")),
        );
        Json::Broken
    }

    /// A bare word: one of the three JSON knows, or a mistake. Always moves on by at least one character.
    fn word(&mut self) -> Json {
        let rest = self.rest();
        let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let length = if length == 0 { rest.chars().next().map_or(0, char::len_utf8) } else { length };
        let word = rest.get(..length).unwrap_or_default();
        let start = self.at;
        // A closing bracket where a value is expected belongs to the caller.
        if !matches!(word, "}" | "]") || self.full() {
            self.at += length;
        }
        match word {
            "null" => return Json::Null,
            "true" => return Json::Bool(true),
            "false" => return Json::Bool(false),
            _ => {}
        }
        let echo = shown(word);
        self.mistake(
            Span::new(start, start + length),
            Text::made(format!("Expected a value, found `{echo}`."), format!("此处应为值，实际为 `{echo}`。")),
            Some(Text::new("A string must be in double quotes.", "字符串必须使用双引号。")),
        );
        Json::Broken
    }
}
