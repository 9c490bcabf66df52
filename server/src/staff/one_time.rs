//! One-time codes of the member of staff's own device: TOTP (RFC 6238) with SHA-1, 6 digits, 30 seconds, which every
//! authenticator takes.

use identity::SecretBytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use totp_rs::{Builder, Totp};

use super::UserName;
use crate::random::{Random, RandomUnavailable};

/// Bytes of a secret: as long as the hash (RFC 4226 section 4, R6).
const LENGTH: usize = 20;

/// The secret that a member of staff's device shares with the server.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OneTimeSecret(SecretBytes);

impl OneTimeSecret {
    /// Draws one.
    ///
    /// # Errors
    /// Where the generator fails.
    pub fn draw(random: &Random) -> Result<Self, RandomUnavailable> {
        Ok(Self(SecretBytes::new(random.bytes::<LENGTH>()?.to_vec())))
    }

    /// A secret in base 32 (RFC 4648 section 6), as authenticators show it. None where it is not 20 bytes.
    pub fn from_base32(text: &str) -> Option<Self> {
        let secret = totp_rs::Secret::try_from_base32(text).ok()?;
        (secret.as_bytes().len() == LENGTH).then(|| Self(SecretBytes::new(secret.as_bytes().to_vec())))
    }

    fn totp(&self, user: Option<&UserName>, issuer: Option<&str>) -> Option<Totp> {
        let mut builder = Builder::new().with_secret(self.0.as_slice().to_vec()).with_issuer(issuer);
        if let Some(user) = user {
            builder = builder.with_account_name(user.as_str());
        }
        builder.build().ok()
    }

    /// The step that `code` belongs to, if it is this device's now, one step before or one after, and later than
    /// `last`: a code counts once (RFC 6238 5.2). Compares in constant time.
    pub fn verify(&self, code: &str, at: Timestamp, last: u64) -> Option<u64> {
        let seconds = u64::try_from(at.as_second()).ok()?;
        self.totp(None, None)?.check(code, seconds).filter(|step| *step > last)
    }

    /// For typing into an authenticator that has no camera: base 32, in groups of four.
    pub fn shown(&self) -> String {
        let text = self.totp(None, None).map(|totp| totp.secret().to_base32()).unwrap_or_default();
        let letters: Vec<char> = text.chars().collect();
        letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }

    /// The `otpauth:` address that an authenticator reads from a QR code. None where `issuer` has a colon.
    pub fn address(&self, user: &UserName, issuer: &str) -> Option<String> {
        self.totp(Some(user), Some(issuer))?.to_url().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    /// The secret of RFC 6238 appendix B: "12345678901234567890".
    fn secret() -> OneTimeSecret {
        OneTimeSecret::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap()
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238 appendix B, SHA-1, the last six of its eight digits.
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            let step = u64::try_from(seconds / 30).unwrap();
            assert_eq!(secret().verify(code, at(seconds), 0), Some(step), "{seconds}");
        }
    }

    #[test]
    fn a_code_counts_once_and_one_step_around_its_time() {
        let code = "081804";
        let step = 1_111_111_109 / 30;
        let begin = i64::try_from(step).unwrap() * 30;
        assert_eq!(secret().verify(code, at(begin - 30), 0), Some(step));
        assert_eq!(secret().verify(code, at(begin + 59), 0), Some(step));
        assert_eq!(secret().verify(code, at(begin - 31), 0), None);
        assert_eq!(secret().verify(code, at(begin + 60), 0), None);
        assert_eq!(secret().verify(code, at(begin), step), None, "it was used");
        for wrong in ["", "81804", "0818040", "+81804", "08180a", "０８１８０４"] {
            assert_eq!(secret().verify(wrong, at(begin), 0), None, "{wrong}");
        }
    }

    #[test]
    fn an_authenticator_can_take_it_up() {
        let user = UserName::parse("le.thi.can").unwrap();
        let address = secret().address(&user, "Trạm y tế xã Mẫu").unwrap();
        assert!(
            address.starts_with(
                "otpauth://totp/Tr%E1%BA%A1m%20y%20t%E1%BA%BF%20x%C3%A3%20M%E1%BA%ABu:le.thi.can?"
            ),
            "{address}"
        );
        assert!(address.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
        assert_eq!(secret().shown(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert!(OneTimeSecret::from_base32("GEZDGNBV").is_none());
        assert!(!format!("{:?}", secret()).contains("GEZD"));
    }
}
