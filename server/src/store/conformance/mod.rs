//! What every store has to do, as functions over the trait. A database is as good as another if they all pass
//! on it: see `conformance_tests!`.

use std::sync::atomic::{AtomicU64, Ordering};

use flows::{
    Language, Service,
    engine::{Insurance, InsuranceStatus},
    person::{Birth, Sex},
    policy::Strength,
};
use identity::{
    ReasonCode, SecretBytes, Verdict,
    number::PersonalNumber,
    proof::verdict::{Access, Axis, ChallengeOrigin},
};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::*;
use crate::random::Random;

pub mod accesses;
pub mod alerts;
pub mod answers;
pub mod calls;
pub mod consents;
pub mod corrections;
pub mod desk;
pub mod erasure;
pub mod incidents;
pub mod look_ups;
pub mod numbers;
pub mod outbox;
pub mod queue;
pub mod reception;
pub mod requests;
pub mod retention;
pub mod same_day;
pub mod same_person;
pub mod sessions;
pub mod sign_ins;
pub mod staff;
pub mod stays;
pub mod subject_requests;
pub mod visits;

/// Makes a test of each function, on the store that `$open` opens. `$open` gives a guard that lives as long as the
/// test, and the store.
macro_rules! conformance_tests {
    ($open:path => $($part:ident: $($case:ident)+;)+) => {
        $(mod $part {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                let (_guard, store) = $open().await;
                crate::store::conformance::$part::$case(&crate::store::conformance::World::new(&store).await).await;
            })+
        })+
    };
    ($open:path) => {
        crate::store::conformance::conformance_tests! { $open =>
            look_ups:
                a_number_is_looked_up_so_often_at_all_kiosks_together
                a_kiosk_looks_up_so_many_and_no_more;
            numbers:
                an_insurance_card_alone_finds_whose_number_a_register_gave
                a_number_that_was_only_stated_finds_nobody
                who_was_known_by_an_insurance_card_gets_a_personal_number
                a_new_number_with_the_old_card_s_is_offered_and_never_merged_by_itself
                a_personal_number_that_a_document_says_was_before_is_offered_too
                two_that_staff_merged_are_one_person_from_here_on
                what_is_kept_of_a_person_names_each_number
                a_mark_and_an_erasure_hold_for_what_was_merged;
            answers:
                an_answer_is_kept_with_who_asked_and_when
                a_later_answer_is_kept_with_the_number_that_it_names
                what_a_clinician_asked_for_is_kept_with_the_reason
                an_answer_goes_after_a_year;
            alerts:
                an_alert_stands_until_it_is_settled_and_comes_again;
            requests:
                a_request_sent_again_gets_the_response_that_was_given
                a_key_that_stood_for_another_request_is_refused
                a_request_under_way_is_not_carried_out_twice
                an_abandoned_request_may_be_sent_again
                whoever_was_overtaken_does_not_complete
                a_nonce_is_good_once_for_each_kiosk
                an_unknown_kiosk_is_refused
                a_kiosk_can_get_a_new_key
                a_kiosk_that_is_no_longer_listed_may_not_call;
            sessions:
                a_conversation_stands_where_it_was_left
                a_conversation_answers_only_the_kiosk_that_opened_it
                of_two_turns_from_one_state_one_counts
                a_refused_turn_leaves_nothing_behind
                a_challenge_is_good_once
                a_conversation_gets_so_many_challenges_and_no_more
                a_challenge_is_dead_after_two_minutes
                a_challenge_of_another_conversation_is_refused
                a_turn_that_fails_spends_no_challenge;
            sign_ins:
                a_sign_in_is_good_once_for_its_conversation
                a_sign_in_that_begins_anew_ends_the_one_before
                a_sign_in_that_took_too_long_says_so_for_an_hour
                who_signed_in_takes_the_conversation_one_step_on;
            stays:
                what_is_ready_goes_out_with_its_record
                what_has_to_be_confirmed_waits_for_the_owner
                a_place_without_the_portal_sends_nothing
                guests_of_one_kind_at_one_place_go_together
                nobody_sleeps_in_two_beds
                a_family_is_one_party_at_one_place
                a_correction_keeps_the_old_declaration
                the_portal_is_told_who_stays_longer_and_who_left_early
                what_was_withdrawn_before_it_went_out_does_not_go
                what_a_file_brought_is_accepted_when_it_was_counted
                who_told_whom_and_when_is_kept
                who_sleeps_there_tonight_is_listed
                only_what_was_accepted_counts
                a_stay_that_is_over_is_erased_after_a_year
                who_looked_and_why_is_kept
                what_cannot_happen_to_a_stay_is_refused_and_leaves_nothing;
            visits:
                what_the_population_database_said_is_kept_with_the_visit
                a_visit_is_kept_as_it_was_recorded
                numbers_follow_one_another_in_each_row
                numbers_begin_anew_each_day_and_at_each_station
                the_same_person_keeps_the_number_of_the_day
                a_refused_check_in_takes_no_number
                people_at_many_kiosks_at_once_get_numbers_without_gap
                a_person_at_two_kiosks_at_once_gets_one_number
                an_earlier_number_is_not_told_to_who_proved_nothing;
            calls:
                a_call_is_open_until_it_is_answered
                pressing_again_is_the_same_call
                two_people_who_call_from_the_first_screen_are_two_calls
                who_is_admitted_by_hand_gets_a_number_and_the_kiosk_learns_it
                who_is_admitted_by_hand_with_a_number_is_the_person_known_by_it
                a_call_can_be_answered_once
                who_had_a_number_already_was_admitted_by_nobody
                a_call_from_the_first_screen_needs_no_conversation;
            outbox:
                a_message_goes_out_with_its_record_or_not_at_all
                a_number_given_again_sends_nothing_again
                messages_about_one_person_to_one_system_keep_their_order
                a_lease_that_runs_out_gives_the_message_back
                a_late_report_of_a_failure_counts_for_nothing
                a_dead_letter_holds_the_later_ones_until_staff_decide
                what_only_waited_behind_another_has_its_whole_time
                staff_have_a_dead_letter_tried_again
                what_a_person_has_to_tell_is_theirs_from_the_beginning
                an_answer_becomes_a_row_and_the_visit_s_stays
                a_receipt_is_kept_with_what_was_sent
                the_first_cost_is_queued_once_and_answered_each_time
                an_erased_person_s_messages_are_not_delivered
                every_step_of_a_message_leaves_a_leaf;
            reception:
                an_emergency_has_a_number_before_anybody_knows_who_it_is
                the_commune_is_told_of_the_unknown_within_48_hours
                who_has_a_number_of_today_gets_it_again_by_hand
                a_form_that_is_sent_twice_is_one_reception
                a_temporary_record_becomes_the_identified_person_s_and_both_stay
                a_wrong_admission_is_corrected_and_the_old_one_stays
                of_two_corrections_of_one_version_the_first_counts
                what_the_register_was_sent_is_put_right_by_a_person;
            corrections:
                what_was_asked_about_the_wrong_person_counts_for_nothing
                what_a_chip_proved_of_one_person_is_not_said_of_another
                a_visit_is_corrected_as_often_as_it_was_wrong
                what_never_went_out_is_not_told
                the_right_person_s_check_in_outlives_the_wrong_person
                who_was_identified_sees_what_was_kept_while_nobody_knew_them
                who_was_recorded_by_mistake_is_in_nobody_else_s_records
                a_mark_and_an_erasure_are_about_whose_visit_it_is_now;
            same_person:
                who_was_merged_is_purged_with_both_records
                who_was_identified_is_purged_with_the_temporary_record
                whose_number_was_wrong_stays_who_they_are
                whose_number_was_proved_is_not_renumbered
                who_was_known_by_another_number_has_what_was_agreed_to_under_the_wrong_one
                whose_number_was_typed_by_mistake_is_left_alone
                a_request_from_before_a_merge_is_about_the_whole_person
                who_restricts_or_objects_is_not_asked_about_any_more
                who_only_looked_at_their_data_is_asked_about_as_before
                a_corrected_card_is_over_after_a_year;
            same_day:
                who_has_no_number_and_comes_twice_is_noticed
                two_unknown_people_and_whoever_staff_receive_are_nobody_s_double
                that_somebody_came_today_is_forgotten_tomorrow
                an_unconfirmed_number_beside_another_name_leads_to_nobody;
            desk:
                a_call_that_is_acknowledged_says_who_is_coming
                two_members_of_staff_cannot_take_the_same_call
                a_call_is_made_again_each_minute_until_somebody_answers
                a_conversation_that_is_handed_back_goes_on_and_may_call_again
                a_call_of_no_conversation_cannot_be_handed_back
                what_staff_did_about_calls_stands_in_the_log;
            accesses:
                it_is_found_by_person_and_by_staff
                a_list_is_written_once_in_a_session
                a_reason_opens_one_record_in_one_session_for_a_while
                what_is_kept_outside_of_a_visit_is_seen_by_name_as_well;
            staff:
                who_signs_in_by_vneid_is_staff_already
                an_attempt_is_good_once_in_the_browser_that_began_it
                an_account_is_listed_as_it_was_added
                a_password_and_a_code_sign_in
                a_code_counts_once
                guesses_are_held_up_and_the_owner_elsewhere_is_not
                guesses_at_the_code_count_as_well
                whoever_tries_many_accounts_is_held_up_too
                a_new_member_of_staff_enrols_once
                a_recovery_code_is_good_once
                whoever_does_nothing_is_signed_out
                nobody_stays_signed_in_for_ever
                a_locked_account_is_signed_out_and_stays_out
                another_password_signs_out_everywhere_else
                the_last_manager_stays
                a_password_alone_opens_nothing;
            queue:
                a_number_goes_its_way_through_the_queue
                however_many_desks_call_nobody_is_called_twice
                one_press_never_calls_two
                a_number_that_is_still_in_the_queue_is_given_again_with_the_same_code
                who_has_been_seen_or_taken_out_gets_a_new_number
                who_was_merged_is_known_by_the_number_that_stays
                a_call_goes_over_to_the_number_that_stays
                a_ticket_s_code_shows_the_place_today_and_nothing_else
                what_cannot_follow_is_refused_and_leaves_nothing
                yesterday_s_numbers_are_gone
                an_erased_person_s_number_can_still_be_called;
            erasure:
                an_erased_person_cannot_be_read_and_comes_back_as_a_stranger
                conversations_are_forgotten_after_a_day
                every_change_leaves_a_leaf;
            consents:
                a_consent_can_be_proved_to_the_words_that_were_shown
                a_consent_to_words_that_nobody_knows_is_kept_and_marked
                a_refusal_is_kept_and_one_person_s_consent_is_not_another_s
                a_representative_s_consent_says_who_spoke_and_what_they_are_to_the_child
                of_two_who_consent_for_a_child_each_stands_in_the_ledger_in_their_role
                a_withdrawal_is_a_row_of_its_own_and_empties_what_rested_on_the_consent
                a_withdrawal_stops_what_was_still_to_be_asked_on_it;
            subject_requests:
                a_request_has_its_days_and_is_answered_once
                what_a_law_requires_is_not_deleted_and_the_refusal_names_it
                what_no_law_requires_any_more_is_deleted_unless_it_is_held
                a_correction_that_is_asked_for_is_a_version_that_names_the_request
                a_visit_that_was_corrected_to_somebody_else_is_theirs
                restricted_data_are_shown_for_care_and_for_nothing_else
                everything_about_a_person_can_be_read_and_nothing_about_another
                a_visit_says_on_which_basis_it_was_recorded;
            incidents:
                an_incident_is_kept_with_what_was_done_and_its_clock;
            retention:
                nothing_is_purged_before_its_time
                each_kind_goes_in_its_turn_and_leaves_a_proof
                who_still_comes_loses_what_is_old_and_keeps_what_is_new
                what_is_held_or_restricted_is_not_purged
                an_incident_s_file_is_kept_five_years_after_it_is_closed
                a_conversation_s_row_goes_once_nothing_names_it
                who_saw_a_record_is_known_for_five_years
                a_staff_session_goes_thirty_days_after_its_end_and_the_access_log_stays
                what_happened_to_a_place_in_the_queue_goes_after_a_year
                that_somebody_was_looked_up_is_forgotten_after_an_hour
                what_was_sent_goes_after_thirty_days_and_its_receipt_after_a_year
                what_staff_did_about_a_call_is_forgotten_after_a_year
                what_the_desk_wrote_of_an_old_visit_goes_with_it
                what_staff_decided_about_an_old_visit_s_messages_goes_with_it
                who_was_identified_of_late_keeps_their_key
                a_consent_goes_with_its_role;
        }
    };
}
pub(crate) use conformance_tests;

