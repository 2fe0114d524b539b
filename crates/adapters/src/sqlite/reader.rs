//! Reads, on the thread that asks: a point read out of the page cache takes microseconds, a hop to another thread
//! and back takes longer. A read that has to go to the disk holds its thread for that long.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use imagegen_core::ports::documents::{
    Document, DocumentsError, DuePage, Etag, Found, MAX_LOOKED_AT, Order, Page, Range, Search, met,
};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, Rows, params};

use super::{error, open};
use crate::rules::refused;

const GET: &str =
    "SELECT id, kind, due, etag, body, position FROM documents WHERE partition = ? AND id = ?";

const LIST_UP: &str = "SELECT id, kind, due, etag, body, position FROM documents
    WHERE partition = ? AND kind = ? AND coalesce(position, id) > ? ORDER BY coalesce(position, id)";
const LIST_DOWN: &str = "SELECT id, kind, due, etag, body, position FROM documents
    WHERE partition = ? AND kind = ? AND coalesce(position, id) < ? ORDER BY coalesce(position, id) DESC";
const LIST_DOWN_FROM_END: &str = "SELECT id, kind, due, etag, body, position FROM documents
    WHERE partition = ? AND kind = ? AND coalesce(position, id) > ? ORDER BY coalesce(position, id) DESC";

const SEARCH: &str = "SELECT id, kind, due, etag, body, position FROM documents
    WHERE partition = ? AND kind = ? AND coalesce(position, id) >= ? AND coalesce(position, id) < ?
    ORDER BY coalesce(position, id) DESC";
const SEARCH_FROM_END: &str = "SELECT id, kind, due, etag, body, position FROM documents
    WHERE partition = ? AND kind = ? AND coalesce(position, id) >= ? ORDER BY coalesce(position, id) DESC";

const DUE: &str = "SELECT id, kind, due, etag, body, position, partition FROM documents
    WHERE kind = ? AND due <= ? AND (due, partition, id) > (?, ?, ?)
    ORDER BY due, partition, id";

/// From partition to partition by the index; DISTINCT would read every document of each.
const NEXT_PARTITION: &str =
    "SELECT partition FROM documents WHERE partition > ? ORDER BY partition LIMIT 1";
const HOLDS_KIND: &str = "SELECT EXISTS (SELECT 1 FROM documents WHERE partition = ? AND kind = ?)";

/// For the test that each of them is answered from an index.
#[cfg(test)]
pub(super) const ALL: [&str; 9] = [
    GET,
    LIST_UP,
    LIST_DOWN,
    LIST_DOWN_FROM_END,
    SEARCH,
    SEARCH_FROM_END,
    DUE,
    NEXT_PARTITION,
    HOLDS_KIND,
];

/// The most documents on a page of what is due.
const DUE_PAGE: usize = 100;

