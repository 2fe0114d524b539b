//! What the unit tests of the host and the broker stand on.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::Connection;

use super::host_json::{CustomHandler, HostJson};
use crate::ground::{Ground, GroundParts};

/// A ground without a folder: its database lives in memory.
pub(crate) fn ground() -> Ground {
    let database = Connection::open_in_memory().expect("memory is always there");
    database
        .execute_batch(
            "CREATE TABLE secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        )
        .expect("the statement is good");
    Arc::new(GroundParts { port: 7071, data: "/nowhere".into(), database: Mutex::new(database) })
}

/// A `host.json` with the defaults of our package.
pub(crate) fn host_json() -> HostJson {
    HostJson {
        function_timeout: Some(Duration::from_mins(2)),
        handler: CustomHandler {
            executable: "handler".into(),
            arguments: Vec::new(),
            working_directory: String::new(),
            initialization_timeout: Duration::from_secs(30),
        },
        route_prefix: "api".into(),
        max_concurrent_calls: 16,
        max_auto_lock_renewal: Duration::from_mins(5),
    }
}

/// A folder of the test's own, gone with the value.
pub(crate) struct Folder(PathBuf);

pub(crate) fn folder() -> Folder {
    let path = std::env::temp_dir().join(format!("imagegen-local-{}", crate::guid::random()));
    std::fs::create_dir_all(&path).expect("the temporary folder is writable");
    Folder(path)
}

impl Folder {
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
