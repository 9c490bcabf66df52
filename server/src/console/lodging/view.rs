//! A stay as pages show it.

use flows::lodging::{Deadline, Gap, LodgingPlace, Path, Standing, State, Urgency, local_day};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::super::time::{hour, local, moment};
use crate::store::stays::KeptStay;

/// A deadline as it stands now.
pub(super) struct DeadlineView {
    pub(super) at: String,
    pub(super) rule: &'static str,
    pub(super) urgency: Urgency,
    /// How long there is, or how long it is over.
    pub(super) left: String,
    pub(super) left_english: String,
}

impl DeadlineView {
    fn new(deadline: &Deadline, now: Timestamp) -> Self {
        let left = deadline.at.duration_since(now);
        let (over, length) = (left <= SignedDuration::ZERO, left.abs());
        let (hours, minutes) = (length.as_hours(), length.as_mins() % 60);
        let (vietnamese, english) = if hours > 0 {
            (format!("{hours} giờ {minutes} phút"), format!("{hours} h {minutes} min"))
        } else {
            (format!("{minutes} phút"), format!("{minutes} min"))
        };
        Self {
            at: moment(deadline.at),
            rule: deadline.rule.vietnamese(),
            urgency: deadline.urgency(now),
            left: if over { format!("quá hạn {vietnamese}") } else { format!("còn {vietnamese}") },
            left_english: if over { format!("{english} late") } else { format!("{english} left") },
        }
    }

    /// The class of its line.
    pub(super) const fn class(&self) -> &'static str {
        match self.urgency {
            Urgency::Open => "open",
            Urgency::DueSoon => "soon",
            Urgency::Overdue => "late",
        }
    }
}

/// Something that a declaration lacks.
pub(super) struct GapView {
    pub(super) words: &'static str,
    pub(super) english: &'static str,
}

/// A stay.
#[expect(clippy::struct_excessive_bools, reason = "what the template asks for")]
pub(super) struct StayView {
    pub(super) id: Uuid,
    pub(super) number: u32,
    pub(super) name: String,
    pub(super) erased: bool,
    pub(super) foreign: Option<String>,
    /// What kind of document, and its number, masked.
    pub(super) document: Option<(String, String)>,
    pub(super) room: String,
    pub(super) arrival: String,
    pub(super) until: Option<String>,
    pub(super) left: Option<String>,
    pub(super) state: State,
    /// By file or on paper: what has to be done about it is not done by itself.
    pub(super) by_file: bool,
    /// Where something is still owed.
    pub(super) deadline: Option<DeadlineView>,
    pub(super) gaps: Vec<GapView>,
    /// Why it was refused.
    pub(super) refused: Option<String>,
    /// Whether the police were told by telephone or in person.
    pub(super) told: bool,
    /// Whether the owner is to tell them so now.
    pub(super) to_be_told: bool,
}

/// What a stay's declaration lacks at `now`.
pub(super) fn gaps(stay: &KeptStay, place: &LodgingPlace, now: Timestamp) -> Vec<Gap> {
    let declaration = stay.draft.as_ref().map(|draft| draft.declaration(place, local_day(now)));
    declaration.and_then(Result::err).unwrap_or_default()
}

/// The deadline of a stay.
pub(super) fn deadline(stay: &KeptStay, place: &LodgingPlace) -> Deadline {
    Deadline::of(stay.arrival, stay.foreign, place.address.remote)
}

/// What a room is called, with its department and bed.
pub(super) fn room(place: &LodgingPlace, id: Option<&str>) -> String {
    let id = id.map(str::trim).filter(|id| !id.is_empty());
    match id {
        Some(id) => place.room(id).map_or_else(|| id.to_owned(), flows::lodging::place::LodgingRoom::told),
        None => String::new(),
    }
}

impl StayView {
    pub(super) fn new(stay: &KeptStay, place: &LodgingPlace, now: Timestamp) -> Self {
        let standing: Standing = stay.standing(now);
        let draft = stay.draft.as_ref();
        let deadline = deadline(stay, place);
        let owed = standing.is_owed();
        let gaps = if owed { gaps(stay, place, now) } else { Vec::new() };
        let document = draft.and_then(|draft| draft.document.as_ref());
        let nationality = draft.and_then(|draft| draft.nationality.as_ref()).filter(|_| stay.foreign);
        Self {
            id: stay.id,
            number: stay.number,
            name: draft.and_then(|draft| draft.full_name.clone()).unwrap_or_default(),
            erased: draft.is_none(),
            foreign: nationality.map(|code| code.as_str().to_owned()),
            document: document.map(|shown| (shown.kind().vietnamese().to_owned(), shown.masked())),
            room: room(place, draft.and_then(|draft| draft.room.as_deref())),
            arrival: if local_day(stay.arrival) == local_day(now) {
                hour(stay.arrival)
            } else {
                moment(stay.arrival)
            },
            until: stay.until(now).map(|until| local(until).strftime("%d/%m %H:%M").to_string()),
            left: standing.left().map(moment),
            state: standing.state(),
            by_file: standing.path() != Path::Portal,
            to_be_told: standing.is_to_be_told(&deadline),
            deadline: owed.then(|| DeadlineView::new(&deadline, now)),
            gaps: gaps
                .iter()
                .map(|gap| GapView { words: gap.vietnamese(), english: gap.english() })
                .collect(),
            refused: standing.reason().map(str::to_owned),
            told: standing.told_by_hand(),
        }
    }

    /// The class of its card.
    pub(super) fn class(&self) -> &'static str {
        match self.state {
            State::Draft => "draft",
            State::Ready | State::Sent => "going",
            State::Rejected => "refused",
            State::Accepted | State::Staying | State::Extended => "taken",
            State::Left | State::Withdrawn => "over",
        }
    }
}

/// Whether showing a stay is what ordinary duty asks for: the guest is there, or is to come, or something is still owed.
pub(super) fn is_duty(stay: &KeptStay, now: Timestamp) -> bool {
    let standing = stay.standing(now);
    let over = matches!(standing.state(), State::Left | State::Withdrawn) || standing.left().is_some();
    standing.is_owed() || !over || local_day(stay.arrival) == local_day(now)
}
