//! The transition table: what a person meets, step by step, and that nobody is ever stuck.

use flows::{
    Answer, Evidence, Language, Service, Text, Ticket,
    evidence::{ChipEvidence, ChipFile},
    law::age::ConsentRole,
    step::{Choice, PersonOnScreen, Purpose, Question, Way},
    wire::{CallProgress, CallState, ChallengeIssued, SessionView, Welcome},
};
use identity::{ReasonCode, SecretBytes, lds::FileId, proof::verdict::Access};

use super::*;

mod random;

const NAME: &str = "Trần Thị Kín";

fn text(words: &str) -> Text {
    Text { vi: words.into(), en: words.into() }
}

fn welcome() -> Welcome {
    Welcome { station: text("Trạm"), simulated: true, services: vec![Service::Health] }
}

fn ticket() -> Ticket {
    Ticket {
        number: "012".into(),
        room: text("Phòng 1"),
        station: text("Trạm"),
        issued_at: "2026-09-15T08:00:00+07:00".into(),
        priority: false,
        simulated: true,
        code: None,
        link: None,
    }
}

fn evidence() -> ChipEvidence {
    let content = SecretBytes::new(NAME.as_bytes().to_vec());
    ChipEvidence {
        access: Access::PaceCan,
        challenge_id: Some("c1".into()),
        active_authentication: None,
        files: vec![ChipFile { name: "EF.DG13".into(), content }],
    }
}

fn preview() -> Preview {
    Preview {
        full_name: Some(NAME.into()),
        portrait: Some(Portrait { width: 1, height: 1, rgba: SecretBytes::new(vec![1, 2, 3, 4]) }),
    }
}

fn person() -> PersonOnScreen {
    PersonOnScreen { full_name: NAME.into(), number_masked: "001*****2345".into(), birth_year: Some(1948) }
}

/// A state with what was ordered on the way to it.
struct Play {
    state: State,
    now: Seconds,
    orders: Vec<Command>,
}

impl Play {
    fn new() -> Self {
        let mut play = Self { state: State::new(Times::default()), now: 0.0, orders: Vec::new() };
        play.event(Event::Started);
        play.event(Event::Welcome(Some(welcome())));
        play.event(Event::Reader(ReaderEvent::Ready));
        play
    }

    fn event(&mut self, event: Event) -> &mut Self {
        let (state, orders) = self.state.clone().on(self.now, event);
        self.state = state;
        self.orders = orders;
        self
    }

    fn person(&mut self, said: PersonSays) -> &mut Self {
        self.event(Event::Person(said))
    }

    fn reader(&mut self, event: ReaderEvent) -> &mut Self {
        self.event(Event::Reader(event))
    }

    fn read(&mut self, event: ReadEvent) -> &mut Self {
        self.event(Event::Read { read: self.state.read, event })
    }

    fn server(&mut self, event: ServerEvent) -> &mut Self {
        self.event(Event::Server { visit: self.state.visit, event })
    }

    fn view(&mut self, step: flows::Step) -> &mut Self {
        self.server(ServerEvent::View(Box::new(SessionView {
            session_id: "s1".into(),
            step,
            verdict: None,
            call: None,
        })))
    }

    fn after(&mut self, seconds: Seconds) -> &mut Self {
        self.now += seconds;
        self.event(Event::Tick)
    }

    fn number(&mut self) -> &mut Self {
        for digit in [0, 1, 2, 3, 4, 5] {
            self.person(PersonSays::Digit(digit));
        }
        self.person(PersonSays::NumberComplete)
    }

    fn challenge(&mut self) -> &mut Self {
        self.server(ServerEvent::Challenge(ChallengeIssued {
            challenge_id: "c1".into(),
            nonce: SecretBytes::new(vec![7; 8]),
            expires_in: 120,
        }))
    }

    /// Up to the number pad.
    fn identify(&mut self) -> &mut Self {
        self.person(PersonSays::Begin(Service::Health));
        self.view(flows::Step::Consent { purpose: Purpose::HealthCheckIn, role: ConsentRole::Person });
        self.person(PersonSays::Consent { given: true, text_sha256: "00".into() });
        self.view(flows::Step::Identify { ways: vec![Way::Chip], again: None })
    }

    /// Up to a read that goes on.
    fn reading(&mut self) -> &mut Self {
        self.identify().number().reader(ReaderEvent::Inserted).challenge();
        assert!(matches!(self.step(), Step::Reading(_)));
        self.read(ReadEvent::Preview(preview()))
    }

