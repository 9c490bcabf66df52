//! Kiosks and their requests.

use std::sync::Arc;

use identity::SecretBytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Seconds for which a request's nonce is remembered: one made up to 60 s ahead of the server's clock can be
/// repeated until 60 s after, and the rest is for a clock that is set back.
pub const NONCE_SECONDS: i64 = 300;

/// Seconds after which a claim on an Idempotency-Key that came to nothing may be taken over. More than the
/// longest request takes.
pub const CLAIM_SECONDS: i64 = 120;

/// What kind of caller it is: each may call its own operations and no other's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientKind {
    /// A kiosk.
    Kiosk,
    /// Software of the station, such as its clinic information system.
    Software,
}

/// A kiosk, or software of the station, that may call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kiosk {
    /// Its id, also the `keyid` of its signatures.
    pub id: String,
    /// The Ed25519 key that verifies them (RFC 8032).
    pub public_key: [u8; 32],
    /// Where it stands, as staff know the place.
    pub place: String,
    /// Which of the two it is.
    pub kind: ClientKind,
}

/// Names one request of a kiosk: what is sent again under the same key is the same request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// The kiosk's id.
    pub kiosk: String,
    /// The Idempotency-Key.
    pub key: Uuid,
}

/// A request whose signature was verified.
#[derive(Debug, Clone)]
pub struct NewRequest {
    /// The kiosk's id.
    pub kiosk: String,
    /// The signature's nonce (RFC 9421 2.3).
    pub nonce: String,
    /// The request's key, where it changes anything.
    pub idempotency: Option<Idempotency>,
    /// Now.
    pub at: Timestamp,
}

/// What makes a request the same request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Idempotency {
    /// The Idempotency-Key.
    pub key: Uuid,
    /// SHA-256 over method, path and body.
    pub fingerprint: [u8; 32],
}

/// What became of a request at its beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is new and may be carried out.
    New,
    /// It was carried out before; this was the response.
    Replayed(SecretBytes),
    /// It is being carried out (409).
    InFlight,
    /// The key was used for another request (422).
    OtherPayload,
    /// The signature's nonce was used before (401): somebody repeats a signed request.
    NonceUsed,
}

/// Makes the response to a request out of what the transaction found out. It is called inside the transaction,
/// possibly more than once: it must be quick, and the same in gives the same out.
pub struct Respond<I, O>(Arc<dyn Fn(&I) -> O + Send + Sync>);

impl<I, O> Respond<I, O> {
    /// Responds with what `make` makes.
    pub fn new(make: impl Fn(&I) -> O + Send + Sync + 'static) -> Self {
        Self(Arc::new(make))
    }

    /// The response to `outcome`.
    pub fn to(&self, outcome: &I) -> O {
        (self.0)(outcome)
    }
}

impl<I, O> Clone for Respond<I, O> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<I, O> std::fmt::Debug for Respond<I, O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Respond")
    }
}
