//! Each refusal of the chip by its status word, and the chip's side of the standard's worked examples.

use std::{collections::BTreeMap, path::Path};

use identity::number::Can;

use super::{cipher::Key, *};
use crate::{
    card::personalise::personalise,
    seeds::{self, PaceKind},
};

const SELECT_APPLICATION: &str = "00A4040C07A0000002471001";
const SELECT_CARD_ACCESS: &str = "00A4020C02011C";
const SET_CAN: &str = "0022C1A412800A04007F0007020204020283010284010D";
const GET_NONCE: &str = "10860000027C0000";

/// Random bytes that are the values given, one after another, then zeros.
fn script(values: &[&str]) -> Randomness {
    let mut bytes = hex::decode(values.concat()).unwrap().into_iter();
    Box::new(move |slice| slice.fill_with(|| bytes.next().unwrap_or(0)))
}

/// Random bytes that count upwards.
fn counting() -> Randomness {
    let mut next = 0_u8;
    Box::new(move |slice| {
        slice.fill_with(|| {
            next = next.wrapping_add(1);
            next
        });
    })
}

fn citizen(slug: &str) -> PersonalisedCard {
    let seeds = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../seeds"));
    personalise(&seeds::citizen(seeds, slug).unwrap()).unwrap()
}

/// A small card without RSA key, quickly made.
fn plain_card() -> PersonalisedCard {
    let files = [
        (FileId::CardAccess, hex::decode("31143012060A04007F0007020204020202010202010D").unwrap()),
        (FileId::Com, hex::decode("60145F0104303130365F36063034303030305C026175").unwrap()),
        (FileId::DG1, (0..=255).collect()),
        (FileId::DG13, (0..40_000_u32).map(|byte| byte.to_le_bytes()[0]).collect()),
    ];
    PersonalisedCard {
        files: BTreeMap::from(files),
        active_authentication: None,
        can: Can::parse("012345").unwrap(),
        mrz_key: ["L898902C<".into(), "690806".into(), "940623".into()],
        pace: Some(PaceKind::default()),
    }
}

fn chip() -> VirtualCard {
    VirtualCard::new(plain_card(), counting())
}

fn send(chip: &mut VirtualCard, command: &str) -> String {
    hex::encode_upper(chip.process(&hex::decode(command).unwrap()))
}

/// The status word alone.
fn status(chip: &mut VirtualCard, command: &str) -> String {
    let answer = send(chip, command);
    answer[answer.len() - 4..].to_string()
}

/// The terminal's half of a session, made from the chip's own parts: enough to send right and wrong commands.
struct Terminal {
    encryption: Key,
    authentication: Key,
    counter: u128,
}

impl Terminal {
    /// Opens a session in `chip` with fixed keys, as PACE would, in the application.
    fn in_application(chip: &mut VirtualCard) -> Self {
        assert_eq!(status(chip, SELECT_APPLICATION), "9000");
        chip.state.channel = Some(Channel::new(Key::Aes128([1; 16]), Key::Aes128([2; 16]), 0));
        Self { encryption: Key::Aes128([1; 16]), authentication: Key::Aes128([2; 16]), counter: 0 }
    }

    fn counter_bytes(&self) -> [u8; 16] {
        self.counter.to_be_bytes()
    }

    fn mac(&self, padded: &[u8]) -> [u8; 8] {
        self.authentication.mac(&[&self.counter_bytes(), padded].concat())
    }

    fn protect(&mut self, header: [u8; 4], data: &[u8], le: &[u8]) -> Vec<u8> {
        self.counter += 1;
        let mut objects = Vec::new();
        if !data.is_empty() {
            let mut cryptogram = self.authentication.pad(data);
            let mut iv = self.counter_bytes();
            self.encryption.encrypt(&[0; 16], &mut iv);
            self.encryption.encrypt(&iv, &mut cryptogram);
            objects.extend(if header[1] & 1 == 0 {
                object(0x87, &[&[1], &cryptogram])
            } else {
                object(0x85, &[&cryptogram])
            });
        }
        if !le.is_empty() {
            objects.extend(object(0x97, &[le]));
        }
        let header = [header[0] | 0x0C, header[1], header[2], header[3]];
        let mut message = self.authentication.pad(&header);
        if !objects.is_empty() {
            message.extend(self.authentication.pad(&objects));
        }
        objects.extend(object(0x8E, &[&self.mac(&message)]));
        let length = u8::try_from(objects.len()).unwrap();
        let outer: &[u8] = if le.len() == 2 { &[0, 0] } else { &[0] };
        let lc: &[u8] = if le.len() == 2 { &[0, 0, length] } else { &[length] };
        [&header, lc, &objects, outer].concat()
    }

