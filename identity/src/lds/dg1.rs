//! DG1 (ICAO 9303-10 4.7.1): the machine-readable zone of an identity card or a passport.

use super::{FileId, LdsError};
use crate::{mrz::Zone, tlv};

/// Reads DG1.
///
/// # Errors
/// Where it is not `61 { 5F1F … }` around a zone of three lines of 30 or two of 44 whose check digits are right.
pub fn parse(file: &[u8]) -> Result<Zone, LdsError> {
    let zone = tlv::only(0x5F1F, tlv::only(FileId::DG1.tag().into(), file)?)?;
    let text = std::str::from_utf8(zone).map_err(|_| LdsError::Content("the zone is not text"))?;
    Zone::parse(text).map_err(|_| {
        LdsError::Content("not the zone of an identity card or a passport with right check digits")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The specimen of ICAO 9303-5 appendix B.
    const ZONE: &str =
        "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<";

    #[test]
    fn the_zone_is_read_and_a_changed_digit_is_refused() {
        let file = |zone: &str| tlv::write(0x61, &tlv::write(0x5F1F, zone.as_bytes()));
        assert_eq!(parse(&file(ZONE)).unwrap().issuing_state().as_str(), "UTO");
        assert!(parse(&file(&ZONE.replace("740812", "740813"))).is_err());
        assert!(parse(&file(&ZONE[1..])).is_err());
    }

    #[test]
    fn a_passports_zone_is_read_and_a_changed_digit_or_length_is_refused() {
        let passport = crate::mrz::td3::tests::SPECIMEN;
        let file = |zone: &str| tlv::write(0x61, &tlv::write(0x5F1F, zone.as_bytes()));
        let zone = parse(&file(passport)).unwrap();
        assert!(matches!(zone, Zone::Td3(_)));
        assert_eq!((zone.document_code(), zone.document_number().as_str()), ("P", "L898902C3"));
        assert_eq!(zone.personal_number(), None);
        assert!(parse(&file(&passport.replace("740812", "740813"))).is_err());
        assert!(parse(&file(&passport[1..])).is_err());
        assert!(parse(&file(&passport.to_lowercase())).is_err(), "what a chip holds is never repaired");
    }
}
