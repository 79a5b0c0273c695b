//! The reference of the policy language: members, operators, keys and variables, each with an example and two requests that it tells apart.
//!
//! It shows what the engine explains of itself, and must never explain anything by itself.

use super::crumbs;
use crate::cam::reference::{Asked, Entry, Section, entries};
use crate::catalog::pages::PolicyLanguage;
use crate::ui::components::{Card, Crumb, Empty, EmptyState, Fact, Facts, PageHeader, SearchBox, Tag, Tone, Toolbar};
use crate::ui::editor::listing::coloured;
use crate::ui::query::use_query;
use crate::ui::words::{lower, say, t, use_lang};
use leptos::prelude::*;
use leptos_meta::Title;

/// `/cam/language`.
#[component]
pub fn PolicyLanguagePage() -> impl IntoView {
    let query = use_query();
    let asked = Memo::new(move |_| query.with(|query| query.get("q").unwrap_or_default()));
    view! {
        <Title text=t("Policy language · TRTC Console", "策略语法 · TRTC 控制台") />
        <PageHeader title=t("Policy language", "策略语法") crumbs=crumbs(vec![Crumb::here(t("Policy language", "策略语法"))]) />
        {move || view! { <Found needle=asked.get() /> }}
    }
}

#[component]
fn Found(needle: String) -> impl IntoView {
    let all = entries();
    let found: Vec<Entry> = all.into_iter().filter(|entry| mentions(entry, &needle)).collect();
    let count = found.len();
    let lang = use_lang();
    let said = lang.pick(format!("{count} found"), format!("共找到 {count} 个"));
    let of = |section: Section| found.iter().filter(move |entry| entry.section == section);
    let there: Vec<Section> = Section::ALL.into_iter().filter(|section| of(*section).next().is_some()).collect();
    let links: Vec<_> =
        there.iter().map(|section| view! { <li><a href=format!("#{}", section.tag())>{say(&section.title())}</a></li> }).collect();
    let sections: Vec<_> = there
        .iter()
        .map(|section| {
            let lines: Vec<_> = of(*section).cloned().map(|entry| view! { <Explained entry /> }).collect();
            view! {
                <div class="language-section" id=section.tag()>
                    <Card title=say(&section.title())><ul class="language-entries">{lines}</ul></Card>
                </div>
            }
        })
        .collect();
    let nothing = (count == 0).then(|| view! { <EmptyState why=Empty::NoMatch { clear_href: PolicyLanguage::PAGE.path.to_owned() } /> });
    view! {
        <Toolbar>
            <SearchBox label=t("Name or meaning", "名称或含义") action=PolicyLanguage::PAGE.path value=needle />
            <p class="field-hint" role="status">{said}</p>
        </Toolbar>
        <nav class="language-links" aria-label=t("On this page", "本页内容")><ul>{links}</ul></nav>
        {sections}
        {nothing}
    }
}

/// Every word of a search stands in the name or in what it means, in either language.
fn mentions(entry: &Entry, needle: &str) -> bool {
    let hay = lower(&format!("{} {} {}", entry.name, entry.about.en, entry.about.zh));
    lower(needle).split_whitespace().all(|word| hay.contains(word))
}

#[component]
fn Explained(entry: Entry) -> impl IntoView {
    let Entry { name, about, kind, present, example, allowed, refused, .. } = entry;
    let lines: Vec<_> = example.lines().map(|line| (coloured(line), "\n")).collect();
    let facts = (kind.is_some() || present.is_some()).then(|| {
        view! {
            <Facts>
                {kind.map(|kind| view! { <Fact name=t("Type", "类型")>{say(&kind)}</Fact> })}
                {present.map(|present| view! { <Fact name=t("Present", "何时存在")>{say(&present)}</Fact> })}
            </Facts>
        }
    });
    view! {
        <li class="language-entry">
            <h3><code>{name}</code></h3>
            <p>{say(&about)}</p>
            {facts}
            <pre class="language-example"><code>{lines}</code></pre>
            <ul class="language-requests">
                <li><Tag tone=Tone::Ok>{t("Allowed", "允许")}</Tag> <Request asked=allowed /></li>
                <li><Tag tone=Tone::Error>{t("Not allowed", "不允许")}</Tag> <Request asked=refused /></li>
            </ul>
        </li>
    }
}

/// A request: its action, its resource, and the keys it carries.
#[component]
fn Request(asked: Asked) -> impl IntoView {
    let keys: Vec<_> =
        asked.keys.iter().map(|(key, values)| view! { " " <code>{format!("{key} = {}", values.join(", "))}</code> }).collect();
    view! { <span class="language-request"><code>{asked.action}</code> " " <code>{asked.resource}</code> {keys}</span> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_by_every_word_of_name_or_meaning() {
        let found =
            |needle: &str| entries().iter().filter(|entry| mentions(entry, needle)).map(|entry| entry.name.clone()).collect::<Vec<_>>();
        assert_eq!(found("QCS:MFA"), ["qcs:mfa"]);
        assert_eq!(found("second factor qcs"), ["qcs:mfa"]);
        assert!(found("网段").contains(&"ip_equal".to_owned()) && found("no-such-word").is_empty());
        assert_eq!(found("").len(), entries().len());
    }
}
