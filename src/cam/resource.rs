//! Resources: the six-segment patterns of a policy (`qcs::trtc::uin/<root>:sdkappid/*`) and the resource a request names.
//!
//! It must never decide anything; `compile` binds a pattern to a principal, `decide` matches it.

use super::action::is_service;
use super::diagnostic::{Code, Diagnostic, Span, shown};
use super::json::Node;
use super::variable;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The account segment of a pattern or of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Account {
    /// Empty or `uin/`: the root account of the principal.
    Own,
    /// `*`: any account.
    Any,
    /// `uin/<root UIN>`
    Uin(u64),
    /// `uid/<APPID>`, the form of COS and CAS
    AppId(u64),
}

impl Account {
    fn read(text: &str) -> Option<Self> {
        let number =
            |digits: &str| (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok()).flatten();
        match text.split_once('/') {
            None if text.is_empty() => Some(Self::Own),
            None if text == "*" => Some(Self::Any),
            Some(("uin", "")) => Some(Self::Own),
            Some(("uin", digits)) => number(digits).map(Self::Uin),
            Some(("uid", digits)) => number(digits).map(Self::AppId),
            _ => None,
        }
    }
}

/// What a statement says about resources.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ResourcePattern {
    /// `*`: every resource, the only pattern that reaches operation-level actions.
    All,
    /// A six-segment description.
    Named(NamedPattern),
}

/// A six-segment pattern; project is always empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NamedPattern {
    text: String,
    /// The service; `None` for any.
    pub service: Option<String>,
    /// The region; `None` for any.
    pub region: Option<String>,
    /// The owner.
    pub account: Account,
    /// The last segment, with its wildcards and variables.
    pub last: String,
}

impl NamedPattern {
    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl ResourcePattern {
    /// Reads the string of a policy; every faulty segment is reported.
    pub(super) fn read(text: &str, node: &Node) -> Result<Self, Vec<Diagnostic>> {
        if text == "*" {
            return Ok(Self::All);
        }
        let Some([scheme, project, service, region, account, last]) = segments(text) else {
            return Err(vec![not_six(text, node)]);
        };
        if scheme != "qcs" {
            return Err(vec![not_six(text, node)]);
        }
        let mut found = Vec::new();
        let mut start = "qcs:".len();
        let mut place = |segment: &str| {
            let range = start..start + segment.len();
            start = range.end + 1;
            // An empty segment is shown by the colon behind it.
            if range.is_empty() { node.inside(range.start..range.start + 1) } else { node.inside(range) }
        };
        let project_at = place(project);
        let service_at = place(service);
        let region_at = place(region);
        let account_at = place(account);
        if !project.is_empty() {
            let project = shown(project);
            found.push(
                Diagnostic::error(
                    Code::ResourceProjectError,
                    project_at,
                    Text::made(format!("The project segment contains `{project}`."), format!("项目段含有 `{project}`。")),
                )
                .help(Text::new("Leave it empty: `qcs::trtc:…`.", "请留空：`qcs::trtc:…`。"))
                .fix(project_at, ""),
            );
        }
        if !(service.is_empty() || service == "*" || is_service(service)) {
            let service = shown(service);
            found.push(
                Diagnostic::error(
                    Code::ResourceServiceNotExist,
                    service_at,
                    Text::made(format!("`{service}` is not a service name."), format!("`{service}` 不是有效的产品名。")),
                )
                .help(Text::new(
                    "Write the full service name in lower case, for example `trtc`. Leave it empty for any service.",
                    "请用小写写出完整的产品名，例如 `trtc`。留空表示任意产品。",
                )),
            );
        }
        if !(region == "*" || region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')) {
            let region = shown(region);
            found.push(
                Diagnostic::error(
                    Code::ResourceRegionError,
                    region_at,
                    Text::made(format!("`{region}` is not a region."), format!("`{region}` 不是有效的地域。")),
                )
                .help(Text::new(
                    "Write the full region name, for example `ap-guangzhou`. Leave it empty for any region.",
                    "请写出完整的地域名，例如 `ap-guangzhou`。留空表示任意地域。",
                )),
            );
        }
        let owner = Account::read(account);
        if owner.is_none() {
            found.push(account_fault(account, account_at));
        }
        found.extend(last_fault(last, node, text.len() - last.len()));
        match owner {
            Some(account) if found.is_empty() => Ok(Self::Named(NamedPattern {
                text: text.to_owned(),
                service: specific(service),
                region: specific(region),
                account,
                last: last.to_owned(),
            })),
            _ => Err(found),
        }
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::All => "*",
            Self::Named(named) => named.as_str(),
        }
    }
}