/// Connections that only read. There come to be as many as threads have read at one moment.
///
/// None of them is ever inside a transaction between two reads, so each read begins with the newest commit.
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), idle: Mutex::new(Vec::new()) }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn get(
        &self,
        partition: &str,
        id: &str,
    ) -> Result<Option<Document>, DocumentsError> {
        self.read(|connection| {
            connection.prepare_cached(GET)?.query_row([partition, id], document).optional()
        })
    }

    pub(super) fn list(&self, partition: &str, range: &Range) -> Result<Page, DocumentsError> {
        let sql = match (range.order, &range.after) {
            (Order::Ascending, _) => LIST_UP,
            (Order::Descending, Some(_)) => LIST_DOWN,
            (Order::Descending, None) => LIST_DOWN_FROM_END,
        };
        // No position is empty, so each of them is after the empty one.
        let after = range.after.as_deref().unwrap_or_default();
        let wanted = params![partition, range.kind, after];
        let mut documents = self.read(|connection| {
            let mut statement = connection.prepare_cached(sql)?;
            // One more than asked for tells whether more follow. Rows are made as they are taken.
            let rows = statement.query_map(wanted, document)?.take(range.limit + 1);
            rows.collect::<Result<Vec<_>, _>>()
        })?;
        let more = documents.len() > range.limit;
        documents.truncate(range.limit);
        Ok(Page { documents, more })
    }

    pub(super) fn search(&self, partition: &str, search: &Search) -> Result<Found, DocumentsError> {
        let Search { kind, from, before, .. } = search;
        // No position is empty, so each of them is after the empty one.
        let from = from.as_deref().unwrap_or_default();
        self.read(|connection| {
            if let Some(before) = before {
                let mut statement = connection.prepare_cached(SEARCH)?;
                looked_through(statement.query(params![partition, kind, from, before])?, search)
            } else {
                let mut statement = connection.prepare_cached(SEARCH_FROM_END)?;
                looked_through(statement.query(params![partition, kind, from])?, search)
            }
        })
    }

    pub(super) fn due(
        &self,
        kind: &str,
        before: Timestamp,
        cursor: Option<&str>,
    ) -> Result<DuePage, DocumentsError> {
        let after = cursor.map_or(Ok(DueCursor::START), DueCursor::parse)?;
        let before = before.as_millisecond();
        let wanted = params![kind, before, after.due, after.partition, after.id];
        let mut documents = self.read(|connection| {
            let mut statement = connection.prepare_cached(DUE)?;
            let rows = statement.query_map(wanted, |row| Ok((row.get(6)?, document(row)?)))?;
            rows.take(DUE_PAGE + 1).collect::<Result<Vec<(String, Document)>, _>>()
        })?;
        let more = documents.len() > DUE_PAGE;
        documents.truncate(DUE_PAGE);
        let last = documents.last().filter(|_| more);
        let cursor = last.and_then(|(partition, document)| {
            let due = document.due?.as_millisecond();
            Some(DueCursor { due, partition, id: &document.id }.to_string())
        });
        Ok(DuePage { documents, cursor })
    }

    pub(super) fn partitions_of_kind(
        &self,
        kind: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<String>, DocumentsError> {
        self.read(|connection| {
            let mut next = connection.prepare_cached(NEXT_PARTITION)?;
            let mut holds = connection.prepare_cached(HOLDS_KIND)?;
            let (mut found, mut at) = (Vec::new(), after.to_owned());
            while found.len() < limit {
                let Some(partition) = next.query_row([&at], |row| row.get(0)).optional()? else {
                    break;
                };
                at = partition;
                if holds.query_row([at.as_str(), kind], |row| row.get(0))? {
                    found.push(at.clone());
                }
            }
            Ok(found)
        })
    }

    fn read<T>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, rusqlite::Error>,
    ) -> Result<T, DocumentsError> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = idle().pop();
        let connection = match taken {
            Some(connection) => connection,
            None => open::reader(&self.path).map_err(error)?,
        };
        // A connection that failed is not used again.
        let found = query(&connection).map_err(error)?;
        idle().push(connection);
        Ok(found)
    }
}

/// Tests bodies where `SQLite` has them: what does not meet the conditions is never copied.
fn looked_through(mut rows: Rows<'_>, search: &Search) -> Result<Found, rusqlite::Error> {
    let mut documents = Vec::new();
    let mut last = None;
    for looked_at in 0.. {
        let Some(row) = rows.next()? else { return Ok(Found { documents, next: None }) };
        if looked_at == MAX_LOOKED_AT || documents.len() == search.limit {
            return Ok(Found { documents, next: last });
        }
        let body = row.get_ref(4)?.as_str()?;
        let hit = met(&search.conditions, body);
        if hit {
            documents.push(document(row)?);
        }
        // Only the position of the last one is needed, and which that is is not known before.
        if hit || looked_at + 1 == MAX_LOOKED_AT {
            last = Some(position(row)?);
        }
    }
    unreachable!("the numbers do not end")
}

fn position(row: &Row<'_>) -> Result<String, rusqlite::Error> {
    let own: Option<String> = row.get(5)?;
    own.map_or_else(|| row.get(0), Ok)
}

/// The first six columns of every query.
fn document(row: &Row<'_>) -> Result<Document, rusqlite::Error> {
    let due: Option<i64> = row.get(2)?;
    let due = due.map(Timestamp::from_millisecond).transpose().map_err(|e| {
        rusqlite::Error::FromSqlConversionFailure(2, rusqlite::types::Type::Integer, Box::new(e))
    })?;
    let etag: i64 = row.get(3)?;
    Ok(Document {
        id: row.get(0)?,
        kind: row.get(1)?,
        position: position(row)?,
        due,
        etag: Etag(format!("{:x}", etag.cast_unsigned())),
        body: row.get(4)?,
    })
}

/// The last row of a page. The partition comes last because it may have any character; an id has no `/`.
struct DueCursor<'a> {
    due: i64,
    partition: &'a str,
    id: &'a str,
}

impl<'a> DueCursor<'a> {
    const START: DueCursor<'static> = DueCursor { due: i64::MIN, partition: "", id: "" };

    fn parse(text: &'a str) -> Result<Self, DocumentsError> {
        let parts = || {
            let (due, rest) = text.split_once('/')?;
            let (id, partition) = rest.split_once('/')?;
            Some(Self { due: due.parse().ok()?, partition, id })
        };
        parts().ok_or_else(|| refused(format!("`{text}` is no cursor of this store")))
    }
}

impl std::fmt::Display for DueCursor<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.due, self.id, self.partition)
    }
}
