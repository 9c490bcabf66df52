//! What the operator sets: one TOML file, each value of which a variable `SERVER__…` overrides.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use figment::{
    Figment,
    providers::{Env, Format, Toml},
    value::magic::RelativePathBuf,
};
pub use identity::trust::Mode;
use jiff::civil::Date;
use serde::Deserialize;
use thiserror::Error;

use crate::national::NationalConfiguration;

/// Why the configuration cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// A file is not there, or a value is missing, misspelt or of the wrong type.
    #[error("the configuration in {file} cannot be used: {reason}")]
    Unreadable {
        /// The file that was read.
        file: PathBuf,
        /// What is wrong, and where.
        reason: Box<figment::Error>,
    },
    /// The address to listen on is open to other machines.
    #[error(
        "listen = {0} is not a loopback address; until kiosks can enrol, the server answers this machine alone"
    )]
    NotLoopback(SocketAddr),
    /// A clock may be set for a demonstration only.
    #[error("--clock is for mode = \"demonstration\" only; leave it out")]
    ClockInProduction,
    /// A real database needs a key that the operator keeps.
    #[error("mode = \"production\" needs master_key: a file of 32 random bytes outside the data folder")]
    NoMasterKey,
    /// The accounts that the simulated systems know are no secret.
    #[error(
        "an account under [national] is the demonstration's; enter those that the systems' operators gave"
    )]
    MadeUpAccounts,
    /// Everybody knows the password of an account that a file describes.
    #[error(
        "accounts under [staff] are for mode = \"demonstration\" only; leave them out, and add the first account with `staff add`"
    )]
    MadeUpStaff,
}

/// The address that stands on tickets: `https://` and a host; on this machine also `http://`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PublicAddress(String);

/// What is wrong with a public address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "public_address must be https:// and a host, without path or account, such as https://tram.example.vn"
)]
pub struct NotPublic;

impl PublicAddress {
    /// The address, without a `/` at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PublicAddress {
    type Error = NotPublic;

    fn try_from(text: String) -> Result<Self, NotPublic> {
        let uri: axum::http::Uri = text.parse().map_err(|_| NotPublic)?;
        let (host, authority) = (uri.host().unwrap_or_default(), uri.authority());
        let here = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
        let scheme = uri.scheme_str() == Some("https") || here && uri.scheme_str() == Some("http");
        let account = authority.is_some_and(|authority| authority.as_str().contains('@'));
        let bare = matches!(uri.path(), "" | "/") && uri.query().is_none();
        if host.is_empty() || !scheme || account || !bare {
            return Err(NotPublic);
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

#[derive(Deserialize)]
#[serde(remote = "Mode", rename_all = "snake_case")]
enum ModeName {
    Demonstration,
    Production,
}

/// The configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The mode. It is written into a new database and cannot be changed afterwards.
    #[serde(with = "ModeName")]
    pub mode: Mode,
    /// Where to listen; port 0 takes a free one. Loopback only.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// Where people reach this server from elsewhere, through a proxy with TLS. Tickets then carry a QR code of the
    /// page that shows their place in the queue; without it, only the code.
    pub public_address: Option<PublicAddress>,
    /// The file that describes the health station.
    pub station: RelativePathBuf,
    /// The files that describe the enrolled kiosks.
    pub kiosks: Vec<RelativePathBuf>,
    /// The station's software that may report costs.
    #[serde(default)]
    pub software: Vec<Software>,
    /// Folders and files with the certificates of trusted issuers.
    pub trust: Vec<RelativePathBuf>,
    /// The file with the key that seals personal data. In demonstration mode it may be left out: one is made in
    /// the data folder.
    pub master_key: Option<RelativePathBuf>,
    /// The national systems.
    pub national: NationalConfiguration,
    /// Where people stay the night.
    #[serde(default)]
    pub lodging: LodgingConfiguration,
    /// The station's staff.
    #[serde(default)]
    pub staff: StaffConfiguration,
    /// What answering for personal data needs.
    #[serde(default)]
    pub privacy: Privacy,
}

/// Where people stay the night.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LodgingConfiguration {
    /// The files that describe the places: hotels, inns, the station's ward.
    #[serde(default)]
    pub places: Vec<RelativePathBuf>,
}

/// How staff get at their pages.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffConfiguration {
    /// Files with made-up accounts, password and device secret included. In demonstration mode only.
    #[serde(default)]
    pub accounts: Vec<RelativePathBuf>,
    /// Whether staff reach the pages over TLS, which something in front of the server ends. Cookies are then sent
    /// over TLS alone.
    #[serde(default)]
    pub tls: bool,
}

/// Software of the station, such as its clinic information system, that may call.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Software {
    /// Its id, also the `keyid` of its signatures. No kiosk may have the same.
    pub id: String,
    /// Its Ed25519 key (RFC 8032), 64 hexadecimal digits.
    pub public_key: String,
    /// What staff call it.
    pub name: String,
}

/// What answering for personal data needs.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Privacy {
    /// The public holidays, substitute days included (`2026-09-02`): due dates do not fall on them.
    #[serde(default)]
    pub holidays: Vec<Date>,
}

fn default_listen() -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080)
}

