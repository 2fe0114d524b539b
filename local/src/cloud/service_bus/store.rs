//! The broker's tables. Every function here is one step on an open connection or transaction and takes the time.
//!
//! A row is `active` (waiting), `scheduled` (not visible yet) or `locked` (a receiver has it). `due` is the
//! moment that matters in that state: when it was enqueued, when it becomes visible, when its lock ends.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Result, Row, named_params, params};

use super::message::{Message, NewMessage};

pub(crate) const LOCK_DURATION: Duration = Duration::from_secs(30);
pub(crate) const MAX_DELIVERY_COUNT: u32 = 10;
const DUPLICATE_WINDOW: Duration = Duration::from_mins(10);
/// What the portal gives a queue.
const DEFAULT_TIME_TO_LIVE: Duration = Duration::from_hours(14 * 24);

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS service_bus_queues (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS service_bus_messages (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  queue TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'scheduled', 'locked')),
  due INTEGER NOT NULL,
  message_id TEXT NOT NULL,
  body BLOB NOT NULL,
  content_type TEXT,
  properties TEXT NOT NULL,
  user_properties TEXT NOT NULL,
  enqueued INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  delivery_count INTEGER NOT NULL DEFAULT 0,
  lock_token TEXT
);
CREATE INDEX IF NOT EXISTS service_bus_next ON service_bus_messages (queue, state, due, sequence);
CREATE UNIQUE INDEX IF NOT EXISTS service_bus_locks ON service_bus_messages (lock_token) WHERE lock_token IS NOT NULL;
CREATE TABLE IF NOT EXISTS service_bus_history (
  queue TEXT NOT NULL, message_id TEXT NOT NULL, seen INTEGER NOT NULL, PRIMARY KEY (queue, message_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS service_bus_history_age ON service_bus_history (seen);";

/// Which of the waiting messages a receiver gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Oldest,
    /// A queue promises no order; this makes sure that nobody relies on one.
    Any,
}

/// What happened to a message that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    Enqueued,
    /// Its id was seen within the window: it is dropped, and the sender is told nothing.
    Duplicate,
}

/// The dead-letter queue is a queue like any other.
pub(crate) fn dead_letter_queue(queue: &str) -> String {
    format!("{queue}/$deadletterqueue")
}

fn is_dead_letter_queue(queue: &str) -> bool {
    queue.ends_with("/$deadletterqueue")
}

pub(crate) fn create_tables(db: &Connection) -> Result<()> {
    // The default of 16 is less than what this file alone has, and the stand-ins share the connection.
    db.set_prepared_statement_cache_capacity(128);
    db.execute_batch(TABLES)
}

pub(crate) fn declare(db: &Connection, queue: &str) -> Result<()> {
    db.prepare_cached("INSERT OR IGNORE INTO service_bus_queues (name) VALUES (?1)")?
        .execute([queue])?;
    Ok(())
}

pub(crate) fn send(
    db: &Connection,
    queue: &str,
    message: &NewMessage,
    now: Timestamp,
) -> Result<Sent> {
    declare(db, queue)?;
    if let Some(id) = &message.message_id
        && is_duplicate(db, queue, id, now)?
    {
        return Ok(Sent::Duplicate);
    }
    let scheduled = message.scheduled.filter(|time| *time > now);
    let enqueued = scheduled.unwrap_or(now);
    let expires = later(enqueued, message.time_to_live.unwrap_or(DEFAULT_TIME_TO_LIVE));
    db.prepare_cached(
        "INSERT INTO service_bus_messages
           (queue, state, due, message_id, body, content_type, properties, user_properties, enqueued, expires)
         VALUES (:queue, :state, :enqueued, :id, :body, :content_type, :properties, :user, :enqueued, :expires)",
    )?
    .execute(named_params! {
        ":queue": queue,
        ":state": if scheduled.is_some() { "scheduled" } else { "active" },
        ":id": message.message_id.clone().unwrap_or_else(crate::guid::random),
        ":body": message.body,
        ":content_type": message.content_type,
        ":properties": serde_json::to_string(&message.properties).expect("strings become JSON"),
        ":user": serde_json::to_string(&message.user_properties).expect("JSON becomes JSON"),
        ":enqueued": enqueued.as_millisecond(),
        ":expires": expires.as_millisecond(),
    })?;
    Ok(Sent::Enqueued)
}

