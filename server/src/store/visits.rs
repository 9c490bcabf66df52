//! Check-ins: who came, how they were identified, which number they got.

pub use flows::health::queue::Queue;
use flows::{
    CardStanding, InsuranceCard, Person, TicketCode,
    engine::{Insurance, InsuranceStatus, Population},
    health::priority::PriorityGround,
    law::{LegalBasis, age::Spoken},
    person::{Birth, Representative, Sex},
    policy::Strength,
};
use identity::{
    SecretBytes, Verdict,
    insurance::InsuranceNumber,
    number::PersonalNumber,
    proof::verdict::{Access, ChallengeOrigin},
    qr::QrWarning,
};
use jiff::{Timestamp, civil::Date, tz::Offset};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{GivenNumber, InsuranceAnswer, NewMessage, RequestKey, Respond, StepCall, calls::Decision};

/// The day at the station: Asia/Ho_Chi_Minh has been UTC+7 without summer time since 1975.
pub fn station_day(at: Timestamp) -> Date {
    Offset::constant(7).to_datetime(at).date()
}

/// How identity was established: the field `phuong_thuc_dinh_danh`, which each visit carries (the list of codes of
/// the electronic health book, sổ sức khỏe điện tử).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Method {
    /// The QR printed on a CCCD or Căn cước: it can be copied, so it proves nothing about who holds it.
    #[serde(rename = "QR_CCCD")]
    CardQr,
    /// The chip of a CCCD or Căn cước, proved.
    #[serde(rename = "CHIP_CCCD")]
    Chip,
    /// The VNeID application.
    #[serde(rename = "VNEID_APP")]
    Vneid,
    /// An authentication service (dịch vụ xác thực điện tử).
    #[serde(rename = "DICH_VU_XAC_THUC")]
    AuthenticationService,
    /// A look-up at the insurance register (BHXH), by insurance QR or number.
    #[serde(rename = "TRA_CUU_BHXH")]
    InsuranceLookUp,
    /// The word of a member of staff.
    #[serde(rename = "NHAP_TAY")]
    ByHand,
    /// Nobody could say who it is: an emergency before any identification.
    #[serde(rename = "CHUA_XAC_DINH")]
    Undetermined,
}

impl Method {
    /// Every one, in the list's order.
    pub const ALL: [Self; 7] = [
        Self::CardQr,
        Self::Chip,
        Self::Vneid,
        Self::AuthenticationService,
        Self::InsuranceLookUp,
        Self::ByHand,
        Self::Undetermined,
    ];

    /// The code in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CardQr => "QR_CCCD",
            Self::Chip => "CHIP_CCCD",
            Self::Vneid => "VNEID_APP",
            Self::AuthenticationService => "DICH_VU_XAC_THUC",
            Self::InsuranceLookUp => "TRA_CUU_BHXH",
            Self::ByHand => "NHAP_TAY",
            Self::Undetermined => "CHUA_XAC_DINH",
        }
    }
}

/// The code of an insurance status in records.
pub const fn insurance_code(status: InsuranceStatus) -> &'static str {
    match status {
        InsuranceStatus::Valid => "HOP_LE",
        InsuranceStatus::Renewed => "THE_MOI",
        InsuranceStatus::NotValid => "KHONG_HOP_LE",
        InsuranceStatus::NeedsStaff => "CAN_NHAN_VIEN",
        InsuranceStatus::Unverified => "CHUA_XAC_MINH",
    }
}

/// The insurance status that a code in records stands for.
pub fn insurance_status(code: &str) -> Option<InsuranceStatus> {
    use InsuranceStatus::{NeedsStaff, NotValid, Renewed, Unverified, Valid};
    [Valid, Renewed, NotValid, NeedsStaff, Unverified]
        .into_iter()
        .find(|status| insurance_code(*status) == code)
}

/// The patient as a visit keeps them: what the check-in table of QĐ 4750/3176 asks for, and no more. Sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Patient {
    /// The full name in Vietnamese letters (NFC).
    pub full_name: String,
    /// The personal number, where it is known.
    pub number: Option<PersonalNumber>,
    /// The number on an insurance card that was shown.
    #[serde(default)]
    pub insurance_number: Option<InsuranceNumber>,
    /// Date of birth, as far as it is known.
    pub birth: Option<Birth>,
    /// Sex as the document says it.
    pub sex: Sex,
    /// Why the person came: the id of a reason of the station.
    pub reason: String,
    /// Why they are seen before others, where they are: health data.
    #[serde(default)]
    pub priority: Option<PriorityGround>,
    /// Who came for them or with them.
    #[serde(default)]
    pub representative: Option<Representative>,
    /// What looked odd in the code that was shown. Never a reason to refuse.
    #[serde(default)]
    #[zeroize(skip)]
    pub code_warnings: Vec<QrWarning>,
}

impl Patient {
    /// The person that a register is asked about. None where no date of birth is known.
    pub fn person(&self) -> Option<Person> {
        Some(Person {
            number: self.number.clone(),
            insurance_number: self.insurance_number.clone(),
            old_numbers: Vec::new(),
            full_name: self.full_name.clone(),
            birth: self.birth?,
            sex: self.sex,
        })
    }
}

