//! The chip: files behind access control, spoken to in APDUs.
//!
//! Before the application is selected the master file is there: EF.CardAccess is readable by anyone, and PACE
//! runs. After it the master file is out of reach (`6D00`) until the chip is reset, PACE is refused (`6982`)
//! and BAC runs. Everything in the application asks for a secure messaging session (`6982`). What breaks a
//! session ends it: an object that is missing (`6987`) or wrong (`6988`), and any plain command.

mod active_authentication;
mod apdu;
mod bac;
mod channel;
mod cipher;
mod curve;
pub mod fuzz;
mod pace;

use identity::lds::FileId;
use sha1::{Digest as _, Sha1};

use super::{der::object, personalise::PersonalisedCard};
use apdu::{Answer, Command, objects, status};
use channel::Channel;
use pace::{Pace, PasswordReference, Progress};

/// The chip's random generator: fills the slice.
pub type Randomness = Box<dyn FnMut(&mut [u8]) + Send>;

/// What the chip says of itself when it is switched on: an ISO/IEC 14443 card as PC/SC part 3 shows it.
pub const ANSWER_TO_RESET: [u8; 13] =
    [0x3B, 0x88, 0x80, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x90, 0x00, 0x99];

/// The application of ICAO's logical data structure.
const APPLICATION: &[u8] = &[0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];

/// A virtual card.
pub struct VirtualCard {
    card: PersonalisedCard,
    random: Randomness,
    state: State,
}

/// What a reset forgets.
#[derive(Default)]
struct State {
    /// Whether the application is selected, rather than the master file.
    application: bool,
    file: Option<FileId>,
    challenge: Option<[u8; 8]>,
    pace: Option<Pace>,
    channel: Option<Channel>,
    /// The rest of an answer that was longer than the terminal could take, for GET RESPONSE.
    rest: Option<Answer>,
}

impl VirtualCard {
    /// A chip with these files and keys, switched on.
    pub fn new(card: PersonalisedCard, random: Randomness) -> Self {
        Self { card, random, state: State::default() }
    }

    /// Switches the chip off and on.
    pub fn reset(&mut self) {
        self.state = State::default();
    }

    /// The answer to one command.
    pub fn process(&mut self, command: &[u8]) -> Vec<u8> {
        let Some(command) = Command::parse(command) else {
            return Answer::status(status::WRONG_LENGTH).to_bytes();
        };
        let room = command.expected.unwrap_or(256);
        let answer = match self.state.rest.take() {
            Some(rest) if command.class == 0 && command.instruction == 0xC0 => rest,
            _ => self.answer(&command, room),
        };
        self.within(answer, room).to_bytes()
    }

    fn answer(&mut self, command: &Command, room: usize) -> Answer {
        if !command.is_protected() {
            self.state.channel = None;
            return self.execute(command, room);
        }
        let Some(mut channel) = self.state.channel.take() else { return Answer::status(status::NO_ACCESS) };
        let plain = match channel.open(command) {
            Ok(plain) => plain,
            Err(status) => return Answer::status(status),
        };
        let capacity = channel.capacity(room);
        // While the command runs the session counts as open.
        self.state.channel = Some(channel);
        let answer = self.execute(&plain, capacity);
        match &mut self.state.channel {
            Some(channel) => channel.close(&answer, plain.instruction),
            None => answer,
        }
    }

    /// The first part of an answer that is too long, `61xx`, and the rest kept.
    fn within(&mut self, mut answer: Answer, room: usize) -> Answer {
        if answer.data.len() <= room {
            return answer;
        }
        let rest = answer.data.split_off(room);
        let left = u8::try_from(rest.len()).unwrap_or(0);
        self.state.rest = Some(Answer { data: rest, status: answer.status });
        Answer { data: answer.data, status: u16::from_be_bytes([0x61, left]) }
    }

    /// Runs a command that is plain by now; `room` bytes of data fit into the answer.
    fn execute(&mut self, command: &Command, room: usize) -> Answer {
        let chained = command.class == 0x10 && command.instruction == 0x86;
        if command.class != 0 && !chained {
            return Answer::status(status::NO_SUCH_CLASS);
        }
        let result = match command.instruction {
            0xA4 => self.select(command),
            0xB0 => self.read_binary(command, room),
            0xB1 => self.read_binary_odd(command, room),
            0x84 => self.get_challenge(command),
            0x82 => self.external_authenticate(command),
            0x22 => self.set_authentication_template(command),
            0x86 => self.general_authenticate(command),
            0x88 => self.internal_authenticate(command),
            _ => Err(status::NO_SUCH_INSTRUCTION),
        };
        result.unwrap_or_else(Answer::status)
    }

