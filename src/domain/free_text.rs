//! Text that people and foreign systems write: descriptions, remarks, the names of rooms and users in events.
//!
//! What may stand in it and how it is shown is asked here; how long it may be is the business of each noun.

use crate::text::Text;
use std::borrow::Cow;
use std::fmt::Write as _;

/// Descriptions: no control characters but line breaks and tabs. One of the others, NUL, is no text to PostgreSQL, and none can be read.
///
/// # Errors
/// What would be right.
pub fn check_printable(text: &str) -> Result<(), Text> {
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        Err(Text::new("Do not use control characters.", "不能包含控制字符。"))
    } else {
        Ok(())
    }
}

/// A foreign text as it is shown: a character that has no look of its own, such as one that turns the direction of what follows or takes no
/// room, stands there as `⟨U+202E⟩`. Two names that differ look different, and none rearranges the page around it.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(has_no_look) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let joins_pictures =
            c == ZERO_WIDTH_JOINER && before.is_some_and(is_of_pictures) && chars.peek().copied().is_some_and(is_of_pictures);
        if has_no_look(c) && !joins_pictures {
            // INVARIANT: writing to a String never fails.
            let _ = write!(shown, "⟨U+{:04X}⟩", u32::from(c));
        } else {
            shown.push(c);
        }
        before = Some(c);
    }
    Cow::Owned(shown)
}

/// Makes one picture of two, such as a family; everywhere else it cannot be seen.
const ZERO_WIDTH_JOINER: char = '\u{200d}';

/// Pictures, their colours and the sign that asks for a picture.
fn is_of_pictures(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

/// Controls but line breaks and tabs, signs of direction, characters without width, fillers and tags.
fn has_no_look(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// A cell that no spreadsheet takes for a formula, be it divided by commas, or by semicolons as where commas are decimal. What has no look of
/// its own stands there as what it is, and a line break is a space: a spreadsheet that divides in another way would begin a cell behind it.
#[must_use]
pub fn harmless_cell(cell: &str) -> String {
    let mut safe = String::with_capacity(cell.len() + 1);
    let mut begins = true;
    for c in visible(cell).chars() {
        let c = if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c };
        if begins && matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠') {
            safe.push('\'');
        }
        begins = c == ';' || begins && matches!(c, ' ' | '"');
        safe.push(c);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=HYPERLINK(1)", "+1", "-1", "@a", "＝1"] {
            assert_eq!(harmless_cell(formula), format!("'{formula}"));
        }
        for (cell, safe) in [
            ("\t=x", " '=x"),
            ("\r\n=x", "  '=x"),
            ("ana;=x; +1;\"@y", "ana;'=x; '+1;\"'@y"),
            ("gnp\u{202e}\u{200b}", "gnp⟨U+202E⟩⟨U+200B⟩"),
            ("ana=1", "ana=1"),
            ("Mozilla/5.0 (X11; Linux x86_64) a-b", "Mozilla/5.0 (X11; Linux x86_64) a-b"),
        ] {
            assert_eq!(harmless_cell(cell), safe);
        }
    }

    #[test]
    fn what_cannot_be_seen_is_shown_as_what_it_is() {
        for (text, shown) in [
            ("room\u{202e}gnp", "room⟨U+202E⟩gnp"),
            ("a\u{200b}b", "a⟨U+200B⟩b"),
            ("\u{feff}x\u{2066}y\u{2069}", "⟨U+FEFF⟩x⟨U+2066⟩y⟨U+2069⟩"),
            ("a\u{200d}b", "a⟨U+200D⟩b"),
            ("a\u{e0041}", "a⟨U+E0041⟩"),
            ("\u{3164}", "⟨U+3164⟩"),
            ("\u{7f}\u{85}\0", "⟨U+007F⟩⟨U+0085⟩⟨U+0000⟩"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }

    #[test]
    fn what_can_be_seen_is_left_alone() {
        for text in ["", "课堂 8489", "שיעור", "عربي", "line\n\ttab", "👨\u{200d}👩\u{200d}👧", "❤\u{fe0f}\u{200d}🔥", "e\u{301}", "한국어"]
        {
            assert_eq!(visible(text), text);
        }
    }
}
