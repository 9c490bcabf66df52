//! Stays: who sleeps where, what was declared of it to the police, and what came of that.
//!
//! A stay's row never changes. Its data are versions, what happens to it are events, and how it stands is what
//! [`flows::lodging::Standing`] makes of them. Each stay is a subject of its own, with a key of its own: stays of one
//! person at two places are linked by nothing, and each is erased by itself when its time is over.

use async_trait::async_trait;
use flows::{
    lodging::{Acceptance, Draft, Path, Standing, StayEvent},
    policy::Strength,
};
use identity::SecretBytes;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ChipRecord, Completed, Decision, Method, RequestKey, Respond, StoreError, Submission};

/// A stay that is written down.
#[derive(Debug, Clone)]
pub struct NewStay {
    /// The id of the place.
    pub place: String,
    /// How the place tells the police.
    pub path: Path,
    /// Whom they came with: a stay of the same group or family. None: alone, or the first of them.
    pub party: Option<Uuid>,
    /// In a medical facility: the visit that became an overnight stay; none for a caretaker.
    pub visit: Option<Uuid>,
    /// What is known.
    pub draft: Draft,
    /// How identity was established.
    pub method: Method,
    /// How strongly.
    pub strength: Strength,
    /// What the chip proved.
    pub chip: Option<ChipRecord>,
    /// What the kiosk signed of it.
    pub submission: Option<Submission>,
    /// Nothing is missing, and by what policy says nobody has to confirm it.
    pub ready: bool,
    /// The member of staff who wrote it down; none for a guest at a kiosk.
    pub by: Option<Decision>,
    /// Now.
    pub at: Timestamp,
}

/// A guest who declares at a kiosk: the end of a conversation.
#[derive(Debug, Clone)]
pub struct StayAtKiosk {
    /// The conversation.
    pub session: Uuid,
    /// Its kiosk.
    pub kiosk: String,
    /// The version of the conversation that was read.
    pub version: u32,
    /// The stay.
    pub stay: NewStay,
    /// The call that brought the last answer.
    pub request: RequestKey,
    /// The conversation's last state and the response.
    pub respond: Respond<StayRecorded, Completed>,
}

/// A stay that was written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StayRecorded {
    /// Its id.
    pub stay: Uuid,
    /// The group or family: the id of its first stay.
    pub party: Uuid,
    /// The day's number at the place, from 1.
    pub number: u32,
    /// The same document stays at the place in that time already: it is that stay, and nothing was written.
    pub already: bool,
}

/// Something that happens to a stay.
#[derive(Debug, Clone)]
pub struct ChangeStay {
    /// The stay.
    pub stay: Uuid,
    /// Which version of the data whoever decides has seen, from 1.
    pub seen: u32,
    /// What happens. [`StayEvent::Corrected`] comes with [`ChangeStay::corrected`], and only that.
    pub event: StayEvent,
    /// The data from here on.
    pub corrected: Option<Draft>,
    /// Who decides it, and why.
    pub by: Decision,
    /// What a person has to tell the police where they were told, or may have been, and their portal takes no such
    /// change. Used only there.
    pub to_say: Option<SecretBytes>,
    /// Now.
    pub at: Timestamp,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StayChanged {
    /// The version of the data now.
    pub version: u32,
    /// A person has to tell the police: the message is among the dead letters.
    pub to_tell: bool,
}

/// How the police were told without the portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Who was told.
    pub whom: String,
    /// By telephone, or in person.
    pub how: ToldHow,
}

/// How.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToldHow {
    /// By telephone.
    Telephone,
    /// In person.
    InPerson,
}

/// That the police were told of several stays at once.
#[derive(Debug, Clone)]
pub struct TellPolice {
    /// The stays.
    pub stays: Vec<Uuid>,
    /// Whom, and how.
    pub told: Told,
    /// Who told them.
    pub by: Decision,
    /// Now.
    pub at: Timestamp,
}

/// Which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// `tblt_vn_import.xlsx`, for Vietnamese guests.
    Excel,
    /// `KHAI_BAO_TAM_TRU`, for foreigners.
    Xml,
}

impl FileKind {
    /// The word in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Excel => "excel",
            Self::Xml => "xml",
        }
    }
}

/// A file that was made for the portal's pages. It is not kept: its digest is, and whom it declares.
#[derive(Debug, Clone)]
pub struct MakeFile {
    /// The place.
    pub place: String,
    /// Which.
    pub kind: FileKind,
    /// The stays in it, in its order.
    pub stays: Vec<Uuid>,
    /// SHA-256 of it.
    pub sha256: [u8; 32],
    /// Who made it.
    pub by: Decision,
    /// Now.
    pub at: Timestamp,
}

