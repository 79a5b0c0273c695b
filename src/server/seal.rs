//! Secrets at rest: sealed with the installation's key before they reach the database, and opened only for use.
//!
//! The key lives in the data directory or the configuration, never in the database. Must never log what it seals.

use super::clock::random_bytes;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use std::path::Path;

/// The key that seals callback keys.
#[derive(Clone)]
pub struct Sealer(XChaCha20Poly1305);

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(…)")
    }
}

/// Why a secret could not be opened.
#[derive(Debug, PartialEq, Eq)]
pub struct SealBroken;

impl Sealer {
    /// A sealer with the given key.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(&Key::from(*key)))
    }

    /// The sealer of an installation: its key is read from `seal.key` in the data directory, or made there.
    ///
    /// # Errors
    /// When the file cannot be read or made, or does not hold 32 bytes in base64.
    pub fn of_installation(data_dir: &Path) -> std::io::Result<Self> {
        let path = data_dir.join("seal.key");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let text = STANDARD.encode(random_bytes::<32>());
                write_private(&path, &text)?;
                text
            }
            Err(error) => return Err(error),
        };
        Self::from_base64(text.trim()).ok_or_else(|| std::io::Error::other(format!("{} does not hold 32 bytes in base64", path.display())))
    }

    /// A sealer from a key in base64, as configured for several machines on one database.
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        let bytes: [u8; 32] = STANDARD.decode(text).ok()?.try_into().ok()?;
        Some(Self::new(&bytes))
    }

    /// Seals a secret: base64 of nonce and ciphertext.
    #[must_use]
    pub fn seal(&self, secret: &str) -> String {
        let nonce = random_bytes::<24>();
        // Encryption of so little text in memory fails for no reason that the library documents; an empty text opens to an error, never to a secret.
        let sealed = self.0.encrypt(&XNonce::from(nonce), secret.as_bytes()).unwrap_or_default();
        STANDARD.encode([nonce.as_slice(), sealed.as_slice()].concat())
    }

    /// Opens a sealed secret.
    ///
    /// # Errors
    /// When the text was not sealed with this key or was changed since.
    pub fn open(&self, sealed: &str) -> Result<String, SealBroken> {
        let bytes = STANDARD.decode(sealed).map_err(|_| SealBroken)?;
        let (nonce, ciphertext) = bytes.split_first_chunk::<24>().ok_or(SealBroken)?;
        let opened = self.0.decrypt(&XNonce::from(*nonce), ciphertext).map_err(|_| SealBroken)?;
        String::from_utf8(opened).map_err(|_| SealBroken)
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

    #[test]
    fn what_is_sealed_opens_again_and_only_with_the_same_key() {
        let sealer = Sealer::new(&[7; 32]);
        let sealed = sealer.seal("123654");
        assert!(!sealed.contains("123654"));
        assert_eq!(sealer.open(&sealed), Ok("123654".to_owned()));
        assert_eq!(Sealer::new(&[8; 32]).open(&sealed), Err(SealBroken));
        assert_eq!(sealer.open("AAAA"), Err(SealBroken));
        assert_ne!(sealed, sealer.seal("123654"), "equal secrets must not look equal");
    }

    #[test]
    fn an_installation_keeps_its_key() {
        let dir = tempfile::tempdir().unwrap();
        let sealed = Sealer::of_installation(dir.path()).unwrap().seal("key");
        assert_eq!(Sealer::of_installation(dir.path()).unwrap().open(&sealed), Ok("key".to_owned()));
    }
}
