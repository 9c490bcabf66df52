//! BER-TLV (ISO/IEC 7816-4 5.2.2, X.690) with definite lengths, as chips use it.

use thiserror::Error;

/// Why bytes are not TLV.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TlvError {
    /// The bytes end before the object does.
    #[error("the object ends after {have} bytes, its header says {need}")]
    Truncated {
        /// Bytes there are.
        have: usize,
        /// Bytes that the header asks for.
        need: usize,
    },
    /// A tag of more than three bytes, or a length of more than four or without end.
    #[error("the header at offset {0} is not one that chips use")]
    Header(usize),
    /// Bytes after the last object.
    #[error("{0} bytes follow the object")]
    Trailing(usize),
    /// Another tag stood here.
    #[error("tag {found:X} where {expected:X} was expected")]
    UnexpectedTag {
        /// The tag asked for.
        expected: u32,
        /// The tag there.
        found: u32,
    },
}

/// One object. `value` borrows from the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// The tag's bytes as a number: `0x30`, `0x5F1F`, `0x7F61`.
    pub tag: u32,
    /// The content.
    pub value: &'a [u8],
}

/// Tag, length of the header and length of the value, from the first bytes of an object.
///
/// Six bytes are always enough for the tags and lengths that chips use. `None` where `prefix` is too short.
///
/// # Errors
/// [`TlvError::Header`] for a header that no chip file has.
pub fn header(prefix: &[u8]) -> Result<Option<(u32, usize, usize)>, TlvError> {
    let mut bytes = prefix.iter().copied();
    let Some(first) = bytes.next() else { return Ok(None) };
    let mut tag = u32::from(first);
    let mut used = 1;
    if first & 0x1F == 0x1F {
        loop {
            let Some(byte) = bytes.next() else { return Ok(None) };
            tag = tag << 8 | u32::from(byte);
            used += 1;
            if byte & 0x80 == 0 {
                break;
            }
            if used == 3 {
                return Err(TlvError::Header(used));
            }
        }
    }
    let Some(first) = bytes.next() else { return Ok(None) };
    used += 1;
    if first < 0x80 {
        return Ok(Some((tag, used, usize::from(first))));
    }
    let count = usize::from(first & 0x7F);
    if count == 0 || count > 4 {
        return Err(TlvError::Header(used));
    }
    let mut length = 0;
    for _ in 0..count {
        let Some(byte) = bytes.next() else { return Ok(None) };
        length = length << 8 | usize::from(byte);
    }
    Ok(Some((tag, used + count, length)))
}

/// Reads objects one after another; nested readers cannot pass their object's end.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader over `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether everything was read.
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Bytes not yet read.
    pub const fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// The next object, or `None` at the end.
    ///
    /// # Errors
    /// Where the header is wrong or the object longer than what is left.
    pub fn next_object(&mut self) -> Result<Option<Tlv<'a>>, TlvError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let have = self.rest.len();
        let (tag, start, length) = header(self.rest)?.ok_or(TlvError::Truncated { have, need: have + 1 })?;
        let need = start.saturating_add(length);
        let value = self.rest.get(start..need).ok_or(TlvError::Truncated { have, need })?;
        self.rest = self.rest.get(need..).unwrap_or_default();
        Ok(Some(Tlv { tag, value }))
    }

    /// The next object, which must have `tag`; its content.
    ///
    /// # Errors
    /// As [`Reader::next_object`]; [`TlvError::UnexpectedTag`] (found 0 at the end) for another tag.
    pub fn expect_tag(&mut self, tag: u32) -> Result<&'a [u8], TlvError> {
        match self.next_object()? {
            Some(object) if object.tag == tag => Ok(object.value),
            other => {
                Err(TlvError::UnexpectedTag { expected: tag, found: other.map_or(0, |object| object.tag) })
            }
        }
    }

    /// The content of the first object with `tag`, from here on.
    ///
    /// # Errors
    /// As [`Reader::next_object`].
    pub fn find(mut self, tag: u32) -> Result<Option<&'a [u8]>, TlvError> {
        while let Some(object) = self.next_object()? {
            if object.tag == tag {
                return Ok(Some(object.value));
            }
        }
        Ok(None)
    }

    /// Ends reading.
    ///
    /// # Errors
    /// [`TlvError::Trailing`] where something is left.
    pub const fn finish(self) -> Result<(), TlvError> {
        if self.rest.is_empty() { Ok(()) } else { Err(TlvError::Trailing(self.rest.len())) }
    }
}

/// The content of the one object that `bytes` is, which must have `tag`.
///
/// # Errors
/// As [`Reader::expect_tag`] and [`Reader::finish`].
pub fn only(tag: u32, bytes: &[u8]) -> Result<&[u8], TlvError> {
    let mut reader = Reader::new(bytes);
    let value = reader.expect_tag(tag)?;
    reader.finish()?;
    Ok(value)
}

/// Writes an object with the shortest length form (DER).
pub fn write(tag: u32, value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len() + 8);
    out.extend(tag.to_be_bytes().into_iter().skip_while(|byte| *byte == 0));
    match value.len() {
        length @ 0..0x80 => out.extend(u8::try_from(length)),
        length => {
            let bytes: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
            out.extend(u8::try_from(bytes.len()).map(|count| 0x80 | count));
            out.extend(bytes);
        }
    }
    out.extend_from_slice(value);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_written_is_read_back_whatever_its_length() {
        for length in [0, 1, 127, 128, 255, 256, 65_535, 65_536] {
            for tag in [0x30, 0x5F1F, 0x7F61] {
                let value = vec![0xA5; length];
                assert_eq!(only(tag, &write(tag, &value)), Ok(value.as_slice()));
            }
        }
    }

    #[test]
    fn a_truncated_object_says_how_much_is_missing() {
        assert_eq!(only(0x30, &[0x30, 0x03, 1]), Err(TlvError::Truncated { have: 3, need: 5 }));
    }

    #[test]
    fn lengths_without_end_and_absurd_lengths_are_refused() {
        assert!(only(0x30, &[0x30, 0x80, 0, 0]).is_err());
        assert!(only(0x30, &[0x30, 0x85, 1, 0, 0, 0, 0]).is_err());
        assert!(only(0x30, &[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]).is_err());
    }

    #[test]
    fn trailing_bytes_are_refused() {
        assert_eq!(only(0x04, &[0x04, 1, 9, 9]), Err(TlvError::Trailing(1)));
    }
}