    /// Data and status of the chip's answer to a protected command.
    fn exchange(
        &mut self,
        chip: &mut VirtualCard,
        header: [u8; 4],
        data: &[u8],
        le: &[u8],
    ) -> (Vec<u8>, u16) {
        let command = self.protect(header, data, le);
        let answer = chip.process(&command);
        self.open(&answer)
    }

    fn open(&mut self, answer: &[u8]) -> (Vec<u8>, u16) {
        let (objects_bytes, outer) = answer.split_last_chunk::<2>().unwrap();
        let outer = u16::from_be_bytes(*outer);
        if objects_bytes.is_empty() {
            return (Vec::new(), outer);
        }
        self.counter += 1;
        let found = objects(objects_bytes).unwrap();
        let ((0x8E, check), before) = found.split_last().unwrap() else { panic!("no check code") };
        let covered: Vec<u8> =
            before.iter().flat_map(|(tag, value)| object(u32::from(*tag), &[value])).collect();
        assert_eq!(self.mac(&self.authentication.pad(&covered)).as_slice(), *check, "the chip's check code");
        let mut data = Vec::new();
        for (tag, value) in before {
            match tag {
                0x87 | 0x85 => {
                    data = value[usize::from(*tag == 0x87)..].to_vec();
                    let mut iv = self.counter_bytes();
                    self.encryption.encrypt(&[0; 16], &mut iv);
                    self.encryption.decrypt(&iv, &mut data);
                    data = cipher::unpad(data).unwrap();
                }
                _ => assert_eq!(*value, outer.to_be_bytes(), "inner and outer status word"),
            }
        }
        (data, outer)
    }
}

#[test]
fn before_access_only_card_access_is_readable() {
    let mut chip = chip();
    assert_eq!(status(&mut chip, SELECT_CARD_ACCESS), "9000");
    assert_eq!(send(&mut chip, "00B0000004"), "311430129000");
    assert_eq!(send(&mut chip, "00B09C0000"), "31143012060A04007F0007020204020202010202010D9000");
    for file in ["011E", "011D", "0101", "010D"] {
        assert_eq!(
            status(&mut chip, &format!("00A4020C02{file}")),
            "6A82",
            "{file} is not in the master file"
        );
    }
    assert_eq!(status(&mut chip, SELECT_APPLICATION), "9000");
    assert_eq!(status(&mut chip, SELECT_CARD_ACCESS), "6A82");
    for file in ["011E", "0101", "010D", "0103"] {
        assert_eq!(status(&mut chip, &format!("00A4020C02{file}")), "6982", "{file} without access");
    }
    assert_eq!(status(&mut chip, "00B0810000"), "6982", "short file identifier without access");
    assert_eq!(status(&mut chip, "00B100010354010000"), "6982", "odd READ BINARY without access");
    assert_eq!(status(&mut chip, "00B0000000"), "6986", "nothing is selected");
    assert_eq!(
        status(&mut chip, "0088000008000102030405060700"),
        "6982",
        "active authentication without access"
    );
}

#[test]
fn the_master_file_is_gone_after_the_application_is_selected() {
    let mut chip = chip();
    assert_eq!(status(&mut chip, "00A4000C023F00"), "9000");
    assert_eq!(status(&mut chip, "00A4000C"), "9000");
    assert_eq!(status(&mut chip, SELECT_APPLICATION), "9000");
    assert_eq!(status(&mut chip, "00A4000C023F00"), "6D00");
    assert_eq!(status(&mut chip, SET_CAN), "6982", "PACE runs in the master file only");
    chip.reset();
    assert_eq!(status(&mut chip, SET_CAN), "9000");
}

#[test]
fn commands_in_the_wrong_shape_are_refused() {
    let mut chip = chip();
    for (command, expected) in [
        ("00", "6700"),
        ("00A4020C02011C00", "6700"),
        ("0022C1A412800A04007F0007020204020283010284010D00", "6700"),
        ("00A4040C06A00000024710", "6A82"),
        ("00A4010C", "6A86"),
        ("00CA000000", "6D00"),
        ("80A4020C02011C", "6E00"),
        ("10A4020C02011C", "6E00"),
        ("00B00000", "6700"),
        ("00B0E00000", "6A86"),
        ("0CB000000D9701048E08000000000000000000", "6982"),
    ] {
        assert_eq!(status(&mut chip, command), expected, "{command}");
    }
}

