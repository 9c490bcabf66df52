//! A fuzz entry: whatever a terminal sends, the chip answers with a status word and never panics.

use std::collections::BTreeMap;

use identity::{lds::FileId, number::Can};

use super::{VirtualCard, apdu::Command, channel::Channel, cipher::Key};
use crate::{card::personalise::PersonalisedCard, seeds::PaceKind};

/// Feeds `input` to a card as commands: each is a byte that says how it is sent, a byte with its length, and
/// itself. Commands marked 1 are run as though they had come through an open session.
///
/// # Panics
/// Only where the chip has a fault: that is what is looked for.
pub fn commands(mut input: &[u8]) {
    let Ok(can) = Can::parse("123456") else { return };
    let files = [FileId::CardAccess, FileId::Com, FileId::Sod, FileId::DG1, FileId::DG13]
        .map(|file| (file, vec![file.tag(); 300]));
    let card = PersonalisedCard {
        files: BTreeMap::from(files),
        active_authentication: None,
        can,
        mrz_key: ["123456789".into(), "800101".into(), "300101".into()],
        pace: Some(PaceKind::default()),
    };
    let mut drawn = 0_u8;
    let mut chip = VirtualCard::new(
        card,
        Box::new(move |bytes| {
            drawn = drawn.wrapping_add(1);
            bytes.fill(drawn);
        }),
    );
    while let [how, length, rest @ ..] = input {
        let (command, rest) = rest.split_at_checked(usize::from(*length)).unwrap_or((rest, &[]));
        if *how == 1 {
            chip.state.channel = Some(Channel::new(Key::Aes128([1; 16]), Key::Aes128([2; 16]), 0));
            if let Some(command) = Command::parse(command) {
                let answer = chip.execute(&command, 231);
                assert!(answer.data.len() <= 300);
            }
        } else {
            let answer = chip.process(command);
            assert!(answer.len() >= 2, "an answer ends with a status word");
        }
        input = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_corpus_runs() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/virtual_card");
        let mut files = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            commands(&std::fs::read(entry.unwrap().path()).unwrap());
            files += 1;
        }
        assert!(files > 2);
    }

    proptest! {
        #[test]
        fn no_command_makes_the_chip_panic(
            instructions in proptest::collection::vec(
                (0..2_u8, prop_oneof![Just(0_u8), Just(0x0C), Just(0x10), any::<u8>()],
                 prop_oneof![Just(0xA4_u8), Just(0xB0), Just(0xB1), Just(0x84), Just(0x82), Just(0x22), Just(0x86),
                             Just(0x88), Just(0xC0), any::<u8>()],
                 any::<[u8; 2]>(), proptest::collection::vec(any::<u8>(), 0..80)),
                0..20,
            )
        ) {
            let mut input = Vec::new();
            for (how, class, instruction, parameters, body) in instructions {
                let command = [&[class, instruction][..], &parameters, &body].concat();
                input.extend([how, u8::try_from(command.len()).unwrap()]);
                input.extend(command);
            }
            commands(&input);
        }
    }
}
