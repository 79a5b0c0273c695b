//! Who holds a policy, and attaching it to more or detaching it, from the policy's side.

use super::manage::Forms;
use crate::calls::groups::group_choices;
use crate::calls::policies::policy_holders;
use crate::calls::users::user_choices;
use crate::domain::fault::Fault;
use crate::domain::ids::{GroupId, PolicyId, Uin};
use crate::domain::policies::Holder;
use crate::ui::components::{
    Card, Column, Confirm, ConfirmActions, DataTable, Dialog, Empty, EmptyState, FormErrors, Picker, Tag, WideRow,
};
use crate::ui::frame::may;
use crate::ui::icons::Icon;
use crate::ui::pages::attachments::{lists, still};
use crate::ui::words::t;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The holders, and who could be one.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Loaded {
    holders: Vec<Holder>,
    users: Vec<(Uin, String)>,
    groups: Vec<(GroupId, String)>,
}

/// Loads the holders and, for who may attach and list, the choices.
pub(super) async fn load_holders(id: PolicyId, users: bool, groups: bool) -> Result<Loaded, Fault> {
    Ok(Loaded {
        holders: policy_holders(id).await?,
        users: if users { user_choices().await? } else { vec![] },
        groups: if groups { group_choices().await? } else { vec![] },
    })
}

/// The tab.
#[component]
pub(super) fn Holders(id: PolicyId, loaded: Loaded, forms: Forms) -> impl IntoView {
    let Loaded { holders, users, groups } = loaded;
    let users = still(users, |uin| holders.iter().any(|holder| matches!(holder, Holder::User(there, _) if there == uin)));
    let groups = still(groups, |group| holders.iter().any(|holder| matches!(holder, Holder::Group(there, _) if there == group)));
    let (to_users, to_groups) = (forms.attach_users, forms.attach_groups);
    let attach_users = (may("policy.attach-user") && lists("users")).then(|| {
        view! {
            <Dialog id="attach-users" opener=t("Attach to users", "绑定到用户") icon=Icon::Plus title=t("Attach to users", "绑定到用户") open=to_users.came_back() done=to_users.done()>
                <ActionForm action=to_users.action>
                    <FormErrors errors=to_users.errors() scope="attach-users" />
                    <input type="hidden" name="id" value=id.to_string() />
                    <Picker name="users" label=t("Users", "用户") choices=users chosen=to_users.ticked("users") scope="attach-users" errors=to_users.errors() />
                    <ConfirmActions id="attach-users" kind=Confirm::Plain deed=t("Attach", "绑定") pending=to_users.pending() />
                </ActionForm>
            </Dialog>
        }
    });
    let attach_groups = (may("policy.attach-group") && lists("groups")).then(|| {
        view! {
            <Dialog id="attach-groups" opener=t("Attach to user groups", "绑定到用户组") icon=Icon::Plus title=t("Attach to user groups", "绑定到用户组") open=to_groups.came_back() done=to_groups.done()>
                <ActionForm action=to_groups.action>
                    <FormErrors errors=to_groups.errors() scope="attach-groups" />
                    <input type="hidden" name="id" value=id.to_string() />
                    <Picker name="groups" label=t("User groups", "用户组") choices=groups chosen=to_groups.ticked("groups") scope="attach-groups" errors=to_groups.errors() />
                    <ConfirmActions id="attach-groups" kind=Confirm::Plain deed=t("Attach", "绑定") pending=to_groups.pending() />
                </ActionForm>
            </Dialog>
        }
    });
    let rows = if holders.is_empty() {
        let words = t("Nobody holds it", "暂无用户或用户组使用");
        view! {
            <WideRow columns=3>
                <EmptyState why=Empty::NothingYet title=words><p>{t("A policy grants nothing until it is attached.", "策略在绑定之前不授予任何权限。")}</p></EmptyState>
            </WideRow>
        }
        .into_any()
    } else {
        holders.into_iter().map(|holder| row(id, holder, forms)).collect_view().into_any()
    };
    let columns = vec![Column::text(t("Name", "名称")), Column::text(t("Kind", "类型")), Column::actions()];
    view! {
        <Card
            title=t("Used by", "关联的用户和用户组")
            note=t("Members of a user group hold its policies too.", "用户组成员同样拥有该组的策略。")
            actions=move || view! { {attach_users} {attach_groups} }.into_any()
            flush=true
        >
            <FormErrors errors=forms.detach_user.errors() scope="detach-user" />
            <FormErrors errors=forms.detach_group.errors() scope="detach-group" />
            <DataTable caption=t("Used by", "关联的用户和用户组") columns>{rows}</DataTable>
        </Card>
    }
}

fn row(policy: PolicyId, holder: Holder, forms: Forms) -> AnyView {
    let policy = policy.to_string();
    let (name, kind, opens, href) = match &holder {
        Holder::User(uin, name) => (name.clone(), t("User", "用户"), may("users.open"), format!("/cam/users/{uin}")),
        Holder::Group(group, name) => (name.clone(), t("User group", "用户组"), may("groups.open"), format!("/cam/groups/{group}")),
    };
    let label = format!("{} {name}", t("Detach from", "解绑"));
    let button = move || view! { <button type="submit" class="btn btn-text" aria-label=label>{t("Detach", "解绑")}</button> };
    let detach = match holder {
        Holder::User(uin, _) if may("policy.detach-user") => Some(
            view! {
                <ActionForm action=forms.detach_user.action>
                    <input type="hidden" name="uin" value=uin.to_string() />
                    <input type="hidden" name="policy" value=policy />
                    {button()}
                </ActionForm>
            }
            .into_any(),
        ),
        Holder::Group(group, _) if may("policy.detach-group") => Some(
            view! {
                <ActionForm action=forms.detach_group.action>
                    <input type="hidden" name="id" value=group.to_string() />
                    <input type="hidden" name="policy" value=policy />
                    {button()}
                </ActionForm>
            }
            .into_any(),
        ),
        _ => None,
    };
    let name = if opens { view! { <a href=href>{name}</a> }.into_any() } else { view! { <span>{name}</span> }.into_any() };
    view! {
        <tr>
            <td>{name}</td>
            <td><Tag>{kind}</Tag></td>
            <td class="num">{detach}</td>
        </tr>
    }
    .into_any()
}
