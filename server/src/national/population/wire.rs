//! The messages of the population database: SOAP 1.1, namespace `http://dancuquocgia.bca`.
//!
//! Known: the operation, its fields in order with their lengths, the answer's `KetQuaXacThuc/TonTai`, the headers.
//! Stand-ins: the envelope (taken over from how the sister operation is called), the answer's namespace (any is
//! accepted), faults (SOAP 1.1 section 4.4), and that the digest's `url` is the address as configured.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flows::person::{Birth, Person};
use identity::text::clean_line_within;
use quick_xml::{
    NsReader,
    escape::escape,
    events::Event,
    name::{Namespace, ResolveResult},
};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

pub(in crate::national) mod citizen;

use super::{Configuration, Existence};
use crate::national::Flaw;

const SOAP: Namespace<'_> = Namespace("http://schemas.xmlsoap.org/soap/envelope/");

/// The namespace of `CongdanCollection`.
const PEOPLE: Namespace<'_> = Namespace("http://www.mic.gov.vn/dancu/1.0");

/// The deepest nesting that is followed.
const DEPTH_LIMIT: usize = 32;

/// A setting that its field of the format is too short for, or that no XML document holds; checked when the client is made.
pub(super) fn unfit(configuration: &Configuration) -> Option<&'static str> {
    [
        ("service", Some(configuration.service.as_str()), 20),
        ("integration", Some(configuration.integration.as_str()), 20),
        ("officer", Some(configuration.officer.expose_secret()), 20),
        ("unit", configuration.unit.as_deref(), 35),
        ("account", configuration.account.as_deref(), 100),
        ("phone", configuration.phone.as_deref(), 100),
    ]
    .into_iter()
    .find(|(_, text, limit)| {
        text.is_some_and(|text| clean_line_within(text, *limit).as_deref() != Some(text))
    })
    .map(|(field, ..)| field)
}

/// The fields of a question, in the format's order, each with its name. The last is one of the two ways to say a birth
/// date, and stands within `NgayThangNamSinh`. Errors with the name of the field where the person does not fit.
pub(super) fn fields(
    configuration: &Configuration,
    request_number: &str,
    person: &Person,
) -> Result<Vec<(&'static str, Zeroizing<String>)>, &'static str> {
    // What XML 1.0 has no place for cannot be escaped: it is left out.
    let name = Zeroizing::new(person.full_name.to_uppercase());
    let name = clean_line_within(&name, 100).filter(|name| !name.is_empty()).ok_or("HoVaTen")?;
    let number = person.number.as_ref().ok_or("SoDinhDanh")?;
    let Birth { year, month, day } = person.birth;
    let (form, birth) = match (month, day) {
        (Some(month), Some(day)) => ("NgayThangNam", format!("{year:04}{month:02}{day:02}")),
        _ => ("Nam", format!("{year:04}")),
    };
    Ok([
        ("MaYeuCau", Some(request_number)),
        ("MaDVC", Some(&configuration.service)),
        ("MaTichHop", Some(&configuration.integration)),
        ("MaCanBo", Some(configuration.officer.expose_secret())),
        ("MaDonVi", configuration.unit.as_deref()),
        ("TaiKhoan", configuration.account.as_deref()),
        ("SoDienThoai", configuration.phone.as_deref()),
        ("SoDinhDanh", Some(number.as_str())),
        ("HoVaTen", Some(&name)),
        (form, Some(&birth)),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, Zeroizing::new(value?.to_owned()))))
    .collect())
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    /// Whether the person exists.
    Verify,
    /// What is known of the person.
    LookUp,
}

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Self::Verify => "XacThucThongTinCongDan",
            Self::LookUp => "TraCuuThongTinCongDan",
        }
    }
}

/// The request. Errors with the name of the field where the person does not fit the format.
pub(super) fn request(
    operation: Operation,
    configuration: &Configuration,
    request_number: &str,
    person: &Person,
) -> Result<Zeroizing<String>, &'static str> {
    let fields = fields(configuration, request_number, person)?;
    let mut text = Zeroizing::new(String::with_capacity(4_096));
    let operation = operation.name();
    *text += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<soapenv:Envelope xmlns:soapenv=\"";
    *text += SOAP.into_inner();
    *text += "\" xmlns:dan=\"http://dancuquocgia.bca\">\n  <soapenv:Header/>\n  <soapenv:Body>\n";
    text.extend(["    <dan:", operation, ">"]);
    let Some(((form, birth), others)) = fields.split_last() else { return Err("NgayThangNamSinh") };
    for (name, value) in others {
        text.extend(["\n      <dan:", name, ">", &escape(value.as_str()), "</dan:", name, ">"]);
    }
    *text += "\n      <dan:NgayThangNamSinh>";
    text.extend(["\n        <dan:", form, ">", birth.as_str(), "</dan:", form, ">"]);
    *text += "\n      </dan:NgayThangNamSinh>\n";
    text.extend(["    </dan:", operation, ">\n  </soapenv:Body>\n</soapenv:Envelope>\n"]);
    Ok(text)
}

/// The header `Authorization`: `Basic base64(user:sha256hex(url+user+timestamp+secret))`.
pub(super) fn authorization(url: &str, user: &str, timestamp: &str, secret: &SecretString) -> SecretString {
    let mut digest = Sha256::new();
    for part in [url, user, timestamp, secret.expose_secret()] {
        digest.update(part);
    }
    let pair = Zeroizing::new(format!("{user}:{}", hex::encode(digest.finalize())));
    format!("Basic {}", STANDARD.encode(pair.as_bytes())).into()
}

