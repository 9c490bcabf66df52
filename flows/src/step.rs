//! What the kiosk shows next. The server decides; the kiosk has a screen per kind of step.

use identity::ReasonCode;
use serde::{Deserialize, Serialize};

use crate::{Text, Ticket, law::age::ConsentRole};

/// The next step of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Step {
    /// Ask for consent to one purpose. Silence is not consent, nothing is ticked beforehand (Luật 91/2025/QH15 Đ9).
    Consent {
        /// What for.
        purpose: Purpose,
        /// Whom: which of the texts is shown.
        #[serde(default)]
        role: ConsentRole,
    },
    /// Ask for a document.
    Identify {
        /// The ways that this place accepts, the strongest first.
        ways: Vec<Way>,
        /// Why it is asked again, where it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        again: Option<ReasonCode>,
    },
    /// Ask for the year of birth of the person whose code was shown. Nothing of what is in it is on the screen.
    AskBirthYear {
        /// Why it is asked again, where it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        again: Option<ReasonCode>,
    },
    /// Ask whether the person is the one that the document names. Shows only what was presented in this session.
    ConfirmPerson {
        /// As the server understood the document.
        person: PersonOnScreen,
    },
    /// Ask for one of several.
    Choose {
        /// What is asked.
        question: Question,
        /// What can be answered, in the order shown.
        options: Vec<Choice>,
    },
    /// The end: recorded.
    Done {
        /// What is printed.
        ticket: Ticket,
        /// What the person should know besides.
        notices: Vec<Notice>,
        /// Which axis of the verdict stayed open, where one did: whoever serves the person looks at the card.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unproved: Option<ReasonCode>,
    },
    /// A person takes over. The kiosk asks again from time to time: staff may have finished meanwhile.
    CallStaff {
        /// Why.
        code: ReasonCode,
    },
    /// The conversation was ended without a record.
    Ended,
}

/// What personal data are processed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Reading the chip of the card to check in at the health station (Luật Căn cước 26/2023/QH15 Đ22 k5).
    HealthCheckIn,
}

impl Purpose {
    /// Every purpose that consent is asked for.
    pub const ALL: [Self; 1] = [Self::HealthCheckIn];

    /// The word in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HealthCheckIn => "health_check_in",
        }
    }
}

/// A way to say who one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The chip of a CCCD or Căn cước.
    Chip,
    /// VNeID: the person signs in there with their own telephone.
    Vneid,
    /// A QR code: the card's, or the insurance card's.
    Qr,
    /// Typing who one is.
    Typed,
    /// Typing who a child under six is that has no card yet.
    Child,
}

/// The person as a screen may show them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonOnScreen {
    /// The full name in Vietnamese letters (NFC).
    pub full_name: String,
    /// The masked personal number, such as `001*****2345`.
    pub number_masked: String,
    /// The year of birth.
    pub birth_year: Option<i16>,
}

impl std::fmt::Debug for PersonOnScreen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonOnScreen(masked)")
    }
}

/// What a [`Step::Choose`] asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Why the person came.
    Reason,
    /// Which room, where a reason has more than one.
    Room,
    /// Whether the person is one of those who are seen before others (Luật KCB 15/2023/QH15 Đ3 k2).
    Priority,
    /// What whoever stands there is to the person.
    Relation,
    /// Which adult is there with the child that answers.
    Companion,
}

/// One answer that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Choice {
    /// What is sent back.
    pub id: String,
    /// What is shown.
    pub label: Text,
}

/// What the person should know besides the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The person had checked in today already: the same number again.
    AlreadyCheckedIn,
    /// The insurance was found and is valid.
    InsuranceValid,
    /// The old insurance card was replaced; the new one is used (result codes 003 and 004).
    InsuranceRenewed,
    /// The insurance could not be checked now (CHUA_XAC_MINH); the person is seen all the same.
    InsuranceUnverified,
    /// The insurance is not valid: staff explain, the person may pay.
    InsuranceNotValid,
    /// The staff look at the insurance data with the person.
    InsuranceNeedsStaff,
    /// The person is seen before others because of their age.
    PriorityByAge,
    /// The person is seen before others because of what they said; staff may ask.
    PriorityDeclared,
}
