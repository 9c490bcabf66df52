//! The pages of a lodging: who may open them, and what is done there.

use flows::lodging::{Acceptance, Draft, NationalityCode, State as Stands};

use super::*;
use crate::{
    staff::Post,
    store::{
        Delivered, Found, MessageKind, NotDelivered, Outbox as _, Stays as _,
        conformance::{
            staff::signed_in_with,
            stays::{guest, stay},
        },
        stays::{KeptStay, NewStay, StayAnswer, Which},
    },
};

mod changes;
mod files;
mod guests;
mod pages;
mod telling;

const INN: &str = "/lodging/nha-nghi-hoa-mau";
const VESSEL: &str = "/lodging/tau-song-mau";
const NAME: &str = "Nguyễn Thị Hoà";
const NUMBER: &str = "001148012345";
const HOUR: i64 = 3600;

fn typed(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// `name=value` of each.
fn form(fields: &[(&str, &str)]) -> String {
    let pairs = fields.iter().map(|(name, value)| format!("{name}={}", typed(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn post_at(place: &str, role: Role) -> Post {
    Post { place: place.trim_start_matches("/lodging/").to_owned(), role }
}

impl Desk {
    /// Where the owner of the inn and of the vessel sits.
    async fn owner() -> Self {
        let owner = Role::LodgingOwner;
        Self::lodging("pham.thi.chu", "Phạm Thị Chủ", vec![post_at(INN, owner), post_at(VESSEL, owner)]).await
    }

    async fn lodging(user_name: &str, name: &str, posts: Vec<Post>) -> Self {
        let mut desk = Self::open().await;
        desk.becomes(user_name, name, posts).await;
        desk
    }

    /// Somebody else sits down.
    async fn becomes(&mut self, user_name: &str, name: &str, posts: Vec<Post>) {
        self.token = signed_in_with(&*self.store, user_name, name, posts, at(600)).await;
        let Presented::SignedIn(session) = self.store.staff_session(&self.token, at(600)).await.unwrap()
        else {
            panic!("nobody is signed in")
        };
        self.csrf = hex::encode(session.csrf);
    }

    /// Sends a form that is taken, and shows the page to which it leads.
    async fn done(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let (head, page) = self.post(path, &form(fields)).await;
        assert_eq!(head.status(), StatusCode::SEE_OTHER, "{page}");
        let (status, page) = self.get(location(&head)).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        page
    }

    /// Sends a form that is not taken: the faults alone.
    async fn refused(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let (head, page) = self.post(path, &form(fields)).await;
        assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY, "{page}");
        let (_, rest) = page.split_once("class=\"faults\"").unwrap();
        rest.split_once("</ul>").unwrap().0.to_owned()
    }

    /// A guest of the inn who came at `seconds`, written down as `change` says.
    async fn sleeps(&self, draft: Draft, seconds: i64, change: impl FnOnce(NewStay) -> NewStay) -> Uuid {
        self.store.record_stay(change(stay(draft, at(seconds)))).await.unwrap().stay
    }

    async fn kept(&self, stay: Uuid) -> KeptStay {
        self.store.stay(stay).await.unwrap().unwrap()
    }

    async fn stands(&self, stay: Uuid) -> Stands {
        self.kept(stay).await.standing(at(600)).state()
    }

    /// The portal answers the declaration that waits.
    async fn portal_says(&self, answer: StayAnswer) {
        let message =
            self.store.claim_message(at(300), jiff::SignedDuration::from_mins(2)).await.unwrap().unwrap();
        let delivered =
            Delivered { message: message.id, receipt: None, found: Some(Found::Stay(answer)), at: at(301) };
        self.store.message_delivered(delivered).await.unwrap();
    }
}

fn has(page: &str, words: &[&str]) {
    for words in words {
        assert!(page.contains(words), "{words} is missing in {page}");
    }
}

/// A Frenchwoman who came at 20:30 last night: twelve hours are over at 08:30, and it is 08:10.
fn foreigner() -> Draft {
    let mut draft = guest("12AB34567", -11 * HOUR - HOUR / 2);
    draft.full_name = Some("MARTIN CLAIRE".into());
    draft.nationality = NationalityCode::parse("FRA").ok();
    draft.document =
        flows::lodging::GuestDocument::parse(flows::lodging::DocumentKind::Passport, "12AB34567", None).ok();
    draft.permitted_until = Some(jiff::civil::date(2026, 9, 30));
    draft.departure = Some(at(30 * HOUR));
    draft
}
