//! The OpenAPI document: what the operations say of themselves, and what they all have in common.

use std::collections::BTreeMap;

use axum::{Json, Router, routing::get};
use flows::wire::Problem;
use utoipa::{
    OpenApi as _,
    openapi::{
        Content, ObjectBuilder, OpenApi, Ref, Required, Response, SchemaFormat, Type,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme},
    },
};

use crate::api::problem::Kind;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Identity kiosk",
        description = "What a kiosk asks of its server. Every call under /v1 is signed by an enrolled kiosk."
    ),
    tags(
        (name = "kiosk", description = "Signed calls of an enrolled kiosk."),
        (name = "software", description = "Signed calls of the station's software."),
        (name = "operation", description = "For whoever looks after the server.")
    ),
    components(schemas(Problem))
)]
struct Document;

const SCHEME: &str = "kiosk_signature";

/// Problems that any signed call can meet.
const ALWAYS: [Kind; 12] = [
    Kind::SignatureMissing,
    Kind::SignatureMalformed,
    Kind::SignatureIncomplete,
    Kind::KioskUnknown,
    Kind::CallerNotAllowed,
    Kind::SignatureInvalid,
    Kind::SignatureStale,
    Kind::NonceReplayed,
    Kind::DigestMismatch,
    Kind::TimedOut,
    Kind::Internal,
    Kind::StoreUnavailable,
];

/// Problems of calls that change something.
const CHANGING: [Kind; 6] = [
    Kind::IdempotencyKeyMissing,
    Kind::IdempotencyKeyMalformed,
    Kind::IdempotencyKeyReused,
    Kind::IdempotencyKeyInFlight,
    Kind::BodyTooLarge,
    Kind::BodyIncomplete,
];

/// Problems of calls that bring JSON.
const BRINGING: [Kind; 2] = [Kind::BodyMalformed, Kind::MediaTypeUnsupported];

/// Problems of a report of a first cost.
const FIRST_COST: [Kind; 12] = [
    Kind::VisitUnknown,
    Kind::CareKindUnknown,
    Kind::PatientGroupUnknown,
    Kind::CostMissing,
    Kind::ServiceUnfit,
    Kind::DrugUnfit,
    Kind::SupplyUnfit,
    Kind::OrderTimeUnfit,
    Kind::BirthTimeUnfit,
    Kind::PatientCodeUnfit,
    Kind::WardUnfit,
    Kind::RecordUnfit,
];

/// The document of `operations`; each signed one gets the headers and problems that it shares with the others.
pub(super) fn complete(operations: OpenApi) -> OpenApi {
    let mut document = Document::openapi();
    document.merge(operations);
    let scheme = ApiKeyValue::with_description(
        "Signature",
        "HTTP Message Signature (RFC 9421), Ed25519, label `kiosk`, over @method, @authority, @path, @query, \
         content-digest and idempotency-key where they are sent; parameters created, nonce and keyid (the kiosk's id).",
    );
    document
        .components
        .get_or_insert_default()
        .add_security_scheme(SCHEME, SecurityScheme::ApiKey(ApiKey::Header(scheme)));
    for (path, item) in &mut document.paths.paths {
        if !path.starts_with("/v1/") {
            continue;
        }
        if let Some(operation) = &mut item.get {
            add(operation, &[], path);
        }
        if let Some(operation) = &mut item.post {
            add(operation, &CHANGING, path);
        }
    }
    document
}

fn add(operation: &mut Operation, more: &[Kind], path: &str) {
    let mut kinds = ALWAYS.to_vec();
    kinds.extend(more);
    if operation.request_body.is_some() {
        kinds.extend(BRINGING);
    }
    if path.ends_with("/first-cost") {
        kinds.extend(FIRST_COST);
    }
    if path.starts_with("/v1/sessions/{id}") {
        kinds.push(Kind::SessionUnknown);
    }
    if path.ends_with("/answers") {
        kinds.extend([Kind::AnswerUnexpected, Kind::SessionChanged, Kind::EvidenceMalformed]);
    }
    if path.ends_with("/challenges") {
        kinds.push(Kind::AnswerUnexpected);
    }
    if path.ends_with("/vneid") {
        kinds.extend([Kind::AnswerUnexpected, Kind::VneidUnavailable]);
    }
    if path == "/v1/sessions" {
        kinds.push(Kind::ServiceNotOffered);
    }
    let mut by_status = BTreeMap::<u16, Vec<Kind>>::new();
    for kind in kinds {
        by_status.entry(kind.status().as_u16()).or_default().push(kind);
    }
    for (status, kinds) in by_status {
        operation.responses.responses.insert(status.to_string(), problem(&kinds).into());
    }
    operation.security = Some(vec![SecurityRequirement::new(SCHEME, [] as [&str; 0])]);
    let parameters = operation.parameters.get_or_insert_default();
    parameters.push(
        header("Signature-Input", "What the signature covers, when it was made, its nonce and key.").into(),
    );
    if !more.is_empty() {
        parameters.push(header("Content-Digest", "The body's SHA-256 (RFC 9530).").into());
        let words = "A fresh UUID for each new call, the same when a call is sent again.";
        let uuid = Some(SchemaFormat::Custom("uuid".to_owned()));
        parameters.push(formatted_header("Idempotency-Key", words, uuid).into());
    }
}

fn problem(kinds: &[Kind]) -> Response {
    let lines: Vec<_> = kinds.iter().map(|kind| format!("`{}`: {}", kind.code(), kind.title())).collect();
    let mut response = Response::new(lines.join("\n\n"));
    let schema = Ref::from_schema_name("Problem");
    response.content.insert("application/problem+json".to_owned(), Content::new(Some(schema)).into());
    response
}

fn header(name: &str, description: &str) -> Parameter {
    formatted_header(name, description, None)
}

fn formatted_header(name: &str, description: &str, format: Option<SchemaFormat>) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some(description))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).format(format)))
        .build()
}

/// Serves the document at `/openapi.json`.
pub(super) fn serve(document: OpenApi) -> Router {
    Router::new().route("/openapi.json", get(move || async move { Json(document) }))
}