/// What an answer says.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::national) enum Reply {
    /// `KetQuaXacThuc`.
    Answer(Existence),
    /// A fault, with its code (SOAP 1.1 section 4.4.1).
    Fault {
        /// The local part of `faultcode`.
        code: String,
        /// Whether the code says that our request is at fault.
        ours: bool,
    },
}

/// Reads an answer to the question whether a person exists.
pub(in crate::national) fn reply(bytes: &[u8]) -> Result<Reply, Flaw> {
    let mut found = None;
    walk(bytes, |path, value| {
        if let Some(reply) = leaf(path, value)?
            && found.replace(reply).is_some()
        {
            return Err(Flaw::Content);
        }
        Ok(())
    })?;
    found.ok_or(Flaw::Content)
}

/// Goes through an answer and shows each element at its end, with the text right within it where no element came after.
/// A DTD, a processing instruction, an entity beyond XML's own five, and nesting deeper than 32 are refused: none has a
/// place in SOAP 1.1 (section 3).
fn walk(bytes: &[u8], mut ended: impl FnMut(&[Element], &str) -> Result<(), Flaw>) -> Result<(), Flaw> {
    let text = std::str::from_utf8(bytes).map_err(|_| Flaw::Encoding)?;
    let mut reader = NsReader::from_str(text.trim_start_matches('\u{feff}'));
    let mut path: Vec<Element> = Vec::new();
    let mut value = Zeroizing::new(String::new());
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(|_| Flaw::Syntax)?;
        match event {
            Event::Start(start) => {
                if path.len() == DEPTH_LIMIT {
                    return Err(Flaw::Depth);
                }
                path.push(Element::of(&namespace, start.local_name().into_inner())?);
                value.clear();
            }
            Event::Empty(start) => drop(Element::of(&namespace, start.local_name().into_inner())?),
            Event::Text(text) => *value += &text,
            Event::CData(text) => *value += &text,
            Event::GeneralRef(name) => value.push(match &*name {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                name => numbered(name).ok_or(Flaw::Entity)?,
            }),
            Event::End(_) => {
                ended(&path, value.trim())?;
                value.clear();
                path.pop();
            }
            Event::Decl(_) | Event::Comment(_) => {}
            Event::Eof if path.is_empty() => return Ok(()),
            Event::Eof => return Err(Flaw::Syntax),
            Event::DocType(_) => return Err(Flaw::DocumentType),
            Event::PI(_) => return Err(Flaw::ProcessingInstruction),
        }
    }
}

/// Whether an answer that [`walk`] went through has an element of this name in the namespace of the answers about people.
fn has_element(bytes: &[u8], name: &str) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let mut reader = NsReader::from_str(text.trim_start_matches('\u{feff}'));
    loop {
        match reader.read_resolved_event() {
            Ok((namespace, Event::Start(start) | Event::Empty(start))) => {
                if namespace == ResolveResult::Bound(PEOPLE) && start.local_name().into_inner() == name {
                    return true;
                }
            }
            Ok((_, Event::Eof)) | Err(_) => return false,
            Ok(_) => {}
        }
    }
}

/// The character of `#117` or `#x75`.
fn numbered(name: &str) -> Option<char> {
    let number = name.strip_prefix('#')?;
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |digits| (digits, 16));
    u32::from_str_radix(digits, radix).ok().and_then(char::from_u32)
}

/// An element's name, and whether it is SOAP's own.
struct Element {
    soap: bool,
    /// Whether it is in the namespace of the answers about people.
    people: bool,
    name: String,
}

impl Element {
    fn of(namespace: &ResolveResult<'_>, name: &str) -> Result<Self, Flaw> {
        match namespace {
            ResolveResult::Unknown(_) => Err(Flaw::Namespace),
            namespace => Ok(Self {
                soap: *namespace == ResolveResult::Bound(SOAP),
                people: *namespace == ResolveResult::Bound(PEOPLE),
                name: name.to_owned(),
            }),
        }
    }
}

fn leaf(path: &[Element], value: &str) -> Result<Option<Reply>, Flaw> {
    let [envelope, body, middle @ .., parent, leaf] = path else { return Ok(None) };
    if !(envelope.soap && envelope.name == "Envelope" && body.soap && body.name == "Body") {
        return Ok(None);
    }
    match (parent.name.as_str(), leaf.name.as_str()) {
        ("KetQuaXacThuc", "TonTai") => match value {
            // The four spellings of xs:boolean.
            "true" | "1" => Ok(Some(Reply::Answer(Existence::Exists))),
            "false" | "0" => Ok(Some(Reply::Answer(Existence::Unknown))),
            _ => Err(Flaw::Content),
        },
        ("Fault", "faultcode") if parent.soap && middle.is_empty() => {
            let (code, ours) = fault(value);
            Ok(Some(Reply::Fault { code, ours }))
        }
        _ => Ok(None),
    }
}

/// The code is cut down to what a code may be: it ends in logs, and the far side writes it.
fn fault(value: &str) -> (String, bool) {
    let local = value.rsplit(':').next().unwrap_or_default();
    let shaped = local.len() <= 64 && local.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
    let ours = ["Client", "VersionMismatch", "MustUnderstand"]
        .contains(&local.split('.').next().unwrap_or_default());
    let code = if shaped && !local.is_empty() { local } else { "Fault" };
    (code.to_owned(), ours)
}

#[cfg(test)]
mod tests;
