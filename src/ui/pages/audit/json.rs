//! A record as JSON to read: the text as it is exported, with line breaks between its parts.
//!
//! It must never change anything but the white space between the parts: the text is what was hashed.

/// The text with one value a line.
#[must_use]
pub fn laid_out(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let mut letters = json.chars().peekable();
    while let Some(letter) = letters.next() {
        if quoted {
            out.push(letter);
            quoted = escaped || letter != '"';
            escaped = !escaped && letter == '\\';
            continue;
        }
        match letter {
            '"' => {
                quoted = true;
                out.push(letter);
            }
            '{' | '[' if matches!(letters.peek(), Some('}' | ']')) => out.push(letter),
            '}' | ']' if out.ends_with(['{', '[']) => out.push(letter),
            '{' | '[' => {
                depth += 1;
                out.push(letter);
                line_break(&mut out, depth);
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line_break(&mut out, depth);
                out.push(letter);
            }
            ',' => {
                out.push(letter);
                line_break(&mut out, depth);
            }
            ':' => out.push_str(": "),
            letter => out.push(letter),
        }
    }
    out
}

fn line_break(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_white_space_is_added_and_none_inside_of_texts() {
        let json = r#"{"a":[1,{"b":"x,{\"y\":\\"}],"c":{},"d":[],"e":null}"#;
        let shown =
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"x,{\\\"y\\\":\\\\\"\n    }\n  ],\n  \"c\": {},\n  \"d\": [],\n  \"e\": null\n}";
        assert_eq!(laid_out(json), shown);
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&laid_out(json)), value(json));
    }
}
