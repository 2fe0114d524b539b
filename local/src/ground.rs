//! What every part of the local cloud stands on: the data folder, its one database, the secrets made for it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rusqlite::Connection;

/// Shared by the host and the stand-ins; cheap to clone.
pub(crate) type Ground = Arc<GroundParts>;

pub(crate) struct GroundParts {
    /// The public port; everything is served on it, on loopback.
    pub(crate) port: u16,
    pub(crate) data: PathBuf,
    // A std mutex: never held across an await. Each stand-in makes its own tables, prefixed with its name.
    pub(crate) database: Mutex<Connection>,
}

impl GroundParts {
    /// Opens (or makes) `<data>/local.sqlite`.
    ///
    /// # Errors
    /// A sentence for the console when the folder or the database cannot be written.
    pub(crate) fn open(port: u16, data: &Path) -> Result<Ground, String> {
        std::fs::create_dir_all(data)
            .map_err(|e| format!("cannot make the data folder {}: {e}", data.display()))?;
        let file = data.join("local.sqlite");
        let database = Connection::open(&file)
            .and_then(|c| {
                // WAL and NORMAL: a crash of this process loses nothing; only a power cut may lose the last moments.
                c.pragma_update(None, "journal_mode", "WAL")?;
                c.pragma_update(None, "synchronous", "NORMAL")?;
                c.execute_batch(
                    "CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
                )?;
                Ok(c)
            })
            .map_err(|e| format!("cannot write {}: {e}", file.display()))?;
        Ok(Arc::new(GroundParts { port, data: data.to_owned(), database: Mutex::new(database) }))
    }

    /// 32 random bytes in base64, made once per data folder and name.
    pub(crate) fn secret(&self, name: &str) -> String {
        let database = self.database.lock().expect("no holder panics");
        let mut fresh = [0u8; 32];
        getrandom::fill(&mut fresh).expect("the operating system has random numbers");
        database
            .execute(
                "INSERT OR IGNORE INTO secrets (name, value) VALUES (?1, ?2)",
                (name, BASE64.encode(fresh)),
            )
            .and_then(|_| {
                database.query_row("SELECT value FROM secrets WHERE name = ?1", [name], |row| {
                    row.get(0)
                })
            })
            .expect("the database was opened for writing")
    }
}