/// A random generator that gives the same for the same seed.
pub fn seeded(seed: u64) -> Random {
    let next = AtomicU64::new(0);
    Random::new(move |bytes| {
        for chunk in bytes.chunks_mut(32) {
            let block = [seed.to_be_bytes(), next.fetch_add(1, Ordering::Relaxed).to_be_bytes()].concat();
            chunk.copy_from_slice(&Sha256::digest(block)[..chunk.len()]);
        }
        Ok(())
    })
}

/// The station of these tests.
pub const STATION: &str = "01999";

/// The morning on which these tests play, and `seconds` after it.
pub fn at(seconds: i64) -> Timestamp {
    let morning: Timestamp = "2026-09-15T08:00:00+07:00".parse().unwrap();
    morning + SignedDuration::from_secs(seconds)
}

/// Bytes that stand for a state or a response.
pub fn secret(text: &str) -> SecretBytes {
    SecretBytes::new(text.as_bytes().to_vec())
}

/// A verdict that proves everything.
pub fn proved() -> Verdict {
    Verdict {
        security_object: Axis::passed(ReasonCode::SignatureVerified),
        data_groups: Axis::passed(ReasonCode::HashesMatch),
        issuer: Axis::passed(ReasonCode::IssuerTrusted),
        revocation: Axis::not_done(ReasonCode::RevocationNotChecked),
        chip: Axis::passed(ReasonCode::ChallengeAnswered),
        validity: Axis::passed(ReasonCode::NoExpiry),
        holder: Axis::not_done(ReasonCode::HolderNotChecked),
    }
}

