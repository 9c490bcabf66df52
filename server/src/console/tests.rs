use axum::{
    body::{Body, to_bytes},
    http::{Request, Response, StatusCode, header},
};
use flows::Text;
use flows::health::{Reason, Room};
use identity::ReasonCode;
use secrecy::ExposeSecret as _;
use tower::ServiceExt as _;
use uuid::Uuid;

use super::*;
use crate::{
    config::Mode,
    national::{
        InsuranceRegister, NationalError, System,
        insurance::{Finding, PastVisit, ResultCode, VisitHistory},
    },
    sealed::MasterKey,
    staff::Role,
    store::{
        NewCall, Respond, StaffAccounts as _,
        conformance::{STATION, World, at, secret, seeded, staff::signed_in},
        sqlite::{SqliteOptions, SqliteStore},
        staff::{Presented, SessionToken},
        visits::station_day,
    },
};

mod consents;
mod corrections;
mod desk;
mod echo;
mod every_page;
mod lodging;
mod patient;
mod queue;
mod rights;
mod staff;
mod ward;

fn station() -> Station {
    let text = |text: &str| Text { vi: text.into(), en: text.into() };
    Station {
        code: STATION.into(),
        name: text("Trạm y tế xã Mẫu"),
        desk: text("Trạm y tế xã Mẫu"),
        emergency_room: "p2".into(),
        rooms: vec![
            Room { id: "p1".into(), name: text("Phòng 1") },
            Room { id: "p2".into(), name: text("Phòng 2") },
        ],
        reasons: vec![Reason {
            id: "illness".into(),
            label: text("Khám bệnh"),
            rooms: vec!["p1".into(), "p2".into()],
        }],
        queue: flows::health::queue::Interleave::default(),
    }
}

mod privacy;

struct Desk {
    _folder: tempfile::TempDir,
    store: Arc<SqliteStore>,
    live: Live,
    pages: Router,
    /// Who sits at it.
    token: SessionToken,
    csrf: String,
    register: Arc<Register>,
}

/// An insurance register that counts who asks it for visits elsewhere, and lists one unless it is down.
#[derive(Default)]
struct Register {
    asked: std::sync::Mutex<Vec<flows::Person>>,
    down: std::sync::atomic::AtomicBool,
}

#[async_trait::async_trait]
impl InsuranceRegister for Register {
    async fn look_up(&self, _: &flows::Person) -> Result<Finding, NationalError> {
        panic!("pages look nobody up")
    }

    async fn visit_history(&self, person: &flows::Person) -> Result<VisitHistory, NationalError> {
        self.asked.lock().unwrap().push(person.clone());
        if self.down.load(std::sync::atomic::Ordering::Relaxed) {
            return Err(NationalError::Refused { system: System::Insurance, code: "054".into() });
        }
        let past = PastVisit {
            arrived: Some("202606010812".into()),
            illness: Some("<b>Viêm</b> dạ dày".into()),
            ..PastVisit::default()
        };
        let answer = identity::SecretBytes::new(r#"{"tenBenh": "Viêm dạ dày"}"#.as_bytes().to_vec());
        Ok(VisitHistory { code: ResultCode::Accurate, visits: vec![past], answer })
    }
}

impl Desk {
    /// With a member of staff who has every role.
    async fn open() -> Self {
        Self::with(&Role::STATION).await
    }

    async fn with(roles: &[Role]) -> Self {
        Self::at(roles, None).await
    }

    /// Reached from elsewhere under `public_address`.
    async fn at(roles: &[Role], public_address: Option<&str>) -> Self {
        let register = Arc::new(Register::default());
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteOptions {
            folder: folder.path().to_owned(),
            mode: Mode::Demonstration,
            master: MasterKey::new(&[7; 32]),
            random: seeded(1),
            at: at(0),
        };
        let store = Arc::new(SqliteStore::open(options).await.unwrap());
        let console = Console {
            store: Arc::clone(&store) as Arc<dyn Store>,
            clock: Clock::new(|| at(600)),
            station: Arc::new(station()),
            places: Arc::new(crate::lodging::seeded()),
            simulated: true,
            live: Live::default(),
            random: seeded(2),
            passwords: Passwords::new(seeded(3)),
            insurance: Arc::clone(&register) as _,
            vneid: None,
            working_days: Arc::new(WorkingDays::new([jiff::civil::date(2026, 9, 2)])),
            secure: false,
            public_address: public_address.map(|address| address.to_owned().try_into().unwrap()),
        };
        let token = signed_in(&*store, "tran.van.mau", "Trần Văn Mẫu", roles, at(600)).await;
        let Presented::SignedIn(session) = store.staff_session(&token, at(600)).await.unwrap() else {
            panic!("nobody is signed in")
        };
        let csrf = hex::encode(session.csrf);
        let live = console.live.clone();
        Self { _folder: folder, store, live, pages: router(console), token, csrf, register }
    }

