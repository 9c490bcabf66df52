//! The door for codes whose content only their issuer can understand.

use thiserror::Error;

use crate::SecretBytes;

/// A kind of token that a phone shows, above all VNeID's. The token's issuer says whose it is; nothing is read from
/// it here.
pub trait QrScheme: Sync {
    /// The stable word for the scheme.
    fn name(&self) -> &'static str;

    /// The token in a payload, to be shown to its issuer; `None` where the payload is not one of this scheme.
    fn token(&self, payload: &[u8]) -> Option<Result<SecretBytes, Unsupported>>;
}

/// A token of a scheme that this software cannot have checked. The person goes on in another way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("codes of this kind cannot be checked yet; use the card, or call staff")]
pub struct Unsupported;

/// VNeID, as far as it is known: not at all.
///
/// No description of what the app's code holds is public. It is said to be short-lived and bound to a session, and to
/// be for the Ministry's partners to check. So whatever looks like a token is answered [`Unsupported`], and kept
/// nowhere; that it looks like one does not prove that VNeID made it.
#[derive(Debug, Clone, Copy)]
pub struct Vneid;

/// Characters of the shortest thing that is taken for a token: 48 random bytes in base64.
const SHORTEST_TOKEN: usize = 64;

impl QrScheme for Vneid {
    fn name(&self) -> &'static str {
        "vneid"
    }

    fn token(&self, payload: &[u8]) -> Option<Result<SecretBytes, Unsupported>> {
        looks_like_a_token(payload).then_some(Err(Unsupported))
    }
}

/// One long word of the characters of base64, base64url, base45 or a JWT, with letters and digits in it, that is no
/// web address.
fn looks_like_a_token(payload: &[u8]) -> bool {
    let payload = payload.trim_ascii();
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=-_.~:$%*".contains(byte);
    payload.len() >= SHORTEST_TOKEN
        && payload.iter().all(inside)
        && payload.iter().any(u8::is_ascii_alphabetic)
        && payload.iter().any(u8::is_ascii_digit)
        && !payload.windows(3).any(|three| three == b"://")
}
