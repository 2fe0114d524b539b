//! The queue: locks, delivery counts, dead letters, schedules and duplicate detection, as Service Bus has them, with
//! the host that hands messages to processes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use imagegen_core::messages::QueueName;
use imagegen_core::ports::queue::{Outgoing, Queue, QueueError};
use tokio::time::{sleep, timeout};

use crate::faults::{Fault, Port};
use crate::process::{Ran, invoke};
use crate::world::{Caller, World, locked};

#[derive(Debug, Default)]
pub(crate) struct Bus(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    seen: BTreeMap<(QueueName, String), Duration>,
    /// Kept and not completed yet.
    open: usize,
    dead: Vec<Outgoing>,
    dead_lettered: u64,
    kept: u64,
}

/// More messages than any run needs: they multiply.
const STORM: u64 = 20_000;

const LOCK: Duration = Duration::from_mins(1);
const DUPLICATES_WITHIN: Duration = Duration::from_mins(10);
const MAX_DELIVERIES: u32 = 10;

impl Bus {
    pub(crate) fn open(&self) -> usize {
        let state = locked(&self.0);
        state.open + state.dead.len()
    }

    pub(crate) fn dead_lettered(&self) -> u64 {
        locked(&self.0).dead_lettered
    }
}

#[async_trait]
impl Queue for Caller {
    async fn send(&self, message: &Outgoing) -> Result<(), QueueError> {
        let (world, kept) = (Arc::clone(&self.world), message.clone());
        let effect = move || accept(&world, &kept);
        let sent = self.tell(Port::Queue, effect).await;
        sent.map_err(|e| QueueError { id: message.id.clone(), source: e.into() })
    }
}

/// The queue keeps a message, unless it has seen it.
fn accept(world: &Arc<World>, message: &Outgoing) {
    if !(1..=128).contains(&message.id.len()) || message.body.len() > 200_000 {
        world.broken(format!("message `{}` has an id or a size that no queue takes", message.id));
    }
    let now = world.elapsed();
    {
        let mut state = locked(&world.bus.0);
        let key = (message.queue, message.id.clone());
        let seen = state
            .seen
            .get(&key)
            .is_some_and(|at| now.checked_sub(*at).unwrap() < DUPLICATES_WITHIN);
        if seen && world.weather.detects_duplicates {
            drop(state);
            return world.note(|| format!("a duplicate of {} was dropped", message.id));
        }
        state.kept += 1;
        if state.kept >= STORM {
            let first = state.kept == STORM;
            drop(state);
            return if first {
                world.broken(format!("a storm of messages: {}", message.id));
            };
        }
        state.seen.insert(key, now);
        state.open += 1;
    }
    world.note(|| format!("queued {} {}", message.queue.as_str(), message.id));
    tokio::spawn(carry(Arc::clone(world), message.clone()));
}

/// The life of one message in the queue.
async fn carry(world: Arc<World>, message: Outgoing) {
    sleep(message.delay).await;
    for count in 1..=MAX_DELIVERIES {
        // Other messages overtake it.
        sleep(Duration::from_millis(world.chance(|r| r.between(1, 300)))).await;
        world.note(|| format!("delivers {} for the {count}. time", message.id));
        if handle(&world, &message).await {
            locked(&world.bus.0).open -= 1;
            return;
        }
    }
    world.note(|| format!("dead letter {}", message.id));
    let mut state = locked(&world.bus.0);
    state.open -= 1;
    state.dead_lettered += 1;
    state.dead.push(message);
}

/// One delivery. Whether the message is done with.
async fn handle(world: &Arc<World>, message: &Outgoing) -> bool {
    let (queue, body) = (message.queue, message.body.clone());
    let work =
        invoke(world, queue.as_str(), move |edge| async move { edge.message(queue, &body).await });
    // The host renews the lock of a message at work; now and then that fails.
    let lock = if world.strikes(Fault::LockLost, world.weather.rates.lock_lost) {
        LOCK.mul_f64(world.chance(|r| f64::from(u32::try_from(r.below(100)).unwrap_or(0))) / 100.0)
    } else {
        Duration::from_hours(1)
    };
    match timeout(lock, work).await {
        Ok(Ran::Done(Ok(()))) => true,
        Ok(Ran::Done(Err(error))) => {
            world.note(|| format!("abandons {}: {error}", message.id));
            false
        }
        Ok(Ran::Killed) => {
            // At once when the host noticed, else when the lock has run out.
            let wait = world.chance(|r| if r.chance(5000) { 0 } else { r.between(1, 60) });
            sleep(Duration::from_secs(wait)).await;
            false
        }
        // The first delivery goes on while the second one begins.
        Err(_) => false,
    }
}

/// An operator who looks in every few minutes and replays what lies dead.
pub(crate) async fn operator(world: Arc<World>) {
    loop {
        sleep(Duration::from_secs(world.chance(|r| r.between(60, 600)))).await;
        let dead = {
            let mut state = locked(&world.bus.0);
            let dead = std::mem::take(&mut state.dead);
            state.open += dead.len();
            dead
        };
        for message in dead {
            world.note(|| format!("replays {}", message.id));
            tokio::spawn(carry(Arc::clone(&world), Outgoing { delay: Duration::ZERO, ..message }));
        }
    }
}
