//! From the provider's bytes, or a user's, to what is stored.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::catalog::OutputFormat;

/// Turns a provider's picture into ours. CPU work of a quarter of a second, off the async threads.
#[async_trait]
pub trait Imaging: std::fmt::Debug + Send + Sync + 'static {
    /// Decodes within limits, makes display and thumbnail, marks and writes the recipe.
    async fn finish(&self, bytes: Vec<u8>, order: ImagingOrder) -> Result<Finished, ImagingError>;

    /// The picture as the safety check takes it: JPEG, PNG or WebP of 4 MB and 2,048 pixels a side at the most.
    async fn for_moderation(&self, bytes: Vec<u8>) -> Result<Vec<u8>, ImagingError>;

    /// A stranger's file as a picture to start from: decoded within limits that its header is held to first, turned
    /// upright, made 8-bit RGB on white, scaled to what models take, and written anew. Nothing else of the file is
    /// left. The same bytes give the same picture.
    async fn normalise(&self, bytes: Vec<u8>) -> Result<Normalised, Unusable>;

    /// The recipe in a PNG, WebP or JPEG of ours. `None` when the file carries none. It was written by whoever made
    /// the file: text to offer to a user, never a proof.
    async fn read_recipe(&self, bytes: Vec<u8>) -> Result<Option<Recipe>, ImagingError>;

    /// One of our pictures, pixel by pixel the same, without its recipe but with the mark that a model made it.
    async fn without_recipe(&self, bytes: Vec<u8>) -> Result<Encoded, ImagingError>;
}

/// A picture to start from, made by us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normalised {
    pub picture: Encoded,
    pub width: u32,
    pub height: u32,
}

/// Why a user's file is not taken. It is stored, so that asking twice answers the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Unusable {
    /// A file of another kind, by the name that people know it under.
    Foreign {
        format: String,
    },
    /// Nothing that we know.
    NotAPicture,
    Animated,
    /// More bytes than are taken.
    TooHeavy {
        bytes: u64,
        most: u64,
    },
    /// More pixels than are taken: `50000 × 50000 pixels`.
    TooLarge {
        what: String,
    },
    TooSmall {
        width: u32,
        height: u32,
    },
    /// One side is many times the other.
    TooNarrow {
        width: u32,
        height: u32,
    },
    /// It ends before the picture does.
    CutOff,
    /// It does not keep to its format.
    Damaged,
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