/// What a person counted on the portal's page after a file was taken there.
#[derive(Debug, Clone)]
pub struct CountFile {
    /// The file.
    pub file: Uuid,
    /// How many declarations of it stand there. Only where it is all of them are they accepted.
    pub counted: u32,
    /// Who counted.
    pub by: Decision,
    /// Now.
    pub at: Timestamp,
}

/// What a count says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// All of them were taken, and are accepted now.
    All,
    /// Fewer, or more: nothing is accepted, and the file has to be looked through.
    Differs {
        /// How many stand in the file.
        rows: u32,
    },
}

/// A file as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFile {
    /// Its id.
    pub id: Uuid,
    /// Which.
    pub kind: FileKind,
    /// How many stays are in it.
    pub rows: u32,
    /// What was counted last; none until somebody has.
    pub counted: Option<u32>,
    /// When it was made.
    pub at: Timestamp,
}

/// One thing that happened to a stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptEvent {
    /// What.
    pub event: StayEvent,
    /// Who decided it, where somebody did; none also where the stay was erased.
    pub by: Option<Decision>,
    /// Whom they told, for [`StayEvent::ToldByHand`].
    pub told: Option<Told>,
    /// When.
    pub at: Timestamp,
}

/// A stay as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptStay {
    /// Its id.
    pub id: Uuid,
    /// The subject that it is: of its own.
    pub subject: Uuid,
    /// The place.
    pub place: String,
    /// How the place told the police when it was written down.
    pub path: Path,
    /// The group or family.
    pub party: Uuid,
    /// The visit, in a medical facility.
    pub visit: Option<Uuid>,
    /// The day's number at the place.
    pub number: u32,
    /// How identity was established.
    pub method: Method,
    /// How strongly.
    pub strength: Strength,
    /// Whether the guest is declared as a foreigner.
    pub foreign: bool,
    /// Arrival.
    pub arrival: Timestamp,
    /// The version of the data, from 1.
    pub version: u32,
    /// The data. None where the stay was erased.
    pub draft: Option<Draft>,
    /// What happened to it, the first first.
    pub events: Vec<KeptEvent>,
    /// When it was written down.
    pub at: Timestamp,
}

impl KeptStay {
    /// How it stands at `now`.
    pub fn standing(&self, now: Timestamp) -> Standing {
        Standing::fold(self.arrival, self.path, now, self.events.iter().map(|kept| &kept.event))
    }

    /// Until when the guest stays, as far as is known.
    pub fn until(&self, now: Timestamp) -> Option<Timestamp> {
        self.standing(now).until().or_else(|| self.draft.as_ref().and_then(|draft| draft.departure))
    }
}

/// An older version of a stay's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StayVersion {
    /// From 1.
    pub version: u32,
    /// The data. None where the stay was erased.
    pub draft: Option<Draft>,
    /// Who corrected, and why; none for the first.
    pub by: Option<Decision>,
    /// Since when it counts.
    pub at: Timestamp,
}

/// Which stays are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Whoever sleeps there in the night after this day: arrived by its end and not left before.
    Night(Date),
    /// Whatever is still owed: not accepted, not withdrawn.
    Owed,
    /// Whoever arrived on this day.
    Arrived(Date),
}

/// How many stayed, without anything about anyone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StayCount {
    /// The day of the arrival.
    pub day: Date,
    /// The place.
    pub place: String,
    /// The nationality's code; none where it was not known.
    pub nationality: Option<String>,
    /// How many.
    pub stays: u32,
}

/// What the portal said about one stay, to be written with the end of its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StayAnswer {
    /// It was taken.
    Accepted(Acceptance),
    /// It was refused, with the reason.
    Rejected(String),
    /// The portal does not take it any more: by file, or on paper.
    FellToPaper,
}

/// Minutes within which a list of the same place in the same session is one look.
pub const LIST_MINUTES: i64 = 15;

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Looked {
    /// A list of a place's stays.
    List,
    /// One of them.
    Record(Uuid),
    /// A list to be printed or taken away.
    Printed,
    /// Nothing yet: a reason was given to look at the place's stays.
    Asked,
}

impl Looked {
    /// The word in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Record(_) => "record",
            Self::Printed => "printed",
            Self::Asked => "asked",
        }
    }
}

/// A look at stays, written down before it is given.
#[derive(Clone)]
pub struct StayLook {
    /// Who looks.
    pub staff: Uuid,
    /// In which session.
    pub session: Uuid,
    /// At which place.
    pub place: String,
    /// At what.
    pub looked: Looked,
    /// Why, with [`Looked::Asked`] and only there. Sealed.
    pub reason: Option<String>,
    /// Now.
    pub at: Timestamp,
}

