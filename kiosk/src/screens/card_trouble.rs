//! The card could not be read: why, in words of its own, and what helps.

use identity::ReasonCode;

use super::present_card;
use crate::{
    conversation::{PersonSays, State, Step},
    look::{Kind, Page, colour, drawing},
};

pub(super) fn draw(state: &State, page: &mut Page<'_>) {
    let Some(Step::CardTrouble { code, .. }) = state.visit().map(|visit| &visit.step) else { return };
    let words = page.words;
    // Without a reader nothing that the person does helps.
    if *code != ReasonCode::ReaderGone {
        let [retry, number] = page.buttons([
            (&words.say("retry"), Kind::Primary, Some(drawing::again)),
            (&words.say("trouble-number"), Kind::Secondary, Some(drawing::back)),
        ]);
        if retry {
            page.says(PersonSays::Retry);
        }
        if number {
            page.says(PersonSays::Back);
        }
    }
    page.title(&words.say("trouble-title"));
    page.boxed(&words.reason(*code), colour::WARNING);
    page.space();
    match code {
        ReasonCode::CardRemoved | ReasonCode::ChipSilent | ReasonCode::SecureMessagingBroken => {
            present_card::laid_card(page);
        }
        _ => super::server_trouble::sign(page, drawing::no),
    }
}
