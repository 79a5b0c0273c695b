//! One operation record: what happened, what it changed, what was decided, and the record itself.

use super::address::{address_of, span_around};
use super::changes::ChangesCard;
use super::json::laid_out;
use super::names::{Operator, Thing, page_of, root_mark};
use super::table::{ResultTag, source};
use crate::catalog::pages;
use crate::domain::audit::{ActorType, AuditEvent, AuditedDecision};
use crate::domain::audit_change::{AuditedResource, ResourceType};
use crate::domain::audit_query::{AuditDetail, AuditForm};
use crate::domain::browser::browser;
use crate::domain::free_text::visible;
use crate::domain::rights_query::RightsForm;
use crate::remote::audit::audit_event;
use crate::ui::components::{Card, CopyButton, Crumb, Fact, Facts, LinkButton, PageHeader, Tag, Time, Tone, age_words};
use crate::ui::editor::listing::Listing;
use crate::ui::frame::{use_offset, use_session};
use crate::ui::loaded::{load, loaded};
use crate::ui::pages::attachments::may_list;
use crate::ui::pages::rights::tried_by;
use crate::ui::words::{number, say, t, title_of, use_lang};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// `/audit/:seq`.
#[component]
pub fn AuditEventPage() -> impl IntoView {
    let params = use_params_map();
    let seq = Memo::new(move |_| params.read().get("seq").and_then(|seq| seq.parse().ok()).unwrap_or(0_i64));
    let detail = load(move || seq.get(), audit_event);
    loaded(detail, |detail| view! { <Record detail /> })
}

#[component]
fn Record(detail: AuditDetail) -> impl IntoView {
    let AuditDetail { event, json, utc_offset_mins } = detail;
    let title = say(&event.title());
    let (result, ended) = (event.result, event.ended());
    // The same clock on both halves: that of the server.
    let now_ms = use_session().map_or(event.time_ms, |session| session.now_ms);
    let span = span_around(event.time_ms, now_ms, utc_offset_mins);
    view! {
        <Title text=title_of(t("Operation record", "操作记录详情"), &title) />
        <PageHeader
            title=title
            crumbs=vec![
                Crumb::here(t("Access management", "访问管理")),
                Crumb::link(t("Operation records", "操作记录"), pages::Audit::PAGE.path),
                Crumb::here(format!("#{}", event.seq)),
            ]
            tags=move || view! { <ResultTag result ended=ended.clone() /> }
        />
        <What event=event.clone() span=span.clone() />
        <ChangesCard changes=event.changes.clone() />
        {event.decision.clone().map(|decision| view! { <Decision decision tried=tried(&event) /> })}
        <From event span />
        <Json json />
    }
}

/// A link to the records that have something in common with this one.
fn all_of(form: AuditForm, words: &'static str) -> impl IntoView {
    view! { <a href=address_of(pages::Audit::PAGE.path, &form)>{words}</a> }
}

/// What happened, by whom, to what.
#[component]
fn What(event: AuditEvent, span: AuditForm) -> impl IntoView {
    let who = event.user_identity.clone();
    let uin = who.principal_id.clone();
    let root = root_mark(who.kind).map(|words| view! { " " <Tag>{words}</Tag> });
    let operator = (!uin.is_empty()).then(|| {
        let account = AuditedResource { kind: ResourceType::User, id: uin.clone(), name: String::new() };
        let code = view! { <code>{uin.clone()}</code> };
        let code = match page_of(&account) {
            Some(href) => view! { <a href=href>{code}</a> }.into_any(),
            None => code.into_any(),
        };
        let form = AuditForm { operator: uin.clone(), ..span.clone() };
        view! { " " {code} " · " {all_of(form, t("All records of this operator", "该操作者的全部记录"))} }
    });
    let things = event.resources.iter().cloned().map(|thing| {
        let form = AuditForm { resource_type: thing.kind.tag().to_owned(), resource: thing.id.clone(), ..span.clone() };
        view! { <li><Thing thing /> " · " {all_of(form, t("All records of this resource", "该资源的全部记录"))}</li> }
    });
    let more = event.resources_omitted;
    let more = (more > 0).then(|| view! { <li class="muted">{use_lang().pick(format!("and {more} more"), format!("等 {more} 项"))}</li> });
    let things = if event.resources.is_empty() { "—".into_any() } else { view! { <ul>{things.collect_view()} {more}</ul> }.into_any() };
    // Recorded in English, whatever the language of who was refused.
    let message =
        (!event.error_message.is_empty()).then(|| view! { " " <span lang="en">{visible(&event.error_message).into_owned()}</span> });
    let code = event.error_code.clone();
    let reason = (!code.is_empty()).then(|| view! { <Fact name=t("Reason", "原因")><code>{code}</code> {message}</Fact> });
    let times = (event.count > 1).then(|| {
        let count = number(event.count);
        let words = use_lang().pick(format!("{count} attempts, the last of them at this time"), format!("{count} 次，此为最后一次的时间"));
        view! { <Fact name=t("Attempts", "尝试次数")>{words}</Fact> }
    });
    let ended = event.ended();
    let name = event.full_name();
    let named = AuditForm { event: name.clone(), ..span };
    let sensitive = (event.sensitive_action == 1).then(|| view! { <Tag tone=Tone::Warn>{t("Sensitive operation", "敏感操作")}</Tag> });
    view! {
        <Card title=t("Event", "事件")>
            <Facts>
                <Fact name=t("Event name", "事件名称")>
                    <code>{name}</code> " · " {all_of(named, t("All records of this event", "该事件的全部记录"))}
                </Fact>
                <Fact name=t("Time", "时间")><Time at_ms=event.time_ms offset=use_offset() /></Fact>
                <Fact name=t("Result", "结果")><ResultTag result=event.result ended /></Fact>
                {reason}
                {times}
                <Fact name=t("Operator", "操作者")><Operator actor=who.kind name=who.user_name /> {root} {operator}</Fact>
                <Fact name=t("Resources", "资源")>{things}</Fact>
                <Fact name=t("Read or write", "操作类型")>
                    {say(&event.action_type.text())} " "
                    {sensitive}
                </Fact>
            </Facts>
        </Card>
    }
}

