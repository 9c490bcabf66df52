//! What must reach a national system, until it has.
//!
//! A message is a row that is written in the transaction of the record that it speaks of, and never without it. It is
//! delivered at least once: [`Outbox::claim_message`] leases it to whoever delivers, and a lease that runs out gives
//! it back. **The ordering key is lane and subject**: of the messages about one person to one system, a later one is
//! leased only after every earlier one was delivered or set aside; messages about others, or to another system, pass.
//! `crate::outbox` holds the policy and the worker.

use async_trait::async_trait;
use flows::{
    engine::{Insurance, Population},
    law::{
        LegalBasis,
        processing::{POPULATION_CHECK, STAY_DECLARATION, processing},
    },
};
use identity::{SecretBytes, insurance::SocialInsuranceNumber};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Decision, RequestKey, Respond, StoreError, stays::StayAnswer};

/// A kind of message. A new one is a variant here, a row in `crate::outbox::MESSAGES` and its handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// The CHECK-IN document (XML0, QĐ 4750 and 3176) to the health-insurance register.
    CheckIn,
    /// A look-up in the health-insurance register that had no answer (CHUA_XAC_MINH), asked again.
    InsuranceLookUp,
    /// A question to the population database that had no answer, asked again.
    PopulationCheck,
    /// Something that was sent is wrong and the system has no call to mend it: a person tells it.
    Correction,
    /// A stay to the police portal (thông báo lưu trú).
    StayDeclaration,
    /// A guest stays longer, or left early (`doi-ngay-tra-phong`).
    StayChange,
    /// A declared stay was corrected or withdrawn, which the portal has no call for: a person tells the police.
    StayCorrection,
}

impl MessageKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::CheckIn,
        Self::InsuranceLookUp,
        Self::PopulationCheck,
        Self::Correction,
        Self::StayDeclaration,
        Self::StayChange,
        Self::StayCorrection,
    ];

    /// The word in records and documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CheckIn => "check_in",
            Self::InsuranceLookUp => "insurance_look_up",
            Self::PopulationCheck => "population_check",
            Self::Correction => "correction",
            Self::StayDeclaration => "stay_declaration",
            Self::StayChange => "stay_change",
            Self::StayCorrection => "stay_correction",
        }
    }

    /// Which processing of personal data it is ([`flows::law::PROCESSINGS`]).
    pub const fn processing(self) -> &'static str {
        match self {
            Self::CheckIn | Self::Correction => "check_in_message",
            Self::InsuranceLookUp => "insurance_look_up",
            Self::PopulationCheck => POPULATION_CHECK,
            Self::StayDeclaration | Self::StayChange | Self::StayCorrection => STAY_DECLARATION,
        }
    }

    /// Whether it may be sent on the person's consent alone: it stops where that is withdrawn.
    pub fn rests_on_consent(self) -> bool {
        processing(self.processing()).is_none_or(|known| known.basis == LegalBasis::Consent)
    }

    /// Who takes it.
    pub const fn lane(self) -> Lane {
        match self {
            Self::CheckIn | Self::InsuranceLookUp => Lane::Insurance,
            Self::PopulationCheck => Lane::Population,
            Self::StayDeclaration | Self::StayChange => Lane::Lodging,
            Self::Correction | Self::StayCorrection => Lane::Staff,
        }
    }
}

/// Who takes a message. With the subject it is the ordering key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// The health-insurance register (cổng tiếp nhận BHXH).
    Insurance,
    /// The population database (CSDLQG về dân cư).
    Population,
    /// The police portal for stays.
    Lodging,
    /// The place's staff, who tell a system by hand.
    Staff,
}

impl Lane {
    /// The word in records and documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Insurance => "insurance",
            Self::Population => "population",
            Self::Lodging => "lodging",
            Self::Staff => "staff",
        }
    }
}

/// A message that goes out with a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Its kind.
    pub kind: MessageKind,
    /// What tells it from others of its kind about the same record; empty for the only one. Kind, record and part are
    /// the deduplication key: a second message with the same is the first.
    pub part: String,
    /// What its handler needs (JSON). Sealed under the subject's key; once the message has ended it is gone, or the
    /// document as it was sent stands there.
    pub payload: SecretBytes,
    /// When it may be delivered first.
    pub not_before: Timestamp,
}

