//! What the server hands to the first rendering of a page: who is signed in, and a form that came back without scripts.
//!
//! Passwords must never be sent back: fields whose name speaks of one are dropped on the way in.

use super::fault::Fault;
use super::session::{Preferences, Session};
use serde::{Deserialize, Serialize};

/// Everything a page knows before it loads its own data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// Language and theme.
    pub preferences: Preferences,
    /// Scheme and host of this console as the reader reaches it, without a slash at the end: for links to be passed on.
    pub origin: String,
    /// Who is signed in; `None` on the pages before login.
    pub session: Option<Session>,
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
    /// A form that was posted, keeping no password.
    #[must_use]
    pub fn new(path: &str, fields: Vec<(String, String)>, outcome: Result<String, Fault>) -> Self {
        const SECRET: [&str; 5] = ["password", "current", "new", "repeat", "code"];
        let fields = fields.into_iter().filter(|(name, _)| !SECRET.iter().any(|secret| name.contains(secret))).collect();
        Self { path: path.to_owned(), fields, outcome }
    }

    /// The value of a field, empty when it was not posted.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
    }

    /// Every value of a field that was posted several times, in their order.
    #[must_use]
    pub fn values(&self, name: &str) -> Vec<String> {
        self.fields.iter().filter(|(field, _)| field == name).map(|(_, value)| value.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_do_not_come_back() {
        let field = |name: &str| (name.to_owned(), "x".to_owned());
        let form = Submitted::new(
            "/login",
            ["username", "password", "new_password", "current", "repeat"].map(field).to_vec(),
            Err(Fault::NotFound),
        );
        assert_eq!(form.fields, [field("username")]);
        assert_eq!((form.value("username"), form.value("password")), ("x", ""));
    }
}
