//! The policy document inside a Terraform file: a heredoc, or an object of HCL inside `jsonencode(…)`.
//!
//! It must never guess what a reference stands for: a document that is filled in elsewhere is refused.

use super::literal::{quoted, string_length};
use crate::text::Text;

/// Values nested deeper than this are refused.
const MAX_DEPTH: usize = 32;

/// The document as JSON, or why there is none; `None` for a text that is no Terraform file.
pub(super) fn document(text: &str) -> Option<Result<String, Text>> {
    let start = text.trim_start();
    let is_file = ["resource ", "data ", "locals ", "document ", "document=", "policy ", "policy=", "jsonencode("]
        .iter()
        .any(|word| start.starts_with(word));
    if !is_file {
        return None;
    }
    let none = || Text::new("The file has no policy document.", "文件中没有策略内容。");
    let Some((mark, at)) = marker(text) else { return Some(Err(none())) };
    let behind = text.get(at + mark.len()..)?;
    let read = if mark == OBJECT { object(behind) } else { heredoc(behind) };
    Some(read.and_then(|(json, rest)| match marker(rest) {
        // Which of them is meant, and what they say together, is nothing to guess.
        Some(_) => Err(Text::new("The file has more than one document. Convert one at a time.", "文件中有多个策略内容，请逐个转换。")),
        None => Ok(json),
    }))
}

const OBJECT: &str = "jsonencode(";
const HEREDOC: &str = "<<";

/// The first beginning of a document outside of comments and strings.
fn marker(text: &str) -> Option<(&'static str, usize)> {
    let mut at = 0;
    loop {
        let rest = text.get(at..)?;
        let letter = rest.chars().next()?;
        let found = [OBJECT, HEREDOC].into_iter().find(|mark| rest.starts_with(mark));
        if let Some(mark) = found {
            return Some((mark, at));
        }
        at += if let Some(length) = comment_length(rest) {
            length
        } else if letter == '"' {
            string_length(rest).unwrap_or(1)
        } else {
            letter.len_utf8()
        };
    }
}

/// Bytes of the comment that a text begins with.
fn comment_length(text: &str) -> Option<usize> {
    if text.starts_with('#') || text.starts_with("//") {
        Some(text.find('\n').unwrap_or(text.len()))
    } else if text.starts_with("/*") {
        Some(text.find("*/").map_or(text.len(), |end| end + 2))
    } else {
        None
    }
}

/// The object inside `jsonencode(…)`, and what stands behind it.
fn object(text: &str) -> Result<(String, &str), Text> {
    let mut reader = Reader { rest: text, depth: 0 };
    let json = reader.value()?;
    if reader.skip(')') { Ok((json, reader.rest)) } else { Err(unreadable()) }
}

/// The lines up to the mark of a heredoc, and what stands behind them.
fn heredoc(text: &str) -> Result<(String, &str), Text> {
    let (mark, body) = text.strip_prefix('-').unwrap_or(text).split_once('\n').ok_or_else(unreadable)?;
    let mark = mark.trim();
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        if !mark.is_empty() && line.trim() == mark {
            let json = body.get(..at).unwrap_or_default();
            return match reference(json) {
                Some(name) => Err(unknown(name)),
                None => Ok((json.replace("$${", "${"), body.get(at + line.len()..).unwrap_or_default())),
            };
        }
        at += line.len();
    }
    Err(unreadable())
}

fn unknown(name: &str) -> Text {
    let name = super::diagnostic::shown(name);
    Text::made(format!("`{name}` is filled in elsewhere. Put its value in first."), format!("`{name}` 的值在别处定义，请先填入实际值。"))
}

fn unreadable() -> Text {
    Text::new("The document in this file cannot be read.", "无法读取该文件中的策略内容。")
}

/// The first reference or directive that Terraform would fill in; `$${…}` and `%%{…}` are text.
fn reference(text: &str) -> Option<&str> {
    let of = |mark: &str, sign: char| {
        let mut at = 0;
        while let Some(found) = text.get(at..)?.find(mark) {
            let start = at + found;
            if !text.get(..start)?.ends_with(sign) {
                let rest = text.get(start..)?;
                return rest.get(..rest.find('}').map_or(rest.len(), |end| end + 1));
            }
            at = start + mark.len();
        }
        None
    };
    of("${", '$').or_else(|| of("%{", '%'))
}

struct Reader<'t> {
    rest: &'t str,
    depth: usize,
}

impl<'t> Reader<'t> {
    /// Skips blanks and comments.
    fn blank(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            let Some(length) = comment_length(self.rest) else { return };
            self.rest = self.rest.get(length..).unwrap_or_default();
        }
    }

    fn skip(&mut self, mark: char) -> bool {
        self.blank();
        let rest = self.rest.strip_prefix(mark);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn value(&mut self) -> Result<String, Text> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(unreadable());
        }
        self.blank();
        let made = match self.rest.chars().next() {
            Some('{') => self.object(),
            Some('[') => self.list(),
            Some('"') => self.string(),
            _ => {
                let word = self.word();
                match word {
                    "true" | "false" | "null" => Ok(word.to_owned()),
                    _ if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => Ok(word.to_owned()),
                    "" => Err(unreadable()),
                    _ => Err(unknown(word)),
                }
            }
        };
        self.depth -= 1;
        made
    }

    /// A name, a number, or a reference with its dots and brackets.
    fn word(&mut self) -> &'t str {
        let end = self.rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '['))).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end).unwrap_or_default();
        self.rest = rest;
        word
    }

    fn object(&mut self) -> Result<String, Text> {
        self.skip('{');
        let mut members = Vec::new();
        while !self.skip('}') {
            self.blank();
            let name = if self.rest.starts_with('"') { self.string()? } else { quoted(self.word()) };
            if name == "\"\"" || !(self.skip('=') || self.skip(':')) {
                return Err(unreadable());
            }
            members.push(format!("{name}: {}", self.value()?));
            self.skip(',');
        }
        Ok(format!("{{{}}}", members.join(", ")))
    }

    fn list(&mut self) -> Result<String, Text> {
        self.skip('[');
        let mut items = Vec::new();
        while !self.skip(']') {
            items.push(self.value()?);
            self.skip(',');
        }
        Ok(format!("[{}]", items.join(", ")))
    }

    fn string(&mut self) -> Result<String, Text> {
        let length = string_length(self.rest).map_err(|_| unreadable())?;
        let (text, rest) = self.rest.split_at_checked(length).unwrap_or_default();
        self.rest = rest;
        match reference(text) {
            Some(name) => Err(unknown(name)),
            None => Ok(text.replace("$${", "${").replace("%%{", "%{")),
        }
    }
}
