//! Who may sign in to the station's pages, and what for. Pure: no store, no clock.
//!
//! Health records ask for two factors: a password (or VNeID) and a one-time code of the person's own device.

use serde::{Deserialize, Serialize};

pub mod code;
pub mod lockout;
pub mod one_time;
pub mod password;

pub use code::Code;
pub use one_time::OneTimeSecret;
pub use password::{Password, PasswordFault, PasswordHash};

/// What a member of staff does at a place. The least set that separates the duties which the pages have:
/// who may admit and correct, who calls and treats, who decides about accounts, and who watches over them all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reception: calls for staff, admission by hand, the queue, today's visits.
    Reception,
    /// Clinician: calls the next patient to a room, today's visits.
    Clinician,
    /// Manager: accounts and roles, data subjects' requests, incidents, dead letters.
    Manager,
    /// Auditor: who saw which record, and why. Sees no record without a reason.
    Auditor,
    /// The owner of a lodging, or whoever answers for it: everything about its guests.
    LodgingOwner,
    /// Staff of a lodging: guests are written down, confirmed, leave.
    LodgingStaff,
    /// An officer of the police of a commune: stays that were declared there, with a reason for each look.
    PoliceOfficer,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 7] = [
        Self::Reception,
        Self::Clinician,
        Self::Manager,
        Self::Auditor,
        Self::LodgingOwner,
        Self::LodgingStaff,
        Self::PoliceOfficer,
    ];

    /// Those at a health station.
    pub const STATION: [Self; 4] = [Self::Reception, Self::Clinician, Self::Manager, Self::Auditor];

    /// The code in forms, records and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reception => "reception",
            Self::Clinician => "clinician",
            Self::Manager => "manager",
            Self::Auditor => "auditor",
            Self::LodgingOwner => "lodging_owner",
            Self::LodgingStaff => "lodging_staff",
            Self::PoliceOfficer => "police_officer",
        }
    }

    /// What pages call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reception => "Tiếp đón",
            Self::Clinician => "Khám chữa bệnh",
            Self::Manager => "Quản lý",
            Self::Auditor => "Kiểm tra truy cập",
            Self::LodgingOwner => "Chủ cơ sở lưu trú",
            Self::LodgingStaff => "Nhân viên cơ sở lưu trú",
            Self::PoliceOfficer => "Công an xã",
        }
    }

    /// The role with this code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == code)
    }
}

/// A role at a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Post {
    /// The station's code (mã CSKCB, 5 characters), the id of a lodging, or the code of a commune.
    pub place: String,
    /// What the person does there.
    pub role: Role,
}

/// Longest user name, in characters.
const LONGEST_USER_NAME: usize = 40;

/// The name that a member of staff types to sign in: 3 to 40 of `a-z`, `0-9`, `.`, `-` and `_`. Capitals that are
/// typed count as small ones.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserName(String);

/// A user name with a character that it may not have, or too short or long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a user name is 3 to 40 of a-z, 0-9, '.', '-' and '_'")]
pub struct UserNameFault;

impl UserName {
    /// Reads what was typed.
    ///
    /// # Errors
    /// Where it is none.
    pub fn parse(typed: &str) -> Result<Self, UserNameFault> {
        let name = typed.trim().to_ascii_lowercase();
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
        if (3..=LONGEST_USER_NAME).contains(&name.len()) && name.chars().all(fits) {
            Ok(Self(name))
        } else {
            Err(UserNameFault)
        }
    }

    /// As it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for UserName {
    type Error = UserNameFault;

    fn try_from(name: String) -> Result<Self, UserNameFault> {
        Self::parse(&name)
    }
}

impl From<UserName> for String {
    fn from(name: UserName) -> Self {
        name.0
    }
}

impl std::str::FromStr for UserName {
    type Err = UserNameFault;

    fn from_str(typed: &str) -> Result<Self, UserNameFault> {
        Self::parse(typed)
    }
}

impl std::fmt::Debug for UserName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("UserName(masked)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_is_found_by_its_code() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
        assert_eq!(Role::parse("root"), None);
    }

    #[test]
    fn one_name_is_not_two_accounts() {
        assert_eq!(UserName::parse(" Le.Thi-Can "), UserName::parse("le.thi-can"));
        for wrong in ["", "ab", "lê.can", "a b c", "a@b", &"a".repeat(41)] {
            assert_eq!(UserName::parse(wrong), Err(UserNameFault), "{wrong}");
        }
        assert_eq!(format!("{:?}", UserName::parse("le.thi.can").unwrap()), "UserName(masked)");
    }
}
