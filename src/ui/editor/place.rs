//! Places in the text of a policy, as the engine counts them (bytes) and as browsers do (UTF-16 units), and what to type there.
//!
//! Pure: it must never touch the page.

use crate::cam::Span;

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

/// What to put in place of the bytes `from..to` to have `name` as one more item of a list: bare inside a string that is empty or
/// selected, else quoted, with the commas that its neighbours need.
#[must_use]
pub fn insertion(text: &str, from: usize, to: usize, name: &str) -> String {
    let (before, after) = (text.get(..from).unwrap_or_default(), text.get(to..).unwrap_or_default());
    if inside_string(before) {
        return if before.ends_with('"') && after.starts_with('"') { name.to_owned() } else { format!("\", \"{name}\", \"") };
    }
    let last = before.trim_end().chars().next_back();
    let next = after.trim_start().chars().next();
    let ends_item = |c: char| c == '"' || c == '}' || c == ']';
    let lead = if last.is_some_and(ends_item) { ", " } else { "" };
    let trail = if next.is_some_and(|c| c == '"' || c == '{' || c == '[') { ", " } else { "" };
    format!("{lead}\"{name}\"{trail}")
}

/// Whether a text ends inside a JSON string. Strings end with their line at the latest.
fn inside_string(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default();
    let (mut inside, mut escaped) = (false, false);
    for c in line.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if inside => escaped = true,
            '"' => inside = !inside,
            _ => {}
        }
    }
    inside
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

/// Bytes of the string a text begins with, its quotes included.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
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

    fn typed(text: &str, name: &str) -> String {
        let at = text.find('|').unwrap();
        let text = text.replacen('|', "", 1);
        let put = insertion(&text, at, at, name);
        format!("{}{put}{}", &text[..at], &text[at..])
    }

    #[test]
    fn an_inserted_action_is_one_more_item() {
        assert_eq!(typed(r#"["a:b"|]"#, "c:d"), r#"["a:b", "c:d"]"#);
        assert_eq!(typed(r#"[|"a:b"]"#, "c:d"), r#"["c:d", "a:b"]"#);
        assert_eq!(typed(r#"["a:b", |]"#, "c:d"), r#"["a:b", "c:d"]"#);
        assert_eq!(typed(r#"[|]"#, "c:d"), r#"["c:d"]"#);
        assert_eq!(typed(r#""action": |"#, "c:d"), r#""action": "c:d""#);
        assert_eq!(typed(r#"["|"]"#, "c:d"), r#"["c:d"]"#);
        assert_eq!(typed(r#"["a:|b"]"#, "c:d"), r#"["a:", "c:d", "b"]"#);
        assert_eq!(typed("[\n  \"a:b\"|\n]", "c:d"), "[\n  \"a:b\", \"c:d\"\n]");
    }

    #[test]
    fn tokens_put_together_are_the_line() {
        for line in [r#"  "effect": "allow", "a\"b": [1.5, true]"#, r#"    "unterminated"#, "", "中文 \"键\" : x", "\\\"", "-"] {
            assert_eq!(tokens(line).iter().map(|(_, piece)| *piece).collect::<String>(), line);
        }
        assert_eq!(tokens(r#""k": "v""#), [(Token::Key, r#""k""#), (Token::Plain, ": "), (Token::Text, r#""v""#)]);
    }
}
