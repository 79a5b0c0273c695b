//! On-cloud recording: the switch, the parameters and the mode, each under its own right.
//!
//! The key of the callback goes in and never comes back; the page only says whether there is one.

use super::{effects, lines, of_configuration, switched};
use crate::catalog::limits::{RECORDING_FILE_MINUTES, RECORDING_RESUMPTION_SECS, RECORDING_RETENTION_DAYS};
use crate::domain::app_changes::Setting;
use crate::domain::app_pages::FeaturesView;
use crate::domain::callback_config::callback_url_warning;
use crate::domain::confirmation::ACCEPTED;
use crate::domain::features::{Format, Recording, RecordingMode};
use crate::ui::components::{Card, Checkbox, CheckboxGroup, Choice, Fact, Facts, Lock, Locked, Notice, TextField, Tone};
use crate::ui::forms::{Form, FormDialog};
use crate::ui::icons::Icon;
use crate::ui::pages::applications::granted;
use crate::ui::words::{say, t};
use leptos::prelude::*;

/// The card of on-cloud recording.
#[component]
pub fn RecordingCard(
    /// The configuration.
    view: FeaturesView,
    /// The form of the switch and the parameters.
    form: Form,
    /// The form of the mode.
    mode_form: Form,
) -> impl IntoView {
    let head = view.head.clone();
    let recording = view.features.recording.clone();
    let key = if view.recording_key_set { t("Set", "已设置") } else { t("None", "无") };
    let mode = say(&view.features.recording_mode.text());
    let unsuitable =
        callback_url_warning(&recording.callback_url).map(|what| view! { <Notice tone=Tone::Warn><p>{say(&what)}</p></Notice> });
    let shown = Setting::Recording(recording);
    let actions = move || {
        let edit = view.clone();
        let switch = granted(&head, "app-features.recording", t("Change", "修改"), || {
            view! { <SwitchDialog view=edit.clone() form /> <ParametersDialog view=edit.clone() form /> }.into_any()
        });
        let mode = granted(&head, "app-features.recording-mode", t("Change mode", "修改模式"), || {
            view! { <ModeDialog view=view.clone() form=mode_form /> }.into_any()
        });
        (switch, mode)
    };
    view! {
        <Card title=t("On-cloud recording", "云端录制") note=t("Requires relay to CDN.", "依赖旁路转推。") actions>
            {lines(&shown)}
            {unsuitable}
            <Facts>
                <Fact name=t("Callback key", "回调密钥")>{key}</Fact>
                <Fact name=t("Recording mode", "录制模式")>{mode}</Fact>
            </Facts>
        </Card>
    }
}

/// Turns recording on or off and leaves every parameter as it is.
#[component]
fn SwitchDialog(view: FeaturesView, form: Form) -> impl IntoView {
    let before = view.features.recording.clone();
    let after = Recording { on: !before.on, ..before.clone() };
    let id = view.head.app.id;
    let (opener, title) = if before.on {
        (t("Turn off", "关闭"), t("Turn off on-cloud recording?", "关闭云端录制？"))
    } else {
        (t("Turn on", "开启"), t("Turn on on-cloud recording?", "开启云端录制？"))
    };
    let missing = match (before.on, view.features.relay.on, before.formats.is_empty()) {
        (false, false, _) => {
            Some(t("On-cloud recording needs relay to CDN. Turn on relay to CDN first.", "云端录制依赖旁路转推，请先开启旁路转推。"))
        }
        (false, true, true) => Some(t(
            "On-cloud recording needs a file format. Choose one under “Edit parameters” first.",
            "请先在「编辑参数」中选择文件格式。",
        )),
        _ => None,
    };
    if let Some(reason) = missing {
        return view! { <Locked by=Lock::State id="recording-switch" reason>{opener}</Locked> }.into_any();
    }
    let (effects, kind) = effects(&Setting::Recording(before), &Setting::Recording(after.clone()), id);
    let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    let mut hidden = [of_configuration(id, view.version), switched(after.on)].concat();
    hidden.extend(after.formats.iter().map(|format| ("formats[]", format.tag().to_owned())));
    hidden.extend([
        ("file_mins", number(after.file_mins.map(i64::from))),
        ("retention_days", after.retention_days.to_string()),
        ("resumption_secs", after.resumption_secs.to_string()),
        ("vod_sub_app", number(after.vod_sub_app)),
        ("callback_url", after.callback_url),
    ]);
    view! {
        <FormDialog id="recording-switch" form needs="app-features.recording" opener title hidden kind>
            {effects}
        </FormDialog>
    }
    .into_any()
}

