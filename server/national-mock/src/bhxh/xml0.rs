//! The document of a CHECK-IN message (XML0, "Bảng chỉ tiêu trạng thái khám chữa bệnh", QĐ 4750/3176).
//!
//! Tags and their order are typed from the facts. The lengths are likely ones (the official schema is not public);
//! which tags must be filled is a stand-in.

use quick_xml::{Reader, events::Event};

/// Characters and shape of a value.
#[derive(Clone, Copy)]
enum Shape {
    /// Any text of so many characters at most.
    Text(usize),
    /// Digits, so many at most.
    Number(usize),
    /// `yyyymmddHHMM`; `00` for an unknown day or month of a birth.
    Minute,
    /// One for each card, joined by `;`: so many characters each.
    Each(usize),
    /// The same, `yyyymmdd` each.
    EachDate,
    /// Several joined by `;`, no length stated.
    Cards,
    /// One of these.
    OneOf(&'static [&'static str]),
}

use Shape::{Cards, Each, EachDate, Minute, Number, OneOf, Text};

/// Where no length is stated.
const UNSTATED: usize = 1_024;

/// `MA_DOITUONG_KCB` (QĐ 3276/2025), without 2 (cấp cứu): an emergency sends no CHECK-IN message.
const GROUPS: &[&str] = &[
    "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.11", "1.12", "1.13", "1.14", "1.15", "1.16", "1.17",
    "1.18", "3.1", "3.2", "3.3", "3.6", "7", "7.2", "7.3", "7.4", "8", "9", "10",
];

/// `MA_LOAI_KCB` (QĐ 1804/2026).
const KINDS: &[&str] =
    &["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16"];

/// Tag, shape, whether it must be filled. Every tag must be there, in this order.
const TAGS: &[(&str, Shape, bool)] = &[
    ("MA_LK", Text(100), true),
    ("STT", Number(10), true),
    ("MA_BN", Text(100), true),
    ("HO_TEN", Text(255), true),
    ("SO_CCCD", Text(UNSTATED), false),
    ("NGAY_SINH", Minute, true),
    ("GIOI_TINH", OneOf(&["1", "2", "3"]), true),
    ("MA_THE_BHYT", Cards, false),
    ("MA_DKBD", Each(5), false),
    ("GT_THE_TU", EachDate, false),
    ("GT_THE_DEN", EachDate, false),
    ("MA_DOITUONG_KCB", OneOf(GROUPS), true),
    ("NGAY_VAO", Minute, true),
    ("NGAY_VAO_NOI_TRU", Minute, false),
    ("LY_DO_VNT", Text(UNSTATED), false),
    ("MA_LY_DO_VNT", Text(5), false),
    ("MA_LOAI_KCB", OneOf(KINDS), true),
    ("MA_CSKCB", Text(5), true),
    ("MA_DICH_VU", Text(50), false),
    ("TEN_DICH_VU", Text(1_024), false),
    ("MA_THUOC", Text(255), false),
    ("TEN_THUOC", Text(1_024), false),
    ("MA_VAT_TU", Text(255), false),
    ("TEN_VAT_TU", Text(1_024), false),
    ("NGAY_YL", Minute, true),
    ("DU_PHONG", Text(UNSTATED), false),
];

const ROOT: &[&str] = &["CHI_TIEU_TRANG_THAI_KCB"];
const LIST: &[&str] = &["CHI_TIEU_TRANG_THAI_KCB", "DSACH_TRANG_THAI_KCB"];
const VISIT: &[&str] = &["CHI_TIEU_TRANG_THAI_KCB", "DSACH_TRANG_THAI_KCB", "TRANG_THAI_KCB"];
const SIGNATURE: &str = "CHUKYDONVI";

/// The values of one visit, in the order of [`TAGS`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Xml0(Vec<String>);

