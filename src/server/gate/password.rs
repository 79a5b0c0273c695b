//! Passwords: hashed with argon2id, checked off the async threads, made when nobody chooses one.
//!
//! A password must never be logged or kept longer than its check takes.

use crate::server::clock::{random_bytes, random_text};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::{Arc, LazyLock};
use tokio::sync::Semaphore;

/// How much work one hash takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
}

impl Cost {
    /// What OWASP's password storage guidance asks of argon2id at least.
    pub const STANDARD: Self = Self { memory_kib: 19 * 1024, passes: 2 };
    /// For tests that log in hundreds of times.
    pub const TESTS: Self = Self { memory_kib: 64, passes: 1 };
}

/// Hashes and checks passwords, a few at a time, so that a flood of logins cannot take all the memory.
#[derive(Clone, Debug)]
pub struct Passwords {
    cost: Cost,
    places: Arc<Semaphore>,
    /// What the password of an unknown account is checked against, so that it takes as long as that of a known one.
    nobody: Arc<LazyLock<String, Box<dyn FnOnce() -> String + Send>>>,
}

impl Passwords {
    /// A hasher of the given cost.
    #[must_use]
    pub fn new(cost: Cost) -> Self {
        let nobody: Box<dyn FnOnce() -> String + Send> = Box::new(move || hash_now(cost, "nobody has this password"));
        Self { cost, places: Arc::new(Semaphore::new(4)), nobody: Arc::new(LazyLock::new(nobody)) }
    }

    /// The hash of a password, in PHC form with its own salt.
    pub async fn hash(&self, password: &str) -> String {
        let (cost, password) = (self.cost, password.to_owned());
        self.off_thread(move || hash_now(cost, &password)).await.unwrap_or_default()
    }

    /// Whether a password has this hash; without a hash the same work is done and the answer is no.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> bool {
        let (password, hash, nobody) = (password.to_owned(), hash.map(str::to_owned), self.nobody.clone());
        self.off_thread(move || {
            let known = hash.is_some();
            // INVARIANT: the work is done before the answer, and without a hash the answer is no whatever the work gave.
            let right = matches(&password, hash.as_deref().unwrap_or_else(|| nobody.as_str()));
            known & right
        })
        .await
        .unwrap_or(false)
    }

    async fn off_thread<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let _place = self.places.acquire().await.ok()?;
        tokio::task::spawn_blocking(work).await.ok()
    }
}

fn hash_now(cost: Cost, password: &str) -> String {
    Params::new(cost.memory_kib, cost.passes, 1, None)
        .ok()
        .map(|params| Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
        .and_then(|argon2| argon2.hash_password_with_salt(password.as_bytes(), &random_bytes::<16>()).ok())
        // An empty hash matches no password: who cannot be hashed cannot log in.
        .map_or_else(String::new, |hash| hash.to_string())
}

fn matches(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// A password nobody has to think of: 16 characters without those that are easily mistaken, of all four kinds.
#[must_use]
pub fn generate() -> String {
    const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let one = |kind: &[u8]| random_text(kind, 1);
    [random_text(LETTERS, 6), one(b"-_+="), random_text(LETTERS, 6), one(b"23456789"), one(b"abcdefghjkmnp"), one(b"ABCDEFGHJKLMNP")]
        .concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::accounts::check_password;

    #[tokio::test]
    async fn only_the_right_password_has_the_hash() {
        let passwords = Passwords::new(Cost::TESTS);
        let hash = passwords.hash("Correct-horse-1").await;
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(passwords.verify("Correct-horse-1", Some(&hash)).await);
        assert!(!passwords.verify("correct-horse-1", Some(&hash)).await);
        assert!(!passwords.verify("Correct-horse-1", None).await);
        assert!(!passwords.verify("nobody has this password", None).await, "the stand-in is no way in");
        assert!(!passwords.verify("", Some("")).await);
    }

    #[test]
    fn generated_passwords_pass_their_own_rule() {
        for _ in 0..200 {
            assert!(check_password(&generate()).is_ok());
        }
    }
}
