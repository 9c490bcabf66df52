//! A small writer of DER (X.690).

use const_oid::ObjectIdentifier;

/// An object: its tag's bytes as a number, and its content put together from `parts`.
pub fn object(tag: u32, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut bytes = significant(u64::from(tag));
    if length < 0x80 {
        bytes.extend(significant(length as u64));
    } else {
        let digits = significant(length as u64);
        bytes.push(0x80 | u8::try_from(digits.len()).unwrap_or(8));
        bytes.extend(digits);
    }
    bytes.extend(parts.concat());
    bytes
}

/// The bytes of `number` without leading zeros, at least one.
fn significant(number: u64) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let zeros = bytes.iter().take(7).take_while(|byte| **byte == 0).count();
    bytes.iter().copied().skip(zeros).collect()
}

/// SEQUENCE.
pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    object(0x30, parts)
}

/// SET OF: the elements in the order that DER asks for.
pub fn set_of(mut elements: Vec<Vec<u8>>) -> Vec<u8> {
    elements.sort();
    object(0x31, &[&elements.concat()])
}

/// INTEGER from an unsigned number below 128.
pub fn small_integer(number: u8) -> Vec<u8> {
    object(0x02, &[&[number & 0x7F]])
}

/// OBJECT IDENTIFIER.
pub fn oid(identifier: ObjectIdentifier) -> Vec<u8> {
    object(0x06, &[identifier.as_bytes()])
}

/// OCTET STRING.
pub fn octets(bytes: &[u8]) -> Vec<u8> {
    object(0x04, &[bytes])
}

/// UTF8String.
pub fn utf8(text: &str) -> Vec<u8> {
    object(0x0C, &[text.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_take_the_shortest_form() {
        assert_eq!(object(0x04, &[&[0; 127]])[..2], [0x04, 0x7F]);
        assert_eq!(object(0x04, &[&[0; 128]])[..3], [0x04, 0x81, 0x80]);
        assert_eq!(object(0x7F61, &[&[0; 256]])[..5], [0x7F, 0x61, 0x82, 0x01, 0x00]);
        assert_eq!(object(0x5F1F, &[])[..], [0x5F, 0x1F, 0x00]);
    }

    #[test]
    fn identifiers_are_written_as_the_standard_says() {
        assert_eq!(
            oid(ObjectIdentifier::new_unwrap("2.23.136.1.1.1")),
            [0x06, 0x06, 0x67, 0x81, 0x08, 0x01, 0x01, 0x01]
        );
    }
}
