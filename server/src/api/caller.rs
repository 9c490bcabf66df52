//! Who calls: every call is a kiosk's, or that of the station's software, signed (RFC 9421, Ed25519), made within a minute, sent once.
//!
//! This stands before every operation of `/v1`. A call that does not pass leaves no trace but a log line.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, FromRequestParts, Request, State},
    http::{
        HeaderMap, Method,
        header::{CONTENT_TYPE, HOST},
        request::Parts,
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use flows::signature::{self, Received, SignatureError, check_content_digest};
use identity::SecretBytes;
use jiff::Timestamp;
use ring::{digest, signature as ed25519};
use tracing::{error, warn};
use uuid::Uuid;

use crate::{
    api::{
        Api,
        body::body_fault,
        problem::{Failure, Kind},
    },
    session::SignedCall,
    store::{Begun, ClientKind, Idempotency, Kiosk, NewRequest, RequestKey, StoreError, Submission},
};

/// How far the time of a signature may lie from the server's, in seconds.
pub const CLOCK_TOLERANCE: i64 = 60;

/// Longest nonce that is remembered, in bytes.
const NONCE_LIMIT: usize = 128;

const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The kiosk that calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Its id.
    pub kiosk: String,
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Kind::SignatureMissing.into())
    }
}

impl<S: Sync> FromRequestParts<S> for SignedCall {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Kind::IdempotencyKeyMissing.into())
    }
}

/// Verifies a call, answers it from memory where it was answered before, and else lets it through once.
///
/// Each kind of caller has operations of its own.
pub async fn authenticate(
    State((api, kind)): State<(Arc<Api>, ClientKind)>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let bytes = match Bytes::from_request(Request::from_parts(parts.clone(), body), &()).await {
        Ok(bytes) => bytes,
        Err(rejection) => return body_fault(&rejection).into_response(),
    };
    let verified = match verify(&api, kind, &parts, &bytes).await {
        Ok(verified) => verified,
        Err(failure) => return failure.into_response(),
    };
    let claimed = match begin(&api, &verified).await {
        Ok(Admission::New(claimed)) => claimed,
        Ok(Admission::Answered(response)) => return stored(&response),
        Err(failure) => return failure.into_response(),
    };
    parts.extensions.insert(Caller { kiosk: verified.kiosk });
    if let Some(request) = claimed.clone() {
        parts.extensions.insert(SignedCall { request, submission: verified.submission });
    }
    let request = Request::from_parts(parts, Body::from(bytes));
    // On a task of its own: a caller who hangs up does not leave half of it behind.
    let task = tokio::spawn(async move {
        let run = tokio::spawn(next.run(request));
        let response = run.await.unwrap_or_else(|_| {
            error!("a call panicked");
            Kind::Internal.into_response()
        });
        if let Some(claimed) = claimed.filter(|_| !response.status().is_success())
            && let Err(error) = api.store.abandon_request(claimed, api.clock.now()).await
        {
            warn!(%error, "a claim on an Idempotency-Key stays until it runs out");
        }
        response
    });
    task.await.unwrap_or_else(|_| Kind::Internal.into_response())
}

struct Verified {
    kiosk: String,
    nonce: String,
    idempotency: Option<Idempotency>,
    submission: Submission,
    at: Timestamp,
}

async fn verify(api: &Api, kind: ClientKind, parts: &Parts, body: &[u8]) -> Result<Verified, Failure> {
    let changes = parts.method == Method::POST;
    let signed = SignedHeaders::of(&parts.headers)?;
    if signed.get("content-digest").is_none() && (changes || !body.is_empty()) {
        return Err(Kind::SignatureIncomplete.into());
    }
    let received = signed.received(parts).map_err(|error| signature_fault(&error))?;
    let kiosk = api
        .store
        .kiosk(&received.parameters.key_id)
        .await
        .map_err(|error| store_fault(&error))?
        .ok_or(Kind::KioskUnknown)?;
    let at = api.clock.now();
    check(&received, &kiosk, at)?;
    if kiosk.kind != kind {
        return Err(Kind::CallerNotAllowed.into());
    }
    let digest = signed.get("content-digest");
    if let Some(digest) = digest {
        check_content_digest(digest, body).map_err(|error| signature_fault(&error))?;
    }
    let idempotency = match (changes, signed.get(IDEMPOTENCY_KEY)) {
        (false, _) => None,
        (true, None) => return Err(Kind::IdempotencyKeyMissing.into()),
        (true, Some(key)) => {
            let key = Uuid::try_parse(key).map_err(|_| Kind::IdempotencyKeyMalformed)?;
            Some(Idempotency { key, fingerprint: fingerprint(parts, body) })
        }
    };
    Ok(Verified {
        kiosk: kiosk.id,
        nonce: received.parameters.nonce,
        idempotency,
        submission: Submission {
            signature_base: SecretBytes::new(received.base.into_bytes()),
            signature: SecretBytes::new(received.signature),
            content_digest: digest.unwrap_or_default().to_owned(),
        },
        at,
    })
}

