//! Policies to begin with: the three ways to divide an account, and the presets.
//!
//! Every one of them must pass the check without an error or a warning it does not intend; a test holds that.

use crate::catalog::preset;
use crate::domain::ids::Uin;
use crate::text::Text;

/// A policy to begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its name in an address: `?template=…`.
    pub id: &'static str,
    /// What it is called.
    pub name: Text,
    /// For whom.
    pub about: Text,
    /// The text.
    pub document: String,
}

/// The text that a new policy begins with: it grants nothing until it is filled in.
pub const BLANK: &str = "{
  \"version\": \"2.0\",
  \"statement\": [
    {
      \"effect\": \"allow\",
      \"action\": [],
      \"resource\": []
    }
  ]
}";

/// The templates for a root account.
#[must_use]
pub fn templates(owner: Uin) -> Vec<Template> {
    let statement = |actions: &[&str], resources: &str| {
        let actions = actions.iter().map(|action| format!("        \"{action}\"")).collect::<Vec<_>>().join(",\n");
        format!(
            "    {{\n      \"effect\": \"allow\",\n      \"action\": [\n{actions}\n      ],\n      \"resource\": [\"{resources}\"]\n    }}"
        )
    };
    let document = |statements: &[String]| format!("{{\n  \"version\": \"2.0\",\n  \"statement\": [\n{}\n  ]\n}}", statements.join(",\n"));
    let one_app = format!("qcs::trtc::uin/{owner}:sdkappid/1400000001");
    vec![
        Template {
            id: "service",
            name: Text::new("Full TRTC access", "TRTC 全部权限"),
            about: Text::new("A department can use every application, but no other service.", "部门可以使用所有应用，但不能访问其他产品。"),
            document: document(&[statement(&["trtc:*"], "*")]),
        },
        Template {
            id: "application",
            name: Text::new("One application", "单个应用"),
            about: Text::new(
                "A business has full access to its own application and cannot see the others. Enter its SDKAppID.",
                "业务方拥有自己应用的全部权限，且看不到其他应用。请填写对应的 SDKAppID。",
            ),
            document: document(&[
                statement(&["trtc:*"], &one_app),
                // Operation-level actions are granted on all resources or not at all; what they show is narrowed by the list above.
                statement(&["trtc:HardDescribeMixConf", "trtc:ModifyMixConf", "trtc:ModifyRecordMode"], "*"),
            ]),
        },
        Template {
            id: "operation",
            name: Text::new("Usage statistics only", "仅用量统计"),
            about: Text::new(
                "Operations staff can see usage, but cannot see or change relay to CDN and on-cloud recording.",
                "运营人员可以查看用量，但不能查看或修改旁路转推和云端录制的配置。",
            ),
            document: document(&[statement(&["trtc:DescribeAppStatList", "trtc:DescribeTrtcStatistic"], "*")]),
        },
    ]
}

/// The text of the template that `?template=` asks for.
#[must_use]
pub fn template(id: &str, owner: Uin) -> Option<String> {
    templates(owner).into_iter().find(|known| known.id == id).map(|known| known.document)
}

/// The text of the preset policy whose number `?template=` asks for.
#[must_use]
pub fn preset(id: &str) -> Option<String> {
    preset::find(id.parse().ok()?).map(|preset| preset.document.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy_check::{check, formatted};

    #[test]
    fn a_blank_policy_asks_for_what_is_missing_and_grants_nothing() {
        let checked = check(BLANK, Some(Uin(100_000_000_001)), None);
        assert_eq!(checked.counts[0], 2, "{:?}", checked.findings);
        assert!(
            checked.findings.iter().all(|finding| ["[]"].contains(&&BLANK[finding.diagnostic.span.start..finding.diagnostic.span.end]))
        );
    }

    #[test]
    fn every_template_passes_the_check() {
        let owner = Uin(100_000_000_001);
        for template in templates(owner) {
            let checked = check(&template.document, Some(owner), None);
            assert_eq!(checked.counts[..2], [0, 0], "{}: {:?}", template.id, checked.findings);
            assert!(formatted(&template.document).is_some());
            assert_eq!(super::template(template.id, owner), Some(template.document));
        }
        assert_eq!(preset("2").as_deref(), preset::find(2).map(|preset| preset.document.as_str()));
        assert_eq!((preset("999"), preset(""), super::template("2", owner)), (None, None, None));
    }
}
