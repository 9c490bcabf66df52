//! Nothing that was typed comes back on an error page or in a list of mistakes, and nothing of it is logged: a marker
//! in every field of every form. (A form that is shown again keeps what was typed in its fields.)

use std::{
    io::{self, Write},
    sync::Mutex,
};

use tracing_subscriber::{
    EnvFilter,
    fmt::{MakeWriter, format::FmtSpan},
    util::SubscriberInitExt as _,
};

use super::*;
use crate::{
    program::LOG_FILTER,
    store::{Alerts as _, Outbox as _, Receptions as _, conformance::outbox::with_messages},
};

/// `Ngô Vết Mực 090000777777`, nobody's, as a form carries it.
const MARKER: &str = "Ng%C3%B4+V%E1%BA%BFt+M%E1%BB%B1c+090000777777";
/// What of it is looked for: however it is written down, the digits stay.
const TRACES: [&str; 3] = ["Vết", "777777", "V%E1%BA%BFt"];

/// Every form with a value for each field. `{}` stands for an id that is there.
const FORMS: [(&str, &str); 39] = [
    ("/staff/sign-in", "user_name=le.thi.can&password=x&next=/staff"),
    ("/staff/sign-in/code", "code=123456&next=/staff"),
    ("/staff/sign-in/enrol", "password=x&again=x&code=123456"),
    ("/staff/sign-out", "x=x"),
    ("/staff/account", "old=x&password=y&again=y"),
    ("/staff/accounts", "user_name=moi&name=x&number=&role=reception"),
    ("/staff/accounts/{account}", "what=posts&role=reception&number="),
    ("/staff/accesses", "number=001148012345"),
    (
        "/staff/calls/{call}/admit",
        "reason=x&full_name=x&number=&birth_year=1950&sex=&where_to=illness%2Fp1&priority=",
    ),
    ("/staff/calls/{call}/close", "reason="),
    ("/staff/calls/{call}/acknowledge", "x=x"),
    ("/staff/calls/{call}/take", "instead="),
    ("/staff/calls/{call}/hand-back", "reason="),
    (
        "/staff/reception",
        "occasion=newborn&reason=x&full_name=x&number=&birth=2%2F3%2F2022&born_at=2026-09-15T05:30&sex=&relation=x&companion=x&apparent_age=4&where_to=illness%2Fp1&priority=",
    ),
    ("/staff/tasks/{task}/done", "reason="),
    ("/staff/ward", "visit=&with=&full_name=x&number=x&birth=x&sex=&bed=x&nights=x&relation=x&adult=x"),
    ("/staff/ward/{stay}", "seen=1&full_name=x&number=x&birth=x&sex=&bed=x&nights=x&relation=x&adult=x"),
    ("/staff/ward/{stay}/leave", "seen=1&reason=x"),
    ("/staff/ward/{stay}/withdraw", "seen=1&reason="),
    ("/staff/outbox/{message}/retry", "reason="),
    ("/staff/outbox/{message}/set-aside", "reason="),
    (
        "/staff/visits/{visit}/correct",
        "request=&seen=1&wrong=data&reason=x&full_name=x&number=&birth=1950&sex=&where_to=illness%2Fp1",
    ),
    ("/staff/visits/{visit}/consents", "text_sha256=00&answer=yes&relation=&representative="),
    ("/staff/visits/{visit}/consents/withdraw", "purpose=health_check_in&relation=&representative="),
    ("/staff/visits/{visit}/why", "reason="),
    ("/staff/visits/{visit}/history", "reason="),
    ("/staff/visits/{visit}/export", "reason=&recipient=x&file=record"),
    ("/staff/privacy/requests/{request}/mark", "mark=hold&reason="),
    ("/staff/alerts/{alert}/settle", "reason="),
    ("/staff/persons", "first=x&second=x&outcome=merged&reason="),
    ("/staff/queue/next", "room=p1&seen=0&only="),
    ("/staff/queue/{visit}", "event=called&room=p1&queue=&into=&reason=x&only="),
    (
        "/staff/privacy/requests",
        "kind=view&received_on=2026-09-15&visit=&number=001148012345&insurance_number=&requester=x&relation=&recognised_by=x&contact=x&wish=",
    ),
    ("/staff/privacy/requests/{request}/step", "event=refused&reason=x&article="),
    ("/staff/privacy/requests/{request}/carry-out", "action=answer&reason="),
    ("/staff/privacy/requests/{request}/records", "x=x"),
    ("/staff/privacy/requests/{request}/records.json", "x=x"),
    (
        "/staff/privacy/incidents",
        "kind=lost&noticed_at=2026-09-15T07:00&what=x&basic=1&health=&biometric=&staff_data=&consequences=x&measures=",
    ),
    ("/staff/privacy/incidents/{incident}/step", "event=measure&reason="),
];

/// What is logged, kept.
#[derive(Clone, Default)]
pub(super) struct Log(pub(super) Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn trace(text: &str) -> Option<&'static str> {
    TRACES.into_iter().find(|trace| text.contains(trace))
}

/// The addresses that take forms, as the routers say.
fn routes() -> Vec<String> {
    let source = concat!(include_str!("../mod.rs"), include_str!("../privacy/mod.rs"));
    let mut found = Vec::new();
    for rest in source.split("(\"/staff").skip(1) {
        let (path, handlers) = rest.split_once('"').unwrap();
        if handlers.contains("post(") {
            found.push(format!("/staff{path}"));
        }
    }
    found
}

