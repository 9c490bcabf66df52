//! Signed kiosk calls: HTTP Message Signatures (RFC 9421) over method, target, body digest and idempotency key.
//!
//! Only texts: the Ed25519 operation itself is the caller's. A signature covers, in any order,
//! `@method`, `@authority`, `@path`, `@query`; `content-digest` (RFC 9530) where there is a body;
//! `idempotency-key` where there is one. Its parameters are `created` (Unix seconds), `nonce` and `keyid`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sfv::{BareItem, Dictionary, InnerList, ListEntry, Parser};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

/// The label of the kiosk's signature in `Signature-Input` and `Signature`.
pub const LABEL: &str = "kiosk";

/// Why a signed call is not acceptable, before any cryptography.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// A header is missing.
    #[error("the header {0} is missing: every call of a kiosk is signed (RFC 9421)")]
    Missing(&'static str),
    /// A header is not a structured field of the right shape (RFC 9651).
    #[error("the header {0} is not of the form of RFC 9421")]
    Malformed(&'static str),
    /// The signature does not cover something that it must.
    #[error("the signature does not cover {0}")]
    NotCovered(&'static str),
    /// The signature covers something that this server does not know.
    #[error("the signature covers a component that is not there or not known")]
    UnknownComponent,
    /// `Content-Digest` is not that of the body.
    #[error("Content-Digest is not the SHA-256 of the body (RFC 9530)")]
    DigestMismatch,
}

/// What of a request can be signed.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The method, upper case.
    pub method: &'a str,
    /// Host and, where it is not the scheme's own, port.
    pub authority: &'a str,
    /// The path, starting with `/`.
    pub path: &'a str,
    /// The query without `?`, empty where there is none.
    pub query: &'a str,
    /// Header fields by lower-case name.
    pub headers: &'a [(&'a str, &'a str)],
}

/// The parameters of a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    /// When it was made, Unix seconds.
    pub created: i64,
    /// Used once per key.
    pub nonce: String,
    /// Which key: the kiosk's id.
    pub key_id: String,
}

/// A signature as it came, with the text that it must be over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its parameters.
    pub parameters: Parameters,
    /// The signature base (RFC 9421 2.5): what Ed25519 verifies.
    pub base: String,
    /// The signature itself, 64 bytes for Ed25519.
    pub signature: Vec<u8>,
}

/// The two headers of a signature, before it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsigned {
    /// The signature base: what Ed25519 signs.
    pub base: String,
    /// The header `Signature-Input`.
    pub signature_input: String,
}

/// The value of `Content-Digest` for `body`.
pub fn content_digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(body)))
}

/// Checks `Content-Digest` against `body`.
///
/// # Errors
/// [`SignatureError::Malformed`] where it has no SHA-256, [`SignatureError::DigestMismatch`] where it is another.
pub fn check_content_digest(header: &str, body: &[u8]) -> Result<(), SignatureError> {
    let malformed = SignatureError::Malformed("Content-Digest");
    let digests: Dictionary = Parser::new(header).parse().map_err(|_| malformed)?;
    let Some(ListEntry::Item(item)) = digests.get("sha-256") else { return Err(malformed) };
    let BareItem::ByteSequence(digest) = &item.bare_item else { return Err(malformed) };
    if digest.as_slice() == Sha256::digest(body).as_slice() {
        Ok(())
    } else {
        Err(SignatureError::DigestMismatch)
    }
}

/// The value of the header `Signature`.
pub fn signature_header(signature: &[u8]) -> String {
    format!("{LABEL}=:{}:", STANDARD.encode(signature))
}

