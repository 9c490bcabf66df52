//! Who may see what.

use super::*;
use crate::store::{
    AccessLog as _,
    accesses::{Accesses, Purpose, Shown},
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
    let other = signed_in(&*desk.store, "le.thi.can", "Lê Thị Cán", &Role::ALL, at(600)).await;
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
    assert!(desk.get(&format!("{visit}/record.json")).await.1.contains("Nguyễn Thị Hoà"));
    let duty = |shown| (shown, Purpose::Reception, None);
    assert_eq!(log(&desk).await, [duty(Shown::List), duty(Shown::Record), duty(Shown::Export)]);
}

#[tokio::test]
async fn whoever_does_not_serve_the_patient_is_asked_why() {
    let desk = Desk::with(&[Role::Auditor]).await;
    let visit = visit(&desk).await;
    for path in [visit.clone(), format!("{visit}/record.json")] {
        let (status, page) = desk.get(&path).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(page.contains("Vì sao cần xem hồ sơ này?") && !page.contains("Hoà"), "{page}");
    }
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
