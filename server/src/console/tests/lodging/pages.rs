//! Who opens which pages, and that every look leaves its trace.

use tracing::subscriber::Subscriber;
use tracing_subscriber::{EnvFilter, util::SubscriberInitExt as _};

use super::{super::echo::Log, *};
use crate::{program::LOG_FILTER, store::stays::Looked};

#[tokio::test]
async fn a_lodging_s_pages_open_to_whoever_has_a_role_there() {
    let mut desk = Desk::open().await;
    // The station's staff have none.
    assert_eq!(desk.get(INN).await.0, StatusCode::FORBIDDEN);
    desk.becomes("do.van.le", "Đỗ Văn Lễ", vec![post_at(INN, Role::LodgingStaff)]).await;
    has(&desk.get(INN).await.1, &["Nhà nghỉ Hoa Mẫu", "DỮ LIỆU MÔ PHỎNG", "Đỗ Văn Lễ", "Chưa có khách nào"]);
    let (status, page) = desk.get(VESSEL).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    has(&page, &["chưa có quyền nào tại cơ sở này", "href=\"/lodging\""]);
    for path in
        ["/lodging/khong-co", "/lodging/khong-co/guests/new", "/lodging/", "/lodging/nha-nghi-hoa-mau/x"]
    {
        assert_eq!(desk.get(path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    // A health role at a lodging, and a lodging's role at the station, open nothing.
    let nonsense = vec![post_at(INN, Role::Manager), post_at(STATION, Role::LodgingOwner)];
    desk.becomes("ke.la", "Kẻ Lạ", nonsense).await;
    assert_eq!(desk.get(INN).await.0, StatusCode::FORBIDDEN);
    assert_eq!(desk.get("/staff/visits").await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn whoever_has_lodgings_alone_is_led_to_them() {
    let mut desk = Desk::owner().await;
    let lead = async |desk: &Desk, path: &str| {
        let request =
            Request::get(path).header(header::HOST, "localhost").header(header::COOKIE, desk.cookie());
        let (head, _) = desk.send(request.body(Body::empty()).unwrap()).await;
        (head.status(), head.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned()))
    };
    assert_eq!(lead(&desk, "/staff").await, (StatusCode::SEE_OTHER, Some("/lodging".into())));
    let (status, page) = desk.get("/lodging").await;
    assert_eq!(status, StatusCode::OK);
    has(&page, &["Nhà nghỉ Hoa Mẫu", "Tàu du lịch Sông Mẫu", "Bến số 2, sông Mẫu"]);
    assert_eq!(desk.get("/staff/visits").await.0, StatusCode::FORBIDDEN);
    desk.becomes("do.van.le", "Đỗ Văn Lễ", vec![post_at(INN, Role::LodgingStaff)]).await;
    assert_eq!(lead(&desk, "/lodging").await, (StatusCode::SEE_OTHER, Some(INN.into())));
    // Not signed in: the page that was wanted is come back to.
    desk.token = SessionToken("0".repeat(64).into());
    let expected = "/staff/sign-in?next=%2Flodging%2Fnha-nghi-hoa-mau%2Flist";
    assert_eq!(lead(&desk, &format!("{INN}/list")).await.1.as_deref(), Some(expected));
}

#[tokio::test]
async fn files_import_and_messages_are_the_owner_s() {
    let desk = Desk::lodging("do.van.le", "Đỗ Văn Lễ", vec![post_at(INN, Role::LodgingStaff)]).await;
    let nobody = Uuid::nil();
    for path in ["files", "import"] {
        assert_eq!(desk.get(&format!("{INN}/{path}")).await.0, StatusCode::FORBIDDEN, "{path}");
    }
    for path in [
        "files".to_owned(),
        format!("files/{nobody}/count"),
        format!("messages/{nobody}/retry"),
        format!("messages/{nobody}/set-aside"),
        "import/record".to_owned(),
    ] {
        let (head, _) = desk.post(&format!("{INN}/{path}"), "reason=x&kind=excel&counted=1").await;
        assert_eq!(head.status(), StatusCode::FORBIDDEN, "{path}");
    }
    let page = desk.get(INN).await.1;
    assert!(!page.contains("/files") && !page.contains("/import"), "{page}");
}

#[tokio::test]
async fn a_guest_of_another_place_is_not_there() {
    let desk = Desk::owner().await;
    let elsewhere =
        desk.sleeps(guest(NUMBER, 0), 0, |new| NewStay { place: "tau-song-mau".into(), ..new }).await;
    for path in ["", "/correct"] {
        assert_eq!(desk.get(&format!("{INN}/guests/{elsewhere}{path}")).await.0, StatusCode::NOT_FOUND);
    }
    for (path, fields) in [
        (format!("guests/{elsewhere}/change"), "action=withdraw&reason=x&seen=1".to_owned()),
        (format!("guests/{elsewhere}/number"), "reason=x".to_owned()),
        ("told".to_owned(), format!("stay={elsewhere}&whom=x&how=telephone")),
    ] {
        assert_eq!(
            desk.post(&format!("{INN}/{path}"), &fields).await.0.status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    assert!(!desk.get(INN).await.1.contains(NAME));
}

impl Log {
    fn listening(&self) -> impl Subscriber + Send + Sync + use<> {
        tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(LOG_FILTER))
            .with_ansi(false)
            .with_writer(self.clone())
            .finish()
    }

    fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }
}

// On one thread: the subscriber that listens is that thread's own.
#[tokio::test]
async fn who_is_shown_a_guest_leaves_a_trace_whatever_the_page() {
    let desk = Desk::owner().await;
    let by_file = |new| NewStay { path: flows::lodging::Path::File, ..new };
    let stay = desk.sleeps(guest(NUMBER, 0), 0, by_file).await;
    let log = Log::default();
    let _listening = log.listening().set_default();
    let (mut showing, mut records) = (Vec::new(), 0);
    for (path, _) in crate::console::lodging::routes() {
        if path.ends_with("/events") {
            continue;
        }
        let address = path.replace("{place}", "nha-nghi-hoa-mau").replace("{stay}", &stay.to_string());
        let address = address
            .replace("{message}", &Uuid::nil().to_string())
            .replace("{file}", &Uuid::nil().to_string());
        assert!(!address.contains('{'), "{path}: say what stands for its names");
        log.take();
        let (status, page) = desk.get(&address).await;
        if status == StatusCode::METHOD_NOT_ALLOWED {
            continue;
        }
        assert!(status.is_success(), "{path}: {status} {page}");
        assert!(page.contains("DỮ LIỆU MÔ PHỎNG"), "{path}");
        let told = log.take();
        assert!(!told.contains(NAME) && !told.contains(NUMBER), "{path}: {told}");
        if page.contains(NAME) || page.contains(NUMBER) || page.contains("001*****2345") {
            let looks = desk.store.stay_looks(&["nha-nghi-hoa-mau".into()]).await.unwrap();
            let seen = |looked: Looked| looks.iter().filter(|look| look.looked == looked).count();
            // A list that is shown again in the same session is one look; a guest's own page is one each time.
            let traced = match path {
                path if path.contains("{stay}") => seen(Looked::Record(stay)) > records,
                path if path.ends_with("/list") => seen(Looked::Printed) > 0,
                _ => seen(Looked::List) > 0,
            };
            assert!(traced, "{path} shows a guest to nobody: {looks:?}");
            records = seen(Looked::Record(stay));
            showing.push(path);
        }
    }
    // Were it otherwise, the test would have looked at empty pages.
    for path in ["", "/list", "/days", "/guests/new", "/guests/{stay}", "/guests/{stay}/correct", "/files"] {
        let path = format!("/lodging/{{place}}{path}");
        assert!(showing.contains(&path.as_str()), "{path} shows no guest: {showing:?}");
    }
}

#[tokio::test]
async fn an_open_page_hears_that_a_guest_came() {
    let desk = Desk::owner().await;
    let mut news = desk.live.listen();
    let fields = [("kind", "typed"), ("full_name", NAME)];
    desk.done(&format!("{INN}/guests/new"), &fields).await;
    assert_eq!(news.recv().await.unwrap(), live::News::Stays);
    let page = desk.get(INN).await.1;
    has(&page, &["<script src=\"/staff/lodging.js\" defer></script>", "id=\"tonight\""]);
}

#[tokio::test]
async fn what_was_typed_becomes_no_markup_and_stands_in_no_log() {
    let desk = Desk::owner().await;
    let stay = desk.sleeps(guest(NUMBER, 0), 0, |new| NewStay { ready: false, ..new }).await;
    let log = Log::default();
    let _listening = log.listening().set_default();
    let hostile = "<script>alert(1)</script>\u{202E}\u{1B}Vết Mực";
    let forms: [(String, &[&str]); 8] = [
        (
            "guests/new".into(),
            &[
                "kind",
                "scan",
                "mrz",
                "full_name",
                "birth",
                "nationality",
                "document_number",
                "document_kind",
                "permitted_until",
                "telephone",
                "residence",
                "adult_name",
                "arrival",
                "departure",
                "room",
                "stay_reason",
                "note",
            ],
        ),
        (
            format!("guests/{stay}/correct"),
            &["reason", "full_name", "birth", "document_number", "room", "note", "seen"],
        ),
        (format!("guests/{stay}/change"), &["action", "reason", "until", "at", "seen"]),
        (format!("guests/{stay}/number"), &["reason"]),
        ("told".into(), &["whom", "how", "stay"]),
        ("files".into(), &["kind", "stay"]),
        (format!("files/{}/count", Uuid::nil()), &["counted"]),
        ("import/record".into(), &["file"]),
    ];
    for (path, fields) in &forms {
        for kind in ["card", "passport", "typed"] {
            for field in *fields {
                let body = form(&[("kind", kind), ("action", "extend"), (field, hostile)]);
                let (_, page) = desk.post(&format!("{INN}/{path}"), &body).await;
                assert!(!page.contains("<script>") && !page.contains("onerror"), "{path} {field}: {page}");
            }
        }
    }
    let told = log.take();
    assert!(!told.contains("Vết") && !told.contains("alert("), "{told}");
}
