//! The ticket printer: a PNG file per ticket in a folder.

use std::{
    path::{Path, PathBuf},
    sync::mpsc,
};

use devices::printer::{Paper, render};
use flows::{Language, Ticket};

use super::Events;
use crate::{
    conversation::{Event, VisitId},
    look::{BOLD_FONT, REGULAR_FONT},
};

/// An order to print.
pub struct Order {
    /// For which visit.
    pub visit: VisitId,
    /// In which language.
    pub language: Language,
    /// What it says.
    pub ticket: Box<Ticket>,
}

/// Prints into `folder` until the inbox is closed.
pub fn print(folder: &Path, orders: &mpsc::Receiver<Order>, events: &Events) {
    while let Ok(Order { visit, language, ticket }) = orders.recv() {
        let printed = match save(folder, language, &ticket) {
            Ok(path) => {
                tracing::info!(path = %path.display(), "ticket printed");
                true
            }
            Err(error) => {
                tracing::error!(%error, folder = %folder.display(), "the ticket cannot be printed");
                false
            }
        };
        events.tell(Event::Printed { visit, printed });
    }
}

fn save(folder: &Path, language: Language, ticket: &Ticket) -> std::io::Result<PathBuf> {
    let paper = Paper { regular: REGULAR_FONT, bold: BOLD_FONT };
    let picture = render(ticket, language, &paper).map_err(std::io::Error::other)?;
    std::fs::create_dir_all(folder)?;
    // Time and number: nothing of the person.
    let name: String = format!("ticket-{}-{}", ticket.issued_at, ticket.number)
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' })
        .collect();
    let path = folder.join(format!("{name}.png"));
    let partial = folder.join(format!("{name}.part"));
    std::fs::write(&partial, picture)?;
    std::fs::rename(&partial, &path)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flows::Text;

    fn ticket(number: &str) -> Ticket {
        let text = |words: &str| Text { vi: words.into(), en: words.into() };
        Ticket {
            number: number.into(),
            room: text("Phòng 1"),
            station: text("Trạm y tế"),
            issued_at: "2026-09-15T08:00:05+07:00".into(),
            priority: false,
            simulated: true,
            code: None,
            link: None,
        }
    }

    fn printed(folder: &Path, number: &str) -> Event {
        let (orders, inbox) = mpsc::channel();
        let (sender, events) = mpsc::channel();
        orders
            .send(Order { visit: VisitId(1), language: Language::Vi, ticket: Box::new(ticket(number)) })
            .unwrap();
        drop(orders);
        print(folder, &inbox, &Events::new(sender, || ()));
        events.recv().unwrap()
    }

    #[test]
    fn a_ticket_becomes_one_picture_and_stays_in_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("tickets");
        assert_eq!(printed(&out, "../012"), Event::Printed { visit: VisitId(1), printed: true });
        let files: Vec<_> = std::fs::read_dir(&out).unwrap().map(|file| file.unwrap().path()).collect();
        assert_eq!(files.len(), 1);
        let size = image::open(&files[0]).unwrap();
        assert_eq!(size.width(), 576);
    }

    #[test]
    fn a_printer_that_fails_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("not-a-folder");
        std::fs::write(&file, "").unwrap();
        assert_eq!(printed(&file, "012"), Event::Printed { visit: VisitId(1), printed: false });
    }
}