/// The first cost of a visit, as the station's software reports it.
#[derive(Debug, Clone)]
pub struct FirstCost {
    /// The visit.
    pub visit: Uuid,
    /// What goes out for it; none where nothing does (an emergency, laboratory work alone).
    pub message: Option<NewMessage>,
    /// The request that brought it.
    pub request: RequestKey,
    /// The response, out of what was queued.
    pub respond: Respond<Option<Queued>, SecretBytes>,
    /// Now.
    pub at: Timestamp,
}

/// A message that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queued {
    /// Its id.
    pub message: Uuid,
    /// It was there before.
    pub already: bool,
}

/// The record that a message speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Of {
    /// A visit.
    Visit(Uuid),
    /// A stay.
    Stay(Uuid),
}

/// A message that is leased to whoever delivers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedMessage {
    /// Its id.
    pub id: Uuid,
    /// Its kind.
    pub kind: MessageKind,
    /// What it speaks of.
    pub of: Of,
    /// Which attempt this is, from 1, over its whole life.
    pub attempt: u32,
    /// Which attempt this is, from 1, since it was queued or staff had it tried again: what back-off counts.
    pub tried: u32,
    /// When it was first tried since it was queued, or since staff had it tried again: what giving up counts from.
    pub since: Timestamp,
    /// An earlier attempt may have arrived, and nobody knows.
    pub unclear: bool,
    /// What it carries.
    pub payload: SecretBytes,
    /// Others that go out in the same call.
    pub with: Vec<ClaimedMessage>,
}

impl ClaimedMessage {
    /// The visit that it speaks of.
    pub const fn visit(&self) -> Option<Uuid> {
        match self.of {
            Of::Visit(visit) => Some(visit),
            Of::Stay(_) => None,
        }
    }

    /// The stay that it speaks of.
    pub const fn stay(&self) -> Option<Uuid> {
        match self.of {
            Of::Stay(stay) => Some(stay),
            Of::Visit(_) => None,
        }
    }
}

/// What the other side said to a message that it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageReceipt {
    /// Its number for it (`maGiaoDich`).
    pub transaction: String,
    /// When it says that it took it (`thoiGianTiepNhan`).
    pub received: Timestamp,
    /// The document as it was sent. Sealed.
    pub sent: SecretBytes,
    /// Its answer as it arrived. Sealed.
    pub answer: SecretBytes,
}

/// What an answer found out about the record. It becomes a row of its own; the record's row never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// How the insurance stands.
    Insurance(InsuranceFound),
    /// Whether the population database knows the person.
    Population(Population),
    /// What the portal said about the stay.
    Stay(StayAnswer),
}

/// What the insurance register found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsuranceFound {
    /// How the insurance stands.
    pub insurance: Insurance,
    /// The person's number there, where it found them.
    pub number: Option<SocialInsuranceNumber>,
    /// The answer (JSON) without the person's visits elsewhere, where it is to be kept.
    pub answer: Option<SecretBytes>,
}

/// A message was taken by the other side.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// The message.
    pub message: Uuid,
    /// The receipt, where the system gives one.
    pub receipt: Option<MessageReceipt>,
    /// What its answer says.
    pub found: Option<Found>,
    /// Now.
    pub at: Timestamp,
}

/// A message was not taken.
#[derive(Debug, Clone)]
pub struct NotDelivered {
    /// The message.
    pub message: Uuid,
    /// The attempt that failed. A report about an earlier lease than the present one counts for nothing.
    pub attempt: u32,
    /// Why: a stable word, never content.
    pub error: String,
    /// When it is tried again; none: it is a dead letter.
    pub again: Option<Timestamp>,
    /// It may have arrived all the same. That stays known until the message has ended.
    pub unclear: bool,
    /// From now on it goes out by itself: others that went with it may have been why it was refused.
    pub alone: bool,
    /// Now.
    pub at: Timestamp,
}

/// How a message that was not delivered stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is delivered when its time comes, or is being delivered.
    Waiting {
        /// Its time.
        next: Timestamp,
    },
    /// It waits until an earlier one about the same person to the same system is delivered or set aside.
    Behind {
        /// That one, the first of them.
        message: Uuid,
    },
    /// Nobody tries it any more: staff decide.
    Dead {
        /// Since when.
        since: Timestamp,
    },
}

/// A message that was not delivered yet, as staff see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndeliveredMessage {
    /// Its id.
    pub id: Uuid,
    /// Its kind.
    pub kind: MessageKind,
    /// What it speaks of.
    pub of: Of,
    /// How it stands.
    pub standing: Standing,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the last attempt failed.
    pub error: Option<String>,
    /// Since when it is there.
    pub queued: Timestamp,
    /// How many messages wait behind it.
    pub behind: u32,
    /// What a person has to say to the system, for a [`MessageKind::Correction`].
    pub to_say: Option<SecretBytes>,
}

