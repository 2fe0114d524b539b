//! Everything outside the handler, in one place: store, blobs, queue, provider, the weather, and what is remembered
//! for the checks.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use imagegen_core::catalog::Catalog;
use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, sleep};

use crate::bus::Bus;
use crate::documents::Store;
use crate::faults::{Fate, Fault, Level, Port, Weather};
use crate::process::{Process, Slot};
use crate::provider::Studio;
use crate::random::Random;
use crate::surroundings::Published;
use crate::till::Till;
use crate::trace::{Recording, Trace};
use crate::watch::Watch;

#[derive(Debug)]
pub(crate) struct World {
    start: Instant,
    /// What a right clock shows at `start`.
    pub(crate) epoch: Timestamp,
    pub(crate) weather: Weather,
    /// While the stage is set nothing goes wrong.
    begun: AtomicBool,
    began_at: Mutex<Duration>,
    random: Mutex<Random>,
    pub(crate) ids: Mutex<Random>,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) store: Mutex<Store>,
    pub(crate) pictures: Mutex<BTreeMap<String, Vec<u8>>>,
    pub(crate) bus: Bus,
    pub(crate) studio: Mutex<Studio>,
    pub(crate) till: Mutex<Till>,
    /// How long a run of money lasts; `None`: nothing is sold in this one.
    pub(crate) months: Option<Duration>,
    /// Who is down, and until when, besides what the weather says.
    outage: Mutex<Option<(Port, Duration)>>,
    pub(crate) published: Mutex<Published>,
    pub(crate) watch: Mutex<Watch>,
    pub(crate) slots: Mutex<Vec<Slot>>,
    tally: Mutex<BTreeMap<Fault, u64>>,
    trace: Trace,
}

/// The caller knows only that it got no good answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoAnswer {
    /// The other side said so itself, before it did anything.
    pub(crate) certain: bool,
}

/// One process's way to the world.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) world: Arc<World>,
    pub(crate) process: Arc<Process>,
}

impl World {
    pub(crate) fn new(seed: u64, level: Level, recording: Recording) -> Arc<Self> {
        let mut random = Random::new(seed, "schedule");
        // Any moment of a year, to the millisecond.
        let minutes = SignedDuration::from_millis(
            i64::try_from(random.below(365 * 24 * 3600 * 1000)).expect("a year fits"),
        );
        let epoch = Timestamp::from_second(1_767_225_600).expect("2026 exists");
        let catalog = Arc::new(Catalog::built_in());
        let months = months(seed);
        Arc::new(Self {
            start: Instant::now(),
            epoch: epoch.checked_add(minutes).expect("2027 exists"),
            weather: Weather::draw(seed, level, months),
            begun: AtomicBool::new(false),
            began_at: Mutex::default(),
            random: Mutex::new(random),
            ids: Mutex::new(Random::new(seed, "ids")),
            watch: Mutex::new(Watch::new(Arc::clone(&catalog))),
            store: Mutex::default(),
            pictures: Mutex::default(),
            bus: Bus::default(),
            studio: Mutex::default(),
            till: Mutex::new(Till::new(Arc::clone(&catalog))),
            months,
            outage: Mutex::default(),
            catalog,
            published: Mutex::default(),
            slots: Mutex::default(),
            tally: Mutex::default(),
            trace: Trace::new(recording),
        })
    }

    /// Virtual time since the run began.
    pub(crate) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// What a right clock shows.
    pub(crate) fn now(&self) -> Timestamp {
        let elapsed = SignedDuration::try_from(self.elapsed()).expect("months fit");
        self.epoch.checked_add(elapsed).expect("2027 exists")
    }

    /// From now on things go wrong.
    pub(crate) fn begin(&self) {
        self.begun.store(true, Ordering::Relaxed);
        *locked(&self.began_at) = self.elapsed();
    }

    pub(crate) fn began_at(&self) -> Duration {
        *locked(&self.began_at)
    }

    pub(crate) fn calm_down(&self) {
        self.begun.store(false, Ordering::Relaxed);
    }

    /// Whether something may go wrong now.
    pub(crate) fn stormy(&self) -> bool {
        self.begun.load(Ordering::Relaxed) && self.elapsed() < self.weather.ends_at
    }

    pub(crate) fn chance<T>(&self, draw: impl FnOnce(&mut Random) -> T) -> T {
        draw(&mut locked(&self.random))
    }

    /// From now on `port` is down for a while.
    pub(crate) fn goes_down(&self, port: Port, lasts: Duration) {
        self.note(|| format!("{port:?} is down for {lasts:?}"));
        *locked(&self.outage) = Some((port, self.elapsed() + lasts));
    }

