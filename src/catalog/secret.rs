//! Fields of forms that hold secrets, declared by where the form is posted to: they are taken in and never sent back.
//!
//! A new form with a secret begins with a row here; nothing else decides what is secret.

/// Where a form is posted to, and its secret fields.
const SECRETS: [(&str, &[&str]); 9] = [
    ("/login", &["password"]),
    ("/setup", &["password", "repeat"]),
    ("/password", &["current", "new", "repeat"]),
    ("/call/session/prove", &["password"]),
    ("/call/session/password", &["current", "new", "repeat"]),
    ("/call/users/create", &["password"]),
    ("/call/users/reset-password", &["password"]),
    ("/call/callbacks/set-key", &["callback_key"]),
    ("/call/features/recording", &["callback_key"]),
];

/// Every form with secret fields.
pub fn all() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    SECRETS.into_iter()
}

/// The secret fields of the forms that are posted to a path.
#[must_use]
pub fn of(path: &str) -> &'static [&'static str] {
    SECRETS.iter().find(|(known, _)| *known == path).map_or(&[], |(_, fields)| fields)
}

/// Whether the name of a field speaks of a secret: such a field must be declared, and one that no form of ours has is a secret in the wrong place.
#[must_use]
pub fn sounds_secret(field: &str) -> bool {
    let letters: String = field.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let key = letters.ends_with("key") && !letters.contains("dropkey");
    key || ["password", "passwort", "secret", "token", "passphrase", "credential"].iter().any(|word| letters.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_secret_by_its_name_is_found() {
        for field in ["password", "new_password", "Password", "pass word", "callback_key", "SecretId", "token"] {
            assert!(sounds_secret(field), "{field}");
        }
        for field in ["name", "keys[]", "drop_key", "document", "uin"] {
            assert!(!sounds_secret(field), "{field}");
        }
        assert_eq!(of("/call/callbacks/set-key"), ["callback_key"]);
        assert!(of("/call/groups/create").is_empty());
    }
}
