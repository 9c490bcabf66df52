//! Each message against its golden file.

use super::*;
use crate::national::tests::{born, person, population_configuration};

macro_rules! wire {
    ($name:literal) => {
        include_str!(concat!("../../../../../tests/wire/population/", $name))
    };
}

fn written(person: &Person) -> Result<Zeroizing<String>, &'static str> {
    let configuration = population_configuration("http://127.0.0.1:8090");
    request(Operation::Verify, &configuration, "0b6f2c1e-5d7a-4b58-9c3d-2f1e0a9b8c7d", person)
}

#[test]
fn the_requests_are_the_golden_ones_byte_for_byte() {
    let full = person("001148012345", "Nguyễn Thị Hoà", born(1948, Some(3), Some(2)));
    let year = person("001031000007", "Y Blơm Niê Kdăm", born(1931, None, None));
    assert_eq!(written(&full).unwrap().as_str(), wire!("verify-request.xml"));
    assert_eq!(written(&year).unwrap().as_str(), wire!("verify-request-year-only.xml"));
    let configuration = population_configuration("http://127.0.0.1:8090");
    let number = "0b6f2c1e-5d7a-4b58-9c3d-2f1e0a9b8c7d";
    let look_up = request(Operation::LookUp, &configuration, number, &full).unwrap();
    assert_eq!(look_up.as_str(), wire!("look-up-request.xml"));
}

#[test]
fn an_older_service_gets_no_newer_field() {
    let mut configuration = population_configuration("http://127.0.0.1:8090");
    (configuration.unit, configuration.account, configuration.phone) = (None, None, None);
    let person = person("001148012345", "Nguyễn Thị Hoà", born(1948, None, None));
    let text = request(Operation::Verify, &configuration, "1", &person).unwrap();
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
    assert_eq!(written(&person("001148012345", &"Ơ".repeat(101), born(1948, None, None))), Err("HoVaTen"));
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
fn what_is_not_plainly_yes_or_no_is_refused_with_a_reason() {
    let golden = wire!("verify-response-exists.xml");
    for (from, to, flaw) in [
        ("true", "maybe", Flaw::Content),
        ("true", "", Flaw::Content),
        ("true", "&e9;", Flaw::Entity),
        ("true", "&#x110000;", Flaw::Entity),
        ("<dan:TonTai>true</dan:TonTai>", "", Flaw::Content),
        (
            "<dan:TonTai>true</dan:TonTai>",
            "<dan:TonTai>true</dan:TonTai><dan:TonTai>false</dan:TonTai>",
            Flaw::Content,
        ),
        ("schemas.xmlsoap.org", "schemas.example", Flaw::Content),
        ("xmlns:dan=\"http://dancuquocgia.bca\"", "", Flaw::Namespace),
        ("</soapenv:Envelope>", "", Flaw::Syntax),
        ("</dan:TonTai>", "</dan:Khac>", Flaw::Syntax),
        ("<soapenv:Header/>", "<?evil?>", Flaw::ProcessingInstruction),
        ("<soapenv:Envelope", "<!DOCTYPE a [<!ENTITY e9 \"true\">]><soapenv:Envelope", Flaw::DocumentType),
        (
            "<soapenv:Envelope",
            "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><soapenv:Envelope",
            Flaw::DocumentType,
        ),
    ] {
        let text = golden.replace(from, to);
        assert_ne!(text, golden);
        assert_eq!(reply(text.as_bytes()), Err(flaw), "{to}");
    }
    assert_eq!(reply(b""), Err(Flaw::Content));
    assert_eq!(reply(b"\xff\xfe"), Err(Flaw::Encoding));
}

/// Well-formed to the end, and the answer is in it: only the depth decides.
#[test]
fn nesting_is_followed_to_the_32nd_level_and_no_further() {
    let nested = |levels: usize| {
        let (start, end) = ("<a>".repeat(levels), "</a>".repeat(levels));
        let text = wire!("verify-response-exists.xml")
            .replace("<soapenv:Body>", &format!("<soapenv:Body>{start}"))
            .replace("</soapenv:Body>", &format!("{end}</soapenv:Body>"));
        reply(text.as_bytes())
    };
    // Envelope, Body, KetQuaXacThuc and TonTai are four.
    let own = 4;
    assert_eq!(nested(32 - own), Ok(Reply::Answer(Existence::Exists)));
    assert_eq!(nested(33 - own), Err(Flaw::Depth));
    assert_eq!(nested(10_000), Err(Flaw::Depth));
}

#[test]
fn names_go_out_as_people_have_them_and_as_xml_holds_them() {
    let birth = born(1948, None, None);
    let long = "Nguyễn Phúc Bảo Ân Quỳnh Hương Trang Thị Ngọc Minh Châu Kim H";
    assert_eq!(long.chars().count(), 61);
    for (name, sent) in [
        ("Thị", "THỊ"),
        (long, "NGUYỄN PHÚC BẢO ÂN QUỲNH HƯƠNG TRANG THỊ NGỌC MINH CHÂU KIM H"),
        ("Nguye\u{302}\u{303}n Thi\u{323} Hoa\u{300}", "NGUYỄN THỊ HOÀ"),
        ("LÊ VĂN TÁM", "LÊ VĂN TÁM"),
        ("Lê\u{7}\u{202e} Văn\u{0} Tám", "LÊ VĂN TÁM"),
    ] {
        let text = written(&person("001148012345", name, birth)).unwrap();
        assert!(text.contains(&format!("<dan:HoVaTen>{sent}</dan:HoVaTen>")), "{name:?}: {}", *text);
        assert!(
            reply(text.as_bytes()).is_err_and(|flaw| flaw == Flaw::Content),
            "{name:?} is not well-formed"
        );
    }
    let mut configuration = population_configuration("http://127.0.0.1:8090");
    assert_eq!(unfit(&configuration), None);
    configuration.unit = Some("DV\u{7}".to_owned());
    assert_eq!(unfit(&configuration), Some("unit"));
}

#[test]
fn a_fault_code_that_is_no_code_does_not_reach_the_log() {
    let text = wire!("fault-client.xml").replace("soapenv:Client.Authentication", "Nguyễn Thị Hoà");
    assert_eq!(reply(text.as_bytes()), Ok(Reply::Fault { code: "Fault".to_owned(), ours: false }));
}
