use flows::{Text, TicketCode, TicketLink};
use image::GrayImage;

use super::*;

const REGULAR: &[u8] = include_bytes!("../../../kiosk/assets/fonts/BeVietnamPro_500Medium.ttf");
const BOLD: &[u8] = include_bytes!("../../../kiosk/assets/fonts/BeVietnamPro_700Bold.ttf");
const PAPER: Paper<'static> = Paper { regular: REGULAR, bold: BOLD };

fn ticket() -> Ticket {
    let text = |vi: &str, en: &str| Text { vi: vi.into(), en: en.into() };
    Ticket {
        number: "U003".into(),
        room: text("Phòng 4: Sản phụ khoa và kế hoạch hoá gia đình", "Room 4: Women's health"),
        station: text("Trạm y tế xã Mẫu", "Mau commune health station"),
        issued_at: "2026-09-15T08:00:05+07:00".into(),
        priority: true,
        simulated: true,
        code: None,
        link: None,
    }
}

fn picture(ticket: &Ticket, language: Language) -> GrayImage {
    let png = render(ticket, language, &PAPER).unwrap();
    image::load_from_memory(&png).unwrap().into_luma8()
}

#[test]
fn a_ticket_fits_the_paper_and_is_black_and_white_only() {
    for language in [Language::Vi, Language::En] {
        for (priority, simulated) in [(true, true), (false, false), (false, true)] {
            let picture = picture(&Ticket { priority, simulated, ..ticket() }, language);
            assert_eq!(picture.width(), WIDTH);
            assert!(picture.pixels().all(|pixel| matches!(pixel.0[0], 0 | 255)));
            // Nothing is printed into the edge, where the paper may be cut off: bars of the banner excepted.
            let edge = |x: u32| (0..picture.height()).filter(|y| picture.get_pixel(x, *y).0[0] == 0).count();
            if !simulated {
                assert_eq!((edge(0), edge(WIDTH - 1)), (0, 0));
            }
        }
    }
}

#[test]
fn a_simulated_ticket_says_so_and_a_real_one_does_not() {
    let dark =
        |picture: &GrayImage, y: u32| (0..WIDTH).filter(|x| picture.get_pixel(*x, y).0[0] == 0).count();
    let simulated = picture(&ticket(), Language::Vi);
    let real = picture(&Ticket { simulated: false, ..ticket() }, Language::Vi);
    let last = |picture: &GrayImage| picture.height() - 1;
    assert_eq!(dark(&simulated, 0), WIDTH as usize);
    assert_eq!(dark(&simulated, last(&simulated)), WIDTH as usize);
    assert_eq!((dark(&real, 0), dark(&real, last(&real))), (0, 0));
    assert!(simulated.height() > real.height() + 100);
}

#[test]
fn the_number_is_the_largest_thing_on_the_ticket() {
    let with = |number: &str| picture(&Ticket { number: number.into(), ..ticket() }, Language::Vi);
    let (eight, one) = (with("888"), with("111"));
    let differs: Vec<u32> = (0..eight.height())
        .filter(|y| (0..WIDTH).any(|x| eight.get_pixel(x, *y) != one.get_pixel(x, *y)))
        .collect();
    let (first, last) = (differs[0], *differs.last().unwrap());
    assert!(last - first > 110, "digits of {} dots", last - first);
}

#[test]
fn every_letter_of_the_words_is_in_the_fonts() {
    use ab_glyph::Font as _;
    let all = "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ";
    for bytes in [REGULAR, BOLD] {
        let font = ab_glyph::FontRef::try_from_slice(bytes).unwrap();
        for letter in all.chars().chain(all.to_lowercase().chars()) {
            assert_ne!(font.glyph_id(letter).0, 0, "{letter}");
        }
    }
}

#[test]
fn people_read_the_time_their_way() {
    assert_eq!(time("2026-09-15T08:00:05+07:00"), "08:00  15/09/2026");
    assert_eq!(time("later"), "later");
}

#[test]
fn what_a_telephone_reads_on_the_ticket_is_the_page_of_its_place() {
    let code = TicketCode::new(*b"a made-up code!!");
    let link = TicketLink::new("https://tram.xa-mau.example.vn", &code);
    let with_link = Ticket { code: Some(code), link: Some(link.clone()), ..ticket() };
    let picture_with_link = picture(&with_link, Language::Vi);
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(
        usize::try_from(picture_with_link.width()).unwrap(),
        usize::try_from(picture_with_link.height()).unwrap(),
        |x, y| picture_with_link.get_pixel(u32::try_from(x).unwrap(), u32::try_from(y).unwrap()).0[0],
    );
    let found = prepared.detect_grids();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].decode().unwrap().1, link.as_str());
    // Where there is no address, the code alone; where there is no code, nothing of it.
    let code_alone = picture(&Ticket { code: Some(code), ..ticket() }, Language::Vi);
    let nothing = picture(&ticket(), Language::Vi);
    assert!(
        picture_with_link.height() > code_alone.height() + 200 && code_alone.height() > nothing.height() + 40
    );
}

#[test]
fn an_address_that_is_too_long_is_refused_by_name() {
    let code = TicketCode::new([7; 16]);
    let link = TicketLink::new(&format!("https://{}.example.vn", "a".repeat(4000)), &code);
    let ticket = Ticket { code: Some(code), link: Some(link), ..ticket() };
    assert!(matches!(render(&ticket, Language::Vi, &PAPER), Err(RenderError::Qr(_))));
}
