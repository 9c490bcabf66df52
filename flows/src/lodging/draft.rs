//! What is known of a guest, and what of it is a declaration.
//!
//! A [`Draft`] may lack anything. [`Draft::declaration`] is the only way to a [`Declaration`], which lacks nothing that the
//! portal wants.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{
    DocumentKind, GuestDocument, LodgingPlace, NationalityCode, PlaceKind, ResidenceKind, StayReason,
    local_day,
};
use crate::{
    law::age::OF_AGE,
    person::{Birth, Relation, Sex},
};

/// Where a guest lives.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Residence {
    /// What the address is to them.
    pub kind: ResidenceKind,
    /// The portal's code of the province, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    /// The portal's code of the commune, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commune: Option<String>,
    /// The address as the document has it: never taken apart.
    pub detail: String,
}

impl Zeroize for Residence {
    fn zeroize(&mut self) {
        self.detail.zeroize();
    }
}

/// Who answers for a minor.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
pub struct ResponsibleAdult {
    /// What they are to the minor.
    pub relation: Relation,
    /// Their full name.
    pub full_name: String,
}

/// What is known of a guest and of the stay. Masked in `Debug`, wiped when dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Draft {
    /// Full name: of a Vietnamese with its marks, of a foreigner as the passport has it.
    pub full_name: Option<String>,
    /// Date of birth, as far as it is known.
    pub birth: Option<Birth>,
    /// Sex.
    pub sex: Sex,
    /// Nationality.
    pub nationality: Option<NationalityCode>,
    /// The document shown.
    pub document: Option<GuestDocument>,
    /// Telephone.
    pub telephone: Option<String>,
    /// Where they live.
    pub residence: Option<Residence>,
    /// Of a foreigner: until when they may stay in Việt Nam (`thoiHanTamTru`).
    #[zeroize(skip)]
    pub permitted_until: Option<Date>,
    /// Of a minor: who answers for them.
    pub adult: Option<ResponsibleAdult>,
    /// When they came, or will come.
    #[zeroize(skip)]
    pub arrival: Timestamp,
    /// When they mean to leave.
    #[zeroize(skip)]
    pub departure: Option<Timestamp>,
    /// The room: its id at the place, or what was typed.
    pub room: Option<String>,
    /// Why they stay.
    #[zeroize(skip)]
    pub reason: Option<StayReason>,
    /// Why, in words: with [`StayReason::Other`].
    pub reason_text: Option<String>,
    /// A note.
    pub note: Option<String>,
}

impl Draft {
    /// Nothing known but the arrival.
    pub const fn arriving(arrival: Timestamp) -> Self {
        Self {
            full_name: None,
            birth: None,
            sex: Sex::Unknown,
            nationality: None,
            document: None,
            telephone: None,
            residence: None,
            permitted_until: None,
            adult: None,
            arrival,
            departure: None,
            room: None,
            reason: None,
            reason_text: None,
            note: None,
        }
    }

    /// Whether the guest is declared as a foreigner.
    pub fn is_foreign(&self) -> bool {
        self.nationality.as_ref().is_some_and(|nationality| !nationality.is_vietnam())
    }

    /// Whether the guest may be under 18 on the day of arrival (Bộ luật Dân sự 91/2015/QH13 Đ20, Đ21).
    pub fn may_be_minor(&self) -> bool {
        self.birth.is_some_and(|birth| birth.younger_than(OF_AGE, local_day(self.arrival)))
    }

    /// What the room is called there, as the portal is told.
    fn room_told(&self, place: &LodgingPlace) -> Option<String> {
        let room = self.room.as_deref().map(str::trim).filter(|room| !room.is_empty())?;
        match place.room(room) {
            Some(known) => Some(known.told()),
            // A bed of a ward is one of those that are there: nothing is typed.
            None if place.kind == PlaceKind::MedicalFacility => None,
            None => Some(room.to_owned()),
        }
    }

