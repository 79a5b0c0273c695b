//! Places in the text of a policy, as the engine counts them (bytes) and as browsers do (UTF-16 units), and what to type there.
//!
//! Pure: it must never touch the page.

use crate::cam::{self, Span};

/// The place in UTF-16 units; a byte inside a character counts as its beginning, one behind the end as the end.
#[must_use]
pub fn utf16(text: &str, byte: usize) -> u32 {
    let units: usize = text.char_indices().take_while(|(at, c)| at + c.len_utf8() <= byte).map(|(_, c)| c.len_utf16()).sum();
    u32::try_from(units).unwrap_or(u32::MAX)
}

/// The byte of a place in UTF-16 units.
#[must_use]
pub fn byte(text: &str, units: u32) -> usize {
    let mut left = usize::try_from(units).unwrap_or(usize::MAX);
    for (at, c) in text.char_indices() {
        if left < c.len_utf16() {
            return at;
        }
        left -= c.len_utf16();
    }
    text.len()
}

/// Both ends of a span in UTF-16 units.
#[must_use]
pub fn units(text: &str, span: Span) -> (u32, u32) {
    (utf16(text, span.start), utf16(text, span.end))
}

/// The part of a text that differs from another one, and what stands there in the other.
#[must_use]
pub fn difference<'w>(text: &str, with: &'w str) -> (Span, &'w str) {
    let same = |(one, other): &(char, char)| one == other;
    let head: usize = text.chars().zip(with.chars()).take_while(same).map(|(one, _)| one.len_utf8()).sum();
    let (rest, other) = (&text[head..], &with[head..]);
    let tail: usize = rest.chars().rev().zip(other.chars().rev()).take_while(same).map(|(one, _)| one.len_utf8()).sum();
    (Span::new(head, text.len() - tail), &other[..other.len() - tail])
}

/// A text to put in place of a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insertion {
    /// What it replaces; empty where it only adds.
    pub span: Span,
    /// The text.
    pub text: String,
}

/// What to type to have `name` as one more action of the statement at the cursor, or of the nearest one. `None` when there is no list of
/// actions: a document must never be broken by a name put where none may stand.
#[must_use]
pub fn insertion(text: &str, cursor: usize, name: &str) -> Option<Insertion> {
    let distance = |value: &ActionValue| match cursor {
        before if before < value.key => value.key - before,
        after => after.saturating_sub(value.span.end),
    };
    let value = action_values(text).into_iter().min_by_key(distance)?;
    let quoted = format!("\"{name}\"");
    let written = text.get(value.span.start..value.span.end)?;
    if !value.is_list {
        let only = if written == "\"\"" { quoted } else { format!("[{written}, {quoted}]") };
        return Some(Insertion { span: value.span, text: only });
    }
    let inside = written.strip_prefix('[')?.strip_suffix(']')?;
    let last = inside.trim_end();
    let at = value.span.start + 1 + last.len();
    let lead = if last.trim().is_empty() {
        ""
    } else if last.ends_with(',') {
        " "
    } else {
        ", "
    };
    // In a list with a line for each action the new one gets its own line, too.
    let line = inside.rfind('\n').filter(|_| !last.trim().is_empty()).and_then(|_| last.rfind('\n'));
    let indent = line.map(|line| &last[line + 1..]).map(|rest| &rest[..rest.len() - rest.trim_start().len()]);
    let lead = indent.map_or_else(|| lead.to_owned(), |indent| format!("{}\n{indent}", lead.trim_end()));
    Some(Insertion { span: Span::new(at, at), text: format!("{lead}{quoted}") })
}

/// The value of a member `action`: a list, or one string.
struct ActionValue {
    /// Where its name begins.
    key: usize,
    span: Span,
    is_list: bool,
}

/// Every member `action` whose value is a whole list or string, also of a document that does not parse.
fn action_values(text: &str) -> Vec<ActionValue> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('"').map(|found| at + found) {
        let after = open + string_length(&text[open..]);
        let behind = text[after..].trim_start();
        let value = behind.strip_prefix(':').map(str::trim_start);
        if let (r#""action""#, Some(value)) = (&text[open..after], value) {
            let start = text.len() - value.len();
            let end = match value.chars().next() {
                Some('[') => list_length(value),
                Some('"') => Some(string_length(value)).filter(|length| *length > 1 && value[..*length].ends_with('"')),
                _ => None,
            };
            if let Some(length) = end {
                found.push(ActionValue { key: open, span: Span::new(start, start + length), is_list: value.starts_with('[') });
                at = start + length;
                continue;
            }
        }
        at = after;
    }
    found
}

/// Bytes of the list a text begins with, its brackets included; `None` when it does not end before the next list or object begins.
fn list_length(text: &str) -> Option<usize> {
    let mut at = 1;
    while let Some(next) = text[at..].find(['"', ']', '[', '{', '}']).map(|found| at + found) {
        match text[next..].chars().next()? {
            ']' => return Some(next + 1),
            '"' => at = next + string_length(&text[next..]),
            _ => return None,
        }
    }
    None
}

