//! Sealing keys at start: finds the right one, seals with it what an earlier one or an earlier version sealed, and stops a start with a
//! key that is not the database's.
//!
//! A key is made only for a database that has nothing sealed, or when the one before is at hand. Once a database has its canary, a text
//! without a format is never opened again: it could have been copied from anywhere.

use crate::domain::audit_change::{Done, Field, Untold};
use crate::server::gate::operator_event;
use crate::server::seal::{KeyFiles, Place, SealError, SealKey, Sealer};
use crate::server::store::sealed::{self, Column, SealedText};
use crate::server::store::{Store, StoreError};
use std::path::Path;

/// What the canary says when it is opened.
const CANARY: &str = "this is the key of this database";

/// Keys as configured; what is missing is looked for in the data directory.
#[derive(Clone, Copy, Debug, Default)]
pub struct ConfiguredKeys<'a> {
    /// The present key in base64.
    pub present: Option<&'a str>,
    /// The key before it, in base64.
    pub earlier: Option<&'a str>,
}

impl SealedText {
    fn place(&self) -> Place {
        let (owner, app) = (self.owner.0, self.app.0);
        match self.column {
            Column::CallbackKey => Place::CallbackKey { owner, app },
            Column::RecordingKey => Place::RecordingKey { owner, app },
        }
    }

    /// What is recorded of its removal.
    fn removed(&self) -> Done {
        Done::to(self.app, "").untold(Field::Key, Untold::Removed)
    }
}

/// The sealer of the installation, after everything in the database is sealed with its key.
///
/// # Errors
/// A sentence that says what to do, when the key is missing, unreadable or not the one of the database.
pub(crate) async fn unlock(store: &Store, data_dir: &Path, configured: ConfiguredKeys<'_>) -> Result<Sealer, String> {
    let files = KeyFiles::of(data_dir);
    let (present, earlier) = keys_at_hand(&files, configured)?;
    let canary = store.seal_canary().await.map_err(|error| unreadable(&error))?;
    let present = match present {
        Some(key) => key,
        None => {
            let has_secrets = canary.is_some() || !store.sealed_texts_without("").await.map_err(|error| unreadable(&error))?.is_empty();
            if has_secrets && earlier.is_none() {
                return Err(format!(
                    "the database contains sealed secrets, but {} is missing: restore the file from your backup, or pass its content as --seal-key. \
                     If the key is lost, `trtc-console seal forget` removes the secrets so that they can be entered again",
                    files.present.display()
                ));
            }
            files.make().map_err(|error| format!("cannot write {}: {error}", files.present.display()))?
        }
    };
    let id = present.id().to_owned();
    let sealer = Sealer::new(present, earlier.into_iter().collect());
    seal_anew(store, &sealer, canary).await.map_err(|error| match error {
        Refusal::Store(error) => unreadable(&error),
        Refusal::Key(why) => format!(
            "the sealing key {id} does not belong to this database ({why}): restore the `seal.key` of the database, or pass it as \
             --seal-key; a replaced key belongs in `seal.key.old` or --seal-key-old. If it is lost, \
             `trtc-console seal forget` removes the secrets it sealed so that they can be entered again"
        ),
    })?;
    Ok(sealer)
}

