//! Addresses and headers of each call, against `tests/wire/lodging`.

use std::sync::Mutex;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
};

use super::{
    samples::{but, document},
    *,
};

macro_rules! wire {
    ($name:literal) => {
        include_str!(concat!("../../../../../tests/wire/lodging/", $name))
    };
}

/// A request as text: its first line, the two headers that carry something, the body.
type Heard = Arc<Mutex<Vec<(String, String)>>>;

/// A portal that says what the golden answers say and remembers what it was asked.
async fn golden_portal(heard: &Heard) -> String {
    let heard = Arc::clone(heard);
    let answer = move |request: Request<Body>| {
        let heard = Arc::clone(&heard);
        async move {
            let (head, body) = request.into_parts();
            let target = head.uri.path_and_query().unwrap().to_string();
            let mut text = format!("{} {target}\n", head.method);
            for name in ["Authorization", "Content-Type"] {
                if let Some(value) = head.headers.get(name) {
                    text.extend([name, ": ", value.to_str().unwrap(), "\n"]);
                }
            }
            let body = to_bytes(body, 1 << 20).await.unwrap();
            heard.lock().unwrap().push((text, String::from_utf8(body.to_vec()).unwrap()));
            if target.contains("token?") || target.ends_with("token") {
                wire!("token-response.json")
            } else {
                wire!("answer-200.json")
            }
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    address
}

#[tokio::test]
async fn every_call_is_the_golden_one() {
    let heard = Heard::default();
    let base_url = golden_portal(&heard).await;
    let now = Arc::new(AtomicI64::new(1_789_434_000));
    let shown = Arc::clone(&now);
    let clock = Clock::new(move || Timestamp::from_second(shown.load(Ordering::SeqCst)).unwrap());
    let lodging = Configuration { base_url, limits: PATIENT, ..configuration().lodging.unwrap() };
    let client = LodgingClient::new(lodging, Mode::Demonstration, clock, random()).unwrap();
    let batch = Batch::new(vietnamese()).unwrap();
    assert_eq!(client.declare(HOTEL, &batch).await, taken(2));
    // Half a minute before the golden token's end.
    now.store(1_789_437_570, Ordering::SeqCst);
    assert_eq!(client.declare(HOTEL, &Batch::new(foreigners()).unwrap()).await, taken(2));
    now.store(1_789_434_000, Ordering::SeqCst);
    let left = [DepartureChange::new(document(4, "C01X00T47"), Told::LeftEarly).unwrap()];
    assert_eq!(client.change_departures(HOTEL, &left).await, taken(1));
    client.end().await;

    let heard = heard.lock().unwrap().clone();
    let [login, declared, refreshed, foreign, change, revoked] = heard.as_slice() else {
        panic!("{heard:?}")
    };
    assert_eq!(login.0, wire!("token-request.headers"));
    assert_eq!(login.1, wire!("token-request.form"));
    assert_eq!(declared.0, wire!("declare-vietnamese-request.headers"));
    let basic = wire!("token-request.headers").lines().nth(1).unwrap();
    assert_eq!(refreshed.0, format!("POST {}{basic}\n", wire!("refresh-request.target")));
    let rest = wire!("declare-vietnamese-request.headers").split_once('\n').unwrap().1;
    assert_eq!(foreign.0, format!("POST /client-service/kbtt/kbtt-3th\n{rest}"));
    assert_eq!(change.0, format!("POST /client-service/kbtt-vn/kbtt-3th/doi-ngay-tra-phong\n{rest}"));
    assert_eq!(revoked.0, format!("DELETE {}{basic}\n", wire!("revoke-request.target")));
}

/// What a person uploads on the portal's page, and then counts there.
async fn upload(portal: &Portal, account: &str, file: &[u8]) -> Value {
    let url = format!("{}/lodging/control/import?account={account}", portal.address);
    let answer = reqwest::Client::new().post(url).body(file.to_vec()).send().await.unwrap();
    answer.json().await.unwrap()
}

#[tokio::test]
async fn the_portal_s_page_takes_every_guest_of_the_excel_file_and_says_success_to_anything() {
    let portal = Portal::start().await;
    let lists = super::catalogue::whole(&portal).await;
    let made_at = samples::at("2026-09-15T08:00:00");
    let file = files::excel::write(&vietnamese(), &lists, made_at, true).unwrap();
    assert!(file.without_codes.is_empty());
    let success: Value = serde_json::from_str(wire!("answer-200.json")).unwrap();
    assert_eq!(upload(&portal, "cslt-khach-san", &file.bytes).await, success);
    assert_eq!(portal.counted("cslt-khach-san").await.0, file.guests as u64);
    // The same again: nobody is taken, and it says the same.
    assert_eq!(upload(&portal, "cslt-khach-san", &file.bytes).await, success);
    assert_eq!(portal.counted("cslt-khach-san").await.0, 2);
    for nothing in [&b""[..], b"hello"] {
        assert_eq!(upload(&portal, "cslt-nha-o", nothing).await, success);
    }
    assert_eq!(portal.counted("cslt-nha-o").await.0, 0);
    // A guest whom the page does not take: of one whose stay is in the future it says nothing.
    let later = but(|guest, stay| {
        guest.document = document(1, "001148012346");
        stay.arrival = samples::at("2026-09-16T00:00:00");
    });
    let file = files::excel::write(&later, &lists, made_at, true).unwrap();
    assert_eq!(upload(&portal, "cslt-khach-san", &file.bytes).await, success);
    assert_eq!(portal.counted("cslt-khach-san").await.0, 2);
}
