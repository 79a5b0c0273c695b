//! A form over the page, from the button that opens it to the button that sends it.

use super::{DIALOG, Form, PostForm};
use crate::domain::confirmation::Confirmation;
use crate::text::Text;
use crate::ui::components::{Checkbox, Confirm, ConfirmActions, Dialog, Look};
use crate::ui::icons::Icon;
use crate::ui::words::t;
use leptos::prelude::*;

/// The form of a control of the catalogue, in a dialog. Several dialogs may share a form, one for each row: what came of it shows in the one
/// that sent it. What the server wants to be accepted is asked for when it says so.
#[component]
pub fn FormDialog(
    /// Unique on the page, and the scope of the fields.
    #[prop(into)]
    id: String,
    /// The form.
    form: Form,
    /// The control of the catalogue that it is.
    needs: &'static str,
    /// The words on the button that opens it.
    #[prop(into)]
    opener: String,
    /// What screen readers call that button, where its words alone do not say what it is about.
    #[prop(optional_no_strip, into)]
    label: Option<String>,
    /// How that button looks.
    #[prop(optional)]
    look: Look,
    /// Drawn before its words.
    #[prop(optional_no_strip, into)]
    icon: Option<Icon>,
    /// The heading; the words of the opener where none is given.
    #[prop(optional, into)]
    title: Option<String>,
    /// Open at first, not only when the form came back.
    #[prop(optional)]
    open: bool,
    /// Chooses some of many: what was refused may be one of them, and the others are still to be had.
    #[prop(optional)]
    chooses: bool,
    /// Fields that nobody sees.
    #[prop(optional)]
    mut hidden: Vec<(&'static str, String)>,
    /// How hard it is to be confirmed.
    #[prop(optional)]
    kind: Confirm,
    /// The words on the button that sends it; the words of the opener where none are given.
    #[prop(optional, into)]
    deed: Option<String>,
    /// What it does, and its fields.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let about = form.about(&id);
    let locked = if chooses { form.locked_choice(needs) } else { form.locked_dialog(needs, about) };
    let open = open || (about.get_untracked() && form.came_back());
    hidden.push((DIALOG, id.clone()));
    let (title, deed) = (title.unwrap_or_else(|| opener.clone()), deed.unwrap_or_else(|| opener.clone()));
    let concern = move || form.concern().filter(|_| about.get()).map(|concern| view! { <Acknowledgement concern /> });
    view! {
        <Dialog id=id.clone() opener label look icon title open done=form.done() locked>
            <PostForm form scope=id hidden class="stack" about>
                {children.map(|children| children())}
                {concern}
                <ConfirmActions kind deed pending=form.pending() />
            </PostForm>
        </Dialog>
    }
}

/// The box to tick under what the server has said a change takes from its own author.
#[component]
pub fn Acknowledgement(
    /// What it says.
    concern: Text,
) -> impl IntoView {
    view! { <Checkbox name="confirmed" value=Confirmation::value_of(&concern) label=t("I understand and want to continue", "我已知悉，确认继续") /> }
}
