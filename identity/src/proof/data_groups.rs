//! The axis `data_groups`: the files against the SOD, and against one another.

use std::collections::BTreeMap;

use jiff::civil::Date;
use subtle::ConstantTimeEq as _;

use super::verdict::Axis;
use crate::{
    SecretBytes,
    lds::{
        FileId, LdsError, dg1,
        dg13::{self, DataGroup13},
        dg14,
        dg15::{self, DataGroup15},
        security_info::SecurityInfos,
        security_object::SecurityObject,
    },
    mrz::{BirthDate, StateCode, Zone},
    reason::ReasonCode,
};

/// What the files say whose hashes the SOD lists.
pub(super) struct Contents {
    pub(super) mrz: Zone,
    /// On Vietnamese cards. Another state's DG13 is that state's own and is not read; nor is that of a Vietnamese passport,
    /// whose layout nobody has published.
    pub(super) details: Option<DataGroup13>,
    pub(super) security_infos: Option<SecurityInfos>,
    pub(super) active_authentication: Option<DataGroup15>,
}

/// The contents where the axis passes, else the axis.
///
/// Only what is disproved fails. A required file that is missing, and one that has the right hash but that this software
/// does not understand, are not the citizen's doing.
pub(super) fn verify(
    files: &BTreeMap<FileId, SecretBytes>,
    sod: &SecurityObject,
    today: Date,
) -> Result<Contents, Axis> {
    let sent = || files.iter().filter(|(file, _)| matches!(file, FileId::DataGroup(_)));
    for (file, content) in sent() {
        let hash = sod.hash_algorithm().digest(content.as_slice());
        if sod.hash(*file).is_some_and(|listed| !bool::from(hash.ct_eq(listed))) {
            return Err(Axis::failed(ReasonCode::DataGroupMismatch));
        }
    }
    if sent().any(|(file, _)| !sod.lists(*file)) {
        return Err(Axis::failed(ReasonCode::DataGroupNotListed));
    }
    let file = |file| files.get(&file).map(SecretBytes::as_slice);
    let missing = Axis::not_done(ReasonCode::DataGroupMissing);
    let malformed = |_: LdsError| Axis::not_done(ReasonCode::DataGroupMalformed);
    let mrz = dg1::parse(file(FileId::DG1).ok_or(missing)?).map_err(malformed)?;
    let details = match &mrz {
        Zone::Td1(card) if card.issuing_state() == StateCode::VIET_NAM => {
            Some(dg13::parse(file(FileId::DG13).ok_or(missing)?).map_err(malformed)?)
        }
        _ => None,
    };
    let contents = Contents {
        security_infos: file(FileId::DG14).map(dg14::parse).transpose().map_err(malformed)?,
        active_authentication: file(FileId::DG15).map(dg15::parse).transpose().map_err(malformed)?,
        mrz,
        details,
    };
    match &contents.details {
        Some(details) if !agree(&contents.mrz, details, today) => {
            Err(Axis::failed(ReasonCode::DataGroupsDisagree))
        }
        _ => Ok(contents),
    }
}

/// Whether DG1 and DG13 name the same person, as far as both say: personal number and date of birth. A text that is no
/// date, or no number, says nothing: its hash is right, so it is the issuer's own and nobody's forgery.
///
/// The document number is not compared: only on older cards is it the end of the personal number.
fn agree(mrz: &Zone, details: &DataGroup13, today: Date) -> bool {
    let number = match (mrz.personal_number(), details.personal_number()) {
        (Some(printed), Ok(Some(stated))) => printed == stated,
        _ => true,
    };
    let birth = match (mrz.birth(today), details.date_of_birth()) {
        (Some(printed), Ok(Some(stated))) => same_birth(printed, stated),
        _ => true,
    };
    number && birth
}

/// The MRZ has two digits of the year, and either side may leave month or day open.
fn same_birth(printed: BirthDate, stated: BirthDate) -> bool {
    let same = |one: Option<i8>, other: Option<i8>| one.is_none() || other.is_none() || one == other;
    printed.year.rem_euclid(100) == stated.year.rem_euclid(100)
        && same(printed.month, stated.month)
        && same(printed.day, stated.day)
}
