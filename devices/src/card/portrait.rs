//! A friendly drawn face for each made-up person: nobody's photograph, the same every time.
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pixels and colour channels are small numbers, clamped before they become bytes"
)]

use image::{ExtendedColorType, ImageEncoder as _, ImageError, Rgb, RgbImage, codecs::jpeg::JpegEncoder};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};

use crate::seeds::{BirthDate, Citizen, Passport, Sex};

/// Pixels from left to right.
pub const WIDTH: u16 = 480;
/// Pixels from top to bottom.
pub const HEIGHT: u16 = 640;

const SKIN: [[u8; 3]; 4] = [[0xF2, 0xC9, 0xA0], [0xE8, 0xB8, 0x8A], [0xD9, 0xA0, 0x72], [0xC6, 0x8B, 0x5E]];
const CLOTHES: [[u8; 3]; 6] = [
    [0x2F, 0x5D, 0x8A],
    [0x7A, 0x2E, 0x3A],
    [0x3E, 0x6B, 0x4A],
    [0x55, 0x4A, 0x7A],
    [0x8A, 0x6A, 0x2F],
    [0x36, 0x3F, 0x4A],
];

/// Who is drawn.
#[derive(Debug, Clone)]
pub struct Sitter {
    /// What the face follows from: the slug of the seed.
    pub slug: String,
    /// The year of birth.
    pub born: i16,
    /// The sex.
    pub sex: Sex,
}

impl Sitter {
    fn new(slug: &str, birth: BirthDate, sex: Sex) -> Self {
        let born = match birth {
            BirthDate::Full(date) => date.year(),
            BirthDate::Year(year) => year,
        };
        Self { slug: slug.into(), born, sex }
    }
}

impl From<&Citizen> for Sitter {
    fn from(citizen: &Citizen) -> Self {
        Self::new(&citizen.slug, citizen.person.date_of_birth, citizen.person.sex)
    }
}

impl From<&Passport> for Sitter {
    fn from(passport: &Passport) -> Self {
        Self::new(&passport.slug, passport.person.date_of_birth, passport.person.sex)
    }
}

/// The portrait of `sitter` as a JPEG of 480 x 640 pixels.
pub fn draw(sitter: &Sitter) -> Result<Vec<u8>, ImageError> {
    let mut random = ChaCha20Rng::from_seed(Sha256::digest(format!("portrait {}", sitter.slug)).into());
    let face = Face::new(sitter, &mut random);
    let mut picture = RgbImage::from_fn(u32::from(WIDTH), u32::from(HEIGHT), |x, y| {
        Rgb(face.colour(x as f32 + 0.5, y as f32 + 0.5).map(|channel| channel.clamp(0.0, 255.0) as u8))
    });
    // A trace of grain, as every camera leaves it; it also gives the file the size of a real photo.
    for pixel in picture.pixels_mut() {
        let grain = (random.next_u32() % 7) as i16 - 3;
        pixel.0 = pixel.0.map(|channel| (i16::from(channel) + grain).clamp(0, 255) as u8);
    }
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 66).write_image(
        picture.as_raw(),
        u32::from(WIDTH),
        u32::from(HEIGHT),
        ExtendedColorType::Rgb8,
    )?;
    Ok(jpeg)
}

/// What is to be drawn. Measures are pixels, colours red, green and blue from 0 to 255.
struct Face {
    skin: [f32; 3],
    hair: [f32; 3],
    clothes: [f32; 3],
    half_width: f32,
    half_height: f32,
    eye_distance: f32,
    mouth: f32,
    long_hair: bool,
    glasses: bool,
    wrinkles: bool,
}

impl Face {
    fn new(sitter: &Sitter, random: &mut ChaCha20Rng) -> Self {
        let old = sitter.born < 1965;
        let mut pick = |count: u32| random.next_u32() % count;
        let grey = 150.0 + pick(60) as f32;
        let dark = 20.0 + pick(25) as f32;
        let colour = |list: &[[u8; 3]], index: u32| {
            list.get(index as usize).copied().unwrap_or_default().map(f32::from)
        };
        Self {
            skin: colour(&SKIN, pick(4)),
            hair: if old { [grey, grey, grey + 6.0] } else { [dark + 8.0, dark + 2.0, dark] },
            clothes: colour(&CLOTHES, pick(6)),
            half_width: 108.0 + pick(24) as f32,
            half_height: 146.0 + pick(20) as f32,
            eye_distance: 44.0 + pick(10) as f32,
            mouth: 34.0 + pick(16) as f32,
            long_hair: sitter.sex == Sex::Female,
            glasses: pick(4) == 0,
            wrinkles: old,
        }
    }

