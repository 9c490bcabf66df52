//! What identifiers and codes belong to. Those under `urn:identity-kiosk:` are this project's own: no state system of
//! Việt Nam has published URIs for them.

/// The personal number (số định danh cá nhân).
pub const PERSONAL_NUMBER: &str = "urn:identity-kiosk:personal-number";
/// This server's own id of a person, which stays when their number changes.
pub const SUBJECT: &str = "urn:identity-kiosk:subject";
/// The number of an insurance card (mã thẻ BHYT).
pub const INSURANCE_CARD: &str = "urn:identity-kiosk:insurance-card";
/// A place of care (mã cơ sở KCB, 5 digits).
pub const FACILITY: &str = "urn:identity-kiosk:facility";
/// A room of a station.
pub const ROOM: &str = "urn:identity-kiosk:room";
/// A visit.
pub const VISIT: &str = "urn:identity-kiosk:visit";
/// A number in the day's queue.
pub const TICKET: &str = "urn:identity-kiosk:ticket";
/// A conversation with a kiosk.
pub const CONVERSATION: &str = "urn:identity-kiosk:conversation";
/// The social-insurance number (mã số BHXH).
pub const SOCIAL_INSURANCE: &str = "urn:identity-kiosk:social-insurance-number";
/// The SHA-256 of a document signer's certificate.
pub const DOCUMENT_SIGNER: &str = "urn:identity-kiosk:document-signer-sha256";

/// Codes: which row a number belongs to.
pub const QUEUE: &str = "urn:identity-kiosk:queue";
/// Codes: why somebody is seen before others (Luật Khám bệnh, chữa bệnh 15/2023/QH15 Đ3 k2).
pub const PRIORITY_GROUND: &str = "urn:identity-kiosk:priority-ground";
/// Codes: what somebody who acts for a person is to them.
pub const RELATION: &str = "urn:identity-kiosk:relation";
/// Codes: why people come, by the station's configuration.
pub const REASON: &str = "urn:identity-kiosk:reason";
/// Codes: `phuong_thuc_dinh_danh`.
pub const METHOD: &str = "urn:identity-kiosk:phuong-thuc-dinh-danh";
/// Codes: how the insurance stands.
pub const INSURANCE_STATE: &str = "urn:identity-kiosk:insurance-state";
/// Codes: the insurance register's `maKetQua`.
pub const INSURANCE_RESULT: &str = "urn:identity-kiosk:ma-ket-qua";
/// Codes: kinds of [`COVERAGE_CLASS`].
pub const COVERAGE_CLASS: &str = "urn:identity-kiosk:coverage-class";
/// Codes: tags.
pub const TAG: &str = "urn:identity-kiosk:tag";

/// Extension: one axis of a verdict (`axis`, `result`, `code`).
pub const VERDICT_AXIS: &str = "urn:identity-kiosk:verdict-axis";
/// Extension: how read access to the chip was gained.
pub const CHIP_ACCESS: &str = "urn:identity-kiosk:chip-access";
/// Extension: who made the challenge that the chip answered.
pub const CHIP_CHALLENGE: &str = "urn:identity-kiosk:chip-challenge";
/// Extension: how strongly identity was established.
pub const STRENGTH: &str = "urn:identity-kiosk:strength";
/// Extension: where the ground of a priority is known from.
pub const PRIORITY_SOURCE: &str = "urn:identity-kiosk:priority-source";
/// Extension: why a member of staff decided as they did.
pub const DECISION_REASON: &str = "urn:identity-kiosk:decision-reason";

/// HL7: kinds of encounters.
pub const V3_ACT_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
/// HL7: how urgent something is.
pub const V3_ACT_PRIORITY: &str = "http://terminology.hl7.org/CodeSystem/v3-ActPriority";
/// HL7: what people are to each other.
pub const V3_ROLE_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-RoleCode";
/// HL7: reasons, of which `HTEST` is that of test data.
pub const V3_ACT_REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
/// HL7: what is done with data.
pub const V3_DATA_OPERATION: &str = "http://terminology.hl7.org/CodeSystem/v3-DataOperation";
/// HL7: kinds of identifiers.
pub const V2_0203: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";
/// HL7: where a patient in an encounter stands.
pub const SUBJECT_STATUS: &str = "http://terminology.hl7.org/CodeSystem/encounter-subject-status";
/// HL7: what takes part in a provenance.
pub const PARTICIPANT: &str = "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
/// HL7: kinds of validation.
pub const VALIDATION_TYPE: &str = "http://terminology.hl7.org/CodeSystem/validation-type";
/// HL7: how a primary source answered.
pub const VALIDATION_STATUS: &str = "http://terminology.hl7.org/CodeSystem/validation-status";
/// HL7, extension: why an element is missing.
pub const ABSENT: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
