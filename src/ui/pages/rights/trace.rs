//! A decision with every statement that was looked at: what of it matched, and where it failed what was wanted and what was met.

use super::fields::{OutlookTag, Path};
use crate::cam::{Effect, Stage, TracedCondition, TracedPart, TracedStatement, Verdict, Via};
use crate::catalog::pages;
use crate::domain::rights::Decided;
use crate::ui::components::{Card, Fact, Facts, Tag, Tone};
use crate::ui::icons::Icon;
use crate::ui::words::{t, use_lang};
use leptos::prelude::*;

/// Statements in sight; those that are further away fold away.
const IN_SIGHT: usize = 4;
/// A statement that is as near as this has something to do with the request.
const NEAR: u8 = 1;

/// One decision.
#[component]
pub fn DecisionCard(
    /// The decision.
    decision: Decided,
) -> impl IntoView {
    let Decided { action, resource, trace, left_out } = decision;
    let lang = use_lang();
    let count = trace.statements.len() + usize::try_from(left_out).unwrap_or(0);
    let why = why(trace.verdict, trace.stage, count);
    let (mut near, mut far): (Vec<TracedStatement>, Vec<TracedStatement>) =
        trace.statements.into_iter().partition(|statement| statement.nearness >= NEAR);
    far.splice(0..0, near.split_off(near.len().min(IN_SIGHT)));
    let nearest = trace.verdict == Verdict::DenyImplicit;
    let shown =
        near.into_iter().enumerate().map(|(at, statement)| view! { <Statement statement nearest=nearest && at == 0 /> }).collect_view();
    let folded = (!far.is_empty()).then(|| {
        let words = lang.pick(format!("{} more statements", far.len()), format!("其余 {} 条语句", far.len()));
        let rest = far.into_iter().map(|statement| view! { <Statement statement nearest=false /> }).collect_view();
        view! {
            <details class="trace-more">
                <summary class="btn btn-text">{words}</summary>
                <ol class="traces">{rest}</ol>
            </details>
        }
    });
    let cut = (left_out > 0).then(|| {
        let words = lang.pick(format!("{left_out} statements further away are not shown."), format!("另有 {left_out} 条无关语句未显示。"));
        view! { <p class="muted">{words}</p> }
    });
    view! {
        <Card title=t("Statements", "语句") note=why>
            <Facts>
                <Fact name=t("Action", "操作")><code>{action}</code></Fact>
                <Fact name=t("Resource", "资源")><code>{resource}</code></Fact>
                <Fact name=t("Decision", "鉴权结果")><OutlookTag outlook=trace.outlook /></Fact>
            </Facts>
            <ol class="traces">{shown}</ol>
            {folded}
            {cut}
        </Card>
    }
}

/// How the decision came about.
fn why(verdict: Verdict, stage: Stage, count: usize) -> String {
    let looked = use_lang().pick(format!("Statements looked at: {count}."), format!("共检查 {count} 条语句。"));
    let words = match (verdict, stage) {
        (_, Stage::Request) => t(" This is not a valid request.", "请求无效。"),
        (_, Stage::Owner) => t(" The resource belongs to another root account.", "该资源属于其他主账号。"),
        (Verdict::Allow, _) => t(" A statement allows it and none denies it.", "有语句允许，且没有语句拒绝。"),
        (Verdict::DenyExplicit, _) => t(" A statement denies it, whatever else allows it.", "有语句拒绝，无论其他语句是否允许。"),
        (Verdict::DenyImplicit, _) => t(
            " No statement allows it in these circumstances. The nearest comes first.",
            "在此请求环境下没有语句允许。最接近的语句排在最前。",
        ),
    };
    looked + words
}

