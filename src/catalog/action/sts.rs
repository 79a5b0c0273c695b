//! Every action of `sts`: temporary credentials.
//! One line each, in byte order of the names because the lookup searches by halves.
//!
//! It must never hold which page needs an action; that stands in [`page`](crate::catalog::page).

use super::{ANY, ROLE};

actions! { "sts";
    AssumeRole: Write, ROLE, "Obtain temporary credentials of a role", "获取角色的临时凭证";
    AssumeRoleWithSAML: Write, ANY, "Obtain a role's temporary credentials with a SAML assertion, without a signature", "凭 SAML 断言获取角色的临时凭证，请求无需签名";
    AssumeRoleWithWebIdentity: Write, ANY, "Obtain a role's temporary credentials with an OIDC token, without a signature", "凭 OIDC 令牌获取角色的临时凭证，请求无需签名";
    GetCallerIdentity: Read, ANY, "Read the caller's identity, open to every authenticated caller", "查询调用者身份，对所有已认证的调用者开放";
    GetFederationToken: Write, ANY, "Obtain temporary credentials narrowed by a policy", "获取受策略限制的联合身份临时凭证";
    GetSessionToken: Write, ANY, "Obtain temporary credentials after an MFA check", "通过 MFA 校验后获取临时凭证";
    QueryApiKey: List, ANY, "List the API keys of an account", "查询账号的 API 密钥列表";
}
