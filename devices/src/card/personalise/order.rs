//! What a personalisation bureau is told of one document, whichever kind it is.

use identity::number::Can;
use sha2::{Digest as _, Sha256};

use super::{
    PersonaliseError, files,
    issuer::Issuer,
    label,
    mrz::{self, Mrz},
};
use crate::{
    card::portrait::Sitter,
    seeds::{AccessProtocols, Bearer, Citizen, Defect, PaceKind, Passport},
};

/// One document to be made.
pub struct Order {
    /// The seed's name: keys and portrait follow from it.
    pub(super) slug: String,
    pub(super) mrz: Mrz,
    /// Who is in DG2; nobody on a card of a child under six.
    pub(super) sitter: Option<Sitter>,
    /// Data groups that only this kind of document has, by number.
    pub(super) own_groups: Vec<(u8, Vec<u8>)>,
    /// What stands in a data group instead, where one was changed after signing.
    pub(super) forged_group: (u8, Vec<u8>),
    pub(super) defect: Defect,
    pub(super) access: AccessProtocols,
    pub(super) pace: PaceKind,
    pub(super) can: Can,
    pub(super) issuer: fn() -> Result<Issuer, PersonaliseError>,
}

/// Somebody's made-up document, as far as a chip can be made for it.
pub trait Personalise {
    /// The order for it.
    ///
    /// # Errors
    /// Where the seed holds what no document can.
    fn order(&self) -> Result<Order, PersonaliseError>;
}

impl Personalise for Citizen {
    fn order(&self) -> Result<Order, PersonaliseError> {
        Ok(Order {
            slug: self.slug.clone(),
            mrz: mrz::of_card(self)?,
            sitter: self.card.photo.then(|| self.into()),
            own_groups: vec![
                (3, files::dg3(&Sha256::digest(label("fingerprints", &self.slug)))),
                (13, files::dg13(self, &self.person.residence)),
            ],
            forged_group: (13, files::dg13(self, "Thôn Giả, Xã Mẫu, Hà Nội")),
            defect: self.card.defect,
            access: self.card.access,
            pace: self.card.pace,
            can: self.person.personal_number.can(),
            issuer: Issuer::demonstration,
        })
    }
}

impl Personalise for Passport {
    fn order(&self) -> Result<Order, PersonaliseError> {
        let mut forged = self.clone();
        forged.person.surname = "Falsch".into();
        Ok(Order {
            slug: self.slug.clone(),
            mrz: mrz::of_passport(self)?,
            sitter: Some(self.into()),
            own_groups: Vec::new(),
            forged_group: (1, files::dg1(&mrz::of_passport(&forged)?)),
            defect: self.passport.defect,
            access: self.passport.access,
            pace: self.passport.pace,
            can: self.passport.can.clone(),
            issuer: Issuer::abroad,
        })
    }
}

impl Personalise for Bearer {
    fn order(&self) -> Result<Order, PersonaliseError> {
        match self {
            Self::Citizen(citizen) => citizen.order(),
            Self::Traveller(passport) => passport.order(),
        }
    }
}
