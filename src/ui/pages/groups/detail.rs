//! One user group: its users, its policies, and what can be done with it.
//!
//! Everything of the page is brought by one call, and brought again by one when something is done.

use super::CHANGES;
use super::list::NameAndRemark;
use crate::catalog::pages;
use crate::domain::access_pages::GroupView;
use crate::domain::accounts::Candidate;
use crate::domain::free_text::visible;
use crate::domain::groups::{Group, GroupRow};
use crate::domain::ids::{GroupId, Uin};
use crate::remote::attachments::{AttachGroup, DetachGroup};
use crate::remote::groups::{AddGroupUsers, DeleteGroup, EditGroup, RemoveGroupUser, view_group};
use crate::ui::components::{Card, Confirm, Crumb, Fact, Facts, Look, PageHeader, ReadOnlyMark, Time};
use crate::ui::forms::{Form, FormDialog, use_form};
use crate::ui::frame::{may, reads_only, use_offset};
use crate::ui::icons::Icon;
use crate::ui::loaded::{load, loaded};
use crate::ui::pages::attachments::{AttachCard, ChooseDialog, MembershipTable, Memberships, PoliciesCard, Way, choices_left, may_list};
use crate::ui::words::{t, title_of, use_lang};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// `/cam/groups/:id`.
#[component]
pub fn GroupPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").and_then(|id| id.parse().ok()).unwrap_or(GroupId(0)));
    let (edit, delete) = (use_form::<EditGroup>(), use_form::<DeleteGroup>());
    let (add, remove) = (use_form::<AddGroupUsers>(), use_form::<RemoveGroupUser>());
    let (attach, detach) = (use_form::<AttachGroup>(), use_form::<DetachGroup>());
    let changes = [edit.saved(), add.saved(), remove.saved(), attach.saved(), detach.saved()];
    let resource = load(move || (id.get(), changes.map(|count| count.get())), |(id, _)| view_group(id));
    loaded(resource, move |all| {
        let GroupView { group: Group { row, members }, policies, user_choices, policy_choices } = all;
        let id = row.id;
        view! {
            <Head row=row.clone() />
            <About row edit delete />
            <Members id members choices=user_choices add remove />
            <PoliciesCard
                of=("id", id.to_string())
                policies
                choices=policy_choices
                needs="cam:ListAttachedGroupPolicies"
                note=t("They apply to every user in the group.", "对组内所有用户生效。")
                attach=Way {
                    form: attach,
                    needs: "group.attach",
                    effect: t("Takes effect on the next request of every user in the group.", "对组内所有用户立即生效（下次请求起）。"),
                }
                detach=Way {
                    form: detach,
                    needs: "group.detach",
                    effect: t(
                        "On their next request, all users in the group lose the permissions that only this policy grants.",
                        "组内所有用户自下次请求起失去仅由此策略授予的权限。",
                    ),
                }
            />
        }
    })
}

#[component]
fn Head(row: GroupRow) -> impl IntoView {
    let read_only = reads_only(CHANGES);
    view! {
        <Title text=title_of(t("User group", "用户组详情"), &row.name) />
        <PageHeader
            title=row.name.clone()
            crumbs=vec![
                Crumb::here(t("Access management", "访问管理")),
                if may_list("groups") { Crumb::link(t("User groups", "用户组"), pages::Groups::PAGE.path) } else { Crumb::here(t("User groups", "用户组")) },
                Crumb::here(row.name),
            ]
            tags=move || read_only.then(|| view! { <ReadOnlyMark /> })
        />
    }
}

#[component]
fn About(row: GroupRow, edit: Form, delete: Form) -> impl IntoView {
    let remark = if row.remark.is_empty() { "—".to_owned() } else { visible(&row.remark).into_owned() };
    let (number, created_ms) = (row.id.to_string(), row.created_ms);
    let actions = move || {
        let edits = may("group.edit").then(|| view! { <Edit row=row.clone() form=edit /> });
        let deletes = may("group.delete").then(|| view! { <Delete row=row.clone() form=delete /> });
        view! { {edits} {deletes} }
    };
    view! {
        <Card title=t("User group", "用户组信息") actions>
            <Facts>
                <Fact name=t("Group ID", "用户组 ID")><code>{number}</code></Fact>
                <Fact name=t("Remark", "备注")>{remark}</Fact>
                <Fact name=t("Created", "创建时间")><Time at_ms=created_ms offset=use_offset() /></Fact>
            </Facts>
        </Card>
    }
}

#[component]
fn Edit(row: GroupRow, form: Form) -> impl IntoView {
    let (title, hidden) = (t("Edit user group", "编辑用户组"), vec![("id", row.id.to_string())]);
    view! {
        <FormDialog id="edit" form needs="group.edit" opener=t("Edit", "编辑") icon=Icon::Pencil title hidden deed=t("Save", "保存")>
            <NameAndRemark name=row.name remark=row.remark />
        </FormDialog>
    }
}

#[component]
fn Delete(row: GroupRow, form: Form) -> impl IntoView {
    let title = use_lang().pick(format!("Delete user group {}?", row.name), format!("删除用户组 {}？", row.name));
    let kind = if row.members > 0 || row.policies > 0 { Confirm::TypeName(row.name) } else { Confirm::Danger };
    let (hidden, deed) = (vec![("id", row.id.to_string())], t("Delete user group", "删除用户组"));
    view! {
        <FormDialog id="delete" form needs="group.delete" opener=t("Delete", "删除") look=Look::Danger icon=Icon::Bin title hidden kind deed>
            <div class="dialog-body"><p>{t("Its users are not deleted, but they immediately lose the permissions they have only through this group.", "组内用户不会被删除，但会立即失去仅通过该组获得的权限。")}</p></div>
        </FormDialog>
    }
}

#[component]
fn Members(id: GroupId, members: Vec<(Uin, String)>, choices: Vec<Candidate<Uin>>, add: Form, remove: Form) -> impl IntoView {
    let there: Vec<Uin> = members.iter().map(|(uin, _)| *uin).collect();
    let choices = choices_left(choices, |uin| there.contains(uin));
    let add = (may("group.join") && may_list("users")).then(|| {
        view! {
            <ChooseDialog
                id="join"
                form=add
                needs="group.join"
                words=t("Add users", "添加用户")
                of=("id", id.to_string())
                list="users"
                label=t("Users", "用户")
                choices
                deed=t("Add", "添加")
            />
        }
        .into_any()
    });
    let table = view! { <MembershipTable memberships=Memberships::OfGroup(id, members) leave=remove /> }.into_any();
    view! { <AttachCard title=t("Users", "用户") needs="cam:GetGroup" add table=Some(table) /> }
}