/// A visit of a made-up person with this number.
pub fn visit(number: Option<&str>) -> NewVisit {
    NewVisit {
        station: STATION.into(),
        patient: Patient {
            full_name: "Nguyễn Thị Hoà".into(),
            number: number.map(|number| PersonalNumber::parse(number).unwrap()),
            birth: Some(Birth { year: 1948, month: Some(3), day: Some(2) }),
            sex: Sex::Female,
            reason: "illness".into(),
            insurance_number: None,
            priority: None,
            representative: None,
            code_warnings: Vec::new(),
        },
        method: Method::Chip,
        strength: Strength::FullChipProof,
        queue: Queue::Normal,
        room: "p1".into(),
        insurance: Insurance {
            status: InsuranceStatus::Unverified,
            result_code: Some("101".into()),
            card: Some(flows::InsuranceCard {
                number: "HT2010148012345".into(),
                valid_from: Some(jiff::civil::date(2026, 1, 1)),
                valid_to: Some(jiff::civil::date(2026, 12, 31)),
                place_code: Some("01999".into()),
                place_name: Some("Trạm y tế xã Mẫu".into()),
            }),
        },
        numbers: Vec::new(),
        answer: None,
        population: None,
    }
}

/// The kiosks `demo` and `other`.
pub fn kiosks() -> Vec<Kiosk> {
    [("demo", [1; 32]), ("other", [2; 32])]
        .map(|(id, public_key)| Kiosk {
            id: id.into(),
            public_key,
            place: "Sảnh chính".into(),
            kind: ClientKind::Kiosk,
        })
        .to_vec()
}

