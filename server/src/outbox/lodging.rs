//! What goes to the police portal for stays, and what came of it.

use flows::lodging::{Acceptance, Declaration, Path, State, local_day, portal_takes};
use identity::SecretBytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Answer, Failure, handlers::NationalHandlers, messages::read};
use crate::{
    national::{
        LodgingPortal,
        lodging::{Batch, Delivery, DepartureChange, Reason, Refusal, Told, Undelivered},
    },
    store::{
        ClaimedMessage, Found, StoreError,
        stays::{KeptStay, StayAnswer},
    },
};

/// A change of when a guest leaves, as its message carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// The guest stays until then.
    Extend {
        /// Until.
        until: Timestamp,
    },
    /// The guest left before they meant to.
    Leave,
}

impl Change {
    /// As its message carries it.
    ///
    /// # Errors
    /// Where it has no JSON form, which it always has.
    pub fn to_payload(&self) -> Result<SecretBytes, StoreError> {
        let bytes = serde_json::to_vec(self);
        bytes.map(SecretBytes::new).map_err(|_| StoreError::Malformed { what: "a message to be written" })
    }
}

impl NationalHandlers {
    /// Declares the guests of messages that were leased together, in one call. A batch that is refused is tried guest by
    /// guest; one whose answer was lost, as it was.
    pub(super) async fn declare(&self, message: &ClaimedMessage) -> Vec<Result<Answer, Failure>> {
        let messages: Vec<_> = std::iter::once(message).chain(&message.with).collect();
        let mut outcomes = Vec::with_capacity(messages.len());
        let mut going = Vec::new();
        for (index, message) in messages.iter().enumerate() {
            match self.prepared(message).await {
                Ok(Prepared::Goes { place, declaration }) => {
                    outcomes.push(Ok(Answer::default()));
                    going.push((index, place, declaration));
                }
                Ok(Prepared::Settled(answer)) => outcomes.push(Ok(found(answer))),
                Err(failure) => outcomes.push(Err(failure)),
            }
        }
        let Some(place) = going.first().map(|(_, place, _)| place.clone()) else { return outcomes };
        let (indices, declarations): (Vec<_>, Vec<_>) =
            going.into_iter().map(|(index, _, declaration)| (index, *declaration)).unzip();
        let said = self.sent(&place, declarations).await;
        for index in indices.iter().copied() {
            let unclear = messages.get(index).is_some_and(|message| message.unclear);
            if let Some(outcome) = outcomes.get_mut(index) {
                *outcome = outcome_of(&said, indices.len() == 1, unclear);
            }
        }
        outcomes
    }

    /// What a message declares, or why it does not go out.
    async fn prepared(&self, message: &ClaimedMessage) -> Result<Prepared, Failure> {
        let stay = self.stay(message).await?;
        let now = self.clock.now();
        // Past the portal's window no attempt can succeed.
        if !portal_takes(stay.arrival, now) {
            return Ok(Prepared::Settled(StayAnswer::FellToPaper));
        }
        let place = self.places.get(&stay.place).ok_or_else(|| never("place_unknown"))?;
        let draft = stay.draft.as_ref().ok_or_else(|| never("record_erased"))?;
        match draft.declaration(place, local_day(now)) {
            Ok(declaration) => {
                Ok(Prepared::Goes { place: stay.place.clone(), declaration: Box::new(declaration) })
            }
            Err(gaps) => {
                let gaps: Vec<_> = gaps.into_iter().map(flows::lodging::Gap::vietnamese).collect();
                Ok(Prepared::Settled(StayAnswer::Rejected(gaps.join("; "))))
            }
        }
    }

    async fn stay(&self, message: &ClaimedMessage) -> Result<KeptStay, Failure> {
        let stay = message.stay().ok_or_else(|| never("payload_malformed"))?;
        let stay = self.store.stay(stay).await.map_err(|_| later("store_unavailable"))?;
        stay.ok_or_else(|| never("record_erased"))
    }

    fn portal(&self) -> Result<&dyn LodgingPortal, Failure> {
        self.lodging.as_deref().ok_or_else(|| never("no_portal_configured"))
    }