/// The cryptography and the time, in this order: an unsigned call learns nothing about clocks.
fn check(received: &Received, kiosk: &Kiosk, at: Timestamp) -> Result<(), Kind> {
    ed25519::UnparsedPublicKey::new(&ed25519::ED25519, kiosk.public_key)
        .verify(received.base.as_bytes(), &received.signature)
        .map_err(|_| Kind::SignatureInvalid)?;
    if received.parameters.created.abs_diff(at.as_second()) > CLOCK_TOLERANCE.unsigned_abs() {
        return Err(Kind::SignatureStale);
    }
    if received.parameters.nonce.is_empty() || received.parameters.nonce.len() > NONCE_LIMIT {
        return Err(Kind::SignatureMalformed);
    }
    Ok(())
}

/// What makes a call the same call when it is sent again: its signature differs, with time and nonce.
fn fingerprint(parts: &Parts, body: &[u8]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in [parts.method.as_str(), parts.uri.path(), parts.uri.query().unwrap_or_default()] {
        context.update(part.as_bytes());
        context.update(&[0]);
    }
    context.update(body);
    let mut fingerprint = [0; 32];
    fingerprint.copy_from_slice(context.finish().as_ref());
    fingerprint
}

enum Admission {
    New(Option<RequestKey>),
    Answered(SecretBytes),
}

async fn begin(api: &Api, verified: &Verified) -> Result<Admission, Failure> {
    let request = NewRequest {
        kiosk: verified.kiosk.clone(),
        nonce: verified.nonce.clone(),
        idempotency: verified.idempotency,
        at: verified.at,
    };
    let claim =
        verified.idempotency.map(|Idempotency { key, .. }| RequestKey { kiosk: verified.kiosk.clone(), key });
    match api.store.begin_request(request).await.map_err(|error| store_fault(&error))? {
        Begun::New => Ok(Admission::New(claim)),
        Begun::Replayed(response) => Ok(Admission::Answered(response)),
        Begun::InFlight => Err(Kind::IdempotencyKeyInFlight.into()),
        Begun::OtherPayload => Err(Kind::IdempotencyKeyReused.into()),
        Begun::NonceUsed => Err(Kind::NonceReplayed.into()),
    }
}

/// An answer as it was, or is, stored: JSON.
pub fn stored(response: &SecretBytes) -> Response {
    ([(CONTENT_TYPE, "application/json")], response.as_slice().to_vec()).into_response()
}

/// The header fields that a signature can cover here, each at most once.
struct SignedHeaders<'a>(Vec<(&'static str, &'a str)>);

impl<'a> SignedHeaders<'a> {
    fn of(headers: &'a HeaderMap) -> Result<Self, Kind> {
        let mut fields = Vec::new();
        for name in ["signature-input", "signature", "content-digest", IDEMPOTENCY_KEY, "content-type"] {
            let mut values = headers.get_all(name).iter();
            if let Some(value) = values.next() {
                fields.push((name, value.to_str().map_err(|_| Kind::SignatureMalformed)?));
            }
            if values.next().is_some() {
                return Err(Kind::SignatureMalformed);
            }
        }
        Ok(Self(fields))
    }

    fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    fn received(&self, parts: &Parts) -> Result<Received, SignatureError> {
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        let authority = parts.uri.authority().map(axum::http::uri::Authority::as_str).or(host);
        signature::Request {
            method: parts.method.as_str(),
            authority: authority.unwrap_or_default(),
            path: parts.uri.path(),
            query: parts.uri.query().unwrap_or_default(),
            headers: &self.0,
        }
        .received()
    }
}

fn signature_fault(error: &SignatureError) -> Failure {
    match error {
        SignatureError::Missing(_) => Kind::SignatureMissing,
        SignatureError::Malformed(_) => Kind::SignatureMalformed,
        SignatureError::NotCovered(_) | SignatureError::UnknownComponent => Kind::SignatureIncomplete,
        SignatureError::DigestMismatch => Kind::DigestMismatch,
    }
    .into()
}

/// The problem that a fault of the store is to the caller. What only an operator can mend is logged.
pub fn store_fault(fault: &StoreError) -> Failure {
    match fault {
        StoreError::UnknownSession => Kind::SessionUnknown,
        // A challenge that was good a moment ago: a turn that was quicker has used it.
        StoreError::StaleSession | StoreError::Challenge(_) => Kind::SessionChanged,
        StoreError::UnknownKiosk => Kind::KioskUnknown,
        StoreError::TooManyChallenges => Kind::ChallengesExhausted,
        StoreError::UnknownVisit => Kind::VisitUnknown,
        StoreError::UnknownRequest => Kind::IdempotencyKeyInFlight,
        fault => {
            let source = std::error::Error::source(fault).map(ToString::to_string);
            error!(%fault, source, "the store failed");
            match fault {
                StoreError::DiskFull | StoreError::Database { .. } | StoreError::Closed => {
                    Kind::StoreUnavailable
                }
                _ => Kind::Internal,
            }
        }
    }
    .into()
}
