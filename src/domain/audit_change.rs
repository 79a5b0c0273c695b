//! What an operation did: to which things, and what it changed of them, from what to what. The typed part of an [`AuditEvent`](super::audit::AuditEvent).

use super::app_changes::Setting;
use super::ids::{GroupId, PolicyId, SdkAppId, Uin};
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// What kind of thing an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ResourceType {
    /// A TRTC application.
    #[serde(rename = "trtc:application")]
    Application,
    /// An account.
    #[serde(rename = "cam:user")]
    User,
    /// A user group.
    #[serde(rename = "cam:group")]
    Group,
    /// A policy.
    #[serde(rename = "cam:policy")]
    Policy,
}

impl ResourceType {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Application, Self::User, Self::Group, Self::Policy];

    /// As stored.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Application => "trtc:application",
            Self::User => "cam:user",
            Self::Group => "cam:group",
            Self::Policy => "cam:policy",
        }
    }

    /// As shown.
    #[must_use]
    pub const fn text(self) -> Text {
        match self {
            Self::Application => Text::new("Application", "应用"),
            Self::User => Text::new("User", "用户"),
            Self::Group => Text::new("User group", "用户组"),
            Self::Policy => Text::new("Policy", "策略"),
        }
    }
}

/// A thing an event is about, with its name at that time, which stays readable when the thing is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditedResource {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: ResourceType,
    /// Its number.
    pub id: String,
    /// Its name; empty when nobody found out.
    pub name: String,
}

/// An identifier that names a thing of a [`ResourceType`].
pub trait Audited: std::fmt::Display {
    /// The type.
    const TYPE: ResourceType;

    /// The thing, under the name it has now.
    fn named(&self, name: &str) -> AuditedResource {
        AuditedResource { kind: Self::TYPE, id: self.to_string(), name: name.to_owned() }
    }
}

impl Audited for SdkAppId {
    const TYPE: ResourceType = ResourceType::Application;
}
impl Audited for Uin {
    const TYPE: ResourceType = ResourceType::User;
}
impl Audited for GroupId {
    const TYPE: ResourceType = ResourceType::Group;
}
impl Audited for PolicyId {
    const TYPE: ResourceType = ResourceType::Policy;
}

/// Makes of each field its name in JSON and on the page.
macro_rules! fields {
    ($($(#[$doc:meta])+ $field:ident, $en:literal, $zh:literal;)+) => {
        /// What was changed of a thing.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub enum Field {
            $($(#[$doc])+ $field,)+
        }

        impl Field {
            /// As shown.
            #[must_use]
            pub const fn text(self) -> Text {
                match self {
                    $(Self::$field => Text::new($en, $zh),)+
                }
            }
        }
    };
}

fields! {
    /// A name.
    Name, "Name", "名称";
    /// A description.
    Description, "Description", "描述";
    /// What administrators noted about an account or a group.
    Remark, "Remarks", "备注";
    /// An e-mail address.
    Email, "E-mail", "邮箱";
    /// Enabled or disabled.
    Status, "Status", "状态";
    /// A password.
    Password, "Password", "密码";
    /// The groups of an account.
    Groups, "User groups", "用户组";
    /// The accounts of a group.
    Users, "Users", "用户";
    /// The attached policies.
    Policies, "Policies", "策略";
    /// When an attachment ends by itself, in UTC.
    Until, "Attached until", "关联截止时间";
    /// The tags of an application.
    Tags, "Tags", "标签";
    /// The text of a policy.
    Document, "Policy document", "策略内容";
    /// The version of a policy that counts.
    DefaultVersion, "Default version", "默认版本";
    /// The versions of a policy.
    Versions, "Versions", "版本";
    /// The sessions of an account.
    Sessions, "Sessions", "会话";
    /// The wait after failed logins.
    Lock, "Wait after failed logins", "登录失败后的等待";
    /// A key of an application.
    Key, "Callback key", "回调密钥";
    /// A setting of an application; which one stands in its value.
    Setting, "Configuration", "配置";
    /// How long operation records are kept.
    Retention, "Retention of operation records", "操作记录保存时长";
    /// What a file was made of.
    Filter, "Filter", "筛选条件";
    /// A promise about rights.
    Promise, "Promise", "权限承诺";
    /// A promise that was broken by it.
    BrokenPromise, "Broken promise", "违反的权限承诺";
    /// Why a promise may be broken.
    Reason, "Reason", "原因";
    /// The network that counted attempts came from.
    Network, "Network", "网段";
}

/// A value before or after a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// One value.
    Text(String),
    /// Several.
    List(Vec<String>),
    /// A setting of an application.
    Setting(Box<Setting>),
}

/// What became of a value that is not told, because it is secret or about a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Untold {
    /// There was none before.
    Set,
    /// There is another one.
    Changed,
    /// There is none any more.
    Removed,
    /// It was shown to who asked.
    Shown,
}

impl Untold {
    /// As shown.
    #[must_use]
    pub const fn text(self) -> Text {
        match self {
            Self::Set => Text::new("Set", "已设置"),
            Self::Changed => Text::new("Changed", "已更改"),
            Self::Removed => Text::new("Removed", "已移除"),
            Self::Shown => Text::new("Shown", "已查看"),
        }
    }
}

/// One value that was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Which.
    pub field: Field,
    /// What it was; `None` for nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub before: Option<Value>,
    /// What it is since; `None` for nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub after: Option<Value>,
    /// What became of it, where the values are not told.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub state: Option<Untold>,
}