    /// SELECT (ISO/IEC 7816-4 11.2.2), in the forms of ICAO 9303-10 3.6.
    fn select(&mut self, command: &Command) -> Result<Answer, u16> {
        if command.expected.is_some() {
            return Err(status::WRONG_LENGTH);
        }
        match (command.parameters(), command.data.as_slice()) {
            (0x040C, APPLICATION) => {
                self.state.application = true;
                self.state.file = None;
                self.state.pace = None;
                self.state.challenge = None;
            }
            (0x000C, [] | [0x3F, 0x00]) if self.state.application => return Err(status::NO_SUCH_INSTRUCTION),
            (0x000C, [] | [0x3F, 0x00]) => self.state.file = None,
            (0x020C, [high, low]) => {
                self.state.file = None;
                self.state.file = Some(self.find(u16::from_be_bytes([*high, *low]))?);
            }
            (0x040C | 0x000C, _) => return Err(status::NOT_FOUND),
            (0x020C, _) => return Err(status::WRONG_LENGTH),
            _ => return Err(status::WRONG_PARAMETERS),
        }
        Ok(Answer::ok(Vec::new()))
    }

    /// The file with an identifier, where it is in the selected directory and may be read now.
    fn find(&self, identifier: u16) -> Result<FileId, u16> {
        if !self.state.application {
            let readable = identifier == FileId::CardAccess.identifier()
                && self.card.files.contains_key(&FileId::CardAccess);
            return if readable { Ok(FileId::CardAccess) } else { Err(status::NOT_FOUND) };
        }
        let fingers = FileId::data_group(3).is_some_and(|file| file.identifier() == identifier);
        let file = self
            .card
            .files
            .keys()
            .find(|file| file.identifier() == identifier && **file != FileId::CardAccess)
            .copied();
        match file {
            Some(file) if self.state.channel.is_some() => Ok(file),
            Some(_) => Err(status::NO_ACCESS),
            None if fingers => Err(status::NO_ACCESS),
            None => Err(status::NOT_FOUND),
        }
    }

    /// READ BINARY with the offset in P1 and P2, or a short file identifier in P1.
    fn read_binary(&mut self, command: &Command, room: usize) -> Result<Answer, u16> {
        let expected = command.expected.ok_or(status::WRONG_LENGTH)?;
        let offset = if command.p1 & 0x80 == 0 {
            usize::from(command.parameters())
        } else {
            if command.p1 & 0x60 != 0 {
                return Err(status::WRONG_PARAMETERS);
            }
            self.state.file = Some(self.find(0x0100 | u16::from(command.p1 & 0x1F))?);
            usize::from(command.p2)
        };
        let (part, status) = self.part(offset, expected.min(room), expected)?;
        Ok(Answer { data: part, status })
    }

    /// READ BINARY with odd INS: the offset in an object 54, the data in an object 53.
    fn read_binary_odd(&mut self, command: &Command, room: usize) -> Result<Answer, u16> {
        let expected = command.expected.ok_or(status::WRONG_LENGTH)?;
        match command.parameters() {
            0 => {}
            short @ 1..=0x1E => self.state.file = Some(self.find(0x0100 | short)?),
            _ => return Err(status::WRONG_PARAMETERS),
        }
        let found = objects(&command.data).ok_or(status::WRONG_DATA)?;
        let [(0x54, digits)] = found.as_slice() else { return Err(status::WRONG_DATA) };
        let offset = match digits {
            [] | [_, _, _, _, ..] => return Err(status::WRONG_DATA),
            digits => digits.iter().fold(0, |offset, digit| offset << 8 | usize::from(*digit)),
        };
        let header = match expected.min(room) {
            0..=0x81 => 2,
            0x82..=0x102 => 3,
            _ => 4,
        };
        let (part, status) = self.part(offset, expected.min(room).saturating_sub(header), expected)?;
        Ok(Answer { data: object(0x53, &[&part]), status })
    }

