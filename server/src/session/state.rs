//! What is kept of a conversation between two calls: one sealed JSON value.

use flows::{
    CardStanding, Person, Step,
    engine::{Insurance, Population, Session},
    health::priority::{Declared, PriorityGround},
    person::Representative,
    policy::Strength,
    wire::{SessionView, VerdictView},
};
use identity::{ReasonCode, SecretBytes, Verdict, insurance::SocialInsuranceNumber, qr::QrWarning};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{Fault, rules::Place, turn::numbers};
use crate::store::{ChipRecord, GivenNumber, InsuranceAnswer, Submission};

/// A conversation between two calls.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct State {
    /// Where it stands.
    pub session: Session,
    /// The verdict on the last evidence.
    pub verdict: Option<VerdictView>,
    /// What is kept of that evidence until the check-in. The files are not.
    pub proof: Option<Proof>,
    /// What the kiosk signed when it sent evidence without a proof.
    pub shown: Option<Submission>,
    /// A look-up for somebody who has proved nothing was counted already.
    pub counted: bool,
    /// What the insurance register answered, to be kept with the check-in.
    #[serde(default)]
    pub answered: Option<Answered>,
    /// What looked odd in the code that was shown last.
    #[serde(default)]
    pub code_warnings: Vec<QrWarning>,
    /// Why the code that was shown last is of no use: the stable word, and nothing of what is in the code.
    #[serde(default)]
    pub code_fault: Option<String>,
}

/// What the insurance register answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Answered {
    /// The answer.
    pub answer: InsuranceAnswer,
    /// The person's number there, where it found them under what was presented.
    pub number: Option<SocialInsuranceNumber>,
    /// Whether it found them.
    pub confirms: bool,
}

/// What is kept of evidence.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Proof {
    /// SHA-256 of the document signer's certificate.
    pub signer_sha256: Option<[u8; 32]>,
    /// SHA-256 of EF.SOD.
    pub sod_sha256: Option<[u8; 32]>,
    /// The server's challenge, where it counted.
    pub nonce: Option<[u8; 8]>,
    /// The chip's answer.
    pub active_authentication: Option<SecretBytes>,
    /// C06's answer about the card, as it came.
    #[serde(default)]
    pub card_statement: Option<SecretBytes>,
    /// What the kiosk signed.
    pub submission: Submission,
    /// Whom the document names: what it proved belongs in nobody else's record.
    #[serde(default)]
    pub names: Option<Person>,
}

impl State {
    pub fn new(session: Session) -> Self {
        Self {
            session,
            verdict: None,
            proof: None,
            shown: None,
            counted: false,
            answered: None,
            code_warnings: Vec::new(),
            code_fault: None,
        }
    }

    /// Forgets what was about whoever was presented before: somebody is presented anew.
    pub fn begin_evidence(&mut self) {
        *self = Self::new(self.session.clone());
    }

    /// Forgets what only an unfinished conversation needs. While staff are called they may still make a record of
    /// it; but what a card proved that is another person's belongs in nobody's.
    pub fn tidy(&mut self, place: &Place<'_>) {
        let needed = match self.session.step(&place.rules()) {
            Step::CallStaff { code } => code != ReasonCode::NotThisPerson,
            _ => self.session.known().is_some(),
        };
        if !needed {
            self.proof = None;
            self.shown = None;
            self.answered = None;
            self.code_warnings.clear();
        }
    }

    pub fn view(&self, id: Uuid, place: &Place<'_>) -> SessionView {
        SessionView {
            session_id: id.to_string(),
            step: self.session.step(&place.rules()),
            verdict: self.verdict,
            call: None,
        }
    }

    /// What the kiosk signed when it sent the evidence.
    pub fn submission(&self) -> Option<Submission> {
        self.proof_to_keep().map(|proof| proof.submission.clone()).or_else(|| self.shown.clone())
    }

    /// What is kept of evidence rests on consent: of a child for whom nobody gave it, nothing is.
    fn proof_to_keep(&self) -> Option<&Proof> {
        self.proof.as_ref().filter(|_| self.session.may_keep_proof())
    }