    fn step(&self) -> &Step {
        &self.state.visit().expect("a visit").step
    }

    fn wiped(&mut self) -> &mut Self {
        let visit = self.state.visit;
        self.event(Event::Wiped { visit, worker: Worker::Reader });
        self.event(Event::Wiped { visit, worker: Worker::Server })
    }

    fn trouble(&self) -> Option<ReasonCode> {
        match self.step() {
            Step::CardTrouble { code, .. } | Step::ServerTrouble { code, .. } => Some(*code),
            _ => None,
        }
    }

    fn staff(&self) -> Option<ReasonCode> {
        match self.step() {
            Step::StaffCalled { code, .. } => Some(*code),
            _ => None,
        }
    }
}

#[test]
fn a_person_checks_in_and_nothing_of_them_stays() {
    let mut play = Play::new();
    play.reading();
    play.read(ReadEvent::Progress { file: FileId::DG1, done: 95, total: 95 });
    play.read(ReadEvent::Finished(Box::new(evidence())));
    let sent = Answer::Evidence { evidence: Evidence::Chip(evidence()) };
    assert!(matches!(&play.orders[..], [Command::Answer { answer, .. }] if **answer == sent));
    assert_eq!(*play.step(), Step::Waiting(WaitingFor::Verdict));

    play.view(flows::Step::ConfirmPerson { person: person() });
    assert!(play.state.visit().unwrap().preview.portrait.is_some(), "the photo is shown beside the name");
    play.person(PersonSays::IsMe(true));
    let options = vec![Choice { id: "illness".into(), label: text("Khám bệnh") }];
    play.view(flows::Step::Choose { question: Question::Reason, options });
    play.person(PersonSays::Choose("illness".into()));
    play.view(flows::Step::Done { ticket: ticket(), notices: vec![], unproved: None });
    assert!(matches!(play.orders[..], [Command::ForgetCard, Command::Print { .. }]));
    assert!(!format!("{:?}", play.state).contains(NAME));

    play.person(PersonSays::Stop);
    assert_eq!(play.orders, [Command::Wipe { visit: play.state.visit }], "what is done is not aborted");
    play.wiped();
    assert!(matches!(play.state.at, At::TakeCard { .. }), "the card is still there");
    play.reader(ReaderEvent::Removed);
    assert_eq!(play.state.at, At::Welcome);
}

#[test]
fn an_option_that_was_not_offered_is_not_sent() {
    let mut play = Play::new();
    play.identify();
    let options = vec![Choice { id: "a".into(), label: text("A") }];
    play.state.at = At::Visit(Box::new(Visit {
        session: Some("s1".into()),
        ..Visit::new(Step::Choose { question: Question::Room, options })
    }));
    assert!(play.person(PersonSays::Choose("b".into())).orders.is_empty());
}

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

#[test]
fn a_server_out_of_reach_is_asked_again_with_the_same_call() {
    let mut play = Play::new();
    play.person(PersonSays::Begin(Service::Health));
    play.server(ServerEvent::Failed(Failure::Unreachable));
    assert_eq!(play.trouble(), Some(ReasonCode::ServerUnreachable));
    play.person(PersonSays::Retry);
    assert_eq!(play.orders, [Command::Resend { visit: play.state.visit }]);
    assert_eq!(*play.step(), Step::Waiting(WaitingFor::Session));
}

#[test]
fn a_refused_call_leads_to_staff_since_trying_again_cannot_help() {
    let mut play = Play::new();
    play.person(PersonSays::Begin(Service::Health));
    play.server(ServerEvent::Failed(Failure::Refused));
    assert_eq!(play.staff(), Some(ReasonCode::CallRefused));
    assert!(matches!(play.orders.last(), Some(Command::CallStaff { code: ReasonCode::CallRefused, .. })));
}

#[test]
fn staff_who_are_called_are_told_and_their_admission_reaches_the_screen() {
    let mut play = Play::new();
    play.identify().person(PersonSays::CallStaff);
    assert_eq!(*play.step(), Step::StaffCalled { code: ReasonCode::HelpWanted, told: Told::Going });
    play.server(ServerEvent::StaffTold(false));
    assert_eq!(*play.step(), Step::StaffCalled { code: ReasonCode::HelpWanted, told: Told::NotYet });
    play.server(ServerEvent::StaffTold(true));
    play.after(5.0);
    assert!(matches!(play.orders[..], [Command::Poll { .. }]));
    // A late answer to something else does not take the screen back.
    play.view(flows::Step::Consent { purpose: Purpose::HealthCheckIn, role: ConsentRole::Person });
    assert!(play.staff().is_some());
    play.view(flows::Step::Done { ticket: ticket(), notices: vec![], unproved: None });
    assert!(matches!(play.step(), Step::Done { .. }));
}

