//! Every door of the health flow, from the evidence to what each national system receives, with each of them down.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flows::{
    Answer, Evidence, Step,
    evidence::{ChildEvidence, TypedEvidence},
    person::{Birth, Relation, Sex},
};
use serde_json::{Value, json};
use server::store::{Outbox as _, Store as _, visits::station_day};
use uuid::Uuid;

use crate::{
    kit::{Kiosk, Overheard, Server},
    visit::Visit,
    vneid,
};

/// A way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Chip,
    Vneid,
    CardQr,
    InsuranceQr,
    Typed,
    Child,
}

const DOORS: [Door; 6] = [Door::Chip, Door::Vneid, Door::CardQr, Door::InsuranceQr, Door::Typed, Door::Child];

/// What the national systems receive of whoever came in by a door; none where a system is not asked.
struct Received {
    /// `SoDinhDanh`, `HoVaTen` and `NgayThangNam` or `Nam`, of the population database.
    population: Option<[&'static str; 3]>,
    /// `maThe`, `hoTen` and `ngaySinh`, of the insurance register.
    insurance: Option<[&'static str; 3]>,
    /// `idNumber`, of C06.
    card: Option<&'static str>,
    /// `SO_CCCD`, `HO_TEN` and `NGAY_SINH` of the CHECK-IN document.
    check_in: [&'static str; 3],
    /// `MA_THE_BHYT` of it.
    cards: &'static str,
}

impl Door {
    const fn receives(self) -> Received {
        const HER: &str = "Nguyễn Thị Hoà";
        match self {
            Self::Chip => Received {
                population: Some(["001148012345", "NGUYỄN THỊ HOÀ", "19480302"]),
                insurance: Some(["001148012345", HER, "02/03/1948"]),
                card: Some("001148012345"),
                check_in: ["001148012345", HER, "194803020000"],
                cards: "HT2010148012345",
            },
            Self::Vneid | Self::CardQr => Received { card: None, ..Self::Chip.receives() },
            // Her insurance card does not name her personal number: no population database can be asked.
            Self::InsuranceQr => Received {
                population: None,
                insurance: Some(["HT2010148012345", HER, "02/03/1948"]),
                card: None,
                check_in: ["", HER, "194803020000"],
                cards: "HT2010148012345",
            },
            Self::Typed => Received {
                population: Some(["001090034567", "PHẠM QUỐC ĐẠT", "1990"]),
                insurance: Some(["001090034567", "Phạm Quốc Đạt", "1990"]),
                card: None,
                check_in: ["001090034567", "Phạm Quốc Đạt", "199000000000"],
                cards: "GD4011090034567",
            },
            // Nobody can be asked about a child without any number.
            Self::Child => Received {
                population: None,
                insurance: None,
                card: None,
                check_in: ["", "Trần Bé Na", "202501020000"],
                cards: "",
            },
        }
    }

    /// Someone comes in and answers what is asked, to the end.
    async fn enter(self, server: &Server) -> Visit<'_> {
        let mut visit = match self {
            Self::Chip => Visit::presented(server, "nguyen-thi-hoa").await,
            Self::Vneid => vneid::at_the_door(server).await,
            _ => Visit::at_any_door(server).await,
        };
        match self {
            Self::Chip => visit.answer(Answer::ConfirmPerson { is_me: true }).await,
            Self::Vneid => {
                let begun = vneid::begun(&visit).await;
                vneid::come_back(server, &vneid::chosen(&begun, "001148012345 muc_do_2").await).await;
                visit.answer(Answer::ConfirmPerson { is_me: true }).await;
            }
            Self::CardQr => {
                visit
                    .show("001148012345|012345678|Nguyễn Thị Hoà|02031948|Nữ|Thôn 1, Xã Mẫu, Hà Nội|10052022")
                    .await;
                visit.answer(Answer::BirthYear { year: 1948 }).await;
            }
            Self::InsuranceQr => {
                let name = hex::encode("Nguyễn Thị Hoà");
                visit.show(&format!(
                    "HT2010148012345|{name}|02/03/1948|2|-|01 - 999|01/01/2026|31/12/2026|01/01/2026|01001234567890|-|4|01/01/2020|-|4|-|$"
                )).await;
                visit.answer(Answer::BirthYear { year: 1948 }).await;
            }
            Self::Typed => {
                let typed = TypedEvidence {
                    number: "001090034567".into(),
                    full_name: "Phạm Quốc Đạt".into(),
                    birth: Birth { year: 1990, month: None, day: None },
                    sex: Sex::Male,
                };
                visit.answer(Answer::Evidence { evidence: Evidence::Typed(typed) }).await;
            }
            Self::Child => {
                let child = ChildEvidence {
                    number: None,
                    full_name: "Trần Bé Na".into(),
                    birth: Birth { year: 2025, month: Some(1), day: Some(2) },
                    sex: Sex::Female,
                    relation: Relation::Parent,
                    guardian_name: "Trần Văn Cha".into(),
                };
                visit.answer(Answer::Evidence { evidence: Evidence::Child(child) }).await;
            }
        }
        visit.choose().await;
        assert!(matches!(visit.view.step, Step::Done { .. }), "{self:?}: {:?}", visit.view);
        visit
    }
}

/// The fault of one simulated system, from now on.
async fn switch(server: &Server, system: &str, fault: &str) {
    let base = &server.config.national.insurance.base_url;
    let url = format!("{}/control/faults/{system}", base.strip_suffix("/bhxh").unwrap());
    let request = reqwest::Client::new().put(url).json(&json!({ "fault": fault })).send();
    assert_eq!(request.await.unwrap().status(), 204);
}

async fn visit(server: &Server) -> Uuid {
    server.store.visits("01999", station_day(server.now())).await.unwrap().remove(0).recorded.visit
}

async fn report_first_cost(server: &Server, visit: Uuid) {
    let cost = json!({
        "care_kind": "01",
        "patient_group": "1.2",
        "service": { "code": "02.1896", "name": "Khám Nội" },
        "ordered_at": server.now().to_string(),
    });
    let path = format!("/v1/visits/{visit}/first-cost");
    let reported: Value = server.post(&path, &cost).send(&Kiosk::clinic()).await.json();
    assert_eq!(reported["outcome"], "queued");
}

/// The bodies that went to an address, the last path segment of which is `operation`.
fn sent(heard: &[Overheard], operation: &str) -> Vec<String> {
    heard
        .iter()
        .filter(|call| !call.path.starts_with("/control/") && call.path.rsplit('/').next() == Some(operation))
        .map(|call| call.asked.clone())
        .collect()
}

fn element<'a>(document: &'a str, name: &str) -> &'a str {
    let (_, rest) = document.split_once(&format!("<{name}>")).unwrap_or_default();
    rest.split_once(&format!("</{name}>")).map_or("", |(value, _)| value)
}

