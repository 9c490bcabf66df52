//! The closed list of reason codes: the same word in API, kiosk, console, log and documentation.

use serde::{Deserialize, Serialize};

macro_rules! reason_codes {
    ($( [$title:literal] $( $name:ident $code:literal $meaning:literal => $action:literal; )+ )+) => {
        /// Why something passed, failed, was not done, or needs a person.
        ///
        /// The list is closed and each word is stable: integrators may match on it. `docs/reason-codes.md`
        /// is generated from here.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum ReasonCode {
            $($(
                #[doc = $meaning]
                #[serde(rename = $code)]
                $name,
            )+)+
        }

        impl ReasonCode {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$($(Self::$name,)+)+];

            /// The stable word.
            pub const fn as_str(self) -> &'static str {
                match self { $($(Self::$name => $code,)+)+ }
            }

            /// What happened, for engineers and staff, in English.
            pub const fn meaning(self) -> &'static str {
                match self { $($(Self::$name => $meaning,)+)+ }
            }

            /// What to do about it. Empty where nothing needs doing.
            pub const fn action(self) -> &'static str {
                match self { $($(Self::$name => $action,)+)+ }
            }

            /// The heading it stands under in the documentation.
            pub const fn section(self) -> &'static str {
                match self { $($(Self::$name => $title,)+)+ }
            }
        }
    };
}

