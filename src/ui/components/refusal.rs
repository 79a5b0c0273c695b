//! The explain card: who was refused what, why, and what they can do.
//!
//! It must never show policy text to a sub-account; whoever fills it in leaves `because` empty then.

use super::button::{LinkButton, Look};
use super::copy::CopyButton;
use super::facts::{Fact, Facts};
use super::tag::{Tag, Tone};
use super::time::{Precision, Time, UtcOffset, said};
use crate::text::Text;
use crate::ui::icons::Icon;
use crate::ui::words::{say, t};
use leptos::prelude::*;

/// Why something was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// No statement allows it.
    Implicit,
    /// A statement denies it.
    Explicit,
    /// The policies ask for the address of the reader, which is not known.
    NoAddress,
}

/// A refusal as the reader gets to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// "You don't have access to Users".
    pub title: Text,
    /// One sentence: what needs what.
    pub lead: Text,
    /// "ops-ana (sub-account 100001002 of 100001)".
    pub who: Text,
    /// The action as in CAM, `trtc:HardDescribeMixConf`.
    pub action: String,
    /// What the action does.
    pub gloss: Text,
    /// The resource, six segments or `*`.
    pub resource: String,
    /// Implicit or explicit.
    pub denial: Denial,
    /// Each way to be let in, when there is more to it than the one action: actions with what they do, and where.
    pub ways: Vec<Vec<(String, Text, String)>>,
    /// Root only: the policies and statements that caused it.
    pub because: Vec<String>,
    /// The request id.
    pub request_id: String,
    /// When, in epoch milliseconds.
    pub at_ms: i64,
}

/// The explain card. The children are further ways out, before "Copy details".
#[component]
pub fn ExplainCard(
    /// What was refused.
    refusal: Refusal,
    /// The zone times are read in.
    #[prop(default = UtcOffset::UTC)]
    offset: UtcOffset,
    /// Where the reader may go instead, and its name.
    #[prop(optional, into)]
    way_back: Option<(String, String)>,
    /// Further ways out.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (tone, denial, meaning) = match refusal.denial {
        Denial::Implicit => {
            (Tone::Warn, t("Implicit deny", "隐式拒绝"), t("No policy statement allows this action.", "没有策略语句允许该操作。"))
        }
        Denial::Explicit => {
            (Tone::Error, t("Explicit deny", "显式拒绝"), t("A policy statement denies this action.", "有策略语句拒绝该操作。"))
        }
        Denial::NoAddress => {
            (Tone::Warn, t("IP address unknown", "IP 地址未知"), t("Your policies depend on it.", "您的策略以 IP 地址为条件。"))
        }
    };
    let remedy = match refusal.denial {
        Denial::Implicit if refusal.ways.len() > 1 => t(
            "Ask the administrator of your root account for one of the grants listed above. Copy the details and send them to your administrator.",
            "请联系主账号管理员授予上述任意一项权限。您可以复制详情并发送给管理员。",
        ),
        Denial::Implicit if !refusal.ways.is_empty() => t(
            "Ask the administrator of your root account for all grants listed above. Copy the details and send them to your administrator.",
            "请联系主账号管理员授予上述全部权限。您可以复制详情并发送给管理员。",
        ),
        Denial::Implicit => t(
            "Ask the administrator of your root account to grant you this action on this resource. Copy the details and send them to your administrator.",
            "请联系主账号管理员授予您该资源的此操作权限。您可以复制详情并发送给管理员。",
        ),
        Denial::Explicit => t(
            "Another grant does not help: the administrator of your root account has to change the policy that denies this action. Copy the details and send them to your administrator.",
            "再授予权限也无效，需由主账号管理员修改拒绝该操作的策略。您可以复制详情并发送给管理员。",
        ),
        Denial::NoAddress => t(
            "A further grant does not help: the operator of this console has to make its reverse proxy send your address in X-Forwarded-For. Copy the details and send them to the operator.",
            "再授予权限也无效：需由控制台的运维人员配置反向代理，在 X-Forwarded-For 中正确传递您的地址。请复制详情提供给运维人员。",
        ),
    };
    // They come with the narrowest first; where something is denied no grant helps.
    let narrowest = refusal.ways.len() > 1 && refusal.denial == Denial::Implicit;
    let ways: Vec<_> = refusal
        .ways
        .iter()
        .enumerate()
        .map(|(at, way)| {
            let mark = (narrowest && at == 0).then(|| view! { <Tag tone=Tone::Brand>{t("Narrowest", "最小授权")}</Tag> });
            view! { <li>{way.iter().enumerate().map(step).collect_view()} {mark}</li> }
        })
        .collect();
    let because: Vec<_> = refusal.because.iter().map(|line| view! { <li><code>{line.clone()}</code></li> }).collect();
    let ways_name = ways_name(&refusal);
    let details = details_text(&refusal, denial, offset);
    view! {
        <section class="card refusal">
            <div class="refusal-head">
                {Icon::Lock.draw()}
                <h1>{say(&refusal.title)}</h1>
            </div>
            <p class="refusal-lead">{say(&refusal.lead)}</p>
            <Facts>
                <Fact name=t("Your account", "当前账号")>{say(&refusal.who)}</Fact>
                <Fact name=t("Action", "操作")>
                    <code>{refusal.action.clone()}</code> " — " {say(&refusal.gloss)}
                </Fact>
                <Fact name=t("Resource", "资源")><code>{refusal.resource.clone()}</code></Fact>
                {(!ways.is_empty())
                    .then(|| {
                        view! {
                            <Fact name=ways_name>
                                <ul class="refusal-ways">{ways}</ul>
                            </Fact>
                        }
                    })}
                <Fact name=t("Decision", "鉴权结果")>
                    <Tag tone>{denial}</Tag> " " {meaning}
                    {(!because.is_empty()).then(|| view! { <ul class="refusal-because">{because}</ul> })}
                </Fact>
                <Fact name=t("Request ID", "请求 ID")>
                    <code>{refusal.request_id.clone()}</code> " · " <Time at_ms=refusal.at_ms offset precision=Precision::Second />
                </Fact>
            </Facts>
            <h2 class="refusal-remedy">{t("What you can do", "解决方法")}</h2>
            <p>{remedy}</p>
            <div class="form-actions">
                {children.map(|children| children())}
                <CopyButton text=details label=t("Copy details", "复制详情") />
                {way_back
                    .map(|(href, name)| {
                        view! { <LinkButton href look=Look::Plain>{t("Back to ", "返回")} {name}</LinkButton> }
                    })}
            </div>
        </section>
    }
}

