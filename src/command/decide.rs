//! `trtc-console cam decide`: one request decided by policies in files.

use super::{Format, policy, print, print_json};
use crate::cam::conformance::{read_context, read_principal};
use crate::cam::{
    Account, Context, Decision, Effect, NamedResource, Origin, PolicySet, Principal, Resource, ResourceRef, Source, Verdict, Via, is_action,
};
use clap::Args;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// The accounts of a request for which nothing else is said.
const OWNER: i64 = 100_000_000_001;
const SUB_ACCOUNT: i64 = 100_000_000_002;

/// A request and what it is decided by.
#[derive(Args)]
pub struct Request {
    /// The policies of the principal
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    policy: Vec<PathBuf>,
    /// Its permissions boundary
    #[arg(long, value_name = "FILE")]
    boundary: Option<PathBuf>,
    /// The action, e.g. trtc:DismissRoom
    #[arg(long)]
    action: String,
    /// `*` or six segments, e.g. qcs::trtc::uin/100000000001:sdkappid/1400000001
    #[arg(long)]
    resource: String,
    /// The condition keys of the request, as a JSON object of values or lists of values
    #[arg(long, value_name = "JSON")]
    context: Option<String>,
    /// Who asks: {"uin": "…", "owner_uin": "…", "app_id": "…", "is_root": false}; without it a sub-account of the root account that owns the resource
    #[arg(long, value_name = "JSON")]
    principal: Option<String>,
    /// How to print the answer; statements are numbered from 0 in JSON, from 1 for people
    #[arg(long, default_value = "text")]
    format: Format,
}

impl Request {
    /// Prints the verdict and its reasons.
    pub fn decide(&self) -> Result<ExitCode, String> {
        let resource = Resource::parse(&self.resource).map_err(|error| format!("`{}` is not a resource: {error}", self.resource))?;
        if !is_action(&self.action) {
            return Err(format!("`{}` is not an action; write it like `trtc:DismissRoom`", self.action));
        }
        let context = match &self.context {
            Some(text) => read_context(text).map_err(|problem| format!("--context: {problem}"))?,
            None => Context::new(),
        };
        let principal = match &self.principal {
            Some(text) => read_principal(text).map_err(|problem| format!("--principal: {problem}"))?,
            None => sub_account_of(&resource),
        };
        let policies = self.policy.iter().map(|path| source(path, Via::Direct)).collect::<Result<Vec<_>, _>>()?;
        let boundary = self.boundary.as_deref().map(|path| source(path, Via::Boundary)).transpose()?;
        let decision = PolicySet::compile(principal, policies, boundary, None).decide(&self.action, &resource, &context);
        match self.format {
            Format::Text => print(&in_words(&decision)),
            Format::Json => print_json(&as_json(&decision)),
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A sub-account of the root account that owns the resource.
fn sub_account_of(resource: &Resource) -> Principal {
    let named = match resource.as_ref() {
        ResourceRef::Named(NamedResource { account: Account::Uin(uin), .. }) => i64::try_from(uin).ok(),
        _ => None,
    };
    let owner_uin = named.unwrap_or(OWNER);
    let uin = if owner_uin == SUB_ACCOUNT { OWNER } else { SUB_ACCOUNT };
    Principal { uin, owner_uin, app_id: None, is_root: false }
}

fn source(path: &Path, via: Via) -> Result<Source, String> {
    let origin = Origin { policy_id: 0, policy_name: path.display().to_string().into(), version: 1, via };
    Ok(Source { origin, policy: Arc::new(policy(path)?) })
}

fn as_json(decision: &Decision) -> Value {
    let because: Vec<Value> = decision
        .causes
        .iter()
        .map(|cause| json!({ "policy": &*cause.origin.policy_name, "statement": cause.statement, "effect": cause.effect }))
        .collect();
    let nearest = decision.nearest.as_ref().map(|near| {
        json!({
            "policy": &*near.origin.policy_name,
            "statement": near.statement,
            "missing": near.missing,
            "message": near.missing.text().en,
        })
    });
    json!({ "verdict": decision.verdict, "stage": decision.stage, "because": because, "nearest": nearest })
}

fn in_words(decision: &Decision) -> String {
    let mut out = format!("{}\n", decision.verdict);
    // Writing to a string cannot fail.
    for cause in &decision.causes {
        let does = if cause.effect == Effect::Allow { "allows" } else { "denies" };
        let _ = writeln!(out, "  statement {} of {} {does} it", cause.statement + 1, cause.origin.policy_name);
    }
    match &decision.nearest {
        Some(near) => {
            let _ = writeln!(out, "  nearest: statement {} of {}: {}", near.statement + 1, near.origin.policy_name, near.missing.text());
        }
        None if decision.verdict == Verdict::DenyImplicit => {
            let _ = writeln!(out, "  no statement comes near it");
        }
        None => {}
    }
    out
}
