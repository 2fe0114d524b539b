//! One decision about one user, on its way to the store: account, ledger, jobs, events and messages in ONE commit.

use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Account, account};
use crate::credits::{AccountName, Entry};
use crate::ids::{GenerationId, UserId};
use crate::messages::QueueName;
use crate::metrics;
use crate::ports::documents::{DocumentsError, Etag, MAX_WRITES, NewDocument, Write, encode};
use crate::ports::identity::Person;
use crate::ports::queue::Outgoing;
use crate::services::Services;

/// Read, decide on it, commit. A conflict means that somebody else decided first: open a new one and decide again.
#[derive(Debug)]
pub struct Draft {
    pub account: Account,
    pub now: Timestamp,
    stored: Option<Stored>,
    /// In the order in which they moved credits.
    entries: Vec<Entry>,
    writes: Vec<Write>,
    /// What is told after the commit, best effort: the outbox and the event numbers cover a loss.
    outgoing: Vec<Outgoing>,
    events: Vec<String>,
}

#[derive(Debug)]
struct Stored {
    etag: Etag,
    account: Account,
}

/// An event as it is kept: who was not listening asks for it by number and is shown the job as it is then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredEvent {
    pub seq: u64,
    pub at: Timestamp,
    pub generation: GenerationId,
    pub revision: u64,
}

/// How many of a user's events are kept for those who were away.
pub const EVENTS_KEPT: u64 = 1000;

/// How long the first sending may take before the relay sends a message again.
const RELAY_AFTER: Duration = Duration::from_mins(1);

impl Draft {
    /// Reads the account. One that does not exist yet is opened, one whose month is over is reset: both are part of
    /// whatever is committed.
    pub async fn open(
        services: &Services,
        user: &UserId,
        person: Option<&Person>,
    ) -> Result<Self, DocumentsError> {
        let found = services.documents.get(user.as_str(), account::KIND).await?;
        let now = services.clock.now();
        let (stored, (account, entries)) = match found {
            None => (None, Account::open(user.clone(), person, &services.catalog, now)),
            Some(document) => {
                let mut account: Account = document.decode()?;
                let stored = Stored { etag: document.etag, account: account.clone() };
                if let Some(person) = person {
                    account.remember(person);
                }
                let entries = account.reset_if_due(&services.catalog, now);
                (Some(stored), (account, entries))
            }
        };
        Ok(Self {
            account,
            now,
            stored,
            entries,
            writes: Vec::new(),
            outgoing: Vec::new(),
            events: Vec::new(),
        })
    }

    /// Adds ledger entries: all that moved credits, in order.
    pub fn enter(&mut self, entries: impl IntoIterator<Item = Entry>) {
        self.entries.extend(entries);
    }

    pub fn create(&mut self, document: NewDocument) {
        self.writes.push(Write::Create(document));
    }

    pub fn replace(&mut self, etag: Etag, document: NewDocument) {
        self.writes.push(Write::Replace { etag, document });
    }

    pub fn delete(&mut self, id: String) {
        self.writes.push(Write::Delete { id });
    }

    /// Adds an event: kept under the user's next number, and told after the commit. `view` is the job as its owner
    /// sees it.
    pub fn announce(&mut self, generation: &GenerationId, revision: u64, view: &serde_json::Value) {
        let seq = self.account.next_event();
        let stored = StoredEvent { seq, at: self.now, generation: generation.clone(), revision };
        self.create(NewDocument {
            id: event_id(seq),
            kind: "event",
            position: None,
            due: None,
            body: encode(&stored),
        });
        // Numbers have no gap, so the one that falls out of the window is there to be deleted.
        if let Some(old) = seq.checked_sub(EVENTS_KEPT).filter(|old| *old > 0) {
            self.delete(event_id(old));
        }
        let event =
            serde_json::json!({ "seq": seq, "kind": "generation.updated", "generation": view });
        self.events.push(event.to_string());
    }

    /// Adds a message: kept in the outbox until whoever receives it deletes [`outbox_id`] in its own commit, and sent
    /// after this commit.
    pub fn send(&mut self, queue: QueueName, id: String, body: String) {
        let due = self.now.checked_add(RELAY_AFTER).expect("a minute from now exists");
        let kept = KeptMessage { queue, id: id.clone(), body: body.clone() };
        self.create(NewDocument {
            id: outbox_id(&id),
            kind: outbox_kind(),
            position: None,
            due: Some(due),
            body: encode(&kept),
        });
        self.outgoing.push(Outgoing { queue, id, body, delay: Duration::ZERO });
    }

    /// Writes everything or nothing, then tells. Nothing to write is done already.
    pub async fn commit(mut self, services: &Services) -> Result<(), DocumentsError> {
        self.account.book(&mut self.entries);
        self.writes.extend(self.entries.iter().map(|entry| Write::Create(entry.document())));
        let document = NewDocument {
            id: account::KIND.into(),
            kind: account::KIND,
            position: None,
            due: Some(self.account.due(&services.catalog.billing)),
            body: encode(&self.account),
        };
        match self.stored {
            None => self.writes.insert(0, Write::Create(document)),
            // Accounts are compared, not their texts: a store of JSON may give keys back in another order.
            Some(stored) if stored.account != self.account => {
                self.writes.insert(0, Write::Replace { etag: stored.etag, document });
            }
            Some(_) if self.writes.is_empty() => return Ok(()),
            Some(_) => {}
        }
        debug_assert!(self.writes.len() <= MAX_WRITES, "a decision is a handful of documents");
        services.documents.commit(self.account.id.as_str(), self.writes).await?;
        let held: i64 = self.entries.iter().map(|it| it.effect_on(AccountName::Held)).sum();
        if held != 0 {
            metrics::held_changed(held);
        }
        tell(services, &self.account.id, self.outgoing, self.events).await;
        Ok(())
    }
}

/// A message in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptMessage {
    pub(crate) queue: QueueName,
    pub(crate) id: String,
    pub(crate) body: String,
}

pub(crate) const fn outbox_kind() -> &'static str {
    "outbox"
}

pub(crate) fn outbox_id(message: &str) -> String {
    format!("outbox:{message}")
}

/// Fixed width, so that ids sort as numbers do.
pub fn event_id(seq: u64) -> String {
    format!("event:{seq:012}")
}

async fn tell(services: &Services, user: &UserId, outgoing: Vec<Outgoing>, events: Vec<String>) {
    let send = async {
        for (message, sent) in
            outgoing.iter().zip(join_all(outgoing.iter().map(|m| services.queue.send(m))).await)
        {
            if let Err(error) = sent {
                tracing::warn!(message.id = %message.id, error = &error as &dyn std::error::Error,
                    "Message `{}` stays in the outbox for the relay", message.id);
            }
        }
    };
    // In order: a client that sees number 5 before 4 would ask for 4 needlessly.
    let publish = async {
        for event in events {
            if let Err(error) = services.realtime.publish(user, event).await {
                tracing::info!(
                    error = &error as &dyn std::error::Error,
                    "An event was kept but not published; the client will ask for it"
                );
            }
        }
    };
    futures_util::future::join(send, publish).await;
}
