//! Documents in one `SQLite` file: the embedded store of a laptop, a small server and the tests.

mod open;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use imagegen_core::ports::BoxError;
use imagegen_core::ports::documents::{
    Document, Documents, DocumentsError, DuePage, Found, Page, Range, Search, Write,
};
use jiff::Timestamp;

pub use open::OpenError;
use reader::Readers;
use writer::Writer;

use crate::rules::{check_id, check_limit, check_writes};

/// Documents in the `SQLite` file at one path.
///
/// One thread writes, and takes every commit that waits into one transaction (`writer.rs`); reads happen where they
/// are asked for (`reader.rs`). Another process may open the same file at the same time.
pub struct SqliteDocuments {
    readers: Readers,
    writer: Writer,
}

impl SqliteDocuments {
    /// Opens the store at `path`, or makes it; the folder has to be there.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let connection = open::writer(path)?;
        let writer = Writer::start(connection).map_err(|e| OpenError::unusable(path, e))?;
        Ok(Self { readers: Readers::new(path), writer })
    }

    /// Partitions after `after` that hold a document of `kind`, in order.
    ///
    /// For tools alone, such as the one that verifies every ledger: no port has it, because no request and no timer
    /// may walk all partitions.
    pub fn partitions_of_kind(
        &self,
        kind: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<String>, DocumentsError> {
        self.readers.partitions_of_kind(kind, after.unwrap_or_default(), limit)
    }
}

#[async_trait]
impl Documents for SqliteDocuments {
    async fn get(&self, partition: &str, id: &str) -> Result<Option<Document>, DocumentsError> {
        check_id(id)?;
        self.readers.get(partition, id)
    }

    async fn list(&self, partition: &str, range: &Range) -> Result<Page, DocumentsError> {
        check_limit(range.limit)?;
        self.readers.list(partition, range)
    }

    async fn search(&self, partition: &str, search: &Search) -> Result<Found, DocumentsError> {
        check_limit(search.limit)?;
        self.readers.search(partition, search)
    }

    async fn due(
        &self,
        kind: &str,
        before: Timestamp,
        cursor: Option<&str>,
    ) -> Result<DuePage, DocumentsError> {
        self.readers.due(kind, before, cursor)
    }

    async fn commit(&self, partition: &str, writes: Vec<Write>) -> Result<(), DocumentsError> {
        check_writes(&writes)?;
        self.writer.commit(partition.to_owned(), writes).await
    }
}

impl fmt::Debug for SqliteDocuments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SqliteDocuments").field(&self.readers.path()).finish()
    }
}

/// What the caller can do about an error of `SQLite`.
fn error(source: impl Into<Arc<rusqlite::Error>>) -> DocumentsError {
    use rusqlite::ErrorCode as Code;
    let source = source.into();
    let hopeless = match source.sqlite_error_code() {
        Some(code) => matches!(
            code,
            Code::DatabaseCorrupt
                | Code::NotADatabase
                | Code::ReadOnly
                | Code::PermissionDenied
                | Code::SchemaChanged
                | Code::TooBig
                | Code::ConstraintViolation
                | Code::TypeMismatch
                | Code::ApiMisuse
                | Code::ParameterOutOfRange
        ),
        // rusqlite's own: a column of another type than ours, and the like.
        None => true,
    };
    let source: BoxError = Box::new(source);
    if hopeless { DocumentsError::Refused(source) } else { DocumentsError::Unavailable(source) }
}
