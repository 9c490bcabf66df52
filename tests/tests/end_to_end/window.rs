//! Journeys through the kiosk's real window, by pointer events where AccessKit says that things are.

use std::io;

use end_to_end::{
    display::VirtualDisplay,
    journey::{self, screen},
    python, record, staff,
    world::{Kiosk, World, test_folder},
};

struct Scene {
    kiosk: Kiosk,
    world: World,
    _display: VirtualDisplay,
}

fn scene(name: &str) -> Scene {
    let start = || -> io::Result<Scene> {
        let display = VirtualDisplay::start()?;
        let world = World::start(&test_folder(name)?)?;
        Ok(Scene { kiosk: world.open_kiosk(&display.name())?, world, _display: display })
    };
    start().unwrap_or_else(|error| panic!("{error}; see target/end-to-end/{name}/logs"))
}

impl Scene {
    /// From welcome to the number, with a card and where to go.
    fn check_in(&mut self, slug: &str, can: &str, reason: &str, room: Option<&str>) -> String {
        journey::present(&mut self.world, &mut self.kiosk.window, slug, can).unwrap();
        let number = journey::finish(&mut self.kiosk.window, reason, room).unwrap();
        self.leave();
        number
    }

    /// From the last screen back to welcome, card in hand.
    fn leave(&mut self) {
        self.world.take_card();
        let window = &mut self.kiosk.window;
        window.touch("Xong").unwrap();
        window.wait_for(screen::WELCOME).unwrap();
    }

    /// The visit with this number, as other software gets it, is FHIR R5 by an independent implementation.
    fn exports(&self, number: &str) {
        let visit = self.recorded(number, "/visit");
        let bundle = staff::export(&self.world, &visit, "fhir").unwrap();
        python::validate_fhir(&bundle).unwrap();
    }

    fn recorded(&self, number: &str, pointer: &str) -> String {
        let visit = staff::visit_with_number(&self.world, number).unwrap();
        visit.pointer(pointer).and_then(|value| value.as_str()).unwrap_or_default().to_owned()
    }
}

#[test]
fn a_patient_checks_in_with_the_chip_of_their_card() {
    let mut scene = scene("check-in");
    let number = scene.check_in("nguyen-thi-hoa", "012345", "Khám bệnh", Some("Phòng 2: Khám bệnh"));
    assert!(number.starts_with('U'), "she is 78 and seen before others: {number}");
    assert_eq!(scene.recorded(&number, "/phuong_thuc_dinh_danh"), "CHIP_CCCD");
    assert_eq!(scene.recorded(&number, "/verdict/chip/code"), "challenge_answered");
    assert_eq!(scene.recorded(&number, "/access"), "pace_can");
    assert_eq!(scene.recorded(&number, "/challenge"), "server");
    assert_eq!(scene.recorded(&number, "/insurance/state"), "HOP_LE");
    scene.exports(&number);
    let ticket = record::only_file(&scene.world.folder().join("tickets")).unwrap();
    assert!(std::fs::metadata(ticket).unwrap().len() > 1_000, "the ticket was printed");

    // The same person again, after the server's plug was pulled: the same number, and no more questions.
    scene.world.start_server().unwrap();
    journey::present(&mut scene.world, &mut scene.kiosk.window, "nguyen-thi-hoa", "012345").unwrap();
    scene.kiosk.window.wait_for(screen::CONFIRM).unwrap();
    scene.kiosk.window.touch("Đúng là tôi").unwrap();
    assert_eq!(journey::number(&mut scene.kiosk.window).unwrap(), number);
    scene.kiosk.window.wait_for("Hôm nay ông/bà đã lấy số này rồi.").unwrap();
    assert_eq!(staff::visits(&scene.world).unwrap().len(), 1);
}

#[test]
fn a_forged_card_ends_with_staff_who_admit_by_hand_and_the_kiosk_shows_the_number() {
    let mut scene = scene("forged");
    journey::present(&mut scene.world, &mut scene.kiosk.window, "bui-duc-tu-thang", "101234").unwrap();
    let words = "Nội dung trong chip không khớp với chữ ký. Nhân viên sẽ xem thẻ cùng ông/bà.";
    scene.kiosk.window.wait_for(words).unwrap();
    assert!(staff::page(&scene.world, "/staff").unwrap().contains("data_group_mismatch"));
    assert!(staff::visits(&scene.world).unwrap().is_empty(), "nothing is recorded that was not proved");

    staff::admit_by_hand(&scene.world, "Bùi Đức Từ Thắng").unwrap();
    let number = journey::number(&mut scene.kiosk.window).unwrap();
    assert_eq!(scene.recorded(&number, "/phuong_thuc_dinh_danh"), "NHAP_TAY");
    assert_eq!(scene.recorded(&number, "/admitted_by/staff"), "Lê Thị Cán");
    scene.exports(&number);
}

#[test]
fn who_does_not_agree_is_served_by_a_person() {
    let mut scene = scene("no-consent");
    let window = &mut scene.kiosk.window;
    window.wait_for(screen::WELCOME).unwrap();
    window.touch("Lấy số khám bệnh").unwrap();
    window.wait_for(screen::CONSENT).unwrap();
    scene.world.lay_card("nguyen-thi-hoa").unwrap();
    window.touch("Không đồng ý").unwrap();
    window.wait_for(screen::STAFF).unwrap();
    assert!(staff::page(&scene.world, "/staff").unwrap().contains("consent_refused"));
    staff::admit_by_hand(&scene.world, "Người Không Đồng Ý").unwrap();
    let number = journey::number(&mut scene.kiosk.window).unwrap();
    assert_eq!(scene.recorded(&number, "/phuong_thuc_dinh_danh"), "NHAP_TAY");
    assert_eq!(scene.world.commands_given().unwrap(), 0, "the card that lies there was not touched");
}