#[test]
fn bac_refuses_what_does_not_know_the_mrz() {
    let mut chip = chip();
    assert_eq!(status(&mut chip, "0084000008"), "6985", "GET CHALLENGE needs the application");
    assert_eq!(status(&mut chip, SELECT_APPLICATION), "9000");
    let wrong = format!("0082000028{}28", "00".repeat(40));
    assert_eq!(status(&mut chip, &wrong), "6985", "no challenge was asked for");
    assert_eq!(status(&mut chip, "0084000004"), "6700");
    assert_eq!(status(&mut chip, "0084000008"), "9000");
    assert_eq!(status(&mut chip, &wrong), "6300");
    assert_eq!(status(&mut chip, &wrong), "6985", "a challenge serves once");
    assert_eq!(status(&mut chip, "00A4020C02011E"), "6982");
}

#[test]
fn a_chip_without_pace_says_so() {
    let mut card = plain_card();
    card.pace = None;
    card.files.remove(&FileId::CardAccess);
    let mut chip = VirtualCard::new(card, counting());
    assert_eq!(status(&mut chip, SELECT_CARD_ACCESS), "6A82");
    assert_eq!(status(&mut chip, SET_CAN), "6D00");
}

#[test]
fn pace_refuses_each_wrong_step() {
    let mut chip = chip();
    assert_eq!(status(&mut chip, GET_NONCE), "6985", "MSE:Set AT is missing");
    for (data, expected) in [
        ("800A04007F00070202040204830102", "6A80"),
        ("800A04007F00070202040202830103", "6A88"),
        ("800A04007F0007020204020283010284010C", "6A88"),
        ("830102", "6A80"),
        ("8005", "6A80"),
    ] {
        let command = format!("0022C1A4{:02X}{data}", data.len() / 2);
        assert_eq!(status(&mut chip, &command), expected, "{data}");
        assert_eq!(status(&mut chip, GET_NONCE), "6985");
    }
    assert_eq!(status(&mut chip, SET_CAN), "9000");
    assert_eq!(status(&mut chip, "00860000027C0000"), "6985", "the first steps are chained");
    assert_eq!(status(&mut chip, SET_CAN), "9000");
    assert_eq!(status(&mut chip, GET_NONCE), "9000");
    assert_eq!(status(&mut chip, GET_NONCE), "6A80", "the mapping comes next");
    for point in [
        format!("04{}", "11".repeat(64)),
        "00".to_string(),
        format!("02{}", "11".repeat(32)),
        format!("04{}", "00".repeat(64)),
    ] {
        assert_eq!(status(&mut chip, SET_CAN), "9000");
        assert_eq!(status(&mut chip, GET_NONCE), "9000");
        let length = point.len() / 2;
        let command = format!("10860000{:02X}7C{:02X}81{length:02X}{point}00", length + 4, length + 2);
        assert_eq!(status(&mut chip, &command), "6A80", "not a point: {point}");
        assert_eq!(status(&mut chip, &command), "6985", "the run is over");
    }
}

/// Makes a good protected command a bad one.
type Spoil = fn(&mut Vec<u8>, &mut Terminal);

#[test]
fn a_wrong_check_code_or_counter_ends_the_session() {
    let read = [0, 0xB0, 0x81, 0];
    let spoil: [(&str, u16, Spoil); 4] = [
        ("check code", 0x6988, |command, _| command[12] ^= 1),
        ("header", 0x6988, |command, _| command[3] = 1),
        ("no check code", 0x6987, |command, _| {
            *command = hex::decode("0CB081000397010400").unwrap();
        }),
        ("counter", 0x6988, |command, terminal| {
            terminal.counter += 1;
            *command = terminal.protect([0, 0xB0, 0x81, 0], &[], &[4]);
        }),
    ];
    for (what, expected, change) in spoil {
        let mut chip = chip();
        let mut terminal = Terminal::in_application(&mut chip);
        assert_eq!(terminal.exchange(&mut chip, read, &[], &[4]), (vec![0, 1, 2, 3], 0x9000));
        let mut command = terminal.protect(read, &[], &[4]);
        change(&mut command, &mut terminal);
        let answer = chip.process(&command);
        assert_eq!(answer, expected.to_be_bytes(), "{what}: a plain status word");
        let command = terminal.protect(read, &[], &[4]);
        assert_eq!(chip.process(&command), [0x69, 0x82], "{what}: the session is over");
        assert_eq!(status(&mut chip, "00B0810004"), "6982", "{what}");
    }
}

