//! The clients against the simulated systems, over real sockets: right answers and every fault.

mod check_in;
mod faults;
mod outage;
mod privacy;
mod tokens;

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use flows::person::{Birth, Person, Sex};
use identity::number::PersonalNumber;
use jiff::Timestamp;
use national_mock::{Mock, control::Exchange, people::People};
use serde_json::json;

use super::{
    CitizenLookUp as _, Flaw, InsuranceClient, InsuranceRegister as _, Limits, NationalConfiguration,
    NationalError, PopulationClient, PopulationDatabase as _, System, Trouble, insurance,
    insurance::{Action, ResultCode},
    population::{self, Existence},
};
use crate::{clock::Clock, config::Mode, random::Random};

const DEMONSTRATION: Mode = Mode::Demonstration;

const PEOPLE: &[&str] = &[
    r#"
    [person]
    personal_number = "001148012345"
    full_name = "Nguyễn Thị Hoà"
    date_of_birth = "1948-03-02"
    sex = "female"
    [insurance]
    card = "HT2010148012345"
    result = "003"
    valid_from = "2026-01-01"
    valid_to = "2026-12-31"
    new_card = "HT3010148012345"
    [population]
    matches = true"#,
    r#"
    [person]
    personal_number = "001031000007"
    full_name = "Y Blơm Niê Kdăm"
    date_of_birth = "1931"
    sex = "male"
    [insurance]
    card = "DT2660031000007"
    result = "000"
    portal_down = true
    [population]
    matches = true"#,
    r#"
    [person]
    personal_number = "001090000008"
    full_name = "Trần O'Mẫu & <Con>"
    date_of_birth = "1990-12-31"
    sex = "male"
    [insurance]
    card = "DN4010090000008"
    result = "100"
    [population]
    matches = false"#,
];

pub(super) fn configuration() -> NationalConfiguration {
    use figment::providers::{Format as _, Toml};
    figment::Figment::from(Toml::string(include_str!("demonstration.toml"))).extract().unwrap()
}

pub(super) fn population_configuration(server: &str) -> population::Configuration {
    population::Configuration { url: format!("{server}/population"), ..configuration().population }
}

pub(super) fn insurance_configuration(base_url: &str) -> insurance::Configuration {
    insurance::Configuration { base_url: base_url.to_owned(), ..configuration().insurance }
}

const BORN: Birth = Birth { year: 1948, month: Some(3), day: Some(2) };

fn hoa() -> Person {
    person("001148012345", "Nguyễn Thị Hoà", BORN)
}

fn blom() -> Person {
    person("001031000007", "Y Blơm Niê Kdăm", born(1931, None, None))
}

pub(super) fn born(year: i16, month: Option<i8>, day: Option<i8>) -> Birth {
    Birth { year, month, day }
}

pub(super) fn person(number: &str, name: &str, birth: Birth) -> Person {
    let number = PersonalNumber::parse(number).unwrap();
    Person {
        number: Some(number),
        insurance_number: None,
        old_numbers: Vec::new(),
        full_name: name.to_owned(),
        birth,
        sex: Sex::Unknown,
    }
}

/// Long enough that a busy machine does not end a call that should come back, but see [`Systems::hurried`].
pub(super) const PATIENT: Limits = Limits {
    connect_milliseconds: 30_000,
    answer_milliseconds: 30_000,
    retries: 2,
    retry_milliseconds: 1,
    concurrent: 16,
    turn_milliseconds: 30_000,
    break_after: 5,
    break_milliseconds: 30_000,
};

pub(super) fn people() -> People {
    People::from_texts(PEOPLE).unwrap()
}

struct Systems {
    address: String,
    now: Arc<AtomicI64>,
    population: PopulationClient,
    insurance: InsuranceClient,
}

impl Systems {
    async fn start() -> Self {
        Self::with_limits(PATIENT).await
    }

    /// For calls that must end by the time limit.
    async fn hurried() -> Self {
        Self::hurried_with(PATIENT).await
    }

    async fn hurried_with(limits: Limits) -> Self {
        Self::with_limits(Limits { answer_milliseconds: 1_000, ..limits }).await
    }

