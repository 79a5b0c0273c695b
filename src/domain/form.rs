//! What the server hands to the first rendering of a page: who is signed in, and a form that came back without scripts.
//!
//! Secrets must never be sent back: fields that hold them are dropped on the way in.

use super::fault::Fault;
use super::ids::Uin;
use super::session::{Preferences, Session};
use crate::catalog::secret;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Everything a page knows before it loads its own data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// Language and theme.
    pub preferences: Preferences,
    /// The root account that the login page suggests: that of the sub-account that logged in last on this device.
    pub owner: Option<Uin>,
    /// Scheme and host of this console as the reader reaches it, without a slash at the end: for links to be passed on.
    pub origin: String,
    /// Who is signed in; `None` on the pages before login.
    pub session: Option<Arc<Session>>,
    /// Why the page does not open; it is shown in the place of the page.
    pub fault: Option<Fault>,
    /// A form that was posted without scripts and came back with a fault or an answer.
    pub submitted: Option<Submitted>,
}

/// A form as it was posted, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Submitted {
    /// Where it was posted to.
    pub path: String,
    /// Its fields in their order, without passwords.
    pub fields: Vec<(String, String)>,
    /// The fault, or the answer as JSON.
    pub outcome: Result<String, Fault>,
}

impl Submitted {
    /// A form that was posted, keeping no secret: neither what its call declares as one, nor what a name speaks of.
    #[must_use]
    pub fn new(path: &str, fields: Vec<(String, String)>, outcome: Result<String, Fault>) -> Self {
        let waiting = Waiting::path_in(&fields).map(str::to_owned);
        let is_secret = |name: &str| {
            let (form, field) = match name.strip_prefix(Waiting::FIELD) {
                Some(field) => (waiting.as_deref().unwrap_or_default(), field),
                None => (path, name),
            };
            secret::of(form).any(|secret| secret == field) || secret::sounds_secret(field)
        };
        let fields = fields.into_iter().filter(|(name, _)| !is_secret(name)).collect();
        Self { path: path.to_owned(), fields, outcome }
    }

    /// The value of a field, empty when it was not posted.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
    }

    /// The form that waits for a proof of the password: the one that was refused for want of it, or the one that a refused proof carried.
    #[must_use]
    pub fn waiting(&self) -> Option<Waiting> {
        match &self.outcome {
            Err(Fault::Reauthenticate) => Some(Waiting { path: self.path.clone(), fields: self.fields.clone() }),
            _ => Waiting::carried(&self.fields),
        }
    }

    /// Every value of a field that was posted several times, in their order.
    #[must_use]
    pub fn values(&self, name: &str) -> Vec<String> {
        self.fields.iter().filter(|(field, _)| field == name).map(|(_, value)| value.clone()).collect()
    }
}

/// A form that waits until a password is proven, without scripts to keep it: it travels along with the proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Where it was posted to.
    pub path: String,
    /// Its fields in their order, without passwords.
    pub fields: Vec<(String, String)>,
}

impl Waiting {
    const PATH: &'static str = "waiting";
    const FIELD: &'static str = "waiting.";

    /// The fields by which it travels.
    #[must_use]
    pub fn carrying(&self) -> Vec<(String, String)> {
        let path = (Self::PATH.to_owned(), self.path.clone());
        let fields = self.fields.iter().map(|(name, value)| (format!("{}{name}", Self::FIELD), value.clone()));
        std::iter::once(path).chain(fields).collect()
    }

    /// The form that travels in these fields, if one does.
    #[must_use]
    pub fn carried(fields: &[(String, String)]) -> Option<Self> {
        let path = Self::path_in(fields)?;
        let own = fields.iter().filter_map(|(name, value)| Some((name.strip_prefix(Self::FIELD)?.to_owned(), value.clone())));
        Some(Self { path: path.to_owned(), fields: own.collect() })
    }

    fn path_in(fields: &[(String, String)]) -> Option<&str> {
        fields.iter().find(|(name, _)| name == Self::PATH).map(|(_, path)| path.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_come_back() {
        let field = |name: &str| (name.to_owned(), "x".to_owned());
        let kept = |path: &str, names: &[&str]| {
            let form = Submitted::new(path, names.iter().map(|name| field(name)).collect(), Err(Fault::NotFound));
            form.fields.into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(kept("/login", &["username", "password", "new_password", "Pass word"]), "username");
        assert_eq!(kept("/call/session/password", &["current", "new", "repeat"]), "");
        assert_eq!(kept("/call/callbacks/set-key", &["id", "callback_key"]), "id");
        assert_eq!(
            kept("/call/features/recording", &["callback_url", "callback_key", "drop_key", "recording_key"]),
            "callback_url drop_key"
        );
        assert_eq!(kept("/call/apps/tags", &["keys[]", "values[]"]), "keys[] values[]");
    }

    #[test]
    fn secrets_do_not_travel_with_the_proof() {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let carried = vec![
            field("password", "wrong"),
            field("waiting", "/call/session/password"),
            field("waiting.current", "secret"),
            field("waiting.id", "7"),
        ];
        let form = Submitted::new("/call/session/prove", carried, Err(Fault::NotFound));
        assert_eq!(form.waiting().unwrap().fields, [field("id", "7")]);
    }

    #[test]
    fn a_form_that_waits_comes_back_as_it_went() {
        let fields = vec![("uin".to_owned(), "1".to_owned()), ("policies[]".to_owned(), "2".to_owned())];
        let refused = Submitted::new("/call/users/attach", fields.clone(), Err(Fault::Reauthenticate));
        let waiting = refused.waiting().unwrap();
        assert_eq!((waiting.path.as_str(), &waiting.fields), ("/call/users/attach", &fields));
        let wrong =
            Submitted::new("/call/session/prove", waiting.carrying(), Err(Fault::invalid("password", crate::text::Text::new("", ""))));
        assert_eq!(wrong.waiting(), Some(waiting));
        assert_eq!(Submitted::new("/call/groups/edit", fields, Err(Fault::NotFound)).waiting(), None);
    }
}
