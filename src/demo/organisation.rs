//! The demo organisation: one root account, four applications with a month of events, and the sub-accounts of the three isolation cases.
//!
//! It goes through the same doors as people and as TRTC: logins, permits, signed callbacks. It must never write to the store itself, and
//! says of its data that they are made up.

use super::traffic::{self, Business, DemoApp};
use crate::boot::Console;
use crate::catalog::operations;
use crate::catalog::preset;
use crate::domain::confirmation::Confirmation;
use crate::domain::fault::Fault;
use crate::domain::ids::{PolicyId, SdkAppId, Uin};
use crate::server::gate::{self, Caller, RequestFacts, password};
use crate::server::services::users::NewUser;
use crate::server::services::{applications, attachments, callback_config, groups, policies, users};
use serde::{Deserialize, Serialize};

/// E-mail address of the demo's root account.
const ROOT: &str = "root@acme.example";

/// A login of the demo organisation, as the credentials file has it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Login {
    /// `root`, `service`, `application`, `operation` or `auditor`.
    pub case: String,
    /// UIN of the root account.
    pub owner: String,
    /// Login name; for the root account its e-mail address.
    pub username: String,
    /// The password.
    pub password: String,
    /// The applications it may list.
    pub apps: Vec<SdkAppId>,
}

/// The applications: name, description, tag of the business, and how their events come about.
const APPS: [(&str, &str, &str, Business); 4] = [
    ("classroom_live", "Lessons for small groups", "education", Business::Lessons),
    ("meeting_rooms", "Meetings of the staff", "office", Business::Meetings),
    ("shop_live", "Hosts who show goods to an audience", "retail", Business::Live),
    ("客服热线", "Calls with customer support", "support", Business::Support),
];

/// Creates the demo organisation in an installation without accounts, still without events. Gives the logins; `None` when there is an account already.
///
/// # Errors
/// What stopped it.
pub async fn create(console: &Console) -> Result<Option<Vec<Login>>, String> {
    if console.gate.offer_setup().await.map_err(|fault| fault.to_string())?.is_none() {
        return Ok(None);
    }
    let root_password = password::generate();
    let owner = console.gate.create_root(ROOT, &root_password, true).await.map_err(|fault| fault.to_string())?;
    let organisation = Organisation::of(console, owner, &root_password).await?;
    let logins = organisation.fill(root_password).await?;
    organisation.leave().await?;
    Ok(Some(logins))
}

/// Sends the events of so many days to the applications of the demo organisation. Sent again they change nothing, so what was interrupted
/// can be done again.
///
/// # Errors
/// What stopped it.
pub async fn send_events(console: &Console, logins: &[Login], days: i64) -> Result<(), String> {
    let root = logins.first().ok_or("the demo has no logins")?;
    let owner = root.owner.parse().map_err(|_| "the demo's root account has no UIN")?;
    let organisation = Organisation::of(console, owner, &root.password).await?;
    organisation.send(&root.apps, days).await?;
    organisation.leave().await
}

struct Organisation<'a> {
    console: &'a Console,
    owner: Uin,
    /// The root account's own requests.
    facts: RequestFacts,
}

impl<'a> Organisation<'a> {
    /// The organisation, with its root account logged in.
    async fn of(console: &'a Console, owner: Uin, root_password: &str) -> Result<Self, String> {
        let facts = RequestFacts::local("demo", None);
        let login = gate::Login { owner: String::new(), name: ROOT.to_owned(), password: root_password.to_owned() };
        let session = console.gate.log_in(&facts, login).await;
        let session = session.map_err(|fault| format!("the demo's root account: {fault:?}"))?;
        Ok(Self { console, owner, facts: RequestFacts { token: Some(session.token), ..facts } })
    }

    async fn leave(&self) -> Result<(), String> {
        self.console.gate.log_out(&self.facts).await.map_err(said)
    }

    /// The root account as it is now; what it creates changes what it may list, so every step asks anew.
    async fn root(&self) -> Result<Caller, String> {
        self.console.gate.caller(&self.facts).await.map_err(said)
    }

    async fn fill(&self, root_password: String) -> Result<Vec<Login>, String> {
        let ids = self.applications().await?;
        let own = *ids.first().ok_or("the demo has no application")?;
        let root = self.root().await?;
        let business = self
            .policy(&root, "classroom-everything", &self.one_application(own), "Everything on one application, nothing of the others")
            .await?;
        let statistics =
            self.policy(&root, "usage-statistics-only", USAGE_ONLY, "Usage statistics; no relay to CDN, no on-cloud recording").await?;

        let group = groups::create(&root.permit::<operations::CreateGroup>().map_err(said)?, "operations", "Staff who watch the figures")
            .await
            .map_err(said)?;
        attachments::attach_to_groups(&root.permit_on::<operations::AttachToGroups, _>(vec![(statistics, group)]).map_err(said)?, None)
            .await
            .map_err(said)?;

        let full = PolicyId(preset_id("QcloudTRTCFullAccess")?);
        let reading = [
            PolicyId(preset_id("QcloudTRTCReadonlyAccess")?),
            PolicyId(preset_id("QcloudCamReadOnlyAccess")?),
            PolicyId(preset_id("QcloudAuditReadOnlyAccess")?),
        ];
        let mut logins = vec![Login {
            case: "root".to_owned(),
            owner: self.owner.to_string(),
            username: ROOT.to_owned(),
            password: root_password,
            apps: ids.clone(),
        }];
        logins.push(self.user(&root, "service", "dept-a", "Department A: all of TRTC and nothing else", &[full], None, ids.clone()).await?);
        logins.push(
            self.user(&root, "application", "biz-classroom", "The classroom business: its own application", &[business], None, vec![own])
                .await?,
        );
        logins.push(self.user(&root, "operation", "ops-ana", "Operations: usage statistics only", &[], Some(group), ids.clone()).await?);
        logins.push(self.user(&root, "auditor", "auditor", "Reads everything, changes nothing", &reading, None, ids).await?);
        Ok(logins)
    }