impl std::fmt::Debug for Patient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Patient(masked)")
    }
}

/// What is recorded of a visit, however the person was identified.
#[derive(Debug, Clone)]
pub struct NewVisit {
    /// The station's code (mã CSKCB, 5 characters).
    pub station: String,
    /// Who.
    pub patient: Patient,
    /// How identity was established.
    pub method: Method,
    /// How strongly.
    pub strength: Strength,
    /// Which row the person waits in.
    pub queue: Queue,
    /// The id of the room where they wait.
    pub room: String,
    /// How the insurance stands. The card is sealed.
    pub insurance: Insurance,
    /// The numbers that came with it, beside the personal number: an insured person's finds its subject where there is
    /// no personal number, and where it was proved or registered before.
    pub numbers: Vec<GivenNumber>,
    /// The register's answer, to be kept as evidence.
    pub answer: Option<InsuranceAnswer>,
    /// What the population database said, where it was asked.
    pub population: Option<Population>,
}

/// What the chip proved, and the proof. `Debug` shows the axes alone: a file's digest is personal.
#[derive(Clone)]
pub struct ChipRecord {
    /// What was proved.
    pub verdict: Verdict,
    /// How read access was gained, as the kiosk says.
    pub access: Access,
    /// Who made the challenge.
    pub challenge: ChallengeOrigin,
    /// SHA-256 of the document signer's certificate.
    pub signer_sha256: Option<[u8; 32]>,
    /// SHA-256 of EF.SOD. Counts as personal data: sealed.
    pub sod_sha256: Option<[u8; 32]>,
    /// The challenge. Sealed.
    pub nonce: Option<[u8; 8]>,
    /// The chip's answer to it. Sealed.
    pub active_authentication: Option<SecretBytes>,
    /// What C06 says of the card, where it was asked.
    pub card: Option<CardStanding>,
    /// Its answer as it came. Sealed.
    pub card_statement: Option<SecretBytes>,
}

impl std::fmt::Debug for ChipRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChipRecord")
            .field("verdict", &self.verdict)
            .field("access", &self.access)
            .field("challenge", &self.challenge)
            .finish_non_exhaustive()
    }
}

/// What the kiosk signed when it sent the evidence (RFC 9421): with the kiosk's key it shows who sent what. Sealed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Submission {
    /// The signature base (RFC 9421 2.5).
    pub signature_base: SecretBytes,
    /// The Ed25519 signature over it.
    pub signature: SecretBytes,
    /// The Content-Digest (RFC 9530) of the body, which is not kept.
    pub content_digest: String,
}

/// A check-in at the end of a conversation.
#[derive(Debug, Clone)]
pub struct CheckIn {
    /// The conversation.
    pub session: Uuid,
    /// The kiosk that speaks.
    pub kiosk: String,
    /// The version of the conversation that this was decided on.
    pub version: u32,
    /// What is recorded.
    pub visit: NewVisit,
    /// What the chip proved.
    pub chip: Option<ChipRecord>,
    /// What the kiosk signed.
    pub submission: Option<Submission>,
    /// What goes out with it, unless the person had the number already.
    pub messages: Vec<NewMessage>,
    /// Who answered the question for consent at the beginning.
    pub spoken: Spoken,
    /// The request that brought the last answer.
    pub request: RequestKey,
    /// The conversation's last state and the response, out of what was recorded.
    pub respond: Respond<Recorded, Completed>,
    /// Now.
    pub at: Timestamp,
}

/// How a conversation ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completed {
    /// The step engine's last state.
    pub state: SecretBytes,
    /// The response to the request.
    pub response: SecretBytes,
    /// The call for staff where it ends in one after all: the number was given before, and the person has not
    /// proved enough to be told. The session is then not marked as recorded.
    pub call: Option<StepCall>,
}

/// A check-in that is recorded, without a word about the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The visit.
    pub visit: Uuid,
    /// Whose it is.
    pub subject: Uuid,
    /// The number within station, day and row, from 1.
    pub number: u32,
    /// The row.
    pub queue: Queue,
    /// The id of the room where the person waits.
    pub room: String,
    /// When the number was given, also where it is given again.
    pub at: Timestamp,
    /// How identity was established when the number was given.
    pub method: Method,
    /// How strongly.
    pub strength: Strength,
    /// How the insurance stood then.
    pub insurance: InsuranceStatus,
    /// The ticket's code. None where the subject was erased.
    pub code: Option<TicketCode>,
    /// The person had this number already.
    pub already: bool,
}

/// A number as it is called out: `012`, `U003` (ưu tiên) in the priority row, or `C001` (cấp cứu) for an emergency.
pub fn ticket_number(queue: Queue, number: u32) -> String {
    format!("{}{number:03}", queue.prefix())
}

impl Recorded {
    /// The number as it is called out.
    pub fn ticket_number(&self) -> String {
        ticket_number(self.queue, self.number)
    }
}

