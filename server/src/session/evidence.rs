//! Evidence, verified again from the raw files: under the server's trust store, by its clock, on its challenge.

use std::{collections::BTreeMap, sync::Arc};

use flows::{
    CardStanding, Person,
    evidence::{ChipEvidence, ChipFile},
    person::{Birth, Sex},
    wire::VerdictView,
};
use identity::{
    ReasonCode, SecretBytes,
    lds::FileId,
    mrz,
    proof::{self, Challenge, Document, Presented},
};
use jiff::Timestamp;
use tracing::info;
use uuid::Uuid;

use super::{Conversations, Fault, state::Proof};
use crate::{
    national::chip_check::CardRead,
    store::{SessionRow, StoreError, Submission},
};

/// What came of evidence.
pub(super) struct Verified {
    pub view: VerdictView,
    /// Whom the document names, where it can be read.
    pub person: Option<Person>,
    pub proof: Proof,
    /// The challenge that it used up.
    pub spends: Option<Uuid>,
}

impl Conversations {
    pub(super) async fn verify(
        &self,
        chip: ChipEvidence,
        row: &SessionRow,
        submission: Submission,
        at: Timestamp,
    ) -> Result<Verified, Fault> {
        let ChipEvidence { access, challenge_id, active_authentication, files } = chip;
        let files = by_name(files)?;
        let (challenge, spends) = self.challenge_for(challenge_id.as_deref(), row, at).await?;
        let trust = Arc::clone(&self.trust);
        let answer = active_authentication.clone();
        // Signatures over big numbers: milliseconds of nothing else. The files end with this task.
        let task = tokio::task::spawn_blocking(move || {
            let answer = answer.as_ref().map(SecretBytes::as_slice);
            let presented = Presented { files: &files, access, active_authentication: answer, challenge };
            proof::verify(&presented, &trust, at)
        });
        let proof = task.await.map_err(|_| Fault::VerificationLost)?;
        let failed = proof.verdict.first_failure();
        info!(
            session = %row.id,
            chip = %proof.verdict.chip.code,
            failed = failed.map_or("", |(axis, _)| axis),
            code = failed.map_or("", |(_, code)| code.as_str()),
            "evidence verified"
        );
        let (card, card_statement) = self.card_standing(&proof, row).await?.unzip();
        let verdict = match card {
            Some(CardStanding::Revoked) => proof.verdict.with_document_revoked(),
            _ => proof.verdict,
        };
        let person = proof.document.as_ref().and_then(person);
        Ok(Verified {
            view: VerdictView { verdict, access: proof.access, challenge: proof.challenge, card },
            person: person.clone(),
            proof: Proof {
                card_statement: card_statement.flatten(),
                signer_sha256: proof.signer_sha256,
                sod_sha256: proof.sod_sha256,
                nonce: match challenge {
                    Challenge::Server(nonce) => Some(nonce),
                    _ => None,
                },
                active_authentication,
                submission,
                names: person,
            },
            spends,
        })
    }

    /// What C06 says of the card. It is asked where nothing is wrong so far: else there is nothing to ask. The person
    /// agreed to it (Luật Căn cước 26/2023/QH15 Điều 22 khoản 5) when they agreed to the reading of the card.
    async fn card_standing(
        &self,
        proof: &proof::Proof,
        row: &SessionRow,
    ) -> Result<Option<(CardStanding, Option<SecretBytes>)>, Fault> {
        let number = proof.document.as_ref().and_then(|document| document.personal_number.clone());
        let (None, Some(number), Some(signer), Some(digest)) =
            (proof.verdict.first_failure(), number, &proof.signer, proof.sod_sha256)
        else {
            return Ok(None);
        };
        let Some(consent) = self.store.session_consent(row.id).await? else { return Ok(None) };
        let read = CardRead {
            number,
            signer: signer.clone(),
            security_object_digest: digest,
            device: row.kiosk.clone(),
            consent: consent.to_string(),
        };
        Ok(self.registers.check_card(&read).await)
    }

    /// The challenge under this id, if it may be used now, in this session.
    async fn challenge_for(
        &self,
        id: Option<&str>,
        row: &SessionRow,
        at: Timestamp,
    ) -> Result<(Challenge, Option<Uuid>), Fault> {
        let Some(id) = id else { return Ok((Challenge::None, None)) };
        let Ok(id) = Uuid::try_parse(id) else {
            return Ok((Challenge::Refused(ReasonCode::ChallengeUsed), None));
        };
        match self.store.challenge(id, row.id, &row.kiosk, at).await {
            Ok(nonce) => Ok((Challenge::Server(nonce), Some(id))),
            Err(StoreError::Challenge(fault)) => Ok((Challenge::Refused(fault.code()), None)),
            Err(fault) => Err(fault.into()),
        }
    }
}

fn by_name(files: Vec<ChipFile>) -> Result<BTreeMap<FileId, SecretBytes>, Fault> {
    let mut by_name = BTreeMap::new();
    for ChipFile { name, content } in files {
        let id = name.parse().map_err(|_| Fault::EvidenceMalformed)?;
        if by_name.insert(id, content).is_some() {
            return Err(Fault::EvidenceMalformed);
        }
    }
    Ok(by_name)
}

/// The person in a document that says who it is about: a number and a birth date at least.
fn person(document: &Document) -> Option<Person> {
    let birth = document.date_of_birth?;
    Some(Person {
        number: Some(document.personal_number.clone()?),
        insurance_number: None,
        old_numbers: document.old_numbers.clone(),
        full_name: document.full_name.clone(),
        birth: Birth { year: birth.year, month: birth.month, day: birth.day },
        sex: match document.sex {
            mrz::Sex::Male => Sex::Male,
            mrz::Sex::Female => Sex::Female,
            mrz::Sex::Unspecified => Sex::Unknown,
        },
    })
}
