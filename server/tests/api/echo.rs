//! Nothing that was sent comes back in a problem document or is logged: a marker in every field of every POST.

use jiff::civil::date;
use serde_json::{Map, Value, json};
use server::{program::LOG_FILTER, store::Store as _};
use tracing_subscriber::{EnvFilter, fmt::format::FmtSpan, util::SubscriberInitExt as _};

use crate::{
    kit::{Answer, Kiosk, Server},
    privacy::Log,
    visit::Visit,
};

/// A name and a number that are nobody's and stand nowhere else.
const MARKER: &str = "Ngô Vết Mực 090000777777";
/// What of it is looked for: however it is written down, the digits stay.
const TRACES: [&str; 3] = ["Vết", "777777", "V%E1%BA%BFt"];

fn trace(text: &str) -> Option<&'static str> {
    TRACES.into_iter().find(|trace| text.contains(trace))
}

/// `body` with each of its values in turn replaced, by a text and by a number, with a field that nobody knows, and as
/// something that is no JSON.
fn spoiled(body: &Value) -> Vec<Vec<u8>> {
    let mut all = vec![format!("{{\"{MARKER}\": ").into_bytes(), MARKER.as_bytes().to_vec()];
    let mut pointers = Vec::new();
    walk(body, String::new(), &mut pointers);
    for pointer in pointers {
        let number = json!(90_000_777_777_u64);
        for wrong in [json!(MARKER), number.clone(), json!([MARKER]), json!({ MARKER: MARKER })] {
            let mut bad = body.clone();
            *bad.pointer_mut(&pointer).unwrap() = wrong;
            all.push(serde_json::to_vec(&bad).unwrap());
        }
        let mut more = body.clone();
        if let Some(object) = more.pointer_mut(&pointer).and_then(Value::as_object_mut) {
            object.insert(MARKER.to_owned(), number);
            all.push(serde_json::to_vec(&more).unwrap());
        }
    }
    all
}

fn walk(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| walk(value, format!("{at}/{name}"), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| walk(value, format!("{at}/{index}"), found));
        }
        _ => {}
    }
    found.push(at);
}

/// An answer of each kind, with everything that it may hold.
fn answers() -> Vec<Value> {
    let birth = json!({ "year": 1990, "month": 7, "day": 21 });
    let typed = json!({ "kind": "typed", "number": "001090034567", "full_name": "Phạm Quốc Đạt", "birth": birth, "sex": "male" });
    let child = json!({ "kind": "child", "number": "001222023456", "full_name": "Trần Gia Bảo", "birth": birth, "sex": "male", "relation": "parent", "guardian_name": "Lý Thị Sẻ" });
    let chip = json!({
        "kind": "chip", "access": "pace_can", "challenge_id": "0b6f2c1e-5d7a-4b58-9c3d-2f1e0a9b8c7d",
        "active_authentication": "AAAA", "files": [{ "name": "EF.SOD", "content": "AAAA" }],
    });
    let mut answers: Vec<_> = [json!({ "kind": "qr", "payload": "AAAA" }), typed, child, chip]
        .into_iter()
        .map(|evidence| json!({ "answer": { "kind": "evidence", "evidence": evidence } }))
        .collect();
    for answer in [
        json!({ "kind": "consent", "purpose": "health_check_in", "role": "child", "given": true, "language": "vi", "text_sha256": "ab" }),
        json!({ "kind": "confirm_person", "is_me": true }),
        json!({ "kind": "birth_year", "year": 1990 }),
        json!({ "kind": "choose", "id": "illness" }),
        json!({ "kind": "call_staff", "code": "help_wanted" }),
    ] {
        answers.push(json!({ "answer": answer }));
    }
    answers
}

