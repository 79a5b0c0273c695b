//! What users, user groups and policies have of each other, the same on each of their pages: tables, and the forms that add and take away.
//!
//! It shows names, never the text of a policy.

use crate::catalog::pages;
use crate::domain::accounts::{AttachedPolicy, Candidate};
use crate::domain::free_text::visible;
use crate::domain::ids::{GroupId, PolicyId, Uin};
use crate::ui::components::{
    Card, Choice, Column, Confirm, DataTable, Empty, EmptyState, Look, Picker, Tag, TextField, Time, Tone, Until, WideRow,
};
use crate::ui::forms::{Form, FormDialog};
use crate::ui::frame::{may, use_offset};
use crate::ui::icons::Icon;
use crate::ui::words::{say, t, use_lang};
use leptos::prelude::*;

/// The way to give one thing some of many: users to a group, policies to a user.
#[component]
pub fn ChooseDialog(
    /// Unique on the page.
    id: &'static str,
    /// The form.
    form: Form,
    /// The control of the catalogue that it is.
    needs: &'static str,
    /// The words on the button that opens it.
    words: &'static str,
    /// The field that says what they are chosen for.
    of: (&'static str, String),
    /// The name of the list.
    list: &'static str,
    /// What is to be chosen.
    label: &'static str,
    /// What can be chosen.
    choices: Vec<Choice>,
    /// What the choice does.
    #[prop(optional)]
    effect: &'static str,
    /// It attaches policies, which may end by itself.
    #[prop(optional)]
    ends: bool,
    /// The words on the button that sends it.
    deed: &'static str,
) -> impl IntoView {
    let effect = (!effect.is_empty()).then(|| view! { <div class="dialog-body"><p>{effect}</p></div> });
    view! {
        <FormDialog id form needs opener=words icon=Icon::Plus chooses=true hidden=vec![of] deed>
            {effect}
            <Picker name=list label choices />
            {ends.then(|| view! { <UntilField /> })}
        </FormDialog>
    }
}

/// Until when a policy is to be attached.
#[component]
fn UntilField() -> impl IntoView {
    let zone = use_offset().label();
    let label = use_lang().pick(format!("Until ({zone})"), format!("截止时间（{zone}）"));
    let hint = t(
        "The policy is detached by itself at that time. Leave it empty for no end. What is already attached with an end gets this one instead; what is attached without an end stays so.",
        "到期自动解除关联，留空为长期有效。已有截止时间的关联以此次填写为准，长期有效的关联保持不变。",
    );
    view! { <TextField name="until" kind="datetime-local" label hint required=false /> }
}

/// The way of a row to take one thing away from another.
#[component]
pub fn RemovalDialog(
    /// Unique on the page.
    id: String,
    /// The form that all rows share.
    form: Form,
    /// The control of the catalogue that it is.
    needs: &'static str,
    /// The words on the button of the row.
    words: &'static str,
    /// The same with the name of what is taken, for screen readers.
    label: String,
    /// The question.
    title: String,
    /// What is taken from what.
    fields: [(&'static str, String); 2],
    /// What happens then.
    effect: &'static str,
) -> impl IntoView {
    view! {
        <FormDialog id form needs opener=words label look=Look::Text title hidden=fields.to_vec() kind=Confirm::Danger>
            <div class="dialog-body"><p>{effect}</p></div>
        </FormDialog>
    }
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
    leave: Form,
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
                let href = if of_group { pages::User::PAGE.of(uin) } else { pages::Group::PAGE.of(id) };
                let cell = if opens { view! { <a href=href>{name}</a> }.into_any() } else { view! { <span>{name}</span> }.into_any() };
                let number = of_group.then(|| view! { <td><code>{uin.to_string()}</code></td> });
                let action = leaves.then(|| {
                    let title = use_lang().pick(format!("{remove_from} {shown}?"), format!("{remove_from} {shown}？"));
                    view! {
                        <RemovalDialog
                            id=format!("leave-{id}-{uin}")
                            form=leave
                            needs
                            words=t("Remove", "移出")
                            label
                            title
                            fields=[("id", id.to_string()), ("uin", uin.to_string())]
                            effect=t("On the next request, the user loses the permissions of the group.", "该用户自下次请求起失去此用户组的权限。")
                        />
                    }
                });
                view! { <tr><td>{cell}</td>{number}<td class="num">{action}</td></tr> }
            })
            .collect();
        rows.into_any()
    };
    view! { <DataTable caption columns>{rows}</DataTable> }
}

