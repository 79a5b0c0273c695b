//! The review of a draft, and the one place from which it is saved: findings, new access, screen impact, lock-out guard, promises.
//!
//! It must never say that something is all right which the server has not worked out for this very draft: where rights or the draft have
//! changed meanwhile, the server refuses the save and everything is worked out again.

use super::compared::{AccessChanges, Lines, Verdict, lines_words};
use super::impact::{By, ImpactSection};
use super::promises::PromisesCard;
use super::replay::ReplaySection;
use super::{crumbs, path};
use crate::catalog::limits::MAX_POLICY_VERSIONS;
use crate::catalog::pages;
use crate::domain::access_pages::{PolicyReview, PolicyTab, Reviewed};
use crate::domain::fault::Fault;
use crate::domain::ids::PolicyId;
use crate::domain::policies::Policy;
use crate::remote::policies::{SavePolicyVersion, review_policy};
use crate::ui::components::{
    Card, Checkbox, Crumb, DataAge, Empty, EmptyState, LinkButton, Look, Notice, PageHeader, Tag, Tone, holds, with_param,
};
use crate::ui::editor::listing::StoredFindings;
use crate::ui::editor::{SavePolicyButton, stop_words};
use crate::ui::forms::{Acknowledgement, Form, PostForm, use_form};
use crate::ui::frame::{may, use_offset, use_session};
use crate::ui::icons::Icon;
use crate::ui::loaded::{load, loaded};
use crate::ui::query::use_query;
use crate::ui::words::{say, t, title_of, use_lang};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// `/cam/policies/:id/review`.
#[component]
pub fn PolicyReviewPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query());
    let id = Memo::new(move |_| params.read().get("id").and_then(|id| id.parse().ok()).unwrap_or(PolicyId(0)));
    let by = Memo::new(move |_| By::from_tag(&query.read().get("by").unwrap_or_default()));
    let form = use_form::<SavePolicyVersion>();
    // Worked out again whenever the server says that something has changed meanwhile.
    let overtaken = RwSignal::new(0_usize);
    Effect::new(move |_| {
        if matches!(form.fault(), Some(Fault::Overtaken(_))) {
            overtaken.update(|count| *count += 1);
        }
    });
    let review = load(move || (id.get(), overtaken.get()), |(id, _)| review_policy(id));
    loaded(review, move |PolicyReview { policy, reviewed }| view! { <Content policy reviewed form by /> })
}

#[component]
fn Content(policy: Policy, reviewed: Option<Reviewed>, form: Form, by: Memo<By>) -> impl IntoView {
    let lang = use_lang();
    let row = policy.row.clone();
    let (here, edit) = (pages::PolicyReview::PAGE.of(row.id), pages::PolicyEdit::PAGE.of(row.id));
    let next = policy.last_version + 1;
    let against =
        lang.pick(format!("v{next} against default v{}", row.default_version), format!("v{next} 对比默认版本 v{}", row.default_version));
    let at_ms = reviewed.as_ref().map(|reviewed| reviewed.at_ms);
    let offset = use_offset();
    let (name, back) = (row.name.clone(), edit.clone());
    let again = here.clone();
    let head = view! {
        <Title text=title_of(t("Review and save", "核对并保存"), &row.name) />
        <PageHeader
            title=t("Review and save", "核对并保存")
            crumbs=crumbs(vec![
                Crumb::link(row.name.clone(), path(&row)),
                Crumb::link(t("Edit", "编辑"), edit.clone()),
                Crumb::here(t("Review and save", "核对并保存")),
            ])
            tags=move || view! { <Tag>{name}</Tag> " " <Tag tone=Tone::Brand>{against}</Tag> }.into_any()
            age=move || at_ms.map(|as_of_ms| view! { <DataAge as_of_ms offset refresh_href=again /> }).into_any()
            actions=move || view! { <LinkButton href=back>{t("Back to the editor", "返回编辑")}</LinkButton> }.into_any()
        />
    };
    let body = match reviewed {
        Some(reviewed) => view! { <Review policy reviewed form by here /> }.into_any(),
        None => view! {
            <EmptyState why=Empty::NothingYet title=t("There is no draft to review", "没有可核对的草稿")>
                <p>{t("Edit the policy first. What you type is kept as your draft.", "请先编辑策略，输入的内容会保存为您的草稿。")}</p>
                <LinkButton href=edit look=Look::Primary>{t("Edit", "编辑")}</LinkButton>
            </EmptyState>
        }
        .into_any(),
    };
    view! {
        {head}
        {body}
    }
}