    async fn with_limits(limits: Limits) -> Self {
        let now = Arc::new(AtomicI64::new(1_789_434_000));
        let shown = Arc::clone(&now);
        let time = move || Timestamp::from_second(shown.load(Ordering::SeqCst)).unwrap();
        let mock = Mock::new(people(), Arc::new(time.clone()), None);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, national_mock::router(&mock)).await });
        let (clock, random) = (Clock::new(time), random());
        let population = population::Configuration { limits, ..population_configuration(&address) };
        let insurance =
            insurance::Configuration { limits, ..insurance_configuration(&format!("{address}/bhxh")) };
        Self {
            population: PopulationClient::new(population, DEMONSTRATION, clock.clone(), random.clone())
                .unwrap(),
            insurance: InsuranceClient::new(insurance, DEMONSTRATION, clock, random).unwrap(),
            address,
            now,
        }
    }

    fn advance(&self, minutes: i64) {
        self.now.fetch_add(minutes * 60, Ordering::SeqCst);
    }

    async fn control(&self, method: reqwest::Method, path: &str, body: serde_json::Value) -> String {
        let url = format!("{}/control/{path}", self.address);
        let request = reqwest::Client::new().request(method, url).json(&body);
        request.send().await.unwrap().error_for_status().unwrap().text().await.unwrap()
    }

    async fn fault(&self, system: &str, fault: &str, times: Option<u32>) {
        let body = json!({ "fault": fault, "times": times });
        self.control(reqwest::Method::PUT, &format!("faults/{system}"), body).await;
    }

    async fn exchanges(&self) -> Vec<Exchange> {
        serde_json::from_str(&self.control(reqwest::Method::GET, "exchanges", json!(null)).await).unwrap()
    }

    async fn operations(&self) -> Vec<String> {
        self.exchanges().await.into_iter().map(|exchange| exchange.operation).collect()
    }
}

pub(super) fn random() -> Random {
    let counter = AtomicI64::new(0);
    Random::new(move |bytes| {
        let count = counter.fetch_add(1, Ordering::SeqCst).to_le_bytes();
        bytes.iter_mut().zip(count.iter().cycle()).for_each(|(byte, value)| *byte = *value);
        Ok(())
    })
}

fn unavailable<T>(system: System, trouble: Trouble) -> Result<T, NationalError> {
    Err(NationalError::Unavailable { system, trouble })
}

fn refused<T>(system: System, code: &str) -> Result<T, NationalError> {
    Err(NationalError::Refused { system, code: code.to_owned() })
}

const TAKE: &str = "take";
const LOOK_UP: &str = "KQNhanLichSuKCB2024";

#[tokio::test]
async fn the_population_database_says_yes_or_no() {
    let systems = Systems::start().await;
    assert_eq!(systems.population.verify(&hoa()).await, Ok(Existence::Exists));
    assert_eq!(systems.population.verify(&blom()).await, Ok(Existence::Exists));
    let other_name = person("001148012345", "Nguyễn Thị Hồng", BORN);
    let other_date = person("001148012345", "Nguyễn Thị Hoà", born(1948, Some(2), Some(3)));
    let not_matching = person("001090000008", "Trần O'Mẫu & <Con>", born(1990, None, None));
    for person in [other_name, other_date, not_matching] {
        assert_eq!(systems.population.verify(&person).await, Ok(Existence::Unknown));
    }
    let exchanges = systems.exchanges().await;
    assert!(exchanges.iter().all(|exchange| exchange.status == Some(200)));
    // The name with markup arrived as the 18 characters that it is.
    assert_eq!(exchanges.last().unwrap().fields["HoVaTen"], 18);
}

#[tokio::test]
async fn whoever_is_looked_up_is_named_and_nobody_else() {
    let systems = Systems::start().await;
    let citizen = systems.population.look_up(&hoa()).await.unwrap().unwrap();
    assert_eq!(citizen.person.full_name, "Nguyễn Thị Hoà");
    assert!(citizen.person.birth == BORN);
    let other = person("001148012345", "Nguyễn Thị Hồng", BORN);
    assert_eq!(systems.population.look_up(&other).await, Ok(None));
    let operations = systems.operations().await;
    assert_eq!(operations, ["TraCuuThongTinCongDan", "TraCuuThongTinCongDan"]);
    for (fault, trouble) in [
        ("malformed", Trouble::Malformed(Flaw::Syntax)),
        ("hostile", Trouble::Malformed(Flaw::DocumentType)),
        ("deep", Trouble::Malformed(Flaw::Depth)),
    ] {
        systems.fault("population", fault, None).await;
        let answer = systems.population.look_up(&hoa()).await;
        assert_eq!(answer, unavailable(System::Population, trouble), "{fault}");
    }
}