fn is_duplicate(db: &Connection, queue: &str, id: &str, now: Timestamp) -> Result<bool> {
    let window_start = now.as_millisecond() - milliseconds(DUPLICATE_WINDOW);
    db.prepare_cached("DELETE FROM service_bus_history WHERE seen < ?1")?
        .execute([window_start])?;
    let added = db
        .prepare_cached("INSERT OR IGNORE INTO service_bus_history (queue, message_id, seen) VALUES (?1, ?2, ?3)")?
        .execute(params![queue, id, now.as_millisecond()])?;
    Ok(added == 0)
}

/// Locks the next message for a receiver.
pub(crate) fn receive(
    db: &Connection,
    queue: &str,
    order: Order,
    now: Timestamp,
) -> Result<Option<Message>> {
    let millisecond = now.as_millisecond();
    db.prepare_cached(
        "UPDATE service_bus_messages SET state = 'active'
         WHERE queue = ?1 AND state = 'scheduled' AND due <= ?2",
    )?
    .execute(params![queue, millisecond])?;
    release_expired(db, queue, millisecond)?;
    // Expired messages are looked for only where one would be taken: a long queue is not read for each message.
    while let Some((sequence, expires)) = first(db, queue, order)? {
        if expires > millisecond {
            return take(db, sequence, now).map(Some);
        }
        db.prepare_cached("DELETE FROM service_bus_messages WHERE sequence = ?1")?
            .execute([sequence])?;
    }
    Ok(None)
}

fn first(db: &Connection, queue: &str, order: Order) -> Result<Option<(i64, i64)>> {
    let pick = match order {
        Order::Oldest => "due, sequence",
        Order::Any => "random()",
    };
    db.prepare_cached(&format!(
        "SELECT sequence, expires FROM service_bus_messages WHERE queue = ?1 AND state = 'active'
         ORDER BY {pick} LIMIT 1"
    ))?
    .query_row([queue], |row| Ok((row.get(0)?, row.get(1)?)))
    .optional()
}

fn take(db: &Connection, sequence: i64, now: Timestamp) -> Result<Message> {
    db.prepare_cached(
        "UPDATE service_bus_messages
         SET state = 'locked', due = ?2, lock_token = ?3, delivery_count = delivery_count + 1
         WHERE sequence = ?1 RETURNING *",
    )?
    .query_row(
        params![sequence, later(now, LOCK_DURATION).as_millisecond(), crate::guid::random()],
        message,
    )
}

/// Ends all locks: whoever held them is dead.
pub(crate) fn release_all(db: &Connection) -> Result<()> {
    let mut queues = db.prepare("SELECT DISTINCT queue FROM service_bus_messages")?;
    let queues =
        queues.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>>>()?;
    queues.iter().try_for_each(|queue| release_expired(db, queue, i64::MAX))
}

/// Ends the locks that have run out by `now`.
fn release_expired(db: &Connection, queue: &str, now: i64) -> Result<()> {
    let tokens = db
        .prepare_cached(
            "SELECT lock_token FROM service_bus_messages
             WHERE queue = ?1 AND state = 'locked' AND due <= ?2",
        )?
        .query_map(params![queue, now], |row| row.get::<_, String>(0))?
        .collect::<Result<Vec<_>>>()?;
    for token in tokens {
        release(db, &token)?;
    }
    Ok(())
}

/// Gives a message back, or to the dead-letter queue when it was delivered too often. False: the lock was lost.
pub(crate) fn release(db: &Connection, token: &str) -> Result<bool> {
    let Some((queue, deliveries)) = db
        .prepare_cached(
            "SELECT queue, delivery_count FROM service_bus_messages WHERE lock_token = ?1",
        )?
        .query_row([token], |row| Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?)))
        .optional()?
    else {
        return Ok(false);
    };
    if deliveries >= MAX_DELIVERY_COUNT && !is_dead_letter_queue(&queue) {
        db.prepare_cached(
            "UPDATE service_bus_messages
             SET state = 'active', due = enqueued, lock_token = NULL, queue = :dead, user_properties = json_set(
               user_properties, '$.DeadLetterReason', 'MaxDeliveryCountExceeded', '$.DeadLetterErrorDescription',
               'Message could not be consumed after ' || :most || ' delivery attempts.')
             WHERE lock_token = :token",
        )?
        .execute(named_params! {
            ":dead": dead_letter_queue(&queue), ":most": MAX_DELIVERY_COUNT, ":token": token
        })?;
    } else {
        db.prepare_cached(
            "UPDATE service_bus_messages SET state = 'active', due = enqueued, lock_token = NULL WHERE lock_token = ?1",
        )?
        .execute([token])?;
    }
    Ok(true)
}

