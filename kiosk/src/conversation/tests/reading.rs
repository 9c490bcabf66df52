//! The card, from laying it down to its last byte.

use super::*;

#[test]
fn a_card_from_before_is_asked_away_and_never_read() {
    let mut play = Play::new();
    play.reader(ReaderEvent::Inserted);
    play.person(PersonSays::Begin(Service::Health));
    assert_eq!(*play.step(), Step::TakeAway { service: Service::Health });
    assert!(play.orders.is_empty());
    // A reader that blinks makes it nobody's own card.
    play.reader(ReaderEvent::Inserted);
    assert!(play.state.foreign_card());
    play.person(PersonSays::CallStaff);
    assert_eq!(play.staff(), Some(ReasonCode::CardPresentBefore));

    let mut play = Play::new();
    play.reader(ReaderEvent::Inserted);
    play.person(PersonSays::Begin(Service::Health));
    play.reader(ReaderEvent::Removed);
    assert!(matches!(play.orders[..], [Command::OpenSession { .. }]));
}

#[test]
fn a_card_laid_down_early_is_read_once_the_number_is_typed() {
    let mut play = Play::new();
    play.identify().reader(ReaderEvent::Inserted).number();
    assert!(matches!(play.orders[..], [Command::IssueChallenge { .. }]));
    play.challenge();
    assert!(matches!(&play.orders[..], [Command::Read { can, .. }] if can.as_bytes() == b"012345"));
}

#[test]
fn three_wrong_numbers_on_one_card_call_staff() {
    let mut play = Play::new();
    play.reading();
    for _ in 0..2 {
        play.read(ReadEvent::Failed(ReasonCode::WrongCan));
        assert!(matches!(play.step(), Step::TypeNumber { refused: Some(ReasonCode::WrongCan), .. }));
        play.number().challenge();
    }
    play.read(ReadEvent::Failed(ReasonCode::WrongCan));
    assert_eq!(play.staff(), Some(ReasonCode::TooManyWrongCans));
    assert!(play.orders.iter().any(|order| matches!(
        order,
        Command::CallStaff { code: ReasonCode::TooManyWrongCans, session: Some(_), .. }
    )));
}

#[test]
fn another_card_begins_its_own_count_of_wrong_numbers() {
    let mut play = Play::new();
    play.reading();
    for _ in 0..2 {
        play.read(ReadEvent::Failed(ReasonCode::WrongCan));
        play.number().challenge();
    }
    play.reader(ReaderEvent::Removed).reader(ReaderEvent::Inserted);
    play.read(ReadEvent::Failed(ReasonCode::WrongCan));
    assert!(matches!(play.step(), Step::TypeNumber { .. }));
}

#[test]
fn a_card_pulled_out_goes_on_where_it_stopped_or_begins_anew_once_the_challenge_is_old() {
    let mut play = Play::new();
    play.reading().read(ReadEvent::Progress { file: FileId::DG2, done: 500, total: 9000 });
    play.reader(ReaderEvent::Removed);
    assert_eq!(play.trouble(), Some(ReasonCode::CardRemoved));
    let broken = play.state.read;
    play.reader(ReaderEvent::Inserted);
    assert_eq!(play.orders, [Command::ResumeRead { read: play.state.read }]);
    assert!(matches!(play.step(), Step::Reading(read) if read.files[0].done == 500));
    // The word of the first break comes late.
    play.event(Event::Read { read: broken, event: ReadEvent::Failed(ReasonCode::CardRemoved) });
    assert!(matches!(play.step(), Step::Reading(_)));

    play.reader(ReaderEvent::Removed);
    play.now += 100.0;
    play.reader(ReaderEvent::Inserted);
    assert!(matches!(play.orders[..], [Command::IssueChallenge { .. }]));
}

#[test]
fn a_card_lifted_after_its_last_byte_counts_as_read() {
    let mut play = Play::new();
    play.reading().reader(ReaderEvent::Removed);
    play.read(ReadEvent::Finished(Box::new(evidence())));
    assert_eq!(*play.step(), Step::Waiting(WaitingFor::Verdict));
}

#[test]
fn each_trouble_with_a_card_keeps_its_own_reason_and_can_be_tried_again() {
    for code in [
        ReasonCode::CardBusy,
        ReasonCode::ChipSilent,
        ReasonCode::FileMalformed,
        ReasonCode::FileTooLarge,
        ReasonCode::SecureMessagingBroken,
        ReasonCode::CardNotAccepted,
    ] {
        let mut play = Play::new();
        play.reading().read(ReadEvent::Failed(code));
        assert_eq!(play.trouble(), Some(code));
        play.person(PersonSays::Retry);
        assert!(matches!(play.orders[..], [Command::IssueChallenge { .. }]), "{code}");
        play.challenge().read(ReadEvent::Failed(code)).person(PersonSays::CallStaff);
        assert_eq!(play.staff(), Some(code));
    }
}

#[test]
fn a_card_that_fails_again_and_again_calls_staff() {
    let mut play = Play::new();
    play.reading();
    for _ in 0..5 {
        play.read(ReadEvent::Failed(ReasonCode::FileMalformed)).person(PersonSays::Retry).challenge();
    }
    assert_eq!(play.staff(), Some(ReasonCode::TooManyAttempts));
}

#[test]
fn a_reader_unplugged_is_named_and_comes_back() {
    let mut play = Play::new();
    play.reading().reader(ReaderEvent::Gone);
    assert_eq!(play.trouble(), Some(ReasonCode::ReaderGone));
    play.reader(ReaderEvent::Ready);
    assert_eq!(*play.step(), Step::PresentCard);
}

#[test]
fn a_card_that_comes_back_with_its_reader_is_nobodys_own() {
    let mut play = Play::new();
    play.reader(ReaderEvent::Inserted);
    play.person(PersonSays::Begin(Service::Health));
    play.reader(ReaderEvent::Gone);
    assert!(matches!(play.orders[..], [Command::OpenSession { .. }]));
    play.view(flows::Step::Identify { ways: vec![Way::Chip], again: None }).number();
    play.reader(ReaderEvent::Ready);
    play.now += 1.0;
    play.reader(ReaderEvent::Inserted);
    assert!(play.orders.is_empty() && play.state.foreign_card());
    assert_eq!(*play.step(), Step::PresentCard);
    // Lifted and laid down before everybody's eyes.
    play.reader(ReaderEvent::Removed).reader(ReaderEvent::Inserted);
    assert!(matches!(play.orders[..], [Command::IssueChallenge { .. }]));

    // Nor where the reader did not say that it is back.
    let mut play = Play::new();
    play.identify().number().reader(ReaderEvent::Gone).reader(ReaderEvent::Inserted);
    assert!(play.orders.is_empty() && play.state.foreign_card());
    play.person(PersonSays::CallStaff);
    assert_eq!(play.staff(), Some(ReasonCode::CardPresentBefore));
}

#[test]
fn a_card_laid_down_on_a_reader_that_is_back_is_read() {
    let mut play = Play::new();
    play.identify().number().reader(ReaderEvent::Gone).reader(ReaderEvent::Ready);
    play.now += 3.0;
    play.reader(ReaderEvent::Inserted);
    assert!(matches!(play.orders[..], [Command::IssueChallenge { .. }]));
}
