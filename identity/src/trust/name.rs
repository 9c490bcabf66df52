//! Distinguished names, compared as RFC 5280 7.1 wants: letter case and spacing do not count.
//!
//! States change the case of their country code and the kind of string between certificates; a comparison byte by
//! byte would call their documents' issuers unknown.

use const_oid::{
    ObjectIdentifier,
    db::rfc4519::{CN, COUNTRY_NAME, O, OU},
};

use crate::tlv::{Reader, TlvError};

/// A distinguished name (X.501 9.2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DistinguishedName {
    /// One inner list per relative name; attribute by its identifier's content, value in comparable form.
    parts: Vec<Vec<(Vec<u8>, String)>>,
}

impl DistinguishedName {
    /// Reads the content of a `Name`, the outer header taken off.
    ///
    /// # Errors
    /// Where it is no sequence of sets of attributes.
    pub fn from_content(content: &[u8]) -> Result<Self, TlvError> {
        let mut names = Reader::new(content);
        let mut parts = Vec::new();
        while !names.is_empty() {
            let mut attributes = Reader::new(names.expect_tag(0x31)?);
            let mut part = Vec::new();
            while !attributes.is_empty() {
                let mut attribute = Reader::new(attributes.expect_tag(0x30)?);
                let kind = attribute.expect_tag(0x06)?.to_vec();
                let Some(value) = attribute.next_object()? else {
                    return Err(TlvError::UnexpectedTag { expected: 0x0C, found: 0 });
                };
                attribute.finish()?;
                part.push((kind, comparable(&text(value.tag, value.value))));
            }
            part.sort();
            parts.push(part);
        }
        Ok(Self { parts })
    }

    fn attribute(&self, kind: ObjectIdentifier) -> Option<&str> {
        self.parts.iter().flatten().find(|(oid, _)| oid == kind.as_bytes()).map(|(_, value)| value.as_str())
    }

    /// The country code (ISO 3166-1 alpha-2) in capitals, where the name has one.
    pub fn country(&self) -> Option<String> {
        self.attribute(COUNTRY_NAME).map(str::to_uppercase)
    }
}

impl std::fmt::Display for DistinguishedName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let known = [("C", COUNTRY_NAME), ("O", O), ("OU", OU), ("CN", CN)];
        let mut first = true;
        for (name, kind) in known {
            if let Some(value) = self.attribute(kind) {
                write!(f, "{}{name}={value}", if first { "" } else { ", " })?;
                first = false;
            }
        }
        Ok(())
    }
}

/// The text of a string object: UTF-16 for BMPString, Latin-1 where it is not UTF-8 (TeletexString as used).
fn text(tag: u32, content: &[u8]) -> String {
    if tag == 0x1E {
        let units = content
            .chunks_exact(2)
            .map(|pair| pair.iter().fold(0, |value, byte| value << 8 | u16::from(*byte)));
        return char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    }
    std::str::from_utf8(content)
        .map_or_else(|_| content.iter().map(|byte| char::from(*byte)).collect(), ToOwned::to_owned)
}

fn comparable(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tlv;

    fn name(attributes: &[(&[u8], u32, &[u8])]) -> DistinguishedName {
        let content: Vec<u8> = attributes
            .iter()
            .flat_map(|(kind, tag, value)| {
                let pair = [tlv::write(0x06, kind), tlv::write(*tag, value)].concat();
                tlv::write(0x31, &tlv::write(0x30, &pair))
            })
            .collect();
        DistinguishedName::from_content(&content).unwrap()
    }

    #[test]
    fn case_spacing_and_kind_of_string_do_not_make_another_issuer() {
        let country = COUNTRY_NAME.as_bytes();
        let cn = CN.as_bytes();
        let one = name(&[(country, 0x13, b"VN"), (cn, 0x13, b"Made-up CSCA")]);
        let other = name(&[(country, 0x0C, b"vn"), (cn, 0x0C, b" made-up  CSCA ")]);
        let wide = name(&[(country, 0x13, b"vn"), (cn, 0x1E, b"\0M\0a\0d\0e\0-\0u\0p\0 \0C\0S\0C\0A")]);
        assert_eq!(one, other);
        assert_eq!(one, wide);
        assert_eq!(other.country().as_deref(), Some("VN"));
        assert_eq!(one.to_string(), "C=vn, CN=made-up csca");
    }

    #[test]
    fn another_attribute_or_order_is_another_issuer() {
        let country = COUNTRY_NAME.as_bytes();
        let cn = CN.as_bytes();
        let one = name(&[(country, 0x13, b"VN"), (cn, 0x13, b"Made-up CSCA")]);
        assert_ne!(one, name(&[(cn, 0x13, b"Made-up CSCA"), (country, 0x13, b"VN")]));
        assert_ne!(one, name(&[(country, 0x13, b"VN"), (O.as_bytes(), 0x13, b"Made-up CSCA")]));
        assert_ne!(one, name(&[(country, 0x13, b"VN")]));
    }
}
