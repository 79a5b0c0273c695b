//! The editor of a policy that does not exist yet. A template in the address fills it at first.

use super::{crumbs, from_template};
use crate::catalog::pages;
use crate::catalog::preset::NAMES;
use crate::domain::drafts::PolicyDraft;
use crate::domain::form::Submitted;
use crate::domain::ids::Uin;
use crate::remote::drafts::read_draft;
use crate::remote::policies::CreatePolicy;
use crate::ui::components::{Card, Crumb, LinkButton, PageHeader, TextField};
use crate::ui::editor::engine::{Beginning, engine};
use crate::ui::editor::keeping::{DraftNotice, KeepButton, KeptMark, not_kept, use_discarding, use_keeping};
use crate::ui::editor::start::{Grant, Typed};
use crate::ui::editor::templates::{BLANK, Template, template, templates};
use crate::ui::editor::{ActionReference, CheckButton, Editor, PolicyEditor, SaveButton, kept_by_check, use_editor};
use crate::ui::forms::{Form, PostForm, fields_of, use_form};
use crate::ui::frame::use_session;
use crate::ui::loaded::{load, loaded};
use crate::ui::query::use_query;
use crate::ui::words::{say, t};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos_meta::Title;

/// `/cam/policies/new`.
#[component]
pub fn PolicyNewPage() -> impl IntoView {
    let (form, discard) = (use_form::<CreatePolicy>(), use_discarding());
    let discarded = discard.saved();
    let owner = use_session().map_or(Uin(0), |session| session.owner_uin);
    let now_ms = use_session().map(|session| session.now_ms);
    let (asked, start) = use_query().with_untracked(|query| (query.get("template").unwrap_or_default(), Typed::of(query)));
    let typed = came_back(form).map(|form| form.value("document").to_owned());
    // Loaded once, and again when a draft was discarded: what was typed must stay. A draft goes before a template: it would be lost.
    let beginning = load(
        move || discarded.get(),
        move |discarded| {
            let (typed, asked, start) = (typed.clone().filter(|_| discarded == 0), asked.clone(), start.clone());
            async move {
                let draft = read_draft(None).await?;
                let first = typed.or_else(|| draft.as_ref().map(|draft| draft.document.clone())).or_else(|| template(&asked, owner));
                let text = match first {
                    Some(text) => Some(text),
                    None if asked.is_empty() && start == Typed::default() => None,
                    None => {
                        let engine = engine().await?;
                        (engine.preset)(&asked).or_else(|| (engine.made)(&start, owner))
                    }
                };
                let text = text.unwrap_or_else(|| BLANK.to_owned());
                Ok((draft, Beginning::with(&text, Some(owner), now_ms).await?))
            }
        },
    );
    loaded(beginning, move |(draft, beginning)| view! { <Studio draft beginning owner form discard /> })
}

/// The form as it came back without scripts: checked, refused, or not kept.
fn came_back(form: Form) -> Option<Submitted> {
    kept_by_check().or_else(|| form.refused()).or_else(not_kept)
}

#[component]
fn Studio(draft: Option<PolicyDraft>, beginning: Beginning, owner: Uin, form: Form, discard: Form) -> impl IntoView {
    let typed = came_back(form).filter(|_| discard.saved().get_untracked() == 0);
    let editor = use_editor(beginning, Some(owner), use_session().map(|session| session.now_ms));
    let keeping = use_keeping(editor, form, discard, draft.as_ref());
    let (name, description) = draft.as_ref().map(|draft| (draft.name.clone(), draft.description.clone())).unwrap_or_default();
    let kept = draft.map(|draft| view! { <DraftNotice draft discard hidden=Vec::new() default_version=0 versions="" /> });
    view! {
        <Title text=t("Create policy · TRTC Console", "新建策略 · TRTC 控制台") />
        <PageHeader title=t("Create policy", "新建策略") crumbs=crumbs(vec![Crumb::here(t("Create policy", "新建策略"))]) />
        <div class="studio">
            <div class="studio-main">
                {kept}
                <Templates editor owner />
                <PostForm form typed>
                    <Card title=t("Name", "名称")>
                        <TextField
                            name="name"
                            label=t("Policy name", "策略名称")
                            hint=t("1 to 128 letters, digits and + = , . @ - _", "1 至 128 个字符，仅限字母、数字和 + = , . @ - _")
                            value=name
                            required=true
                        />
                        <TextField
                            name="description"
                            label=t("Description", "描述")
                            hint=t("Purpose of the policy, up to 300 bytes.", "策略的用途，最多 300 字节。")
                            value=description
                        />
                    </Card>
                    <PolicyEditor editor />
                    <div class="form-actions studio-save">
                        <SaveButton editor pending=form.pending() locked=form.locked("policies.create")>{t("Create policy", "新建策略")}</SaveButton>
                        <CheckButton />
                        <KeepButton />
                        <KeptMark keeping />
                        <LinkButton href=pages::Policies::PAGE.path>{t("Cancel", "取消")}</LinkButton>
                    </div>
                </PostForm>
            </div>
            <aside class="studio-side"><ActionReference editor /></aside>
        </div>
    }
}

