//! The messages of the population database: SOAP 1.1, namespace `http://dancuquocgia.bca`.
//!
//! Known: the operation, its fields in order with their lengths, the answer's `KetQuaXacThuc/TonTai`, the headers.
//! Stand-ins: the envelope (taken over from how the sister operation is called), the answer's namespace (any is
//! accepted), faults (SOAP 1.1 section 4.4), and that the digest's `url` is the address as configured.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flows::person::{Birth, Person};
use quick_xml::{
    NsReader,
    escape::escape,
    events::Event,
    name::{Namespace, ResolveResult},
};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::{Configuration, Existence};

const SOAP: Namespace<'_> = Namespace("http://schemas.xmlsoap.org/soap/envelope/");

/// The deepest nesting that is followed.
const DEPTH_LIMIT: usize = 32;

/// Settings that a field of the format is too short for; checked when the client is made.
pub(super) fn too_long(configuration: &Configuration) -> Option<&'static str> {
    let length = |text: &str| text.chars().count();
    [
        ("service", length(&configuration.service), 20),
        ("integration", length(&configuration.integration), 20),
        ("officer", length(configuration.officer.expose_secret()), 20),
        ("unit", configuration.unit.as_deref().map_or(0, length), 35),
    ]
    .into_iter()
    .find(|(_, length, limit)| length > limit)
    .map(|(field, ..)| field)
}

/// The request. Errors with the name of the field where the person does not fit the format.
pub(super) fn request(
    configuration: &Configuration,
    request_number: &str,
    person: &Person,
) -> Result<Zeroizing<String>, &'static str> {
    let name = person.full_name.to_uppercase();
    if name.trim().is_empty() || name.chars().count() > 100 {
        return Err("HoVaTen");
    }
    let number = person.number.as_ref().ok_or("SoDinhDanh")?;
    let mut fields = Zeroizing::new(String::with_capacity(2_048));
    let mut field = |name: &str, value: &str| {
        fields.extend(["\n      <dan:", name, ">", &escape(value), "</dan:", name, ">"]);
    };
    field("MaYeuCau", request_number);
    field("MaDVC", &configuration.service);
    field("MaTichHop", &configuration.integration);
    field("MaCanBo", configuration.officer.expose_secret());
    for (name, value) in [
        ("MaDonVi", configuration.unit.as_deref()),
        ("TaiKhoan", configuration.account.as_deref()),
        ("SoDienThoai", configuration.phone.as_deref()),
    ] {
        if let Some(value) = value {
            field(name, value);
        }
    }
    field("SoDinhDanh", number.as_str());
    field("HoVaTen", &name);
    let Birth { year, month, day } = person.birth;
    let (form, birth) = match (month, day) {
        (Some(month), Some(day)) => ("NgayThangNam", format!("{year:04}{month:02}{day:02}")),
        _ => ("Nam", format!("{year:04}")),
    };
    Ok(Zeroizing::new(format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="{soap}" xmlns:dan="http://dancuquocgia.bca">
  <soapenv:Header/>
  <soapenv:Body>
    <dan:XacThucThongTinCongDan>{fields}
      <dan:NgayThangNamSinh>
        <dan:{form}>{birth}</dan:{form}>
      </dan:NgayThangNamSinh>
    </dan:XacThucThongTinCongDan>
  </soapenv:Body>
</soapenv:Envelope>
"#,
        soap = SOAP.into_inner(),
        fields = fields.as_str(),
    )))
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

/// The answer is not in the format.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::national) struct Malformed;

