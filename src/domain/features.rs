//! The function configuration of an application: relay to CDN, on-cloud recording, advanced permission control, with every range.
//!
//! Source: console.md. The key of the recording callback must never be a field of what is read here: it goes in and does not come back.

use super::callback_config::{check_key, check_url};
use super::fault::{Fault, FieldFaults};
use crate::catalog::limits::{RECORDING_FILE_MINUTES, RECORDING_RESUMPTION_SECS, RECORDING_RETENTION_DAYS};
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// Which streams are relayed to the CDN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelayMode {
    /// Those that a client or server asks for.
    #[default]
    SpecifiedStream,
    /// All of them.
    Global,
}

impl RelayMode {
    /// Both modes, in the order of the form.
    pub const ALL: [Self; 2] = [Self::SpecifiedStream, Self::Global];

    /// As a form sends it.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::SpecifiedStream => "specified_stream",
            Self::Global => "global",
        }
    }

    /// As shown.
    #[must_use]
    pub const fn text(self) -> Text {
        match self {
            Self::SpecifiedStream => Text::new("Relay of specified streams", "指定流旁路"),
            Self::Global => Text::new("Global automatic relay", "全局自动旁路"),
        }
    }
}

/// Relay to CDN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relay {
    /// Off by default.
    pub on: bool,
    /// Kept while relay is off.
    pub mode: RelayMode,
}

/// Who is recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingMode {
    /// Users that a client or server names.
    #[default]
    SpecifiedUsers,
    /// Everybody.
    Global,
}

impl RecordingMode {
    /// Both modes, in the order of the form.
    pub const ALL: [Self; 2] = [Self::SpecifiedUsers, Self::Global];

    /// As a form sends it.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::SpecifiedUsers => "specified_users",
            Self::Global => "global",
        }
    }

    /// As shown.
    #[must_use]
    pub const fn text(self) -> Text {
        match self {
            Self::SpecifiedUsers => Text::new("Recording of specified users", "指定用户录制"),
            Self::Global => Text::new("Global automatic recording", "全局自动录制"),
        }
    }
}

/// A file format of recordings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A playlist with its segments.
    Hls,
    /// Video and audio.
    Mp4,
    /// Video and audio.
    Flv,
    /// Audio alone.
    Aac,
}

impl Format {
    /// All of them, in the order of the form.
    pub const ALL: [Self; 4] = [Self::Hls, Self::Mp4, Self::Flv, Self::Aac];

    /// As a form sends it and as people call it in lower case.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Hls => "hls",
            Self::Mp4 => "mp4",
            Self::Flv => "flv",
            Self::Aac => "aac",
        }
    }

    /// As shown: `HLS`; the same in every language.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hls => "HLS",
            Self::Mp4 => "MP4",
            Self::Flv => "FLV",
            Self::Aac => "AAC",
        }
    }
}

/// On-cloud recording, all but its mode, which has an action of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// Off by default; needs relay to CDN.
    pub on: bool,
    /// Sorted, none twice; at least one while recording is on.
    pub formats: Vec<Format>,
    /// Longest file in minutes; `None` when HLS is the only format, to which it does not apply.
    pub file_mins: Option<u32>,
    /// Days that recordings are kept, 0 for ever.
    pub retention_days: u32,
    /// Seconds to wait for a stream that broke off, 0 not at all.
    pub resumption_secs: u32,
    /// Sub-application of VOD that takes the files; `None` for the main one.
    pub vod_sub_app: Option<i64>,
    /// Where recording events are reported to; empty for nowhere.
    pub callback_url: String,
}

/// The function configuration of an application.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Features {
    /// Relay to CDN.
    pub relay: Relay,
    /// On-cloud recording.
    pub recording: Recording,
    /// Who is recorded.
    pub recording_mode: RecordingMode,
    /// Advanced permission control: users need a PrivateMapKey to enter a room.
    pub permission_keys: bool,
}

/// On-cloud recording as a form sends it: numbers are still text, so that each wrong field can be named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordingInput {
    /// The switch.
    pub on: bool,
    /// Tags of [`Format`].
    pub formats: Vec<String>,
    /// Minutes; empty when HLS is the only format.
    pub file_mins: String,
    /// Days.
    pub retention_days: String,
    /// Seconds.
    pub resumption_secs: String,
    /// A number, or empty.
    pub vod_sub_app: String,
    /// An address, or empty.
    pub callback_url: String,
    /// A new key for the callback; empty keeps the one there is.
    pub callback_key: String,
    /// Take the key away.
    pub drop_key: bool,
}