#[tokio::test]
async fn a_replaced_card_is_followed_to_the_new_one_with_one_login() {
    let systems = Systems::start().await;
    for _ in 0..2 {
        let finding = systems.insurance.look_up(&hoa()).await.unwrap();
        assert_eq!((finding.code, finding.action), (ResultCode::ReplacedExpired, Action::UseNewCard));
        assert_eq!(finding.card.unwrap().number, "HT3010148012345");
        assert!(String::from_utf8_lossy(finding.answer.as_slice()).contains("DỮ LIỆU MÔ PHỎNG"));
    }
    assert_eq!(systems.operations().await, [TAKE, LOOK_UP, LOOK_UP]);
}

#[tokio::test]
async fn the_register_answers_about_people_it_does_not_know_or_knows_otherwise() {
    let systems = Systems::start().await;
    let nobody = person("001199000001", "Không Ai Cả", born(1999, None, None));
    let other_name = person("001148012345", "Trần Thị Hoà", BORN);
    let other_date = person("001148012345", "Nguyễn Thị Hoà", born(1949, None, None));
    for (person, code) in [
        (nobody, ResultCode::NotFound),
        (other_name, ResultCode::WrongName),
        (other_date, ResultCode::WrongBirthDate),
    ] {
        let finding = systems.insurance.look_up(&person).await.unwrap();
        assert_eq!((finding.code, finding.card), (code, None));
    }
}

#[tokio::test]
async fn wrong_accounts_are_refusals_that_an_operator_must_see() {
    let systems = Systems::start().await;
    let (clock, random) = (Clock::new(|| Timestamp::UNIX_EPOCH), random());
    let insurance = insurance_configuration(&format!("{}/bhxh", systems.address));
    for (wrong, code) in [
        (insurance::Configuration { password: "x".into(), ..insurance.clone() }, "401"),
        (insurance::Configuration { staff_number: "001180000098".into(), ..insurance.clone() }, "054"),
        (insurance::Configuration { staff_name: "Lê Thị Cân".into(), ..insurance }, "055"),
    ] {
        let client = InsuranceClient::new(wrong, DEMONSTRATION, clock.clone(), random.clone()).unwrap();
        assert_eq!(client.look_up(&hoa()).await, refused(System::Insurance, code));
    }
    let clock = Clock::new(|| Timestamp::from_second(1_789_434_000).unwrap());
    let population = population_configuration(&systems.address);
    for wrong in [
        population::Configuration { secret: "x".into(), ..population.clone() },
        population::Configuration { api_key: "x".into(), ..population.clone() },
        population::Configuration { x_road_client: "x".to_owned(), ..population },
    ] {
        let client = PopulationClient::new(wrong, DEMONSTRATION, clock.clone(), random.clone()).unwrap();
        assert_eq!(client.verify(&hoa()).await, refused(System::Population, "Client.Authentication"));
    }
}

fn population_client(address: std::net::SocketAddr) -> PopulationClient {
    let configuration = population_configuration(&format!("http://{address}"));
    let configuration = population::Configuration { limits: PATIENT, ..configuration };
    PopulationClient::new(configuration, DEMONSTRATION, Clock::new(|| Timestamp::UNIX_EPOCH), random())
        .unwrap()
}

#[tokio::test]
async fn a_person_whose_data_do_not_fit_is_not_sent_at_all() {
    let systems = Systems::start().await;
    let long = person("001148012345", &"Ơ".repeat(101), BORN);
    assert_eq!(
        systems.population.verify(&long).await,
        Err(NationalError::NotAskable { system: System::Population, field: "HoVaTen" })
    );
    assert_eq!(systems.exchanges().await, []);
}

#[test]
fn nothing_secret_is_in_what_a_log_would_show_of_the_configuration() {
    let shown = format!("{:?}", configuration());
    for secret in ["bi-mat", "khoa-mo", "mat-khau", "Cán", "001180000099", "CB001"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn a_secret_that_is_read_as_a_number_is_explained_and_not_quoted() {
    use figment::providers::{Format as _, Toml};
    let text = include_str!("demonstration.toml");
    for (quoted, bare) in [("\"001180000099\"", "1180000099"), ("\"mat-khau-mo-phong\"", "false")] {
        let changed = text.replace(quoted, bare);
        assert_ne!(changed, text);
        let error =
            figment::Figment::from(Toml::string(&changed)).extract::<NationalConfiguration>().unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("quotation marks") && !shown.contains(bare), "{shown}");
    }
}