/// `trtc-console seal forget`: removes the sealed secrets that the keys at hand do not open, and the canary where they do not open it. Gives how
/// many secrets there were.
///
/// # Errors
/// A sentence, when the database fails or nothing is lost.
pub(crate) async fn forget(store: &Store, data_dir: &Path, configured: ConfiguredKeys<'_>, now_ms: i64) -> Result<usize, String> {
    let (present, earlier) = keys_at_hand(&KeyFiles::of(data_dir), configured)?;
    // Opening wants any key that is there, whichever of them would seal.
    let mut keys = present.into_iter().chain(earlier);
    let sealer = keys.next().map(|first| Sealer::new(first, keys.collect()));
    let opens = |place: Place, text: &str| sealer.as_ref().is_some_and(|sealer| sealer.open(place, text).is_ok());
    let canary = store.seal_canary().await.map_err(|error| unreadable(&error))?;
    let texts = store.sealed_texts_without("").await.map_err(|error| unreadable(&error))?;
    let lost: Vec<&SealedText> = texts.iter().filter(|text| !opens(text.place(), &text.sealed)).collect();
    let keeps_canary = canary.as_ref().is_none_or(|canary| opens(Place::Canary, canary));
    if lost.is_empty() && keeps_canary {
        return Err("nothing was removed: the sealing key at hand opens every sealed secret".to_owned());
    }
    let removed = async {
        let mut change = store.change().await?;
        for text in &lost {
            sealed::replace(&mut change, text, "").await?;
        }
        if !keeps_canary {
            sealed::forget_canary(&mut change).await?;
        }
        let event = |text: &&SealedText| (text.owner, operator_event(text.owner, text.removed(), now_ms));
        change.commit_all(lost.iter().map(event).collect()).await
    };
    removed.await.map_err(|error| format!("the secrets could not be removed: {error}"))?;
    Ok(lost.len())
}

enum Refusal {
    Store(StoreError),
    Key(SealError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<SealError> for Refusal {
    fn from(error: SealError) -> Self {
        Self::Key(error)
    }
}

/// Checks the canary, then seals it and every text with the present key, all of it in one change.
async fn seal_anew(store: &Store, sealer: &Sealer, canary: Option<String>) -> Result<(), Refusal> {
    if let Some(canary) = &canary {
        sealer.open(Place::Canary, canary)?;
    }
    let prefix = sealer.prefix();
    let stale = store.sealed_texts_without(&prefix).await?;
    if stale.is_empty() && canary.as_ref().is_some_and(|canary| canary.starts_with(&prefix)) {
        return Ok(());
    }
    let mut change = store.change().await?;
    let mut unopened = None;
    let mut opened = 0;
    for text in &stale {
        let secret = match sealer.open(text.place(), &text.sealed) {
            Err(SealError::Format) if canary.is_none() => sealer.open_unversioned(&text.sealed),
            other => other,
        };
        match secret {
            Ok(secret) => {
                sealed::replace(&mut change, text, &sealer.seal(text.place(), &secret)?).await?;
                opened += 1;
            }
            Err(error) => {
                tracing::error!(place = %text.place(), %error, "a sealed secret cannot be opened; enter it again");
                unopened = Some(error);
            }
        }
    }
    // One damaged text must not keep everybody out. Without a canary a key that opens nothing is the wrong one.
    if let Some(error) = unopened.filter(|_| canary.is_none() && opened == 0) {
        return Err(error.into());
    }
    let mine = sealed::set_canary(&mut change, canary.as_deref(), &sealer.seal(Place::Canary, CANARY)?).await?;
    if mine {
        change.commit_unrecorded().await?;
        if opened > 0 {
            tracing::info!(secrets = opened, "all secrets are sealed with the current key; a replaced key is no longer needed");
        }
        return Ok(());
    }
    drop(change);
    // Another server of the same database was quicker; it must have had the same keys.
    let theirs = store.seal_canary().await?.ok_or(SealError::Broken)?;
    sealer.open(Place::Canary, &theirs)?;
    Ok(())
}

/// The present key and the one before it, where they are.
fn keys_at_hand(files: &KeyFiles, configured: ConfiguredKeys<'_>) -> Result<(Option<SealKey>, Option<SealKey>), String> {
    let present = read_key(configured.present, "--seal-key", &files.present)?;
    Ok((present, read_key(configured.earlier, "--seal-key-old", &files.earlier)?))
}

fn read_key(configured: Option<&str>, flag: &str, file: &Path) -> Result<Option<SealKey>, String> {
    match configured {
        Some(text) => SealKey::from_base64(text).map(Some).ok_or_else(|| format!("{flag} must be 32 bytes in base64")),
        None => KeyFiles::read(file).map_err(|error| format!("cannot read the sealing key {}: {error}", file.display())),
    }
}

fn unreadable(error: &StoreError) -> String {
    format!("cannot read the sealed secrets: {error}")
}
