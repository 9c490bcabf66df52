//! Login: `POST /authorization-service/oauth/token`.

use form_urlencoded::Serializer;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::Malformed;
use crate::national::lodging::Account;

/// The grant of places' software.
const GRANT: &str = "api_cslt";

/// A login.
pub(in crate::national) struct Token {
    pub(in crate::national) access: SecretString,
    pub(in crate::national) refresh: SecretString,
    pub(in crate::national) expires: Timestamp,
}

/// What the portal answers to a login.
pub(in crate::national) enum TokenReply {
    /// The account is good.
    Given(Token),
    /// It is not, with the code.
    Refused(String),
}

/// The login's form. Its third name has a hyphen, as the interface writes it.
pub(in crate::national) fn token_request(account: &Account) -> Zeroizing<String> {
    // With room for all of it at once: what grows leaves copies behind that nobody overwrites.
    let mut form = Serializer::new(String::with_capacity(1_024));
    form.append_pair("username", account.username.expose_secret())
        .append_pair("password", account.password.expose_secret())
        .append_pair("grant-type", GRANT);
    Zeroizing::new(form.finish())
}

/// Reads the answer to a login or a refresh.
pub(in crate::national) fn token_reply(bytes: &[u8]) -> Result<TokenReply, Malformed> {
    #[derive(Deserialize)]
    struct Answer {
        code: String,
        data: Option<Data>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Data {
        access_token: SecretString,
        refresh_token: SecretString,
        exp: i64,
    }
    let Answer { code, data } = serde_json::from_slice(bytes).map_err(|_| Malformed)?;
    match (code.as_str(), data) {
        ("200", Some(Data { access_token, refresh_token, exp })) => {
            let visible = |text: &SecretString| {
                let text = text.expose_secret();
                (1..=8_192).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
            };
            if !visible(&access_token) || !visible(&refresh_token) {
                return Err(Malformed);
            }
            let expires = Timestamp::from_second(exp).map_err(|_| Malformed)?;
            Ok(TokenReply::Given(Token { access: access_token, refresh: refresh_token, expires }))
        }
        ("200", None) => Err(Malformed),
        (code, _) => super::answer::three_digits(code).map(TokenReply::Refused),
    }
}
