//! What the groups and types of TRTC's events are called, with the terms of its documentation.
//!
//! A number that is not here is shown as a number: TRTC adds types at any time.

use crate::text::Text;

/// What a group of events is called.
#[must_use]
pub fn group_name(group: i64) -> Option<Text> {
    Some(match group {
        1 => Text::new("Room events", "房间事件"),
        2 => Text::new("Media events", "媒体事件"),
        3 => Text::new("On-cloud recording events", "云端录制事件"),
        4 => Text::new("Relay to CDN events", "旁路推流事件"),
        6 => Text::new("Quality events", "质量事件"),
        7 => Text::new("Media stream input events", "输入在线媒体流事件"),
        8 | 14 | 15 => Text::new("Conversation and task events", "对话与任务事件"),
        9 => Text::new("AI service events", "AI 服务事件"),
        11 => Text::new("Content moderation events", "内容审核事件"),
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
        701 => Text::new("Media stream input status changed", "输入在线媒体流状态变更"),
        901 => Text::new("AI task started", "AI 任务开始"),
        902 => Text::new("AI task stopped", "AI 任务结束"),
        903 => Text::new("Sentence recognized or answered", "识别或回复完整语句"),
        904 => Text::new("Speech started", "开始说话"),
        905 => Text::new("AI finished speaking", "AI 说话结束"),
        906 => Text::new("AI metric reported", "上报 AI 指标"),
        908 => Text::new("AI service error", "AI 服务错误"),
        909 => Text::new("AI session ready", "AI 会话就绪"),
        1101 => Text::new("Moderation started", "内容审核启动"),
        1102 => Text::new("Moderation stopped", "内容审核退出"),
        1103 => Text::new("Moderation task started", "内容审核任务开始"),
        1104 => Text::new("Moderation result", "内容审核结果"),
        1105 => Text::new("Moderation task ended", "内容审核任务结束"),
        1106 => Text::new("Moderation error", "内容审核错误"),
        _ => return None,
    })
}
