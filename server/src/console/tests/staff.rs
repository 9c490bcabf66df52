//! Who may see what.

use super::*;
use crate::staff::Post;
use crate::store::{
    AccessLog as _,
    accesses::{Accesses, Purpose, Shown},
    staff::{Change, ChangeStaff},
};

/// A visit of today.
async fn visit(desk: &Desk) -> String {
    let world = World::new(&*desk.store).await;
    let recorded = world.checked_in("001148012345", at(0)).await;
    format!("/staff/visits/{}", recorded.visit)
}

async fn log(desk: &Desk) -> Vec<(Shown, Purpose, Option<String>)> {
    let mut rows = desk.store.accesses(Accesses::Latest).await.unwrap();
    rows.reverse();
    rows.into_iter().map(|row| (row.shown, row.purpose, row.reason)).collect()
}

#[tokio::test]
async fn nothing_is_shown_or_done_for_who_is_not_signed_in() {
    let desk = Desk::open().await;
    let visit = visit(&desk).await;
    let pages =
        ["/staff", "/staff/visits", "/staff/accounts", "/staff/accesses", "/staff/account", "/staff/events"];
    for path in
        pages.iter().map(|path| (*path).to_owned()).chain([visit.clone(), format!("{visit}/record.json")])
    {
        let request = Request::get(&path).header(header::HOST, "localhost").body(Body::empty()).unwrap();
        let (head, body) = desk.send(request).await;
        assert_eq!(head.status(), StatusCode::SEE_OTHER, "{path}");
        assert!(location(&head).starts_with("/staff/sign-in?next=%2Fstaff"), "{path}");
        assert!(!body.contains("Hoà"));
    }
    for path in ["/staff/sign-out", "/staff/accounts", "/staff/account", "/staff/accesses"] {
        let mut request = desk.request_from_page(path).body(desk.form("number=001148012345")).unwrap();
        request.headers_mut().insert(header::COOKIE, header::HeaderValue::from_static("staff="));
        let (head, _) = desk.send(request).await;
        assert_eq!((head.status(), location(&head)), (StatusCode::SEE_OTHER, "/staff/sign-in"), "{path}");
    }
    let (head, _) = desk
        .send(Request::get("/staff/sign-in").header(header::HOST, "localhost").body(Body::empty()).unwrap())
        .await;
    assert_eq!(head.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_form_without_the_session_s_own_secret_does_nothing() {
    let desk = Desk::open().await;
    let other = signed_in(&*desk.store, "le.thi.can", "Lê Thị Cán", &Role::STATION, at(600)).await;
    let Presented::SignedIn(other) = desk.store.staff_session(&other, at(600)).await.unwrap() else {
        panic!()
    };
    for secret in
        [String::new(), "csrf=".into(), "csrf=zz".into(), format!("csrf={}", hex::encode(other.csrf))]
    {
        let request = desk.request_from_page("/staff/sign-out").body(Body::from(secret.clone())).unwrap();
        assert_eq!(desk.send(request).await.0.status(), StatusCode::FORBIDDEN, "{secret}");
    }
    assert_eq!(desk.get("/staff").await.0, StatusCode::OK, "somebody was signed out");
    let (head, _) = desk.post("/staff/sign-out", "").await;
    assert_eq!(location(&head), "/staff/sign-in");
    assert_eq!(desk.get("/staff").await.0, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn each_role_sees_its_own_pages() {
    for (role, may, may_not) in [
        (Role::Reception, &["/staff", "/staff/visits"][..], &["/staff/accounts", "/staff/accesses"][..]),
        (Role::Clinician, &["/staff/visits"], &["/staff/accounts", "/staff/accesses"]),
        (Role::Manager, &["/staff/accounts"], &["/staff/visits", "/staff/accesses"]),
        (Role::Auditor, &["/staff/accesses"], &["/staff/visits", "/staff/accounts"]),
    ] {
        let desk = Desk::with(&[role]).await;
        for path in may {
            assert_eq!(desk.get(path).await.0, StatusCode::OK, "{role:?} {path}");
        }
        for path in may_not {
            assert_eq!(desk.get(path).await.0, StatusCode::FORBIDDEN, "{role:?} {path}");
        }
    }
    let desk = Desk::with(&[Role::Clinician]).await;
    let world = World::new(&*desk.store).await;
    let call = desk.call(&world, "identify").await;
    assert_eq!(
        desk.post(&format!("/staff/calls/{call}/admit"), GOOD).await.0.status(),
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        desk.post("/staff/accounts", "name=A&user_name=abc&role=manager").await.0.status(),
        StatusCode::FORBIDDEN
    );
    assert_eq!(desk.store.staff().await.unwrap().len(), 1);
}

#[tokio::test]
async fn whoever_serves_the_patient_sees_the_record_and_it_is_written_down() {
    let desk = Desk::with(&[Role::Reception]).await;
    let visit = visit(&desk).await;
    for _ in 0..2 {
        assert!(desk.get("/staff/visits").await.1.contains("Nguyễn Thị Hoà"));
    }
    assert!(desk.get(&visit).await.1.contains("Nguyễn Thị Hoà"));
    let duty = |shown| (shown, Purpose::Reception, None);
    assert_eq!(log(&desk).await, [duty(Shown::List), duty(Shown::Record)]);
}

#[tokio::test]
async fn a_record_leaves_as_a_file_only_with_a_reason_and_a_recipient_whoever_serves_the_patient() {
    let desk = Desk::with(&[Role::Reception]).await;
    let visit = visit(&desk).await;
    assert!(desk.get(&visit).await.1.contains(&format!("action=\"{visit}/export\"")));
    let files = ["record.json", "fhir.json"].map(|file| format!("{visit}/{file}"));
    let refused = async || {
        for file in &files {
            let (status, page) = desk.get(file).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{file}");
            assert!(page.contains("Bên nhận") && !page.contains("Hoà"), "{page}");
        }
    };
    refused().await;
    // A reason to see the page is none to take it away.
    desk.post(&format!("{visit}/why"), "reason=Khi%E1%BA%BFu+n%E1%BA%A1i").await;
    refused().await;
    for (left_out, words) in
        [("reason", "Lý do / Reason"), ("recipient", "Bên nhận / Who gets it"), ("file", "Tệp: chưa chọn")]
    {
        let form = format!("{EXPORT}record").replace(&format!("{left_out}="), "other=");
        let (head, page) = desk.post(&format!("{visit}/export"), &form).await;
        assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY, "{left_out}");
        assert!(page.contains(words), "{page}");
        let kept =
            if left_out == "reason" { "Bệnh viện huyện Mẫu" } else { "Đơn của người bệnh" };
        assert!(page.contains(&format!("value=\"{kept}\"")), "what was typed is gone: {page}");
    }
    refused().await;
    let before = log(&desk).await.len();
    assert!(desk.export(&visit, "fhir").await.contains("Nguyễn Thị Hoà"));
    // For a quarter of an hour, both files.
    assert!(desk.get(&files[0]).await.1.contains("Nguyễn Thị Hoà"));
    let asked = (Shown::ExportAsked, Purpose::Reason, Some("Đơn của người bệnh".to_owned()));
    let taken = (Shown::Export, Purpose::Reason, None);
    assert_eq!(log(&desk).await.split_off(before), [asked, taken.clone(), taken]);
    let row = desk.store.accesses(Accesses::Latest).await.unwrap().remove(2);
    assert_eq!(row.recipient.as_deref(), Some("Bệnh viện huyện Mẫu"));
    assert_eq!(
        row.subject,
        desk.store.visit(row_visit(&visit)).await.unwrap().map(|one| one.recorded.subject)
    );
}

fn row_visit(address: &str) -> Uuid {
    Uuid::parse_str(address.rsplit('/').next().unwrap()).unwrap()
}

#[tokio::test]
async fn reception_clinicians_and_managers_export_and_an_auditor_reads_about_it() {
    for role in [Role::Reception, Role::Clinician, Role::Manager] {
        let desk = Desk::with(&[role]).await;
        let visit = visit(&desk).await;
        assert!(desk.export(&visit, "record").await.contains("Nguyễn Thị Hoà"), "{role:?}");
    }
    let desk = Desk::with(&[Role::Auditor]).await;
    let visit = visit(&desk).await;
    let (head, _) = desk.post(&format!("{visit}/export"), &format!("{EXPORT}record")).await;
    assert_eq!(head.status(), StatusCode::FORBIDDEN);
    for path in [visit.clone(), format!("{visit}/record.json"), format!("{visit}/fhir.json")] {
        let (status, page) = desk.get(&path).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
        assert!(page.contains("không có quyền") && !page.contains("Hoà"), "{page}");
    }
    let (head, _) = desk.post(&format!("{visit}/why"), "reason=Ki%E1%BB%83m+tra").await;
    assert_eq!(head.status(), StatusCode::FORBIDDEN);
    assert_eq!(log(&desk).await, []);
}

/// Roles are per place: whoever works elsewhere sees nothing here.
#[tokio::test]
async fn an_account_whose_posts_are_elsewhere_opens_nothing_but_itself() {
    let desk = Desk::with(&[Role::Auditor]).await;
    let visit = visit(&desk).await;
    let staff = desk.store.staff().await.unwrap().remove(0).id;
    let posts = Role::STATION.map(|role| Post { place: "01998".into(), role });
    let change = Change::Posts(posts.into());
    desk.store.change_staff(ChangeStaff { staff, change, by: None, at: at(600) }).await.unwrap();
    let pages =
        ["/staff", "/staff/events", "/staff/visits", "/staff/queue", "/staff/live.js", "/staff/privacy"];
    let of_visit = ["", "/correct", "/consents", "/record.json", "/fhir.json"];
    for path in pages.map(str::to_owned).into_iter().chain(of_visit.map(|page| format!("{visit}{page}"))) {
        let (status, page) = desk.get(&path).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
        assert!(page.contains("chưa có quyền nào tại trạm này") && page.contains("/staff/account"), "{page}");
    }
    for (path, form) in
        [("why", "reason=Khi%E1%BA%BFu+n%E1%BA%A1i".to_owned()), ("export", format!("{EXPORT}record"))]
    {
        assert_eq!(desk.post(&format!("{visit}/{path}"), &form).await.0.status(), StatusCode::FORBIDDEN);
    }
    assert_eq!(log(&desk).await, []);
    assert_eq!(desk.get("/staff/account").await.0, StatusCode::OK);
    assert_eq!(location(&desk.post("/staff/sign-out", "").await.0), "/staff/sign-in");
}

#[tokio::test]
async fn whoever_does_not_serve_the_patient_is_asked_why() {
    let desk = Desk::with(&[Role::Manager, Role::Auditor]).await;
    let visit = visit(&desk).await;
    let (status, page) = desk.get(&visit).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(page.contains("Vì sao cần xem hồ sơ này?") && !page.contains("Hoà"), "{page}");
    let (head, _) = desk.post(&format!("{visit}/why"), "reason=+").await;
    assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(log(&desk).await, []);
    let (head, _) = desk.post(&format!("{visit}/why"), "reason=Khi%E1%BA%BFu+n%E1%BA%A1i").await;
    assert_eq!(location(&head), visit);
    assert!(desk.get(&visit).await.1.contains("Nguyễn Thị Hoà"));
    let asked = (Shown::Asked, Purpose::Reason, Some("Khiếu nại".to_owned()));
    assert_eq!(log(&desk).await, [asked, (Shown::Record, Purpose::Reason, None)]);
    let (_, page) = desk.get("/staff/accesses").await;
    assert!(page.contains("“Khiếu nại”") && page.contains("Trần Văn Mẫu") && !page.contains("Hoà"), "{page}");
    // By number, which stands in no address.
    let (head, _) = desk.post("/staff/accesses", "number=001148+012345").await;
    let of_person = location(&head).to_owned();
    assert!(of_person.starts_with("/staff/accesses?person=") && !of_person.contains("012345"));
    assert!(desk.get(&of_person).await.1.contains("“Khiếu nại”"));
    let (head, page) = desk.post("/staff/accesses", "number=001148000009").await;
    assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("Không có ai với số định danh này"));
}

#[tokio::test]
async fn a_manager_adds_changes_and_locks_accounts() {
    let desk = Desk::with(&[Role::Manager]).await;
    let (head, page) = desk.post("/staff/accounts", "name=&user_name=%C3%AA&number=12&role=root").await;
    assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        page.split_once("class=\"faults\"").unwrap().1.split_once("</ul>").unwrap().0.matches("<li>").count(),
        4
    );
    let form = "name=Ph%E1%BA%A1m+Th%E1%BB%8B+M%E1%BB%9Bi&user_name=moi&role=reception&role=clinician";
    let (_, page) = desk.post("/staff/accounts", form).await;
    assert!(page.contains("Mã đăng ký của <strong>moi</strong>"), "{page}");
    let account = |accounts: Vec<crate::store::staff::StaffAccount>| {
        accounts.into_iter().find(|account| account.user_name.as_str() == "moi").unwrap()
    };
    let new = account(desk.store.staff().await.unwrap());
    assert_eq!((new.posts.len(), new.enrolled), (2, false));
    assert!(!desk.get("/staff/accounts").await.1.contains("Mã đăng ký của"), "the code is shown again");
    let path = format!("/staff/accounts/{}", new.id);
    desk.post(&path, "what=roles&role=auditor").await;
    desk.post(&path, "what=lock").await;
    let changed = account(desk.store.staff().await.unwrap());
    assert_eq!(changed.posts.iter().map(|post| post.role).collect::<Vec<_>>(), [Role::Auditor]);
    assert!(changed.locked_at.is_some());
    let own =
        desk.store.staff().await.unwrap().into_iter().find(|own| own.user_name.as_str() == "tran.van.mau");
    let (head, page) = desk.post(&format!("/staff/accounts/{}", own.unwrap().id), "what=lock").await;
    assert_eq!(head.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("ít nhất một người quản lý"));
}
