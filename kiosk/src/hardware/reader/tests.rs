//! The reader's thread with virtual cards on a reader that can be made to fail.

use std::path::Path;

use devices::{
    card::{
        VirtualCard,
        personalise::{PersonalisedCard, personalise},
    },
    reader::in_process::{self, Desk, InProcessReader},
    seeds,
};
use identity::proof::verdict::Access;

use super::*;

const SEEDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../seeds");

fn card(slug: &str) -> PersonalisedCard {
    personalise(&seeds::citizen(Path::new(SEEDS), slug).unwrap()).unwrap()
}

fn chip(card: &PersonalisedCard) -> VirtualCard {
    let mut next = 0_u8;
    let random = move |bytes: &mut [u8]| {
        bytes.fill_with(|| {
            next = next.wrapping_add(7);
            next & 0x7F
        });
    };
    VirtualCard::new(card.clone(), Box::new(random))
}

fn job(read: u64, card: &PersonalisedCard) -> Order {
    Order::Read(Job {
        read: ReadId(read),
        can: card.can.clone(),
        challenge: SecretBytes::new(b"nonce_08".to_vec()),
        challenge_id: "c1".into(),
    })
}

type Disturb = fn(&Desk);

fn work() -> (Inbox, Work, mpsc::Receiver<Event>) {
    let (sender, events) = mpsc::channel();
    #[expect(clippy::disallowed_methods, reason = "a test may draw keys")]
    let random = Arc::new(ring::rand::SystemRandom::new());
    let (inbox, work) = Work::new(random, Events::new(sender, || ()));
    (inbox, work, events)
}

/// A reader with `card` on it, and the hand over it.
fn reader(card: &PersonalisedCard) -> (InProcessReader, Desk) {
    let (reader, desk) = in_process::reader();
    desk.insert(chip(card));
    (reader, desk)
}

/// Carries out `orders`, gives the events.
fn run(reader: &mut InProcessReader, orders: Vec<Order>) -> Vec<Event> {
    let (inbox, work, events) = work();
    for order in orders {
        assert!(inbox.send(order));
    }
    drop(inbox);
    work.run(reader);
    events.try_iter().collect()
}

fn failed(read: u64, code: ReasonCode) -> Event {
    Event::Read { read: ReadId(read), event: ReadEvent::Failed(code) }
}

fn finished(events: &[Event]) -> &ChipEvidence {
    let Some(Event::Read { event: ReadEvent::Finished(evidence), .. }) = events.last() else {
        panic!("{events:?}")
    };
    evidence
}

#[test]
fn a_card_is_read_whole_with_name_and_face_on_the_way_and_the_photo_last() {
    let card = card("nguyen-thi-hoa");
    let events = run(&mut reader(&card).0, vec![job(1, &card)]);
    let evidence = finished(&events);
    assert_eq!(evidence.access, Access::PaceCan);
    assert_eq!(evidence.challenge_id.as_deref(), Some("c1"));
    assert!(evidence.active_authentication.is_some());
    for file in [FileId::Sod, FileId::DG1, FileId::DG2, FileId::DG13, FileId::DG15] {
        let sent =
            evidence.files.iter().find(|sent| sent.name == file.to_string()).expect("the file is sent");
        assert_eq!(sent.content.as_slice(), card.files[&file].as_slice());
    }
    let shown: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Read { event: ReadEvent::Preview(preview), .. } => Some(preview.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(shown[0].full_name.as_deref(), Some("Nguyễn Thị Hoà"));
    let portrait = shown[1].portrait.as_ref().expect("a face");
    assert_eq!(portrait.rgba.as_slice().len(), portrait.width * portrait.height * 4);
    let order: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Read { event: ReadEvent::Progress { file, .. }, .. } => Some(*file),
            _ => None,
        })
        .collect();
    assert_eq!((order.first(), order.last()), (Some(&FileId::Sod), Some(&FileId::DG2)));
}

#[test]
fn a_wrong_number_is_named_as_such() {
    let card = card("nguyen-thi-hoa");
    let wrong = PersonalisedCard { can: Can::parse("999999").unwrap(), ..card.clone() };
    assert_eq!(run(&mut reader(&card).0, vec![job(1, &wrong)]), [failed(1, ReasonCode::WrongCan)]);
}

