//! The made-up cards, read as a kiosk reads them.

use std::path::Path;

use devices::{
    card::{VirtualCard, personalise::personalise},
    seeds,
};
use flows::{
    evidence::{ChipEvidence, ChipFile},
    wire::ChallengeIssued,
};
use identity::{
    chip::{
        password::Password,
        read::{Next, ReadOptions, ReadRequest, ReadingPlan},
    },
    mrz::MrzKey,
};

/// What the chip of `slug` gives a kiosk that knows what is printed on it.
pub fn read(slug: &str, challenge: Option<&ChallengeIssued>) -> ChipEvidence {
    let citizen = seeds::citizen(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../seeds"), slug).unwrap();
    let card = personalise(&citizen).unwrap();
    let [number, birth, expiry] = &card.mrz_key;
    let password = if card.pace.is_some() {
        Password::Can(card.can.clone())
    } else {
        Password::Mrz(MrzKey::new(number, birth, expiry).unwrap())
    };
    let mut chip = VirtualCard::new(card, Box::new(|bytes| bytes.fill(3)));
    let nonce = challenge.map(|issued| issued.nonce.as_slice().try_into().unwrap());
    let request = ReadRequest { password, challenge: nonce, options: ReadOptions::default() };
    let mut plan = ReadingPlan::new(request, |bytes: &mut [u8]| bytes.fill(5));
    let read = loop {
        match plan.next_step().unwrap() {
            Next::Send(command) => {
                plan.receive(&chip.process(&command.to_bytes())).unwrap();
            }
            Next::Reset => chip.reset(),
            Next::Finished(read) => break read,
        }
    };
    ChipEvidence {
        access: read.access,
        challenge_id: challenge.map(|issued| issued.challenge_id.clone()),
        active_authentication: read.active_authentication,
        files: read
            .files
            .into_iter()
            .map(|(file, content)| ChipFile { name: file.to_string(), content })
            .collect(),
    }
}
