//! Tasks in the database, so that a restart goes on where the last run was.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _};

use super::Task;
use crate::ground::Ground;

pub(super) struct Store(Ground);

impl Store {
    pub(super) fn open(ground: &Ground) -> Self {
        let store = Self(Ground::clone(ground));
        store
            .database()
            .execute_batch(
                // `telling` is 1 while the webhook has not arrived.
                "CREATE TABLE IF NOT EXISTS bfl_tasks (id TEXT PRIMARY KEY, ends_at INTEGER NOT NULL,
                     telling INTEGER NOT NULL, task TEXT NOT NULL) WITHOUT ROWID;
                 CREATE INDEX IF NOT EXISTS bfl_ends ON bfl_tasks (ends_at);",
            )
            .expect("the database was opened for writing");
        store
    }

    pub(super) fn insert(&self, task: &Task) {
        let text = serde_json::to_string(task).expect("a task is plain data");
        self.database()
            .execute(
                "INSERT INTO bfl_tasks (id, ends_at, telling, task) VALUES (?1, ?2, ?3, ?4)",
                (&task.id, task.ends_at.as_microsecond(), task.webhook_url.is_some(), text),
            )
            .expect("ids are unique and the database was opened for writing");
    }

    pub(super) fn get(&self, id: &str) -> Option<Task> {
        let database = self.database();
        let found = database.query_row("SELECT task FROM bfl_tasks WHERE id = ?1", [id], |row| {
            row.get::<_, String>(0)
        });
        found.optional().expect("the table exists").map(|it| read(&it))
    }

    /// How many have not ended.
    pub(super) fn at_work(&self, now: Timestamp) -> usize {
        let count: i64 = self
            .database()
            .query_row(
                "SELECT count(*) FROM bfl_tasks WHERE ends_at > ?1",
                [now.as_microsecond()],
                |row| row.get(0),
            )
            .expect("the table exists");
        usize::try_from(count).unwrap_or(0)
    }

    /// The webhook arrived or was given up.
    pub(super) fn told(&self, id: &str) {
        self.database()
            .execute("UPDATE bfl_tasks SET telling = 0 WHERE id = ?1", [id])
            .expect("the database was opened for writing");
    }

    pub(super) fn untold(&self) -> Vec<Task> {
        let database = self.database();
        let mut statement = database
            .prepare("SELECT task FROM bfl_tasks WHERE telling = 1 ORDER BY ends_at")
            .expect("the table exists");
        let rows =
            statement.query_map([], |row| row.get::<_, String>(0)).expect("there is no parameter");
        rows.flatten().map(|it| read(&it)).collect()
    }

    fn database(&self) -> std::sync::MutexGuard<'_, Connection> {
        self.0.database.lock().expect("no holder panics")
    }
}

fn read(written: &str) -> Task {
    serde_json::from_str(written).expect("this program wrote it")
}
