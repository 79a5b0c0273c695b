//! Text that people write about things: descriptions.
//!
//! What may stand in it is asked here; how long it may be is the business of each noun.

use crate::text::Text;
use std::borrow::Cow;

/// Descriptions: no control characters but line breaks and tabs. One of the others, NUL, is no text to PostgreSQL, and none can be read.
///
/// # Errors
/// What would be right.
pub fn check_printable(text: &str) -> Result<(), Text> {
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        Err(Text::new("no control characters", "不能包含控制字符"))
    } else {
        Ok(())
    }
}

/// Text of others as it is shown: characters that turn the direction of writing or take no room stand as their number, `⟨U+202E⟩`, so that
/// nobody can make a name look like another one.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_invisible) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_invisible(c) {
            shown.push_str(&format!("⟨U+{:04X}⟩", u32::from(c)));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Controls, marks and overrides of direction, and characters without width.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_hide_or_turn_text_are_shown_as_what_they_are() {
        assert_eq!(visible("\u{202E}gnp.exe"), "⟨U+202E⟩gnp.exe");
        assert_eq!(visible("\u{200B}u\u{2066}ser\u{FEFF}"), "⟨U+200B⟩u⟨U+2066⟩ser⟨U+FEFF⟩");
        for plain in ["课堂", "room 1", "é 🎉", ""] {
            assert!(matches!(visible(plain), Cow::Borrowed(same) if same == plain));
        }
    }
}