fn progress(state: CallState, place: Option<&str>) -> CallProgress {
    CallProgress {
        state,
        since: "2026-09-15T08:00:00+07:00".into(),
        repeated: 0,
        where_to_go: place.map(text),
    }
}

/// The server's answer while staff are called.
fn news(step: flows::Step, call: Option<CallProgress>) -> ServerEvent {
    ServerEvent::News(Box::new(SessionView { session_id: "s1".into(), step, verdict: None, call }))
}

#[test]
fn whoever_waits_learns_that_staff_know_and_where_to_go_if_nobody_does() {
    let mut play = Play::new();
    play.identify().person(PersonSays::CallStaff).server(ServerEvent::StaffTold(true));
    let called = || flows::Step::CallStaff { code: ReasonCode::HelpWanted };
    for stands in [
        progress(CallState::Waiting, Some("Bàn tiếp đón")),
        progress(CallState::Acknowledged, None),
        progress(CallState::TakenOver, Some("Bàn tiếp đón")),
    ] {
        play.server(news(called(), Some(stands.clone())));
        assert_eq!(play.staff(), Some(ReasonCode::HelpWanted));
        assert_eq!(play.state.visit().unwrap().help.progress, Some(stands));
    }
}

#[test]
fn a_visit_that_staff_hand_back_goes_on_where_it_was() {
    let handed_back = flows::Step::Identify { ways: vec![Way::Chip], again: None };
    let mut play = Play::new();
    play.identify().person(PersonSays::CallStaff).server(ServerEvent::StaffTold(true));
    play.after(100.0);
    play.server(news(handed_back.clone(), None));
    assert!(matches!(play.step(), Step::TypeNumber { refused: None, .. }), "{:?}", play.step());
    assert_eq!(play.state.visit().unwrap().help, Help::default());
    // Whoever is helped has as long as anybody.
    play.after(40.0);
    assert!(play.state.warned_at.is_none());
    // News that were asked for before do nothing to a visit that goes on.
    play.server(news(flows::Step::CallStaff { code: ReasonCode::HelpWanted }, None));
    assert!(play.staff().is_none());
    // Before staff were told, no news can be theirs.
    let mut play = Play::new();
    play.identify().person(PersonSays::CallStaff).server(news(handed_back, None));
    assert!(play.staff().is_some());
}

#[test]
fn a_call_from_the_first_screen_is_followed_until_it_is_answered() {
    let mut play = Play::new();
    play.person(PersonSays::CallStaff).server(ServerEvent::StaffTold(true));
    play.server(ServerEvent::CallMade("c7".into())).after(5.0);
    assert!(
        matches!(&play.orders[..], [Command::PollCall { call, .. }] if call == "c7"),
        "{:?}",
        play.orders
    );
    play.server(ServerEvent::CallStands(progress(CallState::Acknowledged, None)));
    assert!(play.staff().is_some());
    play.server(ServerEvent::CallStands(progress(CallState::Answered, None)));
    assert!(matches!(play.state.at, At::Leaving(_)));
}

#[test]
fn what_stayed_unproved_reaches_the_last_screen() {
    let mut play = Play::new();
    play.person(PersonSays::Begin(Service::Health));
    let unproved = Some(ReasonCode::IssuerUnknown);
    play.view(flows::Step::Done { ticket: ticket(), notices: vec![], unproved });
    assert!(matches!(play.step(), Step::Done { unproved: Some(ReasonCode::IssuerUnknown), .. }));
}

#[test]
fn whoever_leaves_staff_alone_does_not_end_their_case() {
    let mut play = Play::new();
    play.identify().person(PersonSays::CallStaff).person(PersonSays::Stop);
    assert!(!play.orders.iter().any(|order| matches!(order, Command::Abort { .. })));
}

#[test]
fn staff_can_be_called_before_anything_began() {
    let mut play = Play::new();
    play.person(PersonSays::CallStaff);
    assert!(matches!(play.orders[..], [Command::CallStaff { session: None, step: "welcome", .. }]));
    play.person(PersonSays::Stop).wiped();
    assert_eq!(play.state.at, At::Welcome);
}

