//! Function configuration of an application: relay to CDN, on-cloud recording, advanced permission control, and the history.
//!
//! Values stand as text; what may be changed opens a dialog, with the effects of a change that people notice. The server checks it all again.

mod recording;

use crate::domain::app_changes::{AppChange, RiskLevel, Setting};
use crate::domain::app_pages::FeaturesView;
use crate::domain::confirmation::ACCEPTED;
use crate::domain::features::{Relay, RelayMode};
use crate::domain::ids::SdkAppId;
use crate::remote::features::{SetPermissionKeys, SetRecording, SetRecordingMode, SetRelay, view_features};
use crate::ui::components::{
    Card, Changed, Confirm, Empty, EmptyState, Fact, Facts, History, HistoryEntry, Lock, Locked, Notice, Time, Tone,
};
use crate::ui::forms::{Form, FormDialog, use_form};
use crate::ui::frame::use_offset;
use crate::ui::loaded::{load, loaded};
use crate::ui::pages::applications::{AppHeader, app_in_path, granted};
use crate::ui::words::{say, t, use_lang};
use leptos::prelude::*;
use recording::RecordingCard;

/// The forms of the page; they outlive each reloading of the configuration.
#[derive(Clone, Copy)]
struct Forms {
    relay: Form,
    recording: Form,
    recording_mode: Form,
    permission_keys: Form,
}

/// `/apps/:id/features`.
#[component]
pub fn FeaturesPage() -> impl IntoView {
    let id = app_in_path();
    let forms = Forms {
        relay: use_form::<SetRelay>(),
        recording: use_form::<SetRecording>(),
        recording_mode: use_form::<SetRecordingMode>(),
        permission_keys: use_form::<SetPermissionKeys>(),
    };
    let words = t("Saved here. Set it in the TRTC console as well.", "已保存。请同时在 TRTC 控制台中设置。");
    forms.relay.announce(words);
    forms.recording.announce(words);
    forms.recording_mode.announce(words);
    forms.permission_keys.announce(words);
    let saved = (forms.relay.saved(), forms.recording.saved(), forms.recording_mode.saved(), forms.permission_keys.saved());
    let view = load(move || (id.get(), saved.0.get(), saved.1.get(), saved.2.get(), saved.3.get()), |(id, ..)| view_features(id));
    loaded(view, move |view| view! { <Configuration view forms /> })
}

#[component]
fn Configuration(view: FeaturesView, forms: Forms) -> impl IntoView {
    let history = view.history.clone();
    let differs = [
        (
            view.relay_seen_ms,
            t("Relay events are being received, but relay to CDN is off here.", "此处未开启旁路转推，但收到了旁路转推事件。"),
        ),
        (
            view.recording_seen_ms,
            t("Recording events are being received, but on-cloud recording is off here.", "此处未开启云端录制，但收到了云端录制事件。"),
        ),
    ]
    .map(|(seen_ms, what)| seen_ms.map(|at_ms| view! { <Differs at_ms what /> }));
    view! {
        <AppHeader head=view.head.clone() page="app-features" />
        <Notice title=t("This console is not connected to the TRTC cloud", "本控制台未连接 TRTC 云端")>
            {t("These settings only record what your team intends. Make the same settings in the TRTC console. The history below shows every change and who made it.", "此处仅记录团队的配置意图，请同时在 TRTC 控制台中设置。下方的修改记录包含每次修改及操作者。")}
        </Notice>
        {differs}
        <RelayCard view=view.clone() form=forms.relay />
        <RecordingCard view=view.clone() form=forms.recording mode_form=forms.recording_mode />
        <PermissionKeysCard view form=forms.permission_keys />
        <ChangesCard history />
    }
}

/// What TRTC does is not what stands here.
#[component]
fn Differs(at_ms: i64, what: &'static str) -> impl IntoView {
    view! {
        <Notice tone=Tone::Warn title=t("Does not match what TRTC does", "与 TRTC 的实际情况不一致")>
            {what} " " {t("Last event:", "最近一次：")} " " <Time at_ms offset=use_offset() />
        </Notice>
    }
}

/// The values of a setting, line by line.
fn lines(setting: &Setting) -> impl IntoView + use<> {
    let facts: Vec<_> = setting
        .lines()
        .into_iter()
        .map(|line| {
            let value = line.value.map_or_else(|| t("None", "无").to_owned(), |value| say(&value));
            view! { <Fact name=say(&line.name)>{value}</Fact> }
        })
        .collect();
    view! { <Facts>{facts}</Facts> }
}

/// The effects of a change, and how hard it must be confirmed.
fn effects(before: &Setting, after: &Setting, id: SdkAppId) -> (AnyView, Confirm) {
    let Some(risk) = before.risk_of(after) else { return (().into_any(), Confirm::Plain) };
    let sentences: Vec<_> = risk.effects.iter().map(|effect| view! { <li>{say(effect)}</li> }).collect();
    let accepted = (risk.level == RiskLevel::Live).then(|| view! { <input type="hidden" name="confirm" value=ACCEPTED /> });
    let kind = match risk.level {
        RiskLevel::Live => Confirm::Danger,
        RiskLevel::Costly => Confirm::TypeName(id.to_string()),
    };
    let view = view! {
        <div class="dialog-body">
            <p>{t("If you confirm:", "确认后：")}</p>
            <ul>{sentences}</ul>
        </div>
        {accepted}
    };
    (view.into_any(), kind)
}

/// One way to change the relay: a name, and where it leads.
struct RelayStep {
    id: &'static str,
    opener: &'static str,
    title: &'static str,
    after: Relay,
}