    /// The colour at a point: later layers lie over earlier ones.
    fn colour(&self, x: f32, y: f32) -> [f32; 3] {
        let (cx, cy) = (f32::from(WIDTH) / 2.0, 290.0);
        // Left and right alike, but for the light.
        let (dx, dy) = ((x - cx).abs(), y - cy);
        let mut colour = mix([222.0, 231.0, 238.0], [186.0, 202.0, 216.0], y / f32::from(HEIGHT));
        let mut lay = |over: [f32; 3], amount: f32| colour = mix(colour, over, amount);
        let (width, height) = (self.half_width, self.half_height);
        let light = |base: [f32; 3]| base.map(|channel| channel * (1.06 - 0.16 * (x / f32::from(WIDTH))));

        if self.long_hair {
            lay(light(self.hair), inside(ellipse(dx, dy - 60.0, width + 46.0, height + 88.0)));
        }
        // Shoulders, neck, collar.
        lay(light(self.clothes), inside(ellipse(dx, dy - 380.0, 232.0, 190.0)));
        lay(light(self.skin.map(|channel| channel * 0.9)), inside(box_(dx, dy - 160.0, 46.0, 70.0, 24.0)));
        lay(light([246.0, 246.0, 244.0]), inside(box_(dx - 40.0, dy - 222.0 + dx * 0.35, 26.0, 9.0, 6.0)));
        // Ears, hair above, face.
        lay(
            light(self.skin.map(|channel| channel * 0.93)),
            inside(ellipse(dx - width, dy - 6.0, 18.0, 34.0)),
        );
        lay(light(self.hair), inside(ellipse(dx, dy + 42.0, width + 14.0, height - 4.0)));
        lay(light(self.skin), inside(ellipse(dx, dy, width, height).max(-108.0 - dy + dx * dx * 0.005)));
        // Cheeks.
        lay([226.0, 130.0, 112.0], 0.22 * soft(ellipse(dx - 62.0, dy - 46.0, 30.0, 22.0), 16.0));
        // Brows, eyes.
        let brow =
            box_(dx - self.eye_distance, dy + 34.0 - (dx - self.eye_distance).powi(2) * 0.01, 24.0, 4.0, 4.0);
        lay(self.hair.map(|channel| channel * 0.8), inside(brow));
        lay([250.0, 250.0, 250.0], inside(ellipse(dx - self.eye_distance, dy + 4.0, 21.0, 11.0)));
        lay([42.0, 28.0, 20.0], inside(ellipse(dx - self.eye_distance, dy + 4.0, 9.5, 10.5)));
        lay([255.0, 255.0, 255.0], inside(ellipse(x - cx - self.eye_distance - 3.0, dy + 8.0, 2.6, 2.6)));
        lay([255.0, 255.0, 255.0], inside(ellipse(x - cx + self.eye_distance - 3.0, dy + 8.0, 2.6, 2.6)));
        // Nose and mouth.
        let nose = ring(ellipse(dx, dy - 40.0, 15.0, 10.0), 2.0).max(-(dy - 42.0));
        lay(self.skin.map(|channel| channel * 0.72), inside(nose));
        let smile = ring(ellipse(dx, dy - 70.0, self.mouth, 26.0), 3.6).max(-(dy - 74.0));
        lay([168.0, 62.0, 60.0], inside(smile));
        if self.wrinkles {
            let shade = self.skin.map(|channel| channel * 0.8);
            for height in [72.0, 86.0] {
                let line = box_(dx, dy + height + dx * dx * 0.0012, 46.0, 1.2, 1.2);
                lay(shade, 0.7 * inside(line));
            }
            lay(shade, 0.7 * inside(ring(ellipse(dx - 4.0, dy - 52.0, 62.0, 40.0), 1.2).max(-(dx - 44.0))));
        }
        if self.glasses {
            let frame = ring(ellipse(dx - self.eye_distance, dy + 2.0, 33.0, 27.0), 2.4);
            let bridge = box_(dx, dy + 8.0, self.eye_distance - 33.0, 2.0, 1.0);
            lay([38.0, 38.0, 44.0], inside(frame.min(bridge)));
        }
        colour
    }
}

fn mix(under: [f32; 3], over: [f32; 3], amount: f32) -> [f32; 3] {
    let mut mixed = under;
    mixed.iter_mut().zip(over).for_each(|(channel, over)| *channel += (over - *channel) * amount);
    mixed
}

/// About the distance from an ellipse's edge, negative within.
fn ellipse(dx: f32, dy: f32, half_width: f32, half_height: f32) -> f32 {
    ((dx / half_width).hypot(dy / half_height) - 1.0) * half_width.min(half_height)
}

/// The distance from the edge of a rounded box, negative within.
fn box_(dx: f32, dy: f32, half_width: f32, half_height: f32, radius: f32) -> f32 {
    let (x, y) = (dx.abs() - half_width + radius, dy.abs() - half_height + radius);
    x.max(0.0).hypot(y.max(0.0)) + x.max(y).min(0.0) - radius
}

/// A band along an edge.
fn ring(distance: f32, half_thickness: f32) -> f32 {
    distance.abs() - half_thickness
}

/// How much of a pixel lies within an edge at `distance`.
fn inside(distance: f32) -> f32 {
    (0.5 - distance).clamp(0.0, 1.0)
}

/// As [`inside`], fading over `width` pixels.
fn soft(distance: f32, width: f32) -> f32 {
    (0.5 - distance / width).clamp(0.0, 1.0)
}
