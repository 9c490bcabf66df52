//! OpenID Connect as far as a sign-in needs it, over any HTTP client.

use chrono::{DateTime, Utc};
use flows::person::{Birth, Person, Sex};
use identity::{number::PersonalNumber, text::clean_line_within};
use jiff::{SignedDuration, Timestamp, civil::Date};
use openidconnect::{
    AdditionalClaims, AsyncHttpClient, AuthenticationContextClass, AuthorizationCode,
    ClaimsVerificationError, Client, ClientId, ClientSecret, CsrfToken, DiscoveryError,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdToken, IdTokenFields, IssuerUrl,
    Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    SignatureVerificationError, StandardErrorResponse, StandardTokenResponse,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim,
        CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata,
        CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use super::{Attempt, Configuration, Level, SignedIn};
use crate::national::{Flaw, Trouble};

/// How far the provider's clock may be ahead.
const SKEW: SignedDuration = SignedDuration::from_secs(60);

/// How old an identity token may be: it comes straight from the provider.
const AGE: SignedDuration = SignedDuration::from_mins(5);

/// Signatures that are accepted: none by a shared secret, and never none.
const SIGNATURES: [CoreJwsSigningAlgorithm; 4] = [
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
];

pub(super) type Metadata = CoreProviderMetadata;

type Token =
    IdToken<VneidClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

type Fields = IdTokenFields<
    VneidClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

type OidcClient = Client<
    VneidClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The claims that are VNeID's own.
#[derive(Clone, Serialize, Deserialize)]
struct VneidClaims {
    /// The personal number.
    so_dinh_danh: String,
}

impl std::fmt::Debug for VneidClaims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VneidClaims(masked)")
    }
}

impl AdditionalClaims for VneidClaims {}

/// Why a step failed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The provider does not answer as it should.
    Trouble(Trouble),
    /// The provider says no, with its code.
    Refused(String),
    /// The token is signed by a key that is not in the key set: it may be newer than that.
    UnknownKey,
}

const MALFORMED: Failure = Failure::Trouble(Trouble::Malformed(Flaw::Content));
const UNPROVED: Failure = Failure::Trouble(Trouble::Unproved);

/// Reads the provider's metadata and keys (OpenID Connect Discovery 1.0 section 4).
pub(super) async fn discover<C>(issuer: &IssuerUrl, http: &C) -> Result<Metadata, Failure>
where
    C: for<'c> AsyncHttpClient<'c, Error = Trouble>,
{
    Metadata::discover_async(issuer.clone(), http).await.map_err(|error| match error {
        DiscoveryError::Request(trouble) => Failure::Trouble(trouble),
        DiscoveryError::Response(status, ..) if !status.is_success() => {
            Failure::Trouble(Trouble::Status(status.as_u16()))
        }
        _ => MALFORMED,
    })
}

fn client(configuration: &Configuration, metadata: &Metadata, redirect: &str) -> Result<OidcClient, Failure> {
    let secret = ClientSecret::new(configuration.client_secret.expose_secret().to_owned());
    let id = ClientId::new(configuration.client_id.clone());
    let redirect = RedirectUrl::new(redirect.to_owned()).map_err(|_| MALFORMED)?;
    Ok(OidcClient::from_provider_metadata(metadata.clone(), id, Some(secret)).set_redirect_uri(redirect))
}

/// The address of the provider's page for this attempt. Whoever is still signed in there is asked again: the browser
/// may be one that several people use.
pub(super) fn authorization_url(
    configuration: &Configuration,
    metadata: &Metadata,
    attempt: &Attempt,
) -> Result<SecretString, Failure> {
    let client = client(configuration, metadata, attempt.redirect_uri())?;
    let (state, nonce) = (CsrfToken::new(attempt.state()), Nonce::new(attempt.nonce()));
    let verifier = PkceCodeVerifier::new(attempt.verifier());
    let (url, ..) = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce)
        .add_scope(Scope::new("profile".to_owned()))
        .add_scope(Scope::new("so_dinh_danh".to_owned()))
        .add_prompt(CoreAuthPrompt::Login)
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .url();
    Ok(String::from(url).into())
}

/// An identity token, not yet verified.
pub(super) struct Unverified(Token);

