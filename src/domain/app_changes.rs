//! Changes of an application's configuration: who, when, before, after, and what a change risks before it is made.
//!
//! Keys must never be part of a change: it says that there is one, or that it was replaced.

use super::confirmation::Confirmation;
use super::features::{Recording, RecordingMode, Relay, RelayMode};
use super::ids::{SdkAppId, Uin};
use crate::catalog::action::{Action as _, trtc};
use crate::domain::fault::Fault;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// The page whose history a change belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// Function configuration.
    Features,
    /// Callback configuration.
    Callbacks,
}

impl Area {
    /// The actions that change it; the last one again where there are fewer than four.
    #[must_use]
    pub const fn actions(self) -> [&'static str; 4] {
        let callbacks = trtc::ModifyCallbackConf::ROW.full;
        match self {
            Self::Features => [
                trtc::ModifyMixConf::ROW.full,
                trtc::AlterRecording::ROW.full,
                trtc::ModifyRecordMode::ROW.full,
                trtc::ChangeSecretKeyFlag::ROW.full,
            ],
            Self::Callbacks => [callbacks; 4],
        }
    }
}

/// What is known of a key that is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// There is none.
    Absent,
    /// There is one.
    Set,
    /// There is another one than before.
    Replaced,
}

impl KeyState {
    /// What is recorded when a key is set where there was one, or none.
    #[must_use]
    pub const fn setting(had_key: bool) -> (Self, Self) {
        if had_key { (Self::Set, Self::Replaced) } else { (Self::Absent, Self::Set) }
    }

    /// As shown.
    #[must_use]
    pub const fn text(self) -> Text {
        match self {
            Self::Absent => Text::new("None", "无"),
            Self::Set => Text::new("Set", "已设置"),
            Self::Replaced => Text::new("Replaced", "已更换"),
        }
    }
}

/// One setting with its value: what one form changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// Relay to CDN.
    Relay(Relay),
    /// On-cloud recording without its mode.
    Recording(Recording),
    /// Who is recorded.
    RecordingMode(RecordingMode),
    /// The key of the recording callback.
    RecordingKey(KeyState),
    /// Advanced permission control.
    PermissionKeys(bool),
    /// The key that signs the application's events.
    CallbackKey(KeyState),
}

/// A change that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppChange {
    /// When, epoch milliseconds.
    pub at_ms: i64,
    /// Who.
    pub uin: Uin,
    /// The login name at that time.
    pub name: String,
    /// What it was.
    pub before: Setting,
    /// What it is since.
    pub after: Setting,
}

/// One value of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is called.
    pub name: Text,
    /// What it is; `None` for "nothing".
    pub value: Option<Text>,
}

/// How hard a change must be confirmed. Source: ux.md, confirmation classes 2 and 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RiskLevel {
    /// Touches live users: a question with the effects and a named button.
    Live,
    /// Costly or destructive: the SDKAppID is typed.
    Costly,
}

/// What a change would do to people and money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    /// How hard it must be confirmed.
    pub level: RiskLevel,
    /// What happens, one sentence each.
    pub effects: Vec<Text>,
}

impl Risk {
    fn live(effect: Text) -> Option<Self> {
        Some(Self { level: RiskLevel::Live, effects: vec![effect] })
    }

    /// Demands that it was confirmed: that the effects were accepted, or, when it costs, that the SDKAppID of the application was typed.
    ///
    /// # Errors
    /// [`Fault::Invalid`] on the field `confirm`.
    pub fn demand_confirmed(&self, confirm: &Confirmation, id: SdkAppId) -> Result<(), Fault> {
        match self.level {
            RiskLevel::Live => confirm.demand_accepted(),
            RiskLevel::Costly => confirm.demand_name(&id.to_string()),
        }
    }
}

impl Setting {
    /// The page whose history it belongs to.
    #[must_use]
    pub const fn area(&self) -> Area {
        match self {
            Self::CallbackKey(_) => Area::Callbacks,
            _ => Area::Features,
        }
    }

