//! The chip's side of a conversation, and what is printed on the card.

use std::collections::BTreeMap;

use super::Target;
use crate::{
    chip::{
        CommandApdu, Password, ResponseApdu, SecureMessaging, active_authentication,
        bac::{Bac, BacRandom},
        cipher::Cipher,
        key_derivation::session_keys,
        pace::{Pace, PaceInfo, PaceOffer, PaceRandom},
        read::{Next, ReadOptions, ReadRequest, ReadingPlan},
        testing::{self, TestChip},
    },
    lds::FileId,
    mrz::{Td1, Td3, td3},
    tlv,
    trust::{rustcrypto::RustCrypto, signature::PublicKey},
};

pub(super) const TARGETS: &[Target] = &[
    Target { name: "tlv", run: tlv },
    Target { name: "mrz_td1", run: mrz_td1 },
    Target { name: "mrz_td3", run: mrz_td3 },
    Target { name: "command_apdu", run: command_apdu },
    Target { name: "response_apdu", run: response_apdu },
    Target { name: "secure_messaging", run: secure_messaging },
    Target { name: "pace", run: pace },
    Target { name: "bac", run: bac },
    Target { name: "reading_plan", run: reading_plan },
    Target { name: "active_authentication", run: active_authentication },
];

fn tlv(bytes: &[u8]) {
    let mut open = vec![tlv::Reader::new(bytes)];
    while let Some(mut reader) = open.pop() {
        while let Ok(Some(object)) = reader.next_object() {
            if object.value.len() > 1 && open.len() < 100 {
                open.push(tlv::Reader::new(object.value));
            }
        }
    }
}

fn mrz_td1(bytes: &[u8]) {
    let Ok(zone) = Td1::parse(&String::from_utf8_lossy(bytes)) else { return };
    let day = jiff::civil::date(2026, 9, 15);
    let _ = (zone.birth(day), zone.expiry(None), zone.expiry(Some(day)), zone.personal_number(), zone.name());
    zone.key().map(|key| key.information()).unwrap_or_default();
}

/// As a chip holds it, and as it was typed: what parses reads as the same zone, unless typing has to be dated and listed.
fn mrz_td3(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let day = jiff::civil::date(2026, 9, 15);
    let (parsed, read) = (Td3::parse(&text), td3::read(&text, day));
    if let (Ok(parsed), Ok(read)) = (&parsed, &read) {
        assert!(parsed == read, "a zone without a fault was changed");
    }
    for zone in [parsed.ok(), read.ok()].into_iter().flatten() {
        let _ = (zone.birth(day), zone.expiry(day), zone.optional_data(), zone.name_may_be_truncated());
        let _ = (zone.primary_identifier(), zone.secondary_identifier());
        zone.key().map(|key| key.information()).unwrap_or_default();
    }
}

fn command_apdu(bytes: &[u8]) {
    if let Ok(command) = CommandApdu::parse(bytes) {
        assert_eq!(CommandApdu::parse(&command.to_bytes()), Ok(command));
    }
}

fn response_apdu(bytes: &[u8]) {
    if let Ok(response) = ResponseApdu::parse(bytes) {
        assert_eq!(response.to_bytes(), bytes);
    }
}

/// The first byte chooses the cipher.
fn secure_messaging(bytes: &[u8]) {
    let Some((&choice, bytes)) = bytes.split_first() else { return };
    let ciphers = [Cipher::TripleDes, Cipher::Aes128, Cipher::Aes192, Cipher::Aes256];
    let Some(cipher) = ciphers.into_iter().nth(usize::from(choice % 4)) else { return };
    let Ok(keys) = session_keys(cipher, b"secret") else { return };
    let mut channel = SecureMessaging::new(keys, 0);
    if let Ok(response) = ResponseApdu::parse(bytes) {
        let _ = channel.unprotect(&response);
    }
}

