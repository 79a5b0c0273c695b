//! Changes of lists and objects that keep to the layout of the text around them.

use super::super::diagnostic::{Fix, Span};
use super::super::literal::quoted;
use super::{Items, Part};

/// Lists longer than this get a line for each of their strings.
const LINE: usize = 80;

/// Where something new stands: the blanks that its line begins with; `None` on a line together with others.
pub(super) type Indent<'t> = Option<&'t str>;

/// The change that puts `replacement` in place of a span.
pub(super) fn put(span: Span, replacement: impl Into<String>) -> Fix {
    Fix { span, replacement: replacement.into() }
}

/// The blanks at the beginning of the line on which a place stands, when nothing else stands before it.
pub(super) fn indent_at(text: &str, at: usize) -> Indent<'_> {
    let before = text.get(..at)?;
    let line = before.get(before.rfind('\n')? + 1..)?;
    line.trim_start().is_empty().then_some(line)
}

/// The blanks that the line of a place begins with.
fn line_indent(text: &str, at: usize) -> &str {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rfind('\n').and_then(|end| before.get(end + 1..)).unwrap_or(before);
    line.get(..line.len() - line.trim_start().len()).unwrap_or_default()
}

/// More strings, at the end.
pub(super) fn add_items(text: &str, items: &Items, values: &[&str]) -> Fix {
    let Some(last) = items.items.last() else { return replace_items(text, items, values) };
    if !items.is_list {
        let new: String = values.iter().map(|value| format!(", {}", quoted(value))).collect();
        return put(items.span, format!("[{}{new}]", last.span.of(text)));
    }
    let lead = lead_behind(text, last.span);
    put(Span::new(last.span.end, last.span.end), values.iter().map(|value| format!("{lead}{}", quoted(value))).collect::<String>())
}

/// One more part of a list or an object, behind its last one.
pub(super) fn add_behind(text: &str, last: Span, new: &str) -> Fix {
    put(Span::new(last.end, last.end), format!("{}{new}", lead_behind(text, last)))
}

/// What stands between the last part of a list or an object and one more.
fn lead_behind(text: &str, last: Span) -> String {
    indent_at(text, last.start).map_or_else(|| ", ".to_owned(), |indent| format!(",\n{indent}"))
}

/// Removes one of the parts of a list or an object, with its comma. The last one leaves an empty `whole`.
pub(super) fn remove(parts: &[Span], at: usize, whole: Span, empty: &str) -> Option<Fix> {
    let this = *parts.get(at)?;
    let span = match (at.checked_sub(1).and_then(|before| parts.get(before)), parts.get(at + 1)) {
        (Some(before), _) => Span::new(before.end, this.end),
        (None, Some(next)) => Span::new(this.start, next.start),
        (None, None) => return Some(put(whole, empty)),
    };
    Some(put(span, ""))
}

/// A list of strings, on one line or with one line for each.
pub(super) fn list(values: &[impl AsRef<str>], indent: Indent<'_>) -> String {
    let quoted: Vec<String> = values.iter().map(|value| quoted(value.as_ref())).collect();
    match indent {
        Some(indent) if quoted.iter().map(|value| value.chars().count() + 2).sum::<usize>() > LINE => {
            format!("[\n{indent}  {}\n{indent}]", quoted.join(&format!(",\n{indent}  ")))
        }
        _ => format!("[{}]", quoted.join(", ")),
    }
}

/// Other strings in place of all; the layout is that of a member at the beginning of its line.
pub(super) fn replace_items(text: &str, items: &Items, values: &[impl AsRef<str>]) -> Fix {
    put(items.span, list(values, Some(line_indent(text, items.span.start))))
}

/// One more member of an object, behind its last one. `value` is given where it stands.
pub(super) fn add_member(text: &str, object: Span, members: &[Part], name: &str, value: impl Fn(Indent<'_>) -> String) -> Fix {
    let name = quoted(name);
    match members.last() {
        Some(last) => add_behind(text, last.span, &format!("{name}: {}", value(indent_at(text, last.span.start)))),
        None => put(object, format!("{{{name}: {}}}", value(None))),
    }
}
