//! Partitioned documents with `ETag`s and one atomic commit per partition: the smallest thing that Cosmos DB and
//! SQLite both keep exactly.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::BoxError;

pub use self::search::{Condition, Found, MAX_LOOKED_AT, Search, Test, met};

/// The most writes in one [`Documents::commit`]; Cosmos DB's limit for a transactional batch.
pub const MAX_WRITES: usize = 100;

/// Documents, in partitions.
///
/// Promises: a commit is all or nothing and durable before it returns; a read sees every commit that returned
/// before it began; `list`, `search` and `due` never skip a document that was there before the first page and still
/// is.
#[async_trait]
pub trait Documents: std::fmt::Debug + Send + Sync + 'static {
    /// `Ok(None)` when there is no such document: absence is an answer, not an error.
    async fn get(&self, partition: &str, id: &str) -> Result<Option<Document>, DocumentsError>;

    /// One page of a partition's documents of one kind, ordered by position.
    async fn list(&self, partition: &str, range: &Range) -> Result<Page, DocumentsError>;

    /// One page of a partition's documents of one kind that meet conditions, last position first. Bounded in work
    /// and not in hits: at most [`MAX_LOOKED_AT`] documents are looked at, so a page may have fewer than `limit`
    /// documents, or none, and yet a next one.
    async fn search(&self, partition: &str, search: &Search) -> Result<Found, DocumentsError>;

    /// One page of documents of `kind` whose `due` is at or before `before`, earliest first, over all partitions.
    /// For timers alone: it is the one read that crosses partitions.
    async fn due(
        &self,
        kind: &str,
        before: Timestamp,
        cursor: Option<&str>,
    ) -> Result<DuePage, DocumentsError>;

    /// All of `writes` (1 to [`MAX_WRITES`], each of another id), or none of them.
    async fn commit(&self, partition: &str, writes: Vec<Write>) -> Result<(), DocumentsError>;
}

/// A document as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Unique in its partition; 1 to 255 characters, none of `/ \ ? #` (Cosmos DB's rule).
    pub id: String,
    /// What it is, for `list` and `due`.
    pub kind: String,
    /// Where it stands among the partition's documents of its kind: the id, unless it was given another.
    pub position: String,
    /// When a timer should look at it, if ever; whole milliseconds are kept.
    pub due: Option<Timestamp>,
    /// A JSON object as text.
    pub body: String,
    /// Changes with every write.
    pub etag: Etag,
}

/// A document to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDocument {
    pub id: String,
    pub kind: &'static str,
    /// Where lists show it, when that is not where its id stands: unique among the partition's documents of its kind,
    /// and never changed.
    pub position: Option<String>,
    pub due: Option<Timestamp>,
    pub body: String,
}

/// The version of a stored document. Opaque.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Etag(pub String);

/// One write of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Conflicts if the document exists.
    Create(NewDocument),
    /// Conflicts unless the stored document still has `etag`.
    Replace { etag: Etag, document: NewDocument },
    /// Conflicts if there is no such document.
    Delete { id: String },
}

/// Which documents of a partition, and in what order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    pub kind: &'static str,
    /// Only positions after this one, in the direction of `order`.
    pub after: Option<String>,
    pub order: Order,
    /// 1 to 100.
    pub limit: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Ascending,
    Descending,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub documents: Vec<Document>,
    /// Whether documents follow the last one.
    pub more: bool,
}

/// One page of what is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuePage {
    /// Each with its partition; 100 at the most.
    pub documents: Vec<(String, Document)>,
    /// For the next page, if there is one.
    pub cursor: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum DocumentsError {
    /// Someone else got there first. Read again and decide again.
    #[error("document `{id}` changed, exists already or is gone")]
    Conflict { id: String },
    /// Worth trying again.
    #[error("the document store is unavailable")]
    Unavailable(#[source] BoxError),
    /// A bug or a misconfiguration: trying again will not help.
    #[error("the document store refused the request")]
    Refused(#[source] BoxError),
}

/// Counts how often a decision was taken anew because others decided first. Each round somebody gets through, so a
/// decision that is small gets through soon.
#[derive(Debug, Default)]
pub struct Rounds(usize);

/// The most rounds of one decision.
const MOST_ROUNDS: usize = 16;

impl Rounds {
    /// Whether to read and decide again after a commit that failed: it was a conflict, and not the last that is
    /// taken. Otherwise the error is what to answer with.
    pub fn again(&mut self, error: DocumentsError) -> Result<(), DocumentsError> {
        self.0 += 1;
        match error {
            DocumentsError::Conflict { .. } if self.0 < MOST_ROUNDS => Ok(()),
            error => Err(error),
        }
    }
}

impl Document {
    /// The body as a value of the feature that owns this kind.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, DocumentsError> {
        serde_json::from_str(&self.body).map_err(|e| {
            DocumentsError::Refused(format!("document `{}` does not decode: {e}", self.id).into())
        })
    }
}

/// The body of a document from the value it keeps.
pub fn encode(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("documents are plain data with string keys")
}

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod search;
