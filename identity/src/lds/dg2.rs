//! DG2 (ICAO 9303-10 4.7.2): the face, in records of ISO/IEC 19794-5:2005.

use super::{FileId, LdsError, security_info::unsigned};
use crate::{
    bytes::SecretBytes,
    tlv::{self, Reader},
};

/// Most pictures read. Real cards hold one.
const MAX_IMAGES: usize = 4;
/// Largest picture read, in bytes. Real ones are 15 to 30 kB.
const MAX_IMAGE_BYTES: usize = 256 * 1024;

/// How a picture is coded, told by its first bytes: the record's own word is not reliable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageFormat {
    /// JPEG (`FF D8 FF`).
    Jpeg,
    /// JPEG 2000, in a JP2 file or as a bare code stream (`FF 4F FF 51`).
    Jpeg2000,
}

/// One picture of the face.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaceImage {
    /// How it is coded.
    pub format: ImageFormat,
    /// Width in pixels as the record states it; 0 where unknown.
    pub width: u16,
    /// Height in pixels as the record states it; 0 where unknown.
    pub height: u16,
    /// The coded picture.
    pub data: SecretBytes,
}

/// Reads DG2: its pictures, at least one.
///
/// # Errors
/// Where it is not built as the standards say, or holds more or larger pictures than any real card.
pub fn parse(file: &[u8]) -> Result<Vec<FaceImage>, LdsError> {
    let mut group = Reader::new(tlv::only(0x7F61, tlv::only(FileId::DG2.tag().into(), file)?)?);
    let count = unsigned(group.expect_tag(0x02)?)? as usize;
    if count > MAX_IMAGES {
        return Err(LdsError::TooMuch("biometric templates"));
    }
    let mut images = Vec::new();
    for _ in 0..count {
        let mut template = Reader::new(group.expect_tag(0x7F60)?);
        template.expect_tag(0xA1)?;
        let block = match template.next_object()? {
            Some(object) if matches!(object.tag, 0x5F2E | 0x7F2E) => object.value,
            _ => return Err(LdsError::Content("a template has no biometric data block")),
        };
        record(block, &mut images)?;
    }
    if images.is_empty() {
        return Err(LdsError::Content("no picture"));
    }
    Ok(images)
}

/// Takes bytes from the front, big-endian as the standard has them.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], LdsError> {
        let (head, rest) =
            self.0.split_at_checked(count).ok_or(LdsError::Content("a face record ends too early"))?;
        self.0 = rest;
        Ok(head)
    }

    fn number(&mut self, count: usize) -> Result<usize, LdsError> {
        Ok(self.take(count)?.iter().fold(0, |value, byte| value << 8 | usize::from(*byte)))
    }

    fn u16(&mut self) -> Result<u16, LdsError> {
        let [high, low] = self.take(2)? else {
            return Err(LdsError::Content("a face record ends too early"));
        };
        Ok(u16::from_be_bytes([*high, *low]))
    }
}

/// A facial record (ISO/IEC 19794-5:2005 5.4): header, then one block per face.
fn record(block: &[u8], images: &mut Vec<FaceImage>) -> Result<(), LdsError> {
    let mut cursor = Cursor(block);
    if cursor.take(8)? != b"FAC\x00010\x00" {
        return Err(LdsError::Unsupported("a face record that is not of ISO/IEC 19794-5:2005"));
    }
    let length = cursor.number(4)?;
    // One state's chips leave eight bytes out of the count.
    if length != block.len() && length + 8 != block.len() {
        return Err(LdsError::Content("a face record states another length than it has"));
    }
    let faces = cursor.number(2)?;
    for _ in 0..faces {
        if images.len() == MAX_IMAGES {
            return Err(LdsError::TooMuch("pictures"));
        }
        images.push(face(&mut cursor)?);
    }
    Ok(())
}

/// One face (ISO/IEC 19794-5:2005 5.5 to 5.8).
fn face(cursor: &mut Cursor<'_>) -> Result<FaceImage, LdsError> {
    let block = cursor.number(4)?;
    let rest = block.checked_sub(4).ok_or(LdsError::Content("a face block states no length"))?;
    let mut face = Cursor(cursor.take(rest)?);
    let points = face.number(2)?;
    // Sex, eyes, hair, properties, expression, pose and its uncertainty.
    face.take(14)?;
    face.take(8 * points)?;
    // Kind of picture and of coding.
    face.take(2)?;
    let (width, height) = (face.u16()?, face.u16()?);
    // Colour space, source, device, quality.
    face.take(6)?;
    let Cursor(data) = face;
    if data.len() > MAX_IMAGE_BYTES {
        return Err(LdsError::TooMuch("a picture's bytes"));
    }
    Ok(FaceImage { format: format(data)?, width, height, data: SecretBytes::new(data.to_vec()) })
}