impl fmt::Display for ResourcePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn specific(segment: &str) -> Option<String> {
    (!segment.is_empty() && segment != "*").then(|| segment.to_owned())
}

/// The six segments; the last one may hold further colons.
fn segments(text: &str) -> Option<[&str; 6]> {
    let mut rest = text;
    // Segments are short: looking at one byte after the other is quicker than to prepare a search.
    let mut next = || {
        let (segment, behind) = rest.split_at_checked(rest.bytes().position(|byte| byte == b':')?)?;
        rest = behind.get(1..)?;
        Some(segment)
    };
    let [scheme, project, service, region, account] = [next()?, next()?, next()?, next()?, next()?];
    Some([scheme, project, service, region, account, rest])
}

fn not_six(text: &str, node: &Node) -> Diagnostic {
    let echo = shown(text);
    Diagnostic::error(
        Code::ResourceQcsError,
        node.inside(0..text.len()),
        Text::made(format!("`{echo}` is not a resource description."), format!("`{echo}` 不是有效的资源描述。")),
    )
    .help(Text::new(
        "Write `*`, or six segments like `qcs::trtc::uin/<root UIN>:sdkappid/<SDKAppID>`.",
        "请写 `*` 或六段式描述，例如 `qcs::trtc::uin/<主账号 UIN>:sdkappid/<SDKAppID>`。",
    ))
}

fn account_fault(account: &str, at: Span) -> Diagnostic {
    let found = |en: String, zh: String| Diagnostic::error(Code::ResourceUinError, at, Text::made(en, zh));
    let echo = shown(account);
    if variable::occurs(account) {
        return found(
            format!("`{echo}` in the account segment is a placeholder from the documentation, not a policy variable."),
            format!("账号段中的 `{echo}` 是文档中的占位符，不是策略变量。"),
        )
        .help(Text::new(
            "Write the UIN of the root account, or leave the segment empty for your own root account.",
            "请填写主账号 UIN，或留空表示自己的主账号。",
        ))
        .fix(at, "");
    }
    found(format!("`{echo}` is not an account."), format!("`{echo}` 不是有效的账号。")).help(Text::new(
        "Write `uin/<root UIN>`, or leave the segment empty for your own root account.",
        "请写成 `uin/<主账号 UIN>`，或留空表示自己的主账号。",
    ))
}

fn last_fault(last: &str, node: &Node, offset: usize) -> Option<Diagnostic> {
    let found = |range: std::ops::Range<usize>, message: Text, help: Text| {
        let at = node.inside(offset + range.start..offset + range.end);
        Some(Diagnostic::error(Code::ResourceContentError, at, message).help(help))
    };
    if last.is_empty() {
        return Some(
            Diagnostic::error(Code::ResourceContentError, node.span, Text::new("The last segment is empty.", "资源的最后一段为空。"))
                .help(Text::new("Write `type/id`, `type/*` or `*`.", "请写成 `类型/ID`、`类型/*` 或 `*`。")),
        );
    }
    if let Some(position) = last.find("**") {
        return found(
            position..position + 2,
            Text::new("`**` is not allowed in a resource.", "资源中不能使用 `**`。"),
            Text::new("Write a single `*`. It also matches `/`.", "请只写一个 `*`，它同样匹配 `/`。"),
        );
    }
    let place = |position: usize, letter: char| position..position + letter.len_utf8();
    let delete = || Text::new("Delete it.", "请删除。");
    if let Some((position, letter)) = last.char_indices().find(|(_, c)| c.is_control()) {
        return found(place(position, letter), Text::new("The resource contains a control character.", "资源中有控制字符。"), delete());
    }
    // The name of an object may hold blanks, but around it they are slips of the hand.
    if let Some(letter) = last.chars().next().filter(|letter| letter.is_whitespace()) {
        return found(
            place(0, letter),
            Text::new("There is whitespace before the last segment.", "资源的最后一段以空白字符开头。"),
            delete(),
        );
    }
    if let Some((position, letter)) = last.char_indices().next_back().filter(|(_, letter)| letter.is_whitespace()) {
        return found(
            place(position, letter),
            Text::new("There is whitespace at the end of the resource.", "资源末尾有空白字符。"),
            delete(),
        );
    }
    let fault = variable::check(last)?;
    found(fault.range, fault.message, variable::help())
}

/// The resource of a request: everything an operation-level action works on, or one named resource.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Resource {
    /// `*`, or the six segments.
    text: String,
    /// Where they are; `None` for `*`.
    segments: Option<Segments>,
}