impl std::fmt::Debug for StayLook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StayLook")
            .field("staff", &self.staff)
            .field("looked", &self.looked)
            .finish_non_exhaustive()
    }
}

/// A look as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptLook {
    /// Who looked.
    pub staff: Uuid,
    /// Their name; none where the account is gone.
    pub name: Option<String>,
    /// The place.
    pub place: String,
    /// What.
    pub looked: Looked,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// The operations on stays.
#[async_trait]
pub trait Stays: Send + Sync {
    /// Writes a stay down; what is ready and goes by the portal is queued with it.
    ///
    /// # Errors
    /// [`StoreError::UnknownStay`] where the group is none of that place; or where it could not be written.
    async fn record_stay(&self, stay: NewStay) -> Result<StayRecorded, StoreError>;

    /// The same at the end of a conversation at a kiosk.
    ///
    /// # Errors
    /// As [`Stays::record_stay`] and [`super::Store::save_turn`].
    async fn record_stay_at_kiosk(&self, stay: StayAtKiosk) -> Result<StayRecorded, StoreError>;

    /// Has something happen to a stay. What follows from it goes out with it: a declaration that became ready, an
    /// extension or a departure that the portal takes, or a message for a person.
    ///
    /// # Errors
    /// [`StoreError::UnknownStay`] where there is none or it was erased; [`StoreError::StayChanged`] where its data are
    /// others by now; [`StoreError::StayUnfit`] where that cannot happen to it; or where it could not be written.
    async fn change_stay(&self, change: ChangeStay) -> Result<StayChanged, StoreError>;

    /// Notes that the police were told of these stays by telephone or in person. Of those for whom that is no longer
    /// needed nothing is noted.
    ///
    /// # Errors
    /// [`StoreError::UnknownStay`] where one is none; or where it could not be written.
    async fn tell_police(&self, telling: TellPolice) -> Result<u32, StoreError>;

    /// Notes that a file was made of these stays: they are on their way.
    ///
    /// # Errors
    /// [`StoreError::UnknownStay`] where one is none of that place; [`StoreError::StayUnfit`] where one cannot go by
    /// file; or where it could not be written.
    async fn make_stay_file(&self, file: MakeFile) -> Result<Uuid, StoreError>;

    /// Notes what a person counted on the portal's page.
    ///
    /// # Errors
    /// [`StoreError::UnknownStay`] where there is no such file; or where it could not be written.
    async fn count_stay_file(&self, count: CountFile) -> Result<Counted, StoreError>;

    /// The files of a place, the latest first.
    ///
    /// # Errors
    /// Where they could not be read.
    async fn stay_files(&self, place: &str) -> Result<Vec<KeptFile>, StoreError>;

    /// One stay.
    ///
    /// # Errors
    /// Where it could not be read.
    async fn stay(&self, id: Uuid) -> Result<Option<KeptStay>, StoreError>;

    /// Every version of its data, the first first.
    ///
    /// # Errors
    /// Where they could not be read.
    async fn stay_versions(&self, stay: Uuid) -> Result<Vec<StayVersion>, StoreError>;

    /// The stays at a place, by arrival.
    ///
    /// # Errors
    /// Where they could not be read.
    async fn stays(&self, place: &str, which: Which, at: Timestamp) -> Result<Vec<KeptStay>, StoreError>;

    /// Writes down that somebody looks at stays, or why they will. A list that loads itself again in the same session is
    /// written down once in [`LIST_MINUTES`].
    ///
    /// # Errors
    /// [`StoreError::UnknownStay`] where the stay is none of that place; or where it could not be written.
    async fn record_stay_look(&self, look: StayLook) -> Result<(), StoreError>;

    /// Whether a reason to look at this place's stays was given in this session since then.
    ///
    /// # Errors
    /// Where it could not be read.
    async fn stay_reason_given(
        &self,
        session: Uuid,
        place: &str,
        since: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Who looked at the stays of these places, the latest first, at most 200.
    ///
    /// # Errors
    /// Where it could not be read.
    async fn stay_looks(&self, places: &[String]) -> Result<Vec<KeptLook>, StoreError>;

    /// How many arrived at these places from one day to another, by day, place and nationality: those that were
    /// accepted and not withdrawn.
    ///
    /// # Errors
    /// Where they could not be read.
    async fn stay_counts(
        &self,
        places: &[String],
        from: Date,
        to: Date,
    ) -> Result<Vec<StayCount>, StoreError>;
}
