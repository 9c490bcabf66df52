//! Text, buttons and the other parts that screens are made of.

use std::sync::Arc;

use egui::{
    Align, Color32, Galley, Painter, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    text::{LayoutJob, TextFormat},
    vec2,
};

use super::{
    Measures,
    colour::{self, Pair},
    font,
};

/// How a text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// Size in points.
    pub size: f32,
    /// Bold?
    pub bold: bool,
    /// The colour.
    pub ink: Color32,
    /// Left, centred or right.
    pub align: Align,
}

impl Style {
    /// Running text, centred.
    pub fn body(look: Measures) -> Self {
        Self { size: look.body(), bold: false, ink: colour::PAGE.ink, align: Align::Center }
    }

    /// Text that may be read last, centred.
    pub fn small(look: Measures) -> Self {
        Self { size: look.small(), bold: false, ink: colour::QUIET.ink, align: Align::Center }
    }

    /// What stands out, centred.
    pub fn strong(look: Measures) -> Self {
        Self { size: look.strong(), bold: true, ink: colour::PAGE.ink, align: Align::Center }
    }

    /// The question of a screen.
    pub fn title(look: Measures) -> Self {
        Self { size: look.title(), bold: true, ink: colour::TITLE.ink, align: Align::Center }
    }

    /// The same, from the left.
    #[must_use]
    pub fn left(self) -> Self {
        Self { align: Align::LEFT, ..self }
    }

    /// The same in another colour.
    #[must_use]
    pub fn ink(self, ink: Color32) -> Self {
        Self { ink, ..self }
    }

    /// The same in another size.
    #[must_use]
    pub fn size(self, size: f32) -> Self {
        Self { size, ..self }
    }

    fn job(self, text: &str, width: f32) -> LayoutJob {
        let font_id = if self.bold { font::bold(self.size) } else { font::regular(self.size) };
        // Below 1.4 the marks of stacked capitals (Ẫ) touch the line above.
        let line = if self.bold && self.size > 2.0 * 18.0 { 1.34 } else { 1.42 };
        let format = TextFormat {
            font_id,
            color: self.ink,
            line_height: Some((line * self.size).round()),
            ..TextFormat::default()
        };
        let mut job = LayoutJob::single_section(text.to_owned(), format);
        job.wrap.max_width = width;
        job.halign = self.align;
        job
    }

    /// Lays `text` out in at most `width`. Centred lines get about the same length: no last word alone.
    fn set(self, painter: &Painter, text: &str, width: f32) -> Arc<Galley> {
        let widest = painter.layout_job(self.job(text, width));
        let rows = widest.rows.len();
        if self.align != Align::Center || rows < 2 {
            return widest;
        }
        let (mut narrow, mut wide, mut best) = (width / 2.0, width, widest);
        for _ in 0..6 {
            let middle = f32::midpoint(narrow, wide);
            let tried = painter.layout_job(self.job(text, middle));
            if tried.rows.len() == rows {
                (wide, best) = (middle, tried);
            } else {
                narrow = middle;
            }
        }
        best
    }
}

/// Sets `text` over the whole width that is left.
pub(crate) fn paragraph(ui: &mut Ui, text: &str, style: Style) -> Response {
    let width = ui.available_width();
    let galley = style.set(ui.painter(), text, width);
    let (rect, response) = ui.allocate_exact_size(vec2(width, galley.size().y), Sense::hover());
    let position = match style.align {
        Align::Min => rect.left_top(),
        Align::Center => rect.center_top(),
        Align::Max => rect.right_top(),
    };
    ui.painter().galley(position, galley, style.ink);
    let role = if style.bold && style.ink == colour::TITLE.ink { Role::Heading } else { Role::Label };
    response.widget_info(|| WidgetInfo::labeled(role, true, text));
    response
}

/// Paints `text` centred in `rect`, wrapped to its width. Gives what it covers.
pub(super) fn text_in(painter: &Painter, rect: Rect, text: &str, style: Style) -> Rect {
    let galley = style.set(painter, text, rect.width());
    let top = rect.center().y - galley.size().y / 2.0;
    let x = match style.align {
        Align::Min => rect.left(),
        Align::Center => rect.center().x,
        Align::Max => rect.right(),
    };
    let covered = galley.rect.translate(vec2(x, top));
    painter.galley(Pos2::new(x, top), galley, style.ink);
    covered
}

