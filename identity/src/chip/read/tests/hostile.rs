//! Chips and cards that are not as they should be: each ends with its own reason.

use super::*;

#[test]
fn disturbing_pace_does_not_gain_basic_access_control() {
    let object = |tag, value: &[u8]| ResponseApdu::new(tlv::write(0x7C, &tlv::write(tag, value)), 0x9000);
    let status = |sw| ResponseApdu::new(Vec::new(), sw);
    let ended = |mut chip: TestChip<'_>| {
        let error = read(with_mrz(), &mut chip).unwrap_err();
        assert_eq!(chip.resets, 0, "{error}");
        error
    };
    assert_eq!(ended(meddling(0x85, move |_| object(0x86, &[0; 8]))), ReadError::Pace(PaceError::WrongToken));
    assert_eq!(ended(meddling(0x83, move |own| object(0x84, own))), ReadError::Pace(PaceError::EqualKeys));
    for tag in [0x81, 0x83] {
        let off = meddling(tag, move |_| object(tag + 1, &[4; 65]));
        assert_eq!(ended(off), ReadError::Pace(PaceError::Curve(CurveError::NotAPoint)));
    }
    assert_eq!(
        ended(meddling(0x81, move |_| status(0x9000))),
        ReadError::Pace(PaceError::Malformed(PaceStep::Mapping))
    );
    assert_eq!(ended(meddling(0x85, move |_| status(0x6300))), ReadError::PasswordRefused(0x6300));
    // A refusal is the chip's own word: another way is open, and shows.
    for (tag, sw) in [(0x81, 0x6985), (0x83, 0x6A80), (0x85, 0x6F00)] {
        let card = read(with_mrz(), &mut meddling(tag, move |_| status(sw))).unwrap();
        assert_eq!(card.access, Access::BacAfterPaceFailed, "{tag:02X}");
    }
}

#[test]
fn a_card_that_another_program_left_in_its_application_is_reset_once_and_read() {
    for (request, access) in [(with_can(), Access::PaceCan), (with_mrz(), Access::PaceMrz)] {
        // The master file is out of reach; or only PACE is refused.
        for reachable in [false, true] {
            let mut chip = TestChip::new(files());
            chip.application = true;
            let mut first = true;
            if reachable {
                chip.application = false;
                chip.intercept = Box::new(move |command| {
                    (command.instruction() == 0x22 && std::mem::take(&mut first))
                        .then(|| ResponseApdu::new(vec![], 0x6982))
                });
            }
            let card = read(request.clone(), &mut chip).unwrap();
            assert_eq!((card.access, chip.resets), (access, 1));
        }
    }
    let mut chip = TestChip::new(files());
    chip.intercept =
        Box::new(|command| (command.instruction() == 0x22).then(|| ResponseApdu::new(vec![], 0x6982)));
    assert_eq!(
        read(with_can(), &mut chip).unwrap_err(),
        ReadError::Pace(PaceError::Refused { step: PaceStep::SetParameters, sw: 0x6982 })
    );
    assert_eq!(chip.resets, 1, "and not for ever");
}

#[test]
fn a_wrong_number_is_called_that_and_nothing_else_is() {
    let code = |request: ReadRequest, chip: &mut TestChip<'_>| read(request, chip).unwrap_err().code();
    let wrong =
        ReadRequest { password: Password::Can(crate::number::Can::parse("999999").unwrap()), ..with_can() };
    assert_eq!(code(wrong, &mut TestChip::new(files())), ReasonCode::WrongCan);
    let other = crate::mrz::MrzKey::new("148012346", BIRTH, EXPIRY).unwrap();
    let wrong = ReadRequest { password: Password::Mrz(other), ..with_can() };
    assert_eq!(code(wrong, &mut TestChip::new(files())), ReasonCode::WrongCan);
    // A chip that offers PACE and then refuses its parameters is not the citizen's mistake.
    let mut chip = TestChip::new(files());
    chip.pace = None;
    assert_eq!(code(with_can(), &mut chip), ReasonCode::CardNotAccepted);
    // A chip without PACE.
    let mut without = files();
    without.remove(&FileId::CardAccess);
    assert_eq!(code(with_can(), &mut TestChip::new(without)), ReasonCode::MrzNeeded);
    // A chip of another kind.
    let mut chip = TestChip::new(BTreeMap::new());
    chip.intercept = Box::new(|_| Some(ResponseApdu::new(vec![], 0x6A82)));
    assert_eq!(code(with_can(), &mut chip), ReasonCode::CardNotAccepted);
}

#[test]
fn a_channel_that_breaks_is_opened_again_and_not_for_ever() {
    for (failures, readable) in [(1, true), (2, true), (3, false)] {
        let mut left = failures;
        let mut chip = TestChip::new(files());
        chip.intercept = Box::new(move |command| {
            let photo = command.instruction() == 0xB0 && command.parameters() == [0x82, 0] && left > 0;
            left -= u8::from(photo);
            photo.then(|| ResponseApdu::new(vec![], 0x6988))
        });
        match read(with_can(), &mut chip) {
            Ok(card) => expected(&card),
            Err(error) => assert_eq!(error.code(), ReasonCode::SecureMessagingBroken),
        }
        assert_eq!(chip.resets, usize::from(failures.min(2)));
        assert_eq!(readable, failures < 3);
    }
}

