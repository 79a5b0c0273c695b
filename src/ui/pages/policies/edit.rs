//! The editor of a policy that exists: saving makes a new version, which may count at once.

use super::{KindTag, crumbs, from_template, path};
use crate::catalog::limits::MAX_POLICY_VERSIONS;
use crate::domain::access_pages::PolicyTab;
use crate::domain::drafts::PolicyDraft;
use crate::domain::form::Submitted;
use crate::domain::ids::{PolicyId, Uin};
use crate::domain::policies::Policy;
use crate::remote::drafts::read_draft;
use crate::remote::policies::{SavePolicyVersion, view_policy};
use crate::ui::components::{Choice, Crumb, LinkButton, Look, Notice, PageHeader, RadioGroup, Tag, Tone, with_param};
use crate::ui::editor::engine::Beginning;
use crate::ui::editor::keeping::{DraftNotice, KeepButton, KeptMark, not_kept, use_discarding, use_keeping};
use crate::ui::editor::{ActionReference, CheckButton, PolicyEditor, SaveButton, kept_by_check, use_editor};
use crate::ui::forms::{Acknowledgement, Form, PostForm, use_form};
use crate::ui::frame::{may, use_session};
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
    let (form, discard) = (use_form::<SavePolicyVersion>(), use_discarding());
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

/// The form as it came back without scripts: checked, refused, or not kept.
fn came_back(form: Form) -> Option<Submitted> {
    kept_by_check().or_else(|| form.refused()).or_else(not_kept)
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
    let keeping = use_keeping(editor, form, draft.as_ref());
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
    let in_force = may("policy-edit.set-default").then(|| {
        let users = lang.pick(
            format!("Takes effect on the next request of everyone it is attached to ({}).", row.attachments),
            format!("对所有关联对象（{} 个）立即生效（下次请求起）。", row.attachments),
        );
        let choices = vec![
            Choice::new("true", t("Set as default now", "立即设为默认版本")).with_hint(users),
            Choice::new("false", t("Save without making default", "仅保存，不设为默认版本"))
                .with_hint(t("The default version stays the same.", "默认版本保持不变。")),
        ];
        view! { <RadioGroup name="set_default" label=t("The new version", "新版本") choices value="true" /> }
    });
    let later = (!may("policy-edit.set-default"))
        .then(|| view! { <p class="field-hint">{t("It is saved as a new version. You need another permission to set it as default.", "仅保存为新版本。设为默认版本需要其他权限。")}</p> });
    // The server asks for this where a save takes rights from its own author, or lands on a version the author has not seen.
    let asks = move || form.concern().map(|concern| view! { <Acknowledgement concern /> });
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
                    <section class="card">
                        {in_force}
                        {later}
                        {asks}
                        <div class="form-actions">
                            <SaveButton editor pending=form.pending() locked=form.locked("policy.new-version")>
                                {lang.pick(format!("Save as v{}", policy.last_version + 1), format!("保存为 v{}", policy.last_version + 1))}
                            </SaveButton>
                            <CheckButton />
                            <KeepButton />
                            <KeptMark keeping />
                            <LinkButton href=back>{t("Cancel", "取消")}</LinkButton>
                        </div>
                    </section>
                </PostForm>
            </div>
            <aside class="studio-side"><ActionReference editor /></aside>
        </div>
    }
}
