//! All pictures on one sheet.

use std::{
    io,
    path::{Path, PathBuf},
};

use image::{
    RgbaImage,
    imageops::{FilterType, overlay, resize},
};

/// Pictures beside one another.
const COLUMNS: u32 = 5;
/// The size of one picture on the sheet, in pixels.
const SIZE: (u32, u32) = (360, 640);
/// Between them.
const GAP: u32 = 16;

/// Writes one sheet with all `pictures`, in order, to `path`.
///
/// # Errors
/// Where a picture cannot be read or the sheet cannot be written.
pub fn contact_sheet(pictures: &[PathBuf], path: &Path) -> io::Result<()> {
    let count = u32::try_from(pictures.len()).map_err(io::Error::other)?;
    let span = |pieces: u32, size: u32| pieces * (size + GAP) + GAP;
    let (width, height) = (span(COLUMNS.min(count), SIZE.0), span(count.div_ceil(COLUMNS), SIZE.1));
    let mut sheet = RgbaImage::from_pixel(width, height, image::Rgba([230, 230, 230, 255]));
    for (place, picture) in (0..).zip(pictures) {
        let picture = image::open(picture).map_err(io::Error::other)?;
        let small = resize(&picture, SIZE.0, SIZE.1, FilterType::Triangle);
        let at = |index: u32, size: u32| i64::from(GAP + index * (size + GAP));
        overlay(&mut sheet, &small, at(place % COLUMNS, SIZE.0), at(place / COLUMNS, SIZE.1));
    }
    sheet.save(path).map_err(io::Error::other)
}