/// The address at which the request of a sub-account is tried out again, by the rights it has now.
fn tried(event: &AuditEvent) -> Option<String> {
    let (who, decision) = (&event.user_identity, event.decision.as_ref()?);
    if who.kind != ActorType::CAMUser || who.principal_id.is_empty() || !may_list(pages::WhoCan::PAGE.id) {
        return None;
    }
    let app = decision.resource.rsplit_once("sdkappid/").map(|(_, number)| number.to_owned()).unwrap_or_default();
    // Counted attempts have a network, which is no address.
    let address = Some(&event.source_ip_address).filter(|address| !address.contains('/')).cloned().unwrap_or_default();
    Some(tried_by(&who.principal_id, &RightsForm { action: decision.action.clone(), app, address, ..RightsForm::default() }))
}

#[component]
fn Decision(decision: AuditedDecision, tried: Option<String>) -> impl IntoView {
    let verdict = match decision.verdict.as_str() {
        "allow" => view! { <Tag tone=Tone::Ok>{t("Allowed", "允许")}</Tag> }.into_any(),
        _ => view! { <Tag tone=Tone::Error>{t("Denied", "拒绝")}</Tag> }.into_any(),
    };
    view! {
        <Card
            title=t("CAM decision", "CAM 鉴权结果")
            actions=move || tried.map(|href| view! { <LinkButton href>{t("Try it now in the simulator", "在权限模拟中查看")}</LinkButton> })
        >
            <Facts>
                <Fact name=t("Verdict", "结论")>{verdict}</Fact>
                <Fact name=t("Action", "操作")><code>{decision.action}</code></Fact>
                <Fact name=t("Resource", "资源")><code>{visible(&decision.resource).into_owned()}</code></Fact>
            </Facts>
        </Card>
    }
}

/// Where it came from: address, browser, session, request.
#[component]
fn From(event: AuditEvent, span: AuditForm) -> impl IntoView {
    let who = event.user_identity.clone();
    let shown = source(who.kind, &event.source_ip_address);
    // Counted attempts have a network, which is no beginning of an address.
    let searchable = who.kind != ActorType::System && !event.source_ip_address.is_empty() && !event.source_ip_address.contains('/');
    let from_there = searchable.then(|| {
        let form = AuditForm { address: event.source_ip_address.clone(), ..span.clone() };
        view! { " · " {all_of(form, t("All records from this address", "来自该 IP 的全部记录"))} }
    });
    let agent = (!event.user_agent.is_empty()).then(|| {
        let full = visible(&event.user_agent).into_owned();
        view! { <Fact name=t("Browser", "浏览器")><span title=full>{say(&browser(&event.user_agent))}</span></Fact> }
    });
    let proven = who.proof_age_seconds.map(|secs| {
        let (en, zh) = age_words(secs.saturating_mul(1_000));
        view! { <Fact name=t("Password confirmed", "验证密码")>{use_lang().pick(format!("{en} earlier"), format!("{zh}前"))}</Fact> }
    });
    let (session_id, request_id, event_id) = (who.session_id, event.request_id, event.event_id);
    let viewed = who
        .viewed_as
        .map(|viewed| view! { <Fact name=t("Viewed as", "查看身份")>{format!("{} ({})", viewed.user_name, viewed.principal_id)}</Fact> });
    let session = (!session_id.is_empty()).then(|| view! { <Fact name=t("Session", "会话")><code>{session_id}</code></Fact> });
    let request = (!request_id.is_empty()).then(|| {
        let form = AuditForm { request: request_id.clone(), ..span };
        view! {
            <Fact name=t("Request ID", "请求 ID")>
                <code>{request_id}</code> " · " {all_of(form, t("All records of this request", "该请求的全部记录"))}
            </Fact>
        }
    });
    view! {
        <Card title=t("Source", "来源")>
            <Facts>
                <Fact name=t("Source IP", "源 IP")><code>{shown}</code> {from_there}</Fact>
                {agent}
                {viewed}
                {session}
                {proven}
                {request}
                <Fact name=t("Event ID", "事件 ID")><code>{event_id}</code></Fact>
            </Facts>
        </Card>
    }
}

/// The record as it is exported.
#[component]
fn Json(json: String) -> impl IntoView {
    let text = laid_out(&json);
    let copied = json;
    view! {
        <Card
            title="JSON"
            note=t("As it is exported, with its place in the chain of hashes.", "与导出内容一致，包含其在哈希链中的位置。")
            actions=move || view! { <CopyButton text=copied label=t("Copy JSON", "复制 JSON") /> }
        >
            <details class="record-json">
                <summary class="btn">{t("View JSON", "查看 JSON")}</summary>
                <Listing label="JSON" text />
            </details>
        </Card>
    }
}
