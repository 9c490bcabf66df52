//! A virtual card on a reader of a real PC/SC daemon, through `vpcd` (vsmartcard).
//!
//! The card is the TCP client. Both ways: a length of two bytes, big-endian, then the body. A body of one byte
//! from the daemon is an order (0 off, 1 on, 2 reset, 4 send the answer to reset), any other a command.

use std::{
    io::{self, ErrorKind, Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpStream},
    thread::{self, JoinHandle},
    time::Duration,
};

use super::{VirtualCard, chip::ANSWER_TO_RESET};

/// The port on which Debian's `vpcd` waits for a card: 0x8C7B.
pub const PORT: u16 = 35_963;
/// How often, and how long in between, a daemon that has just been started is tried.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// How a card lies on the reader.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manner {
    /// It jumps off instead of answering the command after so many.
    pub jumps_off_after: Option<usize>,
    /// How long it takes over each answer: real chips need about 15 ms, and longer over the radio.
    pub answers_in: Duration,
}

/// A card lying on the reader.
pub struct Insertion {
    stream: TcpStream,
    chip: JoinHandle<VirtualCard>,
}

impl Insertion {
    /// Takes the card away, even in the middle of a read.
    ///
    /// # Errors
    /// Where the chip's thread is gone.
    pub fn remove(self) -> io::Result<VirtualCard> {
        // Where the daemon ended first the socket is closed already.
        self.stream.shutdown(Shutdown::Both).ok();
        self.wait()
    }

    /// Waits until the daemon ends or the card has gone by itself.
    ///
    /// # Errors
    /// Where the chip's thread is gone.
    pub fn wait(self) -> io::Result<VirtualCard> {
        self.chip.join().map_err(|_| io::Error::other("the chip's thread has ended"))
    }
}

/// Lays `card` on the reader at `address`.
///
/// # Errors
/// Where nobody listens at `address` for five seconds.
pub fn insert(address: SocketAddr, mut card: VirtualCard, manner: Manner) -> io::Result<Insertion> {
    let stream = connect(address)?;
    // Without these two an exchange takes 44 ms instead of 0.05.
    stream.set_nodelay(true)?;
    let mut own = stream.try_clone()?;
    let chip = thread::spawn(move || {
        // The connection ends when the card is removed or the daemon stops: that is no error here.
        serve(&mut own, &mut card, manner).ok();
        own.shutdown(Shutdown::Both).ok();
        card
    });
    Ok(Insertion { stream, chip })
}

fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let mut tries = 0;
    loop {
        match TcpStream::connect(address) {
            Err(error) if error.kind() == ErrorKind::ConnectionRefused && tries < TRIES => {
                tries += 1;
                thread::sleep(PAUSE);
            }
            other => return other,
        }
    }
}

fn serve(stream: &mut TcpStream, card: &mut VirtualCard, manner: Manner) -> io::Result<()> {
    let mut commands = manner.jumps_off_after.unwrap_or(usize::MAX);
    loop {
        let mut length = [0; 2];
        read(stream, &mut length)?;
        let mut body = vec![0; usize::from(u16::from_be_bytes(length))];
        read(stream, &mut body)?;
        match *body.as_slice() {
            [0..=2] => card.reset(),
            [4] => write(stream, &ANSWER_TO_RESET)?,
            [] | [_] => {}
            _ if commands == 0 => return Ok(()),
            _ => {
                commands -= 1;
                thread::sleep(manner.answers_in);
                write(stream, &card.process(&body))?;
            }
        }
    }
}

fn read(stream: &mut TcpStream, bytes: &mut [u8]) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    socket2::SockRef::from(&*stream).set_tcp_quickack(true)?;
    stream.read_exact(bytes)
}

fn write(stream: &mut TcpStream, body: &[u8]) -> io::Result<()> {
    let length = u16::try_from(body.len()).map_err(|_| io::Error::other("an answer over 65,535 bytes"))?;
    // In one piece: two writes would wait for one another.
    stream.write_all(&[&length.to_be_bytes(), body].concat())
}
