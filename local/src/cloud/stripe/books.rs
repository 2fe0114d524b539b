//! Everything that the payment service knows, as one call or one step of the clock sees and changes it: in one
//! transaction, at one moment.
//!
//! Objects are kept as they are shown. What only the stand-in needs to know has a name that begins with `_`.

use rusqlite::{OptionalExtension as _, Transaction, TransactionBehavior};
use serde_json::{Map, Value, json};

use super::refusal::{Done, Refusal};
use super::{Shared, clock, cycle, invoices, purchase};

/// Objects and words in the database.
const TABLES: &str = "
CREATE TABLE IF NOT EXISTS stripe_objects (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, object TEXT NOT NULL, customer TEXT,
    created INTEGER NOT NULL, due INTEGER, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS stripe_kinds ON stripe_objects (object, number);
CREATE INDEX IF NOT EXISTS stripe_customers ON stripe_objects (customer, object) WHERE customer IS NOT NULL;
CREATE INDEX IF NOT EXISTS stripe_due ON stripe_objects (due, number) WHERE due IS NOT NULL;
CREATE TABLE IF NOT EXISTS stripe_words (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stripe_deliveries (
    number INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, endpoint TEXT NOT NULL,
    tries INTEGER NOT NULL, next_at INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS stripe_deliveries_of ON stripe_deliveries (event);
CREATE TABLE IF NOT EXISTS stripe_answers (
    key TEXT PRIMARY KEY, asked TEXT NOT NULL, made_at INTEGER NOT NULL, status INTEGER NOT NULL,
    request TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS stripe_answers_age ON stripe_answers (made_at);";

pub(super) fn make_tables(ground: &crate::ground::Ground) {
    let database = ground.database.lock().expect("no holder panics");
    database.execute_batch(TABLES).expect("the database was opened for writing");
}

/// Who caused a change; the clock has neither.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    pub(super) request: Option<String>,
    pub(super) key: Option<String>,
}

pub(super) struct Books<'a> {
    pub(super) database: Transaction<'a>,
    /// Stripe's time in seconds; it stands still while we work.
    pub(super) now: i64,
    pub(super) asked: Asked,
    pub(super) shared: &'a Shared,
}

/// Runs `work` at Stripe's present. It is kept when it is done, and nothing of it otherwise.
pub(super) fn within<T>(
    shared: &Shared,
    asked: Asked,
    work: impl FnOnce(&Books<'_>) -> Done<T>,
) -> Done<T> {
    within_at(shared, asked, None, work)
}

/// The same at a moment of the clock's choice.
pub(super) fn within_at<T>(
    shared: &Shared,
    asked: Asked,
    now: Option<i64>,
    work: impl FnOnce(&Books<'_>) -> Done<T>,
) -> Done<T> {
    let mut database = shared.ground.database.lock().expect("no holder panics");
    let transaction = database
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .expect("nobody else writes to this database");
    let mut books = Books { database: transaction, now: 0, asked, shared };
    books.now = now.unwrap_or_else(|| clock::now(&books));
    let done = work(&books)?;
    books.database.commit().expect("the database was opened for writing");
    // There may be something to tell.
    shared.wake.notify_one();
    Ok(done)
}

impl Books<'_> {
    pub(super) fn find(&self, id: &str) -> Option<Value> {
        self.database
            .query_row("SELECT body FROM stripe_objects WHERE id = ?1", [id], |row| {
                row.get::<_, String>(0)
            })
            .optional()
            .expect("the table exists")
            .map(|body| read(&body))
    }

    /// One that must exist, because another object names it.
    pub(super) fn get(&self, id: &str) -> Value {
        self.find(id).expect("objects are never removed, and this one is named by another")
    }

    /// The object that an address names.
    pub(super) fn known(&self, object: &str, id: &str) -> Done<Value> {
        self.of_kind(object, id).ok_or_else(|| Refusal::no_such(&spoken(object), id))
    }

    /// The object that a parameter names.
    pub(super) fn named(&self, object: &str, id: &str, param: &str) -> Done<Value> {
        self.of_kind(object, id).ok_or_else(|| Refusal::no_such_named(&spoken(object), id, param))
    }

    fn of_kind(&self, object: &str, id: &str) -> Option<Value> {
        self.find(id).filter(|it| it["object"] == object)
    }

    /// Newest first; of one customer, or of all.
    pub(super) fn all(&self, object: &str, customer: Option<&str>) -> Vec<Value> {
        let mut statement = self
            .database
            .prepare_cached(
                "SELECT body FROM stripe_objects WHERE object = ?1 AND (?2 IS NULL OR customer = ?2)
                 ORDER BY number DESC",
            )
            .expect("the table exists");
        let rows = statement
            .query_map((object, customer), |row| row.get::<_, String>(0))
            .expect("the parameters fit");
        rows.flatten().map(|body| read(&body)).collect()
    }

    pub(super) fn put(&self, object: &Value) {
        let id = object["id"].as_str().expect("every object has an id");
        self.database
            .execute(
                "INSERT INTO stripe_objects (id, object, customer, created, due, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (id) DO UPDATE SET customer = ?3, due = ?5, body = ?6",
                (
                    id,
                    object["object"].as_str(),
                    object["customer"].as_str(),
                    object["created"].as_i64().unwrap_or(self.now),
                    due(object),
                    object.to_string(),
                ),
            )
            .expect("the database was opened for writing");
    }

    pub(super) fn word(&self, name: &str) -> Option<String> {
        self.database
            .query_row("SELECT value FROM stripe_words WHERE name = ?1", [name], |row| row.get(0))
            .optional()
            .expect("the table exists")
    }

    pub(super) fn set_word(&self, name: &str, value: &str) {
        self.database
            .execute(
                "INSERT OR REPLACE INTO stripe_words (name, value) VALUES (?1, ?2)",
                (name, value),
            )
            .expect("the database was opened for writing");
    }

    /// The next moment, up to `until`, at which something happens by itself, and to what.
    pub(super) fn next_due(&self, until: i64) -> Option<(i64, Value)> {
        self.database
            .query_row(
                "SELECT due, body FROM stripe_objects WHERE due <= ?1 ORDER BY due, number LIMIT 1",
                [until],
                |row| Ok((row.get(0)?, row.get::<_, String>(1)?)),
            )
            .optional()
            .expect("the table exists")
            .map(|(due, body)| (due, read(&body)))
    }

    /// A page that people look at.
    pub(super) fn page(&self, path: &str) -> String {
        format!("{}/{path}", self.shared.public)
    }
}

/// When something happens to `object` by itself.
fn due(object: &Value) -> Option<i64> {
    match object["object"].as_str()? {
        "checkout.session" => purchase::due(object),
        "subscription" => cycle::due(object),
        "invoice" => invoices::due(object),
        _ => None,
    }
}

/// As the API shows it.
pub(super) fn shown(object: &Value) -> Value {
    let Some(fields) = object.as_object() else { return object.clone() };
    let seen = fields.iter().filter(|(name, _)| !name.starts_with('_'));
    Value::Object(seen.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// What was different before, as `previous_attributes` tells it: fields of objects one by one, lists whole.
pub(super) fn difference(before: &Value, after: &Value) -> Map<String, Value> {
    let empty = Map::new();
    let (before, after) =
        (before.as_object().unwrap_or(&empty), after.as_object().unwrap_or(&empty));
    let mut changed = Map::new();
    for (name, now) in after {
        let was = before.get(name).unwrap_or(&Value::Null);
        if was == now {
            continue;
        }
        let told = if was.is_object() && now.is_object() {
            Value::Object(difference(was, now))
        } else {
            was.clone()
        };
        changed.insert(name.clone(), told);
    }
    for (name, was) in before {
        if !after.contains_key(name) {
            changed.insert(name.clone(), was.clone());
        }
    }
    changed
}

/// Fields that are there from the beginning, with nothing in them.
pub(super) fn nothing_yet(object: &mut Value, names: &[&str]) {
    for name in names {
        object[*name] = Value::Null;
    }
}

/// `prefix_` and what nobody guesses.
pub(super) fn new_id(prefix: &str) -> String {
    format!("{prefix}_{}", random(24))
}

/// Letters and digits.
pub(super) fn random(length: usize) -> String {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut bytes = vec![0_u8; length];
    getrandom::fill(&mut bytes).expect("the operating system has random numbers");
    bytes.iter().map(|byte| char::from(LETTERS[usize::from(*byte) % 62])).collect()
}

/// `{"object": "list", …}` of all there is.
pub(super) fn whole_list(data: &[Value], url: &str) -> Value {
    json!({ "object": "list", "data": data, "has_more": false, "url": url, "total_count": data.len() })
}

fn spoken(object: &str) -> String {
    match object {
        "checkout.session" => "checkout.session".to_owned(),
        "billing_portal.configuration" => "billing portal configuration".to_owned(),
        other => other.to_owned(),
    }
}

fn read(body: &str) -> Value {
    serde_json::from_str(body).expect("this program wrote it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_is_told_as_it_was() {
        let before = json!({ "status": "active", "a": { "x": 1, "y": 2 }, "list": [1], "same": 1 });
        let after =
            json!({ "status": "past_due", "a": { "x": 1, "y": 3 }, "list": [2], "same": 1 });
        assert_eq!(
            Value::Object(difference(&before, &after)),
            json!({ "status": "active", "a": { "y": 2 }, "list": [1] })
        );
    }

    #[test]
    fn what_is_ours_alone_is_not_shown() {
        assert_eq!(shown(&json!({ "id": "a", "_secret": 1 })), json!({ "id": "a" }));
    }
}