/// The card of what is attached to something, with the ways to attach more.
#[component]
pub fn AttachCard(
    /// The heading.
    title: &'static str,
    /// What it does.
    #[prop(optional)]
    note: &'static str,
    /// The action that shows what is attached.
    needs: &'static str,
    /// The ways to attach more; nothing for who may not.
    add: Option<AnyView>,
    /// What is attached; `None` for who may not see it.
    table: Option<AnyView>,
) -> impl IntoView {
    let table = table.unwrap_or_else(|| view! { <EmptyState why=Empty::NoPermission><p><code>{needs}</code></p></EmptyState> }.into_any());
    view! {
        <Card title note actions=move || add flush=true>
            {table}
        </Card>
    }
}

/// A way to change what is attached: its form, the control of the catalogue that it is, and what it does.
#[derive(Clone, Copy)]
pub struct Way {
    /// The form.
    pub form: Form,
    /// The control.
    pub needs: &'static str,
    /// What happens then.
    pub effect: &'static str,
}

/// The card of the policies of a user or user group.
#[component]
pub fn PoliciesCard(
    /// The field that says whose they are.
    of: (&'static str, String),
    /// The policies; `None` for who may not see them.
    policies: Option<Vec<AttachedPolicy>>,
    /// The policies there are to choose from.
    choices: Vec<Candidate<PolicyId>>,
    /// The action that shows them.
    needs: &'static str,
    /// What they do.
    note: &'static str,
    /// Attaches more.
    attach: Way,
    /// Detaches one that is attached directly.
    detach: Way,
) -> impl IntoView {
    // What has an end can be given another one.
    let lasting = |policy: &&AttachedPolicy| policy.through.is_none() && policy.until_ms.is_none();
    let there: Vec<PolicyId> = policies.iter().flatten().filter(lasting).map(|policy| policy.id).collect();
    let choices = choices_left(choices, |id| there.contains(id));
    let add = (may(attach.needs) && may_list("policies")).then(|| {
        view! {
            <ChooseDialog
                id="attach"
                form=attach.form
                needs=attach.needs
                words=t("Attach policies", "关联策略")
                of=of.clone()
                list="policies"
                label=t("Policies", "策略")
                choices
                effect=attach.effect
                ends=true
                deed=t("Attach", "关联")
            />
        }
        .into_any()
    });
    let table = policies.map(|policies| view! { <PolicyTable of policies detach /> }.into_any());
    view! { <AttachCard title=t("Policies", "策略") note needs add table /> }
}

/// Policies with where they come from, each that is attached directly with the way to detach it.
#[component]
fn PolicyTable(
    /// The field that says whose they are.
    of: (&'static str, String),
    /// The policies.
    policies: Vec<AttachedPolicy>,
    /// Detaches one.
    detach: Way,
) -> impl IntoView {
    let detaches = may(detach.needs);
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
                    view! { <a href=pages::Policy::PAGE.of(policy.id)>{policy.name.clone()}</a> }.into_any()
                } else {
                    view! { <span>{policy.name.clone()}</span> }.into_any()
                };
                let action = (detaches && policy.through.is_none()).then(|| {
                    let (words, name) = (t("Detach", "解除"), policy.name.clone());
                    view! {
                        <RemovalDialog
                            id=format!("detach-{}", policy.id)
                            form=detach.form
                            needs=detach.needs
                            words
                            label=format!("{words} {name}")
                            title=use_lang().pick(format!("Detach {name}?"), format!("解除策略 {name}？"))
                            fields=[of.clone(), ("policy", policy.id.to_string())]
                            effect=detach.effect
                        />
                    }
                });
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
                        <td><Time at_ms=policy.attached_ms offset /> {policy.until_ms.map(|at_ms| view! { <br /> <Until at_ms offset /> })}</td>
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
