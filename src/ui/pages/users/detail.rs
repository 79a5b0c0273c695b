//! One user: facts, groups, policies, sessions.
//!
//! Everything of the page is brought by one call, and brought again by one when something is done.

use super::CHANGES;
use super::credential::CredentialCard;
use super::list::StateTag;
use super::manage::{Forms, UserActions};
use super::sessions::UserSessions;
use crate::catalog::pages;
use crate::domain::access_pages::UserView;
use crate::domain::accounts::{Candidate, NewCredential, User};
use crate::domain::free_text::visible;
use crate::domain::ids::{GroupId, Uin};
use crate::remote::attachments::{AttachUser, DetachUser};
use crate::remote::groups::{JoinGroups, RemoveGroupUser};
use crate::remote::session::ViewAs;
use crate::remote::users::view_user;
use crate::ui::components::{Card, Crumb, Fact, Facts, LinkButton, Notice, PageHeader, ReadOnlyMark, Tag, Time, Tone};
use crate::ui::forms::{Form, PostForm, use_form};
use crate::ui::frame::{may, reads_only, use_offset, use_session};
use crate::ui::loaded::{load, loaded};
use crate::ui::pages::attachments::{AttachCard, ChooseDialog, MembershipTable, Memberships, PoliciesCard, Way, choices_left, may_list};
use crate::ui::pages::rights::of_person;
use crate::ui::words::{t, title_of};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// `/cam/users/:uin`.
#[component]
pub fn UserPage() -> impl IntoView {
    let params = use_params_map();
    let uin = Memo::new(move |_| params.read().get("uin").and_then(|uin| uin.parse().ok()).unwrap_or(Uin(0)));
    let forms = Forms::new();
    let view_as = use_form::<ViewAs>();
    let (attach, detach) = (use_form::<AttachUser>(), use_form::<DetachUser>());
    let (join, leave) = (use_form::<JoinGroups>(), use_form::<RemoveGroupUser>());
    let changes = [forms.edit.saved(), forms.disable.saved(), forms.reset.saved(), forms.unlock.saved(), forms.end.saved()];
    let rights = [attach.saved(), detach.saved(), join.saved(), leave.saved()];
    let resource = load(move || (uin.get(), changes.map(|count| count.get()), rights.map(|count| count.get())), |(uin, ..)| view_user(uin));
    let credential = move || {
        forms.reset.answer::<NewCredential>().filter(|credential| credential.uin == uin.get()).map(|credential| {
            view! { <CredentialCard credential title=t("The password was reset, and all sessions of the user have ended", "密码已重置，该用户的所有会话已结束") /> }
        })
    };
    loaded(resource, move |all| {
        let UserView { user, sessions, groups, policies, group_choices, policy_choices } = all;
        let uin = user.row.uin;
        view! {
            <Head user=user.clone() view_as />
            {credential}
            <Account user forms />
            <Groups uin groups choices=group_choices join leave />
            <PoliciesCard
                of=("uin", uin.to_string())
                policies
                choices=policy_choices
                needs="cam:ListAttachedUserAllPolicies"
                note=t("Anything not allowed by a policy is denied.", "未被策略允许的操作一律拒绝。")
                attach=Way {
                    form: attach,
                    needs: "user.attach",
                    effect: t("Takes effect on the user's next request.", "对该用户立即生效（下次请求起）。"),
                }
                detach=Way {
                    form: detach,
                    needs: "user.detach",
                    effect: t(
                        "On the next request, the user loses the permissions that only this policy grants.",
                        "该用户自下次请求起失去仅由此策略授予的权限。",
                    ),
                }
            />
            <UserSessions uin rows=sessions form=forms.end />
        }
    })
}

