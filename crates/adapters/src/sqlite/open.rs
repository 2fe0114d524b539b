//! Opening the file: settings, schema, and saying plainly why it cannot be.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

/// Marks the file as ours in its header (`IGen`), so that no other program's database is taken for it.
const APPLICATION_ID: i64 = 0x4947_656e;

/// The schema below; a file with a greater number was made by a newer program.
const SCHEMA_VERSION: i64 = 2;

/// How long a statement waits for another process that holds the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// With rowids: the bodies of all commits of a group then lie side by side at the end of the table, whoever's they
/// are. Clustered by key each would dirty a page of its own; measured, that wrote 1.6 times as much.
const SCHEMA: &str = "
    CREATE TABLE documents (
        partition TEXT NOT NULL,
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        due INTEGER,
        etag INTEGER NOT NULL,
        body TEXT NOT NULL,
        position TEXT,
        PRIMARY KEY (partition, id)
    ) STRICT;
    CREATE INDEX documents_by_kind ON documents (partition, kind, coalesce(position, id));
    CREATE INDEX documents_by_due ON documents (kind, due, partition, id) WHERE due IS NOT NULL;
";

/// What a file of schema 1 lacks.
const FROM_1_TO_2: &str = "
    ALTER TABLE documents ADD COLUMN position TEXT;
    DROP INDEX documents_by_kind;
    CREATE INDEX documents_by_kind ON documents (partition, kind, coalesce(position, id));
";

/// Why the store cannot be used. Each sentence names the file.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(
        "cannot open the document store `{}`: its folder has to exist, and both have to be writable", path.display()
    )]
    Unwritable { path: PathBuf, source: Option<rusqlite::Error> },
    #[error("`{}` is a file of another program, not a document store", path.display())]
    NotOurs { path: PathBuf },
    #[error("the document store `{}` was made by a newer version (schema {version})", path.display())]
    Newer { path: PathBuf, version: i64 },
    #[error("the document store `{}` is damaged: restore it from a backup", path.display())]
    Damaged { path: PathBuf, source: rusqlite::Error },
    #[error("the document store `{}` cannot be used", path.display())]
    Unusable { path: PathBuf, source: rusqlite::Error },
}

impl OpenError {
    pub(super) fn unusable(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                Self::Unwritable { path, source: Some(source) }
            }
            Some(ErrorCode::NotADatabase) => Self::NotOurs { path },
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path, source },
            _ => Self::Unusable { path, source },
        }
    }
}

/// The connection that writes, to a file that is ours and has our schema.
pub(super) fn writer(path: &Path) -> Result<Connection, OpenError> {
    let failed = |e| OpenError::unusable(path, e);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    // SQLite falls back to reading, silently, if it may not write.
    if connection.is_readonly("main").map_err(failed)? {
        return Err(OpenError::Unwritable { path: path.to_owned(), source: None });
    }
    patient_and_stable(&connection).map_err(failed)?;
    // Before anything is changed: the file may be somebody else's.
    let found = state(&connection, path)?;
    configure_writer(&connection).map_err(failed)?;
    if found != State::Current {
        bring_up_to_date(&mut connection, path)?;
    }
    Ok(connection)
}

/// A connection that reads what was committed before each statement began.
pub(super) fn reader(path: &Path) -> Result<Connection, rusqlite::Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    patient_and_stable(&connection)?;
    Ok(connection)
}

fn patient_and_stable(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // Plans do not depend on the values bound: else SQLite compiles some statements anew for every new value.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Empty,
    Schema1,
    Current,
}

/// What the file is; an error if it is not empty and not ours.
fn state(connection: &Connection, path: &Path) -> Result<State, OpenError> {
    let failed = |e| OpenError::unusable(path, e);
    let number = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(failed);
    let application = number("PRAGMA application_id")?;
    let version = number("PRAGMA user_version")?;
    let tables = number("SELECT count(*) FROM sqlite_schema")?;
    match (application, version) {
        (0, 0) if tables == 0 => Ok(State::Empty),
        (APPLICATION_ID, 1) => Ok(State::Schema1),
        (APPLICATION_ID, SCHEMA_VERSION) => Ok(State::Current),
        (APPLICATION_ID, version) => Err(OpenError::Newer { path: path.to_owned(), version }),
        _ => Err(OpenError::NotOurs { path: path.to_owned() }),
    }
}

fn configure_writer(connection: &Connection) -> Result<(), rusqlite::Error> {
    // WAL: readers and the writer do not wait for each other, and a commit is one append and one fsync.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: the log is synced before COMMIT returns, so a commit that returned survives a power cut. With NORMAL it
    // would survive only a crash of this process.
    connection.pragma_update(None, "synchronous", "FULL")?;
    // The log is taken into the file after 16 MB, not after 4: the pages that every group changes are then written
    // there once for more groups. After 64 MB would be faster still, but after a kill the log is read at the start.
    connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    // 8 MB hold all pages of a full group. With the 2 MB of the default some of them would be written twice.
    connection.pragma_update(None, "cache_size", -8_000)?;
    // Savepoints keep the pages they may have to restore; in memory, not in a file.
    connection.pragma_update(None, "temp_store", "MEMORY")
}

fn bring_up_to_date(connection: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let failed = |e| OpenError::unusable(path, e);
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    // Two processes may open a file at the same time; the second one finds the work done.
    let missing = match state(&transaction, path)? {
        State::Empty => SCHEMA,
        State::Schema1 => FROM_1_TO_2,
        State::Current => "",
    };
    transaction.execute_batch(missing).map_err(failed)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(failed)?;
    transaction.pragma_update(None, "user_version", SCHEMA_VERSION).map_err(failed)?;
    transaction.commit().map_err(failed)
}
