use std::{path::Path, time::Duration};

use identity::{
    chip::{
        Password,
        read::{ReadOptions, ReadRequest},
    },
    lds::FileId,
    mrz::MrzKey,
    proof::verdict::Access,
};

use super::*;
use crate::{
    card::{
        VirtualCard,
        personalise::{PersonalisedCard, personalise},
        vpcd,
    },
    seeds,
    testing::with_private_pcscd,
};

/// Long: events come within 400 ms, a loaded machine may take its time.
const PATIENCE: Duration = Duration::from_secs(20);

fn card(slug: &str) -> PersonalisedCard {
    let seeds = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../seeds"));
    personalise(&seeds::citizen(seeds, slug).unwrap()).unwrap()
}

/// Numbers that count upwards.
fn random() -> impl FnMut(&mut [u8]) + Send {
    let mut next = 0_u8;
    move |bytes| {
        bytes.fill_with(|| {
            next = next.wrapping_add(7);
            next & 0x7F
        });
    }
}

fn chip(card: &PersonalisedCard) -> VirtualCard {
    VirtualCard::new(card.clone(), Box::new(random()))
}

fn by_can(card: &PersonalisedCard) -> ReadingPlan<'static> {
    plan(Password::Can(card.can.clone()))
}

fn by_mrz(card: &PersonalisedCard) -> ReadingPlan<'static> {
    let [number, birth, expiry] = &card.mrz_key;
    plan(Password::Mrz(MrzKey::new(number, birth, expiry).unwrap()))
}

fn plan(password: Password) -> ReadingPlan<'static> {
    let options = ReadOptions { com: true, ..ReadOptions::default() };
    ReadingPlan::new(ReadRequest { password, challenge: Some(*b"nonce_08"), options }, random())
}

fn wait_for(reader: &mut dyn CardReader, wanted: ReaderEvent) {
    loop {
        match reader.next_event(PATIENCE) {
            Some(event) if event == wanted => return,
            Some(_) => {}
            None => panic!("{wanted:?} did not come"),
        }
    }
}

fn assert_whole(read: &CardRead, card: &PersonalisedCard, access: Access) {
    assert_eq!(read.access, access);
    assert_eq!(read.active_authentication.as_ref().map(|answer| answer.as_slice().len()), Some(256));
    for (file, content) in &card.files {
        let bytes = read.files.get(file).map(identity::SecretBytes::as_slice);
        assert_eq!(bytes, Some(content.as_slice()), "{file}");
    }
}

fn read(reader: &mut dyn CardReader, plan: &mut ReadingPlan<'_>) -> Result<CardRead, CardReadError> {
    let mut channel = reader.connect()?;
    read_card(channel.as_mut(), plan, |_| ())
}

#[test]
fn a_card_is_read_whole_in_process_by_each_way_of_access() {
    let early = card("duong-nghia-hon");
    let hoa = card("nguyen-thi-hoa");
    for (card, mut plan, access) in [
        (&hoa, by_can(&hoa), Access::PaceCan),
        (&hoa, by_mrz(&hoa), Access::PaceMrz),
        (&early, by_mrz(&early), Access::Bac),
    ] {
        let (mut reader, desk) = in_process::reader();
        desk.insert(chip(card));
        wait_for(&mut reader, ReaderEvent::Inserted);
        let mut files = Vec::new();
        let mut channel = reader.connect().unwrap();
        let read = read_card(channel.as_mut(), &mut plan, |step| files.push(step.file)).unwrap();
        assert_whole(&read, card, access);
        files.dedup();
        assert_eq!(files.first(), Some(&FileId::Sod), "its list drives the read");
        assert_eq!(files.last(), Some(&FileId::DG2), "the photo comes last");
    }
}