#[component]
fn Review(policy: Policy, reviewed: Reviewed, form: Form, by: Memo<By>, here: String) -> impl IntoView {
    let lang = use_lang();
    let Reviewed { draft, checked, comparison, impact, replay, concern, stamp, promises, .. } = reviewed;
    let (errors, next) = (checked.counts[0], policy.last_version + 1);
    let full = policy.versions >= MAX_POLICY_VERSIONS;
    let sees_impact = may("policy-review.impact");
    let steps = {
        let warnings = checked.counts[1];
        let findings = match (errors, warnings) {
            (0, 0) => (State::Passed, t("No issues found", "未发现问题").to_owned()),
            (0, _) => (State::Look, lang.pick(format!("Warnings: {warnings}"), format!("{warnings} 个警告"))),
            _ => (State::Stops, lang.pick(format!("Errors: {errors}"), format!("{errors} 个错误"))),
        };
        let access = match &comparison.access {
            None => (State::Waits, t("Waits for the errors", "待修复错误").to_owned()),
            Some(access) if access.is_equal() => (State::Passed, t("Nothing changes", "无变化").to_owned()),
            Some(access) => {
                let (more, less) = (access.granted.len() + access.released.len(), access.revoked.len() + access.denied.len());
                (State::Passed, lang.pick(format!("{more} gained, {less} lost"), format!("获得 {more} 项，失去 {less} 项")))
            }
        };
        let screens = match &impact {
            None if !sees_impact => (State::Waits, t("No permission", "无权限").to_owned()),
            None => (State::Waits, t("Waits for the errors", "待修复错误").to_owned()),
            Some(impact) => (
                State::Passed,
                lang.pick(
                    format!("{} gained, {} lost", impact.gained, impact.lost),
                    format!("获得 {} 项，失去 {} 项", impact.gained, impact.lost),
                ),
            ),
        };
        let guard = match (&concern, errors) {
            (Some(_), _) => (State::Look, t("Needs your confirmation", "需要您确认").to_owned()),
            (None, 0) => (State::Passed, t("Passed", "通过").to_owned()),
            (None, _) => (State::Waits, t("Waits for the errors", "待修复错误").to_owned()),
        };
        let promised = match &promises {
            None if errors > 0 => (State::Waits, t("Waits for the errors", "待修复错误").to_owned()),
            None => (State::Waits, t("No permission", "无权限").to_owned()),
            Some(promises) if promises.broken.is_empty() => {
                (State::Passed, lang.pick(format!("{} kept", promises.kept), format!("{} 项成立", promises.kept)))
            }
            Some(promises) => {
                let broken = promises.broken.len();
                (State::Stops, lang.pick(format!("{broken} broken"), format!("将违反 {broken} 项")))
            }
        };
        let save = match (errors, full) {
            (0, false) => (State::Waits, t("Ready", "可保存").to_owned()),
            (0, true) => (State::Stops, t("Version limit reached", "版本数已达上限").to_owned()),
            _ => (State::Stops, t("Stopped by errors", "存在错误，无法保存").to_owned()),
        };
        vec![
            Step { id: "review-findings", name: t("Findings", "检查结果"), state: findings },
            Step { id: "review-access", name: t("New access", "权限变化"), state: access },
            Step { id: "review-impact", name: t("Screen impact", "页面影响"), state: screens },
            Step { id: "review-guard", name: t("Lock-out guard", "防误锁检查"), state: guard },
            Step { id: "review-promises", name: t("Promises", "权限承诺"), state: promised },
            Step { id: "review-save", name: t("Save", "保存"), state: save },
        ]
    };
    let hidden = vec![("id", policy.row.id.to_string()), ("draft", draft.kept_ms.to_string()), ("reviewed", stamp)];
    let none_found = (checked.findings.is_empty()).then(|| {
        view! { <Card title=t("Findings", "检查结果")><p>{t("No issues found.", "未发现问题。")}</p></Card> }
    });
    let screens = if sees_impact {
        let section = move || {
            let (by, impact) = (by.get(), impact.clone());
            let other = if by == By::Person { By::Page } else { By::Person };
            let other = with_param(&here, "by", Some(other.tag()).filter(|tag| !tag.is_empty())) + "#review-impact";
            view! { <ImpactSection impact by other /> }
        };
        section.into_any()
    } else {
        view! {
            <Card title=t("Screen impact", "页面影响")>
                <EmptyState why=Empty::NoPermission>
                    <p><code>"cam:ListEntitiesForPolicy"</code> ", " <code>"cam:ListUsers"</code> ", " <code>"cam:ListAttachedUserAllPolicies"</code></p>
                </EmptyState>
            </Card>
        }
        .into_any()
    };
    let overtaken = draft.begun_from != 0 && draft.begun_from != policy.row.default_version;
    let since = overtaken.then(|| {
        let (was, now) = (draft.begun_from, policy.row.default_version);
        let words = lang.pick(
            format!(
                "You began this draft from v{was}. Since then the default version has become v{now}, and the draft is compared with that."
            ),
            format!("该草稿基于 v{was}。默认版本现已变为 v{now}，以下内容与其对比。"),
        );
        view! { <Notice tone=Tone::Warn><p>{words}</p></Notice> }
    });
    view! {
        <Steps steps />
        {since}
        <PostForm form hidden class="review">
            <div class="studio">
                <div class="studio-main">
                    <div id="review-findings" class="review-part">{none_found} <StoredFindings checked /></div>
                    <div id="review-access" class="review-part"><NewAccess comparison /></div>
                    <div id="review-impact" class="review-part">{screens}</div>
                    {sees_impact.then(|| view! { <div id="review-replay" class="review-part"><ReplaySection replay /></div> })}
                </div>
                <div class="review-side">
                    <div id="review-guard" class="review-part"><Guard concern errors /></div>
                    <div id="review-promises" class="review-part"><PromisesCard promises errors /></div>
                    <div id="review-save" class="review-part"><WhatIsSaved policy next form /></div>
                </div>
            </div>
            <Foot errors full next form />
        </PostForm>
    }
}