#[component]
fn RelayCard(view: FeaturesView, form: Form) -> impl IntoView {
    let relay = view.features.relay;
    let to = |on: bool, mode: RelayMode| Relay { on, mode };
    let specified = RelayStep {
        id: "relay-specified",
        opener: if relay.on {
            t("Only specified streams", "仅指定流")
        } else {
            t("Turn on for specified streams", "开启（指定流）")
        },
        title: t("Relay only specified streams?", "仅旁路指定的音视频流？"),
        after: to(true, RelayMode::SpecifiedStream),
    };
    let global = RelayStep {
        id: "relay-global",
        opener: if relay.on { t("All streams", "全部流") } else { t("Turn on for all streams", "开启（全部流）") },
        title: t("Relay every stream?", "旁路全部音视频流？"),
        after: to(true, RelayMode::Global),
    };
    let off = RelayStep {
        id: "relay-off",
        opener: t("Turn off", "关闭"),
        title: t("Turn off relay to CDN?", "关闭旁路转推？"),
        after: to(false, relay.mode),
    };
    let steps: Vec<RelayStep> =
        [specified, global, off].into_iter().filter(|step| step.after != relay && (step.after.on || relay.on)).collect();
    let head = view.head.clone();
    let recording = view.features.recording.on;
    let actions = move || {
        granted(&head, "app-features.relay", t("Change", "修改"), || {
            steps
                .into_iter()
                .map(|step| {
                    if !step.after.on && recording {
                        let reason = t(
                            "On-cloud recording needs relay to CDN. Turn off recording first.",
                            "云端录制依赖旁路转推，请先关闭云端录制。",
                        );
                        view! { <Locked by=Lock::State id=step.id reason>{step.opener}</Locked> }.into_any()
                    } else {
                        view! { <RelayDialog step relay id=view.head.app.id version=view.version form /> }.into_any()
                    }
                })
                .collect_view()
                .into_any()
        })
    };
    view! {
        <Card title=t("Relay to CDN", "旁路转推") note=t("Relays the streams of rooms to the CDN for viewers.", "将房间内的音视频流旁路到 CDN，供观众观看。") actions>
            {lines(&Setting::Relay(relay))}
        </Card>
    }
}

#[component]
fn RelayDialog(step: RelayStep, relay: Relay, id: SdkAppId, version: i64, form: Form) -> impl IntoView {
    let (effects, kind) = effects(&Setting::Relay(relay), &Setting::Relay(step.after), id);
    let hidden = [of_configuration(id, version), switched(step.after.on), vec![("mode", step.after.mode.tag().to_owned())]].concat();
    view! {
        <FormDialog id=step.id form needs="app-features.relay" opener=step.opener title=step.title hidden kind>
            {effects}
        </FormDialog>
    }
}

/// What every form of the page sends: the application, and the version of its configuration that was seen.
fn of_configuration(id: SdkAppId, version: i64) -> Vec<(&'static str, String)> {
    vec![("id", id.to_string()), ("version", version.to_string())]
}

/// A switch as a box would send it.
fn switched(on: bool) -> Vec<(&'static str, String)> {
    if on { vec![("on", "on".to_owned())] } else { vec![] }
}

#[component]
fn PermissionKeysCard(view: FeaturesView, form: Form) -> impl IntoView {
    let on = view.features.permission_keys;
    let (before, after) = (Setting::PermissionKeys(on), Setting::PermissionKeys(!on));
    let shown = before.clone();
    let head = view.head.clone();
    let (opener, title) = if on {
        (t("Turn off", "关闭"), t("Turn off advanced permission control?", "关闭高级权限控制？"))
    } else {
        (t("Turn on", "开启"), t("Turn on advanced permission control?", "开启高级权限控制？"))
    };
    let actions = move || {
        granted(&head, "app-features.permission-keys", opener, || {
            let (effects, kind) = effects(&before, &after, view.head.app.id);
            let hidden = [of_configuration(view.head.app.id, view.version), switched(!on)].concat();
            view! {
                <FormDialog id="permission-keys" form needs="app-features.permission-keys" opener title hidden kind>
                    {effects}
                </FormDialog>
            }
            .into_any()
        })
    };
    view! {
        <Card
            title=t("Advanced permission control", "高级权限控制")
            note=t("To enter a room, users need a PrivateMapKey in addition to their UserSig.", "用户进房除 UserSig 外，还需携带 PrivateMapKey。")
            actions
        >
            {lines(&shown)}
        </Card>
    }
}

/// Who changed what; also for the page of callbacks.
#[component]
pub fn ChangesCard(
    /// Newest first.
    history: Vec<AppChange>,
) -> impl IntoView {
    let offset = use_offset();
    let entries: Vec<_> = history
        .into_iter()
        .map(|change| {
            let name = say(&change.after.name());
            let what = use_lang().pick(format!("changed {name}"), format!("修改了{name}"));
            let who = format!("{} ({})", change.name, change.uin);
            let said = |text: Option<crate::text::Text>| text.map(|text| say(&text));
            let changes = change
                .differences()
                .into_iter()
                .map(|(name, before, after)| Changed { name: say(&name), before: said(before), after: said(after) })
                .collect();
            view! { <HistoryEntry who at_ms=change.at_ms offset what changes /> }
        })
        .collect();
    let content = if entries.is_empty() {
        view! { <EmptyState why=Empty::NothingYet title=t("No changes yet", "暂无修改记录") /> }.into_any()
    } else {
        view! { <History>{entries}</History> }.into_any()
    };
    view! { <Card title=t("History", "修改记录") note=t("The last 50 changes.", "最近 50 次修改。")>{content}</Card> }
}
