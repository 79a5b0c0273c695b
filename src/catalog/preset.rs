//! The preset policies: there in every account, for nobody to edit or delete.
//!
//! It must never hold a deny: a preset that denies could not be widened by any other policy.

use super::action::{Access, ActionRow};
use super::service::Service;
use crate::text::Text;
use std::sync::LazyLock;

/// A preset policy.
#[derive(Debug)]
pub struct Preset {
    /// The policy id, the same in every installation and for ever; custom policies have higher ones.
    pub id: i64,
    /// The name, the same in every language.
    pub name: &'static str,
    /// Whom it is for.
    pub description: Text,
    /// The policy text: JSON with two spaces of indent and without a line feed at the end.
    pub document: String,
}

/// The id and the name of each, which are all that a browser needs for a list of them: the texts come from the whole catalogue of actions.
pub const NAMES: [(i64, &str); 7] = [
    (ADMINISTRATOR_ACCESS, "AdministratorAccess"),
    (2, "QcloudTRTCFullAccess"),
    (3, "QcloudTRTCReadonlyAccess"),
    (4, "QcloudCamFullAccess"),
    (5, "QcloudCamReadOnlyAccess"),
    (6, "QcloudAuditFullAccess"),
    (7, "QcloudAuditReadOnlyAccess"),
];

/// The id of `AdministratorAccess`, which allows everything.
pub const ADMINISTRATOR_ACCESS: i64 = 1;

/// The highest id a preset policy may ever have; the ids of custom policies begin above it.
pub const MAX_PRESET_ID: i64 = 999;

/// Actions of level Read or List that `QcloudTRTCReadonlyAccess` leaves out all the same. Who holds an application's key, or a UserSig,
/// can be any user of that application; so these are not information to be read but power to be given.
/// (`HardDescribeMixConf` stays although it writes the default configuration where there is none: nothing anybody set changes by it, and
/// without it a reader could not open the function configuration.)
const TRTC_SECRETS: [&str; 5] = [
    // Reveals the symmetric key itself.
    "DescribeSecret",
    // Hands out a ready UserSig.
    "DescribeSig",
    // Returns the data from which the key pair can be fetched.
    "DescribeTrtcAppAndAccountInfo",
    // These two tell whether a UserSig somebody holds is good, so they serve to try out found or forged ones; they belong
    // to the UserSig tool and go with the rights of its users. (`CreateSecretUserSig` and `CreateSecret` are of level Write
    // and so never were among the reading actions.)
    "VerifySecretUserSig",
    "VerifySig",
];

/// Actions of level Read or List that `QcloudCamReadOnlyAccess` leaves out all the same.
const CAM_SECRETS: [&str; 1] = [
    // Returns what a token of a second factor is bound to, which is part of a login and not of the directory of accounts.
    // (`ListAccessKeys` stays: it returns the ids of keys, never a secret.)
    "GetCustomMFATokenInfo",
];

/// The preset policy of that id, or `None`.
#[must_use]
pub fn find(id: i64) -> Option<&'static Preset> {
    presets().iter().find(|preset| preset.id == id)
}

/// Every preset policy, in the order of the ids.
#[must_use]
pub fn presets() -> &'static [Preset] {
    static PRESETS: LazyLock<[Preset; NAMES.len()]> = LazyLock::new(|| {
        let texts = [
            (
                Text::new(
                    "Full access to the account: every action of every service on every resource",
                    "管理账号下的全部内容：所有产品、所有操作、所有资源",
                ),
                document(&["*".to_owned()]),
            ),
            (
                Text::new("Full access to TRTC on every application", "实时音视频（TRTC）全读写访问权限，包含所有应用"),
                document(&["trtc:*".to_owned()]),
            ),
            (
                Text::new(
                    "Read-only access to TRTC on every application, without keys and UserSig",
                    "实时音视频（TRTC）只读访问权限，包含所有应用；不含密钥和 UserSig",
                ),
                document(&reading("trtc", &TRTC_SECRETS)),
            ),
            (
                Text::new(
                    "Full access to CAM: users, user groups, policies and roles",
                    "访问管理（CAM）全读写访问权限：用户、用户组、策略和角色",
                ),
                document(&["cam:*".to_owned()]),
            ),
            (
                Text::new(
                    "Read-only access to CAM: users, user groups, policies and roles",
                    "访问管理（CAM）只读访问权限：用户、用户组、策略和角色",
                ),
                document(&reading("cam", &CAM_SECRETS)),
            ),
            (
                Text::new(
                    "Full access to CloudAudit: operation records of every account and application, and how long they are kept",
                    "云审计（CloudAudit）全读写访问权限：所有账号和应用的操作记录及其保存时长",
                ),
                document(&["cloudaudit:*".to_owned()]),
            ),
            (
                Text::new(
                    "Read-only access to CloudAudit: operation records of every account and application",
                    "云审计（CloudAudit）只读访问权限：所有账号和应用的操作记录",
                ),
                document(&reading("cloudaudit", &[])),
            ),
        ];
        let mut names = NAMES.into_iter();
        texts.map(|(description, document)| {
            let (id, name) = names.next().unwrap_or_default();
            Preset { id, name, description, document }
        })
    });
    &*PRESETS
}

