//! Pixels into files. The qualities and efforts are here, each with its reason.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder as _};
use webp::WebPConfig;

use super::container::Container;
use super::pixels::{Layout, Pixels};
use super::{Encoded, ImagingError, OutputFormat};
use imagegen_core::ports::imaging::Recipe;

/// Above this a viewer sees no difference from the pixels; it is somebody's only copy.
const ORIGINAL_WEBP_QUALITY: f32 = 90.0;
const ORIGINAL_JPEG_QUALITY: u8 = 92;
/// What is looked at on a page.
const DISPLAY_QUALITY: f32 = 80.0;
/// A classifier does not see finer; half the bytes of 92.
pub(super) const MODERATION_QUALITY: u8 = 85;

/// libwebp's effort, 0 to 6, for full-size pictures. Over three photographs of 1024² at quality
/// 80, method 4 (the default, which 3 equals) saves 3 to 5 % of the bytes and 0.5 to 0.7 dB,
/// which the eye does not see there, and takes the whole pipeline from 88 to 144 ms of a core.
const METHOD: i32 = 2;
/// For small pictures, where the bytes are counted and the milliseconds are few.
const SMALL_METHOD: i32 = 4;

const THUMBNAIL_BYTES: usize = 30_000;
/// Tried in this order until the thumbnail fits. Most fit at once.
const THUMBNAIL_QUALITIES: [f32; 6] = [75.0, 60.0, 45.0, 30.0, 15.0, 0.0];
/// A colour profile above this would take a thumbnail's bytes from its picture.
const THUMBNAIL_PROFILE_BYTES: usize = 4096;

/// As originals: a model starts from it, and what is lost here is lost in every result.
const INPUT_QUALITIES: [f32; 4] = [ORIGINAL_WEBP_QUALITY, 80.0, 65.0, 50.0];
/// Eight inputs in one request, in base64, stay below the 10 MB that Replicate's own client sends inline.
const INPUT_BYTES: usize = 900_000;

/// 432 bytes are 576 in base64, and 599 with what a `data:` URL begins with.
const PLACEHOLDER_BYTES: usize = 432;
/// Longest side and quality, tried in this order until the placeholder fits.
const PLACEHOLDERS: [(u32, f32); 5] = [(32, 40.0), (32, 10.0), (24, 10.0), (16, 0.0), (8, 0.0)];

/// A file that carries no metadata yet.
pub(super) struct Draft<'a> {
    format: OutputFormat,
    bytes: Vec<u8>,
    /// The colour profile still to be put in: the encoders for PNG and JPEG have done so.
    profile: Option<&'a [u8]>,
}

impl Draft<'_> {
    /// With the whole recipe.
    pub(super) fn sealed(&self, recipe: &Recipe) -> Result<Encoded, ImagingError> {
        Ok(self.container()?.seal(recipe))
    }

    /// With the mark that a model made it.
    pub(super) fn marked(&self, created_at: &str) -> Result<Encoded, ImagingError> {
        Ok(self.container()?.seal_mark(created_at))
    }

    fn container(&self) -> Result<Container<'_>, ImagingError> {
        let mut container = Container::take_apart(&self.bytes)?;
        debug_assert_eq!(container.format(), self.format, "the encoder wrote what it was asked");
        if let Some(profile) = self.profile {
            container.set_profile(profile);
        }
        Ok(container)
    }
}

/// The full-size picture in the format that was asked.
pub(super) fn original(pixels: &Pixels, format: OutputFormat) -> Result<Draft<'_>, ImagingError> {
    match format {
        OutputFormat::Webp => webp_draft(pixels, ORIGINAL_WEBP_QUALITY, METHOD),
        OutputFormat::Png => Ok(Draft { format, bytes: png(pixels)?, profile: None }),
        OutputFormat::Jpeg => {
            Ok(Draft { format, bytes: jpeg(pixels, ORIGINAL_JPEG_QUALITY)?, profile: None })
        }
    }
}

pub(super) fn display(pixels: &Pixels) -> Result<Draft<'_>, ImagingError> {
    webp_draft(pixels, DISPLAY_QUALITY, METHOD)
}