fn format(data: &[u8]) -> Result<ImageFormat, LdsError> {
    const JP2: &[u8] = b"\x00\x00\x00\x0CjP  \x0D\x0A\x87\x0A";
    if data.starts_with(&[0xFF, 0xD8, 0xFF]) {
        Ok(ImageFormat::Jpeg)
    } else if data.starts_with(JP2) || data.starts_with(&[0xFF, 0x4F, 0xFF, 0x51]) {
        Ok(ImageFormat::Jpeg2000)
    } else {
        Err(LdsError::Unsupported("a picture that is neither JPEG nor JPEG 2000"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JPEG: &[u8] = &[0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3];

    fn face_block(points: u16, image: &[u8]) -> Vec<u8> {
        let length = 32 + 8 * usize::from(points) + image.len();
        let mut block = u32::try_from(length).unwrap().to_be_bytes().to_vec();
        block.extend(points.to_be_bytes());
        block.extend([0; 14]);
        block.extend(vec![0; 8 * usize::from(points)]);
        block.extend([1, 0]);
        block.extend(480_u16.to_be_bytes());
        block.extend(640_u16.to_be_bytes());
        block.extend([1, 2, 0, 0, 0, 0]);
        block.extend(image);
        block
    }

    fn record_of(faces: &[Vec<u8>], missing: usize) -> Vec<u8> {
        let body = faces.concat();
        let mut record = b"FAC\x00010\x00".to_vec();
        record.extend(u32::try_from(14 + body.len() - missing).unwrap().to_be_bytes());
        record.extend(u16::try_from(faces.len()).unwrap().to_be_bytes());
        record.extend(body);
        record
    }

    fn file(record: &[u8], tag: u32) -> Vec<u8> {
        let header = hex::decode("a10e8101028201008702010188020008").unwrap();
        let template = tlv::write(0x7F60, &[header, tlv::write(tag, record)].concat());
        tlv::write(0x75, &tlv::write(0x7F61, &[vec![0x02, 0x01, 0x01], template].concat()))
    }

    #[test]
    fn the_picture_is_found_behind_feature_points_in_either_block_tag() {
        for tag in [0x5F2E, 0x7F2E] {
            for points in [0, 5] {
                let images = parse(&file(&record_of(&[face_block(points, JPEG)], 0), tag)).unwrap();
                assert_eq!(images.len(), 1);
                assert_eq!((images[0].width, images[0].height), (480, 640));
                assert_eq!(images[0].format, ImageFormat::Jpeg);
                assert_eq!(images[0].data.as_slice(), JPEG);
            }
        }
    }

    #[test]
    fn the_magic_decides_the_format_and_nothing_else_passes() {
        let jp2 = b"\x00\x00\x00\x0CjP  \x0D\x0A\x87\x0A....";
        for image in [&jp2[..], &[0xFF, 0x4F, 0xFF, 0x51, 0]] {
            let images = parse(&file(&record_of(&[face_block(0, image)], 0), 0x5F2E)).unwrap();
            assert_eq!(images[0].format, ImageFormat::Jpeg2000);
        }
        assert!(parse(&file(&record_of(&[face_block(0, b"<svg>")], 0), 0x5F2E)).is_err());
    }

    #[test]
    fn a_record_length_eight_short_is_tolerated_and_no_other() {
        let faces = [face_block(0, JPEG)];
        assert!(parse(&file(&record_of(&faces, 8), 0x5F2E)).is_ok());
        assert!(parse(&file(&record_of(&faces, 7), 0x5F2E)).is_err());
    }

    #[test]
    fn hostile_counts_and_sizes_are_refused() {
        let many = vec![face_block(0, JPEG); MAX_IMAGES + 1];
        assert_eq!(parse(&file(&record_of(&many, 0), 0x5F2E)), Err(LdsError::TooMuch("pictures")));
        let large = [JPEG, &vec![0; MAX_IMAGE_BYTES]].concat();
        assert!(matches!(
            parse(&file(&record_of(&[face_block(0, &large)], 0), 0x5F2E)),
            Err(LdsError::TooMuch(_))
        ));
        let mut points = face_block(0, JPEG);
        points[4..6].copy_from_slice(&[0xFF, 0xFF]);
        assert!(parse(&file(&record_of(&[points], 0), 0x5F2E)).is_err());
    }

    #[test]
    fn a_file_cut_anywhere_is_refused() {
        let file = file(&record_of(&[face_block(2, JPEG)], 0), 0x5F2E);
        for end in 0..file.len() {
            assert!(parse(&file[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn debug_shows_no_pixel() {
        let images = parse(&file(&record_of(&[face_block(0, JPEG)], 0), 0x5F2E)).unwrap();
        assert!(format!("{:?}", images[0]).contains("SecretBytes(7 bytes)"));
    }
}