/// Texts to begin with. Links, so that they work without scripts; with them the text is replaced in place and can be taken back.
#[component]
fn Templates(editor: Editor, owner: Uin) -> impl IntoView {
    let lines: Vec<_> = templates(owner)
        .into_iter()
        .map(|Template { id, name, about, document }| {
            let inner = view! {
                <strong>{say(&name)}</strong>
                <span>{say(&about)}</span>
            };
            view! { <li><TemplateLink editor id=id.to_owned() document>{inner}</TemplateLink></li> }
        })
        .collect();
    let ready: Vec<_> =
        NAMES.iter().map(|(id, name)| view! { <li><PresetLink editor id=id.to_string()>{*name}</PresetLink></li> }).collect();
    view! {
        <section class="card" aria-labelledby="templates-title">
            <h2 id="templates-title">{t("Start from a template", "从模板开始")}</h2>
            <ul class="templates">{lines}</ul>
            <p class="field-hint" id="templates-presets">{t("Or start from a preset policy:", "或使用预设策略的内容：")}</p>
            <ul class="tag-list" aria-labelledby="templates-presets">{ready}</ul>
            <ByChoice editor owner />
        </section>
    }
}

/// A policy made for chosen applications or tags.
#[component]
fn ByChoice(editor: Editor, owner: Uin) -> impl IntoView {
    let apps = use_session().map(|session| session.apps.clone()).unwrap_or_default();
    let options: Vec<_> = apps.into_iter().map(|app| view! { <option value=app.id.to_string()>{app.name}</option> }).collect();
    let grants: Vec<_> = Grant::ALL
        .into_iter()
        .map(|grant| {
            let words = match grant {
                Grant::All => t("Everything", "全部权限"),
                Grant::View => t("View only", "仅查看"),
                Grant::Usage => t("Usage statistics only", "仅用量统计"),
            };
            view! { <option value=grant.tag()>{words}</option> }
        })
        .collect();
    let missed = RwSignal::new(false);
    let make = move |event: SubmitEvent| {
        event.prevent_default();
        let fields = fields_of(&event);
        let text = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default();
        let typed = Typed { apps: text("apps"), tags: text("tags"), grant: text("grant") };
        leptos::task::spawn_local(async move {
            let Ok(engine) = engine().await else { return };
            let document = (engine.made)(&typed, owner);
            missed.try_set(document.is_none());
            if let Some(document) = document {
                editor.replace_all(&document);
            }
        });
    };
    let field = move |name: &'static str, words: &'static str, placeholder: &'static str| {
        let list = (name == "apps").then_some("start-apps");
        view! {
            <label>
                {words}
                <input class="control" name=name placeholder=placeholder list=list autocomplete="off" />
            </label>
        }
    };
    view! {
        <form class="start-form" method="get" action=pages::PolicyNew::PAGE.path aria-label=t("By application or tag", "按应用或标签") on:submit=make>
            <p class="field-hint">
                {t(
                    "Or generate a policy for selected applications, or for every application with a tag, including future ones:",
                    "或为指定应用生成策略，或按标签生成（包括以后绑定该标签的应用）：",
                )}
            </p>
            <datalist id="start-apps">{options}</datalist>
            {field("apps", t("SDKAppIDs, separated by commas", "SDKAppID（以逗号分隔）"), "1409000001")}
            {field("tags", t("Or tags", "或标签"), "team=live")}
            <label>
                {t("Grant", "授予")}
                <select class="control" name="grant">{grants}</select>
            </label>
            <button type="submit" class="btn">{t("Generate policy", "生成策略")}</button>
            <p class="field-error" role="status">
                {move || missed.get().then(|| t("Enter either SDKAppIDs or tags (key=value).", "请填写 SDKAppID 或标签（key=value），二者选其一。"))}
            </p>
            <p class="field-hint">
                {t(
                    "Actions that do not support resource-level permissions get their own statement, which applies to all applications.",
                    "不支持资源级授权的操作会单独成为一条语句，对所有应用生效。",
                )}
            </p>
        </form>
    }
}

#[component]
fn TemplateLink(editor: Editor, id: String, document: String, children: Children) -> impl IntoView {
    view! {
        <a
            class="template"
            href=from_template(&id)
            on:click=move |event| {
                event.prevent_default();
                editor.replace_all(&document);
            }
        >
            {children()}
        </a>
    }
}

#[component]
fn PresetLink(editor: Editor, id: String, children: Children) -> impl IntoView {
    view! {
        <a
            href=from_template(&id)
            on:click=move |event| {
                event.prevent_default();
                let id = id.clone();
                leptos::task::spawn_local(async move {
                    if let Some(document) = engine().await.ok().and_then(|engine| (engine.preset)(&id)) {
                        editor.replace_all(&document);
                    }
                });
            }
        >
            {children()}
        </a>
    }
}