/// One word or mark of a line, for colouring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// A string before a colon.
    Key,
    /// Any other string.
    Text,
    /// Numbers and words.
    Word,
    /// Everything else.
    Plain,
}

/// The tokens of one line; put together they are the line.
#[must_use]
pub fn tokens(line: &str) -> Vec<(Token, &str)> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '"' => {
                let length = string_length(rest);
                let is_key = rest.get(length..).is_some_and(|behind| behind.trim_start().starts_with(':'));
                (if is_key { Token::Key } else { Token::Text }, length)
            }
            c if c.is_alphanumeric() || c == '-' => {
                (Token::Word, rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '+' | '.'))).unwrap_or(rest.len()))
            }
            _ => (Token::Plain, rest.find(|c: char| c == '"' || c == '-' || c.is_alphanumeric()).unwrap_or(rest.len())),
        };
        let (piece, behind) = rest.split_at(length);
        found.push((token, piece));
        rest = behind;
    }
    found
}

/// Bytes of the string a text begins with, or of what there is of it.
fn string_length(text: &str) -> usize {
    cam::string_length(text).unwrap_or_else(|so_far| so_far)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_agree_both_ways() {
        let text = "a策😀b";
        let places: Vec<(usize, u32)> = vec![(0, 0), (1, 1), (4, 2), (8, 4), (9, 5)];
        for (at, unit) in places {
            assert_eq!((utf16(text, at), byte(text, unit)), (unit, at));
        }
        assert_eq!((utf16(text, 5), utf16(text, 99), byte(text, 99)), (2, 5, 9), "inside a character, behind the end");
    }

    #[test]
    fn the_difference_of_two_texts_makes_one_of_the_other() {
        for (text, with, middle) in [
            ("abc", "abc", ""),
            ("abc", "axc", "x"),
            ("", "new", "new"),
            ("aaa", "aa", ""),
            ("aa", "aaa", "a"),
            ("策略", "策界略", "界"),
            ("é", "è", "è"),
            ("abab", "ab", ""),
        ] {
            let (span, put) = difference(text, with);
            assert_eq!((put, format!("{}{put}{}", &text[..span.start], &text[span.end..]).as_str()), (middle, with), "{text}");
        }
    }

    fn typed(text: &str, name: &str) -> Option<String> {
        let at = text.find('|').unwrap();
        let text = text.replacen('|', "", 1);
        let Insertion { span, text: put } = insertion(&text, at, name)?;
        Some(format!("{}{put}{}", &text[..span.start], &text[span.end..]))
    }

    #[test]
    fn an_inserted_action_is_one_more_of_the_nearest_list_wherever_the_cursor_is() {
        for (before, after) in [
            (r#"{"action":["a:b"|]}"#, r#"{"action":["a:b", "c:d"]}"#),
            (r#"{"action":["a:|b"]}"#, r#"{"action":["a:b", "c:d"]}"#),
            (r#"{"action":[|]}"#, r#"{"action":["c:d"]}"#),
            (r#"{"action":["a:b", |]}"#, r#"{"action":["a:b", "c:d" ]}"#),
            (r#"{"action": "a:b", "resource": "|*"}"#, r#"{"action": ["a:b", "c:d"], "resource": "*"}"#),
            (r#"{"action": "|"}"#, r#"{"action": "c:d"}"#),
            (r#"|{"action":["a:b"]}"#, r#"{"action":["a:b", "c:d"]}"#),
            (r#"[{"action":["a:b"]},{|"action":["e:f"]}]"#, r#"[{"action":["a:b"]},{"action":["e:f", "c:d"]}]"#),
            (r#"[{"action":["a:b"]|},{"action":["e:f"]}]"#, r#"[{"action":["a:b", "c:d"]},{"action":["e:f"]}]"#),
            (r#"{"note":"\"action\": [", "action":["a:]b|"]}"#, r#"{"note":"\"action\": [", "action":["a:]b", "c:d"]}"#),
            ("{\n  \"action\": [\n    \"a:b\"\n  ]|\n}", "{\n  \"action\": [\n    \"a:b\",\n    \"c:d\"\n  ]\n}"),
        ] {
            assert_eq!(typed(before, "c:d").as_deref(), Some(after), "{before}");
        }
    }

    #[test]
    fn without_a_list_of_actions_nothing_is_inserted() {
        for text in [
            "|",
            "{|}",
            r#"{"version":"2.0|"}"#,
            r#"{"action":|}"#,
            r#"{"action":["a:b", "c|"#,
            r#"{"action":[{|]}"#,
            "{\"action\": \"x|\n}",
        ] {
            assert_eq!(typed(text, "c:d"), None, "{text}");
        }
    }

    #[test]
    fn tokens_put_together_are_the_line() {
        for line in [r#"  "effect": "allow", "a\"b": [1.5, true]"#, r#"    "unterminated"#, "", "中文 \"键\" : x", "\\\"", "-"] {
            assert_eq!(tokens(line).iter().map(|(_, piece)| *piece).collect::<String>(), line);
        }
        assert_eq!(tokens(r#""k": "v""#), [(Token::Key, r#""k""#), (Token::Plain, ": "), (Token::Text, r#""v""#)]);
    }
}
