//! The general policies: rules of the platform that bind everybody, the root account too.
//!
//! It must never hold a grant.

use super::parse::parse;
use super::policy::Policy;
use super::source::{Origin, Source, Via};
use std::sync::{Arc, LazyLock};

/// Changing how an account proves who it is needs a verified second factor (`cam-semantics.md` §6). The published table prints no
/// effect; only a deny makes it demand anything.
pub const TEXT: &str = r#"{
  "version": "2.0",
  "statement": [
    {
      "effect": "deny",
      "action": [
        "account:QueryKeyBySecretId",
        "account:SetSafeAuthFlag",
        "account:BindToken",
        "account:UnbindToken",
        "account:ModifyMail",
        "account:ModifyPhoneNum"
      ],
      "resource": ["*"],
      "condition": {
        "string_equal": {
          "mfa": ["0"]
        }
      }
    }
  ]
}
"#;

static GENERAL: LazyLock<Source> = LazyLock::new(|| Source {
    origin: Origin { policy_id: 0, policy_name: "general policy".into(), version: 1, via: Via::General },
    policy: Arc::new(parse(TEXT).policy.unwrap_or(Policy { statements: Vec::new() })),
});

/// The general policies as a source.
pub(super) fn source() -> Source {
    GENERAL.clone()
}
