//! Passwords: hashed with argon2id, checked off the async threads, made when nobody chooses one.
//!
//! A password must never be logged or kept longer than its check takes.

use crate::server::clock::{random_bytes, random_text};
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use subtle::ConstantTimeEq as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Hashes worked out at the same time; each takes a place with its memory.
const PLACES: usize = 4;
/// Hashes for strangers that may wait for a place. More are turned away at once: they would be answered too late, and their passwords wait in
/// memory.
const MAX_STRANGERS: usize = 96;
/// The same for people who are known, so that no flood of strangers turns them away.
const MAX_KNOWN: usize = 32;
/// Bytes of a hash.
const HASH_BYTES: usize = 32;

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

    fn params(self) -> Option<Params> {
        Params::new(self.memory_kib, self.passes, 1, Some(HASH_BYTES)).ok()
    }
}

/// Too many passwords wait to be hashed already; another attempt a second later is welcome.
#[derive(Debug, PartialEq, Eq)]
pub struct Busy;

/// In which line a password waits to be hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Whoever sends a login.
    Strangers,
    /// Whoever is logged in, or logs in from where the account is known to be used.
    Known,
}

/// Hashes and checks passwords, a few at a time, so that a flood of logins cannot take all the memory.
#[derive(Clone, Debug)]
pub struct Passwords {
    cost: Cost,
    strangers: Arc<Semaphore>,
    known: Arc<Semaphore>,
    places: Arc<Semaphore>,
    memory: Memory,
    /// What the password of an unknown account is checked against, so that it takes as long as that of a known one.
    nobody: Arc<LazyLock<String, Box<dyn FnOnce() -> String + Send>>>,
}

impl Passwords {
    /// A hasher of the given cost.
    #[must_use]
    pub fn new(cost: Cost) -> Self {
        let nobody: Box<dyn FnOnce() -> String + Send> = Box::new(move || hash_now(cost, "nobody has this password", &mut Vec::new()));
        Self {
            cost,
            strangers: Arc::new(Semaphore::new(MAX_STRANGERS)),
            known: Arc::new(Semaphore::new(MAX_KNOWN)),
            places: Arc::new(Semaphore::new(PLACES)),
            memory: Memory::default(),
            nobody: Arc::new(LazyLock::new(nobody)),
        }
    }

    /// The hash of a password, in PHC form with its own salt.
    ///
    /// # Errors
    /// [`Busy`].
    pub async fn hash(&self, password: &str) -> Result<String, Busy> {
        let (cost, password) = (self.cost, password.to_owned());
        self.off_thread(Line::Known, move |memory| hash_now(cost, &password, memory)).await
    }

    /// Whether a password has this hash; without a hash the same work is done and the answer is no.
    ///
    /// # Errors
    /// [`Busy`]: then nothing was checked.
    pub async fn verify(&self, line: Line, password: &str, hash: Option<&str>) -> Result<bool, Busy> {
        let (password, hash, nobody) = (password.to_owned(), hash.map(str::to_owned), self.nobody.clone());
        self.off_thread(line, move |memory| {
            let known = hash.is_some();
            // INVARIANT: the work is done before the answer, and without a hash the answer is no whatever the work gave.
            let right = matches(&password, hash.as_deref().unwrap_or_else(|| nobody.as_str()), memory);
            known & right
        })
        .await
    }

    /// Whether a hash was made at a lower cost than today's, so that it is worth making anew while the password is at hand.
    #[must_use]
    pub fn is_dated(&self, hash: &str) -> bool {
        let made = PasswordHash::new(hash).ok().and_then(|hash| Params::try_from(&hash).ok());
        made.is_some_and(|made| made.m_cost() < self.cost.memory_kib || made.t_cost() < self.cost.passes)
    }

    /// Does the work at one of the places. The place goes with the work, not with whoever asked for it: a client that hangs up frees none.
    async fn off_thread<T: Send + 'static>(&self, line: Line, work: impl FnOnce(&mut Vec<Block>) -> T + Send + 'static) -> Result<T, Busy> {
        let line = match line {
            Line::Strangers => &self.strangers,
            Line::Known => &self.known,
        };
        let waits = line.try_acquire().map_err(|_| Busy)?;
        let place = self.places.clone().acquire_owned().await.map_err(|_| Busy)?;
        drop(waits);
        let memory = self.memory.clone();
        tokio::task::spawn_blocking(move || memory.lend(&place, work)).await.map_err(|_| Busy)
    }
}

/// The memory of the places: made once, used again by every hash. There is never more of it than there are places.
#[derive(Clone, Debug, Default)]
struct Memory(Arc<Mutex<Vec<Vec<Block>>>>);

impl Memory {
    /// Lends the memory of a place for some work.
    fn lend<T>(&self, _place: &OwnedSemaphorePermit, work: impl FnOnce(&mut Vec<Block>) -> T) -> T {
        let mut blocks = self.spare().pop().unwrap_or_default();
        let done = work(&mut blocks);
        self.spare().push(blocks);
        done
    }

    fn spare(&self) -> std::sync::MutexGuard<'_, Vec<Vec<Block>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The raw hash of a password under some parameters; `None` when they are none.
fn raw(params: Params, password: &str, salt: &[u8], memory: &mut Vec<Block>) -> Option<[u8; HASH_BYTES]> {
    let blocks = params.block_count();
    if memory.len() < blocks {
        memory.resize(blocks, Block::new());
    }
    let mut out = [0; HASH_BYTES];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut out, memory.get_mut(..blocks)?).ok()?;
    Some(out)
}

