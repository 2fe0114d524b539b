//! Where a picture lies: known from user, job and index alone, so that storing it twice is storing it once.

use crate::catalog::OutputFormat;
use crate::ids::{GenerationId, UserId};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rendition {
    Original(OutputFormat),
    Display,
    Thumbnail,
    /// The provider's file as it came, unchecked: no link to it is ever made, and it goes when it is finished.
    Raw,
}

pub(super) fn blob_key(
    user: &UserId,
    generation: &GenerationId,
    index: u32,
    rendition: Rendition,
) -> String {
    let name = match rendition {
        Rendition::Original(OutputFormat::Webp) => "original.webp",
        Rendition::Original(OutputFormat::Png) => "original.png",
        Rendition::Original(OutputFormat::Jpeg) => "original.jpg",
        Rendition::Display => "display.webp",
        Rendition::Thumbnail => "thumbnail.webp",
        Rendition::Raw => "raw.bin",
    };
    format!("{user}/{generation}/{index}/{name}")
}
