//! A user's own file as a picture for models.
//!
//! What comes out is always written by us from pixels: of the file that came in nothing is left but what it looks
//! like. So no metadata, no second file behind the picture and no trick of a format gets any further.

use imagegen_core::catalog::OutputFormat;
use imagegen_core::ports::imaging::{Normalised, Unusable};

use super::container::Container;
use super::pixels::Pixels;
use super::{ImagingError, encode, encoded, foreign};

/// What models take: about 2 megapixels. More is more to send and does not make results better.
const MAX_PIXELS: u64 = 2 * 1024 * 1024;
/// Azure AI Content Safety takes nothing below 50 pixels a side, and there is nothing to start from.
const MIN_SIDE: u32 = 64;
/// The longest side, in shortest sides: beyond it the copy for the safety check falls below its least size.
const MAX_RATIO: u32 = 10;

/// An upright WebP of 8-bit sRGB without transparency and metadata, of 2 megapixels and 900,000 bytes at the most.
/// The same bytes give the same picture.
pub fn normalise(bytes: &[u8]) -> Result<Normalised, Unusable> {
    let source = Container::open_any(bytes).map_err(|error| unusable(&error, bytes))?;
    let (width, height) = source.size();
    if width.min(height) < MIN_SIDE {
        return Err(Unusable::TooSmall { width, height });
    }
    if width.max(height) > width.min(height).saturating_mul(MAX_RATIO) {
        return Err(Unusable::TooNarrow { width, height });
    }
    made(&source).map_err(|error| unusable(&error, bytes))
}

fn made(source: &Container<'_>) -> Result<Normalised, ImagingError> {
    let pixels = Pixels::decode(source)?.flat();
    let side = longest_side(pixels.width(), pixels.height());
    let pixels = pixels.within(side)?.into_owned().in_srgb();
    let picture = encoded(OutputFormat::Webp, encode::input(&pixels)?);
    Ok(Normalised { picture, width: pixels.width(), height: pixels.height() })
}

/// The longest side at which a picture of this shape has no more than [`MAX_PIXELS`].
fn longest_side(width: u32, height: u32) -> u32 {
    let (long, short) = (u64::from(width.max(height)), u64::from(width.min(height)));
    if long * short <= MAX_PIXELS {
        return width.max(height);
    }
    // side² · short / long ≤ MAX_PIXELS
    u32::try_from((MAX_PIXELS * long / short).isqrt()).expect("a side within the limits")
}

fn unusable(error: &ImagingError, bytes: &[u8]) -> Unusable {
    match error {
        ImagingError::UnknownFormat => match foreign::format_of(bytes) {
            Some(format) => Unusable::Foreign { format: format.to_owned() },
            None => Unusable::NotAPicture,
        },
        ImagingError::Animated => Unusable::Animated,
        ImagingError::TooLarge(what) => Unusable::TooLarge { what: what.clone() },
        ImagingError::Truncated => Unusable::CutOff,
        ImagingError::Unsupported(_)
        | ImagingError::Damaged(_)
        | ImagingError::Decode(_)
        | ImagingError::Encode { .. } => {
            tracing::info!(error = error as &dyn std::error::Error, "An upload is damaged");
            Unusable::Damaged
        }
    }
}