    fn cookie(&self) -> String {
        format!("staff={}", self.token.0.expose_secret())
    }

    /// `form` as it comes from a page of this session.
    fn form(&self, form: &str) -> Body {
        Body::from(format!("{form}&csrf={}", self.csrf))
    }

    /// A form as a browser sends it from our own page.
    fn request_from_page(&self, path: &str) -> axum::http::request::Builder {
        Request::post(path)
            .header(header::HOST, "127.0.0.1:8080")
            .header(header::ORIGIN, "http://127.0.0.1:8080")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, self.cookie())
    }

    /// Someone pressed the button at the first screen.
    async fn call(&self, world: &World<'_>, step: &str) -> Uuid {
        let call = NewCall {
            kiosk: "demo".into(),
            session: None,
            step: step.into(),
            code: ReasonCode::SignatureInvalid,
            request: world.begun("demo", at(0)).await,
            respond: Respond::new(|_| secret("called")),
            at: at(0),
        };
        self.store.call_staff(call).await.unwrap()
    }

    async fn send(&self, request: Request<Body>) -> (Response<()>, String) {
        let (parts, body) = self.pages.clone().oneshot(request).await.unwrap().into_parts();
        let body = to_bytes(body, 1 << 20).await.unwrap();
        (Response::from_parts(parts, ()), String::from_utf8(body.to_vec()).unwrap())
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        let request =
            Request::get(path).header(header::HOST, "127.0.0.1:8080").header(header::COOKIE, self.cookie());
        let (head, body) = self.send(request.body(Body::empty()).unwrap()).await;
        (head.status(), body)
    }

    /// A visit as a file, `record` or `fhir`, with why and for whom.
    async fn export(&self, visit: &str, file: &str) -> String {
        let (head, page) = self.post(&format!("{visit}/export"), &format!("{EXPORT}{file}")).await;
        assert_eq!(head.status(), StatusCode::SEE_OTHER, "{page}");
        let (status, file) = self.get(location(&head)).await;
        assert_eq!(status, StatusCode::OK, "{file}");
        file
    }

    async fn post(&self, path: &str, form: &str) -> (Response<()>, String) {
        self.send(self.request_from_page(path).body(self.form(form)).unwrap()).await
    }
}

/// Why a record is exported, and for whom.
const EXPORT: &str = "reason=%C4%90%C6%A1n+c%E1%BB%A7a+ng%C6%B0%E1%BB%9Di+b%E1%BB%87nh&recipient=B%E1%BB%87nh+vi%E1%BB%87n+huy%E1%BB%87n+M%E1%BA%ABu&file=";

const GOOD: &str = "reason=Th%E1%BA%BB+gi%E1%BA%A3&full_name=L%C3%AA+Th%E1%BB%8B+%E1%BB%B6&number=&birth=1950&sex=female&where_to=illness%2Fp2";

fn location(head: &Response<()>) -> &str {
    head.headers().get(header::LOCATION).unwrap().to_str().unwrap()
}

#[tokio::test]
async fn staff_see_who_calls_where_why_and_since_when() {
    let desk = Desk::open().await;
    let (_, empty) = desk.get("/staff").await;
    assert!(empty.contains("Không có cuộc gọi nào") && empty.contains("DỮ LIỆU MÔ PHỎNG"));
    let world = World::new(&*desk.store).await;
    desk.call(&world, "identify").await;
    let (status, page) = desk.get("/staff").await;
    assert_eq!(status, StatusCode::OK);
    for words in
        ["Chữ ký trên thẻ sai", "Sảnh chính", "Đọc thẻ", "từ 08:00, 10 phút", "http-equiv=\"refresh\""]
    {
        assert!(page.contains(words), "{words} is missing in {page}");
    }
}

