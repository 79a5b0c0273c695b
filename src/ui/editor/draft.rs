//! What is typed in the policy editor and not saved yet: kept in this tab of the browser until it is saved or discarded.
//!
//! A draft belongs to one account and one page, and must never be shown to another account that logs in at the same browser.

use super::Editor;
use crate::domain::ids::Uin;
use crate::ui::components::{Notice, Tone};
use crate::ui::words::t;
use leptos::ev;
use leptos::prelude::*;

/// Whose draft of which page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftKey(String);

impl DraftKey {
    /// The draft of an account on the page at a path.
    #[must_use]
    pub fn of(account: Uin, path: &str) -> Self {
        Self(format!("policy-draft {account} {path}"))
    }
}

/// The browser's store of this tab. A full or forbidden one keeps nothing; the question before leaving is asked all the same.
#[cfg(feature = "hydrate")]
impl DraftKey {
    fn read(&self) -> Option<String> {
        window().session_storage().ok().flatten()?.get_item(&self.0).ok().flatten()
    }

    fn write(&self, text: &str) {
        if let Ok(Some(kept)) = window().session_storage() {
            let _ = kept.set_item(&self.0, text);
        }
    }

    fn forget(&self) {
        if let Ok(Some(kept)) = window().session_storage() {
            let _ = kept.remove_item(&self.0);
        }
    }
}

/// The server keeps no drafts.
#[cfg(not(feature = "hydrate"))]
impl DraftKey {
    fn read(&self) -> Option<String> {
        None
    }

    fn write(&self, _text: &str) {}

    fn forget(&self) {}
}

/// Brings back what was typed before, keeps what is typed now, and asks before the tab is left with it.
#[component]
pub fn Draft(
    /// The text under edit.
    editor: Editor,
    /// Whose draft of which page.
    key: DraftKey,
    /// The text has been saved.
    #[prop(into)]
    saved: Signal<bool>,
) -> impl IntoView {
    let brought_back = RwSignal::new(false);
    let changed = Memo::new(move |_| editor.text.with(|text| editor.first.with_value(|first| text != first)) && !saved.get());
    let kept = StoredValue::new(key);
    // Once the field is there: what was typed in another visit of this page.
    Effect::new(move |_| {
        if editor.live.get()
            && let Some(draft) = kept.with_value(DraftKey::read)
            && editor.text.with_untracked(|text| *text != draft)
        {
            editor.replace_all(&draft);
            brought_back.set(true);
        }
    });
    Effect::new(move |_| {
        if !editor.live.get() {
            return;
        }
        if changed.get() {
            editor.text.with(|text| kept.with_value(|key| key.write(text)));
        } else if saved.get() || !brought_back.get_untracked() {
            kept.with_value(DraftKey::forget);
        }
    });
    Effect::new(move |_| {
        let leaving = window_event_listener(ev::beforeunload, move |event| {
            if changed.get_untracked() {
                event.prevent_default();
            }
        });
        on_cleanup(move || leaving.remove());
    });
    let discard = move |_| {
        brought_back.set(false);
        kept.with_value(DraftKey::forget);
        let first = editor.first.get_value();
        editor.replace_all(&first);
    };
    move || {
        (brought_back.get() && changed.get()).then(|| {
            view! {
                <Notice tone=Tone::Warn title=t("Your unsaved changes are back", "已恢复未保存的修改")>
                    <p>{t("You left this page before saving them.", "您上次离开本页时尚未保存。")}</p>
                    <button type="button" class="btn" on:click=discard>{t("Discard changes", "放弃修改")}</button>
                </Notice>
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_belongs_to_one_account_and_one_page() {
        let key = DraftKey::of(Uin(100_000_000_001), "/cam/policies/new");
        assert_ne!(key, DraftKey::of(Uin(100_000_000_002), "/cam/policies/new"));
        assert_ne!(key, DraftKey::of(Uin(100_000_000_001), "/cam/policies/1/edit"));
    }
}
