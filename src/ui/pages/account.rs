//! My account: who one is, what one may open, the own password, sessions and operation records.
//!
//! Shows nothing of other accounts and nothing of policy texts.

use crate::catalog::pages;
use crate::domain::browser::browser;
use crate::domain::ids::Uin;
use crate::domain::session::{Session, SessionRow};
use crate::remote::session::{ChangePassword, EndSession, sessions};
use crate::ui::components::{
    Card, Column, Crumb, DataTable, Fact, Facts, FormErrors, Notice, PageHeader, PasswordField, SubmitButton, Tag, Time, Tone,
};
use crate::ui::forms::{Form, PostForm, use_form};
use crate::ui::frame::{use_offset, use_session};
use crate::ui::loaded::{load, loaded};
use crate::ui::pages::audit::own::OwnRecords;
use crate::ui::pages::setup::password_rule;
use crate::ui::words::{address, say, t, use_lang};
use leptos::prelude::*;
use leptos_meta::Title;
use std::sync::Arc;

/// `/account`.
#[component]
pub fn AccountPage() -> impl IntoView {
    let end = use_form::<EndSession>();
    let list = load(move || end.saved().get(), |_| sessions());
    view! {
        <Title text=t("My account · TRTC Console", "我的账号 · TRTC 控制台") />
        <PageHeader title=t("My account", "我的账号") crumbs=vec![Crumb::here(t("My account", "我的账号"))] />
        {use_session().map(|session| view! { <NothingYet nothing=session.home() == pages::Account::PAGE.path owner=session.owner_uin /> <Who session /> })}
        <PasswordCard />
        <Card title=t("Sessions", "会话")>
            <FormErrors errors=end.errors() />
            {loaded(list, move |rows| view! { <Sessions rows end /> })}
        </Card>
        <OwnRecords />
    }
}

/// The first words for somebody who has no permission at all.
#[component]
fn NothingYet(nothing: bool, owner: Uin) -> impl IntoView {
    let words = use_lang().pick(
        format!("Your account cannot open any other page yet. Ask the administrator of root account {owner} to attach a policy to it. The policy takes effect immediately."),
        format!("您的账号尚不能打开其他页面。请联系主账号 {owner} 的管理员为您关联策略，关联后立即生效。"),
    );
    nothing.then(|| view! { <Notice tone=Tone::Warn title=t("Welcome! You don't have any permissions yet.", "欢迎！您暂无任何权限。")>{words}</Notice> })
}

#[component]
fn Who(session: Arc<Session>) -> impl IntoView {
    let pages: Vec<_> = pages::all()
        .filter(|page| session.pages.iter().any(|id| id == page.id))
        .map(|page| view! { <li><Tag>{say(&page.title)}</Tag></li> })
        .collect();
    let (name, uin, owner, is_root) = (session.name.clone(), session.uin, session.owner_uin, session.is_root);
    view! {
        <Card title=t("Account", "账号")>
            <Facts>
                <Fact name=t("Name", "名称")>{name}</Fact>
                <Fact name="UIN"><code>{uin.to_string()}</code></Fact>
                <Fact name=t("Type", "类型")>
                    {if is_root { t("Root account", "主账号") } else { t("Sub-account", "子账号") }}
                </Fact>
                <Fact name=t("Root account UIN", "主账号 UIN")><code>{owner.to_string()}</code></Fact>
                <Fact name=t("Pages you can open", "可访问的页面")><ul class="tag-list">{pages}</ul></Fact>
            </Facts>
        </Card>
    }
}

#[component]
fn PasswordCard() -> impl IntoView {
    let form = use_form::<ChangePassword>();
    view! {
        <Card title=t("Password", "密码")>
            {move || {
                form.done()
                    .get()
                    .then(|| view! { <Notice tone=Tone::Ok>{t("Your password was changed. Your other sessions have ended.", "密码已修改，其他会话已结束。")}</Notice> })
            }}
            <PostForm form scope="password" class="stack narrow">
                <PasswordField name="current" label=t("Current password", "当前密码") autocomplete="current-password" required=true />
                <PasswordField name="new" label=t("New password", "新密码") autocomplete="new-password" required=true hint=password_rule() />
                <PasswordField name="repeat" label=t("Confirm new password", "确认新密码") autocomplete="new-password" required=true />
                <div class="form-actions">
                    <SubmitButton pending=form.pending()>{t("Change password", "修改密码")}</SubmitButton>
                </div>
            </PostForm>
        </Card>
    }
}

#[component]
fn Sessions(rows: Vec<SessionRow>, end: Form) -> impl IntoView {
    let offset = use_offset();
    let rows: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let last = if row.current {
                view! { <Tag tone=Tone::Brand>{t("This session", "当前会话")}</Tag> }.into_any()
            } else {
                view! {
                    <PostForm form=end without_summary=true hidden=vec![("id", row.id)]>
                        <button type="submit" class="btn">{t("End", "结束")}</button>
                    </PostForm>
                }
                .into_any()
            };
            view! {
                <tr>
                    <td title=row.agent.clone()>{say(&browser(&row.agent))}</td>
                    <td><code>{address(row.address)}</code></td>
                    <td><Time at_ms=row.created_ms offset /></td>
                    <td><Time at_ms=row.seen_ms offset /></td>
                    <td>{last}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::text(t("Browser", "浏览器")),
        Column::text(t("IP address", "IP 地址")),
        Column::text(t("Logged in", "登录时间")),
        Column::text(t("Last active", "最近活动")),
        Column::actions(),
    ];
    view! { <DataTable caption=t("Your sessions", "您的会话") columns>{rows}</DataTable> }
}