    /// The action that changes it.
    #[must_use]
    pub const fn action(&self) -> &'static str {
        match self {
            Self::Relay(_) => trtc::ModifyMixConf::ROW.full,
            Self::Recording(_) | Self::RecordingKey(_) => trtc::AlterRecording::ROW.full,
            Self::RecordingMode(_) => trtc::ModifyRecordMode::ROW.full,
            Self::PermissionKeys(_) => trtc::ChangeSecretKeyFlag::ROW.full,
            Self::CallbackKey(_) => trtc::ModifyCallbackConf::ROW.full,
        }
    }

    /// What was changed, for the history: "relay to CDN".
    #[must_use]
    pub const fn name(&self) -> Text {
        match self {
            Self::Relay(_) => Text::new("relay to CDN", "旁路转推"),
            Self::Recording(_) => Text::new("on-cloud recording", "云端录制"),
            Self::RecordingMode(_) => Text::new("recording mode", "录制模式"),
            Self::RecordingKey(_) => Text::new("recording callback key", "录制回调密钥"),
            Self::PermissionKeys(_) => Text::new("advanced permission control", "高级权限控制"),
            Self::CallbackKey(_) => Text::new("callback key", "回调密钥"),
        }
    }

    /// The values of the setting, in the order of its form.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        match self {
            Self::Relay(relay) => {
                vec![line(Text::new("Relay to CDN", "旁路转推"), on_off(relay.on)), line(Text::new("Mode", "模式"), relay.mode.text())]
            }
            Self::Recording(recording) => recording_lines(recording),
            Self::RecordingMode(mode) => vec![line(Text::new("Mode", "模式"), mode.text())],
            Self::RecordingKey(key) | Self::CallbackKey(key) => vec![line(Text::new("Key", "密钥"), key.text())],
            Self::PermissionKeys(on) => vec![line(Text::new("Advanced permission control", "高级权限控制"), on_off(*on))],
        }
    }

    /// What the change from this value to `after` risks; `None` when nobody notices.
    #[must_use]
    pub fn risk_of(&self, after: &Self) -> Option<Risk> {
        match (self, after) {
            (Self::Relay(before), Self::Relay(after)) => relay_risk(*before, *after),
            (Self::Recording(before), Self::Recording(after)) => recording_risk(before, after),
            (Self::RecordingMode(before), Self::RecordingMode(after)) => mode_risk(*before, *after),
            (Self::PermissionKeys(false), Self::PermissionKeys(true)) => Risk::live(Text::new(
                "Users whose client sends no PrivateMapKey can no longer enter any room of this application.",
                "未携带 PrivateMapKey 的用户将无法进入该应用的任何房间。",
            )),
            (Self::PermissionKeys(true), Self::PermissionKeys(false)) => Risk::live(Text::new(
                "Anyone with a UserSig of this application can enter every room. Permissions in a PrivateMapKey are ignored.",
                "持有该应用 UserSig 的用户均可进入任何房间，PrivateMapKey 中的权限不再生效。",
            )),
            (Self::CallbackKey(KeyState::Set), Self::CallbackKey(_)) => Risk::live(Text::new(
                "Events signed with the old key are refused until you enter the new key in the TRTC console.",
                "在 TRTC 控制台填写新密钥之前，使用旧密钥签名的事件将被拒绝。",
            )),
            _ => None,
        }
    }
}

impl AppChange {
    /// The values that changed: name, before, after.
    #[must_use]
    pub fn differences(&self) -> Vec<(Text, Option<Text>, Option<Text>)> {
        let (before, after) = (self.before.lines(), self.after.lines());
        after
            .into_iter()
            .filter_map(|line| {
                let old = before.iter().find(|old| old.name == line.name).and_then(|old| old.value.clone());
                (old != line.value).then_some((line.name, old, line.value))
            })
            .collect()
    }
}

fn relay_risk(before: Relay, after: Relay) -> Option<Risk> {
    let was_global = before.on && before.mode == RelayMode::Global;
    match (before.on, after.on, after.mode) {
        (_, true, RelayMode::Global) if !was_global => Some(Risk {
            level: RiskLevel::Costly,
            effects: vec![
                Text::new(
                    "Every stream in every room of this application is relayed to the CDN.",
                    "该应用所有房间的全部音视频流都会旁路到 CDN。",
                ),
                Text::new("Relay and CDN traffic are billed for each of these streams.", "每路流都会产生旁路转推及 CDN 流量费用。"),
            ],
        }),
        (false, true, _) => Risk::live(Text::new(
            "Streams specified by clients or servers are relayed to the CDN, and the relay is billed.",
            "客户端或服务端指定的音视频流会旁路到 CDN，并产生旁路转推费用。",
        )),
        (true, false, _) => Risk::live(Text::new(
            "Relays in progress stop. Viewers on the CDN lose audio and video.",
            "进行中的旁路转推将停止，CDN 观众将无法继续观看。",
        )),
        (true, true, RelayMode::SpecifiedStream) if was_global => Risk::live(Text::new(
            "Streams that are not specified are no longer relayed. Their viewers on the CDN lose audio and video.",
            "未被指定的音视频流将停止旁路，其 CDN 观众将无法继续观看。",
        )),
        _ => None,
    }
}

