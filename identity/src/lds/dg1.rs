//! DG1 (ICAO 9303-10 4.7.1): the machine-readable zone of an identity card.

use super::{FileId, LdsError};
use crate::{mrz::Td1, tlv};

/// Reads DG1.
///
/// # Errors
/// Where it is not `61 { 5F1F … }` around a zone of three lines of 30 whose check digits are right.
pub fn parse(file: &[u8]) -> Result<Td1, LdsError> {
    let zone = tlv::only(0x5F1F, tlv::only(FileId::DG1.tag().into(), file)?)?;
    let text = std::str::from_utf8(zone).map_err(|_| LdsError::Content("the zone is not text"))?;
    Td1::parse(text)
        .map_err(|_| LdsError::Content("not the zone of an identity card with right check digits"))
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
        assert_eq!(parse(&file(ZONE)).unwrap().issuing_state(), "UTO");
        assert!(parse(&file(&ZONE.replace("740812", "740813"))).is_err());
        assert!(parse(&file(&ZONE[1..])).is_err());
    }
}
