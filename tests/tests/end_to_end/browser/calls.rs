//! A kiosk's call for staff, on the page that sounds.

use std::time::Duration;

use end_to_end::{browser::DESK, conversation::Conversation, signed::KIOSK};
use serde_json::json;

use super::Scene;

/// Every tone that the page makes is counted.
const LISTEN: &str = "window.stayed = true; window.tones = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...when) { window.tones += 1; return start.apply(this, when); }";

/// Somebody sits before the open page of calls, with the sound turned on.
async fn waiting_for_calls(name: &str) -> Scene {
    let scene = Scene::open_at(name, DESK).await;
    scene.signed_in("/staff").await;
    scene.phone.wait_for("Không có cuộc gọi nào").await.unwrap();
    scene.phone.run(LISTEN).await.unwrap();
    scene.phone.touch("#sound").await.unwrap();
    scene.phone.wait_until("return window.tones === 3").await.unwrap();
    scene
}

fn call_state(conversation: &mut Conversation, scene: &Scene) -> String {
    conversation.look(&scene.world).unwrap();
    conversation.says("/call/state").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn browser_a_call_sounds_at_once_and_whoever_takes_it_admits_by_hand() {
    let scene = waiting_for_calls("browser-call").await;
    let desk = &scene.phone;
    let mut patient = Conversation::begin(&scene.world).unwrap();
    patient.call_staff(&scene.world).unwrap();
    desk.wait_for_in(".call.waiting", "Người dân bấm Gọi nhân viên").await.unwrap();
    desk.wait_until("return window.tones === 6 && document.title.startsWith('(1)')").await.unwrap();
    assert_eq!(desk.run("return window.stayed").await.unwrap(), true, "the page loaded itself again");
    scene.look("1-call").await;
    assert_eq!(call_state(&mut patient, &scene), "waiting");

    desk.press("Người dân bấm Gọi nhân viên").await.unwrap();
    desk.press("Tôi biết, đang tới").await.unwrap();
    desk.wait_for("Đang tới: Trần Văn Mẫu").await.unwrap();
    assert_eq!(call_state(&mut patient, &scene), "acknowledged");
    desk.press("Nhận làm tiếp tại bàn").await.unwrap();
    desk.wait_for("Đang làm tại bàn: Trần Văn Mẫu").await.unwrap();
    scene.look("2-taken").await;
    assert_eq!(call_state(&mut patient, &scene), "taken_over");
    assert_eq!(patient.says("/call/where_to_go/vi"), "Bàn tiếp đón, cạnh cửa chính");
    let form = [("reason", "Đã xem thẻ và người"), ("full_name", "Lò Văn Páo"), ("where_to", "illness/p2")];
    desk.send("form[action$=\"/admit\"]", &form).await.unwrap();
    desk.wait_for("Lò Văn Páo").await.unwrap();
    scene.look("3-admitted").await;
    patient.look(&scene.world).unwrap();
    assert_eq!((patient.says("/step/kind"), patient.says("/step/ticket/number")), ("done", "001"));
    scene.phone.quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn browser_a_call_is_handed_back_and_the_kiosk_goes_on() {
    let scene = waiting_for_calls("browser-hand-back").await;
    let desk = &scene.phone;
    let mut patient = Conversation::begin(&scene.world).unwrap();
    patient.call_staff(&scene.world).unwrap();
    desk.press("Người dân bấm Gọi nhân viên").await.unwrap();
    desk.press("Nhận làm tiếp tại bàn").await.unwrap();
    desk.send("form[action$=\"/hand-back\"]", &[("reason", "Đã chỉ chỗ đặt thẻ")]).await.unwrap();
    desk.wait_for("Không có cuộc gọi nào").await.unwrap();
    patient.look(&scene.world).unwrap();
    assert_eq!(patient.says("/step/kind"), "identify");
    assert!(patient.view.pointer("/call").is_none_or(serde_json::Value::is_null), "{}", patient.view);
    scene.phone.quit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn browser_an_emergency_comes_first_sounds_until_somebody_comes_and_is_made_again_each_minute() {
    let mut scene = waiting_for_calls("browser-emergency").await;
    Conversation::begin(&scene.world).unwrap().call_staff(&scene.world).unwrap();
    scene.phone.wait_for_in(".call.waiting", "Người dân bấm Gọi nhân viên").await.unwrap();
    let wish = json!({ "step": "welcome", "code": "emergency" });
    let call = KIOSK.post(&scene.world, "/v1/staff-calls", &wish).unwrap();
    let path = format!("/v1/staff-calls/{}", call["call_id"].as_str().unwrap());
    scene.phone.wait_for_in(".call.emergency.waiting strong", "Cấp cứu").await.unwrap();
    scene.look("1-emergency").await;
    let first = "return document.querySelector('.cards').firstElementChild.matches('.emergency')";
    assert_eq!(scene.phone.run(first).await.unwrap(), true, "somebody stands before an emergency");
    // Otherwise than others, and again.
    let alarmed = "return Number(document.body.dataset.alarmed) >= 2";
    scene.phone.wait_until(alarmed).await.unwrap();
    let stands = KIOSK.get(&scene.world, &path).unwrap();
    assert_eq!((&stands["state"], &stands["repeated"]), (&json!("waiting"), &json!(0)));
    assert!(stands["where_to_go"].is_null(), "{stands}");

    scene.world.let_pass(Duration::from_mins(1)).unwrap();
    // The page finds the server again by itself.
    scene.phone.wait_for_in(".call.emergency .state", "đã gọi lại 1 lần").await.unwrap();
    let stands = KIOSK.get(&scene.world, &path).unwrap();
    assert_eq!(stands["where_to_go"]["vi"], "Bàn tiếp đón, cạnh cửa chính", "{stands}");
    assert_eq!(scene.phone.run("return window.stayed").await.unwrap(), true);

    scene.phone.leave_by(".call.emergency").await.unwrap();
    scene.phone.send("section.emergency form", &[]).await.unwrap();
    scene.phone.wait_for("TAM-20260915-").await.unwrap();
    scene.phone.wait_for("C001").await.unwrap();
    scene.phone.wait_for_in(".room", "Phòng 1").await.unwrap();
    scene.look("2-number").await;
    assert_eq!(KIOSK.get(&scene.world, &path).unwrap()["state"], "answered");
    scene.phone.quit().await.unwrap();
}

/// Who receives somebody by hand does not sit before the page of calls.
#[tokio::test(flavor = "multi_thread")]
async fn browser_a_call_sounds_and_shows_on_the_reception_s_own_page() {
    let scene = Scene::open_at("browser-call-at-reception", DESK).await;
    let desk = &scene.phone;
    scene.signed_in("/staff/reception").await;
    desk.run(LISTEN).await.unwrap();
    // Typing is touch enough for the browser to let the page sound.
    let typed = "form:has([value=no_document]) [name=full_name]";
    desk.find(typed).await.unwrap().send_keys("Lò Văn Páo").await.unwrap();
    let mut patient = Conversation::begin(&scene.world).unwrap();
    patient.call_staff(&scene.world).unwrap();
    desk.wait_for_in("#calling:not([hidden]) strong", "1").await.unwrap();
    desk.wait_until("return window.tones === 3 && document.title.startsWith('(1)')").await.unwrap();
    let kept = format!("return document.querySelector('{typed}').value === 'Lò Văn Páo' && window.stayed");
    assert_eq!(desk.run(&kept).await.unwrap(), true, "what was being typed is gone");
    scene.look("1-call").await;

    // An emergency is louder, and does not stop.
    let wish = json!({ "step": "welcome", "code": "emergency" });
    KIOSK.post(&scene.world, "/v1/staff-calls", &wish).unwrap();
    desk.wait_for_in("#calling.emergency strong", "2").await.unwrap();
    desk.wait_until("return Number(document.body.dataset.alarmed) >= 2").await.unwrap();
    scene.look("2-emergency").await;

    desk.leave_by("#calling").await.unwrap();
    desk.wait_for_in(".call.emergency.waiting strong", "Cấp cứu").await.unwrap();
    scene.phone.quit().await.unwrap();
}
