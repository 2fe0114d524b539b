//! Draws a picture from a prompt and a seed.

use image::{Rgb, RgbImage};

/// The same arguments give the same picture.
pub(crate) fn paint(prompt: &str, seed: u64, width: u32, height: u32) -> RgbImage {
    let tint =
        prompt.bytes().fold(seed, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let [red, green, blue, ..] = tint.to_le_bytes();
    RgbImage::from_fn(width, height, |x, y| {
        let shade =
            |from: u8, at: u32, of: u32| from / 2 + u8::try_from(at * 127 / of).unwrap_or(127);
        Rgb([shade(red, x, width), shade(green, y, height), shade(blue, x + y, width + height)])
    })
}