#[tokio::test]
async fn what_a_kiosk_says_cannot_become_markup() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let call = desk.call(&world, "<script>alert(1)</script>").await;
    // A name is letters; a reason is any line.
    let named = GOOD.replace("L%C3%AA", "%3Cb%3E%22");
    let (head, refused) = desk.post(&format!("/staff/calls/{call}/admit"), &named).await;
    assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let form = GOOD.replace("reason=", "reason=%3Cb%3E%22%E2%80%AE%1B");
    let (head, _) = desk.post(&format!("/staff/calls/{call}/admit"), &form).await;
    let (_, visit) = desk.get(location(&head)).await;
    assert!(visit.contains("&#60;b&#62;"), "{visit}");
    let second = desk.call(&world, "<script>alert(1)</script>").await;
    let (_, list) = desk.get("/staff").await;
    let (_, page) = desk.get(&format!("/staff/calls/{second}")).await;
    let (_, again) = desk.post(&format!("/staff/calls/{second}/admit"), "full_name=%22%3E%3Cscript%3E").await;
    for page in [list, page, visit, again, refused] {
        assert!(!page.contains(['\u{202E}', '\u{1B}']), "{page}");
        let page = page.replace("<script src=\"/staff/live.js\" defer></script>", "");
        assert!(!page.contains("<script") && !page.contains("<b>"), "{page}");
    }
}

#[tokio::test]
async fn a_patient_admitted_by_hand_gets_a_number() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let call = desk.call(&world, "identify").await;
    let (head, _) = desk.post(&format!("/staff/calls/{call}/admit"), GOOD).await;
    assert_eq!(head.status(), StatusCode::SEE_OTHER);
    let (status, page) = desk.get(location(&head)).await;
    assert_eq!(status, StatusCode::OK);
    // Born in 1950: seen before others.
    for words in [
        "U001",
        "Lê Thị Ỷ",
        "Phòng 2",
        "Ưu tiên",
        "Nhân viên nhập tay",
        "Chưa xác minh được",
        "15/09/2026 08:10",
        "Trần Văn Mẫu",
        "Thẻ giả",
        "DỮ LIỆU MÔ PHỎNG",
    ] {
        assert!(page.contains(words), "{words} is missing in {page}");
    }
    let record = desk.export(location(&head), "record").await;
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    assert_eq!(record["phuong_thuc_dinh_danh"], "NHAP_TAY");
    assert_eq!(record["patient"]["reason"], "illness");
    assert_eq!(record["admitted_by"]["staff"], "Trần Văn Mẫu");
    let (_, list) = desk.get("/staff/visits").await;
    assert!(list.contains("U001") && list.contains("15/09/2026"));
    // Pressed twice, or by two people.
    let (head, page) = desk.post(&format!("/staff/calls/{call}/admit"), GOOD).await;
    assert_eq!(head.status(), StatusCode::CONFLICT);
    assert!(page.contains("đã được trả lời"));
    assert_eq!(desk.store.visits(STATION, station_day(at(0))).await.unwrap().len(), 1);
}

#[tokio::test]
async fn someone_who_has_a_number_today_gets_the_same_and_staff_are_told() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    world.checked_in("001148012345", at(0)).await;
    let call = desk.call(&world, "identify").await;
    let form = GOOD.replace("number=", "number=001148+012345");
    let (head, _) = desk.post(&format!("/staff/calls/{call}/admit"), &form).await;
    let (_, page) = desk.get(location(&head)).await;
    assert!(
        page.contains("đã có số trong hôm nay") && page.contains(">001<") || page.contains("001</p>"),
        "{page}"
    );
}

