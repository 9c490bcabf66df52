//! The chip's side of Basic Access Control (ICAO 9303-11 4.3).

use super::{
    Randomness,
    channel::Channel,
    cipher::{Purpose, derive},
};
use crate::seeds::Cipher;

/// The answer to EXTERNAL AUTHENTICATE and the session that it opens; `None` where the terminal does not know
/// the MRZ.
///
/// `key_seed` is the first half of the SHA-1 over the MRZ information, `challenge` the answer to the last
/// GET CHALLENGE.
pub fn authenticate(
    key_seed: &[u8; 16],
    challenge: [u8; 8],
    cryptogram: &[u8],
    random: &mut Randomness,
) -> Option<(Vec<u8>, Channel)> {
    let key = |seed: &[u8], purpose| derive(Cipher::TripleDes, seed, purpose);
    let encryption = key(key_seed, Purpose::Encryption);
    let authentication = key(key_seed, Purpose::Authentication);
    let (encrypted, check) = cryptogram.split_last_chunk::<8>()?;
    if encrypted.len() != 32 || authentication.mac(&authentication.pad(encrypted)) != *check {
        return None;
    }
    let mut plain = encrypted.to_vec();
    encryption.decrypt(&[0; 8], &mut plain);
    let (terminal_random, rest) = plain.split_first_chunk::<8>()?;
    let (own_random, terminal_key) = rest.split_first_chunk::<8>()?;
    if *own_random != challenge {
        return None;
    }

    let mut own_key = [0; 16];
    random(&mut own_key);
    let mut reply = [challenge.as_slice(), terminal_random, &own_key].concat();
    encryption.encrypt(&[0; 8], &mut reply);
    let check = authentication.mac(&authentication.pad(&reply));
    reply.extend(check);

    let seed: Vec<u8> = own_key.iter().zip(terminal_key).map(|(ours, theirs)| ours ^ theirs).collect();
    // The counter: the last four bytes of the chip's random number, then of the terminal's.
    let halves = (u64::from_be_bytes(challenge) << 32) | (u64::from_be_bytes(*terminal_random) & 0xFFFF_FFFF);
    let channel = Channel::new(
        key(&seed, Purpose::Encryption),
        key(&seed, Purpose::Authentication),
        u128::from(halves),
    );
    Some((reply, channel))
}
