//! Commands and answers as the chip sees them (ISO/IEC 7816-4 5.1).

/// Status words that this chip gives.
pub mod status {
    /// Done.
    pub const OK: u16 = 0x9000;
    /// The file ended before as much was read as was asked for.
    pub const END_OF_FILE: u16 = 0x6282;
    /// The cryptogram or token is not the one that the right password gives.
    pub const AUTHENTICATION_FAILED: u16 = 0x6300;
    /// Lc or Le is not what the command asks for.
    pub const WRONG_LENGTH: u16 = 0x6700;
    /// Access control is not satisfied.
    pub const NO_ACCESS: u16 = 0x6982;
    /// Not now: an earlier step is missing.
    pub const CONDITIONS: u16 = 0x6985;
    /// No file is selected.
    pub const NO_FILE_SELECTED: u16 = 0x6986;
    /// A secure messaging object is missing.
    pub const CHANNEL_OBJECT_MISSING: u16 = 0x6987;
    /// A secure messaging object is wrong: the counter or a key is another.
    pub const CHANNEL_OBJECT_WRONG: u16 = 0x6988;
    /// The data field is wrong.
    pub const WRONG_DATA: u16 = 0x6A80;
    /// There is no such file or application.
    pub const NOT_FOUND: u16 = 0x6A82;
    /// P1 or P2 is wrong.
    pub const WRONG_PARAMETERS: u16 = 0x6A86;
    /// The password or key named is not there.
    pub const NO_SUCH_REFERENCE: u16 = 0x6A88;
    /// The offset lies behind the file's end.
    pub const WRONG_OFFSET: u16 = 0x6B00;
    /// The instruction is not known.
    pub const NO_SUCH_INSTRUCTION: u16 = 0x6D00;
    /// The class is not known.
    pub const NO_SUCH_CLASS: u16 = 0x6E00;
    /// Something went wrong inside.
    pub const INTERNAL: u16 = 0x6F00;
}

/// A command, short or extended.
pub struct Command {
    /// CLA.
    pub class: u8,
    /// INS.
    pub instruction: u8,
    /// P1.
    pub p1: u8,
    /// P2.
    pub p2: u8,
    /// The data field.
    pub data: Vec<u8>,
    /// Ne: the most bytes that the answer may have; 256 or 65,536 where all are wanted.
    pub expected: Option<usize>,
}

impl Command {
    /// Takes a command apart; `None` where its lengths do not add up.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let ([class, instruction, p1, p2], body) = bytes.split_first_chunk::<4>()?;
        let (data, expected): (&[u8], Option<usize>) = match *body {
            [] => (&[], None),
            [le] => (&[], Some(short(le))),
            [0, high, low] => (&[], Some(extended(high, low))),
            [0, high, low, ref rest @ ..] => {
                let (data, le) = rest.split_at_checked(usize::from(u16::from_be_bytes([high, low])))?;
                match *le {
                    [] => (data, None),
                    [high, low] => (data, Some(extended(high, low))),
                    _ => return None,
                }
            }
            [0, ..] => return None,
            [lc, ref rest @ ..] => {
                let (data, le) = rest.split_at_checked(usize::from(lc))?;
                match *le {
                    [] => (data, None),
                    [le] => (data, Some(short(le))),
                    _ => return None,
                }
            }
        };
        Some(Self {
            class: *class,
            instruction: *instruction,
            p1: *p1,
            p2: *p2,
            data: data.to_vec(),
            expected,
        })
    }

    /// Whether the command belongs to a secure messaging session.
    pub const fn is_protected(&self) -> bool {
        self.class & 0x0C == 0x0C
    }

    /// P1 and P2 as one number.
    pub fn parameters(&self) -> u16 {
        u16::from_be_bytes([self.p1, self.p2])
    }
}

fn short(le: u8) -> usize {
    if le == 0 { 256 } else { usize::from(le) }
}

fn extended(high: u8, low: u8) -> usize {
    match u16::from_be_bytes([high, low]) {
        0 => 65_536,
        length => usize::from(length),
    }
}

/// An answer: data, and a status word.
pub struct Answer {
    /// The data, possibly empty.
    pub data: Vec<u8>,
    /// The status word.
    pub status: u16,
}

impl Answer {
    /// Data with `9000`.
    pub const fn ok(data: Vec<u8>) -> Self {
        Self { data, status: status::OK }
    }

    /// A status word alone.
    pub const fn status(status: u16) -> Self {
        Self { data: Vec::new(), status }
    }

    /// As it is sent.
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.data.as_slice(), &self.status.to_be_bytes()].concat()
    }
}

/// The objects in a data field: a tag of one byte (or two, where it begins with `7F`) and a length of up to
/// three bytes. `None` where they do not fill the field exactly.
pub fn objects(mut bytes: &[u8]) -> Option<Vec<(u16, &[u8])>> {
    let mut found = Vec::new();
    while let Some((&first, rest)) = bytes.split_first() {
        let (tag, rest) = match first {
            0x7F => {
                let (&second, rest) = rest.split_first()?;
                (u16::from_be_bytes([first, second]), rest)
            }
            _ => (u16::from(first), rest),
        };
        let (&length, rest) = rest.split_first()?;
        let (length, rest) = match length {
            0..=0x7F => (usize::from(length), rest),
            0x81 => rest.split_first().map(|(length, rest)| (usize::from(*length), rest))?,
            0x82 => rest
                .split_first_chunk::<2>()
                .map(|(length, rest)| (usize::from(u16::from_be_bytes(*length)), rest))?,
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(length)?;
        found.push((tag, value));
        bytes = rest;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seven_forms_of_a_command_are_told_apart() {
        let shape = |bytes: &[u8]| Command::parse(bytes).map(|c| (c.data, c.expected));
        assert_eq!(shape(&[0, 1, 2, 3]), Some((vec![], None)));
        assert_eq!(shape(&[0, 1, 2, 3, 0]), Some((vec![], Some(256))));
        assert_eq!(shape(&[0, 1, 2, 3, 2, 8, 9]), Some((vec![8, 9], None)));
        assert_eq!(shape(&[0, 1, 2, 3, 1, 8, 9]), Some((vec![8], Some(9))));
        assert_eq!(shape(&[0, 1, 2, 3, 0, 1, 0]), Some((vec![], Some(256))));
        assert_eq!(shape(&[0, 1, 2, 3, 0, 0, 1, 7]), Some((vec![7], None)));
        assert_eq!(shape(&[0, 1, 2, 3, 0, 0, 1, 7, 0, 0]), Some((vec![7], Some(65_536))));
        for bad in [&[0, 1, 2][..], &[0, 1, 2, 3, 3, 8, 9], &[0, 1, 2, 3, 0, 9], &[0, 1, 2, 3, 1, 1, 1, 1]] {
            assert_eq!(shape(bad), None, "{bad:?}");
        }
    }
}