/// What an operation did: to which things, and what it changed of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// The things.
    pub resources: Vec<AuditedResource>,
    /// What changed.
    pub changes: Vec<FieldChange>,
}

impl Done {
    /// Something was done to a thing.
    #[must_use]
    pub fn to<I: Audited>(id: I, name: &str) -> Self {
        Self::default().and(id, name)
    }

    /// And to another one.
    #[must_use]
    pub fn and<I: Audited>(mut self, id: I, name: &str) -> Self {
        let thing = id.named(name);
        if !self.resources.contains(&thing) {
            self.resources.push(thing);
        }
        self
    }

    /// A value that may be told, unless it stayed what it was. Empty is nothing.
    #[must_use]
    pub fn text(mut self, field: Field, before: &str, after: &str) -> Self {
        let told = |text: &str| (!text.is_empty()).then(|| Value::Text(text.to_owned()));
        if before != after {
            self.changes.push(FieldChange { field, before: told(before), after: told(after), state: None });
        }
        self
    }

    /// Several values, unless they stayed what they were.
    #[must_use]
    pub fn list(mut self, field: Field, before: Vec<String>, after: Vec<String>) -> Self {
        if before != after {
            let [before, after] = [before, after].map(|list| Some(Value::List(list)));
            self.changes.push(FieldChange { field, before, after, state: None });
        }
        self
    }

    /// A value about a person that is not told, unless it stayed what it was.
    #[must_use]
    pub fn private(self, field: Field, before: &str, after: &str) -> Self {
        match (before.is_empty(), after.is_empty()) {
            _ if before == after => self,
            (true, _) => self.untold(field, Untold::Set),
            (_, true) => self.untold(field, Untold::Removed),
            _ => self.untold(field, Untold::Changed),
        }
    }

    /// A secret.
    #[must_use]
    pub fn untold(mut self, field: Field, state: Untold) -> Self {
        self.changes.push(FieldChange { field, before: None, after: None, state: Some(state) });
        self
    }

    /// A setting of an application.
    #[must_use]
    pub fn setting(mut self, before: Setting, after: Setting) -> Self {
        let [before, after] = [before, after].map(|setting| Some(Value::Setting(Box::new(setting))));
        self.changes.push(FieldChange { field: Field::Setting, before, after, state: None });
        self
    }
}
