//! How staff sign in, as their browser does it.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};

use crate::kit::{Answer, Server, Staff};

/// A browser that nobody signed in with.
fn stranger() -> Staff {
    Staff::default()
}

fn location(answer: &Answer) -> &str {
    answer.headers["location"].to_str().unwrap()
}

fn text(answer: &Answer) -> &str {
    std::str::from_utf8(&answer.body).unwrap()
}

#[tokio::test]
async fn whoever_does_nothing_for_fifteen_minutes_signs_in_again() {
    let server = Server::alone().await;
    let staff = server.staff().await;
    let open = async |path: &str| server.raw(staff.page(path)).await;
    server.wait(14 * 60);
    assert_eq!(open("/staff").await.status, StatusCode::OK);
    server.wait(14 * 60);
    // A page that loads itself again is not a person.
    assert_eq!(open("/staff?live").await.status, StatusCode::OK);
    server.wait(60);
    let answer = open("/staff/visits").await;
    assert_eq!(location(&answer), "/staff/sign-in?next=%2Fstaff%2Fvisits&timed-out=");
    let page = server.raw(stranger().page(location(&answer))).await;
    assert!(text(&page).contains("Đã tự đăng xuất sau 15 phút"), "{}", text(&page));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_look_alike() {
    let server = Server::alone().await;
    let attempt = async |name: &str| {
        let form = format!("user_name={name}&password=sai+mat+khau+roi");
        let answer = server.raw(stranger().form("/staff/sign-in", &form)).await;
        (answer.status, answer.headers.contains_key("set-cookie"), text(&answer).replace(name, ""))
    };
    let known = attempt("le.thi.can").await;
    assert_eq!((known.0, known.1), (StatusCode::UNPROCESSABLE_ENTITY, false));
    assert_eq!(attempt("ai.do.khac").await, known);
    for _ in 0..4 {
        attempt("le.thi.can").await;
        attempt("ai.do.khac").await;
    }
    let held = attempt("le.thi.can").await;
    assert_eq!(held.0, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(attempt("ai.do.khac").await, held);
}

#[tokio::test]
async fn the_cookie_is_for_these_pages_alone() {
    let server = Server::alone().await;
    let form = "user_name=le.thi.can&password=tram+y+te+xa+Mau+2026&next=https%3A%2F%2Fevil.example";
    let answer = server.raw(stranger().form("/staff/sign-in", form)).await;
    assert_eq!(location(&answer), "/staff/sign-in/code?next=%2Fstaff");
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
}

#[tokio::test]
async fn a_form_that_signs_in_comes_from_the_page_itself() {
    let server = Server::alone().await;
    let request = Request::post("/staff/sign-in")
        .header("host", "127.0.0.1:8080")
        .header("origin", "http://evil.example")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("user_name=le.thi.can&password=tram+y+te+xa+Mau+2026"))
        .unwrap();
    assert_eq!(server.raw(request).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
#[expect(clippy::single_match_else, reason = "the two ends stand side by side")]
async fn vneid_signs_in_who_is_staff_and_makes_no_account() {
    let server = Server::start().await;
    let accounts = async || server::store::StaffAccounts::staff(&*server.store).await.unwrap().len();
    let before = accounts().await;
    let vneid = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    for (person, name) in [
        ("001180000099 muc_do_2", Some("Lê Thị Cán")),
        ("001148012345 muc_do_2", None),
        ("001180000099 muc_do_1", None),
    ] {
        let begun = server.raw(stranger().page("/staff/vneid/start?next=%2Fstaff%2Fvisits")).await;
        let browser = begun.cookie("staff-vneid");
        let page = vneid.get(location(&begun)).send().await.unwrap();
        assert!(page.status().is_success());
        let asked = reqwest::Url::parse(location(&begun)).unwrap();
        let mut chosen: Vec<(String, String)> = asked.query_pairs().into_owned().collect();
        chosen.push(("person".into(), person.into()));
        let mut target = asked.clone();
        target.set_query(None);
        let back = vneid.post(target).form(&chosen).send().await.unwrap();
        let back = back.headers()["location"].to_str().unwrap().to_owned();
        let path = back.strip_prefix("http://127.0.0.1:8080").unwrap();
        let thief = server.raw(stranger().page(path)).await;
        assert_eq!(thief.status, StatusCode::UNPROCESSABLE_ENTITY, "another browser ends it");
        let answer = server.raw(Staff::with_cookie(&browser).page(path)).await;
        match name {
            Some(name) => {
                let staff = Staff::with_cookie(&answer.cookie("staff"));
                let page = server.raw(staff.page("/staff/visits")).await;
                assert!(text(&page).contains(name), "{}", text(&page));
            }
            None => {
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{person}");
                assert!(text(&answer).contains("không có tài khoản nhân viên"));
            }
        }
        let again = server.raw(Staff::with_cookie(&browser).page(path)).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "it is good twice");
    }
    assert_eq!(accounts().await, before);
}
