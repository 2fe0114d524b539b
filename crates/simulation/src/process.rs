//! The handler's processes: each invocation is a task, and a SIGKILL ends all tasks of a process wherever they are.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt as _;
use imagegen_core::ports::payments::Payments;
use imagegen_core::services::Services;
use imagegen_core::ticket::TicketKey;
use jiff::SignedDuration;
use tokio::task::AbortHandle;
use tokio::time::sleep;

use crate::deliver::Edge;
use crate::faults::Fault;
use crate::provider;
use crate::till::APP_URL;
use crate::world::{Caller, World, locked};

/// One life of one process.
#[derive(Debug)]
pub(crate) struct Process {
    number: usize,
    /// How far its clock is off.
    pub(crate) skew: SignedDuration,
    tasks: Mutex<Vec<AbortHandle>>,
    dead: AtomicBool,
}

/// A place where a process runs; killed, another one starts there.
#[derive(Debug)]
pub(crate) struct Slot {
    process: Arc<Process>,
    edge: Edge,
}

/// How an invocation ended.
#[derive(Debug)]
pub(crate) enum Ran<T> {
    Done(T),
    /// The process was killed under it: nobody answered.
    Killed,
}

impl Process {
    pub(crate) fn new(number: usize, skew: SignedDuration) -> Arc<Self> {
        let (tasks, dead) = (Mutex::default(), AtomicBool::new(false));
        Arc::new(Self { number, skew, tasks, dead })
    }

    /// SIGKILL.
    pub(crate) fn kill(&self) {
        self.dead.store(true, Ordering::Relaxed);
        locked(&self.tasks).drain(..).for_each(|task| task.abort());
    }

    fn is_idle(&self) -> bool {
        locked(&self.tasks).iter().all(AbortHandle::is_finished)
    }

    fn adopt(&self, task: AbortHandle) {
        let mut tasks = locked(&self.tasks);
        if tasks.len() >= 64 {
            tasks.retain(|task| !task.is_finished());
        }
        tasks.push(task);
    }
}

impl Slot {
    pub(crate) fn is_idle(&self) -> bool {
        self.process.is_idle()
    }
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p{}", self.number)
    }
}

/// Where providers reach the handler.
pub(crate) const PUBLIC_URL: &str = "https://api.example";

/// What a process stands on.
pub(crate) fn services(world: &Arc<World>, process: &Arc<Process>) -> Services {
    let caller = Arc::new(Caller { world: Arc::clone(world), process: Arc::clone(process) });
    let with_webhook = world.studio_calls_back();
    Services {
        documents: caller.clone(),
        blobs: caller.clone(),
        uploads: caller.clone(),
        queue: caller.clone(),
        providers: provider::all(&caller),
        realtime: caller.clone(),
        moderation: caller.clone(),
        imaging: caller.clone(),
        clock: caller.clone(),
        ids: caller.clone(),
        catalog: Arc::clone(&world.catalog),
        paces: Arc::default(),
        tickets: TicketKey::new("simulation"),
        public_url: with_webhook.then(|| PUBLIC_URL.to_owned()),
        payments: world.months.map(|_| caller.clone() as Arc<dyn Payments>),
        app_url: world.months.map(|_| APP_URL.to_owned()),
    }
}

pub(crate) fn boot(world: &Arc<World>, count: usize) {
    for number in 0..count {
        let slot = start(world, number);
        locked(&world.slots).push(slot);
    }
}

fn start(world: &Arc<World>, number: usize) -> Slot {
    let most = i64::try_from(world.weather.skew.as_millis()).expect("seconds");
    let skew = world.chance(|r| r.below(2 * most.unsigned_abs() + 1));
    let skew = SignedDuration::from_millis(i64::try_from(skew).expect("seconds") - most);
    let process = Process::new(number, skew);
    let edge = Edge::new(services(world, &process));
    Slot { process, edge }
}

/// Runs `work` in a process of chance. It goes on when the caller stops waiting, and ends when its process does.
pub(crate) async fn invoke<T, F>(
    world: &Arc<World>,
    name: &'static str,
    work: impl FnOnce(Edge) -> F + Send + 'static,
) -> Ran<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let task = {
        let mut slots = locked(&world.slots);
        let index = world.chance(|r| r.below(slots.len() as u64));
        let index = usize::try_from(index).expect("a few processes");
        let slot = &mut slots[index];
        if slot.process.dead.load(Ordering::Relaxed) {
            *slot = start(world, index);
        }
        let process = Arc::clone(&slot.process);
        let work = work(slot.edge.clone());
        let witness = Arc::clone(world);
        let task = tokio::spawn(async move {
            let ran = std::panic::AssertUnwindSafe(work).catch_unwind().await;
            if ran.is_err() {
                witness.broken(format!("`{name}` panicked"));
            }
            ran
        });
        process.adopt(task.abort_handle());
        world.note(|| format!("{process} {name}"));
        task
    };
    match task.await {
        Ok(Ok(value)) => Ran::Done(value),
        Ok(Err(_)) | Err(_) => Ran::Killed,
    }
}

/// Kills processes at moments of chance, until the weather is calm.
pub(crate) async fn killer(world: Arc<World>) {
    let Some(mean) = world.weather.kill_every else { return };
    let most = u64::try_from(mean.as_millis()).expect("minutes") * 2;
    while world.stormy() {
        sleep(Duration::from_millis(world.chance(|r| r.between(1, most)))).await;
        let slots = locked(&world.slots);
        let victim = world.chance(|r| Arc::clone(&r.pick(&slots).process));
        drop(slots);
        world.count(Fault::Killed);
        world.note(|| format!("{victim} is killed"));
        victim.kill();
    }
}
