//! The first cost of a visit, from the station's software to what the health-insurance register received.

use flows::{Answer, Step, engine::InsuranceStatus};
use jiff::civil::date;
use serde_json::{Value, json};
use server::store::{Outbox as _, Standing, Store as _};
use uuid::Uuid;

use crate::{
    card,
    kit::{Kiosk, Server},
    visit::Visit,
};

/// Mrs Hoà, checked in.
async fn checked_in(server: &Server) -> Uuid {
    let mut visit = Visit::presented(server, "nguyen-thi-hoa").await;
    visit.finish().await;
    assert!(matches!(visit.view.step, Step::Done { .. }), "{:?}", visit.view);
    let visits = server.store.visits("01999", date(2026, 9, 15)).await.unwrap();
    visits[0].recorded.visit
}

/// Someone received by hand, with the form of the page.
async fn received(server: &Server, form: &str) -> Uuid {
    let staff = server.staff().await;
    let answer = server.raw(staff.form("/staff/reception", form)).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    let visits = server.store.visits("01999", date(2026, 9, 15)).await.unwrap();
    visits[0].recorded.visit
}

/// The examination fee.
pub fn cost() -> Value {
    json!({
        "care_kind": "01",
        "patient_group": "1.2",
        "service": { "code": "02.1896", "name": "Khám Nội" },
        "ordered_at": "2026-09-15T08:00:30+07:00",
    })
}

fn with(member: &str, value: Value) -> Value {
    let mut cost = cost();
    cost[member] = value;
    cost
}

pub fn path(visit: Uuid) -> String {
    format!("/v1/visits/{visit}/first-cost")
}

/// What the register received, by tag.
fn tag<'a>(document: &'a str, tag: &str) -> &'a str {
    let (_, rest) = document.split_once(&format!("<{tag}>")).unwrap_or_default();
    rest.split_once(&format!("</{tag}>")).map_or("", |(value, _)| value)
}

async fn switch(server: &Server, fault: &str) {
    let base = &server.config.national.insurance.base_url;
    let url = format!("{}/control/faults/bhxh", base.strip_suffix("/bhxh").unwrap());
    let response = reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .put(url)
        .json(&json!({ "fault": fault }))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 204);
}

#[tokio::test]
async fn the_first_cost_reaches_the_register_and_its_receipt_is_kept() {
    let server = Server::start().await;
    let visit = checked_in(&server).await;
    let call = server.post(&path(visit), &cost());
    let reported: Value = call.send(&Kiosk::clinic()).await.json();
    assert_eq!((&reported["outcome"], &reported["ma_lk"]), (&json!("queued"), &json!(visit.to_string())));
    // Sent again it is the same call; reported again it is the same message.
    assert_eq!(call.again().send(&Kiosk::clinic()).await.json::<Value>(), reported);
    let anew: Value = server.post(&path(visit), &cost()).send(&Kiosk::clinic()).await.json();
    assert_eq!(anew["outcome"], "already_queued");
    assert_eq!(anew["message_id"], reported["message_id"]);

    assert!(server.store.receipts(visit).await.unwrap().is_empty(), "nothing goes out before its time");
    server.worker.deliver_due().await.unwrap();
    let receipts = server.store.receipts(visit).await.unwrap();
    let [receipt] = receipts.as_slice() else { panic!("{receipts:?}") };
    assert_eq!(receipt.message.to_string(), reported["message_id"]);
    assert!(receipt.transaction.starts_with("01999_20260915080000"), "{}", receipt.transaction);
    let sent = receipt.sent.as_ref().unwrap();
    let sent = std::str::from_utf8(sent.as_slice()).unwrap();
    for (name, value) in [
        ("MA_LK", visit.to_string().as_str()),
        ("HO_TEN", "Nguyễn Thị Hoà"),
        ("SO_CCCD", "001148012345"),
        ("NGAY_SINH", "194803020000"),
        ("GIOI_TINH", "2"),
        ("MA_DOITUONG_KCB", "1.2"),
        ("NGAY_VAO", "202609150800"),
        ("MA_LOAI_KCB", "01"),
        ("MA_CSKCB", "01999"),
        ("MA_DICH_VU", "02.1896"),
        ("TEN_DICH_VU", "Khám Nội"),
        ("NGAY_YL", "202609150800"),
    ] {
        assert_eq!(tag(sent, name), value, "{name}");
    }
    assert!(!tag(sent, "MA_THE_BHYT").is_empty() && tag(sent, "GT_THE_DEN").len() == 8, "{sent}");
}

