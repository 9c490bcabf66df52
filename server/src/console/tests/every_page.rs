//! Whoever sees a patient stands in the access log: on every page that there is.

use std::collections::BTreeSet;

use identity::SecretBytes;

use super::*;
use crate::store::{
    AccessLog as _, MessageKind, NewMessage, Outbox as _, Receptions as _, Recorded,
    accesses::{Accesses, File, Seen},
    conformance::consents::consenting,
};

const NAME: &str = "Nguyễn Thị Hoà";
const NUMBER: &str = "001148012345";

/// A desk where a bit of everything happened, and what stands for the names in addresses.
struct Station {
    desk: Desk,
    patient: Recorded,
    ids: Vec<(&'static str, String)>,
}

fn typed(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The last part of the address that an answer leads to.
fn made(head: &Response<()>) -> String {
    location(head).rsplit('/').next().unwrap().to_owned()
}

impl Station {
    async fn open() -> Self {
        let desk = Desk::open().await;
        let world = World::new(&*desk.store).await;
        // For the consent's text; the patient is somebody else.
        consenting(&world, "001148000002").await;
        let patient = checked_in(&desk, &world).await;
        let call = desk.call(&world, "identify").await;
        desk.post("/staff/reception", "occasion=emergency").await;
        let asked = format!(
            "kind=correct&received_on=2026-09-15&number={NUMBER}&requester={}&recognised_by=CCCD&contact=x&wish=y",
            typed(NAME)
        );
        let request = made(&desk.post("/staff/privacy/requests", &asked).await.0);
        let incident = "kind=lost&noticed_at=2026-09-15T08%3A00&what=a&consequences=b&measures=c";
        let incident = made(&desk.post("/staff/privacy/incidents", incident).await.0);
        let message = told(&desk, &patient).await;
        let task = desk.store.tasks(STATION).await.unwrap().remove(0).id;
        let text = flows::consent::current(
            flows::step::Purpose::HealthCheckIn,
            flows::law::age::ConsentRole::Person,
            flows::Language::Vi,
        )
        .unwrap();
        let account = desk.store.staff().await.unwrap().remove(0).id;
        let ids = vec![
            ("{visit}", patient.visit.to_string()),
            ("{call}", call.to_string()),
            ("{request}", request),
            ("{incident}", incident),
            ("{message}", message),
            ("{alert}", Uuid::nil().to_string()),
            ("{task}", task.to_string()),
            ("{stay}", Uuid::nil().to_string()),
            ("{account}", account.to_string()),
            ("{sha256}", text.sha256_hex()),
        ];
        Self { desk, patient, ids }
    }

    /// The address of a page of the table, with what was made here in the places of its names.
    fn address(&self, path: &str) -> String {
        let address = self.ids.iter().fold(path.to_owned(), |path, (name, id)| path.replace(name, id));
        assert!(!address.contains('{'), "{path}: say what stands for its names");
        address
    }

    /// Somebody who has never been here signs in.
    async fn someone_new(&mut self, user_name: &str) -> Uuid {
        let token = signed_in(&*self.desk.store, user_name, "Lê Thị Cán", &Role::STATION, at(600)).await;
        let Presented::SignedIn(session) = self.desk.store.staff_session(&token, at(600)).await.unwrap()
        else {
            panic!("nobody is signed in")
        };
        self.desk.token = token;
        self.desk.csrf = hex::encode(session.csrf);
        session.staff
    }
}

/// The patient, of whom the insurance register was told.
async fn checked_in(desk: &Desk, world: &World<'_>) -> Recorded {
    let payload = SecretBytes::new(b"{}".to_vec());
    let message = NewMessage { kind: MessageKind::CheckIn, part: String::new(), payload, not_before: at(0) };
    let check_in = world.check_in(crate::store::conformance::visit(Some(NUMBER)), at(0)).await;
    let check_in = crate::store::CheckIn { messages: vec![message], ..check_in };
    desk.store.record_check_in(check_in).await.unwrap()
}

/// A correction that a person has to tell the insurance register, in words that name the patient.
async fn told(desk: &Desk, patient: &Recorded) -> String {
    let lease = jiff::SignedDuration::from_mins(2);
    assert!(desk.store.claim_message(at(1), lease).await.unwrap().is_some(), "it was sent, or tried");
    let path = format!("/staff/visits/{}/correct", patient.visit);
    let form = format!(
        "seen=1&wrong=data&reason={}&full_name={}&number=&birth=1948&sex=female&where_to=illness%2Fp1",
        typed(&format!("tên đúng là {NAME}")),
        typed(NAME),
    );
    let (head, page) = desk.post(&path, &form).await;
    assert_eq!(head.status(), StatusCode::SEE_OTHER, "{page}");
    let letters = desk.store.undelivered_messages().await.unwrap();
    let letter = letters.into_iter().find(|letter| letter.to_say.is_some());
    letter.expect("the register was told before, so that a person has to tell it again").id.to_string()
}

#[tokio::test]
async fn who_is_shown_a_patient_is_in_the_access_log_whatever_the_page() {
    let mut station = Station::open().await;
    let mut showing = BTreeSet::new();
    for (index, (path, _)) in pages().into_iter().enumerate() {
        // It says that something changed and never ends.
        if path == "/staff/events" {
            continue;
        }
        let address = station.address(path);
        let staff = station.someone_new(&format!("nhan.vien.{index}")).await;
        // A file is opened by a reason and a recipient.
        if let Some((visit, "record.json" | "fhir.json")) = address.rsplit_once('/') {
            station.desk.export(visit, "record").await;
        }
        let (status, page) = station.desk.get(&address).await;
        if status == StatusCode::METHOD_NOT_ALLOWED {
            continue;
        }
        assert!(status.is_success() || status.is_redirection(), "{path}: {status} {page}");
        let shown = [NAME, NUMBER, "001*****2345"].iter().any(|word| page.contains(word));
        let rows = station.desk.store.accesses(Accesses::By(staff)).await.unwrap();
        let about = |seen: &Seen| match seen {
            Seen::Visit { visit, .. } => *visit == station.patient.visit,
            Seen::File(File::Request(request)) => address.contains(&request.to_string()),
            Seen::File(File::Call(call)) => address.contains(&call.to_string()),
        };
        assert!(!shown || rows.iter().any(|row| about(&row.seen)), "{path} shows a patient to nobody");
        if shown {
            showing.insert(path);
        }
    }
    // Were it otherwise, the test would have looked at empty pages.
    for path in [
        "/staff/visits",
        "/staff/visits/{visit}",
        "/staff/visits/{visit}/correct",
        "/staff/visits/{visit}/record.json",
        "/staff/visits/{visit}/fhir.json",
        "/staff/outbox",
        "/staff/privacy/requests/{request}",
    ] {
        assert!(showing.contains(path), "{path} shows no patient: {showing:?}");
    }
}
