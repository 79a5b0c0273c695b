//! Policies made of a few choices: full access to applications or their usage, by SDKAppID or by tag.
//!
//! What is chosen stands in the address, so it works without scripts as well.

use crate::cam::quoted;
use crate::catalog::action::ActionRow;
use crate::catalog::page::NavGroup;
use crate::catalog::pages;
use crate::domain::applications::Tag;
use crate::domain::ids::{SdkAppId, Uin};
use crate::domain::policy_check::formatted;
use crate::domain::rights_query::tags_of;
use crate::ui::query::Query;

/// What was chosen, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// SDKAppIDs with commas between them.
    pub apps: String,
    /// Tags, `key=value` with commas between them.
    pub tags: String,
    /// A [`Grant`] by its tag; the first for any other.
    pub grant: String,
}

/// What was chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Chosen {
    /// The applications; none where tags are chosen.
    apps: Vec<SdkAppId>,
    /// The tags, any of which will do.
    tags: Vec<Tag>,
    grant: Grant,
}

/// What is granted on what was chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grant {
    /// Everything.
    #[default]
    All,
    /// What changes nothing.
    View,
    /// The usage statistics.
    Usage,
}

impl Grant {
    /// Every one of them.
    pub const ALL: [Self; 3] = [Self::All, Self::View, Self::Usage];

    /// As it stands in an address.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::View => "view",
            Self::Usage => "usage",
        }
    }
}

impl Typed {
    /// What an address chooses: `apps=…&tags=…&grant=…`.
    #[must_use]
    pub fn of(query: &Query) -> Self {
        let text = |name: &str| query.get(name).unwrap_or_default();
        Self { apps: text("apps"), tags: text("tags"), grant: text("grant") }
    }

    /// Applications or tags, but not both; nothing where they cannot be read.
    fn chosen(&self) -> Option<Chosen> {
        let apps = self.apps.split([',', ' ', '，']).filter(|app| !app.is_empty());
        let apps = apps.map(|app| app.parse().ok()).collect::<Option<Vec<_>>>()?;
        let tags = tags_of(&self.tags)?;
        let grant = Grant::ALL.into_iter().find(|known| known.tag() == self.grant).unwrap_or_default();
        (apps.is_empty() != tags.is_empty()).then_some(Chosen { apps, tags, grant })
    }
}

/// The policy of what was typed, for a root account; nothing where that cannot be read.
#[must_use]
pub fn made(typed: &Typed, owner: Uin) -> Option<String> {
    formatted(&written(&typed.chosen()?, owner))
}

