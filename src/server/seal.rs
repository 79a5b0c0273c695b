//! Secrets at rest: sealed with a key of the installation before they reach the database, and opened only for use.
//!
//! A sealed text is `v1.<key id>.<base64 of nonce and ciphertext>`. It is bound to its place, so that a text copied to another row does not
//! open there, and it names its key, so that keys can be replaced: what an earlier key sealed is opened and sealed anew at the next start
//! (`services::sealing`). Keys live in the data directory or the configuration, never in the database. Must never log what it seals.

use super::clock::random_bytes;
use super::hex::hex;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use std::fmt;
use std::path::{Path, PathBuf};

/// Where a sealed text stands. It opens nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The key that signs the events of an application.
    CallbackKey {
        /// Its root account.
        owner: i64,
        /// Its SDKAppID.
        app: i64,
    },
    /// The key that signs the recording callbacks of an application.
    RecordingKey {
        /// Its root account.
        owner: i64,
        /// Its SDKAppID.
        app: i64,
    },
    /// The text that shows at start whether the key is the one of the database.
    Canary,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CallbackKey { owner, app } => write!(f, "callback_key:{owner}:{app}"),
            Self::RecordingKey { owner, app } => write!(f, "recording_key:{owner}:{app}"),
            Self::Canary => f.write_str("canary"),
        }
    }
}

/// The format of sealed texts. Texts without one were sealed by versions before it.
const VERSION: &str = "v1";

/// A key that seals, with its id.
#[derive(Clone)]
pub struct SealKey {
    id: String,
    cipher: XChaCha20Poly1305,
}

impl SealKey {
    /// The key of these bytes.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        let digest = Sha256::digest([b"trtc-console seal key id ".as_slice(), key].concat());
        let id = hex(&digest[..4]);
        Self { id, cipher: XChaCha20Poly1305::new(&Key::from(*key)) }
    }

    /// The key of 32 bytes in base64; `None` when the text is something else.
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        let bytes: [u8; 32] = STANDARD.decode(text.trim()).ok()?.try_into().ok()?;
        Some(Self::new(&bytes))
    }

    /// What the key is called in sealed texts and messages. It tells nothing about the key.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealKey({})", self.id)
    }
}

/// What seals with one key, and opens what this key or an earlier one has sealed.
#[derive(Clone, Debug)]
pub struct Sealer {
    key: SealKey,
    earlier: Vec<SealKey>,
}

/// Why a secret could not be sealed or opened.
#[derive(Debug, PartialEq, Eq)]
pub enum SealError {
    /// The library did not encrypt.
    NotSealed,
    /// The text is not one that this version seals.
    Format,
    /// It was sealed with a key that is not here.
    UnknownKey(String),
    /// It was changed, or copied from another place.
    Broken,
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSealed => f.write_str("the secret could not be encrypted"),
            Self::Format => f.write_str("the sealed text has an unknown format"),
            Self::UnknownKey(id) => write!(f, "it was sealed with the key {id}, which is not available"),
            Self::Broken => f.write_str("the sealed text was changed or belongs elsewhere"),
        }
    }
}

impl std::error::Error for SealError {}

impl Sealer {
    /// Seals with `key`; `earlier` keys only open.
    #[must_use]
    pub fn new(key: SealKey, earlier: Vec<SealKey>) -> Self {
        Self { key, earlier }
    }

    /// How every text begins that was sealed with the present key.
    #[must_use]
    pub fn prefix(&self) -> String {
        format!("{VERSION}.{}.", self.key.id)
    }

    /// Seals a secret for a place.
    ///
    /// # Errors
    /// When the library does not encrypt.
    pub fn seal(&self, place: Place, secret: &str) -> Result<String, SealError> {
        let nonce = random_bytes::<24>();
        let bound = bound_to(place);
        let payload = Payload { msg: secret.as_bytes(), aad: bound.as_bytes() };
        let sealed = self.key.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::NotSealed)?;
        Ok(format!("{}{}", self.prefix(), STANDARD.encode([nonce.as_slice(), sealed.as_slice()].concat())))
    }

    /// Opens a text that was sealed for this place.
    ///
    /// # Errors
    /// When it was sealed with a key that is not here, for another place, or was changed since.
    pub fn open(&self, place: Place, sealed: &str) -> Result<String, SealError> {
        let rest = sealed.strip_prefix(VERSION).and_then(|rest| rest.strip_prefix('.')).ok_or(SealError::Format)?;
        let (id, bytes) = rest.split_once('.').ok_or(SealError::Format)?;
        let key = self.keys().find(|key| key.id == id).ok_or_else(|| SealError::UnknownKey(id.to_owned()))?;
        decrypt(key, &bound_to(place), bytes)
    }

    /// Opens a text from before there was a format. Such texts are bound to no place, so only the first start of this version may ask.
    ///
    /// # Errors
    /// When no key here has sealed it.
    pub fn open_unversioned(&self, sealed: &str) -> Result<String, SealError> {
        self.keys().find_map(|key| decrypt(key, "", sealed).ok()).ok_or(SealError::Broken)
    }

    fn keys(&self) -> impl Iterator<Item = &SealKey> {
        std::iter::once(&self.key).chain(&self.earlier)
    }
}

/// What is encrypted along with a secret without being part of the text.
fn bound_to(place: Place) -> String {
    format!("trtc-console {VERSION} {place}")
}