impl RecordingInput {
    /// Reads the form. `relay_on` is the state of relay to CDN, without which nothing can be recorded.
    ///
    /// # Errors
    /// [`Fault::Invalid`] with every wrong field, under the names the form sends them.
    pub fn read(&self, relay_on: bool) -> Result<Recording, Fault> {
        let mut faults = FieldFaults::default();
        faults.check(relay_on || !self.on, "on", || {
            Text::new("On-cloud recording needs relay to CDN. Turn on relay to CDN first.", "云端录制依赖旁路转推，请先开启旁路转推。")
        });
        let known = self.formats.iter().all(|sent| Format::ALL.iter().any(|format| format.tag() == sent));
        faults.check(known, "formats[]", || Text::new("Choose from HLS, MP4, FLV and AAC.", "请在 HLS、MP4、FLV、AAC 中选择。"));
        let formats: Vec<Format> = Format::ALL.into_iter().filter(|format| self.formats.iter().any(|sent| format.tag() == sent)).collect();
        faults.check(!self.on || !formats.is_empty(), "formats[]", || {
            Text::new("Choose at least one file format.", "请至少选择一种文件格式。")
        });

        let has_files = formats.iter().any(|format| *format != Format::Hls);
        let file_mins = match (self.file_mins.trim(), has_files) {
            ("", false) => None,
            ("", true) => {
                faults.check(false, "file_mins", || {
                    range("Enter the max. file length:", "请填写单个文件最大时长：", &RECORDING_FILE_MINUTES, "minutes", "分钟")
                });
                None
            }
            (_, false) => {
                faults.check(false, "file_mins", || {
                    Text::new(
                        "HLS has no file length. Leave this empty, or choose another format too.",
                        "HLS 不支持设置文件时长，请留空或同时选择其他格式。",
                    )
                });
                None
            }
            (sent, true) => {
                let read = number_in(sent, &RECORDING_FILE_MINUTES);
                faults.check(read.is_some(), "file_mins", || {
                    range("Enter a whole number:", "请填写整数：", &RECORDING_FILE_MINUTES, "minutes", "分钟")
                });
                read
            }
        };
        let mut number = |field: &str, sent: &str, allowed: &RangeInclusive<u32>, unit: (&str, &str)| {
            let read = number_in(sent, allowed);
            faults.check(read.is_some(), field, || range("Enter a whole number:", "请填写整数：", allowed, unit.0, unit.1));
            read.unwrap_or_default()
        };
        let retention_days = number("retention_days", &self.retention_days, &RECORDING_RETENTION_DAYS, ("days", "天"));
        let resumption_secs = number("resumption_secs", &self.resumption_secs, &RECORDING_RESUMPTION_SECS, ("seconds", "秒"));

        let sent_sub_app = self.vod_sub_app.trim();
        let vod_sub_app = digits(sent_sub_app).filter(|id| *id > 0);
        faults.check(sent_sub_app.is_empty() || vod_sub_app.is_some(), "vod_sub_app", || {
            Text::new(
                "Enter the ID of a VOD sub-application, or leave it empty for the main application.",
                "请填写云点播子应用 ID，留空表示主应用。",
            )
        });
        let callback_url = self.callback_url.trim();
        if !callback_url.is_empty() {
            faults.add("callback_url", check_url(callback_url));
        }
        if !self.callback_key.is_empty() {
            faults.add("callback_key", check_key(&self.callback_key));
            faults.check(!callback_url.is_empty(), "callback_url", || {
                Text::new("Enter a callback address to use a callback key.", "使用回调密钥时，请填写回调地址。")
            });
            faults.check(!self.drop_key, "callback_key", || {
                Text::new("Set a new key or remove the key, not both.", "不能同时设置新密钥和移除密钥。")
            });
        }
        faults.finish()?;
        Ok(Recording {
            on: self.on,
            formats,
            file_mins,
            retention_days,
            resumption_secs,
            vod_sub_app,
            callback_url: callback_url.to_owned(),
        })
    }
}

/// A whole number in plain digits; no sign, no exponent.
fn digits(sent: &str) -> Option<i64> {
    let plain = !sent.is_empty() && sent.bytes().all(|byte| byte.is_ascii_digit());
    if plain { sent.parse().ok() } else { None }
}

fn number_in(sent: &str, allowed: &RangeInclusive<u32>) -> Option<u32> {
    digits(sent.trim()).and_then(|number| u32::try_from(number).ok()).filter(|number| allowed.contains(number))
}