/// A WebP of at most 30,000 bytes, metadata included: by lower quality first, then by fewer pixels.
pub(super) fn thumbnail(pixels: &Pixels, created_at: &str) -> Result<Encoded, ImagingError> {
    for quality in THUMBNAIL_QUALITIES {
        let mut draft = webp_draft(pixels, quality, SMALL_METHOD)?;
        draft.profile = draft.profile.filter(|profile| profile.len() <= THUMBNAIL_PROFILE_BYTES);
        let thumbnail = draft.marked(created_at)?;
        if thumbnail.bytes.len() <= THUMBNAIL_BYTES {
            return Ok(thumbnail);
        }
    }
    let side = pixels.width().max(pixels.height());
    thumbnail(&*pixels.within(side * 3 / 4)?, created_at)
}

/// A WebP of at most 900,000 bytes without anything beside its pixels: by lower quality first, then by fewer pixels.
pub(super) fn input(pixels: &Pixels) -> Result<Vec<u8>, ImagingError> {
    for quality in INPUT_QUALITIES {
        let bytes = webp(pixels, quality, METHOD)?;
        if bytes.len() <= INPUT_BYTES {
            return Ok(bytes);
        }
    }
    let side = pixels.width().max(pixels.height());
    input(&*pixels.within(side * 3 / 4)?)
}

/// A WebP of at most 432 bytes, without anything beside its pixels.
pub(super) fn placeholder(pixels: &Pixels) -> Result<Vec<u8>, ImagingError> {
    let mut bytes = Vec::new();
    for (side, quality) in PLACEHOLDERS {
        bytes = webp(&*pixels.within(side)?, quality, SMALL_METHOD)?;
        if bytes.len() <= PLACEHOLDER_BYTES {
            break;
        }
    }
    Ok(bytes)
}

/// A baseline JPEG without subsampling. `quality` is 1 to 100. Transparency is put on white.
pub(super) fn jpeg(pixels: &Pixels, quality: u8) -> Result<Vec<u8>, ImagingError> {
    let failed = |error: image::ImageError| refused("JPEG", &error);
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    if let Some(profile) = pixels.profile() {
        encoder.set_icc_profile(profile.to_vec()).map_err(|error| refused("JPEG", &error))?;
    }
    let (width, height) = (pixels.width(), pixels.height());
    encoder
        .write_image(&pixels.on_white(), width, height, ExtendedColorType::Rgb8)
        .map_err(failed)?;
    Ok(bytes)
}

fn png(pixels: &Pixels) -> Result<Vec<u8>, ImagingError> {
    let mut bytes = Vec::new();
    let mut encoder =
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Adaptive);
    if let Some(profile) = pixels.profile() {
        encoder.set_icc_profile(profile.to_vec()).map_err(|error| refused("PNG", &error))?;
    }
    let colour = match pixels.layout() {
        Layout::Rgb => ExtendedColorType::Rgb8,
        Layout::Rgba => ExtendedColorType::Rgba8,
    };
    encoder
        .write_image(pixels.data(), pixels.width(), pixels.height(), colour)
        .map_err(|error| refused("PNG", &error))?;
    Ok(bytes)
}

fn webp_draft(pixels: &Pixels, quality: f32, method: i32) -> Result<Draft<'_>, ImagingError> {
    let bytes = webp(pixels, quality, method)?;
    Ok(Draft { format: OutputFormat::Webp, bytes, profile: pixels.profile() })
}

/// A lossy WebP. `quality` is 0 to 100, `method` 0 (fast) to 6 (small).
fn webp(pixels: &Pixels, quality: f32, method: i32) -> Result<Vec<u8>, ImagingError> {
    let mut config = WebPConfig::new().map_err(|()| refused("WebP", &"versions differ"))?;
    config.quality = quality;
    config.method = method;
    let (width, height) = (pixels.width(), pixels.height());
    let encoder = match pixels.layout() {
        Layout::Rgb => webp::Encoder::from_rgb(pixels.data(), width, height),
        Layout::Rgba => webp::Encoder::from_rgba(pixels.data(), width, height),
    };
    let file = encoder
        .encode_advanced(&config)
        .map_err(|error| refused("WebP", &format_args!("{error:?}")))?;
    Ok(file.to_vec())
}

fn refused(format: &'static str, reason: &dyn std::fmt::Display) -> ImagingError {
    ImagingError::Encode { format, reason: reason.to_string() }
}