#[component]
fn Head(user: User, view_as: Form) -> impl IntoView {
    let read_only = reads_only(CHANGES);
    let uin = user.row.uin;
    let rights = may_list("who-can")
        .then(|| view! { <LinkButton href=of_person(uin)>{t("What may this user do?", "该用户有哪些权限？")}</LinkButton> });
    let views = use_session().is_some_and(|session| session.is_root && session.uin != uin) && !user.row.disabled;
    let view_as = views.then(|| {
        view! {
            <PostForm form=view_as hidden=vec![("uin", uin.to_string())]>
                <button type="submit" class="btn">{t("View as", "以此身份查看")}</button>
            </PostForm>
        }
    });
    view! {
        <Title text=title_of(t("User", "用户详情"), &user.row.name) />
        <PageHeader
            title=user.row.name.clone()
            crumbs=vec![
                Crumb::here(t("Access management", "访问管理")),
                if may_list("users") { Crumb::link(t("Users", "用户列表"), pages::Users::PAGE.path) } else { Crumb::here(t("Users", "用户列表")) },
                Crumb::here(user.row.name.clone()),
            ]
            actions=move || view! { {rights} {view_as} }
            tags=move || view! { <StateTag user=user.row.clone() /> {read_only.then(|| view! { <ReadOnlyMark /> })} }.into_any()
        />
    }
}

#[component]
fn Account(user: User, forms: Forms) -> impl IntoView {
    let offset = use_offset();
    let or_none = |text: &str| if text.is_empty() { "—".to_owned() } else { visible(text).into_owned() };
    let last = match user.row.last_login_ms {
        Some(at_ms) => view! { <Time at_ms offset /> }.into_any(),
        None => view! { <span class="muted">{t("Never", "从未登录")}</span> }.into_any(),
    };
    let uin = user.row.uin;
    let locked = user.row.locked_until_ms.map(|at_ms| {
        let unlock = may("user.edit").then(|| {
            view! {
                <PostForm form=forms.unlock hidden=vec![("uin", uin.to_string())]>
                    <button type="submit" class="btn">{t("Unlock", "解除锁定")}</button>
                </PostForm>
            }
        });
        view! {
            <Notice tone=Tone::Warn>
                <p>
                    {t("Too many failed logins. Logins from the same network are blocked until ", "登录失败次数过多，来自同一网络的登录已被锁定，锁定至 ")}
                    <Time at_ms offset />
                    {t(".", "。")}
                </p>
                {unlock}
            </Notice>
        }
    });
    let first = user.must_change_password.then(|| {
        let words = if user.row.first_password_expired {
            t("First password expired. Reset it.", "初始密码已过期，请重置。")
        } else {
            t("First password. It must be changed at the next login.", "初始密码，下次登录时须修改。")
        };
        view! { <Fact name=t("Password", "密码")><Tag tone=Tone::Warn>{words}</Tag></Fact> }
    });
    let shown = user.clone();
    view! {
        <Card title=t("Account", "账号信息") actions=move || view! { <UserActions user forms /> }.into_any()>
            {locked}
            <Facts>
                <Fact name="UIN"><code>{shown.row.uin.to_string()}</code></Fact>
                <Fact name=t("E-mail", "邮箱")>{or_none(&shown.email)}</Fact>
                <Fact name=t("Remark", "备注")>{or_none(&shown.row.remark)}</Fact>
                <Fact name=t("Last login", "最近登录")>{last}</Fact>
                {first}
                <Fact name=t("Created", "创建时间")><Time at_ms=shown.row.created_ms offset /></Fact>
            </Facts>
        </Card>
    }
}

#[component]
fn Groups(uin: Uin, groups: Option<Vec<(GroupId, String)>>, choices: Vec<Candidate<GroupId>>, join: Form, leave: Form) -> impl IntoView {
    let there: Vec<GroupId> = groups.iter().flatten().map(|(id, _)| *id).collect();
    let choices = choices_left(choices, |id| there.contains(id));
    let add = (may("user.join") && may_list("groups")).then(|| {
        view! {
            <ChooseDialog
                id="join"
                form=join
                needs="user.join"
                words=t("Add to user groups", "加入用户组")
                of=("uin", uin.to_string())
                list="groups"
                label=t("User groups", "用户组")
                choices
                deed=t("Add", "加入")
            />
        }
        .into_any()
    });
    let table = groups.map(|groups| view! { <MembershipTable memberships=Memberships::OfUser(uin, groups) leave /> }.into_any());
    view! { <AttachCard title=t("User groups", "所属用户组") needs="cam:ListGroupsForUser" add table /> }
}