impl Request<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.trim())
    }

    fn component(&self, name: &str) -> Option<String> {
        match name {
            "@method" => Some(self.method.to_owned()),
            "@authority" => Some(self.authority.to_ascii_lowercase()),
            "@path" => Some(self.path.to_owned()),
            "@query" => Some(format!("?{}", self.query)),
            derived if derived.starts_with('@') => None,
            field => self.header(field).map(str::to_owned),
        }
    }

    fn required(&self) -> impl Iterator<Item = &'static str> {
        let fields =
            ["content-digest", "idempotency-key"].into_iter().filter(|name| self.header(name).is_some());
        ["@method", "@authority", "@path", "@query"].into_iter().chain(fields)
    }

    fn base<'c>(
        &self,
        components: impl Iterator<Item = &'c str>,
        parameters: &str,
    ) -> Result<String, SignatureError> {
        let line = |name| Some(format!("\"{name}\": {}\n", self.component(name)?));
        let lines: Option<String> = components.map(line).collect();
        let lines = lines.ok_or(SignatureError::UnknownComponent)?;
        Ok(format!("{lines}\"@signature-params\": {parameters}"))
    }

    /// What the kiosk signs.
    ///
    /// `nonce` and `key_id` must be printable ASCII without quote and backslash, else the server refuses them.
    ///
    /// # Errors
    /// None for a request whose headers are those it names; [`SignatureError`] keeps the signature of both sides alike.
    pub fn prepare(&self, parameters: &Parameters) -> Result<Unsigned, SignatureError> {
        let names: Vec<_> = self.required().collect();
        let list = names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(" ");
        let Parameters { created, nonce, key_id } = parameters;
        let value = format!("({list});created={created};nonce=\"{nonce}\";keyid=\"{key_id}\"");
        Ok(Unsigned {
            base: self.base(names.into_iter(), &value)?,
            signature_input: format!("{LABEL}={value}"),
        })
    }

    /// What the server verifies, from the headers `signature-input` and `signature` among [`Request::headers`].
    ///
    /// # Errors
    /// Where a header is missing or malformed, or the signature does not cover what it must. Whether
    /// `Content-Digest` is the body's is [`check_content_digest`]'s to say.
    pub fn received(&self) -> Result<Received, SignatureError> {
        let input = self.header("signature-input").ok_or(SignatureError::Missing("Signature-Input"))?;
        let signature = self.header("signature").ok_or(SignatureError::Missing("Signature"))?;
        let malformed = SignatureError::Malformed("Signature-Input");
        let inputs: Dictionary = Parser::new(input).parse().map_err(|_| malformed)?;
        let (1, Some(ListEntry::InnerList(list))) = (inputs.len(), inputs.get(LABEL)) else {
            return Err(malformed);
        };
        // The base carries the list as it was sent; with one member it is what follows the label.
        let text = input.strip_prefix(LABEL).and_then(|rest| rest.strip_prefix('=')).ok_or(malformed)?;

        let components = components(list).ok_or(malformed)?;
        if let Some(missing) = self.required().find(|name| !components.contains(name)) {
            return Err(SignatureError::NotCovered(missing));
        }
        Ok(Received {
            parameters: parameters(list).ok_or(malformed)?,
            base: self.base(components.into_iter(), text)?,
            signature: bytes(signature).ok_or(SignatureError::Malformed("Signature"))?,
        })
    }
}

/// The names covered: plain strings, each once, without parameters.
fn components(list: &InnerList) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    for item in &list.items {
        let BareItem::String(name) = &item.bare_item else { return None };
        if !item.params.is_empty() || names.contains(&name.as_str()) {
            return None;
        }
        names.push(name.as_str());
    }
    Some(names)
}

fn parameters(list: &InnerList) -> Option<Parameters> {
    let text = |name: &str| match list.params.get(name) {
        Some(BareItem::String(text)) => Some(text.as_str().to_owned()),
        _ => None,
    };
    let Some(BareItem::Integer(created)) = list.params.get("created") else { return None };
    if list.params.get("alg").is_some_and(|alg| alg.as_string().is_none_or(|alg| alg.as_str() != "ed25519")) {
        return None;
    }
    Some(Parameters { created: i64::from(*created), nonce: text("nonce")?, key_id: text("keyid")? })
}