impl Xml0 {
    /// Reads a document for the facility `facility`. The error names what is wrong, never a value.
    pub(crate) fn read(bytes: &[u8], facility: &str) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned())?;
        let fields = fields(text)?;
        for ((tag, value), (known, shape, filled)) in fields.iter().zip(TAGS) {
            if tag != known {
                return Err(format!("{known}: missing, twice, or out of order"));
            }
            if value.is_empty() {
                if *filled {
                    return Err(format!("{known}: empty"));
                }
            } else if !shape.holds(value) {
                return Err(format!("{known}: length or form"));
            }
        }
        if fields.len() != TAGS.len() {
            return Err(format!("{} tags, not {}", fields.len(), TAGS.len()));
        }
        let document = Self(fields.into_iter().map(|(_, value)| value).collect());
        if document.get("MA_CSKCB") != facility {
            return Err("MA_CSKCB: not the sender".to_owned());
        }
        let of_cards = |tag: &str| document.get(tag).split(';').count();
        for tag in ["MA_DKBD", "GT_THE_TU", "GT_THE_DEN"] {
            let empty = document.get(tag).is_empty() == document.get("MA_THE_BHYT").is_empty();
            if !empty || of_cards(tag) != of_cards("MA_THE_BHYT") {
                return Err(format!("{tag}: not one for each card"));
            }
        }
        if ["MA_DICH_VU", "MA_THUOC", "MA_VAT_TU"].into_iter().all(|tag| document.get(tag).is_empty()) {
            return Err("MA_DICH_VU, MA_THUOC, MA_VAT_TU: no cost".to_owned());
        }
        Ok(document)
    }

    /// The value of a tag.
    pub(crate) fn get(&self, tag: &str) -> &str {
        let place = TAGS.iter().position(|(known, ..)| *known == tag);
        place.and_then(|place| self.0.get(place)).map_or("", String::as_str)
    }
}

impl Shape {
    fn holds(self, value: &str) -> bool {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        match self {
            Text(most) => value.chars().count() <= most,
            Number(most) => value.len() <= most && digits(value),
            Minute => value.len() == 12 && digits(value) && within(value, 4, 12) && within(value, 6, 31),
            Each(length) => value.split(';').all(|part| part.len() == length),
            EachDate => value
                .split(';')
                .all(|part| part.len() == 8 && digits(part) && within(part, 4, 12) && within(part, 6, 31)),
            Cards => value.split(';').all(|part| matches!(part.len(), 10 | 12 | 15)),
            OneOf(values) => values.contains(&value),
        }
    }
}

/// Whether the two digits at `place` are at most `most`.
fn within(value: &str, place: usize, most: u8) -> bool {
    value.get(place..place + 2).and_then(|part| part.parse::<u8>().ok()).is_some_and(|part| part <= most)
}

/// The leaves of the one visit, in order, and nothing around them that is not in the facts.
fn fields(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut reader = Reader::from_str(text);
    let mut path: Vec<String> = Vec::new();
    let mut fields = Vec::new();
    let (mut visits, mut signatures, mut value) = (0, 0, String::new());
    loop {
        let event = reader.read_event().map_err(|_| "not well-formed".to_owned())?;
        let signed = path.get(1).is_some_and(|tag| tag == SIGNATURE);
        match event {
            Event::Start(start) => {
                let tag = start.name().into_inner().to_owned();
                if !signed {
                    signatures += usize::from(path == ROOT && tag == SIGNATURE);
                    visits += usize::from(path == LIST && tag == "TRANG_THAI_KCB");
                    place(&path, &tag, visits, signatures)?;
                }
                if path.len() == 32 {
                    return Err("nested too deep".to_owned());
                }
                path.push(tag);
                value.clear();
            }
            Event::Empty(start) if !signed => {
                let tag = start.name().into_inner().to_owned();
                signatures += usize::from(path == ROOT && tag == SIGNATURE);
                place(&path, &tag, visits, signatures)?;
                match path.len() {
                    1 if tag == SIGNATURE => {}
                    3 => fields.push((tag, String::new())),
                    _ => return Err("a tag without content".to_owned()),
                }
            }
            Event::Text(text) if !signed => {
                if path.len() != 4 && !text.trim().is_empty() {
                    return Err("text between the tags".to_owned());
                }
                value += &text;
            }
            Event::GeneralRef(name) if !signed => value.push(match &*name {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                _ => return Err("an entity".to_owned()),
            }),
            Event::End(_) => {
                if let Some(tag) = path.pop()
                    && path == VISIT
                {
                    fields.push((tag, std::mem::take(&mut value)));
                }
            }
            Event::Eof if path.is_empty() && (visits, signatures) == (1, 1) => return Ok(fields),
            Event::Decl(_) => {}
            Event::Empty(_) | Event::Text(_) | Event::CData(_) if signed => {}
            _ => return Err("not one visit and CHUKYDONVI, in plain XML".to_owned()),
        }
    }
}