#[test]
fn the_card_is_closed_again_when_the_reader_lets_go_of_it() {
    let card = card("nguyen-thi-hoa");
    let (mut reader, desk) = in_process::reader();
    desk.insert(chip(&card));
    read(&mut reader, &mut by_can(&card)).unwrap();
    let mut channel = reader.connect().unwrap();
    let select_file = [0, 0xA4, 2, 0x0C, 2, 1, 1];
    assert_eq!(channel.transmit(&select_file).unwrap(), [0x6A, 0x82], "in the master file again");
}

#[test]
fn every_fault_of_the_reader_has_its_own_code() {
    let card = card("nguyen-thi-hoa");
    let (mut reader, desk) = in_process::reader();
    assert_eq!(read(&mut reader, &mut by_can(&card)).unwrap_err().code(), ReasonCode::CardRemoved);
    desk.insert(chip(&card));
    desk.set_busy(true);
    assert_eq!(read(&mut reader, &mut by_can(&card)).unwrap_err().code(), ReasonCode::CardBusy);
    desk.set_busy(false);
    desk.unplug();
    assert_eq!(read(&mut reader, &mut by_can(&card)).unwrap_err().code(), ReasonCode::ReaderGone);
    wait_for(&mut reader, ReaderEvent::ReaderGone);
    desk.plug_in();
    wait_for(&mut reader, ReaderEvent::ReaderBack);
}

#[test]
fn a_wrong_can_is_told_from_every_other_fault() {
    let card = card("nguyen-thi-hoa");
    let (mut reader, desk) = in_process::reader();
    desk.insert(chip(&card));
    let mut wrong = plan(Password::Can(identity::number::Can::parse("000000").unwrap()));
    assert_eq!(read(&mut reader, &mut wrong).unwrap_err().code(), ReasonCode::WrongCan);
    let early = self::card("duong-nghia-hon");
    desk.insert(chip(&early));
    assert_eq!(read(&mut reader, &mut by_can(&early)).unwrap_err().code(), ReasonCode::MrzNeeded);
}

#[test]
fn a_card_taken_away_and_laid_down_again_is_read_to_the_end() {
    let card = card("nguyen-thi-hoa");
    for commands in [0, 3, 8, 12, 15, 20] {
        let (mut reader, desk) = in_process::reader();
        desk.insert(chip(&card));
        desk.remove_after(commands);
        let mut plan = by_can(&card);
        let error = match read(&mut reader, &mut plan) {
            Err(error) => error,
            // Fewer commands sufficed.
            Ok(read) => {
                assert_whole(&read, &card, Access::PaceCan);
                continue;
            }
        };
        assert_eq!(error.code(), ReasonCode::CardRemoved, "after {commands} commands");
        wait_for(&mut reader, ReaderEvent::Removed);
        desk.insert(chip(&card));
        wait_for(&mut reader, ReaderEvent::Inserted);
        plan.resume();
        assert_whole(&read(&mut reader, &mut plan).unwrap(), &card, Access::PaceCan);
    }
}

#[test]
fn another_card_laid_down_in_between_is_not_mixed_with_the_first() {
    let (hoa, dat) = (card("nguyen-thi-hoa"), card("pham-quoc-dat"));
    let (mut reader, desk) = in_process::reader();
    desk.insert(chip(&hoa));
    desk.remove_after(14);
    let mut plan = by_mrz(&hoa);
    assert_eq!(read(&mut reader, &mut plan).unwrap_err().code(), ReasonCode::CardRemoved);
    assert!(!plan.files().is_empty());
    let mut other = dat.clone();
    other.mrz_key.clone_from(&hoa.mrz_key);
    desk.insert(chip(&other));
    plan.resume();
    assert_whole(&read(&mut reader, &mut plan).unwrap(), &other, Access::PaceMrz);
}

