//! The demonstration: a made-up patient checks in, from the card on the reader to the ticket in the hand.
//!
//! `demo` drives the window itself and leaves pictures, ticket, verdict and record in `target/demo/`; it ends with 0
//! only if the check-in is recorded. `demo --interactive` leaves the window to a person and takes cards from the
//! terminal.
#![forbid(unsafe_code)]

use std::{
    io::{self, BufRead as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Parser;
use end_to_end::{
    clinic,
    display::VirtualDisplay,
    journey::{self, screen},
    pictures, process, record, staff,
    window::Window,
    world::{Kiosk, World},
};

/// Mrs Hoà: 78 years old, a good card without expiry, insurance in order.
const PATIENT: (&str, &str) = ("nguyen-thi-hoa", "012345");
/// Mr Đạt: 36 years old; his wife checks him in.
const FOR_ANOTHER: (&str, &str) = ("pham-quoc-dat", "034567");
/// A card one of whose files was changed.
const FORGED: (&str, &str) = ("bui-duc-tu-thang", "101234");

#[derive(Parser)]
#[command(about = "Checks a made-up patient in. DỮ LIỆU MÔ PHỎNG.")]
struct Arguments {
    /// Leaves the window to a person; cards are laid down from the terminal.
    #[arg(long)]
    interactive: bool,
    /// Where pictures, ticket, verdict and record go.
    #[arg(long, default_value = "target/demo")]
    out: PathBuf,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = if arguments.interactive { interactive(&arguments.out) } else { demonstrate(&arguments.out) };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error}");
            eprintln!("demo: what the programs said is in {}", arguments.out.join("logs").display());
            ExitCode::FAILURE
        }
    }
}

/// Takes numbered pictures of the window.
struct Album<'a> {
    folder: &'a Path,
    taken: Vec<PathBuf>,
}

impl Album<'_> {
    fn take(&mut self, window: &mut Window, title: &str, name: &str) -> io::Result<()> {
        window.wait_for(title)?;
        let path = self.folder.join(format!("{:02}-{name}.png", self.taken.len() + 1));
        window.picture(&path)?;
        self.taken.push(path);
        Ok(())
    }
}

fn demonstrate(out: &Path) -> io::Result<()> {
    if out.exists() {
        std::fs::remove_dir_all(out)?;
    }
    let mut world = World::start(out)?;
    let folder = world.folder().to_owned();
    let virtual_display;
    let display = match std::env::var("DISPLAY") {
        Ok(display) if !display.is_empty() => display,
        _ => {
            virtual_display = VirtualDisplay::start()?;
            virtual_display.name()
        }
    };
    let mut kiosk = world.open_kiosk(&display)?;
    let mut album = Album { folder: &folder, taken: Vec::new() };

    eprintln!("demo: Nguyễn Thị Hoà lays her card down");
    let number = check_in(&mut world, &mut kiosk, &mut album)?;
    std::fs::rename(record::only_file(&folder.join("tickets"))?, folder.join("ticket.png"))?;

    eprintln!("demo: the station's software reports the examination fee, and the CHECK-IN message goes out");
    first_cost(&world, &number)?;

    eprintln!("demo: what else can happen");
    other_ways(&mut world, &mut kiosk, &mut album)?;
    // The last of them pulled the server's plug: what it acknowledged must be there all the same.
    world.start_server()?;
    let visit = staff::visit_with_number(&world, &number)?;
    record::save(&visit, &folder)?;
    pictures::contact_sheet(&album.taken, &folder.join("contact-sheet.png"))?;

    let mut stdout = io::stdout().lock();
    write!(stdout, "{}", record::summary(&visit)?)?;
    writeln!(stdout, "{} pictures, ticket and record in {}", album.taken.len(), out.display())
}

/// The patient's whole way. Returns the queue number on the screen.
fn check_in(world: &mut World, kiosk: &mut Kiosk, album: &mut Album<'_>) -> io::Result<String> {
    let (slug, can) = PATIENT;
    let window = &mut kiosk.window;
    album.take(window, screen::WELCOME, "welcome")?;
    window.touch("Lấy số khám bệnh")?;
    album.take(window, screen::CONSENT, "consent")?;
    window.touch("Đồng ý")?;
    window.wait_for(screen::NUMBER)?;
    for digit in can.chars().take(3) {
        window.touch(&format!("Số {digit}"))?;
    }
    album.take(window, screen::NUMBER, "number")?;
    journey::type_number(window, &can.chars().skip(3).collect::<String>())?;
    album.take(window, screen::PRESENT, "present-card")?;
    // As slow as a chip over the radio, so that the reading can be seen.
    world.lay_card_so(slug, &["--answer-ms", "150"])?;
    album.take(window, "Trên thẻ ghi:", "reading")?;
    album.take(window, screen::CONFIRM, "confirm-person")?;
    window.touch("Đúng là tôi")?;
    album.take(window, screen::REASON, "choose-reason")?;
    window.touch("Khám bệnh")?;
    album.take(window, screen::ROOM, "choose-room")?;
    window.touch("Phòng 1: Khám bệnh")?;
    let number = journey::number(window)?;
    album.take(window, "Xin lấy phiếu của ông/bà.", "done")?;
    window.touch("Xong")?;
    album.take(window, screen::TAKE_CARD, "take-card")?;
    world.take_card();
    window.wait_for(screen::WELCOME)?;
    Ok(number)
}

