//! Every action of `cloudaudit`: operation records of a root account and its sub-accounts, and tracking sets that send them elsewhere.
//! One line each, in byte order of the names because the lookup searches by halves.
//!
//! It must never hold which page needs an action; that stands in [`page`](crate::catalog::page).

use super::ANY;

actions! { "cloudaudit";
    CreateAuditTrack: Write, ANY, "Create a tracking set", "新建跟踪集";
    DeleteAuditTrack: Write, ANY, "Delete a tracking set", "删除跟踪集";
    DescribeAudit: Read, ANY, "Read a tracking set of the earlier kind", "查询旧版跟踪集详情";
    DescribeAuditTrack: Read, ANY, "Read a tracking set", "查询跟踪集详情";
    DescribeAuditTracks: List, ANY, "List tracking sets", "查询跟踪集列表";
    DescribeAudits: List, ANY, "List tracking sets of the earlier kind", "查询旧版跟踪集列表";
    DescribeEvents: List, ANY, "List operation records, by the newer name", "查询操作记录（新版）";
    GetAttributeKey: Read, ANY, "List what operation records can be searched by", "查询操作记录的检索条件";
    LookUpEvents: List, ANY, "Read operation records of every account", "查询所有账号的操作记录";
    LookupSensitiveEvents: List, ANY, "List sensitive operations of the last days", "查询近期敏感操作";
    ModifyAuditTrack: Write, ANY, "Edit a tracking set, or how long records are kept", "修改跟踪集或操作记录保存时长";
    StartLogging: Write, ANY, "Start a tracking set", "开启跟踪集";
    StopLogging: Write, ANY, "Stop a tracking set", "关闭跟踪集";
}