#[tokio::test]
async fn a_form_with_mistakes_records_nothing_and_keeps_what_was_typed() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let call = desk.call(&world, "identify").await;
    let path = format!("/staff/calls/{call}/admit");
    for (from, to, words) in [
        ("reason=Th%E1%BA%BB+gi%E1%BA%A3", "reason=", "Lý do nhập tay"),
        ("number=", "number=12345", "12 chữ số"),
        ("birth=1950", "birth=1850", "Năm sinh"),
        ("birth=1950", "birth=2027", "Năm sinh"),
        ("where_to=illness%2Fp2", "where_to=illness%2Fp9", "Lý do khám và phòng"),
        ("where_to=illness%2Fp2", "", "Lý do khám và phòng"),
    ] {
        let (head, page) = desk.post(&path, &GOOD.replace(from, to)).await;
        assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY, "{to}");
        let faults = page.split_once("class=\"faults\"").unwrap().1.split_once("</ul>").unwrap().0;
        assert!(faults.contains(words) && faults.matches("<li>").count() == 1, "{to}: {faults}");
        assert!(page.contains("value=\"Lê Thị Ỷ\""), "what was typed is gone");
    }
    let long = GOOD.replace("L%C3%AA", &"a".repeat(201));
    assert_eq!(desk.post(&path, &long).await.0.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let huge = GOOD.replace("L%C3%AA", &"a".repeat(MOST_BYTES));
    assert_eq!(desk.post(&path, &huge).await.0.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(desk.store.visits(STATION, station_day(at(0))).await.unwrap().len(), 0);
    assert_eq!(desk.store.open_calls().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_call_is_closed_with_name_and_note() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let call = desk.call(&world, "welcome").await;
    let path = format!("/staff/calls/{call}/close");
    let (head, page) = desk.post(&path, "reason=").await;
    assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("Ghi chú / Note: chưa điền"));
    assert_eq!(desk.store.open_calls().await.unwrap().len(), 1);
    let (head, _) = desk.post(&path, "reason=h%E1%BB%8Fi+%C4%91%C6%B0%E1%BB%9Dng").await;
    assert_eq!((head.status(), location(&head)), (StatusCode::SEE_OTHER, "/staff"));
    assert_eq!(desk.store.open_calls().await.unwrap(), []);
}

#[tokio::test]
async fn a_page_elsewhere_can_neither_read_nor_send() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let call = desk.call(&world, "identify").await;
    let path = format!("/staff/calls/{call}/admit");
    let send = |name: header::HeaderName, value: &'static str| {
        let mut request = desk.request_from_page(&path).body(desk.form(GOOD)).unwrap();
        request.headers_mut().insert(name, header::HeaderValue::from_static(value));
        desk.send(request)
    };
    let site = header::HeaderName::from_static("sec-fetch-site");
    for (name, value) in [
        (header::ORIGIN, "http://evil.example"),
        (header::ORIGIN, "http://127.0.0.1:9999"),
        (header::ORIGIN, "null"),
        (site.clone(), "cross-site"),
        (site.clone(), "same-site"),
        // A name elsewhere that was pointed to this machine.
        (header::HOST, "evil.example"),
        (header::HOST, "127.0.0.1.evil.example:8080"),
    ] {
        assert_eq!(send(name.clone(), value).await.0.status(), StatusCode::FORBIDDEN, "{name}: {value}");
    }
    let mut without = desk.request_from_page(&path).body(desk.form(GOOD)).unwrap();
    without.headers_mut().remove(header::ORIGIN);
    assert_eq!(desk.send(without).await.0.status(), StatusCode::FORBIDDEN);
    let rebound = Request::get("/staff").header(header::HOST, "evil.example").body(Body::empty()).unwrap();
    assert_eq!(desk.send(rebound).await.0.status(), StatusCode::FORBIDDEN);
    assert_eq!(desk.store.open_calls().await.unwrap().len(), 1, "something was done");
    let own = send(site, "same-origin").await.0;
    assert_eq!(own.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_phone_reaches_the_pages_under_the_public_address_and_no_other() {
    let desk = Desk::at(&Role::STATION, Some("https://tram.example.vn")).await;
    let world = World::new(&*desk.store).await;
    let call = desk.call(&world, "identify").await;
    let send = |host: &'static str, origin: &'static str| {
        let request = Request::post(format!("/staff/calls/{call}/acknowledge"))
            .header(header::HOST, host)
            .header(header::ORIGIN, origin)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, desk.cookie())
            .body(desk.form("a=b"));
        desk.send(request.unwrap())
    };
    for (host, origin, status) in [
        ("tram.example.vn", "http://tram.example.vn", StatusCode::FORBIDDEN),
        ("tram.example.vn", "https://tram.example.vn.evil.example", StatusCode::FORBIDDEN),
        ("tram.example.vn:444", "https://tram.example.vn:444", StatusCode::FORBIDDEN),
        ("khac.example.vn", "https://tram.example.vn", StatusCode::FORBIDDEN),
        ("tram.example.vn", "https://tram.example.vn", StatusCode::SEE_OTHER),
        ("Tram.example.vn", "https://tram.example.vn", StatusCode::SEE_OTHER),
    ] {
        assert_eq!(send(host, origin).await.0.status(), status, "{host} {origin}");
    }
}