/// Answers one after another, each behind its length in one byte.
fn answers(bytes: &[u8]) -> impl Iterator<Item = ResponseApdu> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (&length, tail) = rest.split_first()?;
        let (answer, tail) = tail.split_at_checked(usize::from(length)).unwrap_or((tail, &[]));
        rest = tail;
        ResponseApdu::parse(answer).ok()
    })
}

fn drive_pace(info: PaceInfo, bytes: &[u8]) {
    let Some(can) = testing::can() else { return };
    let random = PaceRandom { mapping: vec![1; 32], agreement: vec![2; 32] };
    let Ok(mut pace) = Pace::new(info, &Password::Can(can), random) else { return };
    for answer in answers(bytes) {
        if !matches!(pace.next_command(), Ok(Some(_))) || pace.receive(&answer).is_err() {
            return;
        }
    }
}

/// EF.CardAccess behind its length in one byte, then the chip's answers.
fn pace(bytes: &[u8]) {
    let Some((&length, rest)) = bytes.split_first() else { return };
    let (file, rest) = rest.split_at_checked(usize::from(length)).unwrap_or((rest, &[]));
    if let Ok(PaceOffer::Supported(info)) = PaceOffer::from_card_access(file) {
        drive_pace(info, rest);
    }
}

fn bac(bytes: &[u8]) {
    let Some(key) = testing::mrz_key() else { return };
    let Ok(mut bac) = Bac::new(&key, BacRandom { challenge: [1; 8], key: [2; 16] }) else { return };
    for answer in answers(bytes) {
        if !matches!(bac.next_command(), Ok(Some(_))) || bac.receive(&answer).is_err() {
            return;
        }
    }
}

/// The first byte says where the chip is hostile: 0 outside the channel, 1 inside it, 2 in its files; bit 8: with PACE.
fn reading_plan(bytes: &[u8]) {
    let Some((&place, bytes)) = bytes.split_first() else { return };
    let Some((key, can)) = testing::mrz_key().zip(testing::can()) else { return };
    // Basic access control costs next to nothing, PACE is for the sake of AES.
    let pace = place & 0x80 != 0;
    let password = if pace { Password::Can(can) } else { Password::Mrz(key) };
    let options = ReadOptions { max_commands: 200, max_file: 5000, ..ReadOptions::default() };
    let mut plan =
        ReadingPlan::new(ReadRequest { password, challenge: Some([1; 8]), options }, |bytes| bytes.fill(7));
    let mut files =
        BTreeMap::from([(FileId::CardAccess, hex::decode(testing::CARD_ACCESS).unwrap_or_default())]);
    if place & 0x7F == 2 {
        files.extend([FileId::Sod, FileId::DG1, FileId::DG15].map(|file| (file, bytes.to_vec())));
    }
    let mut chip = TestChip::new(files);
    let mut hostile = answers(bytes);
    match place & 0x7F {
        0 => chip.transport = Box::new(move |_| hostile.next()),
        1 => {
            chip.intercept = Box::new(move |command| {
                // Gaining access is left alone, or nothing would come inside the channel.
                if matches!(command.instruction(), 0xB0 | 0xB1 | 0x88) { hostile.next() } else { None }
            });
        }
        _ => {}
    }
    let mut removals = 0;
    loop {
        match plan.next_step() {
            Ok(Next::Send(command)) => {
                if plan.receive(&chip.process(&command.to_bytes())).is_err() {
                    return;
                }
            }
            Ok(Next::Reset) => {
                chip.reset();
                removals += 1;
                if removals % 3 == 0 {
                    plan.resume();
                }
            }
            Ok(Next::Finished(_)) | Err(_) => return,
        }
    }
}

/// A SubjectPublicKeyInfo behind its length in two bytes, then the answer.
fn active_authentication(bytes: &[u8]) {
    let Some((length, rest)) = bytes.split_first_chunk() else { return };
    let length = usize::from(u16::from_be_bytes(*length));
    let Some((key, answer)) = rest.split_at_checked(length) else { return };
    if let Ok(key) = PublicKey::from_subject_public_key_info(key) {
        let _ = active_authentication::verify(&RustCrypto, &key, [1; 8], answer, None);
    }
}