/// ICAO 9303-11 9.8.4 with ISO/IEC 7816-4 10.2.3.1: where no object stands between the header and the check code, the
/// padding of the header is all there is. Codes by `openssl mac … CMAC`, and by `openssl enc` for the retail MAC.
#[test]
fn a_protected_command_without_data_and_le_is_padded_once() {
    let (k1, k2) = ([1, 2, 3, 4, 5, 6, 7, 8], [17, 18, 19, 20, 21, 22, 23, 24]);
    let triple_des = [k1, k2].concat().try_into().unwrap();
    for (key, code) in
        [(Key::Aes128([2; 16]), "1CC857AB76361581"), (Key::TripleDes(triple_des), "CB56BEF655DF0E9D")]
    {
        let mut chip = chip();
        chip.state.channel = Some(Channel::new(key.clone(), key, 0));
        assert_eq!(status(&mut chip, &format!("0CA4000C0A8E08{code}00")), "9000");
        assert!(chip.state.channel.is_some(), "the session goes on");
    }
}

#[test]
fn a_plain_command_ends_the_session() {
    let mut chip = chip();
    let mut terminal = Terminal::in_application(&mut chip);
    assert_eq!(terminal.exchange(&mut chip, [0, 0xB0, 0x81, 0], &[], &[4]).1, 0x9000);
    assert_eq!(status(&mut chip, "00B0810004"), "6982");
    let command = terminal.protect([0, 0xB0, 0x81, 0], &[], &[4]);
    assert_eq!(chip.process(&command), [0x69, 0x82]);
}

#[test]
fn fingerprints_stay_closed_to_whoever_has_access() {
    let mut chip = chip();
    let mut terminal = Terminal::in_application(&mut chip);
    assert_eq!(terminal.exchange(&mut chip, [0, 0xA4, 2, 0x0C], &[1, 3], &[]).1, 0x6982);
    assert_eq!(terminal.exchange(&mut chip, [0, 0xA4, 2, 0x0C], &[1, 4], &[]).1, 0x6A82);
    assert_eq!(
        terminal.exchange(&mut chip, [0, 0xA4, 2, 0x0C], &[1, 1], &[]).1,
        0x9000,
        "the session goes on"
    );
}

#[test]
fn reading_ends_where_the_file_does() {
    let mut chip = chip();
    let mut terminal = Terminal::in_application(&mut chip);
    let mut read = |header, data: &[u8], le: &[u8]| terminal.exchange(&mut chip, header, data, le);
    assert_eq!(read([0, 0xB0, 0x81, 250], &[], &[6]), ((250..=255).collect(), 0x9000));
    assert_eq!(read([0, 0xB0, 0, 250], &[], &[10]), ((250..=255).collect(), 0x6282));
    assert_eq!(read([0, 0xB0, 1, 0], &[], &[1]), (vec![], 0x6B00));
    assert_eq!(read([0, 0xB0, 0, 250], &[], &[0]), ((250..=255).collect(), 0x9000), "all that is left");
    let (block, status) = read([0, 0xB0, 0x8D, 0], &[], &[0]);
    assert_eq!((block.len(), status), (223, 0x9000), "what a short answer can carry under AES");
    let (block, status) = read([0, 0xB0, 0, 0], &[], &[0x03, 0xE8]);
    assert_eq!((block.len(), status), (1000, 0x9000), "an extended length");
    let far = read([0, 0xB1, 0, 0], &[0x54, 2, 0x80, 0x01], &[6]);
    assert_eq!(far, (vec![0x53, 4, 0x01, 0x02, 0x03, 0x04], 0x9000), "beyond 32,767");
}

#[test]
fn a_long_answer_to_a_short_command_waits_for_get_response() {
    let mut chip = VirtualCard::new(citizen("nguyen-thi-hoa"), counting());
    let mut terminal = Terminal::in_application(&mut chip);
    let first = chip.process(&terminal.protect([0, 0x88, 0, 0], &[1, 2, 3, 4, 5, 6, 7, 8], &[0]));
    assert_eq!((first.len(), first[256]), (258, 0x61));
    let second = chip.process(&[0, 0xC0, 0, 0, first[257]]);
    assert_eq!(second.len(), usize::from(first[257]) + 2);
    let (signature, status) = terminal.open(&[&first[..256], &second].concat());
    assert_eq!((signature.len(), status), (256, 0x9000));
    let (again, status) = terminal.exchange(&mut chip, [0, 0x88, 0, 0], &[1, 2, 3, 4, 5, 6, 7, 8], &[0, 0]);
    assert_eq!((again.len(), status), (256, 0x9000), "in one piece with an extended length");
    assert_eq!(terminal.exchange(&mut chip, [0, 0x88, 0, 0], &[1, 2, 3], &[0, 0]).1, 0x6700);
}