/// Every parameter of recording; the switch stays as it is.
#[component]
fn ParametersDialog(view: FeaturesView, form: Form) -> impl IntoView {
    let now = view.features.recording.clone();
    let choices = Format::ALL.into_iter().map(|format| Choice::new(format.tag(), format.name())).collect();
    let chosen = now.formats.iter().map(|format| format.tag().to_owned()).collect();
    let number = |stored: Option<i64>| stored.map(|number| number.to_string()).unwrap_or_default();
    let seen = form.typed("version").unwrap_or_else(|| view.version.to_string());
    let hidden = [vec![("id", view.head.app.id.to_string()), ("version", seen)], switched(now.on)].concat();
    // The server behind a stored address stops getting events when the address changes: class 2, told before it is saved.
    let redirect = (!now.callback_url.is_empty()).then(|| {
        view! {
            <Checkbox
                name="confirm"
                value=ACCEPTED
                label=t("If I change the callback address, the server at the old address no longer receives recording events", "若修改回调地址，原地址的服务器将不再收到录制事件")
            />
        }
    });
    let drop_key = view.recording_key_set.then(|| {
        view! { <Checkbox name="drop_key" label=t("Remove the callback key", "移除回调密钥") /> }
    });
    let key_hint = if view.recording_key_set {
        t("A key is set and is not shown. Leave this empty to keep it.", "已设置密钥，不再显示。留空则保持不变。")
    } else {
        t("Up to 32 letters and digits. It is not shown again.", "最多 32 个字母或数字，保存后不再显示。")
    };
    view! {
        <FormDialog
            id="recording-edit"
            form
            needs="app-features.recording"
            opener=t("Edit parameters", "编辑参数")
            icon=Icon::Pencil
            title=t("Recording parameters", "录制参数")
            hidden
            deed=t("Save", "保存")
        >
                <CheckboxGroup name="formats[]" label=t("File formats", "文件格式") choices chosen />
                <TextField
                    name="file_mins"
                    label=t("Max. file length", "单个文件最大时长")
                    kind="number"
                    value=number(now.file_mins.map(i64::from))
                    hint=t("For MP4, FLV and AAC. Leave it empty if HLS is the only format.", "适用于 MP4、FLV、AAC。仅选择 HLS 时请留空。")
                    unit=t("min", "分钟")
                    min=RECORDING_FILE_MINUTES.start().to_string()
                    max=RECORDING_FILE_MINUTES.end().to_string()
                />
                <TextField
                    name="retention_days"
                    label=t("Retention", "保存时长")
                    kind="number"
                    value=now.retention_days.to_string()
                    hint=t("0 keeps recordings forever.", "0 表示永久保存。")
                    unit=t("days", "天")
                    min=RECORDING_RETENTION_DAYS.start().to_string()
                    max=RECORDING_RETENTION_DAYS.end().to_string()
                    required=true
                />
                <TextField
                    name="resumption_secs"
                    label=t("Resumption timeout", "续录超时时间")
                    kind="number"
                    value=now.resumption_secs.to_string()
                    hint=t("How long a recording waits for an interrupted stream to resume. 0 means it does not wait.", "推流中断后等待恢复的时间，0 表示不续录。")
                    unit=t("s", "秒")
                    min=RECORDING_RESUMPTION_SECS.start().to_string()
                    max=RECORDING_RESUMPTION_SECS.end().to_string()
                    required=true
                />
                <TextField
                    name="vod_sub_app"
                    label=t("VOD sub-application", "云点播子应用")
                    value=number(now.vod_sub_app)
                    hint=t("Its ID. Leave it empty for the main application.", "子应用 ID，留空表示主应用。")
                    mono=true
                />
                <TextField
                    name="callback_url"
                    label=t("Callback address", "回调地址")
                    kind="url"
                    value=now.callback_url
                    hint=t("An http or https address that TRTC can reach from the Internet. Leave it empty for no callback.", "TRTC 可从公网访问的 http 或 https 地址，留空则不回调。")
                    mono=true
                />
                {redirect}
                <TextField
                    name="callback_key"
                    label=t("Callback key", "回调密钥")
                    hint=key_hint
                    mono=true
                />
                {drop_key}
        </FormDialog>
    }
}

/// To the other mode: who is recorded then, and what that costs, stands beside the button.
#[component]
fn ModeDialog(view: FeaturesView, form: Form) -> impl IntoView {
    let (before, id) = (view.features.recording_mode, view.head.app.id);
    let (after, opener, title) = match before {
        RecordingMode::SpecifiedUsers => {
            (RecordingMode::Global, t("Record all users", "录制全部用户"), t("Record every user who publishes?", "录制全部上行用户？"))
        }
        RecordingMode::Global => (
            RecordingMode::SpecifiedUsers,
            t("Record specified users only", "仅录制指定用户"),
            t("Record only users specified by clients or servers?", "仅录制客户端或服务端指定的用户？"),
        ),
    };
    let (effects, kind) = effects(&Setting::RecordingMode(before), &Setting::RecordingMode(after), id);
    let hidden = [of_configuration(id, view.version), vec![("mode", after.tag().to_owned())]].concat();
    view! {
        <FormDialog id="recording-mode" form needs="app-features.recording-mode" opener title hidden kind>
            {effects}
        </FormDialog>
    }
}
