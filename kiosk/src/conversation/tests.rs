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
mod reading;
mod staff;

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
