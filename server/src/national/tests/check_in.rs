//! CHECK-IN messages to the simulated register.

use std::sync::Mutex;

use identity::SecretBytes;

use super::*;
use crate::national::CheckInChannel as _;

const CHECK_IN: &str = "checkInKcbQd3176";

pub(super) fn xml0() -> SecretBytes {
    SecretBytes::new(include_bytes!("../../../../tests/wire/insurance/check-in.xml").to_vec())
}

#[tokio::test]
async fn a_check_in_message_that_is_sent_twice_has_one_receipt() {
    let systems = Systems::start().await;
    let first = systems.insurance.send_check_in(&xml0()).await.unwrap();
    systems.control(reqwest::Method::DELETE, "tokens", json!(null)).await;
    systems.advance(1);
    let second = systems.insurance.send_check_in(&xml0()).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(first.transaction, "01999_20260915080000_1");
    assert_eq!(systems.operations().await, [TAKE, CHECK_IN, CHECK_IN, TAKE, CHECK_IN]);
}

/// The line between doubles a request: the register sees it twice, and there is one receipt.
#[tokio::test]
async fn a_check_in_message_that_the_network_doubles_has_one_receipt() {
    let systems = Systems::start().await;
    systems.fault("bhxh", "duplicate", None).await;
    let first = systems.insurance.send_check_in(&xml0()).await.unwrap();
    systems.fault("bhxh", "none", None).await;
    assert_eq!(systems.insurance.send_check_in(&xml0()).await.unwrap(), first);
}

/// A ward's first cost is a message of its own, though the visit is the same.
#[tokio::test]
async fn the_ward_has_a_receipt_of_its_own() {
    let systems = Systems::start().await;
    let ward = String::from_utf8(xml0().as_slice().to_vec())
        .unwrap()
        .replace("<NGAY_VAO_NOI_TRU/>", "<NGAY_VAO_NOI_TRU>202609150930</NGAY_VAO_NOI_TRU>")
        .replace("<LY_DO_VNT/>", "<LY_DO_VNT>Theo dõi</LY_DO_VNT>");
    let first = systems.insurance.send_check_in(&xml0()).await.unwrap();
    let ward = SecretBytes::new(ward.into_bytes());
    let second = systems.insurance.send_check_in(&ward).await.unwrap();
    assert_ne!(first.transaction, second.transaction);
    assert_eq!(systems.insurance.send_check_in(&ward).await.unwrap(), second);
}

#[tokio::test]
async fn the_register_takes_every_code_of_both_lists_and_no_other() {
    use crate::national::insurance::{CareKind, PatientGroup};
    let systems = Systems::start().await;
    let golden = String::from_utf8(xml0().as_slice().to_vec()).unwrap();
    let (_, rest) = golden.split_once("<MA_DOITUONG_KCB>").unwrap();
    let group = format!("<MA_DOITUONG_KCB>{}<", rest.split_once('<').unwrap().0);
    let (_, rest) = golden.split_once("<MA_LOAI_KCB>").unwrap();
    let care = format!("<MA_LOAI_KCB>{}<", rest.split_once('<').unwrap().0);
    // For an emergency no message is sent: the register does not take one.
    let groups = PatientGroup::ALL
        .iter()
        .filter(|(code, _)| *code != "2")
        .map(|(code, _)| (&group, format!("<MA_DOITUONG_KCB>{code}<")));
    let kinds = CareKind::ALL.iter().map(|(code, _)| (&care, format!("<MA_LOAI_KCB>{code}<")));
    for (from, to) in groups.chain(kinds) {
        let document = SecretBytes::new(golden.replace(from.as_str(), &to).into_bytes());
        assert!(systems.insurance.send_check_in(&document).await.is_ok(), "{to}");
    }
    for (from, to) in
        [(&group, "<MA_DOITUONG_KCB>2<"), (&group, "<MA_DOITUONG_KCB>1.8<"), (&care, "<MA_LOAI_KCB>17<")]
    {
        let document = SecretBytes::new(golden.replace(from.as_str(), to).into_bytes());
        assert_eq!(
            systems.insurance.send_check_in(&document).await,
            refused(System::Insurance, "205"),
            "{to}"
        );
    }
}

#[tokio::test]
async fn a_check_in_message_with_a_wrong_tag_is_refused_and_not_tried_again() {
    let systems = Systems::start().await;
    let wrong = String::from_utf8(xml0().as_slice().to_vec()).unwrap().replace("STT>", "SST>");
    let answer = systems.insurance.send_check_in(&SecretBytes::new(wrong.into_bytes())).await;
    assert_eq!(answer, refused(System::Insurance, "205"));
    assert_eq!(systems.operations().await, [TAKE, CHECK_IN]);
}

#[tokio::test]
async fn each_fault_under_a_check_in_message_is_told_apart() {
    let systems = Systems::start().await;
    systems.insurance.send_check_in(&xml0()).await.unwrap();
    for (fault, trouble) in [
        ("server_error", Trouble::Status(500)),
        ("maintenance", Trouble::Status(503)),
        ("doubled", Trouble::Malformed(Flaw::Content)),
        ("malformed", Trouble::Malformed(Flaw::Content)),
        ("disconnect", Trouble::Interrupted),
        ("oversized", Trouble::TooLarge),
        ("hostile", Trouble::Malformed(Flaw::Content)),
        ("deep", Trouble::Malformed(Flaw::Content)),
        ("redirect", Trouble::Status(302)),
    ] {
        systems.fault("bhxh", fault, None).await;
        let answer = systems.insurance.send_check_in(&xml0()).await;
        assert_eq!(answer, unavailable(System::Insurance, trouble), "{fault}");
    }
}

#[tokio::test]
async fn a_check_in_message_that_may_have_arrived_is_not_sent_again_at_once() {
    let (address, asked) = broken_gateway().await;
    let configuration = insurance_configuration(&format!("http://{address}"));
    let clock = Clock::new(|| Timestamp::UNIX_EPOCH);
    let configuration = insurance::Configuration { limits: PATIENT, ..configuration };
    let client = InsuranceClient::new(configuration, DEMONSTRATION, clock, random()).unwrap();
    let answer = client.send_check_in(&xml0()).await;
    assert_eq!(answer, unavailable(System::Insurance, Trouble::Status(502)));
    // The login is a question and asked twice; the message is sent once.
    assert_eq!(*asked.lock().unwrap(), ["/api/token/take", "/api/token/take", "/api/qd130/checkInKcbQd3176"]);
}

/// A gateway that gives up once on each login, and on everything else always.
async fn broken_gateway() -> (std::net::SocketAddr, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let gateway = axum::Router::new().fallback(move |uri: axum::http::Uri| {
        let mut seen = seen.lock().unwrap();
        let login = uri.path() == "/api/token/take" && seen.last().is_some_and(|last| last == uri.path());
        seen.push(uri.path().to_owned());
        let answer = if login {
            (axum::http::StatusCode::OK, include_str!("../../../../tests/wire/insurance/token-response.json"))
        } else {
            (axum::http::StatusCode::BAD_GATEWAY, "")
        };
        async move { answer }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, gateway).await });
    (address, asked)
}
