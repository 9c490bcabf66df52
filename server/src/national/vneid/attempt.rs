//! What is kept of a sign-in while the browser is away, and what the browser brings back.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use identity::SecretBytes;
use secrecy::SecretString;
use serde::Deserialize;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::random::{Random, RandomUnavailable};

/// A sign-in that has begun: three secrets of 32 random bytes, and where the browser comes back to.
///
/// It is kept by the caller, bound to the browser that began it (else someone could finish their own sign-in in another's
/// browser), used once, and dropped after a few minutes.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Attempt {
    state: [u8; 32],
    nonce: [u8; 32],
    verifier: [u8; 32],
    redirect_uri: String,
}

impl std::fmt::Debug for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Attempt(masked)")
    }
}

impl Attempt {
    pub(super) fn begin(random: &Random, redirect_uri: &str) -> Result<Self, RandomUnavailable> {
        Ok(Self {
            state: random.bytes()?,
            nonce: random.bytes()?,
            verifier: random.bytes()?,
            redirect_uri: redirect_uri.to_owned(),
        })
    }

    /// To be kept, sealed.
    pub fn to_bytes(&self) -> SecretBytes {
        let mut bytes = Vec::with_capacity(96 + self.redirect_uri.len());
        for part in [&self.state[..], &self.nonce, &self.verifier, self.redirect_uri.as_bytes()] {
            bytes.extend_from_slice(part);
        }
        SecretBytes::new(bytes)
    }

    /// What [`Attempt::to_bytes`] gave; none where it is something else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (state, rest) = bytes.split_first_chunk()?;
        let (nonce, rest) = rest.split_first_chunk()?;
        let (verifier, rest) = rest.split_first_chunk()?;
        let redirect_uri = std::str::from_utf8(rest).ok()?.to_owned();
        Some(Self { state: *state, nonce: *nonce, verifier: *verifier, redirect_uri })
    }

    /// `state` as the browser carries it (43 characters): what the attempt can be found by.
    pub fn state(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.state)
    }

    /// `nonce`, which the identity token must carry.
    pub(super) fn nonce(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.nonce)
    }

    /// `code_verifier` (RFC 7636 section 4.1), 43 characters.
    pub(super) fn verifier(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.verifier)
    }

    pub(super) fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }
}

/// The query that the browser brings back to the redirection address (RFC 6749 section 4.1.2, RFC 9207).
#[derive(Debug, Deserialize)]
pub struct Returned {
    /// The attempt's `state`.
    pub state: SecretString,
    /// The code to exchange.
    pub code: Option<SecretString>,
    /// Why there is none.
    pub error: Option<String>,
    /// The provider that answers.
    pub iss: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_survives_being_kept_and_shows_nothing() {
        let random = Random::new(|bytes| {
            bytes.fill(0x53);
            Ok(())
        });
        let attempt = Attempt::begin(&random, "http://127.0.0.1:8080/x").unwrap();
        let kept = attempt.to_bytes();
        assert_eq!(Attempt::from_bytes(kept.as_slice()), Some(attempt.clone()));
        assert_eq!(Attempt::from_bytes(&kept.as_slice()[..95]), None);
        assert_eq!(attempt.state().len(), 43);
        assert_eq!(format!("{attempt:?}"), "Attempt(masked)");
    }
}
