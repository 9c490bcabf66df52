//! The visit is over and its card still lies there.

use super::take_away::lifted_card;
use crate::{
    conversation::{At, State, Told},
    look::{Page, Style, colour},
};

pub(super) fn draw(state: &State, page: &mut Page<'_>) {
    let (look, words) = (page.look, page.words);
    page.ui.add_space(look.mm(30.0));
    page.title(&words.say("take-card-title"));
    page.text(&words.say("take-card-text"), Style::body(look));
    page.space();
    if let At::TakeCard { told: Some(told), .. } = state.at {
        let said = match told {
            Told::Going => "take-card-calling",
            Told::Yes => "take-card-told",
            Told::NotYet => "take-card-not-told",
        };
        page.boxed(&words.say(said), colour::NOTICE);
        page.space();
    }
    lifted_card(page);
}