/// Reads an answer. A DTD, a processing instruction, an entity beyond XML's own five, or nesting deeper than 32 is
/// malformed: none has a place in SOAP 1.1 (section 3).
pub(in crate::national) fn reply(bytes: &[u8]) -> Result<Reply, Malformed> {
    let text = std::str::from_utf8(bytes).map_err(|_| Malformed)?;
    let mut reader = NsReader::from_str(text.trim_start_matches('\u{feff}'));
    let mut path: Vec<Element> = Vec::new();
    let mut value = String::new();
    let mut found = None;
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(|_| Malformed)?;
        match event {
            Event::Start(start) => {
                if path.len() == DEPTH_LIMIT {
                    return Err(Malformed);
                }
                path.push(Element::of(&namespace, start.local_name().into_inner())?);
                value.clear();
            }
            Event::Empty(start) => drop(Element::of(&namespace, start.local_name().into_inner())?),
            Event::Text(text) => value += &text,
            Event::CData(text) => value += &text,
            Event::GeneralRef(name) => value.push(match &*name {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                // What a number stands for does not matter: no value that is used has one.
                number if number.starts_with('#') => char::REPLACEMENT_CHARACTER,
                _ => return Err(Malformed),
            }),
            Event::End(_) => {
                if let Some(reply) = leaf(&path, value.trim())?
                    && found.replace(reply).is_some()
                {
                    return Err(Malformed);
                }
                value.clear();
                path.pop();
            }
            Event::Decl(_) | Event::Comment(_) => {}
            Event::Eof if path.is_empty() => return found.ok_or(Malformed),
            Event::Eof | Event::DocType(_) | Event::PI(_) => return Err(Malformed),
        }
    }
}

/// An element's name, and whether it is SOAP's own.
struct Element {
    soap: bool,
    name: String,
}

impl Element {
    fn of(namespace: &ResolveResult<'_>, name: &str) -> Result<Self, Malformed> {
        match namespace {
            ResolveResult::Unknown(_) => Err(Malformed),
            namespace => Ok(Self { soap: *namespace == ResolveResult::Bound(SOAP), name: name.to_owned() }),
        }
    }
}

fn leaf(path: &[Element], value: &str) -> Result<Option<Reply>, Malformed> {
    let [envelope, body, middle @ .., parent, leaf] = path else { return Ok(None) };
    if !(envelope.soap && envelope.name == "Envelope" && body.soap && body.name == "Body") {
        return Ok(None);
    }
    match (parent.name.as_str(), leaf.name.as_str()) {
        ("KetQuaXacThuc", "TonTai") => match value {
            // The four spellings of xs:boolean.
            "true" | "1" => Ok(Some(Reply::Answer(Existence::Exists))),
            "false" | "0" => Ok(Some(Reply::Answer(Existence::Unknown))),
            _ => Err(Malformed),
        },
        ("Fault", "faultcode") if parent.soap && middle.is_empty() => Ok(Some(fault(value))),
        _ => Ok(None),
    }
}

