//! Conversations and the challenges made for them.

use flows::{Language, Service, consent::ConsentText, law::age::Spoken, step::Purpose};
use identity::{ReasonCode, SecretBytes};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Recorded, RequestKey};

/// Seconds after which a challenge is dead.
pub const CHALLENGE_SECONDS: i64 = 120;

/// Challenges that one conversation may ask for: three documents, each laid down again a few times.
pub const MOST_CHALLENGES: u32 = 24;

/// Hours after which a conversation and the responses in it are forgotten.
pub const SESSION_HOURS: i64 = 24;

/// A conversation that begins.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Its id, drawn at random by the caller.
    pub id: Uuid,
    /// The kiosk that opens it; no other is ever answered.
    pub kiosk: String,
    /// What the person chose.
    pub service: Service,
    /// The language the screens are in.
    pub language: Language,
    /// The step engine's state, as the caller writes it.
    pub state: SecretBytes,
    /// The request that opens it.
    pub request: RequestKey,
    /// The response to it.
    pub response: SecretBytes,
    /// Now.
    pub at: Timestamp,
}

/// A conversation as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Its id.
    pub id: Uuid,
    /// The kiosk that opened it.
    pub kiosk: String,
    /// What the person chose.
    pub service: Service,
    /// The language the screens are in.
    pub language: Language,
    /// Turns taken; goes back with the next one.
    pub version: u32,
    /// The step engine's state, as the caller wrote it last.
    pub state: SecretBytes,
    /// The check-in it ended in, by the conversation itself or by staff. Staff do not touch `state`: where
    /// this is here, the conversation is done, whatever `state` says.
    pub recorded: Option<Recorded>,
    /// Staff were called, and no call is open any more: with nothing in `recorded`, they closed it without
    /// admitting anyone.
    pub calls_closed: bool,
    /// The last of them was handed back: the conversation goes on where it called.
    pub handed_back: bool,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it last went on.
    pub turned_at: Timestamp,
}

/// A challenge for active authentication.
#[derive(Debug, Clone)]
pub struct NewChallenge {
    /// Its id, drawn at random by the caller.
    pub id: Uuid,
    /// The conversation that it is for.
    pub session: Uuid,
    /// The kiosk of that conversation.
    pub kiosk: String,
    /// RND.IFD (ICAO 9303-11 6.1).
    pub nonce: [u8; 8],
    /// The request that asked for it.
    pub request: RequestKey,
    /// The response to it.
    pub response: SecretBytes,
    /// Now.
    pub at: Timestamp,
}

/// Consent asked for and answered (Luật 91/2025/QH15 Đ9). Kept whatever the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// What for.
    pub purpose: Purpose,
    /// Yes or no.
    pub given: bool,
    /// The language it was asked in.
    pub language: Language,
    /// SHA-256 of the exact text shown.
    pub text_sha256: [u8; 32],
    /// The text with that digest, for that purpose and language. None where this server knows none: the answer is
    /// kept all the same, and marked.
    pub text: Option<ConsentText>,
    /// Who answered, where that is known already.
    pub spoken: Option<Spoken>,
}

/// A call for staff out of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepCall {
    /// The screen that called.
    pub step: String,
    /// Why.
    pub code: ReasonCode,
}

/// One step of a conversation.
#[derive(Debug, Clone)]
pub struct Turn {
    /// The conversation.
    pub session: Uuid,
    /// The kiosk that speaks.
    pub kiosk: String,
    /// The version that the new state was made from.
    pub version: u32,
    /// The step engine's new state.
    pub state: SecretBytes,
    /// The challenge that the evidence of this turn used, good or bad.
    pub spends: Option<Uuid>,
    /// The consent answered in this turn.
    pub consent: Option<Consent>,
    /// The call for staff that this turn ends in.
    pub call: Option<StepCall>,
    /// The request that brought the answer.
    pub request: RequestKey,
    /// The response to it.
    pub response: SecretBytes,
    /// Now.
    pub at: Timestamp,
}