fn range(en: &str, zh: &str, allowed: &RangeInclusive<u32>, unit: &str, unit_zh: &str) -> Text {
    let (low, high) = (allowed.start(), allowed.end());
    Text::made(format!("{en} {low} to {high} {unit}."), format!("{zh}{low} 至 {high} {unit_zh}。"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn right() -> RecordingInput {
        RecordingInput {
            on: true,
            formats: vec!["mp4".into(), "hls".into(), "mp4".into()],
            file_mins: "120".into(),
            retention_days: "0".into(),
            resumption_secs: "0".into(),
            ..RecordingInput::default()
        }
    }

    /// The fields that are wrong after one edit of a right form.
    fn wrong(relay_on: bool, edit: impl FnOnce(&mut RecordingInput)) -> Vec<String> {
        let mut input = right();
        edit(&mut input);
        match input.read(relay_on) {
            Ok(_) => Vec::new(),
            Err(Fault::Invalid(faults)) => faults.into_iter().map(|fault| fault.field).collect(),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_right_form_is_read_in_order_and_without_repeats() {
        let recording = right().read(true).unwrap();
        assert_eq!(recording.formats, [Format::Hls, Format::Mp4]);
        assert_eq!((recording.file_mins, recording.retention_days, recording.vod_sub_app), (Some(120), 0, None));
    }

    #[test]
    fn recording_needs_relay_and_a_format_only_while_it_is_on() {
        assert_eq!(wrong(false, |_| {}), ["on"]);
        assert_eq!(wrong(false, |form| form.on = false), Vec::<String>::new());
        assert_eq!(wrong(true, |form| (form.formats, form.file_mins) = (vec![], String::new())), ["formats[]"]);
        assert_eq!(wrong(true, |form| (form.on, form.formats, form.file_mins) = (false, vec![], String::new())), Vec::<String>::new());
        assert_eq!(wrong(true, |form| form.formats.push("avi".into())), ["formats[]"]);
    }

    #[test]
    fn the_file_length_is_for_files() {
        assert_eq!(wrong(true, |form| form.formats = vec!["hls".into()]), ["file_mins"]);
        assert_eq!(wrong(true, |form| (form.formats, form.file_mins) = (vec!["hls".into()], String::new())), Vec::<String>::new());
        assert_eq!(wrong(true, |form| form.file_mins = " ".into()), ["file_mins"]);
    }

    #[test]
    fn every_range_holds_at_both_ends() {
        type Edit = fn(&mut RecordingInput, String);
        let ranges: [(&str, Edit, [&str; 2], &[&str]); 3] = [
            (
                "file_mins",
                |form, sent| form.file_mins = sent,
                ["1", "120"],
                &["0", "121", "-1", "1.5", "x", "1e2", "+5", "99999999999999999999"],
            ),
            ("retention_days", |form, sent| form.retention_days = sent, ["0", "1500"], &["", "1501", "-1", "x"]),
            ("resumption_secs", |form, sent| form.resumption_secs = sent, ["0", "1800"], &["", "1801", "-1", "x"]),
        ];
        for (field, edit, inside, outside) in ranges {
            for sent in inside {
                assert_eq!(wrong(true, |form| edit(form, sent.to_owned())), Vec::<String>::new(), "{field} {sent}");
            }
            for sent in outside {
                assert_eq!(wrong(true, |form| edit(form, (*sent).to_owned())), [field], "{field} {sent}");
            }
        }
        for (sent, right) in [("1500000001", true), ("", true), ("0", false), ("-3", false), ("abc", false)] {
            assert_eq!(wrong(true, |form| form.vod_sub_app = sent.into()).is_empty(), right, "{sent}");
        }
    }

    #[test]
    fn the_callback_of_recordings_has_an_address_before_it_has_a_key() {
        let url = || "https://media.example.com/rec".to_owned();
        assert_eq!(wrong(true, |form| (form.callback_url, form.callback_key) = (url(), "a".repeat(32))), Vec::<String>::new());
        assert_eq!(wrong(true, |form| (form.callback_url, form.callback_key) = (url(), "a".repeat(33))), ["callback_key"]);
        assert_eq!(wrong(true, |form| form.callback_key = "abc".into()), ["callback_url"]);
        assert_eq!(
            wrong(true, |form| (form.callback_url, form.callback_key, form.drop_key) = (url(), "abc".into(), true)),
            ["callback_key"]
        );
        assert_eq!(wrong(true, |form| form.callback_url = "ftp://x".into()), ["callback_url"]);
    }
}
