//! The CAM overview: login link, counts, and what deserves a look.
//!
//! It links only to lists the reader may open.

use super::attachments::may_list;
use super::users::credential::login_link;
use super::users::list::filter_name;
use crate::catalog::pages;
use crate::catalog::preset;
use crate::domain::accounts::{AccountSummary, UserFilter};
use crate::domain::policies::PolicyKind;
use crate::remote::cam::cam_summary;
use crate::ui::components::{Card, Column, CopyButton, Crumb, DataTable, PageHeader, StatRow, StatTile, Tag, Tone, with_param};
use crate::ui::frame::use_session;
use crate::ui::loaded::{load, loaded};
use crate::ui::words::{number, t};
use leptos::prelude::*;
use leptos_meta::Title;

/// `/cam`.
#[component]
pub fn CamPage() -> impl IntoView {
    let summary = load(|| (), |()| cam_summary());
    let link = use_session().map(|session| login_link(session.owner_uin)).unwrap_or_default();
    view! {
        <Title text=t("CAM overview · TRTC Console", "访问管理概览 · TRTC 控制台") />
        <PageHeader
            title=t("CAM overview", "访问管理概览")
            crumbs=vec![Crumb::here(t("Access management", "访问管理")), Crumb::here(t("CAM overview", "访问管理概览"))]
        />
        <Card
            title=t("Sub-account login link", "子账号登录链接")
            note=t("Sub-accounts log in here with their user name and password.", "子账号通过此链接，使用用户名和密码登录。")
        >
            <p><code>{link.clone()}</code> " " <CopyButton text=link /></p>
        </Card>
        {loaded(summary, |summary| view! { <Counts summary=summary.clone() /> <Report summary /> })}
    }
}

#[component]
fn Counts(summary: AccountSummary) -> impl IntoView {
    let tile = |label: &'static str, count: i64, page: &'static str, href: &str| {
        let open = may_list(page).then(|| view! { <p><a href=href.to_owned()>{t("View list", "查看列表")}</a></p> });
        view! { <StatTile label value=number(count)>{open}</StatTile> }
    };
    let of_kind = |kind: PolicyKind| with_param(pages::Policies::PAGE.path, "kind", Some(kind.tag()));
    let presets = i64::try_from(preset::NAMES.len()).unwrap_or(i64::MAX);
    view! {
        <StatRow>
            {tile(t("Users", "用户"), summary.users, "users", pages::Users::PAGE.path)}
            {tile(t("User groups", "用户组"), summary.groups, "groups", pages::Groups::PAGE.path)}
            {tile(t("Custom policies", "自定义策略"), summary.policies, "policies", &of_kind(PolicyKind::Custom))}
            {tile(t("Preset policies", "预设策略"), presets, "policies", &of_kind(PolicyKind::Preset))}
        </StatRow>
    }
}

/// Users that deserve a look, each line leading to the list of them.
#[component]
fn Report(summary: AccountSummary) -> impl IntoView {
    let lines = [
        (
            UserFilter::WithoutPolicy,
            summary.users_without_policy,
            t("They can log in but have no permissions. Attach a policy or delete them.", "可以登录，但没有任何权限。请关联策略或删除。"),
        ),
        (
            UserFilter::Administrators,
            summary.users_administrator,
            t("They have full access. Keep their number small.", "拥有全部权限，应尽量减少。"),
        ),
        (
            UserFilter::FirstPassword,
            summary.users_first_password,
            t("They still use their first password, and the person who created them may know it.", "仍在使用初始密码，创建者可能知晓。"),
        ),
        (
            UserFilter::Disabled,
            summary.users_disabled,
            t("They cannot log in. Delete those that are no longer needed.", "无法登录。请删除不再需要的用户。"),
        ),
    ];
    let open = may_list("users");
    let rows: Vec<_> = lines
        .into_iter()
        .map(|(filter, count, advice)| {
            let name = if open {
                let href = with_param(pages::Users::PAGE.path, "filter", Some(filter.tag()));
                view! { <a href=href>{filter_name(filter)}</a> }.into_any()
            } else {
                view! { <span>{filter_name(filter)}</span> }.into_any()
            };
            let state = if count == 0 {
                view! { <Tag tone=Tone::Ok>{t("None", "无")}</Tag> }
            } else {
                view! { <Tag tone=Tone::Warn>{t("Review", "待检查")}</Tag> }
            };
            view! {
                <tr>
                    <td>{name}</td>
                    <td class="num">{number(count)}</td>
                    <td>{state}</td>
                    <td class="muted wrap">{advice}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::text(t("Users", "用户")),
        Column::figure(t("Count", "数量")),
        Column::text(t("Result", "结果")),
        Column::text(t("What it means", "说明")),
    ];
    view! {
        <Card title=t("Security report", "安全报告") flush=true>
            <DataTable caption=t("Security report", "安全报告") columns>{rows}</DataTable>
        </Card>
    }
}
