//! A patient is matched by this station's own key: by each of their numbers, as strongly as it is known.

use flows::{Answer, Step, health::queue, step::Notice};
use identity::{ReasonCode, number::PersonalNumber};
use jiff::civil::date;
use server::store::{
    Answers as _, Decision, NumberKind, NumberStanding, Numbers as _, PlaceChange, Queues as _, Store as _,
    Visit as Kept,
    subject_requests::{ReadRecords, SubjectRequests as _},
};
use uuid::Uuid;

use crate::{
    kit::Server,
    visit::Visit,
    without_proof::{HER_CARD, her_insurance_card},
};

async fn kept(server: &Server) -> Vec<Kept> {
    server.store.visits("01999", date(2026, 9, 15)).await.unwrap()
}

fn decision(reason: &str) -> Decision {
    Decision { staff: "Lê Thị Cán".into(), id: None, reason: reason.into() }
}

async fn shown<'a>(server: &'a Server, code: &str, year: i16) -> Visit<'a> {
    let mut visit = Visit::at_any_door(server).await;
    visit.show(code).await;
    visit.answer(Answer::BirthYear { year }).await;
    visit.choose().await;
    visit
}

async fn seen(server: &Server, visit: Uuid) {
    let change = PlaceChange {
        visit,
        event: queue::Event::Cancelled,
        by: decision("khám xong"),
        rule: queue::Interleave::default(),
        at: server.now(),
    };
    server.store.change_place(change).await.unwrap();
}

