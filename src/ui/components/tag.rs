//! A word or two in a small box: a state, a kind, a count.
//!
//! Its colour never says anything its words do not.

use crate::ui::markup::{Escaped, Markup};
use leptos::prelude::*;

/// The tone of a tag or notice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Neither good nor bad.
    #[default]
    Plain,
    /// Of the console itself: selected, default.
    Brand,
    /// Normal, done, allowed.
    Ok,
    /// Needs attention.
    Warn,
    /// Broken, refused, destructive.
    Error,
}

impl Tone {
    /// The ending of the class names in this tone.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Brand => "brand",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// A tag in markup that is written as text.
pub fn write_tag(markup: &mut Markup, tone: Tone, words: &str) {
    markup.add(format_args!(r#"<span class="tag tag-{}">{}</span>"#, tone.name(), Escaped(words)));
}

/// A tag.
#[component]
pub fn Tag(
    /// Its tone.
    #[prop(optional)]
    tone: Tone,
    /// The words.
    children: Children,
) -> impl IntoView {
    view! { <span class=format!("tag tag-{}", tone.name())>{children()}</span> }
}
