//! A state for every screen, with the longest texts that it can have to show.

use flows::{
    Language, Service, Text, Ticket,
    engine::{companions, speakers},
    health::priority::Declared,
    law::{Consenter, age::ConsentRole},
    person::Relation,
    step::{Choice, Notice, PersonOnScreen, Purpose, Question},
    wire::{CallProgress, CallState, Welcome},
};
use identity::{ReasonCode, SecretBytes, lds::FileId};

use super::Screen;
use crate::conversation::{
    At, FileProgress, Help, Leaving, Portrait, Preview, Printing, Read, Reader, State, Step, Times, Told,
    Typed, Visit, VisitId, WaitingFor,
};

fn text(vi: &str, en: &str) -> Text {
    Text { vi: vi.into(), en: en.into() }
}

fn state(language: Language, at: At) -> State {
    let mut state = State::new(Times::default());
    state.language = language;
    state.welcome = Some(Welcome {
        station: text("Trạm y tế xã Mẫu", "Mau commune health station"),
        simulated: true,
        services: vec![Service::Health],
    });
    state.visit = VisitId(1);
    state.reader = Reader::Empty;
    state.at = at;
    state
}

fn visit(step: Step) -> At {
    At::Visit(Box::new(Visit { session: Some("s1".into()), ..Visit::new(step) }))
}

fn asked(role: ConsentRole) -> At {
    visit(Step::Consent { purpose: Purpose::HealthCheckIn, role })
}

fn typed(digits: &[u8]) -> Typed {
    let mut typed = Typed::default();
    for digit in digits {
        typed.push(*digit);
    }
    typed
}

/// A drawn face: nobody's.
pub(super) fn portrait() -> Portrait {
    let (width, height) = (240u16, 320u16);
    let mut rgba = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let (dx, dy) = (f32::from(x) - 120.0, f32::from(y) - 140.0);
            let face = (dx / 66.0).powi(2) + (dy / 84.0).powi(2) < 1.0;
            let hair = (dx / 78.0).powi(2) + ((dy + 20.0) / 92.0).powi(2) < 1.0 && dy < -30.0;
            let shirt = (dx / 110.0).powi(2) + ((dy - 190.0) / 100.0).powi(2) < 1.0;
            let eye = [-26.0, 26.0].iter().any(|eye| (dx - eye).powi(2) + (dy + 8.0).powi(2) < 45.0);
            let colour = match () {
                () if eye => [40, 30, 28],
                () if hair => [46, 40, 42],
                () if face => [232, 190, 160],
                () if shirt => [70, 110, 150],
                () => [214, 226, 236],
            };
            rgba.extend_from_slice(&colour);
            rgba.push(255);
        }
    }
    Portrait { width: width.into(), height: height.into(), rgba: SecretBytes::new(rgba) }
}

fn preview() -> Preview {
    Preview { full_name: Some("Nguyễn Thị Hoà".into()), portrait: Some(portrait()) }
}

pub(super) fn person(name: &str) -> PersonOnScreen {
    PersonOnScreen { full_name: name.into(), number_masked: "001*****2345".into(), birth_year: Some(1948) }
}

fn choice(id: &str, vi: &str, en: &str) -> Choice {
    Choice { id: id.into(), label: text(vi, en) }
}

pub(super) fn ticket(room: Text) -> Ticket {
    Ticket {
        number: "U003".into(),
        room,
        station: text("Trạm y tế xã Mẫu", "Mau commune health station"),
        issued_at: "2026-09-15T08:00:05+07:00".into(),
        priority: true,
        simulated: true,
        code: None,
        link: None,
    }
}

fn progress(file: FileId, done: usize, total: usize) -> FileProgress {
    FileProgress { file, done, total }
}

fn with_preview(at: At, preview: Preview) -> At {
    match at {
        At::Visit(visit) => At::Visit(Box::new(Visit { preview, ..*visit })),
        other => other,
    }
}