/// Exchanges the code (RFC 6749 section 4.1.3). The access token is dropped: nothing else is asked for.
pub(super) async fn take_token<C>(
    configuration: &Configuration,
    metadata: &Metadata,
    attempt: &Attempt,
    code: &SecretString,
    http: &C,
) -> Result<Unverified, Failure>
where
    C: for<'c> AsyncHttpClient<'c, Error = Trouble>,
{
    let client = client(configuration, metadata, attempt.redirect_uri())?;
    let request = client
        .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
        .map_err(|_| MALFORMED)?
        .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier()));
    let response = request.request_async(http).await.map_err(|error| match error {
        RequestTokenError::Request(trouble) => Failure::Trouble(trouble),
        RequestTokenError::ServerResponse(answer) => Failure::Refused(code_of(answer.error().as_ref())),
        _ => MALFORMED,
    })?;
    response.extra_fields().id_token().cloned().map(Unverified).ok_or(MALFORMED)
}

/// A code may end in a log; nothing else of an answer does.
pub(super) fn code_of(text: &str) -> String {
    let shaped =
        (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if shaped { text.to_owned() } else { "error".to_owned() }
}

/// Verifies the token (OpenID Connect Core 1.0 section 3.1.3.7) and reads who signed in.
pub(super) fn verify(
    configuration: &Configuration,
    metadata: &Metadata,
    attempt: &Attempt,
    token: &Unverified,
    now: Timestamp,
) -> Result<SignedIn, Failure> {
    let client = client(configuration, metadata, attempt.redirect_uri())?;
    let time = |time: DateTime<Utc>| Timestamp::from_second(time.timestamp()).map_err(|_| "time".to_owned());
    let recent = move |issued: DateTime<Utc>| {
        let age = now.duration_since(time(issued)?);
        if (-SKEW..=AGE).contains(&age) { Ok(()) } else { Err("issued at another time".to_owned()) }
    };
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(SIGNATURES)
        .set_time_fn(move || DateTime::from_timestamp(now.as_second(), 0).unwrap_or(DateTime::<Utc>::MAX_UTC))
        .set_issue_time_verifier_fn(recent)
        .set_auth_context_verifier_fn(|class| level(class).map(drop).ok_or_else(|| "acr".to_owned()));
    let claims = token.0.claims(&verifier, &Nonce::new(attempt.nonce())).map_err(|error| match error {
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
            Failure::UnknownKey
        }
        _ => UNPROVED,
    })?;
    let number = PersonalNumber::parse(&claims.additional_claims().so_dinh_danh).map_err(|_| MALFORMED)?;
    let name = claims.name().and_then(|name| name.get(None)).ok_or(MALFORMED)?;
    let full_name = clean_line_within(name, 100).filter(|name| !name.is_empty()).ok_or(MALFORMED)?;
    let birth = claims.birthdate().and_then(|birth| birthdate(birth)).ok_or(MALFORMED)?;
    let authenticated_at = claims.auth_time().unwrap_or_else(|| claims.issue_time());
    Ok(SignedIn {
        subject: claims.subject().as_str().to_owned(),
        person: Person {
            number: Some(number),
            insurance_number: None,
            old_numbers: Vec::new(),
            full_name,
            birth,
            sex: Sex::Unknown,
        },
        level: level(claims.auth_context_ref()).ok_or(MALFORMED)?,
        authenticated_at: time(authenticated_at).map_err(|_| MALFORMED)?,
    })
}

/// The stand-in's two values of `acr`.
fn level(class: Option<&AuthenticationContextClass>) -> Option<Level> {
    match class?.as_str() {
        "muc_do_1" => Some(Level::One),
        "muc_do_2" => Some(Level::Two),
        _ => None,
    }
}

/// `YYYY-MM-DD`, or `YYYY` where only the year is known (OpenID Connect Core 1.0 section 5.1).
fn birthdate(text: &str) -> Option<Birth> {
    if text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Birth { year: text.parse().ok()?, month: None, day: None });
    }
    let date = Date::strptime("%Y-%m-%d", text).ok().filter(|_| text.len() == 10)?;
    Some(Birth { year: date.year(), month: Some(date.month()), day: Some(date.day()) })
}

#[cfg(test)]
mod tests;
