//! A person at a kiosk: the calls of one conversation.

use flows::{
    Answer, Evidence, Language, Step, consent,
    evidence::{ChipEvidence, QrEvidence},
    law::age::ConsentRole,
    step::Purpose,
    wire::{AnswerStep, ChallengeIssued, SessionView},
};
use identity::SecretBytes;
use serde_json::json;

use crate::{
    card,
    kit::{self, Kiosk, Server},
};

/// A conversation.
pub struct Visit<'a> {
    pub server: &'a Server,
    pub kiosk: Kiosk,
    pub id: String,
    pub view: SessionView,
}

impl<'a> Visit<'a> {
    pub async fn begin(server: &'a Server) -> Self {
        Self::opened(server, json!({ "service": "health", "language": "vi" })).await
    }

    /// At a kiosk that can take whatever there is, up to the document.
    pub async fn at_any_door(server: &'a Server) -> Self {
        Self::at_doors(server, &["chip", "qr", "typed", "child"]).await
    }

    /// At a kiosk that can take these ways, up to the document.
    pub async fn at_doors(server: &'a Server, ways: &[&str]) -> Self {
        let wish = json!({ "service": "health", "language": "vi", "ways": ways });
        let mut visit = Self::opened(server, wish).await;
        visit.consent(true).await;
        visit
    }

    async fn opened(server: &'a Server, wish: serde_json::Value) -> Self {
        let kiosk = Kiosk::demo();
        let call = server.post("/v1/sessions", &wish);
        let view: SessionView = call.send(&kiosk).await.json();
        assert_eq!(view.step, Step::Consent { purpose: Purpose::HealthCheckIn, role: ConsentRole::Person });
        Self { server, kiosk, id: view.session_id.clone(), view }
    }

    /// Up to the card.
    pub async fn consented(server: &'a Server) -> Self {
        let mut visit = Self::begin(server).await;
        visit.consent(true).await;
        assert!(matches!(visit.view.step, Step::Identify { again: None, .. }), "{:?}", visit.view);
        visit
    }

    /// With the card of `slug` read and sent.
    pub async fn presented(server: &'a Server, slug: &str) -> Self {
        let mut visit = Self::consented(server).await;
        let challenge = visit.challenge().await;
        visit.present(card::read(slug, Some(&challenge))).await;
        visit
    }

    pub async fn consent(&mut self, given: bool) {
        self.consent_of(ConsentRole::Person, given).await;
    }

    /// Of whoever is asked in this role.
    pub async fn consent_of(&mut self, role: ConsentRole, given: bool) {
        let (purpose, language) = (Purpose::HealthCheckIn, Language::Vi);
        let text_sha256 = consent::current(purpose, role, language).unwrap().sha256_hex();
        self.answer(Answer::Consent { purpose, role, given, language, text_sha256 }).await;
    }

    pub async fn challenge(&self) -> ChallengeIssued {
        self.server.post(&self.path("/challenges"), &json!({})).send(&self.kiosk).await.json()
    }

    pub async fn present(&mut self, chip: ChipEvidence) {
        self.answer(Answer::Evidence { evidence: Evidence::Chip(chip) }).await;
    }

    /// Says yes to the name, and chooses as far as is asked.
    pub async fn finish(&mut self) {
        self.answer(Answer::ConfirmPerson { is_me: true }).await;
        self.choose().await;
    }

    /// Chooses as far as is asked.
    pub async fn choose(&mut self) {
        while let Step::Choose { options, .. } = &self.view.step {
            let offered = |id: &&str| options.iter().any(|option| option.id == *id);
            let id = ["illness", "p2", "none", "self", "parent"].into_iter().find(offered).unwrap();
            self.answer(Answer::Choose { id: id.into() }).await;
        }
    }

    /// Shows a code.
    pub async fn show(&mut self, payload: &str) {
        let payload = SecretBytes::new(payload.as_bytes().to_vec());
        self.answer(Answer::Evidence { evidence: Evidence::Qr(QrEvidence { payload }) }).await;
    }

    pub async fn answer(&mut self, answer: Answer) {
        self.view = self.send(&answer).await.json();
    }

    pub async fn send(&self, answer: &Answer) -> kit::Answer {
        self.call(answer).send(&self.kiosk).await
    }

    pub fn call(&self, answer: &Answer) -> kit::Call<'a> {
        let body = serde_json::to_value(AnswerStep { answer: answer.clone() }).unwrap();
        self.server.post(&self.path("/answers"), &body)
    }

    /// What the kiosk sees when it asks again.
    pub async fn look(&self) -> SessionView {
        self.server.get(&self.path("")).send(&self.kiosk).await.json()
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/v1/sessions/{}{rest}", self.id)
    }
}
