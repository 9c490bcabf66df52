//! A lodging's pages on its owner's phone.

use end_to_end::browser::Browser;

use super::Scene;

/// A small phone.
const SMALL: (u32, u32) = (360, 740);
const OWNER: (&str, &str) = ("pham.thi.chu", "nha nghi Hoa Mau 2026");
const DEVICE: &str = "CHUNHANGHICHUNHANGHICHUNHANGHICH";
/// The tourist vessel: it declares by file, so that nothing goes out by itself.
const VESSEL: &str = "/lodging/tau-song-mau";
const CARD: &str = "001148012345|012345678|Nguyễn Thị Hoà|02031948|Nữ|Thôn 1, Xã Mẫu, Hà Nội|10052022";
const PASSPORT: &str =
    "P<FRAMARTIN<<CLAIRE<<<<<<<<<<<<<<<<<<<<<<<<<\n12AB345673FRA9001011F3101012<<<<<<<<<<<<<<00";

/// Chooses arrival and departure: what keys do in such a field is each browser's own.
async fn days(phone: &Browser, arrival: &str, departure: &str) {
    for (name, value) in [("arrival", arrival), ("departure", departure)] {
        let script = format!("document.querySelector('[name={name}]').value = '{value}'");
        phone.run(&script).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn browser_an_owner_writes_guests_down_and_tells_the_police() {
    let scene = Scene::open_at("browser-lodging", SMALL).await;
    let phone = &scene.phone;
    scene.signed_in_as(OWNER, DEVICE, "Phạm Thị Chủ", "/staff").await;
    phone.wait_for("Nhà nghỉ Hoa Mẫu").await.unwrap();
    scene.look("1-places").await;
    phone.press("Tàu du lịch Sông Mẫu").await.unwrap();
    phone.wait_for("Chưa có khách nào đêm nay").await.unwrap();

    scene.go(&format!("{VESSEL}/guests/new")).await;
    scene.look("2-new-guest").await;
    days(phone, "2026-09-15T07:30", "2026-09-16T10:00").await;
    phone.send("main form", &[("scan", CARD), ("stay_reason", "1")]).await.unwrap();
    for words in ["Nguyễn Thị Hoà", "001148012345", "Chờ xác nhận", "Hạn 15/09/2026 23:00"] {
        phone.wait_for(words).await.unwrap();
    }
    scene.look("3-draft").await;
    phone.press("Xác nhận: đã xem giấy tờ").await.unwrap();
    phone.wait_for("Chờ gửi").await.unwrap();
    let guest = phone.path().await.unwrap();

    // A foreigner who came yesterday at half past eight: the 24 hours of a remote place are over in half an hour.
    scene.go(&format!("{VESSEL}/guests/new?kind=passport")).await;
    scene.look("4-passport").await;
    days(phone, "2026-09-14T08:30", "2026-09-17T10:00").await;
    let passport = [("mrz", PASSPORT), ("permitted_until", "30/09/2026")];
    phone.send("main form", &passport).await.unwrap();
    phone.wait_for("MARTIN CLAIRE").await.unwrap();
    scene.go(VESSEL).await;
    phone.wait_for_in(".alarm", "Gọi điện hoặc đến công an xã").await.unwrap();
    scene.look("5-alarm").await;
    scene.go(&format!("{VESSEL}/list")).await;
    phone.wait_for("12AB34567").await.unwrap();
    scene.look("6-list").await;
    scene.go(VESSEL).await;
    phone.touch("input[name=how][value=telephone]").await.unwrap();
    phone.fill("whom", "Đồng chí Trực").await.unwrap();
    phone.leave_by(".alarm form button").await.unwrap();
    phone.wait_for("Đã báo công an").await.unwrap();
    scene.look("7-told").await;

    scene.go(&guest).await;
    scene.look("8-guest").await;
    scene.go(&format!("{guest}/correct")).await;
    scene.look("9-correct").await;
    scene.go(&format!("{VESSEL}/files")).await;
    phone.wait_for("Khách Việt Nam: tệp Excel").await.unwrap();
    scene.look("10-files").await;
    scene.go(&format!("{VESSEL}/import")).await;
    scene.look("11-import").await;
    scene.phone.quit().await.unwrap();
}
