use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use super::*;
use crate::{
    chip::{
        ResponseApdu,
        cipher::Cipher,
        curve::{Curve, CurveError},
        pace::{PaceError, PaceStep},
        testing::*,
    },
    reason::ReasonCode,
    tlv,
};

mod hostile;

/// An EF.SOD that lists `numbers`; its hashes carry `mark`, so that two cards differ.
fn security_object(numbers: &[u8], mark: u8) -> Vec<u8> {
    let sequence = |parts: &[Vec<u8>]| tlv::write(0x30, &parts.concat());
    let oid = |text| tlv::write(0x06, const_oid::ObjectIdentifier::new_unwrap(text).as_bytes());
    let algorithm = sequence(&[oid("2.16.840.1.101.3.4.2.1")]);
    let hash = |number: &u8| sequence(&[tlv::write(0x02, &[*number]), tlv::write(0x04, &[mark; 32])]);
    let hashes: Vec<_> = numbers.iter().map(hash).collect();
    let object = sequence(&[tlv::write(0x02, &[0]), algorithm.clone(), sequence(&hashes)]);
    let encapsulated = sequence(&[oid("2.23.136.1.1.1"), tlv::write(0xA0, &tlv::write(0x04, &object))]);
    let certificate = tlv::write(0xA0, &tlv::write(0x30, &[mark; 900]));
    let signature = tlv::write(0x04, &[mark; 64]);
    let key = tlv::write(0x80, &[mark; 20]);
    let signer = sequence(&[tlv::write(0x02, &[3]), key, algorithm.clone(), algorithm.clone(), signature]);
    let signed = sequence(&[
        tlv::write(0x02, &[3]),
        tlv::write(0x31, &algorithm),
        encapsulated,
        certificate,
        tlv::write(0x31, &signer),
    ]);
    tlv::write(0x77, &sequence(&[oid("1.2.840.113549.1.7.2"), tlv::write(0xA0, &signed)]))
}

fn file(file: FileId, length: usize) -> Vec<u8> {
    let content: Vec<u8> = (0..length).map(|index| u8::try_from(index % 251).unwrap()).collect();
    tlv::write(file.tag().into(), &content)
}

fn files() -> BTreeMap<FileId, Vec<u8>> {
    BTreeMap::from([
        (FileId::CardAccess, hex::decode(CARD_ACCESS).unwrap()),
        (FileId::Com, file(FileId::Com, 20)),
        (FileId::Sod, security_object(&[1, 2, 3, 13, 14, 15], 0xA1)),
        (FileId::DG1, file(FileId::DG1, 93)),
        (FileId::DG2, file(FileId::DG2, 18_000)),
        (FileId::data_group(3).unwrap(), file(FileId::data_group(3).unwrap(), 300)),
        (FileId::DG13, file(FileId::DG13, 700)),
        (FileId::DG14, file(FileId::DG14, 60)),
        (FileId::DG15, file(FileId::DG15, 294)),
    ])
}

fn with_can() -> ReadRequest {
    let password = Password::Can(can().unwrap());
    ReadRequest { password, challenge: Some([1; 8]), options: ReadOptions::default() }
}

fn with_mrz() -> ReadRequest {
    ReadRequest { password: Password::Mrz(mrz_key().unwrap()), ..with_can() }
}

fn plan(request: ReadRequest) -> ReadingPlan<'static> {
    let mut counter = 0x40_u8;
    ReadingPlan::new(request, move |bytes| {
        counter = counter.wrapping_add(1);
        bytes.fill(counter);
    })
}

/// Drives `plan` until it ends, giving each progress to `seen`.
fn drive(
    plan: &mut ReadingPlan<'_>,
    chip: &mut TestChip<'_>,
    mut seen: impl FnMut(Progress),
) -> Result<CardRead, ReadError> {
    loop {
        match plan.next_step()? {
            Next::Send(command) => {
                let answer = chip.process(&command.to_bytes());
                plan.receive(&answer)?.into_iter().for_each(&mut seen);
            }
            Next::Reset => chip.reset(),
            Next::Finished(read) => return Ok(read),
        }
    }
}

