//! Fuzz targets: one plain function for each answer of a national system.

use identity::number::PersonalNumber;
use jiff::Timestamp;

use super::{chip_check, insurance, lodging, population};
use crate::fuzzing::Target;

/// Every target, by its name and that of its corpus.
pub const TARGETS: &[(&str, Target)] = &[
    ("population_reply", |bytes| drop(population::wire::reply(bytes))),
    ("chip_check", chip_check),
    ("lgsp_reply", |bytes| drop(population::lgsp::wire::reply(bytes))),
    ("lgsp_token", |bytes| drop(population::lgsp::wire::token_reply(bytes))),
    ("population_look_up", population_look_up),
    ("insurance_token", |bytes| drop(insurance::wire::token_reply(bytes))),
    ("insurance_check_in", |bytes| drop(insurance::wire::check_in::check_in_reply(bytes))),
    ("insurance_look_up", |bytes| drop(insurance::wire::look_up_reply(bytes))),
    ("insurance_history", insurance_history),
    ("lodging_token", |bytes| drop(lodging::wire::token_reply(bytes))),
    ("lodging_answer", |bytes| drop(lodging::wire::reply(bytes, 2))),
    ("lodging_lists", lodging_lists),
    ("lodging_import", lodging_import),
];

/// An answer of the chip check. The parser reads everything before it looks at the signature.
fn chip_check(bytes: &[u8]) {
    let Ok(number) = PersonalNumber::parse("001148012345") else { return };
    let card = chip_check::CardRead {
        number,
        signer: vec![0x30, 0x03, 0x02, 0x01, 0x01],
        security_object_digest: [0; 32],
        device: String::new(),
        consent: String::new(),
    };
    let question = chip_check::wire::Question::new(String::new(), &card);
    let now = Timestamp::UNIX_EPOCH;
    drop(chip_check::wire::reply(bytes, &question, &[0; 32], now));
}

/// An answer about the person of the corpus.
fn population_look_up(bytes: &[u8]) {
    let Ok(number) = PersonalNumber::parse("001148012345") else { return };
    drop(population::wire::citizen::look_up_reply(bytes, &number));
}

/// An answer with visits elsewhere: once they are dropped there is nothing more to drop.
fn insurance_history(bytes: &[u8]) {
    drop(insurance::wire::history_reply(bytes, insurance::ResultCode::Accurate));
    let Ok(kept) = insurance::history::dropped(bytes) else { return };
    assert!(insurance::history::dropped(kept.as_slice()) == Ok(kept), "something was left");
}

/// Each kind of list.
fn lodging_lists(bytes: &[u8]) {
    drop(lodging::wire::nationalities(bytes));
    drop(lodging::wire::provinces(bytes));
    drop(lodging::wire::items(bytes));
}

/// A list of guests, Excel or CSV. What is read of it can be said in the words of a page.
fn lodging_import(bytes: &[u8]) {
    match lodging::files::import::read(bytes) {
        Ok(import) => {
            assert!(import.drafts.len() <= lodging::files::LONGEST, "more rows than may be");
            assert!(
                import.faults.iter().all(|fault| !fault.fault.vietnamese().is_empty()),
                "a fault without words"
            );
        }
        Err(error) => assert!(!error.vietnamese().is_empty(), "an error without words"),
    }
}
