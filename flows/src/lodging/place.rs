//! A place where people stay the night. Configuration, not code.

use serde::{Deserialize, Serialize};

use crate::Text;

macro_rules! kinds {
    ($( $(#[doc = $doc:literal])+ $name:ident $word:literal $vi:literal $en:literal $room:literal; )+) => {
        /// What kind of place it is (cơ sở lưu trú).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum PlaceKind {
            $( $(#[doc = $doc])+ $name, )+
        }

        impl PlaceKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word in configuration and records.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// What it is called.
            pub const fn vietnamese(self) -> &'static str {
                match self { $(Self::$name => $vi,)+ }
            }

            /// The same in English.
            pub const fn english(self) -> &'static str {
                match self { $(Self::$name => $en,)+ }
            }

            /// Whether the portal wants a room (`soPhong`) of every guest: hotels, workers' lodgings, apartment houses,
            /// medical facilities, dormitories (interface v1.4).
            pub const fn wants_room(self) -> bool {
                match self { $(Self::$name => $room,)+ }
            }
        }
    };
}

kinds! {
    /// Khách sạn.
    Hotel "hotel" "Khách sạn" "Hotel" true;
    /// Căn hộ du lịch, chung cư.
    Apartment "apartment" "Căn hộ du lịch" "Apartment" true;
    /// Biệt thự du lịch.
    Villa "villa" "Biệt thự du lịch" "Villa" false;
    /// Nhà nghỉ du lịch.
    Inn "inn" "Nhà nghỉ" "Inn" false;
    /// Nhà ở có phòng cho khách du lịch thuê.
    HomeWithRooms "home_with_rooms" "Nhà ở có phòng cho khách du lịch thuê" "Home with rooms let to tourists" false;
    /// Tàu thủy lưu trú du lịch: its mooring is the address.
    TouristVessel "tourist_vessel" "Tàu thủy lưu trú du lịch" "Tourist vessel" false;
    /// Nhà trọ, ký túc xá, nhà ở công nhân.
    BoardingHouse "boarding_house" "Nhà trọ, ký túc xá, nhà ở công nhân" "Boarding house" true;
    /// Nhà khách.
    GuestHouse "guest_house" "Nhà khách" "Guest house" false;
    /// Nhà công vụ.
    OfficialResidence "official_residence" "Nhà công vụ" "Official residence" false;
    /// Cơ sở khám bệnh, chữa bệnh (model 8): department, room and bed.
    MedicalFacility "medical_facility" "Cơ sở khám bệnh, chữa bệnh" "Medical facility" true;
}

/// How a place tells the police.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// The portal's interface for other software.
    Portal,
    /// Files that the owner takes to the portal's pages: it has no account for software.
    File,
}

/// A place where people stay the night.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LodgingPlace {
    /// Its id: what roles, kiosks and addresses of pages name. Small letters, digits and `-`.
    pub id: String,
    /// What it is.
    pub kind: PlaceKind,
    /// Its name.
    pub name: Text,
    /// Where people go when nobody comes to the kiosk.
    pub desk: Text,
    /// Where it is.
    pub address: Address,
    /// The police whom it tells.
    pub police: Police,
    /// How.
    pub route: Route,
    /// Its rooms. Where there are none, a room is typed.
    #[serde(default)]
    pub rooms: Vec<LodgingRoom>,
    /// Of a medical facility: the mã CSKCB of the station that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<String>,
}

/// An address in the portal's codes, which are neither those of personal numbers nor those of addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// The commune (xã, phường, đặc khu): what officers' roles name. Its code in addresses (QĐ 19/2025/QĐ-TTg).
    pub commune: String,
    /// The portal's code of the province (`maTT`); without it the place declares by file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal_province: Option<String>,
    /// The portal's code of the commune (`maPX`); as above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal_commune: Option<String>,
    /// House, street, village.
    pub detail: String,
    /// Where a tourist vessel lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mooring: Option<String>,
    /// A remote area (vùng sâu, vùng xa): 24 hours for foreigners.
    #[serde(default)]
    pub remote: bool,
}

/// The police of the commune.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Police {
    /// Their name.
    pub name: String,
    /// Their telephone, for what has to be told in time.
    pub telephone: String,
    /// Where they sit.
    pub address: String,
}

/// A room; in a medical facility a bed of a room of a department.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LodgingRoom {
    /// Its id.
    pub id: String,
    /// What stands on the door; in a medical facility the room.
    pub name: String,
    /// In a medical facility: the department (khoa).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// In a medical facility: the bed (giường).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bed: Option<String>,
    /// How many sleep there.
    #[serde(default = "one")]
    pub beds: u8,
}

const fn one() -> u8 {
    1
}

impl LodgingRoom {
    /// What the portal is told (`soPhong`, SỐ PHÒNG/KHOA): the room; in a medical facility department, room and bed.
    pub fn told(&self) -> String {
        let parts = [self.department.as_deref(), Some(self.name.as_str()), self.bed.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join("/")
    }
}

/// What is wrong with a place's configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// The id is none.
    #[error("the id {0} must be 3 to 40 small letters, digits and '-'")]
    Id(String),
    /// A room stands twice.
    #[error("the room {0} stands twice")]
    Twice(String),
    /// A vessel without its mooring.
    #[error("a tourist vessel needs mooring under [address]: where it lies is its address")]
    NoMooring,
    /// A mooring of something that is no vessel.
    #[error("mooring under [address] is for a tourist vessel alone")]
    Mooring,
    /// Department and bed are missing, or stand where there are none.
    #[error("the room {0}: in a medical facility department and bed are named, elsewhere neither is")]
    Bed(String),
    /// A medical facility without station, or another place with one.
    #[error("station is the mã CSKCB of a medical facility, which needs it; other places have none")]
    Station,
    /// The portal's codes are missing.
    #[error(
        "route = \"portal\" needs portal_province and portal_commune under [address]; without them it is \"file\""
    )]
    NoPortalCodes,
}

impl LodgingPlace {
    /// Checks that what it says goes together.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), PlaceError> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !(3..=40).contains(&self.id.len()) || !self.id.bytes().all(fits) {
            return Err(PlaceError::Id(self.id.clone()));
        }
        match (self.kind == PlaceKind::TouristVessel, &self.address.mooring) {
            (true, None) => return Err(PlaceError::NoMooring),
            (false, Some(_)) => return Err(PlaceError::Mooring),
            _ => {}
        }
        let medical = self.kind == PlaceKind::MedicalFacility;
        if medical != self.station.is_some() {
            return Err(PlaceError::Station);
        }
        let mut seen = std::collections::BTreeSet::new();
        for room in &self.rooms {
            if !seen.insert(&room.id) {
                return Err(PlaceError::Twice(room.id.clone()));
            }
            if room.department.is_some() != medical || room.bed.is_some() != medical {
                return Err(PlaceError::Bed(room.id.clone()));
            }
        }
        let codes = self.address.portal_province.is_some() && self.address.portal_commune.is_some();
        if self.route == Route::Portal && !codes {
            return Err(PlaceError::NoPortalCodes);
        }
        Ok(())
    }

    /// The room with `id`.
    pub fn room(&self, id: &str) -> Option<&LodgingRoom> {
        self.rooms.iter().find(|room| room.id == id)
    }

    /// Where it is, in words: of a vessel the mooring.
    pub fn located(&self) -> &str {
        self.address.mooring.as_deref().unwrap_or(&self.address.detail)
    }
}