    /// What the chip proved, for the record.
    pub fn chip_record(&self) -> Option<ChipRecord> {
        let (view, proof) = (self.verdict?, self.proof_to_keep()?.clone());
        Some(ChipRecord {
            verdict: view.verdict,
            access: view.access,
            challenge: view.challenge,
            signer_sha256: proof.signer_sha256,
            sod_sha256: proof.sod_sha256,
            nonce: proof.nonce,
            active_authentication: proof.active_authentication,
            card: view.card,
            card_statement: proof.card_statement,
        })
    }
}

/// What was proved in a conversation that staff end with a record.
pub(crate) struct Proven {
    /// What the chip proved.
    pub chip: ChipRecord,
    /// What the kiosk signed.
    pub submission: Submission,
    /// Whom the document names, where it can be read.
    pub names: Option<Person>,
}

/// What was proved in a conversation. A state that cannot be read keeps nobody from being admitted.
pub(crate) fn proven(state: &SecretBytes) -> Option<Proven> {
    let state: State = read(state).ok()?;
    let chip = state.chip_record()?;
    let Proof { submission, names, .. } = state.proof?;
    Some(Proven { chip, submission, names })
}

/// What a conversation established, for whoever goes on with it at the desk.
pub(crate) struct AtDesk {
    /// The verdict on the last evidence.
    pub verdict: Option<Verdict>,
    /// What C06 says of the card.
    pub card: Option<CardStanding>,
    /// Who it is, where that was established and the person did not say that it is another.
    pub person: Option<Person>,
    /// How strongly.
    pub strength: Option<Strength>,
    /// The reason chosen.
    pub reason: Option<String>,
    /// The room chosen.
    pub room: Option<String>,
    /// What the insurance register answered.
    pub insurance: Option<Insurance>,
    /// Its answer as it came, to be kept with the visit.
    pub answer: Option<InsuranceAnswer>,
    /// The numbers that came with the person, beside the personal one.
    pub numbers: Vec<GivenNumber>,
    /// Who acts for the person.
    pub representative: Option<Representative>,
    /// Why they said they are seen before others.
    pub declared: Option<PriorityGround>,
    /// What the population database answered.
    pub population: Option<Population>,
    /// What looks odd in the code that was shown.
    pub code_warnings: Vec<QrWarning>,
    /// Why the code that was shown is of no use.
    pub code_fault: Option<String>,
    /// The kiosk asks nothing more: it cannot go on.
    pub over: bool,
}

/// What is known in a conversation. None for a state that cannot be read.
pub(crate) fn at_desk(state: &SecretBytes) -> Option<AtDesk> {
    let state: State = read(state).ok()?;
    let known = state.session.known();
    Some(AtDesk {
        verdict: state.verdict.map(|view| view.verdict),
        card: state.verdict.and_then(|view| view.card),
        person: known.map(|known| known.person.clone()),
        strength: known.map(|known| known.strength),
        reason: known.and_then(|known| known.reason.clone()),
        room: known.and_then(|known| known.room.clone()),
        insurance: known.and_then(|known| known.insurance.clone()),
        answer: state.answered.as_ref().map(|answered| answered.answer.clone()),
        numbers: known.map(|known| numbers(known, state.answered.as_ref())).unwrap_or_default(),
        representative: known.and_then(|known| known.representative.clone()),
        declared: known.and_then(|known| known.declared).and_then(Declared::ground),
        population: known.and_then(|known| known.population),
        code_warnings: state.code_warnings.clone(),
        code_fault: state.code_fault.clone(),
        over: state.session.is_over(),
    })
}

/// `value` as JSON, for the store and for the caller.
pub(super) fn write<T: Serialize>(value: &T) -> Result<SecretBytes, Fault> {
    serde_json::to_vec(value).map(SecretBytes::new).map_err(|_| Fault::StateMalformed)
}

/// Reads what [`write`] wrote.
pub(super) fn read<T: DeserializeOwned>(bytes: &SecretBytes) -> Result<T, Fault> {
    serde_json::from_slice(bytes.as_slice()).map_err(|_| Fault::StateMalformed)
}
