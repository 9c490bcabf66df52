//! Signing in, being signed out, and accounts.

use std::time::Duration;

use end_to_end::staff::one_time_code;

use super::{Scene, USER};

#[tokio::test(flavor = "multi_thread")]
async fn browser_staff_sign_in_on_a_phone_and_out() {
    let scene = Scene::open("browser-sign-in").await;
    let phone = &scene.phone;
    scene.go("/staff/visits").await;
    phone.wait_for("Đăng nhập").await.unwrap();
    assert_eq!(phone.path().await.unwrap(), "/staff/sign-in?next=%2Fstaff%2Fvisits");
    scene.look("1-sign-in").await;
    scene.type_password("không phải mật khẩu").await;
    phone.wait_for("Tên đăng nhập hoặc mật khẩu không đúng").await.unwrap();
    scene.look("2-wrong-password").await;
    scene.type_password(USER.1).await;
    phone.wait_for("Mã xác thực trên điện thoại").await.unwrap();
    scene.look("3-code").await;
    let right = scene.code();
    scene.type_code(if right == "000000" { "000001" } else { "000000" }).await;
    phone.wait_for("Mã không đúng").await.unwrap();
    scene.look("4-wrong-code").await;
    scene.type_code(&scene.code()).await;
    phone.wait_for("Trần Văn Mẫu").await.unwrap();
    assert_eq!(phone.path().await.unwrap(), "/staff/visits");
    scene.look("5-visits").await;
    // No script reads the cookie.
    assert_eq!(phone.run("return document.cookie").await.unwrap(), "");
    scene.go("/staff").await;
    phone.wait_for("Không có cuộc gọi nào").await.unwrap();
    scene.look("6-calls").await;
    phone.press("Đăng xuất").await.unwrap();
    phone.wait_for("Tên đăng nhập").await.unwrap();
    scene.go("/staff").await;
    assert_eq!(phone.path().await.unwrap(), "/staff/sign-in?next=%2Fstaff");
    scene.phone.quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn browser_whoever_guesses_waits() {
    let scene = Scene::open("browser-guesses").await;
    scene.go("/staff/sign-in").await;
    for _ in 0..5 {
        scene.type_password("không phải mật khẩu").await;
        scene.phone.wait_for("không đúng").await.unwrap();
    }
    scene.type_password(USER.1).await;
    scene.phone.wait_for("Sai nhiều lần. Xin thử lại sau 1 phút").await.unwrap();
    scene.look("held-up").await;
    scene.phone.quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn browser_whoever_leaves_is_signed_out() {
    let mut scene = Scene::open("browser-idle").await;
    scene.go("/staff/sign-in").await;
    scene.type_password(USER.1).await;
    scene.phone.wait_for("Mã xác thực trên điện thoại").await.unwrap();
    scene.type_code(&scene.code()).await;
    scene.phone.wait_for("Trần Văn Mẫu").await.unwrap();
    // A restart signs nobody out; a quarter of an hour does.
    scene.world.let_pass(Duration::from_mins(10)).unwrap();
    scene.go("/staff/account").await;
    scene.phone.wait_for("Tài khoản của tôi").await.unwrap();
    scene.look("1-own-account").await;
    scene.world.let_pass(Duration::from_mins(15)).unwrap();
    scene.go("/staff/visits").await;
    scene.phone.wait_for("Đã tự đăng xuất sau 15 phút").await.unwrap();
    scene.look("2-signed-out").await;
    scene.phone.quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn browser_a_manager_adds_someone_who_enrols_their_phone() {
    let scene = Scene::open("browser-enrolment").await;
    let phone = &scene.phone;
    scene.go("/staff/accounts").await;
    phone.fill("user_name", "le.thi.can").await.unwrap();
    phone.fill("password", "tram y te xa Mau 2026").await.unwrap();
    phone.press("Tiếp tục").await.unwrap();
    phone.wait_for("Mã xác thực trên điện thoại").await.unwrap();
    let now = scene.world.now().unwrap().as_second();
    scene.type_code(&one_time_code("MOPHONGMOPHONGMOPHONGMOPHONGMOPH", now, 0).unwrap()).await;
    phone.wait_for("Tài khoản nhân viên").await.unwrap();
    scene.look("1-accounts").await;
    phone.fill("name", "Phạm Thị Mới").await.unwrap();
    phone.fill("user_name", "pham.thi.moi").await.unwrap();
    phone.run("document.querySelector('section:last-of-type [value=clinician]').click()").await.unwrap();
    phone.press("Thêm").await.unwrap();
    phone.wait_for("Mã đăng ký của").await.unwrap();
    scene.look("2-code").await;
    let code = phone.find(".secret code").await.unwrap().text().await.unwrap();
    phone.press("Đăng xuất").await.unwrap();
    phone.fill("user_name", "pham.thi.moi").await.unwrap();
    phone.fill("password", &code.to_lowercase()).await.unwrap();
    phone.press("Tiếp tục").await.unwrap();
    phone.wait_for("Quét mã này").await.unwrap();
    scene.look("3-enrol").await;
    let secret = phone.find("section code").await.unwrap().text().await.unwrap().replace(' ', "");
    phone.fill("password", "bốn con vịt xanh").await.unwrap();
    phone.fill("again", "bốn con vịt xanh").await.unwrap();
    let now = scene.world.now().unwrap().as_second();
    phone.fill("code", &one_time_code(&secret, now, 0).unwrap()).await.unwrap();
    phone.press("Xong").await.unwrap();
    phone.wait_for("Mã dự phòng").await.unwrap();
    scene.look("4-recovery-codes").await;
    phone.press("Đã chép, tiếp tục").await.unwrap();
    phone.wait_for("Phạm Thị Mới").await.unwrap();
    scene.phone.quit().await.unwrap();
}
