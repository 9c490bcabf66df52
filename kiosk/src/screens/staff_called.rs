//! A person takes over.

use flows::wire::CallState;

use super::{seconds_left, server_trouble::sign};
use crate::{
    conversation::{PersonSays, State, Step, Told},
    look::{Kind, Page, Style, colour, drawing},
};

pub(super) fn draw(state: &State, page: &mut Page<'_>) {
    let Some(visit) = state.visit() else { return };
    let Step::StaffCalled { code, told } = &visit.step else { return };
    let (look, words) = (page.look, page.words);
    if page.one_button(&words.say("staff-finish"), Kind::Secondary, None) {
        page.says(PersonSays::Stop);
    }
    let progress = visit.help.progress.as_ref();
    let place = progress.and_then(|progress| progress.where_to_go.as_ref());
    let (title, text) = match (told, progress.map(|progress| progress.state), place) {
        (Told::Going, ..) => ("staff-calling", "staff-text"),
        (Told::NotYet, ..) => ("staff-not-told-title", "staff-not-told"),
        (Told::Yes, Some(CallState::Acknowledged), _) => ("staff-acknowledged", "staff-text"),
        (Told::Yes, Some(CallState::TakenOver), _) => ("staff-at-desk-title", "staff-at-desk"),
        (Told::Yes, _, Some(_)) => ("staff-unanswered-title", "staff-unanswered"),
        (Told::Yes, _, None) => ("staff-title", "staff-text"),
    };
    page.title(&words.say(title));
    page.text(&words.say(text), Style::body(look));
    if let (Told::Yes, Some(place)) = (told, place) {
        page.space();
        page.boxed(place.get(state.language), colour::NOTICE);
    }
    // The reason promises staff, who do not know yet.
    if *told != Told::NotYet && place.is_none() {
        page.space();
        page.boxed(&words.reason(*code), colour::NOTICE);
    }
    if state.warned_at.is_some() {
        page.gap();
        page.text(&words.say_with("staff-closes", "seconds", seconds_left(state)), Style::small(look));
    }
    page.space();
    sign(page, drawing::bell);
}
