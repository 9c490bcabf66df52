//! The crate `emrtd`, which shares no code with this project, reads the virtual card by BAC.

use std::{thread, time::Duration};

use devices::{
    card::{VirtualCard, personalise::personalise, vpcd},
    reader::{CardReader as _, ReaderEvent, pcsc::PcscReader},
    seeds::citizen,
    testing::with_private_pcscd,
};
use emrtd::{EmrtdComms, get_jpeg_from_ef_dg2, other_mrz};
use identity::lds::FileId;

#[test]
fn an_independent_reader_reads_the_card_by_bac_through_pcscd() {
    with_private_pcscd(
        "independent_reader::an_independent_reader_reads_the_card_by_bac_through_pcscd",
        |daemon| {
            let mut watch = PcscReader::new(None);
            let mut wait_for = |event| {
                while watch.next_event(Duration::from_secs(20)) != Some(event) {
                    thread::yield_now();
                }
            };
            for slug in ["nguyen-thi-hoa", "duong-nghia-hon"] {
                let card = personalise(&citizen(&crate::seeds(), slug).unwrap()).unwrap();
                let mut next = 0_u8;
                let random = Box::new(move |bytes: &mut [u8]| {
                    next = next.wrapping_add(1);
                    bytes.fill(next);
                });
                let lying = vpcd::insert(
                    daemon.address(),
                    VirtualCard::new(card.clone(), random),
                    vpcd::Manner::default(),
                )
                .unwrap();
                wait_for(ReaderEvent::Inserted);
                let context = pcsc::Context::establish(pcsc::Scope::User).unwrap();
                let name = context.list_readers_owned().unwrap().remove(0);
                let connection =
                    context.connect(&name, pcsc::ShareMode::Shared, pcsc::Protocols::ANY).unwrap();

                let mut reader = EmrtdComms::new(connection);
                reader.select_emrtd_application().unwrap();
                assert!(reader.select_ef(&[0x01, 0x01], "EF.DG1", false).is_err(), "closed before BAC");
                let [number, birth, expiry] = &card.mrz_key;
                reader.select_emrtd_application().unwrap();
                let secret = other_mrz(number, birth, expiry).unwrap();
                reader.establish_bac_session_keys(secret.as_bytes()).unwrap();
                for (file, content) in card.files.iter().filter(|(file, _)| **file != FileId::CardAccess) {
                    let name = file.to_string();
                    reader.select_ef(&file.identifier().to_be_bytes(), &name, true).unwrap();
                    assert!(reader.read_data_from_ef(true).unwrap() == *content, "{name} of {slug}");
                }
                let photo = get_jpeg_from_ef_dg2(&card.files[&FileId::DG2]).unwrap();
                assert_eq!(photo[..3], [0xFF, 0xD8, 0xFF]);
                drop(reader);
                lying.remove().unwrap();
                // Else the next round would take this card for its own.
                wait_for(ReaderEvent::Removed);
            }
        },
    );
}
