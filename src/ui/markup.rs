//! Markup as text: for what stands on a page by the hundred, never changes and listens to nothing, as the rows of a table of figures.
//!
//! As a view each of its elements is made, asked for its attributes and freed on its own. Whatever is not a word of the program's own must go in
//! as [`Escaped`].

use std::fmt;
use std::fmt::Write as _;

/// A piece of markup that is being written.
#[derive(Clone, Debug, Default)]
pub struct Markup(String);

impl Markup {
    /// Adds to it; writing to a string cannot fail.
    pub fn add(&mut self, text: fmt::Arguments<'_>) {
        let _ = self.0.write_fmt(text);
    }

    /// The text, for `inner_html`.
    #[must_use]
    pub fn into_html(self) -> String {
        self.0
    }
}

/// Words as they stand in markup, and in the value of an attribute in double quotes.
#[derive(Clone, Copy, Debug)]
pub struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(['&', '<', '>', '"']) {
            let (before, from) = rest.split_at(at);
            f.write_str(before)?;
            f.write_str(match from.as_bytes().first() {
                Some(b'&') => "&amp;",
                Some(b'<') => "&lt;",
                Some(b'>') => "&gt;",
                _ => "&quot;",
            })?;
            rest = from.get(1..).unwrap_or_default();
        }
        f.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_words_and_nothing_else() {
        let said = |words: &str| Escaped(words).to_string();
        assert_eq!(said(r#"<a href="x">&"#), "&lt;a href=&quot;x&quot;&gt;&amp;");
        assert_eq!(said("课堂 & 'A' — “B”"), "课堂 &amp; 'A' — “B”");
        assert_eq!((said(""), said("&&"), said("plain")), (String::new(), "&amp;&amp;".to_owned(), "plain".to_owned()));
        let mut markup = Markup::default();
        markup.add(format_args!(r#"<td title="{}">{}</td>"#, Escaped(r#"" onclick=""#), Escaped("</td><script>")));
        assert_eq!(markup.into_html(), r#"<td title="&quot; onclick=&quot;">&lt;/td&gt;&lt;script&gt;</td>"#);
    }
}