/// How far a step of the review has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Passed,
    /// Nothing stops, and somebody should look.
    Look,
    /// The save is stopped.
    Stops,
    Waits,
}

struct Step {
    id: &'static str,
    name: &'static str,
    state: (State, String),
}

/// The steps in order, each a way to its part of the page.
#[component]
fn Steps(steps: Vec<Step>) -> impl IntoView {
    let lines: Vec<_> = steps
        .into_iter()
        .enumerate()
        .map(|(number, Step { id, name, state: (state, words) })| {
            let (class, mark) = match state {
                State::Passed => ("step step-passed", Icon::Check.draw().into_any()),
                State::Look => ("step step-look", Icon::Warning.draw().into_any()),
                State::Stops => ("step step-stops", Icon::Blocked.draw().into_any()),
                State::Waits => ("step step-waits", (number + 1).to_string().into_any()),
            };
            view! {
                <li>
                    <a class=class href=format!("#{id}") rel="external">
                        <span class="step-mark" aria-hidden="true">{mark}</span>
                        <span class="step-words"><strong>{name}</strong> <span>{words}</span></span>
                    </a>
                </li>
            }
        })
        .collect();
    view! { <nav class="steps" aria-label=t("Steps of the review", "核对步骤")><ol>{lines}</ol></nav> }
}

/// What the draft grants and takes against the default version.
#[component]
fn NewAccess(comparison: crate::domain::policies::Comparison) -> impl IntoView {
    let lang = use_lang();
    let (before, after) = (comparison.before, comparison.after);
    let note = lang.pick(
        format!("What v{after} grants and takes away against the default version v{before}, each line with a request that shows it."),
        format!("v{after} 相对默认版本 v{before} 增加和减少的权限，每行附一个请求示例。"),
    );
    let (same_text, same_meaning) = (comparison.same_text(), comparison.same_meaning());
    let unread =
        comparison.access.is_none().then(|| view! { <p>{t("Fix the errors to see what changes.", "修复错误后可查看权限变化。")}</p> });
    let access = comparison.access.clone().filter(|access| !access.is_equal());
    let words = lines_words(&comparison);
    let lines = (!same_text).then(|| {
        view! {
            <details class="review-lines">
                <summary>{t("Text, line by line", "逐行对比内容")} " " <span class="muted">{words}</span></summary>
                <Lines comparison />
            </details>
        }
    });
    view! {
        <Card title=t("New access", "权限变化") note>
            <Verdict same_text same_meaning />
            {unread}
            {access.map(|access| view! { <AccessChanges access /> })}
            {lines}
        </Card>
    }
}

