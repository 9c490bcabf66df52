//! The queue ticket. It carries no name, personal number, reason or insurance.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use thiserror::Error;

use crate::Text;

/// What a queue ticket says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ticket {
    /// The queue number as called out, such as `012`, `U003` in the priority row, or `C001` for an emergency.
    pub number: String,
    /// Where to wait.
    pub room: Text,
    /// Where it was issued: the station's name.
    pub station: Text,
    /// When it was issued (RFC 3339, with the offset of the place).
    pub issued_at: String,
    /// Whether the person is seen before others (Luật KCB 15/2023/QH15 Đ3 k2).
    pub priority: bool,
    /// Whether it was made with simulated data: it then says DỮ LIỆU MÔ PHỎNG.
    pub simulated: bool,
    /// The random code that shows the place in the queue today, and nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub code: Option<TicketCode>,
    /// The page that shows it, for a QR code on paper; none where the place has no public address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<TicketLink>,
}

/// The letters of a code (Crockford's base 32): none that is taken for another.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters for 128 bits: the last carries three of them.
const LENGTH: usize = 26;

/// A ticket's random code of 128 bits. Whoever has it sees the place in the queue; `Debug` masks it.
///
/// In text: 26 letters in groups of five, `-` between them. In addresses: without the `-`. Both are read, in capitals
/// or not, also with O for 0 and I or L for 1.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TicketCode([u8; 16]);

/// What was typed or scanned is not a ticket's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("this is not a ticket's code: 26 letters and digits, as they stand on the ticket")]
pub struct NotACode;

impl TicketCode {
    /// The code of these random bytes.
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes, to be hashed or sealed.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// As it stands in an address: 26 letters.
    pub fn compact(&self) -> String {
        let mut bits = u128::from_be_bytes(self.0);
        let mut text = String::with_capacity(LENGTH);
        for _ in 0..LENGTH {
            let value = usize::try_from(bits >> 123).unwrap_or_default();
            text.extend(LETTERS.get(value).map(|letter| char::from(*letter)));
            bits <<= 5;
        }
        text
    }
}

fn value(letter: char) -> Option<u128> {
    let letter = match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        letter => letter,
    };
    let value = LETTERS.iter().position(|known| char::from(*known) == letter)?;
    u128::try_from(value).ok()
}

impl FromStr for TicketCode {
    type Err = NotACode;

    fn from_str(text: &str) -> Result<Self, NotACode> {
        if text.len() > 2 * LENGTH {
            return Err(NotACode);
        }
        let letters = text.chars().filter(|letter| *letter != '-');
        let values = letters.map(value).collect::<Option<Vec<_>>>().ok_or(NotACode)?;
        match values.split_last() {
            Some((last, first)) if values.len() == LENGTH && last % 4 == 0 => {
                let bits = first.iter().fold(0_u128, |bits, value| bits << 5 | value);
                Ok(Self((bits << 3 | last >> 2).to_be_bytes()))
            }
            _ => Err(NotACode),
        }
    }
}

impl fmt::Display for TicketCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, letter) in self.compact().chars().enumerate() {
            // The last group has six.
            if place % 5 == 0 && (5..LENGTH - 1).contains(&place) {
                f.write_str("-")?;
            }
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for TicketCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketCode(masked)")
    }
}

impl Serialize for TicketCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TicketCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// The address of a ticket's page. It holds the code: `Debug` masks it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct TicketLink(String);

impl TicketLink {
    /// The page of `code` at the place's public address, such as `https://tram.example.vn`.
    pub fn new(public_address: &str, code: &TicketCode) -> Self {
        Self(format!("{}/t/{}", public_address.trim_end_matches('/'), code.compact()))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TicketLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketLink(masked)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_written_in_groups_and_read_as_people_type_it() {
        let code = TicketCode::new(*b"\xff a made-up code");
        let text = code.to_string();
        assert_eq!(text, "ZWG62-83DC5-J6ABB-NE0G6-6VV4CM");
        assert_eq!(text.parse(), Ok(code));
        assert_eq!(text.to_lowercase().replace('1', "l").replace('0', "o").parse(), Ok(code));
        assert_eq!(code.compact().parse(), Ok(code));
    }

    #[test]
    fn what_is_not_a_code_is_refused() {
        let code = TicketCode::new([7; 16]).compact();
        let short = &code[1..];
        for bad in
            ["", "-", short, &format!("{code}0"), &format!("{short}U"), &format!("{short}1"), &"-".repeat(99)]
        {
            assert_eq!(bad.parse::<TicketCode>(), Err(NotACode), "{bad}");
        }
    }

    #[test]
    fn neither_code_nor_address_is_shown_by_debug() {
        let code = TicketCode::new([7; 16]);
        let link = TicketLink::new("https://tram.example.vn/", &code);
        assert_eq!(link.as_str(), format!("https://tram.example.vn/t/{}", code.compact()));
        assert_eq!(format!("{code:?} {link:?}"), "TicketCode(masked) TicketLink(masked)");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_code_is_read_as_it_was_written(bytes in any::<[u8; 16]>()) {
            let code = TicketCode::new(bytes);
            prop_assert_eq!(code.to_string().parse(), Ok(code));
            prop_assert_eq!(serde_json::from_str::<TicketCode>(&serde_json::to_string(&code).unwrap()).unwrap(), code);
        }

        #[test]
        fn whatever_is_read_is_written_back_the_same(text in "[0-9A-Za-z\u{2d}]{0,40}|\\PC{0,40}") {
            if let Ok(code) = text.parse::<TicketCode>() {
                prop_assert_eq!(code.to_string().parse(), Ok(code));
            }
        }
    }
}
