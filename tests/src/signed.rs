//! Callers of the API whose calls are signed (RFC 9421, Ed25519) with the keys of the seeds.

use std::io;

use flows::signature::{Parameters, Request, content_digest, signature_header};
use ring::{
    rand::{SecureRandom as _, SystemRandom},
    signature::Ed25519KeyPair,
};
use serde_json::Value;

use crate::{process::root, world::World};

/// The software of the station.
pub const CLINIC: Caller = Caller("clinic");
/// The kiosk, where a test speaks in its place.
pub const KIOSK: Caller = Caller("demo");

/// A caller: its id, which is the name of its key's file too.
#[derive(Debug, Clone, Copy)]
pub struct Caller(&'static str);

fn wrong(what: &str) -> io::Error {
    io::Error::other(what.to_owned())
}

impl Caller {
    fn key(self) -> io::Result<Ed25519KeyPair> {
        let path = root().join(format!("target/seeds/kiosks/{}.key", self.0));
        let seed = std::fs::read_to_string(path).map_err(|_| wrong("no key: run `make seeds`"))?;
        let seed = hex::decode(seed.trim()).map_err(|_| wrong("the key is not hexadecimal"))?;
        Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| wrong("the key is not an Ed25519 seed"))
    }

    /// Sends `body` under a fresh Idempotency-Key. Gives the answer.
    ///
    /// # Errors
    /// Where the server refuses it.
    pub fn post(self, world: &World, path: &str, body: &Value) -> io::Result<Value> {
        self.call(world, "POST", path, &serde_json::to_vec(body)?)
    }

    /// Asks.
    ///
    /// # Errors
    /// Where the server refuses.
    pub fn get(self, world: &World, path: &str) -> io::Result<Value> {
        self.call(world, "GET", path, &[])
    }

    fn call(self, world: &World, method: &str, path: &str, body: &[u8]) -> io::Result<Value> {
        let server = world.server_address()?;
        let authority =
            server.strip_prefix("http://").ok_or_else(|| wrong("the server's address is no URL"))?;
        #[expect(
            clippy::disallowed_methods,
            reason = "a program of its own: nothing of it has to be repeatable"
        )]
        let random = SystemRandom::new();
        let mut drawn = [0; 16];
        random.fill(&mut drawn).map_err(|_| wrong("no randomness"))?;
        let key = uuid::Builder::from_random_bytes(drawn).into_uuid().to_string();
        let digest = content_digest(body);
        let mut headers = Vec::new();
        if method == "POST" {
            headers = vec![("content-digest", digest.as_str()), ("idempotency-key", key.as_str())];
        }
        let created = world.now()?.as_second();
        let parameters = Parameters { created, nonce: hex::encode(drawn), key_id: self.0.to_owned() };
        let request = Request { method, authority, path, query: "", headers: &headers };
        let unsigned = request.prepare(&parameters).map_err(io::Error::other)?;
        let signature = signature_header(self.key()?.sign(unsigned.base.as_bytes()).as_ref());
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{server}{path}"))
            .header("signature-input", &unsigned.signature_input)
            .header("signature", &signature);
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        if method == "POST" {
            request = request.header("content-type", "application/json");
        }
        let request = request.body(body.to_vec()).map_err(io::Error::other)?;
        let mut response = ureq::run(request).map_err(io::Error::other)?;
        response.body_mut().read_json().map_err(io::Error::other)
    }
}
