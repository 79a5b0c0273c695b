//! JSON strings as they are written: printing one, and where one ends in a text that may not be finished.

/// A JSON string with its quotes.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut made = String::with_capacity(text.len() + 2);
    made.push('"');
    for letter in text.chars() {
        match letter {
            '"' => made.push_str("\\\""),
            '\\' => made.push_str("\\\\"),
            '\n' => made.push_str("\\n"),
            '\r' => made.push_str("\\r"),
            '\t' => made.push_str("\\t"),
            c if c < ' ' => made.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => made.push(c),
        }
    }
    made.push('"');
    made
}

/// Bytes of the string that a text begins with, its quotes included; `Err` with the bytes up to where it breaks off when it is not closed on
/// its line.
///
/// # Errors
/// The string is not closed.
pub fn string_length(text: &str) -> Result<usize, usize> {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Ok(at + 1),
            '\n' => return Err(at),
            _ => {}
        }
    }
    Err(text.len())
}