/// The code is cut down to what a code may be: it ends in logs, and the far side writes it.
fn fault(value: &str) -> Reply {
    let local = value.rsplit(':').next().unwrap_or_default();
    let shaped = local.len() <= 64 && local.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
    let ours = ["Client", "VersionMismatch", "MustUnderstand"]
        .contains(&local.split('.').next().unwrap_or_default());
    let code = if shaped && !local.is_empty() { local } else { "Fault" };
    Reply::Fault { code: code.to_owned(), ours }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::national::tests::{born, person, population_configuration};

    macro_rules! wire {
        ($name:literal) => {
            include_str!(concat!("../../../../tests/wire/population/", $name))
        };
    }

    fn written(person: &Person) -> Result<Zeroizing<String>, &'static str> {
        let configuration = population_configuration("http://127.0.0.1:8090");
        request(&configuration, "0b6f2c1e-5d7a-4b58-9c3d-2f1e0a9b8c7d", person)
    }

    #[test]
    fn the_requests_are_the_golden_ones_byte_for_byte() {
        let full = person("001148012345", "Nguyễn Thị Hoà", born(1948, Some(3), Some(2)));
        let year = person("001031000007", "Y Blơm Niê Kdăm", born(1931, None, None));
        assert_eq!(written(&full).unwrap().as_str(), wire!("verify-request.xml"));
        assert_eq!(written(&year).unwrap().as_str(), wire!("verify-request-year-only.xml"));
    }

    #[test]
    fn an_older_service_gets_no_newer_field() {
        let mut configuration = population_configuration("http://127.0.0.1:8090");
        (configuration.unit, configuration.account, configuration.phone) = (None, None, None);
        let person = person("001148012345", "Nguyễn Thị Hoà", born(1948, None, None));
        let text = request(&configuration, "1", &person).unwrap();
        assert!(
            text.contains("<dan:MaCanBo>CB001</dan:MaCanBo>\n      <dan:SoDinhDanh>001148012345<"),
            "{}",
            *text
        );
    }

    #[test]
    fn a_name_cannot_break_out_of_its_element_and_must_fit() {
        let text = written(&person("001148012345", "A</dan:HoVaTen>&b;", born(1948, None, None))).unwrap();
        assert!(text.contains("<dan:HoVaTen>A&lt;/DAN:HOVATEN&gt;&amp;B;</dan:HoVaTen>"), "{}", *text);
        assert_eq!(
            written(&person("001148012345", &"Ơ".repeat(101), born(1948, None, None))),
            Err("HoVaTen")
        );
        assert_eq!(written(&person("001148012345", " ", born(1948, None, None))), Err("HoVaTen"));
    }

    #[test]
    fn the_digest_is_that_of_an_outside_tool() {
        let secret = SecretString::from("bi-mat-mo-phong");
        let value = authorization("http://127.0.0.1:8090/population", "tyt01999", "1789434000000", &secret);
        let line = format!("Authorization: {}", value.expose_secret());
        assert!(wire!("verify-request.headers").lines().any(|golden| golden == line), "{line}");
    }

    #[test]
    fn the_golden_answers_are_understood() {
        let exists = Reply::Answer(Existence::Exists);
        assert_eq!(reply(wire!("verify-response-exists.xml").as_bytes()), Ok(exists));
        let unknown = Reply::Answer(Existence::Unknown);
        assert_eq!(reply(wire!("verify-response-unknown.xml").as_bytes()), Ok(unknown));
        let ours = Reply::Fault { code: "Client.Authentication".to_owned(), ours: true };
        assert_eq!(reply(wire!("fault-client.xml").as_bytes()), Ok(ours));
        let theirs = Reply::Fault { code: "Server".to_owned(), ours: false };
        assert_eq!(reply(wire!("fault-server.xml").as_bytes()), Ok(theirs));
    }

    #[test]
    fn what_is_not_plainly_yes_or_no_is_malformed() {
        let golden = wire!("verify-response-exists.xml");
        for (from, to) in [
            ("true", "maybe"),
            ("true", ""),
            ("true", "&e9;"),
            ("true", "tr&#117;e"),
            ("<dan:TonTai>true</dan:TonTai>", ""),
            ("<dan:TonTai>true</dan:TonTai>", "<dan:TonTai>true</dan:TonTai><dan:TonTai>false</dan:TonTai>"),
            ("schemas.xmlsoap.org", "schemas.example"),
            ("xmlns:dan=\"http://dancuquocgia.bca\"", ""),
            ("</soapenv:Envelope>", ""),
            ("<soapenv:Header/>", "<?evil?>"),
            ("<soapenv:Envelope", "<!DOCTYPE a [<!ENTITY e9 \"true\">]><soapenv:Envelope"),
        ] {
            let text = golden.replace(from, to);
            assert_ne!(text, golden);
            assert_eq!(reply(text.as_bytes()), Err(Malformed), "{to}");
        }
        assert_eq!(reply("<a>".repeat(10_000).as_bytes()), Err(Malformed));
        assert_eq!(reply(b""), Err(Malformed));
        assert_eq!(reply(b"\xff\xfe"), Err(Malformed));
    }

    #[test]
    fn a_fault_code_that_is_no_code_does_not_reach_the_log() {
        let text = wire!("fault-client.xml").replace("soapenv:Client.Authentication", "Nguyễn Thị Hoà");
        assert_eq!(reply(text.as_bytes()), Ok(Reply::Fault { code: "Fault".to_owned(), ours: false }));
    }
}