fn bytes(header: &str) -> Option<Vec<u8>> {
    let signatures: Dictionary = Parser::new(header).parse().ok()?;
    match signatures.get(LABEL)? {
        ListEntry::Item(item) => item.bare_item.as_byte_sequence().map(<[u8]>::to_vec),
        ListEntry::InnerList(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARAMETERS: fn() -> Parameters =
        || Parameters { created: 1_789_434_000, nonce: "n-1".into(), key_id: "demo".into() };

    fn request<'a>(headers: &'a [(&'a str, &'a str)]) -> Request<'a> {
        Request { method: "POST", authority: "127.0.0.1:8080", path: "/v1/sessions", query: "", headers }
    }

    #[test]
    fn the_base_is_that_of_the_rfc() {
        let digest = content_digest(b"{}");
        let headers = [("content-digest", digest.as_str()), ("idempotency-key", "k-1")];
        let unsigned = request(&headers).prepare(&PARAMETERS()).unwrap();
        assert_eq!(
            unsigned.base,
            format!(
                "\"@method\": POST\n\"@authority\": 127.0.0.1:8080\n\"@path\": /v1/sessions\n\"@query\": ?\n\
                 \"content-digest\": {digest}\n\"idempotency-key\": k-1\n\
                 \"@signature-params\": (\"@method\" \"@authority\" \"@path\" \"@query\" \"content-digest\" \
                 \"idempotency-key\");created=1789434000;nonce=\"n-1\";keyid=\"demo\""
            )
        );
    }

    #[test]
    fn what_the_kiosk_signs_is_what_the_server_verifies() {
        let digest = content_digest(b"{}");
        let headers = [("content-digest", digest.as_str()), ("idempotency-key", "k-1")];
        let unsigned = request(&headers).prepare(&PARAMETERS()).unwrap();
        let signature = signature_header(&[7; 64]);
        let mut sent = headers.to_vec();
        sent.extend([
            ("signature-input", unsigned.signature_input.as_str()),
            ("signature", signature.as_str()),
        ]);
        let received = request(&sent).received().unwrap();
        assert_eq!(
            received,
            Received { parameters: PARAMETERS(), base: unsigned.base, signature: vec![7; 64] }
        );
    }

    #[test]
    fn a_header_that_is_there_must_be_covered() {
        let input =
            "kiosk=(\"@method\" \"@authority\" \"@path\" \"@query\");created=1;nonce=\"n\";keyid=\"demo\"";
        let signature = signature_header(&[7; 64]);
        let headers =
            [("idempotency-key", "k-1"), ("signature-input", input), ("signature", signature.as_str())];
        assert_eq!(request(&headers).received(), Err(SignatureError::NotCovered("idempotency-key")));
    }

    #[test]
    fn hostile_headers_are_named_and_refused() {
        let signature = signature_header(&[7; 64]);
        let all = "\"@method\" \"@authority\" \"@path\" \"@query\"";
        for (input, error) in [
            ("kiosk=(".to_owned(), SignatureError::Malformed("Signature-Input")),
            (
                format!("other=({all});created=1;nonce=\"n\";keyid=\"d\""),
                SignatureError::Malformed("Signature-Input"),
            ),
            (format!("kiosk=({all});nonce=\"n\";keyid=\"d\""), SignatureError::Malformed("Signature-Input")),
            (
                format!("kiosk=({all});created=1;nonce=\"n\";keyid=\"d\";alg=\"hmac-sha256\""),
                SignatureError::Malformed("Signature-Input"),
            ),
            (
                format!("kiosk=({all} \"@method\");created=1;nonce=\"n\";keyid=\"d\""),
                SignatureError::Malformed("Signature-Input"),
            ),
            (
                format!("kiosk=({all} \"x-none\");created=1;nonce=\"n\";keyid=\"d\""),
                SignatureError::UnknownComponent,
            ),
        ] {
            let headers = [("signature-input", input.as_str()), ("signature", signature.as_str())];
            assert_eq!(request(&headers).received(), Err(error), "{input}");
        }
    }

    #[test]
    fn another_body_than_the_digest_says_is_refused() {
        assert_eq!(check_content_digest(&content_digest(b"{}"), b"{}"), Ok(()));
        assert_eq!(check_content_digest(&content_digest(b"{}"), b"{ }"), Err(SignatureError::DigestMismatch));
        assert!(matches!(check_content_digest("md5=:AA==:", b""), Err(SignatureError::Malformed(_))));
    }

    /// RFC 9421 B.2.6: an Ed25519 signature over a request, checked with the RFC's own key.
    #[test]
    fn the_rfc_s_own_example_verifies() {
        let input = "sig-b26=(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\")\
                     ;created=1618884473;keyid=\"test-key-ed25519\"";
        let headers = [
            ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
            ("content-type", "application/json"),
            ("content-length", "18"),
        ];
        let request = Request {
            method: "POST",
            authority: "example.com",
            path: "/foo",
            query: "param=Value&Pet=dog",
            headers: &headers,
        };
        let names = ["date", "@method", "@path", "@authority", "content-type", "content-length"];
        let base = request.base(names.into_iter(), input.strip_prefix("sig-b26=").unwrap()).unwrap();
        let key = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs")
            .unwrap();
        let signature = STANDARD
            .decode(
                "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==",
            )
            .unwrap();
        let key = ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, key);
        key.verify(base.as_bytes(), &signature).unwrap();
    }
}
