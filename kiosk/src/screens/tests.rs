//! Every screen, in both languages and every variant: nothing clipped, overlapping, too small or nameless;
//! and one picture of each is kept.

use egui::{Rect, Shape, epaint::TextShape, vec2};
use egui_kittest::{Harness, kittest::NodeT as _};
use flows::{Language, wire::CallState};

use super::{Screen, samples};
use crate::{conversation::State, look};

const SIZE: egui::Vec2 = vec2(1080.0, 1920.0);

/// What a window shows: a state, and the face in it.
struct Shown {
    state: State,
    texture: Option<egui::TextureHandle>,
}

/// One window that is shown one state after the other.
struct Gallery(Harness<'static, Shown>);

impl Gallery {
    fn new() -> Self {
        let state = samples::sample(Screen::Welcome, Language::Vi);
        let harness = Harness::builder()
            .with_size(SIZE)
            .with_theme(egui::Theme::Light)
            .with_step_dt(0.25)
            .with_render_cursor(false)
            .with_context_setup(look::install)
            .build_ui_state(
                |ui, shown: &mut Shown| {
                    look::show(ui, &shown.state, 24.0, shown.texture.as_ref());
                },
                Shown { state, texture: None },
            );
        Self(harness)
    }

    fn show(&mut self, state: State) -> &mut Harness<'static, Shown> {
        let portrait = state.visit().and_then(|visit| visit.preview.portrait.as_ref());
        let texture = portrait.map(|portrait| crate::window::texture(&self.0.ctx, portrait));
        *self.0.state_mut() = Shown { state, texture };
        self.0.run_steps(1);
        &mut self.0
    }
}

