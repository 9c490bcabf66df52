//! A person takes over.

use super::{seconds_left, server_trouble::sign};
use crate::{
    conversation::{PersonSays, State, Step, Told},
    look::{Kind, Page, Style, colour, drawing},
};

pub(super) fn draw(state: &State, page: &mut Page<'_>) {
    let Some(Step::StaffCalled { code, told }) = state.visit().map(|visit| &visit.step) else { return };
    let (look, words) = (page.look, page.words);
    if page.one_button(&words.say("staff-finish"), Kind::Secondary, None) {
        page.says(PersonSays::Stop);
    }
    let (title, text) = match told {
        Told::Going => ("staff-calling", "staff-text"),
        Told::Yes => ("staff-title", "staff-text"),
        Told::NotYet => ("staff-not-told-title", "staff-not-told"),
    };
    page.title(&words.say(title));
    page.text(&words.say(text), Style::body(look));
    // The reason promises staff, who do not know yet.
    if *told != Told::NotYet {
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
