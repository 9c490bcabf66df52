//! EF.CardAccess (ICAO 9303-10 3.11.3): the protocols that the chip offers before any access.

use super::{LdsError, security_info::SecurityInfos};

/// Reads EF.CardAccess. Unsigned: [`crate::proof`] compares it with DG14.
///
/// # Errors
/// Where it is not a set of SecurityInfos.
pub fn parse(file: &[u8]) -> Result<SecurityInfos, LdsError> {
    SecurityInfos::parse(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lds::security_info::Kind;

    const FIELD: &str = "3134300d060804007f0007020202020101300f060a04007f000702020302020201013012060a04007f0007020204020202010202010d";

    #[test]
    fn the_fields_file_offers_pace_with_brainpool() {
        let infos = parse(&hex::decode(FIELD).unwrap()).unwrap();
        let kinds: Vec<_> = infos.iter().map(|info| info.kind.clone()).collect();
        assert_eq!(
            kinds,
            [
                Kind::TerminalAuthentication { version: 1 },
                Kind::ChipAuthentication { version: 1, key_id: None },
                Kind::Pace { version: 2, parameter_id: Some(13) },
            ]
        );
        assert_eq!(infos.iter().nth(2).unwrap().protocol.to_string(), "0.4.0.127.0.7.2.2.4.2.2");
    }

    #[test]
    fn a_file_cut_anywhere_is_refused() {
        let file = hex::decode(FIELD).unwrap();
        for end in 0..file.len() {
            assert!(parse(&file[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn a_pace_info_taken_away_or_changed_does_not_agree_with_the_signed_one() {
        let signed = parse(&hex::decode(FIELD).unwrap()).unwrap();
        let without_pace =
            hex::decode("3120300d060804007f0007020202020101300f060a04007f00070202030202020101").unwrap();
        let weaker = FIELD.replace("02010202010d", "02010202010c");
        assert!(signed.agrees_with_signed(&signed));
        assert!(!parse(&without_pace).unwrap().agrees_with_signed(&signed));
        assert!(!parse(&hex::decode(weaker).unwrap()).unwrap().agrees_with_signed(&signed));
    }

    #[test]
    fn dg14_may_say_more_than_card_access_about_other_things_than_pace() {
        let card_access =
            parse(&hex::decode("31143012060a04007f0007020204020202010202010d").unwrap()).unwrap();
        assert!(card_access.agrees_with_signed(&parse(&hex::decode(FIELD).unwrap()).unwrap()));
    }
}
