//! Why a picture could not be made or read.

/// None of these goes away by trying again with the same bytes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImagingError {
    /// The first bytes are of no format that we read.
    #[error("the file is not a JPEG, PNG or WebP picture")]
    UnknownFormat,
    /// Too many bytes or pixels. Found from the header, before anything is decoded.
    #[error("the picture is too large: {0}")]
    TooLarge(String),
    #[error("animated pictures are not supported")]
    Animated,
    /// A picture that is in order, of a kind that we do not take.
    #[error("{0} are not supported")]
    Unsupported(&'static str),
    /// The file ends before the picture does.
    #[error("the picture is cut off")]
    Truncated,
    /// The file does not keep to its format.
    #[error("the picture is damaged: {0}")]
    Damaged(&'static str),
    /// The decoder gave up.
    #[error("the picture cannot be decoded")]
    Decode(#[source] image::ImageError),
    /// An encoder gave up, which memory running out or a format's own limits explain.
    #[error("the picture cannot be written as {format}: {reason}")]
    Encode { format: &'static str, reason: String },
}
