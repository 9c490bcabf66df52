//! The messages of the chip check: JSON. The members are those of the stand-in; codes, headers and signature are a stand-in
//! too: Ed25519 (RFC 8032) over lines of text that bind the answer to its question.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use identity::SecretBytes;
use jiff::{SignedDuration, Timestamp};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{CardRead, Standing, Statement};

/// How far C06's clock may be from this server's.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// A question. Its answer is verified against it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::national) struct Question {
    transaction_id: String,
    id_number: String,
    ds_cert: String,
    sod_hash: String,
    device_id: String,
    consent_id: String,
}

impl Question {
    pub(in crate::national) fn new(transaction: String, card: &CardRead) -> Self {
        Self {
            transaction_id: transaction,
            id_number: card.number.as_str().to_owned(),
            ds_cert: STANDARD.encode(&card.signer),
            sod_hash: hex::encode(card.security_object_digest),
            device_id: card.device.clone(),
            consent_id: card.consent.clone(),
        }
    }

    /// The body of the request.
    pub(super) fn body(&self) -> Zeroizing<String> {
        Zeroizing::new(serde_json::to_string(self).unwrap_or_default())
    }
}

/// What the service answers.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::national) enum Reply {
    /// A signed statement about the card.
    Statement(Statement),
    /// The question or this server is refused, with the code.
    Refused(String),
    /// The service has trouble of its own.
    Down,
}

/// Why an answer is of no use.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::national) enum Useless {
    /// Not in the format.
    Malformed,
    /// Not signed by C06, not for this question, or not now.
    Unproved,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    code: String,
    is_verified: bool,
    transaction_code: Option<String>,
    timestamp: String,
    signature: Option<String>,
}

/// Reads an answer to `question` that came at `now`.
pub(in crate::national) fn reply(
    bytes: &[u8],
    question: &Question,
    public_key: &[u8; 32],
    now: Timestamp,
) -> Result<Reply, Useless> {
    let answer: Answer = serde_json::from_slice(bytes).map_err(|_| Useless::Malformed)?;
    let code = answer.code.as_str();
    let standing = match (code, answer.is_verified) {
        ("00", true) => Standing::Valid,
        ("01", false) => Standing::NotIssued,
        ("02", false) => Standing::Revoked,
        ("00" | "01" | "02", _) => return Err(Useless::Malformed),
        ("90", _) => return Ok(Reply::Down),
        _ if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_digit()) => {
            return Ok(Reply::Refused(code.to_owned()));
        }
        _ => return Err(Useless::Malformed),
    };
    let (Some(transaction), Some(signature)) = (&answer.transaction_code, &answer.signature) else {
        return Err(Useless::Malformed);
    };
    let visible = transaction.bytes().all(|byte| byte.is_ascii_graphic());
    if !visible || !(1..=64).contains(&transaction.len()) {
        return Err(Useless::Malformed);
    }
    let at: Timestamp = answer.timestamp.parse().map_err(|_| Useless::Malformed)?;
    let signature = STANDARD.decode(signature).map_err(|_| Useless::Malformed)?;
    UnparsedPublicKey::new(&ED25519, public_key)
        .verify(signed(question, &answer, transaction).as_bytes(), &signature)
        .map_err(|_| Useless::Unproved)?;
    if now.duration_since(at).abs() > SKEW {
        return Err(Useless::Unproved);
    }
    let raw = SecretBytes::new(bytes.to_vec());
    Ok(Reply::Statement(Statement { standing, transaction: transaction.clone(), at, raw }))
}

/// The lines that the signature is over: those of the question that matter, then those of the answer.
fn signed(question: &Question, answer: &Answer, transaction: &str) -> Zeroizing<String> {
    let verified = if answer.is_verified { "true" } else { "false" };
    let lines = [
        "c06-verify-1",
        &question.transaction_id,
        &question.id_number,
        &question.ds_cert,
        &question.sod_hash,
        &answer.code,
        verified,
        transaction,
        &answer.timestamp,
    ];
    Zeroizing::new(lines.join("\n"))
}

#[cfg(test)]
mod tests;
