//! The editor of a policy that exists: what is typed is kept as a draft, and saved from its review as a new version.

use super::{KindTag, crumbs, from_template, path};
use crate::catalog::limits::MAX_POLICY_VERSIONS;
use crate::domain::access_pages::PolicyTab;
use crate::domain::drafts::PolicyDraft;
use crate::domain::form::Submitted;
use crate::domain::ids::{PolicyId, Uin};
use crate::domain::policies::Policy;
use crate::remote::drafts::{KeepDraft, read_draft};
use crate::remote::policies::view_policy;
use crate::ui::components::{Crumb, LinkButton, Look, Notice, PageHeader, SubmitButton, Tag, Tone, with_param};
use crate::ui::editor::engine::Beginning;
use crate::ui::editor::keeping::{DraftNotice, KeepButton, KeptMark, use_discarding, use_keeping};
use crate::ui::editor::{ActionReference, CheckButton, PolicyEditor, kept_by_check, use_editor};
use crate::ui::forms::{Form, PostForm, use_form};
use crate::ui::frame::use_session;
use crate::ui::loaded::{load, loaded};
use crate::ui::words::{t, title_of, use_lang};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// `/cam/policies/:id/edit`.
#[component]
pub fn PolicyEditPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").and_then(|id| id.parse().ok()).unwrap_or(PolicyId(0)));
    let (form, discard) = (use_form::<KeepDraft>(), use_discarding());
    let typed = came_back(form).map(|form| form.value("document").to_owned());
    let discarded = discard.saved();
    let (owner, now_ms) = use_session().map(|session| (session.owner_uin, session.now_ms)).unzip();
    // Not loaded anew after a failed save: what was typed must stay.
    let policy = load(
        move || (id.get(), discarded.get()),
        move |(id, discarded)| {
            let typed = typed.clone().filter(|_| discarded == 0);
            async move {
                let policy = view_policy(id, PolicyTab::Document.tag().to_owned(), 0, 0).await?.policy;
                let draft = read_draft(Some(id)).await?;
                let begins = typed.as_ref().or_else(|| draft.as_ref().map(|draft| &draft.document)).unwrap_or(&policy.document);
                let beginning = Beginning::with(begins, owner, now_ms).await?;
                Ok((policy, draft, beginning))
            }
        },
    );
    loaded(policy, move |(policy, draft, beginning)| view! { <Studio policy draft beginning form discard /> })
}

/// The form as it came back without scripts: checked, or not kept.
fn came_back(form: Form) -> Option<Submitted> {
    kept_by_check().or_else(|| form.refused())
}

#[component]
fn Studio(policy: Policy, draft: Option<PolicyDraft>, beginning: Beginning, form: Form, discard: Form) -> impl IntoView {
    let lang = use_lang();
    let row = policy.row.clone();
    let next = policy.last_version + 1;
    let version = lang.pick(format!("v{next} draft of v{}", row.default_version), format!("v{next} 草稿（基于 v{}）", row.default_version));
    let preset = row.preset;
    let head = view! {
        <Title text=title_of(t("Edit policy", "编辑策略"), &row.name) />
        <PageHeader
            title=row.name.clone()
            crumbs=crumbs(vec![Crumb::link(row.name.clone(), path(&row)), Crumb::here(t("Edit", "编辑"))])
            tags=move || view! { <KindTag preset /> {(!preset).then(|| view! { <Tag tone=Tone::Brand>{version}</Tag> })} }.into_any()
        />
    };
    let body = if preset {
        view! {
            <Notice title=t("Preset policies cannot be changed", "预设策略不可修改")>
                <p>{t("Use this one as a template for your own policy.", "您可以将其作为模板新建自定义策略。")}</p>
                <LinkButton href=from_template(row.id) look=Look::Primary>
                    {t("Use as template", "用作模板")}
                </LinkButton>
            </Notice>
        }
        .into_any()
    } else {
        view! { <Draft policy draft beginning form discard /> }.into_any()
    };
    view! {
        {head}
        {body}
    }
}

#[component]
fn Draft(policy: Policy, draft: Option<PolicyDraft>, beginning: Beginning, form: Form, discard: Form) -> impl IntoView {
    let lang = use_lang();
    let owner = use_session().map_or(Uin(0), |session| session.owner_uin);
    let typed = came_back(form).filter(|_| discard.saved().get_untracked() == 0);
    let begins = |field: &str, stored: i64| typed.as_ref().map_or(stored.to_string(), |form| form.value(field).to_owned());
    let editor = use_editor(beginning, Some(owner), use_session().map(|session| session.now_ms));
    let keeping = use_keeping(editor, form, discard, draft.as_ref());
    let row = policy.row;
    let versions = with_param(&path(&row), "tab", Some(PolicyTab::Versions.tag()));
    let all_versions = versions.clone();
    let full = policy.versions >= MAX_POLICY_VERSIONS;
    let full_notice = full.then(|| {
        let most = MAX_POLICY_VERSIONS;
        let words = lang.pick(
            format!("This policy already has {most} versions, which is the limit. Delete one before you save."),
            format!("该策略已有 {most} 个版本，达到上限。请先删除一个版本再保存。"),
        );
        view! {
            <Notice tone=Tone::Warn>
                <p>{words}</p>
                <a href=all_versions>{t("View versions", "查看版本")}</a>
            </Notice>
        }
    });
    // What a draft was begun from is what its author has seen.
    let (base, begun_from) = draft.as_ref().map_or((policy.last_version, row.default_version), |draft| (draft.base, draft.begun_from));
    let hidden = vec![("id", row.id.to_string()), ("base", begins("base", base)), ("begun_from", begins("begun_from", begun_from))];
    let back = path(&row);
    let kept = draft.map(|draft| {
        let of = vec![("id", row.id.to_string())];
        view! { <DraftNotice draft discard hidden=of default_version=row.default_version versions /> }
    });
    view! {
        <div class="studio">
            <div class="studio-main">
                {full_notice}
                {kept}
                <PostForm form typed hidden>
                    <PolicyEditor editor />
                    <div class="form-actions studio-save">
                        <SubmitButton name="review" value="true" pending=form.pending() locked=form.locked("policy.new-version")>
                            {t("Review and save", "核对并保存")}
                        </SubmitButton>
                        <CheckButton />
                        <KeepButton />
                        <KeptMark keeping />
                        <LinkButton href=back>{t("Cancel", "取消")}</LinkButton>
                    </div>
                </PostForm>
            </div>
            <aside class="studio-side"><ActionReference editor /></aside>
        </div>
    }
}
