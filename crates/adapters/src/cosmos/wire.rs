//! Items as they are stored, and the order that their strings make.

use imagegen_core::ports::BoxError;
use imagegen_core::ports::documents::{Document, Etag, NewDocument};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// One document. The body is an object of its own, so that no name of ours meets one of the service's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Item {
    pub(super) id: String,
    pub(super) partition: String,
    pub(super) place: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) due: Option<String>,
    pub(super) body: Value,
    /// Written by the service alone.
    #[serde(rename = "_etag", default, skip_serializing)]
    etag: String,
}

impl Item {
    pub(super) fn new(partition: &str, document: NewDocument) -> Result<Self, BoxError> {
        let NewDocument { id, kind, position, due, body } = document;
        Ok(Self {
            partition: partition.to_owned(),
            place: place(kind, position.as_deref().unwrap_or(&id)),
            due: due.map(|at| due_string(kind, at, &tie(partition, &id))),
            body: serde_json::from_str(&body)?,
            id,
            etag: String::new(),
        })
    }

    pub(super) fn into_document(self) -> Result<Document, BoxError> {
        let (kind, position) = self.place.split_once('/').ok_or("an item has no place")?;
        Ok(Document {
            kind: kind.to_owned(),
            position: position.to_owned(),
            due: self.due.as_deref().map(due_of).transpose()?,
            body: self.body.to_string(),
            etag: Etag(self.etag),
            id: self.id,
        })
    }
}

/// Kind and position as one string, in the order in which a list of one kind goes: one property answers every list,
/// and it needs no composite index.
pub(super) fn place(kind: &str, position: &str) -> String {
    format!("{kind}/{position}")
}

/// The first string after all places of a kind: `0` comes after `/`.
pub(super) fn end_of_kind(kind: &str) -> String {
    format!("{kind}0")
}

/// Kind and time as one string, in the order of time, and of another value for each document: a page of what is due
/// can end between two that are due at the same moment.
fn due_string(kind: &str, at: Timestamp, tie: &str) -> String {
    format!("{kind}/{at:.3}/{tie}")
}

/// The first string after all that is due at or before `at`: `g` comes after all digits of a tie.
pub(super) fn end_of_due(kind: &str, at: Timestamp) -> String {
    due_string(kind, at, "g")
}

/// 64 bits of who it is. Were they ever the same for two documents due in the same millisecond, and a page to end
/// between them, the second would come with the next tick of the timer.
fn tie(partition: &str, id: &str) -> String {
    let digest =
        Sha256::new().chain_update(partition).chain_update("/").chain_update(id).finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    format!("{:016x}", u64::from_be_bytes(first))
}

fn due_of(due: &str) -> Result<Timestamp, BoxError> {
    let at = due.split('/').nth(1).ok_or("an item's due time is not readable")?;
    Ok(at.parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn an_item_is_stored_as_it_always_was() {
        let document = NewDocument {
            id: "outbox:gen_1:submit".into(),
            kind: "outbox",
            position: None,
            due: Some(at("2026-11-22T10:00:00.0019Z")),
            body: r#"{"n":1}"#.into(),
        };
        let item = Item::new("usr_1", document).unwrap();
        let stored = serde_json::json!({
            "id": "outbox:gen_1:submit",
            "partition": "usr_1",
            "place": "outbox/outbox:gen_1:submit",
            "due": "outbox/2026-11-22T10:00:00.001Z/30aac7bb9ea3c7a5",
            "body": { "n": 1 },
        });
        assert_eq!(serde_json::to_value(&item).unwrap(), stored);
        let document = item.into_document().unwrap();
        assert_eq!(document.due, Some(at("2026-11-22T10:00:00.001Z")));
        assert_eq!(
            (document.kind.as_str(), document.position.as_str()),
            ("outbox", document.id.as_str())
        );
    }

    #[test]
    fn strings_are_in_the_order_of_places_and_times() {
        let end = end_of_kind("entry");
        for position in ["", "a", "~", "ä", "0"] {
            assert!(
                place("entry", position) < end && place("entry", position) >= place("entry", "")
            );
        }
        assert!(place("entrys", "a") > end);
        let times = ["1970-01-01T00:00:00Z", "2026-01-31T23:59:59.999Z", "2026-02-01T00:00:00Z"];
        for pair in times.windows(2) {
            let (one, two) = (at(pair[0]), at(pair[1]));
            assert!(due_string("a", one, "ffffffffffffffff") < end_of_due("a", one));
            assert!(end_of_due("a", one) < due_string("a", two, "0000000000000000"));
        }
    }
}
