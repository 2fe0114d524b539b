//! The pipeline from outside, on pictures made here.

mod finishing;
mod normalising;
mod recipes;
mod refusals;
mod stripping;

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{DynamicImage, ExtendedColorType, ImageEncoder as _, Rgb, RgbImage, Rgba, RgbaImage};

use super::{Encoded, Finished, Order, OutputFormat, Recipe, finish};

const FORMATS: [OutputFormat; 3] = [OutputFormat::Webp, OutputFormat::Png, OutputFormat::Jpeg];

fn recipe() -> Recipe {
    Recipe {
        prompt: Some("a lighthouse at dusk, \"long\" exposure".to_owned()),
        model: "black-forest-labs/flux-schnell".to_owned(),
        seed: u32::MAX,
        width: 1024,
        height: 768,
        parent: Some("gen_00/2".to_owned()),
        generation: "gen_01".to_owned(),
        index: 3,
        created_at: "2026-11-22T10:00:00.5Z".to_owned(),
    }
}

/// Smooth tones with an edge: what encoders are made for.
fn picture(width: u32, height: u32) -> RgbImage {
    let tone = |at: u32, of: u32| u8::try_from(at * 255 / of.max(1)).expect("at most 255");
    RgbImage::from_fn(width, height, |x, y| {
        let edge = if x > width / 3 { 40 } else { 200 };
        Rgb([tone(x, width), tone(y, height), edge])
    })
}

/// What encoders cannot make small.
fn noise(width: u32, height: u32) -> RgbImage {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    RgbImage::from_fn(width, height, |_, _| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let [a, b, c, ..] = state.to_le_bytes();
        Rgb([a, b, c])
    })
}

/// Half of it can be seen through.
fn glass(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, _| {
        Rgba([200, 30, 30, if x < width / 2 { 0 } else { 255 }])
    })
}

fn file(picture: impl Into<DynamicImage>, format: OutputFormat) -> Vec<u8> {
    let picture = picture.into();
    match format {
        OutputFormat::Png => {
            let mut bytes = Cursor::new(Vec::new());
            picture.write_to(&mut bytes, image::ImageFormat::Png).expect("memory");
            bytes.into_inner()
        }
        OutputFormat::Jpeg => {
            let mut bytes = Vec::new();
            JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(&picture).expect("memory");
            bytes
        }
        OutputFormat::Webp if picture.color().has_alpha() => {
            let pixels = picture.to_rgba8();
            webp::Encoder::from_rgba(&pixels, pixels.width(), pixels.height()).encode(80.0).to_vec()
        }
        OutputFormat::Webp => {
            let pixels = picture.to_rgb8();
            webp::Encoder::from_rgb(&pixels, pixels.width(), pixels.height()).encode(80.0).to_vec()
        }
    }
}

/// A picture with what cameras and programs leave in files.
fn file_with(format: OutputFormat, exif: Vec<u8>, profile: Vec<u8>) -> Vec<u8> {
    file_of(&picture(60, 40), format, exif, profile)
}

fn file_of(pixels: &RgbImage, format: OutputFormat, exif: Vec<u8>, profile: Vec<u8>) -> Vec<u8> {
    let (width, height) = pixels.dimensions();
    let mut bytes = Vec::new();
    match format {
        OutputFormat::Png => {
            let mut encoder = PngEncoder::new(&mut bytes);
            encoder.set_exif_metadata(exif).expect("supported");
            encoder.set_icc_profile(profile).expect("supported");
            encoder.write_image(pixels, width, height, ExtendedColorType::Rgb8).expect("memory");
        }
        OutputFormat::Jpeg => {
            let mut encoder = JpegEncoder::new(&mut bytes);
            encoder.set_exif_metadata(exif).expect("supported");
            encoder.set_icc_profile(profile).expect("supported");
            encoder.write_image(pixels, width, height, ExtendedColorType::Rgb8).expect("memory");
        }
        OutputFormat::Webp => {
            let mut encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut bytes);
            encoder.set_exif_metadata(exif).expect("supported");
            encoder.set_icc_profile(profile).expect("supported");
            encoder.write_image(pixels, width, height, ExtendedColorType::Rgb8).expect("memory");
        }
    }
    bytes
}

/// An EXIF block whose only entry turns the picture, 1 to 8.
fn exif(orientation: u8) -> Vec<u8> {
    let mut block = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    block.extend_from_slice(&[orientation, 0, 0, 0, 0, 0, 0]);
    block
}

/// Not a profile that means anything, but one by its header.
fn rgb_profile() -> Vec<u8> {
    let mut profile = vec![7; 500];
    profile[16..20].copy_from_slice(b"RGB ");
    profile
}

fn order<'a>(bytes: &'a [u8], format: OutputFormat, recipe: &'a Recipe) -> Order<'a> {
    Order { bytes, format, watermark: false, recipe }
}

fn finished(bytes: &[u8], format: OutputFormat) -> Finished {
    finish(&order(bytes, format, &recipe())).expect("a good picture")
}

fn decoded(file: &[u8]) -> DynamicImage {
    image::load_from_memory(file).expect("a picture that another decoder reads")
}

fn contains(file: &Encoded, needle: &str) -> bool {
    file.bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
}
