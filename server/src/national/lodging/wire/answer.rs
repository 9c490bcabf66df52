//! The answer to a declaration or a change, and its lines `Bản khai báo n: …`.

use serde::Deserialize;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;

use super::Malformed;
use crate::national::lodging::{GuestRefusal, PortalField, PortalWords, Reason, Refusal, catalogue::folded};

/// What the portal answers.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::national) enum PortalReply {
    /// `code` "200", with its count where there is one.
    Success { counted: Option<usize> },
    /// `code` "400".
    Refused(Refusal),
    /// The token is refused.
    TokenRefused,
    /// Another code.
    Other(String),
}

/// What a message's line of a guest begins with.
const LINE: &str = "ban khai bao ";

/// What a fault is known by: every one of these, in the letters of [`folded`]. The portal's exact words are not known, so
/// the first row whose words are all there counts.
#[expect(clippy::type_complexity, reason = "a table of two columns")]
const PHRASES: &[(&[&str], fn() -> Reason)] = &[
    (&["dang luu tru", "chua tra phong"], || Reason::AlreadyStaying),
    (&["trung", "trong cung yeu cau"], || Reason::Duplicate),
    (&["trung", "lan luu tru khac"], || Reason::Overlapping),
    (&["ngay den", "hom nay", "hom qua"], || Reason::ArrivalWindow),
    (&["ngay di", "truoc ngay den"], || Reason::DepartureBeforeArrival),
    (&["ngay di", "hom qua"], || Reason::DepartureBeforeYesterday),
    (&["thoi han tam tru", "hom nay"], || Reason::PermitOver),
    (&["khoang trang"], || Reason::Spaces),
    (&["cmnd", "9 hoac 12"], || Reason::NineOrTwelveDigits),
    (&["can cuoc", "12 chu so"], || Reason::TwelveDigits),
    (&["giay phep lai xe", "20 ky tu"], || Reason::LicenceNumber),
    (&["ho chieu", "10 ky tu"], || Reason::PassportNumber),
    (&["bhyt", "20 ky tu"], || Reason::InsuranceNumber),
    (&["khong tim thay", "dang luu tru"], || Reason::NotStaying),
    (&["gia han", "sau ngay di"], || Reason::ExtensionTooShort),
];

/// The same of what names a field behind its colon.
#[expect(clippy::type_complexity, reason = "a table of two columns")]
const OF_FIELDS: &[(&str, fn(PortalField) -> Reason)] = &[
    ("thieu truong bat buoc", Reason::Missing),
    ("ma khong co trong danh muc", Reason::UnknownCode),
    ("sai dinh dang", Reason::Format),
];

fn reason(words: &str) -> Reason {
    let letters = folded(words);
    if let Some((_, field)) = words.rsplit_once(':')
        && let Some(field) = PortalField::named(field.trim())
        && let Some((_, of)) = OF_FIELDS.iter().find(|(phrase, _)| letters.contains(phrase))
    {
        return of(field);
    }
    let known = PHRASES.iter().find(|(phrases, _)| phrases.iter().all(|phrase| letters.contains(phrase)));
    known.map_or_else(|| Reason::Other(PortalWords::new(words)), |(_, of)| of())
}

/// The lines of a message: those of a guest by its number, from 1, and the others.
fn refusal(message: &str, sent: usize) -> Refusal {
    let mut refusal = Refusal { guests: Vec::new(), other: Vec::new() };
    let message: String = message.nfc().collect();
    for line in message.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let guest = line.split_once(':').and_then(|(head, words)| {
            let number: usize = folded(head).strip_prefix(LINE)?.trim().parse().ok()?;
            let index = number.checked_sub(1).filter(|index| *index < sent)?;
            Some(GuestRefusal { index, reason: reason(words.trim()) })
        });
        match guest {
            Some(guest) => refusal.guests.push(guest),
            None => refusal.other.push(PortalWords::new(line)),
        }
    }
    refusal
}

/// Three digits: nothing else of an answer gets into an error.
pub(super) fn three_digits(code: &str) -> Result<String, Malformed> {
    let fits = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
    if fits { Ok(code.to_owned()) } else { Err(Malformed) }
}

/// Reads the answer to `sent` declarations.
pub(in crate::national) fn reply(bytes: &[u8], sent: usize) -> Result<PortalReply, Malformed> {
    #[derive(Deserialize)]
    struct Answer {
        code: String,
        message: Option<String>,
        data: Option<Value>,
    }
    let Answer { code, message, data } = serde_json::from_slice(bytes).map_err(|_| Malformed)?;
    let code = three_digits(&code)?;
    Ok(match code.as_str() {
        "200" => {
            let counted = data.and_then(|data| match data {
                Value::Array(taken) => Some(taken.len()),
                Value::Number(count) => count.as_u64().and_then(|count| usize::try_from(count).ok()),
                _ => None,
            });
            PortalReply::Success { counted }
        }
        "400" => PortalReply::Refused(refusal(&message.unwrap_or_default(), sent)),
        "401" => PortalReply::TokenRefused,
        _ => PortalReply::Other(code),
    })
}
