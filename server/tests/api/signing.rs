//! Who may call, and how often the same call counts.

use axum::{body::Body, http::Request};
use flows::wire::{SessionView, Welcome};
use serde_json::json;
use server::{audit::AuditReport, store::Store as _};

use crate::kit::{Kiosk, Server};

fn open() -> serde_json::Value {
    json!({ "service": "health", "language": "vi" })
}

/// Leaves in the audit log: whatever is recorded adds one.
async fn leaves(server: &Server) -> u64 {
    match server.store.verify_audit().await.unwrap() {
        AuditReport::Intact { leaves, .. } => leaves,
        broken => panic!("{broken:?}"),
    }
}

#[tokio::test]
async fn a_kiosk_is_welcomed_and_nobody_else() {
    let server = Server::start().await;
    let call = server.get("/v1/welcome");
    let welcome: Welcome = call.send(&Kiosk::demo()).await.json();
    assert!(welcome.simulated);
    let call = server.get("/v1/welcome");
    assert_eq!(call.send(&Kiosk::stranger()).await.problem(), (401, "kiosk_unknown".into()));
    let call = server.get("/v1/welcome");
    assert_eq!(call.send(&Kiosk::impostor()).await.problem(), (401, "signature_invalid".into()));
    let unsigned = Request::get("/v1/welcome").header("host", "127.0.0.1:8080").body(Body::empty()).unwrap();
    assert_eq!(server.raw(unsigned).await.problem(), (401, "signature_missing".into()));
}