#[tokio::test]
async fn in_a_ward_the_first_cost_counts_anew() {
    let server = Server::start().await;
    let visit = checked_in(&server).await;
    server.post(&path(visit), &cost()).send(&Kiosk::clinic()).await.json::<Value>();
    server.wait(3_600);
    let mut ward = with("ordered_at", json!("2026-09-15T09:00:00+07:00"));
    ward["ward"] = json!({
        "admitted_at": "2026-09-15T08:30:00+07:00", "reason": "Theo dõi huyết áp", "reason_code": "I10"
    });
    let reported: Value = server.post(&path(visit), &ward).send(&Kiosk::clinic()).await.json();
    assert_eq!(reported["outcome"], "queued");
    server.worker.deliver_due().await.unwrap();
    let receipts = server.store.receipts(visit).await.unwrap();
    assert_eq!(receipts.len(), 2);
    let sent = receipts[1].sent.as_ref().unwrap();
    let sent = std::str::from_utf8(sent.as_slice()).unwrap();
    assert_ne!(receipts[0].transaction, receipts[1].transaction, "the ward's is a message of its own");
    assert_eq!(tag(sent, "NGAY_VAO_NOI_TRU"), "202609150830");
    assert_eq!((tag(sent, "LY_DO_VNT"), tag(sent, "MA_LY_DO_VNT")), ("Theo dõi huyết áp", "I10"));
}

/// Nobody knows when she was born; that is no reason to refuse what is not sent.
#[tokio::test]
async fn an_emergency_before_any_identification_is_no_fault() {
    let server = Server::start().await;
    let form = "occasion=emergency&sex=female&apparent_age=40&reason=bat+tinh&where_to=illness%2Fp2";
    let visit = received(&server, form).await;
    let call = server.post(&path(visit), &with("patient_group", json!("2")));
    assert_eq!(call.send(&Kiosk::clinic()).await.json::<Value>()["outcome"], "not_sent_emergency");
    let sent = server.post(&path(visit), &cost()).send(&Kiosk::clinic()).await;
    assert_eq!(sent.status, 422, "what is sent has to fit");
}

/// Staff wrote down when the child was born: the station's software need not know it.
#[tokio::test]
async fn a_newborn_s_time_of_birth_is_in_the_document() {
    let server = Server::start().await;
    let form = "occasion=newborn&full_name=Con+ba+Hoa&sex=male&born_at=2026-09-14T23%3A15\
                &relation=me&companion=Nguyen+Thi+Hoa&where_to=illness%2Fp2";
    let visit = received(&server, form).await;
    let reported: Value = server.post(&path(visit), &cost()).send(&Kiosk::clinic()).await.json();
    assert_eq!(reported["outcome"], "queued");
    server.worker.deliver_due().await.unwrap();
    let receipts = server.store.receipts(visit).await.unwrap();
    let sent = receipts[0].sent.as_ref().unwrap();
    assert_eq!(tag(std::str::from_utf8(sent.as_slice()).unwrap(), "NGAY_SINH"), "202609142315");
}

#[tokio::test]
async fn for_an_emergency_or_laboratory_work_alone_nothing_is_sent() {
    let server = Server::start().await;
    let visit = checked_in(&server).await;
    for (cost, outcome) in [
        (with("patient_group", json!("2")), "not_sent_emergency"),
        (with("laboratory_only", json!(true)), "not_sent_laboratory_only"),
    ] {
        let call = server.post(&path(visit), &cost);
        let reported: Value = call.send(&Kiosk::clinic()).await.json();
        assert_eq!((&reported["outcome"], &reported["message_id"]), (&json!(outcome), &Value::Null));
        assert_eq!(call.again().send(&Kiosk::clinic()).await.json::<Value>(), reported);
    }
    assert!(server.store.undelivered_messages().await.unwrap().is_empty());
}

