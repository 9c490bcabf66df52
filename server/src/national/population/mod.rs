//! The population database (Cơ sở dữ liệu quốc gia về dân cư): does it know this person? Yes or no, nothing more.
//!
//! Of its operations a check-in uses only `XacThucThongTinCongDan`: it gives the least data. `TraCuuThongTinCongDan` has a
//! trait of its own, which a check-in is not given.

mod client;
pub mod lgsp;
pub(super) mod wire;

use async_trait::async_trait;
use flows::person::Person;
use secrecy::SecretString;
use serde::Deserialize;

pub use client::PopulationClient;
pub use lgsp::LgspClient;

use super::{Limits, NationalError, secret::secret};

/// What the database says of a person (`KetQuaXacThuc/TonTai`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existence {
    /// There is a person with this number, name and birth date.
    Exists,
    /// There is none. Data at the commune may be wrong, or the person is not who the document says.
    Unknown,
}

/// The population database.
#[async_trait]
pub trait PopulationDatabase: Send + Sync {
    /// Asks whether `person` exists. Changes nothing there.
    ///
    /// # Errors
    /// Where there is no answer, for whatever reason; see [`NationalError`].
    async fn verify(&self, person: &Person) -> Result<Existence, NationalError>;
}

/// What the population database knows of a person, as far as it names them.
#[derive(Clone, PartialEq, Eq)]
pub struct Citizen {
    /// Number, name, birth date and sex.
    pub person: Person,
    /// The nine digits of the identity card before the personal number (số CMND), where there was one.
    pub earlier_number: Option<String>,
}

impl std::fmt::Debug for Citizen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Citizen({:?})", self.person)
    }
}

/// The population database's own data of a person (`TraCuuThongTinCongDan`).
///
/// It tells far more than a check-in needs, so no check-in asks it, and no page does yet: whoever gives it to staff who
/// correct a record has a reason asked for and logged first. Only what names the person is read.
#[async_trait]
pub trait CitizenLookUp: Send + Sync {
    /// Looks `person` up by number, name and birth date; none where the database knows nobody of these. Changes nothing there.
    ///
    /// # Errors
    /// Where there is no answer, for whatever reason; see [`NationalError`].
    async fn look_up(&self, person: &Person) -> Result<Option<Citizen>, NationalError>;
}

/// The section `[national.population]` of the configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// The whole address of the service.
    pub url: String,
    /// The account's name.
    pub user: String,
    /// The account's secret.
    #[serde(deserialize_with = "secret")]
    pub secret: SecretString,
    /// The header `ApiKey`.
    #[serde(deserialize_with = "secret")]
    pub api_key: SecretString,
    /// The header `X-Road-Client`.
    pub x_road_client: String,
    /// `MaDVC`: the service's code, at most 20 characters.
    pub service: String,
    /// `MaTichHop`: the integration's code, at most 20 characters.
    pub integration: String,
    /// `MaCanBo`: the officer's code, at most 20 characters.
    #[serde(deserialize_with = "secret")]
    pub officer: SecretString,
    /// `MaDonVi`: the unit's code, at most 35 characters. It and the next two came later; an older service has none.
    pub unit: Option<String>,
    /// `TaiKhoan`: the account in whose name is asked.
    pub account: Option<String>,
    /// `SoDienThoai`: a telephone number of the unit.
    pub phone: Option<String>,
    /// Time limits.
    #[serde(default)]
    pub limits: Limits,
}