/// Each field in turn with the marker instead of its value; and one field more.
fn spoiled(form: &str) -> Vec<String> {
    let fields: Vec<_> = form.split('&').filter_map(|field| field.split_once('=')).collect();
    let mut all = vec![format!("{form}&{MARKER}={MARKER}")];
    for wrong in 0..fields.len() {
        let fields = fields
            .iter()
            .enumerate()
            .map(|(index, (name, value))| format!("{name}={}", if index == wrong { MARKER } else { value }));
        all.push(fields.collect::<Vec<_>>().join("&"));
    }
    all
}

/// Checks an answer that is no success. Says whether it was one.
fn check(head: &Response<()>, page: &str, what: &str) -> bool {
    if head.status().is_success() || head.status().is_redirection() {
        return false;
    }
    // A form that is shown again keeps what was typed, in its fields and nowhere else.
    let shown = match page.split_once("class=\"faults\" role=\"alert\"") {
        Some((_, rest)) if head.status() != StatusCode::NOT_FOUND => {
            rest.split_once("</div>").map_or(rest, |(faults, _)| faults)
        }
        _ => page,
    };
    assert_eq!(trace(shown), None, "{what}: {} {shown}", head.status());
    for value in head.headers().values() {
        assert_eq!(trace(&String::from_utf8_lossy(value.as_bytes())), None, "{what}: {:?}", head.headers());
    }
    true
}

// On one thread: the subscriber that listens is that thread's own.
#[tokio::test]
async fn what_was_typed_stands_on_no_error_page_and_in_no_log() {
    for route in routes() {
        assert!(FORMS.iter().any(|(path, _)| name(path) == name(&route)), "nothing is sent to {route}");
    }
    assert_eq!(routes().len(), FORMS.len());
    let log = Log::default();
    let _listening = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(LOG_FILTER))
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish()
        .set_default();
    let mut refused = 0;
    for (path, form) in FORMS {
        for body in spoiled(form) {
            // Each begins anew: some of these forms are taken.
            let desk = Desk::open().await;
            let path = filled(&desk, path).await;
            let (head, page) = desk.post(&path, &body).await;
            refused += u32::from(check(&head, &page, &format!("{path} {body}")));
        }
    }
    // The others were taken: their fields are free text.
    assert!(refused > 60, "only {refused} were refused");
    let text = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert_eq!(trace(&text), None, "{text}");
    // The search finds what it looks for.
    assert_eq!(trace("Ngô Vết Mực"), Some("Vết"));
}

#[tokio::test]
async fn what_stands_in_an_address_stands_on_no_page() {
    let desk = Desk::open().await;
    World::new(&*desk.store).await;
    for path in [
        "/staff/queue?room=090000777777",
        "/staff/accesses?staff=090000777777",
        "/staff/accesses?person=090000777777",
        "/staff/visits/090000777777",
        "/staff/calls/090000777777",
        "/staff/privacy/consents/090000777777",
        "/staff/no-such-page/090000777777",
    ] {
        let (status, page) = desk.get(path).await;
        assert_eq!(trace(&page), None, "{path}: {status} {page}");
        let path = path.split('?').next().unwrap();
        let (head, page) = desk.post(path, "reason=x").await;
        assert_eq!(trace(&page), None, "{path}: {} {page}", head.status());
    }
}

/// An address without the names of its ids.
fn name(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect::<Vec<_>>().join("/")
}

/// The address with the id of something that is there.
async fn filled(desk: &Desk, path: &str) -> String {
    let world = World::new(&*desk.store).await;
    let Some((before, rest)) = path.split_once('{') else { return path.to_owned() };
    let (what, after) = rest.split_once('}').unwrap();
    let id = match what {
        "visit" => world.checked_in("001148012345", at(0)).await.visit,
        "call" => desk.call(&world, "identify").await,
        "message" => {
            with_messages(&world, "001148012345", &[crate::store::MessageKind::Correction]).await;
            desk.store.dead_letters().await.unwrap()[0].id
        }
        "alert" => {
            let alert = crate::store::NewAlert { system: "insurance", code: "054".into(), at: at(0) };
            desk.store.raise_alert(alert).await.unwrap();
            desk.store.alerts().await.unwrap()[0].id
        }
        "account" => desk.store.staff().await.unwrap()[0].id,
        "task" => {
            desk.post("/staff/reception", "occasion=emergency&where_to=illness%2Fp1").await;
            desk.store.tasks(STATION).await.unwrap()[0].id
        }
        "stay" => {
            let visit = world.checked_in("001148012345", at(0)).await.visit;
            desk.post("/staff/ward", &format!("visit={visit}&nights=1")).await;
            let (store, night) = (&*desk.store, crate::store::stays::Which::Night(station_day(at(600))));
            crate::store::Stays::stays(store, "luu-benh-tram-mau", night, at(600)).await.unwrap()[0].id
        }
        "request" => {
            world.checked_in("001148012345", at(0)).await;
            let form = "kind=correct&received_on=2026-09-15&number=001148012345&requester=x&recognised_by=x&contact=x&wish=x";
            made(desk, "/staff/privacy/requests", form).await
        }
        "incident" => {
            let form = "kind=lost&noticed_at=2026-09-15T07:00&what=x&basic=1&consequences=x&measures=x";
            made(desk, "/staff/privacy/incidents", form).await
        }
        other => panic!("what is {other}?"),
    };
    format!("{before}{id}{after}")
}

async fn made(desk: &Desk, path: &str, form: &str) -> Uuid {
    let (head, page) = desk.post(path, form).await;
    assert_eq!(head.status(), StatusCode::SEE_OTHER, "{page}");
    Uuid::parse_str(location(&head).rsplit('/').next().unwrap()).unwrap()
}
