//! The reader's language, and how a text or a figure is said in it.
//!
//! It must never hold the texts themselves: they stand where they are said. It never reads a locale, a clock or the browser, because
//! the server and the browser have to render the same words.

use crate::text::{Lang, Text};
use leptos::prelude::use_context;

/// The language of this page. Whoever opens the page provides a [`Lang`] as context; without one it is English.
#[must_use]
pub fn use_lang() -> Lang {
    use_context::<Lang>().unwrap_or_default()
}

/// The wording for the reader. A language switch loads the page anew, so this needs no closure.
#[must_use]
pub fn t(en: &'static str, zh: &'static str) -> &'static str {
    use_lang().pick(en, zh)
}

/// A bilingual text in the reader's language.
#[must_use]
pub fn say(text: &Text) -> String {
    text.get(use_lang()).to_owned()
}

/// The title of a document: what the page is, the name of what it is about, and the product.
#[must_use]
pub fn title_of(page: &str, name: &str) -> String {
    format!("{page} · {name} · {}", t("TRTC Console", "TRTC 控制台"))
}

/// A text in small letters, to compare it with others. The browser knows how; the tables would be a twentieth of what it downloads at first.
#[cfg(feature = "hydrate")]
#[must_use]
pub fn lower(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// A text in small letters, to compare it with others.
#[cfg(not(feature = "hydrate"))]
#[must_use]
pub fn lower(text: &str) -> String {
    text.to_lowercase()
}

/// A whole number with its thousands grouped: `1,234,567`. Both languages of the console group alike.
#[must_use]
pub fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0 {
        grouped.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// The address of a client, which the server does not always know.
#[must_use]
pub fn address(known: String) -> String {
    if known.is_empty() { t("unknown", "未知").to_owned() } else { known }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let said: Vec<String> = [0, 7, 999, 1_000, 12_345, 132_480, 1_234_567, -1_000, -12].into_iter().map(number).collect();
        assert_eq!(said, ["0", "7", "999", "1,000", "12,345", "132,480", "1,234,567", "-1,000", "-12"]);
        assert_eq!(number(i64::MIN), "-9,223,372,036,854,775,808");
    }

    #[test]
    fn the_language_comes_from_context_and_is_english_without_one() {
        use leptos::prelude::{Owner, provide_context};
        let owner = Owner::new();
        owner.with(|| {
            assert_eq!(t("Save", "保存"), "Save");
            provide_context(Lang::Zh);
            assert_eq!(t("Save", "保存"), "保存");
            assert_eq!(say(&Text::new("User", "用户")), "用户");
        });
    }
}
