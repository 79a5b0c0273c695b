//! What users, user groups and policies have of each other, the same on each of their pages: tables, and the forms that add and take away.
//!
//! It shows names, never the text of a policy.

use crate::domain::accounts::{AttachedPolicy, Candidate};
use crate::domain::confirmation::Confirmation;
use crate::domain::free_text::visible;
use crate::domain::ids::{GroupId, PolicyId, Uin};
use crate::remote::groups::RemoveGroupUser;
use crate::text::Text;
use crate::ui::components::{
    Card, Checkbox, Choice, Column, Confirm, ConfirmActions, DataTable, Dialog, Empty, EmptyState, FieldError, FormErrors, Look, Picker,
    Tag, Time, Tone, WideRow,
};
use crate::ui::forms::{Form, Outcome};
use crate::ui::frame::{may, use_offset};
use crate::ui::words::{say, t, use_lang};
use leptos::prelude::*;

/// The inside of a form in a dialog: some of many to choose for one thing.
#[component]
pub fn ChooseForm(
    /// The `id` of the dialog and the scope of its fields.
    id: &'static str,
    /// The field that says what they are chosen for.
    of: (&'static str, String),
    /// The name of the list.
    list: &'static str,
    /// What is to be chosen.
    label: &'static str,
    /// What can be chosen.
    choices: Vec<Choice>,
    /// What was ticked when the form came back.
    chosen: Option<Vec<String>>,
    /// What the choice does.
    #[prop(optional)]
    effect: &'static str,
    /// What is wrong with the form.
    errors: Signal<Vec<FieldError>>,
    /// The words on its button.
    deed: &'static str,
    /// The form is being sent.
    pending: Signal<bool>,
) -> impl IntoView {
    view! {
        <FormErrors errors scope=id />
        {(!effect.is_empty()).then(|| view! { <div class="dialog-body"><p>{effect}</p></div> })}
        <input type="hidden" name=of.0 value=of.1 />
        <Picker name=list label choices chosen=chosen.unwrap_or_default() scope=id errors />
        <ConfirmActions id kind=Confirm::Plain deed pending />
    }
}

/// The question before a row takes one thing away from another. Holds an `ActionForm` around [`RemovalForm`].
#[component]
pub fn RemovalDialog(
    /// Unique on the page.
    id: String,
    /// The words on the button of the row.
    words: &'static str,
    /// The same with the name of what is taken, for screen readers.
    label: String,
    /// The question.
    title: String,
    /// The control of the catalogue that it is.
    needs: &'static str,
    /// The last try was about this row.
    about: Memo<bool>,
    /// What came of it.
    outcome: Outcome,
    /// The form.
    children: Children,
) -> impl IntoView {
    let open = about.get_untracked() && outcome.came_back();
    // It need not close when the work is done: it goes with its row.
    let locked = outcome.locked_row(needs, about);
    view! { <Dialog id opener=words label look=Look::Text title open locked>{children()}</Dialog> }
}

/// The inside of the form of a row that takes one thing away from another: what it does, a box to tick where the server has said that it
/// takes rights from the reader, and the deed.
#[component]
pub fn RemovalForm(
    /// The `id` of the dialog.
    id: String,
    /// What is taken from what.
    fields: [(&'static str, String); 2],
    /// The words on the button.
    words: &'static str,
    /// What happens then.
    effect: &'static str,
    /// The last try was about this row.
    about: Memo<bool>,
    /// What came of it.
    outcome: Outcome,
) -> impl IntoView {
    const SCOPE: &str = "removal";
    let hidden = fields.map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    view! {
        {move || about.get().then(|| view! { <FormErrors errors=outcome.errors() scope=SCOPE /> })}
        {hidden.into_iter().collect_view()}
        <div class="dialog-body"><p>{effect}</p></div>
        {move || outcome.concern().filter(|_| about.get()).map(|concern| view! { <Acknowledgement concern scope=SCOPE /> })}
        <ConfirmActions id kind=Confirm::Danger deed=words pending=outcome.pending() />
    }
}

/// Asked for where the server said what a change takes from its own author.
#[component]
pub fn Acknowledgement(
    /// What it says.
    concern: Text,
    /// Keeps ids apart where a page has several forms.
    #[prop(optional)]
    scope: &'static str,
) -> impl IntoView {
    view! { <Checkbox name="confirmed" value=Confirmation::value_of(&concern) label=t("I understand and want to continue", "我已知悉，确认继续") scope /> }
}

/// Who is in which group, from one side or the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Memberships {
    /// The groups of a user.
    OfUser(Uin, Vec<(GroupId, String)>),
    /// The users of a group.
    OfGroup(GroupId, Vec<(Uin, String)>),
}

/// Memberships as a table, each with the way to end it.
#[component]
pub fn MembershipTable(
    /// The memberships.
    memberships: Memberships,
    /// Takes a user out of a group.
    leave: Form<RemoveGroupUser>,
) -> impl IntoView {
    let of_group = matches!(memberships, Memberships::OfGroup(..));
    let (opens, needs) = if of_group { (may("users.open"), "group.leave") } else { (may("groups.open"), "user.leave") };
    let leaves = may(needs);
    let (caption, none, remove_from) = if of_group {
        (t("Users", "用户"), t("No users in this group", "组内暂无用户"), t("Remove", "移出"))
    } else {
        (t("User groups", "所属用户组"), t("Not in any user group", "未加入任何用户组"), t("Remove from", "移出"))
    };
    let pairs: Vec<(GroupId, Uin, String)> = match memberships {
        Memberships::OfUser(uin, groups) => groups.into_iter().map(|(id, name)| (id, uin, name)).collect(),
        Memberships::OfGroup(id, users) => users.into_iter().map(|(uin, name)| (id, uin, name)).collect(),
    };
    let columns = if of_group {
        vec![Column::text(t("User", "用户")), Column::text("UIN"), Column::actions()]
    } else {
        vec![Column::text(t("User group", "用户组")), Column::actions()]
    };
    let rows = if pairs.is_empty() {
        let wide = if of_group { 3 } else { 2 };
        view! { <WideRow columns=wide><EmptyState why=Empty::NothingYet title=none /></WideRow> }.into_any()
    } else {
        let rows: Vec<_> = pairs
            .into_iter()
            .map(|(id, uin, name)| {
                let (label, shown) = (format!("{remove_from} {name}"), name.clone());
                let href = if of_group { format!("/cam/users/{uin}") } else { format!("/cam/groups/{id}") };
                let cell = if opens { view! { <a href=href>{name}</a> }.into_any() } else { view! { <span>{name}</span> }.into_any() };
                let number = of_group.then(|| view! { <td><code>{uin.to_string()}</code></td> });
                let action = leaves.then(|| {
                    let fields = [("id", id.to_string()), ("uin", uin.to_string())];
                    let about = leave.about(&fields, move |sent| (sent.id, sent.uin) == (id, uin));
                    let (dialog, words, outcome) = (format!("leave-{id}-{uin}"), t("Remove", "移出"), *leave);
                    let title = use_lang().pick(format!("{remove_from} {shown}?"), format!("{remove_from} {shown}？"));
                    let effect =
                        t("On the next request, the user loses the permissions of the group.", "该用户自下次请求起失去此用户组的权限。");
                    view! {
                        <RemovalDialog id=dialog.clone() needs words label title about outcome>
                            <ActionForm action=leave.action><RemovalForm id=dialog fields words effect about outcome /></ActionForm>
                        </RemovalDialog>
                    }
                });
                view! { <tr><td>{cell}</td>{number}<td class="num">{action}</td></tr> }
            })
            .collect();
        rows.into_any()
    };
    view! { <DataTable caption columns>{rows}</DataTable> }
}

/// The card of the policies of a user or user group.
#[component]
pub fn PoliciesCard(
    /// The policies; `None` for who may not see them.
    policies: Option<Vec<AttachedPolicy>>,
    /// The action that shows them.
    needs: &'static str,
    /// What they do.
    note: &'static str,
    /// The way to attach more; nothing for who may not.
    attach: Option<AnyView>,
    /// Draws the way to detach one; nothing for who may not.
    detach: Option<Box<dyn Fn(PolicyId, String) -> AnyView>>,
) -> impl IntoView {
    let body = match policies {
        None => view! { <EmptyState why=Empty::NoPermission><p><code>{needs}</code></p></EmptyState> }.into_any(),
        Some(policies) => view! { <PolicyTable policies detach /> }.into_any(),
    };
    view! {
        <Card title=t("Policies", "策略") note actions=move || attach flush=true>
            {body}
        </Card>
    }
}

/// Policies with where they come from; `detach` draws the way to detach one that is attached directly.
#[component]
fn PolicyTable(
    /// The policies.
    policies: Vec<AttachedPolicy>,
    /// Nothing for who may not detach.
    detach: Option<Box<dyn Fn(PolicyId, String) -> AnyView>>,
) -> impl IntoView {
    let columns = vec![
        Column::text(t("Policy", "策略")),
        Column::text(t("Type", "类型")),
        Column::text(t("Attachment", "关联类型")),
        Column::text(t("Attached on", "关联时间")),
        Column::actions(),
    ];
    let opens = may("policies.open");
    let offset = use_offset();
    let rows = if policies.is_empty() {
        let words = t("No policies attached, so nothing is allowed", "未关联策略，没有任何权限");
        view! { <WideRow columns=5><EmptyState why=Empty::NothingYet title=words /></WideRow> }.into_any()
    } else {
        let rows: Vec<_> = policies
            .into_iter()
            .map(|policy| {
                let name = if opens {
                    view! { <a href=format!("/cam/policies/{}", policy.id)>{policy.name.clone()}</a> }.into_any()
                } else {
                    view! { <span>{policy.name.clone()}</span> }.into_any()
                };
                let action = match (&policy.through, &detach) {
                    (None, Some(detach)) => Some(detach(policy.id, policy.name.clone())),
                    _ => None,
                };
                let through = match policy.through {
                    None => view! { <span>{t("Direct", "直接关联")}</span> }.into_any(),
                    Some((_, group)) => {
                        let words = use_lang().pick(format!("Through user group {group}"), format!("随组关联（{group}）"));
                        view! { <span>{words}</span> }.into_any()
                    }
                };
                let kind = if policy.preset {
                    view! { <Tag tone=Tone::Brand>{t("Preset", "预设")}</Tag> }
                } else {
                    view! { <Tag tone=Tone::Plain>{t("Custom", "自定义")}</Tag> }
                };
                view! {
                    <tr>
                        <td>{name}</td>
                        <td>{kind}</td>
                        <td>{through}</td>
                        <td><Time at_ms=policy.attached_ms offset /></td>
                        <td class="num">{action}</td>
                    </tr>
                }
            })
            .collect();
        rows.into_any()
    };
    view! { <DataTable caption=t("Policies", "策略") columns>{rows}</DataTable> }
}

/// What can still be chosen: all but what is there already.
#[must_use]
pub fn choices_left<I: PartialEq + std::fmt::Display>(all: Vec<Candidate<I>>, there: impl Fn(&I) -> bool) -> Vec<Choice> {
    all.into_iter()
        .filter(|one| !there(&one.id))
        .map(|one| {
            let choice = Choice::new(one.id.to_string(), one.name);
            let about = visible(&say(&one.about)).into_owned();
            if about.is_empty() { choice } else { choice.with_hint(about) }
        })
        .collect()
}

/// Whether the reader may open a list of the navigation, by the id of its page.
#[must_use]
pub fn may_list(page: &str) -> bool {
    use_context::<crate::ui::frame::Current>()
        .is_some_and(|current| current.0.with(|session| session.as_ref().is_some_and(|session| session.pages.iter().any(|id| id == page))))
}
