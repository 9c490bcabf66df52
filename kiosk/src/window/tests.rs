//! The window as a person uses it: fingers on the screen, devices and server played by the test.

use std::{cell::RefCell, rc::Rc, sync::mpsc};

use egui::{Key, vec2};
use egui_kittest::{Harness, kittest::Queryable as _};
use flows::{Service, Text, step::Purpose, wire};

use super::*;
use crate::conversation::{At, ReaderEvent, ServerEvent, Step};

struct Desk {
    harness: Harness<'static, Window>,
    events: mpsc::Sender<Event>,
    orders: Rc<RefCell<Vec<Command>>>,
}

impl Desk {
    fn new() -> Self {
        let (sender, receiver) = mpsc::channel();
        let orders = Rc::new(RefCell::new(Vec::new()));
        let sink = Rc::clone(&orders);
        let window = Window::new(
            Times::default(),
            24.0,
            receiver,
            Box::new(move |order| sink.borrow_mut().push(order)),
        );
        let harness = Harness::builder()
            .with_size(vec2(1080.0, 1920.0))
            .with_theme(egui::Theme::Light)
            .with_step_dt(0.5)
            .with_context_setup(look::install)
            .build_ui_state(
                |ui, window: &mut Window| {
                    window.update(&ui.ctx().clone());
                    window.paint(ui);
                },
                window,
            );
        let mut desk = Self { harness, events: sender, orders };
        desk.happens(Event::Welcome(Some(wire::Welcome {
            station: Text { vi: "Trạm y tế".into(), en: "Station".into() },
            simulated: true,
            services: vec![Service::Health],
        })));
        desk.happens(Event::Reader(ReaderEvent::Ready));
        desk
    }

    fn happens(&mut self, event: Event) {
        self.events.send(event).unwrap();
        self.harness.run_steps(2);
    }

    fn view(&mut self, step: flows::Step) {
        let visit = self.harness.state().state().visit;
        let view = wire::SessionView { session_id: "s1".into(), step, verdict: None, call: None };
        self.happens(Event::Server { visit, event: ServerEvent::View(Box::new(view)) });
    }

    fn touch(&mut self, label: &str) {
        self.harness.get_by_role_and_label(egui::Role::Button, label).click();
        self.harness.run_steps(2);
    }

    fn step(&self) -> Option<Step> {
        self.harness.state().state().visit().map(|visit| visit.step.clone())
    }

    fn wait(&mut self, seconds: usize) {
        // A step is half a second.
        self.harness.run_steps(2 * seconds);
    }
}

#[test]
fn fingers_lead_from_welcome_to_the_number() {
    let mut desk = Desk::new();
    desk.touch("Lấy số khám bệnh");
    assert!(matches!(desk.orders.borrow().last(), Some(Command::OpenSession { .. })));
    desk.view(flows::Step::Consent {
        purpose: Purpose::HealthCheckIn,
        role: flows::law::age::ConsentRole::Person,
    });
    desk.touch("Đồng ý");
    let shown = flows::consent::current(
        Purpose::HealthCheckIn,
        flows::law::age::ConsentRole::Person,
        flows::Language::Vi,
    )
    .unwrap();
    let digest = shown.sha256_hex();
    let agreed = desk.orders.borrow().iter().any(|order| match order {
        Command::Answer { answer, .. } => {
            matches!(&**answer, flows::Answer::Consent { given: true, text_sha256, .. } if *text_sha256 == digest)
        }
        _ => false,
    });
    assert!(agreed, "the digest of the text shown goes with the consent");
    desk.view(flows::Step::Identify { ways: vec![flows::step::Way::Chip], again: None });
    for digit in [0, 1, 2, 3, 4, 9] {
        desk.touch(&format!("Số {digit}"));
    }
    desk.touch("Xoá");
    desk.touch("Số 5");
    desk.touch("Tiếp tục");
    assert_eq!(desk.step(), Some(Step::PresentCard));
}

#[test]
fn an_unfinished_number_cannot_be_sent() {
    let mut desk = Desk::new();
    desk.touch("Lấy số khám bệnh");
    desk.view(flows::Step::Identify { ways: vec![flows::step::Way::Chip], again: None });
    desk.touch("Số 1");
    desk.touch("Tiếp tục");
    assert!(matches!(desk.step(), Some(Step::TypeNumber { .. })));
}

#[test]
fn a_slow_trembling_finger_still_presses_and_one_that_slides_away_does_not() {
    let mut desk = Desk::new();
    let button = desk.harness.get_by_role_and_label(egui::Role::Button, "Lấy số khám bệnh").rect();
    let press = |desk: &mut Desk, at: egui::Pos2, pressed: bool| {
        desk.harness.event(Input::PointerMoved(at));
        desk.harness.event(Input::PointerButton {
            pos: at,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: egui::Modifiers::NONE,
        });
        desk.harness.run_steps(1);
    };
    press(&mut desk, button.center(), true);
    desk.wait(5);
    let outside = egui::pos2(button.center().x, button.top() - 300.0);
    press(&mut desk, outside, false);
    assert_eq!(desk.step(), None, "released outside");

    press(&mut desk, button.center(), true);
    desk.wait(5);
    press(&mut desk, button.center() + vec2(30.0, 20.0), false);
    assert!(desk.step().is_some(), "five seconds and thirty points later");
}

#[test]
fn the_keyboard_alone_is_enough() {
    let mut desk = Desk::new();
    let mut focused = false;
    for _ in 0..6 {
        desk.harness.key_press(Key::Tab);
        desk.harness.run_steps(2);
        let begin = desk.harness.get_by_role_and_label(egui::Role::Button, "Lấy số khám bệnh");
        if begin.is_focused() {
            focused = true;
            break;
        }
    }
    assert!(focused, "Tab reaches the button");
    desk.harness.key_press(Key::Enter);
    desk.harness.run_steps(2);
    assert!(desk.step().is_some());
}

#[test]
fn nobody_touches_and_the_window_asks_then_forgets() {
    let mut desk = Desk::new();
    desk.touch("Lấy số khám bệnh");
    desk.view(flows::Step::Consent {
        purpose: Purpose::HealthCheckIn,
        role: flows::law::age::ConsentRole::Person,
    });
    desk.wait(46);
    desk.touch("Tôi vẫn ở đây");
    assert!(desk.harness.query_by_label("Tôi vẫn ở đây").is_none());
    desk.wait(70);
    assert_eq!(desk.step(), None);
    assert!(desk.orders.borrow().iter().any(|order| matches!(order, Command::Wipe { .. })));
}

#[test]
fn the_language_is_chosen_on_the_first_screen() {
    let mut desk = Desk::new();
    desk.touch("English");
    desk.touch("Get a queue number");
    assert!(desk.step().is_some());
    let orders = desk.orders.borrow();
    assert!(matches!(orders.last(), Some(Command::OpenSession { language: flows::Language::En, .. })));
}

#[test]
fn the_face_leaves_the_graphics_memory_with_the_visit() {
    let mut desk = Desk::new();
    desk.touch("Lấy số khám bệnh");
    let portrait = Portrait { width: 2, height: 1, rgba: identity::SecretBytes::new(vec![9; 8]) };
    let preview = crate::conversation::Preview { full_name: None, portrait: Some(portrait) };
    {
        let window = desk.harness.state_mut();
        let At::Visit(visit) = &mut window.state.at else { panic!("no visit") };
        visit.preview = preview;
    }
    desk.harness.run_steps(1);
    assert!(desk.harness.state().portrait.is_some());
    desk.touch("Dừng lại");
    assert!(desk.harness.state().portrait.is_none());
}