    /// The declaration, where nothing is missing.
    ///
    /// # Errors
    /// Everything that is missing or cannot be, in the order of the form.
    pub fn declaration(&self, place: &LodgingPlace, today: Date) -> Result<Declaration, Vec<Gap>> {
        let mut gaps = Vec::new();
        let mut lacks = |missing: bool, gap: Gap| {
            if missing {
                gaps.push(gap);
            }
        };
        let full_name = self.full_name.as_deref().map(str::trim).filter(|name| !name.is_empty());
        let birth = self.birth.filter(|birth| birth.is_possible(today));
        let room = self.room_told(place);
        lacks(full_name.is_none(), Gap::FullName);
        lacks(birth.is_none(), Gap::Birth);
        lacks(self.sex == Sex::Unknown, Gap::Sex);
        lacks(self.nationality.is_none(), Gap::Nationality);
        lacks(self.document.is_none(), Gap::Document);
        let passport =
            self.document.as_ref().is_some_and(|document| document.kind() == DocumentKind::Passport);
        let foreign = self.is_foreign();
        lacks(foreign && self.document.is_some() && !passport, Gap::NoPassport);
        lacks(foreign && self.permitted_until.is_none(), Gap::PermittedUntil);
        lacks(foreign && self.permitted_until.is_some_and(|until| until < today), Gap::PermitOver);
        lacks(birth.is_some() && self.may_be_minor() && self.adult.is_none(), Gap::ResponsibleAdult);
        lacks(self.departure.is_none(), Gap::Departure);
        lacks(self.departure.is_some_and(|departure| departure < self.arrival), Gap::DepartureBeforeArrival);
        lacks(place.kind.wants_room() && room.is_none(), Gap::Room);
        lacks(!foreign && self.reason.is_none(), Gap::Reason);
        let said = self.reason_text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        lacks(!foreign && self.reason == Some(StayReason::Other) && said.is_none(), Gap::ReasonText);
        if !gaps.is_empty() {
            return Err(gaps);
        }
        // Each was there, or a gap was found.
        let (Some(full_name), Some(birth), Some(document), Some(departure), Some(nationality)) =
            (full_name, birth, &self.document, self.departure, &self.nationality)
        else {
            return Err(gaps);
        };
        let stay = Stay { arrival: self.arrival, departure, room };
        let guest = if foreign {
            let Some(permitted_until) = self.permitted_until else { return Err(gaps) };
            Guest::Foreign(ForeignGuest {
                full_name: full_name.to_owned(),
                birth,
                sex: self.sex,
                nationality: nationality.clone(),
                passport: document.number().to_owned(),
                permitted_until,
            })
        } else {
            let Some(reason) = self.reason else { return Err(gaps) };
            Guest::Vietnamese(VietnameseGuest {
                full_name: full_name.to_owned(),
                birth,
                sex: self.sex,
                document: document.clone(),
                telephone: self.telephone.clone(),
                residence: self.residence.clone(),
                reason,
                reason_text: said.filter(|_| reason == StayReason::Other).map(ToOwned::to_owned),
                note: self.note.clone(),
            })
        };
        Ok(Declaration { guest, stay })
    }
}

impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Draft(masked)")
    }
}

/// What a declaration lacks, or what in it cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// The name.
    FullName,
    /// The birth, or it cannot be one.
    Birth,
    /// The sex.
    Sex,
    /// The nationality.
    Nationality,
    /// The document.
    Document,
    /// A foreigner is declared by passport.
    NoPassport,
    /// Until when a foreigner may stay in the country.
    PermittedUntil,
    /// That day is over.
    PermitOver,
    /// A minor without an adult who answers for them.
    ResponsibleAdult,
    /// When they mean to leave.
    Departure,
    /// They would leave before they came.
    DepartureBeforeArrival,
    /// The room, where the kind of place wants one; in a medical facility department, room and bed.
    Room,
    /// Why they stay.
    Reason,
    /// Another reason, not said which.
    ReasonText,
}

impl Gap {
    /// Every gap.
    pub const ALL: [Self; 14] = [
        Self::FullName,
        Self::Birth,
        Self::Sex,
        Self::Nationality,
        Self::Document,
        Self::NoPassport,
        Self::PermittedUntil,
        Self::PermitOver,
        Self::ResponsibleAdult,
        Self::Departure,
        Self::DepartureBeforeArrival,
        Self::Room,
        Self::Reason,
        Self::ReasonText,
    ];