#[test]
fn what_is_wrong_with_reader_or_card_reaches_the_person_as_it_is() {
    let card = card("nguyen-thi-hoa");
    let cases: [(Disturb, ReasonCode); 3] = [
        (|desk| desk.set_busy(true), ReasonCode::CardBusy),
        (Desk::unplug, ReasonCode::ReaderGone),
        (|desk| drop(desk.remove()), ReasonCode::CardRemoved),
    ];
    for (disturb, code) in cases {
        let (mut reader, desk) = reader(&card);
        disturb(&desk);
        assert_eq!(run(&mut reader, vec![job(1, &card)]), [failed(1, code)]);
    }
}

#[test]
fn a_card_lifted_and_laid_down_again_is_read_on_and_another_one_is_not_mixed_in() {
    let (card, other) = (card("nguyen-thi-hoa"), card("pham-quoc-dat"));
    for (back, whole) in [(&card, true), (&other, false)] {
        let (mut reader, desk) = reader(&card);
        // Access is gained and the first files are read by then.
        desk.remove_after(11);
        let (inbox, work, events) = work();
        assert!(inbox.send(job(1, &card)));
        let thread = std::thread::spawn(move || work.run(&mut reader));
        let over = |event: &Event| {
            matches!(event, Event::Read { event: ReadEvent::Failed(_) | ReadEvent::Finished(_), .. })
        };
        assert_eq!(events.iter().find(over), Some(failed(1, ReasonCode::CardRemoved)));
        desk.insert(chip(back));
        assert!(inbox.send(Order::Resume { read: ReadId(2) }));
        drop(inbox);
        thread.join().unwrap();
        let events: Vec<_> = events.try_iter().collect();
        if whole {
            let evidence = finished(&events);
            let face = evidence.files.iter().find(|file| file.name == "EF.DG2").unwrap();
            assert_eq!(face.content.as_slice(), card.files[&FileId::DG2].as_slice());
        } else {
            // The other card does not open with this number.
            assert_eq!(events.last(), Some(&failed(2, ReasonCode::WrongCan)));
        }
    }
}

#[test]
fn what_was_ordered_to_be_forgotten_cannot_be_read_on() {
    let card = card("nguyen-thi-hoa");
    let (mut reader, desk) = reader(&card);
    desk.remove_after(11);
    // The forgetting was already ordered when the read began: it stops at once, and nothing is kept.
    let events = run(&mut reader, vec![job(1, &card), Order::Forget, Order::Resume { read: ReadId(2) }]);
    assert_eq!(events, [failed(2, ReasonCode::ChipSilent)]);
}

#[test]
fn a_read_stops_when_the_person_leaves_and_that_is_said() {
    let card = card("nguyen-thi-hoa");
    let (mut reader, _desk) = reader(&card);
    let (inbox, work, events) = work();
    let stop = inbox.clone();
    assert!(inbox.send(job(1, &card)));
    let thread = std::thread::spawn(move || work.run(&mut reader));
    let begun = |event: &Event| matches!(event, Event::Read { event: ReadEvent::Progress { .. }, .. });
    assert!(events.iter().any(|event| begun(&event)));
    assert!(stop.send(Order::Wipe { visit: VisitId(1) }));
    drop((stop, inbox));
    thread.join().unwrap();
    let last = events.try_iter().last();
    assert_eq!(last, Some(Event::Wiped { visit: VisitId(1), worker: Worker::Reader }));
}

#[test]
fn cards_and_readers_that_come_and_go_are_told() {
    let card = card("nguyen-thi-hoa");
    let (mut reader, desk) = reader(&card);
    let (inbox, work, events) = work();
    let thread = std::thread::spawn(move || work.run(&mut reader));
    desk.remove();
    desk.unplug();
    desk.plug_in();
    for event in [ReaderEvent::Inserted, ReaderEvent::Removed, ReaderEvent::Gone, ReaderEvent::Ready] {
        assert_eq!(events.recv().unwrap(), Event::Reader(event));
    }
    drop(inbox);
    thread.join().unwrap();
}
