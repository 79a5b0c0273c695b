//! A gate before a database of its own, for the tests of this module.

use super::credentials::password::{Cost, Passwords};
use super::inspect::{drafted, principal_of};
use super::principal::Principal;
use super::{Caller, Gate, Login, RequestFacts};
use crate::cam::{self, PolicySet};
use crate::catalog::preset;
use crate::domain::ids::{PolicyId, SdkAppId, Uin};
use crate::server::clock::Clock;
use crate::server::config::SessionLimits;
use crate::server::seal::{SealKey, Sealer};
use crate::server::store::Store;
use crate::server::store::accounts::{self, NewAccount};
use crate::server::store::applications::AppFacts;
use crate::server::store::attachments::{self, NEVER_MS};
use crate::server::store::policies::{self, Document, NewPolicy};
use crate::server::store::sessions::AccountRow;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

pub const EMAIL: &str = "root@acme.example";
pub const PASSWORD: &str = "Correct-horse-1";
/// The clock stands still.
pub const NOW_MS: i64 = 1_000;

/// One organisation.
pub struct Rig {
    pub store: Store,
    pub gate: Gate,
    pub owner: Uin,
    last: AtomicI64,
    _dir: tempfile::TempDir,
}

impl Rig {
    pub async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}?mode=rwc", dir.path().join("console.db").display())).await.unwrap();
        let sealer = Sealer::new(SealKey::new(&[7; 32]), Vec::new());
        let gate = Gate::new(store.clone(), Clock::fixed(NOW_MS), sealer, Passwords::new(Cost::TESTS), SessionLimits::default());
        let owner = gate.create_root(EMAIL, PASSWORD, false).await.unwrap();
        Self { store, gate, owner, last: AtomicI64::new(owner.0), _dir: dir }
    }

    /// A sub-account that holds preset policies.
    pub async fn sub_account(&self, name: &str, presets: &[&str]) -> Uin {
        let uin = Uin(self.last.fetch_add(1, Ordering::Relaxed) + 1);
        let hash = self.gate.hash_password(PASSWORD).await.unwrap();
        let account = NewAccount {
            uin,
            owner: self.owner,
            is_root: false,
            name,
            email: "",
            remark: "",
            password_hash: &hash,
            must_change_password: false,
            now_ms: NOW_MS,
        };
        let mut change = self.store.change().await.unwrap();
        accounts::add(&mut change, &account).await.unwrap();
        change.commit_unrecorded().await.unwrap();
        for preset in presets {
            self.attach(uin, preset).await;
        }
        uin
    }

    /// Attaches a preset policy.
    pub async fn attach(&self, uin: Uin, preset: &str) {
        let policy = PolicyId(preset::presets().iter().find(|known| known.name == preset).unwrap().id);
        let mut change = self.store.change().await.unwrap();
        attachments::attach(&mut change, self.owner, policy, uin.into(), None, NOW_MS).await.unwrap();
        change.commit_unrecorded().await.unwrap();
    }

    /// Attaches a new policy of this document.
    pub async fn attach_new(&self, uin: Uin, document: &str) {
        let id = PolicyId(self.last.fetch_add(1, Ordering::Relaxed) + 1);
        let document = Document { text: document, patterns: 0 };
        let new = NewPolicy { id, name: &id.to_string(), description: "", document, by: "root", now_ms: NOW_MS };
        let mut change = self.store.change().await.unwrap();
        policies::add(&mut change, self.owner, &new).await.unwrap();
        attachments::attach(&mut change, self.owner, id, uin.into(), None, NOW_MS).await.unwrap();
        change.commit_unrecorded().await.unwrap();
    }

    /// Logs a sub-account in.
    pub async fn log_in(&self, name: &str) -> String {
        let login = Login { owner: self.owner.to_string(), name: name.to_owned(), password: PASSWORD.to_owned() };
        self.gate.log_in(&RequestFacts::local("test", None), login).await.unwrap().token
    }

    /// Whoever holds the token, now.
    pub async fn caller(&self, token: &str) -> Caller {
        self.gate.caller(&RequestFacts::local("test", Some(token.to_owned()))).await.unwrap()
    }
}

