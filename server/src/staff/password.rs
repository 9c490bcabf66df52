//! Passwords: Argon2id (RFC 9106), kept as PHC strings.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::phc::PasswordHash as Phc,
};
use secrecy::{ExposeSecret as _, SecretString};
use thiserror::Error;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use super::UserName;
use crate::random::{Random, RandomUnavailable};

/// Memory for one hash, in KiB; passes; lanes. OWASP's first choice for Argon2id (19 MiB, 2 passes, 1 lane): what a
/// station's small machine can bear while patients wait. A hash with other parameters is made anew at the next
/// sign-in.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes computed at a time: 38 MiB, and no flood of sign-ins takes every core.
const AT_A_TIME: usize = 2;

/// Fewest and most characters of a password. It is one of two factors (NIST SP 800-63B asks for 8 then).
const SHORTEST: usize = 10;
const LONGEST: usize = 128;

/// What too many people choose, in lower case without spaces. A password must not be one of these words with
/// something around it that makes it long enough.
const COMMON: [&str; 12] = [
    "password",
    "matkhau",
    "1234567890",
    "0123456789",
    "123456789",
    "qwertyuiop",
    "anhyeuem",
    "emyeuanh",
    "iloveyou",
    "admin123",
    "abcdefghij",
    "vietnam123",
];

/// Why a password cannot be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasswordFault {
    /// Too short.
    #[error("a password has at least {SHORTEST} characters")]
    TooShort,
    /// Too long.
    #[error("a password has at most {LONGEST} characters")]
    TooLong,
    /// The first that anyone would try.
    #[error("this password is one of the first that anyone would try; choose another")]
    Common,
}

impl PasswordFault {
    /// What the page says.
    pub const fn words(self) -> &'static str {
        match self {
            Self::TooShort => "Mật khẩu phải có ít nhất 10 ký tự (at least 10 characters)",
            Self::TooLong => "Mật khẩu dài quá 128 ký tự (at most 128 characters)",
            Self::Common => "Mật khẩu này quá dễ đoán, xin chọn mật khẩu khác (too easy to guess)",
        }
    }
}

/// What was typed as a password, in NFKC: the same keys give the same characters on every device.
#[derive(Clone)]
pub struct Password(SecretString);

impl Password {
    /// What was typed to sign in.
    pub fn typed(text: &str) -> Self {
        let text: Zeroizing<String> = Zeroizing::new(text.chars().take(4 * LONGEST).nfkc().collect());
        Self(SecretString::from(text.as_str()))
    }

    /// A password that is to be used from now on, by `user`.
    ///
    /// # Errors
    /// Where it is too short, too long, or easily guessed.
    pub fn chosen(text: &str, user: &UserName) -> Result<Self, PasswordFault> {
        let length = text.chars().count();
        if length < SHORTEST {
            return Err(PasswordFault::TooShort);
        }
        if length > LONGEST {
            return Err(PasswordFault::TooLong);
        }
        let password = Self::typed(text);
        let plain = password.0.expose_secret().to_lowercase();
        let plain: Zeroizing<String> = Zeroizing::new(plain.chars().filter(|c| !c.is_whitespace()).collect());
        let distinct = plain.chars().collect::<std::collections::BTreeSet<_>>().len();
        let guessed = COMMON
            .iter()
            .copied()
            .chain([user.as_str()])
            .any(|word| plain.contains(word) && plain.chars().count() < word.chars().count() + SHORTEST);
        if distinct < 5 || guessed { Err(PasswordFault::Common) } else { Ok(password) }
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(masked)")
    }
}

/// A password's hash as a PHC string.
#[derive(Clone)]
pub struct PasswordHash(SecretString);

impl PasswordHash {
    /// Out of what is stored.
    pub fn from_stored(phc: String) -> Self {
        Self(phc.into())
    }

    /// For the store to keep.
    pub fn as_stored(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether it was made with other parameters than those in use.
    pub fn is_outdated(&self) -> bool {
        let wanted = format!("$argon2id$v=19$m={MEMORY},t={PASSES},p={LANES}$");
        !self.as_stored().starts_with(&wanted)
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(masked)")
    }
}

/// Why a hash came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HashError {
    /// No randomness for the salt.
    #[error(transparent)]
    Random(#[from] RandomUnavailable),
    /// No memory for it, or a task that ended early.
    #[error("a password could not be hashed; see that the machine has memory to spare")]
    Unavailable,
}

/// Computes hashes, a few at a time, away from the tasks that answer. Cloning gives another handle.
#[derive(Clone)]
pub struct Passwords {
    random: Random,
    turns: Arc<Semaphore>,
}

impl Passwords {
    /// With salts from `random`.
    pub fn new(random: Random) -> Self {
        Self { random, turns: Arc::new(Semaphore::new(AT_A_TIME)) }
    }

