//! Fields of forms that hold secrets: they are taken in and never sent back.
//!
//! Forms of server functions declare theirs with their operation; those before login stand here. Nothing else decides what is secret.

use super::operations;

/// Where the forms before login are posted to, and their secret fields.
const BEFORE_LOGIN: [(&str, &[&str]); 3] =
    [("/login", &["password"]), ("/setup", &["password", "repeat"]), ("/password", &["current", "new", "repeat"])];

/// Every form with secret fields.
pub fn all() -> impl Iterator<Item = (String, &'static [&'static str])> {
    let of_operations = operations::ALL.iter().filter(|row| !row.secrets.is_empty());
    let calls = of_operations.flat_map(|row| row.endpoints.iter().map(|endpoint| (format!("/call/{endpoint}"), row.secrets)));
    BEFORE_LOGIN.into_iter().map(|(path, secrets)| (path.to_owned(), secrets)).chain(calls)
}

/// The secret fields of the forms that are posted to a path.
pub fn of(path: &str) -> impl Iterator<Item = &'static str> {
    let before_login = BEFORE_LOGIN.iter().filter(move |(known, _)| *known == path).flat_map(|(_, fields)| fields.iter());
    let endpoint = path.strip_prefix("/call/").unwrap_or_default();
    before_login.chain(operations::of(endpoint).flat_map(|row| row.secrets)).copied()
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
        assert_eq!(of("/call/callbacks/set-key").collect::<Vec<_>>(), ["callback_key"]);
        assert_eq!(of("/setup").collect::<Vec<_>>(), ["password", "repeat"]);
        assert_eq!(of("/call/groups/create").next(), None);
    }
}
