//! What is logged: never who came, what they have, or what was sent.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use flows::{Answer, Evidence, Step};
use identity::ReasonCode;
use serde_json::json;
use server::program::LOG_FILTER;
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use crate::{
    card,
    kit::{Kiosk, Server},
    visit::Visit,
    vneid,
};

#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn the_log_tells_what_happened_and_not_to_whom() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(LOG_FILTER))
        .with_writer(log.clone())
        .with_ansi(false)
        .finish();
    // For the whole process: what other tests log meanwhile must be as silent.
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let server = Server::hurried().await;
    let mut hoa = Visit::presented(&server, "nguyen-thi-hoa").await;
    hoa.finish().await;
    let Step::Done { .. } = hoa.view.step else { panic!("{:?}", hoa.view) };
    let mut diep = Visit::presented(&server, "mai-thi-bich-diep").await;
    diep.finish().await;
    let tu_thang = Visit::presented(&server, "bui-duc-tu-thang").await;
    assert_eq!(tu_thang.view.step, Step::CallStaff { code: ReasonCode::DataGroupMismatch });
    let mut malformed = card::read("nguyen-thi-hoa", None);
    malformed.files[0].name = "Nguyễn Thị Hoà 001148012345".into();
    let visit = Visit::consented(&server).await;
    let answer = Answer::Evidence { evidence: Evidence::Chip(malformed) };
    assert_eq!(visit.send(&answer).await.problem().0, 400);
    for body in
        [json!({ "service": "Nguyễn Thị Hoà" }), json!({ "step": "001148012345", "code": "help_wanted" })]
    {
        for path in ["/v1/sessions", "/v1/staff-calls", "/v1/sessions/001148012345/answers"] {
            assert!(!server.post(path, &body).send(&Kiosk::demo()).await.status.is_success());
        }
    }

    // A sign-in's state and code stand in an address: whoever reads the log must not find them.
    let seeing = Server::start().await;
    let door = vneid::at_the_door(&seeing).await;
    let path = vneid::chosen(&vneid::begun(&door).await, "001148012345 muc_do_2").await;
    assert!(vneid::come_back(&seeing, &path).await.status.is_success());
    let query = path.split_once('?').unwrap().1;
    let secrets: Vec<_> = form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| matches!(&**name, "state" | "code"))
        .map(|(_, value)| value.into_owned())
        .collect();
    assert_eq!(secrets.len(), 2, "{secrets:?}");
    let mut malformed = Visit::at_any_door(&seeing).await;
    malformed.show("001148012345|012345678|Nguyễn Thị Hoà|32131948|Nữ|Hà Nội|10052022").await;

    let log = log.text();
    for secret in &secrets {
        assert!(!log.contains(secret), "the log holds a sign-in's secret:\n{log}");
    }
    for told in [
        "/vneid/callback",
        "a sign-in ended",
        "card_date_of_birth_malformed",
        "answered",
        "/v1/sessions/{id}/answers",
        "data_group_mismatch",
        "CHUA_XAC_MINH",
        "recorded",
    ] {
        assert!(log.contains(told), "the log does not tell {told}:\n{log}");
    }
    for personal in [
        "Hoà",
        "Hoa",
        "HOA",
        "Nguyễn",
        "NGUYEN",
        "Diệp",
        "Thắng",
        "148012345",
        "012345",
        "1948",
        "HT2010148012345",
        "Thôn 1",
        // Her visits elsewhere.
        "dạ dày",
        "202606010812",
        "dsLichSu",
        "nguyen-thi-hoa",
        "abababab",
    ] {
        assert!(!log.contains(personal), "the log holds {personal}:\n{log}");
    }
}