    /// The hash of `password`, under a new salt of 128 bits.
    ///
    /// # Errors
    /// Where the generator or the memory fails.
    pub async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        let (salt, password) = (self.random.bytes::<16>()?, password.clone());
        self.apart(move || {
            let hash = argon2()?.hash_password_with_salt(password.0.expose_secret().as_bytes(), &salt);
            hash.map(|hash| PasswordHash(hash.to_string().into())).map_err(|_| HashError::Unavailable)
        })
        .await
    }

    /// Whether `password` is the one that `hash` was made from. Where there is no hash it takes as long, and is not.
    ///
    /// # Errors
    /// Where the memory fails.
    pub async fn verify(&self, password: &Password, hash: Option<&PasswordHash>) -> Result<bool, HashError> {
        let (hash, password) = (hash.cloned(), password.clone());
        self.apart(move || {
            let argon2 = argon2()?;
            let typed = password.0.expose_secret().as_bytes();
            let Some(hash) = hash else {
                argon2.hash_password_with_salt(typed, &[0; 16]).map_err(|_| HashError::Unavailable)?;
                return Ok(false);
            };
            // Compares in constant time, under the parameters in the hash.
            Ok(Phc::new(hash.as_stored()).is_ok_and(|hash| argon2.verify_password(typed, &hash).is_ok()))
        })
        .await
    }

    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let turn = self.turns.acquire().await.map_err(|_| HashError::Unavailable)?;
        let done = tokio::task::spawn_blocking(work).await.map_err(|_| HashError::Unavailable)?;
        drop(turn);
        done
    }
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passwords")
    }
}

fn argon2() -> Result<Argon2<'static>, HashError> {
    let parameters = Params::new(MEMORY, PASSES, LANES, None).map_err(|_| HashError::Unavailable)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::conformance::seeded;

    fn user() -> UserName {
        UserName::parse("le.thi.can").unwrap()
    }

    #[tokio::test]
    async fn a_password_is_known_again_and_no_other() {
        let passwords = Passwords::new(seeded(1));
        let password = Password::chosen("trạm y tế xã Mẫu 7", &user()).unwrap();
        let hash = passwords.hash(&password).await.unwrap();
        assert!(hash.as_stored().starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && !hash.is_outdated());
        // Typed on a device that sends letters and marks apart.
        let apart: String = "trạm y tế xã Mẫu 7".nfd().collect();
        assert_ne!(apart, "trạm y tế xã Mẫu 7");
        assert!(passwords.verify(&Password::typed(&apart), Some(&hash)).await.unwrap());
        assert!(!passwords.verify(&Password::typed("trạm y tế xã Mẫu 8"), Some(&hash)).await.unwrap());
        assert!(!passwords.verify(&password, None).await.unwrap());
        let again = passwords.hash(&password).await.unwrap();
        assert_ne!(hash.as_stored(), again.as_stored(), "the salt is the same");
        let shown = format!("{password:?} {hash:?}");
        assert_eq!(shown, "Password(masked) PasswordHash(masked)");
    }

    #[tokio::test]
    async fn a_hash_of_other_parameters_still_opens_and_is_made_anew() {
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
        let hash = weak.hash_password_with_salt(b"a long sentence", &[1; 16]).unwrap().to_string();
        let hash = PasswordHash::from_stored(hash);
        assert!(hash.is_outdated());
        let passwords = Passwords::new(seeded(1));
        assert!(passwords.verify(&Password::typed("a long sentence"), Some(&hash)).await.unwrap());
        let nonsense = PasswordHash::from_stored("nonsense".into());
        assert!(!passwords.verify(&Password::typed("nonsense"), Some(&nonsense)).await.unwrap());
    }

    #[test]
    fn what_anyone_would_try_first_cannot_be_chosen() {
        for (text, fault) in [
            ("ngắn quá", PasswordFault::TooShort),
            ("aaaaaaaaaaaa", PasswordFault::Common),
            ("Password123!", PasswordFault::Common),
            ("mat khau 2026", PasswordFault::Common),
            ("le.thi.can1", PasswordFault::Common),
            (&"ab1".repeat(50), PasswordFault::TooLong),
        ] {
            assert_eq!(Password::chosen(text, &user()).err(), Some(fault), "{text}");
        }
        assert!(Password::chosen("bốn con vịt xanh", &user()).is_ok());
    }
}
