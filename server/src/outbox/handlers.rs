//! How each kind of message reaches its system.

use std::sync::Arc;

use async_trait::async_trait;
use flows::{Person, engine::Population};

use super::{
    Answer, Failure, Handler,
    messages::{Cost, read},
};
use crate::{
    clock::Clock,
    lodging::Places,
    national::{
        InsuranceRegister, LodgingPortal, NationalError, PopulationDatabase, Trouble,
        insurance::{CheckInChannel, DocumentFault, FacilitySigner},
        population::Existence,
    },
    session::{alert, insured},
    store::{ClaimedMessage, Found, InsuranceFound, MessageKind, MessageReceipt, Store},
};

/// Delivers to the national systems.
#[derive(Clone)]
pub struct NationalHandlers {
    /// Where the records are.
    pub store: Arc<dyn Store>,
    /// The population database.
    pub population: Arc<dyn PopulationDatabase>,
    /// The health-insurance register, asked.
    pub insurance: Arc<dyn InsuranceRegister>,
    /// The health-insurance register, told.
    pub check_in: Arc<dyn CheckInChannel>,
    /// Signs as the facility.
    pub signer: Arc<dyn FacilitySigner>,
    /// The police portal for stays, where it is configured.
    pub lodging: Option<Arc<dyn LodgingPortal>>,
    /// The places where people stay.
    pub places: Arc<Places>,
    /// The time.
    pub clock: Clock,
}

impl std::fmt::Debug for NationalHandlers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NationalHandlers")
    }
}

#[async_trait]
impl Handler for NationalHandlers {
    async fn deliver(&self, message: &ClaimedMessage) -> Result<Answer, Failure> {
        match message.kind {
            MessageKind::CheckIn => self.check_in(message).await,
            MessageKind::InsuranceLookUp => self.look_up(message).await,
            MessageKind::PopulationCheck => self.check_population(message).await,
            MessageKind::StayDeclaration => {
                let alone = ClaimedMessage { with: Vec::new(), ..message.clone() };
                self.declare(&alone).await.pop().unwrap_or_else(|| Err(later("handler_failed")))
            }
            MessageKind::StayChange => self.change_departure(message).await,
            // Never leased: they are staff's from the beginning.
            MessageKind::Correction | MessageKind::StayCorrection => Err(never("for_staff")),
        }
    }

    async fn deliver_together(&self, message: &ClaimedMessage) -> Vec<Result<Answer, Failure>> {
        if message.kind == MessageKind::StayDeclaration {
            return self.declare(message).await;
        }
        let mut outcomes = Vec::with_capacity(1 + message.with.len());
        for message in std::iter::once(message).chain(&message.with) {
            outcomes.push(self.deliver(message).await);
        }
        outcomes
    }
}

impl NationalHandlers {
    async fn check_in(&self, message: &ClaimedMessage) -> Result<Answer, Failure> {
        let cost: Cost = read(&message.payload).ok_or_else(|| never("payload_malformed"))?;
        let of = message.visit().ok_or_else(|| never("payload_malformed"))?;
        let visit = self.store.visit(of).await.map_err(|_| later("store_unavailable"))?;
        let reception = self.store.reception(of).await.map_err(|_| later("store_unavailable"))?;
        let document = visit.as_ref().and_then(|visit| cost.document(visit, reception.as_ref()));
        let document = document.ok_or_else(|| never("record_erased"))?;
        let sent = document.write(self.signer.as_ref()).map_err(|fault| match fault {
            DocumentFault::Field(fault) => Failure::Never(format!("{}_{}", fault.code(), fault.tag())),
            DocumentFault::Signer(_) => later("not_signed"),
        })?;
        let receipt = self.check_in.send_check_in(&sent).await.map_err(|error| failure(&error))?;
        let receipt = MessageReceipt {
            transaction: receipt.transaction.clone(),
            received: receipt.received_at,
            sent,
            answer: receipt.raw,
        };
        Ok(Answer { receipt: Some(receipt), found: None })
    }

    async fn look_up(&self, message: &ClaimedMessage) -> Result<Answer, Failure> {
        let person: Person = read(&message.payload).ok_or_else(|| never("payload_malformed"))?;
        let finding = match self.insurance.look_up(&person).await {
            Ok(finding) => finding,
            Err(error) => {
                if let Some(alert) = alert(&error, self.clock.now()) {
                    self.store.raise_alert(alert).await.map_err(|_| later("store_unavailable"))?;
                }
                return Err(failure(&error));
            }
        };
        let found = InsuranceFound {
            insurance: insured(&finding),
            number: finding.number.clone(),
            answer: Some(finding.answer),
        };
        Ok(Answer { receipt: None, found: Some(Found::Insurance(found)) })
    }

    async fn check_population(&self, message: &ClaimedMessage) -> Result<Answer, Failure> {
        let person: Person = read(&message.payload).ok_or_else(|| never("payload_malformed"))?;
        let outcome = match self.population.verify(&person).await.map_err(|error| failure(&error))? {
            Existence::Exists => Population::Matches,
            Existence::Unknown => Population::Mismatch,
        };
        Ok(Answer { receipt: None, found: Some(Found::Population(outcome)) })
    }
}

fn later(word: &str) -> Failure {
    Failure::Later(word.to_owned())
}

fn never(word: &str) -> Failure {
    Failure::Never(word.to_owned())
}

/// Refusals of the station's account or its officer, not of what is said: the operator mends those, and the message
/// then goes out as it is.
const ABOUT_THE_ACCOUNT: [&str; 5] = ["401", "403", "501", "054", "055"];

/// What a national system's error is to a message.
pub(super) fn failure(error: &NationalError) -> Failure {
    match error {
        NationalError::Unavailable { trouble, .. } => later(&word(*trouble)),
        // A SOAP fault may say it in words (SOAP 1.1 4.4.1).
        NationalError::Refused { code, .. }
            if ABOUT_THE_ACCOUNT.contains(&code.as_str()) || code.ends_with("Authentication") =>
        {
            Failure::Later(format!("refused_{code}"))
        }
        NationalError::Refused { code, .. } => Failure::Never(format!("refused_{code}")),
        NationalError::NotAskable { field, .. } => Failure::Never(format!("malformed_{field}")),
    }
}

fn word(trouble: Trouble) -> String {
    match trouble {
        Trouble::NoConnection => "no_connection",
        Trouble::TimedOut => "timed_out",
        Trouble::Interrupted => "interrupted",
        Trouble::Status(status) => return format!("status_{status}"),
        Trouble::TooLarge => "answer_too_large",
        Trouble::Malformed(_) => "answer_malformed",
        Trouble::Simulated => "answer_simulated",
        Trouble::Reported => "reported_trouble",
        Trouble::ReportedCode(code) => return format!("reported_trouble_{code}"),
        Trouble::NoRandomness => "no_randomness",
        Trouble::CircuitOpen => "left_alone_for_now",
        Trouble::Busy => "too_many_calls_at_once",
        Trouble::Unproved => "answer_unproved",
    }
    .to_owned()
}
