//! Promises about rights: each with what it comes to now, and writing, setting aside and deleting them.
//!
//! It must never judge a promise; the server does.

use crate::catalog::action::ActionRow;
use crate::catalog::{Rule, actions, pages};
use crate::domain::ids::{GroupId, PromiseId, SdkAppId};
use crate::domain::promises::{ASIDE_MINS, Expects, Place, Promise, PromiseRow, Promises, Standing, What, Who};
use crate::domain::rights::Choices;
use crate::remote::promises::{CreatePromise, DeletePromise, SetPromiseAside, list_promises};
use crate::ui::components::{
    Choice, Column, Confirm, Crumb, DataAge, DataTable, Empty, EmptyState, Look, PageHeader, Select, Tag, TextField, Time, Tone, WideRow,
};
use crate::ui::forms::{Form, FormDialog, use_form};
use crate::ui::frame::{may, use_offset, use_session};
use crate::ui::icons::Icon;
use crate::ui::loaded::{load, loaded};
use crate::ui::words::{lower, say, t, use_lang};
use leptos::prelude::*;
use leptos_meta::Title;

/// `/cam/promises`.
#[component]
pub fn PromisesPage() -> impl IntoView {
    let (create, delete, aside) = (use_form::<CreatePromise>(), use_form::<DeletePromise>(), use_form::<SetPromiseAside>());
    let saved = move || (create.saved().get(), delete.saved().get(), aside.saved().get());
    let promises = load(saved, |_| list_promises());
    view! {
        <Title text=t("Promises · TRTC Console", "权限承诺 · TRTC 控制台") />
        {loaded(promises, move |promises| view! { <Content promises create delete aside /> })}
    }
}

#[component]
fn Content(promises: Promises, create: Form, delete: Form, aside: Form) -> impl IntoView {
    let Promises { rows, choices, groups, as_of_ms } = promises;
    let apps = choices.apps.clone();
    let button = may("promises.create").then(|| view! { <Create form=create choices groups /> }.into_any());
    let columns = vec![
        Column::text(t("Promise", "权限承诺")),
        Column::text(t("State", "状态")),
        Column::text(t("Created", "创建时间")),
        Column::actions(),
    ];
    let lines = if rows.is_empty() {
        view! {
            <WideRow columns=4>
                <EmptyState why=Empty::NothingYet title=t("No promises yet", "暂无权限承诺")>
                    <p>{t("Write down who may, or may never, do what. Changes of permissions that break it are then refused.", "写明谁可以或绝不可以执行哪些操作，违反承诺的权限更改将被拒绝。")}</p>
                </EmptyState>
            </WideRow>
        }
        .into_any()
    } else {
        rows.into_iter().map(|row| view! { <Row row apps=apps.clone() as_of_ms delete aside /> }).collect_view().into_any()
    };
    view! {
        <PageHeader
            title=t("Promises", "权限承诺")
            crumbs=vec![Crumb::here(t("Access management", "访问管理")), Crumb::here(t("Promises", "权限承诺"))]
            age=move || view! { <DataAge as_of_ms offset=use_offset() refresh_href=pages::Promises::PAGE.path /> }.into_any()
            actions=move || button
        />
        <DataTable caption=t("Promises", "权限承诺") columns>{lines}</DataTable>
    }
}