    async fn applications(&self) -> Result<Vec<SdkAppId>, String> {
        let mut ids = Vec::new();
        for (name, description, business, _) in APPS {
            let tags = [crate::domain::applications::Tag { key: "business".to_owned(), value: business.to_owned() }];
            let root = self.root().await?;
            let id = applications::create(
                &root.permit_tagging::<operations::CreateApplication>(&tags).map_err(said)?,
                "",
                name,
                description,
                &tags,
            )
            .await
            .map_err(said)?;
            let root = self.root().await?;
            let permit = root.on_app::<operations::SetCallbackKey>(id).map_err(said)?;
            callback_config::set_key(&permit, "", &Confirmation::default()).await.map_err(said)?;
            ids.push(id);
        }
        Ok(ids)
    }

    async fn send(&self, ids: &[SdkAppId], days: i64) -> Result<(), String> {
        let mut apps = Vec::new();
        for (id, (_, _, _, business)) in ids.iter().zip(APPS) {
            let permit = self.root().await?.on_app::<operations::ShowCallbackKey>(*id).map_err(said)?;
            let key = callback_config::key(&permit).await.map_err(said)?.ok_or("the demo's callback key was not kept")?;
            apps.push(DemoApp { id: *id, key, business });
        }
        let offset = self.root().await?.utc_offset_mins();
        let sent = traffic::send(&self.console.gate, &self.console.intake, &apps, days, offset).await?;
        self.console.work_out_figures().await?;
        tracing::info!(events = sent, "the events of the demo are stored");
        Ok(())
    }

    async fn policy(&self, root: &Caller, name: &str, document: &str, description: &str) -> Result<PolicyId, String> {
        policies::create(&root.permit::<operations::CreatePolicy>().map_err(said)?, name, description, document).await.map_err(said)
    }

    #[expect(clippy::too_many_arguments, reason = "one row of the organisation's table")]
    async fn user(
        &self,
        root: &Caller,
        case: &str,
        name: &str,
        remark: &str,
        hold: &[PolicyId],
        join: Option<crate::domain::ids::GroupId>,
        apps: Vec<SdkAppId>,
    ) -> Result<Login, String> {
        let new = NewUser { name, email: "", remark, password: "" };
        let join = join.map(|group| root.permit_on::<operations::AddToGroups, _>(vec![group])).transpose().map_err(said)?;
        let hold = (!hold.is_empty()).then(|| root.permit_on::<operations::AttachToUsers, _>(hold.to_vec())).transpose().map_err(said)?;
        let made = users::create(&root.permit::<operations::CreateUser>().map_err(said)?, &new, join.as_ref(), hold.as_ref())
            .await
            .map_err(said)?;
        let first = made.password.ok_or("the demo's password was not made")?;
        let password = self.settled(&made.name, &first).await?;
        Ok(Login { case: case.to_owned(), owner: self.owner.to_string(), username: made.name, password, apps })
    }

    /// The password that a new user has after changing the first one, as everybody must.
    async fn settled(&self, name: &str, first: &str) -> Result<String, String> {
        let login = gate::Login { owner: self.owner.to_string(), name: name.to_owned(), password: first.to_owned() };
        let session = self.console.gate.log_in(&RequestFacts::local("demo", None), login).await;
        let token = session.map_err(|fault| format!("the demo's user {name}: {fault:?}"))?.token;
        let facts = RequestFacts::local("demo", Some(token));
        let password = password::generate();
        let caller = self.console.gate.caller(&facts).await.map_err(said)?;
        caller.change_password(first, &password, &password).await.map_err(said)?;
        // The session went on under another token; the former one still ends it.
        self.console.gate.log_out(&facts).await.map_err(said)?;
        Ok(password)
    }

    /// Everything on one application. The operation-level actions of its pages are granted on `*`; that they reach no other application
    /// is the listing's doing, which is granted on this one alone.
    fn one_application(&self, id: SdkAppId) -> String {
        let owner = self.owner;
        format!(
            r#"{{
  "version": "2.0",
  "statement": [
    {{
      "effect": "allow",
      "action": "trtc:*",
      "resource": "qcs::trtc::uin/{owner}:sdkappid/{id}"
    }},
    {{
      "effect": "allow",
      "action": [
        "trtc:HardDescribeMixConf",
        "trtc:ModifyMixConf",
        "trtc:ModifyRecordMode"
      ],
      "resource": "*"
    }},
    {{
      "effect": "allow",
      "action": "tag:ModifyResourceTags",
      "resource": "qcs::trtc::uin/{owner}:sdkappid/{id}"
    }}
  ]
}}"#
        )
    }
}

/// Usage statistics of every application and nothing else.
const USAGE_ONLY: &str = r#"{
  "version": "2.0",
  "statement": [
    {
      "effect": "allow",
      "action": [
        "trtc:DescribeAppStatList",
        "trtc:DescribeTrtcStatistic"
      ],
      "resource": "*"
    }
  ]
}"#;

fn preset_id(name: &str) -> Result<i64, String> {
    preset::presets()
        .iter()
        .find(|preset| preset.name == name)
        .map(|preset| preset.id)
        .ok_or_else(|| format!("there is no preset policy {name}"))
}

fn said(fault: Fault) -> String {
    match fault {
        Fault::Invalid(fields) => {
            let lines: Vec<String> = fields.iter().map(|field| format!("{}: {}", field.field, field.message)).collect();
            lines.join("; ")
        }
        other => other.to_string(),
    }
}