#[test]
fn an_emergency_calls_staff_at_one_touch() {
    let mut scene = scene("emergency");
    let window = &mut scene.kiosk.window;
    window.wait_for(screen::WELCOME).unwrap();
    window.touch("Cấp cứu").unwrap();
    window.wait_for(screen::STAFF).unwrap();
    window.wait_for("Nhân viên đến ngay.").unwrap();
    let page = staff::page(&scene.world, "/staff").unwrap();
    assert!(page.contains("call waiting emergency") && page.contains("Màn hình chào"), "{page}");
    let call = staff::open_calls(&scene.world).unwrap().remove(0);
    staff::send(&scene.world, &format!("/staff/calls/{call}/acknowledge"), &[]).unwrap();
    window.wait_for("Nhân viên đã biết, đang tới").unwrap();
    assert!(staff::visits(&scene.world).unwrap().is_empty(), "numbers come later");
}

#[test]
fn a_daughter_comes_for_her_mother() {
    let mut scene = scene("on-behalf");
    journey::present(&mut scene.world, &mut scene.kiosk.window, "nguyen-thi-hoa", "012345").unwrap();
    let window = &mut scene.kiosk.window;
    window.wait_for(screen::CONFIRM).unwrap();
    window.touch("Tôi làm giúp người này").unwrap();
    window.wait_for(screen::RELATION).unwrap();
    window.touch("Tôi là con").unwrap();
    window.wait_for(screen::REASON).unwrap();
    window.touch("Tiêm chủng").unwrap();
    let number = journey::number(window).unwrap();
    assert_eq!(scene.recorded(&number, "/patient/representative/relation"), "child");
}

#[test]
fn three_wrong_numbers_call_staff() {
    let mut scene = scene("wrong-number");
    journey::present(&mut scene.world, &mut scene.kiosk.window, "nguyen-thi-hoa", "000000").unwrap();
    for _ in 0..2 {
        scene.kiosk.window.wait_for(screen::WRONG_NUMBER).unwrap();
        journey::type_number(&mut scene.kiosk.window, "111111").unwrap();
    }
    scene.kiosk.window.wait_for(screen::STAFF).unwrap();
    assert!(staff::page(&scene.world, "/staff").unwrap().contains("too_many_wrong_cans"));
}

#[test]
fn a_card_that_lay_there_before_is_asked_away() {
    let mut scene = scene("card-before");
    scene.kiosk.window.wait_for(screen::WELCOME).unwrap();
    scene.world.lay_card_seen("nguyen-thi-hoa", "012345").unwrap();
    let before = scene.world.commands_given().unwrap();
    assert!(before > 10, "another program has read it");
    scene.kiosk.window.touch("Lấy số khám bệnh").unwrap();
    scene.kiosk.window.wait_for(screen::TAKE_AWAY).unwrap();
    scene.world.take_card();
    scene.kiosk.window.wait_for(screen::CONSENT).unwrap();
    assert_eq!(scene.world.commands_given().unwrap(), before, "the kiosk sent it nothing");
}

#[test]
fn a_card_pulled_out_while_it_is_read_can_be_laid_down_again() {
    let mut scene = scene("pulled");
    journey::begin(&mut scene.kiosk.window).unwrap();
    journey::type_number(&mut scene.kiosk.window, "012345").unwrap();
    scene.kiosk.window.wait_for(screen::PRESENT).unwrap();
    scene.world.lay_card_so("nguyen-thi-hoa", &["--jump-off-after", "12"]).unwrap();
    let removed = "Thẻ đã bị nhấc ra khi máy đang đọc. Xin đặt thẻ lại và để yên.";
    scene.kiosk.window.wait_for(removed).unwrap();
    scene.world.lay_card("nguyen-thi-hoa").unwrap();
    let number = journey::finish(&mut scene.kiosk.window, "Tiêm chủng", None).unwrap();
    assert_eq!(scene.recorded(&number, "/verdict/chip/code"), "challenge_answered");
}

#[test]
fn a_card_left_behind_is_called_out_and_staff_are_told() {
    let mut scene = scene("left-behind");
    journey::present(&mut scene.world, &mut scene.kiosk.window, "nguyen-thi-hoa", "012345").unwrap();
    journey::finish(&mut scene.kiosk.window, "Tiêm chủng", None).unwrap();
    scene.kiosk.window.touch("Xong").unwrap();
    scene.kiosk.window.wait_for(screen::TAKE_CARD).unwrap();
    scene.kiosk.window.wait_for("Đã báo nhân viên giữ thẻ giúp.").unwrap();
    assert!(staff::page(&scene.world, "/staff").unwrap().contains("card_left_behind"));
    scene.world.take_card();
    scene.kiosk.window.wait_for(screen::WELCOME).unwrap();
}

#[test]
fn with_the_insurance_register_down_the_patient_is_seen_all_the_same() {
    let mut scene = scene("register-down");
    let (slug, can) = ("mai-thi-bich-diep", "189012");
    journey::present(&mut scene.world, &mut scene.kiosk.window, slug, can).unwrap();
    let number = journey::finish(&mut scene.kiosk.window, "Tiêm chủng", None).unwrap();
    scene.kiosk.window.wait_for("Hệ thống bảo hiểm đang chậm. Ông/bà vẫn được khám.").unwrap();
    assert_eq!(scene.recorded(&number, "/insurance/state"), "CHUA_XAC_MINH");
}