/// The full names of every reading action of a service but those left out.
fn reading(service: &str, left_out: &[&str]) -> Vec<String> {
    let rows = Service::find(service).map_or(&[][..], |service| service.actions);
    let reads = |row: &&&ActionRow| matches!(row.access, Access::Read | Access::List) && !left_out.contains(&row.name);
    rows.iter().filter(reads).map(|row| row.full.to_owned()).collect()
}

/// The policy that allows these actions on every resource. The names come from the catalogue and need no escaping.
fn document(actions: &[String]) -> String {
    let actions = actions.iter().map(|action| format!("        \"{action}\"")).collect::<Vec<_>>().join(",\n");
    format!(
        r#"{{
  "version": "2.0",
  "statement": [
    {{
      "effect": "allow",
      "action": [
{actions}
      ],
      "resource": [
        "*"
      ]
    }}
  ]
}}"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{limits, service::find_action, tests::assert_bilingual};

    fn actions(name: &str) -> Vec<String> {
        let preset = presets().iter().find(|preset| preset.name == name).unwrap();
        let json: serde_json::Value = serde_json::from_str(&preset.document).unwrap();
        let statement = &json["statement"][0];
        assert_eq!((&statement["effect"], &statement["resource"][0]), (&"allow".into(), &"*".into()), "{name}");
        serde_json::from_value(statement["action"].clone()).unwrap()
    }

    #[test]
    fn ids_and_names_never_change() {
        let found: Vec<_> = presets().iter().map(|preset| (preset.id, preset.name)).collect();
        let names = "AdministratorAccess QcloudTRTCFullAccess QcloudTRTCReadonlyAccess QcloudCamFullAccess QcloudCamReadOnlyAccess \
             QcloudAuditFullAccess QcloudAuditReadOnlyAccess"
            .split(' ');
        assert_eq!(found, (1..).zip(names).collect::<Vec<_>>());
        for preset in presets() {
            assert_bilingual(&preset.description, preset.name);
            assert!(preset.id <= MAX_PRESET_ID);
            assert!(preset.document.chars().filter(|c| !c.is_whitespace()).count() <= limits::MAX_POLICY_CHARS, "{}", preset.name);
        }
    }

    #[test]
    fn full_presets_grant_everything_of_their_service() {
        assert_eq!(actions("AdministratorAccess"), ["*"]);
        assert_eq!(actions("QcloudTRTCFullAccess"), ["trtc:*"]);
        assert_eq!(actions("QcloudCamFullAccess"), ["cam:*"]);
        assert_eq!(actions("QcloudAuditFullAccess"), ["cloudaudit:*"]);
    }

    #[test]
    fn read_only_presets_hold_every_reading_action_and_no_other() {
        for (preset, service, left_out) in [
            ("QcloudTRTCReadonlyAccess", "trtc", &TRTC_SECRETS[..]),
            ("QcloudCamReadOnlyAccess", "cam", &CAM_SECRETS[..]),
            ("QcloudAuditReadOnlyAccess", "cloudaudit", &[][..]),
        ] {
            let granted = actions(preset);
            assert!(granted.iter().all(|full| find_action(full).unwrap().access.is_reading()), "{preset}");
            let reading = Service::find(service).unwrap().actions.iter().filter(|row| row.access.is_reading()).count();
            assert_eq!(granted.len() + left_out.len(), reading, "{preset}: a name in the list of those left out is not a reading action");
        }
        let trtc = actions("QcloudTRTCReadonlyAccess");
        for kept in [
            "trtc:DescribeAppStatList",
            "trtc:DescribeTrtcStatistic",
            "trtc:HardDescribeMixConf",
            "trtc:DescribeSdkAppInfo",
            "trtc:DescribeTrtcRoomUsage",
        ] {
            assert!(trtc.iter().any(|full| full == kept), "{kept}");
        }
        for secret in [
            "trtc:DescribeSecret",
            "trtc:CreateSecretUserSig",
            "trtc:DescribeSig",
            "trtc:DescribeTrtcAppAndAccountInfo",
            "trtc:CreateSecret",
        ] {
            assert!(find_action(secret).is_some() && !trtc.iter().any(|full| full == secret), "{secret}");
        }
    }
}
