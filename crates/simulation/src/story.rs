//! One run: people live, things go wrong, all becomes quiet, a month passes, and the books are read.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use imagegen_core::accounts::{self, Account};
use tokio::task::JoinHandle;
use tokio::time::{interval, sleep};

use crate::check::{self, Counts};
use crate::faults::{Fault, Level};
use crate::people::{self, User};
use crate::process::{self, Ran, Slot};
use crate::random::Random;
use crate::trace::Recording;
use crate::watch::decode;
use crate::world::{World, locked};
use crate::{bus, deliver, shop};

/// What a run came to.
#[derive(Debug)]
pub struct Report {
    pub seed: u64,
    /// What does not hold; empty is the only right answer.
    pub broken: Vec<String>,
    pub counts: Counts,
    pub faults: BTreeMap<Fault, u64>,
    pub dead_letters: u64,
    pub virtual_time: Duration,
    /// Line by line, if it was kept.
    pub trace: Vec<String>,
}

/// All is quiet by then, or something hangs.
const LIMIT: Duration = Duration::from_hours(3);

const DAILY: Duration = Duration::from_hours(24);

/// Runs the whole story of `seed`.
pub fn run(seed: u64, level: Level, recording: Recording) -> Report {
    on_virtual_time(async {
        let world = World::new(seed, level, recording);
        let report = tell(&world, seed).await;
        // Processes and world hold each other.
        locked(&world.slots).clear();
        report
    })
}

pub(crate) fn on_virtual_time<T>(story: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without I/O starts");
    runtime.block_on(story)
}

async fn tell(world: &Arc<World>, seed: u64) -> Report {
    let mut random = Random::new(seed, "people");
    process::boot(world, usize::try_from(random.between(1, 4)).expect("a few"));
    let users = match world.months {
        Some(_) => shop::move_in(world, &mut random).await,
        None => people::move_in(world, &mut random).await,
    };
    world.begin();
    let timers = timers(world);
    let killer = tokio::spawn(process::killer(Arc::clone(world)));
    match world.months {
        Some(_) => shop::months(world, &users, &mut random).await,
        None => evening(world, &users, &mut random).await,
    }
    quiet(world).await;
    let (broken, counts) = check::everything(world);
    let virtual_time = world.elapsed();
    killer.abort();
    match world.months {
        Some(_) if broken.is_empty() => shop::afterwards(world, &users).await,
        None if broken.is_empty() => a_month_later(world, &users).await,
        Some(_) | None => {}
    }
    timers.iter().for_each(JoinHandle::abort);
    let mut broken: Vec<_> = locked(&world.watch).broken.drain(..).chain(broken).collect();
    broken.dedup();
    Report {
        seed,
        broken,
        counts,
        faults: world.tally(),
        dead_letters: world.bus.dead_lettered(),
        virtual_time,
        trace: world.take_trace(),
    }
}

async fn evening(world: &Arc<World>, users: &[User], random: &mut Random) {
    let lives = users.iter().map(|user| {
        let stream = Random::new(random.number(), "life");
        tokio::spawn(people::live(Arc::clone(world), user.clone(), stream))
    });
    for life in lives.collect::<Vec<_>>() {
        life.await.expect("a life does not panic");
    }
}

/// Every timer is a singleton: one tick ends before the next one begins.
pub(crate) fn timers(world: &Arc<World>) -> Vec<JoinHandle<()>> {
    let timers = deliver::timers().into_iter().map(|(name, every)| timer(world, name, every));
    timers.chain([tokio::spawn(bus::operator(Arc::clone(world)))]).collect()
}

fn timer(world: &Arc<World>, name: &'static str, every: Duration) -> JoinHandle<()> {
    let world = Arc::clone(world);
    tokio::spawn(async move {
        let mut ticks = interval(every);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut failed = 0;
        loop {
            ticks.tick().await;
            failed = if tick(&world, name).await { 0 } else { failed + 1 };
            // What failed for two days is noticed, and run again by hand.
            while failed > 1 && every >= DAILY {
                sleep(Duration::from_mins(world.chance(|r| r.between(5, 60)))).await;
                failed = if tick(&world, name).await { 0 } else { failed + 1 };
            }
        }
    })
}

/// Whether all went well.
async fn tick(world: &Arc<World>, name: &'static str) -> bool {
    let work = move |edge: deliver::Edge| async move { edge.tick(name).await };
    matches!(process::invoke(world, name, work).await, Ran::Done(Ok(())))
}

/// Waits until nothing is under way any more, or it is plain that something hangs.
pub(crate) async fn quiet(world: &World) {
    let until = world.elapsed() + LIMIT;
    loop {
        sleep(Duration::from_secs(5)).await;
        let idle = locked(&world.watch).open() == 0
            && world.bus.open() == 0
            && locked(&world.studio).busy == 0
            && locked(&world.slots).iter().all(Slot::is_idle)
            && locked(&world.store).count("outbox") == 0;
        if idle {
            return;
        }
        if world.elapsed() > until {
            return world.broken("all should be quiet by now".into());
        }
    }
}

/// Whatever happened, the account lives on: it is reset, and takes and delivers a job.
async fn a_month_later(world: &Arc<World>, users: &[User]) {
    world.calm_down();
    tokio::time::advance(Duration::from_hours(768)).await;
    sleep(Duration::from_secs(3700)).await;
    quiet(world).await;
    for user in users {
        let document = locked(&world.store).get(user.id.as_str(), accounts::KIND);
        let account: Account = decode(&document.expect("it was there a month ago"));
        if account.period.end() <= world.now() {
            world.broken(format!("{} was not reset", user.id));
        }
        if people::rush(world, user, 1).await != 1 {
            world.broken(format!("{} can no longer make a picture", user.id));
        }
    }
    quiet(world).await;
    let (broken, _) = check::everything(world);
    for what in broken {
        world.broken(format!("a month later: {what}"));
    }
}

#[cfg(test)]
mod tests;
