//! One signed call to the server (RFC 9421, Ed25519), sent again with the same key while nothing comes back.

use std::{sync::Arc, time::Duration};

use flows::{
    signature::{Parameters, Request, content_digest, signature_header},
    wire::Problem,
};
use ring::{
    rand::SecureRandom,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use serde::{Serialize, de::DeserializeOwned};
use thiserror::Error;
use zeroize::Zeroizing;

/// The largest answer that is read.
const ANSWER_LIMIT: u64 = 1 << 20;

/// Tells the time: Unix seconds.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Why the kiosk cannot sign.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The file cannot be read.
    #[error("the kiosk's key {path} cannot be read ({source}): `cccd seeds` makes the demonstration's keys")]
    Unreadable {
        /// Which file.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It holds something else.
    #[error("the kiosk's key {path} is not an Ed25519 seed of 32 bytes in hexadecimal")]
    Malformed {
        /// Which file.
        path: std::path::PathBuf,
    },
}

/// Reads an Ed25519 seed: 32 bytes in hexadecimal.
///
/// # Errors
/// Where the file cannot be read or holds something else.
pub fn load_key(path: &std::path::Path) -> Result<Ed25519KeyPair, KeyError> {
    let text = std::fs::read_to_string(path)
        .map(Zeroizing::new)
        .map_err(|source| KeyError::Unreadable { path: path.to_owned(), source })?;
    let malformed = || KeyError::Malformed { path: path.to_owned() };
    let seed = hex::decode(text.trim()).map(Zeroizing::new).map_err(|_| malformed())?;
    Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| malformed())
}

/// Why a call gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CallError {
    /// Nothing came back, or only that it may be tried again.
    #[error("the server cannot be reached or cannot answer now")]
    Unreachable,
    /// The server refused.
    #[error("the server refused the call with status {status} ({code})")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The stable code of the problem document.
        code: String,
    },
    /// The answer is not the one that this call has.
    #[error("the server's answer cannot be understood: kiosk and server are of different versions")]
    Misunderstood,
}

/// A call that can be sent any number of times and is done once: it keeps its Idempotency-Key.
#[derive(Clone)]
pub struct Call {
    method: &'static str,
    path: String,
    body: Zeroizing<Vec<u8>>,
    idempotency_key: Option<String>,
}

/// Makes calls.
#[derive(Clone)]
pub struct Caller {
    agent: ureq::Agent,
    base: String,
    authority: String,
    kiosk: String,
    key: Arc<Ed25519KeyPair>,
    clock: Clock,
    random: Arc<dyn SecureRandom + Send + Sync>,
    pauses: Vec<Duration>,
}

impl Caller {
    /// Calls to `server` (`http://HOST:PORT`), signed by `kiosk` with `key`. After each of `pauses` an
    /// unanswered call is sent once more.
    pub fn new(
        server: &str,
        kiosk: &str,
        key: Ed25519KeyPair,
        clock: Clock,
        random: Arc<dyn SecureRandom + Send + Sync>,
        pauses: &[Duration],
    ) -> Self {
        let base = server.trim_end_matches('/').to_owned();
        let authority = base.split_once("://").map_or(base.as_str(), |(_, rest)| rest).to_owned();
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_connect(Some(Duration::from_secs(3)))
            .timeout_global(Some(Duration::from_secs(12)))
            .build();
        Self {
            agent: config.into(),
            base,
            authority,
            kiosk: kiosk.to_owned(),
            key: Arc::new(key),
            clock,
            random,
            pauses: pauses.to_vec(),
        }
    }

    /// The public key, in hexadecimal: what the server has enrolled.
    pub fn public_key(&self) -> String {
        hex::encode(self.key.public_key().as_ref())
    }

    /// The time: Unix seconds.
    pub fn now(&self) -> i64 {
        (self.clock)()
    }

