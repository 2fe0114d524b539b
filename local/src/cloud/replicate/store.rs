//! Predictions in the database, so that a restart goes on where the last run was.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _};
use serde_json::{Map, Value, json};

use super::prediction::{KEPT, Prediction, Status};
use crate::ground::Ground;

/// How many predictions a page of the list has.
const PAGE: usize = 100;

pub(super) struct Store(Ground);

/// One page of the list, newest first.
pub(super) struct Page {
    pub(super) predictions: Vec<Prediction>,
    /// Where the next page begins, if there is one.
    pub(super) next: Option<i64>,
}

impl Store {
    pub(super) fn open(ground: &Ground) -> Self {
        let store = Self(Ground::clone(ground));
        store
            .database()
            .execute_batch(
                // `number` orders the list. `telling` is 1 while the terminal webhook has not arrived, `files` is 1
                // while there are files on the disk.
                "CREATE TABLE IF NOT EXISTS replicate_predictions (
                     number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, status TEXT NOT NULL,
                     created_at INTEGER NOT NULL, completed_at INTEGER, telling INTEGER NOT NULL DEFAULT 0,
                     files INTEGER NOT NULL DEFAULT 0, prediction TEXT NOT NULL);
                 CREATE INDEX IF NOT EXISTS replicate_open ON replicate_predictions (number)
                     WHERE status IN ('starting', 'processing') OR telling = 1;
                 CREATE INDEX IF NOT EXISTS replicate_files ON replicate_predictions (completed_at) WHERE files = 1;",
            )
            .expect("the database was opened for writing");
        store
    }

    pub(super) fn insert(&self, prediction: &Prediction) {
        self.database()
            .execute(
                "INSERT INTO replicate_predictions (id, status, created_at, prediction) VALUES (?1, ?2, ?3, ?4)",
                (
                    &prediction.id,
                    prediction.status.name(),
                    prediction.created_at.as_microsecond(),
                    written(prediction),
                ),
            )
            .expect("ids are unique and the database was opened for writing");
    }

    pub(super) fn get(&self, id: &str) -> Option<Prediction> {
        get(&self.database(), id)
    }

    /// Changes a prediction that has not ended, and returns what it is now; `None` when it has ended already, so
    /// that the end happens once. `telling` marks an end that a webhook waits for.
    pub(super) fn change(
        &self,
        id: &str,
        telling: bool,
        change: impl FnOnce(&mut Prediction),
    ) -> Option<Prediction> {
        let database = self.database();
        let mut prediction = get(&database, id).filter(|it| !it.status.is_final())?;
        change(&mut prediction);
        database
            .execute(
                "UPDATE replicate_predictions
                 SET status = ?2, completed_at = ?3, telling = ?4, files = ?5, prediction = ?6 WHERE id = ?1",
                (
                    id,
                    prediction.status.name(),
                    prediction.completed_at.map(Timestamp::as_microsecond),
                    telling && prediction.webhook.is_some(),
                    !prediction.files.is_empty(),
                    written(&prediction),
                ),
            )
            .expect("the database was opened for writing");
        Some(prediction)
    }

    /// The terminal webhook arrived or was given up.
    pub(super) fn told(&self, id: &str) {
        self.database()
            .execute("UPDATE replicate_predictions SET telling = 0 WHERE id = ?1", [id])
            .expect("the database was opened for writing");
    }

    /// What a stop of the process left: predictions at work, and ended ones whose webhook is still to be told.
    pub(super) fn left_open(&self) -> Vec<Prediction> {
        let database = self.database();
        let mut statement = database
            .prepare(
                "SELECT prediction FROM replicate_predictions
                 WHERE status IN ('starting', 'processing') OR telling = 1 ORDER BY number",
            )
            .expect("the table exists");
        let rows =
            statement.query_map([], |row| row.get::<_, String>(0)).expect("there is no parameter");
        rows.flatten().map(|it| read(&it)).collect()
    }

    /// Predictions made between the two times, older than `cursor`.
    pub(super) fn page(
        &self,
        cursor: Option<i64>,
        after: Option<Timestamp>,
        before: Option<Timestamp>,
    ) -> Page {
        let database = self.database();
        let mut statement = database
            .prepare(
                "SELECT number, prediction FROM replicate_predictions
                 WHERE number < ?1 AND created_at >= ?2 AND created_at < ?3 ORDER BY number DESC LIMIT ?4",
            )
            .expect("the table exists");
        let parameters = (
            cursor.unwrap_or(i64::MAX),
            after.map_or(i64::MIN, Timestamp::as_microsecond),
            before.map_or(i64::MAX, Timestamp::as_microsecond),
            // One more tells whether there is a next page.
            i64::try_from(PAGE + 1).expect("a page is small"),
        );
        let rows = statement
            .query_map(parameters, |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))
            .expect("the parameters fit");
        let mut rows: Vec<_> = rows.flatten().collect();
        let more = rows.len() > PAGE;
        rows.truncate(PAGE);
        let next = rows.last().filter(|_| more).map(|(number, _)| *number);
        Page { predictions: rows.iter().map(|(_, it)| read(it)).collect(), next }
    }

    /// Ids whose files are past their hour; each is named once.
    pub(super) fn expired_files(&self, now: Timestamp) -> Vec<String> {
        let database = self.database();
        let mut statement = database
            .prepare(
                "UPDATE replicate_predictions SET files = 0 WHERE files = 1 AND completed_at <= ?1 RETURNING id",
            )
            .expect("the table exists");
        let expired = (now - KEPT).as_microsecond();
        let rows = statement.query_map([expired], |row| row.get(0)).expect("the parameter fits");
        rows.flatten().collect()
    }

    pub(super) fn created(&self) -> i64 {
        self.database()
            .query_row("SELECT count(*) FROM replicate_predictions", [], |row| row.get(0))
            .expect("the table exists")
    }

    pub(super) fn statistics(&self) -> Value {
        let database = self.database();
        let count = |status: Status| -> i64 {
            database
                .query_row(
                    "SELECT count(*) FROM replicate_predictions WHERE status = ?1",
                    [status.name()],
                    |row| row.get(0),
                )
                .expect("the table exists")
        };
        let by_status: Map<String, Value> = Status::ALL
            .map(|status| (status.name().to_owned(), json!(count(status))))
            .into_iter()
            .collect();
        let created: i64 = by_status.values().filter_map(Value::as_i64).sum();
        json!({ "predictions_created": created, "by_status": by_status })
    }

    fn database(&self) -> std::sync::MutexGuard<'_, Connection> {
        self.0.database.lock().expect("no holder panics")
    }
}