#[tokio::test]
async fn pages_forbid_scripts_and_frames_and_are_never_kept() {
    let desk = Desk::open().await;
    for path in ["/staff", "/staff/style.css", "/staff/visits", "/staff/calls/no-id"] {
        let request =
            Request::get(path).header(header::HOST, "localhost").header(header::COOKIE, desk.cookie());
        let request = request.body(Body::empty()).unwrap();
        let (head, body) = desk.send(request).await;
        let policy = head.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert_eq!(head.headers()[header::CACHE_CONTROL], "no-store");
        // The only script is our own file: none stands in a page.
        let own = "<script src=\"/staff/live.js\" defer></script>";
        assert!(!body.replace(own, "").contains("<script") && !body.contains("style="), "{path}");
    }
}

#[tokio::test]
async fn a_page_that_is_open_hears_at_once_that_somebody_calls() {
    let desk = Desk::open().await;
    let request = Request::get("/staff/events")
        .header(header::HOST, "localhost")
        .header(header::COOKIE, desk.cookie())
        .body(Body::empty())
        .unwrap();
    let answer = desk.pages.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
    let mut news = answer.into_body().into_data_stream();
    let mut next = async || {
        let part = futures_util::StreamExt::next(&mut news).await.unwrap().unwrap();
        String::from_utf8(part.to_vec()).unwrap()
    };
    // Whatever it missed before it was open, it looks.
    assert_eq!(next().await, "event: calls\ndata: calls\n\n");
    desk.live.tell(live::News::Rang);
    assert_eq!(next().await, "event: ring\ndata: ring\n\n");
    // A server that ends does not wait for pages.
    desk.live.tell(live::News::Ending);
    assert!(futures_util::StreamExt::next(&mut news).await.is_none());
}

#[tokio::test]
async fn what_is_not_there_is_a_page_that_says_so() {
    let desk = Desk::open().await;
    let nobody = Uuid::nil();
    for (path, status) in [
        (format!("/staff/visits/{nobody}"), StatusCode::NOT_FOUND),
        ("/staff/visits/12".to_owned(), StatusCode::NOT_FOUND),
        (format!("/staff/calls/{nobody}"), StatusCode::CONFLICT),
        ("/staff/calls/12".to_owned(), StatusCode::NOT_FOUND),
    ] {
        let (found, page) = desk.get(&path).await;
        assert_eq!(found, status, "{path}");
        assert!(page.contains("lang=\"vi\"") && page.contains("DỮ LIỆU MÔ PHỎNG"), "{path}");
    }
}

#[tokio::test]
async fn an_erased_patient_has_no_name_on_any_page() {
    let desk = Desk::open().await;
    let world = World::new(&*desk.store).await;
    let recorded = world.checked_in("001148012345", at(0)).await;
    let path = format!("/staff/visits/{}", recorded.visit);
    let (_, page) = desk.get(&path).await;
    assert!(
        page.contains("Nguyễn Thị Hoà") && page.contains("001*****2345") && !page.contains("001148012345")
    );
    assert!(page.contains("Chip là bản gốc"));
    desk.store.destroy_subject_key(recorded.subject, at(1)).await.unwrap();
    let (_, erased) = desk.get(&path).await;
    let (_, list) = desk.get("/staff/visits").await;
    for page in [erased, list] {
        assert!(page.contains("Đã xóa dữ liệu") && page.contains("001") && !page.contains("Hoà"), "{page}");
    }
}