/// The screen as it is mostly seen: what is kept as a picture.
pub(super) fn sample(screen: Screen, language: Language) -> State {
    let at = match screen {
        Screen::Welcome => At::Welcome,
        Screen::TakeAway => visit(Step::TakeAway { service: Service::Health }),
        Screen::Consent => asked(ConsentRole::Person),
        Screen::TypeNumber => visit(Step::TypeNumber { typed: typed(&[0, 1, 2]), refused: None }),
        Screen::PresentCard | Screen::Idle => visit(Step::PresentCard),
        Screen::Reading => with_preview(
            visit(Step::Reading(Read {
                files: vec![
                    progress(FileId::CardAccess, 58, 58),
                    progress(FileId::Com, 30, 30),
                    progress(FileId::Sod, 2100, 2100),
                    progress(FileId::DG1, 95, 95),
                    progress(FileId::DG13, 420, 420),
                    progress(FileId::DG15, 294, 294),
                    progress(FileId::DG2, 9000, 18000),
                ],
                challenged: 0.0,
            })),
            preview(),
        ),
        Screen::CardTrouble => visit(Step::CardTrouble { code: ReasonCode::CardRemoved, broken: None }),
        Screen::Waiting => visit(Step::Waiting(WaitingFor::Verdict)),
        Screen::ServerTrouble => {
            visit(Step::ServerTrouble { code: ReasonCode::ServerUnreachable, waiting: WaitingFor::NextStep })
        }
        Screen::ConfirmPerson => {
            with_preview(visit(Step::ConfirmPerson(person("Nguyễn Thị Hoà"))), preview())
        }
        Screen::ChooseReason => visit(Step::Choose {
            question: Question::Reason,
            options: vec![
                choice("illness", "Khám bệnh", "I feel ill"),
                choice("chronic", "Khám bệnh mạn tính, lấy thuốc", "Long-term illness, medicine"),
                choice("vaccination", "Tiêm chủng", "Vaccination"),
                choice("pregnancy", "Khám thai, phụ khoa", "Pregnancy, women's health"),
            ],
        }),
        Screen::ChoosePriority => {
            visit(Step::Choose { question: Question::Priority, options: Declared::choices() })
        }
        Screen::ChooseRelation => {
            visit(Step::Choose { question: Question::Relation, options: Relation::choices() })
        }
        Screen::ChooseCompanion => {
            visit(Step::Choose { question: Question::Companion, options: companions() })
        }
        Screen::ChooseRoom => visit(Step::Choose {
            question: Question::Room,
            options: vec![
                choice("p1", "Phòng 1: Khám bệnh", "Room 1: General clinic"),
                choice("p2", "Phòng 2: Khám bệnh", "Room 2: General clinic"),
            ],
        }),
        Screen::Done => visit(Step::Done {
            ticket: ticket(text("Phòng 1: Khám bệnh", "Room 1: General clinic")),
            notices: vec![Notice::InsuranceValid, Notice::PriorityByAge],
            unproved: None,
            printing: Printing::Printed,
        }),
        Screen::StaffCalled => visit(Step::StaffCalled { code: ReasonCode::HelpWanted, told: Told::Yes }),
        Screen::Leaving => {
            At::Leaving(Leaving { since: 0.0, reader_wiped: false, server_wiped: false, then_staff: false })
        }
        Screen::TakeCard => At::TakeCard { since: 0.0, told: None },
    };
    let mut state = state(language, at);
    match screen {
        Screen::Idle => {
            state.now = 45.0;
            state.warned_at = Some(45.0);
        }
        Screen::Reading | Screen::Done => state.reader = Reader::Card { since: VisitId(1) },
        Screen::TakeAway | Screen::TakeCard => state.reader = Reader::Card { since: VisitId(0) },
        _ => {}
    }
    state
}