/// A visit as it is kept. `Debug` shows what was recorded, and nothing about the person.
#[derive(Clone)]
pub struct Visit {
    /// What was recorded.
    pub recorded: Recorded,
    /// The station's code.
    pub station: String,
    /// The conversation that it came from, if any.
    pub session: Option<Uuid>,
    /// The verdict, where a chip was read.
    pub verdict: Option<Verdict>,
    /// How read access to the chip was gained.
    pub access: Option<Access>,
    /// Who made the challenge.
    pub challenge: Option<ChallengeOrigin>,
    /// SHA-256 of the document signer's certificate.
    pub signer_sha256: Option<[u8; 32]>,
    /// What C06 said of the card, where it was asked.
    pub card: Option<CardStanding>,
    /// The register's `maKetQua`, where it answered.
    pub insurance_result: Option<String>,
    /// Who. None where the subject was erased.
    pub patient: Option<Patient>,
    /// What the insurance register said since, where it had to be asked again: the latest.
    pub insurance_check: Option<InsuranceCheck>,
    /// What the population database said, when the visit was recorded or since: the latest.
    pub population_check: Option<PopulationCheck>,
    /// The insurance card that counted then. None also where the subject was erased.
    pub insurance_card: Option<InsuranceCard>,
    /// Who admitted the person by hand, and why. None also where the subject was erased.
    pub decision: Option<Decision>,
    /// On which basis the visit is recorded (Luật 91/2025/QH15 Đ9, Đ19 k1).
    pub legal_basis: LegalBasis,
    /// On which basis verdict and proof are kept, where there are any.
    pub evidence_basis: Option<LegalBasis>,
    /// Whether the person had the use of their data restricted (hạn chế xử lý).
    pub restricted: bool,
}

impl Visit {
    /// The patient, as far as a page of `today` may show them. Restricted data are shown for the care of that day and
    /// for nothing else.
    pub fn patient_shown(&self, today: Date) -> Option<&Patient> {
        let hidden = self.restricted && station_day(self.recorded.at) != today;
        self.patient.as_ref().filter(|_| !hidden)
    }

    /// The visit as far as a file of `today` may hold it. Of restricted data it holds what it would of somebody who was
    /// erased: that there was a visit, and how it was established who came.
    #[must_use]
    pub fn shown(self, today: Date) -> Self {
        if self.patient_shown(today).is_some() {
            return self;
        }
        let without_card = |check: InsuranceCheck| InsuranceCheck {
            insurance: Insurance { card: None, ..check.insurance },
            ..check
        };
        Self {
            patient: None,
            insurance_card: None,
            insurance_check: self.insurance_check.map(without_card),
            decision: None,
            ..self
        }
    }
}

impl Visit {
    /// Forgets what was proved of whoever came before it was known, at `since`, that it was somebody else. Who said so
    /// vouches for them.
    pub(super) fn forget_proof_before(&mut self, since: Timestamp, by: Option<Decision>) {
        self.session = None;
        self.verdict = None;
        self.access = None;
        self.challenge = None;
        self.signer_sha256 = None;
        self.card = None;
        self.evidence_basis = None;
        self.population_check = self.population_check.filter(|check| check.at >= since);
        self.decision = by;
    }

    /// How the insurance stands now: by the latest answer, else as it was recorded.
    pub fn insurance_now(&self) -> InsuranceStatus {
        self.insurance_check.as_ref().map_or(self.recorded.insurance, |check| check.insurance.status)
    }

    /// The register's `maKetQua` that counts now: that of the latest answer, else as it was recorded.
    pub fn insurance_result_now(&self) -> Option<&str> {
        match &self.insurance_check {
            Some(check) => check.insurance.result_code.as_deref(),
            None => self.insurance_result.as_deref(),
        }
    }

    /// The insurance card that counts now. None also where the subject was erased.
    pub fn card_now(&self) -> Option<&InsuranceCard> {
        match &self.insurance_check {
            Some(check) => check.insurance.card.as_ref(),
            None => self.insurance_card.as_ref(),
        }
    }
}

/// An answer of the insurance register that came after the visit was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsuranceCheck {
    /// What it says. Its card is none also where the subject was erased.
    pub insurance: Insurance,
    /// When it came.
    pub at: Timestamp,
}

/// An answer of the population database about a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PopulationCheck {
    /// What it says.
    pub outcome: Population,
    /// When it came.
    pub at: Timestamp,
}

impl std::fmt::Debug for Visit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Visit").field("recorded", &self.recorded).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_has_one_code_in_columns_and_in_json() {
        for method in Method::ALL {
            assert_eq!(serde_json::to_value(method).unwrap(), method.as_str());
        }
    }

    #[test]
    fn the_queue_starts_anew_at_midnight_in_vietnam_not_in_greenwich() {
        let day = |text: &str| station_day(text.parse().unwrap()).to_string();
        assert_eq!(day("2026-09-15T16:59:59Z"), "2026-09-15");
        assert_eq!(day("2026-09-15T17:00:00Z"), "2026-09-16");
    }
}