/// A store with two kiosks, and what is needed to call it.
pub struct World<'a> {
    /// The store.
    pub store: &'a dyn Store,
    next: AtomicU64,
}

impl<'a> World<'a> {
    /// Enrols [`kiosks`].
    pub async fn new(store: &'a dyn Store) -> Self {
        store.set_kiosks(kiosks(), at(0)).await.unwrap();
        Self::at_kiosks_there_are(store, 1)
    }

    /// For a store that has these kiosks; ids count from `first`.
    pub fn at_kiosks_there_are(store: &'a dyn Store, first: u64) -> Self {
        Self { store, next: AtomicU64::new(first) }
    }

    /// A number that nobody else has.
    pub fn fresh(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// An id that nobody else has.
    pub fn id(&self) -> Uuid {
        Uuid::from_u64_pair(0x0123_4567_89ab_4def, 0x8000_0000_0000_0000 | self.fresh())
    }

    /// What a kiosk asks with a nonce that was never used.
    pub fn request(&self, kiosk: &str, key: Uuid, at: Timestamp) -> NewRequest {
        NewRequest {
            kiosk: kiosk.into(),
            nonce: format!("nonce-{}", self.fresh()),
            idempotency: Some(Idempotency { key, fingerprint: [9; 32] }),
            at,
        }
    }

    /// A request that was begun.
    pub async fn begun(&self, kiosk: &str, at: Timestamp) -> RequestKey {
        let key = self.id();
        assert_eq!(self.store.begin_request(self.request(kiosk, key, at)).await.unwrap(), Begun::New);
        RequestKey { kiosk: kiosk.into(), key }
    }

    /// A conversation at the kiosk `demo`.
    pub async fn session(&self, at: Timestamp) -> Uuid {
        let id = self.id();
        let session = NewSession {
            id,
            kiosk: "demo".into(),
            service: Service::Health,
            language: Language::Vi,
            state: secret("state 0"),
            request: self.begun("demo", at).await,
            response: secret("opened"),
            at,
        };
        self.store.open_session(session).await.unwrap();
        id
    }

    /// A turn of it.
    pub async fn turn(&self, session: Uuid, version: u32, at: Timestamp) -> Turn {
        Turn {
            session,
            kiosk: "demo".into(),
            version,
            state: secret("state next"),
            spends: None,
            consent: None,
            call: None,
            request: self.begun("demo", at).await,
            response: secret("turned"),
            at,
        }
    }

    /// A challenge for it.
    pub async fn challenge(&self, session: Uuid, at: Timestamp) -> Uuid {
        let challenge = NewChallenge {
            id: self.id(),
            session,
            kiosk: "demo".into(),
            nonce: *b"8 bytes!",
            request: self.begun("demo", at).await,
            response: secret("challenge"),
            at,
        };
        let id = challenge.id;
        self.store.issue_challenge(challenge).await.unwrap();
        id
    }

    /// A check-in at the end of a fresh conversation.
    pub async fn check_in(&self, visit: NewVisit, at: Timestamp) -> CheckIn {
        CheckIn {
            session: self.session(at).await,
            kiosk: "demo".into(),
            version: 0,
            visit,
            chip: Some(ChipRecord {
                verdict: proved(),
                access: Access::PaceCan,
                challenge: ChallengeOrigin::Server,
                signer_sha256: Some([3; 32]),
                sod_sha256: Some([4; 32]),
                nonce: Some(*b"8 bytes!"),
                active_authentication: Some(secret("the chip's answer")),
                card: Some(flows::CardStanding::Valid),
                card_statement: Some(secret("C06's answer")),
            }),
            submission: Some(Submission {
                signature_base: secret("\"@method\": POST"),
                signature: secret("signature"),
                content_digest: "sha-256=:AAAA:".into(),
            }),
            messages: Vec::new(),
            spoken: flows::law::age::Spoken::default(),
            request: self.begun("demo", at).await,
            respond: Respond::new(|recorded: &Recorded| Completed {
                state: secret(&format!("done {}", recorded.ticket_number())),
                response: secret(&format!("number {}", recorded.ticket_number())),
                call: None,
            }),
            at,
        }
    }

    /// Records a check-in of whoever has `number`.
    pub async fn checked_in(&self, number: &str, at: Timestamp) -> Recorded {
        let check_in = self.check_in(visit(Some(number)), at).await;
        self.store.record_check_in(check_in).await.unwrap()
    }
}
