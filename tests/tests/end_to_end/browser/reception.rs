//! Reception by hand, on a phone.

use end_to_end::browser::PHONE;

use super::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn browser_an_emergency_is_received_on_a_phone_and_identified_later() {
    let scene = Scene::open("browser-reception").await;
    let phone = &scene.phone;
    scene.signed_in("/staff/reception").await;
    scene.look("1-reception").await;
    phone.press("Cấp số ngay").await.unwrap();
    // Nobody knows who it is; the room is the one of the station's file.
    phone.wait_for("Chưa xác định là ai").await.unwrap();
    phone.wait_for("TAM-20260915-").await.unwrap();
    phone.wait_for_in(".number", "C001").await.unwrap();
    phone.wait_for_in(".room", "Phòng 1").await.unwrap();
    scene.look("2-number").await;
    let visit = phone.path().await.unwrap();
    let board = scene.another(PHONE, "/board").await;
    board.wait_for_in(".place:nth-of-type(1) .next b", "C001").await.unwrap();
    scene.go("/staff/tasks").await;
    phone.wait_for("17/09/2026 08:0").await.unwrap();
    scene.look("3-tasks").await;

    // Relatives bring her card.
    scene.go(&format!("{visit}/correct")).await;
    scene.look("4-identify").await;
    let identified = [
        ("reason", "Người nhà mang căn cước đến"),
        ("full_name", "Nguyễn Thị Hoà"),
        ("number", "001148012345"),
        ("birth", "1948"),
        ("sex", "female"),
    ];
    phone.send("main form", &identified).await.unwrap();
    for words in
        ["Nguyễn Thị Hoà", "001*****2345", "Chưa xác định danh tính", "gộp hồ sơ tạm", "Trần Văn Mẫu"]
    {
        phone.wait_for(words).await.unwrap();
    }
    scene.look("5-identified").await;
    scene.go("/staff/tasks").await;
    phone.wait_for("Không có việc nào").await.unwrap();
    scene.go("/staff/visits").await;
    phone.wait_for("Nguyễn Thị Hoà").await.unwrap();
    scene.look("6-visits").await;

    board.quit().await.unwrap();
    scene.phone.quit().await.unwrap();
}
