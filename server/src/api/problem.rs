//! Errors as RFC 9457 problem documents: a closed list of kinds, each with a stable code.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use flows::wire::Problem;

macro_rules! kinds {
    ($( $(#[$doc:meta])* $name:ident $status:ident $code:literal $title:literal => $detail:literal; )+) => {
        /// What went wrong with a call. The list is closed and each code is stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind {
            $( #[doc = $title] $name, )+
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable word.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The status of the response.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)+ }
            }

            /// What happened.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ }
            }

            /// Why, and what to do.
            pub const fn detail(self) -> &'static str {
                match self { $(Self::$name => $detail,)+ }
            }
        }
    };
}

kinds! {
    NotFound NOT_FOUND "not_found" "There is nothing at this address." => "The document at /openapi.json lists what there is.";
    MethodNotAllowed METHOD_NOT_ALLOWED "method_not_allowed" "This address does not take this method." => "The header Allow lists the methods that it takes.";
    BodyTooLarge PAYLOAD_TOO_LARGE "body_too_large" "The body is larger than the limit." => "A body may have 1 MiB. The files of one card stay far below it.";
    MediaTypeUnsupported UNSUPPORTED_MEDIA_TYPE "media_type_unsupported" "The body is not said to be JSON." => "Send Content-Type: application/json.";
    BodyMalformed BAD_REQUEST "body_malformed" "The body is not the JSON that this operation takes." => "Compare the body with the schema in /openapi.json.";
    BodyIncomplete BAD_REQUEST "body_incomplete" "The body did not arrive whole." => "Send the call again with the same Idempotency-Key.";
    TimedOut SERVICE_UNAVAILABLE "timed_out" "The answer took too long." => "Send the call again with the same Idempotency-Key: what was done is not done twice.";
    Internal INTERNAL_SERVER_ERROR "internal" "The server met a fault of its own." => "Call staff. The operator finds the fault in the server's log.";
    StoreUnavailable SERVICE_UNAVAILABLE "store_unavailable" "The server cannot record now." => "Send the call again with the same Idempotency-Key; if it repeats, the operator looks at the disk.";

    SignatureMissing UNAUTHORIZED "signature_missing" "The call is not signed." => "Sign each call as RFC 9421 says, with an enrolled kiosk's Ed25519 key.";
    SignatureMalformed UNAUTHORIZED "signature_malformed" "The signature's headers cannot be understood." => "Send one signature with created, nonce and keyid, as RFC 9421 says.";
    SignatureIncomplete UNAUTHORIZED "signature_incomplete" "The signature does not cover all that it must." => "Cover @method, @authority, @path, @query, and content-digest and idempotency-key where they are sent.";
    KioskUnknown UNAUTHORIZED "kiosk_unknown" "No kiosk with this key is enrolled." => "Enrol the kiosk's public key at the server.";
    CallerNotAllowed FORBIDDEN "caller_not_allowed" "This caller may not make this call." => "Kiosks make the calls tagged kiosk in /openapi.json, the station's software those tagged software.";
    SignatureInvalid UNAUTHORIZED "signature_invalid" "The signature does not verify under the kiosk's key." => "Check that the kiosk signs with the key that was enrolled and that nothing changes its calls on the way.";
    SignatureStale UNAUTHORIZED "signature_stale" "The signature was not made within 60 seconds of the server's time." => "Set the kiosk's clock.";
    NonceReplayed UNAUTHORIZED "nonce_replayed" "A call with this nonce was seen before." => "Draw a fresh nonce for each call. If no kiosk repeats itself, somebody replays its calls.";
    DigestMismatch UNAUTHORIZED "digest_mismatch" "The body is not the one that Content-Digest names." => "Digest the bytes that are sent (RFC 9530, sha-256).";

    IdempotencyKeyMissing BAD_REQUEST "idempotency_key_missing" "The header Idempotency-Key is missing." => "Send a fresh UUID with each new call, and the same one when a call is sent again.";
    IdempotencyKeyMalformed BAD_REQUEST "idempotency_key_malformed" "Idempotency-Key is not one UUID." => "Send a UUID such as 7f6b2f0e-9f6e-4b6c-9d3e-5a0d7c0f2a11.";
    IdempotencyKeyReused UNPROCESSABLE_ENTITY "idempotency_key_reused" "This Idempotency-Key came with another call before." => "Use a fresh UUID for each new call.";
    IdempotencyKeyInFlight CONFLICT "idempotency_key_in_flight" "A call with this Idempotency-Key is being answered now." => "Wait for its answer, then send it again.";

    SessionUnknown NOT_FOUND "session_unknown" "This kiosk has no such session." => "Begin again. A session answers only the kiosk that opened it.";
    CallUnknown NOT_FOUND "call_unknown" "This kiosk made no such call for staff." => "Call staff again.";
    AnswerUnexpected CONFLICT "answer_unexpected" "The answer is not one to the step that is shown." => "Get the session and show its step.";
    SessionChanged CONFLICT "session_changed" "The session moved on while this answer was looked at." => "Get the session and show its step.";
    ChallengesExhausted TOO_MANY_REQUESTS "challenges_exhausted" "The session had as many challenges as it may." => "Call staff: no card needs so many.";
    VneidUnavailable SERVICE_UNAVAILABLE "vneid_unavailable" "VNeID does not answer." => "Offer the other ways, or try again later.";
    ServiceNotOffered UNPROCESSABLE_ENTITY "service_not_offered" "This place does not offer that service." => "Offer what GET /v1/welcome lists.";
    ConsentDigestMalformed UNPROCESSABLE_ENTITY "consent_digest_malformed" "The digest of the consent's text is not one." => "Send SHA-256 of the exact text shown (UTF-8) as 64 hexadecimal digits.";
    ScreenNameMalformed UNPROCESSABLE_ENTITY "screen_name_malformed" "The screen's name is not one." => "Send 1 to 40 small letters and underscores, such as card_left_behind.";
    TypedNumberMalformed UNPROCESSABLE_ENTITY "typed_number_malformed" "The personal number typed is not one." => "Send the 12 digits on the card's front.";
    TypedNameMalformed UNPROCESSABLE_ENTITY "typed_name_malformed" "A name typed is not one." => "Send 1 to 100 letters with their marks, spaces, hyphens and apostrophes.";
    TypedBirthMalformed UNPROCESSABLE_ENTITY "typed_birth_malformed" "The date of birth typed is not one." => "Send a year, a year and month, or a whole date that is on the calendar, from 1900 to today.";
    EvidenceMalformed BAD_REQUEST "evidence_malformed" "The evidence names a file twice or a file that no chip has." => "Send each file once, under its name in ICAO 9303-10.";

    VisitUnknown NOT_FOUND "visit_unknown" "There is no such visit at this station." => "Use the visit's id as its record gives it.";
    CareKindUnknown UNPROCESSABLE_ENTITY "care_kind_unknown" "care_kind is no code of MA_LOAI_KCB." => "Send one of 01 to 16 (QĐ 1804/2026), as text.";
    PatientGroupUnknown UNPROCESSABLE_ENTITY "patient_group_unknown" "patient_group is no code of MA_DOITUONG_KCB." => "Send a code of QĐ 3276/2025, as text, such as 1.2.";
    CostMissing UNPROCESSABLE_ENTITY "cost_missing" "There is no service, drug or supply, or its code is empty." => "Send the first that costs, with its code and name.";
    ServiceUnfit UNPROCESSABLE_ENTITY "service_unfit" "The service does not fit." => "Send a code of 1 to 50 and a name of 1 to 1,024 characters.";
    DrugUnfit UNPROCESSABLE_ENTITY "drug_unfit" "The drug does not fit." => "Send a code of 1 to 255 and a name of 1 to 1,024 characters.";
    SupplyUnfit UNPROCESSABLE_ENTITY "supply_unfit" "The supply does not fit." => "Send a code of 1 to 255 and a name of 1 to 1,024 characters.";
    OrderTimeUnfit UNPROCESSABLE_ENTITY "order_time_unfit" "ordered_at is no time between the patient's arrival and now." => "Send RFC 3339, and set the software's clock: ten minutes are allowed for.";
    BirthTimeUnfit UNPROCESSABLE_ENTITY "birth_time_unfit" "birth_time is no time of day." => "Send HH:MM, or leave it out.";
    PatientCodeUnfit UNPROCESSABLE_ENTITY "patient_code_unfit" "patient_code does not fit." => "Send 1 to 100 characters, or leave it out.";
    WardUnfit UNPROCESSABLE_ENTITY "ward_unfit" "The ward's admission does not fit." => "Send a time between the patient's arrival and now (RFC 3339), a reason of 1 to 1,024 characters and a code of at most 5.";
    RecordUnfit UNPROCESSABLE_ENTITY "record_unfit" "The patient's record lacks what the CHECK-IN message needs." => "Staff complete the record; then report the cost again.";
}

/// A problem on its way to the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    kind: Kind,
    detail: Option<String>,
}

impl Failure {
    /// Which kind it is.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// A problem with a detail of its own. The detail must not hold anything that the caller sent.
    pub fn with_detail(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: Some(detail.into()) }
    }
}

impl From<Kind> for Failure {
    fn from(kind: Kind) -> Self {
        Self { kind, detail: None }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let kind = self.kind;
        let problem = Problem {
            kind: format!("urn:problem:{}", kind.code()),
            title: kind.title().to_owned(),
            status: kind.status().as_u16(),
            code: kind.code().to_owned(),
            detail: self.detail.unwrap_or_else(|| kind.detail().to_owned()),
        };
        let mut response = (kind.status(), Json(problem)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        // For the log, which must not read bodies.
        response.extensions_mut().insert(kind);
        response
    }
}

impl IntoResponse for Kind {
    fn into_response(self) -> Response {
        Failure::from(self).into_response()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_unique_stable_words() {
        let codes: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(codes.len(), Kind::ALL.len());
        for code in codes {
            assert!(code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{code}");
        }
    }

    #[test]
    fn a_problem_says_that_it_is_one() {
        let response = Kind::NotFound.into_response();
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
    }
}
