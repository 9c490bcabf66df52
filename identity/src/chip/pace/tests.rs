use std::collections::BTreeMap;

use super::*;
use crate::chip::testing::{CARD_ACCESS, TestChip, can};

/// EF.CardAccess as a card in the field has it: terminal and chip authentication besides PACE.
const FIELD: &str = "3134300d060804007f0007020202020101300f060a04007f0007020203020202010130\
                     12060a04007f0007020204020202010202010d";

const INFO: PaceInfo = PaceInfo { cipher: Cipher::Aes128, curve: Curve::BrainpoolP256r1, parameter: 13 };

fn random(mapping: [u8; 32], agreement: [u8; 32]) -> PaceRandom {
    PaceRandom { mapping: mapping.to_vec(), agreement: agreement.to_vec() }
}

/// Runs PACE, each answer of the chip's through `change`.
fn run(
    random: PaceRandom,
    mut change: impl FnMut(usize, &mut Vec<u8>),
) -> Result<SecureMessaging, PaceError> {
    let mut chip = TestChip::new(BTreeMap::new());
    let mut pace = Pace::new(INFO, &Password::Can(can().unwrap()), random)?;
    let mut step = 0;
    while let Some(command) = pace.next_command()? {
        let mut answer = chip.process(&command.to_bytes());
        change(step, &mut answer);
        pace.receive(&ResponseApdu::parse(&answer).unwrap())?;
        step += 1;
    }
    Ok(pace.take_channel().unwrap())
}

#[test]
fn the_fields_card_access_offers_what_is_spoken() {
    for file in [FIELD, CARD_ACCESS] {
        let file = hex::decode(file).unwrap();
        assert_eq!(PaceOffer::from_card_access(&file), Ok(PaceOffer::Supported(INFO)));
    }
    let offer = |change: fn(&mut Vec<u8>)| {
        let mut file = hex::decode(CARD_ACCESS).unwrap();
        change(&mut file);
        PaceOffer::from_card_access(&file)
    };
    assert_eq!(offer(|file| file[14] = 4), Ok(PaceOffer::Unsupported), "integrated mapping");
    assert_eq!(offer(|file| file[15] = 9), Ok(PaceOffer::Unsupported), "an unknown cipher");
    assert_eq!(offer(|file| file[18] = 1), Ok(PaceOffer::Unsupported), "an unknown version");
    assert_eq!(offer(|file| file[21] = 16), Ok(PaceOffer::Unsupported), "another curve");
    assert_eq!(offer(|file| file[13] = 9), Ok(PaceOffer::None));
    assert_eq!(PaceOffer::from_card_access(&[0x31, 0]), Ok(PaceOffer::None));
    assert!(offer(|file| file[1] = 0x13).is_err());
    assert!(offer(|file| file[2] = 0x31).is_err());
}

#[test]
fn the_strongest_cipher_is_chosen_whatever_the_order() {
    let info = |cipher: u8, parameter: u8| {
        let mut info = hex::decode(&CARD_ACCESS[4..]).unwrap();
        (info[13], info[19]) = (cipher, parameter);
        info
    };
    let offer = |infos: &[Vec<u8>]| PaceOffer::from_card_access(&tlv::write(0x31, &infos.concat())).unwrap();
    let strongest = PaceOffer::Supported(PaceInfo { cipher: Cipher::Aes256, ..INFO });
    assert_eq!(offer(&[info(2, 13), info(1, 13), info(4, 13)]), strongest);
    assert_eq!(offer(&[info(4, 13), info(4, 12), info(2, 13)]), strongest, "the chip's first of two alike");
    assert_eq!(offer(&[info(1, 13), info(2, 13), info(4, 17)]), PaceOffer::Supported(INFO));
    assert_eq!(offer(&[info(4, 17)]), PaceOffer::Unsupported);
}

