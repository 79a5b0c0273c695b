//! One policy: its document with what was found in it, its versions, and who holds it, a tab each.

use super::manage::{Forms, PolicyActions};
use super::tabs::{Opened, Part, show};
use super::{ATTACHES, CHANGES, KindTag, crumbs, path};
use crate::domain::access_pages::{PolicyTab, PolicyView};
use crate::domain::free_text::visible;
use crate::domain::ids::PolicyId;
use crate::domain::policies::Policy;
use crate::domain::policy_check::{Checked, length_words};
use crate::domain::replay::{DAYS, LastUsed};
use crate::remote::policies::view_policy;
use crate::ui::components::{
    Card, CopyButton, Crumb, Empty, EmptyState, Fact, Facts, PageHeader, ReadOnlyMark, Tab, Tabs, Tag, Time, Tone, with_param,
};
use crate::ui::editor::LanguageLink;
use crate::ui::editor::listing::{Listing, StoredFindings};
use crate::ui::frame::{reads_only, use_offset};
use crate::ui::loaded::{load, loaded};
use crate::ui::query::use_query;
use crate::ui::words::{say, t, title_of, use_lang};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// What the address asks for.
#[derive(Clone, PartialEq, Eq)]
struct Asked {
    id: PolicyId,
    tab: PolicyTab,
    before: i64,
    after: i64,
}

/// `/cam/policies/:id`.
#[component]
pub fn PolicyPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query());
    let asked = Memo::new(move |_| {
        let query = query.read();
        let number = |name: &str| query.get(name).and_then(|value| value.parse().ok()).unwrap_or(0);
        Asked {
            id: params.read().get("id").and_then(|id| id.parse().ok()).unwrap_or(PolicyId(0)),
            tab: PolicyTab::from_tag(&query.get("tab").unwrap_or_default()),
            before: number("before"),
            after: number("after"),
        }
    });
    let forms = Forms::new();
    let changes = forms.saved();
    let resource = load(
        move || (asked.get(), changes.map(|count| count.get())),
        |(Asked { id, tab, before, after }, _)| view_policy(id, tab.tag().to_owned(), before, after),
    );
    loaded(resource, move |all| view! { <Content all forms /> })
}

#[component]
fn Content(all: PolicyView, forms: Forms) -> impl IntoView {
    let PolicyView { policy, tab, checked, last_used, versions, attached_to } = all;
    let row = policy.row.clone();
    let lang = use_lang();
    let href = path(&row);
    // A preset never changes: it can only be attached and detached.
    let read_only = reads_only(ATTACHES) && (row.preset || reads_only(CHANGES));
    let mut tabs = vec![Tab::new(t("Document", "策略内容"), href.clone(), tab == PolicyTab::Document)];
    if !row.preset {
        tabs.push(Tab::new(
            lang.pick(format!("Versions ({})", policy.versions), format!("版本（{}）", policy.versions)),
            with_param(&href, "tab", Some(PolicyTab::Versions.tag())),
            tab == PolicyTab::Versions,
        ));
    }
    let used = lang.pick(format!("Attached to ({})", row.attachments), format!("关联用户/组（{}）", row.attachments));
    tabs.push(Tab::new(used, with_param(&href, "tab", Some(PolicyTab::AttachedTo.tag())), tab == PolicyTab::AttachedTo));
    let denied = |action: &'static str| view! { <EmptyState why=Empty::NoPermission><p><code>{action}</code></p></EmptyState> };
    let body = match (tab, versions, attached_to) {
        (PolicyTab::Versions, Some(versions), _) => {
            show(Opened { policy: policy.clone(), part: Part::Versions(versions), forms }).into_any()
        }
        (PolicyTab::Versions, None, _) if !row.preset => denied("cam:ListPolicyVersions").into_any(),
        (PolicyTab::AttachedTo, _, Some(attached_to)) => {
            show(Opened { policy: policy.clone(), part: Part::AttachedTo(attached_to), forms }).into_any()
        }
        (PolicyTab::AttachedTo, _, None) => denied("cam:ListEntitiesForPolicy").into_any(),
        _ => view! { <Document policy=policy.clone() checked=checked.unwrap_or_default() last_used /> }.into_any(),
    };
    let (preset, version) = (row.preset, row.default_version);
    let actions = policy.clone();
    view! {
        <Title text=title_of(t("Policy", "策略详情"), &row.name) />
        <PageHeader
            title=row.name.clone()
            crumbs=crumbs(vec![Crumb::here(row.name.clone())])
            tags=move || {
                view! {
                    <KindTag preset />
                    {(!preset).then(|| view! { <Tag tone=Tone::Brand>{format!("v{version}")}</Tag> })}
                    {read_only.then(|| view! { <ReadOnlyMark /> })}
                }
                .into_any()
            }
            actions=move || view! { <PolicyActions policy=actions forms /> }.into_any()
        />
        <Tabs label=t("Policy details", "策略信息") tabs />
        {body}
    }
}

/// On which day, or that it was not.
fn last_used_words(used: LastUsed) -> String {
    let lang = use_lang();
    match used.day {
        Some(day) => lang.pick(format!("{day} (UTC)"), format!("{day}（UTC）")),
        None => lang.pick(format!("Not in the last {DAYS} days"), format!("最近 {DAYS} 天未使用")),
    }
}

#[component]
fn Document(policy: Policy, checked: Checked, last_used: Option<LastUsed>) -> impl IntoView {
    let lang = use_lang();
    let offset = use_offset();
    let about = visible(&say(&policy.row.description)).into_owned();
    let about = if about.is_empty() { "—".to_owned() } else { about };
    let length = length_words(checked.characters).get(lang).to_owned();
    let copy = policy.document.clone();
    view! {
        <Card title=t("Basic information", "基本信息")>
            <Facts>
                <Fact name=t("Policy ID", "策略 ID")><code>{policy.row.id.to_string()}</code></Fact>
                <Fact name=t("Description", "描述")>{about}</Fact>
                {policy.row.updated_ms.map(|at_ms| view! { <Fact name=t("Last modified", "修改时间")><Time at_ms offset /></Fact> })}
                {last_used.map(|used| view! { <Fact name=t("Last used", "最近使用")>{last_used_words(used)}</Fact> })}
            </Facts>
        </Card>
        <Card
            title=lang.pick(format!("Version {}", policy.row.default_version), format!("版本 {}", policy.row.default_version))
            note=t("This is the default version.", "这是默认版本。")
            actions=move || view! { <LanguageLink /> <span class="editor-length">{length}</span> <CopyButton text=copy /> }.into_any()
        >
            <Listing label=t("Policy document", "策略内容") text=policy.document />
        </Card>
        // A preset is what it is: that it grants everything is its purpose.
        {(!policy.row.preset).then(|| view! { <StoredFindings checked /> })}
    }
}
