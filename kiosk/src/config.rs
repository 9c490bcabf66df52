//! What the kiosk is told: `kiosk.toml`, overridden by `KIOSK__…` in the environment.

use std::path::{Path, PathBuf};

use figment::{
    Figment,
    providers::{Env, Format as _, Toml},
};
use serde::Deserialize;
use thiserror::Error;

use crate::conversation::Times;

/// Whether made-up data may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Made-up people and cards; the clock may be set.
    Demonstration,
    /// Real people.
    Production,
}

/// The configuration.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Whether made-up data may be used.
    pub mode: Mode,
    /// The server: `http://HOST:PORT`.
    pub server: String,
    /// The kiosk's id, as enrolled at the server.
    pub kiosk: String,
    /// Its Ed25519 seed: 32 bytes in hexadecimal.
    pub key_file: PathBuf,
    /// The card reader's name or a part of it; `any` takes the first.
    pub reader: String,
    /// Where tickets are written as PNG.
    pub ticket_folder: PathBuf,
    /// The screen.
    pub screen: Screen,
    /// How long things may take.
    #[serde(default)]
    pub times: Times,
}

/// The screen.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Screen {
    /// Pixels across.
    pub width: u16,
    /// Pixels down.
    pub height: u16,
    /// The diagonal in inches: sizes are millimetres through it.
    pub inches: f32,
}

/// Why the kiosk cannot start with its configuration.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// It cannot be read or a value is wrong.
    #[error("the configuration {path} cannot be used: {source}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<figment::Error>,
    },
    /// A value makes no sense.
    #[error("{0}")]
    Senseless(&'static str),
}

impl Config {
    /// Reads the file at `path` and the environment.
    ///
    /// # Errors
    /// Where the file is missing, a value is wrong or makes no sense.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let unusable = |source| ConfigError::Unusable { path: path.to_owned(), source: Box::new(source) };
        let config: Self = Figment::new()
            .merge(Toml::file_exact(path))
            .merge(Env::prefixed("KIOSK__").split("__"))
            .extract()
            .map_err(unusable)?;
        config.check()
    }

    fn check(self) -> Result<Self, ConfigError> {
        if !(5.0..=120.0).contains(&self.screen.inches) {
            return Err(ConfigError::Senseless("screen.inches: a diagonal of 5 to 120 inches"));
        }
        if self.screen.width < 600 || self.screen.height < 1000 {
            return Err(ConfigError::Senseless("screen: a portrait screen of at least 600 by 1000 pixels"));
        }
        if self.times.warning < 20.0 || self.times.idle < 20.0 {
            return Err(ConfigError::Senseless(
                "times: people need 20 seconds or more (EN 301 549), in idle and in warning",
            ));
        }
        let authority = self.server.trim_end_matches('/').strip_prefix("http://");
        if authority.is_none_or(|rest| rest.is_empty() || rest.contains('/')) {
            return Err(ConfigError::Senseless("server: http://HOST:PORT without a path"));
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> String {
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/kiosk.toml")).unwrap()
    }

    fn load(text: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kiosk.toml");
        std::fs::write(&path, text).unwrap();
        Config::load(&path)
    }

    #[test]
    fn the_example_works_as_it_is() {
        let config = load(&example()).unwrap();
        assert_eq!(config.mode, Mode::Demonstration);
        assert_eq!(config.times, Times::default());
        assert_eq!((config.screen.width, config.screen.height), (1080, 1920));
    }

    #[test]
    fn mistakes_are_named() {
        for (from, to, named) in [
            ("inches = 24.0", "inches = 0.0", "inches"),
            ("width = 1080", "width = 10", "portrait"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1", "server"),
            ("http://127.0.0.1:8080", "ftp://127.0.0.1", "server"),
            ("warning = 20.0", "warning = 3.0", "20 seconds"),
            ("kiosk = \"demo\"", "kioks = \"demo\"", "kioks"),
            ("mode = \"demonstration\"", "mode = \"demo\"", "demo"),
        ] {
            let text = example();
            assert!(text.contains(from), "{from}");
            let error = load(&text.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
