//! Text that people write about things: descriptions.
//!
//! What may stand in it is asked here; how long it may be is the business of each noun.

use crate::text::Text;

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