/// The first cost, from the station's software to what the health-insurance register received.
fn first_cost(world: &World, number: &str) -> io::Result<()> {
    let visit = staff::visit_with_number(world, number)?;
    let id = visit.get("visit").and_then(serde_json::Value::as_str).unwrap_or_default();
    clinic::report_examination_fee(world, id)?;
    clinic::wait_until_delivered(world)?;
    let received = std::fs::read_dir(world.folder().join("national/bhxh"))?
        .filter_map(|file| std::fs::read_to_string(file.ok()?.path()).ok())
        .any(|text| text.contains(&format!("<MA_LK>{id}</MA_LK>")));
    if received { Ok(()) } else { Err(io::Error::other("the register received no CHECK-IN document")) }
}

/// The screens that a good day does not show.
fn other_ways(world: &mut World, kiosk: &mut Kiosk, album: &mut Album<'_>) -> io::Result<()> {
    let window = &mut kiosk.window;
    let (slug, can) = FOR_ANOTHER;

    journey::present(world, window, slug, can)?;
    window.wait_for(screen::CONFIRM)?;
    window.touch("Tôi làm giúp người này")?;
    album.take(window, screen::RELATION, "choose-relation")?;
    window.touch("Tôi là vợ, chồng")?;
    window.wait_for(screen::REASON)?;
    window.touch("Tiêm chủng")?;
    album.take(window, screen::PRIORITY, "choose-priority")?;
    window.touch("Không thuộc diện nào")?;
    journey::number(window)?;
    world.take_card();
    window.touch("Xong")?;
    window.wait_for(screen::WELCOME)?;

    let (slug, can) = FORGED;
    world.lay_card_seen(slug, can)?;
    window.touch("Lấy số khám bệnh")?;
    album.take(window, screen::TAKE_AWAY, "card-there-before")?;
    world.take_card();
    window.wait_for(screen::CONSENT)?;
    window.touch("Đồng ý")?;
    journey::type_number(window, "000000")?;
    window.wait_for(screen::PRESENT)?;
    world.lay_card_so(slug, &["--jump-off-after", "2"])?;
    album.take(window, screen::TROUBLE, "card-pulled")?;
    world.lay_card(slug)?;
    album.take(window, screen::WRONG_NUMBER, "wrong-number")?;
    journey::type_number(window, can)?;
    album.take(window, screen::STAFF, "staff-forged-card")?;
    world.take_card();
    window.touch("Kết thúc")?;

    window.wait_for(screen::WELCOME)?;
    window.touch("English")?;
    album.take(window, "Get a queue number", "welcome-english")?;
    window.touch("Tiếng Việt")?;
    window.wait_for(screen::WELCOME)?;
    window.touch("Lấy số khám bệnh")?;
    window.wait_for(screen::CONSENT)?;
    album.take(window, screen::IDLE, "nobody-there")?;
    window.touch("Tôi vẫn ở đây")?;
    window.wait_for(screen::CONSENT)?;
    world.hold_server(true)?;
    window.touch("Đồng ý")?;
    album.take(window, screen::WAITING, "waiting")?;
    window.touch("Dừng lại")?;
    album.take(window, screen::LEAVING, "leaving")?;
    world.hold_server(false)?;
    window.wait_for(screen::WELCOME)?;
    window.touch("Lấy số khám bệnh")?;
    window.wait_for(screen::CONSENT)?;
    world.stop_server();
    window.touch("Đồng ý")?;
    album.take(window, screen::SERVER, "server-away")
}

fn interactive(out: &Path) -> io::Result<()> {
    let display = std::env::var("DISPLAY").map_err(|_| {
        io::Error::new(io::ErrorKind::NotFound, "there is no display; `make demo` needs none")
    })?;
    let mut world = World::start(out)?;
    let mut kiosk = world.open_kiosk(&display)?;
    eprintln!("server: {}  staff: {0}/staff", world.server_address()?);
    eprintln!("Lay a card down by its name, take it away with an empty line, end with Ctrl-D. The cards:");
    process::program("cccd")?.args(["simulate", "--list"]).status()?;
    for line in io::stdin().lock().lines() {
        if !kiosk.running.is_running()? {
            break;
        }
        match line?.trim() {
            "" => world.take_card(),
            slug => world.lay_card(slug)?,
        }
    }
    Ok(())
}
