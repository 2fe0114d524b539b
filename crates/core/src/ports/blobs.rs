//! Pictures, at keys that are known before they exist.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::BoxError;

/// Private blobs.
///
/// Promises: a `put` is whole or absent, and durable before it returns; a link opens exactly one blob, for reading
/// or for making it, until it expires.
///
/// Six methods, one more than usual: `size` is there because no store holds a stranger's upload to a size, so whoever
/// reads one asks first.
#[async_trait]
pub trait Blobs: std::fmt::Debug + Send + Sync + 'static {
    /// Writes `bytes` at `key`, replacing what is there.
    ///
    /// `key` is segments of `A-Z a-z 0-9 _ - .` joined by `/`, none of them starting with a dot; its ending says the
    /// content type.
    async fn put(&self, key: &str, content_type: &str, bytes: Vec<u8>) -> Result<(), BlobsError>;

    /// `Ok(None)` when nothing is there.
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, BlobsError>;

    /// How many bytes are there, without reading them; `Ok(None)` when nothing is.
    async fn size(&self, key: &str) -> Result<Option<u64>, BlobsError>;

    /// Deleting what is not there is done already.
    async fn delete(&self, key: &str) -> Result<(), BlobsError>;

    /// A link that reads `key`. It is the same link for a whole window of time, so that browsers cache what it
    /// shows, and is good for at least `ttl` (1 minute to 24 hours) from `now`.
    async fn read_url(
        &self,
        key: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<String, BlobsError>;

    /// A link by which a stranger makes the blob `key`, once: it neither reads nor overwrites. It is good for `ttl`
    /// (1 minute to 24 hours) from `now`.
    ///
    /// `limit` is how many bytes were agreed on. A store that can holds the sender to it; Azure Storage cannot write
    /// it into a link, so whoever reads the blob asks for its [`size`](Self::size) first.
    async fn upload_url(
        &self,
        key: &str,
        content_type: &str,
        limit: u64,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<UploadUrl, BlobsError>;
}

/// Where and how a stranger sends a blob: `PUT` with these headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadUrl {
    pub url: String,
    /// Names and values that the store wants beside the body.
    pub headers: Vec<(&'static str, String)>,
    pub expires_at: Timestamp,
}

#[derive(Debug, thiserror::Error)]
pub enum BlobsError {
    /// Worth trying again.
    #[error("the blob store is unavailable")]
    Unavailable(#[source] BoxError),
    /// A bug or a misconfiguration: trying again will not help.
    #[error("the blob store refused the request")]
    Refused(#[source] BoxError),
}

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
