//! The policy document inside a Terraform file: a heredoc, or an object of HCL inside `jsonencode(…)`.
//!
//! It must never guess what a reference stands for: a document that is filled in elsewhere is refused.

use super::policy::quoted;
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
    if let Some((_, rest)) = text.split_once("jsonencode(") {
        let mut reader = Reader { rest, depth: 0 };
        return Some(reader.value());
    }
    if let Some((_, rest)) = text.split_once("<<") {
        let rest = rest.strip_prefix('-').unwrap_or(rest);
        let (mark, body) = rest.split_once('\n')?;
        let mark = mark.trim();
        let lines: Vec<&str> = body.lines().take_while(|line| line.trim() != mark).collect();
        let json = lines.join("\n");
        return Some(match reference(&json) {
            Some(name) => Err(unknown(name)),
            None => Ok(json.replace("$${", "${")),
        });
    }
    Some(Err(Text::new("The file has no policy document.", "文件中没有策略内容。")))
}

fn unknown(name: &str) -> Text {
    let name = super::diagnostic::shown(name);
    Text::made(format!("`{name}` is filled in elsewhere. Put its value in first."), format!("`{name}` 的值在别处定义，请先填入实际值。"))
}

fn unreadable() -> Text {
    Text::new("The document in this file cannot be read.", "无法读取该文件中的策略内容。")
}

/// The first reference that Terraform would fill in; `$${…}` is text.
fn reference(text: &str) -> Option<&str> {
    let mut at = 0;
    while let Some(found) = text.get(at..)?.find("${") {
        let start = at + found;
        if !text.get(..start)?.ends_with('$') {
            let rest = text.get(start..)?;
            return rest.get(..rest.find('}').map_or(rest.len(), |end| end + 1));
        }
        at = start + 2;
    }
    None
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
            let behind = if self.rest.starts_with('#') || self.rest.starts_with("//") {
                self.rest.find('\n')
            } else if self.rest.starts_with("/*") {
                self.rest.find("*/").map(|end| end + 2)
            } else {
                return;
            };
            self.rest = behind.and_then(|behind| self.rest.get(behind..)).unwrap_or_default();
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
        let mut escaped = false;
        for (at, letter) in self.rest.char_indices().skip(1) {
            match letter {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '\n' => return Err(unreadable()),
                '"' => {
                    let text = self.rest.get(..=at).unwrap_or_default();
                    self.rest = self.rest.get(at + 1..).unwrap_or_default();
                    return match reference(text) {
                        Some(name) => Err(unknown(name)),
                        None => Ok(text.replace("$${", "${")),
                    };
                }
                _ => {}
            }
        }
        Err(unreadable())
    }
}
