//! What stands in the QR codes that people bring: their card's, their insurance card's, their phone's.
//!
//! The bytes come as the reader decoded them; text APIs guess at character sets and change them. None of these codes
//! proves who holds it, since a picture of it reads as well.

use unicode_normalization::char::is_combining_mark;
use zeroize::Zeroizing;

use crate::{SecretBytes, text::clean_line_within};

mod card;
mod error;
mod insurance;
mod scheme;
mod wedge;

pub use card::CardQr;
pub use error::{QrError, QrWarning};
pub use insurance::InsuranceQr;
pub use scheme::{QrScheme, Unsupported, Vneid};

/// Bytes that the largest QR code holds, were all of them digits (ISO/IEC 18004, version 40-L).
pub const MAX_PAYLOAD: usize = 7089;

/// Characters of the longest name that is taken.
const MAX_NAME: usize = 100;

/// Characters of the longest line of text that is taken: an address.
const MAX_LINE: usize = 400;

/// The schemes that [`parse`] knows.
pub const SCHEMES: &[&dyn QrScheme] = &[&Vneid];

/// A payload, as far as it is understood. `Debug` shows nothing of a person beyond a masked number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// The code of a CCCD or Căn cước.
    Card(CardQr),
    /// The code of a health-insurance card.
    Insurance(InsuranceQr),
    /// A token of a phone.
    Token {
        /// The scheme's name: `vneid`.
        scheme: &'static str,
        /// The token, for its issuer to check.
        token: Result<SecretBytes, Unsupported>,
    },
    /// Clearly of that kind, and not as it must be.
    Malformed {
        /// Which kind.
        kind: PayloadKind,
        /// What is wrong.
        error: QrError,
    },
    /// Anything else, kept as it came.
    Unknown(Opaque),
}

/// The kinds of payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PayloadKind {
    /// The code of a CCCD or Căn cước.
    Card,
    /// The code of a health-insurance card.
    Insurance,
    /// A token of a phone.
    Token,
    /// Anything else.
    Unknown,
}

impl PayloadKind {
    /// The stable word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Insurance => "insurance",
            Self::Token => "token",
            Self::Unknown => "unknown",
        }
    }
}

impl Payload {
    /// Which kind it is, malformed or not.
    pub const fn kind(&self) -> PayloadKind {
        match self {
            Self::Card(_) => PayloadKind::Card,
            Self::Insurance(_) => PayloadKind::Insurance,
            Self::Token { .. } => PayloadKind::Token,
            Self::Malformed { kind, .. } => *kind,
            Self::Unknown(_) => PayloadKind::Unknown,
        }
    }
}

/// A payload of no known kind. Whatever it is may be about a person: it is masked in `Debug`, wiped when dropped, and
/// belongs in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct Opaque {
    bytes: SecretBytes,
    why: WhyUnknown,
}

/// Why a payload is of no known kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WhyUnknown {
    /// There is nothing in it.
    Empty,
    /// More than a QR code holds. It is not looked at, nor kept.
    TooLong,
    /// Not text in UTF-8.
    NotText,
    /// Text in no form that is known.
    NoKnownForm,
}

impl WhyUnknown {
    /// The stable word for it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "qr_empty",
            Self::TooLong => "qr_too_long",
            Self::NotText => "qr_not_text",
            Self::NoKnownForm => "qr_unknown",
        }
    }
}

impl Opaque {
    fn new(bytes: &[u8], why: WhyUnknown) -> Self {
        Self { bytes: SecretBytes::new(bytes.to_vec()), why }
    }

    /// The payload as it came.
    pub fn as_slice(&self) -> &[u8] {
        self.bytes.as_slice()
    }

    /// Why it is of no known kind.
    pub fn why(&self) -> WhyUnknown {
        self.why
    }
}

impl std::fmt::Debug for Opaque {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opaque({} bytes, {})", self.as_slice().len(), self.why.code())
    }
}

/// Says what a payload is. It never guesses: what does not show its kind clearly is [`Payload::Unknown`].
pub fn parse(bytes: &[u8]) -> Payload {
    parse_with(bytes, SCHEMES)
}

/// [`parse`] with the tokens of these schemes, the first that takes a payload for its own.
pub fn parse_with(bytes: &[u8], schemes: &[&dyn QrScheme]) -> Payload {
    if bytes.len() > MAX_PAYLOAD {
        return Payload::Unknown(Opaque::new(&[], WhyUnknown::TooLong));
    }
    let unknown = |why| Payload::Unknown(Opaque::new(bytes, why));
    let malformed = |kind, error| Payload::Malformed { kind, error };
    let token = || schemes.iter().find_map(|scheme| Some((scheme.name(), scheme.token(bytes)?)));
    let Ok(text) = std::str::from_utf8(bytes) else {
        // In another character set it still begins as what it is.
        let start = Zeroizing::new(String::from_utf8_lossy(bytes).into_owned());
        return match kind(&wedge::repaired(&start)) {
            Some((kind, _)) => malformed(kind, QrError::NotUtf8),
            None => token().map_or_else(
                || unknown(WhyUnknown::NotText),
                |(scheme, token)| Payload::Token { scheme, token },
            ),
        };
    };
    let line = wedge::repaired(text);
    if line.is_empty() {
        return unknown(WhyUnknown::Empty);
    }
    match kind(&line) {
        Some((PayloadKind::Card, fields)) => match card::parse(fields) {
            Ok(card) => Payload::Card(card),
            Err(error) => malformed(PayloadKind::Card, error),
        },
        Some((_, fields)) => match insurance::parse(fields) {
            Ok(insurance) => Payload::Insurance(insurance),
            Err(error) => malformed(PayloadKind::Insurance, error),
        },
        None => token().map_or_else(
            || unknown(WhyUnknown::NoKnownForm),
            |(scheme, token)| Payload::Token { scheme, token },
        ),
    }
}

/// Card or insurance, where the payload clearly is one.
fn kind(line: &str) -> Option<(PayloadKind, wedge::Fields<'_>)> {
    let fields = wedge::Fields::split(line)?;
    if card::is_one(&fields) {
        Some((PayloadKind::Card, fields))
    } else if insurance::is_one(&fields) {
        Some((PayloadKind::Insurance, fields))
    } else {
        None
    }
}

/// A person's name: letters, their marks, spaces and the signs between parts of names. One word will do. A name is no
/// digits and no other signs (Bộ luật Dân sự 2015 Đ26 k3).
fn name(text: &str) -> Option<String> {
    let sign = |c: char| matches!(c, ' ' | '-' | '\'' | '’' | '.' | ',');
    let name = Zeroizing::new(clean_line_within(text, MAX_NAME)?);
    let letters = name.chars().all(|c| c.is_alphabetic() || is_combining_mark(c) || sign(c));
    (letters && name.chars().any(char::is_alphabetic)).then(|| name.as_str().to_owned())
}

#[cfg(test)]
mod tests;