    /// Up to `most` bytes of the selected file from `offset` on.
    fn part(&self, offset: usize, most: usize, expected: usize) -> Result<(Vec<u8>, u16), u16> {
        let file = self.state.file.ok_or(status::NO_FILE_SELECTED)?;
        if file != FileId::CardAccess && self.state.channel.is_none() {
            return Err(status::NO_ACCESS);
        }
        let content = self.card.files.get(&file).ok_or(status::NOT_FOUND)?;
        let left = content.get(offset..).filter(|left| !left.is_empty()).ok_or(status::WRONG_OFFSET)?;
        let part = left.get(..most).unwrap_or(left);
        // Ne of 256 or 65,536 means "all there is".
        let all = matches!(expected, 256 | 65_536);
        let status = if left.len() < most && !all { status::END_OF_FILE } else { status::OK };
        Ok((part.to_vec(), status))
    }

    /// GET CHALLENGE, the first half of BAC.
    fn get_challenge(&mut self, command: &Command) -> Result<Answer, u16> {
        if !self.state.application || self.state.channel.is_some() {
            return Err(status::CONDITIONS);
        }
        if command.parameters() != 0 {
            return Err(status::WRONG_PARAMETERS);
        }
        if !command.data.is_empty() || command.expected != Some(8) {
            return Err(status::WRONG_LENGTH);
        }
        let mut challenge = [0; 8];
        (self.random)(&mut challenge);
        self.state.challenge = Some(challenge);
        Ok(Answer::ok(challenge.to_vec()))
    }

    /// EXTERNAL AUTHENTICATE, the second half of BAC. A challenge serves once.
    fn external_authenticate(&mut self, command: &Command) -> Result<Answer, u16> {
        let challenge = self.state.challenge.take().ok_or(status::CONDITIONS)?;
        if command.data.len() != 40 {
            return Err(status::WRONG_LENGTH);
        }
        let digest = Sha1::digest(self.card.mrz_information());
        let seed = digest.first_chunk().copied().unwrap_or_default();
        let (reply, channel) = bac::authenticate(&seed, challenge, &command.data, &mut self.random)
            .ok_or(status::AUTHENTICATION_FAILED)?;
        self.state.channel = Some(channel);
        Ok(Answer::ok(reply))
    }

    /// MSE:Set AT, the beginning of PACE.
    fn set_authentication_template(&mut self, command: &Command) -> Result<Answer, u16> {
        self.state.pace = None;
        let kind = self.card.pace.ok_or(status::NO_SUCH_INSTRUCTION)?;
        if self.state.application {
            return Err(status::NO_ACCESS);
        }
        if self.state.channel.is_some() {
            return Err(status::CONDITIONS);
        }
        if command.parameters() != 0xC1A4 {
            return Err(status::WRONG_PARAMETERS);
        }
        if command.expected.is_some() {
            return Err(status::WRONG_LENGTH);
        }
        self.state.pace = Some(match pace::set(kind, &command.data)? {
            PasswordReference::Can => Pace::new(kind, self.card.can.as_bytes()),
            PasswordReference::Mrz => Pace::new(kind, &Sha1::digest(self.card.mrz_information())),
        });
        Ok(Answer::ok(Vec::new()))
    }

    /// GENERAL AUTHENTICATE, the four steps of PACE. All but the last are chained.
    fn general_authenticate(&mut self, command: &Command) -> Result<Answer, u16> {
        let run = self.state.pace.take().ok_or(status::CONDITIONS)?;
        if command.parameters() != 0 {
            return Err(status::WRONG_PARAMETERS);
        }
        if run.is_chained() != (command.class == 0x10) {
            return Err(status::CONDITIONS);
        }
        match run.step(&command.data, &mut self.random)? {
            Progress::Next(data, next) => {
                self.state.pace = Some(next);
                Ok(Answer::ok(data))
            }
            Progress::Done(data, channel) => {
                self.state.channel = Some(channel);
                Ok(Answer::ok(data))
            }
        }
    }

    /// INTERNAL AUTHENTICATE: active authentication over the terminal's eight bytes.
    fn internal_authenticate(&mut self, command: &Command) -> Result<Answer, u16> {
        if self.state.channel.is_none() || !self.state.application {
            return Err(status::NO_ACCESS);
        }
        if command.parameters() != 0 {
            return Err(status::WRONG_PARAMETERS);
        }
        let challenge: [u8; 8] = command.data.as_slice().try_into().map_err(|_| status::WRONG_LENGTH)?;
        let key = self.card.active_authentication.as_ref().ok_or(status::CONDITIONS)?;
        active_authentication::sign(key, challenge, &mut self.random).map(Answer::ok).ok_or(status::INTERNAL)
    }
}

#[cfg(test)]
mod tests;