#[test]
fn a_chip_that_withholds_its_proof_answers_6985() {
    let mut chip = VirtualCard::new(citizen("ta-thuy-kieu-my"), counting());
    let mut terminal = Terminal::in_application(&mut chip);
    assert_eq!(terminal.exchange(&mut chip, [0, 0x88, 0, 0], &[0; 8], &[0, 0]), (vec![], 0x6985));
    assert_eq!(terminal.exchange(&mut chip, [0, 0xA4, 2, 0x0C], &[1, 15], &[]).1, 0x9000);
}

/// ICAO 9303-11 appendix D: BAC and the secure messaging after it, on the chip's side.
#[test]
fn the_chip_answers_as_in_the_standards_bac_example() {
    let mut chip =
        VirtualCard::new(plain_card(), script(&["4608F91988702212", "0B4F80323EB3191CB04970CB4052790B"]));
    assert_eq!(status(&mut chip, SELECT_APPLICATION), "9000");
    for (command, answer) in [
        ("0084000008", "4608F919887022129000"),
        (
            "008200002872C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F25F1448EEA8AD90A728",
            "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D74499000",
        ),
        ("0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800", "990290008E08FA855A5D4C50A8ED9000"),
        ("0CB000000D9701048E08ED6705417E96BA5500", "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000"),
        (
            "0CB000040D9701128E082EA28A70F3C7B53500",
            "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000",
        ),
    ] {
        assert_eq!(send(&mut chip, command), answer, "{command}");
    }
}

/// ICAO 9303-11 appendix G.1: PACE with generic mapping on brainpoolP256r1, on the chip's side.
#[test]
fn the_chip_answers_as_in_the_standards_pace_example() {
    let mut card = plain_card();
    card.mrz_key = ["T22000129".into(), "640812".into(), "101031".into()];
    let random = script(&[
        "3F00C4D39D153F2B2A214A078D899B22",
        "498FF49756F2DC1587840041839A85982BE7761D14715FB091EFA7BCE9058560",
        "107CF58696EF6155053340FD633392BA81909DF7B9706F226F32086C7AFF974A",
    ]);
    let mut chip = VirtualCard::new(card, random);
    for (command, answer) in [
        ("0022C1A412800A04007F0007020204020283010184010D", "9000"),
        (GET_NONCE, "7C12801095A3A016522EE98D01E76CB6B98B42C39000"),
        (
            "10860000457C438141047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D00",
            "7C43824104824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F5730D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C549000",
        ),
        (
            "10860000457C438341042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB3646200",
            "7C438441049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F0949000",
        ),
        ("008600000C7C0A8508C2B0BD78D94BA86600", "7C0A86083ABB9674BCE93C089000"),
    ] {
        assert_eq!(send(&mut chip, command), answer, "{command}");
    }
    assert!(chip.state.channel.is_some());
}

#[test]
fn a_wrong_token_is_refused_and_the_run_is_over() {
    let mut card = plain_card();
    card.mrz_key = ["T22000129".into(), "640812".into(), "101032".into()];
    let random = script(&[
        "3F00C4D39D153F2B2A214A078D899B22",
        "498FF49756F2DC1587840041839A85982BE7761D14715FB091EFA7BCE9058560",
        "107CF58696EF6155053340FD633392BA81909DF7B9706F226F32086C7AFF974A",
    ]);
    let mut chip = VirtualCard::new(card, random);
    assert_eq!(status(&mut chip, "0022C1A412800A04007F0007020204020283010284010D"), "9000");
    assert_eq!(status(&mut chip, GET_NONCE), "9000");
    let mapping = "10860000457C438141047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D00";
    assert_eq!(status(&mut chip, mapping), "9000");
    let agreement = mapping.replacen("8141", "8341", 1);
    assert_eq!(status(&mut chip, &agreement), "9000");
    assert_eq!(status(&mut chip, "008600000C7C0A8508C2B0BD78D94BA86600"), "6300");
    assert_eq!(status(&mut chip, "008600000C7C0A8508C2B0BD78D94BA86600"), "6985");
    assert_eq!(status(&mut chip, "0CB09C000D9701048E08000000000000000000"), "6982");
}
