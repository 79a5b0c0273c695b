//! The list of applications: search and page in the address, only what the reader may list, and how many there are besides.
//!
//! It must never cut or search by itself; the server does.

use super::AppName;
use super::tags::TagRows;
use crate::catalog::page::NavGroup;
use crate::catalog::pages;
use crate::domain::applications::{AppList, AppStatus, Application, ApplicationOrder};
use crate::domain::callback_config::Unregistered;
use crate::domain::free_text::visible;
use crate::domain::ids::SdkAppId;
use crate::domain::paging::{Listing, OrderKey as _, PAGE_SIZES};
use crate::remote::applications::{CreateApplication, list_applications};
use crate::ui::components::{
    Column, Crumb, DataTable, Empty, EmptyState, Look, Notice, PageHeader, Pager, Precision, ReadOnlyMark, SearchBox, Sort, Tag, TextArea,
    TextField, Time, Tone, Toolbar, WideRow, with_param,
};
use crate::ui::forms::{FormDialog, use_form};
use crate::ui::frame::{may, reads_only, use_offset};
use crate::ui::icons::Icon;
use crate::ui::loaded::{load, loaded};
use crate::ui::pages::figures::scope_words;
use crate::ui::pages::listing::{address_of, kept, listing_of, paging_of};
use crate::ui::query::use_query;
use crate::ui::words::{address, number, say, t, use_lang};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;
use serde::{Deserialize, Serialize};

/// What the address asks for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    listing: Listing,
    created: Option<SdkAppId>,
    /// The SDKAppID to begin a new application with.
    connect: Option<SdkAppId>,
    deleted: Option<SdkAppId>,
}

/// `/apps`.
#[component]
pub fn ApplicationsPage() -> impl IntoView {
    let query = use_query();
    let asked = Memo::new(move |_| {
        let query = query.read();
        Asked {
            listing: listing_of::<ApplicationOrder>(&query),
            connect: query.get("connect").and_then(|id| id.parse().ok()),
            created: query.get("created").and_then(|id| id.parse().ok()),
            deleted: query.get("deleted").and_then(|id| id.parse().ok()),
        }
    });
    let list = load(
        move || asked.get(),
        |asked| async move {
            let Listing { search, page, size, sort } = asked.listing.clone();
            let list = list_applications(search, page, size, sort).await?;
            Ok((asked, list))
        },
    );
    // Who may change anything of any application does not only read, though the list itself offers no more than a new one.
    let of_one = pages::in_group(NavGroup::Application).flat_map(|page| page.controls).map(|control| control.id);
    let read_only = reads_only(&["apps.create"]) && reads_only(&of_one.collect::<Vec<_>>());
    view! {
        <Title text=t("Applications · TRTC Console", "应用管理 · TRTC 控制台") />
        <PageHeader
            title=t("Applications", "应用管理")
            tags=move || read_only.then(|| view! { <ReadOnlyMark /> })
            crumbs=vec![Crumb::here(t("TRTC", "实时音视频")), Crumb::here(t("Applications", "应用管理"))]
            actions=move || may("apps.create").then(|| view! { <CreateDialog connect=asked.get_untracked().connect /> })
        />
        {loaded(list, |(asked, list)| view! { <List asked list /> })}
    }
}

#[component]
fn CreateDialog(connect: Option<SdkAppId>) -> impl IntoView {
    let form = use_form::<CreateApplication>();
    let open = connect.is_some();
    view! {
        <FormDialog id="create-app" form needs="apps.create" opener=t("Create application", "新建应用") look=Look::Primary icon=Icon::Plus open>
            <TextField
                name="sdk_app_id"
                label="SDKAppID"
                value=connect.map_or_else(String::new, |id| id.to_string())
                hint=t(
                    "10 digits, from the TRTC console. If you only want to try things out, leave it empty. A number that TRTC does not know is then generated.",
                    "TRTC 控制台中的 10 位数字。仅试用时可留空，系统将生成一个 TRTC 中不存在的编号。",
                )
                mono=true
            />
            <TextField
                name="name"
                label=t("Name", "应用名称")
                hint=t("Up to 15 letters, digits, Chinese characters and underscores.", "最多 15 个字母、数字、汉字或下划线。")
                required=true
            />
            <TextArea name="description" label=t("Description", "描述") />
            <TagRows tags=vec![] />
        </FormDialog>
    }
}

