//! Stays, from the record to what the police portal has: taken, refused, lost on the way, too late.

use flows::{
    lodging::{
        Acceptance, DocumentKind, Draft, GuestDocument, NationalityCode, Path, State, StayEvent, StayReason,
    },
    person::{Birth, Sex},
    policy::Strength,
};
use identity::SecretBytes;
use jiff::{SignedDuration, Timestamp, civil::date};
use serde_json::{Value, json};
use server::store::{
    Decision, Method, Outbox as _, Standing, Stays as _, Store as _,
    stays::{ChangeStay, KeptStay, NewStay, Which},
};
use uuid::Uuid;

use crate::{
    first_cost::{cost, path},
    kit::{Kiosk, Server},
    visit::Visit,
};

const INN: &str = "nha-nghi-hoa-mau";
const WARD: &str = "luu-benh-tram-mau";
const HOUR: i64 = 3600;

fn owner() -> Decision {
    Decision { staff: "Phạm Thị Chủ".into(), id: None, reason: "khách ở lại".into() }
}

/// A guest with this number who has come and leaves tomorrow.
fn guest(server: &Server, number: &str) -> Draft {
    let now = server.now();
    let mut draft = Draft::arriving(now);
    draft.full_name = Some("Nguyễn Văn Khách".into());
    draft.birth = Some(Birth { year: 1990, month: Some(7), day: Some(21) });
    draft.sex = Sex::Male;
    draft.nationality = NationalityCode::parse("VNM").ok();
    draft.document = GuestDocument::parse(DocumentKind::CitizenCard, number, None).ok();
    draft.departure = Some(now + SignedDuration::from_hours(26));
    draft.room = Some("101".into());
    draft.reason = Some(StayReason::Tourism);
    draft
}

fn foreigner(server: &Server, passport: &str) -> Draft {
    let mut draft = guest(server, "001090000001");
    draft.full_name = Some("MUSTERMANN ERIKA".into());
    draft.nationality = NationalityCode::parse("D").ok();
    draft.document = GuestDocument::parse(DocumentKind::Passport, passport, None).ok();
    draft.permitted_until = Some(date(2026, 12, 1));
    draft
}

/// Writes a stay down at the inn.
async fn stays(server: &Server, draft: Draft) -> Uuid {
    let stay = NewStay {
        place: INN.into(),
        path: Path::Portal,
        party: None,
        visit: None,
        draft,
        method: Method::CardQr,
        strength: Strength::StaticOrTyped,
        chip: None,
        submission: None,
        ready: true,
        by: Some(owner()),
        at: server.now(),
    };
    server.store.record_stay(stay).await.unwrap().stay
}

async fn kept(server: &Server, stay: Uuid) -> KeptStay {
    server.store.stay(stay).await.unwrap().unwrap()
}

/// How a stay stands, and how it is known that it was taken.
async fn stands(server: &Server, stay: Uuid) -> (State, Option<Acceptance>) {
    let standing = kept(server, stay).await.standing(server.now());
    (standing.state(), standing.acceptance())
}

async fn refusal(server: &Server, stay: Uuid) -> String {
    kept(server, stay).await.standing(server.now()).reason().unwrap_or_default().to_owned()
}

