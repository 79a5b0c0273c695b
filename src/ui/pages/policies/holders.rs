//! Who holds a policy, and attaching it to more or detaching it, from the policy's side.

use super::manage::Forms;
use crate::catalog::pages;
use crate::domain::access_pages::PolicyHolders;
use crate::domain::ids::PolicyId;
use crate::domain::policies::{Holder, HolderUntil};
use crate::ui::components::{Column, DataTable, Empty, EmptyState, Tag, Until, WideRow};
use crate::ui::frame::{may, use_offset};
use crate::ui::pages::attachments::{AttachCard, ChooseDialog, RemovalDialog, choices_left, may_list};
use crate::ui::words::{t, use_lang};
use leptos::prelude::*;

/// The tab.
#[component]
pub(super) fn Holders(id: PolicyId, attached_to: PolicyHolders, forms: Forms) -> impl IntoView {
    let PolicyHolders { holders, user_choices, group_choices } = attached_to;
    // What has an end can be given another one.
    let lasting: Vec<&Holder> = holders.iter().filter(|one| one.until_ms.is_none()).map(|one| &one.holder).collect();
    let users = choices_left(user_choices, |uin| lasting.iter().any(|holder| matches!(holder, Holder::User(there, _) if there == uin)));
    let groups =
        choices_left(group_choices, |group| lasting.iter().any(|holder| matches!(holder, Holder::Group(there, _) if there == group)));
    let attach_users = (may("policy.attach-user") && may_list("users")).then(|| {
        view! {
            <ChooseDialog
                id="attach-users"
                form=forms.attach_users
                needs="policy.attach-user"
                words=t("Attach to users", "关联用户")
                of=("id", id.to_string())
                list="users"
                label=t("Users", "用户")
                choices=users
                ends=true
                deed=t("Attach", "关联")
            />
        }
    });
    let attach_groups = (may("policy.attach-group") && may_list("groups")).then(|| {
        view! {
            <ChooseDialog
                id="attach-groups"
                form=forms.attach_groups
                needs="policy.attach-group"
                words=t("Attach to user groups", "关联用户组")
                of=("id", id.to_string())
                list="groups"
                label=t("User groups", "用户组")
                choices=groups
                ends=true
                deed=t("Attach", "关联")
            />
        }
    });
    let rows = if holders.is_empty() {
        let words = t("Not attached to anyone", "尚未关联任何用户或用户组");
        view! {
            <WideRow columns=3>
                <EmptyState why=Empty::NothingYet title=words><p>{t("A policy grants nothing until it is attached.", "策略关联之后才会生效。")}</p></EmptyState>
            </WideRow>
        }
        .into_any()
    } else {
        holders.into_iter().map(|holder| row(id, holder, forms)).collect_view().into_any()
    };
    let columns = vec![Column::text(t("Name", "名称")), Column::text(t("Type", "类型")), Column::actions()];
    let title = t("Attached to", "关联的用户和用户组");
    let table = view! { <DataTable caption=title columns>{rows}</DataTable> }.into_any();
    view! {
        <AttachCard
            title
            note=t("Policies of a user group apply to all of its members.", "用户组的策略对其所有成员生效。")
            needs="cam:ListEntitiesForPolicy"
            add=Some(view! { {attach_users} {attach_groups} }.into_any())
            table=Some(table)
        />
    }
}

fn row(policy: PolicyId, holder: HolderUntil, forms: Forms) -> AnyView {
    let HolderUntil { holder, until_ms } = holder;
    let until = until_ms.map(|at_ms| view! { " " <Until at_ms offset=use_offset() /> });
    let (name, kind, opens, href) = match &holder {
        Holder::User(uin, name) => (name.clone(), t("User", "用户"), may("users.open"), pages::User::PAGE.of(uin)),
        Holder::Group(group, name) => (name.clone(), t("User group", "用户组"), may("groups.open"), pages::Group::PAGE.of(group)),
    };
    let removal = match holder {
        Holder::User(uin, _) => (
            forms.detach_user,
            "policy.detach-user",
            format!("detach-user-{uin}"),
            ("uin", uin.to_string()),
            t(
                "On the next request, the user loses the permissions that only this policy grants.",
                "该用户自下次请求起失去仅由此策略授予的权限。",
            ),
        ),
        Holder::Group(group, _) => (
            forms.detach_group,
            "policy.detach-group",
            format!("detach-group-{group}"),
            ("id", group.to_string()),
            t(
                "On their next request, all users in the group lose the permissions that only this policy grants.",
                "组内所有用户自下次请求起失去仅由此策略授予的权限。",
            ),
        ),
    };
    let (form, needs, id, from, effect) = removal;
    let detach = may(needs).then(|| {
        let label = format!("{} {name}", t("Detach from", "解除"));
        let title = use_lang().pick(format!("Detach the policy from {name}?"), format!("解除与 {name} 的关联？"));
        let fields = [from, ("policy", policy.to_string())];
        view! { <RemovalDialog id form needs words=t("Detach", "解除") label title fields effect /> }
    });
    let name = if opens { view! { <a href=href>{name}</a> }.into_any() } else { view! { <span>{name}</span> }.into_any() };
    view! {
        <tr>
            <td>{name}</td>
            <td><Tag>{kind}</Tag> {until}</td>
            <td class="num">{detach}</td>
        </tr>
    }
    .into_any()
}