/// The policy of what was chosen. Actions that cannot be limited to an application stand in a statement of their own.
fn written(chosen: &Chosen, owner: Uin) -> String {
    let on_apps = |row: &&'static ActionRow| row.service == "trtc" && row.is_resource_level();
    let named = |rows: Vec<&'static ActionRow>| rows.into_iter().map(|row| row.full).collect::<Vec<_>>();
    let used = of_application_pages(chosen.grant);
    let actions = match chosen.grant {
        Grant::All => vec!["trtc:*"],
        Grant::View | Grant::Usage => named(used.iter().copied().filter(on_apps).collect()),
    };
    let resources: Vec<String> = match chosen.apps.as_slice() {
        [] => vec!["*".to_owned()],
        apps => apps.iter().map(|app| format!("qcs::trtc::uin/{owner}:sdkappid/{app}")).collect(),
    };
    let condition = match chosen.tags.as_slice() {
        [] => String::new(),
        tags => {
            let tags: Vec<String> = tags.iter().map(|tag| format!("{}&{}", tag.key, tag.value)).collect();
            format!(r#","condition":{{"for_any_value:string_equal":{{"qcs:resource_tag":{}}}}}"#, list(&tags))
        }
    };
    let first = format!(r#"{{"effect":"allow","action":{},"resource":{}{condition}}}"#, list(&actions), list(&resources));
    let whole = named(used.iter().copied().filter(|row| row.service == "trtc" && !row.is_resource_level()).collect());
    let second =
        if whole.is_empty() { String::new() } else { format!(r#",{{"effect":"allow","action":{},"resource":["*"]}}"#, list(&whole)) };
    format!(r#"{{"version":"2.0","statement":[{first}{second}]}}"#)
}

/// Strings as a list of JSON.
fn list(items: &[impl AsRef<str>]) -> String {
    format!("[{}]", items.iter().map(|item| quoted(item.as_ref())).collect::<Vec<_>>().join(","))
}

/// The actions that the pages of an application, or those of its usage, are made of, each once.
fn of_application_pages(grant: Grant) -> Vec<&'static ActionRow> {
    let mut rows: Vec<&'static ActionRow> = match grant {
        Grant::Usage => {
            return ["trtc:DescribeAppStatList", "trtc:DescribeTrtcRoomUsage"]
                .into_iter()
                .filter_map(crate::catalog::service::find_action)
                .collect();
        }
        Grant::All | Grant::View => Vec::new(),
    };
    let pages = pages::in_group(NavGroup::Application).chain(std::iter::once(pages::Apps::PAGE)).flat_map(|page| page.actions());
    let usage = of_application_pages(Grant::Usage);
    for row in pages.chain(usage) {
        let wanted = grant == Grant::All || row.access.is_reading();
        // Whoever has an application to look after need not create others.
        if wanted && !rows.contains(&row) && row.name != "CreateTrtcApp" {
            rows.push(row);
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cam::{Code, Context, PolicySet, Principal, Resource, Severity, Source, Via, parse};
    use crate::domain::policy_check::check;
    use std::sync::Arc;

    const OWNER: Uin = Uin(100_000_000_001);

    fn set(chosen: &Chosen) -> PolicySet {
        let text = written(chosen, OWNER);
        let checked = check(&text, Some(OWNER), None);
        // That a pattern of actions holds some without a resource is said, and why the second statement is there.
        let others = checked.findings.iter().filter(|found| found.diagnostic.code != Code::TagOfNoResource);
        assert_eq!(others.filter(|found| found.diagnostic.severity != Severity::Suggestion).count(), 0, "{text}: {:?}", checked.findings);
        let policy = Arc::new(parse(&text).policy.unwrap());
        let origin = crate::cam::Origin { policy_id: 1, policy_name: "made".into(), version: 1, via: Via::Direct };
        let principal = Principal { uin: 7, owner_uin: OWNER.0, app_id: None, is_root: false };
        PolicySet::compile(principal, vec![Source { origin, policy }], None, None)
    }

    #[test]
    fn what_is_made_grants_what_was_chosen_and_nothing_beside() {
        let app = |id: i64| Resource::of("trtc", OWNER.0, "sdkappid", id);
        let live = || Context::new().with_resource_tags(["team&live".to_owned()]);
        let tagged = |grant| Chosen { tags: vec![Tag { key: "team".into(), value: "live".into() }], grant, ..Chosen::default() };
        let named = |grant| Chosen { apps: vec![SdkAppId(1_400_000_001), SdkAppId(1_400_000_002)], grant, ..Chosen::default() };
        for (grant, reads, uses, changes) in
            [(Grant::All, true, true, true), (Grant::View, true, true, false), (Grant::Usage, false, true, false)]
        {
            let expected = [
                ("trtc:DescribeSdkAppInfo", reads),
                ("trtc:DescribeTrtcRoomUsage", uses),
                ("trtc:DescribeAppStatList", true),
                ("trtc:AlterRecording", changes),
            ];
            let (by_tag, by_app) = (set(&tagged(grant)), set(&named(grant)));
            for (action, may) in expected {
                assert_eq!(by_tag.verdict(action, &app(1_400_000_009), &live()).is_allow(), may, "{grant:?} {action}");
                assert!(!by_tag.verdict(action, &app(1_400_000_009), &Context::new()).is_allow(), "{grant:?} {action} without the tag");
                assert_eq!(by_app.verdict(action, &app(1_400_000_002), &Context::new()).is_allow(), may, "{grant:?} {action}");
                assert!(!by_app.verdict(action, &app(1_400_000_003), &live()).is_allow(), "{grant:?} {action} on another one");
            }
            let all = crate::cam::ResourceRef::All;
            for set in [&by_tag, &by_app] {
                assert_eq!(set.verdict("trtc:HardDescribeMixConf", all, &Context::new()).is_allow(), reads, "{grant:?}");
                assert_eq!(set.verdict("trtc:ModifyMixConf", all, &Context::new()).is_allow(), changes, "{grant:?}");
                assert!(
                    !set.verdict("trtc:CreateTrtcApp", all, &Context::new()).is_allow()
                        && !set.verdict("cam:ListUsers", all, &live()).is_allow()
                );
            }
        }
    }

    #[test]
    fn applications_or_tags_are_read_from_an_address() {
        let read = |text: &str| Typed::of(&Query::read(text)).chosen();
        assert_eq!(read("apps=1400000001,1400000002&grant=view").map(|chosen| (chosen.apps.len(), chosen.grant)), Some((2, Grant::View)));
        assert_eq!(read("tags=team%3Dlive").map(|chosen| chosen.tags[0].value.clone()).as_deref(), Some("live"));
        for nothing in ["", "apps=&tags=", "apps=x", "tags=team", "apps=1400000001&tags=a%3Db"] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
    }
}
