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
/// How often a daemon that has just been started is tried.
const TRIES: usize = 100;
/// How long between two tries.
const PAUSE: Duration = Duration::from_millis(50);
/// The longest answer, with its status word, that fits the protocol's length of two bytes.
const MOST: usize = u16::MAX as usize;

/// How a card lies on the reader.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manner {
    /// It jumps off instead of answering the command after so many.
    pub jumps_off_after: Option<usize>,
    /// How long it takes over each answer: real chips need about 15 ms, and longer over the radio.
    pub answers_in: Duration,
    /// Is told the header (CLA INS P1 P2) of each command.
    pub hears: Option<fn([u8; 4])>,
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

/// What happens to a card that [`stay`]s on a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// No daemon is there yet.
    Waiting,
    /// The card lies on the reader.
    Lying,
    /// The daemon ended: the card waits for the next.
    Left,
}

/// Lays `card` on the reader at `address`, in a thread of its own.
///
/// # Errors
/// Where nobody listens at `address` for five seconds.
pub fn insert(address: SocketAddr, mut card: VirtualCard, manner: Manner) -> io::Result<Insertion> {
    let mut left = TRIES;
    let stream = connect(address, || {
        left = left.saturating_sub(1);
        left > 0
    })?;
    let mut own = stream.try_clone()?;
    let chip = thread::spawn(move || {
        // The connection ends when the card is removed or the daemon stops: that is no error here.
        serve(&mut own, &mut card, manner).ok();
        own.shutdown(Shutdown::Both).ok();
        card
    });
    Ok(Insertion { stream, chip })
}

/// Keeps `card` on the reader at `address`, however long the daemon takes to come and however often it ends: one
/// that is started on demand listens only after its first client, and ends when the last has gone. Returns when
/// the card has jumped off; `tell` hears what happens.
///
/// # Errors
/// Where `address` cannot be reached at all.
pub fn stay(
    address: SocketAddr,
    card: &mut VirtualCard,
    manner: Manner,
    mut tell: impl FnMut(Place),
) -> io::Result<()> {
    loop {
        let mut waiting = false;
        let mut stream = connect(address, || {
            if !waiting {
                tell(Place::Waiting);
            }
            waiting = true;
            true
        })?;
        tell(Place::Lying);
        if serve(&mut stream, card, manner).is_ok() {
            return Ok(());
        }
        tell(Place::Left);
        card.reset();
        thread::sleep(PAUSE);
    }
}

/// A connection to the daemon; `again` tells whether to go on while nobody listens.
fn connect(address: SocketAddr, mut again: impl FnMut() -> bool) -> io::Result<TcpStream> {
    loop {
        match TcpStream::connect(address) {
            // Where nobody listens, a socket whose own port happens to be this one connects to itself, and
            // would keep the daemon from listening there.
            Ok(stream) if stream.local_addr()? == address => {
                socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO))?;
            }
            Ok(stream) => {
                // Without this an exchange takes 44 ms instead of 0.05.
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) if error.kind() == ErrorKind::ConnectionRefused && again() => {}
            Err(error) => return Err(error),
        }
        thread::sleep(PAUSE);
    }
}

/// Answers the daemon. Ends well where the card jumps off.
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
                if let (Some(hears), Some(header)) = (manner.hears, body.first_chunk()) {
                    hears(*header);
                }
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
    // What is longer than the protocol can carry is answered as a length that the chip does not serve.
    let body = if body.len() > MOST { [0x67, 0x00].as_slice() } else { body };
    let length = u16::try_from(body.len()).unwrap_or(u16::MAX);
    // In one piece: two writes would wait for one another.
    stream.write_all(&[&length.to_be_bytes(), body].concat())
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeMap,
        net::{Ipv4Addr, TcpListener},
        sync::mpsc,
    };

    use identity::{lds::FileId, number::Can};

    use super::*;
    use crate::card::personalise::PersonalisedCard;

    fn card(card_access: Vec<u8>) -> VirtualCard {
        let card = PersonalisedCard {
            files: BTreeMap::from([(FileId::CardAccess, card_access)]),
            active_authentication: None,
            can: Can::parse("012345").unwrap(),
            mrz_key: ["148012345".into(), "480302".into(), "991231".into()],
            pace: None,
        };
        VirtualCard::new(card, Box::new(|bytes| bytes.fill(1)))
    }

    fn send(daemon: &mut TcpStream, body: &[u8]) {
        daemon.write_all(&u16::try_from(body.len()).unwrap().to_be_bytes()).unwrap();
        daemon.write_all(body).unwrap();
    }

    fn exchange(daemon: &mut TcpStream, body: &[u8]) -> Vec<u8> {
        send(daemon, body);
        let mut length = [0; 2];
        daemon.read_exact(&mut length).unwrap();
        let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
        daemon.read_exact(&mut answer).unwrap();
        answer
    }

    #[test]
    fn a_card_waits_for_a_daemon_that_is_started_later_and_for_the_one_after_it() {
        // A free port, kept from other tests by the lock.
        let (port, _lock) = crate::testing::ports().unwrap();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let (told, places) = mpsc::channel();
        let card = thread::spawn(move || {
            let manner = Manner { jumps_off_after: Some(1), ..Manner::default() };
            stay(address, &mut card(vec![1; 300]), manner, |place| told.send(place).unwrap())
        });
        assert_eq!(places.recv(), Ok(Place::Waiting));
        for _ in 0..2 {
            let listener = TcpListener::bind(address).unwrap();
            let (mut daemon, _) = listener.accept().unwrap();
            while places.recv().unwrap() != Place::Lying {}
            assert_eq!(exchange(&mut daemon, &[4]), ANSWER_TO_RESET);
            drop((daemon, listener));
            assert_eq!(places.recv(), Ok(Place::Left));
        }
        let (mut daemon, _) = TcpListener::bind(address).unwrap().accept().unwrap();
        assert_eq!(exchange(&mut daemon, &[0, 0xA4, 2, 0x0C, 2, 1, 0x1C]), [0x90, 0]);
        send(&mut daemon, &[0, 0xB0, 0, 0, 0]);
        assert_eq!(daemon.read(&mut [0]).unwrap(), 0, "it jumped off");
        card.join().unwrap().unwrap();
    }

    #[test]
    fn an_answer_longer_than_the_protocol_carries_does_not_take_the_card_off() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let lying = insert(listener.local_addr().unwrap(), card(vec![1; 65_536]), Manner::default()).unwrap();
        let (mut daemon, _) = listener.accept().unwrap();
        assert_eq!(exchange(&mut daemon, &[0, 0xA4, 2, 0x0C, 2, 1, 0x1C]), [0x90, 0]);
        let read = |high, low| [0, 0xB0, 0, 0, 0, high, low];
        assert_eq!(exchange(&mut daemon, &read(0, 0)), [0x67, 0]);
        assert_eq!(exchange(&mut daemon, &read(0xFF, 0xFE)), [0x67, 0]);
        assert_eq!(exchange(&mut daemon, &read(0xFF, 0xFD)).len(), 65_535);
        lying.remove().unwrap();
    }
}
