//! What the transport asks for between a command and its answer (ISO/IEC 7816-3 12.2, 7816-4 5.3.4).

use crate::chip::{CommandApdu, ResponseApdu};

/// The most of one answer that is fetched piece by piece.
const MAX_ANSWER: usize = 70_000;

/// The most of one piece.
const MAX_PIECE: usize = 65_536;

/// One command until its whole answer is there: 61xx fetches the rest with GET RESPONSE, 6Cxx sends the
/// command again with the length that the chip names. Both happen outside secure messaging.
#[derive(Debug)]
pub(super) struct Exchange {
    command: CommandApdu,
    sent: CommandApdu,
    collected: zeroize::Zeroizing<Vec<u8>>,
    repeated: bool,
}

/// What an answer leads to.
pub(super) enum Turn {
    /// Send [`Exchange::sent`] now.
    Again(Exchange),
    /// This is the whole answer.
    Answer(ResponseApdu),
}

impl Exchange {
    pub(super) fn new(command: CommandApdu) -> Self {
        Self { sent: command.clone(), command, collected: Vec::new().into(), repeated: false }
    }

    /// What is to be sent.
    pub(super) const fn sent(&self) -> &CommandApdu {
        &self.sent
    }

    pub(super) fn receive(mut self, response: &ResponseApdu) -> Turn {
        let [sw1, sw2] = response.sw().to_be_bytes();
        let length = if sw2 == 0 { 256 } else { usize::from(sw2) };
        match sw1 {
            // Once only, or a hostile chip asks without end. GET RESPONSE itself may be corrected, too.
            0x6C if !self.repeated => {
                self.repeated = true;
                self.sent = self.sent.expecting(length);
                Turn::Again(self)
            }
            0x61 if self.collected.len() < MAX_ANSWER
                && (self.sent == self.command || !response.data.as_slice().is_empty()) =>
            {
                // At once, since growing would leave copies behind which nobody wipes.
                if self.collected.is_empty() {
                    self.collected.reserve_exact(MAX_ANSWER + MAX_PIECE);
                }
                self.collected.extend_from_slice(response.data.as_slice());
                self.sent = CommandApdu::new(0xC0, 0, 0).expecting(length);
                Turn::Again(self)
            }
            _ => {
                self.collected.extend_from_slice(response.data.as_slice());
                Turn::Answer(ResponseApdu::new(self.collected.to_vec(), response.sw()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(turn: Turn) -> Exchange {
        match turn {
            Turn::Again(exchange) => exchange,
            Turn::Answer(answer) => panic!("{answer:?}"),
        }
    }

    #[test]
    fn an_answer_in_pieces_is_put_together() {
        let exchange = Exchange::new(CommandApdu::new(0x88, 0, 0).expecting(256));
        let exchange = again(exchange.receive(&ResponseApdu::new(vec![], 0x6102)));
        assert_eq!(exchange.sent().to_bytes(), [0, 0xC0, 0, 0, 2]);
        let exchange = again(exchange.receive(&ResponseApdu::new(vec![1, 2], 0x6100)));
        assert_eq!(exchange.sent().to_bytes(), [0, 0xC0, 0, 0, 0]);
        let Turn::Answer(answer) = exchange.receive(&ResponseApdu::new(vec![3], 0x9000)) else { panic!() };
        assert_eq!(answer, ResponseApdu::new(vec![1, 2, 3], 0x9000));
    }

    #[test]
    fn a_wrong_length_is_corrected_once() {
        let exchange = Exchange::new(CommandApdu::new(0xB0, 0, 0).expecting(256));
        let exchange = again(exchange.receive(&ResponseApdu::new(vec![], 0x6C07)));
        assert_eq!(exchange.sent().to_bytes(), [0, 0xB0, 0, 0, 7]);
        let Turn::Answer(answer) = exchange.receive(&ResponseApdu::new(vec![], 0x6C07)) else { panic!() };
        assert_eq!(answer.sw(), 0x6C07);
    }

    #[test]
    fn a_chip_that_promises_more_and_gives_nothing_is_not_asked_for_ever() {
        let mut exchange = Exchange::new(CommandApdu::new(0xB0, 0, 0).expecting(256));
        for turns in 0.. {
            assert!(turns < 3);
            match exchange.receive(&ResponseApdu::new(vec![], 0x6110)) {
                Turn::Again(next) => exchange = next,
                Turn::Answer(_) => break,
            }
        }
    }
}
