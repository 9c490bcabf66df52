//! What can be shown while the card is still being read. Nothing of it is verified.

use identity::{
    SecretBytes,
    lds::{dg2, dg13},
};
use image::{ImageFormat, ImageReader, Limits};

use crate::conversation::{Portrait, Preview};

/// The longest side of a face that is shown, in pixels.
const SHOWN: u32 = 640;
/// The longest side of a face that is decoded, in pixels.
const DECODED: u32 = 4000;

/// The full name in DG13.
pub(super) fn name(file: &[u8]) -> Option<Preview> {
    let full_name = dg13::parse(file).ok()?.text(2)?.to_owned();
    Some(Preview { full_name: Some(full_name), portrait: None })
}

/// The face in DG2.
pub(super) fn portrait(file: &[u8]) -> Option<Preview> {
    let face = dg2::parse(file).ok()?.into_iter().next()?;
    let format = match face.format {
        dg2::ImageFormat::Jpeg => ImageFormat::Jpeg,
        dg2::ImageFormat::Jpeg2000 => return None,
    };
    let mut reader = ImageReader::with_format(std::io::Cursor::new(face.data.as_slice()), format);
    let mut limits = Limits::default();
    // A hostile picture must not fill the memory.
    (limits.max_image_width, limits.max_image_height) = (Some(DECODED), Some(DECODED));
    reader.limits(limits);
    let decoded = reader.decode().ok()?;
    let rgba = decoded.thumbnail(SHOWN.min(decoded.width()), SHOWN.min(decoded.height())).into_rgba8();
    let portrait = Portrait {
        width: rgba.width() as usize,
        height: rgba.height() as usize,
        rgba: SecretBytes::new(rgba.into_raw()),
    };
    Some(Preview { full_name: None, portrait: Some(portrait) })
}
