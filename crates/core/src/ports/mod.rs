//! What the rules need from the world. One trait a file; its doc comment is the promise, and where a second
//! adapter exists a `conformance` suite tests it.

pub mod blobs;
pub mod clock;
pub mod documents;
pub mod identity;
pub mod image_provider;
pub mod imaging;
pub mod moderation;
pub mod payments;
pub mod queue;
pub mod realtime;

/// The reason behind an adapter's error, for the log.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