/// Removes a message that was worked off. False: the lock was lost, and somebody else has it or will.
pub(crate) fn complete(db: &Connection, token: &str) -> Result<bool> {
    let removed = db
        .prepare_cached("DELETE FROM service_bus_messages WHERE lock_token = ?1")?
        .execute([token])?;
    Ok(removed > 0)
}

/// Holds a lock that has not run out for another [`LOCK_DURATION`].
pub(crate) fn renew(db: &Connection, token: &str, now: Timestamp) -> Result<Option<Timestamp>> {
    let until = later(now, LOCK_DURATION);
    let renewed = db
        .prepare_cached(
            "UPDATE service_bus_messages SET due = ?2 WHERE lock_token = ?1 AND due > ?3",
        )?
        .execute(params![token, until.as_millisecond(), now.as_millisecond()])?;
    Ok((renewed > 0).then_some(until))
}

/// When a scheduled message or a lost lock will make something visible.
pub(crate) fn next_due(db: &Connection, queue: &str) -> Result<Option<Timestamp>> {
    // One query per state, because each is a look at one end of the index.
    let mut earliest = db.prepare_cached(
        "SELECT min(due) FROM service_bus_messages WHERE queue = ?1 AND state = ?2",
    )?;
    let mut due = |state| earliest.query_row([queue, state], |row| row.get::<_, Option<i64>>(0));
    let due = due("scheduled")?.into_iter().chain(due("locked")?).min();
    Ok(due.and_then(|due| Timestamp::from_millisecond(due).ok()))
}

/// The waiting messages of a queue, oldest first, without a lock.
pub(crate) fn peek(db: &Connection, queue: &str, limit: u32) -> Result<Vec<Message>> {
    db.prepare_cached("SELECT * FROM service_bus_messages WHERE queue = ?1 AND state = 'active' ORDER BY due LIMIT ?2")?
        .query_map(params![queue, limit], message)?
        .collect()
}

/// Moves all dead letters back as if they had never been delivered; tells how many.
pub(crate) fn replay(db: &Connection, queue: &str, now: Timestamp) -> Result<usize> {
    db.prepare_cached(
        "UPDATE service_bus_messages
         SET queue = :queue, delivery_count = 0, enqueued = :now, due = :now, expires = :expires,
             user_properties = json_remove(user_properties, '$.DeadLetterReason', '$.DeadLetterErrorDescription')
         WHERE queue = :dead AND state = 'active'",
    )?
    .execute(named_params! {
        ":queue": queue,
        ":dead": dead_letter_queue(queue),
        ":now": now.as_millisecond(),
        ":expires": later(now, DEFAULT_TIME_TO_LIVE).as_millisecond(),
    })
}

/// Each queue with its messages by state, dead letters with their own queue.
pub(crate) fn counts(db: &Connection) -> Result<Vec<(String, String, u32)>> {
    db.prepare_cached(
        "SELECT name, coalesce(state, 'active'), count(state) FROM service_bus_queues
           LEFT JOIN service_bus_messages ON queue = name
         GROUP BY name, state
         UNION ALL
         SELECT substr(queue, 1, length(queue) - length('/$deadletterqueue')), 'dead_letter', count(*)
         FROM service_bus_messages WHERE queue LIKE '%/$deadletterqueue' GROUP BY queue",
    )?
    .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
    .collect()
}

fn message(row: &Row<'_>) -> Result<Message> {
    let time = |name: &str| -> Result<Timestamp> {
        Ok(Timestamp::from_millisecond(row.get(name)?).unwrap_or(Timestamp::UNIX_EPOCH))
    };
    let json = |name: &str| -> Result<String> { row.get(name) };
    Ok(Message {
        sequence: row.get("sequence")?,
        queue: row.get("queue")?,
        message_id: row.get("message_id")?,
        body: row.get("body")?,
        content_type: row.get("content_type")?,
        properties: serde_json::from_str(&json("properties")?).unwrap_or_default(),
        user_properties: serde_json::from_str(&json("user_properties")?).unwrap_or_default(),
        enqueued: time("enqueued")?,
        expires: time("expires")?,
        delivery_count: row.get("delivery_count")?,
        lock_token: row.get::<_, Option<String>>("lock_token")?.unwrap_or_default(),
        locked_until: time("due")?,
    })
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Some clients send "for ever"; that is the end of time, not an error.
fn later(time: Timestamp, duration: Duration) -> Timestamp {
    time.checked_add(duration).unwrap_or(Timestamp::MAX)
}
