//! The list of users: search, filter, order and page in the address.
//!
//! It must never cut or search by itself; the server does.

use super::CHANGES;
use crate::catalog::pages;
use crate::domain::accounts::{UserFilter, UserOrder, UserRow};
use crate::domain::free_text::visible;
use crate::domain::paging::{Listing, OrderKey as _, PAGE_SIZES, Page};
use crate::remote::users::list_users;
use crate::ui::components::{
    Column, Crumb, DataTable, Empty, EmptyState, LinkButton, Look, PageHeader, Pager, ReadOnlyMark, SearchBox, Sort, Tab, Tabs, Tag, Time,
    Tone, Toolbar, WideRow,
};
use crate::ui::frame::{lost, may, reads_only, use_offset};
use crate::ui::icons::Icon;
use crate::ui::loaded::{load, loaded};
use crate::ui::pages::listing::{address_of, kept, listing_of, paging_of, with_tab};
use crate::ui::query::use_query;
use crate::ui::words::t;
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// What the address asks for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    listing: Listing,
    filter: UserFilter,
}

impl Asked {
    /// The address of this view.
    fn here(&self) -> String {
        address_of::<UserOrder>(&with_tab(pages::Users::PAGE.path, "filter", self.filter.tag()), &self.listing)
    }
}

/// `/cam/users`.
#[component]
pub fn UsersPage() -> impl IntoView {
    let query = use_query();
    let asked = Memo::new(move |_| {
        let query = query.read();
        Asked { listing: listing_of::<UserOrder>(&query), filter: UserFilter::from_tag(&query.get("filter").unwrap_or_default()) }
    });
    let rows = load(
        move || asked.get(),
        |asked| async move {
            let Listing { search, page, size, sort } = asked.listing.clone();
            let page = list_users(search, page, size, sort, asked.filter.tag().to_owned()).await?;
            Ok((asked, page))
        },
    );
    let create = may("users.create").then(|| {
        view! { <LinkButton href=pages::UserNew::PAGE.path locked=lost("users.create") look=Look::Primary icon=Icon::Plus>{t("Create user", "新建用户")}</LinkButton> }
            .into_any()
    });
    view! {
        <Title text=t("Users · TRTC Console", "用户列表 · TRTC 控制台") />
        <PageHeader
            title=t("Users", "用户列表")
            tags=move || (reads_only(&["users.create"]) && reads_only(CHANGES)).then(|| view! { <ReadOnlyMark /> })
            crumbs=vec![Crumb::here(t("Access management", "访问管理")), Crumb::here(t("Users", "用户列表"))]
            actions=move || create
        />
        {loaded(rows, |(asked, page)| view! { <List asked page /> })}
    }
}

/// What a filter is called.
#[must_use]
pub fn filter_name(filter: UserFilter) -> &'static str {
    match filter {
        UserFilter::All => t("All", "全部"),
        UserFilter::Disabled => t("Disabled", "已禁用"),
        UserFilter::FirstPassword => t("First password", "初始密码"),
        UserFilter::WithoutPolicy => t("No policies", "未关联策略"),
        UserFilter::Administrators => t("Administrators", "管理员"),
    }
}

#[component]
fn List(asked: Asked, page: Page<UserRow>) -> impl IntoView {
    let here = asked.here();
    let tabs = UserFilter::ALL
        .into_iter()
        .map(|filter| {
            let href = Asked { filter, listing: Listing { page: 1, ..asked.listing.clone() } }.here();
            Tab::new(filter_name(filter), href, filter == asked.filter)
        })
        .collect();
    let search = asked.listing.search.clone();
    let kept = kept::<UserOrder>(&asked.listing, Some(("filter", asked.filter.tag())));
    let paging = paging_of(&page, &asked.listing);
    let sort = Sort::from_query(&asked.listing.sort);
    let columns = vec![
        Column::text(t("User name", "用户名")).sorted_by(UserOrder::Name.tag()),
        Column::text("UIN").sorted_by(UserOrder::Uin.tag()),
        Column::text(t("Status", "状态")),
        Column::text(t("Last login", "最近登录")).sorted_by(UserOrder::LastLogin.tag()),
        Column::text(t("Created", "创建时间")).sorted_by(UserOrder::Created.tag()),
    ];
    let rows = if page.rows.is_empty() {
        view! { <WideRow columns=5><NoUsers asked /></WideRow> }.into_any()
    } else {
        let opens = may("users.open");
        page.rows.into_iter().map(|user| view! { <Row user opens /> }).collect_view().into_any()
    };
    view! {
        <Tabs label=t("Filter", "筛选") tabs />
        <Toolbar>
            <SearchBox label=t("Name, remark or UIN", "用户名、备注或 UIN") action=pages::Users::PAGE.path value=search keep=kept />
        </Toolbar>
        <DataTable caption=t("Users", "用户列表") columns here=here.clone() sort foot=move || view! { <Pager paging here sizes=&PAGE_SIZES /> }>
            {rows}
        </DataTable>
    }
}

#[component]
fn NoUsers(asked: Asked) -> impl IntoView {
    if asked.listing.search.is_empty() && asked.filter == UserFilter::All && asked.listing.page <= 1 {
        let create =
            may("users.create").then(|| view! { <LinkButton href=pages::UserNew::PAGE.path>{t("Create user", "新建用户")}</LinkButton> });
        view! {
            <EmptyState why=Empty::NothingYet title=t("No users yet", "暂无用户")>
                <p>{t("Users log in with their own user name. Their permissions come from the policies you attach.", "用户使用自己的用户名登录，权限取决于关联的策略。")}</p>
                {create}
            </EmptyState>
        }
        .into_any()
    } else {
        view! { <EmptyState why=Empty::NoMatch { clear_href: pages::Users::PAGE.path.to_owned() } /> }.into_any()
    }
}

#[component]
fn Row(user: UserRow, opens: bool) -> impl IntoView {
    let offset = use_offset();
    let name = if opens {
        view! { <a href=pages::User::PAGE.of(user.uin)>{user.name.clone()}</a> }.into_any()
    } else {
        view! { <span>{user.name.clone()}</span> }.into_any()
    };
    let last = match user.last_login_ms {
        Some(at_ms) => view! { <Time at_ms offset /> }.into_any(),
        None => view! { <span class="muted">{t("Never", "从未登录")}</span> }.into_any(),
    };
    view! {
        <tr>
            <td>
                {name}
                {(!user.remark.is_empty()).then(|| view! { <p class="field-hint">{visible(&user.remark).into_owned()}</p> })}
            </td>
            <td><code>{user.uin.to_string()}</code></td>
            <td><StateTag user=user.clone() /></td>
            <td>{last}</td>
            <td><Time at_ms=user.created_ms offset /></td>
        </tr>
    }
}

/// Whether the user may log in, and what keeps it from doing so.
#[component]
pub fn StateTag(
    /// The user.
    user: UserRow,
) -> impl IntoView {
    let offset = use_offset();
    let state = if user.disabled {
        view! { <Tag tone=Tone::Error>{t("Disabled", "已禁用")}</Tag> }.into_any()
    } else if user.first_password_expired {
        view! { <Tag tone=Tone::Error>{t("First password expired", "初始密码已过期")}</Tag> }.into_any()
    } else {
        view! { <Tag tone=Tone::Ok>{t("Enabled", "已启用")}</Tag> }.into_any()
    };
    let locked =
        user.locked_until_ms.map(|at_ms| view! { " " <Tag tone=Tone::Warn>{t("Locked until ", "锁定至 ")} <Time at_ms offset /></Tag> });
    view! { {state} {locked} }
}
