//! Each message against its golden file.

use serde_json::{Value, json};

use super::*;
use crate::national::chip_check::tests::{card, configuration};

macro_rules! wire {
    ($name:literal) => {
        include_str!(concat!("../../../../../tests/wire/c06/", $name))
    };
}

fn now() -> Timestamp {
    "2026-09-15T08:00:00+07:00".parse().unwrap()
}

fn question() -> Question {
    Question::new("0b6f2c1e-5d7a-4b58-9c3d-2f1e0a9b8c7d".to_owned(), &card())
}

fn read(text: &str, at: Timestamp) -> Result<Reply, Useless> {
    reply(text.as_bytes(), &question(), &configuration("http://127.0.0.1:8090").public_key, at)
}

fn changed(member: &str, value: Value) -> String {
    let mut answer: Value = serde_json::from_str(wire!("verify-response-00.json")).unwrap();
    answer[member] = value;
    answer.to_string()
}

#[test]
fn the_request_is_the_golden_one() {
    let golden: Value = serde_json::from_str(wire!("verify-request.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&question().body()).unwrap(), golden);
}

#[test]
fn the_golden_answers_are_understood() {
    for (text, standing) in [
        (wire!("verify-response-00.json"), Standing::Valid),
        (wire!("verify-response-01.json"), Standing::NotIssued),
        (wire!("verify-response-02.json"), Standing::Revoked),
    ] {
        let Ok(Reply::Statement(statement)) = read(text, now()) else { panic!("{standing:?}") };
        assert_eq!((statement.standing, statement.at), (standing, now()));
        assert_eq!(statement.transaction, "C06-000001");
        assert_eq!(statement.raw.as_slice(), text.as_bytes());
        assert!(!format!("{statement:?}").contains("C06-000001"));
    }
    assert_eq!(read(wire!("verify-response-10.json"), now()), Ok(Reply::Refused("10".to_owned())));
    assert_eq!(read(&changed("code", json!("90")), now()), Ok(Reply::Down));
}

#[test]
fn what_is_signed_are_the_golden_lines() {
    let answer: Answer = serde_json::from_str(wire!("verify-response-00.json")).unwrap();
    assert_eq!(*signed(&question(), &answer, "C06-000001"), wire!("verify-response-00.signed"));
}

#[test]
fn an_answer_to_another_question_or_of_another_time_or_changed_proves_nothing() {
    let text = wire!("verify-response-00.json");
    let key = configuration("http://127.0.0.1:8090").public_key;
    for (number, digest, signer) in
        [("001148012346", 0x2d, 0x30), ("001148012345", 0x2e, 0x30), ("001148012345", 0x2d, 0x31)]
    {
        let mut other = card();
        other.number = identity::number::PersonalNumber::parse(number).unwrap();
        other.security_object_digest[0] = digest;
        other.signer[0] = signer;
        let question = Question::new("0b6f2c1e-5d7a-4b58-9c3d-2f1e0a9b8c7d".to_owned(), &other);
        assert_eq!(reply(text.as_bytes(), &question, &key, now()), Err(Useless::Unproved));
    }
    let again = Question::new("another".to_owned(), &card());
    assert_eq!(reply(text.as_bytes(), &again, &key, now()), Err(Useless::Unproved));
    assert_eq!(reply(text.as_bytes(), &question(), &[0; 32], now()), Err(Useless::Unproved));
    for minutes in [-6, 6] {
        assert_eq!(read(text, now() + SignedDuration::from_mins(minutes)), Err(Useless::Unproved));
    }
    for (member, value) in [
        ("transactionCode", json!("C06-000002")),
        ("timestamp", json!("2026-09-15T08:00:01+07:00")),
        ("signature", json!("AAAA")),
    ] {
        assert_eq!(read(&changed(member, value), now()), Err(Useless::Unproved), "{member}");
    }
    // A revoked card's answer, made good.
    let mut answer: Value = serde_json::from_str(wire!("verify-response-02.json")).unwrap();
    (answer["code"], answer["isVerified"]) = (json!("00"), json!(true));
    assert_eq!(read(&answer.to_string(), now()), Err(Useless::Unproved));
}

#[test]
fn what_is_not_in_the_format_is_malformed() {
    for (member, value) in [
        ("code", json!("Nguyễn Thị Hoà")),
        ("code", json!(0)),
        ("isVerified", json!("true")),
        ("isVerified", json!(false)),
        ("transactionCode", json!(null)),
        ("transactionCode", json!("a b")),
        ("signature", json!(null)),
        ("signature", json!("!")),
        ("timestamp", json!("yesterday")),
    ] {
        assert_eq!(read(&changed(member, value.clone()), now()), Err(Useless::Malformed), "{member} {value}");
    }
}
