//! STUB
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::sync::Arc;
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    Allow,
    DenyImplicit,
    DenyExplicit,
}
impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}
#[derive(Clone)]
pub struct Context;
impl Context {
    pub fn new() -> Self {
        Self
    }
    pub fn with_ip(self, _: IpAddr) -> Self {
        self
    }
    pub fn with_time_ms(self, _: i64) -> Self {
        self
    }
    pub fn with_mfa(self, _: bool) -> Self {
        self
    }
    pub fn with_request_tags(self, _: impl Iterator<Item = String>) -> Self {
        self
    }
    pub fn with_resource_tags(self, _: impl Iterator<Item = String>) -> Self {
        self
    }
    pub fn with_create_uin(self, _: i64) -> Self {
        self
    }
}
pub struct Principal {
    pub uin: i64,
    pub owner_uin: i64,
    pub app_id: Option<i64>,
    pub is_root: bool,
}
pub struct Policy;
pub enum Via {
    Direct,
    Group(Arc<str>),
}
pub struct Origin {
    pub policy_id: i64,
    pub policy_name: Arc<str>,
    pub version: i32,
    pub via: Via,
}
pub struct Source {
    pub origin: Origin,
    pub policy: Arc<Policy>,
}
pub struct Parsed {
    pub policy: Option<Policy>,
}
pub fn parse(_: &str) -> Parsed {
    Parsed { policy: Some(Policy) }
}
pub struct PolicySet(bool);
pub struct Resource(String);
impl Resource {
    pub fn all() -> Self {
        Self("*".into())
    }
    pub fn of(s: &str, o: i64, t: &str, id: &str) -> Self {
        Self(format!("qcs::{s}::uin/{o}:{t}/{id}"))
    }
}
impl std::fmt::Display for Resource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
impl PolicySet {
    pub fn compile(p: Principal, s: Vec<Source>, _: Option<Source>, _: Option<Source>) -> Self {
        let _ = s;
        Self(p.is_root)
    }
    pub fn verdict(&self, _: &str, _: &Resource, _: &Context) -> Verdict {
        if self.0 { Verdict::Allow } else { Verdict::DenyImplicit }
    }
    pub fn may_allow(&self, _: &str, _: &str, _: &str, _: &Context) -> bool {
        self.0
    }
}
