//! Characters that look like JSON's own and are none: curly quotes, full-width punctuation, spaces that are not blanks, invisible ones.
//! Texts copied from documents and chats bring them along.
//!
//! It must never touch what stands inside a string: there they may be meant.

use super::diagnostic::{Code, Diagnostic, Span};
use crate::text::Text;

/// What is meant by a character, and what it is called.
fn meant(letter: char) -> Option<(&'static str, Text)> {
    Some(match letter {
        '“' | '”' | '„' | '‟' => ("\"", Text::new("curly quote", "弯引号")),
        '＂' => ("\"", Text::new("full-width quote", "全角引号")),
        '：' => (":", Text::new("full-width colon", "全角冒号")),
        '，' => (",", Text::new("full-width comma", "全角逗号")),
        '｛' => ("{", Text::new("full-width bracket", "全角括号")),
        '｝' => ("}", Text::new("full-width bracket", "全角括号")),
        '［' => ("[", Text::new("full-width bracket", "全角括号")),
        '］' => ("]", Text::new("full-width bracket", "全角括号")),
        '\u{a0}' | '\u{2007}' | '\u{202f}' => (" ", Text::new("no-break space", "不换行空格")),
        '\u{3000}' => (" ", Text::new("full-width space", "全角空格")),
        letter => ("", invisible(letter)?),
    })
}

/// What an invisible character is called.
pub(super) fn invisible(letter: char) -> Option<Text> {
    Some(match letter {
        '\u{200b}' => Text::new("zero-width space", "零宽空格"),
        '\u{200c}' | '\u{200d}' | '\u{2060}' => Text::new("zero-width joiner", "零宽连接符"),
        '\u{feff}' => Text::new("byte order mark", "字节顺序标记（BOM）"),
        _ => return None,
    })
}

/// One finding for all characters of this kind outside of strings, with a fix for the whole text; `None` when there are none. A byte order
/// mark at the very beginning is another matter.
pub(super) fn find(text: &str) -> Option<Diagnostic> {
    let mut found: Vec<(char, Span, Text)> = Vec::new();
    let mut made = String::with_capacity(text.len());
    // Whether it is clear where every string ends.
    let mut clear = true;
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == '"' {
            made.push(letter);
            while let Some((_, inner)) = letters.next() {
                made.push(inner);
                match inner {
                    '"' => break,
                    '\\' => made.extend(letters.next().map(|(_, escaped)| escaped)),
                    _ => {}
                }
            }
            continue;
        }
        let Some((right, name)) = meant(letter).filter(|_| at > 0 || letter != '\u{feff}') else {
            made.push(letter);
            continue;
        };
        if !found.iter().any(|(known, ..)| *known == letter) {
            found.push((letter, Span::new(at, at + letter.len_utf8()), name));
        }
        made.push_str(right);
        if right != "\"" {
            continue;
        }
        // A string between such quotes: what it holds stays as it is.
        loop {
            match letters.next() {
                Some((_, inner)) if meant(inner).is_some_and(|(right, _)| right == "\"") => {
                    made.push('"');
                    break;
                }
                Some((_, inner)) => {
                    clear &= !matches!(inner, '"' | '\\' | '\n');
                    made.push(inner);
                }
                None => {
                    clear = false;
                    break;
                }
            }
        }
    }
    let (_, span, _) = found.first()?;
    let list = |said: &dyn Fn(&Text) -> String, between: &str| {
        let mut kinds: Vec<String> = Vec::new();
        for (letter, _, name) in &found {
            // Both quotes of a pair are one kind.
            if !kinds.iter().any(|kind| kind.starts_with(&said(name))) {
                kinds.push(format!("{} (U+{:04X})", said(name), u32::from(*letter)));
            }
        }
        kinds.join(between)
    };
    let en = list(&|name| name.en.to_string(), ", ");
    let zh = list(&|name| name.zh.to_string(), "、").replace(" (", "（").replace(')', "）");
    let diagnostic = Diagnostic::error(
        Code::PolicyDocumentError,
        *span,
        Text::made(format!("The text contains characters that JSON does not allow: {en}."), format!("文本中有 JSON 不允许的字符：{zh}。")),
    )
    .help(Text::new(
        "Outside strings, use straight quotes, half-width punctuation and ordinary spaces.",
        "字符串以外请使用直引号、半角标点和普通空格。",
    ));
    Some(if clear { diagnostic.safe_fix(Span::new(0, text.len()), made) } else { diagnostic })
}