#[component]
fn Create(form: Form, choices: Choices, groups: Vec<(GroupId, String)>) -> impl IntoView {
    let mut who = vec![Choice::new(Who::Everybody.tag(), t("Every user", "所有用户"))];
    let lang = use_lang();
    who.extend(
        groups
            .into_iter()
            .map(|(id, name)| Choice::new(Who::Group(id).tag(), lang.pick(format!("User group {name}"), format!("用户组 {name}")))),
    );
    who.extend(choices.people.into_iter().map(|(uin, name)| Choice::new(Who::User(uin).tag(), format!("{name} ({uin})"))));
    let expects = vec![Choice::new(Expects::MayNever.tag(), t("May never", "绝不可以")), Choice::new(Expects::May.tag(), t("May", "可以"))];
    let mut what: Vec<Choice> = pages::all()
        .filter(|page| page.opens != Rule::SignedIn)
        .map(|page| {
            let title = say(&page.title);
            Choice::new(What::Page(page).tag(), lang.pick(format!("Page: {title}"), format!("页面：{title}")))
        })
        .collect();
    what.extend(actions().map(|row: &'static ActionRow| Choice::new(row.full, format!("{} ({})", row.full, say(&row.gloss)))));
    let mut place =
        vec![Choice::new(Place::Any.tag(), place_words(Place::Any, &[])), Choice::new(Place::All.tag(), place_words(Place::All, &[]))];
    place.extend(choices.apps.iter().map(|(id, name)| Choice::new(id.to_string(), format!("{name} ({id})"))));
    let words = t("Create promise", "新建权限承诺");
    view! {
        <FormDialog id="create" form needs="promises.create" opener=words look=Look::Primary icon=Icon::Plus deed=t("Create", "新建")>
            <TextField name="name" label=t("Name", "名称") required=true />
            <Select name="who" label=t("Who", "对象") choices=who />
            <Select name="expects" label=t("May or may never", "可以或绝不可以") choices=expects />
            <Select name="what" label=t("Page or action", "页面或操作") choices=what />
            <Select name="place" label=t("Application", "应用") choices=place />
        </FormDialog>
    }
}

fn expects_words(expects: Expects) -> &'static str {
    match expects {
        Expects::May => t("may", "可以"),
        Expects::MayNever => t("may never", "绝不可以"),
    }
}

fn place_words(place: Place, apps: &[(SdkAppId, String)]) -> String {
    match place {
        Place::Any => t("Any application", "任一应用").to_owned(),
        Place::All => t("All applications", "全部应用").to_owned(),
        Place::App(id) => apps.iter().find(|(known, _)| *known == id).map_or_else(|| id.to_string(), |(_, name)| format!("{name} ({id})")),
    }
}

/// What a promise says.
fn promise_words(promise: &Promise, who_name: &str, apps: &[(SdkAppId, String)]) -> String {
    let lang = use_lang();
    let who = match promise.who {
        // "Every user may never" would be understood as "not every user may".
        Who::Everybody if promise.expects == Expects::MayNever => t("No user", "任何用户都").to_owned(),
        Who::Everybody => t("Every user", "所有用户都").to_owned(),
        Who::User(uin) if who_name.is_empty() => uin.to_string(),
        Who::Group(group) if who_name.is_empty() => group.to_string(),
        Who::User(_) => who_name.to_owned(),
        Who::Group(_) => lang.pick(format!("User group {who_name}"), format!("用户组 {who_name} ")),
    };
    let expects = match (promise.who, promise.expects) {
        (Who::Everybody, Expects::MayNever) => t("may ever", "绝不可以"),
        (_, expects) => expects_words(expects),
    };
    let known = What::from_tag(&promise.what);
    let (en, zh) = match known {
        Some(What::Page(page)) => (format!("open {}", page.title.en), format!("打开页面「{}」", page.title.zh)),
        _ => (format!("perform {}", promise.what), format!("执行 {}", promise.what)),
    };
    if known.is_some_and(What::is_about_applications) {
        let place = place_words(promise.place, apps);
        let on = if let Place::App(_) = promise.place { place } else { lower(&place) };
        lang.pick(format!("{who} {expects} {en} on {on}."), format!("{who}{expects}在{on}上{zh}。"))
    } else {
        lang.pick(format!("{who} {expects} {en}."), format!("{who}{expects}{zh}。"))
    }
}

#[component]
fn Row(row: PromiseRow, apps: Vec<(SdkAppId, String)>, as_of_ms: i64, delete: Form, aside: Form) -> impl IntoView {
    let PromiseRow { promise, who_name, standing } = row;
    let words = promise_words(&promise, &who_name, &apps);
    let is_root = use_session().is_some_and(|session| session.is_root);
    let set_aside = (is_root && may("promises.delete")).then(|| view! { <SetAside id=promise.id name=promise.name.clone() form=aside /> });
    let deletes = may("promises.delete").then(|| view! { <Delete id=promise.id name=promise.name.clone() form=delete /> });
    let until = promise.is_aside(as_of_ms).then(|| {
        view! {
            <p>
                <Tag tone=Tone::Warn>{t("Set aside", "已暂停")}</Tag>
                " "
                {t("until", "至")}
                " "
                <Time at_ms=promise.aside.0 offset=use_offset() />
            </p>
            <p class="field-hint">{promise.aside.1.clone()}</p>
        }
    });
    view! {
        <tr>
            <td>
                <strong>{promise.name.clone()}</strong>
                <p>{words}</p>
                {until}
            </td>
            <td><StandingWords standing /></td>
            <td><Time at_ms=promise.created_ms offset=use_offset() /></td>
            <td class="row-actions">{set_aside} {deletes}</td>
        </tr>
    }
}

/// What a promise comes to, with who shows it and by which policy.
#[component]
pub fn StandingWords(
    /// What it comes to.
    standing: Standing,
) -> impl IntoView {
    let (tone, words) = match standing {
        Standing::Kept => (Tone::Ok, t("Kept", "成立")),
        Standing::Broken(_) => (Tone::Error, t("Broken", "已违反")),
        Standing::Gone | Standing::Undecided => (Tone::Warn, t("Cannot be decided", "无法判断")),
    };
    let why = standing.why().map(|why| view! { <p>{say(&why)}</p> });
    let link = match &standing {
        Standing::Broken(breach) => {
            breach.by.as_ref().map(|(policy, name, _)| view! { <p><a href=pages::Policy::PAGE.of(policy)>{name.clone()}</a></p> })
        }
        _ => None,
    };
    view! {
        <Tag tone>{words}</Tag>
        {why}
        {link}
    }
}

#[component]
fn SetAside(id: PromiseId, name: String, form: Form) -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick(format!("Set promise {name} aside?"), format!("暂停权限承诺 {name}？"));
    let body = lang.pick(
        format!("For {ASIDE_MINS} minutes, changes by the root account may break this promise. Each such change is recorded with your reason. Changes by other users are still refused."),
        format!("此后 {ASIDE_MINS} 分钟内，主账号的更改可以违反该承诺，每次更改都会连同原因写入操作记录。其他用户的更改仍会被拒绝。"),
    );
    view! {
        <FormDialog
            id=format!("aside-{id}")
            form
            needs="promises.delete"
            opener=t("Set aside", "暂停")
            label=lang.pick(format!("Set aside {name}"), format!("暂停 {name}"))
            title
            hidden=vec![("id", id.to_string())]
            deed=t("Set aside", "暂停")
        >
            <div class="dialog-body"><p>{body}</p></div>
            <TextField name="reason" label=t("Reason", "原因") hint=t("Recorded in the operation records.", "将写入操作记录。") required=true />
        </FormDialog>
    }
}

#[component]
fn Delete(id: PromiseId, name: String, form: Form) -> impl IntoView {
    let lang = use_lang();
    let title = lang.pick(format!("Delete promise {name}?"), format!("删除权限承诺 {name}？"));
    view! {
        <FormDialog
            id=format!("delete-{id}")
            form
            needs="promises.delete"
            opener=t("Delete", "删除")
            label=lang.pick(format!("Delete {name}"), format!("删除 {name}"))
            title
            hidden=vec![("id", id.to_string())]
            kind=Confirm::Danger
            deed=t("Delete promise", "删除权限承诺")
        >
            <div class="dialog-body"><p>{t("Changes of permissions are no longer checked against it.", "权限更改将不再受该承诺约束。")}</p></div>
        </FormDialog>
    }
}