/// What the ways are: alternatives, or one way that takes several grants.
fn ways_name(refusal: &Refusal) -> &'static str {
    if refusal.ways.len() > 1 {
        t("Any one of these is enough", "授予以下任意一项即可")
    } else {
        t("All of these are needed", "需要同时授予")
    }
}

/// One grant of a way; what comes after the first is needed as well.
fn step((index, (action, gloss, resource)): (usize, &(String, Text, String))) -> impl IntoView {
    view! {
        <span class="refusal-step">
            {(index > 0).then(|| t("and ", "以及 "))} <code>{action.clone()}</code> " — " {say(gloss)} {t(", on ", "，资源：")} <code>{resource.clone()}</code>
        </span>
    }
}

/// The same facts as text, to paste into a message.
fn details_text(refusal: &Refusal, denial: &str, offset: UtcOffset) -> String {
    let on = |(action, _, resource): &(String, Text, String)| format!("{action} {} {resource}", t("on", "→"));
    let ways = refusal.ways.iter().map(|way| way.iter().map(on).collect::<Vec<_>>().join(t(" and ", " 以及 ")));
    let lines = [
        (t("Your account", "当前账号"), say(&refusal.who)),
        (t("Action", "操作"), format!("{} — {}", refusal.action, say(&refusal.gloss))),
        (t("Resource", "资源"), refusal.resource.clone()),
        (t("Decision", "鉴权结果"), denial.to_owned()),
        (t("Request ID", "请求 ID"), format!("{} · {}", refusal.request_id, said(refusal.at_ms, offset, Precision::Second).0)),
    ];
    let facts = lines.into_iter().map(|(name, value)| format!("{name}{}{value}", t(": ", "：")));
    let ways = ways.map(|way| format!("{}{}{way}", ways_name(refusal), t(": ", "：")));
    facts.chain(ways).collect::<Vec<_>>().join("\n")
}