/// The root account of what is drawn.
const OWNER: i64 = 100_000_000_001;

/// Statements about actions and resources of every kind, often enough about the same ones.
pub fn drawn_statement() -> impl Strategy<Value = String> {
    let patterns = vec![
        "*",
        "trtc:*",
        "trtc:Describe*",
        "trtc:DescribeAppStatList",
        "trtc:AlterRecording",
        "trtc:ModifyMixConf",
        "trtc:DescribeTrtcStatistic",
        "trtc:DescribeTrtcRoomUsage",
        "cam:*",
        "cam:GetUser",
        "cam:UpdateAccessKey",
        "tag:*",
    ];
    let resources = vec![
        "*",
        "qcs::trtc:::sdkappid/*",
        "qcs::trtc:::sdkappid/1400000001",
        "qcs::trtc:::sdkappid/14000000*",
        "qcs::trtc:::sdkappid/1499999999",
        "qcs::cam:::uin/*",
        "qcs::cam:::uin/${uin}",
    ];
    let conditions = vec![
        "",
        "",
        "",
        r#"{"ip_equal":{"qcs:ip":"10.0.0.0/8"}}"#,
        r#"{"ip_not_equal":{"qcs:ip":"10.0.0.0/8"}}"#,
        r#"{"string_equal":{"qcs:mfa":"1"}}"#,
        r#"{"string_equal":{"qcs:resource_tag":"team&live"}}"#,
        r#"{"string_equal":{"qcs:tag/team":"live"},"ip_equal":{"qcs:ip":"192.0.2.0/24"}}"#,
        r#"{"date_less_than":{"qcs:current_time":"1970-01-01T00:00:02Z"}}"#,
        r#"{"for_any_value:string_equal":{"qcs:request_tag":"team&live"}}"#,
    ];
    (select(vec!["allow", "allow", "allow", "deny"]), subsequence(patterns, 1..4), subsequence(resources, 1..3), select(conditions))
        .prop_map(|(effect, actions, resources, condition)| {
            let list = |texts: Vec<&str>| texts.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(",");
            let condition = if condition.is_empty() { String::new() } else { format!(r#","condition":{condition}"#) };
            format!(r#"{{"effect":"{effect}","action":[{}],"resource":[{}]{condition}}}"#, list(actions), list(resources))
        })
}

/// A sub-account with one policy of these statements, in an organisation of three applications, two of them with tags.
pub fn drawn_principal(statements: &[String]) -> Principal {
    let text = if statements.is_empty() {
        vec![r#"{"effect":"allow","action":"cos:GetObject","resource":"*"}"#.to_owned()]
    } else {
        statements.to_vec()
    };
    let text = format!(r#"{{"version":"2.0","statement":[{}]}}"#, text.join(","));
    let policy = cam::parse(&text).policy.unwrap_or_else(|| panic!("{text}"));
    let account = AccountRow {
        uin: OWNER + 1,
        owner_uin: OWNER,
        is_root: 0,
        name: "ana".to_owned(),
        must_change_password: 0,
        disabled: 0,
        app_id: 1_250_000_000,
        revision: 1,
        utc_offset_mins: 0,
        demo: 0,
    };
    let app = |id, tags: &[&str]| AppFacts {
        id: SdkAppId(id),
        name: "app".to_owned(),
        created_by: Uin(OWNER),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
    };
    let apps = vec![app(1_400_000_001, &[]), app(1_400_000_002, &["team&live"]), app(1_400_000_103, &["team&test", "x&y"])];
    let policies = PolicySet::compile(principal_of(&account), vec![drafted(Arc::new(policy))], None, None);
    Principal { account, policies: Arc::new(policies), until_ms: NEVER_MS, apps: Arc::new(apps) }
}