/// An operation, who calls it, and bodies that it takes.
type Post = (&'static str, fn() -> Kiosk, Vec<Value>);

/// Every POST of the API with the bodies that it takes, and who may send it.
fn posts() -> Vec<Post> {
    let item = json!({ "code": "02.1896", "name": "Khám Nội" });
    let cost = json!({
        "patient_code": "BN1", "care_kind": "01", "patient_group": "1.2", "service": item, "drug": item,
        "supply": item, "ordered_at": "2026-09-15T08:00:30+07:00", "birth_time": "05:30",
        "ward": { "entered_at": "2026-09-15T08:00:30+07:00" },
    });
    vec![
        (
            "/v1/sessions",
            Kiosk::demo as fn() -> Kiosk,
            vec![json!({ "service": "health", "language": "vi", "ways": ["chip", "typed"] })],
        ),
        ("/v1/sessions/{id}/answers", Kiosk::demo, answers()),
        ("/v1/sessions/{id}/challenges", Kiosk::demo, vec![json!({})]),
        ("/v1/sessions/{id}/vneid", Kiosk::demo, vec![json!({})]),
        ("/v1/staff-calls", Kiosk::demo, vec![json!({ "step": "welcome", "code": "help_wanted" })]),
        ("/v1/visits/{id}/first-cost", Kiosk::clinic, vec![cost]),
    ]
}

fn check(answer: &Answer, what: &str) -> bool {
    if answer.status.is_success() {
        return false;
    }
    let body = String::from_utf8_lossy(&answer.body);
    assert_eq!(trace(&body), None, "{what}: {body}");
    for value in answer.headers.values() {
        assert_eq!(trace(&String::from_utf8_lossy(value.as_bytes())), None, "{what}: {:?}", answer.headers);
    }
    answer.problem();
    true
}

// On one thread: the subscriber that listens is that thread's own.
#[tokio::test]
async fn what_was_sent_stands_in_no_problem_document_and_in_no_log() {
    let log = Log::default();
    let _listening = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(LOG_FILTER))
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish()
        .set_default();
    let server = Server::alone().await;
    let description: Value = server.get("/openapi.json").send(&Kiosk::demo()).await.json();
    let paths: &Map<String, Value> = description["paths"].as_object().unwrap();
    let takes_post =
        |(path, operations): (&'_ String, &'_ Value)| operations.get("post").map(|_| path.clone());
    let described: Vec<String> = paths.iter().filter_map(takes_post).collect();
    let mut visit = Visit::presented(&server, "nguyen-thi-hoa").await;
    visit.finish().await;
    let recorded = server.store.visits("01999", date(2026, 9, 15)).await.unwrap()[0].recorded.visit;
    let posts = posts();
    for path in &described {
        assert!(posts.iter().any(|(known, ..)| known == path), "nothing is sent to {path}");
    }
    assert_eq!(described.len(), posts.len());
    for (path, caller, bodies) in posts {
        let (mut sent, mut refused) = (0, 0);
        // What nobody has, and what is no id at all.
        for id in ["0b6f2c1e-5d7a-4b58-9c3d-2f1e0a9b8c7d", "090000777777"] {
            let answer = server.post(&path.replace("{id}", id), &bodies[0]).send(&caller()).await;
            check(&answer, path);
        }
        for body in bodies.iter().flat_map(spoiled) {
            let id = if path.starts_with("/v1/sessions/") {
                Visit::at_any_door(&server).await.id
            } else {
                recorded.to_string()
            };
            let call = server.post_bytes(&path.replace("{id}", &id), body);
            sent += 1;
            refused += u32::from(check(&call.send(&caller()).await, path));
        }
        // An empty body holds nothing to refuse; everything else has a type.
        assert!(path.ends_with("challenges") || 2 * refused > sent, "{path}: {refused} of {sent}");
    }
    let text = log.text();
    assert!(text.contains("/v1/sessions/{id}/answers"), "the log tells nothing:\n{text}");
    assert_eq!(trace(&text), None, "{text}");
    let health = server.get("/healthz").send(&Kiosk::demo()).await;
    assert_eq!(trace(&String::from_utf8_lossy(&health.body)), None);
    // The search finds what it looks for.
    assert_eq!(trace(&format!("{text}{MARKER}")), Some("Vết"));
}
