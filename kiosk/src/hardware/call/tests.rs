//! Calls against a server of the test's own, which checks what a real one would.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, mpsc},
};

use flows::signature::{Request, check_content_digest};
use ring::signature::UnparsedPublicKey;

use super::*;

/// What the test's server does with one call.
pub(in crate::hardware) enum Reply {
    /// Answers.
    Json(u16, String),
    /// Hangs up.
    Nothing,
}

/// A call as it arrived.
#[derive(Debug, Clone)]
pub(in crate::hardware) struct Received {
    pub(in crate::hardware) method: String,
    pub(in crate::hardware) path: String,
    pub(in crate::hardware) headers: Vec<(String, String)>,
    pub(in crate::hardware) body: Vec<u8>,
}

impl Received {
    pub(in crate::hardware) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A server that follows a script and keeps what it got.
pub(in crate::hardware) struct Script {
    pub(in crate::hardware) address: String,
    pub(in crate::hardware) received: Arc<Mutex<Vec<Received>>>,
}

impl Script {
    pub(in crate::hardware) fn new(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let received = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&received);
        std::thread::spawn(move || {
            for reply in replies {
                let (stream, _) = listener.accept().unwrap();
                serve(stream, &reply, &kept);
            }
        });
        Self { address, received }
    }

    pub(in crate::hardware) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, reply: &Reply, kept: &Mutex<Vec<Received>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let mut first = line.split_whitespace().map(str::to_owned);
    let (method, path) = (first.next().unwrap(), first.next().unwrap());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    kept.lock().unwrap().push(Received { method, path, headers, body });
    if let Reply::Json(status, body) = reply {
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
    }
}

pub(in crate::hardware) fn caller(address: &str, attempts: usize) -> Caller {
    caller_at(address, attempts, || 1_789_434_000)
}

pub(in crate::hardware) fn caller_at(
    address: &str,
    attempts: usize,
    clock: impl Fn() -> i64 + Send + Sync + 'static,
) -> Caller {
    let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    #[expect(clippy::disallowed_methods, reason = "a test may draw nonces")]
    let random = Arc::new(ring::rand::SystemRandom::new());
    let pauses = vec![Duration::ZERO; attempts - 1];
    Caller::new(address, "demo", key, Arc::new(clock), random, &pauses)
}

/// What a server checks of a signed call: everything covered, and the kiosk's own signature.
fn assert_signed(received: &Received, caller: &Caller, authority: &str) {
    let headers: Vec<_> =
        received.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let request =
        Request { method: &received.method, authority, path: &received.path, query: "", headers: &headers };
    let signed = request.received().unwrap();
    assert_eq!(signed.parameters.key_id, "demo");
    assert_eq!(signed.parameters.created, 1_789_434_000);
    let public = hex::decode(caller.public_key()).unwrap();
    UnparsedPublicKey::new(&ring::signature::ED25519, public)
        .verify(signed.base.as_bytes(), &signed.signature)
        .unwrap();
    if received.method == "POST" {
        check_content_digest(received.header("content-digest").unwrap(), &received.body).unwrap();
        assert!(signed.base.contains("idempotency-key"));
    }
}

fn ok(body: &str) -> Reply {
    Reply::Json(200, body.into())
}

fn problem(status: u16, code: &str) -> Reply {
    let body = serde_json::json!({
        "type": format!("urn:problem:{code}"), "title": "", "status": status, "code": code, "detail": ""
    });
    Reply::Json(status, body.to_string())
}

#[test]
fn every_call_is_signed_over_all_that_the_server_must_be_able_to_trust() {
    let script = Script::new(vec![ok("1"), ok("2")]);
    let caller = caller(&script.address, 1);
    let authority = script.address.strip_prefix("http://").unwrap().to_owned();
    assert_eq!(caller.send::<u8>(&Caller::get("/v1/welcome")), Ok(1));
    let call = caller.post("/v1/sessions", &serde_json::json!({"a": "Trần"})).unwrap();
    assert_eq!(caller.send::<u8>(&call), Ok(2));
    let received = script.received();
    assert_eq!((received[0].method.as_str(), received[1].method.as_str()), ("GET", "POST"));
    for received in &received {
        assert_signed(received, &caller, &authority);
    }
    assert_eq!(received[1].body, r#"{"a":"Trần"}"#.as_bytes());
}

#[test]
fn a_call_whose_answer_is_lost_is_sent_again_with_the_same_key_and_a_fresh_signature() {
    let script = Script::new(vec![
        Reply::Nothing,
        problem(503, "store_unavailable"),
        problem(409, "idempotency_key_in_flight"),
        ok("5"),
    ]);
    let caller = caller(&script.address, 4);
    let call = caller.post("/v1/sessions", &serde_json::json!({})).unwrap();
    assert_eq!(caller.send::<u8>(&call), Ok(5));
    let received = script.received();
    assert_eq!(received.len(), 4);
    let of = |name: &'static str| -> Vec<_> {
        received.iter().map(|received| received.header(name).unwrap().to_owned()).collect()
    };
    let (keys, signatures) = (of("idempotency-key"), of("signature"));
    assert!(keys.iter().all(|key| *key == keys[0]) && uuid::Uuid::parse_str(&keys[0]).is_ok());
    // A nonce is used once.
    assert_ne!(signatures[0], signatures[1]);
}

#[test]
fn a_refusal_is_not_sent_again_and_keeps_its_code() {
    let script = Script::new(vec![problem(404, "session_unknown")]);
    let caller = caller(&script.address, 3);
    let refused = CallError::Refused { status: 404, code: "session_unknown".into() };
    assert_eq!(caller.send::<u8>(&Caller::get("/v1/sessions/x")), Err(refused));
}

#[test]
fn nobody_there_is_said_to_be_out_of_reach() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(caller(&address, 2).send::<u8>(&Caller::get("/v1/welcome")), Err(CallError::Unreachable));
}

#[test]
fn an_answer_of_another_shape_or_without_end_is_not_taken() {
    let script = Script::new(vec![ok("\"text\""), ok(&format!("\"{}\"", "a".repeat(1 << 21)))]);
    let caller = caller(&script.address, 1);
    assert_eq!(caller.send::<u8>(&Caller::get("/")), Err(CallError::Misunderstood));
    assert_eq!(caller.send::<String>(&Caller::get("/")), Err(CallError::Unreachable));
}

#[test]
fn a_key_file_is_an_ed25519_seed_or_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo.key");
    assert!(matches!(load_key(&path), Err(KeyError::Unreadable { .. })));
    for bad in ["", "00", "zz", &"0".repeat(66)] {
        std::fs::write(&path, bad).unwrap();
        assert!(matches!(load_key(&path), Err(KeyError::Malformed { .. })), "{bad:?}");
    }
    std::fs::write(&path, format!("{}\n", "07".repeat(32))).unwrap();
    let key = load_key(&path).unwrap();
    let same = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    assert_eq!(key.public_key().as_ref(), same.public_key().as_ref());
}

/// Runs `work` with events, gives those that it told.
pub(in crate::hardware) fn told(work: impl FnOnce(&super::super::Events)) -> Vec<crate::conversation::Event> {
    let (sender, events) = mpsc::channel();
    work(&super::super::Events::new(sender, || ()));
    events.try_iter().collect()
}