/// Counts while recording is off, too: nobody is asked about the mode again when it is turned on.
fn mode_risk(before: RecordingMode, after: RecordingMode) -> Option<Risk> {
    match (before, after) {
        (RecordingMode::SpecifiedUsers, RecordingMode::Global) => Some(Risk {
            level: RiskLevel::Costly,
            effects: vec![
                Text::new(
                    "While recording is on, every user who publishes audio or video in any room of this application is recorded.",
                    "云端录制开启期间，该应用所有房间的全部上行用户都会被录制。",
                ),
                Text::new("Recording and storage are billed for each of these streams.", "每路录制都会产生录制及存储费用。"),
            ],
        }),
        (RecordingMode::Global, RecordingMode::SpecifiedUsers) => {
            Risk::live(Text::new("Users who are not specified are no longer recorded.", "未被指定的用户将不再被录制。"))
        }
        _ => None,
    }
}

fn recording_risk(before: &Recording, after: &Recording) -> Option<Risk> {
    let mut effects = Vec::new();
    match (before.on, after.on) {
        (false, true) => effects.push(Text::new(
            "Calls of this application are recorded from now on. Recording and storage are billed.",
            "该应用的通话将开始录制，并产生录制及存储费用。",
        )),
        (true, false) => {
            effects.push(Text::new("Recordings in progress stop. Later calls are not recorded.", "进行中的录制将停止，后续通话不再录制。"));
        }
        _ => {}
    }
    if before.callback_url != after.callback_url && !before.callback_url.is_empty() {
        effects.push(Text::new(
            "The server at the old callback address no longer receives recording events.",
            "原回调地址的服务器将不再收到录制事件。",
        ));
    }
    (!effects.is_empty()).then_some(Risk { level: RiskLevel::Live, effects })
}

fn recording_lines(recording: &Recording) -> Vec<Line> {
    let formats = recording.formats.iter().map(|format| format.name()).collect::<Vec<_>>().join(", ");
    let said = |text: &str| (!text.is_empty()).then(|| Text::made(text, text));
    let counted = |count: u32, en: &str, zh: &str| Text::made(format!("{count} {en}"), format!("{count} {zh}"));
    let days = match recording.retention_days {
        0 => Text::new("Forever", "永久保存"),
        days => counted(days, "days", "天"),
    };
    let resumption = match recording.resumption_secs {
        0 => Text::new("Off", "未开启"),
        secs => counted(secs, "s", "秒"),
    };
    let vod = recording.vod_sub_app.map_or_else(
        || Text::new("VOD, main application", "云点播主应用"),
        |id| Text::made(format!("VOD, sub-application {id}"), format!("云点播子应用 {id}")),
    );
    vec![
        line(Text::new("On-cloud recording", "云端录制"), on_off(recording.on)),
        Line { name: Text::new("File formats", "文件格式"), value: said(&formats) },
        Line {
            name: Text::new("Max. file length", "单个文件最大时长"),
            value: recording.file_mins.map(|mins| counted(mins, "min", "分钟")),
        },
        line(Text::new("Retention", "保存时长"), days),
        line(Text::new("Resumption timeout", "续录超时时间"), resumption),
        line(Text::new("Storage", "存储位置"), vod),
        Line { name: Text::new("Callback address", "回调地址"), value: said(&recording.callback_url) },
    ]
}

const fn line(name: Text, value: Text) -> Line {
    Line { name, value: Some(value) }
}