fn get(database: &Connection, id: &str) -> Option<Prediction> {
    database
        .query_row("SELECT prediction FROM replicate_predictions WHERE id = ?1", [id], |row| {
            row.get::<_, String>(0)
        })
        .optional()
        .expect("the table exists")
        .map(|it| read(&it))
}

fn read(written: &str) -> Prediction {
    serde_json::from_str(written).expect("this program wrote it")
}

fn written(prediction: &Prediction) -> String {
    serde_json::to_string(prediction).expect("a prediction is plain data")
}

#[cfg(test)]
mod tests {
    use super::super::prediction::tests::prediction;
    use super::*;
    use crate::cloud::tests::ground;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    fn store_with(count: i64) -> Store {
        let store = Store::open(&ground("replicate-store"));
        for number in 0..count {
            let mut prediction = prediction(&format!("p{number}"), "flux-schnell");
            prediction.status = Status::Processing;
            prediction.created_at = at(1000 + number);
            store.insert(&prediction);
        }
        store
    }

    #[test]
    fn pages_hold_a_hundred_and_together_everything_once() {
        let store = store_with(205);
        let mut ids = Vec::new();
        let (mut cursor, mut sizes) = (None, Vec::new());
        loop {
            let page = store.page(cursor, None, None);
            sizes.push(page.predictions.len());
            ids.extend(page.predictions.into_iter().map(|it| it.id));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(sizes, [100, 100, 5]);
        let newest_first: Vec<_> = (0..205).rev().map(|number| format!("p{number}")).collect();
        assert_eq!(ids, newest_first);
    }

    #[test]
    fn the_list_is_cut_at_the_times_asked_for() {
        let page = store_with(10).page(None, Some(at(1003)), Some(at(1006)));
        let ids: Vec<_> = page.predictions.iter().map(|it| it.id.as_str()).collect();
        assert_eq!((ids, page.next), (vec!["p5", "p4", "p3"], None));
    }

    #[test]
    fn a_prediction_ends_once() {
        let store = store_with(1);
        let end = |status| store.change("p0", true, |it| it.status = status).map(|it| it.status);
        assert_eq!(end(Status::Canceled), Some(Status::Canceled));
        assert_eq!(end(Status::Succeeded), None);
        assert_eq!(store.get("p0").expect("it is kept").status, Status::Canceled);
    }

    #[test]
    fn a_webhook_still_to_be_told_is_left_open() {
        let store = store_with(1);
        store.change("p0", true, |it| {
            it.status = Status::Succeeded;
            it.webhook = Some("http://127.0.0.1/".to_owned());
        });
        assert_eq!(store.left_open().len(), 1);
        store.told("p0");
        assert!(store.left_open().is_empty());
    }

    #[test]
    fn files_expire_an_hour_after_the_end() {
        let store = store_with(1);
        store.change("p0", false, |it| {
            it.status = Status::Succeeded;
            it.completed_at = Some(at(2000));
        });
        assert!(store.expired_files(at(5599)).is_empty());
        assert_eq!(store.expired_files(at(5600)), ["p0"]);
        assert!(store.expired_files(at(5600)).is_empty());
    }
}
