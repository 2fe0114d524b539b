//! Events: every change makes one, with the object as it was then, and has it told to whoever wants to know.

use serde_json::{Map, Value, json};

use super::books::{Books, difference, new_id, shown};
use super::delivery;

/// The only version that is spoken here.
pub(super) const API_VERSION: &str = "2026-10-28.endive";
/// How long events can be read.
pub(super) const KEPT: i64 = 30 * 86_400;

/// `object` is new, or something happened to it.
pub(super) fn tell(books: &Books<'_>, kind: &str, object: &Value) {
    write(books, kind, object, None);
}

/// `object` takes the place of `before`; nothing is told when nothing that is shown has changed.
pub(super) fn change(books: &Books<'_>, kind: &str, before: &Value, object: &Value) {
    books.put(object);
    let previous = difference(&shown(before), &shown(object));
    if !previous.is_empty() {
        write(books, kind, object, Some(previous));
    }
}

/// `object` is kept, and its making told.
pub(super) fn create(books: &Books<'_>, kind: &str, object: &Value) {
    books.put(object);
    tell(books, kind, object);
}

fn write(books: &Books<'_>, kind: &str, object: &Value, previous: Option<Map<String, Value>>) {
    let mut data = json!({ "object": shown(object) });
    if let Some(previous) = previous {
        data["previous_attributes"] = Value::Object(previous);
    }
    let listeners = delivery::listeners(books, kind);
    let event = json!({
        "id": new_id("evt"), "object": "event", "api_version": API_VERSION, "created": books.now,
        "data": data, "livemode": false, "pending_webhooks": listeners.len(),
        "request": { "id": books.asked.request, "idempotency_key": books.asked.key },
        "type": kind,
    });
    books.put(&event);
    delivery::enqueue(books, &event, &listeners);
}

/// As it is read later: how many are still to be told is read off the deliveries.
pub(super) fn seen(books: &Books<'_>, event: &Value) -> Value {
    let mut event = shown(event);
    let id = event["id"].as_str().unwrap_or_default().to_owned();
    event["pending_webhooks"] = json!(delivery::pending(books, &id));
    event
}
