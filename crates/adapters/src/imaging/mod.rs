//! The image pipeline: what happens to a picture between the provider and the user, and to a user's
//! own picture before a model starts from it.
//!
//! Plain functions on bytes. They hold a core for tens of milliseconds to seconds and up to about
//! 300 MB for the largest picture, so the caller runs them on a blocking thread.
//!
//! Hostile bytes are met by safe Rust only: taking files apart and decoding is done by this module
//! and by the `image` crate; the one C library, libwebp, only ever *encodes* pixels of ours. One
//! exception: `moxcms`, which turns the colours of users' pictures into sRGB, has `unsafe` SIMD loops.

mod container;
mod encode;
mod error;
mod foreign;
mod normalise;
mod pipeline;
mod pixels;
mod recipe;
#[cfg(test)]
mod tests;
mod watermark;
mod xmp;

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use imagegen_core::catalog::OutputFormat;
use imagegen_core::ports::imaging::{Encoded, Finished, Recipe};

use self::container::Container;
use self::pixels::Pixels;

pub use self::error::ImagingError;
pub use self::normalise::normalise;
pub use self::pipeline::Pipeline;

/// Longest side of a display image, in pixels: what a 4K screen shows at half its width.
const DISPLAY_SIDE: u32 = 2048;
/// Longest side of a thumbnail, in pixels: a card of 192 CSS pixels on a dense screen.
const THUMBNAIL_SIDE: u32 = 384;
/// Longest side of a copy made for moderation, in pixels: it keeps what a classifier needs and is small to send.
const MODERATION_SIDE: u32 = 1024;
/// What moderation sees as it is. Azure AI Content Safety takes 50 to 7,200 pixels (2,048 in its older documents) a
/// side and 4 MB; a copy costs more of our time than the longer upload does.
const AS_IT_IS_SIDES: std::ops::RangeInclusive<u32> = 50..=2_048;
/// In bytes.
const AS_IT_IS_LENGTH: usize = 2_000_000;

/// What is asked of the pipeline for one finished picture.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// The provider's file, of whatever name and declared type: its first bytes say what it is.
    pub bytes: &'a [u8],
    /// What the user asked for.
    pub format: OutputFormat,
    /// Whether the plan puts our name on the picture. Then no file without it is made.
    pub watermark: bool,
    pub recipe: &'a Recipe,
}

/// Makes everything we store of one picture.
///
/// Encodes as little as possible: a file that already is what was asked keeps its compressed
/// pixels bit for bit and only its metadata is exchanged. The same order gives the same bytes.
pub fn finish(order: &Order<'_>) -> Result<Finished, ImagingError> {
    let source = Container::open(order.bytes)?;
    let mut pixels = Pixels::decode(&source)?;
    // A turned picture is stored upright, because the EXIF note that turns it is removed.
    let reusable = !order.watermark && source.is_upright();
    if order.watermark {
        watermark::draw(&mut pixels);
    }

    let original = if reusable && source.format() == order.format {
        source.seal(order.recipe)
    } else {
        encode::original(&pixels, order.format)?.sealed(order.recipe)?
    };

    let shown = pixels.within(DISPLAY_SIDE)?;
    let fits = matches!(shown, Cow::Borrowed(_));
    let display = if fits && order.format == OutputFormat::Webp {
        None
    } else if fits && reusable && source.format() == OutputFormat::Webp {
        Some(source.seal_mark(&order.recipe.created_at))
    } else {
        Some(encode::display(&shown)?.marked(&order.recipe.created_at)?)
    };

    let small = shown.within(THUMBNAIL_SIDE)?;
    let thumbnail = encode::thumbnail(&small, &order.recipe.created_at)?;
    let placeholder =
        format!("data:image/webp;base64,{}", STANDARD.encode(encode::placeholder(&small)?));

    Ok(Finished {
        original,
        display,
        thumbnail,
        placeholder,
        width: pixels.width(),
        height: pixels.height(),
    })
}

/// For moderation: the file itself where it is small enough, upright and opaque; otherwise a JPEG of at most 1024 px
/// longest side, transparency on white.
///
/// Whether the file's pixels are sound is for [`finish`] to find out.
pub fn for_moderation(bytes: Vec<u8>) -> Result<Vec<u8>, ImagingError> {
    let source = Container::open(&bytes)?;
    let (width, height) = source.size();
    let fits = [width, height].iter().all(|side| AS_IT_IS_SIDES.contains(side));
    if fits && bytes.len() <= AS_IT_IS_LENGTH && source.is_upright() && source.is_opaque() {
        return Ok(bytes);
    }
    let pixels = Pixels::decode(&source)?;
    encode::jpeg(&*pixels.within(MODERATION_SIDE)?, encode::MODERATION_QUALITY)
}

/// Reads the recipe back from a PNG, WebP or JPEG made by us.
///
/// `None` when the file carries none, or one that we cannot understand. What comes back was
/// written by whoever made the file: it is text to offer to a user, never a proof of anything.
pub fn read_recipe(bytes: &[u8]) -> Result<Option<Recipe>, ImagingError> {
    Ok(Container::open(bytes)?.xmp().and_then(xmp::parse))
}

/// The same picture without its recipe, for a link that hides the prompt.
///
/// Keeps the mark that a model made it. Touches no pixel; takes as long as copying the file.
pub fn without_recipe(bytes: &[u8]) -> Result<Encoded, ImagingError> {
    let source = Container::open(bytes)?;
    let created_at = source.xmp().and_then(xmp::parse).map(|recipe| recipe.created_at);
    Ok(source.seal_mark(created_at.as_deref().unwrap_or_default()))
}

/// A file and how to serve it.
fn encoded(format: OutputFormat, bytes: Vec<u8>) -> Encoded {
    let extension = match format {
        OutputFormat::Webp => "webp",
        OutputFormat::Png => "png",
        OutputFormat::Jpeg => "jpg",
    };
    Encoded { bytes, content_type: format.content_type(), extension }
}