impl Config {
    /// Reads `file` and the variables `SERVER__…`. Relative paths in the file start at its folder.
    ///
    /// # Errors
    /// Where a value is missing, misspelt or of the wrong type, or may not stand in that mode.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        let figment = Figment::from(Toml::file_exact(file)).merge(Env::prefixed("SERVER__").split("__"));
        let config: Self = extract(&figment, file)?;
        if !config.listen.ip().is_loopback() {
            return Err(ConfigError::NotLoopback(config.listen));
        }
        if config.mode == Mode::Production && config.master_key.is_none() {
            return Err(ConfigError::NoMasterKey);
        }
        if config.mode == Mode::Production && !config.staff.accounts.is_empty() {
            return Err(ConfigError::MadeUpStaff);
        }
        if config.mode == Mode::Production && config.national.is_made_up() {
            return Err(ConfigError::MadeUpAccounts);
        }
        Ok(config)
    }
}

/// Reads a TOML file of its own, such as a station or a kiosk.
///
/// # Errors
/// Where it is not there or does not fit.
pub fn read<T: for<'de> Deserialize<'de>>(file: &Path) -> Result<T, ConfigError> {
    extract(&Figment::from(Toml::file_exact(file)), file)
}

fn extract<T: for<'de> Deserialize<'de>>(figment: &Figment, file: &Path) -> Result<T, ConfigError> {
    figment
        .extract()
        .map_err(|reason| ConfigError::Unreadable { file: file.to_owned(), reason: Box::new(reason) })
}

#[cfg(test)]
mod tests {
    use figment::Jail;

    use super::*;

    /// The configuration that comes with the server.
    const GOOD: &str = include_str!("../server.toml");

    #[expect(clippy::result_large_err, reason = "the library's own error")]
    fn with(text: &str, variables: &[(&str, &str)], check: impl FnOnce(Result<Config, ConfigError>)) {
        Jail::expect_with(|jail| {
            jail.create_file("server.toml", text)?;
            for (name, value) in variables {
                jail.set_env(name, value);
            }
            check(Config::load(&jail.directory().join("server.toml")));
            Ok(())
        });
    }

    #[test]
    fn a_variable_overrides_the_file() {
        with(GOOD, &[("SERVER__LISTEN", "127.0.0.1:0"), ("SERVER__TRUST", "[\"/a\", \"/b\"]")], |config| {
            let config = config.unwrap();
            assert_eq!(config.listen.port(), 0);
            assert_eq!(config.trust.len(), 2);
        });
    }

    #[test]
    fn paths_in_the_file_start_at_its_folder() {
        with(GOOD, &[], |config| {
            let station = config.unwrap().station.relative();
            assert!(station.is_absolute() && station.ends_with("station.toml"), "{station:?}");
        });
    }

    #[test]
    fn the_server_is_never_open_to_other_machines() {
        for address in ["0.0.0.0:8080", "192.0.2.7:8080", "[::]:8080"] {
            with(GOOD, &[("SERVER__LISTEN", address)], |config| {
                assert!(matches!(config, Err(ConfigError::NotLoopback(_))), "{address}");
            });
        }
    }

    #[test]
    fn a_misspelt_setting_is_an_error_and_not_a_default() {
        with(&format!("lisen = '127.0.0.1:1'\n{GOOD}"), &[], |config| {
            assert!(matches!(config, Err(ConfigError::Unreadable { .. })));
        });
    }

    #[test]
    fn what_stands_on_tickets_is_an_address_that_people_can_trust() {
        let address = |text: &str| PublicAddress::try_from(text.to_owned());
        for good in ["https://tram.example.vn", "https://tram.example.vn:8443/", "http://127.0.0.1:8080"] {
            assert_eq!(address(good).unwrap().as_str(), good.trim_end_matches('/'));
        }
        for bad in [
            "",
            "tram.example.vn",
            "/t",
            "http://tram.example.vn",
            "ftp://tram.example.vn",
            "https://",
            "https://a@tram.example.vn",
            "https://tram.example.vn/a",
            "https://tram.example.vn/?a",
        ] {
            assert_eq!(address(bad), Err(NotPublic), "{bad}");
        }
        with(GOOD, &[("SERVER__PUBLIC_ADDRESS", "http://tram.example.vn")], |config| {
            assert!(matches!(config, Err(ConfigError::Unreadable { .. })), "{config:?}");
        });
    }

    #[test]
    fn production_needs_accounts_of_its_own() {
        let variables = [
            ("SERVER__MODE", "production"),
            ("SERVER__MASTER_KEY", "/key"),
            ("SERVER__STAFF__ACCOUNTS", "[]"),
        ];
        with(GOOD, &variables, |config| {
            assert!(matches!(config, Err(ConfigError::MadeUpAccounts)), "{config:?}");
        });
    }

    #[test]
    fn production_takes_no_account_whose_password_is_written_down() {
        let variables = [
            ("SERVER__MODE", "production"),
            ("SERVER__MASTER_KEY", "/key"),
            ("SERVER__STAFF__ACCOUNTS", "[\"/made-up.toml\"]"),
        ];
        with(GOOD, &variables, |config| {
            assert!(matches!(config, Err(ConfigError::MadeUpStaff)), "{config:?}");
        });
    }

    #[test]
    fn production_needs_a_key_of_its_own() {
        with(GOOD, &[("SERVER__MODE", "production")], |config| {
            assert!(matches!(config, Err(ConfigError::NoMasterKey)));
        });
    }
}
