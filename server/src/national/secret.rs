//! Secrets in the configuration.

use std::fmt;

use secrecy::SecretString;
use serde::{Deserializer, de};

/// Reads a secret. A password or number of digits only, given in a variable without quotation marks, arrives as a
/// number: it has lost its zeros, and the usual error would quote it.
pub(super) fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    struct Text;

    impl de::Visitor<'_> for Text {
        type Value = SecretString;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("text")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<SecretString, E> {
            Ok(text.into())
        }

        fn visit_bool<E: de::Error>(self, _: bool) -> Result<SecretString, E> {
            Err(unquoted())
        }

        fn visit_i64<E: de::Error>(self, _: i64) -> Result<SecretString, E> {
            Err(unquoted())
        }

        fn visit_u64<E: de::Error>(self, _: u64) -> Result<SecretString, E> {
            Err(unquoted())
        }

        fn visit_f64<E: de::Error>(self, _: f64) -> Result<SecretString, E> {
            Err(unquoted())
        }
    }

    deserializer.deserialize_str(Text)
}

fn unquoted<E: de::Error>() -> E {
    E::custom("a secret is text: write it in quotation marks, in a variable as '\"…\"'")
}
