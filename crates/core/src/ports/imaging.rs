//! From the provider's bytes to what is stored.

use async_trait::async_trait;

use crate::catalog::OutputFormat;

/// Turns a provider's picture into ours. CPU work of a quarter of a second, off the async threads.
#[async_trait]
pub trait Imaging: std::fmt::Debug + Send + Sync + 'static {
    /// Decodes within limits, makes display and thumbnail, marks and writes the recipe.
    async fn finish(&self, bytes: Vec<u8>, order: ImagingOrder) -> Result<Finished, ImagingError>;

    /// The picture as the safety check takes it: JPEG, PNG or WebP of 4 MB and 2,048 pixels a side at the most.
    async fn for_moderation(&self, bytes: Vec<u8>) -> Result<Vec<u8>, ImagingError>;

    /// One of our pictures, pixel by pixel the same, without its recipe but with the mark that a model made it.
    async fn without_recipe(&self, bytes: Vec<u8>) -> Result<Encoded, ImagingError>;
}

#[derive(Debug, Clone)]
pub struct ImagingOrder {
    pub format: OutputFormat,
    pub watermark: bool,
    pub recipe: Recipe,
}

/// How the picture can be made again; goes into the file's metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    /// `None` when the user opted out.
    pub prompt: Option<String>,
    pub model: String,
    pub seed: u32,
    /// As ordered, in pixels.
    pub width: u32,
    /// As ordered, in pixels.
    pub height: u32,
    pub generation: String,
    pub index: u32,
    /// The generation whose picture was the input.
    pub parent: Option<String>,
    /// RFC 3339.
    pub created_at: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    pub original: Encoded,
    /// `None`: the original serves as the display image.
    pub display: Option<Encoded>,
    /// WebP, 30 kB at the most.
    pub thumbnail: Encoded,
    /// A `data:` URL of a few hundred bytes.
    pub placeholder: String,
    pub width: u32,
    pub height: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    pub bytes: Vec<u8>,
    pub content_type: &'static str,
    /// Without the dot.
    pub extension: &'static str,
}

/// The bytes are not a picture that we take. Trying again will not help.
#[derive(Debug, thiserror::Error)]
#[error("not an acceptable picture: {reason}")]
pub struct ImagingError {
    pub reason: String,
}
