//! What happens to a citizen: services, steps, answers, evidence and outcomes, the step engine, the policy,
//! and one folder of rules per flow.
//!
//! Pure: no I/O, no clock, no random generator. The server runs it with authority.
#![forbid(unsafe_code)]

pub mod answer;
pub mod card;
pub mod consent;
pub mod engine;
pub mod evidence;
pub mod health;
pub mod insurance;
pub mod law;
pub mod lodging;
pub mod person;
pub mod policy;
pub mod signature;
pub mod step;
pub mod ticket;
pub mod wire;

pub use answer::Answer;
pub use card::CardStanding;
pub use evidence::Evidence;
pub use insurance::InsuranceCard;
pub use person::Person;
pub use step::Step;
pub use ticket::{Ticket, TicketCode, TicketLink};

/// What a citizen came for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Check-in at the health station (models 4 and 5 of the plan).
    Health,
    /// Declaration of a stay (models 7 and 8).
    Lodging,
    /// Check-in to an exam (model 12).
    Exam,
}

/// A language of screens and tickets (ISO 639-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Tiếng Việt.
    #[default]
    Vi,
    /// English.
    En,
}

/// What a text says in each language.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Text {
    /// Tiếng Việt.
    pub vi: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The text in `language`.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Vi => &self.vi,
            Language::En => &self.en,
        }
    }
}