/// The generator that the mapping key 31…31 leads to with the test's chip.
fn mapped() -> Vec<u8> {
    let curve = INFO.curve;
    let chip = curve.multiply(&[0x21; 32], &curve.generator()).unwrap();
    curve.map(&[0x5A; 16], &curve.multiply(&[0x31; 32], &chip).unwrap()).unwrap()
}

#[test]
fn a_shared_secret_that_begins_with_zeros_keeps_them() {
    let curve = INFO.curve;
    let chip = curve.multiply(&[0x22; 32], &mapped()).unwrap();
    // One key in 256 leads there.
    let (agreement, shared) = (1_u16..5000)
        .map(|number| {
            let mut agreement = [0; 32];
            agreement[30..].copy_from_slice(&number.to_be_bytes());
            (agreement, curve.multiply(&agreement, &chip).unwrap())
        })
        .find(|(_, shared)| shared[1] == 0)
        .unwrap();
    let channel = run(random([0x31; 32], agreement), |_, _| ()).unwrap();
    assert_eq!(*channel.keys(), session_keys(INFO.cipher, &shared[1..33]).unwrap());
    assert_eq!(channel.send_sequence_counter(), [0; 16]);
}

#[test]
fn points_that_lead_astray_are_refused() {
    let with = |at: usize, place: usize, value: u8| {
        run(random([0x31; 32], [0x32; 32]), |step, answer| {
            if step == at {
                answer[place] ^= value;
            }
        })
    };
    // 7C 43 82 41 04 x y 9000
    for step in [2, 3] {
        assert_eq!(with(step, 5, 1), Err(PaceError::Curve(CurveError::NotAPoint)), "off the curve");
        assert_eq!(with(step, 4, 6), Err(PaceError::Curve(CurveError::NotAPoint)), "compressed");
        assert!(matches!(with(step, 2, 1), Err(PaceError::Malformed(_))), "another tag");
        assert!(matches!(with(step, 1, 1), Err(PaceError::Malformed(_))), "another length");
    }
}

#[test]
fn a_chip_that_sends_our_own_key_back_is_refused() {
    let agreement = [0x32; 32];
    let own = INFO.curve.multiply(&agreement, &mapped()).unwrap();
    let result = run(random([0x31; 32], agreement), |step, answer| {
        if step == 3 {
            answer[4..69].copy_from_slice(&own);
        }
    });
    assert_eq!(result, Err(PaceError::EqualKeys));
}

#[test]
fn a_chip_that_takes_any_password_is_refused() {
    let result = run(random([0x31; 32], [0x32; 32]), |step, answer| {
        if step == 4 {
            answer[4] ^= 1;
        }
    });
    assert_eq!(result, Err(PaceError::WrongToken));
}

#[test]
fn a_wrong_number_is_told_from_a_refusal_before() {
    let refusal = |at: usize, sw: u16| {
        run(random([0x31; 32], [0x32; 32]), |step, answer| {
            if step == at {
                *answer = sw.to_be_bytes().to_vec();
            }
        })
    };
    for sw in [0x6300, 0x63C2, 0x6982, 0x6A80] {
        assert_eq!(refusal(4, sw), Err(PaceError::PasswordRefused(sw)));
        for step in [1, 2, 3] {
            assert!(matches!(refusal(step, sw), Err(PaceError::Refused { .. })));
        }
    }
    assert!(matches!(refusal(4, 0x6F00), Err(PaceError::Refused { .. })));
    assert!(matches!(refusal(0, 0x6A80), Err(PaceError::Refused { step: PaceStep::SetParameters, .. })));
}

#[test]
fn private_keys_out_of_range_are_refused_before_anything_is_sent() {
    for bad in [[0; 32], [0xFF; 32]] {
        assert_eq!(run(random(bad, [1; 32]), |_, _| ()), Err(PaceError::Curve(CurveError::NotAPrivateKey)));
        assert_eq!(run(random([1; 32], bad), |_, _| ()), Err(PaceError::Curve(CurveError::NotAPrivateKey)));
    }
}