fn decrypt(key: &SealKey, bound: &str, text: &str) -> Result<String, SealError> {
    let bytes = STANDARD.decode(text).map_err(|_| SealError::Format)?;
    let (nonce, ciphertext) = bytes.split_first_chunk::<24>().ok_or(SealError::Format)?;
    let payload = Payload { msg: ciphertext, aad: bound.as_bytes() };
    let opened = key.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError::Broken)?;
    String::from_utf8(opened).map_err(|_| SealError::Broken)
}

/// The files of a data directory that hold keys.
#[derive(Clone, Debug)]
pub struct KeyFiles {
    /// The present key.
    pub present: PathBuf,
    /// The one before, for as long as something may still be sealed with it.
    pub earlier: PathBuf,
}

impl KeyFiles {
    /// The key files of a data directory, whether they are there or not.
    #[must_use]
    pub fn of(data_dir: &Path) -> Self {
        Self { present: data_dir.join("seal.key"), earlier: data_dir.join("seal.key.old") }
    }

    /// The key of a file; `None` when there is no such file.
    ///
    /// # Errors
    /// When it cannot be read or does not hold 32 bytes in base64.
    pub fn read(path: &Path) -> std::io::Result<Option<SealKey>> {
        match std::fs::read_to_string(path) {
            Ok(text) => SealKey::from_base64(&text)
                .map(Some)
                .ok_or_else(|| std::io::Error::other(format!("{} does not contain 32 bytes in base64", path.display()))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes the file of the present key, which must not be there.
    ///
    /// # Errors
    /// When it is there or cannot be written.
    pub fn make(&self) -> std::io::Result<SealKey> {
        let key = random_bytes::<32>();
        write_private(&self.present, &STANDARD.encode(key))?;
        Ok(SealKey::new(&key))
    }
}

/// Makes a directory that only its owner can look into; one that is there is left as it is.
///
/// # Errors
/// When it cannot be made.
pub fn private_directory(path: &Path) -> std::io::Result<()> {
    let mut directory = std::fs::DirBuilder::new();
    directory.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut directory, 0o700);
    directory.create(path)
}

/// Whether others on this machine may look into a directory.
#[must_use]
pub fn is_open_to_others(path: &Path) -> bool {
    #[cfg(unix)]
    return std::fs::metadata(path).is_ok_and(|found| std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o077 != 0);
    #[cfg(not(unix))]
    return !path.exists();
}

/// Writes a new file that only its owner can read.
///
/// # Errors
/// When it is there already or cannot be written.
#[cfg(unix)]
pub fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?.write_all(text.as_bytes())
}

/// Writes a file.
///
/// # Errors
/// When it cannot be written.
#[cfg(not(unix))]
pub fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    std::fs::write(path, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place = Place::CallbackKey { owner: 1, app: 2 };

    #[test]
    fn what_is_sealed_opens_again_only_with_its_key_and_in_its_place() {
        let [key, other] = [SealKey::new(&[7; 32]), SealKey::new(&[8; 32])];
        let sealer = Sealer::new(key.clone(), Vec::new());
        let sealed = sealer.seal(HERE, "123654").unwrap();
        assert!(!sealed.contains("123654") && sealed.starts_with(&sealer.prefix()));
        assert_eq!(sealer.open(HERE, &sealed), Ok("123654".to_owned()));
        assert_ne!(sealed, sealer.seal(HERE, "123654").unwrap(), "equal secrets must not look equal");
        for elsewhere in
            [Place::CallbackKey { owner: 1, app: 3 }, Place::CallbackKey { owner: 2, app: 2 }, Place::RecordingKey { owner: 1, app: 2 }]
        {
            assert_eq!(sealer.open(elsewhere, &sealed), Err(SealError::Broken), "{elsewhere}");
        }
        assert_eq!(Sealer::new(other.clone(), Vec::new()).open(HERE, &sealed), Err(SealError::UnknownKey(key.id().to_owned())));
        assert_eq!(Sealer::new(other, vec![key]).open(HERE, &sealed), Ok("123654".to_owned()), "an earlier key opens");
        for broken in ["", "AAAA", "v1.", "v1.AAAA", "v2.0.AAAA"] {
            assert_eq!(sealer.open(HERE, broken), Err(SealError::Format), "{broken}");
        }
    }

    #[test]
    fn a_text_without_a_format_opens_only_where_it_is_asked_for() {
        let key = SealKey::new(&[7; 32]);
        let nonce = [1; 24];
        let ciphertext = key.cipher.encrypt(&XNonce::from(nonce), b"123654".as_slice()).unwrap();
        let text = STANDARD.encode([nonce.as_slice(), ciphertext.as_slice()].concat());
        let sealer = Sealer::new(SealKey::new(&[8; 32]), vec![key]);
        assert_eq!(sealer.open_unversioned(&text), Ok("123654".to_owned()));
        assert_eq!(sealer.open(HERE, &text), Err(SealError::Format));
    }

    #[test]
    fn a_key_file_is_private_and_never_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let files = KeyFiles::of(dir.path());
        assert!(KeyFiles::read(&files.present).unwrap().is_none());
        let made = files.make().unwrap();
        assert_eq!(KeyFiles::read(&files.present).unwrap().unwrap().id(), made.id());
        assert!(files.make().is_err());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            for (mode, open) in [(0o700, false), (0o750, true), (0o701, true)] {
                std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(mode)).unwrap();
                assert_eq!(is_open_to_others(dir.path()), open);
            }
        }
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&files.present).unwrap().permissions()) & 0o777, 0o600);
        std::fs::write(&files.present, "short").unwrap();
        assert!(KeyFiles::read(&files.present).unwrap_err().to_string().contains("32 bytes"));
    }
}
