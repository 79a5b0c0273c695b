//! What a request brings to the conditions: keys with lists of values.
//!
//! It must never look anything up itself (no clock, no address): the server fills it in.

use super::instant::Instant;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::net::IpAddr;

/// The keys of one request. Keys that are absent stay absent; `qcs:uin` and `qcs:owner_uin` come from the principal when not given.
///
/// Three keys have two names and are found under both: `mfa` and `qcs:mfa`, `qcs:resource_tag` and `qcs:tag`, and their per-key forms
/// `qcs:resource_tag/<key>` and `qcs:tag/<key>`, which hold the value alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    keys: Vec<(Cow<'static, str>, Vec<Cow<'static, str>>)>,
}

impl Context {
    /// No keys at all.
    #[must_use]
    pub const fn new() -> Self {
        Self { keys: Vec::new() }
    }

    /// The same with one key that has one value; replaces what the key had.
    #[must_use]
    pub fn with(self, key: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) -> Self {
        self.with_list(key, [value.into()])
    }

    /// The same with one key that has a list of values; replaces what the key had.
    #[must_use]
    pub fn with_list(mut self, key: impl Into<Cow<'static, str>>, values: impl IntoIterator<Item = impl Into<Cow<'static, str>>>) -> Self {
        let key = key.into();
        self.keys.retain(|(known, _)| *known != key);
        self.keys.push((key, values.into_iter().map(Into::into).collect()));
        self
    }

    /// Whether the caller has verified a second factor. The server must always say so: the rules that demand it do not fire on an
    /// absent key.
    #[must_use]
    pub fn with_mfa(self, verified: bool) -> Self {
        self.with("mfa", if verified { "1" } else { "0" })
    }

    /// The key of the caller's address.
    pub const IP: &'static str = "qcs:ip";

    /// The caller's address as the server sees it.
    #[must_use]
    pub fn with_ip(self, address: IpAddr) -> Self {
        self.with(Self::IP, address.to_canonical().to_string())
    }

    /// The key of the time of the request.
    pub const TIME: &'static str = "qcs:current_time";

    /// The time the server received the request, milliseconds since the epoch; a time no calendar has is left out.
    #[must_use]
    pub fn with_time_ms(self, time_ms: i64) -> Self {
        match Instant::of_ms(time_ms) {
            Some(time) => self.with(Self::TIME, format!("{time}Z")),
            None => self,
        }
    }

    /// The tags on the resource, each as `key&value`.
    #[must_use]
    pub fn with_resource_tags(self, tags: impl IntoIterator<Item = String>) -> Self {
        self.with_list("qcs:resource_tag", tags)
    }

    /// The tags the request carries, each as `key&value`.
    #[must_use]
    pub fn with_request_tags(self, tags: impl IntoIterator<Item = String>) -> Self {
        self.with_list("qcs:request_tag", tags)
    }

    /// The UIN of the account that made the resource.
    #[must_use]
    pub fn with_create_uin(self, uin: i64) -> Self {
        self.with("qcs:create_uin", uin.to_string())
    }

    /// Every key with its values, in the order in which they were given.
    pub fn iter(&self) -> impl Iterator<Item = (&str, impl Iterator<Item = &str>)> {
        self.keys.iter().map(|(key, values)| (key.as_ref(), values.iter().map(AsRef::as_ref)))
    }

    /// The same with those keys only that are wanted.
    pub(super) fn only(&self, wanted: impl Fn(&str) -> bool) -> Self {
        Self { keys: self.keys.iter().filter(|(key, _)| wanted(key)).cloned().collect() }
    }

    /// The values of a key under its own name or its other one; `None` when the request does not carry it.
    pub(super) fn values<'c>(&'c self, key: &'c str) -> Option<Values<'c>> {
        if let Some(list) = self.list(key) {
            return Some(Values { list, tag: None });
        }
        let (other, tag) = match key {
            "mfa" => ("qcs:mfa", None),
            "qcs:mfa" => ("mfa", None),
            "qcs:tag" => ("qcs:resource_tag", None),
            "qcs:resource_tag" => ("qcs:tag", None),
            _ => ("", Some(tag_of(key)?)),
        };
        let Some(tag) = tag else {
            return self.list(other).map(|list| Values { list, tag: None });
        };
        // The key has not been found under its own name, so a key of the same tag is its other one.
        if let Some((_, list)) = self.keys.iter().find(|(known, _)| tag_of(known) == Some(tag)) {
            return Some(Values { list, tag: None });
        }
        let list = self.list("qcs:resource_tag").or_else(|| self.list("qcs:tag"))?;
        let values = Values { list, tag: Some(tag) };
        // The key of a tag is absent when the resource does not carry that tag, however many others it has.
        values.iter().next().is_some().then_some(values)
    }

    fn list(&self, key: &str) -> Option<&[Cow<'static, str>]> {
        self.keys.iter().find(|(known, _)| known == key).map(|(_, values)| values.as_slice())
    }
}

/// A key under one of its names: `mfa` has two, and those of a resource's tags are many and taken for one.
pub(super) fn one_name(key: &str) -> &str {
    match key {
        "mfa" => "qcs:mfa",
        "qcs:tag" => "qcs:resource_tag",
        key if tag_of(key).is_some() => "qcs:resource_tag",
        key => key,
    }
}

/// The tag key of a per-key condition key such as `qcs:tag/biz`.
pub(super) fn tag_of(key: &str) -> Option<&str> {
    key.strip_prefix("qcs:tag/").or_else(|| key.strip_prefix("qcs:resource_tag/"))
}

/// The values of one key. Copying it copies nothing.
#[derive(Clone, Copy)]
pub(super) struct Values<'c> {
    list: &'c [Cow<'static, str>],
    tag: Option<&'c str>,
}

impl<'c> Values<'c> {
    /// A list as it is.
    pub(super) const fn of(list: &'c [Cow<'static, str>]) -> Self {
        Self { list, tag: None }
    }

    /// The values; of a tag list seen through one tag key, the values of that tag.
    pub(super) fn iter(self) -> impl Iterator<Item = &'c str> {
        self.list.iter().filter_map(move |value| match self.tag {
            None => Some(value.as_ref()),
            Some(tag) => value.split_once('&').filter(|(key, _)| *key == tag).map(|(_, value)| value),
        })
    }
}
