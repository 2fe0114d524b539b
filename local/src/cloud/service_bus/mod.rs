//! The Service Bus stand-in: queues with locks, redelivery, dead letters, schedules and duplicate detection.
//!
//! Everything is in the database before a sender hears 201, so messages survive any end of this process.
//! Order is first in, first out as far as a queue without sessions keeps it: a message given back keeps its place.

mod message;
mod rest;
mod sas;
mod store;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;
use serde::Serialize;
use tokio::sync::Notify;

#[cfg(test)]
pub(crate) use message::Properties;
pub(crate) use message::{Message, NewMessage};
pub(crate) use rest::handle;
pub(crate) use store::{LOCK_DURATION, Order, Sent};

use crate::ground::Ground;

pub(crate) type Error = rusqlite::Error;

pub(crate) struct Broker {
    ground: Ground,
    // One bell per queue, rung when something may have become visible.
    bells: Mutex<HashMap<String, Arc<Notify>>>,
}

/// What waits in one queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Counts {
    pub(crate) active: u32,
    pub(crate) scheduled: u32,
    pub(crate) locked: u32,
    pub(crate) dead_letter: u32,
}

impl Broker {
    /// Opens the queues of the data folder. Locks of an earlier process are over: it is dead.
    pub(crate) fn open(ground: Ground) -> Result<Broker, Error> {
        {
            let mut database = lock(&ground);
            let transaction = database.transaction()?;
            store::create_tables(&transaction)?;
            store::release_all(&transaction)?;
            transaction.commit()?;
        }
        Ok(Broker { ground, bells: Mutex::default() })
    }

    /// Makes `queue` when it does not exist.
    pub(crate) fn declare(&self, queue: &str) -> Result<(), Error> {
        store::declare(&self.database(), &queue.to_lowercase())
    }

    /// Takes all messages or none; they are kept once this returns.
    pub(crate) fn send(
        &self,
        queue: &str,
        messages: &[NewMessage],
        now: Timestamp,
    ) -> Result<Vec<Sent>, Error> {
        let queue = queue.to_lowercase();
        let sent = {
            let mut database = self.database();
            let transaction = database.transaction()?;
            let sent = messages
                .iter()
                .map(|message| store::send(&transaction, &queue, message, now))
                .collect::<Result<_, _>>()?;
            transaction.commit()?;
            sent
        };
        self.ring(&queue);
        Ok(sent)
    }

    /// The next message under a lock of [`LOCK_DURATION`], if there is one now.
    pub(crate) fn try_receive(
        &self,
        queue: &str,
        order: Order,
        now: Timestamp,
    ) -> Result<Option<Message>, Error> {
        let mut database = self.database();
        let transaction = database.transaction()?;
        let message = store::receive(&transaction, queue, order, now)?;
        transaction.commit()?;
        Ok(message)
    }

    /// Waits for the next message: until one is sent, becomes visible or is given back.
    pub(crate) async fn receive(
        &self,
        queue: &str,
        order: impl Fn() -> Order,
    ) -> Result<Message, Error> {
        let bell = self.bell(queue);
        loop {
            let mut rung = std::pin::pin!(bell.notified());
            // From here on a ring is noticed, also between the look and the wait.
            rung.as_mut().enable();
            let now = Timestamp::now();
            if let Some(message) = self.try_receive(queue, order(), now)? {
                return Ok(message);
            }
            let due = store::next_due(&self.database(), queue)?;
            match due.map(|due| Duration::try_from(due.duration_since(now)).unwrap_or_default()) {
                // A millisecond more, because times are cut to milliseconds.
                Some(wait) => {
                    let _ = tokio::time::timeout(wait + Duration::from_millis(1), rung).await;
                }
                None => rung.await,
            }
        }
    }

    /// Removes a message that was worked off. False: its lock was lost.
    pub(crate) fn complete(&self, lock_token: &str) -> Result<bool, Error> {
        store::complete(&self.database(), lock_token)
    }

    /// Gives a message back at once. False: its lock was lost.
    pub(crate) fn abandon(&self, queue: &str, lock_token: &str) -> Result<bool, Error> {
        let released = {
            let mut database = self.database();
            let transaction = database.transaction()?;
            let released = store::release(&transaction, lock_token)?;
            transaction.commit()?;
            released
        };
        self.ring(queue);
        Ok(released)
    }

    /// When the lock now ends; `None` when it was lost.
    pub(crate) fn renew(
        &self,
        lock_token: &str,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Error> {
        store::renew(&self.database(), lock_token, now)
    }

    /// The dead letters of `queue`, oldest first.
    pub(crate) fn dead_letters(&self, queue: &str, limit: u32) -> Result<Vec<Message>, Error> {
        store::peek(&self.database(), &store::dead_letter_queue(&queue.to_lowercase()), limit)
    }

    /// Puts all dead letters of `queue` back into it; tells how many there were.
    pub(crate) fn replay(&self, queue: &str, now: Timestamp) -> Result<usize, Error> {
        let queue = queue.to_lowercase();
        let moved = store::replay(&self.database(), &queue, now)?;
        self.ring(&queue);
        Ok(moved)
    }

    /// What waits in each queue.
    pub(crate) fn counts(&self) -> Result<BTreeMap<String, Counts>, Error> {
        let mut queues: BTreeMap<String, Counts> = BTreeMap::new();
        for (queue, state, number) in store::counts(&self.database())? {
            let counts = queues.entry(queue).or_default();
            match state.as_str() {
                "active" => counts.active = number,
                "scheduled" => counts.scheduled = number,
                "locked" => counts.locked = number,
                _ => counts.dead_letter = number,
            }
        }
        Ok(queues)
    }

    fn database(&self) -> MutexGuard<'_, Connection> {
        lock(&self.ground)
    }

    fn bell(&self, queue: &str) -> Arc<Notify> {
        Arc::clone(
            self.bells.lock().expect("no holder panics").entry(queue.to_owned()).or_default(),
        )
    }

    fn ring(&self, queue: &str) {
        self.bell(queue).notify_waiters();
        // A message given back for the last time may have landed there.
        self.bell(&store::dead_letter_queue(queue)).notify_waiters();
    }
}

fn lock(ground: &Ground) -> MutexGuard<'_, Connection> {
    ground.database.lock().expect("no holder panics")
}

#[cfg(test)]
mod tests;