#[test]
fn a_card_is_read_whole_through_a_real_pcscd_with_pace_and_with_bac() {
    with_private_pcscd(
        "reader::tests::a_card_is_read_whole_through_a_real_pcscd_with_pace_and_with_bac",
        |daemon| {
            let mut reader = pcsc::PcscReader::new(Some("Virtual PCD"));
            let (hoa, early) = (card("nguyen-thi-hoa"), card("duong-nghia-hon"));
            for (card, mut plan, access) in
                [(&hoa, by_can(&hoa), Access::PaceCan), (&early, by_mrz(&early), Access::Bac)]
            {
                let lying = vpcd::insert(daemon.address(), chip(card), vpcd::Manner::default()).unwrap();
                wait_for(&mut reader, ReaderEvent::Inserted);
                assert_whole(&read(&mut reader, &mut plan).unwrap(), card, access);
                lying.remove().unwrap();
                wait_for(&mut reader, ReaderEvent::Removed);
            }
            assert_eq!(pcsc::names().unwrap().len(), 2);
        },
    );
}

#[test]
fn a_card_pulled_off_a_reader_of_pcscd_in_the_middle_is_read_to_the_end_later() {
    with_private_pcscd(
        "reader::tests::a_card_pulled_off_a_reader_of_pcscd_in_the_middle_is_read_to_the_end_later",
        |daemon| {
            let card = card("nguyen-thi-hoa");
            let mut reader = pcsc::PcscReader::new(None);
            let manner = vpcd::Manner { jumps_off_after: Some(12), ..Default::default() };
            let lying = vpcd::insert(daemon.address(), chip(&card), manner).unwrap();
            wait_for(&mut reader, ReaderEvent::Inserted);
            let mut plan = by_can(&card);
            let error = read(&mut reader, &mut plan).unwrap_err();
            assert_eq!(error.code(), ReasonCode::CardRemoved, "{error}");
            lying.wait().unwrap();
            wait_for(&mut reader, ReaderEvent::Removed);
            let before = plan.files().len();
            assert!(before > 0, "some files were read");
            let lying = vpcd::insert(daemon.address(), chip(&card), vpcd::Manner::default()).unwrap();
            wait_for(&mut reader, ReaderEvent::Inserted);
            plan.resume();
            assert_whole(&read(&mut reader, &mut plan).unwrap(), &card, Access::PaceCan);
            lying.remove().unwrap();
        },
    );
}

#[test]
fn another_program_on_the_card_and_a_stopped_pcscd_are_told_apart() {
    with_private_pcscd(
        "reader::tests::another_program_on_the_card_and_a_stopped_pcscd_are_told_apart",
        |daemon| {
            let card = card("nguyen-thi-hoa");
            let mut reader = pcsc::PcscReader::new(Some("Virtual PCD"));
            let lying = vpcd::insert(daemon.address(), chip(&card), vpcd::Manner::default()).unwrap();
            wait_for(&mut reader, ReaderEvent::Inserted);

            let context = ::pcsc::Context::establish(::pcsc::Scope::User).unwrap();
            let name = context.list_readers_owned().unwrap().remove(0);
            let other = context.connect(&name, ::pcsc::ShareMode::Shared, ::pcsc::Protocols::ANY).unwrap();
            assert_eq!(read(&mut reader, &mut by_can(&card)).unwrap_err().code(), ReasonCode::CardBusy);
            drop(other);
            assert_whole(&read(&mut reader, &mut by_can(&card)).unwrap(), &card, Access::PaceCan);

            daemon.stop().unwrap();
            wait_for(&mut reader, ReaderEvent::ReaderGone);
            assert!(read(&mut reader, &mut by_can(&card)).is_err());
            lying.wait().unwrap();
        },
    );
}

#[test]
fn a_reader_that_pcscd_does_not_have_is_gone_from_the_start() {
    with_private_pcscd("reader::tests::a_reader_that_pcscd_does_not_have_is_gone_from_the_start", |_| {
        let mut reader = pcsc::PcscReader::new(Some("Nobody's reader"));
        assert_eq!(reader.next_event(PATIENCE), Some(ReaderEvent::ReaderGone));
        let error = reader.connect().map(|_| ()).unwrap_err();
        assert_eq!(error.code(), ReasonCode::ReaderGone);
    });
}