/// Where the segments of a resource that is named are in its text, so that it is read once however often it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Segments {
    service: usize,
    region: usize,
    owner: usize,
    last: usize,
    account: Account,
}

impl Segments {
    /// Six segments that name one owner; the project may be empty or `id/0`.
    fn read(text: &str) -> Option<Self> {
        let ["qcs", project @ ("" | "id/0"), service, region, owner, last] = segments(text)? else {
            return None;
        };
        // `*` is a pattern and would otherwise pass for an account.
        let account @ (Account::Own | Account::Uin(_) | Account::AppId(_)) = Account::read(owner)? else {
            return None;
        };
        if service.is_empty() || last.is_empty() {
            return None;
        }
        let service_at = "qcs:".len() + project.len() + 1;
        let region_at = service_at + service.len() + 1;
        let owner_at = region_at + region.len() + 1;
        Some(Self { service: service_at, region: region_at, owner: owner_at, last: owner_at + owner.len() + 1, account })
    }

    /// The segments of the text they were read from.
    fn of(self, text: &str) -> Option<NamedResource<'_>> {
        Some(NamedResource {
            service: text.get(self.service..self.region - 1)?,
            region: text.get(self.region..self.owner - 1)?,
            owner: text.get(self.owner..self.last - 1)?,
            account: self.account,
            last: text.get(self.last..)?,
        })
    }
}

/// Why a text is no resource of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceError;

impl fmt::Display for ResourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a resource is `*` or six segments like `qcs::trtc::uin/<root UIN>:sdkappid/<SDKAppID>`")
    }
}

impl std::error::Error for ResourceError {}

impl Resource {
    /// The resource of an operation-level action, `*`.
    #[must_use]
    pub fn all() -> Self {
        Self { text: "*".to_owned(), segments: None }
    }

    /// One resource of a root account without region: `qcs::<service>::uin/<owner>:<kind>/<id>`. An id of `*` means all of the kind,
    /// which only a pattern that covers `*` matches.
    #[must_use]
    pub fn of(service: &str, owner_uin: i64, kind: &str, id: impl fmt::Display) -> Self {
        let text = format!("qcs::{service}::uin/{owner_uin}:{kind}/{id}");
        Self { segments: Segments::read(&text), text }
    }

    /// Reads `*` or six segments. The project segment may be empty or `id/0`, as denial messages print it.
    ///
    /// # Errors
    /// When the text is neither.
    pub fn parse(text: &str) -> Result<Self, ResourceError> {
        let segments = Segments::read(text);
        if segments.is_none() && text != "*" { Err(ResourceError) } else { Ok(Self { text: text.to_owned(), segments }) }
    }

    /// The resource as the engine takes it, without copying.
    #[must_use]
    pub fn as_ref(&self) -> ResourceRef<'_> {
        match self.segments {
            Some(segments) => segments.of(&self.text).map_or(ResourceRef::Unreadable, ResourceRef::Named),
            None if self.text == "*" => ResourceRef::All,
            None => ResourceRef::Unreadable,
        }
    }

    /// The resource as messages print it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<'a> From<&'a Resource> for ResourceRef<'a> {
    fn from(resource: &'a Resource) -> Self {
        resource.as_ref()
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for Resource {
    type Error = ResourceError;

    fn try_from(text: String) -> Result<Self, ResourceError> {
        Self::parse(&text)
    }
}

impl From<Resource> for String {
    fn from(resource: Resource) -> Self {
        resource.text
    }
}

/// The resource of a request, borrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceRef<'a> {
    /// `*`
    All,
    /// One resource.
    Named(NamedResource<'a>),
    /// No resource at all; nothing ever allows it.
    Unreadable,
}

/// The segments of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedResource<'a> {
    /// The service, e.g. `trtc`.
    pub service: &'a str,
    /// The region, empty where the service has none.
    pub region: &'a str,
    /// The owner as text, e.g. `uin/100000000001`.
    pub owner: &'a str,
    /// The owner.
    pub account: Account,
    /// The last segment, e.g. `sdkappid/1400000001`.
    pub last: &'a str,
}

impl<'a> ResourceRef<'a> {
    /// Reads `*` or six segments; [`ResourceRef::Unreadable`] for anything else.
    #[must_use]
    pub fn read(text: &'a str) -> Self {
        if text == "*" {
            return Self::All;
        }
        Segments::read(text).and_then(|segments| segments.of(text)).map_or(Self::Unreadable, Self::Named)
    }
}
