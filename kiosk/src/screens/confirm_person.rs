//! Is this you? The name is from the server's verdict, the photo from the kiosk's memory.

use egui::{Rect, pos2, vec2};

use crate::{
    conversation::{PersonSays, State, Step},
    look::{Kind, Page, Style, colour, drawing},
};

pub(super) fn draw(state: &State, page: &mut Page<'_>) {
    let Some(Step::ConfirmPerson(person)) = state.visit().map(|visit| &visit.step) else { return };
    let (look, words) = (page.look, page.words);
    let [yes, on_behalf, no] = page.buttons([
        (&words.say("confirm-yes"), Kind::Primary, Some(drawing::tick)),
        (&words.say("confirm-on-behalf"), Kind::Secondary, Some(drawing::person)),
        (&words.say("confirm-no"), Kind::Secondary, Some(drawing::no)),
    ]);
    if yes || no {
        page.says(PersonSays::IsMe(yes));
    }
    if on_behalf {
        page.says(PersonSays::OnBehalf);
    }
    page.title(&words.say("confirm-title"));
    let rest = page.rest();
    let card = Rect::from_min_max(rest.min, pos2(rest.right(), rest.bottom() - look.gap()));
    page.card(card);
    let inner = card.shrink(look.space());
    let photo_height = (inner.height() * 0.56).min(look.mm(150.0));
    let photo = Rect::from_min_size(
        pos2(inner.center().x - photo_height * 0.375, inner.top()),
        vec2(photo_height * 0.75, photo_height),
    );
    if let Some(portrait) = page.portrait {
        page.picture(photo, portrait);
        page.name(photo, &words.say("confirm-portrait"));
    } else {
        page.ui.painter().rect_filled(photo, look.corner(), colour::PAGE.paper);
        drawing::person(page.ui.painter(), photo.shrink(look.mm(6.0)), colour::DRAWN_DETAIL);
        page.name(photo, &words.say("confirm-no-portrait"));
    }
    let rows = Rect::from_min_max(pos2(inner.left(), photo.bottom() + look.gap()), inner.max);
    // The name may need two lines, the others one.
    let unit = rows.height() / 4.4;
    let name = Rect::from_min_size(rows.min, vec2(rows.width(), unit * 2.4));
    let style = Style::title(look).ink(colour::CARD.ink).size(look.mm(16.0));
    page.text_in(name, &person.full_name, style);
    let number = format!("{}: {}", words.say("confirm-number"), person.number_masked);
    let line = Rect::from_min_size(pos2(rows.left(), name.bottom()), vec2(rows.width(), unit));
    page.text_in(line, &number, Style::body(look).ink(colour::CARD.ink));
    if let Some(year) = person.birth_year {
        let line = Rect::from_min_size(pos2(rows.left(), line.bottom()), line.size());
        let year = format!("{}: {year}", words.say("confirm-birth-year"));
        page.text_in(line, &year, Style::body(look).ink(colour::CARD.ink));
    }
}