fn texts(harness: &Harness<'_, Shown>) -> Vec<(Rect, Rect, TextShape)> {
    fn walk(clip: Rect, shape: &Shape, found: &mut Vec<(Rect, Rect, TextShape)>) {
        match shape {
            Shape::Text(text) if !text.galley.is_empty() => {
                found.push((clip, text.visual_bounding_rect(), text.clone()));
            }
            Shape::Vec(shapes) => shapes.iter().for_each(|shape| walk(clip, shape, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for clipped in &harness.output().shapes {
        walk(clipped.clip_rect, &clipped.shape, &mut found);
    }
    found
}

/// What can be pressed: name and bounds.
fn buttons(harness: &Harness<'_, Shown>) -> Vec<(String, Rect)> {
    harness
        .root()
        .children_recursive()
        .filter(|node| node.accesskit_node().role() == egui::Role::Button)
        .map(|node| (node.accesskit_node().label().unwrap_or_default(), node.rect()))
        .collect()
}

fn check(gallery: &mut Gallery, state: State, what: &str) {
    let window = Rect::from_min_size(egui::Pos2::ZERO, SIZE);
    let harness = gallery.show(state);
    let texts = texts(harness);
    let buttons = buttons(harness);
    assert!(!texts.is_empty(), "{what}: empty");
    for (clip, rect, text) in &texts {
        let words = text.galley.text();
        assert!(!words.contains("Unknown localization"), "{what}: {words}");
        assert!(window.contains_rect(*rect), "{what}: {words:?} at {rect:?} leaves the window");
        assert!(clip.expand(1.0).contains_rect(*rect), "{what}: {words:?} is clipped");
        assert!(!text.galley.elided, "{what}: {words:?} is cut off");
        for section in &text.galley.job.sections {
            let size = section.format.font_id.size;
            assert!(size >= 35.5, "{what}: {words:?} is only {size} points high");
        }
        // A text that touches a button is the button's, and stays inside it.
        for (name, button) in buttons.iter().filter(|(_, button)| button.intersects(*rect)) {
            assert!(button.contains_rect(*rect), "{what}: {words:?} at {rect:?} leaves {name} {button:?}");
        }
    }
    for (index, (_, rect, text)) in texts.iter().enumerate() {
        for (_, other, second) in &texts[index + 1..] {
            assert!(
                !rect.shrink(1.0).intersects(other.shrink(1.0)),
                "{what}: {:?} lies over {:?}",
                text.galley.text(),
                second.galley.text()
            );
        }
    }
    for (index, (name, rect)) in buttons.iter().enumerate() {
        assert!(!name.trim().is_empty(), "{what}: a button without a name");
        assert!(window.contains_rect(*rect), "{what}: {name} leaves the window");
        assert!(rect.width() >= 79.5 && rect.height() >= 79.5, "{what}: {name} is only {:?}", rect.size());
        for (other, second) in &buttons[index + 1..] {
            assert!(!rect.shrink(1.0).intersects(*second), "{what}: {name} lies over {other}");
        }
    }
}

#[test]
fn no_screen_clips_hides_or_shrinks_anything_in_any_language() {
    let mut gallery = Gallery::new();
    for screen in Screen::ALL {
        for language in [Language::Vi, Language::En] {
            for (index, state) in samples::variants(screen, language).into_iter().enumerate() {
                assert_eq!(Screen::of(&state), screen);
                check(&mut gallery, state, &format!("{screen:?} {language:?} {index}"));
            }
        }
    }
}

#[test]
fn from_every_screen_a_person_can_call_staff() {
    let mut gallery = Gallery::new();
    for screen in Screen::ALL {
        for language in [Language::Vi, Language::En] {
            let words = crate::words::Words(language);
            for state in samples::variants(screen, language) {
                let called = screen == Screen::StaffCalled
                    || matches!(state.at, crate::conversation::At::TakeCard { told: Some(_), .. });
                let offered =
                    buttons(gallery.show(state)).iter().any(|(name, _)| *name == words.say("call-staff"));
                assert_eq!(offered, !called, "{screen:?}");
            }
        }
    }
}

#[test]
fn staff_are_said_to_come_only_once_they_know() {
    use crate::conversation::{Step, Told};
    let mut gallery = Gallery::new();
    let mut seen = 0;
    for state in samples::variants(Screen::StaffCalled, Language::Vi) {
        let Some(visit) = state.visit() else { continue };
        let Step::StaffCalled { code, told } = visit.step.clone() else { continue };
        let progress = visit.help.progress.clone();
        let texts = texts(gallery.show(state));
        let says = |words: &str| texts.iter().any(|(.., text)| text.galley.text() == words);
        let coming = progress.as_ref().is_some_and(|progress| progress.state == CallState::Acknowledged);
        assert_eq!(says("Nhân viên đã biết, đang tới"), coming);
        assert_eq!(says("Nhân viên đang tới"), coming);
        assert_eq!(says("Đã gọi nhân viên"), told == Told::Yes && progress.is_none());
        let place = progress.and_then(|progress| progress.where_to_go);
        assert!(place.as_ref().is_none_or(|place| says(&place.vi)), "where to go is not said");
        // Most reasons say what staff will do.
        let reason = crate::words::Words(Language::Vi).reason(code);
        assert_eq!(says(&reason), told != Told::NotYet && place.is_none(), "{code}");
        seen += 1;
    }
    assert!(seen > 2);
}

#[test]
fn whoever_gets_a_number_though_the_card_is_not_fully_proved_reads_why() {
    use crate::conversation::Step;
    let mut gallery = Gallery::new();
    let mut seen = 0;
    for state in samples::variants(Screen::Done, Language::Vi) {
        let Some(Step::Done { unproved: Some(code), .. }) = state.visit().map(|visit| visit.step.clone())
        else {
            continue;
        };
        let reason = crate::words::Words(Language::Vi).reason(code);
        let texts = texts(gallery.show(state));
        assert!(texts.iter().any(|(.., text)| text.galley.text() == reason), "{code}");
        seen += 1;
    }
    assert!(seen > 2);
}

#[test]
fn whoever_forgot_a_card_hears_whether_staff_know() {
    use crate::conversation::{At, Told};
    let mut gallery = Gallery::new();
    for state in samples::variants(Screen::TakeCard, Language::Vi) {
        let At::TakeCard { told, .. } = state.at else { panic!("another screen") };
        let texts = texts(gallery.show(state));
        let says = |part: &str| texts.iter().any(|(.., text)| text.galley.text().contains(part));
        assert_eq!(says("Đang báo cho nhân viên"), told == Some(Told::Going));
        assert_eq!(says("Đã báo nhân viên"), told == Some(Told::Yes));
        assert_eq!(says("chưa báo được"), told == Some(Told::NotYet));
    }
}

#[test]
fn every_screen_says_that_its_data_are_simulated_until_the_server_says_otherwise() {
    let mut gallery = Gallery::new();
    for screen in Screen::ALL {
        for state in samples::variants(screen, Language::Vi) {
            let simulated = state.simulated();
            assert!(simulated);
            let mut real = state.clone();
            if let Some(welcome) = &mut real.welcome {
                welcome.simulated = false;
            }
            for (state, expected) in [(state, true), (real.clone(), real.simulated())] {
                let said = texts(gallery.show(state))
                    .iter()
                    .any(|(.., text)| text.galley.text().contains("DỮ LIỆU MÔ PHỎNG"));
                assert_eq!(said, expected, "{screen:?}");
            }
        }
    }
}

#[test]
fn the_window_has_a_name_for_those_who_do_not_see_it() {
    let mut gallery = Gallery::new();
    let root = gallery.show(samples::sample(Screen::Welcome, Language::Vi)).root();
    assert_eq!(root.accesskit_node().label().as_deref(), Some("Máy đăng ký khám bệnh"));
}

#[test]
fn one_picture_of_each_way_a_call_stands() {
    let mut results = egui_kittest::SnapshotResults::new();
    for stands in [CallState::Waiting, CallState::Acknowledged, CallState::TakenOver] {
        let mut gallery = Gallery::new();
        let at = samples::helped(stands);
        let harness = gallery.show(State { at, ..samples::sample(Screen::StaffCalled, Language::Vi) });
        results.add(harness.try_snapshot(format!("StaffCalled{stands:?}")));
    }
}

#[test]
fn one_picture_of_each_screen() {
    let mut results = egui_kittest::SnapshotResults::new();
    for screen in Screen::ALL {
        // A window of its own: what moves stands at the same moment in each picture.
        let mut gallery = Gallery::new();
        let harness = gallery.show(samples::sample(screen, Language::Vi));
        results.add(harness.try_snapshot(format!("{screen:?}")));
    }
}