    fn is_down(&self, port: Port) -> bool {
        locked(&self.outage).is_some_and(|(down, until)| down == port && self.elapsed() < until)
    }

    /// Whether a fault with `rate` (in ten thousand) happens now; if so, it is counted.
    pub(crate) fn strikes(&self, fault: Fault, rate: u32) -> bool {
        let strikes = self.stormy() && self.chance(|r| r.chance(rate));
        if strikes {
            self.count(fault);
        }
        strikes
    }

    pub(crate) fn count(&self, fault: Fault) {
        *locked(&self.tally).entry(fault).or_default() += 1;
    }

    pub(crate) fn tally(&self) -> BTreeMap<Fault, u64> {
        locked(&self.tally).clone()
    }

    pub(crate) fn note(&self, line: impl FnOnce() -> String) {
        self.trace.note(self.elapsed(), line);
    }

    pub(crate) fn take_trace(&self) -> Vec<String> {
        self.trace.take()
    }

    /// An invariant does not hold.
    pub(crate) fn broken(&self, what: String) {
        self.note(|| format!("BROKEN {what}"));
        locked(&self.watch).broken.push(what);
    }
}

/// In one seed of five money is taken, and a month or several pass.
fn months(seed: u64) -> Option<Duration> {
    let days = Random::new(seed, "months").between(20, 80);
    (seed % 5 == 4).then(|| Duration::from_hours(24 * days))
}

impl Caller {
    /// A call that changes nothing: it dies with its process.
    pub(crate) async fn ask<T>(
        &self,
        port: Port,
        effect: impl FnMut() -> T,
    ) -> Result<T, NoAnswer> {
        let fate = self.fate(port);
        self.dies_before(fate).await;
        let answer = carry_out(&self.world, port, fate, effect).await;
        self.dies_after(fate).await;
        answer
    }

    /// A call that changes something. What was sent goes on although its process is killed.
    pub(crate) async fn tell<T: Send + 'static>(
        &self,
        port: Port,
        effect: impl FnMut() -> T + Send + 'static,
    ) -> Result<T, NoAnswer> {
        let fate = self.fate(port);
        self.dies_before(fate).await;
        let world = Arc::clone(&self.world);
        let call = tokio::spawn(async move { carry_out(&world, port, fate, effect).await });
        let answer = if fate.fault == Some(Fault::Late) {
            sleep(fate.before / 2).await;
            Err(NoAnswer { certain: false })
        } else {
            call.await.expect("an effect does not panic")
        };
        self.dies_after(fate).await;
        answer
    }

    pub(crate) fn fate(&self, port: Port) -> Fate {
        let world = &self.world;
        let now = world.elapsed();
        let calm = !world.stormy();
        let mut fate = world.chance(|r| world.weather.fate(r, port, now));
        if calm {
            fate.fault = None;
        } else if world.is_down(port) {
            fate.fault = Some(Fault::Outage);
        }
        if let Some(fault) = fate.fault {
            world.count(fault);
            world.note(|| format!("{} {port:?} {}", self.process, fault.as_str()));
        }
        fate
    }

    pub(crate) async fn dies_before(&self, fate: Fate) {
        // By its time the second half of these calls dies after the effect.
        if fate.fault == Some(Fault::KilledInCall) && fate.before < fate.after {
            sleep(fate.before).await;
            self.process.kill();
            std::future::pending::<()>().await;
        }
    }

    pub(crate) async fn dies_after(&self, fate: Fate) {
        if fate.fault == Some(Fault::KilledInCall) {
            self.process.kill();
            std::future::pending::<()>().await;
        }
    }
}

/// The other side of a call.
async fn carry_out<T>(
    world: &World,
    port: Port,
    fate: Fate,
    mut effect: impl FnMut() -> T,
) -> Result<T, NoAnswer> {
    let Fate { before, after, fault } = fate;
    sleep(before).await;
    match fault {
        Some(Fault::Before | Fault::Outage) => Err(NoAnswer { certain: true }),
        Some(Fault::Repeated) => {
            effect();
            sleep(after + before).await;
            let second = effect();
            world.note(|| format!("{port:?} was done twice"));
            sleep(after).await;
            Ok(second)
        }
        Some(Fault::Late) => {
            sleep(after * 100).await;
            Ok(effect())
        }
        Some(Fault::After) => {
            effect();
            sleep(after).await;
            Err(NoAnswer { certain: false })
        }
        _ => {
            let value = effect();
            sleep(after).await;
            Ok(value)
        }
    }
}

impl std::fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.certain { "refused by the weather" } else { "the answer was lost" })
    }
}

impl std::error::Error for NoAnswer {}

/// A panic elsewhere does not hide the state: the run reports it.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
