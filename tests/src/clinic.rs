//! The software of the station: it reports the first cost of a visit, as a clinic information system does.

use std::{io, time::Duration};

use flows::signature::{Parameters, Request, content_digest, signature_header};
use ring::{
    rand::{SecureRandom, SystemRandom},
    signature::Ed25519KeyPair,
};
use serde_json::{Value, json};

use crate::{process::root, world::World};

/// Its id, and the name of its key's file.
const ID: &str = "clinic";

/// How long the server may take to deliver a message that nothing holds up.
const DELIVERY: Duration = Duration::from_secs(20);

fn wrong(what: &str) -> io::Error {
    io::Error::other(what.to_owned())
}

fn key() -> io::Result<Ed25519KeyPair> {
    let path = root().join(format!("target/seeds/kiosks/{ID}.key"));
    let seed = std::fs::read_to_string(path).map_err(|_| wrong("no clinic.key: run `make seeds`"))?;
    let seed = hex::decode(seed.trim()).map_err(|_| wrong("clinic.key is not hexadecimal"))?;
    Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| wrong("clinic.key is not an Ed25519 seed"))
}

/// Reports the examination fee of `visit`. Returns what the server answers.
///
/// # Errors
/// Where the server refuses it.
pub fn report_examination_fee(world: &World, visit: &str) -> io::Result<Value> {
    let body = json!({
        "care_kind": "01",
        "patient_group": "1.2",
        "service": { "code": "02.1896", "name": "Khám Nội" },
        "ordered_at": world.now()?.to_string(),
    });
    post(world, &format!("/v1/visits/{visit}/first-cost"), &serde_json::to_vec(&body)?)
}

/// A signed call (RFC 9421, Ed25519) under a fresh Idempotency-Key.
fn post(world: &World, path: &str, body: &[u8]) -> io::Result<Value> {
    let server = world.server_address()?;
    let authority = server.strip_prefix("http://").ok_or_else(|| wrong("the server's address is no URL"))?;
    #[expect(clippy::disallowed_methods, reason = "a program of its own: nothing of it has to be repeatable")]
    let random = SystemRandom::new();
    let mut drawn = [0; 16];
    random.fill(&mut drawn).map_err(|_| wrong("no randomness"))?;
    let idempotency_key = uuid::Builder::from_random_bytes(drawn).into_uuid().to_string();
    let digest = content_digest(body);
    let headers = [("content-digest", digest.as_str()), ("idempotency-key", idempotency_key.as_str())];
    let now = world.now()?;
    let parameters =
        Parameters { created: now.as_second(), nonce: hex::encode(drawn), key_id: ID.to_owned() };
    let request = Request { method: "POST", authority, path, query: "", headers: &headers };
    let unsigned = request.prepare(&parameters).map_err(io::Error::other)?;
    let signature = signature_header(key()?.sign(unsigned.base.as_bytes()).as_ref());
    let mut response = ureq::post(format!("{server}{path}"))
        .header("content-type", "application/json")
        .header("content-digest", &digest)
        .header("idempotency-key", &idempotency_key)
        .header("signature-input", &unsigned.signature_input)
        .header("signature", &signature)
        .send(body)
        .map_err(io::Error::other)?;
    response.body_mut().read_json().map_err(io::Error::other)
}

/// Waits until nothing is on its way to a national system.
///
/// # Errors
/// Where something still is after twenty seconds.
pub fn wait_until_delivered(world: &World) -> io::Result<()> {
    const PAUSE: Duration = Duration::from_millis(100);
    for _ in 0..DELIVERY.as_millis() / PAUSE.as_millis() {
        let url = format!("{}/healthz", world.server_address()?);
        let mut response = ureq::get(url).call().map_err(io::Error::other)?;
        let health: Value = response.body_mut().read_json().map_err(io::Error::other)?;
        if health.pointer("/outbox/waiting").and_then(Value::as_u64) == Some(0) {
            return Ok(());
        }
        std::thread::sleep(PAUSE);
    }
    Err(wrong("a message is still on its way to a national system"))
}