    /// What pages say.
    pub const fn vietnamese(self) -> &'static str {
        match self {
            Self::FullName => "thiếu họ tên",
            Self::Birth => "thiếu ngày sinh, hoặc ngày sinh không có thật",
            Self::Sex => "thiếu giới tính",
            Self::Nationality => "thiếu quốc tịch",
            Self::Document => "thiếu giấy tờ",
            Self::NoPassport => "người nước ngoài phải khai bằng hộ chiếu",
            Self::PermittedUntil => "thiếu thời hạn tạm trú",
            Self::PermitOver => "thời hạn tạm trú đã hết",
            Self::ResponsibleAdult => "trẻ em: thiếu người lớn chịu trách nhiệm",
            Self::Departure => "thiếu ngày đi dự kiến",
            Self::DepartureBeforeArrival => "ngày đi trước ngày đến",
            Self::Room => "thiếu số phòng (cơ sở y tế: khoa, phòng, giường)",
            Self::Reason => "thiếu lý do lưu trú",
            Self::ReasonText => "chưa ghi rõ mục đích khác",
        }
    }

    /// The same in English.
    pub const fn english(self) -> &'static str {
        match self {
            Self::FullName => "no name",
            Self::Birth => "no date of birth, or an impossible one",
            Self::Sex => "no sex",
            Self::Nationality => "no nationality",
            Self::Document => "no document",
            Self::NoPassport => "a foreigner is declared by passport",
            Self::PermittedUntil => "no end of the permitted stay",
            Self::PermitOver => "the permitted stay is over",
            Self::ResponsibleAdult => "a minor without a responsible adult",
            Self::Departure => "no planned departure",
            Self::DepartureBeforeArrival => "departure before arrival",
            Self::Room => "no room (medical facility: department, room, bed)",
            Self::Reason => "no reason",
            Self::ReasonText => "the other reason is not said",
        }
    }
}

/// A whole declaration: nothing that the portal wants is missing.
#[derive(Clone, PartialEq, Eq)]
pub struct Declaration {
    /// Who.
    pub guest: Guest,
    /// When and where.
    pub stay: Stay,
}

impl std::fmt::Debug for Declaration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Declaration(masked)")
    }
}

/// A guest in a declaration. The portal takes Vietnamese and foreigners by different calls with different fields.
#[derive(Clone, PartialEq, Eq)]
pub enum Guest {
    /// A Vietnamese.
    Vietnamese(VietnameseGuest),
    /// A foreigner.
    Foreign(ForeignGuest),
}

/// A Vietnamese guest.
#[derive(Clone, PartialEq, Eq)]
pub struct VietnameseGuest {
    /// Full name.
    pub full_name: String,
    /// Date of birth. The portal takes a whole date alone; of one that is not known whole it is told the first day.
    pub birth: Birth,
    /// Male or female.
    pub sex: Sex,
    /// The document shown.
    pub document: GuestDocument,
    /// Telephone.
    pub telephone: Option<String>,
    /// Where they live.
    pub residence: Option<Residence>,
    /// Why they stay.
    pub reason: StayReason,
    /// Why, in words: with [`StayReason::Other`] and only there.
    pub reason_text: Option<String>,
    /// A note.
    pub note: Option<String>,
}

/// A foreign guest.
#[derive(Clone, PartialEq, Eq)]
pub struct ForeignGuest {
    /// Full name as the passport has it.
    pub full_name: String,
    /// Date of birth, or the year alone.
    pub birth: Birth,
    /// Male or female.
    pub sex: Sex,
    /// Nationality.
    pub nationality: NationalityCode,
    /// Number of the passport.
    pub passport: String,
    /// Until when they may stay in the country.
    pub permitted_until: Date,
}

/// When and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// Arrival.
    pub arrival: Timestamp,
    /// Planned departure, not before the arrival.
    pub departure: Timestamp,
    /// The room as the portal is told.
    pub room: Option<String>,
}
