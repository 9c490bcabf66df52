//! One-time secrets that people copy by hand: to enrol, and to get in without a lost device.

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::random::{Random, RandomUnavailable};

/// Crockford's base 32: no letter looks like a digit.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 16 characters of 5 bits: nobody tries 2^80, so a plain hash of one gives nothing away.
const LENGTH: usize = 16;
const GROUP: usize = 4;

/// Recovery codes that a member of staff gets.
pub const RECOVERY_CODES: usize = 10;

/// A secret of 80 bits, good for one use.
#[derive(Clone)]
pub struct Code(SecretString);

impl Code {
    /// Draws one.
    ///
    /// # Errors
    /// Where the generator fails.
    pub fn draw(random: &Random) -> Result<Self, RandomUnavailable> {
        let bytes = Zeroizing::new(random.bytes::<LENGTH>()?);
        let letters = bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 31)));
        let text: Zeroizing<String> = Zeroizing::new(letters.copied().map(char::from).collect());
        Ok(Self(text.as_str().into()))
    }

    /// What was typed, if it can be one: small letters, spaces and dashes do not matter, nor O for 0 or I and L for 1.
    pub fn typed(text: &str) -> Option<Self> {
        let mut code = Zeroizing::new(String::with_capacity(LENGTH));
        for letter in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let letter = match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            if !letter.is_ascii() || !ALPHABET.iter().any(|known| char::from(*known) == letter) {
                return None;
            }
            if code.len() == LENGTH {
                return None;
            }
            code.push(letter);
        }
        (code.len() == LENGTH).then(|| Self(code.as_str().into()))
    }

    /// In groups of four, as it is shown once.
    pub fn shown(&self) -> String {
        let mut shown = String::with_capacity(LENGTH + LENGTH / GROUP);
        for (index, letter) in self.0.expose_secret().chars().enumerate() {
            if index > 0 && index % GROUP == 0 {
                shown.push('-');
            }
            shown.push(letter);
        }
        shown
    }

    /// SHA-256 of it, which is what is kept.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.expose_secret().as_bytes()).into()
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(masked)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::conformance::seeded;

    #[test]
    fn a_code_is_found_again_however_it_is_typed() {
        let code = Code::draw(&seeded(1)).unwrap();
        let shown = code.shown();
        assert_eq!(shown.len(), 19);
        for typed in [shown.clone(), shown.to_lowercase(), shown.replace('-', " "), shown.replace('0', "o")] {
            assert_eq!(Code::typed(&typed).unwrap().digest(), code.digest(), "{typed}");
        }
        assert_ne!(Code::draw(&seeded(2)).unwrap().digest(), code.digest());
        assert_eq!(format!("{code:?}"), "Code(masked)");
    }

    #[test]
    fn what_cannot_be_a_code_is_none() {
        for typed in [
            "",
            "123456",
            "ABCD-EFGH-JKMN-PQR",
            "ABCD-EFGH-JKMN-PQRST",
            "ABCD-EFGH-JKMN-PQRU",
            "ẠBCD-EFGH-JKMN-PQRS",
        ] {
            assert!(Code::typed(typed).is_none(), "{typed}");
        }
    }
}
