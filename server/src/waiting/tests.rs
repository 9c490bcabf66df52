use axum::{
    body::{Body, BodyDataStream, to_bytes},
    http::{Request, StatusCode},
};
use flows::{
    Text,
    health::{
        Room,
        queue::{Event, Interleave, Queue},
    },
};
use futures_util::StreamExt as _;
use tower::ServiceExt as _;

use super::*;
use crate::{
    config::Mode,
    console::live::News,
    sealed::MasterKey,
    store::{
        CallNext, Decision, NewVisit, PlaceChange, Queues as _, Recorded,
        conformance::{STATION, World, at, seeded, visit},
        sqlite::{SqliteOptions, SqliteStore},
    },
};

struct Hall {
    _folder: tempfile::TempDir,
    store: Arc<SqliteStore>,
    live: Live,
    router: Router,
}

fn by() -> Decision {
    Decision { staff: "Lê Thị Cán".into(), id: None, reason: "gọi số".into() }
}

impl Hall {
    async fn open() -> Self {
        Self::at(600).await
    }

    /// A waiting room at so many seconds after the morning.
    async fn at(seconds: i64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteOptions {
            folder: folder.path().to_owned(),
            mode: Mode::Demonstration,
            master: MasterKey::new(&[7; 32]),
            random: seeded(1),
            at: at(0),
        };
        let store = Arc::new(SqliteStore::open(options).await.unwrap());
        let text = |vi: &str, en: &str| Text { vi: vi.into(), en: en.into() };
        let room = |id: &str, vi: &str, en: &str| Room { id: id.into(), name: text(vi, en) };
        let station = Station {
            code: STATION.into(),
            name: text("Trạm y tế <Mẫu>", "Mau"),
            desk: text("Bàn tiếp đón", "The desk"),
            emergency_room: "p1".into(),
            rooms: vec![room("p1", "Phòng 1: Khám bệnh", "Room 1"), room("p2", "Phòng 2", "Room 2")],
            reasons: Vec::new(),
            queue: Interleave::default(),
        };
        let live = Live::default();
        let router = router(Waiting {
            store: Arc::clone(&store) as Arc<dyn Store>,
            clock: Clock::new(move || at(seconds)),
            station: Arc::new(station),
            simulated: true,
            live: live.clone(),
        });
        Self { _folder: folder, store, live, router }
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (status, body) = (answer.status(), to_bytes(answer.into_body(), 1 << 20).await.unwrap());
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn checked_in(&self, world: &World<'_>, queue: Queue, number: &str) -> Recorded {
        let new = NewVisit { queue, ..visit(Some(number)) };
        self.store.record_check_in(world.check_in(new, at(0)).await).await.unwrap()
    }

    async fn call(&self, seen: u64) -> u64 {
        let (station, room, rule) = (STATION.into(), "p1".into(), Interleave::default());
        let call = CallNext { station, room, seen, by: by(), rule, at: at(600) };
        let seq = self.store.call_next(call).await.unwrap().unwrap().seq;
        self.live.tell(News::Queue);
        seq
    }

    async fn happens(&self, recorded: &Recorded, event: Event<uuid::Uuid>) {
        let (visit, rule) = (recorded.visit, Interleave::default());
        self.store.change_place(PlaceChange { visit, event, by: by(), rule, at: at(600) }).await.unwrap();
        self.live.tell(News::Queue);
    }

    async fn listen(&self, path: &str, last: Option<&str>) -> BodyDataStream {
        let mut request = Request::get(path);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let answer = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer.into_body().into_data_stream()
    }
}

async fn heard(events: &mut BodyDataStream) -> String {
    String::from_utf8(events.next().await.unwrap().unwrap().to_vec()).unwrap()
}

fn code(recorded: &Recorded) -> String {
    recorded.code.unwrap().compact()
}

#[tokio::test]
async fn the_board_shows_numbers_and_rooms_and_nothing_about_anybody() {
    let hall = Hall::open().await;
    let (_, empty) = hall.get("/board").await;
    assert!(empty.contains("DỮ LIỆU MÔ PHỎNG") && empty.contains("Không có người chờ"), "{empty}");
    let world = World::new(&*hall.store).await;
    let absent = hall.checked_in(&world, Queue::Priority, "001148000001").await;
    hall.checked_in(&world, Queue::Normal, "001148000002").await;
    hall.checked_in(&world, Queue::Normal, "001148000003").await;
    let first = hall.call(0).await;
    hall.happens(&absent, Event::Absent).await;
    hall.call(first).await;
    let (status, board) = hall.get("/board").await;
    assert_eq!(status, StatusCode::OK);
    for shown in [
        "<strong>001</strong>",
        "Đã gọi, chưa đến</span> <b>U001</b>",
        "Tiếp theo</span> <b>002</b>",
        "Phòng 1: Khám bệnh",
        "Phòng 2",
        "Mời số ưu tiên, không không một, đến Phòng 1: Khám bệnh",
        "Cứ 2 số ưu tiên",
        "Trạm y tế &#60;Mẫu&#62;",
    ] {
        assert!(board.contains(shown), "{shown} is missing in {board}");
    }
    let (_, one) = hall.get("/board/room/p2").await;
    assert!(one.contains("Phòng 2") && !one.contains("Phòng 1") && one.contains("/board/events?room=p2"));
    assert_eq!(hall.get("/board/room/p9").await.0, StatusCode::NOT_FOUND);
    for secret in ["Nguyễn", "Hoà", "001148", "HT2", "1948", "illness"] {
        assert!(!board.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_ticket_s_page_says_how_many_are_before_and_when_it_is_called() {
    let hall = Hall::open().await;
    let world = World::new(&*hall.store).await;
    let first = hall.checked_in(&world, Queue::Normal, "001148000001").await;
    let second = hall.checked_in(&world, Queue::Normal, "001148000002").await;
    let third = hall.checked_in(&world, Queue::Normal, "001148000003").await;
    let page = async |ticket: &Recorded| hall.get(&format!("/t/{}", code(ticket))).await.1;
    assert!(page(&first).await.contains("Ông/bà là người tiếp theo"));
    assert!(page(&second).await.contains("Còn 1 người phía trước"));
    let waiting = page(&third).await;
    assert!(
        waiting.contains("Còn 2 người phía trước") && waiting.contains("003") && waiting.contains("Phòng 1")
    );
    assert!(waiting.contains("http-equiv=\"refresh\"") && waiting.contains("DỮ LIỆU MÔ PHỎNG"));
    hall.call(0).await;
    assert!(page(&first).await.contains("Đang gọi số này"));
    hall.happens(&first, Event::Absent).await;
    assert!(page(&first).await.contains("báo nhân viên"));
    hall.happens(&first, Event::Cancelled).await;
    assert!(page(&first).await.contains("không còn dùng"));
    hall.happens(&third, Event::Merged { into: second.visit }).await;
    let merged = page(&third).await;
    assert!(merged.contains("002") && merged.contains("Ông/bà là người tiếp theo"), "{merged}");
    for secret in ["Nguyễn", "Hoà", "001148", "HT2", "illness"] {
        assert!(!waiting.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_code_of_another_day_one_that_never_was_and_one_that_is_none_look_alike() {
    let hall = Hall::at(24 * 3600).await;
    let world = World::new(&*hall.store).await;
    let yesterday = hall.checked_in(&world, Queue::Normal, "001148000001").await;
    let (status, expired) = hall.get(&format!("/t/{}", code(&yesterday))).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let never = flows::TicketCode::new([9; 16]).compact();
    for path in [format!("/t/{never}"), "/t/x".into(), "/t/%FF".into()] {
        assert_eq!(hall.get(&path).await, (StatusCode::NOT_FOUND, expired.clone()), "{path}");
    }
}

#[tokio::test]
async fn a_board_hears_of_a_call_at_once_and_of_nothing_twice() {
    let hall = Hall::open().await;
    let world = World::new(&*hall.store).await;
    hall.checked_in(&world, Queue::Normal, "001148000001").await;
    hall.checked_in(&world, Queue::Normal, "001148000002").await;
    let mut board = hall.listen("/board/events", None).await;
    let first = heard(&mut board).await;
    assert!(first.contains("event: board") && first.contains("id: 2026-09-15.2\n"), "{first}");
    // News about calls for staff are not the board's.
    hall.live.tell(News::Rang);
    let seq = hall.call(0).await;
    let called = heard(&mut board).await;
    assert!(called.contains("<strong>001</strong>") && called.contains("id: 2026-09-15.3\n"), "{called}");
    // A board that was away and has seen this gets only what came after.
    let mut back = hall.listen("/board/events?room=p1", Some("2026-09-15.3")).await;
    hall.call(seq).await;
    let next = heard(&mut back).await;
    assert!(next.contains("id: 2026-09-15.4\n") && next.contains("<strong>002</strong>"), "{next}");
    assert_eq!(hall.get("/board/events?room=p9").await.0, StatusCode::NOT_FOUND);
    hall.live.tell(News::Ending);
    heard(&mut board).await;
    assert!(board.next().await.is_none() && back.next().await.is_none());
}

#[tokio::test]
async fn more_boards_than_may_listen_load_themselves_instead() {
    let hall = Hall::open().await;
    let mut boards = Vec::new();
    for source in 0..MOST_LISTENERS {
        let request = Request::get("/board/events").header("x-forwarded-for", format!("192.0.2.{source}"));
        let answer = hall.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        boards.push(answer.into_body());
    }
    assert_eq!(hall.get("/board/events").await.0, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(hall.get("/board").await.0, StatusCode::OK);
    boards.pop();
    let mut again = hall.listen("/board/events", None).await;
    assert!(heard(&mut again).await.contains("event: board"));
}

#[tokio::test]
async fn who_tries_codes_is_slowed_down_and_others_are_not() {
    let hall = Hall::open().await;
    let ask = async |source: &str| {
        let request = Request::get("/t/x").header("x-forwarded-for", source).body(Body::empty()).unwrap();
        hall.router.clone().oneshot(request).await.unwrap()
    };
    let mut last = ask("192.0.2.1").await;
    for _ in 0..60 {
        last = ask("192.0.2.1").await;
    }
    assert_eq!(last.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(last.headers()[header::RETRY_AFTER], "1");
    assert_eq!(ask("192.0.2.2").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_pages_run_no_script_but_their_own_and_are_never_kept() {
    let hall = Hall::open().await;
    for path in ["/board", "/board/room/p1", "/t/x", "/board/style.css", "/board/board.js"] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = hall.router.clone().oneshot(request).await.unwrap();
        let headers = answer.headers().clone();
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}");
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(headers[header::REFERRER_POLICY], "no-referrer");
        let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        let own = "<script src=\"/board/board.js\" defer></script>";
        assert!(!body.replace(own, "").contains("<script") && !body.contains("style="), "{path}");
    }
}
