//! The door for TRTC itself: a callback is let in when its body is signed with the callback key of its application.
//!
//! Source: events-and-usage.md. Without session and policies, so it must never let in anything but a signed body, nor let a sender tell an
//! application that does not exist from a key that is wrong.

use super::Gate;
use crate::domain::events::RefusalReason;
use crate::domain::ids::{SdkAppId, Uin};
use crate::server::seal::Place;
use crate::server::store::StoreError;
use crate::server::store::callback_keys::KeyOf;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A body with the proof that the sender knows the callback key of the application. Only the gate can make one.
#[derive(Debug)]
pub struct Signed {
    owner: Uin,
    app: SdkAppId,
    body: Vec<u8>,
    sign: String,
    key: String,
}

impl Signed {
    /// The root account of the application.
    #[must_use]
    pub fn owner(&self) -> Uin {
        self.owner
    }

    /// The application.
    #[must_use]
    pub fn app(&self) -> SdkAppId {
        self.app
    }

    /// The sealed key that it is signed with. Whether that still is the key is seen where the body is stored.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The body, byte for byte as signed.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

/// Why a callback was not let in.
#[derive(Debug)]
pub enum CallbackError {
    /// No such application, whose number this is if it is one. Looks to the sender like a wrong signature.
    NoApplication(Option<SdkAppId>),
    /// The application is known, the signature is not its.
    Refused {
        /// The root account of the application.
        owner: Uin,
        /// The application.
        app: SdkAppId,
        /// What is wrong.
        reason: RefusalReason,
    },
    /// The database cannot be reached.
    Unavailable,
    /// A fault of ours.
    Broken,
}

impl Gate {
    /// Lets in a callback, given the application and the signature that its headers name. The key may be one that was in force a moment ago:
    /// whoever stores the body asks whether it still is, and if not, asks [`Gate::signed_still`].
    ///
    /// # Errors
    /// [`CallbackError`]; only the last two are worth another attempt.
    pub async fn signed(&self, app: Option<&str>, sign: Option<&str>, body: Vec<u8>) -> Result<Signed, CallbackError> {
        match self.signed_as_seen(app, sign, &body)? {
            Some(signed) => Ok(signed),
            None => self.signed_as_stored(app, sign, body).await,
        }
    }

    /// As [`Gate::signed`], by what was seen here last. `None` says nothing yet: [`Gate::signed_as_stored`] is to be asked.
    ///
    /// # Errors
    /// [`CallbackError::Broken`].
    pub fn signed_as_seen(&self, app: Option<&str>, sign: Option<&str>, body: &[u8]) -> Result<Option<Signed>, CallbackError> {
        let app = number(app);
        let seen = app.and_then(|app| self.0.store.seen_callback_key(app));
        // Checked also when nothing was seen, so that the time does not tell whether there is such an application.
        Ok(match (self.check_key(app, seen.as_ref(), sign, body)?, app, seen, sign) {
            (Ok(()), Some(app), Some((owner, key)), Some(sign)) => {
                Some(Signed { owner, app, body: body.to_owned(), sign: sign.to_owned(), key })
            }
            _ => None,
        })
    }

    /// As [`Gate::signed`], by what is stored.
    ///
    /// # Errors
    /// As [`Gate::signed`].
    pub async fn signed_as_stored(&self, app: Option<&str>, sign: Option<&str>, body: Vec<u8>) -> Result<Signed, CallbackError> {
        self.signed_now(number(app), sign, body).await
    }

    /// Lets in a callback once more whose key is not the one in force any more: a key that was only sealed anew still lets it in.
    ///
    /// # Errors
    /// As [`Gate::signed`].
    pub async fn signed_still(&self, signed: Signed) -> Result<Signed, CallbackError> {
        self.signed_now(Some(signed.app), Some(&signed.sign), signed.body).await
    }

    async fn signed_now(&self, app: Option<SdkAppId>, sign: Option<&str>, body: Vec<u8>) -> Result<Signed, CallbackError> {
        let stored = match app {
            Some(app) => self.0.store.callback_key(app).await.map_err(|error| self.callback_fault(&error))?,
            None => None,
        };
        let checked = self.check_key(app, stored.as_ref(), sign, &body)?;
        let (Some(app), Some((owner, key))) = (app, stored) else { return Err(CallbackError::NoApplication(app)) };
        match checked {
            Ok(()) => Ok(Signed { owner, app, body, sign: sign.unwrap_or_default().to_owned(), key }),
            Err(reason) => Err(CallbackError::Refused { owner, app, reason }),
        }
    }