#[test]
fn an_emergency_calls_staff_at_one_touch_and_asks_nothing() {
    let mut play = Play::new();
    play.person(PersonSays::Emergency);
    let called =
        Command::CallStaff { visit: VisitId(1), session: None, step: "welcome", code: ReasonCode::Emergency };
    assert_eq!(play.orders, [called]);
    assert_eq!(play.staff(), Some(ReasonCode::Emergency));
    // Whoever presses again calls nobody twice.
    assert!(play.person(PersonSays::Emergency).orders.is_empty());
}

#[test]
fn a_forgotten_card_calls_staff_once() {
    let mut play = Play::new();
    play.reading().person(PersonSays::Stop).wiped();
    assert!(play.after(19.0).orders.is_empty());
    play.after(2.0);
    let left = ReasonCode::CardLeftBehind;
    assert!(matches!(&play.orders[..], [Command::CallStaff { code, .. }] if *code == left));
    assert!(play.after(2.0).orders.is_empty());
    play.server(ServerEvent::StaffTold(true));
    assert!(matches!(play.state.at, At::TakeCard { told: Some(Told::Yes), .. }));
}

#[test]
fn nobody_there_a_warning_then_everything_is_wiped() {
    let mut play = Play::new();
    play.reading().after(45.0);
    assert!(play.state.warned_at.is_some());
    play.now += 19.0;
    play.event(Event::Touched);
    assert!(play.state.warned_at.is_none(), "one touch is enough");
    play.after(45.0).after(20.0);
    assert!(matches!(play.state.at, At::Leaving(_)));
    assert!(matches!(play.orders[..], [Command::Abort { .. }, Command::Wipe { .. }]));
}

#[test]
fn a_read_that_goes_on_is_not_idle() {
    let mut play = Play::new();
    play.reading();
    for done in 0..10 {
        play.now += 30.0;
        play.read(ReadEvent::Progress { file: FileId::DG2, done, total: 9000 }).event(Event::Tick);
        assert!(play.state.warned_at.is_none());
    }
}

#[test]
fn a_worker_that_hangs_does_not_block_the_next_person() {
    let mut play = Play::new();
    play.identify().person(PersonSays::Stop);
    play.event(Event::Wiped { visit: play.state.visit, worker: Worker::Server });
    assert!(matches!(play.state.at, At::Leaving(_)));
    play.after(6.0);
    assert_eq!(play.state.at, At::Welcome);
}

#[test]
fn what_arrives_for_an_earlier_visit_is_dropped() {
    let mut play = Play::new();
    play.reading();
    let (visit, read) = (play.state.visit, play.state.read);
    play.person(PersonSays::Stop).wiped().reader(ReaderEvent::Removed).identify();
    let before = play.state.clone();
    let view = SessionView {
        session_id: "old".into(),
        step: flows::Step::ConfirmPerson { person: person() },
        verdict: None,
        call: None,
    };
    play.event(Event::Server { visit, event: ServerEvent::View(Box::new(view)) });
    play.event(Event::Read { read, event: ReadEvent::Preview(preview()) });
    play.event(Event::Read { read, event: ReadEvent::Finished(Box::new(evidence())) });
    assert_eq!(play.state.at, before.at);
}

#[test]
fn no_state_shows_personal_data_in_a_log() {
    let mut play = Play::new();
    play.reading();
    assert!(!format!("{:?}", play.state).contains(NAME));
    play.read(ReadEvent::Finished(Box::new(evidence())));
    assert!(!format!("{:?}{:?}", play.state, play.orders).contains(NAME));
    play.view(flows::Step::ConfirmPerson { person: person() });
    assert!(!format!("{:?}", play.state).contains(NAME));
}

/// What a parent agrees to counts as a parent's: the answer says whom the text asked.
#[test]
fn the_answer_to_a_consent_says_who_was_asked() {
    for role in ConsentRole::ALL {
        let mut play = Play::new();
        play.person(PersonSays::Begin(Service::Health));
        play.view(flows::Step::Consent { purpose: Purpose::HealthCheckIn, role });
        play.person(PersonSays::Consent { given: true, text_sha256: "00".into() });
        let [Command::Answer { answer, .. }] = play.orders.as_slice() else { panic!("{:?}", play.orders) };
        assert!(
            matches!(&**answer, flows::Answer::Consent { role: asked, .. } if *asked == role),
            "{role:?}"
        );
    }
}
