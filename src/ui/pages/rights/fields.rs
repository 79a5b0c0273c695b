//! The fields that the questions have in common, and the words for what an answer comes to.

use crate::cam::Outlook;
use crate::catalog::actions;
use crate::catalog::pages;
use crate::domain::rights::{Choices, Person, Way};
use crate::domain::rights_query::{EVERY_APP, RightsForm};
use crate::ui::components::{Choice, Select, Tag, TextField, Tone, Until};
use crate::ui::frame::use_offset;
use crate::ui::markup::{Escaped, Markup};
use crate::ui::words::{say, t, use_lang};
use leptos::prelude::*;

/// The id of the list of actions.
pub const ACTIONS: &str = "all-actions";
/// The id of the list of people.
pub const PEOPLE: &str = "all-people";
/// The id of the list of applications.
pub const APPS: &str = "all-apps";

/// The lists from which the fields suggest. They are many lines that nothing listens to, so they are written as text.
#[component]
pub fn Lists(
    /// What there is to choose from.
    choices: Choices,
) -> impl IntoView {
    let mut rows = Markup::default();
    for row in actions() {
        rows.add(format_args!(r#"<option value="{}">{}</option>"#, row.full, Escaped(&say(&row.gloss))));
    }
    let mut people = Markup::default();
    for (uin, name) in &choices.people {
        people.add(format_args!(r#"<option value="{}">{uin}</option>"#, Escaped(name)));
    }
    let mut apps = Markup::default();
    for (id, name) in &choices.apps {
        apps.add(format_args!(r#"<option value="{id}">{}</option>"#, Escaped(name)));
    }
    view! {
        <datalist id=ACTIONS inner_html=rows.into_html()></datalist>
        <datalist id=PEOPLE inner_html=people.into_html()></datalist>
        <datalist id=APPS inner_html=apps.into_html()></datalist>
    }
}

/// One application, any or all.
#[component]
pub fn AppField(
    /// What was asked.
    form: RightsForm,
    /// What there is to choose from.
    choices: Choices,
) -> impl IntoView {
    let mut all = vec![Choice::new("", t("Any application", "任一应用")), Choice::new(EVERY_APP, t("All applications", "全部应用"))];
    all.extend(choices.apps.iter().map(|(id, name)| Choice::new(id.to_string(), format!("{name} ({id})"))));
    view! { <Select name="app" label=t("On", "应用") choices=all value=form.app required=false /> }
}

/// A person, by name or UIN.
#[component]
pub fn PersonField(
    /// The name of the field.
    name: &'static str,
    /// Its label.
    label: &'static str,
    /// What was typed.
    value: String,
) -> impl IntoView {
    view! { <TextField name label value list=PEOPLE required=false /> }
}

/// Address, time and second factor: what conditions ask for. Folded away until one of them is given.
#[component]
pub fn CircumstanceFields(
    /// What was asked.
    form: RightsForm,
    /// Also the tags that the request carries.
    #[prop(optional)]
    tags: bool,
) -> impl IntoView {
    let open = [&form.address, &form.at, &form.mfa, &form.tags].iter().any(|text| !text.is_empty());
    let factor = vec![
        Choice::new("", t("Any", "不限")),
        Choice::new("yes", t("Verified", "已验证")),
        Choice::new("no", t("Not verified", "未验证")),
    ];
    view! {
        <details class="filters-more" open=open>
            <summary class="btn btn-text">{t("Circumstances", "请求环境")}</summary>
            <div>
                <TextField name="address" label=t("From IP address (any if empty)", "来源 IP（空为不限）") value=form.address />
                <TextField name="at" kind="datetime-local" label=t("At (now if empty)", "时间（空为当前）") value=form.at />
                <Select name="mfa" label="MFA" choices=factor value=form.mfa required=false />
                {tags.then(|| {
                    view! { <TextField name="tags" label=t("Request tags (key=value)", "请求标签（键=值）") value=form.tags.clone() /> }
                })}
            </div>
        </details>
    }
}

/// What a request comes to, as a tag.
#[component]
pub fn OutlookTag(
    /// What it comes to.
    outlook: Outlook,
) -> impl IntoView {
    let (tone, words) = outlook_words(outlook);
    view! { <Tag tone>{words}</Tag> }
}

/// What a request comes to, in words and in a tone.
#[must_use]
pub fn outlook_words(outlook: Outlook) -> (Tone, &'static str) {
    match outlook {
        Outlook::Always => (Tone::Ok, t("Allowed", "允许")),
        Outlook::Sometimes => (Tone::Warn, t("Under a condition", "附条件允许")),
        Outlook::No => (Tone::Plain, t("Implicit deny", "隐式拒绝")),
        Outlook::Denied => (Tone::Error, t("Explicit deny", "显式拒绝")),
    }
}

/// A sub-account: its name leads to its page.
#[component]
pub fn PersonName(
    /// Who.
    person: Person,
) -> impl IntoView {
    let href = pages::User::PAGE.of(person.uin);
    view! {
        <a href=href>{person.name.clone()}</a>
        " "
        <code class="muted">{person.uin.to_string()}</code>
        {person.disabled.then(|| view! { " " <Tag tone=Tone::Error>{t("Disabled", "已禁用")}</Tag> })}
        {person.first_password.then(|| view! { " " <Tag tone=Tone::Warn>{t("First password", "初始密码")}</Tag> })}
    }
}

/// How a policy comes to somebody.
#[component]
pub fn Path(
    /// The user group; `None` when it is attached directly.
    through: Option<String>,
    /// When it ends by itself, if it does.
    #[prop(optional_no_strip)]
    until_ms: Option<i64>,
) -> impl IntoView {
    let until = until_ms.map(|at_ms| view! { " " <Until at_ms offset=use_offset() /> });
    let way = match through {
        None => view! { <Tag>{t("direct", "直接关联")}</Tag> }.into_any(),
        Some(group) => view! { <Tag tone=Tone::Brand>{t("group", "随组关联")}</Tag> " " {group} }.into_any(),
    };
    view! { {way} {until} }
}

/// The policy and the number of the statement.
#[component]
pub fn StatementLink(
    /// The statement.
    way: Way,
) -> impl IntoView {
    let number = use_lang().pick(format!("statement {}", way.statement), format!("第 {} 条语句", way.statement));
    // A draft has no page yet.
    let name = if way.policy.0 == 0 {
        view! { <span>{t("draft", "草稿")}</span> }.into_any()
    } else {
        view! { <a href=pages::Policy::PAGE.of(way.policy)>{way.policy_name}</a> }.into_any()
    };
    view! { {name} " " <span class="muted nowrap">{number}</span> }
}

/// The conditions of a statement in words; a dash where there are none.
#[must_use]
pub fn conditions_words(way: &Way) -> String {
    if way.conditions.is_empty() {
        return "—".to_owned();
    }
    way.conditions.iter().map(|condition| say(&condition.text())).collect::<Vec<_>>().join(t("; ", "；"))
}
