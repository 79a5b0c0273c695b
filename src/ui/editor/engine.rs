//! The CAM engine and the catalogue of actions in the browser: code of their own, fetched by the editor when it is there.
//!
//! A page that the server rendered has its findings with it and can be typed into at once. Nothing of the browser half may call the engine but
//! through here, or it becomes part of every page that does.

use super::offers::{Known, Offers, offers};
use super::start::{Typed, made};
use super::templates;
use crate::cam::cards::{self, Cards, Edit};
use crate::cam::{Fix, covers};
use crate::catalog::service::{Service, services};
use crate::domain::fault::Fault;
use crate::domain::ids::Uin;
use crate::domain::policy_check::{Checked, check, formatted, mended};
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use serde::{Deserialize, Serialize};

/// What the editor asks of it.
#[derive(Clone, Copy)]
pub struct Engine {
    /// Says what is wrong with a text.
    pub check: fn(&str, Option<Uin>, Option<i64>) -> Checked,
    /// Lays a text out anew; nothing for one with errors.
    pub format: fn(&str) -> Option<String>,
    /// The text after every change that takes no judgement.
    pub mended: fn(&str, Option<Uin>, Option<i64>) -> String,
    /// The text of a preset policy, by its number.
    pub preset: fn(&str) -> Option<String>,
    /// The text of a policy for applications or tags.
    pub made: fn(&Typed, Uin) -> Option<String>,
    /// The text as cards.
    pub cards: fn(&str) -> Option<Cards>,
    /// The change of the text that an edit of a card makes.
    pub edit: fn(&str, &Edit) -> Option<Fix>,
    /// Whether an action, or a pattern of actions, covers an action.
    pub covers: fn(&str, &str) -> bool,
    /// What may be typed at a byte of the text; the flag says that somebody asks for it.
    pub offers: fn(&str, usize, bool, &Known) -> Option<Offers>,
    /// The services with their actions.
    pub services: &'static [Service],
}

#[wasm_split(engine, wasm_split_path = leptos::wasm_split, fallible)]
fn fetched() -> Result<Engine, SplitLoaderError> {
    Ok(Engine {
        check,
        format: formatted,
        mended,
        preset: templates::preset,
        made,
        cards: cards::read,
        edit: cards::edit,
        covers,
        offers,
        services: services(),
    })
}

/// The engine, fetched once.
///
/// # Errors
/// [`Fault::Unreachable`] when its code cannot be loaded.
pub async fn engine() -> Result<Engine, Fault> {
    fetched().await.map_err(|_| Fault::Unreachable)
}

/// A text that the editor begins with, and what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beginning {
    /// The text, with LF alone: a field gives its text back so, and places are counted in that.
    pub text: String,
    /// What was found in it.
    pub checked: Checked,
}

impl Beginning {
    /// A text of the root account `owner`, as of `now_ms`.
    ///
    /// # Errors
    /// As [`engine`].
    pub async fn with(text: &str, owner: Option<Uin>, now_ms: Option<i64>) -> Result<Self, Fault> {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let checked = (engine().await?.check)(&text, owner, now_ms);
        Ok(Self { text, checked })
    }
}