reason_codes! {
    ["Axis `security_object`: the SOD's signature"]
    SignatureVerified "signature_verified" "The SOD's signature verifies under the document signer's certificate in it." => "";
    SecurityObjectMissing "security_object_missing" "EF.SOD was not read or not sent." => "Read the card again; if it stays so, identify the person by hand.";
    SecurityObjectMalformed "security_object_malformed" "EF.SOD is not a CMS SignedData with an LDS security object (ICAO 9303-10 4.6.2)." => "Do not trust the card. Identify the person by hand and report the card.";
    SignerCertificateMissing "signer_certificate_missing" "The SOD names no certificate that is in it." => "Do not trust the card. Identify the person by hand.";
    SignedAttributesInvalid "signed_attributes_invalid" "The signed attributes are missing, or their digest is not that of the security object (RFC 5652 5.4)." => "Do not trust the card. Identify the person by hand and report the card.";
    SignatureInvalid "signature_invalid" "The SOD's signature does not verify." => "Do not trust the card. Identify the person by hand and report the card.";
    AlgorithmUnsupported "algorithm_unsupported" "The signature uses an algorithm or curve that this software does not verify." => "Identify the person by hand. Tell the software's maintainers which algorithm it was.";

    ["Axis `data_groups`: the files against the SOD"]
    HashesMatch "hashes_match" "Every file sent has the hash that the SOD lists, and the files agree with one another." => "";
    DataGroupMismatch "data_group_mismatch" "A file's hash is not the one that the SOD lists: the file was changed." => "Do not trust the card. Identify the person by hand and report the card.";
    DataGroupMissing "data_group_missing" "A file that must be there was not sent (DG1; DG13 of a Vietnamese card; DG14 where the SOD lists it)." => "Read the card again; if it stays so, identify the person by hand.";
    DataGroupNotListed "data_group_not_listed" "A file was sent that the SOD does not list." => "Do not trust that file. Identify the person by hand.";
    DataGroupMalformed "data_group_malformed" "A file has the right hash but cannot be understood." => "Identify the person by hand. Tell the software's maintainers.";
    DataGroupsDisagree "data_groups_disagree" "The number or birth date in one file is not the one in another." => "Do not trust the card. Identify the person by hand and report the card.";

    ["Axis `issuer`: who signed"]
    IssuerTrusted "issuer_trusted" "The document signer's certificate chains to an installed CSCA and was valid." => "";
    IssuerUnknown "issuer_unknown" "No CSCA of this issuer is installed." => "The operator installs the issuing state's CSCA certificate; until then a person looks at the card.";
    IssuerSignatureInvalid "issuer_signature_invalid" "An installed CSCA has the issuer's name, but the document signer's certificate does not verify under it." => "Do not trust the card. Identify the person by hand and report the card.";
    IssuerOfAnotherState "issuer_of_another_state" "The document signer's certificate is of another state than the one that the document names." => "Do not trust the card. Identify the person by hand and report the card.";
    IssuerCertificateMalformed "issuer_certificate_malformed" "The document signer's certificate cannot be understood or may not sign documents." => "Do not trust the card. Identify the person by hand.";
    IssuerCertificateExpired "issuer_certificate_expired" "The document signer's or the CSCA's certificate is no longer valid." => "Identify the person by hand; look for a newer CSCA certificate.";
    IssuerCertificateNotYetValid "issuer_certificate_not_yet_valid" "The document signer's or the CSCA's certificate is not valid yet." => "Check the server's clock, then identify the person by hand.";
    DemonstrationIssuerRefused "demonstration_issuer_refused" "A made-up issuer stands where only real ones may." => "Remove it from the trust store, or run in demonstration mode.";

    ["Axis `revocation`"]
    NotRevoked "not_revoked" "Neither a revocation list nor a national register names the signer or the document." => "";
    RevocationNotChecked "revocation_not_checked" "No revocation list of this issuer is installed and no register was asked." => "The operator installs the issuer's CRL.";
    SignerRevoked "signer_revoked" "The issuer's revocation list names the document signer's certificate." => "Do not trust the card. Identify the person by hand and report the card.";
    DocumentRevoked "document_revoked" "A national register says that this document was withdrawn." => "Identify the person by hand; keep to the law on withdrawn cards.";

    ["Axis `chip`: an original, not a copy"]
    ChallengeAnswered "challenge_answered" "The chip signed the server's challenge with the key that its issuer certified." => "";
    ChipKeyAbsent "chip_key_absent" "The card carries no key with which it could prove that it is an original." => "A person looks at the card.";
    ChipProofUnsupported "chip_proof_unsupported" "The card offers only a proof that this software does not speak." => "A person looks at the card.";
    ChipProofInvalid "chip_proof_invalid" "The answer to the challenge does not verify: the chip lacks the original's key." => "Probably a copy. Identify the person by hand and report the card.";
    ProofWithheld "proof_withheld" "The card lists a key for proving that it is an original, but no proof came." => "Read the card again; if it stays so, identify the person by hand and report the card.";
    ChallengeNotFromServer "challenge_not_from_server" "The chip answered a challenge that the server did not make for this session." => "Read the card again while the server can be reached.";
    ChallengeExpired "challenge_expired" "The server's challenge was older than 120 seconds." => "Read the card again.";
    ChallengeUsed "challenge_used" "The challenge was used before, belongs to another session or kiosk, or never existed." => "Read the card again. If it repeats, look for a kiosk that replays.";
    AccessInformationMismatch "access_information_mismatch" "EF.CardAccess does not agree with the signed DG14, or is missing though that one offers PACE." => "Do not trust the card. Identify the person by hand and report the card.";

    ["Axis `validity`: the document's dates"]
    WithinValidity "within_validity" "The document is valid at the server's time." => "";
    NoExpiry "no_expiry" "The document has no expiry (Không thời hạn)." => "";
    DocumentExpired "document_expired" "The document has expired." => "Identify the person by hand; the person needs a new card.";
    DocumentNotYetValid "document_not_yet_valid" "The document's date of issue lies in the future." => "Check the server's clock, then identify the person by hand.";
    DatesUnreadable "dates_unreadable" "The document's dates cannot be understood." => "A person looks at the card.";

    ["Axis `holder`: the person is the one in the document"]
    StaffConfirmed "staff_confirmed" "A named member of staff compared the person with the document." => "";
    StaffRejected "staff_rejected" "A named member of staff says that the person is not the one in the document." => "Follow the place's rules; the decision's name and reason are recorded.";
    KioskStatement "kiosk_statement" "An enrolled kiosk states that the face matches; its word, signed, not a person's." => "";
    HolderNotChecked "holder_not_checked" "Nobody compared the person with the document." => "";

    ["Any axis"]
    PassiveAuthenticationNotPassed "passive_authentication_not_passed" "Not looked at, because the data's signature, hashes or issuer did not pass." => "See the axes before it.";

    ["Reading a card"]
    CardNotAccepted "card_not_accepted" "The chip carries no ICAO application or answered against the standard." => "Use another document, or identify the person by hand.";
    WrongCan "wrong_can" "The card refused the number typed, or the passport the machine-readable lines." => "Type the last six digits of the number on the card's front; of a passport, read both lines again.";
    MrzNeeded "mrz_needed" "The card opens only with its printed machine-readable lines; the number typed cannot open it." => "Identify the person by hand, or read the lines on the card's back.";
    TooManyWrongCans "too_many_wrong_cans" "Three wrong numbers for one card." => "Help the person type, or identify them by hand.";
    CardRemoved "card_removed" "The card was taken off the reader while it was read." => "Lay it down again and leave it there.";
    CardPresentBefore "card_present_before" "A card lay on the reader before the session began; it is never read." => "Take that card away, then lay down your own.";
    CardLeftBehind "card_left_behind" "The card is still on the reader after the session." => "Take your card. Staff: call the owner back.";
    CardBusy "card_busy" "Another program holds the card." => "End the other program that uses the reader.";
    ReaderGone "reader_gone" "The card reader is not there." => "Plug the reader in, or use another kiosk.";
    FileTooLarge "file_too_large" "The chip announced or sent a file over the limit." => "Use another document, or identify the person by hand.";
    ChipEndless "chip_endless" "The chip kept the reader busy beyond every limit." => "Use another document, or identify the person by hand.";
    FileMalformed "file_malformed" "The chip sent a file whose length or structure is wrong." => "Read the card again; if it stays so, identify the person by hand.";
    SecureMessagingBroken "secure_messaging_broken" "An answer of the chip did not carry the right check code." => "Read the card again; if it stays so, identify the person by hand.";
    ChipSilent "chip_silent" "The chip stopped answering." => "Lay the card down again.";

    ["The conversation"]
    HelpWanted "help_wanted" "The person pressed Gọi nhân viên." => "Go to the kiosk.";
    ConsentRefused "consent_refused" "The person did not agree to the card being read." => "Serve the person by hand, without disadvantage.";
    NotThisPerson "not_this_person" "The person said that they are not the one on the screen." => "Find out whose card it is.";
    IdentityMismatch "identity_mismatch" "Two sources in one session name different people." => "Find out whose documents they are.";
    HolderNotProved "holder_not_proved" "A printed code, or what was typed, proves nothing about who holds it." => "A person looks at the card.";
    QrUnreadable "qr_unreadable" "The code is none that this place knows." => "Show the code of the citizen card, of the insurance card, or of VNeID.";
    QrMalformed "qr_malformed" "The code is a card's, and a field in it is not as it must be." => "Read it again; if it stays so, use another document.";
    QrUnsupported "qr_unsupported" "The code may be VNeID's; its format is not public and cannot be verified here." => "Use the card, or another document.";
    VneidRefused "vneid_refused" "The person refused the sign-in at VNeID, or VNeID did not confirm it." => "Begin the sign-in again, or use the card.";
    VneidExpired "vneid_expired" "The sign-in at VNeID was not finished within five minutes." => "Begin the sign-in again, or use the card.";
    VneidLevelTooLow "vneid_level_too_low" "The VNeID account is of level 1, which does not stand for the card." => "Use the card; the commune's police raise an account to level 2.";
    VneidUnavailable "vneid_unavailable" "VNeID does not answer, or its answer is not proved to be its own." => "Use the card, or another document.";
    BirthYearMismatch "birth_year_mismatch" "The year typed is not the one in the code." => "Type the year of birth of the person whose code it is.";
    DetailsNotConfirmed "details_not_confirmed" "The population database does not know the person as they were shown or typed." => "Look at the document with the person.";
    NotAYoungChild "not_a_young_child" "Only a child under six is admitted without any card." => "Use a card, or identify the person by hand.";
    RepresentativeAbsent "representative_absent" "A child under 18 is there without a parent or guardian, who would have to consent." => "Look after the child and find out who represents it. Reception by hand needs no consent: a law asks for it.";
    TooManyLookUps "too_many_look_ups" "This kiosk, or this number, was looked up too often by people who proved nothing." => "Identify the person by hand. If it repeats, look who stands at the kiosk.";
    Emergency "emergency" "It is an emergency (cấp cứu)." => "Go there now; numbers and documents come later.";
    TooManyAttempts "too_many_attempts" "The person tried too often." => "Help the person, or identify them by hand.";
    NoDocument "no_document" "The person has no document with them." => "Identify the person by hand.";
    SessionExpired "session_expired" "Nothing happened for too long." => "Begin again.";
    ServerUnreachable "server_unreachable" "The kiosk cannot reach the server." => "Look after the network and the server; serve people by hand.";
    CallRefused "call_refused" "The server refused what the kiosk sent, or answered what the kiosk does not understand." => "Compare the kiosk's clock, key and version with the server's; both logs name the refusal. Serve people by hand.";
    CardNotIssued "card_not_issued" "C06 answers that it issued no such card to this number. The issuer's signature stands beside that." => "Compare the card with the person, ask C06 by telephone; correct the data at the commune's police.";
    PopulationMismatch "population_mismatch" "The population database does not know the person with these data." => "Compare the card with the person; correct the data at the commune's police.";
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for ReasonCode {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("Why something passed, failed, was not done, or needs a person."))
            .enum_values(Some(Self::ALL.iter().map(|code| code.as_str())))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for ReasonCode {}

impl std::fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text of `docs/reason-codes.md`.
pub fn documentation() -> String {
    let mut lines = vec![
        "# Reason codes\n".to_owned(),
        "Generated from `identity/src/reason.rs`; a test compares. The list is closed, each word is stable, \
         and it is the same in API, kiosk, console and log."
            .to_owned(),
    ];
    let mut section = "";
    for code in ReasonCode::ALL {
        if code.section() != section {
            section = code.section();
            lines.push(format!("\n## {section}\n\n| code | what happened | what to do |\n|---|---|---|"));
        }
        lines.push(format!("| `{code}` | {} | {} |", code.meaning(), code.action()));
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_documentation_lists_exactly_these_codes() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/reason-codes.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(path, documentation()).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(path).unwrap(),
            documentation(),
            "run UPDATE_DOCS=1 cargo test -p identity"
        );
    }

    #[test]
    fn words_are_unique_and_are_what_json_carries() {
        let words: BTreeSet<_> = ReasonCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(words.len(), ReasonCode::ALL.len());
        for code in ReasonCode::ALL {
            assert_eq!(serde_json::to_string(code).unwrap(), format!("\"{code}\""));
        }
    }
}
