//! Where a picture lies: known from user, job and index alone, so that storing it twice is storing it once.

use crate::catalog::OutputFormat;
use crate::ids::{GenerationId, UserId};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rendition {
    Original(OutputFormat),
    Display,
    Thumbnail,
    /// The provider's file as it came, unchecked: no link to it is ever made, and it goes when it is finished.
    Raw,
    /// The original without its recipe, for those who are not to read the prompt. Made when it is first needed.
    Plain(OutputFormat),
}

pub(crate) fn blob_key(
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
        Rendition::Plain(OutputFormat::Webp) => "plain.webp",
        Rendition::Plain(OutputFormat::Png) => "plain.png",
        Rendition::Plain(OutputFormat::Jpeg) => "plain.jpg",
    };
    format!("{user}/{generation}/{index}/{name}")
}
