//! Idempotency keys: for a day, a call under the same key with the same parameters is answered as the first one was.

use http::StatusCode;
use rusqlite::OptionalExtension as _;

use super::Shared;
use super::books::Books;
use super::refusal::{Done, Refusal};

/// How long an answer is kept, in seconds of Stripe's time.
const KEPT: i64 = 86_400;

/// What was answered the first time.
pub(super) struct Kept {
    pub(super) status: StatusCode,
    pub(super) request: String,
    pub(super) body: String,
}

/// Held while a call under `key` is under way. In memory: a call that a stop of the process ended is not under way.
pub(super) struct Claim<'a> {
    shared: &'a Shared,
    key: String,
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.shared.under_way.lock().expect("no holder panics").remove(&self.key);
    }
}

pub(super) fn claim<'a>(shared: &'a Shared, key: &str) -> Done<Claim<'a>> {
    if key.chars().count() > 255 {
        return Err(Refusal::invalid(
            "Idempotency-Key",
            "Idempotency keys have up to 255 characters.",
        ));
    }
    let mut under_way = shared.under_way.lock().expect("no holder panics");
    if !under_way.insert(key.to_owned()) {
        return Err(Refusal::under_way(key));
    }
    Ok(Claim { shared, key: key.to_owned() })
}

/// The answer that `key` had, if it was asked before with the same parameters.
pub(super) fn find(books: &Books<'_>, key: &str, print: &str) -> Done<Option<Kept>> {
    books
        .database
        .execute("DELETE FROM stripe_answers WHERE made_at <= ?1", [books.now - KEPT])
        .expect("the database was opened for writing");
    let kept: Option<(String, u16, String, String)> = books
        .database
        .query_row(
            "SELECT asked, status, request, body FROM stripe_answers WHERE key = ?1",
            [key],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )
        .optional()
        .expect("the table exists");
    match kept {
        None => Ok(None),
        Some((asked, ..)) if asked != print => Err(Refusal::other_parameters(key)),
        Some((_, status, request, body)) => {
            let status = StatusCode::from_u16(status).expect("this program wrote it");
            Ok(Some(Kept { status, request, body }))
        }
    }
}

pub(super) fn keep(books: &Books<'_>, key: &str, print: &str, status: StatusCode, body: &str) {
    books
        .database
        .execute(
            "INSERT OR REPLACE INTO stripe_answers (key, asked, made_at, status, request, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (key, print, books.now, status.as_u16(), books.asked.request.as_deref(), body),
        )
        .expect("the database was opened for writing");
}
