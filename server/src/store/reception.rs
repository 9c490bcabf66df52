//! Reception by hand, without a kiosk: people without a document, newborns, and emergencies before any
//! identification; and what the station owes about those whom nobody knows.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp, civil::DateTime};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{Decision, NewMessage, NewVisit, Recorded, StoreError};

/// Hours within which the People's Committee of the commune (UBND xã) is told of a patient whom nobody knows.
pub const TELL_COMMUNE_HOURS: i64 = 48;

/// Why someone is received by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// No document, or none that can be read.
    NoDocument,
    /// A newborn child: no number yet.
    Newborn,
    /// An emergency before any identification (cấp cứu).
    Emergency,
}

impl Occasion {
    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoDocument => "no_document",
            Self::Newborn => "newborn",
            Self::Emergency => "emergency",
        }
    }
}

/// Whoever comes with the patient and answers for them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Companion {
    /// Mother, father, guardian, …: in the words of staff.
    pub relation: String,
    /// Their full name.
    pub full_name: String,
}

impl std::fmt::Debug for Companion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Companion(masked)")
    }
}

/// What staff wrote down beside the visit. Sealed under the patient's key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circumstances {
    /// Who received the person, and why by hand.
    pub decision: Decision,
    /// Who came with them.
    pub companion: Option<Companion>,
    /// When a newborn was born, by the station's clock.
    pub born_at: Option<DateTime>,
    /// How old someone unknown looks, in years.
    pub apparent_age: Option<u8>,
}

impl std::fmt::Debug for Circumstances {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Circumstances(masked)")
    }
}

/// The id of a patient who has no number here: `TAM-20260915-7KQ4XD`. Never 12 digits, so that nobody takes it for a
/// personal number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemporaryId(String);

impl TemporaryId {
    /// Letters and digits that nobody confuses when they are read out.
    const ALPHABET: &'static [u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// For a patient of `day`, out of 30 random bits.
    pub fn new(day: jiff::civil::Date, random: u32) -> Self {
        let letters = (0..6u32).rev().filter_map(|place| {
            let index = usize::try_from((random >> (5 * place)) & 31).ok()?;
            Self::ALPHABET.get(index).copied().map(char::from)
        });
        Self(format!("TAM-{}-{}", day.strftime("%Y%m%d"), letters.collect::<String>()))
    }

    /// As it was kept. None for what is no temporary id.
    pub fn parse(text: &str) -> Option<Self> {
        let (day, letters) = text.strip_prefix("TAM-")?.split_once('-')?;
        let fits = day.len() == 8
            && day.bytes().all(|byte| byte.is_ascii_digit())
            && letters.len() == 6
            && letters.bytes().all(|byte| Self::ALPHABET.contains(&byte));
        fits.then(|| Self(text.to_owned()))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Someone received by hand.
#[derive(Debug, Clone)]
pub struct ReceiveByHand {
    /// Why by hand.
    pub occasion: Occasion,
    /// Whom, and where they go. Who has no personal number gets a [`TemporaryId`];
    /// [`super::Method::Undetermined`] makes it a duty to tell the commune.
    pub visit: NewVisit,
    /// What else is written down.
    pub circumstances: Circumstances,
    /// What goes out with it, unless the person had the number already.
    pub messages: Vec<NewMessage>,
    /// The form that was sent, drawn when it was shown: sent twice it is one reception.
    pub form: Uuid,
    /// The open call that it answers.
    pub answers: Option<Uuid>,
    /// Now.
    pub at: Timestamp,
}

/// Someone who was received by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The number.
    pub recorded: Recorded,
    /// What the patient is called by until their number is known.
    pub temporary_id: Option<TemporaryId>,
}

/// A reception by hand as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reception {
    /// Why by hand.
    pub occasion: Occasion,
    /// What the patient is called by until their number is known.
    pub temporary_id: Option<TemporaryId>,
    /// What else was written down. None where the subject was erased.
    pub circumstances: Option<Circumstances>,
}

/// What the station has to do about a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// Telling the People's Committee of the commune of a patient whom nobody knows.
    TellCommune,
}

impl Duty {
    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TellCommune => "tell_commune",
        }
    }

    /// How long there is for it.
    pub const fn time(self) -> SignedDuration {
        match self {
            Self::TellCommune => SignedDuration::from_hours(TELL_COMMUNE_HOURS),
        }
    }
}

/// A duty that is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its id.
    pub id: Uuid,
    /// What is to be done.
    pub duty: Duty,
    /// The visit that it is about.
    pub visit: Uuid,
    /// The ticket's number.
    pub number: String,
    /// What the patient is called by.
    pub temporary_id: Option<TemporaryId>,
    /// Until when.
    pub due: Timestamp,
}

/// A duty that was done.
#[derive(Debug, Clone)]
pub struct EndTask {
    /// The task.
    pub task: Uuid,
    /// Who did it, and how.
    pub decision: Decision,
    /// Now.
    pub at: Timestamp,
}

/// Reception by hand, and what follows from it.
#[async_trait]
pub trait Receptions: Send + Sync {
    /// Receives someone by hand: a visit, a number, for who has no personal number a temporary id, and the duty that
    /// follows where nobody knows who it is. Someone who has a number of today gets it again, and a form that was sent
    /// twice gives the first one's. The call that it answers is closed with it.
    ///
    /// # Errors
    /// [`StoreError::UnknownCall`] where there is no such open call, [`StoreError::CallTaken`] where somebody else took
    /// it over; or where it could not be written.
    async fn receive_by_hand(&self, reception: ReceiveByHand) -> Result<Received, StoreError>;

    /// How a visit was received by hand. None where it was not.
    ///
    /// # Errors
    /// Where it could not be read.
    async fn reception(&self, visit: Uuid) -> Result<Option<Reception>, StoreError>;

    /// The duties that are not done, the most urgent first. A duty about someone who was identified since is none.
    ///
    /// # Errors
    /// Where they could not be read.
    async fn tasks(&self, station: &str) -> Result<Vec<Task>, StoreError>;

    /// Notes that a duty was done.
    ///
    /// # Errors
    /// [`StoreError::UnknownTask`] where there is no such open one; or where it could not be written.
    async fn end_task(&self, ending: EndTask) -> Result<(), StoreError>;
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_temporary_id_is_never_taken_for_a_personal_number() {
        for random in [0, 1, 0x3fff_ffff, 0x1234_5678] {
            let id = TemporaryId::new(date(2026, 9, 15), random);
            assert!(identity::number::PersonalNumber::parse(id.as_str()).is_err());
            assert!(id.as_str().starts_with("TAM-20260915-") && id.as_str().len() == 19, "{id:?}");
            assert_eq!(TemporaryId::parse(id.as_str()), Some(id));
        }
        for other in ["001148012345", "TAM-20260915-", "TAM-2026091-ABCDEF", "TAM-20260915-ABCDEI", "TAM-"] {
            assert_eq!(TemporaryId::parse(other), None, "{other}");
        }
    }
}