#[test]
fn hostile_files_end_with_their_own_reason() {
    // A file that never ends: its header grows out of reach.
    let code = |bytes: Vec<u8>| {
        let mut files = files();
        files.insert(FileId::DG1, bytes);
        read(with_can(), &mut TestChip::new(files)).unwrap_err().code()
    };
    assert_eq!(code(vec![0x61, 0x83, 0x02, 0x00, 0x01, 0]), ReasonCode::FileTooLarge);
    assert_eq!(code(vec![0x61, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]), ReasonCode::FileTooLarge);
    assert_eq!(code(vec![0x61, 0x80, 1, 2, 3]), ReasonCode::FileMalformed);
    assert_eq!(code(vec![0x62, 3, 1, 2, 3]), ReasonCode::FileMalformed, "another tag");
    assert_eq!(code(vec![0x61, 100, 1, 2, 3]), ReasonCode::FileMalformed, "shorter than it says");
    assert_eq!(code(vec![0x7F; 200]), ReasonCode::FileMalformed, "a tag without end");

    let mut chip = TestChip::new(files());
    chip.intercept = Box::new(|command| {
        (command.instruction() == 0xB0 && command.parameters() != [0x9D, 0])
            .then(|| ResponseApdu::new(vec![7], 0x9000))
    });
    assert_eq!(read(with_can(), &mut chip).unwrap_err(), ReadError::FileMalformed(FileId::CardAccess));

    // Its bytes come one at a time.
    let mut chip = TestChip::new(files());
    let large = file(FileId::DG2, 120_000);
    let mut photo = false;
    chip.intercept = Box::new(move |command| {
        let [p1, p2] = command.parameters();
        photo |= [p1, p2] == [0x82, 0];
        let offset = if p1 < 0x80 { usize::from(p1) << 8 | usize::from(p2) } else { 0 };
        (photo && command.instruction() == 0xB0)
            .then(|| ResponseApdu::new(large[offset..=offset].to_vec(), 0x9000))
    });
    let options = ReadOptions { max_commands: 300, ..ReadOptions::default() };
    let error = read(ReadRequest { options, ..with_can() }, &mut chip).unwrap_err();
    assert_eq!((error.code(), error), (ReasonCode::ChipEndless, ReadError::TooManyCommands(300)));
}

#[test]
fn a_chip_that_promises_more_for_ever_is_left() {
    let mut chip = TestChip::new(files());
    chip.transport = Box::new(|_| Some(ResponseApdu::new(vec![1], 0x61FF)));
    assert_eq!(read(with_can(), &mut chip).unwrap_err().code(), ReasonCode::ChipEndless);
    let mut chip = TestChip::new(files());
    chip.transport = Box::new(|_| Some(ResponseApdu::new(vec![], 0x6CFF)));
    assert_eq!(read(with_can(), &mut chip).unwrap_err(), ReadError::NoApplication(0x6CFF));
}

#[test]
fn missing_files_are_left_to_the_verdict_but_not_the_security_object() {
    let mut without = files();
    without.remove(&FileId::DG2);
    let card = read(with_can(), &mut TestChip::new(without)).unwrap();
    assert!(!card.files.contains_key(&FileId::DG2) && card.files.contains_key(&FileId::DG15));
    let mut without = files();
    without.remove(&FileId::Sod);
    let error = read(with_can(), &mut TestChip::new(without)).unwrap_err();
    assert_eq!(error, ReadError::FileMissing(FileId::Sod));
    assert_eq!(error.code(), ReasonCode::SecurityObjectMissing);
}

#[test]
fn a_chip_that_withholds_its_proof_is_still_read() {
    let mut chip = TestChip::new(files());
    chip.intercept =
        Box::new(|command| (command.instruction() == 0x88).then(|| ResponseApdu::new(vec![], 0x6985)));
    let card = read(with_can(), &mut chip).unwrap();
    expected(&card);
    assert_eq!(card.active_authentication, None);
    let card = read(ReadRequest { challenge: None, ..with_can() }, &mut TestChip::new(files())).unwrap();
    assert_eq!(card.active_authentication, None);
}
#[test]
fn a_card_with_more_than_fits_a_message_is_left() {
    let mut files = files();
    for name in [FileId::DG1, FileId::DG2, FileId::DG13, FileId::DG14, FileId::DG15] {
        files.insert(name, file(name, 120_000));
    }
    assert!(read(with_can(), &mut TestChip::new(files.clone())).is_ok());
    let options = ReadOptions { max_total: 500_000, ..ReadOptions::default() };
    let error = read(ReadRequest { options, ..with_can() }, &mut TestChip::new(files)).unwrap_err();
    assert_eq!(error.code(), ReasonCode::FileTooLarge);
    assert!(matches!(error, ReadError::FileTooLarge { file: FileId::DG2, limit, .. } if limit < 120_000));
}
