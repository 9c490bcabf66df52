//! The chip's side of a conversation, and what is printed on the card.

use super::Target;
use crate::{
    chip::{
        CommandApdu, Password, ResponseApdu, SecureMessaging,
        bac::{Bac, BacRandom},
        cipher::Cipher,
        key_derivation::session_keys,
        pace::{Pace, PaceInfo, PaceOffer, PaceRandom},
    },
    mrz::{MrzKey, Td1},
    number::Can,
    tlv,
};

pub(super) const TARGETS: &[Target] = &[
    Target { name: "tlv", run: tlv },
    Target { name: "mrz_td1", run: mrz_td1 },
    Target { name: "command_apdu", run: command_apdu },
    Target { name: "response_apdu", run: response_apdu },
    Target { name: "secure_messaging", run: secure_messaging },
    Target { name: "pace", run: pace },
    Target { name: "bac", run: bac },
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
    let Ok(can) = Can::parse("012345") else { return };
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
    let Ok(key) = MrzKey::new("148012345", "480302", "990302") else { return };
    let Ok(mut bac) = Bac::new(&key, BacRandom { challenge: [1; 8], key: [2; 16] }) else { return };
    for answer in answers(bytes) {
        if !matches!(bac.next_command(), Ok(Some(_))) || bac.receive(&answer).is_err() {
            return;
        }
    }
}