/// The screen in every variant, with the longest texts.
pub(super) fn variants(screen: Screen, language: Language) -> Vec<State> {
    let mut all = vec![sample(screen, language)];
    let mut more = |at: At| {
        let mut state = state(language, at);
        state.reader = Reader::Card { since: VisitId(1) };
        all.push(state);
    };
    let long_name = "Nguyễn Phước Hoàng Bảo Quỳnh Trường Thiên Hương";
    match screen {
        Screen::TypeNumber => {
            more(visit(Step::TypeNumber { typed: typed(&[8; 6]), refused: Some(ReasonCode::WrongCan) }));
            for code in ReasonCode::ALL {
                more(visit(Step::TypeNumber { typed: typed(&[]), refused: Some(*code) }));
            }
        }
        Screen::CardTrouble => {
            for code in ReasonCode::ALL {
                more(visit(Step::CardTrouble { code: *code, broken: None }));
            }
        }
        Screen::Reading => {
            let files = [FileId::Sod, FileId::DG1, FileId::DG13, FileId::DG14, FileId::DG15, FileId::DG2];
            let files = files.map(|file| progress(file, 10, 10)).to_vec();
            let preview = Preview { full_name: Some(long_name.into()), portrait: Some(portrait()) };
            more(with_preview(visit(Step::Reading(Read { files, challenged: 0.0 })), preview));
        }
        Screen::Waiting => {
            for waiting in [WaitingFor::Session, WaitingFor::NextStep, WaitingFor::Challenge] {
                more(visit(Step::Waiting(waiting)));
            }
        }
        Screen::ServerTrouble => {
            let waiting = WaitingFor::NextStep;
            more(visit(Step::ServerTrouble { code: ReasonCode::SessionExpired, waiting }));
        }
        Screen::ConfirmPerson => {
            more(with_preview(visit(Step::ConfirmPerson(person(long_name))), preview()));
            more(visit(Step::ConfirmPerson(PersonOnScreen {
                birth_year: None, ..person("Ẫ Ễ Ỗ Ữ Ỹ")
            })));
        }
        Screen::Consent => {
            for role in ConsentRole::ALL {
                more(asked(role));
            }
        }
        Screen::ChooseRelation => {
            for consenter in [Consenter::Representative, Consenter::ChildAndRepresentative] {
                let options = speakers(consenter);
                more(visit(Step::Choose { question: Question::Relation, options }));
            }
        }
        Screen::ChooseReason => more(many_choices()),
        Screen::Done => {
            for done in long_ends() {
                more(visit(done));
            }
        }
        Screen::StaffCalled => {
            for code in ReasonCode::ALL {
                for told in [Told::Yes, Told::NotYet] {
                    more(visit(Step::StaffCalled { code: *code, told }));
                }
            }
            for state in [CallState::Waiting, CallState::Acknowledged, CallState::TakenOver] {
                more(helped(state));
            }
        }
        Screen::TakeCard => {
            for told in [Told::Going, Told::Yes, Told::NotYet] {
                more(At::TakeCard { since: 0.0, told: Some(told) });
            }
        }
        _ => {}
    }
    for state in &mut all {
        if matches!(screen, Screen::Done | Screen::StaffCalled) {
            state.warned_at = state.warned_at.or(Some(0.0));
        }
    }
    if matches!(screen, Screen::Done | Screen::StaffCalled) {
        all.insert(0, sample(screen, language));
    }
    if screen == Screen::TakeAway {
        all.push(State { at: visit(Step::PresentCard), ..sample(screen, language) });
    }
    if screen == Screen::Welcome {
        let mut unknown = sample(screen, language);
        unknown.welcome = None;
        let unreachable = State { server_reached: false, ..unknown.clone() };
        all.extend([unknown, unreachable]);
    }
    all
}

/// Staff were called, and it stands so: with the longest name of a place.
pub(super) fn helped(state: CallState) -> At {
    let desk = text(
        "Bàn tiếp đón số 2, tầng trệt, bên phải cửa chính",
        "Reception desk 2, ground floor, right of the main door",
    );
    let called = Step::StaffCalled { code: ReasonCode::HelpWanted, told: Told::Yes };
    let progress = CallProgress {
        state,
        since: "2026-09-15T08:00:05+07:00".into(),
        repeated: u32::from(state == CallState::Waiting),
        where_to_go: (state != CallState::Acknowledged).then_some(desk),
    };
    let help = Help { call: None, progress: Some(progress) };
    At::Visit(Box::new(Visit { help, ..Visit::new(called) }))
}

/// Ends with all that can be said at once.
fn long_ends() -> Vec<Step> {
    let room =
        text("Phòng 4: Sản phụ khoa và kế hoạch hoá gia đình", "Room 4: Women's health and family planning");
    let done = |notices: &[Notice], unproved| Step::Done {
        ticket: ticket(room.clone()),
        notices: notices.to_vec(),
        unproved,
        printing: Printing::Failed,
    };
    let insurance = [
        Notice::AlreadyCheckedIn,
        Notice::InsuranceRenewed,
        Notice::InsuranceUnverified,
        Notice::InsuranceNotValid,
        Notice::InsuranceNeedsStaff,
    ];
    let notices =
        insurance.map(|notice| done(&[Notice::AlreadyCheckedIn, notice, Notice::PriorityByAge], None));
    let unproved = ReasonCode::ALL
        .iter()
        .map(|code| done(&[Notice::InsuranceUnverified, Notice::PriorityDeclared], Some(*code)));
    notices.into_iter().chain(unproved).collect()
}

fn many_choices() -> At {
    let option = |number: u8| {
        choice(
            &number.to_string(),
            &format!("{number}. Khám sức khoẻ định kỳ cho người cao tuổi và người khuyết tật nặng"),
            &format!("{number}. Regular check-up for older people and people with severe disabilities"),
        )
    };
    visit(Step::Choose { question: Question::Reason, options: (1..=6).map(option).collect() })
}
