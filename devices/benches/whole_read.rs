//! A whole card read by PACE with the CAN, in process and through a real pcscd: time, and printed beforehand the
//! commands and bytes that it takes against the bytes of the files.

#![expect(clippy::expect_used, reason = "a measurement that cannot be set up has to stop")]

use std::{
    path::Path,
    process::{Command, ExitCode},
    time::Duration,
};

use criterion::{Criterion, Throughput};
use devices::{
    card::{
        VirtualCard,
        personalise::{PersonalisedCard, personalise},
        vpcd,
    },
    reader::{CardChannel, CardReader, ReaderError, ReaderEvent, in_process, pcsc::PcscReader, read_card},
    seeds::citizen,
    testing::PrivatePcscd,
};
use identity::chip::{
    Password,
    read::{BLOCK_SIZES, CardRead, ReadOptions, ReadRequest, ReadingPlan},
};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};

/// Tells the process that measures through the daemon where virtual cards join it.
const ADDRESS: &str = "BENCH_VPCD";

fn random(seed: u8) -> impl FnMut(&mut [u8]) + Send {
    let mut generator = ChaCha20Rng::from_seed([seed; 32]);
    move |bytes| generator.fill_bytes(bytes)
}

/// Counts what goes over a channel.
struct Counted<'a> {
    channel: Box<dyn CardChannel + 'a>,
    commands: usize,
    bytes: usize,
}

impl CardChannel for Counted<'_> {
    fn answer_to_reset(&self) -> &[u8] {
        self.channel.answer_to_reset()
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ReaderError> {
        let answer = self.channel.transmit(command)?;
        self.commands += 1;
        self.bytes += command.len() + answer.len();
        Ok(answer)
    }

    fn reset(&mut self) -> Result<(), ReaderError> {
        self.channel.reset()
    }
}

fn read(channel: &mut dyn CardChannel, card: &PersonalisedCard, block_size: usize) -> CardRead {
    let options = ReadOptions { block_size, ..ReadOptions::default() };
    let password = Password::Can(card.can.clone());
    let mut plan = ReadingPlan::new(ReadRequest { password, challenge: Some([1; 8]), options }, random(1));
    read_card(channel, &mut plan, |_| ()).expect("a whole read")
}

fn count(reader: &mut dyn CardReader, card: &PersonalisedCard) -> usize {
    let mut size = 0;
    for block in BLOCK_SIZES {
        let channel = reader.connect().expect("a card");
        let mut counted = Counted { channel, commands: 0, bytes: 0 };
        let files = read(&mut counted, card, block).files;
        size = files.values().map(|file| file.as_slice().len()).sum();
        println!(
            "blocks of {block}: {} commands, {} bytes both ways for {size} bytes of files",
            counted.commands, counted.bytes
        );
    }
    size
}

fn measure(criterion: &mut Criterion, name: &str, reader: &mut dyn CardReader, card: &PersonalisedCard) {
    let size = count(reader, card);
    let mut group = criterion.benchmark_group("whole_read");
    group.sample_size(10).measurement_time(Duration::from_secs(8)).throughput(Throughput::Bytes(size as u64));
    for block in [BLOCK_SIZES[0], 1024, 223] {
        group.bench_function(format!("{name}/{block}"), |bencher| {
            bencher.iter(|| {
                let mut channel = reader.connect().expect("a card");
                read(channel.as_mut(), card, block)
            });
        });
    }
    group.finish();
}

fn main() -> ExitCode {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../seeds");
    let card = personalise(&citizen(&seeds, "nguyen-thi-hoa").expect("a seed")).expect("a card");
    let chip = || VirtualCard::new(card.clone(), Box::new(random(2)));
    let mut criterion = Criterion::default().configure_from_args();
    if let Ok(address) = std::env::var(ADDRESS) {
        let lying = vpcd::insert(address.parse().expect("an address"), chip(), vpcd::Manner::default())
            .expect("a vpcd");
        let mut reader = PcscReader::new(None);
        while reader.next_event(Duration::from_secs(20)).expect("a card") != ReaderEvent::Inserted {}
        measure(&mut criterion, "pcscd", &mut reader, &card);
        lying.remove().expect("the card");
        return ExitCode::SUCCESS;
    }
    let (mut reader, desk) = in_process::reader();
    desk.insert(chip());
    measure(&mut criterion, "in_process", &mut reader, &card);

    // The daemon's socket is read from the environment, once in a process.
    let daemon = PrivatePcscd::start().expect("pcscd and vsmartcard-vpcd");
    let status = Command::new(std::env::current_exe().expect("this program"))
        .args(std::env::args_os().skip(1))
        .envs(daemon.environment())
        .env(ADDRESS, daemon.address().to_string())
        .status()
        .expect("this program again");
    if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