/// Whether `tag` may stand here: list, then signature, nothing else.
fn place(path: &[String], tag: &str, visits: usize, signatures: usize) -> Result<(), String> {
    let right = match path.len() {
        0 => ROOT.first() == Some(&tag),
        1 if tag == SIGNATURE => visits == 1 && signatures == 1,
        1 => tag == "DSACH_TRANG_THAI_KCB" && visits == 0,
        2 => path == LIST && tag == "TRANG_THAI_KCB" && visits == 1,
        3 => path == VISIT,
        _ => false,
    };
    if right { Ok(()) } else { Err("a tag that is not in the format".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOLDEN: &str = include_str!("../../../../tests/wire/insurance/check-in.xml");

    fn read(text: &str) -> Result<Xml0, String> {
        Xml0::read(text.as_bytes(), "01999")
    }

    #[test]
    fn the_golden_document_is_read_tag_by_tag() {
        let document = read(GOLDEN).unwrap();
        for (tag, value) in [
            ("MA_LK", "01999-2026-09-15-0001"),
            ("HO_TEN", "Nguyễn Thị Hoà"),
            ("NGAY_SINH", "194803020000"),
            ("MA_THE_BHYT", "HT2010148012345;HT3010148012345"),
            ("NGAY_VAO_NOI_TRU", ""),
            ("NGAY_YL", "202609150812"),
        ] {
            assert_eq!(document.get(tag), value);
        }
    }

    #[test]
    fn each_departure_from_the_table_is_named_by_its_tag() {
        for (from, to, named) in [
            ("<STT>1</STT>\n", "", "STT"),
            ("<STT>1</STT>", "<STT>1</STT><STT>1</STT>", "MA_BN"),
            ("<STT>1</STT>\n<MA_BN>BN0000000001</MA_BN>", "<MA_BN>BN0000000001</MA_BN>\n<STT>1</STT>", "STT"),
            ("<DU_PHONG/>", "", "tags"),
            ("<DU_PHONG/>", "<DU_PHONG/><THEM/>", "tags"),
            ("01999-2026-09-15-0001", "", "MA_LK: empty"),
            ("01999-2026-09-15-0001", &"9".repeat(101), "MA_LK: length"),
            ("194803020000", "194813020000", "NGAY_SINH"),
            ("194803020000", "19480302", "NGAY_SINH"),
            (">2</GIOI_TINH>", ">4</GIOI_TINH>", "GIOI_TINH"),
            (">1.2<", ">2<", "MA_DOITUONG_KCB"),
            ("<MA_LOAI_KCB>01", "<MA_LOAI_KCB>1", "MA_LOAI_KCB"),
            ("<MA_CSKCB>01999", "<MA_CSKCB>01998", "MA_CSKCB: not the sender"),
            ("01999;01999", "01999", "MA_DKBD: not one"),
            ("20250101;20260101", "", "GT_THE_TU: not one"),
            ("20251231;20261231", "20251231;2026123", "GT_THE_DEN: length"),
            ("02.1896", "", "no cost"),
            ("<CHUKYDONVI/>", "", "CHUKYDONVI"),
            ("<CHUKYDONVI/>", "<CHUKYDONVI/><CHUKYDONVI/>", "a tag"),
            ("<DSACH_TRANG_THAI_KCB>", "<CHUKYDONVI/><DSACH_TRANG_THAI_KCB>", "a tag"),
            ("Nguyễn", "&name;", "an entity"),
            ("<CHI_TIEU", "<!DOCTYPE a []><CHI_TIEU", "plain XML"),
            ("</TRANG_THAI_KCB>", "</TRANG_THAI_KCB>x", "text"),
            ("</DSACH_TRANG_THAI_KCB>", "<TRANG_THAI_KCB/></DSACH_TRANG_THAI_KCB>", "a tag without"),
        ] {
            let text = GOLDEN.replacen(from, to, 1);
            assert_ne!(text, GOLDEN, "{from}");
            let wrong = read(&text).unwrap_err();
            assert!(wrong.contains(named), "{to}: {wrong}");
        }
        assert!(Xml0::read(b"\xff", "01999").is_err());
        assert!(read("").is_err());
    }

    #[test]
    fn an_unknown_day_and_month_of_birth_are_noughts() {
        assert!(read(&GOLDEN.replace("194803020000", "194800000000")).is_ok());
    }

    #[test]
    fn a_signature_may_stand_in_its_place() {
        let signed =
            GOLDEN.replace("<CHUKYDONVI/>", "<CHUKYDONVI><Signature><A>x</A><B/></Signature></CHUKYDONVI>");
        assert!(read(&signed).is_ok());
    }

    #[test]
    fn someone_without_a_card_has_no_dates_either() {
        let mut text = GOLDEN.to_owned();
        for (tag, value) in [
            ("MA_THE_BHYT", "HT2010148012345;HT3010148012345"),
            ("MA_DKBD", "01999;01999"),
            ("GT_THE_TU", "20250101;20260101"),
            ("GT_THE_DEN", "20251231;20261231"),
        ] {
            text = text.replace(&format!("<{tag}>{value}</{tag}>"), &format!("<{tag}/>"));
        }
        assert!(read(&text).is_ok());
    }
}
