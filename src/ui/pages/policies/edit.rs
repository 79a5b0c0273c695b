//! The editor of a policy that exists: saving makes a new version, which may count at once.

use super::{KindTag, crumbs, from_template, path};
use crate::catalog::limits::MAX_POLICY_VERSIONS;
use crate::catalog::pages;
use crate::domain::access_pages::PolicyTab;
use crate::domain::ids::{PolicyId, Uin};
use crate::domain::policies::Policy;
use crate::remote::policies::{SavePolicyVersion, view_policy};
use crate::ui::components::{Choice, Crumb, LinkButton, Look, Notice, PageHeader, RadioGroup, Tag, Tone};
use crate::ui::editor::draft::{Draft as KeptDraft, DraftKey};
use crate::ui::editor::engine::Beginning;
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
    let form = use_form::<SavePolicyVersion>();
    let typed = kept_by_check().or_else(|| form.refused()).map(|form| form.value("document").to_owned());
    let (owner, now_ms) = use_session().map(|session| (session.owner_uin, session.now_ms)).unzip();
    // Not loaded anew after a failed save: what was typed must stay.
    let policy = load(
        move || id.get(),
        move |id| {
            let typed = typed.clone();
            async move {
                let policy = view_policy(id, PolicyTab::Document.tag().to_owned(), 0, 0).await?.policy;
                let beginning = Beginning::with(typed.as_ref().unwrap_or(&policy.document), owner, now_ms).await?;
                Ok((policy, beginning))
            }
        },
    );
    loaded(policy, move |(policy, beginning)| view! { <Studio policy beginning form /> })
}

#[component]
fn Studio(policy: Policy, beginning: Beginning, form: Form) -> impl IntoView {
    let lang = use_lang();
    let row = policy.row.clone();
    let next = policy.last_version + 1;
    let draft = lang.pick(format!("v{next} draft of v{}", row.default_version), format!("v{next} 草稿（基于 v{}）", row.default_version));
    let preset = row.preset;
    let head = view! {
        <Title text=title_of(t("Edit policy", "编辑策略"), &row.name) />
        <PageHeader
            title=row.name.clone()
            crumbs=crumbs(vec![Crumb::link(row.name.clone(), path(&row)), Crumb::here(t("Edit", "编辑"))])
            tags=move || view! { <KindTag preset /> {(!preset).then(|| view! { <Tag tone=Tone::Brand>{draft}</Tag> })} }.into_any()
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
        view! { <Draft policy beginning form /> }.into_any()
    };
    view! {
        {head}
        {body}
    }
}

#[component]
fn Draft(policy: Policy, beginning: Beginning, form: Form) -> impl IntoView {
    let lang = use_lang();
    let owner = use_session().map_or(Uin(0), |session| session.owner_uin);
    let typed = kept_by_check().or_else(|| form.refused());
    let begins = |field: &str, stored: String| typed.as_ref().map_or(stored, |form| form.value(field).to_owned());
    let editor = use_editor(beginning, Some(owner), use_session().map(|session| session.now_ms));
    let row = policy.row;
    let href = path(&row);
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
                <a href=format!("{href}?tab=versions")>{t("View versions", "查看版本")}</a>
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
    let kept = (!may("policy-edit.set-default"))
        .then(|| view! { <p class="field-hint">{t("It is saved as a new version. You need another permission to set it as default.", "仅保存为新版本。设为默认版本需要其他权限。")}</p> });
    // The server asks for this where a save takes rights from its own author, or lands on a version the author has not seen.
    let asks = move || form.concern().map(|concern| view! { <Acknowledgement concern /> });
    let hidden = vec![("id", row.id.to_string()), ("base", begins("base", policy.last_version.to_string()))];
    let back = path(&row);
    let key = DraftKey::of(use_session().map_or(owner, |session| session.uin), &pages::PolicyEdit::PAGE.of(row.id));
    view! {
        <div class="studio">
            <div class="studio-main">
                {full_notice}
                <KeptDraft editor key saved=form.done() />
                <PostForm form typed hidden>
                    <PolicyEditor editor />
                    <section class="card">
                        {in_force}
                        {kept}
                        {asks}
                        <div class="form-actions">
                            <SaveButton editor pending=form.pending() locked=form.locked("policy.new-version")>
                                {lang.pick(format!("Save as v{}", policy.last_version + 1), format!("保存为 v{}", policy.last_version + 1))}
                            </SaveButton>
                            <CheckButton />
                            <LinkButton href=back>{t("Cancel", "取消")}</LinkButton>
                        </div>
                    </section>
                </PostForm>
            </div>
            <aside class="studio-side"><ActionReference editor /></aside>
        </div>
    }
}
