//! An original, or a copy.

use super::*;

#[test]
fn only_the_right_answer_to_the_servers_challenge_proves_the_chip() {
    let wrong = NONCE.map(|byte| byte ^ 0xFF);
    let passed = Axis::passed(Code::ChallengeAnswered);
    let invalid = Axis::failed(Code::ChipProofInvalid);
    let kiosk = Axis::not_done(Code::ChallengeNotFromServer);
    let withheld = Axis::failed(Code::ProofWithheld);
    for (answered, challenge, expected) in [
        (true, Challenge::Server(NONCE), passed),
        (true, Challenge::Server(wrong), invalid),
        (true, Challenge::Kiosk(NONCE), kiosk),
        (true, Challenge::Kiosk(wrong), invalid),
        (true, Challenge::Prefetched(NONCE), kiosk),
        (true, Challenge::Prefetched(wrong), invalid),
        (true, Challenge::Refused(Code::ChallengeExpired), Axis::failed(Code::ChallengeExpired)),
        (true, Challenge::Refused(Code::ChallengeUsed), Axis::failed(Code::ChallengeUsed)),
        (true, Challenge::None, withheld),
        (false, Challenge::Server(NONCE), withheld),
        (false, Challenge::Kiosk(NONCE), withheld),
        (false, Challenge::None, withheld),
        (false, Challenge::Refused(Code::ChallengeExpired), withheld),
    ] {
        let mut card = Card::new("main");
        card.challenge = challenge;
        if !answered {
            card.answer = None;
        }
        let proof = card.verify(&main_trust());
        expect(&format!("{answered} {challenge:?}"), &proof, "chip", expected);
        let origin = match challenge {
            Challenge::Server(_) | Challenge::Refused(Code::ChallengeExpired) => ChallengeOrigin::Server,
            Challenge::Prefetched(_) => ChallengeOrigin::Prefetched,
            Challenge::Kiosk(_) => ChallengeOrigin::Kiosk,
            // A used one may never have been the server's.
            _ => ChallengeOrigin::None,
        };
        assert_eq!(proof.challenge, origin, "{challenge:?}");
    }
}

#[test]
fn what_the_signed_list_says_of_keys_decides_what_is_owed() {
    let store = main_trust();
    let mut card = Card::new("no-key");
    card.answer = None;
    expect("no key", &card.verify(&store), "chip", Axis::not_done(Code::ChipKeyAbsent));
    let card = Card::new("only-dg14");
    expect("only DG14", &card.verify(&store), "chip", Axis::failed(Code::ProofWithheld));
    let card = Card::new("main").without(FileId::DG15);
    expect("DG15 not sent", &card.verify(&store), "chip", Axis::failed(Code::ProofWithheld));
    let card = Card::new("main").without(FileId::DG14);
    expect("DG14 not sent", &card.verify(&store), "chip", Axis::not_done(Code::DataGroupMissing));
    let mut card = Card::new("ec");
    expect("the answer of another key", &card.verify(&store), "chip", Axis::failed(Code::ChipProofInvalid));
    card.answer = Some(data("aa-ec-answer.bin"));
    expect("elliptic curve", &card.verify(&store), "chip", Axis::passed(Code::ChallengeAnswered));
}

#[test]
fn card_access_that_differs_from_the_signed_one_fails_the_chip() {
    let mismatch = Axis::failed(Code::AccessInformationMismatch);
    let store = main_trust();
    for change in [
        (|file: &mut Vec<u8>| *file.last_mut().unwrap() = 12) as fn(&mut Vec<u8>),
        |file| *file = vec![0x31, 0x00],
        |file| file.truncate(9),
        Vec::clear,
    ] {
        let card = Card::new("main").edit(FileId::CardAccess, change);
        expect("changed", &card.verify(&store), "chip", mismatch);
    }
    let hidden = Card::new("main").without(FileId::CardAccess);
    expect("hidden", &hidden.verify(&store), "chip", mismatch);
    let hidden = hidden.without(FileId::DG14);
    expect("both hidden", &hidden.verify(&store), "chip", Axis::not_done(Code::DataGroupMissing));
    let mut card = Card::new("main").edit(FileId::CardAccess, Vec::clear);
    card.answer = None;
    expect("no proof either", &card.verify(&store), "chip", Axis::failed(Code::ProofWithheld));
    // Without a signed DG14 there is nothing to compare with.
    let mut card = Card::new("no-key").edit(FileId::CardAccess, Vec::clear);
    card.answer = None;
    expect("no DG14", &card.verify(&store), "chip", Axis::not_done(Code::ChipKeyAbsent));
}

#[test]
fn a_fall_to_basic_access_control_shows_even_where_the_claim_hides_it() {
    let store = main_trust();
    for (name, claimed, shown) in [
        ("main", Access::Bac, Access::BacAfterPaceFailed),
        ("main", Access::BacAfterPaceFailed, Access::BacAfterPaceFailed),
        ("main", Access::PaceMrz, Access::PaceMrz),
        // A card that has nothing else.
        ("no-key", Access::Bac, Access::Bac),
    ] {
        let mut card = Card::new(name).without(FileId::CardAccess);
        card.access = claimed;
        assert_eq!(card.verify(&store).access, shown, "{name} {claimed:?}");
    }
    let mut forged = Card::new("main").edit(FileId::Sod, |sod| *sod.last_mut().unwrap() ^= 1);
    forged.access = Access::Bac;
    assert_eq!(forged.verify(&store).access, Access::Bac, "nothing is known of it");
}