    fn random<const N: usize>(&self) -> Result<[u8; N], CallError> {
        let mut bytes = [0; N];
        // Without random bytes nothing can be signed: as good as no server.
        self.random.fill(&mut bytes).map_err(|_| CallError::Unreachable)?;
        Ok(bytes)
    }

    /// A reading call.
    pub fn get(path: impl Into<String>) -> Call {
        Call { method: "GET", path: path.into(), body: Zeroizing::default(), idempotency_key: None }
    }

    /// A call that changes something, with a fresh Idempotency-Key.
    ///
    /// # Errors
    /// Where no random bytes can be had or the body cannot be written.
    pub fn post(&self, path: impl Into<String>, body: &impl Serialize) -> Result<Call, CallError> {
        let body = serde_json::to_vec(body).map_err(|_| CallError::Misunderstood)?;
        let key = uuid::Builder::from_random_bytes(self.random()?).into_uuid().to_string();
        Ok(Call { method: "POST", path: path.into(), body: body.into(), idempotency_key: Some(key) })
    }

    /// Sends `call`, and again after each pause while nothing comes back.
    ///
    /// # Errors
    /// As [`CallError`].
    pub fn send<T: DeserializeOwned>(&self, call: &Call) -> Result<T, CallError> {
        let mut pauses = self.pauses.iter();
        loop {
            match (self.send_once(call), pauses.next()) {
                (Err(CallError::Unreachable), Some(pause)) => std::thread::sleep(*pause),
                (result, _) => return result,
            }
        }
    }

    fn send_once<T: DeserializeOwned>(&self, call: &Call) -> Result<T, CallError> {
        let digest = content_digest(&call.body);
        let mut headers = Vec::new();
        if call.method != "GET" {
            headers.push(("content-digest", digest.as_str()));
        }
        if let Some(key) = &call.idempotency_key {
            headers.push(("idempotency-key", key.as_str()));
        }
        let request = Request {
            method: call.method,
            authority: &self.authority,
            path: &call.path,
            query: "",
            headers: &headers,
        };
        let parameters = Parameters {
            created: self.now(),
            nonce: hex::encode(self.random::<16>()?),
            key_id: self.kiosk.clone(),
        };
        let unsigned = request.prepare(&parameters).map_err(|_| CallError::Misunderstood)?;
        let signature = signature_header(self.key.sign(unsigned.base.as_bytes()).as_ref());

        let url = format!("{}{}", self.base, call.path);
        let signed = |builder: ureq::http::request::Builder| {
            headers
                .iter()
                .fold(builder, |builder, (name, value)| builder.header(*name, *value))
                .header("signature-input", &unsigned.signature_input)
                .header("signature", &signature)
                .header("accept", "application/json")
        };
        let builder = signed(ureq::http::Request::builder().method(call.method).uri(url));
        let sent = if call.method == "GET" {
            builder.body(()).map_err(|_| CallError::Misunderstood).map(|request| self.agent.run(request))
        } else {
            builder
                .header("content-type", "application/json")
                .body(call.body.as_slice())
                .map_err(|_| CallError::Misunderstood)
                .map(|request| self.agent.run(request))
        };
        let mut response = sent?.map_err(|_| CallError::Unreachable)?;
        let status = response.status().as_u16();
        let body = response
            .body_mut()
            .with_config()
            .limit(ANSWER_LIMIT)
            .read_to_vec()
            .map(Zeroizing::new)
            .map_err(|_| CallError::Unreachable)?;
        if (200..300).contains(&status) {
            return serde_json::from_slice(&body).map_err(|_| CallError::Misunderstood);
        }
        let code = serde_json::from_slice::<Problem>(&body).map(|problem| problem.code).unwrap_or_default();
        // What was done is not done twice: such a call may simply be sent again.
        if status >= 500 || code == "idempotency_key_in_flight" || code == "body_incomplete" {
            return Err(CallError::Unreachable);
        }
        Err(CallError::Refused { status, code })
    }
}

#[cfg(test)]
pub(super) mod tests;