/// What a button is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Leads on.
    Primary,
    /// Stands beside.
    Secondary,
    /// Calls staff.
    Staff,
    /// Calls staff to an emergency.
    Emergency,
    /// A key of the number pad.
    Key,
}

impl Kind {
    fn pair(self, pressed: bool, enabled: bool) -> Pair {
        match (self, pressed) {
            _ if !enabled => colour::DISABLED,
            (Self::Primary, false) => colour::PRIMARY,
            (Self::Primary, true) => colour::PRIMARY_PRESSED,
            (Self::Secondary | Self::Key, false) => colour::SECONDARY,
            (Self::Secondary | Self::Key, true) => colour::SECONDARY_PRESSED,
            (Self::Staff, false) => colour::STAFF,
            (Self::Staff, true) => colour::STAFF_PRESSED,
            (Self::Emergency, false) => colour::EMERGENCY,
            (Self::Emergency, true) => colour::EMERGENCY_PRESSED,
        }
    }
}

/// A drawing in a button.
pub(super) type Icon = fn(&Painter, Rect, Color32);

/// What a button shows.
pub(super) struct Face<'a> {
    pub(super) label: &'a str,
    /// What a screen reader says, where it is not the label.
    pub(super) name: &'a str,
    pub(super) kind: Kind,
    pub(super) icon: Option<Icon>,
    pub(super) size: f32,
    pub(super) enabled: bool,
}

/// A button in `rect`.
pub(super) fn button(ui: &mut Ui, look: Measures, rect: Rect, face: &Face<'_>) -> Response {
    let id = ui.scope_id().with(face.name);
    let sense = if face.enabled { Sense::click() } else { Sense::hover() };
    let response = ui.interact(rect, id, sense);
    let pressed = response.is_pointer_button_down_on();
    let pair = face.kind.pair(pressed, face.enabled);
    let painter = ui.painter();
    let edge = match face.kind {
        Kind::Secondary | Kind::Key if face.enabled => Stroke::new(look.line(), colour::SECONDARY.ink),
        _ => Stroke::NONE,
    };
    painter.rect(rect, look.corner(), pair.paper, edge, StrokeKind::Inside);
    if response.has_focus() {
        let ring = rect.expand(look.mm(1.8));
        painter.rect_stroke(
            ring,
            look.corner() + look.mm(1.8),
            Stroke::new(look.mm(1.3), colour::FOCUS),
            StrokeKind::Outside,
        );
    }
    let mut room = rect.shrink2(vec2(look.gap(), look.mm(1.0)));
    let style = Style { size: face.size, bold: true, ink: pair.ink, align: Align::Center };
    if let Some(icon) = face.icon {
        let side = (face.size * 1.25).min(rect.height() * 0.7);
        if face.label.is_empty() {
            icon(painter, Rect::from_center_size(rect.center(), vec2(side, side)), pair.ink);
        } else {
            // Icon and text stand together in the middle.
            let gap = look.mm(4.0);
            room.min.x += side + gap;
            let width = painter.layout_job(style.job(face.label, room.width())).size().x;
            let left = rect.center().x - (width + side + gap) / 2.0;
            let centre = Pos2::new(left + side / 2.0, rect.center().y);
            icon(painter, Rect::from_center_size(centre, vec2(side, side)), pair.ink);
            room = Rect::from_min_max(
                Pos2::new(left + side + gap, room.top()),
                Pos2::new(left + side + gap + width + 1.0, room.bottom()),
            );
        }
    }
    if !face.label.is_empty() {
        text_in(painter, room, face.label, style);
    }
    response.widget_info(|| WidgetInfo::labeled(Role::Button, face.enabled, face.name));
    response
}

/// A box with a text in it, over the whole width.
pub(super) fn boxed(ui: &mut Ui, look: Measures, text: &str, pair: Pair, size: f32) {
    let pad = vec2(look.mm(8.0), look.mm(5.0));
    let width = ui.available_width();
    let style = Style::body(look).ink(pair.ink).size(size);
    let galley = style.set(ui.painter(), text, width - 2.0 * pad.x);
    let (rect, response) = ui.allocate_exact_size(vec2(width, galley.size().y + 2.0 * pad.y), Sense::hover());
    ui.painter().rect_filled(rect, look.corner(), pair.paper);
    ui.painter().galley(Pos2::new(rect.center().x, rect.top() + pad.y), galley, pair.ink);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
}