/// Whether the author would lock itself out.
#[component]
fn Guard(concern: Option<crate::text::Text>, errors: usize) -> impl IntoView {
    let is_root = use_session().is_some_and(|session| session.is_root);
    let words = match (concern, errors) {
        (Some(concern), _) => view! { <Notice tone=Tone::Warn><p>{say(&concern)}</p></Notice> }.into_any(),
        (None, 0) if is_root => {
            view! { <p>{t("You are the root account. Policies never take anything from it.", "您是主账号，策略不会减少主账号的权限。")}</p> }.into_any()
        }
        (None, 0) => {
            view! { <p>{t("You keep all your own permissions for access management.", "您自己的访问管理权限不受影响。")}</p> }.into_any()
        }
        (None, _) => view! { <p>{t("Fix the errors to see whether you keep your own permissions.", "修复错误后可检查您自己的权限是否受影响。")}</p> }.into_any(),
    };
    view! { <Card title=t("Lock-out guard", "防误锁检查")>{words}</Card> }
}

/// What the save makes.
#[component]
fn WhatIsSaved(policy: Policy, next: i64, form: Form) -> impl IntoView {
    let lang = use_lang();
    let version = lang.pick(
        format!("Version v{next}. {} of at most {MAX_POLICY_VERSIONS} versions are there so far.", policy.versions),
        format!("版本 v{next}。目前已有 {} 个版本，最多 {MAX_POLICY_VERSIONS} 个。", policy.versions),
    );
    let versions = with_param(&path(&policy.row), "tab", Some(PolicyTab::Versions.tag()));
    let full = (policy.versions >= MAX_POLICY_VERSIONS).then(|| {
        view! {
            <Notice tone=Tone::Warn>
                <p>{t("This policy has as many versions as it can have. Delete one before you save.", "该策略的版本数已达上限，请先删除一个版本再保存。")}</p>
                <a href=versions>{t("View versions", "查看版本")}</a>
            </Notice>
        }
    });
    let in_force = if may("policy-review.set-default") {
        let hint = lang.pick(
            format!("Takes effect on the next request of everyone it is attached to ({}).", policy.row.attachments),
            format!("对所有关联对象（{} 个）立即生效（下次请求起）。", policy.row.attachments),
        );
        view! { <Checkbox name="set_default" value="true" label=t("Set as default now", "立即设为默认版本") checked=true hint /> }
            .into_any()
    } else {
        view! { <p class="field-hint">{t("It is saved as a new version. You need another permission to set it as default.", "仅保存为新版本。设为默认版本需要其他权限。")}</p> }
            .into_any()
    };
    // The server asks for this where a save takes rights from its own author, or lands on a version the author has not seen.
    let asks = move || form.concern().map(|concern| view! { <Acknowledgement concern /> });
    view! {
        <Card title=t("What is saved", "保存内容")>
            {full}
            <p class="review-version">{version}</p>
            {in_force}
            {asks}
        </Card>
    }
}

/// The foot that stays in sight: what stops the save, and the save itself.
#[component]
fn Foot(errors: usize, full: bool, next: i64, form: Form) -> impl IntoView {
    let lang = use_lang();
    let (pending, locked) = (form.pending(), form.locked("policy.new-version"));
    let stopped = errors > 0 || full;
    let why = move || {
        stop_words(lang, holds(locked), errors).unwrap_or_else(|| {
            if full {
                t("Delete a version to save", "删除一个版本后才能保存").to_owned()
            } else {
                lang.pick(format!("Nothing stops the save of v{next}."), format!("可以保存 v{next}。"))
            }
        })
    };
    view! {
        <div class="review-foot">
            <p class="review-why" class:save-why=move || stopped || holds(locked) id="save-why" role="status">{why}</p>
            <SavePolicyButton pending locked stopped=Signal::stored(stopped) stops=Callback::new(move |()| stopped)>
                {lang.pick(format!("Save v{next}"), format!("保存 v{next}"))}
            </SavePolicyButton>
        </div>
    }
}