fn control(server: &Server, path: &str) -> String {
    let base = &server.config.national.lodging.as_ref().unwrap().base_url;
    format!("{}/control/{path}", base.strip_suffix("/lodging").unwrap())
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn switch(server: &Server, switch: &Value) {
    let url = control(server, "faults/lodging");
    assert_eq!(client().put(url).json(switch).send().await.unwrap().status(), 204);
}

/// How many stays the portal has of an account.
async fn there(server: &Server, account: &str) -> u64 {
    let url = control(server, &format!("lodging/{account}"));
    let counted: Value =
        serde_json::from_slice(&client().get(url).send().await.unwrap().bytes().await.unwrap()).unwrap();
    counted["declared"].as_u64().unwrap_or_else(|| panic!("{counted}"))
}

/// Lets time pass, as far as back-off may want, and delivers.
async fn later(server: &Server, seconds: i64) {
    server.wait(seconds);
    server.worker.deliver_due().await.unwrap();
}

#[tokio::test]
async fn guests_of_both_kinds_are_declared_and_taken() {
    let server = Server::start().await;
    let first = stays(&server, guest(&server, "001090000001")).await;
    let second = stays(&server, guest(&server, "001090000002")).await;
    let foreign = stays(&server, foreigner(&server, "C01X00T47")).await;
    assert_eq!(stands(&server, first).await, (State::Ready, None));
    server.worker.deliver_due().await.unwrap();
    for stay in [first, second, foreign] {
        assert_eq!(stands(&server, stay).await, (State::Staying, Some(Acceptance::Portal)));
    }
    assert_eq!(there(&server, "cslt-nha-o").await, 3);
    assert!(server.store.dead_letters().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_batch_that_is_refused_is_tried_guest_by_guest() {
    let server = Server::start().await;
    // Taken at another time, by another place, without us: the portal knows that this one is staying.
    let elsewhere = stays(&server, guest(&server, "001090000002")).await;
    server.worker.deliver_due().await.unwrap();
    assert_eq!(stands(&server, elsewhere).await.0, State::Staying);
    server.wait(60);
    let good = stays(&server, guest(&server, "001090000001")).await;
    let mut again = guest(&server, "001090000002");
    again.document = GuestDocument::parse(DocumentKind::NumberNotice, "001090000002", None).ok();
    let twice = stays(&server, again).await;
    let other = stays(&server, guest(&server, "001090000003")).await;
    server.worker.deliver_due().await.unwrap();
    for stay in [good, other] {
        assert_eq!(stands(&server, stay).await, (State::Staying, Some(Acceptance::Portal)), "not held up");
    }
    assert_eq!(stands(&server, twice).await.0, State::Rejected);
    assert!(refusal(&server, twice).await.contains("đang lưu trú"), "{}", refusal(&server, twice).await);
}

#[tokio::test]
async fn a_lost_answer_is_settled_by_the_next_refusal() {
    let server = Server::start().await;
    for fault in ["disconnect", "malformed", "timeout", "server_error"] {
        let number = format!("0010900000{}", 10 + fault.len());
        let together = format!("0010900001{}", 10 + fault.len());
        let stay = stays(&server, guest(&server, &number)).await;
        let with = stays(&server, guest(&server, &together)).await;
        // The login is answered; what is lost is the answer to the declaration.
        switch(&server, &json!({ "fault": "none" })).await;
        server.worker.deliver_due().await.unwrap();
        assert_eq!(stands(&server, stay).await.1, Some(Acceptance::Portal));
        let lost = stays(&server, guest(&server, &format!("0010900002{}", 10 + fault.len()))).await;
        let lost_with = stays(&server, guest(&server, &format!("0010900003{}", 10 + fault.len()))).await;
        switch(&server, &json!({ "fault": fault, "times": 1 })).await;
        server.worker.deliver_due().await.unwrap();
        assert_eq!(stands(&server, lost).await, (State::Sent, None), "{fault}: nobody knows");
        later(&server, 600).await;
        for stay in [lost, lost_with] {
            assert_eq!(
                stands(&server, stay).await,
                (State::Staying, Some(Acceptance::AlreadyStaying)),
                "{fault}: it was the first one"
            );
        }
        assert_eq!(stands(&server, with).await.1, Some(Acceptance::Portal));
    }
}

#[tokio::test]
async fn what_was_refused_before_anything_was_done_goes_out_again() {
    let server = Server::start().await;
    let mut number = 40;
    for fault in ["unauthorized", "maintenance", "redirect"] {
        number += 1;
        let stay = stays(&server, guest(&server, &format!("0010900000{number}"))).await;
        switch(&server, &json!({ "fault": fault, "times": 3 })).await;
        server.worker.deliver_due().await.unwrap();
        switch(&server, &json!({ "fault": "none" })).await;
        for _ in 0..4 {
            later(&server, 600).await;
        }
        assert_eq!(stands(&server, stay).await, (State::Staying, Some(Acceptance::Portal)), "{fault}");
    }
}

#[tokio::test]
async fn what_the_portal_does_not_take_any_more_goes_by_file() {
    let server = Server::start().await;
    switch(&server, &json!({ "fault": "maintenance" })).await;
    let stay = stays(&server, guest(&server, "001090000001")).await;
    server.worker.deliver_due().await.unwrap();
    later(&server, 20 * HOUR).await;
    assert_eq!(stands(&server, stay).await.0, State::Sent, "still within its window");
    // The portal is back when today and yesterday are over.
    switch(&server, &json!({ "fault": "none" })).await;
    later(&server, 24 * HOUR).await;
    let standing = kept(&server, stay).await.standing(server.now());
    assert_eq!((standing.state(), standing.path()), (State::Ready, Path::File));
    assert_eq!(there(&server, "cslt-nha-o").await, 0);
    assert!(server.store.outbox_status().await.unwrap().next.is_none(), "and nothing is tried for ever");
}

#[tokio::test]
async fn the_portal_is_told_of_extensions_and_of_who_left_early() {
    let server = Server::start().await;
    let stay = stays(&server, guest(&server, "001090000001")).await;
    server.worker.deliver_due().await.unwrap();
    let change = |event| ChangeStay {
        stay,
        seen: 1,
        event,
        corrected: None,
        by: owner(),
        to_say: Some(SecretBytes::new(b"tell".to_vec())),
        at: server.now(),
    };
    let until: Timestamp = server.now() + SignedDuration::from_hours(50);
    server.store.change_stay(change(StayEvent::Extended { until })).await.unwrap();
    server.worker.deliver_due().await.unwrap();
    assert_eq!(stands(&server, stay).await.0, State::Extended);
    server.wait(HOUR);
    server.store.change_stay(change(StayEvent::Left { at: server.now() })).await.unwrap();
    server.worker.deliver_due().await.unwrap();
    assert!(server.store.undelivered_messages().await.unwrap().is_empty());
    // Who has left may come again the same evening.
    server.wait(HOUR);
    let again = stays(&server, guest(&server, "001090000001")).await;
    server.worker.deliver_due().await.unwrap();
    assert_eq!(stands(&server, again).await, (State::Staying, Some(Acceptance::Portal)));
    // A foreigner's departure a person has to tell.
    let foreign = stays(&server, foreigner(&server, "C01X00T47")).await;
    server.worker.deliver_due().await.unwrap();
    let change = ChangeStay { stay: foreign, ..change(StayEvent::Extended { until }) };
    assert!(server.store.change_stay(change).await.unwrap().to_tell);
    let letters = server.store.dead_letters().await.unwrap();
    assert!(matches!(letters.as_slice(), [letter] if matches!(letter.standing, Standing::Dead { .. })));
}

#[tokio::test]
async fn an_overnight_stay_is_declared_and_a_check_in_is_not() {
    let server = Server::start().await;
    let mut visit = Visit::presented(&server, "nguyen-thi-hoa").await;
    visit.finish().await;
    let visit = server.store.visits("01999", date(2026, 9, 15)).await.unwrap()[0].recorded.visit;
    let in_the_ward = async || server.store.stays(WARD, Which::Owed, server.now()).await.unwrap();
    let report = async |care: &str| {
        let mut cost = cost();
        cost["care_kind"] = json!(care);
        let answer = server.post(&path(visit), &cost).send(&Kiosk::clinic()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    };
    for day_care in ["01", "02", "04", "07"] {
        report(day_care).await;
    }
    assert_eq!(in_the_ward().await, [], "a check-in is no stay");
    report("06").await;
    report("06").await;
    let waiting = in_the_ward().await;
    let [stay] = waiting.as_slice() else { panic!("{waiting:?}") };
    assert_eq!((stay.visit, stay.method, stay.strength), (Some(visit), Method::ByHand, Strength::NoDocument));
    let draft = stay.draft.as_ref().unwrap();
    assert_eq!(
        (draft.reason, draft.room.as_deref(), draft.note.as_deref()),
        (Some(StayReason::Treatment), None, None)
    );
    assert_eq!(stay.standing(server.now()).state(), State::Draft, "department, room and bed are missing");
    // With a bed it goes out, and the portal is told reason 18 and nothing of the illness.
    let mut whole = draft.clone();
    whole.room = Some("luu-1-1".into());
    whole.departure = Some(server.now() + SignedDuration::from_hours(30));
    let change = ChangeStay {
        stay: stay.id,
        seen: 1,
        event: StayEvent::Corrected { draft: false },
        corrected: Some(whole),
        by: owner(),
        to_say: None,
        at: server.now(),
    };
    server.store.change_stay(change).await.unwrap();
    server.worker.deliver_due().await.unwrap();
    assert_eq!(stands(&server, stay.id).await, (State::Staying, Some(Acceptance::Portal)));
    assert_eq!(there(&server, "cslt-tram-y-te").await, 1);
}