fn read(request: ReadRequest, chip: &mut TestChip<'_>) -> Result<CardRead, ReadError> {
    drive(&mut plan(request), chip, |_| {})
}

fn expected(read: &CardRead) {
    let mut files = files();
    files.remove(&FileId::Com);
    files.remove(&FileId::data_group(3).unwrap());
    files.retain(|file, _| *file != FileId::CardAccess || read.files.contains_key(file));
    let read: BTreeMap<_, _> =
        read.files.iter().map(|(file, bytes)| (*file, bytes.as_slice().to_vec())).collect();
    assert_eq!(read, files);
}

#[test]
fn a_whole_card_is_read_with_the_number_typed() {
    let mut chip = TestChip::new(files());
    let mut order = Vec::new();
    let card = drive(&mut plan(with_can()), &mut chip, |progress| order.push(progress.file)).unwrap();
    expected(&card);
    assert_eq!(card.access, Access::PaceCan);
    assert_eq!(card.active_authentication.unwrap().as_slice(), [0xAA; 256]);
    order.dedup();
    assert_eq!(
        order,
        [FileId::Sod, FileId::DG1, FileId::DG13, FileId::DG14, FileId::DG15, FileId::DG2],
        "the name before the photo"
    );
    assert_eq!(chip.resets, 0);
}

#[test]
fn every_cipher_and_curve_of_pace_opens_the_card() {
    for (number, cipher) in
        [(1, Cipher::TripleDes), (2, Cipher::Aes128), (3, Cipher::Aes192), (4, Cipher::Aes256)]
    {
        for (parameter, curve) in [(12, Curve::P256), (13, Curve::BrainpoolP256r1)] {
            let mut files = files();
            let access = files.get_mut(&FileId::CardAccess).unwrap();
            let length = access.len();
            access[15] = number;
            access[length - 1] = parameter;
            let mut chip = TestChip::new(files);
            chip.pace = Some((cipher, curve));
            let card = read(with_mrz(), &mut chip).unwrap();
            assert_eq!((card.access, card.files.len()), (Access::PaceMrz, 7), "{cipher:?} {curve:?}");
        }
    }
}

#[test]
fn a_card_without_pace_is_read_by_basic_access_control() {
    let mut files = files();
    files.remove(&FileId::CardAccess);
    let card = read(with_mrz(), &mut TestChip::new(files)).unwrap();
    expected(&card);
    assert_eq!(card.access, Access::Bac);
}

#[test]
fn a_fall_from_pace_to_basic_access_control_shows() {
    // The chip offers PACE and refuses it.
    let mut chip = TestChip::new(files());
    chip.pace = None;
    let card = read(with_mrz(), &mut chip).unwrap();
    assert_eq!(card.access, Access::BacAfterPaceFailed);
    // The chip offers only a curve that is not spoken.
    let mut files = files();
    *files.get_mut(&FileId::CardAccess).unwrap().last_mut().unwrap() = 17;
    let card = read(with_mrz(), &mut TestChip::new(files)).unwrap();
    assert_eq!(card.access, Access::BacAfterPaceFailed);
}