impl UndeliveredMessage {
    /// The visit that it speaks of.
    pub const fn visit(&self) -> Option<Uuid> {
        match self.of {
            Of::Visit(visit) => Some(visit),
            Of::Stay(_) => None,
        }
    }

    /// The stay that it speaks of.
    pub const fn stay(&self) -> Option<Uuid> {
        match self.of {
            Of::Stay(stay) => Some(stay),
            Of::Visit(_) => None,
        }
    }
}

/// What staff decide about a dead letter.
#[derive(Debug, Clone)]
pub struct DecideMessage {
    /// The message.
    pub message: Uuid,
    /// Who, and why.
    pub decision: Decision,
    /// Now.
    pub at: Timestamp,
}

/// How the outbox stands, for supervision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutboxStatus {
    /// Messages on their way, those behind others included.
    pub waiting: u64,
    /// Dead letters.
    pub dead: u64,
    /// Since when the oldest undelivered message is there.
    pub oldest: Option<Timestamp>,
    /// When the next one may be leased; none where none waits.
    pub next: Option<Timestamp>,
}

/// The receipt of a message that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptReceipt {
    /// The message.
    pub message: Uuid,
    /// The other side's number for it.
    pub transaction: String,
    /// When it says that it took it.
    pub received: Timestamp,
    /// When the answer came.
    pub at: Timestamp,
    /// The document as it was sent. None where its time is over or the subject was erased.
    pub sent: Option<SecretBytes>,
    /// The answer as it arrived. None where the subject was erased.
    pub answer: Option<SecretBytes>,
}

/// The operations on what must reach a national system.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Records the first cost of a visit and queues its message, once for each part.
    ///
    /// # Errors
    /// [`StoreError::UnknownVisit`] where there is none or the subject was erased;
    /// [`StoreError::UnknownRequest`]; or where it could not be written.
    async fn record_first_cost(&self, cost: FirstCost) -> Result<Option<Queued>, StoreError>;

    /// Leases the message that has waited longest among those that may be delivered, until `lease` has passed; with it,
    /// at most [`MOST_TOGETHER`] in all, those that may go out in the same call.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn claim_message(
        &self,
        at: Timestamp,
        lease: SignedDuration,
    ) -> Result<Option<ClaimedMessage>, StoreError>;

    /// Ends a message that was taken. Also where its lease ran out meanwhile; of two such reports the first counts.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn message_delivered(&self, delivered: Delivered) -> Result<(), StoreError>;

    /// Gives a leased message back, to be tried again or as a dead letter.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn message_not_delivered(&self, failed: NotDelivered) -> Result<(), StoreError>;

    /// The messages that were not delivered yet, the oldest first, at most [`MOST_LISTED`].
    ///
    /// # Errors
    /// Where they could not be read.
    async fn undelivered_messages(&self) -> Result<Vec<UndeliveredMessage>, StoreError>;

    /// The messages that staff have to decide about, the oldest first, at most [`MOST_LISTED`].
    ///
    /// # Errors
    /// Where they could not be read.
    async fn dead_letters(&self) -> Result<Vec<UndeliveredMessage>, StoreError>;

    /// Has a dead letter tried again from the beginning of its policy.
    ///
    /// # Errors
    /// [`StoreError::UnknownMessage`] where it is none; [`StoreError::NotRetriable`] where no system takes it; or
    /// where it could not be written.
    async fn retry_message(&self, decision: DecideMessage) -> Result<(), StoreError>;

    /// Ends a dead letter without delivering it: what it was to say was told otherwise, or is not needed.
    ///
    /// # Errors
    /// [`StoreError::UnknownMessage`] where it is none; or where it could not be written.
    async fn set_message_aside(&self, decision: DecideMessage) -> Result<(), StoreError>;

    /// The receipts for a visit's messages, the oldest first.
    ///
    /// # Errors
    /// Where they could not be read.
    async fn receipts(&self, visit: Uuid) -> Result<Vec<KeptReceipt>, StoreError>;

    /// How the outbox stands.
    ///
    /// # Errors
    /// Where it could not be read.
    async fn outbox_status(&self) -> Result<OutboxStatus, StoreError>;

    /// Ends when messages may have been queued or freed since it ended last. May end for nothing.
    async fn messages_queued(&self);
}

/// Most messages in one call.
pub const MOST_TOGETHER: u32 = 50;

/// Most messages in one list.
pub const MOST_LISTED: u32 = 1_000;
