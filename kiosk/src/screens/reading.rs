//! The chip is read: file by file, and what it says so far. Nothing is called verified here.

use egui::{Align, Rect, Role, pos2, vec2};
use identity::lds::FileId;

use crate::{
    conversation::{FileProgress, State, Step},
    look::{Page, Style, colour, drawing},
};

/// The files of a usual card, so that the list does not jump while they come.
const USUAL: [FileId; 5] = [FileId::Sod, FileId::DG1, FileId::DG13, FileId::DG15, FileId::DG2];

pub(super) fn draw(state: &State, page: &mut Page<'_>) {
    let Some(visit) = state.visit() else { return };
    let Step::Reading(read) = &visit.step else { return };
    let (look, words) = (page.look, page.words);
    page.title(&words.say("reading-title"));
    let picture = page.take(look.mm(120.0));
    let phase = page.moving();
    drawing::card_and_reader(page.ui.painter(), picture, 0.0, Some(phase * 0.8));
    page.space();

    let shown = |file: &FileId| !matches!(file, FileId::CardAccess | FileId::Com);
    let mut rows: Vec<FileProgress> =
        USUAL.iter().map(|file| FileProgress { file: *file, done: 0, total: 0 }).collect();
    for known in read.files.iter().filter(|known| shown(&known.file)) {
        match rows.iter_mut().find(|row| row.file == known.file) {
            Some(row) => *row = *known,
            None => rows.push(*known),
        }
    }
    for row in rows {
        progress_row(page, row);
    }
    if let Some(name) = &visit.preview.full_name {
        page.space();
        says(page, name);
    }
}

fn progress_row(page: &mut Page<'_>, row: FileProgress) {
    let look = page.look;
    let room = page.take(look.mm(22.0));
    #[expect(clippy::cast_precision_loss, reason = "a share for a bar on the screen")]
    let share = if row.total == 0 { 0.0 } else { (row.done as f32 / row.total as f32).min(1.0) };
    let done = row.total > 0 && row.done >= row.total;
    let side = look.mm(12.0);
    let mark = Rect::from_center_size(pos2(room.left() + side / 2.0, room.center().y), vec2(side, side));
    let painter = page.ui.painter();
    if done {
        painter.circle_filled(mark.center(), side / 2.0, colour::PRIMARY.paper);
        drawing::tick(painter, mark.shrink(side * 0.22), colour::PRIMARY.ink);
    } else {
        painter.circle_stroke(
            mark.center(),
            side * 0.44,
            egui::Stroke::new(look.line(), colour::DRAWN_DETAIL),
        );
    }
    let bar_width = look.mm(86.0);
    let track = Rect::from_center_size(
        pos2(room.right() - bar_width / 2.0, room.center().y),
        vec2(bar_width, look.mm(6.0)),
    );
    painter.rect_filled(track, track.height() / 2.0, colour::LINE);
    if share > 0.0 {
        let mut filled = track;
        filled.set_width((track.width() * share).max(track.height()));
        painter.rect_filled(filled, track.height() / 2.0, colour::PRIMARY.paper);
    }
    let name = page.words.file(row.file);
    let text = Rect::from_min_max(
        pos2(mark.right() + look.gap(), room.top()),
        pos2(track.left() - look.gap(), room.bottom()),
    );
    let ink = if share > 0.0 { colour::PAGE.ink } else { colour::QUIET.ink };
    page.picture_text(text, &name, Style::small(look).ink(ink).left());
    let state = if done {
        page.words.say("reading-done")
    } else {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
        page.words.say_with("reading-percent", "percent", (share * 100.0) as u64)
    };
    page.label(room, Role::ProgressIndicator, &format!("{name}: {state}"));
}

/// What the card says, before anybody checked it.
fn says(page: &mut Page<'_>, name: &str) {
    let (look, words) = (page.look, page.words);
    let side = look.mm(72.0);
    let room = page.take(side);
    page.card(room);
    let inner = room.shrink(look.gap());
    let mut text = inner.shrink2(vec2(look.gap(), 0.0));
    if let Some(portrait) = page.portrait {
        let height = inner.height();
        let face = Rect::from_min_size(inner.min, vec2(height * 0.75, height));
        page.picture(face, portrait);
        text.min.x = face.right() + look.space();
    }
    let third = text.height() / 4.0;
    let line = |from: f32, to: f32| {
        Rect::from_min_max(
            pos2(text.left(), text.top() + from * third),
            pos2(text.right(), text.top() + to * third),
        )
    };
    let left = |style: Style| Style { align: Align::LEFT, ..style };
    page.text_in(
        line(0.0, 1.0),
        &words.say("reading-hello"),
        left(Style::small(look)).ink(colour::CARD_QUIET.ink),
    );
    page.text_in(line(1.0, 3.0), name, left(Style::strong(look)));
    page.text_in(
        line(3.0, 4.0),
        &words.say("reading-unverified"),
        left(Style::small(look)).ink(colour::CARD_QUIET.ink),
    );
}
