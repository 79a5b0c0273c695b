//! The list of user groups, and creating one.
//!
//! It must never cut or search by itself; the server does.

use super::CHANGES;
use crate::catalog::pages;
use crate::domain::free_text::visible;
use crate::domain::groups::{GroupOrder, GroupRow};
use crate::domain::paging::{Listing, OrderKey as _, PAGE_SIZES, Page};
use crate::remote::groups::{CreateGroup, list_groups};
use crate::ui::components::{
    Column, Crumb, DataTable, Empty, EmptyState, Look, PageHeader, Pager, ReadOnlyMark, SearchBox, Sort, TextField, Time, Toolbar, WideRow,
};
use crate::ui::forms::{Form, FormDialog, use_form};
use crate::ui::frame::{may, reads_only, use_offset};
use crate::ui::icons::Icon;
use crate::ui::loaded::{load, loaded};
use crate::ui::pages::listing::{address_of, kept, listing_of, paging_of};
use crate::ui::query::use_query;
use crate::ui::words::{number, t};
use leptos::prelude::*;
use leptos_meta::Title;

/// `/cam/groups`.
#[component]
pub fn GroupsPage() -> impl IntoView {
    let query = use_query();
    let asked = Memo::new(move |_| listing_of::<GroupOrder>(&query.read()));
    let create = use_form::<CreateGroup>();
    let rows = load(
        move || (asked.get(), create.saved().get()),
        |(asked, _)| async move {
            let Listing { search, page, size, sort } = asked.clone();
            Ok((asked, list_groups(search, page, size, sort).await?))
        },
    );
    let button = may("groups.create").then(|| view! { <Create form=create /> }.into_any());
    view! {
        <Title text=t("User groups · TRTC Console", "用户组 · TRTC 控制台") />
        <PageHeader
            title=t("User groups", "用户组")
            tags=move || (reads_only(&["groups.create"]) && reads_only(CHANGES)).then(|| view! { <ReadOnlyMark /> })
            crumbs=vec![Crumb::here(t("Access management", "访问管理")), Crumb::here(t("User groups", "用户组"))]
            actions=move || button
        />
        {loaded(rows, |(asked, page)| view! { <List asked page /> })}
    }
}

#[component]
fn Create(form: Form) -> impl IntoView {
    let (words, deed) = (t("Create user group", "新建用户组"), t("Create", "新建"));
    view! {
        <FormDialog id="create" form needs="groups.create" opener=words look=Look::Primary icon=Icon::Plus deed>
            <NameAndRemark name="" remark="" />
        </FormDialog>
    }
}

/// The two fields of a group, for creating and editing it.
#[component]
pub fn NameAndRemark(
    /// The name so far.
    #[prop(into)]
    name: String,
    /// The remark so far.
    #[prop(into)]
    remark: String,
) -> impl IntoView {
    view! {
        <TextField
            name="name"
            label=t("Name", "名称")
            value=name
            hint=t("1 to 64 letters, digits and + = , . @ - _", "1 至 64 个字符，仅限字母、数字和 + = , . @ - _")
            required=true
        />
        <TextField name="remark" label=t("Remark", "备注") value=remark />
    }
}

#[component]
fn List(asked: Listing, page: Page<GroupRow>) -> impl IntoView {
    let here = address_of::<GroupOrder>(pages::Groups::PAGE.path, &asked);
    let (paging, kept) = (paging_of(&page, &asked), kept::<GroupOrder>(&asked, None));
    let sort = Sort::from_query(&asked.sort);
    let columns = vec![
        Column::text(t("User group", "用户组")).sorted_by(GroupOrder::Name.tag()),
        Column::figure(t("Users", "用户数")).sorted_by(GroupOrder::Members.tag()),
        Column::figure(t("Policies", "策略数")).sorted_by(GroupOrder::Policies.tag()),
        Column::text(t("Created", "创建时间")).sorted_by(GroupOrder::Created.tag()),
    ];
    let rows = if page.rows.is_empty() {
        let empty = if asked.search.is_empty() && page.page <= 1 {
            view! {
                <EmptyState why=Empty::NothingYet title=t("No user groups yet", "暂无用户组")>
                    <p>{t("Policies attached to a group apply to all of its users.", "用户组关联的策略对组内所有用户生效。")}</p>
                </EmptyState>
            }
            .into_any()
        } else {
            view! { <EmptyState why=Empty::NoMatch { clear_href: pages::Groups::PAGE.path.to_owned() } /> }.into_any()
        };
        view! { <WideRow columns=4>{empty}</WideRow> }.into_any()
    } else {
        let opens = may("groups.open");
        page.rows.into_iter().map(|group| view! { <Row group opens /> }).collect_view().into_any()
    };
    view! {
        <Toolbar>
            <SearchBox label=t("Name or remark", "名称或备注") action=pages::Groups::PAGE.path value=asked.search keep=kept />
        </Toolbar>
        <DataTable caption=t("User groups", "用户组") columns here=here.clone() sort foot=move || view! { <Pager paging here sizes=&PAGE_SIZES /> }>
            {rows}
        </DataTable>
    }
}

#[component]
fn Row(group: GroupRow, opens: bool) -> impl IntoView {
    let name = if opens {
        view! { <a href=pages::Group::PAGE.of(group.id)>{group.name}</a> }.into_any()
    } else {
        view! { <span>{group.name}</span> }.into_any()
    };
    view! {
        <tr>
            <td>
                {name}
                {(!group.remark.is_empty()).then(|| view! { <p class="field-hint">{visible(&group.remark).into_owned()}</p> })}
            </td>
            <td class="num">{number(group.members)}</td>
            <td class="num">{number(group.policies)}</td>
            <td><Time at_ms=group.created_ms offset=use_offset() /></td>
        </tr>
    }
}
