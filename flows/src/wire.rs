//! The messages of the kiosk's API (`/v1`), shared by server and kiosk.

use identity::{ReasonCode, SecretBytes, Verdict, proof::verdict::ChallengeOrigin};
use serde::{Deserialize, Serialize};

use crate::{Answer, CardStanding, Language, Service, Step, Text, step::Way};

/// Answer to `GET /v1/welcome`: what the first screen shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Welcome {
    /// The station's name.
    pub station: Text,
    /// Whether national systems are simulated: every screen then says DỮ LIỆU MÔ PHỎNG.
    pub simulated: bool,
    /// What can be chosen.
    pub services: Vec<Service>,
}

/// Body of `POST /v1/sessions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenSession {
    /// What the person chose.
    pub service: Service,
    /// The language the screens are in.
    pub language: Language,
    /// In which ways the kiosk can take documents. Left out: the chip.
    #[serde(default = "chip")]
    pub ways: Vec<Way>,
}

fn chip() -> Vec<Way> {
    vec![Way::Chip]
}

/// Answer to `POST /v1/sessions`, `GET /v1/sessions/{id}` and `POST /v1/sessions/{id}/answers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionView {
    /// The session's id.
    pub session_id: String,
    /// What to show now.
    pub step: Step,
    /// The verdict on the last evidence, once there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub verdict: Option<VerdictView>,
    /// How the call for staff stands, where the step is one and the session was asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub call: Option<CallProgress>,
}

/// How a call for staff stands: part of [`SessionView`], and the answer to `GET /v1/staff-calls/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallProgress {
    /// Whether anybody has answered.
    pub state: CallState,
    /// Since when it stands so (RFC 3339, with the offset of the place).
    pub since: String,
    /// How often the call was made again because nobody answered.
    pub repeated: u32,
    /// Where the person goes: the desk where it was taken over, or where nobody came.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub where_to_go: Option<Text>,
}

/// Whether anybody has answered a call for staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// Nobody yet.
    Waiting,
    /// Somebody knows, and is coming.
    Acknowledged,
    /// Somebody goes on with it at the desk.
    TakenOver,
    /// It is over.
    Answered,
}

/// A verdict with what stands beside its axes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VerdictView {
    /// The axes.
    pub verdict: Verdict,
    /// How read access was gained.
    pub access: identity::proof::verdict::Access,
    /// Who made the challenge.
    pub challenge: ChallengeOrigin,
    /// What C06 says of the card. Missing where it was not asked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub card: Option<CardStanding>,
}

/// Body of `POST /v1/sessions/{id}/answers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnswerStep {
    /// The answer.
    pub answer: Answer,
}

/// Answer to `POST /v1/sessions/{id}/challenges`: a fresh challenge for active authentication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChallengeIssued {
    /// Goes back with the evidence.
    pub challenge_id: String,
    /// RND.IFD, 8 bytes (ICAO 9303-11 6.1).
    pub nonce: SecretBytes,
    /// Seconds until it is dead.
    pub expires_in: u16,
}

/// Answer to `POST /v1/sessions/{id}/vneid`: where the person signs in with their own telephone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignInBegun {
    /// VNeID's page, for the person's telephone alone: whoever has the address can sign in for this session.
    pub url: String,
    /// Seconds until it is dead.
    pub expires_in: u16,
}

impl std::fmt::Debug for SignInBegun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SignInBegun({} s)", self.expires_in)
    }
}

/// Body of `POST /v1/staff-calls`: a call from a screen that has no session (or whose session is beside it).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallStaff {
    /// The screen: `welcome`, `card_left_behind`, …
    #[cfg_attr(feature = "openapi", schema(pattern = "^[a-z_]{1,40}$"))]
    pub step: String,
    /// Why.
    pub code: ReasonCode,
}

/// Answer to `POST /v1/staff-calls`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StaffCalled {
    /// The call's id.
    pub call_id: String,
}

/// An error (RFC 9457). `code` is stable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URI for the kind of problem: `urn:problem:CODE`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: String,
    /// Why, and what to do.
    pub detail: String,
}
