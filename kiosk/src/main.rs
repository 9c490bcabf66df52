//! The kiosk's program: configuration, threads, window.
#![forbid(unsafe_code)]

use std::{
    io::IsTerminal as _,
    path::PathBuf,
    process::ExitCode,
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use clap::Parser;
use devices::reader::pcsc::PcscReader;
use kiosk::{
    config::{Config, Mode},
    hardware::{Events, Hardware, call, printer, reader, server},
    look,
    window::Window,
    words::Words,
};
use ring::rand::{SecureRandom, SystemRandom};

/// The window of a self-service identity kiosk.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The configuration: kiosk.toml.
    #[arg(long)]
    config: PathBuf,
    /// The time at the start (RFC 3339); it runs on from there. Only in demonstration mode.
    #[arg(long)]
    clock: Option<jiff::Timestamp>,
}

/// What is logged. Fixed: at finer levels some libraries write whole calls.
const LOG_FILTER: &str = "warn,kiosk=info";
/// Pauses before an unanswered call is sent again.
const PAUSES: [Duration; 2] = [Duration::from_millis(300), Duration::from_millis(1500)];
/// How long until a call for staff that did not get through is tried again.
const STAFF_AGAIN: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(LOG_FILTER))
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    // The default hook prints the panic's words, and those may quote data.
    std::panic::set_hook(Box::new(|panic| {
        tracing::error!(location = panic.location().map(tracing::field::display), "a panic");
    }));
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::load(&arguments.config)?;
    if arguments.clock.is_some() && config.mode != Mode::Demonstration {
        return Err("--clock sets a made-up time: only with mode = \"demonstration\"".into());
    }
    let key = call::load_key(&config.key_file)?;
    #[expect(clippy::disallowed_methods, reason = "the program's main is where randomness comes from")]
    let random: Arc<dyn SecureRandom + Send + Sync> = Arc::new(SystemRandom::new());
    let clock = clock(arguments.clock);

    let size = [f32::from(config.screen.width), f32::from(config.screen.height)];
    let viewport = egui::ViewportBuilder::default()
        .with_title(Words(flows::Language::Vi).say("window-title"))
        .with_app_id("kiosk")
        .with_decorations(false)
        .with_resizable(false)
        // Full screen without a window manager would be 800 by 600.
        .with_position([0.0, 0.0])
        .with_inner_size(size);
    let options = eframe::NativeOptions {
        viewport,
        persist_window: false,
        system_font_fallback: false,
        clipboard_shortcuts: false,
        ..eframe::NativeOptions::default()
    };
    let create: eframe::AppCreator<'_> = Box::new(move |creation| {
        look::install(&creation.egui_ctx);
        let context = creation.egui_ctx.clone();
        let (sender, events) = mpsc::channel();
        let workers = Events::new(sender, move || context.request_repaint());
        let caller = call::Caller::new(
            &config.server,
            &config.kiosk,
            key,
            Arc::clone(&clock),
            Arc::clone(&random),
            &PAUSES,
        );
        let hardware = start(&config, caller, random, &workers)?;
        let orders = Box::new(move |command| hardware.order(command));
        println!("ready");
        Ok(Box::new(Window::new(config.times, config.screen.inches, events, orders)))
    });
    eframe::run_native("kiosk", options, create)?;
    Ok(())
}

/// Unix seconds: the real ones, or those that run on from `start`.
fn clock(start: Option<jiff::Timestamp>) -> call::Clock {
    #[expect(clippy::disallowed_methods, reason = "the program's main is where time comes from")]
    let (began, start) = (Instant::now(), start.unwrap_or_else(jiff::Timestamp::now));
    Arc::new(move || {
        let run = i64::try_from(began.elapsed().as_secs()).unwrap_or(i64::MAX);
        start.as_second().saturating_add(run)
    })
}

/// Starts a thread for each device and for the server.
fn start(
    config: &Config,
    caller: call::Caller,
    random: Arc<dyn SecureRandom + Send + Sync>,
    events: &Events,
) -> std::io::Result<Hardware> {
    let thread = |name: &str| std::thread::Builder::new().name(name.to_owned());
    let (conversation, orders) = mpsc::channel();
    thread("server").spawn({
        let (caller, events) = (caller.clone(), events.clone());
        move || server::converse(&caller, &orders, &events)
    })?;
    let (errands, orders) = mpsc::channel();
    thread("errands").spawn({
        let events = events.clone();
        move || server::run_errands(&caller, &orders, &events, STAFF_AGAIN)
    })?;
    let (printer, orders) = mpsc::channel();
    thread("printer").spawn({
        let (folder, events) = (config.ticket_folder.clone(), events.clone());
        move || printer::print(&folder, &orders, &events)
    })?;
    let (inbox, work) = reader::Work::new(random, events.clone());
    let name = (config.reader != "any").then(|| config.reader.clone());
    thread("reader").spawn(move || work.run(&mut PcscReader::new(name.as_deref())))?;
    Ok(Hardware { reader: inbox, conversation, errands, printer })
}