const fn on_off(on: bool) -> Text {
    if on { Text::new("On", "已开启") } else { Text::new("Off", "未开启") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::confirmation::ACCEPTED;
    use crate::domain::features::Format;

    const APP: SdkAppId = SdkAppId(1_400_000_001);

    fn relay(on: bool, mode: RelayMode) -> Setting {
        Setting::Relay(Relay { on, mode })
    }

    #[test]
    fn what_costs_asks_for_the_number_and_what_touches_people_for_a_yes() {
        use RelayMode::{Global, SpecifiedStream};
        let level = |before: &Setting, after: &Setting| before.risk_of(after).map(|risk| risk.level);
        let off = relay(false, SpecifiedStream);
        assert_eq!(level(&off, &relay(true, SpecifiedStream)), Some(RiskLevel::Live));
        assert_eq!(level(&off, &relay(true, Global)), Some(RiskLevel::Costly));
        assert_eq!(level(&relay(true, SpecifiedStream), &relay(true, Global)), Some(RiskLevel::Costly));
        assert_eq!(level(&relay(true, Global), &relay(true, SpecifiedStream)), Some(RiskLevel::Live));
        assert_eq!(level(&relay(true, Global), &relay(false, Global)), Some(RiskLevel::Live));
        assert_eq!(level(&relay(false, Global), &relay(true, Global)), Some(RiskLevel::Costly), "the mode alone was no relay yet");
        assert_eq!(level(&off, &relay(false, Global)), None);
        assert_eq!(level(&relay(true, Global), &relay(true, Global)), None);
        assert_eq!(level(&Setting::PermissionKeys(false), &Setting::PermissionKeys(true)), Some(RiskLevel::Live));

        let costly = off.risk_of(&relay(true, Global)).unwrap();
        let confirmed = |risk: &Risk, typed: &str| risk.demand_confirmed(&Confirmation::new(typed, ""), APP).is_ok();
        assert!(confirmed(&costly, " 1400000001 "));
        assert!(!confirmed(&costly, ACCEPTED) && !confirmed(&costly, "1400000002"));
        let live = off.risk_of(&relay(true, SpecifiedStream)).unwrap();
        assert!(confirmed(&live, ACCEPTED) && !confirmed(&live, ""));
    }

    #[test]
    fn recording_everybody_costs_and_the_way_back_touches_people() {
        use RecordingMode::{Global, SpecifiedUsers};
        let level = |before, after| Setting::RecordingMode(before).risk_of(&Setting::RecordingMode(after)).map(|risk| risk.level);
        assert_eq!(level(SpecifiedUsers, Global), Some(RiskLevel::Costly));
        assert_eq!(level(Global, SpecifiedUsers), Some(RiskLevel::Live));
        assert_eq!((level(Global, Global), level(SpecifiedUsers, SpecifiedUsers)), (None, None));
    }

    #[test]
    fn recording_risks_what_it_starts_ends_and_redirects() {
        let off = Recording::default();
        let on = Recording { on: true, formats: vec![Format::Hls], ..off.clone() };
        let there = Recording { callback_url: "https://a.example".into(), ..on.clone() };
        let effects = |before: &Recording, after: &Recording| {
            Setting::Recording(before.clone()).risk_of(&Setting::Recording(after.clone())).map_or(0, |risk| risk.effects.len())
        };
        assert_eq!(
            (effects(&off, &on), effects(&on, &off), effects(&on, &there), effects(&there, &on), effects(&there, &off)),
            (1, 1, 0, 1, 2)
        );
        assert_eq!(effects(&on, &Recording { retention_days: 7, ..on.clone() }), 0);
    }

    #[test]
    fn a_change_says_what_differs_and_nothing_else() {
        let before = Recording { on: true, formats: vec![Format::Hls], ..Recording::default() };
        let after = Recording { formats: vec![Format::Hls, Format::Mp4], file_mins: Some(60), ..before.clone() };
        let change =
            AppChange { at_ms: 0, uin: Uin(1), name: "ana".into(), before: Setting::Recording(before), after: Setting::Recording(after) };
        let said: Vec<_> = change
            .differences()
            .into_iter()
            .map(|(name, old, new)| format!("{name}: {} -> {}", old.map_or("-".into(), |t| t.en), new.map_or("-".into(), |t| t.en)))
            .collect();
        assert_eq!(said, ["File formats: HLS -> HLS, MP4", "Max. file length: - -> 60 min"]);
    }

    #[test]
    fn a_replaced_key_is_a_difference_without_the_key() {
        let (before, after) = KeyState::setting(true);
        let change = AppChange {
            at_ms: 0,
            uin: Uin(1),
            name: "ana".into(),
            before: Setting::CallbackKey(before),
            after: Setting::CallbackKey(after),
        };
        assert_eq!(change.differences().len(), 1);
        assert_eq!(serde_json::to_string(&change.after).unwrap(), r#"{"callback_key":"replaced"}"#);
    }
}
