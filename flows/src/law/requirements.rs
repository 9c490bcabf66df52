//! Article by article: what it asks, which code does it, and which test shows it.

/// One line of `docs/law.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requirement {
    /// The article.
    pub article: &'static str,
    /// What it asks of software.
    pub asks: &'static str,
    /// The files that do it.
    pub code: &'static [&'static str],
    /// The tests that show it, as `FILE::NAME`.
    pub tests: &'static [&'static str],
}

/// Every requirement that has code.
pub const REQUIREMENTS: [Requirement; 17] = [
    Requirement {
        article: "Luật 91/2025/QH15 Đ9; NĐ 356/2025/NĐ-CP Đ6",
        asks: "Consent is given to a purpose by itself (here one, the check-in; the table of processings says which rest on it), nothing is ticked beforehand, silence is not consent, and it can be proved: to which text, when, how.",
        code: &["flows/src/consent.rs", "kiosk/src/screens/consent.rs", "server/src/store/consents.rs"],
        tests: &[
            "flows/src/consent.rs::a_text_that_was_shown_is_never_edited",
            "kiosk/src/window/tests.rs::fingers_lead_from_welcome_to_the_number",
            "server/src/store/conformance/consents.rs::a_consent_can_be_proved_to_the_words_that_were_shown",
            "server/src/store/conformance/consents.rs::a_consent_to_words_that_nobody_knows_is_kept_and_marked",
            "server/tests/api/minimal.rs::a_consent_at_the_kiosk_stands_in_the_ledger",
        ],
    },
    Requirement {
        article: "Luật 91/2025/QH15 Đ9",
        asks: "Refusing does not block the service; what was agreed to can be taken back.",
        code: &["flows/src/engine", "server/src/store/sqlite/consents.rs"],
        tests: &[
            "flows/src/engine/tests.rs::refused_consent_and_the_wrong_person_lead_to_staff",
            "server/tests/api/conversation.rs::whoever_does_not_consent_is_admitted_by_hand_and_sees_the_number",
            "server/tests/api/children.rs::a_grandmother_gets_a_number_for_him_and_nothing_is_done_that_rests_on_consent",
            "server/src/store/conformance/consents.rs::a_withdrawal_is_a_row_of_its_own_and_empties_what_rested_on_the_consent",
        ],
    },
    Requirement {
        article: "Luật 91/2025/QH15 Đ19 k1",
        asks: "Processing without consent rests on a law, a contract or an emergency, and the record says which.",
        code: &["flows/src/law/processing.rs", "server/src/store/sqlite/visits.rs"],
        tests: &[
            "flows/src/law/processing.rs::what_needs_consent_has_it_as_its_basis",
            "server/src/store/conformance/subject_requests.rs::a_visit_says_on_which_basis_it_was_recorded",
        ],
    },
    Requirement {
        article: "Luật 91/2025/QH15 (minimal data); NĐ 356/2025/NĐ-CP Đ4 k1",
        asks: "No more than is needed: the population database says yes or no, no photo of a card is kept, what is sensitive is sealed.",
        code: &["server/src/national/population", "server/src/sealed.rs"],
        tests: &[
            "server/tests/api/minimal.rs::the_population_database_is_asked_yes_or_no_and_nothing_more",
            "server/tests/api/numbers.rs::the_register_s_answer_is_kept_and_nothing_of_her_visits_elsewhere",
            "server/src/store/sqlite/tests/files.rs::a_stolen_disk_tells_no_name_and_no_number",
        ],
    },
    Requirement {
        article: "Luật 91/2025/QH15 (children)",
        asks: "Under 7 the representative consents alone, from 7 to under 18 child and representative, except in an emergency; age is verified.",
        code: &["flows/src/law/age.rs", "flows/src/engine/consenting.rs", "server/src/store/consents.rs"],
        tests: &[
            "flows/src/engine/tests/children.rs::who_is_asked_besides_follows_from_the_birth",
            "flows/src/engine/tests/children.rs::a_child_from_seven_on_and_its_parent_are_both_asked",
            "flows/src/engine/tests/children.rs::who_may_not_consent_for_a_child_gets_it_seen_but_nothing_that_rests_on_consent",
            "flows/src/engine/tests/children.rs::a_face_is_compared_only_where_everybody_consented",
            "flows/src/engine/tests/children.rs::a_child_alone_gets_a_person_and_is_seen_all_the_same",
            "server/src/store/conformance/consents.rs::of_two_who_consent_for_a_child_each_stands_in_the_ledger_in_their_role",
            "flows/src/law/age.rs::a_child_is_asked_from_the_seventh_birthday_on_and_not_a_day_before",
            "flows/src/law/age.rs::a_person_consents_alone_from_the_eighteenth_birthday_on_and_not_a_day_before",
            "server/src/store/conformance/consents.rs::a_representative_s_consent_says_who_spoke_and_what_they_are_to_the_child",
        ],
    },
    Requirement {
        article: "NĐ 69/2024/NĐ-CP Đ19, Đ20",
        asks: "The result of an authentication serves one visit and is not used again or passed on; the factors are kept with it.",
        code: &["server/src/session/evidence.rs", "server/src/store/sqlite/visits.rs"],
        tests: &[
            "server/tests/api/minimal.rs::what_was_proved_for_one_visit_is_no_proof_for_another",
            "server/tests/api/challenge.rs::a_recorded_answer_of_a_chip_is_worth_nothing_in_another_session",
        ],
    },
    Requirement {
        article: "Luật 91/2025/QH15 (retention)",
        asks: "Nothing is kept longer than its purpose; what is over is erased securely, and that can be shown.",
        code: &["flows/src/law/retention.rs", "server/src/store/sqlite/purge.rs"],
        tests: &[
            "server/src/store/conformance/retention.rs::each_kind_goes_in_its_turn_and_leaves_a_proof",
            "server/src/store/conformance/retention.rs::what_is_held_or_restricted_is_not_purged",
            "server/src/store/sqlite/tests/files.rs::whoever_hides_a_change_behind_a_purge_is_found_out",
            "server/src/store/sqlite/tests/files.rs::a_destroyed_key_is_not_left_on_the_disk",
        ],
    },
    Requirement {
        article: "NĐ 356/2025/NĐ-CP (rights of the data subject)",
        asks: "A request is acknowledged in 2 working days and answered in 10, 15 or 20 days (15, 20 or 30 with an extension).",
        code: &[
            "flows/src/law/requests.rs",
            "flows/src/law/calendar.rs",
            "server/src/store/subject_requests.rs",
        ],
        tests: &[
            "flows/src/law/requests.rs::the_periods_are_the_digest_s",
            "flows/src/law/requests.rs::a_request_is_due_on_working_days",
            "server/src/store/conformance/subject_requests.rs::a_request_has_its_days_and_is_answered_once",
            "server/src/console/tests/rights.rs::days_run_from_when_a_request_came_and_not_from_when_it_was_typed",
        ],
    },
    Requirement {
        article: "Luật 91/2025/QH15 (view, provide)",
        asks: "A person sees, and gets a copy of, everything that is kept about them.",
        code: &["server/src/store/sqlite/records.rs"],
        tests: &[
            "server/src/store/conformance/subject_requests.rs::everything_about_a_person_can_be_read_and_nothing_about_another",
            "server/src/console/tests/privacy.rs::a_request_is_received_with_its_days_and_answered_with_everything_that_is_kept",
            "server/src/console/tests/rights.rs::whoever_has_no_number_asks_from_the_page_of_a_visit",
            "server/src/store/conformance/same_person.rs::a_request_from_before_a_merge_is_about_the_whole_person",
        ],
    },
    Requirement {
        article: "Luật 91/2025/QH15 (correct)",
        asks: "What is wrong is corrected; what stood there before stays known, with the reason.",
        code: &["server/src/store/sqlite/subject_requests.rs"],
        tests: &[
            "server/src/store/conformance/subject_requests.rs::a_correction_that_is_asked_for_is_a_version_that_names_the_request",
            "server/src/store/conformance/same_person.rs::whose_number_was_wrong_stays_who_they_are",
        ],
    },
    Requirement {
        article: "Luật 91/2025/QH15 (delete)",
        asks: "What no law requires is deleted on request; what a law requires is not, and the refusal names it.",
        code: &["server/src/store/sqlite/subject_requests.rs", "server/src/store/sqlite/erasure.rs"],
        tests: &[
            "server/src/store/conformance/subject_requests.rs::what_a_law_requires_is_not_deleted_and_the_refusal_names_it",
            "server/src/store/conformance/subject_requests.rs::what_no_law_requires_any_more_is_deleted_unless_it_is_held",
            "server/src/console/tests/privacy.rs::data_are_held_for_a_dispute_and_let_go_again",
            "server/src/store/conformance/erasure.rs::an_erased_person_cannot_be_read_and_comes_back_as_a_stranger",
        ],
    },
    Requirement {
        article: "Luật 91/2025/QH15 Đ26",
        asks: "Who saw whose health data, and why, is known; they leave only for a reason and a recipient that are named.",
        code: &["server/src/console/accesses.rs", "server/src/console/export.rs"],
        tests: &[
            "server/src/console/tests/every_page.rs::who_is_shown_a_patient_is_in_the_access_log_whatever_the_page",
            "server/src/console/tests/staff.rs::a_record_leaves_as_a_file_only_with_a_reason_and_a_recipient_whoever_serves_the_patient",
            "server/src/console/tests/staff.rs::an_account_whose_posts_are_elsewhere_opens_nothing_but_itself",
        ],
    },
    Requirement {
        article: "Luật 91/2025/QH15 (restrict, object)",
        asks: "Restricted data are kept, and used for care alone.",
        code: &["server/src/store/visits.rs", "server/src/store/sqlite/purge.rs"],
        tests: &[
            "server/src/store/conformance/subject_requests.rs::restricted_data_are_shown_for_care_and_for_nothing_else",
            "server/src/console/tests/privacy.rs::a_restriction_is_lifted_and_the_record_shows_again",
            "server/src/console/tests/rights.rs::what_is_restricted_leaves_in_no_file_and_is_named_on_no_consents_page",
            "server/src/store/conformance/same_person.rs::who_restricts_or_objects_is_not_asked_about_any_more",
        ],
    },
    Requirement {
        article: "Luật 91/2025/QH15 Đ23; NĐ 356/2025/NĐ-CP Đ29",
        asks: "A breach is notified within 72 hours of noticing it; its file is kept at least 5 years.",
        code: &["flows/src/law/incident.rs", "server/src/store/incidents.rs"],
        tests: &[
            "flows/src/law/incident.rs::seventy_two_hours_run_from_noticing_through_any_weekend",
            "server/src/store/conformance/incidents.rs::an_incident_is_kept_with_what_was_done_and_its_clock",
            "server/src/store/conformance/retention.rs::an_incident_s_file_is_kept_five_years_after_it_is_closed",
        ],
    },
    Requirement {
        article: "NĐ 356/2025/NĐ-CP Đ10",
        asks: "A decision by a machine is looked at by a person: nobody is refused by a machine.",
        code: &["flows/src/policy.rs"],
        tests: &[
            "server/tests/api/conversation.rs::whoever_does_not_consent_is_admitted_by_hand_and_sees_the_number",
            "server/src/console/tests.rs::staff_see_who_calls_where_why_and_since_when",
            "server/src/console/tests.rs::a_patient_admitted_by_hand_gets_a_number",
        ],
    },
    Requirement {
        article: "Luật Căn cước 26/2023/QH15 Đ22 k5",
        asks: "The chip is read with consent, asked before the reading.",
        code: &["flows/src/engine", "kiosk/src/screens/consent.rs"],
        tests: &["kiosk/src/window/tests.rs::fingers_lead_from_welcome_to_the_number"],
    },
    Requirement {
        article: "Luật 91/2025/QH15 (security)",
        asks: "What was recorded is not changed secretly.",
        code: &["server/src/audit/mod.rs", "server/src/store/sqlite/audit.rs"],
        tests: &[
            "server/src/store/sqlite/tests/files.rs::whoever_changes_the_log_or_a_record_is_found_out",
            "server/src/store/conformance/erasure.rs::every_change_leaves_a_leaf",
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn root() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
    }

    /// A document that names code which is gone is worse than none.
    #[test]
    fn the_code_and_the_tests_that_are_named_are_there() {
        for requirement in &REQUIREMENTS {
            assert!(!requirement.code.is_empty() && !requirement.tests.is_empty(), "{}", requirement.article);
            for file in requirement.code {
                assert!(root().join(file).exists(), "{}: no {file}", requirement.article);
            }
            for test in requirement.tests {
                let (file, name) = test.split_once("::").unwrap();
                let text = std::fs::read_to_string(root().join(file)).unwrap_or_default();
                assert!(text.contains(&format!("fn {name}(")), "{}: no test {test}", requirement.article);
            }
        }
    }
}
