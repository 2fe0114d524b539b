//! What tests and people steer with, at `/_local/stripe/_…`: things that in life only time, banks and the dashboard do.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::books::{Asked, Books, shown, within};
use super::refusal::{Done, Refusal};
use super::{Shared, clock, cycle, delivery, refunds};
use crate::cloud::{Answer, Call};

pub(super) fn answer(shared: &Shared, call: &Call) -> Answer {
    let segments = call.segments();
    let pieces: Vec<&str> = segments.iter().map(String::as_str).collect();
    let order: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let done = match (&call.method, pieces.as_slice()) {
        (&Method::GET | &Method::POST, ["_clock"]) => clock::handle(shared, call),
        (&Method::POST, ["_disputes"]) => make(shared, |books| refunds::dispute(books, &order)),
        (&Method::POST, ["_disputes", id, "close"]) => {
            make(shared, |books| refunds::close(books, id, &order))
        }
        (&Method::POST, ["_fail_refund", id]) => make(shared, |books| refunds::fail(books, id)),
        (&Method::POST, ["_resend", event]) => make(shared, |books| resend(books, event)),
        (&Method::POST, ["_given_up"]) => make(shared, |books| give_up(books, &order)),
        (method, _) => Err(Refusal::no_such_address(method, &call.path)),
    };
    done.unwrap_or_else(|refusal| crate::cloud::json(refusal.status, &refusal.body("req_local")))
}

fn make(shared: &Shared, work: impl FnOnce(&Books<'_>) -> Done) -> Done<Answer> {
    let made = within(shared, Asked::default(), work)?;
    Ok(crate::cloud::json(StatusCode::OK, &shown(&made)))
}

/// Tells an event again, to everybody who wants it, as the dashboard's button does.
fn resend(books: &Books<'_>, event: &str) -> Done {
    let event = books.known("event", event)?;
    let listeners = delivery::listeners(books, event["type"].as_str().unwrap_or_default());
    delivery::enqueue(books, &event, &listeners);
    Ok(event)
}

/// What becomes of a subscription after the last try: `{"then": "canceled"}`, as it is at first, or `"unpaid"`.
fn give_up(books: &Books<'_>, order: &Value) -> Done {
    let then = order["then"].as_str().filter(|then| ["canceled", "unpaid"].contains(then));
    let then = then.ok_or_else(|| Refusal::invalid("then", "then: canceled or unpaid"))?;
    books.set_word(cycle::GIVEN_UP, then);
    Ok(json!({ "then": then }))
}