#[tokio::test]
async fn a_wrongly_signed_call_changes_nothing() {
    let server = Server::start().await;
    let before = leaves(&server).await;
    let mut calls = Vec::new();
    calls.push((server.post("/v1/sessions", &open()).signed(&Kiosk::stranger()), "kiosk_unknown"));
    calls.push((server.post("/v1/sessions", &open()).signed(&Kiosk::impostor()), "signature_invalid"));
    let stale = server.post("/v1/sessions", &open()).with(|call| call.created -= 61);
    calls.push((stale.signed(&Kiosk::demo()), "signature_stale"));
    let early = server.post("/v1/sessions", &open()).with(|call| call.created += 61);
    calls.push((early.signed(&Kiosk::demo()), "signature_stale"));
    let mut changed = server.post("/v1/sessions", &open()).signed(&Kiosk::demo());
    *changed.body_mut() = Body::from(r#"{"service":"health","language":"en"}"#);
    calls.push((changed, "digest_mismatch"));
    let mut moved = server.post("/v1/sessions", &open()).signed(&Kiosk::demo());
    *moved.uri_mut() = "/v1/staff-calls".parse().unwrap();
    calls.push((moved, "signature_invalid"));
    let mut keyless = server.post("/v1/sessions", &open()).signed(&Kiosk::demo());
    keyless.headers_mut().remove("idempotency-key");
    calls.push((keyless, "signature_incomplete"));
    let mut undigested = server.post("/v1/sessions", &open()).signed(&Kiosk::demo());
    undigested.headers_mut().remove("content-digest");
    calls.push((undigested, "signature_incomplete"));
    let mut doubled = server.post("/v1/sessions", &open()).signed(&Kiosk::demo());
    doubled.headers_mut().append("signature", "kiosk=:AA==:".parse().unwrap());
    calls.push((doubled, "signature_malformed"));
    for (request, code) in calls {
        assert_eq!(server.raw(request).await.problem(), (401, code.into()));
    }
    assert_eq!(leaves(&server).await, before);
}

#[tokio::test]
async fn a_signature_a_minute_old_is_still_good() {
    let server = Server::start().await;
    for shift in [-60, 60] {
        let call = server.get("/v1/welcome").with(|call| call.created += shift);
        assert!(call.send(&Kiosk::demo()).await.status.is_success(), "{shift}");
    }
}

#[tokio::test]
async fn a_recorded_call_that_is_played_back_is_refused_even_after_a_restart() {
    let server = Server::start().await;
    let call = server.get("/v1/welcome");
    assert!(call.send(&Kiosk::demo()).await.status.is_success());
    assert_eq!(call.send(&Kiosk::demo()).await.problem(), (401, "nonce_replayed".into()));
    let nonce = call.nonce.clone();
    let server = server.restart().await;
    let call = server.get("/v1/welcome").with(|call| call.nonce = nonce.clone());
    assert_eq!(call.send(&Kiosk::demo()).await.problem(), (401, "nonce_replayed".into()));
    // Another kiosk's nonces are its own.
    let call = server.get("/v1/welcome").with(|call| call.nonce = nonce);
    assert!(call.send(&Kiosk::other()).await.status.is_success());
}

#[tokio::test]
async fn a_call_that_is_sent_again_opens_one_session() {
    let server = Server::start().await;
    let call = server.post("/v1/sessions", &open());
    let first: SessionView = call.send(&Kiosk::demo()).await.json();
    let second: SessionView = call.again().send(&Kiosk::demo()).await.json();
    assert_eq!(first, second);
    let key = call.key.clone();
    let server = server.restart().await;
    let call = server.post("/v1/sessions", &open()).with(|call| call.key = key);
    let third: SessionView = call.send(&Kiosk::demo()).await.json();
    assert_eq!(first, third);
}

#[tokio::test]
async fn a_key_that_came_with_another_call_is_refused() {
    let server = Server::start().await;
    let call = server.post("/v1/sessions", &open());
    let view: SessionView = call.send(&Kiosk::demo()).await.json();
    let english = server
        .post("/v1/sessions", &json!({ "service": "health", "language": "en" }))
        .with(|other| other.key = call.key.clone());
    assert_eq!(english.send(&Kiosk::demo()).await.problem(), (422, "idempotency_key_reused".into()));
    // The same body to another address is another call too.
    let elsewhere = server
        .post(&format!("/v1/sessions/{}/answers", view.session_id), &open())
        .with(|other| other.key = call.key.clone());
    assert_eq!(elsewhere.send(&Kiosk::demo()).await.problem(), (422, "idempotency_key_reused".into()));
    // Another kiosk's keys are its own.
    let other = server.post("/v1/sessions", &open()).with(|other| other.key = call.key.clone());
    let theirs: SessionView = other.send(&Kiosk::other()).await.json();
    assert_ne!(theirs.session_id, view.session_id);
}

#[tokio::test]
async fn a_call_that_changes_something_needs_a_key() {
    let server = Server::start().await;
    let call = server.post("/v1/sessions", &open()).with(|call| call.key = None);
    assert_eq!(call.send(&Kiosk::demo()).await.problem(), (400, "idempotency_key_missing".into()));
    let call = server.post("/v1/sessions", &open()).with(|call| call.key = Some("again".into()));
    assert_eq!(call.send(&Kiosk::demo()).await.problem(), (400, "idempotency_key_malformed".into()));
}

#[tokio::test]
async fn a_call_whose_twin_is_being_answered_waits_its_turn() {
    let server = Server::start().await;
    let call = server.post("/v1/sessions", &open());
    // The twin has been let in and not answered yet.
    let begun = server.store.begin_request(server::store::NewRequest {
        kiosk: "demo".into(),
        nonce: "twin".into(),
        idempotency: Some(server::store::Idempotency {
            key: call.key.as_deref().unwrap().parse().unwrap(),
            fingerprint: call.fingerprint(),
        }),
        at: server.now(),
    });
    assert_eq!(begun.await.unwrap(), server::store::Begun::New);
    assert_eq!(call.send(&Kiosk::demo()).await.problem(), (409, "idempotency_key_in_flight".into()));
}

#[tokio::test]
async fn a_kiosk_that_was_taken_out_of_the_configuration_is_a_stranger() {
    let mut server = Server::start().await;
    assert!(server.get("/v1/welcome").send(&Kiosk::other()).await.status.is_success());
    server.config.kiosks.pop();
    let server = server.restart().await;
    assert_eq!(
        server.get("/v1/welcome").send(&Kiosk::other()).await.problem(),
        (401, "kiosk_unknown".into())
    );
    assert!(server.get("/v1/welcome").send(&Kiosk::demo()).await.status.is_success());
}

#[tokio::test]
async fn a_call_that_failed_may_be_sent_again_under_its_key() {
    let server = Server::start().await;
    let wrong = server.post("/v1/sessions", &json!({ "service": "lodging", "language": "vi" }));
    for _ in 0..2 {
        let answer = wrong.again().send(&Kiosk::demo()).await;
        assert_eq!(answer.problem(), (422, "service_not_offered".into()));
    }
}

#[tokio::test]
async fn a_session_answers_only_the_kiosk_that_opened_it() {
    let server = Server::start().await;
    let view: SessionView = server.post("/v1/sessions", &open()).send(&Kiosk::demo()).await.json();
    let path = format!("/v1/sessions/{}", view.session_id);
    assert!(server.get(&path).send(&Kiosk::demo()).await.status.is_success());
    let consent = json!({ "answer": { "kind": "abort" } });
    for call in [
        server.get(&path),
        server.post(&format!("{path}/answers"), &consent),
        server.post(&format!("{path}/challenges"), &json!({})),
    ] {
        assert_eq!(call.send(&Kiosk::other()).await.problem(), (404, "session_unknown".into()));
    }
    let nowhere = server.get("/v1/sessions/not-a-session");
    assert_eq!(nowhere.send(&Kiosk::demo()).await.problem(), (404, "session_unknown".into()));
}

#[tokio::test]
async fn every_refusal_is_a_problem_document() {
    let server = Server::start().await;
    let get = |path: &str| Request::get(path).body(Body::empty()).unwrap();
    assert_eq!(server.raw(get("/nowhere")).await.problem(), (404, "not_found".into()));
    assert_eq!(server.raw(get("/v1/nowhere")).await.problem(), (404, "not_found".into()));
    let delete = Request::delete("/healthz").body(Body::empty()).unwrap();
    let answer = server.raw(delete).await;
    assert_eq!(answer.problem(), (405, "method_not_allowed".into()));
    assert_eq!(answer.headers["allow"], "GET,HEAD");

    let demo = Kiosk::demo();
    let call = server.post("/v1/sessions", &json!({ "service": "Nguyễn Thị Hoà", "language": "vi" }));
    let answer = call.send(&demo).await;
    assert_eq!(answer.problem(), (400, "body_malformed".into()));
    assert!(!String::from_utf8_lossy(&answer.body).contains("Nguy"), "a problem quotes what was sent");

    let mut untyped = server.post("/v1/sessions", &open()).signed(&demo);
    untyped.headers_mut().remove("content-type");
    assert_eq!(server.raw(untyped).await.problem(), (415, "media_type_unsupported".into()));

    let large = json!({ "service": "x".repeat(1 << 20) });
    let call = server.post("/v1/sessions", &large);
    assert_eq!(call.send(&demo).await.problem(), (413, "body_too_large".into()));
}

#[tokio::test]
async fn the_server_says_that_it_is_well_and_what_it_offers() {
    let server = Server::start().await;
    let get = |path: &str| Request::get(path).body(Body::empty()).unwrap();
    let health: serde_json::Value = server.raw(get("/healthz")).await.json();
    let outbox = json!({ "waiting": 0, "dead": 0, "oldest_undelivered_seconds": 0 });
    assert_eq!(health, json!({ "status": "ok", "outbox": outbox }));
    let document: serde_json::Value = server.raw(get("/openapi.json")).await.json();
    assert!(document["paths"]["/v1/sessions/{id}/answers"]["post"].is_object());
    let answer = server.raw(get("/healthz")).await;
    assert_eq!(answer.headers["cache-control"], "no-store");
    let closed = Request::get("/staff").header("host", "127.0.0.1:8080").body(Body::empty()).unwrap();
    assert_eq!(server.raw(closed).await.headers["location"], "/staff/sign-in?next=%2Fstaff");
    let page = server.raw(server.staff().await.page("/staff")).await;
    assert!(page.status.is_success());
    assert!(String::from_utf8(page.body).unwrap().contains("DỮ LIỆU MÔ PHỎNG"));
}