#[component]
fn List(asked: Asked, list: AppList) -> impl IntoView {
    let AppList { page, listed, of, unregistered } = list;
    let here = address_of::<ApplicationOrder>(pages::Apps::PAGE.path, &asked.listing);
    let (paging, kept) = (paging_of(&page, &asked.listing), kept::<ApplicationOrder>(&asked.listing, None));
    let sort = Sort::from_query(&asked.listing.sort);
    let columns = vec![
        Column::text(t("Name", "应用名称")).sorted_by(ApplicationOrder::Name.tag()),
        Column::text("SDKAppID").sorted_by(ApplicationOrder::Id.tag()),
        Column::text(t("Status", "状态")),
        Column::text(t("Tags", "标签")),
        Column::text(t("Created", "创建时间")).sorted_by(ApplicationOrder::Created.tag()),
    ];
    let notices = notices(&asked, &page.rows);
    let empty = page.rows.is_empty();
    let rows = if empty {
        view! { <WideRow columns=5><NoApplications listed of /></WideRow> }.into_any()
    } else {
        page.rows.into_iter().map(|app| view! { <Row app /> }).collect_view().into_any()
    };
    let count = scope_words(listed, of);
    view! {
        {notices}
        {(!unregistered.is_empty()).then(|| view! { <UnregisteredNotice unregistered /> })}
        <Toolbar>
            <SearchBox label=t("Name, SDKAppID or tag (key=value)", "名称、SDKAppID 或标签（键=值）") action=pages::Apps::PAGE.path value=asked.listing.search keep=kept />
            <span class="muted">{count}</span>
        </Toolbar>
        <DataTable caption=t("Applications", "应用管理") columns here=here.clone() sort foot=move || (!empty).then(|| view! { <Pager paging here sizes=&PAGE_SIZES /> })>
            {rows}
        </DataTable>
    }
}

/// What has just been done, told on the page it led to.
fn notices(asked: &Asked, rows: &[Application]) -> impl IntoView + use<> {
    let created = asked.created.map(|id| {
        let words = use_lang().pick(format!("Application {id} was created."), format!("应用 {id} 已创建。"));
        let seen = rows.iter().any(|app| app.id == id);
        let unseen = (!seen).then(|| {
            t(
                " It is not on this page of the list. Your policies might not cover it.",
                "它不在当前列表页中，您关联的策略可能未包含该应用。",
            )
        });
        let onward = seen.then(|| {
            view! {
                " "
                <A href=pages::AppCallbacks::PAGE.of(id)>{t("Connect its event callbacks", "连接事件回调")}</A>
            }
        });
        view! { <Notice tone=Tone::Ok>{words} {unseen} {onward}</Notice> }
    });
    let deleted = asked.deleted.map(|id| {
        let words = use_lang().pick(format!("Application {id} was deleted."), format!("应用 {id} 已删除。"));
        view! { <Notice tone=Tone::Ok>{words}</Notice> }
    });
    (created, deleted)
}

/// Numbers from which callbacks arrive although nobody has registered them, each with a way to do so.
#[component]
fn UnregisteredNotice(unregistered: Vec<Unregistered>) -> impl IntoView {
    let lang = use_lang();
    let numbers: Vec<_> = unregistered
        .into_iter()
        .map(|one| {
            let callbacks = if one.count == 1 { "callback" } else { "callbacks" };
            let count = lang.pick(format!("{} {callbacks}, last", number(one.count)), format!("{} 次回调，最近一次", number(one.count)));
            view! {
                <li>
                    <code>{one.id.to_string()}</code> {t(": ", "：")} {count} " " <Time at_ms=one.last_ms offset=use_offset() />
                    {t(" from ", "，来源 ")} <code>{address(one.last_address)}</code> " · "
                    <a href=with_param(pages::Apps::PAGE.path, "connect", Some(&one.id.to_string())) rel="external">{t("Connect", "连接")}</a>
                </li>
            }
        })
        .collect();
    view! {
        <Notice title=t("Events received for unregistered applications", "收到未登记应用的事件")>
            <p>{t("Anyone can send such callbacks. Connect an SDKAppID only if it is yours.", "任何人都可能发送此类回调，请仅连接属于您的 SDKAppID。")}</p>
            <ul>{numbers}</ul>
        </Notice>
    }
}

#[component]
fn NoApplications(listed: i64, of: i64) -> impl IntoView {
    if listed > 0 {
        return view! { <EmptyState why=Empty::NoMatch { clear_href: pages::Apps::PAGE.path.to_owned() } /> }.into_any();
    }
    if of > 0 {
        return view! {
            <EmptyState why=Empty::NoPermission title=t("You don't have access to any application", "您没有可查看的应用")>
                <p>{t("Your policies do not grant trtc:DescribeAppStatList on any application. Ask the administrator of your root account.", "您关联的策略未授予任何应用的 trtc:DescribeAppStatList 权限，请联系主账号管理员。")}</p>
            </EmptyState>
        }
        .into_any();
    }
    view! {
        <EmptyState why=Empty::NothingYet title=t("No applications yet", "暂无应用")>
            <p>{t("Applications keep businesses apart: their rooms, their usage and who can see them.", "应用用于隔离不同业务的房间、用量和访问权限。")}</p>
        </EmptyState>
    }
    .into_any()
}

#[component]
fn Row(app: Application) -> impl IntoView {
    let tone = if app.status == AppStatus::Normal { Tone::Ok } else { Tone::Warn };
    let tags: Vec<_> = app
        .tags
        .into_iter()
        .map(|tag| view! { <li><Tag>{visible(&tag.key).into_owned()} "=" {visible(&tag.value).into_owned()}</Tag></li> })
        .collect();
    view! {
        <tr>
            <td><AppName id=app.id name=app.name /></td>
            <td><code>{app.id.to_string()}</code></td>
            <td><Tag tone>{say(&app.status.text())}</Tag></td>
            <td><ul class="tag-list">{tags}</ul></td>
            <td class="nowrap"><Time at_ms=app.created_ms offset=use_offset() precision=Precision::Minute /></td>
        </tr>
    }
}
