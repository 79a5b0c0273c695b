//! The list of policies: kind, search and page in the address.
//!
//! It must never cut or search by itself; the server does.

use super::{ATTACHES, CHANGES, KindTag, path};
use crate::catalog::pages;
use crate::domain::free_text::visible;
use crate::domain::paging::{Listing, OrderKey as _, PAGE_SIZES, Page};
use crate::domain::policies::{PolicyKind, PolicyOrder, PolicyRow};
use crate::remote::policies::list_policies;
use crate::ui::components::{
    Column, Crumb, DataTable, Empty, EmptyState, LinkButton, Look, PageHeader, Pager, ReadOnlyMark, SearchBox, Sort, Tab, Tabs, Time,
    Toolbar, WideRow,
};
use crate::ui::frame::{lost, may, reads_only, use_offset};
use crate::ui::icons::Icon;
use crate::ui::loaded::{load, loaded};
use crate::ui::pages::listing::{address_of, kept, listing_of, paging_of, with_tab};
use crate::ui::query::use_query;
use crate::ui::words::{number, say, t};
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

/// What the address asks for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    listing: Listing,
    kind: PolicyKind,
}

impl Asked {
    /// The address of this view.
    fn here(&self) -> String {
        address_of::<PolicyOrder>(&with_tab(pages::Policies::PAGE.path, "kind", self.kind.tag()), &self.listing)
    }
}

/// `/cam/policies`.
#[component]
pub fn PoliciesPage() -> impl IntoView {
    let query = use_query();
    let asked = Memo::new(move |_| {
        let query = query.read();
        Asked { listing: listing_of::<PolicyOrder>(&query), kind: PolicyKind::from_tag(&query.get("kind").unwrap_or_default()) }
    });
    let rows = load(
        move || asked.get(),
        |asked| async move {
            let Listing { search, page, size, sort } = asked.listing.clone();
            let page = list_policies(search, page, size, sort, asked.kind.tag().to_owned()).await?;
            Ok((asked, page))
        },
    );
    view! {
        <Title text=t("Policies · TRTC Console", "策略 · TRTC 控制台") />
        <PageHeader
            title=t("Policies", "策略")
            tags=move || (reads_only(&["policies.create"]) && reads_only(CHANGES) && reads_only(ATTACHES)).then(|| view! { <ReadOnlyMark /> })
            crumbs=vec![Crumb::here(t("Access management", "访问管理")), Crumb::here(t("Policies", "策略"))]
            actions=move || may("policies.create").then(|| view! { <CreateLink look=Look::Primary /> }).into_any()
        />
        {loaded(rows, |(asked, page)| view! { <List asked page /> })}
    }
}

#[component]
fn CreateLink(#[prop(optional)] look: Look) -> impl IntoView {
    view! { <LinkButton href=pages::PolicyNew::PAGE.path locked=lost("policies.create") look icon=Icon::Plus>{t("Create policy", "新建策略")}</LinkButton> }
}

#[component]
fn List(asked: Asked, page: Page<PolicyRow>) -> impl IntoView {
    let here = asked.here();
    let kinds =
        [(PolicyKind::All, t("All", "全部")), (PolicyKind::Custom, t("Custom", "自定义")), (PolicyKind::Preset, t("Preset", "预设"))];
    let tabs = kinds
        .into_iter()
        .map(|(kind, words)| {
            let href = Asked { kind, listing: Listing { page: 1, ..asked.listing.clone() } }.here();
            Tab::new(words, href, kind == asked.kind)
        })
        .collect();
    let search = asked.listing.search.clone();
    let kept = kept::<PolicyOrder>(&asked.listing, Some(("kind", asked.kind.tag())));
    let paging = paging_of(&page, &asked.listing);
    let sort = Sort::from_query(&asked.listing.sort);
    let columns = vec![
        Column::text(t("Policy", "策略名称")).sorted_by(PolicyOrder::Name.tag()),
        Column::text(t("Type", "类型")).sorted_by(PolicyOrder::Kind.tag()),
        Column::text(t("Default version", "默认版本")),
        Column::figure(t("Attached to", "关联数")).sorted_by(PolicyOrder::Attached.tag()),
        Column::text(t("Last modified", "修改时间")).sorted_by(PolicyOrder::Modified.tag()),
    ];
    let rows = if page.rows.is_empty() {
        view! { <WideRow columns=5><NoPolicies asked /></WideRow> }.into_any()
    } else {
        let opens = may("policies.open");
        page.rows.into_iter().map(|row| view! { <Row row opens /> }).collect_view().into_any()
    };
    view! {
        <Tabs label=t("Type", "类型") tabs />
        <Toolbar>
            <SearchBox label=t("Name or description", "名称或描述") action=pages::Policies::PAGE.path value=search keep=kept />
        </Toolbar>
        <DataTable caption=t("Policies", "策略") columns here=here.clone() sort foot=move || view! { <Pager paging here sizes=&PAGE_SIZES /> }>
            {rows}
        </DataTable>
    }
}

#[component]
fn NoPolicies(asked: Asked) -> impl IntoView {
    if asked.listing.search.is_empty() && asked.kind == PolicyKind::Custom && asked.listing.page <= 1 {
        view! {
            <EmptyState why=Empty::NothingYet title=t("No custom policies yet", "暂无自定义策略")>
                <p>{t("A policy defines which actions are allowed or denied on which applications. Start from a template.", "策略定义允许或拒绝对哪些应用执行哪些操作。您可以从模板开始创建。")}</p>
                {may("policies.create").then(|| view! { <CreateLink /> })}
            </EmptyState>
        }
        .into_any()
    } else {
        view! { <EmptyState why=Empty::NoMatch { clear_href: pages::Policies::PAGE.path.to_owned() } /> }.into_any()
    }
}

#[component]
fn Row(row: PolicyRow, opens: bool) -> impl IntoView {
    let offset = use_offset();
    let href = path(&row);
    let name = if opens { view! { <a href=href>{row.name}</a> }.into_any() } else { view! { <span>{row.name}</span> }.into_any() };
    let about = visible(&say(&row.description)).into_owned();
    let changed = match row.updated_ms {
        Some(at_ms) => view! { <Time at_ms offset /> }.into_any(),
        None => view! { <span class="muted">"—"</span> }.into_any(),
    };
    view! {
        <tr>
            <td>
                {name}
                {(!about.is_empty()).then(|| view! { <p class="field-hint">{about}</p> })}
            </td>
            <td><KindTag preset=row.preset /></td>
            <td>{format!("v{}", row.default_version)}</td>
            <td class="num">{number(row.attachments)}</td>
            <td>{changed}</td>
        </tr>
    }
}