/// A chip that answers `answer` to the GENERAL AUTHENTICATE whose first object has `tag`.
fn meddling(tag: u32, answer: impl Fn(&[u8]) -> ResponseApdu + Send + 'static) -> TestChip<'static> {
    let mut chip = TestChip::new(files());
    chip.intercept = Box::new(move |command| {
        let object = tlv::Reader::new(tlv::only(0x7C, command.data()).ok()?).next_object().ok()??;
        (command.instruction() == 0x86 && object.tag == tag).then(|| answer(object.value))
    });
    chip
}

#[test]
fn reads_get_smaller_until_the_chip_takes_them() {
    for (largest, found) in [(65_536, 65_536), (2000, 1024), (256, 256), (240, 231), (225, 223), (200, 160)] {
        let mut chip = TestChip::new(files());
        chip.largest_read = largest;
        let mut plan = plan(with_can());
        expected(&drive(&mut plan, &mut chip, |_| {}).unwrap());
        assert_eq!(plan.block_size(), found);
    }
    let mut chip = TestChip::new(files());
    chip.largest_read = 100;
    assert_eq!(read(with_can(), &mut chip).unwrap_err(), ReadError::PaceUnsupported);
    let mut chip = TestChip::new(files());
    chip.largest_read = 100;
    assert_eq!(read(with_mrz(), &mut chip).unwrap_err(), ReadError::FileMalformed(FileId::Sod));
}

#[test]
fn a_reader_that_returns_nothing_to_long_commands_is_worked_around() {
    let mut chip = TestChip::new(files());
    chip.transport =
        Box::new(|command| (command.expected() > 256).then(|| ResponseApdu::new(vec![], 0x6F01)));
    let mut plan = plan(with_can());
    let card = drive(&mut plan, &mut chip, |_| {}).unwrap();
    expected(&card);
    assert_eq!(plan.block_size(), 223, "with AES 231 bytes do not fit a short answer");
    assert_eq!(card.active_authentication.unwrap().as_slice(), [0xAA; 256], "fetched by GET RESPONSE");
    // A reader that returns nothing at all.
    let mut chip = TestChip::new(files());
    chip.transport = Box::new(|_| Some(ResponseApdu::new(vec![], 0x6F01)));
    assert_eq!(read(with_can(), &mut chip).unwrap_err().code(), ReasonCode::ChipSilent);
}

#[test]
fn a_card_taken_away_is_read_on_at_the_offset_reached() {
    let options = ReadOptions { block_size: 223, ..ReadOptions::default() };
    let request = ReadRequest { options, ..with_can() };
    let sent = |interruption: Option<usize>| {
        let mut chip = TestChip::new(files());
        let mut plan = plan(request.clone());
        if let Some(after) = interruption {
            for _ in 0..after {
                let Next::Send(command) = plan.next_step().unwrap() else { panic!() };
                let answer = chip.process(&command.to_bytes());
                plan.receive(&answer).unwrap();
            }
            // Sent, and no answer came: the card is gone.
            plan.next_step().unwrap();
            chip.reset();
            plan.resume();
        }
        let card = drive(&mut plan, &mut chip, |_| {}).unwrap();
        expected(&card);
        assert_eq!(card.active_authentication.unwrap().as_slice(), [0xAA; 256]);
        chip.commands
    };
    let whole = sent(None);
    for after in [0, 3, 8, 12, 20, 40, whole - 1] {
        let again = sent(Some(after));
        // Access again (9 at most), EF.SOD's beginning, the file opened again; before EF.SOD is there, all again.
        assert!(again <= whole + 12.max(after.min(20)), "{after}: {again} commands instead of {whole}");
    }
}

#[test]
fn nothing_of_another_card_is_mixed_in() {
    let mut first = files();
    first.insert(FileId::Sod, security_object(&[1, 2, 13, 14, 15], 0xB2));
    first.insert(FileId::DG1, file(FileId::DG1, 50));
    let mut plan = plan(with_can());
    let mut chip = TestChip::new(first);
    while !plan.files().contains_key(&FileId::DG13) {
        let Next::Send(command) = plan.next_step().unwrap() else { panic!() };
        plan.receive(&chip.process(&command.to_bytes())).unwrap();
    }
    plan.resume();
    expected(&drive(&mut plan, &mut TestChip::new(files()), |_| {}).unwrap());
}

#[test]
fn a_photo_beyond_the_reach_of_short_offsets_is_read() {
    for block in [65_536, 1024, 223] {
        let mut files = files();
        let large = file(FileId::DG2, 100_000);
        files.insert(FileId::DG2, large.clone());
        let mut chip = TestChip::new(files);
        let options = ReadOptions { block_size: block, ..ReadOptions::default() };
        let card = read(ReadRequest { options, ..with_can() }, &mut chip).unwrap();
        assert_eq!(card.files[&FileId::DG2].as_slice(), large);
    }
}

#[test]
fn a_chip_that_knows_no_short_identifiers_is_read() {
    let mut chip = TestChip::new(files());
    chip.intercept = Box::new(|command| {
        (command.instruction() == 0xB0 && command.parameters()[0] >= 0x80)
            .then(|| ResponseApdu::new(vec![], 0x6A86))
    });
    let mut plan = plan(with_can());
    while !plan.files().contains_key(&FileId::DG15) {
        let Next::Send(command) = plan.next_step().unwrap() else { panic!() };
        plan.receive(&chip.process(&command.to_bytes())).unwrap();
    }
    chip.reset();
    plan.resume();
    let mut again = Vec::new();
    expected(&drive(&mut plan, &mut chip, |progress| again.push(progress.file)).unwrap());
    again.dedup();
    assert_eq!(again, [FileId::DG2], "what was read before the removal is kept");
}

#[test]
fn only_what_the_security_object_lists_is_read() {
    let mut files = files();
    files.insert(FileId::Sod, security_object(&[1, 13], 0xA1));
    let card = read(with_can(), &mut TestChip::new(files.clone())).unwrap();
    let names: Vec<_> = card.files.keys().copied().collect();
    assert_eq!(names, [FileId::CardAccess, FileId::Sod, FileId::DG1, FileId::DG13]);
    // One that cannot be read: the verifier gets what there is.
    files.insert(FileId::Sod, file(FileId::Sod, 300));
    assert_eq!(read(with_can(), &mut TestChip::new(files)).unwrap().files.len(), 7);
}

#[test]
fn a_passport_is_read_by_its_zone_and_without_dg13() {
    let passport = || {
        let mut files = files();
        files.remove(&FileId::DG13);
        files.insert(FileId::Sod, security_object(&[1, 2, 14, 15], 0xA1));
        files
    };
    let names = [FileId::CardAccess, FileId::Sod, FileId::DG1, FileId::DG2, FileId::DG14, FileId::DG15];
    let card = read(with_mrz(), &mut TestChip::new(passport())).unwrap();
    assert_eq!(card.access, Access::PaceMrz);
    assert_eq!(card.files.keys().copied().collect::<Vec<_>>(), names);
    assert!(card.active_authentication.is_some());
    // An older one knows basic access control alone.
    let mut files = passport();
    files.remove(&FileId::CardAccess);
    let card = read(with_mrz(), &mut TestChip::new(files)).unwrap();
    assert_eq!((card.access, card.files.len()), (Access::Bac, names.len() - 1));
}

#[test]
fn com_is_read_only_when_asked_for() {
    let options = ReadOptions { com: true, ..ReadOptions::default() };
    let card = read(ReadRequest { options, ..with_can() }, &mut TestChip::new(files())).unwrap();
    assert_eq!(card.files[&FileId::Com].as_slice(), files()[&FileId::Com]);
}

#[test]
fn commands_stay_few() {
    let mut chip = TestChip::new(files());
    let options = ReadOptions { block_size: 1024, ..ReadOptions::default() };
    let card = read(ReadRequest { options, ..with_can() }, &mut chip).unwrap();
    let bytes: usize = card.files.values().map(|file| file.as_slice().len()).sum();
    // 3 for EF.CardAccess, 5 for PACE, SELECT, one for the proof; the rest are reads.
    assert!(chip.commands <= 10 + bytes / 1024 + 6, "{} commands for {bytes} bytes", chip.commands);
}

#[test]
fn the_plan_is_over_once_it_is_over() {
    let mut plan = plan(with_can());
    let mut chip = TestChip::new(files());
    drive(&mut plan, &mut chip, |_| {}).unwrap();
    assert_eq!(plan.next_step().unwrap_err(), ReadError::Over);
    assert_eq!(plan.receive(&[0x90, 0]).unwrap_err(), ReadError::Over);
    plan.resume();
    assert_eq!(plan.next_step().unwrap_err(), ReadError::Over);
}

#[test]
fn the_same_command_is_given_until_it_is_answered() {
    let commands = Arc::new(Mutex::new(0));
    let mut plan = plan(with_can());
    let mut chip = TestChip::new(files());
    loop {
        match plan.next_step().unwrap() {
            Next::Send(first) => {
                let Next::Send(second) = plan.next_step().unwrap() else { panic!() };
                assert_eq!(first, second);
                *commands.lock().unwrap() += 1;
                plan.receive(&chip.process(&second.to_bytes())).unwrap();
            }
            Next::Reset => panic!(),
            Next::Finished(card) => break expected(&card),
        }
    }
    assert_eq!(*commands.lock().unwrap(), chip.commands);
}