fn population(body: &str) -> [String; 3] {
    let birth = [element(body, "dan:NgayThangNam"), element(body, "dan:Nam")].concat();
    [element(body, "dan:SoDinhDanh").to_owned(), element(body, "dan:HoVaTen").to_owned(), birth]
}

fn insurance(body: &str) -> [String; 3] {
    let body: Value = serde_json::from_str(body).unwrap();
    ["maThe", "hoTen", "ngaySinh"].map(|name| body[name].as_str().unwrap().to_owned())
}

/// The CHECK-IN document in the form that carries it.
fn check_in(body: &str) -> String {
    let mut pairs = form_urlencoded::parse(body.as_bytes());
    let (_, file) = pairs.find(|(name, _)| name == "fileHSBase64").unwrap();
    String::from_utf8(STANDARD.decode(file.as_bytes()).unwrap()).unwrap()
}

const LOOK_UP: &str = "KQNhanLichSuKCB2024";
const CHECK_IN: &str = "checkInKcbQd3176";

#[tokio::test]
async fn each_door_s_evidence_reaches_each_system_as_these_bytes() {
    for door in DOORS {
        let (server, heard) = Server::overheard().await;
        door.enter(&server).await;
        report_first_cost(&server, visit(&server).await).await;
        server.worker.deliver_due().await.unwrap();
        let heard = heard.lock().unwrap().clone();
        let received = door.receives();

        let asked: Vec<_> = sent(&heard, "population").iter().map(|body| population(body)).collect();
        let expected: Vec<_> =
            received.population.map(|fields| fields.map(str::to_owned)).into_iter().collect();
        assert_eq!(asked, expected, "{door:?}: the population database");
        let asked: Vec<_> = sent(&heard, LOOK_UP).iter().map(|body| insurance(body)).collect();
        let expected: Vec<_> =
            received.insurance.map(|fields| fields.map(str::to_owned)).into_iter().collect();
        assert_eq!(asked, expected, "{door:?}: the insurance register");
        let asked = sent(&heard, "verify");
        assert_eq!(asked.len(), usize::from(received.card.is_some()), "{door:?}: C06");
        for (body, number) in asked.iter().zip(received.card) {
            assert_eq!(serde_json::from_str::<Value>(body).unwrap()["idNumber"], number);
        }
        let documents = sent(&heard, CHECK_IN);
        let [document] = documents.as_slice() else { panic!("{door:?}: {} documents", documents.len()) };
        let document = check_in(document);
        let tags = ["SO_CCCD", "HO_TEN", "NGAY_SINH"].map(|name| element(&document, name));
        assert_eq!(tags, received.check_in, "{door:?}: CHECK-IN");
        assert_eq!(element(&document, "MA_THE_BHYT"), received.cards, "{door:?}: CHECK-IN");
    }
}

/// Whichever system is down, whoever comes is seen; and what it was to be told it is told when it is back.
#[tokio::test]
async fn each_system_may_be_down_at_each_door() {
    for system in ["population", "bhxh", "c06"] {
        for door in DOORS {
            let (server, heard) = Server::overheard().await;
            switch(&server, system, "server_error").await;
            door.enter(&server).await;
            let recorded = visit(&server).await;
            let before = heard.lock().unwrap().len();
            report_first_cost(&server, recorded).await;
            switch(&server, system, "none").await;
            // Long enough for every first wait.
            server.wait(120);
            server.worker.deliver_due().await.unwrap();
            let heard = heard.lock().unwrap().clone();
            let later = heard.get(before..).unwrap();

            let received = door.receives();
            let again = |due: bool, asked: bool| usize::from(due && asked);
            let asked = |operation| sent(later, operation).len();
            assert_eq!(
                asked("population"),
                again(system == "population", received.population.is_some()),
                "{door:?} without {system}"
            );
            assert_eq!(
                asked(LOOK_UP),
                again(system == "bhxh", received.insurance.is_some()),
                "{door:?} without {system}"
            );
            assert_eq!(asked(CHECK_IN), 1, "{door:?} without {system}");
            let document = check_in(&sent(later, CHECK_IN)[0]);
            assert_eq!(element(&document, "MA_THE_BHYT"), received.cards, "{door:?} without {system}");
            assert!(server.store.receipts(recorded).await.unwrap().len() == 1);
        }
    }
}