#[component]
fn Statement(statement: TracedStatement, nearest: bool) -> impl IntoView {
    let lang = use_lang();
    let matches = statement.matches();
    let TracedStatement { origin, statement: index, effect, action, resource, conditions, .. } = statement;
    let through = match &origin.via {
        Via::Group(name) => Some(name.to_string()),
        _ => None,
    };
    let policy = if origin.policy_id == 0 {
        let words = if origin.via == Via::General { t("general policy", "通用策略") } else { t("draft", "草稿") };
        view! { <span>{words}</span> }.into_any()
    } else {
        view! { <a href=pages::Policy::PAGE.of(origin.policy_id)>{origin.policy_name.to_string()}</a> }.into_any()
    };
    let number = index.saturating_add(1);
    let (tone, words) = match (matches, effect) {
        (Some(true), Effect::Allow) => (Tone::Ok, t("matches: allows", "匹配：允许")),
        (Some(true), Effect::Deny) => (Tone::Error, t("matches: denies", "匹配：拒绝")),
        (None, _) => (Tone::Warn, t("depends on circumstances", "取决于请求环境")),
        (Some(false), _) => (Tone::Plain, t("does not match", "不匹配")),
    };
    let effect = match effect {
        Effect::Allow => t("Allow", "允许"),
        Effect::Deny => t("Deny", "拒绝"),
    };
    view! {
        <li class="trace">
            <div class="trace-head">
                {policy}
                <span class="muted">{lang.pick(format!("statement {number}"), format!("第 {number} 条语句"))}</span>
                <Path through />
                <Tag tone>{words}</Tag>
                {nearest.then(|| view! { <Tag tone=Tone::Brand>{t("nearest", "最接近")}</Tag> })}
            </div>
            <dl>
                <div class="trace-part">
                    <dt>{t("Effect", "效力")}</dt>
                    <dd>{effect}</dd>
                </div>
                <Part name=t("Action", "操作") part=action />
                <Part name=t("Resource", "资源") part=resource />
                {conditions.into_iter().map(|condition| view! { <Condition condition /> }).collect_view()}
            </dl>
        </li>
    }
}

/// The mark of a part: met, failed or open.
fn mark(met: Option<bool>) -> (&'static str, Icon, &'static str) {
    match met {
        Some(true) => ("trace-part trace-met", Icon::Check, t("Met", "符合")),
        Some(false) => ("trace-part trace-failed", Icon::Cross, t("Not met", "不符合")),
        None => ("trace-part trace-open", Icon::Info, t("Depends on the request", "取决于请求")),
    }
}

#[component]
fn Part(name: &'static str, part: TracedPart) -> impl IntoView {
    let (class, icon, words) = mark(Some(part.by.is_some()));
    let told = part.others.len();
    let more = i64::from(part.of) - i64::try_from(told).unwrap_or(0);
    let said = match part.by {
        Some(by) => view! { <code>{by}</code> }.into_any(),
        None => {
            let others = part.others.into_iter().map(|other| view! { <li><code>{other}</code></li> }).collect_view();
            let more =
                (more > 0).then(|| view! { <li class="muted">{use_lang().pick(format!("and {more} more"), format!("等 {more} 项"))}</li> });
            view! { <ul class="tag-list">{others} {more}</ul> }.into_any()
        }
    };
    view! {
        <div class=class>
            <dt>{icon.draw()} <span class="visually-hidden">{words}</span> {name}</dt>
            <dd>{said}</dd>
        </div>
    }
}

#[component]
fn Condition(condition: TracedCondition) -> impl IntoView {
    let TracedCondition { operator, key, wanted, actual, holds } = condition;
    let (class, icon, words) = mark(holds);
    let met = match (holds, actual) {
        (None, _) => t("any value", "任意值").to_owned(),
        (_, None) => t("not in the request", "请求中没有").to_owned(),
        (_, Some(values)) if values.is_empty() => t("empty", "空").to_owned(),
        (_, Some(values)) => values.join(", "),
    };
    view! {
        <div class=class>
            <dt>{icon.draw()} <span class="visually-hidden">{words}</span> {t("Condition", "条件")}</dt>
            <dd>
                <code>{key}</code> " " <code>{operator}</code>
                <span class="trace-values">
                    <span class="muted">{t("wanted", "要求")}</span> <code>{wanted.join(", ")}</code>
                    <span class="muted">{t("was", "实际")}</span> <code>{met}</code>
                </span>
            </dd>
        </div>
    }
}
