//! What groups and types of TRTC events are called.
//!
//! Source: events-and-usage.md. What is not listed has no name here; it must never be an error elsewhere.

use crate::text::Text;

/// What a group of events is called.
#[must_use]
pub fn group_name(group: i64) -> Option<Text> {
    Some(match group {
        1 => Text::new("Room events", "房间事件"),
        2 => Text::new("Media events", "媒体事件"),
        3 => Text::new("On-cloud recording events", "云端录制事件"),
        4 => Text::new("Relay to CDN events", "旁路推流事件"),
        _ => return None,
    })
}

/// What a type of event is called.
#[must_use]
pub fn type_name(event_type: i64) -> Option<Text> {
    Some(match event_type {
        101 => Text::new("Room created", "创建房间"),
        102 => Text::new("Room closed", "解散房间"),
        103 => Text::new("User entered", "进入房间"),
        104 => Text::new("User left", "退出房间"),
        105 => Text::new("Role changed", "切换角色"),
        201 => Text::new("Video started", "开始推送视频"),
        202 => Text::new("Video stopped", "停止推送视频"),
        203 => Text::new("Audio started", "开始推送音频"),
        204 => Text::new("Audio stopped", "停止推送音频"),
        205 => Text::new("Screen sharing started", "开始推送辅路"),
        206 => Text::new("Screen sharing stopped", "停止推送辅路"),
        301 => Text::new("Recorder started", "录制模块启动"),
        302 => Text::new("Recorder stopped", "录制模块退出"),
        303 => Text::new("Upload started", "文件上传任务启动"),
        304 => Text::new("First playlist uploaded", "首个 M3U8 文件上传"),
        305 => Text::new("Upload finished", "文件上传结束"),
        306 => Text::new("Recording migrated", "录制任务迁移"),
        307 => Text::new("Slice written", "录制切片生成"),
        308 => Text::new("Upload error", "上传错误"),
        309 => Text::new("Image error", "图片下载错误"),
        310 => Text::new("MP4 finished", "MP4 录制完成"),
        311 => Text::new("Committed to VOD", "上传至点播"),
        312 => Text::new("VOD task ended", "点播任务结束"),
        401 => Text::new("Relay status changed", "转推状态变更"),
        601 => Text::new("Quality or abnormality", "质量或异常"),
        _ => return None,
    })
}