    /// Whether a body is signed with a sealed key, if there is one.
    fn check_key(
        &self,
        app: Option<SdkAppId>,
        key: Option<&KeyOf>,
        sign: Option<&str>,
        body: &[u8],
    ) -> Result<Result<(), RefusalReason>, CallbackError> {
        let key = match (app, key) {
            (Some(app), Some((owner, sealed))) if !sealed.is_empty() => {
                let place = Place::CallbackKey { owner: owner.0, app: app.0 };
                Some(self.0.sealer.open(place, sealed).map_err(|error| {
                    tracing::error!(app = app.0, %error, "a callback key cannot be opened");
                    CallbackError::Broken
                })?)
            }
            _ => None,
        };
        Ok(check(key.as_deref(), sign, body))
    }

    fn callback_fault(&self, error: &StoreError) -> CallbackError {
        tracing::error!(%error, "a callback could not be checked");
        match error {
            StoreError::Unavailable(_) => CallbackError::Unavailable,
            StoreError::Taken(_) | StoreError::Broken(_) => CallbackError::Broken,
        }
    }
}

fn number(app: Option<&str>) -> Option<SdkAppId> {
    app.and_then(|app| app.trim().parse().ok()).map(SdkAppId)
}

/// Whether a body is signed with a key, if there is one. The body is hashed whenever there is a signature and never without, whether the
/// application has a key and whether there is one at all, so that the time tells nothing.
fn check(key: Option<&str>, sign: Option<&str>, body: &[u8]) -> Result<(), RefusalReason> {
    let right = sign.is_some_and(|sign| is_signed(key.unwrap_or("none"), body, sign));
    match (key, sign) {
        (None, _) => Err(RefusalReason::NoKey),
        (Some(_), None) => Err(RefusalReason::NoSignature),
        (Some(_), Some(_)) if !right => Err(RefusalReason::WrongSignature),
        (Some(_), Some(_)) => Ok(()),
    }
}

/// Whether a text is base64 of HMAC-SHA256 of the body under the key; the comparison takes the same time wherever they differ.
fn is_signed(key: &str, body: &[u8], sign: &str) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else { return false };
    mac.update(body);
    STANDARD.decode(sign.trim()).is_ok_and(|sign| mac.verify_slice(&sign).is_ok())
}

/// The signature of a body, as TRTC makes it: for what sends callbacks to ourselves.
#[must_use]
pub fn sign(key: &str, body: &[u8]) -> String {
    // HMAC takes a key of any length.
    Hmac::<Sha256>::new_from_slice(key.as_bytes()).map_or_else(
        |_| String::new(),
        |mut mac| {
            mac.update(body);
            STANDARD.encode(mac.finalize().into_bytes())
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of the public documentation.
    const BODY: &str = "{\n\t\"EventGroupId\":\t2,\n\t\"EventType\":\t204,\n\t\"CallbackTs\":\t1664209748188,\n\t\"EventInfo\":\t{\n\t\t\"RoomId\":\t8489,\n\t\t\"EventTs\":\t1664209748,\n\t\t\"EventMsTs\":\t1664209748180,\n\t\t\"UserId\":\t\"user_85034614\",\n\t\t\"Reason\":\t0\n\t}\n}";
    const SIGN: &str = "kkoFeO3Oh2ZHnjtg8tEAQhtXK16/KI05W3BQff8IvGA=";

    #[test]
    fn the_documented_signature_is_right() {
        assert_eq!(sign("123654", BODY.as_bytes()), SIGN);
        assert!(is_signed("123654", BODY.as_bytes(), SIGN));
    }

    #[test]
    fn any_other_signature_is_wrong() {
        for wrong in ["", "=", "kkoF", &SIGN.replace('k', "l"), &sign("123655", BODY.as_bytes()), &SIGN[..43], "ä"] {
            assert!(!is_signed("123654", BODY.as_bytes(), wrong), "{wrong}");
        }
        assert!(!is_signed("123654", format!("{BODY}\n").as_bytes(), SIGN), "one byte more");
        assert!(!is_signed("", BODY.as_bytes(), SIGN));
    }

    #[test]
    fn without_a_key_no_signature_is_right() {
        let body = BODY.as_bytes();
        assert_eq!(check(Some("123654"), Some(SIGN), body), Ok(()));
        assert_eq!(check(Some("123655"), Some(SIGN), body), Err(RefusalReason::WrongSignature));
        assert_eq!(check(Some("123654"), None, body), Err(RefusalReason::NoSignature));
        for signed in [None, Some(SIGN), Some(sign("none", body).as_str()), Some(sign("", body).as_str())] {
            assert_eq!(check(None, signed, body), Err(RefusalReason::NoKey));
        }
    }
}