    async fn sent(&self, place: &str, declarations: Vec<Declaration>) -> Result<Delivery, Failure> {
        let together = declarations.len() > 1;
        let batch = Batch::new(declarations).map_err(|_| {
            // The same document twice: each is asked about by itself.
            if together { Failure::Alone("not_one_batch".to_owned()) } else { never("not_one_batch") }
        })?;
        self.portal()?.declare(place, &batch).await.map_err(|error| undelivered(&error))
    }

    /// Tells the portal that a guest stays longer, or has left.
    pub(super) async fn change_departure(&self, message: &ClaimedMessage) -> Result<Answer, Failure> {
        let change: Change = read(&message.payload).ok_or_else(|| never("payload_malformed"))?;
        let stay = self.stay(message).await?;
        let standing = stay.standing(self.clock.now());
        match (standing.acceptance(), standing.state()) {
            (Some(_), _) => {}
            (None, State::Sent) if standing.path() == Path::Portal => return Err(later("not_accepted_yet")),
            // What was never taken has no departure there.
            (None, _) => return Err(never("not_declared")),
        }
        let document = stay.draft.as_ref().and_then(|draft| draft.document.clone());
        let document = document.ok_or_else(|| never("record_erased"))?;
        let told = match change {
            Change::Extend { until } => Told::Extended(until),
            Change::Leave => Told::LeftEarly,
        };
        let change = DepartureChange::new(document, told).ok_or_else(|| never("document_not_taken"))?;
        match self.portal()?.change_departures(&stay.place, &[change]).await {
            Ok(Delivery::Taken { .. }) => Ok(Answer::default()),
            Ok(Delivery::Refused(refusal)) => {
                let code = refusal.of(0).next().map_or("portal_other", Reason::code);
                Err(Failure::Never(format!("refused_{code}")))
            }
            Err(error) => Err(undelivered(&error)),
        }
    }
}

/// What became of a message before anything was sent.
enum Prepared {
    Goes { place: String, declaration: Box<Declaration> },
    Settled(StayAnswer),
}

const fn found(answer: StayAnswer) -> Answer {
    Answer { receipt: None, found: Some(Found::Stay(answer)) }
}

/// What the portal's answer to a batch is to one of its messages.
fn outcome_of(said: &Result<Delivery, Failure>, alone: bool, unclear: bool) -> Result<Answer, Failure> {
    match said {
        // It says success to nothing, too: its own count, where it gives one, has to be ours.
        Ok(delivery @ Delivery::Taken { .. }) if delivery.count_agrees() == Some(false) => {
            Err(Failure::Unclear("count_differs".to_owned()))
        }
        Ok(Delivery::Taken { .. }) => Ok(found(StayAnswer::Accepted(Acceptance::Portal))),
        Ok(Delivery::Refused(_)) if !alone => Err(Failure::Alone("batch_refused".to_owned())),
        Ok(Delivery::Refused(refusal)) => Ok(found(refused(refusal, unclear))),
        Err(failure) => Err(failure.clone()),
    }
}

/// What a refusal of one guest means.
fn refused(refusal: &Refusal, unclear: bool) -> StayAnswer {
    // Sent before with the same number, place and arrival, and the answer was lost: it is that one which stays there.
    if unclear && refusal.of(0).any(|reason| *reason == Reason::AlreadyStaying) {
        return StayAnswer::Accepted(Acceptance::AlreadyStaying);
    }
    if refusal.of(0).any(|reason| *reason == Reason::ArrivalWindow) {
        return StayAnswer::FellToPaper;
    }
    let said: Vec<_> = refusal.of(0).map(Reason::vietnamese).collect();
    let other = refusal.other.iter().map(|words| format!("cổng trả lời: {}", words.text()));
    StayAnswer::Rejected(said.into_iter().chain(other).collect::<Vec<_>>().join("; "))
}

fn undelivered(error: &Undelivered) -> Failure {
    match error {
        Undelivered::NoAccount(_) => never("no_account"),
        Undelivered::NotSent(error) => super::handlers::failure(error),
        Undelivered::Unclear(error) => match super::handlers::failure(error) {
            Failure::Later(word) | Failure::Never(word) => Failure::Unclear(word),
            failure => failure,
        },
    }
}

fn later(word: &str) -> Failure {
    Failure::Later(word.to_owned())
}

fn never(word: &str) -> Failure {
    Failure::Never(word.to_owned())
}