fn hash_now(cost: Cost, password: &str, memory: &mut Vec<Block>) -> String {
    let salt = random_bytes::<16>();
    let made = |memory: &mut Vec<Block>| {
        let params = cost.params()?;
        let told = ParamsString::try_from(&params).ok()?;
        let hash = Output::new(&raw(params, password, &salt, memory)?).ok()?;
        Some(PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: told,
            salt: Some(Salt::new(&salt).ok()?),
            hash: Some(hash),
        })
    };
    // An empty hash matches no password: who cannot be hashed cannot log in.
    made(memory).map_or_else(String::new, |hash| hash.to_string())
}

fn matches(password: &str, hash: &str, memory: &mut Vec<Block>) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    let (Some(salt), Some(expected), Ok(params)) = (hash.salt, hash.hash, Params::try_from(&hash)) else { return false };
    if hash.algorithm != Algorithm::Argon2id.ident()
        || hash.version != Some(Version::V0x13.into())
        || params.output_len() != Some(HASH_BYTES)
    {
        return false;
    }
    raw(params, password, salt.as_ref(), memory).is_some_and(|found| bool::from(found.ct_eq(expected.as_bytes())))
}

/// A password nobody has to think of: 20 characters without those that are easily mistaken, of all four kinds.
#[must_use]
pub fn generate() -> String {
    const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let one = |kind: &[u8]| random_text(kind, 1);
    [random_text(LETTERS, 8), one(b"-_+="), random_text(LETTERS, 8), one(b"23456789"), one(b"abcdefghjkmnp"), one(b"ABCDEFGHJKLMNP")]
        .concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::passwords::check_password;

    #[tokio::test]
    async fn only_the_right_password_has_the_hash() {
        let passwords = Passwords::new(Cost::TESTS);
        let hash = passwords.hash("Correct-horse-1").await.unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert_eq!(passwords.verify(Line::Known, "Correct-horse-1", Some(&hash)).await, Ok(true));
        assert_eq!(passwords.verify(Line::Known, "correct-horse-1", Some(&hash)).await, Ok(false));
        assert_eq!(passwords.verify(Line::Known, "Correct-horse-1", None).await, Ok(false));
        assert_eq!(passwords.verify(Line::Known, "nobody has this password", None).await, Ok(false), "the stand-in is no way in");
        assert_eq!(passwords.verify(Line::Known, "", Some("")).await, Ok(false));
    }

    #[tokio::test]
    async fn hashes_of_the_library_and_of_another_cost_are_understood() {
        use argon2::password_hash::PasswordHasher as _;
        let made = Argon2::default().hash_password_with_salt(b"Correct-horse-1", &[7; 16]).unwrap().to_string();
        let passwords = Passwords::new(Cost::TESTS);
        assert_eq!(passwords.verify(Line::Known, "Correct-horse-1", Some(&made)).await, Ok(true));
        assert_eq!(passwords.verify(Line::Known, "Correct-horse-2", Some(&made)).await, Ok(false));
        assert!(!passwords.is_dated(&made), "it cost more than ours");
        let cheap = passwords.hash("Correct-horse-1").await.unwrap();
        assert!(Passwords::new(Cost::STANDARD).is_dated(&cheap));
        assert!(!passwords.is_dated(&cheap) && !passwords.is_dated("rubbish"));
    }

    #[tokio::test]
    async fn whoever_gives_up_frees_no_place_and_no_memory() {
        let passwords = Passwords::new(Cost::TESTS);
        let (begun, mut begins) = tokio::sync::mpsc::unbounded_channel();
        let gate = Arc::new((Mutex::new(false), std::sync::Condvar::new()));
        let mut asked = Vec::new();
        for _ in 0..3 * PLACES {
            let (passwords, begun, gate) = (passwords.clone(), begun.clone(), gate.clone());
            asked.push(tokio::spawn(async move {
                let work = move |_: &mut Vec<Block>| {
                    begun.send(()).unwrap();
                    drop(gate.1.wait_while(gate.0.lock().unwrap(), |open| !*open).unwrap());
                };
                passwords.off_thread(Line::Strangers, work).await
            }));
        }
        for _ in 0..PLACES {
            begins.recv().await.unwrap();
        }
        for asked in asked {
            asked.abort();
            drop(asked.await);
        }
        assert_eq!(passwords.places.available_permits(), 0, "the work goes on, so its places are taken");
        assert!(begins.try_recv().is_err(), "nobody else began");
        *gate.0.lock().unwrap() = true;
        gate.1.notify_all();
        let all = passwords.places.acquire_many(u32::try_from(PLACES).unwrap()).await.unwrap();
        assert_eq!(passwords.memory.spare().len(), PLACES);
        drop(all);
        assert_eq!(passwords.strangers.available_permits(), MAX_STRANGERS);
    }

    #[tokio::test]
    async fn a_line_that_is_full_turns_away() {
        let passwords = Passwords::new(Cost::TESTS);
        let line = passwords.strangers.acquire_many(u32::try_from(MAX_STRANGERS).unwrap()).await.unwrap();
        assert_eq!(passwords.verify(Line::Strangers, "Correct-horse-1", None).await, Err(Busy));
        assert_eq!(passwords.verify(Line::Known, "Correct-horse-1", None).await, Ok(false), "known people have a line of their own");
        drop(line);
        assert_eq!(passwords.verify(Line::Strangers, "Correct-horse-1", None).await, Ok(false));
    }

    #[test]
    fn generated_passwords_pass_their_own_rule() {
        for _ in 0..200 {
            assert!(check_password(&generate(), &[]).is_ok());
        }
    }
}
