//! Between what happens and what is sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use imagegen_core::ports::clock::Clock;
use tokio::sync::Notify;

use super::{AppInsights, Telemetry, What};

/// The most that waits to be sent; a few hundred bytes each. What comes when it is full is counted and dropped.
const ROOM: usize = 10_000;
/// The most that is sent in one call.
const BATCH: usize = 500;
/// So many wake the sender before its time.
const ENOUGH: usize = BATCH / 2;
/// How long the first one waits for company.
const COMPANY: Duration = Duration::from_secs(5);
/// After a failure: doubled with each, up to [`LONGEST_PAUSE`].
const PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// What waits to be sent. Noting something never waits: the lock is held for as long as it takes to move a few values.
#[derive(Debug, Default)]
pub struct Buffer {
    waiting: Mutex<Waiting>,
    enough: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    items: VecDeque<Telemetry>,
    dropped: u64,
}

impl Buffer {
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Keeps `items` for the sender, or counts them where there is no room.
    pub fn note(&self, items: impl IntoIterator<Item = Telemetry>) {
        let mut waiting = self.waiting();
        for item in items {
            if waiting.items.len() < ROOM {
                waiting.items.push_back(item);
            } else {
                waiting.dropped += 1;
            }
        }
        if waiting.items.len() >= ENOUGH {
            self.enough.notify_one();
        }
    }

    /// Sends what waits, batch after batch, and never ends. After a failure what was not sent waits on, with less and
    /// less hurry: the newest is dropped when there is no more room, because the oldest tells how it began.
    pub async fn run(&self, to: &AppInsights, clock: &dyn Clock) {
        let mut pause = PAUSE;
        loop {
            tokio::select! {
                () = clock.sleep(COMPANY) => {}
                () = self.enough.notified() => {}
            }
            if self.send_all(to, clock).await.is_ok() {
                pause = PAUSE;
                continue;
            }
            clock.sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Sends everything that waits at this moment. An error means that some of it still does.
    pub async fn send_all(&self, to: &AppInsights, clock: &dyn Clock) -> Result<(), StillWaiting> {
        self.note_dropped(clock);
        loop {
            let batch = self.take();
            if batch.is_empty() {
                return Ok(());
            }
            let Ok(sent) = to.send(&batch).await else {
                self.give_back(batch);
                return Err(StillWaiting);
            };
            let refused = u64::try_from(sent.refused).unwrap_or(u64::MAX);
            self.waiting().dropped += refused;
            let mut again = sent.again;
            again.sort_unstable();
            let batch = batch.into_iter().enumerate();
            let left: Vec<_> =
                batch.filter(|(at, _)| again.binary_search(at).is_ok()).map(|(_, it)| it).collect();
            if !left.is_empty() {
                self.give_back(left);
                return Err(StillWaiting);
            }
        }
    }

    /// Everything that waits, for tests of whoever notes it.
    pub fn take_all(&self) -> Vec<Telemetry> {
        self.waiting().items.drain(..).collect()
    }

    /// How much is missing is a figure like the others.
    fn note_dropped(&self, clock: &dyn Clock) {
        let mut waiting = self.waiting();
        if waiting.dropped == 0 {
            return;
        }
        #[expect(clippy::cast_precision_loss, reason = "a count of what fits into memory")]
        let value = std::mem::take(&mut waiting.dropped) as f64;
        waiting.items.push_front(Telemetry {
            time: clock.now(),
            operation: String::new(),
            parent: None,
            name: String::new(),
            what: What::Metric { name: "telemetry_dropped".into(), value },
            properties: Vec::new(),
        });
    }

    fn take(&self) -> Vec<Telemetry> {
        let mut waiting = self.waiting();
        let count = waiting.items.len().min(BATCH);
        waiting.items.drain(..count).collect()
    }

    fn give_back(&self, batch: Vec<Telemetry>) {
        let mut waiting = self.waiting();
        for item in batch.into_iter().rev() {
            waiting.items.push_front(item);
        }
        while waiting.items.len() > ROOM {
            waiting.items.pop_back();
            waiting.dropped += 1;
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Application Insights took nothing, or not all.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("telemetry waits to be sent")]
pub struct StillWaiting;