#[tokio::test]
async fn an_insurance_card_alone_leads_to_whom_the_chip_proved() {
    let server = Server::start().await;
    let mut proved = Visit::presented(&server, "nguyen-thi-hoa").await;
    proved.finish().await;
    let first = kept(&server).await.remove(0);
    let numbers = server.store.numbers_of(first.recorded.subject).await.unwrap();
    for (kind, number, standing) in [
        (NumberKind::Personal, "001148012345", NumberStanding::Proved),
        (NumberKind::OldCard, "012345678", NumberStanding::Proved),
        (NumberKind::Insured, "0148012345", NumberStanding::Registered),
    ] {
        let found = numbers.iter().any(|kept| {
            (kept.kind, kept.standing) == (kind, standing) && kept.number.as_slice() == number.as_bytes()
        });
        assert!(found, "{kind:?}: {numbers:?}");
    }
    // Still waiting: it would be the same number, which somebody who has proved nothing is not told.
    server.wait(60);
    let weaker = shown(&server, &her_insurance_card(), 1948).await;
    assert_eq!(weaker.view.step, Step::CallStaff { code: ReasonCode::DetailsNotConfirmed });
    assert_eq!(kept(&server).await.len(), 1);
    // Seen: a new number, and the same person.
    seen(&server, first.recorded.visit).await;
    server.wait(60);
    let later = shown(&server, &her_insurance_card(), 1948).await;
    assert!(matches!(later.view.step, Step::Done { .. }), "{:?}", later.view);
    let visits = kept(&server).await;
    assert_eq!(visits.len(), 2);
    assert!(visits.iter().all(|visit| visit.recorded.subject == first.recorded.subject));
    // What the card only said of her is kept as that, and takes nothing over.
    let again = server.store.visit(first.recorded.visit).await.unwrap().unwrap();
    assert_eq!(again.patient, first.patient);
    assert!(server.store.same_numbers().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_chip_after_an_insurance_card_is_the_same_person_with_the_same_number() {
    let server = Server::start().await;
    shown(&server, &her_insurance_card(), 1948).await;
    let mut proved = Visit::presented(&server, "nguyen-thi-hoa").await;
    proved.finish().await;
    let Step::Done { notices, .. } = &proved.view.step else { panic!("{:?}", proved.view) };
    assert_eq!(notices, &[Notice::AlreadyCheckedIn]);
    let visits = kept(&server).await;
    assert_eq!(visits.len(), 1);
    let number = PersonalNumber::parse("001148012345").unwrap();
    assert_eq!(server.store.subject(&number).await.unwrap(), Some(visits[0].recorded.subject));
}

#[tokio::test]
async fn her_number_beside_another_name_leads_to_nobody() {
    let server = Server::start().await;
    let mut proved = Visit::presented(&server, "nguyen-thi-hoa").await;
    proved.finish().await;
    let her_name = hex::encode("Nguyễn Thị Hoà");
    let another = her_insurance_card().replace(&her_name, &hex::encode("Trần Thị Khác"));
    let stranger = shown(&server, &another, 1948).await;
    assert!(matches!(stranger.view.step, Step::Done { .. }), "{:?}", stranger.view);
    let visits = kept(&server).await;
    assert_eq!(visits.len(), 2);
    assert_ne!(visits[0].recorded.subject, visits[1].recorded.subject, "the register refused the name");
}

#[tokio::test]
async fn a_new_number_with_the_old_card_s_is_offered_to_staff_and_merged_by_them_alone() {
    let server = Server::start().await;
    let mut proved = Visit::presented(&server, "nguyen-thi-hoa").await;
    proved.finish().await;
    let her = kept(&server).await.remove(0).recorded;
    server.wait(60);
    // Another personal number whose card carries her old one.
    let new_card = HER_CARD
        .replace("001148012345", "001090034567")
        .replace("Nguyễn Thị Hoà", "Phạm Quốc Đạt")
        .replace("02031948|Nữ", "21071990|Nam");
    let other = shown(&server, &new_card, 1990).await;
    assert!(matches!(other.view.step, Step::Done { .. }), "{:?}", other.view);
    let offered = server.store.same_numbers().await.unwrap();
    assert_eq!(offered.len(), 1);
    assert_eq!((offered[0].first, &offered[0].kinds), (her.subject, &vec![NumberKind::OldCard]));

    let staff = server.staff().await;
    let page = server.raw(staff.page("/staff/persons")).await;
    for words in ["số CMND cũ", "Nguyễn Thị Hoà", "001*****2345", "001*****4567"] {
        assert!(page.text().contains(words), "{words} is missing in {}", page.text());
    }
    let form =
        format!("first={}&second={}&outcome=merged&reason=da+so+hai+the", her.subject, offered[0].second);
    let done = server.raw(staff.form("/staff/persons", &form)).await;
    assert_eq!(done.headers["location"], "/staff/persons", "{}", done.text());
    for number in ["001148012345", "001090034567"] {
        let number = PersonalNumber::parse(number).unwrap();
        assert_eq!(server.store.subject(&number).await.unwrap(), Some(her.subject));
    }
    let reading =
        ReadRecords { subject: her.subject, decision: decision("người bệnh hỏi"), at: server.now() };
    let records = server.store.read_records(reading).await.unwrap();
    let everything = serde_json::to_string(&records.tables).unwrap();
    for number in ["001148012345", "001090034567", "012345678", "0148012345", "cancelled"] {
        assert!(everything.contains(number), "{number} is not in what is kept of her");
    }
    server.close().await;
}

#[tokio::test]
async fn the_register_s_answer_is_kept_and_nothing_of_her_visits_elsewhere() {
    let (server, heard) = Server::overheard().await;
    let mut visit = Visit::presented(&server, "nguyen-thi-hoa").await;
    visit.finish().await;
    let said = heard.lock().unwrap().iter().map(|call| call.answered.clone()).collect::<String>();
    assert!(said.contains("Viêm dạ dày") && said.contains("dsLichSuKT2018"), "the register did say it");

    let record = kept(&server).await.remove(0).recorded;
    let answers = server.store.answers_of(record.visit).await.unwrap();
    assert_eq!(answers.len(), 1);
    assert_eq!((answers[0].asked_by.as_str(), answers[0].at), ("demo", server.now()));
    let answer = String::from_utf8(answers[0].json.as_ref().unwrap().as_slice().to_vec()).unwrap();
    assert!(answer.contains("HT2010148012345") && answer.contains("gtTheDen"), "{answer}");
    let reading =
        ReadRecords {
            subject: record.subject, decision: decision("người bệnh hỏi"), at: server.now()
        };
    let records = server.store.read_records(reading).await.unwrap();
    let everything = serde_json::to_string(&records.tables).unwrap();
    assert!(everything.contains("insurance_answers"));
    let folder = server.close().await;
    let mut on_disk = Vec::new();
    for file in std::fs::read_dir(folder.path().join("data")).unwrap() {
        on_disk.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    for history in ["dạ dày", "202606010812", "202606011047", "2606010001", "01998_BV", "LichSu"] {
        assert!(!answer.contains(history), "{history} is in the answer that is kept");
        assert!(!everything.contains(history), "{history} is in what is kept of her");
        let bytes = history.as_bytes();
        assert!(!on_disk.windows(bytes.len()).any(|window| window == bytes), "{history} is on the disk");
    }
}

#[tokio::test]
async fn a_card_that_staff_corrected_is_looked_up_and_counts() {
    let server = Server::start().await;
    let misread = her_insurance_card().replace("HT2010148012345", "HT2010148099999");
    shown(&server, &misread, 1948).await;
    let record = kept(&server).await.remove(0);
    assert_eq!(record.insurance_result.as_deref(), Some("050"));
    let staff = server.staff().await;
    let form = "seen=1&wrong=insurance&reason=go+theo+the&full_name=Nguy%E1%BB%85n+Th%E1%BB%8B+Ho%C3%A0&number=&birth=2%2F3%2F1948&sex=female&insurance_number=HT2010148012345&where_to=illness%2Fp2";
    let path = format!("/staff/visits/{}/correct", record.recorded.visit);
    let done = server.raw(staff.form(&path, form)).await;
    assert!(done.headers.contains_key("location"), "{}", done.text());
    assert_eq!(kept(&server).await[0].insurance_now(), flows::engine::InsuranceStatus::Unverified);
    server.wait(31);
    server.worker.deliver_due().await.unwrap();
    server.worker.deliver_due().await.unwrap();
    let now = kept(&server).await.remove(0);
    assert_eq!(
        now.insurance_now(),
        flows::engine::InsuranceStatus::Valid,
        "{:?}",
        now.insurance_result_now()
    );
    assert_eq!(now.card_now().unwrap().number, "HT2010148012345");
}
