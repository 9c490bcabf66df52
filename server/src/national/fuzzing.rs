//! Fuzz targets: one plain function for each answer that comes from outside. None may panic, whatever the bytes are.
//!
//! The test runs every target over its corpus, `server/fuzz/corpus/NAME/`, and over mutations of it; `make fuzz`
//! runs them with libFuzzer.

use identity::number::PersonalNumber;
use jiff::Timestamp;

use super::{chip_check, insurance, population};

/// Feeds one parser.
pub type Target = fn(&[u8]);

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

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn no_target_panics_on_its_corpus_or_mutations_of_it() {
        for (name, target) in TARGETS {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
            let mut files = 0;
            for file in fs::read_dir(&folder).unwrap() {
                let seed = fs::read(file.unwrap().path()).unwrap();
                target(&seed);
                for position in 0..seed.len() {
                    target(&seed[..position]);
                    for value in [b'<', b'"', b'&', 0x00, 0x80, 0xFF] {
                        let mut bytes = seed.clone();
                        bytes[position] = value;
                        target(&bytes);
                    }
                }
                files += 1;
            }
            assert!(files > 1, "{name} has no corpus");
        }
    }
}
