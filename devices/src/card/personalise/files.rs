//! The chip's files but the SOD, as bytes (ICAO 9303-10).

use const_oid::ObjectIdentifier;

use super::mrz::Mrz;
use crate::card::der::{object, oid, sequence, set_of, small_integer, utf8};
use crate::seeds::{BirthDate, CardKind, Citizen, Expiry, PaceKind, Sex};

/// What the field's EF.CardAccess says: terminal authentication 1, chip authentication 1 and the kind of PACE.
///
/// The virtual chip speaks neither of the first two: they are here because cards in the field say them.
pub fn card_access(pace: PaceKind) -> Vec<u8> {
    const TERMINAL_AUTHENTICATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.2");
    const CHIP_AUTHENTICATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.3.2.2");
    let info = |identifier, numbers: &[u8]| {
        let numbers: Vec<u8> = numbers.iter().flat_map(|number| small_integer(*number)).collect();
        sequence(&[&oid(identifier), &numbers])
    };
    // In the field's own order, which is not DER's.
    object(
        0x31,
        &[
            &info(TERMINAL_AUTHENTICATION, &[1]),
            &info(CHIP_AUTHENTICATION, &[1]),
            &info(pace.protocol(), &[2, pace.parameter()]),
        ],
    )
}

/// EF.COM: LDS 1.7, Unicode 4.0.0, and the tags of the data groups.
pub fn com(tags: &[u8]) -> Vec<u8> {
    object(0x60, &[&object(0x5F01, &[b"0107"]), &object(0x5F36, &[b"040000"]), &object(0x5C, &[tags])])
}

/// DG1: the MRZ.
pub fn dg1(mrz: &Mrz) -> Vec<u8> {
    object(0x61, &[&object(0x5F1F, &[mrz.text.as_bytes()])])
}

/// DG2: one face in the container of ISO/IEC 19794-5:2005.
pub fn dg2(jpeg: &[u8], width: u16, height: u16, sex: Sex) -> Vec<u8> {
    let size = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX).to_be_bytes();
    let block = 20 + 12 + jpeg.len();
    let mut record = Vec::from(*b"FAC\x00010\x00");
    record.extend(size(14 + block));
    record.extend([0, 1]);
    record.extend(size(block));
    let sex = match sex {
        Sex::Male => 1,
        Sex::Female => 2,
    };
    // No feature points; eyes, hair, properties, expression, pose and its uncertainty not stated.
    record.extend([0, 0, sex, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    // Full frontal, JPEG.
    record.extend([1, 0]);
    record.extend(width.to_be_bytes());
    record.extend(height.to_be_bytes());
    // sRGB, a static photograph from an unknown source; device and quality not stated.
    record.extend([1, 1, 0, 0, 0, 0]);
    record.extend(jpeg);
    let header = object(
        0xA1,
        &[
            &object(0x80, &[&[0x01, 0x01]]),
            &object(0x81, &[&[0x02]]),
            &object(0x82, &[&[0x00]]),
            &object(0x87, &[&[0x01, 0x01]]),
            &object(0x88, &[&[0x00, 0x08]]),
        ],
    );
    let template = object(0x7F60, &[&header, &object(0x5F2E, &[&record])]);
    object(0x75, &[&object(0x7F61, &[&object(0x02, &[&[1]]), &template])])
}

/// DG13: the citizen's data as Vietnamese cards hold them.
///
/// A card of 2021 lists the entries by number with `dd/MM/yyyy` dates; one of 2024 in DER's order of a SET,
/// with `ddMMyyyy` dates and with entries that are empty or consist of their number alone. Readers meet both.
pub fn dg13(citizen: &Citizen, residence: &str) -> Vec<u8> {
    const UNICODE_UTF8: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.0.10646.1.0.8");
    let person = &citizen.person;
    let new = citizen.card.kind == CardKind::CanCuoc2024;
    let date = |date: jiff::civil::Date| {
        let slash = if new { "" } else { "/" };
        format!("{:02}{slash}{:02}{slash}{:04}", date.day(), date.month(), date.year())
    };
    let born = match person.date_of_birth {
        BirthDate::Full(full) => date(full),
        BirthDate::Year(year) => year.to_string(),
    };
    let expiry = match citizen.card.date_of_expiry {
        Expiry::On(day) => date(day),
        Expiry::Never => "Không thời hạn".into(),
    };
    let sex = match person.sex {
        Sex::Male => "Nam",
        Sex::Female => "Nữ",
    };
    let text = |number, value: &str| sequence(&[&small_integer(number), &utf8(value)]);
    let bare = |number| sequence(&[&small_integer(number)]);
    let on_2021 = |number, value: &str| if new { bare(number) } else { text(number, value) };
    let entries = vec![
        text(1, person.personal_number.as_str()),
        text(2, &person.full_name),
        text(3, &born),
        text(4, sex),
        text(5, "Việt Nam"),
        on_2021(6, &person.ethnicity),
        on_2021(7, &person.religion),
        text(8, &person.place_of_origin),
        text(9, residence),
        on_2021(10, &person.identifying_marks),
        text(11, &date(citizen.card.date_of_issue)),
        text(12, &expiry),
        sequence(&[&small_integer(13), &sequence(&[&utf8(&person.father), &utf8(&person.mother)])]),
        sequence(&[&small_integer(14), &sequence(&[&utf8(&person.spouse)])]),
        text(15, &person.old_number),
        bare(16),
    ];
    let set = if new { set_of(entries) } else { object(0x31, &[&entries.concat()]) };
    object(0x6D, &[&sequence(&[&small_integer(1), &oid(UNICODE_UTF8), &set])])
}

/// DG14: the same SecurityInfos as EF.CardAccess, here under the issuer's signature. Chip authentication is
/// announced as on the cards seen, but without the public key that it would need: no reader can start it.
pub fn dg14(pace: PaceKind) -> Vec<u8> {
    object(0x6E, &[&card_access(pace)])
}

/// DG15: the public key of active authentication, a SubjectPublicKeyInfo.
pub fn dg15(public_key_info: &[u8]) -> Vec<u8> {
    object(0x6F, &[public_key_info])
}

/// DG3: what stands for fingerprints. No terminal ever reads it; the SOD lists its hash.
pub fn dg3(label: &[u8]) -> Vec<u8> {
    object(0x63, &[&object(0x7F61, &[&object(0x02, &[&[0]]), &object(0x53, &[label])])])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_access_is_byte_for_byte_the_one_seen_in_the_field() {
        assert_eq!(
            hex::encode(card_access(PaceKind::default())),
            "3134300d060804007f0007020202020101300f060a04007f000702020302020201013012060a04007f0007020204020202010202010d"
        );
    }
}
