//! How everything looks: measures, colours, fonts, drawings and the widgets made of them.
//!
//! No screen has a number of its own: sizes come from [`Measures`], colours from [`colour`].

pub mod colour;
pub mod drawing;
mod font;
mod measures;
mod page;
mod widget;

pub use font::{BOLD_FONT, REGULAR_FONT, install};
pub use measures::Measures;
pub use page::{Page, show};
pub(crate) use widget::paragraph;
pub use widget::{Kind, Style};