#[tokio::test]
async fn each_caller_makes_its_own_calls_and_no_other() {
    let server = Server::start().await;
    let visit = checked_in(&server).await;
    let refused = server.post(&path(visit), &cost()).send(&Kiosk::demo()).await.problem();
    assert_eq!(refused, (403, "caller_not_allowed".into()));
    let refused = server.get("/v1/welcome").send(&Kiosk::clinic()).await.problem();
    assert_eq!(refused, (403, "caller_not_allowed".into()));
    let open = json!({ "service": "health", "language": "vi" });
    let refused = server.post("/v1/sessions", &open).send(&Kiosk::clinic()).await.problem();
    assert_eq!(refused, (403, "caller_not_allowed".into()));
    let refused = server.post(&path(visit), &cost()).send(&Kiosk::stranger()).await.problem();
    assert_eq!(refused, (401, "kiosk_unknown".into()));
    let unkeyed = server.post(&path(visit), &cost()).with(|call| call.key = None);
    assert_eq!(unkeyed.send(&Kiosk::clinic()).await.problem(), (400, "idempotency_key_missing".into()));
    assert!(server.store.undelivered_messages().await.unwrap().is_empty());
}

#[tokio::test]
async fn each_field_that_does_not_fit_has_its_own_code() {
    let server = Server::start().await;
    let visit = checked_in(&server).await;
    let item = |code: usize, name: usize| json!({ "code": "ế".repeat(code), "name": "ế".repeat(name) });
    let ward = |admitted: &str, reason: &str, code: Option<&str>| json!({ "admitted_at": admitted, "reason": reason, "reason_code": code });
    let now = "2026-09-15T08:00:00+07:00";
    for (member, value, code) in [
        ("care_kind", json!("1"), "care_kind_unknown"),
        ("care_kind", json!("17"), "care_kind_unknown"),
        ("patient_group", json!("1.99"), "patient_group_unknown"),
        ("service", Value::Null, "cost_missing"),
        ("service", item(0, 5), "cost_missing"),
        ("service", item(51, 5), "service_unfit"),
        ("service", item(5, 0), "service_unfit"),
        ("service", item(5, 1_025), "service_unfit"),
        ("drug", item(256, 5), "drug_unfit"),
        ("drug", item(5, 1_025), "drug_unfit"),
        ("supply", item(256, 5), "supply_unfit"),
        ("supply", item(0, 5), "supply_unfit"),
        ("ordered_at", json!("15/09/2026 08:00"), "order_time_unfit"),
        ("ordered_at", json!("2026-09-15T07:49:00+07:00"), "order_time_unfit"),
        ("ordered_at", json!("2026-09-15T08:11:00+07:00"), "order_time_unfit"),
        ("birth_time", json!("25:00"), "birth_time_unfit"),
        ("birth_time", json!("4:07"), "birth_time_unfit"),
        ("patient_code", json!(" "), "patient_code_unfit"),
        ("patient_code", json!("x".repeat(101)), "patient_code_unfit"),
        ("ward", ward("hôm nay", "a", None), "ward_unfit"),
        ("ward", ward("2026-09-14T08:00:00+07:00", "a", None), "ward_unfit"),
        ("ward", ward(now, " ", None), "ward_unfit"),
        ("ward", ward(now, &"a".repeat(1_025), None), "ward_unfit"),
        ("ward", ward(now, "a", Some("123456")), "ward_unfit"),
    ] {
        let answer = server.post(&path(visit), &with(member, value)).send(&Kiosk::clinic()).await;
        assert_eq!(answer.problem(), (422, code.into()), "{member}");
        assert!(!String::from_utf8_lossy(&answer.body).contains('ế'), "it quotes what was sent");
    }
    for (member, value) in [("care_kind", json!(1)), ("unknown", json!("x")), ("service", json!("x"))] {
        let answer = server.post(&path(visit), &with(member, value)).send(&Kiosk::clinic()).await;
        assert_eq!(answer.problem(), (400, "body_malformed".into()), "{member}");
    }
    for nobody in [path(Uuid::nil()), "/v1/visits/x/first-cost".to_owned()] {
        let answer = server.post(&nobody, &cost()).send(&Kiosk::clinic()).await;
        assert_eq!(answer.problem(), (404, "visit_unknown".into()));
    }
    assert!(server.store.undelivered_messages().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_the_register_could_not_say_is_asked_again_before_the_first_cost_goes_out() {
    let server = Server::start().await;
    switch(&server, "server_error").await;
    let mut at_kiosk = Visit::consented(&server).await;
    let challenge = at_kiosk.challenge().await;
    at_kiosk.present(card::read("nguyen-thi-hoa", Some(&challenge))).await;
    at_kiosk.answer(Answer::ConfirmPerson { is_me: true }).await;
    for id in ["illness", "p2"] {
        at_kiosk.answer(Answer::Choose { id: id.into() }).await;
    }
    let visits = server.store.visits("01999", date(2026, 9, 15)).await.unwrap();
    let visit = visits[0].recorded.visit;
    assert_eq!(visits[0].recorded.insurance, InsuranceStatus::Unverified, "CHUA_XAC_MINH");
    server.post(&path(visit), &cost()).send(&Kiosk::clinic()).await.json::<Value>();

    // The register stays down: both wait, and that is there to see.
    server.wait(60);
    server.worker.deliver_due().await.unwrap();
    let waiting = server.store.undelivered_messages().await.unwrap();
    assert!(matches!(waiting[0].standing, Standing::Waiting { .. }), "{waiting:?}");
    assert_eq!(waiting[1].standing, Standing::Behind { message: waiting[0].id });
    let unsigned = axum::http::Request::get("/healthz").body(axum::body::Body::empty()).unwrap();
    let health: Value = server.raw(unsigned).await.json();
    assert_eq!(health["outbox"], json!({ "waiting": 2, "dead": 0, "oldest_undelivered_seconds": 60 }));

    switch(&server, "none").await;
    for _ in 0..20 {
        server.wait(300);
        server.worker.deliver_due().await.unwrap();
    }
    assert!(server.store.undelivered_messages().await.unwrap().is_empty());
    let kept = server.store.visit(visit).await.unwrap().unwrap();
    assert_eq!(kept.recorded.insurance, InsuranceStatus::Unverified, "the record stays");
    assert_eq!(kept.insurance_now(), InsuranceStatus::Valid);
    let receipts = server.store.receipts(visit).await.unwrap();
    let sent = receipts[0].sent.as_ref().unwrap();
    let sent = std::str::from_utf8(sent.as_slice()).unwrap();
    assert_eq!(tag(sent, "MA_THE_BHYT"), kept.card_now().unwrap().number, "with the card that was found");
}

/// The register was down when she checked in; then it turned out that it was he.
#[tokio::test]
async fn the_document_carries_the_card_of_whom_the_visit_turned_out_to_be() {
    for cost_comes_first in [true, false] {
        let server = Server::start().await;
        switch(&server, "server_error").await;
        let visit = checked_in(&server).await;
        let report = async || {
            let reported: Value = server.post(&path(visit), &cost()).send(&Kiosk::clinic()).await.json();
            assert_eq!(reported["outcome"], "queued");
        };
        if cost_comes_first {
            report().await;
        }
        let staff = server.staff().await;
        let form = "seen=1&wrong=person&reason=nham+nguoi&number=001090034567&birth=21%2F7%2F1990&sex=male\
                    &full_name=Ph%E1%BA%A1m+Qu%E1%BB%91c+%C4%90%E1%BA%A1t&where_to=illness%2Fp2";
        let corrected = server.raw(staff.form(&format!("/staff/visits/{visit}/correct"), form)).await;
        assert_eq!(corrected.status, 303, "{}", corrected.text());
        if !cost_comes_first {
            report().await;
        }
        switch(&server, "none").await;
        for _ in 0..20 {
            server.wait(300);
            server.worker.deliver_due().await.unwrap();
        }
        assert!(server.store.undelivered_messages().await.unwrap().is_empty(), "nobody has to tell anything");
        let kept = server.store.visit(visit).await.unwrap().unwrap();
        let receipts = server.store.receipts(visit).await.unwrap();
        let sent = std::str::from_utf8(receipts[0].sent.as_ref().unwrap().as_slice()).unwrap();
        assert_eq!(tag(sent, "SO_CCCD"), "001090034567");
        let card = kept.card_now().unwrap().number.as_str();
        assert_eq!((tag(sent, "MA_THE_BHYT"), kept.insurance_now()), (card, InsuranceStatus::Renewed));
        assert!(!card.contains("1148012345"), "hers");
    }
}
