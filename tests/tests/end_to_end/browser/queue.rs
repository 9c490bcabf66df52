//! The queue, the board that hears of it, and a ticket's page.

use end_to_end::{
    browser::{Browser, DESK, PHONE, TELEVISION},
    conversation::Conversation,
    staff,
    world::World,
};
use serde_json::json;

use super::Scene;

/// Phạm Quốc Đạt of the seeds, as he types it.
const TYPED: (&str, &str, i16) = ("001090034567", "phạm quốc đạt", 1990);

/// The reception desk gives a number for the first room.
fn received(world: &World, full_name: &str, priority: &str) {
    let form = [
        ("occasion", "no_document"),
        ("reason", "Quên thẻ ở nhà"),
        ("full_name", full_name),
        ("birth", "1991"),
        ("where_to", "illness/p1"),
        ("priority", priority),
    ];
    staff::send(world, "/staff/reception", &form).unwrap();
}

/// What the board would say is written down instead, and that it never loads itself again.
const LISTEN: &str = "window.stayed = true; window.said = [];
    speechSynthesis.speak = (speech) => {
        window.said.push(`${speech.lang}: ${speech.text}`);
        setTimeout(() => speech.onend(), 0);
    }";

/// A button of the number's own form, wherever on the page it stands.
async fn press(desk: &Browser, number: &str, event: &str, fields: &[(&str, &str)]) {
    let address = format!(
        "return [...document.querySelectorAll('.ticket')]
            .find((one) => one.querySelector('strong').textContent === '{number}')
            .querySelector('form').getAttribute('action')"
    );
    let address = desk.run(&address).await.unwrap();
    let form = format!("form[action='{}']:has([value={event}])", address.as_str().unwrap());
    if fields.is_empty() {
        desk.leave_by(&format!("{form} [value={event}]")).await.unwrap();
    } else {
        desk.send(&form, fields).await.unwrap();
    }
}

async fn said_so_often(board: &Browser, words: &str, times: usize) {
    let words = json!(format!("vi-VN: {words}"));
    board
        .wait_until(&format!("return window.said.filter((one) => one === {words}).length === {times}"))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn browser_numbers_are_called_and_the_board_shows_and_says_them() {
    let scene = Scene::open_at("browser-queue", DESK).await;
    let (world, desk) = (&scene.world, &scene.phone);
    let ticket = Conversation::begin(world).unwrap().check_in_by_typing(world, TYPED).unwrap();
    assert_eq!(ticket["number"], "001");
    received(world, "Trần Thị Kín", "");
    received(world, "Lê Thị Bầu", "pregnant");
    received(world, "Phạm Đạt", "");
    scene.signed_in("/staff/queue?room=p1").await;
    let board = scene.another(TELEVISION, "/board").await;
    board.run(LISTEN).await.unwrap();
    board.touch("#sound").await.unwrap();
    board.wait_for_in(".place .next b", "U001").await.unwrap();
    let first = ".place:nth-of-type(1)";

    desk.press("Gọi số tiếp theo: U001").await.unwrap();
    board.wait_for_in(&format!("{first}.called .now strong"), "U001").await.unwrap();
    let words = "Mời số ưu tiên, không không một, đến Phòng 1: Khám bệnh";
    said_so_often(&board, words, 2).await;
    board.picture(&scene.folder.join("1-board.png")).await.unwrap();
    scene.look("2-queue").await;
    // Once more, as nobody came; and then not at all.
    press(desk, "U001", "recalled", &[]).await;
    said_so_often(&board, words, 4).await;
    press(desk, "U001", "absent", &[]).await;
    board.wait_for_in(&format!("{first} .absent b"), "U001").await.unwrap();

    // A ticket's page says where its number stands, and nothing about anybody.
    let path = format!("/t/{}", ticket["code"].as_str().unwrap());
    let phone = scene.another(PHONE, &path).await;
    phone.wait_for("Ông/bà là người tiếp theo").await.unwrap();
    desk.press("Gọi số tiếp theo: 001").await.unwrap();
    said_so_often(&board, "Mời số không không một, đến Phòng 1: Khám bệnh", 2).await;
    phone.go(&format!("{}{path}", world.server_address().unwrap())).await.unwrap();
    phone.wait_for("Đang gọi số này").await.unwrap();
    assert_eq!(phone.overflow().await.unwrap(), 0);
    phone.picture(&scene.folder.join("3-ticket.png")).await.unwrap();
    let shown = format!("{}{}", phone.text().await.unwrap(), phone.driver().source().await.unwrap());
    for secret in ["Đạt", "đạt", "001090034567", "4567", "1990", "BHYT", "HT"] {
        assert!(!shown.contains(secret), "{secret} stands on a ticket's page");
    }

    // Somebody calls staff meanwhile: whoever works with the queue sees it.
    Conversation::begin(world).unwrap().call_staff(world).unwrap();
    desk.wait_for_in("#calling", "Có người gọi nhân viên").await.unwrap();

    // To another room, where it waits again.
    press(desk, "001", "moved", &[("room", "p2")]).await;
    board.wait_for_in(".place:nth-of-type(2) .next b", "001").await.unwrap();
    press(desk, "002", "cancelled", &[("reason", "Đã về")]).await;
    // The same person took a number twice.
    desk.go(&format!("{}/staff/queue", world.server_address().unwrap())).await.unwrap();
    let kept = "return [...document.querySelectorAll('[name=into] option')].find((one) => one.textContent.startsWith('001')).value";
    let kept = desk.run(kept).await.unwrap();
    press(desk, "003", "merged", &[("into", kept.as_str().unwrap()), ("reason", "Cùng một người")]).await;
    board.wait_until(
        "return ![...document.querySelectorAll('.place b, .place strong')].some((one) => ['002', '003'].includes(one.textContent))",
    )
    .await
    .unwrap();
    press(desk, "U001", "returned", &[]).await;
    board.wait_for_in(&format!("{first} .next b"), "U001").await.unwrap();

    assert_eq!(board.run("return window.stayed").await.unwrap(), true, "the board loaded itself again");
    let board_says =
        format!("{}{}", board.text().await.unwrap(), board.run("return window.said.join()").await.unwrap());
    for name in ["Kín", "Bầu", "Đạt", "đạt"] {
        assert!(!board_says.contains(name), "{name} stands on the board, or was said");
    }
    for browser in [board, phone] {
        browser.quit().await.unwrap();
    }
    scene.phone.quit().await.unwrap();
}
